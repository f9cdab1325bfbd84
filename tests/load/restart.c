/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tracer starts and stops a hundred times while connections are made at full speed. */
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <harness/egret.h>

#include "load.h"
#include "traffic.h"

#define TIMES 100
/* Connections that the beginning or the end of a trace cuts in two, at most. */
#define CUT 4
#define WHILE 100 /* as many connections each trace lasts at least */

/* Each connection brings so many bytes, but for those that were cut. */
static bool fits(long long bytes, long long connections, long each)
{
	return bytes >= (connections - CUT) * each && bytes <= (connections + CUT) * each;
}

/* Where the client was around a trace. */
struct window {
	long before, tracing; /* connections that had ended; that had begun */
	long stopping, after; /* that had ended; that had begun */
};

static void check_side(struct test *test, const struct window *window, const cJSON *row, long sent,
		       long received)
{
	long long seen = json_number(row, "connections");

	if (seen < window->stopping - window->tracing || seen > window->after - window->before ||
	    json_number(row, "failed") != 0 || !fits(json_number(row, "bytes_sent"), seen, sent) ||
	    !fits(json_number(row, "bytes_received"), seen, received))
		test_wrong(
			test,
			"%ld to %ld connections: %lld seen, %lld failed, %lld sent, %lld received",
			window->stopping - window->tracing, window->after - window->before, seen,
			json_number(row, "failed"), json_number(row, "bytes_sent"),
			json_number(row, "bytes_received"));
}

/*
 * All connections that were made while it traced were seen, and none that was not
 * made. -1: so many processes began meanwhile that the ring was full, and the
 * ledger says so: who is who isn't known then.
 */
static long long check_once(struct test *test, const struct traffic *traffic)
{
	const struct row out = { OUT("tcp", test->ip, traffic->port) };
	const struct row in = { IN("tcp", test->ip, traffic->port) };
	struct window window = { .before = traffic->tally->ended };
	struct egret *egret = egret_start(test, NULL);
	const cJSON *client, *server;
	struct result *result;

	window.tracing = traffic->tally->begun;
	while (traffic->tally->ended < window.tracing + WHILE)
		sched_yield();
	window.stopping = traffic->tally->ended;
	result = egret_stop_lossy(egret);
	window.after = traffic->tally->begun;
	if (json_number(result->json, "ledger.lost.ring_full") > 0)
		return -1;
	result_check_complete(result);
	client = result_row(result, traffic->client->identity.exe, &out);
	server = result_row(result, traffic->server->identity.exe, &in);
	require(test, client && server);
	expect_rows(result, traffic->client, 1);
	expect_rows(result, traffic->server, 1);
	check_side(test, &window, client, TRAFFIC_SENT, TRAFFIC_RECEIVED);
	check_side(test, &window, server, TRAFFIC_RECEIVED, TRAFFIC_SENT);
	return json_number(client, "connections");
}

static void restarts(struct test *test)
{
	struct traffic traffic;
	long long seen = 0, once;
	int disturbed = 0;

	egret_needed(test);
	traffic_prepare(test, &traffic);
	traffic_begin(&traffic, 0);
	for (int i = 0; i < TIMES; i++) {
		once = check_once(test, &traffic);
		disturbed += once < 0;
		seen += once < 0 ? 0 : once;
	}
	traffic_end(&traffic);
	printf("%ld connections, of which %lld were seen; disturbed %d of %d times\n",
	       traffic.connections, seen, disturbed, TIMES);
	expect_equal(test, disturbed < TIMES / 2, 1);
	expect_equal(test, seen <= traffic.connections, 1);
}

const struct test_case restart_cases[] = {
	CASE_IPV4("load/restart/100", restarts),
	{ 0 },
};

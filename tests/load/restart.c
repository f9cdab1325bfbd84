/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tracer starts and stops a hundred times while connections are made at full speed. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <harness/egret.h>

#include "load.h"
#include "traffic.h"

#define TIMES 100
/* Connections that the beginning or the end of a trace cuts in two, at most. */
#define CUT 4

/* Each connection brings so many bytes, but for those that were cut. */
static bool fits(long long bytes, long long connections, long each)
{
	return bytes >= (connections - CUT) * each && bytes <= (connections + CUT) * each;
}

static long long check_once(struct test *test, const struct traffic *traffic, struct result *result)
{
	const struct row out = { OUT("tcp", test->ip, traffic->port) };
	const struct row in = { IN("tcp", test->ip, traffic->port) };
	const cJSON *client = result_row(result, traffic->client->identity.exe, &out);
	const cJSON *server = result_row(result, traffic->server->identity.exe, &in);
	long long made = json_number(client, "connections");
	long long taken = json_number(server, "connections");

	require(test, client && server);
	expect_rows(result, traffic->client, 1);
	expect_rows(result, traffic->server, 1);
	if (!fits(json_number(client, "bytes_sent"), made, TRAFFIC_SENT) ||
	    !fits(json_number(client, "bytes_received"), made, TRAFFIC_RECEIVED) ||
	    !fits(json_number(server, "bytes_received"), taken, TRAFFIC_SENT) ||
	    !fits(json_number(server, "bytes_sent"), taken, TRAFFIC_RECEIVED) ||
	    made > taken + CUT || taken > made + CUT)
		test_wrong(test, "client %s\nserver %s", cJSON_Print(client), cJSON_Print(server));
	return made;
}

static void restarts(struct test *test)
{
	struct traffic traffic;
	long long seen = 0;

	egret_needed(test);
	traffic_prepare(test, &traffic);
	traffic_begin(&traffic, 0);
	for (int i = 0; i < TIMES; i++) {
		struct egret *egret = egret_start(test, NULL);

		seen += check_once(test, &traffic, egret_stop(egret));
	}
	traffic_end(&traffic);
	printf("%ld connections, of which %lld were seen\n", traffic.connections, seen);
	expect_equal(test, seen <= traffic.connections, 1);
}

const struct test_case restart_cases[] = {
	CASE_IPV4("load/restart/100", restarts),
	{ 0 },
};

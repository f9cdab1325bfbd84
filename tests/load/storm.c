/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A hundred thousand processes that connect and end: none is taken for another. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <harness/egret.h>
#include <harness/once.h>

#include "load.h"
#include "traffic.h"

#define KINDS 4

/*
 * Where the ring was full, some processes are nobody's: as many as are missing,
 * and each of those that are known is whose it is.
 */
static void check_lossy(struct result *result, struct actor *const *sources, long each, int port)
{
	struct test *test = result->test;
	long missing = 0, bytes = 0;

	for (int i = 0; i < KINDS; i++) {
		const cJSON *row = result_row(result, sources[i]->identity.exe,
					      &(struct row){ OUT("tcp", test->ip, port) });
		long known = (long)json_number(row, "connections");

		expect_equal(test, known <= each, 1);
		expect_equal(test, json_number(row, "bytes_sent"), known * (10 + i));
		expect_processes(result, sources[i], known);
		missing += each - known;
		bytes += (each - known) * (10 + i);
	}
	printf("%ld processes not known: %s\n", missing,
	       cJSON_PrintUnformatted(json_get(result->json, "ledger")));
	expect_equal(test, sent_by_nobody(result, port), bytes);
	expect_equal(test, json_number(result->json, "ledger.lost.ring_full") >= missing, 1);
	expect_equal(test, json_number(result->json, "ledger.bytes_sent.unattributed") >= bytes, 1);
}

/* Of each kind its own program, with a size of its own. */
static void storm(struct test *test, long each)
{
	struct actor *sources[KINDS], *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	bool lossy;
	long all = 0;
	int listener, port;

	for (int i = 0; i < KINDS; i++)
		sources[i] = actor_start(test, test_text(test, "kind-%d", i));
	egret = egret_start(test, NULL);
	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	actor_begin(server, once_accept, &(struct call){ .arg = { listener, each * KINDS } });
	for (int i = 0; i < KINDS; i++) {
		struct call call = { .arg = { each, 10 + i, SOCK_STREAM },
				     .to = address(test->ip, port) };

		actor_begin(sources[i], once_storm, &call);
		all += each * (10 + i);
	}
	for (int i = 0; i < KINDS; i++)
		expect_equal(test, actor_end(sources[i], NULL), 0);
	expect_equal(test, actor_end(server, NULL), all);
	result = egret_stop_lossy(egret);
	lossy = result && json_number(result->json, "ledger.lost.ring_full") > 0;
	if (!lossy)
		result_check_complete(result);
	if (lossy)
		check_lossy(result, sources, each, port);
	for (int i = 0; !lossy && i < KINDS; i++) {
		expect_row(result, sources[i], OUT("tcp", test->ip, port), .sent = each * (10 + i),
			   .connections = each);
		expect_processes(result, sources[i], each);
	}
	expect_row(result, server, IN("tcp", test->ip, port), .received = all,
		   .connections = each * KINDS);
}

/* For small machines, such as those of the kernels' matrix, at the lowest pid_max. */
static void five_thousand(struct test *test)
{
	storm(test, 5000 / KINDS);
}

static void hundred_thousand(struct test *test)
{
	storm(test, 100000 / KINDS);
}

const struct test_case storm_load_cases[] = {
	CASE_IPV4("load/storm/5000", five_thousand),
	CASE_IPV4("load/storm/100000", hundred_thousand),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps without room: bytes lose their address, they never vanish, and nobody else's change. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <harness/egret.h>
#include <harness/once.h>

#include "load.h"
#include "traffic.h"

#define FIRST 0x7f010000 /* 127.1.0.0: all of 127.0.0.0/8 is this host */
#define BYTES 7
#define OTHER_BYTES 123457

/* arg: socket, port, how many destinations. */
static long f_scan(struct call *call)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)call->arg[1]) };

	for (uint32_t i = 0; i < call->arg[2]; i++) {
		to.sin_addr.s_addr = htonl(FIRST + i);
		if (sendto((int)call->arg[0], "payload", BYTES, 0, (struct sockaddr *)&to,
			   sizeof(to)) != BYTES)
			return -errno;
	}
	return 0;
}

/* Two programs that talk before, during and after the scan. */
struct others {
	struct actor *client, *server;
	struct pair lasting;
	long connections, talks;
};

/* A child of the actor that runs a program of its own. */
static struct actor *become(struct actor *actor, const char *name)
{
	struct actor *child = actor_fork(actor);

	actor_exec(child, actor_executable(actor->test, name));
	return child;
}

static void others_talk(struct others *others, const struct pair *pair)
{
	sock_transfer(others->client, pair->client_fd, others->server, pair->server_fd,
		      OTHER_BYTES);
	sock_transfer(others->server, pair->server_fd, others->client, pair->client_fd,
		      OTHER_BYTES / 2);
	others->talks++;
}

static void others_begin(struct others *others, struct actor *actor)
{
	others->client = become(actor, "client");
	others->server = become(actor, "server");
	others->lasting = sock_pair(others->client, others->server, "127.0.0.1", 0);
	others->connections = 1;
	others_talk(others, &others->lasting);
}

/* Over the connection that they have, and over a new one. */
static void others_go_on(struct others *others)
{
	struct pair again = sock_pair_again(&others->lasting, "127.0.0.1", 0);

	others_talk(others, &others->lasting);
	others_talk(others, &again);
	sock_pair_close(&again);
	others->connections++;
}

static void others_end(struct others *others)
{
	sock_pair_close(&others->lasting);
	actor_quit(others->client, 0);
	actor_quit(others->server, 0);
}

static long others_sent(const struct others *others)
{
	return others->talks * OTHER_BYTES;
}

static long others_answered(const struct others *others)
{
	return others->talks * (OTHER_BYTES / 2);
}

/* Everything they did is in rows with an address. */
static void others_check(const struct others *others, struct result *result)
{
	const long sent = others_sent(others), answered = others_answered(others);
	int port = others->lasting.port;

	expect_row(result, others->client, OUT("tcp", "127.0.0.1", port), .sent = sent,
		   .received = answered, .connections = others->connections);
	expect_row(result, others->server, IN("tcp", "127.0.0.1", port), .sent = answered,
		   .received = sent, .connections = others->connections);
	expect_rows(result, others->client, 1);
	expect_rows(result, others->server, 1);
}

/* A scanner that listens to itself, and the others. Nobody else takes room in the map. */
static struct result *scan(struct test *test, const char *max_flows, long destinations,
			   struct others *ret_others)
{
	const char *const arguments[] = { max_flows ? "--max-flows" : NULL, max_flows, NULL };
	struct command command = egret_command(test, "scanner", arguments, NULL);
	struct actor *scanner = command.actor;
	int to = sock_open(scanner, AF_INET, SOCK_DGRAM, 0);
	struct call call = { .arg = { sock_open(scanner, AF_INET, SOCK_DGRAM, 0),
				      sock_bind(scanner, to, "0.0.0.0", 0), destinations } };
	struct result *result;

	others_begin(ret_others, scanner);
	actor_begin(scanner, f_scan, &call);
	others_go_on(ret_others);
	expect_equal(test, actor_end(scanner, NULL), 0);
	others_go_on(ret_others);
	others_end(ret_others);
	actor_quit(scanner, 0);
	result = egret_finish(command.egret);
	printf("flow_map_full %lld, overflow %lld bytes\n",
	       json_number(result->json, "ledger.lost.flow_map_full"),
	       json_number(result->json, "ledger.bytes_sent.overflow"));
	expect_sums(result, scanner, destinations * BYTES, destinations * BYTES);
	expect_equal(test, json_number(result->json, "ledger.lost.flow_map_full") > 0, 1);
	expect_equal(test, json_number(result->json, "ledger.bytes_sent.overflow") > 0, 1);
	expect_equal(test, cJSON_IsFalse(json_get(result->json, "ledger.complete")), 1);
	return result;
}

/* So little room that everybody's addresses go. */
static void eight_flows(struct test *test)
{
	struct others others = { 0 };
	struct result *result = scan(test, "8", 20000, &others);

	expect_sums(result, others.client, others_sent(&others), others_answered(&others));
	expect_sums(result, others.server, others_answered(&others), others_sent(&others));
}

static void million_destinations(struct test *test)
{
	struct others others = { 0 };
	struct result *result = scan(test, NULL, 1000000, &others);

	others_check(&others, result);
}

/*
 * More processes than any map of processes has room for, none for their rows, and
 * nobody who reads: in the end the bytes have no owner, but the sums stay.
 */
static void many_processes(struct test *test)
{
	enum { PROCESSES = 20000, MAP = 16384 };
	struct command command = egret_command(test, "source", WORDS("--max-flows", "8"), NULL);
	struct actor *source = command.actor, *stranger = actor_start(test, "stranger");
	pid_t egret = command.egret->program->pid;
	int to = sock_open(source, test->family, SOCK_DGRAM, 0);
	struct call call = { .arg = { PROCESSES, BYTES, SOCK_DGRAM } }, others = call;
	int elsewhere = sock_open(stranger, test->family, SOCK_DGRAM, 0);
	long long known, nobody;
	struct result *result;

	call.to = address(test->ip, sock_bind(source, to, test->ip, 0));
	kill(egret, SIGSTOP);
	expect_equal(test, actor_call(source, once_storm, &call), 0);
	/* What is none of the command's is nobody's business, room or no room. */
	others.to = address(test->ip, sock_bind(stranger, elsewhere, test->ip, 0));
	others.arg[0] = 1000;
	expect_equal(test, actor_call(stranger, once_storm, &others), 0);
	kill(egret, SIGCONT);
	actor_quit(source, 0);
	result = egret_finish(command.egret);
	known = json_number(result_app_of(result, source->identity.exe), "bytes_sent");
	nobody = json_number(result_app(result, "unknown:pid"), "bytes_sent");
	printf("%lld of %d bytes known\n", known, PROCESSES * BYTES);
	expect_equal(test, known + nobody, PROCESSES * BYTES);
	expect_equal(test, json_number(result->json, "totals.bytes_sent"), PROCESSES * BYTES);
	expect_equal(test, json_number(result->json, "totals.bytes_received"), PROCESSES * BYTES);
	expect_equal(test,
		     json_number(result->json, "ledger.lost.overflow_map_full") >=
			     PROCESSES - MAP - 1000,
		     1);
	expect_equal(test, cJSON_IsFalse(json_get(result->json, "ledger.complete")), 1);
}

const struct test_case full_cases[] = {
	CASE_IPV4("load/full/eight-flows", eight_flows),
	CASE_IPV4("load/full/million-destinations", million_destinations),
	CASE_BOTH("load/full/processes", many_processes),
	{ 0 },
};

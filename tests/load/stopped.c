/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Nobody reads for ten seconds: the counters go on, and what the ring can't hold is counted. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/once.h>

#include "load.h"
#include "traffic.h"

#define PAUSE_MS 10000
#define PROCESSES 5000
#define BYTES 11

static void pause_egret(const struct egret *egret, int signal_number)
{
	if (egret->program)
		kill(egret->program->pid, signal_number);
}

/* Two programs, many connections: nothing goes through the ring, nothing is lost. */
static void connections(struct test *test)
{
	struct traffic traffic;
	struct egret *egret;
	struct result *result;

	traffic_prepare(test, &traffic);
	egret = egret_start(test, NULL);
	pause_egret(egret, SIGSTOP);
	traffic_begin(&traffic, PAUSE_MS);
	traffic_wait(&traffic);
	pause_egret(egret, SIGCONT);
	result = egret_stop(egret);
	printf("%ld connections in %d ms\n", traffic.connections, PAUSE_MS);
	expect_row(result, traffic.client, OUT("tcp", test->ip, traffic.port),
		   .sent = traffic.connections * TRAFFIC_SENT,
		   .received = traffic.connections * TRAFFIC_RECEIVED,
		   .connections = traffic.connections);
	expect_row(result, traffic.server, IN("tcp", test->ip, traffic.port),
		   .sent = traffic.connections * TRAFFIC_RECEIVED,
		   .received = traffic.connections * TRAFFIC_SENT,
		   .connections = traffic.connections);
	expect_rows(result, traffic.client, 1);
	expect_rows(result, traffic.server, 1);
}

/*
 * Each process needs room in the ring once. Those that found none are nobody's,
 * and so are their bytes, exactly; the others are whose they are.
 */
static void processes(struct test *test)
{
	struct actor *source = actor_start(test, "source"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct call call = { .arg = { PROCESSES, BYTES, SOCK_STREAM } };
	long long known, nobody, listed;
	struct result *result;
	const cJSON *app;
	int listener, port;

	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	call.to = address(test->ip, port);
	pause_egret(egret, SIGSTOP);
	actor_begin(server, once_accept, &(struct call){ .arg = { listener, PROCESSES } });
	actor_begin(source, once_storm, &call);
	expect_equal(test, actor_end(source, NULL), 0);
	expect_equal(test, actor_end(server, NULL), PROCESSES * BYTES);
	pause_egret(egret, SIGCONT);
	result = egret_stop_lossy(egret);
	if (!result)
		return;
	app = result_app_of(result, source->identity.exe);
	known = json_number(app, "bytes_sent");
	listed = cJSON_GetArraySize(json_get(app, "processes")) +
		 json_number(app, "processes_omitted");
	nobody = sent_by_nobody(result, port);
	printf("%lld processes known, %lld not\n", listed, nobody / BYTES);
	expect_equal(test, known + nobody, PROCESSES * BYTES);
	expect_equal(test, known, listed * BYTES);
	expect_equal(test, nobody <= json_number(result->json, "ledger.bytes_sent.unattributed"),
		     1);
	expect_equal(test, nobody > 0, 1);
	expect_equal(test, json_number(result->json, "ledger.lost.ring_full") >= nobody / BYTES, 1);
	expect_equal(test, egret->program->output.status, 5);
	expect_sums(result, server, 0, PROCESSES * BYTES);
}

/* --- trace: what is not printed is told --- */

static long count_lines_with(const char *text, const char *word)
{
	long count = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		count++;
	return count;
}

/* Events that loss lines tell of; payload that was not looked at for names is none. */
static long long count_losses(const char *text)
{
	long long count = 0;

	while ((text = strstr(text, "\"reason\":\"ring_full\""))) {
		const char *number = strstr(text, "\"count\":");

		count += number ? text_number(number + strlen("\"count\":")) : 0;
		text++;
	}
	return count;
}

/* Per connection: the attempt, its result, the accept, and two ends. */
#define EVENTS 5

/* `egret trace -- ACTOR`: only what the actor and its children do. */
static struct program *trace_actor(struct test *test, struct actor **ret_actor)
{
	const char *const argv[] = {
		test->egret, "trace", "--include-loopback", "--", actor_executable(test, "both"),
		"--actor",   NULL,
	};
	struct program *program;
	int input;

	*ret_actor = actor_prepare(test, "both", &input);
	program = program_start(test, &(struct program_options){ .argv = argv, .input = input });
	close(input);
	actor_await(*ret_actor);
	return program;
}

/* New processes that talk to each other. */
static void talk_aside(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 10);
	sock_pair_close(&pair);
}

/* What there is no room for is told, and nothing of what is others'. */
static void traced(struct test *test)
{
	struct program *program;
	struct traffic traffic;
	const char *said;
	long long told, lost;
	struct actor *actor;

	egret_needed(test);
	program = trace_actor(test, &actor);
	traffic_prepare_with(test, actor, actor_fork(actor), &traffic);
	kill(program->pid, SIGSTOP);
	traffic_begin(&traffic, PAUSE_MS / 10);
	traffic_wait(&traffic);
	talk_aside(test);
	kill(program->pid, SIGCONT);
	actor_quit(traffic.server, 0);
	actor_quit(traffic.client, 0);
	said = program_wait(program)->err;
	told = count_lines_with(said, "\"event\":\"connect\"") +
	       count_lines_with(said, "\"event\":\"accept\"") +
	       count_lines_with(said, "\"event\":\"close\"");
	lost = count_losses(said);
	printf("%lld events told, %lld lost\n", told, lost);
	expect_equal(test, lost > 0, 1);
	expect_equal(test, told + lost, traffic.connections * EVENTS);
}

const struct test_case stopped_cases[] = {
	CASE_BOTH("load/stopped/connections", connections),
	CASE_BOTH("load/stopped/processes", processes),
	CASE_IPV4("load/stopped/traced", traced),
	{ 0 },
};

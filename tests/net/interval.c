/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Intervals, snapshots, signals: parts that add up to the whole. */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/once.h>
#include <harness/sock.h>
#include <harness/suites.h>

#define ROOM 400 /* for documents */
#define INTERVALS 5 /* to talk through */
#define CROWD 1500 /* of processes: more than egret remembers for longer than it must */

struct sums {
	long long sent, received, connections;
};

static struct program *start(struct test *test, const char *const *more)
{
	const char *argv[16] = { test->egret, "summary", "--format", "json", "--include-loopback" };
	struct program *program;

	egret_needed(test);
	for (size_t i = 0; more && more[i] && i < 10; i++)
		argv[i + 5] = more[i];
	program = program_start(test, &(struct program_options){ .argv = argv });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	return program;
}

/* The documents that follow each other in a text; their number. */
static int parse_all(struct test *test, const char *text, struct result **results, int room)
{
	int count = 0;

	while (*text && count < room) {
		const char *end;
		cJSON *json = cJSON_ParseWithOpts(text, &end, 0);

		if (!json)
			test_fail(test, "document %d is no JSON: %.100s", count, text);
		results[count] = test_alloc(test, sizeof(**results));
		*results[count] = (struct result){ .test = test, .json = json };
		result_check_sums(results[count++]);
		text = end + strspn(end, "\n");
	}
	return count;
}

static struct sums add_rows(struct result **results, int count, const char *exe,
			    const struct row *row)
{
	struct sums sums = { 0 };

	for (int i = 0; i < count; i++) {
		const cJSON *item = result_row(results[i], exe, row);

		if (!item)
			continue;
		sums.sent += json_number(item, "bytes_sent");
		sums.received += json_number(item, "bytes_received");
		sums.connections += json_number(item, "connections");
	}
	return sums;
}

/* Traffic in every interval, and over their borders, by one long connection and short ones. */
static struct sums chatter(struct program *program, struct pair *lasting)
{
	struct actor *client = lasting->client, *server = lasting->server;
	struct sums truth = { .connections = 1 };

	while (program_lines(program) < INTERVALS) {
		struct pair brief = sock_pair_again(lasting, client->test->ip, 0);

		sock_transfer(client, lasting->client_fd, server, lasting->server_fd, 1001);
		sock_transfer(server, brief.server_fd, client, brief.client_fd, 7);
		sock_pair_close(&brief);
		truth.sent += 1001;
		truth.received += 7;
		truth.connections++;
		breathe();
	}
	return truth;
}

static void check_borders(struct test *test, struct result **results, int count)
{
	for (int i = 0; i < count; i++) {
		const char *begin = json_text(results[i]->json, "period.start");
		const char *end = json_text(results[i]->json, "period.end");

		require(test, begin && end);
		expect_equal(test, strcmp(begin, end) < 0, 1);
		if (i > 0)
			expect_equal(test,
				     strcmp(json_text(results[i - 1]->json, "period.end"), begin),
				     0);
		/* Aligned to the clock: 200 ms have no odd hundreds; ".800000000Z". */
		if (i > 0)
			expect_equal(test,
				     strlen(begin) == 30 && (begin[20] - '0') % 2 == 0 &&
					     strcmp(begin + 21, "00000000Z") == 0,
				     1);
	}
}

static void expect_sum(struct test *test, struct sums got, struct sums expected)
{
	expect_equal(test, got.sent, expected.sent);
	expect_equal(test, got.received, expected.received);
	expect_equal(test, got.connections, expected.connections);
}

/* The sums of both sides' rows over all documents. */
static void expect_both(struct result **results, int count, const struct pair *pair,
			const char *transport, struct sums truth)
{
	struct test *test = pair->client->test;
	struct sums opposite = { .sent = truth.received,
				 .received = truth.sent,
				 .connections = truth.connections };

	expect_sum(test,
		   add_rows(results, count, pair->client->identity.exe,
			    &(struct row){ OUT(transport, test->ip, pair->port) }),
		   truth);
	expect_sum(test,
		   add_rows(results, count, pair->server->identity.exe,
			    &(struct row){ IN(transport, test->ip, pair->port) }),
		   opposite);
}

/* Whoever is in an interval is in it with its process. */
static void check_processes(struct result **results, int count, const struct actor *actor)
{
	for (int i = 0; i < count; i++)
		if (result_app_of(results[i], actor->identity.exe))
			expect_process(results[i], actor);
}

static void deltas(struct test *test)
{
	static const char *const interval[] = { "--interval", "200ms", NULL };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program = start(test, interval);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct sums truth = chatter(program, &pair);
	struct result *results[ROOM];
	int count;

	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	count = parse_all(test, program->output.out, results, ROOM);
	expect_equal(test, count, program_lines(program));
	check_borders(test, results, count);
	expect_both(results, count, &pair, "tcp", truth);
	check_processes(results, count, pair.client);
	check_processes(results, count, pair.server);
}

/* Datagrams, whose counters live elsewhere than a connection's. */
static void deltas_of_datagrams(struct test *test)
{
	static const char *const interval[] = { "--interval", "200ms", NULL };
	struct pair pair = { .client = actor_start(test, "client"),
			     .server = actor_start(test, "server") };
	struct program *program = start(test, interval);
	struct sums truth = { .connections = 1 };
	struct result *results[ROOM];
	int count;

	pair.server_fd = sock_open(pair.server, test->family, SOCK_DGRAM, 0);
	pair.port = sock_bind(pair.server, pair.server_fd, test->ip, 0);
	pair.client_fd = sock_open(pair.client, test->family, SOCK_DGRAM, 0);
	while (program_lines(program) < INTERVALS) {
		expect_equal(test,
			     sock_send_to(pair.client, pair.client_fd, test->ip, pair.port, 100),
			     100);
		expect_equal(test, sock_answer(pair.server, pair.server_fd, 9), 100);
		expect_equal(test, sock_receive_many(pair.client, pair.client_fd, 1), 9);
		truth.sent += 100;
		truth.received += 9;
		breathe();
	}
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	count = parse_all(test, program->output.out, results, ROOM);
	expect_both(results, count, &pair, "udp", truth);
}

/* An interval in which an app says nothing does not tell of it. */
static void silence(struct test *test)
{
	static const char *const interval[] = { "--interval", "200ms", NULL };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program = start(test, interval);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *results[ROOM];
	int count, told = 0;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 10);
	program_expect(program, PROGRAM_OUT, client->identity.exe);
	test->waiting = "more intervals";
	for (int end = program_lines(program) + 3; program_lines(program) < end;)
		breathe();
	kill(program->pid, SIGINT);
	program_wait(program);
	count = parse_all(test, program->output.out, results, ROOM);
	for (int i = 0; i < count; i++)
		told += result_app_of(results[i], client->identity.exe) != NULL;
	/* The connection and its bytes may fall into two. */
	expect_equal(test, told >= 1 && told <= 2 && count > told, 1);
}

/* A crowd that comes and goes, and one look at it, so that egret forgets whom it can. */
static int let_crowd_pass(struct program *program, struct actor *crowd)
{
	struct test *test = crowd->test;
	int sink = sock_open(crowd, test->family, SOCK_DGRAM, 0);
	int port = sock_bind(crowd, sink, test->ip, 0);
	struct call call = { .arg = { CROWD, 1, SOCK_DGRAM }, .to = address(test->ip, port) };

	expect_equal(test, actor_call(crowd, once_storm, &call), 0);
	kill(program->pid, SIGUSR1);
	program_expect(program, PROGRAM_OUT, "\n}\n");
	return port;
}

static void expect_crowd(struct result *result, struct actor *crowd, int port)
{
	struct test *test = crowd->test;
	const cJSON *app;

	expect_row(result, crowd, OUT("udp", test->ip, port), .sent = CROWD, .connections = CROWD);
	app = result_app_of(result, crowd->identity.exe);
	expect_equal(test, cJSON_GetArraySize(json_get(app, "processes")), 64);
	/* The one that receives it all is of the same program. */
	expect_equal(test, (long long)json_number(app, "processes_omitted"), CROWD + 1 - 64);
}

/* Of those that have ended, whoever left a connection or a listener to others stays known. */
static void forgotten(struct test *test)
{
	struct actor *caller = actor_start(test, "caller"), *opener = actor_start(test, "opener");
	struct actor *heir = actor_start(test, "heir"), *peer = actor_start(test, "peer");
	struct actor *crowd = actor_start(test, "crowd");
	struct program *program = start(test, NULL);
	struct pair out = sock_pair(caller, peer, test->ip, 0);
	struct pair in = sock_pair(peer, opener, test->ip, 0);
	struct result *results[ROOM];
	int port;

	out.client_fd = actor_pass(caller, out.client_fd, heir);
	in.listener = actor_pass(opener, in.listener, heir);
	in.server = heir;
	actor_kill(caller);
	actor_kill(opener);
	port = let_crowd_pass(program, crowd);
	sock_transfer(heir, out.client_fd, peer, out.server_fd, 5000);
	in = sock_pair_again(&in, test->ip, 0);
	sock_transfer(peer, in.client_fd, heir, in.server_fd, 70);
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	expect_equal(test, parse_all(test, program->output.out, results, ROOM), 2);
	expect_crowd(results[0], crowd, port);
	expect_crowd(results[1], crowd, port);
	expect_row(results[1], caller, OUT("tcp", test->ip, out.port), .sent = 5000,
		   .connections = 1);
	expect_row(results[1], opener, IN("tcp", test->ip, in.port), .received = 70,
		   .connections = 2);
	expect_process(results[1], caller);
	expect_process(results[1], opener);
	expect_rows(results[1], heir, 0);
}

/* SIGUSR1: everything so far, and nothing is reset. */
static void snapshot(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program = start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *results[ROOM];

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 100);
	kill(program->pid, SIGUSR1);
	program_expect(program, PROGRAM_OUT, "\n}\n");
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 2000);
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	expect_equal(test, parse_all(test, program->output.out, results, ROOM), 2);
	expect_row(results[0], client, OUT("tcp", test->ip, pair.port), .sent = 100,
		   .connections = 1);
	expect_row(results[1], client, OUT("tcp", test->ip, pair.port), .sent = 2100,
		   .connections = 1);
	expect_row(results[1], server, IN("tcp", test->ip, pair.port), .received = 2100,
		   .connections = 1);
	expect_process(results[0], client);
	expect_process(results[1], client);
}

/* In the midst of an interval, what there is goes up to now. */
static void snapshot_of_interval(struct test *test)
{
	const char *const options[] = { "--interval", "3s", NULL };
	struct program *program = start(test, options);
	struct result *results[ROOM];
	const char *begin, *end;

	program_expect(program, PROGRAM_OUT, "\n");
	kill(program->pid, SIGUSR1);
	while (program_lines(program) < 2)
		breathe();
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	require(test, parse_all(test, program->output.out, results, ROOM) >= 3);
	begin = json_text(results[1]->json, "period.start");
	end = json_text(results[1]->json, "period.end");
	expect_equal(test, strcmp(json_text(results[0]->json, "period.end"), begin), 0);
	expect_equal(test, strcmp(begin, end) < 0, 1);
}

static void terminated(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program = start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 100);
	kill(program->pid, SIGTERM);
	expect_equal(test, program_wait(program)->status, 0);
	result = result_parse(test, program->output.out, "stdout");
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 100, .connections = 1);
}

/* How many descriptors of BPF programs and maps a process has. */
static int descriptors_of_bpf(struct test *test, pid_t pid)
{
	DIR *dir = opendir(test_text(test, "/proc/%d/fd", (int)pid));
	struct dirent *entry;
	char target[64];
	int count = 0;

	require(test, dir);
	while ((entry = readdir(dir))) {
		ssize_t size = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		target[size < 0 ? 0 : size] = '\0';
		count += strstr(target, "bpf") != NULL;
	}
	closedir(dir);
	return count;
}

/*
 * A second SIGINT ends at once, even while nobody reads what the first has asked
 * for; meanwhile nothing of egret is in the kernel any more.
 */
static void interrupted_twice(struct test *test)
{
	const char *const argv[] = { test->egret,	   "summary", "--format", "json",
				     "--include-loopback", NULL };
	struct actor *client = actor_start(test, "client");
	struct pollfd item = { .events = POLLIN };
	struct program *program;
	int ends[2], out = sock_open(client, test->family, SOCK_DGRAM, 0);

	egret_needed(test);
	require(test, pipe2(ends, O_CLOEXEC) == 0);
	program = program_start(test, &(struct program_options){ .argv = argv, .output = ends[1] });
	close(ends[1]);
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	for (int i = 0; i < 1000; i++) /* more rows than a pipe holds */
		sock_send_to(client, out, test->ip, 10000 + i, 1);
	expect_equal(test, descriptors_of_bpf(test, program->pid) > 0, 1);
	kill(program->pid, SIGINT);
	item.fd = ends[0];
	test->waiting = "the result";
	expect_equal(test, poll(&item, 1, -1), 1);
	expect_equal(test, descriptors_of_bpf(test, program->pid), 0);
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status != 0, 1);
}

/* With -o, each interval's document replaces the one before. */
static void replaced(struct test *test)
{
	const char *file = test_path(test, "interval.json");
	const char *const options[] = { "--interval", "200ms", "-o", file, NULL };
	struct program *program = start(test, options);
	struct result *first;
	char *text = NULL;

	test->waiting = "an interval's file";
	while (!(text = file_read(test, file)))
		breathe();
	first = result_parse(test, text, file);
	test->waiting = "the next interval's file";
	while (strcmp(text, file_read(test, file)) == 0)
		breathe();
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	result_check_sums(first);
	result_check_sums(result_parse(test, file_read(test, file), file));
	expect_equal(test, program->output.out[0], '\0');
}

const struct test_case interval_cases[] = {
	CASE_BOTH("interval/deltas", deltas),
	CASE_BOTH("interval/datagrams", deltas_of_datagrams),
	CASE("interval/silence", silence),
	CASE("interval/replaced", replaced),
	CASE_BOTH("interval/forgotten", forgotten),
	CASE("interval/snapshot", snapshot),
	CASE("interval/snapshot-of-interval", snapshot_of_interval),
	CASE("interval/terminated", terminated),
	CASE("interval/interrupted-twice", interrupted_twice),
	{ 0 },
};

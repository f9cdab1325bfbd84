/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The history: what was recorded is what a report tells, also after a kill -9. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

#define ROUNDS 3
#define SENT 1001
#define RECEIVED 7

static struct program *record(struct test *test, const char *path)
{
	const char *argv[] = { test->egret,  "record", "--database",	     path,
			       "--interval", "1s",     "--include-loopback", "--command-lines",
			       NULL };
	struct program *program;

	egret_needed(test);
	program = program_start(test, &(struct program_options){ .argv = argv });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	return program;
}

/* A report of a time in which nothing was recorded is incomplete, and ends so. */
static bool is_recorded(const cJSON *report)
{
	const cJSON *period = cJSON_GetObjectItem(cJSON_GetObjectItem(report, "summary"), "period");

	return cJSON_IsString(cJSON_GetObjectItem(period, "start"));
}

static const cJSON *report_period(struct test *test, const char *path, const char *since,
				  const char *until)
{
	const char *argv[] = { test->egret, "report", "--database", path,   "--since", since,
			       "--until",   until,    "--format",   "json", NULL };
	struct output output = program_run(test, &(struct program_options){ .argv = argv });

	const cJSON *json = cJSON_Parse(output.out);

	require(test, json);
	expect_equal(test, output.status, is_recorded(json) ? 0 : 5);
	return json;
}

/* The last hour. */
static const cJSON *report(struct test *test, const char *path)
{
	return report_period(test, path, "1h", "now");
}

static struct result *summary_of(struct test *test, const cJSON *report)
{
	struct result *result = test_alloc(test, sizeof(*result));

	*result = (struct result){
		.test = test,
		.json = cJSON_GetObjectItem(report, "summary"),
	};
	result_check_sums(result);
	return result;
}

static void talk(struct pair *pair)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct pair brief = sock_pair_again(pair, pair->client->test->ip, 0);

		sock_transfer(brief.client, brief.client_fd, brief.server, brief.server_fd, SENT);
		sock_transfer(brief.server, brief.server_fd, brief.client, brief.client_fd,
			      RECEIVED);
		sock_pair_close(&brief);
	}
}

static void expect_rounds(struct result *result, const struct pair *pair, int rounds)
{
	expect_row(result, pair->client, OUT("tcp", pair->client->test->ip, pair->port),
		   .sent = SENT * rounds, .received = RECEIVED * rounds, .connections = rounds);
	expect_process(result, pair->client);
}

/* One recorder is killed, the next one goes on; both are in one report, and so is the gap. */
static void killed(struct test *test)
{
	const char *path = test_path(test, "history.db");
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct program *program = record(test, path);
	struct result *result;
	const cJSON *last;

	talk(&pair);
	test->waiting = "the recorded interval";
	do {
		breathe();
		result = summary_of(test, report(test, path));
	} while (!result_app_of(result, server->identity.exe) ||
		 json_number(result_app_of(result, client->identity.exe), "connections") < ROUNDS);
	expect_rounds(result, &pair, ROUNDS);
	kill(program->pid, SIGKILL);
	expect_equal(test, program_wait(program)->status, 128 + SIGKILL);
	expect_rounds(summary_of(test, report(test, path)), &pair, ROUNDS);

	program = record(test, path);
	kill(program->pid, SIGHUP);
	talk(&pair);
	kill(program->pid, SIGTERM);
	expect_equal(test, program_wait(program)->status, 0);
	last = report(test, path);
	expect_rounds(summary_of(test, last), &pair, 2 * ROUNDS);
	expect_equal(test, cJSON_GetArraySize(cJSON_GetObjectItem(last, "gaps")), 1);
}

static void refused(struct test *test)
{
	const char *path = test_path(test, "history.db");
	const char *argv[] = { test->egret, "record", "--database", path, NULL };
	struct program *program = record(test, path);
	struct output output = program_run(test, &(struct program_options){ .argv = argv });

	expect_equal(test, output.status, 125);
	expect_equal(test, strstr(output.err, "being recorded into already, by process") != NULL,
		     1);
	kill(program->pid, SIGTERM);
	expect_equal(test, program_wait(program)->status, 0);
}

/* --- a disk that is full --- */

static void fill(struct test *test, const char *path)
{
	static const char bytes[512];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	require(test, fd >= 0);
	while (write(fd, bytes, sizeof(bytes)) > 0)
		;
	expect_equal(test, errno, ENOSPC);
	close(fd);
}

static unsigned count_gaps(const cJSON *report, const char *reason)
{
	const cJSON *gap;
	unsigned count = 0;

	cJSON_ArrayForEach(gap, cJSON_GetObjectItem(report, "gaps"))
		count += strcmp(json_text(gap, "reason"), reason) == 0;
	return count;
}

/* A megabyte fills up and is freed: recording goes on by itself, and the gap says why. */
static void full_disk(struct test *test)
{
	const char *disk = test_path(test, "disk");
	const char *path = test_text(test, "%s/history.db", disk);
	const char *ballast = test_text(test, "%s/ballast", disk);
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct program *program;

	require(test, mkdir(disk, 0755) == 0);
	require(test, mount("egret", disk, "tmpfs", 0, "size=1m") == 0);
	program = record(test, path);
	talk(&pair);
	test->waiting = "the recorded interval";
	while (!result_app_of(summary_of(test, report(test, path)), client->identity.exe))
		breathe();
	fill(test, ballast);
	program_expect(program, PROGRAM_ERR, "No space left on device; trying on");
	expect_equal(test, unlink(ballast), 0);
	program_expect(program, PROGRAM_ERR, "recording again");
	talk(&pair);
	kill(program->pid, SIGTERM);
	expect_equal(test, program_wait(program)->status, 0);
	expect_equal(test, count_gaps(report(test, path), "No space left on device"), 1);
	expect_rounds(summary_of(test, report(test, path)), &pair, 2 * ROUNDS);
	expect_equal(test, umount(disk), 0);
}

/* --- a clock that is set --- */

/* libfaketime tells the recorder another time, and reads which one from a file. */
static struct program *record_by(struct test *test, const char *path, const char *clock)
{
	const char *argv[] = { test->egret,  "record", "--database",	     path,
			       "--interval", "1s",     "--include-loopback", "--command-lines",
			       NULL };
	const char *environment[] = {
		NULL,
		test_text(test, "FAKETIME_TIMESTAMP_FILE=%s", clock),
		"FAKETIME_NO_CACHE=1",
		"FAKETIME_DONT_FAKE_MONOTONIC=1",
		"ASAN_OPTIONS=verify_asan_link_order=0", /* which would be the first library */
		NULL,
	};
	struct program *program;
	glob_t found;

	if (glob("/usr/lib*/{*/,}faketime/libfaketime.so.1", GLOB_BRACE, NULL, &found))
		test_skip(test, "libfaketime is not installed");
	environment[0] = test_text(test, "LD_PRELOAD=%s", found.gl_pathv[0]);
	globfree(&found);
	program = program_start(test, &(struct program_options){ .argv = argv,
								 .environment = environment });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	return program;
}

static struct result *all_of(struct test *test, const char *path)
{
	return summary_of(test, report_period(test, path, "2000-01-01", "2100-01-01"));
}

static void expect_jump(struct test *test, const char *path)
{
	const cJSON *gaps =
		cJSON_GetObjectItem(report_period(test, path, "2000-01-01", "2100-01-01"), "gaps");
	const cJSON *gap;
	int jumps = 0;

	cJSON_ArrayForEach(gap, gaps) {
		const char *start = json_text(gap, "start"), *end = json_text(gap, "end");

		expect_equal(test, strcmp(json_text(gap, "reason"), "the clock was set"), 0);
		jumps += text_number(end) > text_number(start);
	}
	expect_equal(test, jumps, 1);
}

/* Talks, and waits until all that was said so far is recorded. */
static void talk_recorded(struct test *test, const char *path, struct pair *pair, int *rounds)
{
	const char *app = pair->client->identity.exe;
	struct result *result;

	talk(pair);
	*rounds += ROUNDS;
	test->waiting = "the recorded interval";
	do {
		breathe();
		result = all_of(test, path);
	} while (!result_app_of(result, app) ||
		 json_number(result_app_of(result, app), "connections") < *rounds);
	test->waiting = NULL;
}

/*
 * Nothing is lost or counted twice when the clock is set a year ahead, back, and further
 * back. (An interval may have ended just before the clock was set, and be read just after:
 * what is said when that is recorded is of one that ends by the new clock.)
 */
static void clock_set(struct test *test)
{
	static const char *const clocks[] = { "+0", "+31536000", "+0", "-31536000", "+0" };
	const char *path = test_path(test, "history.db"), *clock = test_path(test, "clock");
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct program *program = NULL;
	int rounds = 0;

	egret_needed(test);
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		expect_equal(test, file_write(clock, clocks[i]), 0);
		if (!program)
			program = record_by(test, path, clock);
		talk_recorded(test, path, &pair, &rounds);
		talk_recorded(test, path, &pair, &rounds);
	}
	talk(&pair);
	kill(program->pid, SIGTERM);
	expect_equal(test, program_wait(program)->status, 0);
	expect_rounds(all_of(test, path), &pair, rounds + ROUNDS);
	expect_jump(test, path);
}

/* --- rules --- */

/* Keeps what it is told, and which rights it has: none, and no way to any. */
#define SCRIPT                                                                                     \
	"cat >$0.new; grep -E '^(CapPrm|CapEff|NoNewPrivs)' /proc/self/status >$0.rights; "        \
	"mv $0.new $0"

static struct program *record_rules(struct test *test, const char *rules, const char *told)
{
	const char *policy = test_path(test, "policy.json");
	const char *argv[] = {
		test->egret,
		"record",
		"--database",
		test_path(test, "history.db"),
		"--interval",
		"1s",
		"--include-loopback",
		"--policy",
		policy,
		"--on-violation",
		test_text(test, "[\"/bin/sh\",\"-c\",\"%s\",\"%s\"]", SCRIPT, told),
		NULL,
	};
	struct program *program;

	egret_needed(test);
	expect_equal(test, file_write(policy, rules), 0);
	program = program_start(test, &(struct program_options){ .argv = argv });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	return program;
}

/* What breaks a rule is told to the command, and on standard error. */
static void violated(struct test *test)
{
	const char *told = test_path(test, "told");
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	const char *rules =
		test_text(test,
			  "{\"schema\":\"egret.policy/1\",\"rules\":[{\"name\":\"stay\","
			  "\"where\":{\"apps\":[\"*%s\"]},\"max_sent_per_day\":%d,"
			  "\"not\":{\"scopes\":[\"*\"]}}]}",
			  client->identity.exe, SENT * ROUNDS - 1);
	struct program *program = record_rules(test, rules, told);
	const cJSON *violations;
	const char *text;

	talk(&pair);
	test->waiting = "the command to be run";
	while (!(text = file_read(test, told)))
		breathe();
	violations = cJSON_GetObjectItem(cJSON_Parse(text), "violations");
	require(test, cJSON_GetArraySize(violations) > 0);
	expect_equal(test, strstr(text, "\"rule\":\"stay\"") != NULL, 1);
	expect_equal(test, strstr(text, "\"broken\":\"not.scopes\"") != NULL, 1);
	text = file_read(test, test_text(test, "%s.rights", told));
	require(test, text);
	expect_equal(test, strstr(text, "CapPrm:\t0000000000000000\n") != NULL, 1);
	expect_equal(test, strstr(text, "CapEff:\t0000000000000000\n") != NULL, 1);
	expect_equal(test, strstr(text, "NoNewPrivs:\t1\n") != NULL, 1);
	kill(program->pid, SIGTERM);
	expect_equal(test, program_wait(program)->status, 0);
	expect_equal(test, strstr(program->output.err, "has broken not.scopes") != NULL, 1);
	expect_equal(test, strstr(program->output.err, "has broken max_sent_per_day") != NULL, 1);
}

/* --- metrics --- */

static struct program *record_metrics(struct test *test, const char *directory)
{
	const char *argv[] = {
		test->egret,  "record", "--database",	      test_path(test, "history.db"),
		"--interval", "1s",	"--include-loopback", "--textfile",
		directory,    NULL,
	};
	struct program *program;

	egret_needed(test);
	program = program_start(test, &(struct program_options){ .argv = argv });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	return program;
}

/* What the metrics count of an app; -1: it is not in them. */
static long long counted(struct test *test, const char *metric, const struct actor *actor)
{
	const char *text = file_read(test, test_path(test, "egret.prom"));
	const char *start = test_text(test, "\n%s{app=\"exe:%s\"", metric, actor->identity.exe);
	const char *line = text ? strstr(text, start) : NULL;

	line = line ? strchr(line, '}') : NULL;
	return line ? strtoll(line + 1, NULL, 10) : -1;
}

static void await_count(struct test *test, const struct actor *actor, long long connections)
{
	long long before = -1, now;

	test->waiting = "the counters";
	while ((now = counted(test, "egret_connections_total", actor)) != connections) {
		require(test, now >= before && now < connections);
		before = now;
		breathe();
	}
}

/* Counters add up over intervals, and begin anew with the recorder. */
static void metrics(struct test *test)
{
	const char *directory = test_path(test, ".");
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct program *program = record_metrics(test, directory);

	for (int rounds = ROUNDS; rounds <= 3 * ROUNDS; rounds += ROUNDS) {
		talk(&pair);
		await_count(test, client, rounds);
	}
	expect_equal(test, counted(test, "egret_sent_bytes_total", client), 3 * ROUNDS * SENT);
	expect_equal(test, counted(test, "egret_received_bytes_total", client),
		     3 * ROUNDS * RECEIVED);
	kill(program->pid, SIGKILL);
	program_wait(program);
	program = record_metrics(test, directory);
	test->waiting = "the counters to begin anew";
	while (counted(test, "egret_connections_total", client) >= 0)
		breathe();
	talk(&pair);
	kill(program->pid, SIGTERM);
	expect_equal(test, program_wait(program)->status, 0);
	expect_equal(test, counted(test, "egret_connections_total", client), ROUNDS);
}

/* With root's own rights, and no others, which is all that is left when it writes. */
static void no_place_for_metrics(struct test *test)
{
	const char *argv[] = {
		test->egret,  "record", "--database", test_path(test, "history.db"),
		"--textfile", NULL,	NULL,
	};
	const char *foreign = test_path(test, "foreign");
	struct output output;

	egret_needed(test);
	argv[5] = test_path(test, "nowhere");
	output = program_run(test, &(struct program_options){ .argv = argv });
	expect_equal(test, output.status, 5);
	require(test, mkdir(foreign, 0755) == 0 && chown(foreign, 65534, 65534) == 0);
	argv[5] = foreign;
	output = program_run(test, &(struct program_options){ .argv = argv });
	expect_equal(test, output.status, 5);
	expect_equal(test, strstr(output.err, "egret.prom: Permission denied") != NULL, 1);
}

const struct test_case record_cases[] = {
	CASE("record/killed", killed),
	CASE("record/refused", refused),
	CASE("record/full-disk", full_disk),
	CASE("record/clock", clock_set),
	CASE("record/violated", violated),
	CASE("record/metrics", metrics),
	CASE("record/no-place-for-metrics", no_place_for_metrics),
	{ 0 },
};

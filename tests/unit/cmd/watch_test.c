/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rules held against intervals: what the command is told, in how many runs, across a midnight. */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>

#include "tests/unit/store/history.h"
#include "user/cmd/watch.h"

#define RULES                                                                                      \
	"{\"schema\":\"egret.policy/1\",\"rules\":["                                               \
	"{\"name\":\"never\",\"not\":{\"apps\":[\"exe:/b\"]}},"                                    \
	"{\"name\":\"little\",\"max_sent_per_day\":100}]}"

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void interval_to(struct watch *watch, int64_t start, const char *app, uint8_t address,
			uint64_t sent, bool last)
{
	struct eg_summary *summary = history_summary(start, start + SECONDS(10));

	history_row(summary, app, address, sent);
	watch_interval(watch, NULL, summary, last);
	eg_summary_free(summary);
}

static void interval(struct watch *watch, int64_t start, const char *app, uint64_t sent, bool last)
{
	interval_to(watch, start, app, 1, sent, last);
}

/* A watch, the command of which writes its input into a pipe. */
struct hooked {
	struct watch *watch;
	FILE *told;
};

static struct hooked hook_into_pipe(void)
{
	static char policy[96];
	char pipe_path[96], command[200];
	struct eg_options options = { .of = &eg_command_record };
	struct hooked hooked = { 0 };
	int fd;

	snprintf(policy, sizeof(policy), "%s/policy.json", history_folder);
	snprintf(pipe_path, sizeof(pipe_path), "%s/told", history_folder);
	snprintf(command, sizeof(command), "[\"/bin/sh\",\"-c\",\"cat >%s\"]", pipe_path);
	write_text(policy, RULES);
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	/* Also for writing: there is no end of file between two runs. */
	fd = open(pipe_path, O_RDWR | O_CLOEXEC);
	hooked.told = fdopen(fd, "r");
	assert_non_null(hooked.told);
	options.policy = policy;
	options.on_violation = command;
	assert_int_equal(watch_start(&options, &hooked.watch), 0);
	return hooked;
}

/* What the command wrote into the pipe, a document a line: waits for it. */
static void read_line(FILE *stream, char **line, size_t *size)
{
	assert_true(getline(line, size, stream) > 0);
}

/* A limit that is broken just before midnight waits for the next run, and is in it. */
static void tells_limits_of_the_day_before(void **state)
{
	_cleanup_(eg_freep) char *line = NULL, *warned = NULL;
	struct hooked hooked = hook_into_pipe();
	struct capture capture = capture_begin(STDERR_FILENO);
	struct watch *watch = hooked.watch;
	FILE *told = hooked.told;
	size_t size = 0;

	(void)state;
	interval(watch, DAY_ONE + DAYS(1) - SECONDS(20), "exe:/b", 1, false);
	read_line(told, &line, &size);
	assert_non_null(strstr(line, "\"rule\":\"never\""));
	assert_null(strstr(line, "\"rule\":\"little\""));
	interval(watch, DAY_ONE + DAYS(1) - SECONDS(10), "exe:/a", 101, false);
	interval(watch, DAY_ONE + DAYS(1), "exe:/a", 1, false);
	interval(watch, DAY_ONE + DAYS(1) + SECONDS(10), "exe:/a", 1, true);
	read_line(told, &line, &size);
	warned = capture_end(&capture);
	assert_non_null(strstr(line, "\"rule\":\"little\""));
	assert_non_null(strstr(line, "\"start\":\"2026-11-23T00:00:00.000000000Z\""));
	assert_non_null(strstr(line, "\"bytes\":101"));
	assert_non_null(strstr(warned, "exe:/a has broken max_sent_per_day"));
	watch_stop(watch);
	fclose(told);
}

/* Many in a row are told of in one run, since each run is a process. */
static void runs_the_command_rarely(void **state)
{
	static const char *const others[] = { "\"192.0.2.2\"", "\"192.0.2.3\"", "\"192.0.2.4\"" };
	_cleanup_(eg_freep) char *line = NULL, *warned = NULL;
	struct hooked hooked = hook_into_pipe();
	struct capture capture = capture_begin(STDERR_FILENO);
	size_t size = 0;

	(void)state;
	for (uint8_t last = 1; last <= 4; last++)
		interval_to(hooked.watch, DAY_ONE + SECONDS(10 * last), "exe:/b", last, 1,
			    last == 4);
	read_line(hooked.told, &line, &size);
	assert_non_null(strstr(line, "\"192.0.2.1\""));
	read_line(hooked.told, &line, &size);
	warned = capture_end(&capture);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_non_null(strstr(line, others[i]));
	watch_stop(hooked.watch);
	fclose(hooked.told);
}

/* The same port of the same address by another protocol is another thing to be told of. */
static void tells_protocols_apart(void **state)
{
	char policy[96];
	struct eg_options options = { .of = &eg_command_record };
	_cleanup_(eg_freep) char *warned = NULL;
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10));
	struct eg_destination_key key = model_key(1);
	struct watch *watch = NULL;
	struct capture capture;
	const char *first;

	(void)state;
	snprintf(policy, sizeof(policy), "%s/policy.json", history_folder);
	write_text(policy, RULES);
	options.policy = policy;
	assert_int_equal(watch_start(&options, &watch), 0);
	model_add(model_app(summary, "exe:/b"), key, model_counters(1, 1));
	key.transport = IPPROTO_UDP;
	model_add(model_app(summary, "exe:/b"), key, model_counters(1, 1));
	capture = capture_begin(STDERR_FILENO);
	watch_interval(watch, NULL, summary, false);
	watch_interval(watch, NULL, summary, true);
	warned = capture_end(&capture);
	first = strstr(warned, "rule 'never': exe:/b");
	assert_non_null(first);
	first = strstr(first + 1, "rule 'never': exe:/b");
	assert_non_null(first);
	assert_null(strstr(first + 1, "rule 'never'"));
	eg_summary_free(summary);
	watch_stop(watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(tells_limits_of_the_day_before),
		HISTORY_TEST(runs_the_command_rarely),
		HISTORY_TEST(tells_protocols_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

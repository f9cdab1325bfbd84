/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The history as a source: what was there first, then each interval; refusals. */
#include "capture.h"

#include "tests/unit/store/history.h"
#include "user/cmd/top_source.h"

#define NO_INPUT (-1)

static struct eg_options options;

static void name_history(void)
{
	if (!eg_store_library())
		skip();
	options = (struct eg_options){ .of = &eg_command_top, .database = history_path };
}

static void expect_event(struct source *source, enum source_event event, int64_t span,
			 uint64_t sent)
{
	assert_int_equal(source_wait(source, NO_INPUT), event);
	assert_int_equal(source_span(source), span);
	assert_int_equal(eg_summary_totals(source_summary(source)).bytes.sent, sent);
}

static void follows_a_recorder(void **state)
{
	struct eg_store *store = NULL;
	struct source *source = NULL;

	(void)state;
	name_history();
	options.since = DAY_ONE;
	store = history_record();
	history_interval(store, DAY_ONE - SECONDS(10), 1000);
	history_interval(store, DAY_ONE, 1);
	history_interval(store, DAY_ONE + SECONDS(10), 2);
	history_interval(store, DAY_ONE + SECONDS(20), 4);
	assert_int_equal(source_open(&options, &source), 0);
	expect_event(source, SOURCE_MEASURED, 0, 3);
	expect_event(source, SOURCE_MEASURED, SECONDS(10), 7);
	assert_int_equal(source_origin(source).recorder, getpid());
	assert_int_equal(source_origin(source).since, DAY_ONE);
	assert_int_equal(source_origin(source).interval.end, DAY_ONE + SECONDS(30));
	assert_string_equal(source_origin(source).host->name, "ws1");
	assert_true(source_has_loopback(source));
	history_interval(store, DAY_ONE + SECONDS(30), 8);
	expect_event(source, SOURCE_MEASURED, SECONDS(10), 15);
	/* As after ^Z: two intervals and a gap since it has last looked. */
	history_interval(store, DAY_ONE + SECONDS(40), 16);
	history_interval(store, DAY_ONE + SECONDS(80), 32);
	expect_event(source, SOURCE_MEASURED, SECONDS(20), 63);
	assert_int_equal(source_wait(source, NO_INPUT), SOURCE_TICK);
	eg_store_close(store);
	assert_int_equal(source_wait(source, NO_INPUT), SOURCE_TICK);
	assert_int_equal(source_origin(source).recorder, 0);
	source_close(source);
}

/* Somebody has removed the file, and a recorder has begun another one. */
static void follows_to_another_file(void **state)
{
	struct eg_store *store = NULL;
	struct source *source = NULL;
	char path[96];

	(void)state;
	name_history();
	options.since = DAY_ONE;
	store = history_record();
	history_interval(store, DAY_ONE, 1);
	assert_int_equal(source_open(&options, &source), 0);
	expect_event(source, SOURCE_MEASURED, SECONDS(10), 1);
	eg_store_close(store);
	assert_int_equal(unlink(history_path), 0);
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s%s", history_path, i ? "-wal" : "-shm");
		unlink(path);
	}
	assert_int_equal(source_wait(source, NO_INPUT), SOURCE_TICK);
	store = history_record();
	history_interval(store, DAY_ONE + SECONDS(40), 2);
	expect_event(source, SOURCE_MEASURED, SECONDS(10), 3);
	source_close(source);
	eg_store_close(store);
}

static void comes_back_for_input_and_time(void **state)
{
	struct source *source = NULL;
	int fds[2];

	(void)state;
	name_history();
	options.duration = NSEC_PER_SEC / 10;
	eg_store_close(history_record());
	assert_int_equal(source_open(&options, &source), 0);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(source_wait(source, fds[0]), SOURCE_INPUT);
	assert_int_equal(source_wait(source, NO_INPUT), SOURCE_TICK);
	assert_int_equal(source_wait(source, NO_INPUT), SOURCE_END);
	source_close(source);
	close(fds[0]);
	close(fds[1]);
}

static void expect_refusal(int status, const char *words)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	struct source *source = NULL;
	int found = source_open(&options, &source);
	_cleanup_(eg_freep) char *text = capture_end(&capture);

	assert_int_equal(found, status);
	assert_null(source);
	if (!strstr(text, words))
		fail_msg("'%s' is not in '%s'", words, text);
}

static void refuses_what_does_not_fit(void **state)
{
	(void)state;
	name_history();
	expect_refusal(EG_EXIT_USAGE, "cannot read");
	options.interval = NSEC_PER_SEC;
	expect_refusal(EG_EXIT_USAGE, "--database and --since show a history");
	options.database = NULL;
	options.interval = NSEC_PER_SEC / 100;
	expect_refusal(EG_EXIT_USAGE, "--interval");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(follows_a_recorder),
		HISTORY_TEST(follows_to_another_file),
		HISTORY_TEST(comes_back_for_input_and_time),
		HISTORY_TEST(refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret check and diff on a history: days are added up each, and what is new is found. */
#include "capture.h"

#include "tests/unit/store/history.h"
#include "user/cmd/cmd.h"

static char policy[80];

static void write_policy(const char *rule)
{
	FILE *file;

	snprintf(policy, sizeof(policy), "%s/policy.json", history_folder);
	file = fopen(policy, "w");
	assert_non_null(file);
	fprintf(file, "{\"schema\":\"egret.policy/1\",\"rules\":[{\"name\":\"x\",%s}]}", rule);
	fclose(file);
}

/* Runs a command on the history; words and their NULL are added. The caller frees the text. */
static int run(const struct eg_command *command, char **ret_text, const char *const *words)
{
	char name[] = "x", database[] = "--database", format[] = "--format", text[] = "text";
	char *argv[20] = { name, database, history_path, format, text };
	struct capture capture = capture_begin(STDOUT_FILENO);
	struct eg_options options;
	int argc = 5, status;

	while ((argv[argc] = (char *)(uintptr_t)*words++))
		argc++;
	assert_int_equal(eg_options_parse(command, argc, argv, &options), 0);
	status = command->run(&options);
	eg_options_free(&options);
	*ret_text = capture_end(&capture);
	return status;
}
#define RUN(command, ret_text, ...)                                                                \
	run(command, ret_text, (const char *const[]){ __VA_ARGS__, NULL })

/* 300 bytes on Monday evening, 500 on Tuesday; 800 in less than 24 hours. */
static void record_two_days(void)
{
	struct eg_store *store;

	if (!eg_store_library())
		skip();
	store = history_record();
	history_interval(store, DAY_ONE + HOURS(20), 300);
	history_interval(store, DAY_ONE + HOURS(25), 400);
	history_interval(store, DAY_ONE + HOURS(26), 100);
	eg_store_close(store);
}

static void adds_up_each_day(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *within = NULL;

	(void)state;
	record_two_days();
	write_policy("\"max_sent_per_day\":499");
	assert_int_equal(RUN(&eg_command_check, &text, "--since", "2026-11-23T19:00:00Z", "--until",
			     "2026-11-24T19:00:00Z", policy),
			 EG_EXIT_FINDING);
	assert_non_null(strstr(text, "exe:/a: 500 B sent from 2026-11-24 on, 499 B a day allowed"));
	assert_null(strstr(text, "2026-11-23 on"));
	write_policy("\"max_sent_per_day\":500");
	assert_int_equal(RUN(&eg_command_check, &within, "--since", "2026-11-23T19:00:00Z",
			     "--until", "2026-11-24T19:00:00Z", policy),
			 EG_EXIT_OK);
	assert_non_null(strstr(within, "Nothing breaks a rule (of 1)"));
}

static void finds_rows_of_the_period(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *later = NULL;
	_cleanup_(eg_freep) char *warning = NULL;
	struct capture capture;

	(void)state;
	record_two_days();
	write_policy("\"not\":{\"apps\":[\"exe:/a\"]}");
	capture = capture_begin(STDERR_FILENO);
	assert_int_equal(RUN(&eg_command_check, &text, "--since", "2026-11-23", "--until",
			     "2026-11-24", policy),
			 EG_EXIT_FINDING);
	warning = capture_end(&capture);
	assert_string_equal(warning, "");
	free(TAKE_PTR(warning));
	assert_non_null(strstr(text, "192.0.2.1 443/tcp: 300 B sent"));
	capture = capture_begin(STDERR_FILENO);
	assert_int_equal(RUN(&eg_command_check, &later, "--since", "2026-11-25", "--until",
			     "2026-11-26", policy),
			 EG_EXIT_INCOMPLETE);
	warning = capture_end(&capture);
	assert_non_null(strstr(warning, "nothing was recorded"));
	assert_non_null(strstr(later, "Incomplete: nothing was recorded."));
}

static void says_which_policy_is_not_there(void **state)
{
	_cleanup_(eg_freep) char *text = NULL, *said = NULL;
	struct capture capture;

	(void)state;
	record_two_days();
	capture = capture_begin(STDERR_FILENO);
	assert_int_equal(RUN(&eg_command_check, &text, "/nonexistent"), EG_EXIT_USAGE);
	said = capture_end(&capture);
	assert_string_equal(said, "egret: cannot read /nonexistent: No such file or directory\n");
	assert_string_equal(text, "");
}

static void never_calls_nothing_a_success(const struct eg_command *command)
{
	_cleanup_(eg_freep) char *text = NULL, *warning = NULL;
	struct capture capture = capture_begin(STDERR_FILENO);
	int status = RUN(command, &text, "--since", "2026-11-25", "--until", "2026-11-26");

	warning = capture_end(&capture);
	assert_int_equal(status, EG_EXIT_INCOMPLETE);
	assert_non_null(strstr(warning, "nothing was recorded in this period"));
}

static void says_that_nothing_was_recorded(void **state)
{
	(void)state;
	record_two_days();
	never_calls_nothing_a_success(&eg_command_diff);
	never_calls_nothing_a_success(&eg_command_report);
}

static unsigned count(const char *text, const char *words)
{
	unsigned found = 0;

	for (text = strstr(text, words); text; text = strstr(text + 1, words))
		found++;
	return found;
}

/* The recorder is dead: there is no interval that a gap could end at. */
static void says_since_when_nobody_records(void **state)
{
	_cleanup_(eg_freep) char *text = NULL, *within = NULL;

	(void)state;
	record_two_days();
	assert_int_equal(RUN(&eg_command_report, &text, "--since", "2026-11-24", "--until",
			     "2026-11-24T06:00:00Z"),
			 EG_EXIT_OK);
	assert_non_null(strstr(text, "Not recorded: 2026-11-24T02:00:10Z to 2026-11-24T06:00:00Z "
				     "(nobody has recorded since)."));
	/* An interval that is not over yet is no gap. */
	assert_int_equal(RUN(&eg_command_report, &within, "--since", "2026-11-24", "--until",
			     "2026-11-24T02:00:25Z"),
			 EG_EXIT_OK);
	assert_null(strstr(within, "nobody has recorded since"));
}

/* What ends before a later interval does is a gap, and one only. */
static void tells_of_a_gap_once(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	record_two_days();
	assert_int_equal(RUN(&eg_command_report, &text, "--since", "2026-11-23T19:00:00Z",
			     "--until", "2026-11-23T23:00:00Z"),
			 EG_EXIT_OK);
	assert_int_equal(count(text, "Not recorded: "), 1);
	assert_null(strstr(text, "nobody has recorded since"));
}

/* Its interval takes an hour, whatever the one before took. */
static void knows_that_somebody_records(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_store *store;

	(void)state;
	record_two_days();
	store = history_record();
	assert_int_equal(RUN(&eg_command_report, &text, "--since", "2026-11-24", "--until",
			     "2026-11-24T02:50:00Z"),
			 EG_EXIT_OK);
	eg_store_close(store);
	assert_null(strstr(text, "nobody has recorded since"));
}

static void tells_what_is_new(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *same = NULL;

	(void)state;
	record_two_days();
	assert_int_equal(RUN(&eg_command_diff, &same, "--since", "2026-11-24", "--until",
			     "2026-11-25", "--fail-on-new"),
			 EG_EXIT_OK);
	assert_non_null(strstr(same, "Nothing is new."));
	assert_int_equal(RUN(&eg_command_diff, &text, "--since", "2026-11-23", "--until",
			     "2026-11-24", "--fail-on-new"),
			 EG_EXIT_FINDING);
	assert_non_null(strstr(text, "Nothing was recorded before"));
	assert_non_null(strstr(text, "New apps\n  exe:/a: 300 B sent"));
}

/* What was lost before looks new: nobody may take that for a whole answer. */
static void counts_what_was_lost_before(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10));
	struct eg_store *store;

	(void)state;
	record_two_days();
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "ring_full", 1), 0);
	store = history_record();
	history_add(store, summary);
	eg_store_close(store);
	eg_summary_free(summary);
	assert_int_equal(RUN(&eg_command_diff, &text, "--since", "2026-11-24", "--until",
			     "2026-11-25"),
			 EG_EXIT_INCOMPLETE);
	assert_non_null(strstr(text, "something was lost before"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(adds_up_each_day),
		HISTORY_TEST(finds_rows_of_the_period),
		HISTORY_TEST(tells_what_is_new),
		HISTORY_TEST(says_which_policy_is_not_there),
		HISTORY_TEST(says_that_nothing_was_recorded),
		HISTORY_TEST(says_since_when_nobody_records),
		HISTORY_TEST(tells_of_a_gap_once),
		HISTORY_TEST(counts_what_was_lost_before),
		HISTORY_TEST(knows_that_somebody_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stands around the table: where it comes from and how old it is, totals, the chosen line. */
#include "top.h"

#define NOW SAMPLE_END

static char *head(const struct top_test *test, const struct top_origin *origin, int64_t now)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(top_text_head(stream, &test->ui.model, origin, test->summary, now), 0);
	fclose(stream);
	return text;
}

static void expect_head(struct top_test *test, const struct top_origin *origin, int64_t now,
			const char *expected)
{
	_cleanup_(eg_freep) char *text = head(test, origin, now);

	if (strncmp(text, expected, strlen(expected)) != 0)
		fail_msg("'%s' does not begin with '%s'", text, expected);
}

static void says_where_it_comes_from(void **state)
{
	struct top_test test;
	struct top_origin origin = { .traces = true, .since = SAMPLE_START, .every = NSEC_PER_SEC };

	(void)state;
	top_begin(&test, sample_empty());
	top_measure(&test, 0);
	expect_head(&test, &origin, NOW,
		    "egret top  tracing for 30 s, every 1 s\n"
		    "Sent 0 B/s (0 B)  Received 0 B/s (0 B)  0 apps  0 destinations\n"
		    "Complete (l tells more)\n");
	origin = (struct top_origin){ .recorder = 812,
				      .host = test.summary->hosts,
				      .since = SAMPLE_START - 3600 * NSEC_PER_SEC };
	expect_head(&test, &origin, NOW, "egret top  ws1  recorded by 812: nothing so far\n");
	origin.interval = (struct eg_period){ .start = NOW - 10 * NSEC_PER_SEC, .end = NOW };
	expect_head(&test, &origin, NOW,
		    "egret top  ws1  recorded by 812: 10 s up to now, since 09:00:00 UTC\n");
	expect_head(&test, &origin, NOW + 7 * NSEC_PER_SEC,
		    "egret top  ws1  recorded by 812: 10 s up to 7 s ago, since");
	expect_head(&test, &origin, NOW + 31 * NSEC_PER_SEC,
		    "egret top  ws1  recorded by 812: 10 s up to 31 s ago (old), since");
	origin.recorder = 0;
	expect_head(&test, &origin, NOW + 31 * NSEC_PER_SEC,
		    "egret top  ws1  no recorder: 10 s up to 31 s ago, since");
	origin.since -= 30 * 3600 * NSEC_PER_SEC;
	expect_head(&test, &origin, NOW + 31 * NSEC_PER_SEC,
		    "egret top  ws1  no recorder: 10 s up to 31 s ago, since 2026-11-22\n");
	top_end(&test);
}

static void says_what_is_missing(void **state)
{
	struct top_test test;
	struct top_origin origin = { .traces = true, .since = NOW, .every = NSEC_PER_SEC };

	(void)state;
	top_begin(&test, sample_ordinary());
	top_measure(&test, 2 * NSEC_PER_SEC);
	expect_head(&test, &origin, NOW,
		    "egret top  tracing for 0 ms, every 1 s\n"
		    "Sent 408 kB/s (817 kB)  Received 7.6 MB/s (15.2 MB)  3 apps  19 destinations\n"
		    "Complete (names_skipped 3), 1 note (l tells more)\n");
	assert_int_equal(eg_ledger_add_lost(&test.summary->ledger, "ring_full", 2), 0);
	memcpy(test.ui.model.words, "video", sizeof("video"));
	assert_int_equal(top_ui_list(&test.ui), 0);
	expect_head(&test, &origin, NOW,
		    "egret top  tracing for 0 ms, every 1 s\n"
		    "Sent 408 kB/s (817 kB)  Received 7.6 MB/s (15.2 MB)  1 app  4 destinations\n"
		    "Incomplete (names_skipped 3, ring_full 2), 1 note, left out 128 B "
		    "(l tells more)  Filter: video\n");
	top_end(&test);
}

static void expect_detail(struct top_test *test, size_t line, const char *expected)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_true(line < test->ui.view.count);
	assert_int_equal(top_text_detail(stream, &test->ui.view.lines[line]), 0);
	fclose(stream);
	assert_string_equal(text, expected);
}

static void tells_all_of_a_line(void **state)
{
	struct top_test test;

	(void)state;
	top_begin(&test, sample_ordinary());
	top_measure(&test, 0);
	expect_detail(&test, 0,
		      "Video  android:waydroid/com.example.video\n"
		      "android, trust: kernel, uid 1000, 4 destinations\n"
		      "1 process: 4242 /system/bin/app_process64\n");
	expect_detail(&test, 1,
		      "log.example.com  203.0.113.27  443/tcp  Example Pte, AS64500, SG by "
		      "registry\n"
		      "owner Example Holdings (CN); operator registered in SG; name by tls_sni, "
		      "corroborated\n"
		      "27 connections, first 10:00:00, last 10:00:29 UTC, fastest answer after "
		      "9.1 ms\n");
	expect_detail(&test, 2,
		      "192.168.1.9  22/tcp in  (private)\n"
		      "\n"
		      "1 connection, first 10:00:00, last 10:00:29 UTC\n");
	memcpy(test.ui.model.words, "10.0.0.3", sizeof("10.0.0.3"));
	assert_int_equal(top_ui_list(&test.ui), 0);
	expect_detail(&test, 1,
		      "10.0.0.3  8003/tcp  (private)\n"
		      "\n"
		      "2 connections, first 10:00:00, last 10:00:00 UTC; failed 2 of 2: "
		      "ETIMEDOUT 1, ECONNREFUSED 1\n");
	top_end(&test);
}

/* Nobody's name ends a line or speaks to the terminal. */
static void is_harmless(void **state)
{
	struct top_origin origin = { .interval = { .end = 1 } };
	struct top_test test;

	(void)state;
	top_begin(&test, sample_harmful());
	origin.host = test.summary->hosts;
	top_measure(&test, NSEC_PER_SEC);
	for (size_t i = 0; i < test.ui.view.count; i++) {
		_cleanup_(eg_freep) char *text = NULL;
		size_t size, lines = 0;
		FILE *stream = open_memstream(&text, &size);

		assert_int_equal(top_text_detail(stream, &test.ui.view.lines[i]), 0);
		fclose(stream);
		sample_assert_harmless(text);
		for (const char *line = text; (line = strchr(line, '\n')); line++)
			lines++;
		assert_int_equal(lines, 3);
	}
	{
		_cleanup_(eg_freep) char *text = head(&test, &origin, NOW);

		sample_assert_harmless(text);
	}
	top_end(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_where_it_comes_from),
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(tells_all_of_a_line),
		cmocka_unit_test(is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

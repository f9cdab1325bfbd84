/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words that are typed are looked for in all that is known of a row. */
#include "top.h"

static void finds_what_is_known(void **state)
{
	static const char *const found[] = {
		"",	   "   ",      "VIDEO",	   "waydroid",	 "log.exa",	"203.0.113.27",
		"443/tcp", "as64500",  "pte",	   "holdings",	 "sg",		"corrob",
		"documen", "sg video", "!firefox", "sg !tablet", "example.com", "!",
	};
	static const char *const missed[] = { "firefox", "sg firefox", "!sg",
					      "444/tcp", "sg !video",  "via" };
	struct eg_summary *summary = sample_empty();
	struct eg_app *app =
		sample_app(summary, "android:waydroid/com.example.video", "android", "Video");
	struct eg_destination *row;

	(void)state;
	sample_known_row(app);
	row = sample_row(app, sample_key("203.0.113.27", 443, IPPROTO_TCP),
			 sample_counters(0, 0, 0));
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		if (!top_words_match(found[i], app, row))
			fail_msg("'%s' is not found", found[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(missed); i++) {
		if (top_words_match(missed[i], app, row))
			fail_msg("'%s' is found", missed[i]);
	}
	eg_summary_free(summary);
}

static void survives_what_is_unknown(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_app *app = sample_app(summary, "unknown:process", NULL, NULL);
	struct eg_destination *row = sample_row(
		app, (struct eg_destination_key){ .overflow = true }, sample_counters(1, 1, 1));

	(void)state;
	assert_true(top_words_match("unknown", app, row));
	assert_false(top_words_match("0/", app, row));
	assert_false(top_words_match("AS", app, row));
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_known),
		cmocka_unit_test(survives_what_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

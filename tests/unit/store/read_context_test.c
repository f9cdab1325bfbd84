/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hosts, databases and what could not be seen: all of a period's, each once. */
#include "history.h"

#include "user/store/private.h"

static struct eg_summary *make_interval(int64_t start, const char *built, const char *sentence)
{
	struct eg_summary *summary = history_summary(start, start + SECONDS(10));

	history_row(summary, "exe:/a", 1, 1);
	summary->hosts[0].kernel = strdup("6.12.117");
	summary->databases = calloc(1, sizeof(*summary->databases));
	summary->databases_count = 1;
	summary->databases[0].name = strdup("origin-asn");
	summary->databases[0].built = built ? strdup(built) : NULL;
	summary->databases[0].fields = calloc(3, sizeof(char *));
	summary->databases[0].fields[0] = strdup("as");
	summary->databases[0].fields[1] = strdup("1:,country");
	assert_int_equal(eg_ledger_add_degraded(&summary->ledger, sentence), 0);
	return summary;
}

static void add_interval(struct eg_store *store, int64_t start, const char *built,
			 const char *sentence)
{
	struct eg_summary *summary = make_interval(start, built, sentence);

	history_add(store, summary);
	eg_summary_free(summary);
}

static void tells_what_held(void **state)
{
	struct eg_store *store = history_record();
	struct eg_summary *found;

	(void)state;
	add_interval(store, DAY_ONE, "2026-11-01", "no BTF");
	add_interval(store, DAY_ONE + SECONDS(10), "2026-11-01", "no BTF");
	add_interval(store, DAY_ONE + SECONDS(20), NULL, "no rings");
	found = history_read(store, DAY_ONE, DAY_ONE + SECONDS(20));
	assert_int_equal(found->hosts_count, 1);
	assert_string_equal(found->hosts[0].kernel, "6.12.117");
	assert_int_equal(found->databases_count, 1);
	assert_string_equal(found->databases[0].built, "2026-11-01");
	assert_null(found->databases[0].license);
	assert_string_equal(found->databases[0].fields[1], "1:,country");
	assert_null(found->databases[0].fields[2]);
	assert_string_equal(found->ledger.degraded[0], "no BTF");
	assert_null(found->ledger.degraded[1]);
	eg_summary_free(found);
	found = history_read(store, DAY_ONE, DAY_ONE + MINUTES(1));
	assert_string_equal(found->ledger.degraded[1], "no rings");
	eg_summary_free(found);
	eg_store_close(store);
}

static void refuses_lists_that_are_none(void **state)
{
	static const char *const damages[] = {
		"UPDATE context SET databases = '3:abc'",
		"UPDATE context SET databases = '3:abc,1:a,'",
		"UPDATE context SET degraded = 'no list'",
	};
	const struct eg_period all = { .start = DAY_ONE, .end = DAY_ONE + DAYS(1) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		struct eg_store *store = history_record();
		struct eg_summary *found = NULL;

		add_interval(store, DAY_ONE + SECONDS(10) * (int64_t)i, "2026-11-01", "no BTF");
		assert_int_equal(eg_store_execute(store, damages[i]), 0);
		assert_int_equal(eg_store_read(store, &all, &found), -EBADMSG);
		assert_null(found);
		eg_store_close(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(tells_what_held),
		HISTORY_TEST(refuses_lists_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

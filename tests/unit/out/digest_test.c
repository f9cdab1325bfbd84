/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* By app, operator and country: each adds up to the whole. */
#include "sample.h"

#include "user/out/digest.h"

static void assert_adds_up(const struct eg_digest *digest, const struct eg_summary *summary)
{
	const struct eg_totals totals = eg_summary_totals(summary);
	uint64_t apps = 0, operators = 0, countries = 0, links = 0;

	for (size_t i = 0; i < digest->apps_count; i++)
		apps += digest->apps[i].app->counters.bytes.sent;
	for (size_t i = 0; i < digest->operators_count; i++)
		operators += digest->operators[i].bytes.sent;
	for (size_t i = 0; i < digest->countries_count; i++)
		countries += digest->countries[i].bytes.sent;
	for (size_t i = 0; i < digest->links_count; i++) {
		links += digest->links[i].bytes.sent;
		assert_true(digest->links[i].app < digest->apps_count);
		assert_true(digest->links[i].operator<digest->operators_count);
		assert_true(digest->links[i].country < digest->countries_count);
	}
	assert_int_equal(apps, totals.bytes.sent);
	assert_int_equal(operators, totals.bytes.sent);
	assert_int_equal(countries, totals.bytes.sent);
	assert_int_equal(links, totals.bytes.sent);
}

static void tells_kinds_apart(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	struct eg_digest digest;

	(void)state;
	assert_int_equal(eg_digest_make(summary, &digest), 0);
	assert_adds_up(&digest, summary);
	assert_int_equal(digest.apps_count, 3);
	assert_int_equal(digest.operators_count, 4); /* one, local, unknown, lost */
	assert_string_equal(eg_digest_operator(&digest.operators[0]), "Example Pte");
	assert_string_equal(eg_digest_operator(&digest.operators[1]), "Local network");
	assert_string_equal(eg_digest_country(&digest.countries[0]), "SG");
	assert_int_equal(eg_digest_named(digest.countries, digest.countries_count), 1);
	assert_int_equal(digest.apps[0].operators, 1);
	assert_int_equal(digest.apps[0].rows, 4);
	eg_digest_free(&digest);
	eg_summary_free(summary);
}

static void keeps_names_of_harm_apart(void **state)
{
	struct eg_summary *summary = sample_harmful();
	struct eg_digest digest;

	(void)state;
	assert_int_equal(eg_digest_make(summary, &digest), 0);
	assert_adds_up(&digest, summary);
	assert_int_equal(digest.operators_count, digest.apps_count);
	eg_digest_free(&digest);
	eg_summary_free(summary);
}

/* An operator that is called like another one's number is another one. */
static void tells_numbers_from_names(void **state)
{
	static const struct sample_place places[] = {
		{ .as_number = 5, .country = "DE" },
		{ .as_organization = "AS5", .country = "DE", .anycast = EG_YES },
		{ .as_number = 5, .country = "FR" },
		{ .as_number = 6, .as_organization = "AS5" },
	};
	struct eg_summary *summary = sample_empty();
	struct eg_app *app = sample_app(summary, "exe:/a", "program", NULL);
	struct eg_digest digest;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		sample_place(app,
			     sample_row(app, sample_key("203.0.113.1", (int)i, IPPROTO_TCP),
					sample_counters(10 + i, 1, 1)),
			     places[i]);
	assert_int_equal(eg_digest_make(summary, &digest), 0);
	assert_adds_up(&digest, summary);
	assert_int_equal(digest.operators_count, 2);
	assert_int_equal(digest.operators[0].bytes.sent, 11 + 13);
	assert_int_equal(digest.operators[1].bytes.sent, 10 + 12);
	assert_int_equal(digest.countries_count, 4); /* DE, FR, anycast, unknown */
	assert_int_equal(digest.apps[0].countries, 2);
	eg_digest_free(&digest);
	eg_summary_free(summary);
}

static void is_empty_of_nothing(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_digest digest;

	(void)state;
	assert_int_equal(eg_digest_make(summary, &digest), 0);
	assert_int_equal(digest.apps_count + digest.operators_count + digest.links_count, 0);
	eg_digest_free(&digest);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_kinds_apart),
		cmocka_unit_test(keeps_names_of_harm_apart),
		cmocka_unit_test(tells_numbers_from_names),
		cmocka_unit_test(is_empty_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rows are told where they are and whose, and a result what it was told by. */
#include "capture.h"

#include "tests/unit/place/fixture.h"

#include "user/cmd/places.h"

#include <egret/abi.h>
#include <netinet/in.h>

#define DAY_NS (24 * 60 * 60 * NSEC_PER_SEC)

#ifdef EG_HAVE_LIBMAXMINDDB
#define NEEDS_LIBRARY() ((void)0)
#else
#define NEEDS_LIBRARY() skip()
#endif

static struct eg_destination *add_row(struct eg_summary *summary, const char *address)
{
	struct eg_destination_key key = { .has_ip = true, .transport = IPPROTO_TCP };
	struct eg_destination *row;
	struct eg_app *app;

	fixture_ip(address, key.ip);
	assert_int_equal(eg_summary_app(summary, "exe:/a", &app), 0);
	assert_int_equal(eg_app_add(app, &key, &(struct eg_counters){ .connections = 1 }, 0, &row),
			 0);
	row->scope = (uint8_t)eg_scope_of(key.ip);
	return row;
}

/* A database that knows every address, built `age` ago. */
static struct places *open_places(int64_t age, const char *owners)
{
	char path[FIXTURE_PATH_MAX];
	const char *files[] = { path, NULL };
	struct eg_options options = { .geo = files, .owners = owners };
	struct places *places = NULL;

	fixture_mmdb("all.mmdb", "country_code,asn,as_name",
		     "0.0.0.0,255.255.255.255,SG,20940,Example Pte\n"
		     "1::,ffff::,SG,20940,Example Pte\n",
		     (long)((eg_now_ns() - age) / NSEC_PER_SEC), path);
	assert_int_equal(places_open(&options, &places), 0);
	return places;
}

static void rows_of_the_internet_have_a_place(void **state)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct eg_destination *row = add_row(summary, "5.5.5.5"), *other;
	struct places *places;

	(void)state;
	NEEDS_LIBRARY();
	places = open_places(DAY_NS, NULL);
	other = add_row(summary, "2a05::1");
	assert_int_equal(places_fill(places, summary), 0);
	assert_string_equal(row->place->country, "SG");
	assert_string_equal(row->place->country_basis, "geolocation");
	assert_int_equal(row->place->as_number, 20940);
	assert_string_equal(row->place->as_organization, "Example Pte");
	/* of egret's own table: no database has it */
	assert_string_equal(row->place->as_country, "NL");
	assert_int_equal(row->place->anycast, EG_UNKNOWN);
	assert_ptr_equal(row->place, other->place);
	places_close(places);
	/* the summary's own */
	assert_string_equal(row->place->as_organization, "Example Pte");
	eg_summary_free(summary);
}

static void other_scopes_have_none_whatever_a_database_says(void **state)
{
	static const char *const addresses[] = {
		"10.0.0.1",	   "100.64.0.1",  "127.0.0.1",	  "169.254.1.1", "192.0.2.1",
		"224.0.0.1",	   "203.0.113.5", "198.51.100.7", "240.0.0.1",	 "255.255.255.255",
		"fe80::1",	   "fd00::1",	  "ff02::1",	  "2001:db8::1", "64:ff9b::505:505",
		"2002:505:505::1", "2001::505:1", "64:ff9b:1::1",
	};
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct places *places;

	(void)state;
	NEEDS_LIBRARY();
	places = open_places(DAY_NS, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct eg_destination *row = add_row(summary, addresses[i]);

		assert_int_equal(places_fill(places, summary), 0);
		if (row->place->country || row->place->as_number)
			fail_msg("%s: %s", addresses[i], row->place->country);
	}
	places_close(places);
	eg_summary_free(summary);
}

static void named_rows_have_owner_and_registered_domain(void **state)
{
	static const char table[] = "example.com\tExample Holdings\tCN\n";
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct eg_destination *row = add_row(summary, "10.0.0.1");
	char path[FIXTURE_PATH_MAX];
	struct places *places;

	(void)state;
	NEEDS_LIBRARY();
	places = open_places(DAY_NS, fixture_write("my.tsv", table, strlen(table), path));
	assert_int_equal(places_fill(places, summary), 0);
	assert_null(row->place->owner_name);
	/* the name is seen later than the address */
	eg_destination_detail(row)->domain = strdup("log.example.com");
	assert_int_equal(places_fill(places, summary), 0);
	assert_string_equal(row->place->owner_name, "Example Holdings");
	assert_string_equal(row->place->owner_country, "CN");
	assert_string_equal(row->place->owner_source, path);
#ifdef EG_HAVE_LIBPSL
	assert_string_equal(row->detail->registered_domain, "example.com");
#endif
	/* and corrected */
	free(row->detail->domain);
	row->detail->domain = strdup("www.tiktok.com");
	assert_int_equal(places_fill(places, summary), 0);
	assert_string_equal(row->place->owner_name, "ByteDance");
#ifdef EG_HAVE_LIBPSL
	assert_string_equal(row->detail->registered_domain, "tiktok.com");
#endif
	/* by one that nobody registered */
	free(row->detail->domain);
	row->detail->domain = strdup("printer");
	assert_int_equal(places_fill(places, summary), 0);
	assert_null(row->place->owner_name);
	assert_null(row->detail->registered_domain);
	places_close(places);
	eg_summary_free(summary);
}

static void results_name_databases_and_their_age(void **state)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct places *places;

	(void)state;
	NEEDS_LIBRARY();
	places = open_places(91 * DAY_NS, NULL);
	assert_int_equal(places_fill(places, summary), 0);
	assert_int_equal(places_fill(places, summary), 0);
	assert_int_equal(summary->databases_count, 1);
	assert_string_equal(summary->databases[0].name, "all");
	assert_int_equal(strlen(summary->databases[0].built), 10);
	assert_string_equal(summary->databases[0].fields[0], "country");
	assert_string_equal(summary->databases[0].fields[1], "as");
	assert_null(summary->databases[0].fields[2]);
	assert_non_null(strstr(summary->ledger.degraded[0], "more than 90 days old"));
	assert_null(summary->ledger.degraded[1]);
	assert_true(eg_summary_totals(summary).complete);
	places_close(places);
	eg_summary_free(summary);
}

static void what_is_refused_is_said_once_and_in_each_result(void **state)
{
	const char *files[] = { "/nowhere.mmdb", NULL };
	struct eg_options options = { .geo = files };
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct capture capture = capture_begin(STDERR_FILENO);
	struct places *places;
	char *said;

	(void)state;
	assert_int_equal(places_open(&options, &places), 0);
	said = capture_end(&capture);
	assert_non_null(strstr(said, "/nowhere.mmdb is not used: No such file"));
	free(said);
	assert_int_equal(places_fill(places, summary), 0);
	assert_int_equal(summary->databases_count, 0);
	assert_non_null(strstr(summary->ledger.degraded[0], "/nowhere.mmdb"));
	assert_non_null(strstr(summary->ledger.degraded[1], "--geo FILE"));
	places_close(places);
	eg_summary_free(summary);
}

static void a_wrong_table_of_owners_is_a_usage_error(void **state)
{
	char path[FIXTURE_PATH_MAX], *said;
	struct eg_options options = { .owners = fixture_write("bad.tsv", "a.com\n", 6, path) };
	struct capture capture = capture_begin(STDERR_FILENO);
	struct places *places = NULL;

	(void)state;
	assert_int_equal(places_open(&options, &places), EG_EXIT_USAGE);
	said = capture_end(&capture);
	assert_non_null(strstr(said, "bad.tsv:1: "));
	free(said);
	assert_null(places);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_the_internet_have_a_place),
		cmocka_unit_test(other_scopes_have_none_whatever_a_database_says),
		cmocka_unit_test(named_rows_have_owner_and_registered_domain),
		cmocka_unit_test(results_name_databases_and_their_age),
		cmocka_unit_test(what_is_refused_is_said_once_and_in_each_result),
		cmocka_unit_test(a_wrong_table_of_owners_is_a_usage_error),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}

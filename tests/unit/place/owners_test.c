/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose a domain is: egret's table, the user's before it, and what is wrong with a file. */
#include "fixture.h"

static struct eg_owners *open_text(const char *text)
{
	struct eg_owners_error error = { 0 };
	struct eg_owners *owners = NULL;
	char path[FIXTURE_PATH_MAX];

	fixture_write("owners.tsv", text, strlen(text), path);
	if (eg_owners_open(path, &owners, &error) != 0)
		fail_msg("line %u: %s", error.line, error.reason);
	return owners;
}

static void assert_wrong(const char *text, unsigned line, const char *reason)
{
	struct eg_owners_error error = { 0 };
	struct eg_owners *owners = NULL;
	char path[FIXTURE_PATH_MAX];

	fixture_write("owners.tsv", text, strlen(text), path);
	assert_int_equal(eg_owners_open(path, &owners, &error), -EINVAL);
	assert_null(owners);
	assert_int_equal(error.line, line);
	if (!strstr(error.reason, reason))
		fail_msg("%s", error.reason);
}

static void egret_knows_well_known_companies(void **state)
{
	static const struct {
		const char *domain, *name, *country;
	} cases[] = {
		{ "log16-normal-c-useast1a.tiktokv.com", "ByteDance", "CN" },
		{ "www.qq.com", "Tencent", "CN" },
		{ "gw.alicdn.com", "Alibaba", "CN" },
		{ "hm.baidu.com", "Baidu", "CN" },
		{ "store.hicloud.com", "Huawei", "CN" },
		{ "tracking.miui.com", "Xiaomi", "CN" },
		{ "fonts.gstatic.com", "Google", "US" },
		{ "graph.facebook.com", "Meta", "US" },
		{ "s3.eu-central-1.amazonaws.com", "Amazon", "US" },
		{ "login.microsoftonline.com", "Microsoft", "US" },
		{ "gateway.icloud.com", "Apple", "US" },
		{ "cloudflare.com", "Cloudflare", "US" },
		{ "e1.dscb.akamaiedge.net", "Akamai", "US" },
		{ "objectstorage.oraclecloud.com", "Oracle", "US" },
		{ "mc.yandex.ru", "Yandex", "RU" },
	};
	struct eg_owners_error error;
	struct eg_owners *owners;

	(void)state;
	assert_int_equal(eg_owners_open(NULL, &owners, &error), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct eg_owner *owner = eg_owners_find(owners, cases[i].domain);

		if (!owner)
			fail_msg("%s: nobody's", cases[i].domain);
		assert_string_equal(owner->name, cases[i].name);
		assert_string_equal(owner->country, cases[i].country);
		assert_string_equal(owner->source, "egret:owners.tsv");
		assert_int_equal(strncmp(owner->reference, "https://", 8), 0);
	}
	assert_string_equal(eg_owners_find_as(owners, 20940)->country, "NL");
	assert_null(eg_owners_find_as(owners, 64500));
	/* Not ByteDance's any more, and whose a table of companies can't say. */
	assert_null(eg_owners_find(owners, "log16-normal-useast5.tiktokv.us"));
	eg_owners_close(owners);
}

/* What was read, and what follows from a name. */
static void each_row_says_what_it_rests_on(void **state)
{
	struct eg_owners *owners = open_text("a.example\tA\tDE\thttps://a.example/\n"
					     "b.example\tB\tDE\thttps://b.example/\tread\n"
					     "# As of 2026-01-02\n");

	(void)state;
	assert_string_equal(eg_owners_find(owners, "akamaiedge.net")->certainty, "read");
	assert_string_equal(eg_owners_find_as(owners, 20940)->certainty, "name");
	assert_string_equal(eg_owners_find(owners, "a.example")->certainty, "table");
	assert_string_equal(eg_owners_find(owners, "b.example")->certainty, "read");
	assert_int_equal(eg_owners_find(owners, "a.example")->as_of, 1767312000000000000);
	assert_true(eg_owners_find(owners, "akamaiedge.net")->as_of > 1767312000000000000);
	eg_owners_close(owners);
	owners = open_text("a.example\tA\tDE\n");
	assert_true(eg_owners_find(owners, "a.example")->as_of > 1767312000000000000);
	eg_owners_close(owners);
}

/* A page that has a domain under a company need not know where that is. */
static void a_country_has_a_line_of_its_own(void **state)
{
	struct eg_owners *owners = open_text("a.example\tA\tDE\thttps://a.example/\tread\n"
					     "*\tA\tDE\thttps://register.example/\tname\n"
					     "also.example\tA\n"
					     "*\tB\tFR\n"
					     "c.example\tC\tDE\n"
					     "AS64500\tA\tSG\n");
	const struct eg_owner *owner = eg_owners_find(owners, "www.a.example");

	(void)state;
	assert_string_equal(owner->certainty, "read");
	assert_string_equal(owner->seat->name, "A");
	assert_string_equal(owner->seat->certainty, "name");
	assert_string_equal(owner->seat->reference, "https://register.example/");
	assert_int_equal(owner->seat->line, 2);
	assert_string_equal(eg_owners_find(owners, "also.example")->country, "DE");
	assert_null(eg_owners_find(owners, "c.example")->seat);
	/* A network can be registered elsewhere, and is nobody's domain. */
	assert_null(eg_owners_find_as(owners, 64500)->seat);
	assert_string_equal(eg_owners_find_as(owners, 64500)->country, "SG");
	assert_null(eg_owners_find(owners, "*"));
	eg_owners_close(owners);
}

static bool is_one_of(const char *text, const char *first, const char *second)
{
	return strcmp(text, first) == 0 || strcmp(text, second) == 0;
}

/* Of a line that egret comes with; a company's is some domain's, too, if it is any good. */
static void assert_sourced(const struct eg_owners *owners, const char *line, char company[64])
{
	char suffix[64], name[64], country[8], reference[256], looked_at[8];
	const struct eg_owner *owner;

	if (sscanf(line, "%63[^\t]\t%63[^\t]\t%7[^\t]\t%255[^\t]\t%7[^\n]", suffix, name, country,
		   reference, looked_at) != 5)
		fail_msg("not five columns: %s", line);
	if (strncmp(reference, "http", 4) != 0 || !is_one_of(looked_at, "read", "name"))
		fail_msg("without a source or what was looked at: %s", line);
	if (strcmp(suffix, "*") == 0) {
		snprintf(company, 64, "%s", name);
		return;
	}
	owner = eg_owners_find(owners, suffix);
	if (!owner && strncmp(suffix, "AS", 2) != 0)
		fail_msg("not found: %s", line);
	if (owner && owner->country && (!owner->seat || strcmp(company, name) != 0))
		fail_msg("its company's line is not above it: %s", line);
}

static void each_row_of_ours_has_a_source(void **state)
{
	FILE *stream = fopen("user/place/owners.tsv", "re");
	char line[512], company[64] = "";
	struct eg_owners_error error;
	struct eg_owners *owners;
	unsigned count = 0;

	(void)state;
	assert_non_null(stream);
	assert_int_equal(eg_owners_open(NULL, &owners, &error), 0);
	while (fgets(line, sizeof(line), stream)) {
		if (*line == '#')
			continue;
		assert_sourced(owners, line, company);
		count++;
	}
	assert_true(count > 600);
	eg_owners_close(owners);
	fclose(stream);
}

static void whole_labels_and_the_longest_of_them(void **state)
{
	struct eg_owners *owners = open_text("example.com\tExample\tDE\n"
					     "cdn.example.com\tCarrier\tSG\tfile:contract\n"
					     "*.Wild.EXAMPLE.\tWild\n"
					     ".xn--bcher-kva.1and1.co_.AS1\tBooks\n"
					     "AS4294967295\tLast\n");

	(void)state;
	assert_string_equal(eg_owners_find(owners, "example.com")->name, "Example");
	assert_string_equal(eg_owners_find(owners, "a.b.EXAMPLE.com")->name, "Example");
	assert_string_equal(eg_owners_find(owners, "x.cdn.example.com")->name, "Carrier");
	assert_string_equal(eg_owners_find(owners, "x.cdn.example.com")->reference,
			    "file:contract");
	assert_int_equal(eg_owners_find(owners, "cdn.example.com")->line, 2);
	assert_string_equal(eg_owners_find(owners, "wild.example")->suffix, "wild.example");
	assert_null(eg_owners_find(owners, "wild.example")->country);
	assert_non_null(eg_owners_find(owners, "xn--bcher-kva.1and1.co_.as1"));
	assert_non_null(eg_owners_find_as(owners, UINT32_MAX));
	assert_null(eg_owners_find(owners, "notexample.com"));
	assert_null(eg_owners_find(owners, "com"));
	assert_null(eg_owners_find(owners, ""));
	assert_null(eg_owners_find(owners, NULL));
	eg_owners_close(owners);
}

static void the_users_table_goes_first(void **state)
{
	struct eg_owners *owners =
		open_text("# mine\r\n\r\ncom\tEverybody\t-\r\nas15169\tMe\tFR\r\n");

	(void)state;
	assert_string_equal(eg_owners_find(owners, "www.google.com")->name, "Everybody");
	assert_int_equal(eg_owners_find(owners, "www.google.com")->line, 3);
	assert_null(eg_owners_find(owners, "www.google.com")->country);
	assert_string_equal(eg_owners_find(owners, "www.google.de")->name, "Google");
	assert_string_equal(eg_owners_find_as(owners, 15169)->name, "Me");
	/* What an app calls its server makes it nobody's network. */
	assert_null(eg_owners_find(owners, "as15169"));
	assert_null(eg_owners_find(owners, "www.as13335"));
	eg_owners_close(owners);
}

static const struct {
	const char *suffix, *reason;
} suffixes[] = {
	{ "a b", "not a domain's end" },
	{ "*.", "not a domain's end" },
	{ "a..b", "not a domain's end" },
	{ "..b", "not a domain's end" },
	{ "a.*.b", "not a domain's end" },
	{ "https://a.b", "not a domain's end" },
	{ "b\u00fccher.example", "xn--" },
	{ "192.0.2.7", "not a domain's end" },
	{ "a23456789b123456789c123456789d123456789e123456789f123456789g123x.com",
	  "not a domain's end" },
	{ "AS007", "not the number of an AS" },
	{ "as0", "not the number of an AS" },
	{ "AS4294967296", "not the number of an AS" },
	{ "AS99999999999999999999", "not the number of an AS" },
};

static void a_wrong_file_is_refused_with_its_line(void **state)
{
	struct eg_owners_error error;
	struct eg_owners *owners = NULL;
	char line[128];

	(void)state;
	assert_wrong("example.com\n", 1, "a tab and an owner");
	assert_wrong("\n\nexample.com\tX\tGermany\n", 3, "not a country");
	assert_wrong("a.example\tA\nb.example\tB\tDE\thttps://b.example/\tby heart\n", 2,
		     "fifth column");
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		snprintf(line, sizeof(line), "# mine\n%s\tX\n", suffixes[i].suffix);
		assert_wrong(line, 2, suffixes[i].reason);
	}
	assert_wrong("a.com\tX\nb.com\tY\nA.com\tZ\n", 3, "suffix is there before");
	assert_wrong("*\tX\tDE\nb.com\tX\n*\tX\tDE\n", 3, "company is there before");
	assert_wrong("b.com\tX\n*\tX\n", 2, "without its country");
	assert_wrong("*\tX\t-\n", 1, "without its country");
	assert_wrong("*\n", 1, "a tab and an owner");
	assert_wrong("*\tX\tDE\thttps://x.example/\tby heart\n", 1, "fifth column");
	assert_wrong("b.com\tX\tFR\n*\tX\tDE\n", 1, "its company's line");
	assert_int_equal(eg_owners_open("/nowhere", &owners, &error), -EINVAL);
	assert_int_equal(error.line, 0);
	assert_non_null(strstr(error.reason, "No such file"));
	assert_int_equal(eg_owners_open(fixture_directory, &owners, &error), -EINVAL);
	assert_null(owners);
}

static void text_only(void **state)
{
	char path[FIXTURE_PATH_MAX];
	struct eg_owners_error error = { 0 };
	struct eg_owners *owners = NULL;

	(void)state;
	fixture_write("zero.tsv", "a.com\tX\0b.com\tY\n", 16, path);
	assert_int_equal(eg_owners_open(path, &owners, &error), -EINVAL);
	assert_non_null(strstr(error.reason, "zero byte"));
	/* A file without an end. */
	assert_int_equal(eg_owners_open("/dev/zero", &owners, &error), -EINVAL);
	assert_non_null(strstr(error.reason, "too large"));
	fixture_write("empty.tsv", "", 0, path);
	assert_int_equal(eg_owners_open(path, &owners, &error), 0);
	eg_owners_close(owners);
	eg_owners_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(egret_knows_well_known_companies),
		cmocka_unit_test(each_row_says_what_it_rests_on),
		cmocka_unit_test(a_country_has_a_line_of_its_own),
		cmocka_unit_test(each_row_of_ours_has_a_source),
		cmocka_unit_test(whole_labels_and_the_longest_of_them),
		cmocka_unit_test(the_users_table_goes_first),
		cmocka_unit_test(a_wrong_file_is_refused_with_its_line),
		cmocka_unit_test(text_only),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}

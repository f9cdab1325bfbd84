/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a pattern of the command line matches. */
#include "model.h"

#include <sys/mman.h>

#include <egret/filter.h>

/* Whether app or row match, with one pattern for one field. */
struct question {
	enum eg_filter_field field;
	const char *pattern;
};

static bool ask(struct question question, const struct eg_app *app,
		const struct eg_destination *row)
{
	const char *patterns[] = { question.pattern, NULL };
	struct eg_filter filter = { 0 };
	struct eg_matcher matcher;
	bool answer;

	filter.patterns[question.field] = patterns;
	assert_int_equal(eg_matcher_init(&matcher, &filter, "/dev/null"), 0);
	assert_true(eg_matcher_asks(&matcher));
	answer = (!app || eg_matcher_app(&matcher, app)) && (!row || eg_matcher_row(&matcher, row));
	eg_matcher_free(&matcher);
	return answer;
}

static bool app_matches(enum eg_filter_field field, const char *pattern, const struct eg_app *app)
{
	return ask((struct question){ .field = field, .pattern = pattern }, app, NULL);
}

static bool row_matches(enum eg_filter_field field, const char *pattern,
			const struct eg_destination *row)
{
	return ask((struct question){ .field = field, .pattern = pattern }, NULL, row);
}

static void apps_by_id_or_name_as_they_are_written(void **state)
{
	char id[] = "exe:/usr/bin/curl", name[] = "curl";
	struct eg_app app = { .id = id, .name = name };

	(void)state;
	assert_true(app_matches(EG_FILTER_APP, "exe:/usr/bin/curl", &app));
	assert_true(app_matches(EG_FILTER_APP, "exe:*", &app));
	assert_true(app_matches(EG_FILTER_APP, "*curl", &app));
	assert_true(app_matches(EG_FILTER_APP, "cur?", &app));
	assert_true(app_matches(EG_FILTER_APP, "[a-c]url", &app));
	assert_false(app_matches(EG_FILTER_APP, "Curl", &app));
	assert_false(app_matches(EG_FILTER_APP, "usr", &app));
	app.name = NULL;
	assert_false(app_matches(EG_FILTER_APP, "curl", &app));
}

static void users_by_number(void **state)
{
	uint32_t users[] = { 0, 1000, UINT32_MAX };
	struct eg_app app = { .users = users, .users_count = ARRAY_SIZE(users) }, nobody = { 0 };

	(void)state;
	assert_true(app_matches(EG_FILTER_USER, "1000", &app));
	assert_true(app_matches(EG_FILTER_USER, "10*", &app));
	assert_true(app_matches(EG_FILTER_USER, "4294967295", &app));
	assert_false(app_matches(EG_FILTER_USER, "100", &app));
	assert_false(app_matches(EG_FILTER_USER, "*", &nobody));
}

/* A file that only this process sees. */
static void accounts_path(char path[static 32], const char *text)
{
	int file = memfd_create("passwd", MFD_CLOEXEC);

	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	snprintf(path, 32, "/proc/self/fd/%d", file);
}

static void users_by_name(void **state)
{
	const char *patterns[] = { "ali*", "bob", NULL };
	struct eg_filter filter = { .patterns = { [EG_FILTER_USER] = patterns } };
	struct eg_matcher matcher;
	uint32_t uid = 0;
	struct eg_app app = { .users = &uid, .users_count = 1 };
	char path[32];

	(void)state;
	accounts_path(path, "root:x:0:0::/:/bin/sh\nnonsense\nalice:x:1000:1000::/:/bin/sh\n"
			    "alibi:x:1001:1::/:\ncarol:x:1002:1::/:\n");
	assert_int_equal(eg_matcher_init(&matcher, &filter, path), 0);
	assert_false(eg_matcher_app(&matcher, &app));
	uid = 1000;
	assert_true(eg_matcher_app(&matcher, &app));
	uid = 1001;
	assert_true(eg_matcher_app(&matcher, &app));
	uid = 1002;
	assert_false(eg_matcher_app(&matcher, &app));
	eg_matcher_free(&matcher);
	assert_int_equal(eg_matcher_init(&matcher, &filter, "/nonexistent"), 0);
	uid = 1000;
	assert_false(eg_matcher_app(&matcher, &app));
	eg_matcher_free(&matcher);
}

static void rows_by_what_is_known_in_any_case(void **state)
{
	char country[] = "SG", organization[] = "Example Pte", owner[] = "Example Holdings";
	struct eg_place place = { .country = country,
				  .as_organization = organization,
				  .as_number = 64500,
				  .owner_name = owner };
	struct eg_destination row = { .scope = EG_SCOPE_LINK_LOCAL, .place = &place };

	(void)state;
	assert_true(row_matches(EG_FILTER_COUNTRY, "sg", &row));
	assert_false(row_matches(EG_FILTER_COUNTRY, "CN", &row));
	assert_true(row_matches(EG_FILTER_OPERATOR, "example*", &row));
	assert_true(row_matches(EG_FILTER_OPERATOR, "AS64500", &row));
	assert_true(row_matches(EG_FILTER_OPERATOR, "64500", &row));
	assert_false(row_matches(EG_FILTER_OPERATOR, "4500", &row));
	assert_true(row_matches(EG_FILTER_OWNER, "*holdings", &row));
	assert_false(row_matches(EG_FILTER_OWNER, "SG", &row));
	assert_true(row_matches(EG_FILTER_SCOPE, "link-local", &row));
	assert_false(row_matches(EG_FILTER_SCOPE, "internet", &row));
}

static void rows_by_any_of_their_names(void **state)
{
	char domain[] = "log.example.com", registered[] = "example.com",
	     other[] = "cdn.example.net";
	struct eg_name name = { .name = other };
	struct eg_detail detail = {
		.domain = domain, .registered_domain = registered, .names = &name, .names_count = 1
	};
	struct eg_destination row = { .detail = &detail };

	(void)state;
	assert_true(row_matches(EG_FILTER_DOMAIN, "log.example.com", &row));
	assert_true(row_matches(EG_FILTER_DOMAIN, "EXAMPLE.com", &row));
	assert_true(row_matches(EG_FILTER_DOMAIN, "*.example.com", &row));
	assert_true(row_matches(EG_FILTER_DOMAIN, "cdn.*", &row));
	assert_false(row_matches(EG_FILTER_DOMAIN, "example.net", &row));
}

static void what_is_unknown_matches_nothing(void **state)
{
	struct eg_destination row = { 0 };

	(void)state;
	assert_false(row_matches(EG_FILTER_COUNTRY, "*", &row));
	assert_false(row_matches(EG_FILTER_OPERATOR, "*", &row));
	assert_false(row_matches(EG_FILTER_OWNER, "*", &row));
	assert_false(row_matches(EG_FILTER_DOMAIN, "*", &row));
	assert_false(row_matches(EG_FILTER_SCOPE, "*", &row));
}

/* Patterns of one field are alternatives, fields are conditions. */
static void any_pattern_of_each_field(void **state)
{
	const char *countries[] = { "DE", "SG", NULL }, *scopes[] = { "internet", NULL };
	struct eg_filter filter = {
		.patterns = { [EG_FILTER_COUNTRY] = countries, [EG_FILTER_SCOPE] = scopes }
	};
	char country[] = "SG";
	struct eg_place place = { .country = country };
	struct eg_destination row = { .scope = EG_SCOPE_INTERNET, .place = &place };
	struct eg_matcher matcher;

	(void)state;
	assert_int_equal(eg_matcher_init(&matcher, &filter, "/dev/null"), 0);
	assert_true(eg_matcher_row(&matcher, &row));
	row.scope = EG_SCOPE_PRIVATE;
	assert_false(eg_matcher_row(&matcher, &row));
	eg_matcher_free(&matcher);
}

static void no_filter_matches_everything(void **state)
{
	static const struct eg_filter empty;
	const struct eg_filter *filters[] = { NULL, &empty };
	struct eg_app app = { 0 };
	struct eg_destination row = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		struct eg_matcher matcher;

		assert_int_equal(eg_matcher_init(&matcher, filters[i], "/dev/null"), 0);
		assert_false(eg_matcher_asks(&matcher));
		assert_true(eg_matcher_app(&matcher, &app));
		assert_true(eg_matcher_row(&matcher, &row));
		eg_matcher_free(&matcher);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apps_by_id_or_name_as_they_are_written),
		cmocka_unit_test(users_by_number),
		cmocka_unit_test(users_by_name),
		cmocka_unit_test(rows_by_what_is_known_in_any_case),
		cmocka_unit_test(rows_by_any_of_their_names),
		cmocka_unit_test(what_is_unknown_matches_nothing),
		cmocka_unit_test(any_pattern_of_each_field),
		cmocka_unit_test(no_filter_matches_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Claims about a destination, for people and for programs. */
#include "sample.h"

#define DAY_NS (24 * 60 * 60 * NSEC_PER_SEC)

static const struct eg_claim claims[] = {
	{ .about = "5.5.5.5",
	  .topic = "country",
	  .value = "SG",
	  .source = "database made (CC0-1.0)",
	  .certainty = "registry",
	  .as_of = SAMPLE_START - 12 * DAY_NS },
	{ .about = "5.5.5.5", .topic = "operator", .source = "no database here knows it" },
	{ .about = "evil\033[2J.example",
	  .topic = "name",
	  .value = "evil\033[2J",
	  .source = "tls_sni",
	  .certainty = "claimed",
	  .detail = "1 bytes sent",
	  .as_of = SAMPLE_START - DAY_NS },
};

static const struct eg_explanation explanation = {
	.destination = "5.5.5.5",
	.now = SAMPLE_START,
	.searched = true,
	.claims = claims,
	.claims_count = ARRAY_SIZE(claims),
};

static char *print(enum eg_format format, const struct eg_explanation *what)
{
	struct eg_print_options options = { .columns = 80, .compact = true };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_print_explanation(stream, format, what, &options), 0);
	fclose(stream);
	return text;
}

static void prints_each_claim_with_its_evidence(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_TEXT, &explanation);

	(void)state;
	sample_assert_harmless(text);
	assert_string_equal(text,
			    "5.5.5.5\n"
			    "  country           SG\n"
			    "                    database made (CC0-1.0), registry, 12 days old\n"
			    "  operator          unknown\n"
			    "                    no database here knows it\n"
			    "\n"
			    "evil\\x1b[2J.example\n"
			    "  name              evil\\x1b[2J\n"
			    "                    tls_sni, claimed, 1 day old; 1 bytes sent\n"
			    "\n"
			    "The summary has no traffic with it.\n"
			    "\n"
			    "The place of a server is not the place of everyone who can read "
			    "the data there.\n");
}

static void prints_a_document(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_JSON, &explanation);

	(void)state;
	sample_assert_harmless(text);
	assert_non_null(strstr(text, "\"schema\":\"egret.explain/1\""));
	assert_non_null(strstr(text, "\"rows\":0,\"omitted\":0,"));
	assert_non_null(strstr(text,
			       "{\"about\":\"5.5.5.5\",\"claim\":\"country\",\"value\":\"SG\","
			       "\"source\":\"database made (CC0-1.0)\","
			       "\"certainty\":\"registry\","
			       "\"as_of\":\"2026-11-11T10:00:00.000000000Z\","
			       "\"age_days\":12,\"detail\":null}"));
	assert_non_null(strstr(text, "\"value\":null,\"source\":\"no database here knows it\","
				     "\"certainty\":null,\"as_of\":null,\"age_days\":null,"));
}

static void says_what_is_left_out_and_not_searched(void **state)
{
	struct eg_explanation other = explanation;
	_cleanup_(eg_freep) char *text = NULL, *one = NULL, *json = NULL;

	(void)state;
	other.searched = false;
	other.omitted = 7;
	text = print(EG_FORMAT_TEXT, &other);
	assert_non_null(strstr(text, "\n7 more claims are left out.\n"));
	assert_null(strstr(text, "has no traffic"));
	other.omitted = 1;
	one = print(EG_FORMAT_TEXT, &other);
	assert_non_null(strstr(one, "\n1 more claim is left out.\n"));
	other.omitted = 7;
	json = print(EG_FORMAT_JSON, &other);
	assert_non_null(strstr(json, "\"rows\":null,\"omitted\":7,"));
}

static void has_no_other_format(void **state)
{
	struct eg_print_options options = { 0 };

	(void)state;
	assert_int_equal(eg_print_explanation(stdout, EG_FORMAT_CSV, &explanation, &options),
			 -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_each_claim_with_its_evidence),
		cmocka_unit_test(prints_a_document),
		cmocka_unit_test(says_what_is_left_out_and_not_searched),
		cmocka_unit_test(has_no_other_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

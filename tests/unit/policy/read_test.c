/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every mistake of a policy is told, with its line and column. */
#include "policy.h"

#include <egret/json.h>

static void expect(const char *text, const char *expected)
{
	struct said said;
	struct eg_policy *policy = NULL;

	said_begin(&said);
	assert_int_equal(eg_policy_read(text, strlen(text), "/dev/null", policy_mistake, &said,
					&policy),
			 -EINVAL);
	assert_null(policy);
	said_expect(&said, expected);
}

#define POLICY(rules) "{\"schema\":\"egret.policy/1\",\n\"rules\":[" rules "]}"
#define ENOUGH "\"name\":\"x\",\"max_sent_per_day\":1"

static void takes_what_is_right(void **state)
{
	struct eg_policy *policy = policy_read(
		"[{\"name\":\"a\",\"description\":\"\\u00fc\",\"where\":{\"apps\":[\"*\"],"
		"\"directions\":[\"outbound\",\"inbound\"]},\"not\":{\"scopes\":[\"INTER*\"]}},"
		"{\"name\":\"b\",\"max_sent_per_day\":9007199254740992}]");

	(void)state;
	assert_int_equal(eg_policy_count(policy), 2);
	assert_string_equal(eg_policy_name(policy, 0), "a");
	assert_string_equal(eg_policy_description(policy, 0), "ü");
	assert_null(eg_policy_description(policy, 1));
	eg_policy_free(policy);
}

static void says_where_it_is_no_json(void **state)
{
	(void)state;
	expect("", "1:1 : the text ends too early\n");
	expect("{\"schema\":\n\t\"ü\",, }", "2:6 : a string is expected here\n");
}

static void says_what_is_missing(void **state)
{
	(void)state;
	expect("[]", "1:1 : is no object\n");
	expect("{}", "1:1 : has no schema: \"egret.policy/1\" is needed\n1:1 : has no rules\n");
	expect("{\"schema\":1,\"rules\":{}}",
	       "1:11 schema: is not \"egret.policy/1\"\n1:21 rules: is no list\n");
	expect(POLICY(""), "2:9 rules: is empty\n");
	expect(POLICY("{}"), "2:10 rules[0]: has no name\n"
			     "2:10 rules[0]: forbids nothing: one of not, only, max_sent_per_day "
			     "and max_received_per_day is needed\n");
}

static void goes_on_after_a_mistake(void **state)
{
	(void)state;
	expect(POLICY("{" ENOUGH ",\"where\":{\"countries\":[\"ü\",\n 7,\"\"]}},8,\n"
		      "{\"name\":\"x\",\"not\":{\"scopes\":[\"home\"]}}"),
	       "2:65 rules[0].where.countries[0]: is no country: a code of two letters is (DE, "
	       "US)\n"
	       "3:2 rules[0].where.countries[1]: is no text\n"
	       "3:4 rules[0].where.countries[2]: is empty\n"
	       "3:10 rules[1]: is no object\n"
	       "4:30 rules[2].not.scopes[0]: is no scope (internet private cgnat link-local "
	       "multicast broadcast documentation loopback host are)\n"
	       "4:1 rules[2]: has the name of another rule\n");
}

static void knows_its_members(void **state)
{
	(void)state;
	expect(POLICY("{" ENOUGH ",\"nto\":1}"),
	       "2:49 rules[0].nto: is not known here (name description where not only "
	       "max_sent_per_day max_received_per_day are)\n");
	expect(POLICY("{" ENOUGH ",\"name\":\"y\"}"), "2:50 rules[0].name: is there twice\n");
	expect(POLICY("{" ENOUGH ",\"not\":{\"directions\":[\"inbound\"]}}"),
	       "2:63 rules[0].not.directions: is not known here (apps users countries operators "
	       "owners domains scopes are)\n");
	expect(POLICY("{" ENOUGH ",\"where\":{\"directions\":[\"up\"]}}"),
	       "2:66 rules[0].where.directions[0]: is no direction (outbound and inbound are)\n");
}

static void takes_whole_numbers_only(void **state)
{
	(void)state;
	expect(POLICY("{\"name\":\"x\",\"max_sent_per_day\":-1,\"max_received_per_day\":1.5}"),
	       "2:41 rules[0].max_sent_per_day: is no number of bytes (0 to 2^53)\n"
	       "2:67 rules[0].max_received_per_day: is no number of bytes (0 to 2^53)\n");
	expect(POLICY("{\"name\":\"x\",\"max_sent_per_day\":\"1\"}"),
	       "2:41 rules[0].max_sent_per_day: is no number of bytes (0 to 2^53)\n");
}

/* Nobody reads on after fifty. */
static void count(const struct eg_policy_mistake *mistake, void *data)
{
	(void)mistake;
	++*(int *)data;
}

static void ends_some_time(void **state)
{
	char text[4096] = "{\"schema\":\"egret.policy/1\",\"rules\":[0";
	struct eg_policy *policy;
	size_t size = strlen(text);
	int mistakes = 0;

	(void)state;
	while (size < sizeof(text) - 2) {
		text[size++] = ',';
		text[size++] = '0';
	}
	text[size - 2] = ']';
	text[size - 1] = '}';
	assert_int_equal(eg_policy_read(text, size, "/dev/null", count, &mistakes, &policy),
			 -EINVAL);
	assert_int_equal(mistakes, 1); /* more than a thousand rules */
	text[301] = ']';
	text[302] = '}';
	mistakes = 0;
	assert_int_equal(eg_policy_read(text, 303, "/dev/null", count, &mistakes, &policy),
			 -EINVAL);
	assert_int_equal(mistakes, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_right),	cmocka_unit_test(says_where_it_is_no_json),
		cmocka_unit_test(says_what_is_missing), cmocka_unit_test(goes_on_after_a_mistake),
		cmocka_unit_test(knows_its_members),	cmocka_unit_test(takes_whole_numbers_only),
		cmocka_unit_test(ends_some_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

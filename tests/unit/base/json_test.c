/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is JSON, where it stops being that, and what is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>

#include <egret/base.h>
#include <egret/json.h>

/* --- checking --- */

/* The text lies in memory of exactly its size, so that reading beyond it shows. */
static int check(const char *text, size_t size, size_t *ret_offset, const char **ret_reason)
{
	_cleanup_(eg_freep) char *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, text, size);
	return eg_json_check(copy, size, ret_offset, ret_reason);
}

static void assert_good(const char *text)
{
	size_t offset;
	const char *reason;

	if (check(text, strlen(text), &offset, &reason) != 0)
		fail_msg("%s: byte %zu: %s", text, offset, reason);
}

static void json_is_accepted(void **state)
{
	static const char *const cases[] = {
		"{}",
		"[]",
		" [ ] ",
		"\t\r\n{ }\n",
		"null",
		"true",
		"false",
		"0",
		"-0",
		"10",
		"1.5",
		"1e5",
		"1E+5",
		"-1.25e-07",
		"\"\"",
		"\"text\"",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		"\"\\u0001\\uFFFF\\uabcd\"",
		"\"\\ud83e\\uddA9\"",
		"\"Grüße 🦩 \x7f\"",
		"[1,2,[3,{}],{\"a\":[]}]",
		"{\"a\":1,\"a\":2}",
		"{\"\":{\"b\":[null , true]}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_good(cases[i]);
}

static void other_text_is_refused_with_its_offset(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
		const char *reason;
	} cases[] = {
		{ .text = "", .offset = 0, .reason = "the text ends too early" },
		{ .text = "  ", .offset = 2, .reason = "the text ends too early" },
		{ .text = "x", .offset = 0, .reason = "no JSON value" },
		{ .text = "nul", .offset = 3, .reason = "the text ends too early" },
		{ .text = "nulL", .offset = 3, .reason = "no JSON value" },
		{ .text = "True", .offset = 0, .reason = "no JSON value" },
		{ .text = "NaN", .offset = 0, .reason = "no JSON value" },
		{ .text = "'a'", .offset = 0, .reason = "no JSON value" },
		{ .text = "\xef\xbb\xbf{}", .offset = 0, .reason = "no JSON value" },
		{ .text = "// c\n{}", .offset = 0, .reason = "no JSON value" },
		{ .text = "{} {}", .offset = 3, .reason = "more text after the end" },
		{ .text = "[1]]", .offset = 3, .reason = "more text after the end" },
		{ .text = "01", .offset = 1, .reason = "more text after the end" },
		{ .text = "[01]",
		  .offset = 2,
		  .reason = "a comma or the end of the list is expected here" },
		{ .text = "[+1]", .offset = 1, .reason = "no JSON value" },
		{ .text = "[1.]", .offset = 3, .reason = "a digit is expected here" },
		{ .text = "[.5]", .offset = 1, .reason = "no JSON value" },
		{ .text = "[-]", .offset = 2, .reason = "a digit is expected here" },
		{ .text = "[1e]", .offset = 3, .reason = "a digit is expected here" },
		{ .text = "[0x1]",
		  .offset = 2,
		  .reason = "a comma or the end of the list is expected here" },
		{ .text = "[1 2]",
		  .offset = 3,
		  .reason = "a comma or the end of the list is expected here" },
		{ .text = "[1,]", .offset = 3, .reason = "no JSON value" },
		{ .text = "[,1]", .offset = 1, .reason = "no JSON value" },
		{ .text = "[1", .offset = 2, .reason = "the text ends too early" },
		{ .text = "[1}",
		  .offset = 2,
		  .reason = "a comma or the end of the list is expected here" },
		{ .text = "{]", .offset = 1, .reason = "a string is expected here" },
		{ .text = "{1:2}", .offset = 1, .reason = "a string is expected here" },
		{ .text = "{\"a\"}", .offset = 4, .reason = "a colon is expected here" },
		{ .text = "{\"a\":}", .offset = 5, .reason = "no JSON value" },
		{ .text = "{\"a\":1,}", .offset = 7, .reason = "a string is expected here" },
		{ .text = "{\"a\":1", .offset = 6, .reason = "the text ends too early" },
		{ .text = "\"a", .offset = 2, .reason = "the text ends too early" },
		{ .text = "\"\\", .offset = 2, .reason = "the text ends too early" },
		{ .text = "\"\\x41\"", .offset = 2, .reason = "no such escape" },
		{ .text = "\"\\u12\"", .offset = 5, .reason = "four hex digits must follow \\u" },
		{ .text = "\"\\u12g4\"", .offset = 5, .reason = "four hex digits must follow \\u" },
		{ .text = "\"a\nb\"", .offset = 2, .reason = "a control byte in a string" },
		{ .text = "\"a\\u0000\"", .offset = 2, .reason = "a NUL character" },
		{ .text = "\"\\ud800\"", .offset = 1, .reason = "half a surrogate pair" },
		{ .text = "\"\\udc00\"", .offset = 1, .reason = "half a surrogate pair" },
		{ .text = "\"\\ud800\\u0041\"", .offset = 1, .reason = "half a surrogate pair" },
		{ .text = "\"\\ud800\\ud800\"", .offset = 1, .reason = "half a surrogate pair" },
		{ .text = "\"a\xff\"", .offset = 2, .reason = "a byte that is not UTF-8" },
		{ .text = "\"\xc0\x80\"", .offset = 1, .reason = "a byte that is not UTF-8" },
		{ .text = "\"\xed\xa0\x80\"", .offset = 1, .reason = "a byte that is not UTF-8" },
		{ .text = "\"\xe2\x82\"", .offset = 1, .reason = "a byte that is not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t offset = SIZE_MAX;
		const char *reason = "";
		int r = check(cases[i].text, strlen(cases[i].text), &offset, &reason);

		if (r != -EINVAL || offset != cases[i].offset ||
		    strcmp(reason, cases[i].reason) != 0)
			fail_msg("%s: %d, byte %zu, %s", cases[i].text, r, offset, reason);
	}
}

static void nul_bytes_are_refused(void **state)
{
	static const char inside[] = "[\"a\0b\"]", behind[] = "[]\0", escape[] = "\"\\\0\"";
	size_t offset;
	const char *reason;

	(void)state;
	assert_int_equal(check(inside, sizeof(inside) - 1, &offset, &reason), -EINVAL);
	assert_int_equal(offset, 3);
	assert_int_equal(check(behind, sizeof(behind), &offset, &reason), -EINVAL);
	assert_int_equal(offset, 2);
	assert_int_equal(check(escape, sizeof(escape) - 1, &offset, &reason), -EINVAL);
	assert_int_equal(offset, 2);
}

static void depth_is_limited(void **state)
{
	char text[2 * (EG_JSON_DEPTH + 1)];
	size_t offset;
	const char *reason;

	(void)state;
	memset(text, '[', EG_JSON_DEPTH);
	memset(text + EG_JSON_DEPTH, ']', EG_JSON_DEPTH);
	assert_int_equal(check(text, 2 * (size_t)EG_JSON_DEPTH, &offset, &reason), 0);
	memset(text, '[', EG_JSON_DEPTH + 1);
	memset(text + EG_JSON_DEPTH + 1, ']', EG_JSON_DEPTH + 1);
	assert_int_equal(check(text, sizeof(text), &offset, &reason), -EINVAL);
	assert_int_equal(offset, EG_JSON_DEPTH);
	assert_string_equal(reason, "nested too deeply");
}

/* Deep levels remember whether they are objects, each for itself. */
static void brackets_must_match_at_every_depth(void **state)
{
	char text[2 * EG_JSON_DEPTH];
	size_t offset;
	const char *reason;

	(void)state;
	for (size_t wrong = 0; wrong < EG_JSON_DEPTH; wrong++) {
		memset(text, '[', EG_JSON_DEPTH);
		memset(text + EG_JSON_DEPTH, ']', EG_JSON_DEPTH);
		text[EG_JSON_DEPTH + wrong] = '}';
		assert_int_equal(check(text, sizeof(text), &offset, &reason), -EINVAL);
		assert_int_equal(offset, EG_JSON_DEPTH + wrong);
	}
}

static const char sample[] = "{\"a\":[1,-2.5e3,{\"b\\n\":\"\\ud83e\\udda9 \xc3\xbc\"}],\"c\":null,"
			     "\"d\":{\"e\":true,\"f\":[]} }";

static void each_prefix_is_refused(void **state)
{
	(void)state;
	for (size_t size = 0; size < sizeof(sample) - 1; size++) {
		size_t offset = 0;
		const char *reason;

		assert_int_equal(check(sample, size, &offset, &reason), -EINVAL);
		assert_true(offset <= size);
	}
}

/* Whatever is accepted can be walked without leaving the text. */
static size_t walk(struct eg_json value, const char *start, const char *end)
{
	struct eg_json_cursor cursor;
	struct eg_json key, inner;
	size_t count = 1;

	assert_true(value.start >= start && value.end <= end && value.start < value.end);
	switch (eg_json_type(value)) {
	case EG_JSON_TEXT: {
		_cleanup_(eg_freep) char *text = eg_json_decode(value);

		assert_non_null(text);
		return 1;
	}
	case EG_JSON_NUMBER:
		assert_false(isnan(eg_json_double(value)));
		return 1;
	case EG_JSON_BOOL:
	case EG_JSON_NULL:
		return 1;
	default:
		break;
	}
	cursor = eg_json_open(value);
	while (eg_json_next(&cursor, &key, &inner)) {
		if (key.start)
			count += walk(key, value.start, value.end);
		count += walk(inner, value.start, value.end);
	}
	return count;
}

static void mutations_never_lead_outside(void **state)
{
	static const char bytes[] = "{}[]\",:\\u0eE+-.19 tfn\n\xff\xc3\0";
	unsigned accepted = 0;

	(void)state;
	for (size_t place = 0; place < sizeof(sample) - 1; place++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			_cleanup_(eg_freep) char *copy = malloc(sizeof(sample) - 1);
			size_t offset;
			const char *reason;

			memcpy(copy, sample, sizeof(sample) - 1);
			copy[place] = bytes[i];
			if (eg_json_check(copy, sizeof(sample) - 1, &offset, &reason) < 0)
				continue;
			walk(eg_json_document(copy, sizeof(sample) - 1), copy,
			     copy + sizeof(sample) - 1);
			accepted++;
		}
	}
	assert_true(accepted > 100);
}

/* --- reading --- */

static struct eg_json whole(const char *text)
{
	assert_good(text);
	return eg_json_document(text, strlen(text));
}

static void document_is_without_blanks(void **state)
{
	static const char text[] = " \n[1]\t ";
	struct eg_json value = whole(text);

	(void)state;
	assert_ptr_equal(value.start, text + 2);
	assert_ptr_equal(value.end, text + 5);
}

static void types_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(eg_json_type(whole("{}")), EG_JSON_OBJECT);
	assert_int_equal(eg_json_type(whole("[]")), EG_JSON_ARRAY);
	assert_int_equal(eg_json_type(whole("\"\"")), EG_JSON_TEXT);
	assert_int_equal(eg_json_type(whole("-1")), EG_JSON_NUMBER);
	assert_int_equal(eg_json_type(whole("7")), EG_JSON_NUMBER);
	assert_int_equal(eg_json_type(whole("true")), EG_JSON_BOOL);
	assert_int_equal(eg_json_type(whole("false")), EG_JSON_BOOL);
	assert_int_equal(eg_json_type(whole("null")), EG_JSON_NULL);
	assert_true(eg_json_true(whole("true")));
	assert_false(eg_json_true(whole("false")));
}

static void members_come_in_order(void **state)
{
	struct eg_json object = whole("{ \"a\" : [1,{\"x\":\"]\"}] , \"b\":\"}\\\"\",\"c\":12 }");
	struct eg_json_cursor cursor = eg_json_open(object);
	struct eg_json key, value;

	(void)state;
	assert_int_equal(eg_json_count(object), 3);
	assert_true(eg_json_next(&cursor, &key, &value));
	assert_true(eg_json_is(key, "a"));
	assert_int_equal(eg_json_count(value), 2);
	assert_true(eg_json_next(&cursor, &key, &value));
	assert_true(eg_json_is(key, "b"));
	assert_true(eg_json_is(value, "}\""));
	assert_true(eg_json_next(&cursor, &key, &value));
	assert_true(eg_json_double(value) == 12);
	assert_false(eg_json_next(&cursor, &key, &value));
	assert_false(eg_json_next(&cursor, &key, &value));
}

static void elements_have_no_key(void **state)
{
	struct eg_json_cursor cursor = eg_json_open(whole("[ 1 , 2 ]"));
	struct eg_json key, value;

	(void)state;
	assert_true(eg_json_next(&cursor, &key, &value));
	assert_null(key.start);
	assert_true(eg_json_double(value) == 1);
	assert_true(eg_json_next(&cursor, &key, &value));
	assert_true(eg_json_double(value) == 2);
	assert_false(eg_json_next(&cursor, &key, &value));
}

static void empty_containers_have_no_elements(void **state)
{
	(void)state;
	assert_int_equal(eg_json_count(whole("[ ]")), 0);
	assert_int_equal(eg_json_count(whole("{\n}")), 0);
}

static void texts_are_decoded(void **state)
{
	_cleanup_(eg_freep) char *text =
		eg_json_decode(whole("\"a\\n\\u001b\\\"\\ud83e\\udda9\\/\""));

	(void)state;
	assert_string_equal(text, "a\n\x1b\"🦩/");
}

static void texts_are_compared_decoded(void **state)
{
	(void)state;
	assert_true(eg_json_is(whole("\"pid\""), "pid"));
	assert_true(eg_json_is(whole("\"p\\u0069d\""), "pid"));
	assert_true(eg_json_is(whole("\"\""), ""));
	assert_false(eg_json_is(whole("\"pi\""), "pid"));
	assert_false(eg_json_is(whole("\"pidd\""), "pid"));
	assert_false(eg_json_is(whole("\"p\\u0069\""), "pid"));
}

static void numbers_are_doubles(void **state)
{
	(void)state;
	assert_true(eg_json_double(whole("9007199254740992")) == 9007199254740992.0);
	assert_true(eg_json_double(whole("-1.5e2")) == -150);
	assert_true(isinf(eg_json_double(whole("1e999"))));
	/* cJSON would read the first 63 characters of this: 1 */
	assert_true(isinf(eg_json_double(
		whole("1.00000000000000000000000000000000000000000000000000000000000000e9"))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_accepted),
		cmocka_unit_test(other_text_is_refused_with_its_offset),
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(brackets_must_match_at_every_depth),
		cmocka_unit_test(each_prefix_is_refused),
		cmocka_unit_test(mutations_never_lead_outside),
		cmocka_unit_test(document_is_without_blanks),
		cmocka_unit_test(types_are_told_apart),
		cmocka_unit_test(members_come_in_order),
		cmocka_unit_test(elements_have_no_key),
		cmocka_unit_test(empty_containers_have_no_elements),
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(texts_are_compared_decoded),
		cmocka_unit_test(numbers_are_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

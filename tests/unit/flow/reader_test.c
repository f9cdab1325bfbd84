/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading objects by tables of members: order, gaps, and where an error is. */
#include "model.h"

#include <errno.h>

#include "user/flow/reader.h"

struct thing {
	uint64_t a, b;
	char order[8]; /* of reading */
};

static int read_a(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct thing *thing = into;

	thing->order[strlen(thing->order)] = 'a';
	return eg_read_count(reader, at, &thing->a);
}

static int read_b(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct thing *thing = into;

	thing->order[strlen(thing->order)] = 'b';
	return eg_read_count(reader, at, &thing->b);
}

static const struct eg_member members[] = {
	EG_WHOLE_REQUIRED("a", read_a),
	EG_WHOLE("b", read_b),
};

/* One reading of one text. */
struct trial {
	struct eg_read_error error;
	struct eg_reader reader;
	struct eg_at root;
};

static void begin(struct trial *trial, const char *text)
{
	const char *reason;
	size_t offset;

	*trial = (struct trial){ .reader = { .text = text } };
	trial->reader.error = &trial->error;
	assert_int_equal(eg_json_check(text, strlen(text), &offset, &reason), 0);
	trial->root.value = eg_json_document(text, strlen(text));
}

static int read_thing(struct trial *trial, const char *text, struct thing *thing)
{
	begin(trial, text);
	*thing = (struct thing){ .a = 100, .b = 100 };
	return eg_reader_object(&trial->reader, &trial->root, members, ARRAY_SIZE(members), thing);
}

static void members_are_read_in_the_order_of_the_table(void **state)
{
	struct trial trial;
	struct thing thing;

	(void)state;
	assert_int_equal(read_thing(&trial, "{\"x\":{\"a\":9},\"b\":2,\"a\":1,\"c\":[]}", &thing),
			 0);
	assert_string_equal(thing.order, "ab");
	assert_int_equal(thing.a, 1);
	assert_int_equal(thing.b, 2);
}

static void missing_members_leave_the_struct_alone(void **state)
{
	struct trial trial;
	struct thing thing;

	(void)state;
	assert_int_equal(read_thing(&trial, "{\"a\":1}", &thing), 0);
	assert_string_equal(thing.order, "a");
	assert_int_equal(thing.b, 100);
}

static void required_members_must_be_there(void **state)
{
	struct trial trial;
	struct thing thing;

	(void)state;
	assert_int_equal(read_thing(&trial, "  {\"b\":1}", &thing), -EINVAL);
	assert_string_equal(trial.error.reason, "a: missing");
	assert_int_equal(trial.error.offset, 2);
}

static void members_given_twice_are_refused_under_any_spelling(void **state)
{
	struct trial trial;
	struct thing thing;

	(void)state;
	assert_int_equal(read_thing(&trial, "{\"a\":1,\"\\u0061\":2}", &thing), -EINVAL);
	assert_string_equal(trial.error.reason, "a: given twice");
	assert_int_equal(trial.error.offset, 16);
	assert_string_equal(thing.order, "");
	/* what we don't know is not looked at */
	assert_int_equal(read_thing(&trial, "{\"a\":1,\"z\":1,\"z\":2}", &thing), 0);
}

static void other_types_are_no_objects(void **state)
{
	static const char *const texts[] = { "[]", "1", "\"a\"", "null", "true" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct trial trial;
		struct thing thing;

		assert_int_equal(read_thing(&trial, texts[i], &thing), -EINVAL);
		assert_string_equal(trial.error.reason, "not an object");
		begin(&trial, texts[i]);
		assert_int_equal(eg_reader_map(&trial.reader, &trial.root, read_a, &thing),
				 -EINVAL);
		assert_string_equal(trial.error.reason, "not an object");
	}
}

static int read_row(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	return eg_reader_array(reader, at, read_a, into);
}

static int read_rows(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	return eg_reader_map(reader, at, read_row, into);
}

static void paths_name_members_elements_and_foreign_keys(void **state)
{
	static const struct eg_member outer[] = { EG_WHOLE("rows", read_rows) };
	static const char text[] = "{\"rows\":{\"first\":[1],\"s\\u001be\":[1,2,\"x\"]}}";
	struct thing thing = { 0 };
	struct trial trial;

	(void)state;
	begin(&trial, text);
	assert_int_equal(eg_reader_object(&trial.reader, &trial.root, outer, 1, &thing), -EINVAL);
	assert_string_equal(trial.error.reason, "rows.s\\x1be[2]: not a number");
	assert_ptr_equal(strchr(text, 'x') - 1, text + trial.error.offset);
}

static void elements_are_read_one_after_the_other(void **state)
{
	struct thing thing = { 0 };
	struct trial trial;

	(void)state;
	begin(&trial, "[1,2,3]");
	assert_int_equal(eg_reader_array(&trial.reader, &trial.root, read_a, &thing), 0);
	assert_string_equal(thing.order, "aaa");
	assert_int_equal(thing.a, 3);
	begin(&trial, "{}");
	assert_int_equal(eg_reader_array(&trial.reader, &trial.root, read_a, &thing), -EINVAL);
	assert_string_equal(trial.error.reason, "not an array");
}

/* --- values --- */

static int read_value(eg_reader_value *read, const char *text, void *into)
{
	struct trial trial;

	begin(&trial, text);
	return read(&trial.reader, &trial.root, into);
}

static void null_leaves_what_may_be_unknown(void **state)
{
	char *text = NULL, **texts = NULL;
	int64_t time = 7;
	uint32_t number = 7;
	enum eg_tristate tristate = EG_YES;

	(void)state;
	assert_int_equal(read_value(eg_read_text, "null", &text), 0);
	assert_int_equal(read_value(eg_read_texts, "null", &texts), 0);
	assert_int_equal(read_value(eg_read_time, "null", &time), 0);
	assert_int_equal(read_value(eg_read_optional_u32, "null", &number), 0);
	assert_int_equal(read_value(eg_read_tristate, "null", &tristate), 0);
	assert_null(text);
	assert_null(texts);
	assert_int_equal(time, 7);
	assert_int_equal(number, 7);
	assert_int_equal(tristate, EG_YES);
	assert_int_equal(read_value(eg_read_u32, "null", &number), -EINVAL);
	assert_int_equal(read_value(eg_read_ignored, "null", NULL), -EINVAL);
	assert_int_equal(read_value(eg_read_ignored, "{\"x\":[1]}", NULL), 0);
}

static void values_replace_what_was_there(void **state)
{
	char *text = strdup("old");
	bool flag = true;
	enum eg_tristate tristate = EG_UNKNOWN;
	uint32_t number = 0;

	(void)state;
	assert_int_equal(read_value(eg_read_text, "\"new\"", &text), 0);
	assert_string_equal(text, "new");
	assert_int_equal(read_value(eg_read_text, "\"\"", &text), 0);
	assert_null(text);
	assert_int_equal(read_value(eg_read_bool, "false", &flag), 0);
	assert_false(flag);
	assert_int_equal(read_value(eg_read_tristate, "false", &tristate), 0);
	assert_int_equal(tristate, EG_NO);
	assert_int_equal(read_value(eg_read_u32, "4294967295", &number), 0);
	assert_true(number == UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_read_in_the_order_of_the_table),
		cmocka_unit_test(missing_members_leave_the_struct_alone),
		cmocka_unit_test(required_members_must_be_there),
		cmocka_unit_test(members_given_twice_are_refused_under_any_spelling),
		cmocka_unit_test(other_types_are_no_objects),
		cmocka_unit_test(paths_name_members_elements_and_foreign_keys),
		cmocka_unit_test(elements_are_read_one_after_the_other),
		cmocka_unit_test(null_leaves_what_may_be_unknown),
		cmocka_unit_test(values_replace_what_was_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

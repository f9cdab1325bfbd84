/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every vector of the reference, and every one of our own, gets its answer. */
#include "question.h"

#include <stdlib.h>

static char *read_all(const char *path, size_t *ret_size)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen(path, "re");
	char *text = NULL;
	size_t capacity = 0;
	ssize_t size;

	if (!stream)
		fail_msg("%s: %m", path);
	size = getdelim(&text, &capacity, '\0', stream);
	assert_true(size > 0);
	*ret_size = (size_t)size;
	return text;
}

static bool find(struct eg_json object, const char *name, struct eg_json *ret_value)
{
	struct eg_json_cursor cursor = eg_json_open(object);
	struct eg_json key;

	while (eg_json_next(&cursor, &key, ret_value)) {
		if (eg_json_is(key, name))
			return true;
	}
	return false;
}

/* Absent, null and empty are the same. */
static bool is_same(struct eg_json expected, const char *name, const char *got)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_json value;

	if (find(expected, name, &value) && eg_json_type(value) == EG_JSON_TEXT)
		text = eg_json_decode(value);
	if (strcmp(text ? text : "", got ? got : "") == 0)
		return true;
	print_error("%s: '%s', not '%s'\n", name, got ? got : "", text ? text : "");
	return false;
}

static unsigned compare(struct eg_json expected, const struct eg_identity *identity)
{
	const struct {
		const char *name, *got;
	} members[] = {
		{ .name = "kind", .got = identity->kind },
		{ .name = "app_id", .got = identity->id },
		{ .name = "display_name", .got = identity->name },
		{ .name = "component", .got = identity->component },
		{ .name = "trust", .got = identity->trust },
		{ .name = "flag", .got = identity->flag },
		{ .name = "via", .got = identity->via },
	};
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		wrong += !is_same(expected, members[i].name, members[i].got);
	return wrong;
}

static unsigned check(struct eg_json vector)
{
	struct eg_json input, expected, id;
	struct eg_fixture *fixture;
	struct eg_identity identity;
	const char *key = "";
	unsigned wrong;

	assert_true(find(vector, "input", &input) && find(vector, "expect", &expected) &&
		    find(vector, "id", &id));
	if (eg_fixture_parse(input, &fixture, &key) < 0)
		fail_msg("%.*s: %s", (int)(id.end - id.start), id.start, key);
	assert_int_equal(eg_identify_app(eg_fixture_facts(fixture), eg_fixture_lookup(fixture),
					 false, &identity),
			 0);
	wrong = compare(expected, &identity);
	if (wrong)
		print_error("... in %.*s\n", (int)(id.end - id.start), id.start);
	eg_identity_clear(&identity);
	eg_fixture_free(fixture);
	return wrong;
}

static void check_all(const char *path, size_t least)
{
	size_t size, offset, count = 0;
	_cleanup_(eg_freep) char *text = read_all(path, &size);
	struct eg_json vectors, key, vector;
	struct eg_json_cursor cursor;
	const char *reason;
	unsigned wrong = 0;

	assert_int_equal(eg_json_check(text, size, &offset, &reason), 0);
	assert_true(find(eg_json_document(text, size), "vectors", &vectors));
	cursor = eg_json_open(vectors);
	for (; eg_json_next(&cursor, &key, &vector); count++)
		wrong += check(vector);
	assert_true(count >= least);
	assert_int_equal(wrong, 0);
}

static void reference(void **state)
{
	(void)state;
	check_all("tests/data/identity_vectors.json", 107);
}

/* Other names, ids, layouts and bytes of the same kinds. */
static void our_own(void **state)
{
	(void)state;
	check_all("tests/data/more_vectors.json", 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reference),
		cmocka_unit_test(our_own),
	};

	return cmocka_run_group_tests_name("ident/vectors", tests, NULL, NULL);
}

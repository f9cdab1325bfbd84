/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What libloc would believe, and must not be given. */
#include "loc_fixture.h"

#include "user/place/loc_check.h"

#define SECTIONS_AT 28
#define TREE_AT (SECTIONS_AT + 16)
#define POOL_AT (SECTIONS_AT + 32)

static uint8_t *whole(size_t *ret_size)
{
	char path[FIXTURE_PATH_MAX];

	return fixture_read(loc_fixture("made.db", path), ret_size);
}

static uint32_t word(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return ntohl(value);
}

static void set_word(uint8_t *bytes, uint32_t value)
{
	value = htonl(value);
	memcpy(bytes, &value, sizeof(value));
}

static void assert_bad(const uint8_t *bytes, size_t size, const char *expected)
{
	const char *reason = "";

	assert_int_equal(eg_loc_check(bytes, size, &reason), -EINVAL);
	if (!strstr(reason, expected))
		fail_msg("%s", reason);
}

static void a_file_that_libloc_wrote_is_good(void **state)
{
	const char *reason;
	size_t size;
	uint8_t *bytes = whole(&size);

	(void)state;
	assert_int_equal(eg_loc_check(bytes, size, &reason), 0);
	free(bytes);
}

/* A copy of exactly that length: a sanitizer sees what is read beyond. */
static void a_truncated_file_is_not(void **state)
{
	size_t size;
	uint8_t *bytes = whole(&size);

	(void)state;
	for (size_t length = 0; length < size; length += length < 4300 ? 1 : 61) {
		uint8_t *part = malloc(length + 1);
		const char *reason;

		memcpy(part, bytes, length);
		if (eg_loc_check(part, length, &reason) == 0)
			fail_msg("%zu of %zu bytes are taken", length, size);
		free(part);
	}
	free(bytes);
}

static void no_section_leaves_the_file(void **state)
{
	size_t size;
	uint8_t *bytes = whole(&size);

	(void)state;
	for (size_t at = SECTIONS_AT; at < SECTIONS_AT + 40; at += 4) {
		uint32_t before = word(bytes + at);

		set_word(bytes + at, UINT32_MAX);
		assert_bad(bytes, size, "outside of the file");
		set_word(bytes + at, (uint32_t)size + 1);
		assert_bad(bytes, size, "outside of the file");
		set_word(bytes + at, before);
	}
	free(bytes);
}

static void no_text_leaves_the_pool(void **state)
{
	size_t size;
	uint8_t *bytes = whole(&size);
	uint32_t pool = word(bytes + POOL_AT), length = word(bytes + POOL_AT + 4);
	uint8_t *as = bytes + word(bytes + SECTIONS_AT);

	(void)state;
	set_word(as + 4, length);
	assert_bad(bytes, size, "a name of it has no end");
	set_word(as + 4, length - 1);
	bytes[pool + length - 1] = 'x';
	assert_bad(bytes, size, "a name of it has no end");
	free(bytes);
}

/* A branch back would never end; one too deep would read beyond the address. */
static void no_branch_leads_back_or_too_deep(void **state)
{
	size_t size;
	uint8_t *bytes = whole(&size);
	uint8_t *tree = bytes + word(bytes + TREE_AT);
	uint32_t count = word(bytes + TREE_AT + 4) / 12;
	const char *reason;

	(void)state;
	assert_true(count > 130);
	for (uint32_t i = 1; i < count; i++) {
		uint32_t before = word(tree + i * 12);

		set_word(tree + i * 12, i);
		assert_bad(bytes, size, "leads nowhere");
		set_word(tree + i * 12, before);
	}
	set_word(tree, count);
	assert_bad(bytes, size, "leads nowhere");
	/* a chain of all nodes */
	for (uint32_t i = 0; i < count; i++) {
		set_word(tree + i * 12, i < 128 ? i + 1 : 0);
		set_word(tree + i * 12 + 4, 0);
	}
	assert_int_equal(eg_loc_check(bytes, size, &reason), 0);
	set_word(tree + 128 * 12, 129);
	assert_bad(bytes, size, "leads nowhere");
	free(bytes);
}

static void no_node_names_a_network_that_is_not_there(void **state)
{
	size_t size;
	uint8_t *bytes = whole(&size);
	uint8_t *tree = bytes + word(bytes + TREE_AT);

	(void)state;
	set_word(tree + 8, UINT32_MAX - 1);
	assert_bad(bytes, size, "leads nowhere");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_libloc_wrote_is_good),
		cmocka_unit_test(a_truncated_file_is_not),
		cmocka_unit_test(no_section_leaves_the_file),
		cmocka_unit_test(no_text_leaves_the_pool),
		cmocka_unit_test(no_branch_leads_back_or_too_deep),
		cmocka_unit_test(no_node_names_a_network_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What libloc would believe, and must not be given; and the answers that it gives. */
#include "loc_fixture.h"

#include "user/place/loc_format.h"

#ifdef EG_HAVE_LIBLOC
#include <libloc/database.h>
#endif

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
	struct eg_loc_tree tree;
	const char *reason = "";

	assert_int_equal(eg_loc_check(bytes, size, &tree, &reason), -EINVAL);
	if (!strstr(reason, expected))
		fail_msg("%s", reason);
}

static void a_file_that_libloc_wrote_is_good(void **state)
{
	struct eg_loc_tree tree;
	const char *reason;
	size_t size;
	uint8_t *bytes = whole(&size);

	(void)state;
	assert_int_equal(eg_loc_check(bytes, size, &tree, &reason), 0);
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
		struct eg_loc_tree tree;
		const char *reason;

		memcpy(part, bytes, length);
		if (eg_loc_check(part, length, &tree, &reason) == 0)
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
	uint8_t *nodes = bytes + word(bytes + TREE_AT);
	uint32_t count = word(bytes + TREE_AT + 4) / 12;
	struct eg_loc_tree tree;
	const char *reason;

	(void)state;
	assert_true(count > 130);
	for (uint32_t i = 1; i < count; i++) {
		uint32_t before = word(nodes + i * 12);

		set_word(nodes + i * 12, i);
		assert_bad(bytes, size, "leads nowhere");
		set_word(nodes + i * 12, before);
	}
	set_word(nodes, count);
	assert_bad(bytes, size, "leads nowhere");
	/* a chain of all nodes */
	for (uint32_t i = 0; i < count; i++) {
		set_word(nodes + i * 12, i < 128 ? i + 1 : 0);
		set_word(nodes + i * 12 + 4, 0);
	}
	assert_int_equal(eg_loc_check(bytes, size, &tree, &reason), 0);
	set_word(nodes + 128 * 12, 129);
	assert_bad(bytes, size, "leads nowhere");
	free(bytes);
}

static void no_node_names_a_network_that_is_not_there(void **state)
{
	size_t size;
	uint8_t *bytes = whole(&size);
	uint8_t *nodes = bytes + word(bytes + TREE_AT);

	(void)state;
	set_word(nodes + 8, UINT32_MAX - 1);
	assert_bad(bytes, size, "leads nowhere");
	free(bytes);
}

#ifdef EG_HAVE_LIBLOC

/* Addresses all over the internet, the same in each run. */
static struct in6_addr some_address(uint64_t *seed)
{
	struct in6_addr address = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
	uint64_t number = *seed = *seed * 6364136223846793005 + 1442695040888963407;

	if (number >> 62) {
		memcpy(&address.s6_addr[12], (uint8_t *)&number + 4, 4);
		return address;
	}
	memcpy(address.s6_addr, &number, sizeof(number));
	address.s6_addr[0] = 0x20 | (uint8_t)(number & 0xf);
	return address;
}

static bool same_answer(const struct eg_loc_tree *tree, struct loc_database *database,
			const struct in6_addr *address)
{
	struct loc_network *theirs = NULL;
	struct eg_loc_network ours;
	bool found = eg_loc_find(tree, address->s6_addr, &ours), known;

	assert_int_equal(loc_database_lookup(database, address, &theirs) < 0, 0);
	known = theirs != NULL;
	if (known) {
		const char *code = loc_network_get_country_code(theirs);

		assert_true(found);
		assert_int_equal(strncmp(ours.country, code ? code : "", 2), 0);
		assert_int_equal(ours.as_number, loc_network_get_asn(theirs));
		for (int flag = 1; flag < 16; flag <<= 1)
			assert_int_equal(!(ours.flags & flag), !loc_network_has_flag(theirs, flag));
		loc_network_unref(theirs);
	}
	return known;
}

/*
 * Debian's database, of more than a million networks: whatever libloc finds. (0.9.18 finds few: not
 * those that have others in them.)
 */
static void libloc_says_the_same(void **state)
{
	static const char path[] = "/var/lib/location/database.db";
	FILE *stream = fopen(path, "re");
	struct loc_database *database;
	struct loc_ctx *context;
	struct eg_loc_tree tree;
	const char *reason;
	uint64_t seed = 20;
	unsigned known = 0;
	uint8_t *bytes;
	size_t size;

	(void)state;
	if (!stream)
		skip();
	bytes = fixture_read(path, &size);
	assert_int_equal(eg_loc_check(bytes, size, &tree, &reason), 0);
	assert_int_equal(loc_new(&context), 0);
	assert_int_equal(loc_database_new(context, &database, stream), 0);
	for (unsigned i = 0; i < 100000; i++) {
		struct in6_addr address = some_address(&seed);

		known += same_answer(&tree, database, &address);
	}
	assert_true(known > 1000);
	loc_database_unref(database);
	loc_unref(context);
	fclose(stream);
	free(bytes);
}

#else

static void libloc_says_the_same(void **state)
{
	(void)state;
	skip();
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_libloc_wrote_is_good),
		cmocka_unit_test(a_truncated_file_is_not),
		cmocka_unit_test(no_section_leaves_the_file),
		cmocka_unit_test(no_text_leaves_the_pool),
		cmocka_unit_test(no_branch_leads_back_or_too_deep),
		cmocka_unit_test(no_node_names_a_network_that_is_not_there),
		cmocka_unit_test(libloc_says_the_same),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}

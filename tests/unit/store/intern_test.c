/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is the same has one number, what differs in anything has another; also after reopening. */
#include "history.h"

#include "user/store/private.h"

static int64_t number_of(struct eg_store *store, enum eg_intern_kind kind, const char *first,
			 const char *second)
{
	const char *texts[EG_INTERN_TEXTS] = { first, second };
	int64_t id = 0;

	assert_int_equal(eg_intern_texts(store, kind, texts, &id), 0);
	assert_true(id > 0);
	return id;
}

static void numbers_texts(void **state)
{
	struct eg_store *store = history_record();
	int64_t known = number_of(store, EG_INTERN_NAME, "a.example", "dns");
	int64_t unknown = number_of(store, EG_INTERN_NAME, "a.example", NULL);
	int64_t empty = number_of(store, EG_INTERN_NAME, "a.example", "");

	(void)state;
	assert_true(known != unknown && known != empty && unknown != empty);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(number_of(store, EG_INTERN_NAME, "a.example", "dns"), known);
		assert_int_equal(number_of(store, EG_INTERN_NAME, "a.example", NULL), unknown);
		eg_store_close(store);
		store = history_record();
	}
	number_of(store, EG_INTERN_APP, "exe:/a", NULL);
	number_of(store, EG_INTERN_DOMAIN, NULL, NULL);
	number_of(store, EG_INTERN_CONTEXT, NULL, "host");
	eg_store_close(store);
}

static void numbers_places(void **state)
{
	const char *texts[EG_INTERN_TEXTS] = { "SG", NULL, "0", "4294967295" };
	struct eg_store *store = history_record();
	int64_t id = 0, same = 0, other = 0;

	(void)state;
	assert_int_equal(eg_intern_texts(store, EG_INTERN_PLACE, texts, &id), 0);
	eg_intern_forget(store->intern);
	assert_int_equal(eg_intern_texts(store, EG_INTERN_PLACE, texts, &same), 0);
	texts[2] = NULL;
	assert_int_equal(eg_intern_texts(store, EG_INTERN_PLACE, texts, &other), 0);
	assert_int_equal(id, same);
	assert_int_not_equal(id, other);
	eg_store_close(store);
}

static void numbers_destinations(void **state)
{
	struct eg_store *store = history_record();
	struct eg_intern_destination destination = { .app = 1, .port = 53, .has_port = 1 };
	int64_t id = 0, same = 0, other = 0;

	(void)state;
	assert_int_equal(eg_intern_destination(store, &destination, &id), 0);
	assert_int_equal(eg_intern_destination(store, &destination, &same), 0);
	assert_int_equal(id, same);
	eg_intern_forget(store->intern);
	assert_int_equal(eg_intern_destination(store, &destination, &same), 0);
	assert_int_equal(id, same);
	destination.has_ip = 1; /* :: is an address */
	assert_int_equal(eg_intern_destination(store, &destination, &other), 0);
	assert_int_not_equal(id, other);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(numbers_texts),
		HISTORY_TEST(numbers_places),
		HISTORY_TEST(numbers_destinations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

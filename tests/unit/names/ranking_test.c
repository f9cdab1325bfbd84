/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The surest names first, then the newest, each once, and no more than there is room for. */
#include "tests/unit/names/bytes.h"

#include "user/names/ranking.h"

static struct eg_known_name names[EG_NAMES_CANDIDATES];

static void add(struct eg_ranking *ranking, const char *name, enum eg_name_confidence confidence,
		uint64_t told_ns)
{
	const struct eg_known_name added = { .name = name, .confidence = confidence };

	eg_ranking_add(ranking, &added, told_ns);
}

static void assert_ranked(const struct eg_ranking *ranking, size_t place, const char *name,
			  enum eg_name_confidence confidence)
{
	assert_true(place < ranking->count);
	assert_string_equal(names[place].name, name);
	assert_int_equal(names[place].confidence, confidence);
}

static void the_surest_and_newest_come_first(void **state)
{
	struct eg_ranking ranking = { .names = names };

	(void)state;
	add(&ranking, "old", EG_NAME_OBSERVED, 1);
	add(&ranking, "claimed", EG_NAME_CLAIMED, 9);
	add(&ranking, "new", EG_NAME_OBSERVED, 2);
	assert_int_equal(ranking.count, 3);
	assert_ranked(&ranking, 0, "new", EG_NAME_OBSERVED);
	assert_ranked(&ranking, 1, "old", EG_NAME_OBSERVED);
	assert_ranked(&ranking, 2, "claimed", EG_NAME_CLAIMED);
}

static void each_counts_once_as_the_better(void **state)
{
	struct eg_ranking ranking = { .names = names };

	(void)state;
	add(&ranking, "a", EG_NAME_INFERRED, 9);
	add(&ranking, "b", EG_NAME_OBSERVED, 2);
	add(&ranking, "a", EG_NAME_OBSERVED, 1);
	add(&ranking, "b", EG_NAME_CLAIMED, 3);
	assert_int_equal(ranking.count, 2);
	assert_ranked(&ranking, 0, "b", EG_NAME_OBSERVED);
	assert_ranked(&ranking, 1, "a", EG_NAME_OBSERVED);
}

static void the_last_go(void **state)
{
	static const char *const many[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" };
	struct eg_ranking ranking = { .names = names };

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		add(&ranking, many[i], EG_NAME_OBSERVED, i);
	add(&ranking, "claimed", EG_NAME_CLAIMED, 99);
	assert_int_equal(ranking.count, EG_NAMES_CANDIDATES);
	assert_ranked(&ranking, 0, "j", EG_NAME_OBSERVED);
	assert_ranked(&ranking, EG_NAMES_CANDIDATES - 1, "c", EG_NAME_OBSERVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_surest_and_newest_come_first),
		cmocka_unit_test(each_counts_once_as_the_better),
		cmocka_unit_test(the_last_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

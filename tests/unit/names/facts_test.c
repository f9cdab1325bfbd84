/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is remembered of addresses: by whom, for how long, and how much of it. */
#include <stdlib.h>

#include "tests/unit/names/bytes.h"

#include "user/names/facts.h"

#define SECOND 1000000000ULL

static struct eg_known_name found[EG_NAMES_CANDIDATES];

static const struct eg_networks network = { .ids = { 1 }, .count = 1 };

static void learn_in(struct eg_facts *facts, uint32_t net_ns, const char *app, const char *name,
		     uint32_t ip, uint64_t now_ns, bool trusted)
{
	struct eg_fact fact = {
		.app = app,
		.name = name,
		.net_ns = net_ns,
		.learnt_ns = now_ns,
		.ttl = 60,
		.trusted = trusted,
	};

	memcpy(fact.ip + 12, &ip, sizeof(ip));
	assert_int_equal(eg_facts_learn(facts, &fact), 0);
}

static void learn_at(struct eg_facts *facts, const char *app, const char *name, uint32_t ip,
		     uint64_t now_ns, bool trusted)
{
	learn_in(facts, network.ids[0], app, name, ip, now_ns, trusted);
}

static size_t find_in(struct eg_facts *facts, const char *app, const struct eg_networks *networks,
		      uint32_t ip, uint64_t now_ns)
{
	uint8_t address[16] = { 0 };
	const struct eg_names_question question = {
		.app = app,
		.networks = networks,
		.ip = address,
		.first_ns = now_ns,
		.last_ns = now_ns,
	};

	memcpy(address + 12, &ip, sizeof(ip));
	return eg_facts_find(facts, &question, found);
}

static size_t find_at(struct eg_facts *facts, const char *app, uint32_t net_ns, uint32_t ip,
		      uint64_t now_ns)
{
	const struct eg_networks only = { .ids = { net_ns }, .count = 1 };

	return find_in(facts, app, &only, ip, now_ns);
}

static void assert_found(size_t place, const char *name, enum eg_name_source source,
			 enum eg_name_confidence confidence)
{
	assert_string_equal(found[place].name, name);
	assert_int_equal(found[place].source, source);
	assert_int_equal(found[place].confidence, confidence);
}

static void each_app_has_its_own_names(void **state)
{
	struct eg_facts *facts = eg_facts_new();

	(void)state;
	learn_at(facts, "a", "a.example", 7, SECOND, true);
	learn_at(facts, "b", "b.example", 7, SECOND, true);
	assert_int_equal(find_at(facts, "a", 1, 7, SECOND), 1);
	assert_found(0, "a.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(find_at(facts, "b", 1, 7, SECOND), 1);
	assert_found(0, "b.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(find_at(facts, "c", 1, 7, SECOND), 2);
	assert_found(0, "b.example", EG_NAME_DNS_OTHER_APP, EG_NAME_INFERRED);
	assert_int_equal(find_at(facts, "a", 2, 7, SECOND), 0);
	assert_int_equal(find_at(facts, "a", 1, 8, SECOND), 0);
	eg_facts_free(facts);
}

/* Who talks in several networks is named by what it was told in any, and by no other. */
static void each_network_has_its_own_names(void **state)
{
	const struct eg_networks both = { .ids = { 1, 2 }, .count = 2 }, none = { .count = 0 };
	struct eg_facts *facts = eg_facts_new();

	(void)state;
	learn_in(facts, 1, "a", "here.example", 7, SECOND, true);
	learn_in(facts, 2, "a", "there.example", 8, SECOND, true);
	learn_in(facts, 3, "a", "elsewhere.example", 9, SECOND, true);
	assert_int_equal(find_in(facts, "a", &both, 7, SECOND), 1);
	assert_found(0, "here.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(find_in(facts, "a", &both, 8, SECOND), 1);
	assert_found(0, "there.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(find_in(facts, "a", &both, 9, SECOND), 0);
	assert_int_equal(find_in(facts, "a", &none, 7, SECOND), 0);
	/* One address that has a name in each: either may be meant. */
	learn_in(facts, 2, "a", "same.example", 7, 2 * SECOND, true);
	assert_int_equal(find_in(facts, "a", &both, 7, SECOND), 2);
	assert_found(0, "here.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(find_in(facts, "a", &both, 7, 2 * SECOND), 2);
	assert_found(0, "same.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	/* What others were told there, too; and what the app was told goes before that anywhere. */
	learn_in(facts, 1, "b", "other.example", 8, SECOND / 2, true);
	assert_int_equal(find_in(facts, "a", &both, 8, SECOND), 1);
	assert_found(0, "there.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(find_in(facts, "c", &both, 8, SECOND), 2);
	assert_found(0, "there.example", EG_NAME_DNS_OTHER_APP, EG_NAME_INFERRED);
	eg_facts_free(facts);
}

/* Whoever answers itself is believed by nobody else, and by us no more than it says. */
static void what_is_not_trusted_is_claimed(void **state)
{
	struct eg_facts *facts = eg_facts_new();

	(void)state;
	learn_at(facts, "liar", "bank.example", 7, SECOND, false);
	assert_int_equal(find_at(facts, "liar", 1, 7, SECOND), 1);
	assert_found(0, "bank.example", EG_NAME_DNS, EG_NAME_CLAIMED);
	assert_int_equal(find_at(facts, "other", 1, 7, SECOND), 0);
	learn_at(facts, "liar", "bank.example", 7, 2 * SECOND, true);
	assert_int_equal(find_at(facts, "liar", 1, 7, 3 * SECOND), 1);
	assert_found(0, "bank.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	eg_facts_free(facts);
}

static void names_age(void **state)
{
	uint64_t end = SECOND + 60 * SECOND + EG_FACTS_GRACE_NS;
	struct eg_facts *facts = eg_facts_new();

	(void)state;
	learn_at(facts, "a", "a.example", 7, SECOND, true);
	assert_int_equal(find_at(facts, "a", 1, 7, 0), 1); /* before it was told */
	assert_found(0, "a.example", EG_NAME_DNS, EG_NAME_INFERRED);
	assert_int_equal(find_at(facts, "a", 1, 7, end), 1);
	assert_found(0, "a.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(find_at(facts, "a", 1, 7, end + 1), 1);
	assert_found(0, "a.example", EG_NAME_DNS, EG_NAME_INFERRED);
	learn_at(facts, "a", "a.example", 7, 2 * end, true);
	assert_int_equal(find_at(facts, "a", 1, 7, 2 * end), 1);
	assert_found(0, "a.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(eg_facts_count(facts), 1);
	eg_facts_free(facts);
}

static void the_newest_comes_first(void **state)
{
	struct eg_facts *facts = eg_facts_new();
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		learn_at(facts, "a", name, 7, SECOND + i, true);
	}
	assert_int_equal(find_at(facts, "a", 1, 7, 2 * SECOND), EG_NAMES_CANDIDATES);
	assert_found(0, "n199.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_found(7, "n192.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	assert_int_equal(eg_facts_count(facts), 64);
	eg_facts_free(facts);
}

/* Told again, a name is the newest, and not the one that goes. */
static void told_again_is_new(void **state)
{
	struct eg_facts *facts = eg_facts_new();
	char name[32];

	(void)state;
	learn_at(facts, "a", "again.example", 7, SECOND, true);
	learn_at(facts, "a", "once.example", 7, 2 * SECOND, true);
	learn_at(facts, "a", "again.example", 7, 3 * SECOND, true);
	assert_int_equal(find_at(facts, "a", 1, 7, 4 * SECOND), 2);
	assert_found(0, "again.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	/* It has counted all the while. */
	assert_int_equal(find_at(facts, "a", 1, 7, 2 * SECOND), 2);
	assert_found(0, "again.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		learn_at(facts, "a", name, 7, 4 * SECOND + 2 * i, true);
		learn_at(facts, "a", "again.example", 7, 4 * SECOND + 2 * i + 1, true);
	}
	assert_int_equal(eg_facts_count(facts), 64);
	assert_int_equal(find_at(facts, "a", 1, 7, 5 * SECOND), EG_NAMES_CANDIDATES);
	assert_found(0, "again.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	eg_facts_free(facts);
}

/* An address of a CDN has more names than are shown of it. */
static void every_name_that_was_told_counts(void **state)
{
	struct eg_facts *facts = eg_facts_new();
	const uint32_t address = 7;
	uint8_t ip[16] = { 0 };
	const struct eg_names_question question = { .app = "a",
						    .networks = &network,
						    .ip = ip,
						    .first_ns = 90 * SECOND,
						    .last_ns = 90 * SECOND };
	char name[] = "x.example";

	(void)state;
	memcpy(ip + 12, &address, sizeof(address));
	learn_at(facts, "a", "own.example", 7, SECOND, false);
	for (uint64_t i = 0; i < 2 * EG_NAMES_CANDIDATES; i++) {
		name[0] = (char)('a' + i);
		learn_at(facts, "a", name, 7, (i + 1) * SECOND, true);
	}
	assert_true(eg_facts_told(facts, &question, "a.example"));
	assert_true(eg_facts_told(facts, &question, "b.example"));
	assert_false(eg_facts_told(facts, &question, "own.example"));
	assert_false(eg_facts_told(facts, &question, "z.example"));
	eg_facts_free(facts);
}

/* A million names: memory is bounded, and the flood of one app washes nobody else's away. */
static void a_flood_is_bounded(void **state)
{
	struct eg_facts *facts = eg_facts_new();
	char name[32], app[32];

	(void)state;
	learn_at(facts, "quiet", "quiet.example", 1, SECOND, true);
	for (uint32_t i = 0; i < 1000000; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		learn_at(facts, "flood", name, i, SECOND + i, true);
	}
	assert_int_equal(eg_facts_count(facts), EG_NAMES_PER_APP + 1);
	assert_int_equal(find_at(facts, "quiet", 1, 1, SECOND), 1);
	assert_int_equal(find_at(facts, "flood", 1, 999999, 2 * SECOND), 1);
	assert_int_equal(find_at(facts, "flood", 1, 10, 2 * SECOND), 0);
	for (uint32_t i = 0; i < 200000; i++) {
		snprintf(app, sizeof(app), "app%u", i % 40);
		learn_at(facts, app, "x.example", i, 3 * SECOND, true);
	}
	assert_true(eg_facts_count(facts) <= EG_NAMES_TOTAL);
	assert_int_equal(find_at(facts, "quiet", 1, 1, SECOND), 1);
	eg_facts_free(facts);
}

/* A recorder runs for months: the latest app is served like the first. */
static void who_comes_late_is_served(void **state)
{
	struct eg_facts *facts = eg_facts_new();
	char name[32], app[32];

	(void)state;
	for (uint32_t i = 0; i < 2 * EG_NAMES_TOTAL; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		snprintf(app, sizeof(app), "app%u", i / EG_NAMES_PER_APP);
		learn_at(facts, app, name, i, SECOND + i, true);
	}
	for (uint32_t i = 0; i < 100; i++)
		learn_at(facts, "late", "late.example", i, 2 * SECOND, true);
	for (uint32_t i = 0; i < 100; i++) {
		assert_int_equal(find_at(facts, "late", 1, i, 2 * SECOND), 1);
		assert_found(0, "late.example", EG_NAME_DNS, EG_NAME_OBSERVED);
	}
	assert_int_equal(eg_facts_count(facts), EG_NAMES_TOTAL);
	eg_facts_free(facts);
}

static void the_app_that_was_told_last_long_ago_goes(void **state)
{
	struct eg_facts *facts = eg_facts_new();
	char app[32];

	(void)state;
	for (uint32_t i = 0; i < 3 * EG_FACTS_APPS; i++) {
		snprintf(app, sizeof(app), "app%u", i);
		learn_at(facts, app, "x.example", i, SECOND + i, true);
		assert_int_equal(find_at(facts, app, 1, i, SECOND + i), 1);
		assert_int_equal(found[0].source, EG_NAME_DNS);
		if (i % 1000 == 0)
			learn_at(facts, "steady", "steady.example", 1U << 31, SECOND + i, true);
	}
	assert_int_equal(eg_facts_count(facts), EG_FACTS_APPS);
	assert_int_equal(find_at(facts, "app0", 1, 0, SECOND), 0);
	assert_int_equal(find_at(facts, "steady", 1, 1U << 31, SECOND), 1);
	eg_facts_free(facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_app_has_its_own_names),
		cmocka_unit_test(each_network_has_its_own_names),
		cmocka_unit_test(what_is_not_trusted_is_claimed),
		cmocka_unit_test(names_age),
		cmocka_unit_test(the_newest_comes_first),
		cmocka_unit_test(told_again_is_new),
		cmocka_unit_test(every_name_that_was_told_counts),
		cmocka_unit_test(a_flood_is_bounded),
		cmocka_unit_test(who_comes_late_is_served),
		cmocka_unit_test(the_app_that_was_told_last_long_ago_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

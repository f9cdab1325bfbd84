/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which answer belongs to which question (RFC 5452 section 9.1). */
#include <stdlib.h>

#include "tests/unit/names/bytes.h"

#include "user/names/queries.h"

static struct eg_queries *queries;
static const struct eg_payload payload = {
	.header.time_ns = 1000,
	.socket = { .sk = 1, .born_ns = 2 },
	.ip = { 10 },
	.port = 53,
	.transport = 17,
};
static const struct eg_dns_message question = {
	.id = 7, .name = "a.example", .type = EG_DNS_A, .class = 1
};

static bool answered(struct eg_payload from, struct eg_dns_message answer)
{
	bool yes;

	queries = eg_queries_new();
	assert_int_equal(eg_queries_ask(queries, 1, &payload, &question), 0);
	yes = eg_queries_answer(queries, &from, &answer);
	/* No answer is one twice. */
	if (yes)
		assert_false(eg_queries_answer(queries, &from, &answer));
	eg_queries_free(queries);
	return yes;
}

static void everything_must_match(void **state)
{
	struct eg_dns_message answer = question;
	struct eg_payload from = payload;

	(void)state;
	assert_true(answered(from, answer));
	answer.id++;
	assert_false(answered(from, answer));
	answer = question;
	answer.type = EG_DNS_AAAA;
	assert_false(answered(from, answer));
	answer = question;
	answer.class = 3;
	assert_false(answered(from, answer));
	answer = question;
	answer.name[0] = 'b';
	assert_false(answered(from, answer));
	from.ip[0]++;
	assert_false(answered(from, question));
	from = payload;
	from.port++;
	assert_false(answered(from, question));
	from = payload;
	from.socket.sk++;
	assert_false(answered(from, question));
	from = payload;
	from.socket.born_ns++;
	assert_false(answered(from, question));
	from = payload;
	from.transport = 6;
	assert_false(answered(from, question));
	from = payload;
	from.header.time_ns += EG_QUERY_AGE_NS + 1;
	assert_false(answered(from, question));
}

static void questions_are_bounded(void **state)
{
	struct eg_payload from = payload;

	(void)state;
	queries = eg_queries_new();
	assert_int_equal(eg_queries_ask(queries, 2, &payload, &question), 0);
	for (uint64_t i = 0; i < 1000000; i++) {
		from.socket.sk = 10 + i;
		assert_int_equal(eg_queries_ask(queries, 1, &from, &question), 0);
	}
	assert_true(eg_queries_answer(queries, &from, &question));
	from.socket.sk = 10;
	assert_false(eg_queries_answer(queries, &from, &question));
	/* What another has asked was not pushed out. */
	assert_true(eg_queries_answer(queries, &payload, &question));
	eg_queries_free(queries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_must_match),
		cmocka_unit_test(questions_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

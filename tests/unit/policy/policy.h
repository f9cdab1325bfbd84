/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* For the tests of policies: reading one, and what it finds. */
#pragma once

#include "../flow/model.h"

#include <errno.h>

#include <egret/policy.h>

/* All that was said, a line each. */
struct said {
	FILE *stream;
	char *text;
	size_t size;
};

static inline void said_begin(struct said *said)
{
	said->stream = open_memstream(&said->text, &said->size);
	assert_non_null(said->stream);
}

static inline void said_expect(struct said *said, const char *expected)
{
	assert_int_equal(fclose(said->stream), 0);
	assert_string_equal(said->text, expected);
	free(said->text);
}

static inline void policy_mistake(const struct eg_policy_mistake *mistake, void *data)
{
	struct said *said = data;

	fprintf(said->stream, "%zu:%zu %s: %s\n", mistake->line, mistake->column, mistake->where,
		mistake->what);
}

/* A policy of these rules, in which there is no mistake. */
static inline struct eg_policy *policy_read(const char *rules)
{
	struct said said;
	struct eg_policy *policy = NULL;
	char *text;

	said_begin(&said);
	assert_true(asprintf(&text, "{\"schema\":\"egret.policy/1\",\"rules\":%s}", rules) > 0);
	eg_policy_read(text, strlen(text), "/dev/null", policy_mistake, &said, &policy);
	said_expect(&said, "");
	assert_non_null(policy);
	free(text);
	return policy;
}

static inline int policy_found(const struct eg_violation *violation, void *data)
{
	struct said *said = data;

	fprintf(said->stream, "%zu %s %s", violation->rule, violation->broken,
		violation->row ? violation->app->id : violation->app_id);
	if (violation->row)
		fprintf(said->stream, " %u", violation->row->key.ip[15]);
	else
		fprintf(said->stream, " %llu>%llu", (unsigned long long)violation->bytes,
			(unsigned long long)violation->limit);
	fputc('\n', said->stream);
	return 0;
}

/* Two apps; row 1 of the first is in DE, row 2 is in CN, row 3 of the second is nowhere. */
static inline struct eg_summary *policy_summary(void)
{
	static char de[] = "DE", cn[] = "CN", operator[] = "Example Pte";
	const struct eg_place germany = { .country = de },
			      china = { .country = cn, .as_organization = operator};
	struct eg_summary *summary = model_new();
	struct eg_app *a = model_app(summary, "exe:/a"), *b = model_app(summary, "exe:/b");
	struct eg_destination *row;

	assert_int_equal(eg_app_add_user(a, 1000), 0);
	row = model_add(a, model_key(1), model_counters(300, 3));
	assert_int_equal(eg_app_set_place(a, row, &germany), 0);
	row->scope = EG_SCOPE_INTERNET;
	row = model_add(a, model_key(2), model_counters(200, 2));
	assert_int_equal(eg_app_set_place(a, row, &china), 0);
	row->scope = EG_SCOPE_INTERNET;
	row = model_add(b, model_key(3), model_counters(100, 1));
	row->scope = EG_SCOPE_PRIVATE;
	row->key.direction = EG_INBOUND;
	return summary;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Facts as JSON, and the answer that the resolver must give. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <egret/base.h>
#include <egret/ident.h>
#include <egret/json.h>

#define ID_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define MANAGER "0::/user.slice/user-1000.slice/user@1000.service"
#define SESSION "'cgroup': '0::/user.slice/user-1000.slice/session-2.scope', 'uid': 1000"

/* An expectation that is NULL is not looked at; "" expects nothing. */
struct question {
	const char *unit; /* a cgroup below the manager of user 1000; NULL: see the facts */
	const char *facts; /* what stands between the braces, quoted by ' */
	const char *id, *name, *component, *trust, *via, *flag;
	bool guessed; /* a list may name it yet; looked at with an id only */
};

/* Answers: it bears another's name; it is what it says that it is. */
#define DISGUISED(as) .trust = (as), .via = "", .flag = "cgroup-mismatch"
#define GENUINE .trust = "user", .via = "", .flag = ""

static inline struct eg_fixture *question_parse(const char *facts)
{
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_fixture *fixture = NULL;
	const char *reason = "";
	size_t offset;
	int size = asprintf(&text, "{%s}", facts);

	assert_true(size > 0);
	for (char *quote = text; (quote = strchr(quote, '\''));)
		*quote = '"';
	if (eg_json_check(text, (size_t)size, &offset, &reason) < 0)
		fail_msg("%s at %zu of %s", reason, offset, text);
	if (eg_fixture_parse(eg_json_document(text, (size_t)size), &fixture, &reason) < 0)
		fail_msg("%s in %s", reason, text);
	return fixture;
}

static inline void question_compare(const char *facts, const char *what, const char *got,
				    const char *expected)
{
	if (expected && strcmp(got ? got : "", expected) != 0)
		fail_msg("%s: '%s', not '%s', for %s", what, got ? got : "", expected, facts);
}

static inline char *question_facts(const struct question *question)
{
	const char *unit = question->unit;
	char *facts;
	int size = unit ? asprintf(&facts, "'cgroup': '" MANAGER "%s', 'uid': 1000, %s", unit,
				   question->facts)
			: asprintf(&facts, "%s", question->facts);

	assert_true(size > 0);
	return facts;
}

static inline void question_ask(const struct question *question)
{
	_cleanup_(eg_freep) char *facts = question_facts(question);
	struct eg_fixture *fixture = question_parse(facts);
	struct eg_identity identity = {};

	assert_int_equal(eg_identify_app(eg_fixture_facts(fixture), eg_fixture_lookup(fixture),
					 true, &identity),
			 0);
	question_compare(facts, "id", identity.id, question->id);
	question_compare(facts, "name", identity.name, question->name);
	question_compare(facts, "component", identity.component, question->component);
	question_compare(facts, "trust", identity.trust, question->trust);
	question_compare(facts, "via", identity.via, question->via);
	question_compare(facts, "flag", identity.flag, question->flag);
	if (question->id)
		assert_int_equal(identity.guessed, question->guessed);
	eg_identity_clear(&identity);
	eg_fixture_free(fixture);
}

#define question_ask_all(questions)                                                                \
	do {                                                                                       \
		for (size_t i_ = 0; i_ < ARRAY_SIZE(questions); i_++)                              \
			question_ask(&(questions)[i_]);                                            \
	} while (0)

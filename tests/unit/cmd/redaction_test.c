/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* This host's name and its people's are nobody's business; the system's users are no people. */
#include "tests/unit/flow/model.h"

#include <limits.h>
#include <pwd.h>
#include <unistd.h>

#include <egret/redact.h>

#include "user/cmd/redaction.h"

static char *redact(struct eg_redactor *redactor, const char *text)
{
	char *redacted = NULL;

	assert_int_equal(eg_redact_text(redactor, text, &redacted), 0);
	return redacted;
}

static void knows_the_host(void **state)
{
	char host[HOST_NAME_MAX + 1] = "", text[HOST_NAME_MAX + 32];
	struct eg_redactor *redactor = NULL;
	char *redacted;

	(void)state;
	assert_int_equal(gethostname(host, sizeof(host) - 1), 0);
	assert_int_equal(redaction_new(&redactor), 0);
	snprintf(text, sizeof(text), "unit:backup@%s.service", host);
	redacted = redact(redactor, text);
	assert_string_not_equal(redacted, text);
	assert_non_null(strstr(redacted, "host-1"));
	free(redacted);
	eg_redactor_free(redactor);
}

static void knows_people_and_not_the_system(void **state)
{
	struct eg_redactor *redactor = NULL;
	struct passwd *user;
	char text[300], *redacted;

	(void)state;
	assert_int_equal(redaction_new(&redactor), 0);
	redacted = redact(redactor, "unit:root daemon.service");
	assert_string_equal(redacted, "unit:root daemon.service");
	free(redacted);
	while ((user = getpwent())) {
		if (user->pw_uid < 1000 || user->pw_uid > 60000)
			continue;
		snprintf(text, sizeof(text), "session of %s", user->pw_name);
		redacted = redact(redactor, text);
		assert_non_null(strstr(redacted, "user-"));
		free(redacted);
	}
	endpwent();
	eg_redactor_free(redactor);
}

static void replaces_a_summary(void **state)
{
	struct eg_summary *summary = model_new(), *before = summary;
	struct eg_redactor *redactor = NULL;
	char *text;

	(void)state;
	model_add(model_app(summary, "exe:/home/alice/secret/tool"), model_key(1),
		  model_counters(3, 4));
	assert_int_equal(redaction_new(&redactor), 0);
	assert_int_equal(eg_redactor_add_user(redactor, "alice"), 0);
	assert_int_equal(redaction_replace(redactor, &summary), 0);
	assert_ptr_not_equal(summary, before);
	text = model_dump(summary);
	assert_null(strstr(text, "alice"));
	assert_null(strstr(text, "secret"));
	assert_int_equal(eg_summary_totals(summary).bytes.sent, 3);
	free(text);
	eg_redactor_free(redactor);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_host),
		cmocka_unit_test(knows_people_and_not_the_system),
		cmocka_unit_test(replaces_a_summary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What results of this host are redacted with. */
#include "redaction.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>

#include <egret/base.h>

#define USERS "/etc/passwd"
/* Those of people, in between those of the system and of nobody. */
#define PERSON_FIRST 1000
#define PERSON_LAST 60000

static int add_users(struct eg_redactor *redactor)
{
	_cleanup_(eg_fclosep) FILE *file = fopen(USERS, "re");
	struct passwd *user;
	int r = 0;

	while (file && r == 0 && (user = fgetpwent(file))) {
		if (user->pw_uid >= PERSON_FIRST && user->pw_uid <= PERSON_LAST)
			r = eg_redactor_add_user(redactor, user->pw_name);
	}
	return r;
}

int redaction_new(struct eg_redactor **ret_redactor)
{
	struct eg_redactor *redactor = eg_redactor_new();
	char host[HOST_NAME_MAX + 1] = "";
	int r = redactor ? add_users(redactor) : -ENOMEM;

	if (r == 0 && gethostname(host, sizeof(host) - 1) == 0)
		r = eg_redactor_add_host(redactor, host);
	if (r < 0) {
		eg_redactor_free(redactor);
		return r;
	}
	*ret_redactor = redactor;
	return 0;
}

int redaction_replace(struct eg_redactor *redactor, struct eg_summary **summary)
{
	struct eg_summary *redacted = NULL;
	int r = eg_redact_summary(redactor, *summary, &redacted);

	if (r < 0)
		return r;
	eg_summary_free(*summary);
	*summary = redacted;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Redaction: a summary that can be shown to strangers. */
#pragma once

#include <egret/flow.h>

/*
 * Replaces user names, host names, paths and addresses that are not of the
 * internet, by "user-1", "host-1", "path-1" and addresses out of the same kind of
 * range; the same by the same, in all that one redactor is asked about. Programs of
 * the system keep their file's name ("path-1/curl"), apps their name. Arguments
 * are left out.
 */
struct eg_redactor;

/* NULL: out of memory. */
struct eg_redactor *eg_redactor_new(void);
void eg_redactor_free(struct eg_redactor *redactor);
/* Words that are a user's or a host's name, also within other texts. 0 or -ENOMEM. */
int eg_redactor_add_user(struct eg_redactor *redactor, const char *name);
int eg_redactor_add_host(struct eg_redactor *redactor, const char *name);
/* The names of a summary's hosts, and of users whose homes are in its paths. 0 or -ENOMEM. */
int eg_redactor_learn(struct eg_redactor *redactor, const struct eg_summary *summary);

/* What a text becomes; malloc'ed. 0 or -ENOMEM; NULL becomes NULL. */
int eg_redact_text(struct eg_redactor *redactor, const char *text, char **ret_text);
/* The same of a whole summary, which then says so; the caller frees it. 0 or -ENOMEM. */
int eg_redact_summary(struct eg_redactor *redactor, const struct eg_summary *summary,
		      struct eg_summary **ret_summary);

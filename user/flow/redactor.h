/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What texts and addresses become when they are redacted. */
#pragma once

#include <egret/redact.h>

/* Paths and names that are nothing else. Like eg_redact_text(). */
int eg_redact_path(struct eg_redactor *redactor, const char *path, char **ret_text);
int eg_redact_host(struct eg_redactor *redactor, const char *name, char **ret_text);
/* Whether a name is of no public domain: it has one label, or a last one for private use. */
bool eg_redact_is_private(const char *name);
/* Replaces the address of a row that is not of the internet. 0 or -ENOMEM. */
int eg_redact_address(struct eg_redactor *redactor, enum eg_scope scope, uint8_t ip[16]);

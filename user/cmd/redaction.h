/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What results of this host are redacted with. */
#pragma once

#include <egret/redact.h>

/*
 * A redactor that knows this host's name and its people's: those in /etc/passwd, since
 * asking for more would ask the network. 0 or -ENOMEM; to be freed by the caller.
 */
int redaction_new(struct eg_redactor **ret_redactor);
/* Puts the redacted summary in the place of the other one, which is freed. 0 or -ENOMEM. */
int redaction_replace(struct eg_redactor *redactor, struct eg_summary **summary);

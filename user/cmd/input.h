/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading files of summaries: any number of documents in each, added up. */
#pragma once

#include <egret/flow.h>

/*
 * Adds the documents of the file at `path` ("-": standard input) to *into, which
 * is made from the first of them if it is NULL. 0; -EINVAL or -errno after one line
 * on standard error; -ENOMEM.
 */
int input_merge(const char *path, struct eg_summary **into);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading files of summaries: any number of documents in each, added up. */
#pragma once

#include <egret/flow.h>

/* A million destinations are 700 MB of text; what is longer than this is no summary. */
#define INPUT_DOCUMENT_MAX ((size_t)2 << 30)

/*
 * Adds the documents of the file at `path` ("-": standard input) to *into, which
 * is made from the first of them if it is NULL. One document at a time is in
 * memory, of at most `document_max` bytes; there may be any number of them. 0;
 * -errno after one line on standard error; -ENOMEM without one.
 */
int input_merge(const char *path, size_t document_max, struct eg_summary **into);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The recorder's counters as a file that node_exporter's textfile collector reads. */
#pragma once

#include <stdbool.h>

#include <egret/flow.h>

struct textfile;

/*
 * Prepares DIRECTORY/egret.prom, to be written each interval (ns). Directory NULL:
 * none is wanted; what follows then does nothing. 0, or an exit status after one
 * line on stderr.
 */
int textfile_open(const char *directory, int64_t interval, struct textfile **ret_textfile);
void textfile_close(struct textfile *textfile);

/* Writes the first one, all zero: whether that works with the rights that are left. As above. */
int textfile_begin(struct textfile *textfile);
/*
 * Adds an interval, which the history may lack (`unwritten`), and writes; that it fails, or
 * works again, is told once. `last`: all of it.
 */
void textfile_add(struct textfile *textfile, const struct eg_summary *summary, bool unwritten,
		  bool last);
/* With the directory that has its name now. */
void textfile_reopen(struct textfile *textfile);
/* The last one was not written. */
bool textfile_is_failing(const struct textfile *textfile);

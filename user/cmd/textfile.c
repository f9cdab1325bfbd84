/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The recorder's counters as a file that node_exporter's textfile collector reads. */
#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <egret/base.h>
#include <egret/out.h>

#include "cmd.h"

#define NAME "egret.prom"
/* The collector is no member of our group, and what it reads it tells everybody. */
#define MODE 0644

#define HELD_NS (60 * NSEC_PER_SEC)
#define HELD_MAX 6 /* of the usual interval that is a minute */

struct textfile {
	const char *path; /* of the directory */
	int directory;
	struct eg_metrics *metrics;
	bool failing; /* which has been said */
};

static int open_directory(struct textfile *textfile)
{
	textfile->directory = open(textfile->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return textfile->directory < 0 ? -errno : 0;
}

/* What is new is held back so long that it is first scraped as 0, at usual distances. */
static unsigned held(int64_t interval)
{
	int64_t count = (HELD_NS + interval - 1) / interval;

	return count < HELD_MAX ? (unsigned)count : HELD_MAX;
}

int textfile_open(const char *directory, int64_t interval, struct textfile **ret_textfile)
{
	struct textfile *textfile;
	int r = -ENOMEM;

	*ret_textfile = NULL;
	if (!directory)
		return EG_EXIT_OK;
	textfile = calloc(1, sizeof(*textfile));
	if (textfile) {
		textfile->path = directory;
		textfile->directory = -1;
		textfile->metrics = eg_metrics_new(held(interval));
		r = textfile->metrics ? open_directory(textfile) : -ENOMEM;
	}
	if (r == 0) {
		*ret_textfile = textfile;
		return EG_EXIT_OK;
	}
	textfile_close(textfile);
	eg_error("cannot write %s/%s: %s", directory, NAME, strerror(-r));
	return EG_EXIT_INCOMPLETE;
}

void textfile_close(struct textfile *textfile)
{
	if (!textfile)
		return;
	eg_closep(&textfile->directory);
	eg_metrics_free(textfile->metrics);
	free(textfile);
}

static int print(FILE *stream, void *data)
{
	return eg_metrics_print(stream, data);
}

static int write_file(const struct textfile *textfile)
{
	if (textfile->directory < 0)
		return -ENOENT;
	return eg_write_atomically_at(textfile->directory, NAME, MODE, print, textfile->metrics);
}

int textfile_begin(struct textfile *textfile)
{
	int r = textfile ? write_file(textfile) : 0;

	if (r == 0)
		return EG_EXIT_OK;
	eg_error("cannot write %s/%s: %s%s", textfile->path, NAME, strerror(-r),
		 r == -EACCES ? " (a recorder keeps no right to write where its user may not)"
			      : "");
	return EG_EXIT_INCOMPLETE;
}

/* Counters that lack a part of an interval are better than none. */
void textfile_add(struct textfile *textfile, const struct eg_summary *summary, bool unwritten,
		  bool last)
{
	int r, written;

	if (!textfile)
		return;
	r = eg_metrics_add(textfile->metrics, summary);
	eg_metrics_set_unwritten(textfile->metrics, unwritten);
	if (last)
		eg_metrics_finish(textfile->metrics);
	written = write_file(textfile);
	if (r == 0)
		r = written;
	if (r < 0 && !textfile->failing)
		eg_error("cannot write %s/%s: %s; trying on", textfile->path, NAME, strerror(-r));
	if (r == 0 && textfile->failing)
		eg_info("writing %s/%s again", textfile->path, NAME);
	textfile->failing = r < 0;
}

void textfile_reopen(struct textfile *textfile)
{
	if (!textfile)
		return;
	eg_closep(&textfile->directory);
	open_directory(textfile);
}

bool textfile_is_failing(const struct textfile *textfile)
{
	return textfile && textfile->failing;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where results go: standard output, standard error with `-- CMD`, or a file; and in which form. */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <egret/base.h>

#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN 40
#define COLUMNS_MAX 1000

/* --- form --- */

static unsigned terminal_columns(FILE *stream)
{
	const char *text = getenv("COLUMNS");
	unsigned long columns = text ? strtoul(text, NULL, 10) : 0;
	struct winsize size;

	if (stream && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		columns = size.ws_col;
	if (columns == 0 || columns > COLUMNS_MAX)
		return COLUMNS_DEFAULT;
	return columns < COLUMNS_MIN ? COLUMNS_MIN : (unsigned)columns;
}

/* NO_COLOR: https://no-color.org */
static bool wants_color(const char *when, bool terminal)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	return terminal && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

/* Text for eyes, json for programs; a command without the one has the other, or just its own. */
static enum eg_format choose_format(const struct eg_options *options, bool terminal)
{
	enum eg_format wanted = terminal ? EG_FORMAT_TEXT : EG_FORMAT_JSON;

	if (options->format != EG_FORMAT_AUTO)
		return options->format;
	if (options->of->formats & EG_BIT(wanted))
		return wanted;
	for (enum eg_format format = 0; format < EG_FORMAT_COUNT; format++) {
		if (options->of->formats & EG_BIT(format))
			return format;
	}
	return EG_FORMAT_AUTO;
}

/* --- place --- */

/* Better told now than when the tracing is over. */
static int check_path(const char *path)
{
	_cleanup_(eg_freep) char *copy = strdup(path);
	struct stat status;
	int r = 0;

	if (!copy)
		r = -ENOMEM;
	else if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		r = S_ISDIR(status.st_mode) ? -EISDIR : access(path, W_OK) < 0 ? -errno : 0;
	else if (access(dirname(copy), W_OK | X_OK) < 0)
		r = -errno;
	if (r < 0)
		eg_error("cannot write %s: %s", path, strerror(-r));
	return r;
}

int eg_output_open(const struct eg_options *options, struct eg_output *ret_output)
{
	const char *path = options->output;
	FILE *stream = options->command ? stderr : stdout;
	bool terminal;

	if (path && strcmp(path, "-") == 0) {
		path = NULL;
		stream = stdout;
	}
	if (path) {
		int r = check_path(path);

		if (r < 0)
			return r;
		stream = NULL;
	}
	terminal = stream && isatty(fileno(stream));
	*ret_output = (struct eg_output){
		.path = path,
		.stream = stream,
		.format = choose_format(options, terminal),
		.print = {
			.compact = options->interval > 0,
			.color = wants_color(options->color, terminal),
			.header = true,
			.columns = terminal_columns(stream),
			.command_lines = !options->no_command_lines,
		},
	};
	ret_output->appends =
		path && options->interval &&
		(ret_output->format == EG_FORMAT_NDJSON || ret_output->format == EG_FORMAT_CSV);
	return 0;
}

/* --- printing --- */

static int print_stream(FILE *stream, int (*print)(FILE *stream, void *data), void *data)
{
	int r = print(stream, data);

	if (r < 0)
		return r;
	errno = 0;
	if (fflush(stream) == EOF || ferror(stream))
		return errno ? -errno : -EIO;
	return 0;
}

/* All of a result or nothing: what came before stays as it was. */
static int append(const char *path, int (*print)(FILE *stream, void *data), void *data)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen(path, "ae");
	struct stat status;
	int r;

	if (!stream || fstat(fileno(stream), &status) < 0)
		return -errno;
	r = print_stream(stream, print, data);
	if (r < 0 && S_ISREG(status.st_mode) && ftruncate(fileno(stream), status.st_size) < 0)
		eg_error("cannot take back the part of a result at the end of %s", path);
	return r;
}

int eg_output_write(struct eg_output *output, int (*print)(FILE *stream, void *data), void *data)
{
	int r;

	if (output->appends)
		r = append(output->path, print, data);
	else if (output->path)
		r = eg_write_atomically(output->path, print, data);
	else
		r = print_stream(output->stream, print, data);
	if (r < 0)
		eg_error("cannot write %s: %s", output->path ? output->path : "the result",
			 strerror(-r));
	return r;
}

struct summary_print {
	const struct eg_output *output;
	const struct eg_summary *summary;
};

static int print_summary(FILE *stream, void *data)
{
	const struct summary_print *what = data;

	if (what->output->format == EG_FORMAT_TEXT && what->output->begun)
		fputc('\n', stream);
	return eg_print_summary(stream, what->output->format, what->summary, &what->output->print);
}

static bool is_empty(const char *path)
{
	struct stat status;

	return stat(path, &status) < 0 || status.st_size == 0;
}

int eg_output_print(struct eg_output *output, const struct eg_summary *summary)
{
	struct summary_print what = { .output = output, .summary = summary };
	int r;

	/* A file and a stream have one header, a file that is replaced has its own. */
	output->print.header = output->appends ? is_empty(output->path) : !output->begun;
	r = eg_output_write(output, print_summary, &what);
	output->begun = !output->path;
	return r;
}

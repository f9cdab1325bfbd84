/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The log: lines on stderr, for people. */
#include <egret/base.h>

#include <errno.h>
#include <string.h>

static enum eg_level log_level = EG_LEVEL_INFO;

void eg_log_set_level(enum eg_level level)
{
	log_level = level;
}

enum eg_level eg_log_level(void)
{
	return log_level;
}

static void put_line(FILE *stream, const char *text)
{
	fputs("egret: ", stream);
	eg_put_terminal(stream, text);
	putc('\n', stream);
}

/*
 * The whole line in one write, or it could mix with those of other programs; in
 * pieces where there is no memory for that, which is often what it is about.
 */
static void write_line(const char *text)
{
	_cleanup_(eg_freep) char *line = NULL;
	size_t size;
	FILE *stream = open_memstream(&line, &size);

	if (stream)
		put_line(stream, text);
	if (stream && fclose(stream) == 0)
		fwrite(line, 1, size, stderr);
	else
		put_line(stderr, text);
}

void eg_logv(enum eg_level level, const char *format, va_list args)
{
	_cleanup_(eg_freep) char *text = NULL;
	int saved = errno;

	if (level > log_level)
		return;
	text = eg_format(format, args);
	for (size_t size = text ? strlen(text) : 0; size > 0 && text[size - 1] == '\n'; size--)
		text[size - 1] = '\0';
	write_line(text ? text : format);
	errno = saved;
}

void eg_log(enum eg_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	eg_logv(level, format, args);
	va_end(args);
}

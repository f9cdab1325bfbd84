/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Putting foreign text into an output: one function per sink, one loop for all. */
#include <egret/base.h>

#include "utf8.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* What a sink writes for what it can't have as it is. */
struct sink {
	const char *quote, *backslash;
	const char *byte; /* before the two hex digits of a byte that is escaped */
	const char *ampersand, *less, *greater; /* NULL: as they are */
};

/* A format with escapes of its own doubles the backslash of ours. */
static const struct sink json = { .quote = "\\\"", .backslash = "\\\\", .byte = "\\\\x" };
static const struct sink csv = { .quote = "\"\"", .backslash = "\\", .byte = "\\x" };
static const struct sink terminal = { .quote = "\"", .backslash = "\\", .byte = "\\x" };
static const struct sink html = {
	.quote = "&quot;",
	.backslash = "\\",
	.byte = "\\x",
	.ampersand = "&amp;",
	.less = "&lt;",
	.greater = "&gt;",
};
/* JSON without anything that ends the element it stands in. */
static const struct sink script = {
	.quote = "\\\"",
	.backslash = "\\\\",
	.byte = "\\\\x",
	.ampersand = "\\u0026",
	.less = "\\u003c",
	.greater = "\\u003e",
};

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '&' && c != '<' && c != '>';
}

/* What stands for a character that the format gives a meaning; NULL: itself. */
static const char *replacement(const struct sink *sink, char c)
{
	switch (c) {
	case '"':
		return sink->quote;
	case '\\':
		return sink->backslash;
	case '&':
		return sink->ampersand;
	case '<':
		return sink->less;
	case '>':
		return sink->greater;
	default:
		return NULL;
	}
}

static void put_special(FILE *stream, const struct sink *sink, char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *text = replacement(sink, c);
	uint8_t byte = (uint8_t)c;

	if (text) {
		fputs_unlocked(text, stream);
		return;
	}
	fputs_unlocked(sink->byte, stream);
	putc_unlocked(digits[byte >> 4], stream);
	putc_unlocked(digits[byte & 15], stream);
}

/* Most text is plain, so it is written in runs. */
static void put_text(FILE *stream, const struct sink *sink, const char *text)
{
	const char *run = text;

	while (*text) {
		size_t size = is_plain(*text) ? 1 : 0;

		if (!size && !replacement(sink, *text))
			size = eg_utf8_harmless(text);
		if (size) {
			text += size;
			continue;
		}
		fwrite_unlocked(run, 1, (size_t)(text - run), stream);
		put_special(stream, sink, *text);
		run = ++text;
	}
	fwrite_unlocked(run, 1, (size_t)(text - run), stream);
}

static int status_of(FILE *stream)
{
	return ferror_unlocked(stream) ? -EIO : 0;
}

static int put_quoted(FILE *stream, const struct sink *sink, const char *text)
{
	putc_unlocked('"', stream);
	put_text(stream, sink, text);
	putc_unlocked('"', stream);
	return status_of(stream);
}

int eg_put_json(FILE *stream, const char *text)
{
	if (text)
		return put_quoted(stream, &json, text);
	fputs_unlocked("null", stream);
	return status_of(stream);
}

/*
 * Readers that go beyond RFC 4180 take a cell that begins with ' for quoted by
 * that (ClickHouse), and trim blanks: within double quotes none does.
 */
static bool needs_quotes(const char *text)
{
	return strpbrk(text, ",\"") || strchr("=+-@' ", *text) || text[strlen(text) - 1] == ' ';
}

/* RFC 4180 section 2; a leading ' keeps spreadsheets from running the cell. */
int eg_put_csv(FILE *stream, const char *text)
{
	bool quoted;

	if (!text || !*text)
		return status_of(stream);
	quoted = needs_quotes(text);
	if (quoted)
		putc_unlocked('"', stream);
	if (strchr("=+-@", *text))
		putc_unlocked('\'', stream);
	put_text(stream, &csv, text);
	if (quoted)
		putc_unlocked('"', stream);
	return status_of(stream);
}

int eg_put_terminal(FILE *stream, const char *text)
{
	put_text(stream, &terminal, text ? text : "");
	return status_of(stream);
}

size_t eg_escape_size(const char *text)
{
	return text[0] == '\\' && text[1] == 'x' && isxdigit((uint8_t)text[2]) &&
			       isxdigit((uint8_t)text[3])
		       ? strlen("\\xNN")
		       : 0;
}

int eg_put_html(FILE *stream, const char *text)
{
	put_text(stream, &html, text ? text : "");
	return status_of(stream);
}

int eg_put_script(FILE *stream, const char *text)
{
	if (text)
		return put_quoted(stream, &script, text);
	fputs_unlocked("null", stream);
	return status_of(stream);
}

/* The text format knows the same escapes in a label's value as JSON (\\ and \"). */
int eg_put_prometheus(FILE *stream, const char *text)
{
	return put_quoted(stream, &json, text ? text : "");
}

char *eg_format(const char *format, va_list args)
{
	char *text;

	return vasprintf(&text, format, args) < 0 ? NULL : text;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text in the columns of a terminal: escaped, measured, cut, padded; sizes and times for people. */
#include <egret/cell.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <wchar.h>

#include <egret/base.h>

#define ELLIPSIS "\u2026"

void eg_utf8_enter(struct eg_utf8 *utf8)
{
	utf8->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (utf8->utf8)
		utf8->before = uselocale(utf8->utf8);
}

void eg_utf8_leave(struct eg_utf8 *utf8)
{
	if (!utf8->utf8)
		return;
	uselocale(utf8->before);
	freelocale(utf8->utf8);
	utf8->utf8 = (locale_t)0;
}

/*
 * The columns of the character at `text` and, in ret_size, its bytes; what is none
 * takes one, and an escape is as good as a character: a part of it means nothing.
 * Where the C library has no UTF-8, each character has one column.
 */
static unsigned measure(const char *text, size_t *ret_size)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t size = eg_escape_size(text);
	int width;

	if (size) {
		*ret_size = size;
		return (unsigned)size;
	}
	size = mbrtowc(&character, text, strlen(text), &state);
	if (size == 0 || size > strlen(text)) {
		for (size = 1; (text[size] & 0xc0) == 0x80;) /* RFC 3629 section 3 */
			size++;
		*ret_size = size;
		return 1;
	}
	*ret_size = size;
	width = wcwidth(character);
	return width < 0 ? 1 : (unsigned)width;
}

static unsigned measure_all(const char *text)
{
	unsigned width = 0;
	size_t size;

	for (; *text; text += size)
		width += measure(text, &size);
	return width;
}

int eg_cell_make(const char *raw, struct eg_cell *ret_cell)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	int r;

	if (!stream)
		return -ENOMEM;
	r = raw ? eg_put_terminal(stream, raw) : 0;
	if (fclose(stream) == EOF || r < 0)
		return -ENOMEM;
	*ret_cell = (struct eg_cell){ .width = measure_all(text) };
	ret_cell->text = TAKE_PTR(text);
	return 0;
}

int eg_cell_format(struct eg_cell *ret_cell, const char *format, ...)
{
	_cleanup_(eg_freep) char *text = NULL;
	va_list args;

	va_start(args, format);
	text = eg_format(format, args);
	va_end(args);
	return text ? eg_cell_make(text, ret_cell) : -ENOMEM;
}

void eg_cell_free(struct eg_cell *cell)
{
	free(cell->text);
	*cell = (struct eg_cell){ 0 };
}

static void pad(FILE *stream, unsigned count)
{
	while (count--)
		fputc(' ', stream);
}

/* The largest start of the text that fits into `width`; its columns are taken off. */
static size_t head_size(const char *text, unsigned *width)
{
	size_t used = 0, size;

	while (text[used]) {
		unsigned columns = measure(text + used, &size);

		if (columns > *width)
			break;
		*width -= columns;
		used += size;
	}
	return used;
}

/* Where the end of a text begins that drops the first `columns`, or a little more. */
static const char *drop_columns(const char *text, unsigned columns)
{
	size_t size;

	for (unsigned width = 0; *text; text += size) {
		unsigned next = measure(text, &size);

		if (width >= columns && next > 0)
			break;
		width += next;
	}
	return text;
}

/* The start, an ellipsis, the end: both say something in paths and in names. */
static void put_cut(FILE *stream, const struct eg_cell *cell, unsigned width)
{
	unsigned tail = (width - 1) / 2, left = width - 1 - tail;
	const char *end = drop_columns(cell->text, cell->width - tail);
	size_t size = head_size(cell->text, &left);

	fwrite(cell->text, 1, size, stream);
	fputs(ELLIPSIS, stream);
	fputs(end, stream);
	pad(stream, left + tail - measure_all(end));
}

void eg_cell_put(FILE *stream, const struct eg_cell *cell, unsigned width, enum eg_align align)
{
	if (width == 0)
		return;
	if (cell->width > width) {
		put_cut(stream, cell, width);
		return;
	}
	if (align == EG_RIGHT)
		pad(stream, width - cell->width);
	if (cell->text)
		fputs(cell->text, stream);
	if (align == EG_LEFT)
		pad(stream, width - cell->width);
}

static unsigned measure_word(const char *word, size_t size)
{
	unsigned width = 0;
	size_t character;

	for (size_t i = 0; i < size; i += character)
		width += measure(word + i, &character);
	return width;
}

void eg_cell_wrap(FILE *stream, const struct eg_cell *cell, unsigned columns, unsigned start,
		  unsigned indent)
{
	const char *word = cell->text ? cell->text : "";
	unsigned used = start;

	while (*word) {
		size_t size = strcspn(word, " ");
		unsigned width = measure_word(word, size);

		if (used > start && used + 1 + width > columns) {
			fputc('\n', stream);
			pad(stream, indent);
			start = used = indent;
		} else if (used > start) {
			fputc(' ', stream);
			used++;
		}
		fwrite(word, 1, size, stream);
		used += width;
		word += size + strspn(word + size, " ");
	}
}

static uint64_t divide(uint64_t bytes, uint64_t unit)
{
	return bytes / unit + (bytes % unit >= unit / 2);
}

const char *eg_size_text(uint64_t bytes, char buffer[static EG_SIZE_TEXT_SIZE])
{
	static const char *const names[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	uint64_t unit = 1000, tenths;
	size_t i = 0;

	if (bytes < 1000) {
		snprintf(buffer, EG_SIZE_TEXT_SIZE, "%" PRIu64 " B", bytes);
		return buffer;
	}
	for (; divide(bytes, unit) >= 1000 && i + 1 < ARRAY_SIZE(names); i++)
		unit *= 1000;
	tenths = divide(bytes, unit / 10);
	if (tenths < 1000)
		snprintf(buffer, EG_SIZE_TEXT_SIZE, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10,
			 tenths % 10, names[i]);
	else
		snprintf(buffer, EG_SIZE_TEXT_SIZE, "%" PRIu64 " %s", divide(bytes, unit),
			 names[i]);
	return buffer;
}

/* "2 h 5 min", "2 h" */
static void put_units(char buffer[static EG_SPAN_TEXT_SIZE], int64_t large, const char *large_name,
		      int64_t small, const char *small_name)
{
	if (small)
		snprintf(buffer, EG_SPAN_TEXT_SIZE, "%" PRId64 " %s %" PRId64 " %s", large,
			 large_name, small, small_name);
	else
		snprintf(buffer, EG_SPAN_TEXT_SIZE, "%" PRId64 " %s", large, large_name);
}

const char *eg_span_text(int64_t ns, char buffer[static EG_SPAN_TEXT_SIZE])
{
	int64_t seconds = ns / NSEC_PER_SEC + (ns % NSEC_PER_SEC >= NSEC_PER_SEC / 2);
	int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

	if (ns < NSEC_PER_SEC)
		snprintf(buffer, EG_SPAN_TEXT_SIZE, "%" PRId64 " ms", ns / 1000000);
	else if (seconds < 60)
		snprintf(buffer, EG_SPAN_TEXT_SIZE, "%" PRId64 " s", seconds);
	else if (minutes < 60)
		put_units(buffer, minutes, "min", seconds % 60, "s");
	else if (hours < 24)
		put_units(buffer, hours, "h", minutes % 60, "min");
	else
		snprintf(buffer, EG_SPAN_TEXT_SIZE, "%" PRId64 " day%s", days, days > 1 ? "s" : "");
	return buffer;
}

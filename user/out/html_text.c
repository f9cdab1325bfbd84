/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HTML report's pieces: texts, numbers and times for people. */
#include "html.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include <egret/base.h>
#include <egret/cell.h>

#include "ui.h"

/* How much of an escape is before `size` and goes on there: a summary that was read has them. */
static size_t into_escape(const char *text, size_t size)
{
	for (size_t back = 1; back < 4 && back <= size; back++) {
		if (eg_escape_size(text + size - back))
			return back;
	}
	return 0;
}

/* Cut so that no character is; what is no UTF-8 is escaped byte by byte anyway. */
static void put_cut(const struct eg_html *html, const char *text,
		    int (*put)(FILE *stream, const char *text))
{
	char cut[EG_HTML_TEXT + sizeof("\u2026")];
	size_t size = strlen(text);

	if (size <= EG_HTML_TEXT) {
		put(html->stream, text);
		return;
	}
	for (size = EG_HTML_TEXT; size > 0 && ((uint8_t)text[size] & 0xc0) == 0x80;)
		size--;
	size -= into_escape(text, size);
	snprintf(cut, sizeof(cut), "%.*s\u2026", (int)size, text);
	put(html->stream, cut);
}

void eg_html_text(const struct eg_html *html, const char *text)
{
	if (text)
		put_cut(html, text, eg_put_html);
}

void eg_html_script(const struct eg_html *html, const char *text)
{
	if (text)
		put_cut(html, text, eg_put_script);
	else
		fputs("null", html->stream);
}

/* The number does not leave its unit. */
void eg_html_size(const struct eg_html *html, uint64_t bytes)
{
	char text[EG_SIZE_TEXT_SIZE], *space;

	eg_size_text(bytes, text);
	space = strchr(text, ' ');
	if (space)
		*space = '\0';
	fputs(text, html->stream);
	if (space)
		fprintf(html->stream, "\u00a0%s", space + 1);
}

void eg_html_percent(const struct eg_html *html, uint64_t part, uint64_t whole)
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	if (part && percent < 1)
		fputs("under\u00a01\u00a0%", html->stream);
	else if (part < whole && percent > 99)
		fputs("over\u00a099\u00a0%", html->stream);
	else
		fprintf(html->stream, "%.0f\u00a0%%", percent);
}

void eg_html_number(const struct eg_html *html, uint64_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			fputc(',', html->stream);
		fputc(digits[i], html->stream);
	}
}

void eg_html_count(const struct eg_html *html, uint64_t number, const char *one, const char *many)
{
	eg_html_number(html, number);
	fprintf(html->stream, " %s", number == 1 ? one : many);
}

void eg_html_time(const struct eg_html *html, int64_t real_ns, bool day)
{
	static const char *const months[] = { "January",   "February", "March",	   "April",
					      "May",	   "June",     "July",	   "August",
					      "September", "October",  "November", "December" };
	time_t seconds = (time_t)(real_ns / NSEC_PER_SEC);
	struct tm broken;

	if (!gmtime_r(&seconds, &broken))
		return;
	fprintf(html->stream, "%d\u00a0%s\u00a0%d", broken.tm_mday, months[broken.tm_mon],
		broken.tm_year + 1900);
	if (!day)
		fprintf(html->stream, ", %02d:%02d", broken.tm_hour, broken.tm_min);
}

void eg_html_country(const struct eg_html *html, const struct eg_share *share)
{
	int length;
	const char *name;

	if (share->kind != EG_SHARE_NAMED) {
		fputs(eg_digest_country(share), html->stream);
		return;
	}
	name = eg_ui_country(share->label, &length);
	if (name == share->label)
		eg_html_text(html, name);
	else
		fprintf(html->stream, "%.*s", length, name);
}

const char *eg_html_app(const struct eg_app *app)
{
	return app->name ? app->name : app->id;
}

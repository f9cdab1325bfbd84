/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What works on this machine: a table for people, egret.doctor/1 for programs. */
#include <egret/out.h>

#include "parts.h"
#include "writer.h"

#include <errno.h>

#include <egret/base.h>
#include <egret/cell.h>

#define PLAIN "\033[0m"
#define COLUMNS_DEFAULT 80
#define GAP 2
#define STATUS_WIDTH 8 /* of "degraded" */

static const struct {
	const char *name, *color;
} statuses[] = {
	[EG_CHECK_OK] = { .name = "ok", .color = "\033[32m" },
	[EG_CHECK_UNTRIED] = { .name = "untried", .color = "\033[33m" },
	[EG_CHECK_DEGRADED] = { .name = "degraded", .color = "\033[33m" },
	[EG_CHECK_MISSING] = { .name = "missing", .color = "\033[33m" },
	[EG_CHECK_FAILED] = { .name = "failed", .color = "\033[31m" },
};
_Static_assert(ARRAY_SIZE(statuses) == EG_CHECK_COUNT, "every status has a row");

const char *eg_check_status_name(enum eg_check_status status)
{
	return statuses[status].name;
}

static enum eg_check_status find_worst(const struct eg_doctor *doctor, bool with_optional)
{
	enum eg_check_status worst = EG_CHECK_OK;

	for (size_t i = 0; i < doctor->checks_count; i++) {
		const struct eg_check *check = &doctor->checks[i];

		if (check->status > worst && (with_optional || !check->optional))
			worst = check->status;
	}
	return worst;
}

enum eg_check_status eg_doctor_status(const struct eg_doctor *doctor)
{
	return find_worst(doctor, false);
}

static void print_json(FILE *stream, const struct eg_doctor *doctor,
		       const struct eg_print_options *options)
{
	struct eg_writer writer;

	eg_writer_init(&writer, stream, options->compact);
	eg_parts_begin(&writer, "egret.doctor/1");
	eg_writer_text(&writer, "kernel", doctor->kernel);
	eg_writer_text(&writer, "status", statuses[eg_doctor_status(doctor)].name);
	eg_writer_array(&writer, "checks", EG_LINES);
	for (size_t i = 0; i < doctor->checks_count; i++) {
		const struct eg_check *check = &doctor->checks[i];

		eg_writer_object(&writer, NULL, EG_INLINE);
		eg_writer_text(&writer, "name", check->name);
		eg_writer_text(&writer, "status", statuses[check->status].name);
		eg_writer_text(&writer, "detail", check->detail);
		eg_writer_text(&writer, "affects", check->affects);
		eg_writer_end(&writer);
	}
	eg_writer_end(&writer);
	eg_writer_end(&writer);
}

static void set_color(FILE *stream, const struct eg_print_options *options, const char *sequence)
{
	if (options->color)
		fputs(sequence, stream);
}

/* The widest name's columns. */
static int measure_names(const struct eg_doctor *doctor, unsigned *ret_width)
{
	unsigned width = 0;

	for (size_t i = 0; i < doctor->checks_count; i++) {
		_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
		int r = eg_cell_make(doctor->checks[i].name, &cell);

		if (r < 0)
			return r;
		if (cell.width > width)
			width = cell.width;
	}
	*ret_width = width;
	return 0;
}

/* A text in the column `indent`, on as many lines as it needs; the cursor stands in `column`. */
static int put_remark(FILE *stream, const char *text, unsigned columns, unsigned column,
		      unsigned indent)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };
	int r = eg_cell_make(text, &cell);

	if (r < 0)
		return r;
	fprintf(stream, "%*s", (int)(indent - column), "");
	eg_cell_wrap(stream, &cell, columns, indent, indent);
	return 0;
}

static int put_check(FILE *stream, const struct eg_check *check, unsigned width,
		     const struct eg_print_options *options)
{
	unsigned columns = options->columns ? options->columns : COLUMNS_DEFAULT;
	unsigned indent = STATUS_WIDTH + GAP + width + GAP, column;
	_cleanup_(eg_cell_free) struct eg_cell name = { 0 };
	int r = eg_cell_make(check->name, &name);

	if (r < 0)
		return r;
	column = STATUS_WIDTH + GAP + name.width;
	set_color(stream, options, statuses[check->status].color);
	fprintf(stream, "%-*s", STATUS_WIDTH + GAP, statuses[check->status].name);
	set_color(stream, options, PLAIN);
	fputs(name.text, stream);
	if (check->detail)
		r = put_remark(stream, check->detail, columns, column, indent);
	if (r == 0 && check->detail && check->affects)
		fputc('\n', stream);
	if (r == 0 && check->affects)
		r = put_remark(stream, check->affects, columns, check->detail ? 0 : column, indent);
	fputc('\n', stream);
	return r;
}

static int print_table(FILE *stream, const struct eg_doctor *doctor,
		       const struct eg_print_options *options)
{
	static const char *const verdicts[] = {
		[EG_CHECK_OK] = "Everything works.",
		[EG_CHECK_UNTRIED] = "Not all of it was tried: run as root.",
		[EG_CHECK_DEGRADED] = "egret works here, but for what is named above.",
		[EG_CHECK_MISSING] = "egret works here, but for what is named above.",
		[EG_CHECK_FAILED] = "egret can't trace here: what failed above is needed.",
	};
	unsigned width = 0;
	int r = measure_names(doctor, &width);

	fputs("egret " EG_VERSION " on kernel ", stream);
	eg_put_terminal(stream, doctor->kernel ? doctor->kernel : "unknown");
	fputs("\n\n", stream);
	for (size_t i = 0; i < doctor->checks_count && r == 0; i++)
		r = put_check(stream, &doctor->checks[i], width, options);
	fprintf(stream, "\n%s\n", verdicts[find_worst(doctor, true)]);
	return r;
}

int eg_print_doctor(FILE *stream, enum eg_format format, const struct eg_doctor *doctor,
		    const struct eg_print_options *options)
{
	struct eg_utf8 utf8 = { 0 };
	int r = 0;

	switch (format) {
	case EG_FORMAT_JSON:
		print_json(stream, doctor, options);
		break;
	case EG_FORMAT_TEXT:
		eg_utf8_enter(&utf8);
		r = print_table(stream, doctor, options);
		eg_utf8_leave(&utf8);
		break;
	default:
		return -EOPNOTSUPP;
	}
	return r < 0 ? r : eg_stream_status(stream);
}

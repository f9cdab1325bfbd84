/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which app a process is: egret.app/1 for programs, a few lines for people. */
#include <egret/out.h>

#include "parts.h"
#include "writer.h"

#include <errno.h>
#include <inttypes.h>

#include <egret/base.h>
#include <egret/ident.h>

#define COLUMN 14 /* of values in text */

static void write_evidence(struct eg_writer *writer, const struct eg_identity *identity)
{
	eg_writer_array(writer, "evidence", EG_LINES);
	for (size_t i = 0; i < identity->evidence_count; i++) {
		const struct eg_evidence *evidence = &identity->evidence[i];

		eg_writer_object(writer, NULL, EG_INLINE);
		eg_writer_text(writer, "fact", evidence->fact);
		eg_writer_text(writer, "value", evidence->value);
		eg_writer_text(writer, "source", evidence->source);
		eg_writer_text(writer, "trust", evidence->trust);
		eg_writer_end(writer);
	}
	eg_writer_end(writer);
}

static void print_json(FILE *stream, const struct eg_app_answer *answer, bool compact)
{
	const struct eg_identity *identity = answer->identity;
	struct eg_writer writer;

	eg_writer_init(&writer, stream, compact);
	eg_parts_begin(&writer, "egret.app/1");
	eg_writer_optional(&writer, "pid", answer->pid, answer->pid);
	eg_writer_time(&writer, "start", answer->start);
	eg_writer_text(&writer, "kind", identity->kind);
	eg_writer_text(&writer, "app_id", identity->id);
	eg_writer_text(&writer, "display_name", identity->name);
	eg_writer_text(&writer, "component", identity->component);
	eg_writer_optional(&writer, "owner_uid", answer->has_uid, answer->uid);
	eg_writer_text(&writer, "via", identity->via);
	eg_writer_text(&writer, "trust", identity->trust);
	eg_writer_text(&writer, "flag", identity->flag);
	write_evidence(&writer, identity);
	eg_writer_end(&writer);
}

static void put_line(FILE *stream, const char *label, const char *value)
{
	if (!value)
		return;
	fprintf(stream, "  %-*s", COLUMN - 2, label);
	eg_put_terminal(stream, value);
	fputc('\n', stream);
}

static void print_text(FILE *stream, const struct eg_app_answer *answer)
{
	const struct eg_identity *identity = answer->identity;

	if (answer->pid)
		fprintf(stream, "%" PRIu32 "  ", answer->pid);
	eg_put_terminal(stream, identity->name ? identity->name : identity->id);
	fputc('\n', stream);
	put_line(stream, "kind", identity->kind);
	put_line(stream, "id", identity->id);
	put_line(stream, "component", identity->component);
	put_line(stream, "via", identity->via);
	put_line(stream, "trust", identity->trust);
	put_line(stream, "flag", identity->flag);
	for (size_t i = 0; i < identity->evidence_count; i++) {
		const struct eg_evidence *evidence = &identity->evidence[i];

		fprintf(stream, "  %-*s%s ", COLUMN - 2, i == 0 ? "evidence" : "", evidence->fact);
		eg_put_terminal(stream, evidence->value);
		fputs(" (", stream);
		eg_put_terminal(stream, evidence->source);
		fprintf(stream, "%s%s)\n", evidence->trust ? ", " : "",
			evidence->trust ? evidence->trust : "");
	}
}

int eg_print_app(FILE *stream, enum eg_format format, const struct eg_app_answer *answer,
		 const struct eg_print_options *options)
{
	switch (format) {
	case EG_FORMAT_JSON:
		print_json(stream, answer, options->compact);
		break;
	case EG_FORMAT_NDJSON:
		print_json(stream, answer, true);
		break;
	case EG_FORMAT_TEXT:
		print_text(stream, answer);
		break;
	default:
		return -EOPNOTSUPP;
	}
	return eg_stream_status(stream);
}

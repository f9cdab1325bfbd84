/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What several JSON documents have in common, each member written in one place. */
#include "parts.h"
#include "row.h"

#include <string.h>

#include <egret/base.h>

static const char *const lost_reasons[] = {
	"ring_full",	  "flow_map_full",   "process_map_full",
	"storage_failed", "program_skipped", "names_skipped",
};

static const char *const excluded_names[] = {
	[EG_EXCLUDED_LOOPBACK] = "loopback",
	[EG_EXCLUDED_HOST] = "host",
	[EG_EXCLUDED_FILTER] = "filter",
};
_Static_assert(ARRAY_SIZE(excluded_names) == EG_EXCLUDED_COUNT, "every exclusion has a name");

void eg_parts_begin(struct eg_writer *writer, const char *schema)
{
	eg_writer_object(writer, NULL, EG_LINES);
	eg_writer_text(writer, "schema", schema);
	eg_writer_object(writer, "generator", EG_INLINE);
	eg_writer_text(writer, "name", "egret");
	eg_writer_text(writer, "version", EG_VERSION);
	eg_writer_end(writer);
}

void eg_parts_host(struct eg_writer *writer, const char *key, const struct eg_host *host)
{
	eg_writer_object(writer, key, EG_INLINE);
	eg_writer_text(writer, "id", host ? host->id : NULL);
	eg_writer_text(writer, "name", host ? host->name : NULL);
	eg_writer_text(writer, "kernel", host ? host->kernel : NULL);
	eg_writer_end(writer);
}

static void write_list(struct eg_writer *writer, const char *key, enum eg_layout layout,
		       char *const *texts)
{
	eg_writer_array(writer, key, layout);
	for (; texts && *texts; texts++)
		eg_writer_text(writer, NULL, *texts);
	eg_writer_end(writer);
}

void eg_parts_databases(struct eg_writer *writer, const struct eg_summary *summary)
{
	eg_writer_array(writer, "databases", EG_LINES);
	for (size_t i = 0; i < summary->databases_count; i++) {
		const struct eg_database *database = &summary->databases[i];

		eg_writer_object(writer, NULL, EG_INLINE);
		eg_writer_text(writer, "name", database->name);
		eg_writer_text(writer, "built", database->built);
		eg_writer_text(writer, "license", database->license);
		write_list(writer, "fields", EG_INLINE, database->fields);
		eg_writer_end(writer);
	}
	eg_writer_end(writer);
}

void eg_parts_standing(struct eg_writer *writer, const char *trust, const char *via,
		       const char *flag)
{
	eg_writer_text(writer, "trust", trust);
	eg_writer_text(writer, "via", via);
	eg_writer_text(writer, "flag", flag);
}

static bool is_doubtful(const char *trust)
{
	return trust && strcmp(trust, "kernel") != 0 && strcmp(trust, "root") != 0;
}

char *eg_standing_text(const char *trust, const char *via, const char *flag)
{
	char *text;
	bool doubtful = is_doubtful(trust);

	if (asprintf(&text, "%s%s%s%s%s%s", via ? "  via " : "", via ? via : "",
		     doubtful ? "  trust " : "", doubtful ? trust : "", flag ? "  flag " : "",
		     flag ? flag : "") < 0)
		return NULL;
	return text;
}

void eg_parts_bytes(struct eg_writer *writer, const struct eg_bytes *bytes)
{
	eg_writer_number(writer, "bytes_sent", bytes->sent);
	eg_writer_number(writer, "bytes_received", bytes->received);
}

void eg_parts_totals(struct eg_writer *writer, const struct eg_totals *totals)
{
	eg_writer_object(writer, "totals", EG_INLINE);
	eg_parts_bytes(writer, &totals->bytes);
	eg_writer_number(writer, "via_bytes_sent", totals->via.sent);
	eg_writer_number(writer, "via_bytes_received", totals->via.received);
	eg_writer_number(writer, "connections", totals->connections);
	eg_writer_number(writer, "failed", totals->failed);
	eg_writer_number(writer, "apps", totals->apps);
	eg_writer_number(writer, "destinations", totals->destinations);
	eg_writer_end(writer);
}

static uint64_t lost_count(const struct eg_ledger *ledger, const char *reason)
{
	for (size_t i = 0; i < ledger->lost_count; i++) {
		if (strcmp(ledger->lost[i].reason, reason) == 0)
			return ledger->lost[i].count;
	}
	return 0;
}

static bool is_named(const char *reason)
{
	for (size_t i = 0; i < ARRAY_SIZE(lost_reasons); i++) {
		if (strcmp(lost_reasons[i], reason) == 0)
			return true;
	}
	return false;
}

void eg_parts_each_lost(const struct eg_ledger *ledger,
			void (*call)(const char *reason, uint64_t count, void *data), void *data)
{
	for (size_t i = 0; i < ARRAY_SIZE(lost_reasons); i++)
		call(lost_reasons[i], lost_count(ledger, lost_reasons[i]), data);
	for (size_t i = 0; i < ledger->lost_count; i++) {
		if (!is_named(ledger->lost[i].reason))
			call(ledger->lost[i].reason, ledger->lost[i].count, data);
	}
}

static void write_shares(struct eg_writer *writer, const char *key, uint64_t attributed,
			 uint64_t kernel, uint64_t unattributed, uint64_t overflow)
{
	eg_writer_object(writer, key, EG_INLINE);
	eg_writer_number(writer, "attributed", attributed);
	eg_writer_number(writer, "kernel", kernel);
	eg_writer_number(writer, "unattributed", unattributed);
	eg_writer_number(writer, "overflow", overflow);
	eg_writer_end(writer);
}

static void write_excluded(struct eg_writer *writer, const struct eg_ledger *ledger)
{
	eg_writer_object(writer, "excluded", EG_INLINE);
	for (size_t i = 0; i < EG_EXCLUDED_COUNT; i++) {
		eg_writer_object(writer, excluded_names[i], EG_INLINE);
		eg_parts_bytes(writer, &ledger->excluded[i]);
		eg_writer_end(writer);
	}
	eg_writer_end(writer);
}

static void write_lost(const char *reason, uint64_t count, void *data)
{
	struct eg_writer *writer = data;

	eg_writer_key(writer, reason);
	eg_writer_number(writer, NULL, count);
}

void eg_parts_lost(struct eg_writer *writer, const struct eg_ledger *ledger)
{
	eg_writer_object(writer, "lost", EG_INLINE);
	eg_parts_each_lost(ledger, write_lost, writer);
	eg_writer_end(writer);
}

void eg_parts_ledger(struct eg_writer *writer, const struct eg_ledger *ledger,
		     const struct eg_totals *totals)
{
	eg_writer_object(writer, "ledger", EG_LINES);
	eg_writer_bool(writer, "complete", totals->complete);
	write_shares(writer, "bytes_sent", totals->attributed.sent, totals->kernel.sent,
		     totals->unattributed.sent, totals->overflow.sent);
	write_shares(writer, "bytes_received", totals->attributed.received, totals->kernel.received,
		     totals->unattributed.received, totals->overflow.received);
	write_excluded(writer, ledger);
	eg_parts_lost(writer, ledger);
	write_list(writer, "degraded", EG_LINES, ledger->degraded);
	eg_writer_end(writer);
}

static void write_operator(struct eg_writer *writer, const struct eg_place *place)
{
	if (!place->as_number && !place->as_organization && !place->as_country) {
		eg_writer_null(writer, "as");
		return;
	}
	eg_writer_object(writer, "as", EG_INLINE);
	eg_writer_optional(writer, "number", place->as_number, place->as_number);
	eg_writer_text(writer, "organization", place->as_organization);
	eg_writer_text(writer, "country", place->as_country);
	eg_writer_end(writer);
}

void eg_parts_place(struct eg_writer *writer, const struct eg_place *place)
{
	eg_writer_text(writer, "country", place->country);
	eg_writer_text(writer, "country_basis", place->country_basis);
	if (place->anycast == EG_UNKNOWN)
		eg_writer_null(writer, "anycast");
	else
		eg_writer_bool(writer, "anycast", place->anycast == EG_YES);
	write_operator(writer, place);
}

void eg_parts_errors(struct eg_writer *writer, const struct eg_detail *detail)
{
	uint64_t unknown = 0;

	eg_writer_object(writer, "errors", EG_INLINE);
	for (size_t i = 0; i < detail->errors_count; i++) {
		const char *name = eg_row_error(detail->errors[i].number);

		if (strcmp(name, "unknown") == 0)
			unknown += detail->errors[i].count;
		else if (detail->errors[i].count)
			eg_writer_number(writer, name, detail->errors[i].count);
	}
	if (unknown)
		eg_writer_number(writer, "unknown", unknown);
	eg_writer_end(writer);
}

static void write_command_line(struct eg_writer *writer, char *const *arguments, bool wanted)
{
	if (wanted && arguments)
		write_list(writer, "command_line", EG_INLINE, arguments);
	else
		eg_writer_null(writer, "command_line");
}

void eg_parts_process(struct eg_writer *writer, const char *key,
		      const struct eg_process_info *process, bool command_line)
{
	eg_writer_object(writer, key, EG_INLINE);
	eg_writer_number(writer, "pid", process->pid);
	eg_writer_optional(writer, "ppid", process->has_ppid, process->ppid);
	eg_writer_time(writer, "start", process->start);
	eg_writer_text(writer, "comm", process->comm);
	eg_writer_text(writer, "executable", process->executable);
	write_command_line(writer, process->command_line, command_line);
	eg_writer_optional(writer, "uid", process->has_uid, process->uid);
	eg_writer_text(writer, "cgroup", process->cgroup);
	eg_writer_text(writer, "component", process->component);
	if (process->summaries > 1)
		eg_writer_number(writer, "summaries", process->summaries);
	eg_writer_end(writer);
}

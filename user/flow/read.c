/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading an egret.summary/1 document (contract section 3). */
#include "ledger.h"
#include "list.h"
#include "reader.h"
#include "summary.h"
#include "texts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

static int read_schema(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	_cleanup_(eg_freep) char *schema = NULL;
	int r = eg_read_text(reader, at, &schema);

	(void)into;
	if (r < 0)
		return r;
	if (!schema || strncmp(schema, "egret.summary/", strlen("egret.summary/")) != 0)
		return eg_reader_fail(reader, at, "not egret.summary/1");
	if (strcmp(schema, "egret.summary/1") != 0)
		return eg_reader_fail(reader, at, "another version: only egret.summary/1 is known");
	return 0;
}

static int read_by(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_summary *summary = into;

	if (!eg_reader_is(at, EG_JSON_TEXT))
		return eg_reader_fail(reader, at, "not a string");
	for (enum eg_by by = EG_BY_APP; by < EG_BY_COUNT; by++) {
		if (eg_json_is(at->value, eg_by_name(by))) {
			summary->by = by;
			return 0;
		}
	}
	return eg_reader_fail(reader, at, "not a grouping");
}

/* --- hosts and periods --- */

/* The element is appended empty first: the summary frees whatever is read into it. */
static int read_known_host(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_OPTIONAL(eg_host, "id", id, eg_read_text),
		EG_OPTIONAL(eg_host, "name", name, eg_read_text),
		EG_OPTIONAL(eg_host, "kernel", kernel, eg_read_text),
	};
	struct eg_summary *summary = into;
	struct eg_host *host;
	int r = eg_list_reserve(&summary->hosts, summary->hosts_count, 1, sizeof(*host));

	if (r < 0)
		return r;
	host = &summary->hosts[summary->hosts_count++];
	*host = (struct eg_host){ 0 };
	r = eg_reader_object(reader, at, members, ARRAY_SIZE(members), host);
	/* A host of which nothing is known is printed with nulls. */
	if (r == 0 && !eg_host_is_known(host))
		summary->hosts_count--;
	return r;
}

static int read_host(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	return eg_reader_is(at, EG_JSON_NULL) ? 0 : read_known_host(reader, at, into);
}

static int read_hosts(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_summary *summary = into;

	summary->merged = true;
	return eg_reader_array(reader, at, read_known_host, summary);
}

static int read_period(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_OPTIONAL(eg_period, "start", start, eg_read_time),
		EG_OPTIONAL(eg_period, "end", end, eg_read_time),
	};

	return eg_reader_object(reader, at, members, ARRAY_SIZE(members), into);
}

static int append_period(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_summary *summary = into;
	struct eg_period period = { 0 };
	int r = read_period(reader, at, &period);

	if (r == 0)
		r = eg_list_reserve(&summary->periods, summary->periods_count, 1, sizeof(period));
	if (r == 0)
		summary->periods[summary->periods_count++] = period;
	return r;
}

static int read_periods(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	return eg_reader_array(reader, at, append_period, into);
}

/* --- databases --- */

static int read_database(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_OPTIONAL(eg_database, "name", name, eg_read_text),
		EG_OPTIONAL(eg_database, "built", built, eg_read_text),
		EG_OPTIONAL(eg_database, "license", license, eg_read_text),
		EG_OPTIONAL(eg_database, "fields", fields, eg_read_texts),
	};
	struct eg_summary *summary = into;
	struct eg_database *database;
	int r = eg_list_reserve(&summary->databases, summary->databases_count, 1,
				sizeof(*database));

	if (r < 0)
		return r;
	database = &summary->databases[summary->databases_count++];
	*database = (struct eg_database){ 0 };
	return eg_reader_object(reader, at, members, ARRAY_SIZE(members), database);
}

static int read_databases(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	return eg_reader_array(reader, at, read_database, into);
}

/* --- the ledger --- */

static int read_bytes(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_REQUIRED(eg_bytes, "bytes_sent", sent, eg_read_count),
		EG_REQUIRED(eg_bytes, "bytes_received", received, eg_read_count),
	};

	return eg_reader_object(reader, at, members, ARRAY_SIZE(members), into);
}

static int read_excluded(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_OPTIONAL(eg_ledger, "loopback", excluded[EG_EXCLUDED_LOOPBACK], read_bytes),
		EG_OPTIONAL(eg_ledger, "host", excluded[EG_EXCLUDED_HOST], read_bytes),
		EG_OPTIONAL(eg_ledger, "filter", excluded[EG_EXCLUDED_FILTER], read_bytes),
	};

	return eg_reader_object(reader, at, members, ARRAY_SIZE(members), into);
}

static int append_lost(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_ledger *ledger = into;
	struct eg_loss_count lost = { 0 };
	int r = eg_read_count(reader, at, &lost.count);

	if (r < 0)
		return r;
	lost.reason = eg_json_decode(at->foreign);
	if (!lost.reason)
		return -ENOMEM;
	ledger->lost[ledger->lost_count++] = lost;
	return 0;
}

static int read_lost(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_ledger *ledger = into;
	int r;

	if (!eg_reader_is(at, EG_JSON_OBJECT))
		return eg_reader_fail(reader, at, "not an object");
	r = eg_list_reserve(&ledger->lost, 0, eg_json_count(at->value), sizeof(*ledger->lost));
	return r == 0 ? eg_reader_map(reader, at, append_lost, ledger) : r;
}

/* What of the ledger follows from the apps is counted anew. */
static int read_ledger(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_OPTIONAL(eg_ledger, "excluded", excluded, read_excluded),
		EG_WHOLE_REQUIRED("lost", read_lost),
		EG_OPTIONAL(eg_ledger, "degraded", degraded, eg_read_texts),
	};
	struct eg_ledger *ledger = into;
	struct eg_ledger read = { 0 };
	int r = eg_reader_object(reader, at, members, ARRAY_SIZE(members), &read);

	/* Merging sorts, and adds up what is given twice. */
	if (r == 0)
		r = eg_ledger_merge(ledger, &read);
	eg_ledger_free(&read);
	return r;
}

/* --- the document --- */

static int read_apps(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	return eg_reader_array(reader, at, eg_read_app, into);
}

static const struct eg_member summary_members[] = {
	EG_WHOLE_REQUIRED("schema", read_schema),
	EG_WHOLE("generator", eg_read_ignored),
	EG_WHOLE("host", read_host),
	EG_WHOLE("hosts", read_hosts),
	EG_OPTIONAL(eg_summary, "period", period, read_period),
	EG_WHOLE("periods", read_periods),
	EG_WHOLE_REQUIRED("by", read_by),
	EG_WHOLE("databases", read_databases),
	EG_WHOLE("totals", eg_read_ignored),
	EG_WHOLE_REQUIRED("apps", read_apps),
	EG_REQUIRED(eg_summary, "ledger", ledger, read_ledger),
};

static int read_document(const char *text, size_t size, struct eg_summary *summary,
			 struct eg_read_error *error)
{
	struct eg_reader reader = { .text = text, .error = error };
	struct eg_at root = { 0 };
	const char *reason;

	if (eg_json_check(text, size, &error->offset, &reason) < 0) {
		snprintf(error->reason, sizeof(error->reason), "%s", reason);
		return -EINVAL;
	}
	root.value = eg_json_document(text, size);
	return eg_reader_object(&reader, &root, summary_members, ARRAY_SIZE(summary_members),
				summary);
}

int eg_summary_read(const char *text, size_t size, struct eg_summary **ret_summary,
		    struct eg_read_error *ret_error)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	int r;

	if (!summary)
		return -ENOMEM;
	*ret_error = (struct eg_read_error){ 0 };
	r = read_document(text, size, summary, ret_error);
	if (r < 0) {
		eg_summary_free(summary);
		return r;
	}
	*ret_summary = summary;
	return 0;
}

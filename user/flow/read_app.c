/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading an element of apps[] (contract section 3). */
#include "app.h"
#include "destination.h"
#include "list.h"
#include "process.h"
#include "reader.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

/* --- processes --- */

static int read_uid(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_process_info *process = into;

	process->has_uid = !eg_reader_is(at, EG_JSON_NULL);
	return eg_read_optional_u32(reader, at, &process->uid);
}

static int read_ppid(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct eg_process_info *process = into;

	process->has_ppid = !eg_reader_is(at, EG_JSON_NULL);
	return eg_read_optional_u32(reader, at, &process->ppid);
}

static int read_process(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	static const struct eg_member members[] = {
		EG_REQUIRED(eg_process_info, "pid", pid, eg_read_u32),
		EG_WHOLE("ppid", read_ppid),
		EG_OPTIONAL(eg_process_info, "start", start, eg_read_time),
		EG_OPTIONAL(eg_process_info, "comm", comm, eg_read_text),
		EG_OPTIONAL(eg_process_info, "executable", executable, eg_read_text),
		EG_OPTIONAL(eg_process_info, "command_line", command_line, eg_read_texts),
		EG_WHOLE("uid", read_uid),
		EG_OPTIONAL(eg_process_info, "cgroup", cgroup, eg_read_text),
		EG_OPTIONAL(eg_process_info, "component", component, eg_read_text),
		EG_OPTIONAL(eg_process_info, "summaries", summaries, eg_read_u32),
	};
	_cleanup_(eg_process_free) struct eg_process_info process = { 0 };
	int r = eg_reader_object(reader, at, members, ARRAY_SIZE(members), &process);

	return r == 0 ? eg_app_merge_process(into, &process) : r;
}

/* --- the app --- */

/* An app while it is read. */
struct reading {
	struct eg_summary *summary;
	struct eg_app *app; /* NULL until its id is read */
	struct eg_app staged; /* its texts and numbers, until all are read */
};

static int read_id(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct reading *reading = into;
	_cleanup_(eg_freep) char *id = NULL;
	size_t before = reading->summary->apps_count;
	int r = eg_read_text(reader, at, &id);

	if (r < 0)
		return r;
	if (!id)
		return eg_reader_fail(reader, at, "empty");
	r = eg_summary_app(reading->summary, id, &reading->app);
	if (r == 0 && reading->summary->apps_count == before)
		r = eg_reader_fail(reader, at, "this app is given twice");
	return r;
}

struct users {
	uint32_t *list;
	size_t count;
};

static int read_user(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct users *users = into;

	return eg_read_u32(reader, at, &users->list[users->count++]);
}

static int read_users(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct reading *reading = into;
	struct users users = { 0 };
	int r;

	if (!eg_reader_is(at, EG_JSON_ARRAY))
		return eg_reader_fail(reader, at, "not an array");
	r = eg_list_reserve(&users.list, 0, eg_json_count(at->value), sizeof(*users.list));
	if (r == 0)
		r = eg_reader_array(reader, at, read_user, &users);
	if (r == 0)
		r = eg_app_add_users(reading->app, users.list, users.count);
	free(users.list);
	return r;
}

static int read_processes(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct reading *reading = into;

	return eg_reader_array(reader, at, read_process, reading->app);
}

static int read_destinations(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct reading *reading = into;

	return eg_reader_array(reader, at, eg_read_row, reading->app);
}

/*
 * The app's own counters must be numbers, but are counted anew from its rows: so
 * that no document can make sums that don't add up.
 */
static const struct eg_member app_members[] = {
	EG_WHOLE_REQUIRED("id", read_id),
	EG_OPTIONAL(reading, "kind", staged.kind, eg_read_text),
	EG_OPTIONAL(reading, "name", staged.name, eg_read_text),
	EG_OPTIONAL(reading, "trust", staged.trust, eg_read_text),
	EG_OPTIONAL(reading, "via", staged.via, eg_read_text),
	EG_OPTIONAL(reading, "flag", staged.flag, eg_read_text),
	EG_WHOLE("users", read_users),
	EG_COUNTERS(reading, staged.counters),
	EG_SEEN(reading, staged.counters),
	EG_WHOLE("processes", read_processes),
	EG_OPTIONAL(reading, "processes_omitted", staged.processes_omitted, eg_read_count),
	EG_WHOLE_REQUIRED("destinations", read_destinations),
};

int eg_read_app(struct eg_reader *reader, const struct eg_at *at, void *into)
{
	struct reading reading = { .summary = into };
	struct eg_app *staged = &reading.staged;
	int r = eg_reader_object(reader, at, app_members, ARRAY_SIZE(app_members), &reading);

	if (r == 0) {
		r = eg_text_group_copy(&eg_app_texts, reading.app, staged);
		reading.app->processes_omitted =
			eg_sum(reading.app->processes_omitted, staged->processes_omitted);
	}
	eg_text_group_free(&eg_app_texts, staged);
	return r;
}

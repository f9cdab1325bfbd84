/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An app's processes: at most EG_PROCESSES_MAX, those that sort first. */
#include "process.h"
#include "destination.h"
#include "list.h"
#include "order.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/table.h>

void eg_process_free(struct eg_process_info *process)
{
	eg_text_group_free(&eg_process_texts, process);
	eg_text_list_free(process->command_line);
	process->command_line = NULL;
}

/* Where in the sorted list a process is, or would be. */
static size_t place_of(const struct eg_app *app, const struct eg_process_info *process,
		       bool *ret_found)
{
	size_t first = 0, end = app->processes_count;

	*ret_found = false;
	while (first < end) {
		size_t middle = first + (end - first) / 2;
		int r = eg_order_processes(&app->processes[middle], process);

		if (r == 0) {
			*ret_found = true;
			return middle;
		}
		if (r < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

/* The list doubles whenever its length is a power of two: most apps have one process. */
static int make_room(struct eg_app *app)
{
	size_t count = app->processes_count;

	if (count == EG_PROCESSES_MAX || (count & (count - 1)))
		return 0;
	return eg_list_reserve(&app->processes, count, count ? count : 1, sizeof(*app->processes));
}

/*
 * Puts a process into its place, which leaves `process` zeroed; or, where the
 * list is full, the one that falls off the end in it. Returns whether one fell.
 */
static bool insert(struct eg_app *app, size_t place, struct eg_process_info *process)
{
	struct eg_process_info last = { 0 };
	bool full = app->processes_count == EG_PROCESSES_MAX;

	if (place == EG_PROCESSES_MAX)
		return true;
	if (full)
		last = app->processes[EG_PROCESSES_MAX - 1];
	else
		app->processes_count++;
	memmove(&app->processes[place + 1], &app->processes[place],
		(app->processes_count - 1 - place) * sizeof(*app->processes));
	app->processes[place] = *process;
	*process = last;
	return full;
}

/* --- adding, as one trace does --- */

/* The later texts win; what is not known any more stays as it was known. */
static void take_text(char **into, char **from)
{
	if (*from && **from) {
		free(*into);
		*into = TAKE_PTR(*from);
	}
}

static void update(struct eg_process_info *into, struct eg_process_info *from)
{
	take_text(&into->comm, &from->comm);
	take_text(&into->executable, &from->executable);
	take_text(&into->cgroup, &from->cgroup);
	take_text(&into->component, &from->component);
	if (from->command_line) {
		eg_text_list_free(into->command_line);
		into->command_line = TAKE_PTR(from->command_line);
	}
	if (from->has_uid)
		into->uid = from->uid;
	if (from->has_ppid)
		into->ppid = from->ppid;
	into->has_uid |= from->has_uid;
	into->has_ppid |= from->has_ppid;
}

/* An empty text is an unknown one. */
static void normalise(struct eg_process_info *process)
{
	char **texts[] = { &process->comm, &process->executable, &process->cgroup,
			   &process->component };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (*texts[i] && !**texts[i]) {
			free(*texts[i]);
			*texts[i] = NULL;
		}
	}
}

/* What an omitted process is known by, in eg_app.processes_seen. */
struct seen_key {
	int64_t start;
	uint64_t pid;
};

/* Counts a process that found no room, once however often it is added. */
static int omit(struct eg_app *app, const struct eg_process_info *process)
{
	struct seen_key key = { .start = process->start, .pid = process->pid };
	size_t before;

	if (!app->processes_seen)
		app->processes_seen = eg_table_new(sizeof(key), 0);
	if (!app->processes_seen)
		return -ENOMEM;
	before = eg_table_count(app->processes_seen);
	if (!eg_table_add(app->processes_seen, &key))
		return -ENOMEM;
	app->processes_omitted += eg_table_count(app->processes_seen) - before;
	return 0;
}

static int add(struct eg_app *app, struct eg_process_info *process)
{
	bool found;
	size_t place = place_of(app, process, &found);

	if (found) {
		update(&app->processes[place], process);
		return 0;
	}
	if (make_room(app) < 0)
		return -ENOMEM;
	return insert(app, place, process) ? omit(app, process) : 0;
}

int eg_app_add_process(struct eg_app *app, struct eg_process_info *process)
{
	int r;

	normalise(process);
	r = add(app, process);
	eg_process_free(process);
	return r;
}

void eg_app_forget_process(struct eg_app *app, int64_t start, uint32_t pid)
{
	struct seen_key key = { .start = start, .pid = pid };

	if (app->processes_seen)
		eg_table_remove(app->processes_seen, &key);
}

/* --- merging --- */

static uint32_t summaries_of(const struct eg_process_info *process)
{
	return process->summaries ? process->summaries : 1;
}

/* Records of one process have no time, so the smaller one stays, known before unknown. */
static int compare_records(const struct eg_process_info *a, const struct eg_process_info *b)
{
	int r = eg_text_group_compare(&eg_process_texts, a, b);

	if (!r)
		r = eg_text_list_compare(a->command_line, b->command_line);
	if (!r)
		r = b->has_uid - a->has_uid;
	if (!r)
		r = EG_ORDER(a->uid, b->uid);
	if (!r)
		r = b->has_ppid - a->has_ppid;
	return r ? r : EG_ORDER(a->ppid, b->ppid);
}

static void swap(struct eg_process_info *a, struct eg_process_info *b)
{
	struct eg_process_info kept = *a;

	*a = *b;
	*b = kept;
}

static int merge_one(struct eg_app *app, struct eg_process_info *process)
{
	uint32_t summaries = summaries_of(process);
	bool found;
	size_t place = place_of(app, process, &found);

	if (found) {
		struct eg_process_info *listed = &app->processes[place];

		if (__builtin_add_overflow(summaries, summaries_of(listed), &summaries))
			summaries = UINT32_MAX;
		if (compare_records(process, listed) < 0)
			swap(process, listed);
		listed->summaries = summaries;
		return 0;
	}
	if (make_room(app) < 0)
		return -ENOMEM;
	if (insert(app, place, process))
		app->processes_omitted = eg_sum(app->processes_omitted, summaries_of(process));
	return 0;
}

int eg_app_merge_process(struct eg_app *app, struct eg_process_info *process)
{
	int r;

	normalise(process);
	r = merge_one(app, process);
	eg_process_free(process);
	return r;
}

int eg_process_copy(const struct eg_process_info *process, struct eg_process_info *ret_copy)
{
	_cleanup_(eg_process_free) struct eg_process_info copy = *process;

	copy.comm = copy.executable = copy.cgroup = copy.component = NULL;
	copy.command_line = NULL;
	if (process->command_line) {
		copy.command_line = eg_text_list_copy(process->command_line);
		if (!copy.command_line)
			return -ENOMEM;
	}
	if (eg_text_group_copy(&eg_process_texts, &copy, process) < 0)
		return -ENOMEM;
	*ret_copy = copy;
	copy = (struct eg_process_info){ 0 };
	return 0;
}

int eg_app_merge_processes(struct eg_app *into, const struct eg_app *from)
{
	for (size_t i = 0; i < from->processes_count; i++) {
		struct eg_process_info process;
		int r = eg_process_copy(&from->processes[i], &process);

		if (r == 0)
			r = eg_app_merge_process(into, &process);
		if (r < 0)
			return r;
	}
	into->processes_omitted = eg_sum(into->processes_omitted, from->processes_omitted);
	return 0;
}

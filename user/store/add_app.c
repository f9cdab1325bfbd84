/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding an interval: its apps, and the processes that were them. */
#include "add.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <egret/base.h>

static int compare_users(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

#define USER_SIZE sizeof("4294967295,")

/* Not by a stream: there are many apps in an interval, and few have a second user. */
static int print_users(const uint32_t *users, size_t count, char **ret_text)
{
	char *text = malloc(count * USER_SIZE);
	size_t size = 0;

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		size += (size_t)snprintf(text + size, USER_SIZE, "%s%" PRIu32, i ? "," : "",
					 users[i]);
	*ret_text = text;
	return 0;
}

/* The app's users as "0,1000", in order; NULL: none. */
static int list_users(const struct eg_app *app, char **ret_text)
{
	uint32_t *users;
	int r;

	if (!app->users_count)
		return 0;
	users = malloc(app->users_count * sizeof(*users));
	if (!users)
		return -ENOMEM;
	memcpy(users, app->users, app->users_count * sizeof(*users));
	qsort(users, app->users_count, sizeof(*users), compare_users);
	r = print_users(users, app->users_count, ret_text);
	free(users);
	return r;
}

static int add_omitted(struct eg_addition *addition, uint64_t count)
{
	struct eg_query query = eg_query(addition->store, "INSERT INTO omitted (period, app, count)"
							  " VALUES (?1, ?2, ?3)");

	eg_query_int(&query, addition->period);
	eg_query_int(&query, addition->app);
	eg_query_count(&query, count);
	return eg_query_run(&query);
}

int eg_add_app(const struct eg_app *app, void *data)
{
	struct eg_addition *addition = data;
	_cleanup_(eg_freep) char *users = NULL;
	const char *texts[EG_INTERN_TEXTS] = { app->id,	   app->kind, app->name,
					       app->trust, app->via,  app->flag };
	int r = list_users(app, &users);

	texts[6] = users;
	if (r == 0)
		r = eg_intern_texts(addition->store, EG_INTERN_APP, texts, &addition->app);
	if (r == 0 && app->processes_omitted)
		r = add_omitted(addition, app->processes_omitted);
	return r;
}

/* --- processes --- */

static int intern_process(struct eg_addition *addition, const struct eg_process_info *process,
			  const char *command_line, int64_t *ret_id)
{
	char start[24], pid[12], ppid[12], uid[12];
	const char *texts[EG_INTERN_TEXTS] = {
		start,
		pid,
		process->has_ppid ? ppid : NULL,
		process->has_uid ? uid : NULL,
		process->comm,
		process->executable,
		process->cgroup,
		process->component,
		command_line,
	};

	snprintf(start, sizeof(start), "%" PRId64, process->start);
	snprintf(pid, sizeof(pid), "%" PRIu32, process->pid);
	snprintf(ppid, sizeof(ppid), "%" PRIu32, process->ppid);
	snprintf(uid, sizeof(uid), "%" PRIu32, process->uid);
	return eg_intern_texts(addition->store, EG_INTERN_PROCESS, texts, ret_id);
}

int eg_add_process(const struct eg_process_info *process, void *data)
{
	struct eg_addition *addition = data;
	_cleanup_(eg_pack_free) struct eg_pack command_line = { 0 };
	struct eg_query query;
	int64_t id = 0;
	char **argument = addition->command_lines ? process->command_line : NULL;
	int r = 0;

	for (; argument && *argument && r == 0; argument++)
		r = eg_pack_add(&command_line, *argument);
	if (r == 0)
		r = intern_process(addition, process, command_line.text, &id);
	if (r < 0)
		return r;
	query = eg_query(addition->store, "INSERT OR IGNORE INTO used (period, app, process)"
					  " VALUES (?1, ?2, ?3)");
	eg_query_int(&query, addition->period);
	eg_query_int(&query, addition->app);
	eg_query_int(&query, id);
	return eg_query_run(&query);
}

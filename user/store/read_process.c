/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading a period: the processes of each app. */
#include "read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#define PROCESSES                                                                                  \
	EG_CHOSEN "SELECT DISTINCT a.app_id, p.start, p.pid, p.ppid, p.uid, p.comm, p.executable," \
		  " p.cgroup, p.component, p.command_line"                                         \
		  " FROM chosen c CROSS JOIN used u ON u.period = c.id"                            \
		  " JOIN app a ON a.id = u.app JOIN process p ON p.id = u.process"                 \
		  " ORDER BY p.start, p.pid, p.id"

static void free_process(struct eg_process_info *process)
{
	free(process->comm);
	free(process->executable);
	free(process->cgroup);
	free(process->component);
	eg_reading_free_list(process->command_line);
}

static int get_process(const struct eg_query *query, struct eg_process_info *process)
{
	char **const texts[] = { &process->comm, &process->executable, &process->cgroup,
				 &process->component };
	uint64_t numbers[3] = { 0 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(numbers) && r == 0; i++)
		r = eg_chosen_number(query, 2 + (int)i, UINT32_MAX, &numbers[i]);
	if (r == 0)
		r = eg_reading_texts(query, 5, ARRAY_SIZE(texts), texts);
	if (r < 0)
		return r;
	process->start = eg_query_get_int(query, 1);
	process->pid = (uint32_t)numbers[0];
	process->ppid = (uint32_t)numbers[1];
	process->has_ppid = !eg_query_is_null(query, 3);
	process->uid = (uint32_t)numbers[2];
	process->has_uid = !eg_query_is_null(query, 4);
	return eg_reading_list(query->store, eg_query_get_text(query, 9), &process->command_line);
}

static int add_process(struct eg_reading *reading, const struct eg_query *query)
{
	struct eg_process_info process = { 0 };
	struct eg_app *app;
	int r = get_process(query, &process);

	if (r == 0)
		r = eg_reading_app(reading, query, &app);
	if (r == 0)
		return eg_app_add_process(app, &process);
	free_process(&process);
	return r;
}

#define OMITTED                                                                                    \
	EG_CHOSEN "SELECT a.app_id, sum(o.count) FROM chosen c"                                    \
		  " CROSS JOIN omitted o ON o.period = c.id JOIN app a ON a.id = o.app"            \
		  " GROUP BY a.app_id"

static int add_omitted(struct eg_reading *reading, const struct eg_query *query)
{
	uint64_t count = 0;
	struct eg_app *app;
	int r = eg_chosen_number(query, 1, INT64_MAX, &count);

	if (r == 0)
		r = eg_reading_app(reading, query, &app);
	if (r == 0)
		app->processes_omitted += count;
	return r;
}

int eg_reading_processes(struct eg_reading *reading)
{
	int r = eg_reading_each(reading, PROCESSES, add_process);

	return r == 0 ? eg_reading_each(reading, OMITTED, add_omitted) : r;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* In place of the history, where egret is built without SQLite. */
#include <egret/store.h>

#include <errno.h>
#include <stdio.h>

static int refuse(struct eg_store_error *error)
{
	snprintf(error->reason, sizeof(error->reason), "this egret was built without SQLite");
	return -ENOTSUP;
}

int eg_store_record(const char *path, struct eg_store **ret_store, struct eg_store_error *ret_error)
{
	(void)path;
	(void)ret_store;
	return refuse(ret_error);
}

int eg_store_open(const char *path, struct eg_store **ret_store, struct eg_store_error *ret_error)
{
	(void)path;
	(void)ret_store;
	return refuse(ret_error);
}

pid_t eg_store_recorder(const char *path)
{
	(void)path;
	return 0;
}

/* There is never a store to call the rest with. */

void eg_store_close(struct eg_store *store)
{
	(void)store;
}

const char *eg_store_reason(const struct eg_store *store)
{
	(void)store;
	return "this egret was built without SQLite";
}

int eg_store_add(struct eg_store *store, const struct eg_summary *summary, const char *missed,
		 bool command_lines)
{
	(void)command_lines;
	(void)store;
	(void)summary;
	(void)missed;
	return -ENOTSUP;
}

int eg_store_tidy(struct eg_store *store, const struct eg_store_keep *keep, int64_t now)
{
	(void)store;
	(void)keep;
	(void)now;
	return -ENOTSUP;
}

int eg_store_read(struct eg_store *store, const struct eg_period *period,
		  struct eg_summary **ret_summary)
{
	(void)store;
	(void)period;
	(void)ret_summary;
	return -ENOTSUP;
}

int eg_store_gaps(struct eg_store *store, const struct eg_period *period,
		  int (*call)(const struct eg_gap *gap, void *data), void *data)
{
	(void)store;
	(void)period;
	(void)call;
	(void)data;
	return -ENOTSUP;
}

int eg_store_timeline(struct eg_store *store, const struct eg_period *period, int64_t step,
		      int (*call)(const struct eg_moment *moment, void *data), void *data)
{
	(void)store;
	(void)period;
	(void)step;
	(void)call;
	(void)data;
	return -ENOTSUP;
}

int eg_store_extent(struct eg_store *store, struct eg_period *ret_period)
{
	(void)store;
	(void)ret_period;
	return -ENOTSUP;
}

int eg_store_resolves(struct eg_store *store, const struct eg_period *period, int64_t step)
{
	(void)store;
	(void)period;
	(void)step;
	return -ENOTSUP;
}

int eg_store_latest(struct eg_store *store, int64_t before, struct eg_period *ret_period)
{
	(void)store;
	(void)before;
	(void)ret_period;
	return -ENOTSUP;
}

uint64_t eg_store_size(struct eg_store *store)
{
	(void)store;
	return 0;
}

const char *eg_store_library(void)
{
	return NULL;
}

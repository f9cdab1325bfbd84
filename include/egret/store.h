/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The history: summaries of intervals in a database, and the summary of any period out of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <egret/flow.h>

/*
 * One recorder writes, any number of others read meanwhile. What was added is on
 * the disk when eg_store_add() has returned 0; whatever ends the program, the
 * machine or the disk's space before that leaves the history as it was.
 * Intervals are kept as they are and, once their hour is over, added to the sums
 * of its hour and day, which are kept longer. Times are CLOCK_REALTIME ns.
 */
struct eg_store;

#define EG_STORE_PATH "/var/lib/egret/history.db"
/* Who may read it: files are 0640 and of this group, where it exists. */
#define EG_STORE_GROUP "egret"

/* Why something failed: one line, without the file's name. */
struct eg_store_error {
	char reason[200];
};

/*
 * Opens the history to record, made if there is none, brought up to this
 * version's form if it is older. -EBUSY: somebody records into it already, the
 * reason names the pid; -EBADMSG: damaged or not a history; -ENOTSUP: made by a
 * newer egret, or this build has no SQLite; -ENOSPC, -EROFS, -EACCES, ...: of
 * the file system. *ret_error is filled on failure.
 */
int eg_store_record(const char *path, struct eg_store **ret_store,
		    struct eg_store_error *ret_error);

/*
 * Opens a history to read, whether somebody records into it or not; takes no
 * more than permission to read the file and those beside it. As above; -ENOENT.
 */
int eg_store_open(const char *path, struct eg_store **ret_store, struct eg_store_error *ret_error);
void eg_store_close(struct eg_store *store);
static inline void eg_store_closep(struct eg_store **store)
{
	eg_store_close(*store);
}

/* The process that records into the history at `path` now; 0: none, or it can't be told. */
pid_t eg_store_recorder(const char *path);

/* Why the last call failed; valid until the next one. */
const char *eg_store_reason(const struct eg_store *store);

/*
 * Adds an interval, grouped by app, of one host, as one transaction. Where the
 * one before ended earlier than this one begins, a gap is noted, and `missed`
 * (a few words) as its reason. Argument vectors, which can hold secrets, only
 * where `command_lines` says so. 0; -EINVAL: another grouping or host count;
 * -ESTALE: the file was replaced or removed: open it again; -ENOSPC, -EROFS,
 * -EIO, ...: nothing was added, trying again later may help.
 */
int eg_store_add(struct eg_store *store, const struct eg_summary *summary, const char *missed,
		 bool command_lines);

/* For how long things are kept, ns; 0: for ever. */
struct eg_store_keep {
	int64_t intervals, hours, days;
	uint64_t bytes; /* room for all of it: the oldest goes first; 0: no bound */
};

/*
 * Sums up hours that are over by `now` and forgets what is too old or too much;
 * to be called after each interval, does little when there is little to do. A
 * clock that is wrong for a while makes it forget a day too early per hour, not
 * everything. 0 or -errno as above.
 */
int eg_store_tidy(struct eg_store *store, const struct eg_store_keep *keep, int64_t now);

/*
 * The summary of all intervals that begin in the period, as merging them gives
 * it, but that spans without a gap are one period, and that a process counts
 * once. Where only an hour's or day's sum is left, it is in if all of the hour or day
 * is. 0, -EBADMSG: damaged, -ENOMEM, ... The caller frees *ret_summary.
 */
int eg_store_read(struct eg_store *store, const struct eg_period *period,
		  struct eg_summary **ret_summary);

/* When nothing was recorded, and why. */
struct eg_gap {
	struct eg_period period;
	const char *reason;
};
/* Calls back in order of time for each gap that overlaps the period. A negative return stops. */
int eg_store_gaps(struct eg_store *store, const struct eg_period *period,
		  int (*call)(const struct eg_gap *gap, void *data), void *data);

/* What one row counted in a part of a period. Belongs to the call. */
struct eg_moment {
	const char *app; /* its id */
	struct eg_destination_key key;
	int64_t time; /* when the interval, hour or day began */
	struct eg_bytes bytes;
};
/*
 * Calls back, in no order, for what eg_store_read() of the period adds up, in parts
 * that are as long as `step` (ns) at most, or as an interval. What is kept as sums
 * of longer parts only is left out. A negative return stops. 0 or -errno.
 */
int eg_store_timeline(struct eg_store *store, const struct eg_period *period, int64_t step,
		      int (*call)(const struct eg_moment *moment, void *data), void *data);

/*
 * Is all that is recorded of the period kept in parts that are as long as `step` (ns) at
 * most, or as an interval? 1, 0: what is older than a certain age is not, or -errno.
 */
int eg_store_resolves(struct eg_store *store, const struct eg_period *period, int64_t step);

/* From the first to the last moment recorded; zeroes: nothing yet. 0 or -errno. */
int eg_store_extent(struct eg_store *store, struct eg_period *ret_period);
/* The newest interval that began before a time; zeroes: none is kept. 0 or -errno. */
int eg_store_latest(struct eg_store *store, int64_t before, struct eg_period *ret_period);
/* What the file takes, bytes. */
uint64_t eg_store_size(struct eg_store *store);

/* The library behind it ("SQLite 3.40.1"), NULL: none in this build. */
const char *eg_store_library(void);

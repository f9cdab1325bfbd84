/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Opening the history: files and who may read them, the recorder's lock, SQLite's settings. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <egret/base.h>

#define MODE 0640
#define BUSY_MS 2000

static int fail(struct eg_store *store, int error)
{
	snprintf(store->error.reason, sizeof(store->error.reason), "%s", strerror(-error));
	return error;
}

/* --- files --- */

/* From the file itself: asking name services would be traffic of our own. -1: none. */
static gid_t find_group(const char *name)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen("/etc/group", "re");
	struct group *group;

	while (stream && (group = fgetgrent(stream))) {
		if (strcmp(group->gr_name, name) == 0)
			return group->gr_gid;
	}
	return (gid_t)-1;
}

/* Opens a file of ours, made if there is none: readable for the group from the start. */
static int make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat status;
	gid_t group;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) == 0 && status.st_uid == geteuid()) {
		/* What fails here leaves fewer readers, not more. */
		group = find_group(EG_STORE_GROUP);
		if (group != (gid_t)-1 && fchown(fd, (uid_t)-1, group) < 0)
			group = (gid_t)-1;
		if (fchmod(fd, MODE) < 0)
			group = (gid_t)-1;
	}
	return fd;
}

/* The folder that /var/lib/egret is: where it can't be made, making the file says why. */
static void make_folder(const char *path)
{
	_cleanup_(eg_freep) char *copy = strdup(path);
	const char *folder = copy ? dirname(copy) : NULL;
	gid_t group;

	if (!folder || mkdir(folder, 0750) < 0)
		return;
	group = find_group(EG_STORE_GROUP);
	if (group != (gid_t)-1 && chown(folder, (uid_t)-1, group) < 0)
		eg_debug("%s is for its owner only: %m", folder);
}

/* --- the recorder's lock: held by a file beside it, which says who --- */

static int refuse_second(struct eg_store *store, int fd)
{
	char pid[24] = "";
	ssize_t size = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[size > 0 ? strspn(pid, "0123456789") : 0] = '\0';
	snprintf(store->error.reason, sizeof(store->error.reason),
		 "is being recorded into already, by process %s", *pid ? pid : "(unknown)");
	return -EBUSY;
}

static int take_lock(struct eg_store *store)
{
	_cleanup_(eg_freep) char *path = NULL;
	_cleanup_(eg_closep) int fd = -1;

	if (asprintf(&path, "%s.lock", store->path) < 0) {
		path = NULL;
		return fail(store, -ENOMEM);
	}
	fd = make_file(path);
	if (fd < 0)
		return fail(store, fd);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? refuse_second(store, fd) : fail(store, -errno);
	/* A full disk is no reason not to record: it may not stay full. */
	if (ftruncate(fd, 0) == 0)
		dprintf(fd, "%d\n", getpid());
	store->lock = TAKE_FD(fd);
	return 0;
}

/* --- SQLite --- */

/* A damaged or hostile file must not get further than an error. */
static void harden(sqlite3 *sqlite)
{
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(sqlite, SQLITE_LIMIT_LENGTH, 16 << 20);
	sqlite3_limit(sqlite, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_busy_timeout(sqlite, BUSY_MS);
}

/*
 * FULL: a transaction is on the disk when it has ended. No memory mapping: a file
 * that is cut short would be a SIGBUS instead of an error.
 */
static const char settings[] = "PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;"
			       "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
			       "PRAGMA journal_size_limit = 4194304; PRAGMA cache_size = -8192;";

static int open_sqlite(struct eg_store *store, int flags)
{
	int keep = 1;
	int rc = sqlite3_open_v2(store->path, &store->sqlite,
				 flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);

	if (rc != SQLITE_OK)
		return eg_store_fail(store, rc);
	sqlite3_extended_result_codes(store->sqlite, 1);
	harden(store->sqlite);
	/* So that those who may only read find the files that they need. */
	sqlite3_file_control(store->sqlite, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
	return eg_store_execute(store, settings);
}

static int identify(struct eg_store *store)
{
	struct stat status;

	if (stat(store->path, &status) < 0)
		return fail(store, -errno);
	if (!S_ISREG(status.st_mode)) {
		snprintf(store->error.reason, sizeof(store->error.reason), "is not a file");
		return -EBADMSG;
	}
	store->device = status.st_dev;
	store->inode = status.st_ino;
	return 0;
}

/* --- opening --- */

static int record(struct eg_store *store)
{
	int fd, r;

	make_folder(store->path);
	r = take_lock(store);
	if (r < 0)
		return r;
	fd = make_file(store->path);
	if (fd < 0)
		return fail(store, fd);
	close(fd);
	r = identify(store);
	if (r == 0)
		r = open_sqlite(store, SQLITE_OPEN_READWRITE);
	return r == 0 ? eg_schema_check(store, true) : r;
}

static int read_only(struct eg_store *store)
{
	int r = identify(store);

	if (r == 0 && access(store->path, R_OK) < 0)
		r = fail(store, -errno);
	if (r == 0)
		r = open_sqlite(store, SQLITE_OPEN_READONLY);
	return r == 0 ? eg_schema_check(store, false) : r;
}

static int open_with(const char *path, int (*how)(struct eg_store *store),
		     struct eg_store **ret_store, struct eg_store_error *ret_error)
{
	struct eg_store *store = calloc(1, sizeof(*store));
	int r = -ENOMEM;

	if (store) {
		store->lock = -1;
		store->path = strdup(path);
		store->intern = eg_intern_new();
		r = store->path && store->intern ? how(store) : fail(store, -ENOMEM);
	}
	if (r < 0) {
		snprintf(ret_error->reason, sizeof(ret_error->reason), "%s",
			 store ? store->error.reason : strerror(ENOMEM));
		eg_store_close(store);
		return r;
	}
	*ret_store = store;
	return 0;
}

int eg_store_record(const char *path, struct eg_store **ret_store, struct eg_store_error *ret_error)
{
	return open_with(path, record, ret_store, ret_error);
}

int eg_store_open(const char *path, struct eg_store **ret_store, struct eg_store_error *ret_error)
{
	return open_with(path, read_only, ret_store, ret_error);
}

void eg_store_close(struct eg_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->statements_count; i++)
		sqlite3_finalize(store->statements[i].statement);
	sqlite3_close(store->sqlite);
	eg_intern_free(store->intern);
	if (store->lock >= 0)
		close(store->lock);
	free(store->path);
	free(store);
}

/* --- about it --- */

/* The period that a query's one row is; zeroes: it has none. */
static int find_period(struct eg_query query, struct eg_period *ret_period)
{
	int r = eg_query_next(&query);

	if (r >= 0)
		*ret_period = (struct eg_period){ 0 };
	if (r > 0)
		*ret_period = (struct eg_period){ .start = eg_query_get_int(&query, 0),
						  .end = eg_query_get_int(&query, 1) };
	eg_query_end(&query);
	return r < 0 ? r : 0;
}

int eg_store_extent(struct eg_store *store, struct eg_period *ret_period)
{
	return find_period(eg_query(store, "SELECT min(start), max(end) FROM period"), ret_period);
}

int eg_store_latest(struct eg_store *store, int64_t before, struct eg_period *ret_period)
{
	struct eg_query query =
		eg_query(store, "SELECT start, end FROM period WHERE level = 0 AND bucket < ?1 "
				"ORDER BY bucket DESC, end DESC LIMIT 1");

	eg_query_int(&query, before);
	return find_period(query, ret_period);
}

uint64_t eg_store_size(struct eg_store *store)
{
	static const char *const texts[] = { "PRAGMA page_count", "PRAGMA freelist_count",
					     "PRAGMA page_size" };
	int64_t numbers[ARRAY_SIZE(texts)] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct eg_query query = eg_query(store, texts[i]);

		if (eg_query_number(&query, &numbers[i]) < 0)
			return 0;
	}
	return (uint64_t)((numbers[0] - numbers[1]) * numbers[2]);
}

const char *eg_store_library(void)
{
	return "SQLite " SQLITE_VERSION;
}

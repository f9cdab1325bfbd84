/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files, rights, locks; and what ends a recorder without asking: kill -9, a full disk. */
#include "history.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "user/store/private.h"

static const struct eg_store_keep keep_all;

/* Of the connection that records: it is none of what others see in the file. */
static int64_t pragma(struct eg_store *store, const char *text)
{
	struct eg_query query = eg_query(store, text);
	int64_t value = -1;

	assert_int_equal(eg_query_number(&query, &value), 1);
	return value;
}

/* What was added is to be there after a power loss: NORMAL would lose it with WAL. */
static void is_on_the_disk_when_it_says_so(void **state)
{
	struct eg_store *store = history_record();

	(void)state;
	history_interval(store, DAY_ONE, 1);
	assert_int_equal(pragma(store, "PRAGMA synchronous"), 2); /* FULL */
	eg_store_close(store);
}

/* --- who may what --- */

static void refuses_a_second_recorder(void **state)
{
	struct eg_store *store = history_record();
	char words[64];

	(void)state;
	snprintf(words, sizeof(words), "already, by process %d", getpid());
	history_refuses(eg_store_record, -EBUSY, words);
	eg_store_close(store);
	eg_store_close(history_record());
}

static void is_not_for_everybody(void **state)
{
	static const char *const names[] = { "", "-wal", "-shm", ".lock" };
	struct eg_store *store = history_record();
	struct stat status;
	char path[96];

	(void)state;
	history_interval(store, DAY_ONE, 1);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s%s", history_path, names[i]);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_mode & 07777, 0640);
	}
	eg_store_close(store);
	/* those that read find what they need */
	snprintf(path, sizeof(path), "%s-wal", history_path);
	assert_int_equal(stat(path, &status), 0);
}

/* In a child, as one who is only in the files' group. */
static int read_as_member(void)
{
	static const struct eg_period all = { .start = 0, .end = INT64_MAX };
	struct eg_store_error error;
	struct eg_summary *summary;
	struct eg_store *store;
	int r;

	if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
		return 100;
	r = eg_store_open(history_path, &store, &error);
	if (r == 0)
		r = eg_store_read(store, &all, &summary);
	if (r < 0)
		return -r;
	return eg_summary_totals(summary).bytes.sent == 5 ? 0 : 101;
}

static void assert_member_reads(int expected)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child)
		_exit(read_as_member());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

static void lets_the_group_read(void **state)
{
	static const char *const names[] = { "", "-wal", "-shm" };
	struct eg_store *store;
	char path[96];

	(void)state;
	if (geteuid() != 0)
		skip();
	store = history_record();
	history_interval(store, DAY_ONE, 5);
	assert_int_equal(chmod(history_folder, 0750), 0);
	assert_member_reads(EACCES);
	assert_int_equal(chown(history_folder, 0, 65534), 0);
	assert_member_reads(EACCES);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s%s", history_path, names[i]);
		assert_int_equal(chown(path, 0, 65534), 0);
	}
	assert_member_reads(0);
	eg_store_close(store);
	assert_member_reads(0);
}

/* --- files that are not what they should be --- */

static void refuses_what_is_no_file(void **state)
{
	(void)state;
	history_refuses(eg_store_open, -ENOENT, "No such file");
	assert_int_equal(mkdir(history_path, 0700), 0);
	history_refuses(eg_store_open, -EBADMSG, "is not a file");
	history_refuses(eg_store_record, -EISDIR, "Is a directory");
	assert_int_equal(rmdir(history_path), 0);
	assert_int_equal(symlink("/dev/null", history_path), 0);
	history_refuses(eg_store_record, -ELOOP, "");
}

static void tells_that_the_file_is_gone(void **state)
{
	struct eg_store *store = history_record();
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + 1);

	(void)state;
	assert_int_equal(unlink(history_path), 0);
	assert_int_equal(eg_store_add(store, summary, NULL, true), -ESTALE);
	eg_store_close(store);
	store = history_record();
	history_add(store, summary);
	eg_store_close(store);
	eg_summary_free(summary);
}

static void flip(int fd, off_t size, struct model_random *random)
{
	for (unsigned i = 1 + model_below(random, 60); i > 0; i--) {
		char byte = (char)model_below(random, 256);
		off_t offset = model_below(random, (unsigned)size);

		/* of the header, only what it says of the content */
		assert_int_equal(pwrite(fd, &byte, 1, offset < 100 ? offset + 100 : offset), 1);
	}
}

/* Opens and reads, come what may; true if it found a fault. */
static bool finds_fault(const struct eg_period *period)
{
	struct eg_summary *summary = NULL;
	struct eg_store_error error;
	struct eg_store *store;
	int r = eg_store_open(history_path, &store, &error);

	if (r < 0) {
		assert_true(*error.reason);
		return true;
	}
	r = eg_store_read(store, period, &summary);
	if (r < 0)
		assert_true(*eg_store_reason(store));
	eg_summary_free(summary);
	eg_store_close(store);
	return r < 0;
}

static void survives_damage(void **state)
{
	static const struct eg_period all = { .start = 0, .end = INT64_MAX };
	struct model_random random = { .state = 5 };
	struct eg_store *store = history_record();
	char *good, path[96];
	struct stat status;
	int fd, faults = 0;

	(void)state;
	for (int i = 0; i < 40; i++) {
		struct eg_summary *summary = model_any_summary(&random);

		summary->period.start = DAY_ONE + MINUTES(i);
		history_add(store, summary);
		eg_summary_free(summary);
	}
	assert_int_equal(eg_store_tidy(store, &keep_all, DAY_ONE + HOURS(2)), 0);
	eg_store_close(store);
	snprintf(path, sizeof(path), "%s-wal", history_path);
	assert_int_equal(truncate(path, 0), 0);
	fd = open(history_path, O_RDWR | O_CLOEXEC);
	assert_int_equal(fstat(fd, &status), 0);
	good = malloc((size_t)status.st_size);
	assert_int_equal(pread(fd, good, (size_t)status.st_size, 0), status.st_size);
	assert_false(finds_fault(&all));
	for (int i = 0; i < 150; i++) {
		assert_int_equal(pwrite(fd, good, (size_t)status.st_size, 0), status.st_size);
		flip(fd, status.st_size, &random);
		faults += finds_fault(&all);
	}
	assert_true(faults > 50);
	/* cut short */
	for (off_t size = status.st_size - 1000; size > 0; size -= 9999) {
		assert_int_equal(ftruncate(fd, size), 0);
		finds_fault(&all);
	}
	free(good);
	close(fd);
}

/* --- what ends a recorder --- */

static void assert_intact(const char *path)
{
	sqlite3_stmt *statement;
	sqlite3 *sqlite;

	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(sqlite, "PRAGMA integrity_check", -1, &statement, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
	sqlite3_close(sqlite);
}

#define ADDING "a"
#define TIDYING "t"

/*
 * Adds intervals of one byte each, and tells what it is about to do. There is one in an
 * hour, so that each time an hour, and now and then a day, is summed up and another forgotten.
 */
static void record_until_killed(int fd, int64_t start)
{
	static const struct eg_store_keep keep = { .intervals = HOURS(5), .hours = HOURS(40) };
	struct eg_store *store = history_record();

	for (int64_t i = 0; write(fd, ADDING, 1) == 1; i++) {
		history_interval(store, start + HOURS(i), 1);
		if (write(fd, TIDYING, 1) != 1 ||
		    eg_store_tidy(store, &keep, start + HOURS(i + 1)) < 0)
			break;
	}
	_exit(1);
}

/* What a child told until it was killed. */
struct told {
	uint64_t intervals; /* begun to be added */
	bool tidying; /* when it was killed */
};

static void hear(struct told *told, const char *bytes, ssize_t size)
{
	for (ssize_t i = 0; i < size; i++) {
		told->tidying = bytes[i] == *TIDYING;
		told->intervals += bytes[i] == *ADDING;
	}
}

/* Once it has told `count` times. */
static struct told kill_recorder(int64_t start, unsigned count)
{
	struct told told = { 0 };
	char bytes[64];
	ssize_t size;
	int pipes[2];
	pid_t child;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child)
		record_until_killed(pipes[1], start);
	close(pipes[1]);
	for (; count > 0; count--) {
		assert_int_equal(read(pipes[0], bytes, 1), 1);
		hear(&told, bytes, 1);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	while ((size = read(pipes[0], bytes, sizeof(bytes))) > 0)
		hear(&told, bytes, size);
	close(pipes[0]);
	return told;
}

/* EG_KILLS in the environment: how many. */
static void loses_nothing_when_killed(void **state)
{
	const char *wanted = getenv("EG_KILLS");
	int rounds = wanted ? (int)strtol(wanted, NULL, 10) : 20;
	struct model_random random = { .state = 3 };
	uint64_t added = 0;
	int while_tidying = 0;

	(void)state;
	for (int round = 0; round < rounds; round++) {
		struct told told =
			kill_recorder(DAY_ONE + DAYS(30LL * round), 1 + model_below(&random, 100));
		uint64_t begun = added + told.intervals;
		struct eg_store *store = history_record();

		/* What it said before the last one is in; the last one may be. */
		assert_in_range(history_sent(store, 0, INT64_MAX), begun - !told.tidying, begun);
		added = history_sent(store, 0, INT64_MAX);
		eg_store_close(store);
		assert_intact(history_path);
		while_tidying += told.tidying;
	}
	assert_true(while_tidying > rounds / 10);
}

static void fill(const char *path)
{
	static const char bytes[512];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (write(fd, bytes, sizeof(bytes)) > 0)
		;
	close(fd);
}

static int note_gap(const struct eg_gap *gap, void *data)
{
	struct eg_period *period = data;

	assert_string_equal(gap->reason, "the disk was full");
	assert_int_equal(period->end, 0);
	*period = gap->period;
	return 0;
}

static void record_on_a_full_disk(struct eg_store *store, const char *ballast)
{
	struct eg_period gap = { 0 }, all = { .start = 0, .end = INT64_MAX };
	struct eg_summary *summary;
	int64_t start = DAY_ONE + SECONDS(10);
	uint64_t missed = 0;

	history_interval(store, DAY_ONE, 1);
	fill(ballast);
	for (;; start += SECONDS(10)) {
		int r;

		summary = history_summary(start, start + SECONDS(10));
		for (int i = 0; i < 200; i++)
			history_row(summary, "exe:/a", (uint8_t)i, 1);
		r = eg_store_add(store, summary, NULL, true);
		eg_summary_free(summary);
		if (r == -ENOSPC && ++missed == 3)
			break;
		assert_true(r == 0 || r == -ENOSPC);
	}
	assert_int_equal(unlink(ballast), 0);
	summary = history_summary(start + SECONDS(10), start + SECONDS(20));
	assert_int_equal(eg_store_add(store, summary, "the disk was full", true), 0);
	eg_summary_free(summary);
	assert_int_equal(eg_store_gaps(store, &all, note_gap, &gap), 0);
	assert_int_equal(gap.start, start - SECONDS(20));
	assert_int_equal(gap.end, start + SECONDS(10));
}

/* A disk of one megabyte, in a mount namespace of our own. */
static void goes_on_after_a_full_disk(void **state)
{
	struct eg_store *store;
	char ballast[96];

	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		skip();
	assert_int_equal(mount("egret", history_folder, "tmpfs", 0, "size=1m"), 0);
	snprintf(ballast, sizeof(ballast), "%s/ballast", history_folder);
	store = history_record();
	record_on_a_full_disk(store, ballast);
	eg_store_close(store);
	assert_intact(history_path);
	assert_int_equal(umount(history_folder), 0);
}

static void goes_on_after_a_read_only_disk(void **state)
{
	struct eg_summary *summary = history_summary(DAY_ONE, DAY_ONE + SECONDS(10));
	struct eg_store *store;
	int r;

	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		skip();
	assert_int_equal(mount("egret", history_folder, "tmpfs", 0, "size=1m"), 0);
	assert_int_equal(mount("none", history_folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	history_refuses(eg_store_record, -EROFS, "Read-only file system");
	assert_int_equal(mount("none", history_folder, NULL, MS_REMOUNT, NULL), 0);
	store = history_record();
	history_add(store, summary);
	eg_store_close(store);
	/* One that can't be written may still be read. */
	assert_int_equal(mount("none", history_folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	store = history_open();
	r = eg_store_add(store, summary, NULL, true);
	assert_int_equal(r, -EROFS);
	assert_int_equal(history_sent(store, 0, INT64_MAX), 0);
	eg_store_close(store);
	eg_summary_free(summary);
	assert_int_equal(umount(history_folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(refuses_a_second_recorder),
		HISTORY_TEST(is_not_for_everybody),
		HISTORY_TEST(lets_the_group_read),
		HISTORY_TEST(refuses_what_is_no_file),
		HISTORY_TEST(tells_that_the_file_is_gone),
		HISTORY_TEST(survives_damage),
		HISTORY_TEST(is_on_the_disk_when_it_says_so),
		HISTORY_TEST(loses_nothing_when_killed),
		HISTORY_TEST(goes_on_after_a_full_disk),
		HISTORY_TEST(goes_on_after_a_read_only_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

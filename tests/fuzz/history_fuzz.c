/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A history of any bytes: read, recorded into, or refused with a reason. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <egret/base.h>
#include <egret/out.h>
#include <egret/store.h>

#include "fuzz.h"

#define HOUR_NS (3600 * NSEC_PER_SEC)

static char folder[] = "/dev/shm/egret-fuzz-XXXXXX";
static char file[40];

static void remove_files(void)
{
	static const char *const ends[] = { "", "-journal", "-wal", "-shm", ".lock" };
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", file, ends[i]);
		unlink(path);
	}
}

static void remove_folder(void)
{
	remove_files();
	rmdir(folder);
}

static void make_file(const uint8_t *data, size_t size)
{
	_cleanup_(eg_closep) int fd = -1;

	if (!*file) {
		fuzz_require(mkdtemp(folder));
		snprintf(file, sizeof(file), "%s/history.db", folder);
		atexit(remove_folder);
	}
	remove_files();
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fuzz_require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
}

static bool is_expected(int r)
{
	return r == 0 || r == -EBADMSG || r == -ENOTSUP || r == -ENOMEM || r == -EIO ||
	       r == -ENOSPC || r == -EROFS || r == -EBUSY || r == -ENOENT || r == -EINVAL;
}

/* What is read is printed harmlessly, whatever it says. */
static void print(const struct eg_summary *summary)
{
	static const enum eg_format formats[] = { EG_FORMAT_JSON, EG_FORMAT_TEXT };
	const struct eg_print_options options = { .header = true, .columns = 80 };
	struct fuzz_stream stream;
	char *text;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		fuzz_open(&stream);
		fuzz_require(eg_print_summary(stream.stream, formats[i], summary, &options) == 0);
		text = fuzz_close(&stream);
		fuzz_require_harmless(text, stream.size);
		free(text);
	}
}

static int see_gap(const struct eg_gap *gap, void *data)
{
	(void)data;
	return gap->reason && strlen(gap->reason) > 1 << 20 ? -E2BIG : 0;
}

static int see_moment(const struct eg_moment *moment, void *data)
{
	(void)data;
	fuzz_require(moment->app);
	return 0;
}

static void read_all(struct eg_store *store)
{
	const struct eg_period all = { .start = 1, .end = INT64_MAX - 1 };
	struct eg_summary *summary = NULL;
	struct eg_period extent;

	fuzz_require(is_expected(eg_store_extent(store, &extent)));
	if (eg_store_read(store, &all, &summary) == 0)
		print(summary);
	eg_summary_free(summary);
	fuzz_require(is_expected(eg_store_gaps(store, &all, see_gap, NULL)));
	fuzz_require(is_expected(eg_store_timeline(store, &all, HOUR_NS, see_moment, NULL)));
	eg_store_size(store);
}

static void record(struct eg_store *store)
{
	const struct eg_store_keep keep = { .intervals = HOUR_NS, .hours = HOUR_NS, .bytes = 9999 };
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);

	fuzz_require(summary);
	summary->period = (struct eg_period){ .start = HOUR_NS, .end = 2 * HOUR_NS };
	summary->hosts = calloc(1, sizeof(*summary->hosts));
	summary->periods = calloc(1, sizeof(*summary->periods));
	fuzz_require(summary->hosts && summary->periods);
	summary->periods[0] = summary->period;
	summary->hosts_count = summary->periods_count = 1;
	fuzz_require(is_expected(eg_store_add(store, summary, "fuzzing", false)));
	fuzz_require(is_expected(eg_store_tidy(store, &keep, INT64_MAX / 2)));
	eg_summary_free(summary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eg_store_error error = { "" };
	struct eg_store *store = NULL;

	make_file(data, size);
	if (eg_store_open(file, &store, &error) == 0)
		read_all(store);
	else
		fuzz_require(*error.reason);
	eg_store_close(store);
	store = NULL;
	if (eg_store_record(file, &store, &error) == 0)
		record(store);
	eg_store_close(store);
	return 0;
}

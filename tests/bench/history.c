/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the history costs: writing rows, the room they take, a month's report, a recorder. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <egret/base.h>
#include <egret/store.h>
#include <harness/egret.h>
#include <harness/program.h>

#include "benches.h"
#include "cost.h"
#include "loop.h"
#include "office.h"
#include "process.h"
#include "report.h"

#define SECOND_NS NSEC_PER_SEC
#define HOUR_NS (3600 * SECOND_NS)
#define DAY_NS (24 * HOUR_NS)
#define MILLION 1000000

struct history {
	struct test *test;
	const char *path;
	struct eg_store *store;
	struct office office;
	int64_t now; /* where the next interval begins */
	double rows; /* so far */
	double seconds, cpu; /* in the store */
};

static double wall(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / NSEC_PER_SEC;
}

/* A new one; its first interval is so long ago, in whole hours, and each so long. */
static struct history history_new(struct test *test, int64_t ago, int64_t interval)
{
	struct history history = {
		.test = test,
		.path = test_path(test, "history.db"),
		.office = { .interval = interval },
		.now = eg_now_ns() / HOUR_NS * HOUR_NS - ago,
	};
	struct eg_store_error error = { "" };

	if (!eg_store_library())
		test_skip(test, "this build has no SQLite");
	if (eg_store_record(history.path, &history.store, &error) < 0)
		test_fail(test, "%s: %s", history.path, error.reason);
	return history;
}

/* What a recorder does after each interval. */
static void write_interval(struct history *history, const struct eg_summary *summary)
{
	static const struct eg_store_keep keep = { .intervals = 31 * DAY_NS,
						   .hours = 365 * DAY_NS };
	double begun = wall(), cpu = cpu_ns();
	int r = eg_store_add(history->store, summary, "the bench", false);

	if (r == 0)
		r = eg_store_tidy(history->store, &keep, summary->period.end);
	if (r < 0)
		test_fail(history->test, "%s", eg_store_reason(history->store));
	history->seconds += wall() - begun;
	history->cpu += (cpu_ns() - cpu) / NSEC_PER_SEC;
	history->rows += (double)eg_summary_totals(summary).destinations;
}

static void record(struct history *history, int64_t span, unsigned rows)
{
	for (int64_t end = history->now + span; history->now < end;
	     history->now += history->office.interval) {
		struct eg_summary *summary = office_interval(&history->office, history->now, rows);

		require(history->test, summary);
		write_interval(history, summary);
		eg_summary_free(summary);
	}
}

static void report_writing(const struct history *history, const char *name, double goal)
{
	report_value(name, "s", history->seconds / history->rows * MILLION, goal);
	report_value("  CPU time of that", "s", history->cpu / history->rows * MILLION, NONE);
}

void bench_history(struct test *test)
{
	struct history history = history_new(test, 6 * HOUR_NS, 10 * SECOND_NS);

	/* The hour's sums are in it. */
	while (history.rows < MILLION)
		record(&history, 5 * 60 * SECOND_NS, OFFICE_ROWS_MAX);
	report_writing(&history, "history, a million rows, 1,000 in 10 s: write", 5);
	eg_store_close(history.store);
}

static double file_size(struct history *history)
{
	struct stat status;

	if (stat(history->path, &status) < 0)
		test_fail(history->test, "%s: %m", history->path);
	return (double)status.st_size;
}

/* On the first day each destination is new; what a row takes shows on the second one. */
void bench_history_room(struct test *test)
{
	struct history history = history_new(test, 3 * DAY_NS, 10 * SECOND_NS);
	const unsigned rows = 39; /* 10,000,000 in 30 days */
	double size, before;

	record(&history, DAY_NS, rows);
	size = file_size(&history);
	before = history.rows;
	record(&history, DAY_NS, rows);
	report_value("history, room for a row of a 10-second interval", "bytes",
		     (file_size(&history) - size) / (history.rows - before), 60);
	report_writing(&history, "  a million rows, 39 in 10 s: write", NONE);
	eg_store_close(history.store);
}

static void report_month(struct history *history, const char *format, const char *name)
{
	const char *argv[] = { history->test->egret, "report",	"--database",
			       history->path,	     "--since", "30d",
			       "--format",	     format,	"-o",
			       "/dev/null",	     NULL };
	double begun = wall();
	struct output output =
		program_run(history->test, &(struct program_options){ .argv = argv });

	begun = wall() - begun;
	if (output.status)
		test_fail(history->test, "report: status %d: %s", output.status, output.err);
	report_value(name, "s", begun, 2);
}

void bench_history_month(struct test *test)
{
	const int64_t span = bench_quick() ? DAY_NS : 30 * DAY_NS;
	struct history history = history_new(test, span, 60 * SECOND_NS);

	record(&history, span, 260); /* of which some are the same */
	report_value("history of 30 days, rows", "", history.rows, NONE);
	report_writing(&history, "  a million rows, 232 in 60 s: write", NONE);
	eg_store_close(history.store);
	report_value("  room for a row", "bytes", file_size(&history) / history.rows, 60);
	report_month(&history, "text", "  report of 30 days, text");
	report_month(&history, "json", "  report of 30 days, JSON");
	report_value("  memory of these", "MB", process_peak_of_dead(), 200);
}

/* --- a recorder --- */

#define SPREAD 1000
#define A_SECOND 1000
#define AT_A_TIME 10

/* So many connections a second, for a while. */
static void connect_evenly(struct test *test, struct loop *loop, long long ms)
{
	const long long begun = now_ms();

	for (long long done = 0; now_ms() - begun < ms; done += AT_A_TIME) {
		long long early = done * 1000 / A_SECOND - (now_ms() - begun);

		loop_run(test, loop, AT_A_TIME);
		if (early > 0)
			process_watch(early);
	}
}

/* Share of a core that a program takes meanwhile, in percent. */
static double share_of(struct test *test, const char *const *argv, struct loop *loop)
{
	const long long ms = bench_quick() ? 10000 : 40000;
	struct program *program = program_start(test, &(struct program_options){ .argv = argv });
	double cpu;

	program_expect(program, PROGRAM_ERR, "egret: tracing");
	connect_evenly(test, loop, 2000);
	cpu = process_cpu(test, program->pid);
	connect_evenly(test, loop, ms);
	cpu = process_cpu(test, program->pid) - cpu;
	kill(program->pid, SIGTERM);
	program_wait(program);
	return cpu / (double)ms * 1000 * 100;
}

void bench_recorder(struct test *test)
{
	const char *path = test_path(test, "history.db");
	const char *recorder[] = { test->egret,		 "record", "--database", path,
				   "--include-loopback", NULL };
	const char *tracer[] = { test->egret, "summary", "--include-loopback", "--interval",
				 "10s",	      "-o",	 "/dev/null",	       NULL };
	struct loop loop = { .spread = SPREAD };
	double share[2];

	if (!eg_store_library())
		test_skip(test, "this build has no SQLite");
	loop_open(test, &loop);
	share[0] = share_of(test, tracer, &loop);
	share[1] = share_of(test, recorder, &loop);
	report_value("recorder, 1,000 connections a second, share of a core", "%", share[1], 1);
	report_value("  of a summary each 10 s into /dev/null, the same", "%", share[0], NONE);
	loop_close(&loop);
}

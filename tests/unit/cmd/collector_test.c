/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The collector, fed by a probe made up here: what it remembers, and for how long. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <egret/base.h>

#include "user/cmd/collector.h"

#define PID_FIRST 5000000 /* above every pid that the kernel gives away: these have ended */
#define A_MINUTE 10000
#define MINUTES 60
#define MINUTES_VARIED 12
#define MINUTES_WARM 5 /* until tables have grown to their size */
#define ALLOWANCE (64 * 1024)

/* --- the made-up probe: each process sent one byte to one address, and ended --- */

static struct {
	uint32_t described, collected; /* processes so far */
	uint32_t kept; /* a process whose socket somebody else holds; 0: none */
	uint32_t late; /* is described only after it was collected; 0: none */
	uint64_t first_ns, last_ns; /* when it was sent */
	bool varied; /* each has a user, a cgroup and a container of its own */
	struct collector *collector;
} probe;

static struct eg_proc_key key_of(uint32_t number)
{
	return (struct eg_proc_key){ .start_ns = 1000000000ULL * number,
				     .tgid = PID_FIRST + number };
}

/* A container, a scope of a user's, a script, a Flatpak, an Android: whatever a rule may keep. */
static void vary(struct eg_process *process, uint32_t number)
{
	char *cgroup = process->cgroup;
	int size = 0;

	process->uid = number % 3000;
	process->mnt_ns = number % 2 ? number : 0;
	switch (number % 4) {
	case 0:
		size = snprintf(cgroup, EG_CGROUP_MAX, "docker-%064x.scope", number);
		break;
	case 1:
		size = snprintf(cgroup, EG_CGROUP_MAX, "lxc.payload.c%u", number);
		break;
	case 2:
		size = snprintf(cgroup, EG_CGROUP_MAX, "app-flatpak-org.a%u-1.scope", number);
		break;
	default:
		size = snprintf(cgroup, EG_CGROUP_MAX, "app-steam-app%u-1.scope", number);
	}
	process->cgroup_size = 1 + (uint32_t)size;
	process->script_size =
		1 + (uint32_t)snprintf(process->script, sizeof(process->script), "s%u", number);
}

static void describe(uint32_t number)
{
	struct eg_process process = {
		.header = { .type = EG_RECORD_PROCESS, .size = sizeof(process) },
		.key = key_of(number),
		.exe_size = 13,
		.exe = "curl\0bin\0usr",
		.args_size = 13,
		.args = "curl\0http://a",
		.comm = "curl",
	};

	if (probe.varied)
		vary(&process, number);
	assert_int_equal(collector_process(&process, probe.collector), 0);
}

static void describe_until(uint32_t number)
{
	while (probe.described < number)
		describe(++probe.described);
}

static int hand_over(uint32_t number, int (*gain)(const struct eg_gain *gain, void *data),
		     void *data)
{
	struct eg_gain news = {
		.row = { .proc = key_of(number), .port = 80, .transport = 6, .ip = { 1 } },
		.delta = { .bytes_sent = 1,
			   .connections = 1,
			   .first_ns = probe.first_ns,
			   .last_ns = probe.last_ns },
	};

	return gain(&news, data);
}

int eg_probe_collect(struct eg_probe *self, bool last,
		     int (*gain)(const struct eg_gain *gain, void *data), void *data)
{
	int error = 0;

	(void)self;
	(void)last;
	while (!error && probe.collected < probe.described)
		error = hand_over(++probe.collected, gain, data);
	if (!error && probe.kept)
		error = hand_over(probe.kept, gain, data);
	return error;
}

int eg_probe_forget(struct eg_probe *self, struct eg_table *ended)
{
	struct eg_proc_key kept = key_of(probe.kept);

	(void)self;
	if (probe.kept)
		eg_table_remove(ended, &kept);
	return 0;
}

int eg_probe_read(struct eg_probe *self)
{
	(void)self;
	if (probe.late && probe.late == probe.collected)
		describe(probe.late);
	return 0;
}

int eg_probe_losses(struct eg_probe *self, struct eg_probe_losses *ret_losses)
{
	(void)self;
	*ret_losses = (struct eg_probe_losses){};
	return 0;
}

const char *const *eg_probe_degraded(struct eg_probe *self)
{
	static const char *const nothing[] = { NULL };

	(void)self;
	return nothing;
}

const char *eg_loss_name(enum eg_loss loss)
{
	(void)loss;
	return "ring_full";
}

static int begin(void **state)
{
	(void)state;
	memset(&probe, 0, sizeof(probe));
	return collector_new(EG_BY_APP, &probe.collector);
}

static int end(void **state)
{
	(void)state;
	collector_free(probe.collector);
	return 0;
}

/* A summary that is being filled; the caller frees it. */
static struct eg_summary *begin_summary(void)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);

	assert_non_null(summary);
	collector_begin(probe.collector, summary);
	return summary;
}

static void fill(void)
{
	assert_int_equal(collector_fill(probe.collector, NULL, 0, false), 0);
}

/* A minute of many short-lived processes, looked at as a trace looks. */
static void live_through(uint32_t minute)
{
	for (uint32_t second = 1; second <= 60; second++) {
		describe_until(A_MINUTE * minute + A_MINUTE * second / 60);
		if (collector_is_crowded(probe.collector, true))
			fill();
	}
}

static size_t allocated(void)
{
	return mallinfo2().uordblks;
}

static void expect_app(struct eg_summary *summary, uint64_t count)
{
	struct eg_app *app;

	assert_int_equal(summary->apps_count, 1);
	assert_int_equal(eg_summary_app(summary, "exe:/usr/bin/curl", &app), 0);
	assert_int_equal(app->counters.bytes.sent, count);
	assert_int_equal(app->counters.connections, count);
	assert_int_equal(app->processes_count, EG_PROCESSES_MAX);
	assert_int_equal(app->processes_omitted, count - EG_PROCESSES_MAX);
}

static void one_long_run_takes_no_more_memory_than_a_short_one(void **state)
{
	struct eg_summary *summary = begin_summary();
	size_t warm = 0;

	(void)state;
	for (uint32_t minute = 0; minute < MINUTES; minute++) {
		live_through(minute);
		if (minute == MINUTES_WARM)
			warm = allocated();
	}
	assert_true(allocated() < warm + ALLOWANCE);
	fill();
	expect_app(summary, A_MINUTE * MINUTES);
	eg_summary_free(summary);
}

static void intervals_take_no_more_memory_either(void **state)
{
	size_t warm = 0;

	(void)state;
	for (uint32_t minute = 0; minute < MINUTES; minute++) {
		struct eg_summary *summary = begin_summary();

		live_through(minute);
		fill();
		expect_app(summary, A_MINUTE);
		eg_summary_free(summary);
		if (minute == MINUTES_WARM)
			warm = allocated();
	}
	assert_true(allocated() < warm + ALLOWANCE);
}

/* Each is another app, of another user, in another container: nothing of it stays. */
static void all_kinds_take_no_more_memory(void **state)
{
	size_t most[2] = { 0 }; /* before and after it was warm */

	(void)state;
	probe.varied = true;
	for (uint32_t minute = 0; minute < MINUTES_VARIED; minute++) {
		struct eg_summary *summary = begin_summary();

		live_through(minute);
		fill();
		assert_true(summary->apps_count > A_MINUTE / 2);
		eg_summary_free(summary);
		if (allocated() > most[minute > MINUTES_WARM])
			most[minute > MINUTES_WARM] = allocated();
	}
	assert_true(most[1] < most[0] + ALLOWANCE);
}

/* Nor do they within one summary, once that has all the apps it takes. */
static void one_long_run_takes_so_many_apps_only(void **state)
{
	struct eg_summary *summary = begin_summary();
	size_t most[2] = { 0 }; /* before and after it was warm */
	struct eg_app *app;

	(void)state;
	probe.varied = true;
	for (uint32_t minute = 0; minute < MINUTES_VARIED; minute++) {
		live_through(minute);
		fill();
		if (allocated() > most[minute > MINUTES_WARM])
			most[minute > MINUTES_WARM] = allocated();
	}
	assert_true(most[1] < most[0] + ALLOWANCE);
	assert_int_equal(summary->apps_count, COLLECTOR_APPS_MAX + 1);
	assert_int_equal(eg_summary_totals(summary).bytes.sent, A_MINUTE * MINUTES_VARIED);
	assert_int_equal(eg_summary_app(summary, EG_APP_OVERFLOW, &app), 0);
	assert_string_equal(app->name, "Apps without room");
	assert_int_equal(app->processes_count + app->processes_omitted, 0);
	assert_non_null(strstr(summary->ledger.degraded[0], EG_APP_OVERFLOW));
	eg_summary_free(summary);
}

/* The ring was read, then somebody talked, then the counters were read. */
static void who_talks_in_between_is_known(void **state)
{
	struct eg_summary *summary = begin_summary();
	struct eg_app *app;

	(void)state;
	probe.late = probe.described = 1;
	fill();
	assert_int_equal(summary->apps_count, 1);
	assert_int_equal(eg_summary_app(summary, "exe:/usr/bin/curl", &app), 0);
	assert_int_equal(app->counters.bytes.sent, 1);
	eg_summary_free(summary);
}

/* A new summary may well lie where the last one lay. */
static void each_summary_has_its_processes(void **state)
{
	struct eg_app *app;

	(void)state;
	probe.kept = 1;
	describe_until(1);
	for (int i = 0; i < 3; i++) {
		struct eg_summary *summary = begin_summary();

		fill();
		assert_int_equal(eg_summary_app(summary, "exe:/usr/bin/curl", &app), 0);
		assert_int_equal(app->processes_count, 1);
		eg_summary_free(summary);
	}
}

/* Counters are read a little later than an interval ends, and rows outlive it. */
static void times_are_within_the_period(void **state)
{
	int64_t now = eg_now_ns(), second = NSEC_PER_SEC, boot = eg_boottime_ns();
	struct eg_summary *summary = begin_summary();
	struct eg_app *app;

	(void)state;
	summary->period.start = now - second;
	probe.kept = 1;
	describe_until(1);
	probe.first_ns = (uint64_t)(boot - 3 * second);
	probe.last_ns = (uint64_t)(boot + 3 * second);
	assert_int_equal(collector_fill(probe.collector, NULL, now, false), 0);
	assert_int_equal(eg_summary_app(summary, "exe:/usr/bin/curl", &app), 0);
	assert_int_equal(app->counters.first_seen, now - second);
	assert_int_equal(app->counters.last_seen, now);
	/* Without an end it is where the reading ends. */
	probe.last_ns = (uint64_t)eg_boottime_ns();
	assert_int_equal(collector_fill(probe.collector, NULL, 0, true), 0);
	assert_true(app->counters.last_seen > now);
	assert_true(app->counters.last_seen <= collector_now(probe.collector));
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_long_run_takes_no_more_memory_than_a_short_one,
						begin, end),
		cmocka_unit_test_setup_teardown(intervals_take_no_more_memory_either, begin, end),
		cmocka_unit_test_setup_teardown(all_kinds_take_no_more_memory, begin, end),
		cmocka_unit_test_setup_teardown(one_long_run_takes_so_many_apps_only, begin, end),
		cmocka_unit_test_setup_teardown(each_summary_has_its_processes, begin, end),
		cmocka_unit_test_setup_teardown(who_talks_in_between_is_known, begin, end),
		cmocka_unit_test_setup_teardown(times_are_within_the_period, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

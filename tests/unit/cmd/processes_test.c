/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes that have talked, as a made-up probe describes them, and when they are forgotten. */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <egret/base.h>
#include <egret/table.h>

#include "user/cmd/processes.h"

#define PID_FIRST 5000000 /* above every pid that the kernel gives away: these have ended */
#define BOOT 1000000000000LL /* what the clocks differ by */

static struct {
	struct processes *processes;
	uint32_t kept; /* a process whose socket somebody else holds; 0: none */
	uint32_t again; /* is described once more while it is being forgotten; 0: none */
	size_t asked; /* of how many the last forgetting was about */
	int error; /* of asking */
} probe;

static struct eg_proc_key key_of(uint32_t number)
{
	return (struct eg_proc_key){ .start_ns = 1000000000ULL * number,
				     .tgid = PID_FIRST + number };
}

static void describe(uint32_t number)
{
	struct eg_process process = {
		.header = { .type = EG_RECORD_PROCESS, .size = sizeof(process) },
		.key = key_of(number),
		.uid = 7,
		.net_ns = 9,
		.exe_size = 13,
		.exe = "curl\0bin\0usr",
		.args_size = 13,
		.args = "curl\0http://a",
		.comm = "curl",
	};

	assert_int_equal(processes_add(probe.processes, &process), 0);
}

static void describe_some(uint32_t count)
{
	for (uint32_t number = 1; number <= count; number++)
		describe(number);
}

static const struct known_process *find(uint32_t number)
{
	struct eg_proc_key key = key_of(number);

	return processes_find(probe.processes, &key);
}

int eg_probe_forget(struct eg_probe *self, struct eg_table *ended)
{
	struct eg_proc_key kept = key_of(probe.kept);

	(void)self;
	probe.asked = eg_table_count(ended);
	if (probe.kept)
		eg_table_remove(ended, &kept);
	return probe.error;
}

int eg_probe_read(struct eg_probe *self)
{
	(void)self;
	if (probe.again)
		describe(probe.again);
	return 0;
}

static int begin_by(enum eg_by by)
{
	memset(&probe, 0, sizeof(probe));
	return processes_new(by, BOOT, &probe.processes);
}

static int begin(void **state)
{
	(void)state;
	return begin_by(EG_BY_APP);
}

static int end(void **state)
{
	(void)state;
	processes_free(probe.processes);
	return 0;
}

static void a_process_is_described_whole(void **state)
{
	const struct known_process *process;

	(void)state;
	describe(1);
	process = find(1);
	assert_non_null(process);
	assert_string_equal(process->self.id, "exe:/usr/bin/curl");
	assert_string_equal(process->info.executable, "/usr/bin/curl");
	assert_string_equal(process->info.command_line[1], "http://a");
	assert_string_equal(process->info.comm, "curl");
	assert_int_equal(process->info.pid, PID_FIRST + 1);
	assert_int_equal(process->info.uid, 7);
	assert_int_equal(process->networks.ids[0], 9);
	assert_true(process->info.start == BOOT + 1000000000);
	assert_null(find(2));
}

/* The kernel's cache is small: what was said once is said again. */
static void the_same_again_changes_nothing(void **state)
{
	const struct known_process *process;

	(void)state;
	describe(1);
	process = find(1);
	describe(1);
	assert_ptr_equal(find(1), process);
}

static void each_grouping_has_its_id(void **state)
{
	static const char *const ids[] = {
		[EG_BY_APP] = "exe:/usr/bin/curl",
		[EG_BY_PROGRAM] = "exe:/usr/bin/curl",
		[EG_BY_PROCESS] = "pid:5000001:",
		[EG_BY_CONTAINER] = "host",
		[EG_BY_USER] = "uid:7",
	};

	(void)state;
	for (enum eg_by by = 0; by < EG_BY_COUNT; by++) {
		assert_int_equal(begin_by(by), 0);
		describe(1);
		assert_memory_equal(find(1)->self.id, ids[by], strlen(ids[by]));
		end(state);
	}
}

static void many_are_a_crowd_until_some_are_forgotten(void **state)
{
	(void)state;
	describe_some(1000);
	assert_false(processes_are_crowded(probe.processes));
	describe_some(1024);
	assert_true(processes_are_crowded(probe.processes));
	assert_int_equal(processes_forget(probe.processes, NULL, 1), 0);
	assert_false(processes_are_crowded(probe.processes));
	assert_int_equal(probe.asked, 1024);
	assert_null(find(1));
	assert_null(find(1024));
}

/* Nobody reads the ring while some are forgotten, so that is no time for it. */
static void a_storm_is_waited_for_but_not_for_ever(void **state)
{
	(void)state;
	describe_some(16383);
	processes_look(probe.processes, false);
	assert_false(processes_are_crowded(probe.processes));
	processes_look(probe.processes, true);
	assert_true(processes_are_crowded(probe.processes));
	processes_look(probe.processes, false);
	assert_false(processes_are_crowded(probe.processes));
	describe_some(16384);
	assert_true(processes_are_crowded(probe.processes));
}

#define HOUR 600000 /* of 10,000 processes per minute */

/* What is allocated when all that have ended are forgotten, in bytes. */
static size_t measure(void)
{
	struct mallinfo2 info;

	assert_int_equal(processes_forget(probe.processes, NULL, 1), 0);
	info = mallinfo2();
	return info.uordblks + info.hblkhd;
}

/* As the collector does it: each of them is described, and forgotten after it has ended. */
static void an_hour_of_short_processes_takes_no_more_memory(void **state)
{
	size_t warm = 0;

	(void)state;
	for (uint32_t number = 1; number <= HOUR; number++) {
		describe(number);
		if (processes_are_crowded(probe.processes))
			assert_int_equal(processes_forget(probe.processes, NULL, 1), 0);
		if (number == HOUR / 60)
			warm = measure();
	}
	assert_true(measure() <= warm + 65536);
	assert_null(find(1));
}

static void who_has_a_socket_left_is_remembered(void **state)
{
	(void)state;
	probe.kept = 7;
	describe_some(50);
	assert_int_equal(processes_forget(probe.processes, NULL, 1), 0);
	assert_non_null(find(7));
	assert_null(find(8));
}

static void who_is_described_meanwhile_is_remembered(void **state)
{
	(void)state;
	describe_some(50);
	probe.again = 9;
	assert_int_equal(processes_forget(probe.processes, NULL, 1), 0);
	assert_non_null(find(9));
	assert_null(find(10));
}

static void who_lives_is_not_asked_about(void **state)
{
	struct eg_process self = { .key = { .start_ns = 1, .tgid = (uint32_t)getpid() } };

	(void)state;
	assert_int_equal(processes_add(probe.processes, &self), 0);
	describe_some(50);
	assert_int_equal(processes_forget(probe.processes, NULL, 1), 0);
	assert_int_equal(probe.asked, 50);
	assert_non_null(processes_find(probe.processes, &self.key));
}

static void nobody_is_forgotten_where_asking_fails(void **state)
{
	(void)state;
	describe_some(50);
	probe.error = -EIO;
	assert_int_equal(processes_forget(probe.processes, NULL, 1), -EIO);
	assert_non_null(find(50));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_process_is_described_whole),
		TEST(the_same_again_changes_nothing),
		cmocka_unit_test(each_grouping_has_its_id),
		TEST(many_are_a_crowd_until_some_are_forgotten),
		TEST(a_storm_is_waited_for_but_not_for_ever),
		TEST(an_hour_of_short_processes_takes_no_more_memory),
		TEST(who_has_a_socket_left_is_remembered),
		TEST(who_is_described_meanwhile_is_remembered),
		TEST(who_lives_is_not_asked_about),
		TEST(nobody_is_forgotten_where_asking_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

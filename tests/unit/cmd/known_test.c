/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A process's record as text, and whom it works for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/cmd/known.h"

#define PID_NOBODY 5000000 /* above every pid that the kernel gives away */

static struct known_process *make(struct eg_process *record)
{
	struct known_process *process;
	struct eg_machine *machine;

	record->key.tgid = PID_NOBODY;
	assert_int_equal(eg_machine_new(&machine), 0);
	assert_int_equal(known_process_new(record, 1, machine, EG_BY_APP, &process), 0);
	/* On the host a socket's owner says nothing of the app. */
	assert_ptr_equal(known_process_app(process, 10123, 0, machine), &process->self);
	eg_machine_free(machine);
	return process;
}

static void an_executed_script_names_the_app(void **state)
{
	struct eg_process record = {
		.exe_size = 16,
		.exe = "python3\0bin\0usr",
		.script_size = 14,
		.script = "/usr/bin/sync",
		.comm = "sync",
		.uid = 7,
	};
	struct known_process *process = make(&record);

	(void)state;
	assert_string_equal(process->self.id, "script:/usr/bin/sync");
	assert_string_equal(process->self.trust, "kernel");
	assert_string_equal(process->self.component, "python3");
	assert_int_equal(process->self.uid, 7);
	known_process_free(process);
}

static void an_app_in_an_android_is_its_sockets_owner(void **state)
{
	struct eg_process record = {
		.exe_size = 16,
		.exe = "netd\0bin\0system",
		.cgroup_size = 21,
		.cgroup = "lxc.payload.waydroid",
		.args_size = 5,
		.args = "netd",
		.comm = "netd",
	};
	struct known_process *process;
	struct eg_machine *machine;
	struct known_app *app;

	(void)state;
	record.key.tgid = PID_NOBODY;
	assert_int_equal(eg_machine_new(&machine), 0);
	assert_int_equal(known_process_new(&record, 1, machine, EG_BY_APP, &process), 0);
	assert_string_equal(process->self.id, "android:waydroid/system:netd");
	assert_ptr_equal(known_process_app(process, 0, 0, machine), &process->self);
	app = known_process_app(process, 1051, 0, machine);
	assert_non_null(app);
	assert_string_equal(app->id, "android:waydroid/system:dns");
	assert_int_equal(app->uid, 1051);
	assert_ptr_equal(known_process_app(process, 1051, 0, machine), app);
	known_process_free(process);
	eg_machine_free(machine);
}

/* --- what was a guess --- */

/* Of Android's netd, or an app that no list has, as if egret had guessed it in summary 7. */
static struct known_process *make_guessed(struct eg_machine *machine, uint32_t uid, const char *id)
{
	struct eg_process record = {
		.key.tgid = PID_NOBODY,
		.exe_size = 16,
		.exe = "netd\0bin\0system",
		.cgroup_size = 21,
		.cgroup = "lxc.payload.waydroid",
		.comm = "netd",
		.uid = uid,
	};
	struct known_process *process;

	assert_int_equal(known_process_new(&record, 1, machine, EG_BY_APP, &process), 0);
	free(process->self.id);
	process->self.id = strdup(id);
	process->self.trust = "heuristic";
	process->self.guessed = true;
	process->self.summary = 7;
	return process;
}

static void look_now(struct known_process *process, struct eg_machine *machine)
{
	assert_ptr_equal(known_process_app(process, process->self.uid, INT64_MAX, machine),
			 &process->self);
}

static void a_guess_is_asked_again_in_time(void **state)
{
	struct known_process *process;
	struct eg_machine *machine;

	(void)state;
	assert_int_equal(eg_machine_new(&machine), 0);
	process = make_guessed(machine, 0, "android:waydroid/system:netd");
	known_process_app(process, 0, 0, machine);
	assert_true(process->self.guessed);
	look_now(process, machine);
	assert_false(process->self.guessed);
	known_process_free(process);
	eg_machine_free(machine);
}

/* Its app hears what is known now, and has the process already. */
static void a_guess_may_prove_true(void **state)
{
	struct known_process *process;
	struct eg_machine *machine;

	(void)state;
	assert_int_equal(eg_machine_new(&machine), 0);
	process = make_guessed(machine, 0, "android:waydroid/system:netd");
	look_now(process, machine);
	assert_string_equal(process->self.trust, "root");
	assert_true(process->self.learnt);
	assert_int_equal(process->self.summary, 7);
	assert_ptr_equal(process->info.component, process->self.component);
	known_process_free(process);
	eg_machine_free(machine);
}

/* Another app, which has to hear of the process yet. */
static void a_guess_may_prove_wrong(void **state)
{
	struct known_process *process;
	struct eg_machine *machine;

	(void)state;
	assert_int_equal(eg_machine_new(&machine), 0);
	process = make_guessed(machine, 0, "android:waydroid/org.example.guess");
	look_now(process, machine);
	assert_string_equal(process->self.id, "android:waydroid/system:netd");
	assert_false(process->self.learnt);
	assert_int_equal(process->self.summary, 0);
	assert_ptr_equal(process->info.component, process->self.component);
	known_process_free(process);
	eg_machine_free(machine);
}

/* Another guess is no better. */
static void a_guess_stays_until_it_is_listed(void **state)
{
	struct known_process *process;
	struct eg_machine *machine;

	(void)state;
	assert_int_equal(eg_machine_new(&machine), 0);
	process = make_guessed(machine, 10199, "android:waydroid/org.example.guess");
	look_now(process, machine);
	assert_true(process->self.guessed);
	assert_string_equal(process->self.id, "android:waydroid/org.example.guess");
	assert_int_equal(process->self.summary, 7);
	known_process_free(process);
	eg_machine_free(machine);
}

/* The latest are remembered, and where it was first: most never leave that. */
static void networks_are_bounded(void **state)
{
	struct eg_process record = { .net_ns = 100, .exe_size = 5, .exe = "curl" };
	struct known_process *process = make(&record);

	(void)state;
	for (uint32_t i = 1; i <= 2 * EG_NETWORKS_MAX; i++) {
		known_process_enter(process, 100 + i);
		known_process_enter(process, 100);
	}
	assert_int_equal(process->networks.count, EG_NETWORKS_MAX);
	assert_int_equal(process->networks.ids[0], 100);
	for (uint32_t i = 1; i < EG_NETWORKS_MAX; i++)
		assert_int_equal(process->networks.ids[i], 101 + EG_NETWORKS_MAX + i);
	known_process_free(process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_executed_script_names_the_app),
		cmocka_unit_test(an_app_in_an_android_is_its_sockets_owner),
		cmocka_unit_test(a_guess_is_asked_again_in_time),
		cmocka_unit_test(a_guess_may_prove_true),
		cmocka_unit_test(a_guess_may_prove_wrong),
		cmocka_unit_test(a_guess_stays_until_it_is_listed),
		cmocka_unit_test(networks_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

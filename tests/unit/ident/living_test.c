/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The facts about a living process, and about none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <egret/base.h>
#include <egret/ident.h>

static void this_process(void **state)
{
	const struct eg_process_facts *facts;
	struct eg_machine *machine;
	struct eg_living *living;

	(void)state;
	assert_int_equal(eg_machine_new(&machine), 0);
	assert_int_equal(eg_living_read(machine, (uint32_t)getpid(), &living), 0);
	facts = eg_living_facts(living);
	assert_int_equal(facts->pid, getpid());
	assert_int_equal(facts->uid, getuid());
	assert_true(facts->start > 0);
	/* As in every other document: see eg_start_time(). */
	assert_true((facts->start - (int64_t)facts->start_boot) % (NSEC_PER_SEC / 1000) == 0);
	assert_int_equal(facts->origin, EG_ORIGIN_PROC);
	assert_non_null(strstr(facts->executable, "living_test"));
	assert_non_null(strstr(facts->args[0], "living_test"));
	assert_string_equal(facts->comm, "living_test");
	assert_false(facts->kernel_thread);
	eg_living_free(living);
	eg_machine_free(machine);
}

static void no_process(void **state)
{
	struct eg_machine *machine;
	struct eg_living *living;

	(void)state;
	assert_int_equal(eg_machine_new(&machine), 0);
	assert_int_equal(eg_living_read(machine, UINT32_MAX, &living), -ESRCH);
	eg_machine_free(machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_process),
		cmocka_unit_test(no_process),
	};

	return cmocka_run_group_tests_name("ident/living", tests, NULL, NULL);
}

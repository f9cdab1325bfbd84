/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this machine tells about a process, as long as it is the one that was meant. */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <egret/base.h>
#include <egret/ident.h>

static int setup(void **state)
{
	return eg_machine_new((struct eg_machine **)state);
}

static int teardown(void **state)
{
	eg_machine_free(*state);
	return 0;
}

static int read_comm(const struct eg_lookup *lookup)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;

	return lookup->read(lookup->data, EG_TREE_PROC, "comm", &text, &size);
}

static void another_process_with_its_pid_is_not_it(void **state)
{
	struct eg_process_facts facts = { .pid = (uint32_t)getpid() };

	assert_int_equal(read_comm(eg_machine_lookup(*state, &facts)), 0);
	facts.start_boot = 1;
	assert_int_equal(read_comm(eg_machine_lookup(*state, &facts)), -ESRCH);
	facts.start_boot = 0;
	facts.exited = true;
	assert_int_equal(read_comm(eg_machine_lookup(*state, &facts)), -ESRCH);
	facts = (struct eg_process_facts){ .pid = UINT32_MAX };
	assert_int_equal(read_comm(eg_machine_lookup(*state, &facts)), -ESRCH);
}

static void ancestors_come_nearest_first(void **state)
{
	struct eg_process_facts facts = { .pid = (uint32_t)getpid() };
	const struct eg_lookup *lookup = eg_machine_lookup(*state, &facts);
	const struct eg_ancestor *parent = lookup->ancestor(lookup->data, 0);
	_cleanup_(eg_freep) char *path = NULL;
	char exe[4096];
	ssize_t size;

	assert_non_null(parent);
	assert_true(asprintf(&path, "/proc/%d/exe", getppid()) > 0);
	size = readlink(path, exe, sizeof(exe) - 1);
	if (size > 0) {
		exe[size] = '\0';
		assert_string_equal(parent->executable, exe);
	}
	assert_null(lookup->ancestor(lookup->data, 1000));
}

/* The kernel said whose child it was; who is younger is not that one. */
static void ancestors_outlive_a_process(void **state)
{
	struct eg_process_facts facts = { .exited = true,
					  .parent = (uint32_t)getpid(),
					  .start_boot = INT64_MAX };
	const struct eg_lookup *lookup = eg_machine_lookup(*state, &facts);
	const struct eg_ancestor *parent = lookup->ancestor(lookup->data, 0);

	assert_non_null(parent);
	assert_non_null(strstr(parent->executable, "machine_test"));
	assert_non_null(lookup->ancestor(lookup->data, 1));
	facts.start_boot = 1;
	lookup = eg_machine_lookup(*state, &facts);
	assert_null(lookup->ancestor(lookup->data, 0));
}

static void files_of_host_and_root(void **state)
{
	struct eg_process_facts facts = { .pid = (uint32_t)getpid() };
	const struct eg_lookup *lookup = eg_machine_lookup(*state, &facts);
	_cleanup_(eg_freep) char *text = NULL;
	char *none;
	size_t size;

	assert_int_equal(lookup->read(lookup->data, EG_TREE_HOST, "/etc/passwd", &text, &size), 0);
	assert_int_equal(strlen(text), size);
	assert_int_not_equal(
		lookup->read(lookup->data, EG_TREE_ROOT, "/.flatpak-info", &none, &size), 0);
	assert_true(lookup->exists(lookup->data, "/etc"));
	assert_false(lookup->exists(lookup->data, "/nonexistent"));
	assert_null(lookup->packages(lookup->data, "none", NULL));
	assert_false(lookup->holds(lookup->data, "/dev/net/tun"));
}

static void namespaces_are_compared(void **state)
{
	assert_int_equal(eg_machine_mnt_ns(*state, 0), EG_NAMESPACE_UNKNOWN);
	assert_int_not_equal(eg_machine_mnt_ns(*state, 1), EG_NAMESPACE_HOST);
}

/* What is kept for users is kept for a few, however many there are. */
static void users_take_no_more_memory(void **state)
{
	size_t warm = 0;

	for (uint32_t uid = 0; uid < 400; uid++) {
		struct eg_process_facts facts = { .pid = UINT32_MAX, .uid = uid };
		const struct eg_lookup *lookup = eg_machine_lookup(*state, &facts);

		assert_non_null(lookup->entries(lookup->data, uid));
		lookup->packages(lookup->data, "none", NULL);
		if (uid == 100)
			warm = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks <= warm + 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(another_process_with_its_pid_is_not_it, setup,
						teardown),
		cmocka_unit_test_setup_teardown(ancestors_come_nearest_first, setup, teardown),
		cmocka_unit_test_setup_teardown(ancestors_outlive_a_process, setup, teardown),
		cmocka_unit_test_setup_teardown(files_of_host_and_root, setup, teardown),
		cmocka_unit_test_setup_teardown(namespaces_are_compared, setup, teardown),
		cmocka_unit_test_setup_teardown(users_take_no_more_memory, setup, teardown),
	};

	return cmocka_run_group_tests_name("ident/machine", tests, NULL, NULL);
}

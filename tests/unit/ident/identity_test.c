/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Identities by program, process, container and user. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <egret/ident.h>

typedef int identify(const struct eg_process_facts *facts, struct eg_identity *ret_identity);

/* `flag`: NULL expects none. */
static void expect(identify *by, const struct eg_process_facts *facts, const char *id,
		   const char *kind, const char *name, const char *flag)
{
	struct eg_identity identity;

	assert_int_equal(by(facts, &identity), 0);
	assert_string_equal(identity.id, id);
	assert_string_equal(identity.kind, kind);
	assert_string_equal(identity.name, name);
	if (flag)
		assert_string_equal(identity.flag, flag);
	else
		assert_null(identity.flag);
	eg_identity_clear(&identity);
}

static void program_is_its_path(void **state)
{
	const struct eg_process_facts curl = { .executable = "/usr/bin/curl" };
	const struct eg_process_facts odd = { .executable = "/tmp/a b\n%" };

	(void)state;
	expect(eg_identify_program, &curl, "exe:/usr/bin/curl", "program", "curl", NULL);
	expect(eg_identify_program, &odd, "exe:/tmp/a%20b%0A%25", "program", "a b\n%", NULL);
}

static void program_without_a_file(void **state)
{
	const struct eg_process_facts deleted = { .executable = "/opt/x", .exe_deleted = true };
	const struct eg_process_facts memory = { .executable = "/memfd:x", .exe_deleted = true };
	const struct eg_process_facts none = {};

	(void)state;
	expect(eg_identify_program, &deleted, "exe:/opt/x", "program", "x", "exe-deleted");
	expect(eg_identify_program, &memory, "exe:memfd:x", "program", "x", "memfd");
	expect(eg_identify_program, &none, "unknown:pid", "unknown", "unknown", NULL);
}

static void other_groupings(void **state)
{
	const struct eg_process_facts facts = {
		.pid = 42,
		.uid = 1000,
		.start = 1000000000LL,
		.executable = "/usr/bin/curl",
		.cgroup = "/lxc.payload.waydroid",
	};

	(void)state;
	expect(eg_identify_process, &facts, "pid:42:1970-01-01T00:00:01.000000000Z", "process",
	       "curl", NULL);
	expect(eg_identify_user, &facts, "uid:1000", "user", "uid:1000", NULL);
}

static bool is_users(void *data, const char *cgroup)
{
	(void)data;
	return strcmp(cgroup, "/srv") == 0;
}

/* Whose word it is that names a container, and what a program on the host is not in. */
static void container_is_what_the_cgroup_names(void **state)
{
	static const struct eg_lookup lookup = { .is_users = is_users };
	static const struct {
		struct eg_process_facts facts;
		const char *id, *trust, *flag;
	} cases[] = {
		{ { .cgroup = "/lxc.payload.waydroid" }, "waydroid", "root", NULL },
		{ { .cgroup = "/" }, "host", "root", NULL },
		{ { .cgroup = "/srv/lxc.payload.mine", .mnt_ns = EG_NAMESPACE_OWN },
		  "mine",
		  "user",
		  NULL },
		{ { .cgroup = "/srv/lxc.payload.mine", .mnt_ns = EG_NAMESPACE_HOST },
		  "host",
		  "root",
		  "cgroup-mismatch" },
		{ { .cgroup = "/x", .init_cgroup = "/lxc.payload.box", .pid_ns = EG_NAMESPACE_OWN },
		  "box",
		  "root",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct eg_identity identity;

		assert_int_equal(eg_identify_container(&cases[i].facts, &lookup, &identity), 0);
		assert_string_equal(identity.id, cases[i].id);
		assert_string_equal(identity.kind, "container");
		assert_string_equal(identity.trust, cases[i].trust);
		assert_string_equal(identity.flag ? identity.flag : "",
				    cases[i].flag ? cases[i].flag : "");
		eg_identity_clear(&identity);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(program_is_its_path),
		cmocka_unit_test(program_without_a_file),
		cmocka_unit_test(other_groupings),
		cmocka_unit_test(container_is_what_the_cgroup_names),
	};

	return cmocka_run_group_tests_name("ident/identity", tests, NULL, NULL);
}

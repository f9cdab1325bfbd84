/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Desktop entries: what they start, and who is found by it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <egret/base.h>
#include <egret/ident.h>

static void expect_program(const char *exec, const char *expected)
{
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *program = NULL;

	assert_true(asprintf(&text, "[Desktop Entry]\nName=X\n%s\n[Other]\nExec=/no", exec) > 0);
	program = eg_entry_program(text);
	if (expected)
		assert_string_equal(program, expected);
	else
		assert_null(program);
}

static void programs_of_entries(void **state)
{
	(void)state;
	expect_program("Exec=firefox %u", "firefox");
	expect_program("Exec = /usr/bin/x", "/usr/bin/x");
	expect_program("Exec=\"/opt/A B/x\" %U", "/opt/A B/x");
	expect_program("Exec=env A=B /usr/bin/x", "/usr/bin/x");
	expect_program("Exec=A=B x", "x");
	expect_program("Exec=a\\ b", "a b");
	expect_program("Exec=\"unclosed", "unclosed");
	expect_program("Exec=", NULL);
	expect_program("Exec=env", NULL);
	expect_program("Execute=x", NULL);
	expect_program("", NULL);
}

static struct eg_entries *make(void)
{
	struct eg_entries *entries = eg_entries_new();

	assert_int_equal(eg_entries_add(entries, "firefox",
					"[Desktop Entry]\nName=Firefox\nExec=firefox %u\n",
					"/a/firefox.desktop", "/usr/lib/firefox/firefox"),
			 0);
	assert_int_equal(
		eg_entries_add(entries, "firefox", "[Desktop Entry]\nName=Other\n", NULL, NULL), 0);
	assert_int_equal(eg_entries_add(entries, "mine", "[Desktop Entry]\nExec=/home/u/bin/mine\n",
					NULL, NULL),
			 0);
	assert_int_equal(
		eg_entries_add(entries, "shell", "[Desktop Entry]\nExec=bash\n", NULL, NULL), 0);
	assert_int_equal(eg_entries_add(entries, "link", "[Desktop Entry]\nType=Link\n", NULL,
					NULL),
			 -EINVAL);
	return entries;
}

static void first_of_an_id_stays(void **state)
{
	struct eg_entries *entries = make();

	(void)state;
	assert_string_equal(eg_entries_find(entries, "firefox")->name, "Firefox");
	assert_string_equal(eg_entries_find(entries, "firefox")->file, "/a/firefox.desktop");
	assert_null(eg_entries_find(entries, "mine")->name);
	assert_null(eg_entries_find(entries, "mine")->file);
	assert_null(eg_entries_find(entries, "link"));
	assert_null(eg_entries_find(entries, ""));
	eg_entries_free(entries);
}

static void a_name_is_enough_only_where_root_put_it(void **state)
{
	struct eg_entries *entries = make();
	const struct {
		const char *executable, *id;
	} cases[] = {
		{ "/usr/lib/firefox/firefox", "firefox" },
		{ "/usr/lib64/firefox/firefox", "firefox" },
		{ "/home/u/firefox", NULL },
		{ "/tmp/firefox", NULL },
		{ "/home/u/bin/mine", "mine" },
		{ "/home/v/bin/mine", NULL },
		{ "/usr/bin/bash", NULL },
		{ "/usr/bin/x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct eg_entry *entry =
			eg_entries_find_program(entries, cases[i].executable);

		assert_int_equal(entry != NULL, cases[i].id != NULL);
		if (entry)
			assert_string_equal(entry->id, cases[i].id);
	}
	eg_entries_free(entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_of_entries),
		cmocka_unit_test(first_of_an_id_stays),
		cmocka_unit_test(a_name_is_enough_only_where_root_put_it),
	};

	return cmocka_run_group_tests_name("ident/entries", tests, NULL, NULL);
}

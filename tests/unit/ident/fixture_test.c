/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Facts out of JSON, also out of what is none. */
#include "question.h"

#include <errno.h>
#include <stdlib.h>

/* Texts of every length and kind where a rule reads one: nothing may crash. */
static void hostile_texts_do_no_harm(void **state)
{
	static const char *const keys[] = { "cgroup",
					    "exe",
					    "comm",
					    "lsm_label",
					    "bprm_filename",
					    "cwd",
					    "mountinfo_source",
					    "container_name",
					    "init_cgroup" };
	static const char *const texts[] = {
		"",
		"/",
		"//",
		"0::",
		"0::/",
		"0::/app-",
		"0::/user.slice/user-1.slice/user@1.service/app-.scope",
		"0::/user.slice/user-1.slice/user@1.service/app-flatpak-.scope",
		"0::/user.slice/user-1.slice/user@1.service/app-flatpak--1.scope",
		"0::/user.slice/user-1.slice/user@1.service/app-@.service",
		"0::/user.slice/user-1.slice/user@1.service/app-autostart.service",
		"0::/user.slice/user-1.slice/user@1.service/app-.service",
		"0::/user.slice/user-1.slice/user@1.service/dbus-:1.service",
		"0::/user.slice/user-1.slice/user@1.service/dbus-:-.service",
		"0::/user.slice/user-1.slice/user@1.service/gnome-launched-.desktop-.scope",
		"0::/user.slice/user-1.slice/user@1.service/gnome-launched-.desktop-1.scope",
		"0::/user.slice/user-1.slice/user@1.service/x-spawn-.scope",
		"0::/user.slice/user-1.slice/user@1.service/app-steam-app.scope",
		"0::/user.slice/user-1.slice/user@1.service/snap..scope",
		"0::/user.slice/user-1.slice/user@1.service/snap.a.scope",
		"0::/snap.service",
		"0::/machine-.scope",
		"0::/machine-qemu.scope",
		"0::/machine-qemu\\\\x2d.scope",
		"0::/machine-qemu\\\\x2d1\\\\x2d.scope",
		"0::/systemd-nspawn@.service",
		"0::/lxc-.scope",
		"0::/lxc--.scope",
		"0::/lxc.payload./x",
		"0::/kubepods/pod",
		"0::/docker-.scope",
		"0::/../..",
		"/snap/",
		"/snap//x",
		"/nix/store/",
		"/nix/store/0123456789abcdef0123456789abcdef-",
		"/nix/store/0123456789abcdef0123456789abcdef-/",
		"/gnu/store/0123456789abcdef0123456789abcdef-a/.x-wrapped",
		"/memfd:",
		"/memfd: (deleted)",
		" (deleted)",
		"/ (deleted)",
		"/.mount_",
		"/.mount_abcdef/",
		"/tmp/.mount_abcdef/x",
		"/appimage_extracted_",
		"/appimage_extracted_x/y",
		"electron",
		"/electron",
		"/electron/electron",
		"/usr/bin/python3",
		"/usr/bin/busybox",
		"/usr/bin/passt.avx2",
		"/usr/bin/wine",
		"/system/bin/app_process64",
		"snap.",
		"snap..",
		"snap.a.",
		"snap.a.hook.",
		"snap.a+.b",
		"%s%n%1$s",
		"\\u001b[2J\\n\\t\\u202e",
		"\\u00e4\\ud83d\\ude00",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(texts); j++) {
			_cleanup_(eg_freep) char *facts = NULL;
			const char *exe = strcmp(keys[i], "exe") == 0 ? ""
								      : "'exe':'/usr/bin/python3',";

			assert_true(asprintf(&facts,
					     "%s'%s':'%s','cmdline':['%s','-m','','%s'],"
					     "'packages_list':['%s'],'uid':10001,"
					     "'root_files':{'/.flatpak-info':"
					     "'[Application]\\nname=%s'},"
					     "'desktop_entries':{'%s':{'Exec':'%s'}},"
					     "'uid_map':['%s'],'userns':'own'",
					     exe, keys[i], texts[j], texts[j], texts[j], texts[j],
					     texts[j], texts[j], texts[j], texts[j]) > 0);
			question_ask(&(struct question){ .facts = facts });
		}
	}
}

static void large_facts_are_bounded(void **state)
{
	size_t size = 1 << 20;
	char *facts = malloc(size + 64), *end;

	(void)state;
	end = stpncpy(facts, "'cgroup':'", 11);
	memset(end, '/', size);
	memcpy(end + size, "'", 2);
	question_ask(&(struct question){ .facts = facts, .id = "unknown:pid" });
	for (size_t i = 0; i < size; i++)
		end[i] = i % 2 ? 'a' : '/';
	question_ask(&(struct question){ .facts = facts, .id = "unknown:pid" });
	free(facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_texts_do_no_harm),
		cmocka_unit_test(large_facts_are_bounded),
	};

	return cmocka_run_group_tests_name("ident/fixture", tests, NULL, NULL);
}

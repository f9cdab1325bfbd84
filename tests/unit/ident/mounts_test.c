/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The mount that a path is on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <egret/base.h>

#include "user/ident/mounts.h"

/* A Flatpak's, an AppImage's and a bind mount's lines as real kernels print them. */
static const char lines[] =
	"22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
	"60 22 254:1 /var/lib/flatpak/app/org.x.Y/x86_64/stable/abc/files /app ro,nosuid "
	"master:1 - ext4 /dev/vda1 rw\n"
	"61 22 0:50 / /tmp/.mount_KritaaQwErTy ro - fuse.squashfuse Krita\\0405.AppImage ro\n"
	"62 22 0:51 /a\\134b /mnt/with\\040blank rw - tmpfs tmpfs rw\n"
	"63 60 0:52 / /app/lib rw - tmpfs over rw\n"
	"64 60 0:53 / /app/lib rw - tmpfs above rw\n"
	"not a mount\n"
	"65 22 0:54 /";

static void the_nearest_one_counts(void **state)
{
	static const struct {
		const char *path, *root, *point, *source;
	} cases[] = {
		{ "/usr/bin/x", "/", "/", "/dev/vda1" },
		{ "/app/bin/x", "/var/lib/flatpak/app/org.x.Y/x86_64/stable/abc/files", "/app",
		  "/dev/vda1" },
		{ "/application", "/", "/", "/dev/vda1" },
		{ "/app/lib/x", "/", "/app/lib", "above" },
		{ "/tmp/.mount_KritaaQwErTy/x", "/", "/tmp/.mount_KritaaQwErTy",
		  "Krita 5.AppImage" },
		{ "/mnt/with blank/x", "/a\\b", "/mnt/with blank", "tmpfs" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scratch scratch = {};
		struct mount mount;

		assert_true(mount_of(&scratch, lines, cases[i].path, &mount));
		assert_string_equal(mount.root, cases[i].root);
		assert_string_equal(mount.point, cases[i].point);
		assert_string_equal(mount.source, cases[i].source);
		scratch_free(&scratch);
	}
}

static void nothing_is_on_nothing(void **state)
{
	static const char *const texts[] = { "", "\n\n", "1 2 3", "1 2 3 / /a rw - x", "    /" };
	struct scratch scratch = {};
	struct mount mount;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_false(mount_of(&scratch, texts[i], "/b", &mount));
	assert_false(mount_of(&scratch, lines, "relative", &mount));
	scratch_free(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_one_counts),
		cmocka_unit_test(nothing_is_on_nothing),
	};

	return cmocka_run_group_tests_name("ident/mounts", tests, NULL, NULL);
}

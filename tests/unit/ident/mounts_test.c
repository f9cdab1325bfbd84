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

		assert_true(mount_of(lines, cases[i].path, &mount));
		assert_string_equal(mount_text(&scratch, mount.root), cases[i].root);
		assert_string_equal(mount_text(&scratch, mount.point), cases[i].point);
		assert_string_equal(mount_text(&scratch, mount.source), cases[i].source);
		scratch_free(&scratch);
	}
}

static void nothing_is_on_nothing(void **state)
{
	static const char *const texts[] = { "", "\n\n", "1 2 3", "1 2 3 / /a rw - x", "    /" };
	struct mount mount;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_false(mount_of(texts[i], "/b", &mount));
	assert_false(mount_of(lines, "relative", &mount));
}

static bool is(struct mount_field field, const char *text)
{
	return field.size == strlen(text) &&
	       (!field.size || strncmp(field.text, text, field.size) == 0);
}

/* What is no mount is passed over; what a line has none of is empty. */
static void lines_are_read_one_by_one(void **state)
{
	const char *text = "not a mount\n\n22 1 254:1 /r / rw shared:1 - ext4 /dev/vda1 rw\n"
			   "23 1 0:5 / /a rw - tmpfs\n24 1 0:6 / /b rw\n25 1 0:7 / /c - fuse s";
	struct mount mount;

	(void)state;
	assert_true(mount_next(&text, &mount));
	assert_true(is(mount.id, "22") && is(mount.device, "254:1") && is(mount.root, "/r"));
	assert_true(is(mount.point, "/") && is(mount.type, "ext4") &&
		    is(mount.source, "/dev/vda1"));
	assert_true(mount_next(&text, &mount));
	assert_true(is(mount.id, "23") && is(mount.type, "tmpfs") && is(mount.source, ""));
	assert_true(mount_next(&text, &mount));
	assert_true(is(mount.id, "24") && is(mount.type, "") && is(mount.source, ""));
	assert_true(mount_next(&text, &mount));
	assert_true(is(mount.id, "25") && is(mount.source, "s") && mount_is_fuse(&mount));
	assert_false(mount_next(&text, &mount));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_one_counts),
		cmocka_unit_test(nothing_is_on_nothing),
		cmocka_unit_test(lines_are_read_one_by_one),
	};

	return cmocka_run_group_tests_name("ident/mounts", tests, NULL, NULL);
}

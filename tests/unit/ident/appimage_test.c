/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* AppImages: mount, environment, ancestors. */
#include "question.h"

static void images(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/tmp/.mount_archivSJ24T4/archiveweb.page', "
				   "'env': {'APPIMAGE': '/home/u/ArchiveWeb.page-0.11.3.AppImage',"
				   " 'APPDIR': '/tmp/.mount_archivSJ24T4'}",
		  .id = "appimage:/home/u/ArchiveWeb.page-0.11.3.AppImage",
		  .name = "ArchiveWeb.page",
		  .component = "archiveweb.page",
		  .trust = "user" },
		{ .facts = SESSION ", 'exe': '/tmp/.mount_MozillshcmPB/firefox', "
				   "'mountinfo_source': 'Mozilla_Firefox-x86_64.AppImage'",
		  .id = "appimage:Mozilla_Firefox-x86_64.AppImage",
		  .name = "Mozilla Firefox",
		  .component = "firefox",
		  .trust = "user" },
		{ .facts = SESSION ", 'exe': '/tmp/.mount_MozillshcmPB/firefox', 'exited': true",
		  .id = "appimage:Mozill",
		  .name = "Mozill",
		  .trust = "heuristic" },
		{ .facts = SESSION ", 'exe': '/usr/bin/curl', "
				   "'env': {'APPIMAGE': '/home/u/Foo.AppImage', "
				   "'APPDIR': '/tmp/.mount_FooabCDEF'}, "
				   "'ppid_exe': ['/usr/bin/bash', '/tmp/.mount_FooabCDEF/foo']",
		  .id = "appimage:/home/u/Foo.AppImage",
		  .name = "Foo",
		  .component = "curl",
		  .trust = "heuristic" },
		{ .facts = SESSION ", 'exe': '/tmp/appimage_extracted_0123/usr/bin/x', "
				   "'env': {'APPIMAGE': '/home/u/X.AppImage', "
				   "'APPDIR': '/tmp/appimage_extracted_0123'}",
		  .id = "appimage:/home/u/X.AppImage",
		  .name = "X" },
	};

	(void)state;
	question_ask_all(questions);
}

static void environment_alone_proves_nothing(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/curl', "
				   "'env': {'APPIMAGE': '/home/u/Foo.AppImage', "
				   "'APPDIR': '/tmp/.mount_FooabCDEF'}, "
				   "'ppid_exe': ['/usr/bin/bash']",
		  .id = "exe:/usr/bin/curl" },
		{ .facts = SESSION ", 'exe': '/usr/bin/curl', "
				   "'env': {'APPIMAGE': '/home/u/Foo.AppImage'}",
		  .id = "exe:/usr/bin/curl" },
		{ .facts = SESSION ", 'exe': '/tmp/.mount_AAAAAAbbbbbb/x', "
				   "'env': {'APPIMAGE': '/home/u/Foo.AppImage', "
				   "'APPDIR': '/tmp/.mount_FooabCDEF'}, 'exited': true",
		  .id = "appimage:AAAAAA" },
		{ .facts = SESSION ", 'exe': '/tmp/.mount_x/y'", .id = "exe:/tmp/.mount_x/y" },
		{ .facts = SESSION ", 'exe': '/tmp/.mount_abcdef'",
		  .id = "exe:/tmp/.mount_abcdef" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images),
		cmocka_unit_test(environment_alone_proves_nothing),
	};

	return cmocka_run_group_tests_name("ident/appimage", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Real sandboxes by bubblewrap: with a Flatpak's mark in them, and with a false one. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/program.h>
#include <harness/sock.h>
#include <harness/suites.h>

#include "apps.h"

/* An actor at this path of a sandbox whose root has a .flatpak-info of this app. */
static struct actor *start_inside(struct test *test, const char *path, const char *app)
{
	const char *bwrap = program_find(test, "bwrap"), *info = test_path(test, "flatpak-info"),
		   *name = strrchr(path, '/') + 1;
	struct actor *actor;
	int input;

	require(test, file_write(info, test_text(test, "[Application]\nname=%s\n", app)) == 0);
	if (program_run(test, &(struct program_options){ .argv = WORDS(bwrap, "--ro-bind", "/", "/",
								       "/bin/true") })
		    .status)
		test_skip(test, "bubblewrap makes no sandbox here");
	actor = actor_prepare(test, name, &input);
	program_start(test,
		      &(struct program_options){
			      .argv = WORDS(bwrap, "--ro-bind", "/usr", "/usr", "--symlink",
					    "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
					    "--proc", "/proc", "--dev", "/dev", "--ro-bind",
					    actor_executable(test, name), path, "--ro-bind", info,
					    "/.flatpak-info", path, "--actor"),
			      .input = input,
			      .output = STDOUT_FILENO,
			      .error = STDERR_FILENO,
		      });
	close(input);
	actor_await(actor);
	return actor;
}

static void flatpak(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *player = start_inside(test, "/app/bin/player", "org.example.Player");
	struct egret *egret = egret_start(test, NULL);

	send_bytes(player, server, 777);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "flatpak:org.example.Player",
				       .kind = "flatpak",
				       .name = "org.example.Player",
				       .trust = "user",
				       .component = "player" },
		   777);
}

/* Anybody can make such a file: a program from elsewhere is named by its own, and marked. */
static void impostor(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *evil = start_inside(test, "/opt/evil", "org.mozilla.firefox");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;

	send_bytes(evil, server, 666);
	result = egret_stop(egret);
	expect_no_app(result, "flatpak:org.mozilla.firefox");
	expect_app(result,
		   &(struct expected){ .id = "exe:/opt/evil",
				       .kind = "program",
				       .name = "evil",
				       .trust = "kernel",
				       .flag = "cgroup-mismatch",
				       .component = "evil" },
		   666);
}

const struct test_case sandbox_cases[] = {
	CASE("sandboxes/flatpak", flatpak),
	CASE("sandboxes/impostor", impostor),
	{ 0 },
};

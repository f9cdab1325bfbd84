/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that are known by where they lie and how they were started: AppImage, games, Wine. */
#include <netinet/in.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/sock.h>
#include <harness/suites.h>

#include "apps.h"

/* A copy of the actor at this path below the case's directory; its directories as well. */
static const char *place(struct test *test, const char *path)
{
	const char *whole = test_path(test, path);

	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/'))
		mkdir(test_text(test, "%s/%.*s", test->dir, (int)(at - path), path), 0755);
	require(test, file_copy(actor_executable(test, "original"), whole) == 0);
	return whole;
}

static void expect_started(struct test *test, const struct actor_options *options,
			   const struct expected *expected)
{
	struct actor *server = actor_start(test, "server"), *app;
	struct egret *egret = egret_start(test, NULL);

	app = actor_start_as(test, options);
	send_bytes(app, server, 4321);
	expect_app(egret_stop(egret), expected, 4321);
}

/* As the AppImage runtime mounts it: from the image's file, at a place that chance names. */
static void appimage(struct test *test)
{
	const char *dir = test_path(test, ".mount_KritaaQwErTy");

	require(test, mkdir(dir, 0755) == 0 &&
			      mount("Krita-5.2-x86_64.AppImage", dir, "tmpfs", 0, NULL) == 0);
	expect_started(test,
		       &(struct actor_options){ .name = "krita",
						.path = place(test, ".mount_KritaaQwErTy/krita"),
						.uid = user_of(test) },
		       &(struct expected){ .id = "appimage:Krita-5.2-x86_64.AppImage",
					   .kind = "appimage",
					   .name = "Krita",
					   .trust = "user",
					   .component = "krita" });
}

static void steam(struct test *test)
{
	const char *game = place(test, "steamapps/common/Made Up/game.x86_64"), *manifest;

	manifest = test_path(test, "steamapps/appmanifest_1234567.acf");
	require(test,
		file_write(manifest, "\"AppState\"\n{\n\t\"name\"\t\t\"Made Up Game\"\n}\n") == 0);
	expect_started(
		test,
		&(struct actor_options){
			.name = "game",
			.path = game,
			.cgroup = cgroup_of_user(test, "app.slice/app-steam-app1234567-9.scope"),
			.uid = user_of(test) },
		&(struct expected){ .id = "steam:1234567",
				    .kind = "steam",
				    .name = "Made Up Game",
				    .trust = "user",
				    .component = "game.x86_64" });
}

static void wine(struct test *test)
{
	expect_started(test,
		       &(struct actor_options){ .name = "wine",
						.path = place(test, "wine64-preloader"),
						.arguments = WORDS("Z:\\games\\Thing.EXE"),
						.uid = user_of(test) },
		       &(struct expected){ .id = "wine:Thing.EXE",
					   .kind = "wine",
					   .name = "Thing.EXE",
					   .trust = "user",
					   .component = "Thing.EXE" });
}

/* The runtime is shared: what it runs tells it apart. It is the system's, as /opt is here. */
static void electron(struct test *test)
{
	const char *runtime = "/opt/electron36/electron";

	if (access("/opt", F_OK) < 0)
		test_skip(test, "there is no /opt");
	require(test, mount("none", "/opt", "tmpfs", 0, NULL) == 0 &&
			      mkdir("/opt/electron36", 0755) == 0 &&
			      file_copy(actor_executable(test, "original"), runtime) == 0);
	expect_started(test,
		       &(struct actor_options){ .name = "electron",
						.path = runtime,
						.arguments = WORDS("/usr/lib/vault/app.asar"),
						.uid = user_of(test) },
		       &(struct expected){ .id = "electron:/usr/lib/vault/app.asar",
					   .kind = "electron",
					   .name = "vault",
					   .trust = "heuristic",
					   .component = "electron" });
}

const struct test_case packaged_cases[] = {
	CASE("packaged/appimage", appimage),
	CASE("packaged/steam", steam),
	CASE("packaged/wine", wine),
	CASE("packaged/electron", electron),
	{ 0 },
};

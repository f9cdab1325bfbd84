/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Android in a container: whose uid, whose package, whose socket. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/sock.h>
#include <harness/suites.h>

#include "droid.h"

static void packages_by_uid(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = droid_start_zygote(test);
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	send_bytes(droid_start_app(zygote, root, 10123, "com.android.chrome"), server, 111);
	send_bytes(droid_start_app(zygote, root, 10110, "com.google.android.gsf:push"), server,
		   222);
	send_bytes(droid_start_app(zygote, root, 1010123, "com.android.chrome"), server, 333);
	send_bytes(droid_start_app(zygote, root, 10199, "org.example.fresh"), server, 444);
	result = egret_stop(egret);
	droid_expect(result, "com.android.chrome", (struct expected){ .component = "main" }, 111);
	droid_expect(result, "com.google.android.gsf", (struct expected){ .component = "push" },
		     222);
	droid_expect(result, "com.android.chrome@u10",
		     (struct expected){ .name = "com.android.chrome (user 10)",
					.component = "main" },
		     333);
	droid_expect(result, "org.example.fresh",
		     (struct expected){ .trust = "heuristic", .component = "main" }, 444);
}

/* The list as the system replaces it when it has installed an app. */
static void list_fresh(struct test *test, const char *root)
{
	const char *list = test_text(test, "%s/data/system/packages.list", root);
	const char *other = test_text(test, "%s.tmp", list);

	require(test, file_write(other, "org.example.fresh 10199 0 /d s none\n") == 0);
	require(test, rename(other, list) == 0);
}

/* Installed while egret watches: known at the app's first byte. */
static void install(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = droid_start_zygote(test);
	struct egret *egret = egret_start_own(test, NULL);

	send_bytes(droid_start_app(zygote, root, 10123, "com.android.chrome"), server, 1);
	await_snapshot(egret);
	list_fresh(test, root);
	send_bytes(droid_start_app(zygote, root, 10199, "other.name"), server, 444);
	droid_expect(egret_stop(egret), "org.example.fresh",
		     (struct expected){ .component = "other.name" }, 444);
}

/* Sends a byte more and has a result printed, until an app is in it; how many it took. */
static long send_until(struct actor *app, struct actor *server, struct egret *egret, const char *id)
{
	long sent = 0;

	for (bool told = false; egret->program && !told;) {
		send_bytes(app, server, 1);
		sent++;
		unlink(egret->file);
		await_snapshot(egret);
		told = strstr(file_read(egret->test, egret->file), id);
	}
	return sent;
}

/* Listed only after the app has talked: what was counted stays, what follows is the package's. */
static void listed_late(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = droid_start_zygote(test), *app;
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	long sent;

	app = droid_start_app(zygote, root, 10199, "other.name");
	send_bytes(app, server, 444);
	await_snapshot(egret);
	list_fresh(test, root);
	sent = send_until(app, server, egret,
			  test_text(test, "android:%s/org.example.fresh\"", droid_container(test)));
	send_bytes(app, server, 1000);
	result = egret_stop(egret);
	droid_expect(result, "other.name",
		     (struct expected){ .trust = "heuristic", .component = "main" },
		     444 + sent - 1);
	droid_expect(result, "org.example.fresh", (struct expected){ .component = "other.name" },
		     1001);
}

/* Listed just before the end, when nobody would ask for a second yet. */
static void listed_last(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = droid_start_zygote(test), *app;
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	app = droid_start_app(zygote, root, 10199, "other.name");
	send_bytes(app, server, 444);
	await_snapshot(egret);
	list_fresh(test, root);
	send_bytes(app, server, 1000);
	result = egret_stop(egret);
	droid_expect(result, "other.name",
		     (struct expected){ .trust = "heuristic", .component = "main" }, 444);
	droid_expect(result, "org.example.fresh", (struct expected){ .component = "other.name" },
		     1000);
}

/* Of an app, egret app names the list in that process's root as what it has read. */
static void expect_list_in(struct test *test, const struct actor *app, const struct actor *eldest)
{
	struct output output = egret_run(test, WORDS("app", test_text(test, "%d", app->pid)));

	expect_equal(test,
		     !!strstr(output.out, test_text(test, "/proc/%d/root/data/system/packages.list",
						    eldest->pid)),
		     1);
}

/* The first interval, as egret replaces its document with each, in which an app is. */
static struct result *await_interval(struct egret *egret, const char *id)
{
	struct test *test = egret->test;
	char *text = NULL;

	if (!egret->program)
		return NULL;
	test->waiting = "an interval";
	while (!text || !strstr(text, id)) {
		breathe();
		text = file_read(test, egret->file);
	}
	test->waiting = NULL;
	return result_parse(test, text, egret->file);
}

/* What was printed stays; the interval after has the package, and nothing of it twice. */
static void listed_between(struct test *test)
{
	const char *root = droid_make(test);
	const char *guess = test_text(test, "android:%s/other.name", droid_container(test));
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = droid_start_zygote(test), *app;
	struct egret *egret = egret_start_own(test, WORDS("--interval", "3s"));
	struct result *result;

	app = droid_start_app(zygote, root, 10199, "other.name");
	send_bytes(app, server, 444);
	result = await_interval(egret, guess);
	droid_expect(result, "other.name",
		     (struct expected){ .trust = "heuristic", .component = "main" }, 444);
	list_fresh(test, root);
	send_bytes(app, server, 1000);
	result = egret_stop(egret);
	droid_expect(result, "org.example.fresh", (struct expected){ .component = "other.name" },
		     1000);
	expect_no_app(result, guess);
}

/* An app that has made itself another root: the list is in that of the container's init. */
static void root_of_its_own(struct test *test)
{
	const char *root = droid_make(test), *own = test_path(test, "own");
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = droid_start_zygote(test), *app;
	struct call call = { 0 };
	struct egret *egret;

	require(test, mkdir(own, 0755) == 0 && mkdir(test_text(test, "%s/data", own), 0755) == 0 &&
			      mkdir(test_text(test, "%s/data/system", own), 0755) == 0);
	require(test, file_write(test_text(test, "%s/data/system/packages.list", own),
				 "org.example.evil 10123 0 /d s none\n") == 0);
	egret = egret_start_own(test, NULL);
	app = droid_start_app(zygote, own, 10123, "com.android.chrome");
	snprintf(call.text, sizeof(call.text), "zygote\n%s", root);
	require(test, actor_call(zygote, droid_specialise, &call) == 0);
	send_bytes(app, server, 111);
	droid_expect(egret_stop(egret), "com.android.chrome",
		     (struct expected){ .component = "main" }, 111);
	if (egret->program)
		expect_list_in(test, app, zygote);
}

/* Found by its cgroup, while one of its processes lives. */
static void doctor(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *zygote = droid_start_zygote(test);
	struct output output;
	const cJSON *check;
	bool found = false;
	cJSON *json;

	egret_needed(test);
	droid_start_app(zygote, root, 10123, "com.android.chrome");
	output = egret_run(test, WORDS("doctor", "--format", "json"));
	json = cJSON_Parse(output.out);
	cJSON_ArrayForEach(check, json_get(json, "checks")) {
		if (strcmp(json_text(check, "name"),
			   test_text(test, "Android container %s", droid_container(test))) != 0)
			continue;
		found = true;
		expect_said(test, check, "status", "ok");
		expect_said(test, check, "detail", "3 packages");
	}
	expect_equal(test, found, 1);
	cJSON_Delete(json);
}

/*
 * An app that takes another's uid in a user namespace of its own, where it needs
 * no right for that, and has a root with a list of its own.
 */
static long take_uid(struct call *call)
{
	const char *map = call->text, *root = strchr(map, '\n') + 1;
	size_t size = strcspn(map, "\n");
	ssize_t written;
	int fd;

	if (setresuid((uid_t)call->arg[0], (uid_t)call->arg[0], (uid_t)call->arg[0]) < 0)
		return -errno;
	/* After another uid, its files in /proc are root's. */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -errno;
	fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	written = fd < 0 ? -1 : write(fd, map, size);
	if (fd >= 0)
		close(fd);
	if (written != (ssize_t)size || chroot(root) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

static void uid_of_its_own(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *server = actor_start(test, "server"), *evil;
	struct actor *zygote = droid_start_zygote(test);
	struct call call = { .arg = { 10199 } };
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	evil = actor_fork(zygote);
	snprintf(call.text, sizeof(call.text), "10123 10199 1\n%s", root);
	if (actor_call(evil, take_uid, &call) < 0)
		test_skip(test, "a user can make no user namespace here");
	send_bytes(evil, server, 666);
	send_bytes(droid_start_app(zygote, root, 10123, "com.android.chrome"), server, 111);
	result = egret_stop(egret);
	droid_expect(result, "com.android.chrome", (struct expected){ .component = "main" }, 111);
	expect_equal(test,
		     !result || result_app(result, test_text(test, "container:lxc/%s",
							     droid_container(test))) != NULL,
		     1);
}

/* egret app says where it has everything from. */
static void evidence(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *zygote = droid_start_zygote(test), *app;
	struct output output;
	cJSON *json;

	egret_needed(test);
	app = droid_start_app(zygote, root, 10123, "com.android.chrome:remote");
	output = egret_run(test, WORDS("app", test_text(test, "%d", app->pid)));
	json = cJSON_Parse(output.out);
	expect_said(test, json, "schema", "egret.app/1");
	expect_said(test, json, "app_id",
		    test_text(test, "android:%s/com.android.chrome", droid_container(test)));
	expect_said(test, json, "component", "remote");
	expect_said(test, json, "trust", "root");
	expect_equal(test, json_number(json, "owner_uid"), 10123);
	expect_equal(test,
		     !!strstr(output.out,
			      test_text(test, "/proc/%d/root/data/system/packages.list", app->pid)),
		     1);
	expect_equal(test, !!strstr(output.out, test_text(test, "/proc/%d/cgroup", app->pid)), 1);
	expect_equal(test, !!strstr(output.out, "the container's own claim"), 1);
	cJSON_Delete(json);
}

/* A list that nobody reads still makes an Android, whose apps have their own word only. */
static void large_list(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *zygote = droid_start_zygote(test), *app;
	struct output output;
	cJSON *json;

	egret_needed(test);
	require(test,
		truncate(test_text(test, "%s/data/system/packages.list", root), 64 << 20) == 0);
	app = droid_start_app(zygote, root, 10123, "com.android.chrome");
	output = egret_run(test, WORDS("app", test_text(test, "%d", app->pid)));
	json = cJSON_Parse(output.out);
	expect_said(test, json, "app_id",
		    test_text(test, "android:%s/com.android.chrome", droid_container(test)));
	expect_said(test, json, "trust", "heuristic");
	expect_equal(test, !!strstr(output.out, "too large to be read whole"), 1);
	cJSON_Delete(json);
}

const struct test_case android_cases[] = {
	CASE("android/packages", packages_by_uid),
	CASE("android/install", install),
	CASE("android/listed-late", listed_late),
	CASE("android/listed-last", listed_last),
	CASE("android/listed-between", listed_between),
	CASE("android/root-of-its-own", root_of_its_own),
	CASE("android/doctor", doctor),
	CASE("android/uid-of-its-own", uid_of_its_own),
	CASE("android/evidence", evidence),
	CASE("android/large-list", large_list),
	{ 0 },
};

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

/* Its own name for each case: cases run at the same time, and egret sees all of them. */
static const char *container(struct test *test)
{
	return test_text(test, "droid%d", getpid());
}

static const char *payload(struct test *test)
{
	return cgroup_named(test, test_text(test, "lxc.payload.%s", container(test)));
}

static struct actor *start_zygote(struct test *test)
{
	return actor_start_as(test,
			      &(struct actor_options){ .name = "zygote", .cgroup = payload(test) });
}

/* An app of the container; name and trust, where not given, are those of a listed package. */
static void expect_package(struct result *result, const char *package, struct expected expected,
			   long sent)
{
	if (!result)
		return;
	expected.id = test_text(result->test, "android:%s/%s", container(result->test), package);
	expected.kind = "android";
	expected.name = expected.name ?: package;
	expected.trust = expected.trust ?: "root";
	expect_app(result, &expected, sent);
}

static void packages_by_uid(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = start_zygote(test);
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	send_bytes(droid_start_app(zygote, root, 10123, "com.android.chrome"), server, 111);
	send_bytes(droid_start_app(zygote, root, 10110, "com.google.android.gsf:push"), server,
		   222);
	send_bytes(droid_start_app(zygote, root, 1010123, "com.android.chrome"), server, 333);
	send_bytes(droid_start_app(zygote, root, 10199, "org.example.fresh"), server, 444);
	result = egret_stop(egret);
	expect_package(result, "com.android.chrome", (struct expected){ .component = "main" }, 111);
	expect_package(result, "com.google.android.gsf", (struct expected){ .component = "push" },
		       222);
	expect_package(result, "com.android.chrome@u10",
		       (struct expected){ .name = "com.android.chrome (user 10)",
					  .component = "main" },
		       333);
	expect_package(result, "org.example.fresh",
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
	struct actor *zygote = start_zygote(test);
	struct egret *egret = egret_start_own(test, NULL);

	send_bytes(droid_start_app(zygote, root, 10123, "com.android.chrome"), server, 1);
	await_snapshot(egret);
	list_fresh(test, root);
	send_bytes(droid_start_app(zygote, root, 10199, "other.name"), server, 444);
	expect_package(egret_stop(egret), "org.example.fresh",
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
	struct actor *zygote = start_zygote(test), *app;
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	long sent;

	app = droid_start_app(zygote, root, 10199, "other.name");
	send_bytes(app, server, 444);
	await_snapshot(egret);
	list_fresh(test, root);
	sent = send_until(app, server, egret,
			  test_text(test, "android:%s/org.example.fresh\"", container(test)));
	send_bytes(app, server, 1000);
	result = egret_stop(egret);
	expect_package(result, "other.name",
		       (struct expected){ .trust = "heuristic", .component = "main" },
		       444 + sent - 1);
	expect_package(result, "org.example.fresh", (struct expected){ .component = "other.name" },
		       1001);
}

/* Listed just before the end, when nobody would ask for a second yet. */
static void listed_last(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = start_zygote(test), *app;
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	app = droid_start_app(zygote, root, 10199, "other.name");
	send_bytes(app, server, 444);
	await_snapshot(egret);
	list_fresh(test, root);
	send_bytes(app, server, 1000);
	result = egret_stop(egret);
	expect_package(result, "other.name",
		       (struct expected){ .trust = "heuristic", .component = "main" }, 444);
	expect_package(result, "org.example.fresh", (struct expected){ .component = "other.name" },
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
	const char *guess = test_text(test, "android:%s/other.name", container(test));
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = start_zygote(test), *app;
	struct egret *egret = egret_start_own(test, WORDS("--interval", "3s"));
	struct result *result;

	app = droid_start_app(zygote, root, 10199, "other.name");
	send_bytes(app, server, 444);
	result = await_interval(egret, guess);
	expect_package(result, "other.name",
		       (struct expected){ .trust = "heuristic", .component = "main" }, 444);
	list_fresh(test, root);
	send_bytes(app, server, 1000);
	result = egret_stop(egret);
	expect_package(result, "org.example.fresh", (struct expected){ .component = "other.name" },
		       1000);
	expect_no_app(result, guess);
}

/* An app that has made itself another root: the list is in that of the container's init. */
static void root_of_its_own(struct test *test)
{
	const char *root = droid_make(test), *own = test_path(test, "own");
	struct actor *server = actor_start(test, "server");
	struct actor *zygote = start_zygote(test), *app;
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
	expect_package(egret_stop(egret), "com.android.chrome",
		       (struct expected){ .component = "main" }, 111);
	if (egret->program)
		expect_list_in(test, app, zygote);
}

/* Found by its cgroup, while one of its processes lives. */
static void doctor(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *zygote = start_zygote(test);
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
			   test_text(test, "Android container %s", container(test))) != 0)
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
	struct actor *zygote = start_zygote(test);
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
	expect_package(result, "com.android.chrome", (struct expected){ .component = "main" }, 111);
	expect_equal(test,
		     !result || result_app(result, test_text(test, "container:lxc/%s",
							     container(test))) != NULL,
		     1);
}

/* egret app says where it has everything from. */
static void evidence(struct test *test)
{
	const char *root = droid_make(test);
	struct actor *zygote = start_zygote(test), *app;
	struct output output;
	cJSON *json;

	egret_needed(test);
	app = droid_start_app(zygote, root, 10123, "com.android.chrome:remote");
	output = egret_run(test, WORDS("app", test_text(test, "%d", app->pid)));
	json = cJSON_Parse(output.out);
	expect_said(test, json, "schema", "egret.app/1");
	expect_said(test, json, "app_id",
		    test_text(test, "android:%s/com.android.chrome", container(test)));
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
	struct actor *zygote = start_zygote(test), *app;
	struct output output;
	cJSON *json;

	egret_needed(test);
	require(test,
		truncate(test_text(test, "%s/data/system/packages.list", root), 64 << 20) == 0);
	app = droid_start_app(zygote, root, 10123, "com.android.chrome");
	output = egret_run(test, WORDS("app", test_text(test, "%d", app->pid)));
	json = cJSON_Parse(output.out);
	expect_said(test, json, "app_id",
		    test_text(test, "android:%s/com.android.chrome", container(test)));
	expect_said(test, json, "trust", "heuristic");
	expect_equal(test, !!strstr(output.out, "too large to be read whole"), 1);
	cJSON_Delete(json);
}

/* --- sockets that netd makes for others --- */

/* Android's resolver: root, in the container, with its own executable. */
static struct actor *start_netd(struct test *test, const char *root)
{
	struct actor *netd = actor_start_as(
		test, &(struct actor_options){ .name = "netd", .cgroup = payload(test) });
	struct call call = { 0 };

	snprintf(call.text, sizeof(call.text), "netd\n%s", root);
	require(test, actor_call(netd, droid_specialise, &call) == 0);
	return netd;
}

struct asked {
	struct actor *netd, *server;
	int server_fd, port;
};

static struct asked start_asking(struct test *test)
{
	struct asked asked = { .server = actor_start(test, "server") };

	asked.server_fd = sock_open(asked.server, test->family, SOCK_DGRAM, 0);
	asked.port = sock_bind(asked.server, asked.server_fd, test->ip, 0);
	asked.netd = start_netd(test, droid_make(test));
	return asked;
}

/* A question for an app, over UDP as netd asks it; `late`: given away after connect(). */
static void ask(const struct asked *asked, uid_t uid, long size, bool connected, bool late)
{
	struct actor *netd = asked->netd;
	int fd = sock_open(netd, netd->test->family, SOCK_DGRAM, 0);
	const char *ip = netd->test->ip;

	if (!late)
		droid_give(netd, fd, uid);
	if (connected)
		expect_equal(netd->test, sock_connect(netd, fd, ip, asked->port), 0);
	if (late)
		droid_give(netd, fd, uid);
	expect_equal(netd->test,
		     sock_send_to(netd, fd, connected ? NULL : ip, connected ? 0 : asked->port,
				  size),
		     size);
	sock_close(netd, fd);
}

static void netd_datagrams(struct test *test)
{
	struct asked asked = start_asking(test);
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	ask(&asked, 10123, 31, true, false);
	ask(&asked, 10110, 37, false, false);
	ask(&asked, 1010123, 41, true, true);
	result = egret_stop(egret);
	expect_package(result, "com.android.chrome",
		       (struct expected){ .via = "netd", .component = "dns via netd" }, 31);
	expect_package(result, "com.google.android.gms",
		       (struct expected){ .via = "netd", .component = "dns via netd" }, 37);
	expect_package(result, "com.android.chrome@u10",
		       (struct expected){ .name = "com.android.chrome (user 10)",
					  .via = "netd",
					  .component = "dns via netd" },
		       41);
	expect_no_app(result, test_text(test, "android:%s/system:netd", container(test)));
}

/* Its own question, and one over the connection that all apps' private DNS shares. */
static void netd_own(struct test *test)
{
	struct asked asked = start_asking(test);
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	ask(&asked, 0, 43, true, false);
	ask(&asked, 1051, 47, true, false);
	result = egret_stop(egret);
	expect_package(result, "system:netd",
		       (struct expected){ .name = "Android netd", .component = "netd" }, 43);
	expect_package(result, "system:dns",
		       (struct expected){ .name = "Android DNS resolver", .component = "netd" },
		       47);
}

/* TCP, and an app that talks for itself as well: one app, whose own bytes are no relay's. */
static void netd_stream(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *zygote, *netd;
	const char *root = droid_make(test);
	int listener = sock_open(server, test->family, SOCK_STREAM, 0), fd, other;
	int port = sock_bind(server, listener, test->ip, 0);
	struct egret *egret;

	sock_listen(server, listener);
	netd = start_netd(test, root);
	zygote = start_zygote(test);
	egret = egret_start_own(test, NULL);
	send_bytes(droid_start_app(zygote, root, 10123, "com.android.chrome"), server, 1000);
	fd = sock_open(netd, test->family, SOCK_STREAM, 0);
	droid_give(netd, fd, 10123);
	expect_equal(test, sock_connect(netd, fd, test->ip, port), 0);
	other = sock_accept(server, listener);
	sock_transfer(netd, fd, server, other, 53);
	sock_close(netd, fd);
	sock_close(server, other);
	expect_package(egret_stop(egret), "com.android.chrome",
		       (struct expected){ .component = "dns via netd" }, 1053);
}

/* On the host a socket's owner says nothing of the app: who made it counts. */
static void owner_on_the_host(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *client = actor_start(test, "client");
	struct pair pair;
	struct egret *egret = egret_start_own(test, NULL);

	pair = sock_pair(client, server, test->ip, 0);
	droid_give(client, pair.client_fd, 10123);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 99);
	sock_pair_close(&pair);
	expect_sums(egret_stop(egret), client, 99, 0);
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
	CASE("android/netd-datagrams", netd_datagrams),
	CASE("android/netd-own", netd_own),
	CASE("android/netd-stream", netd_stream),
	CASE("android/owner-on-the-host", owner_on_the_host),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What cases about apps share: what an app says of itself, and bytes for it to send. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/sock.h>

#include "apps.h"

void expect_said(struct test *test, const cJSON *object, const char *key, const char *expected)
{
	const char *got = json_text(object, key);

	if (strcmp(got ? got : "", expected ? expected : "") != 0)
		test_wrong(test, "%s is '%s', not '%s'", key, got ? got : "",
			   expected ? expected : "");
}

void expect_app(struct result *result, const struct expected *expected, long long sent)
{
	struct test *test = result ? result->test : NULL;
	const cJSON *app = result ? result_app(result, expected->id) : NULL, *item;

	if (!result)
		return;
	if (!app) {
		test_wrong(test, "no app %s", expected->id);
		cJSON_ArrayForEach(item, json_get(result->json, "apps"))
			printf("  %s\n", json_text(item, "id"));
		return;
	}
	expect_said(test, app, "kind", expected->kind);
	expect_said(test, app, "name", expected->name);
	expect_said(test, app, "trust", expected->trust);
	expect_said(test, app, "via", expected->via);
	expect_said(test, app, "flag", expected->flag);
	item = cJSON_GetArrayItem(json_get(app, "processes"), 0);
	expect_said(test, item, "component", expected->component);
	expect_equal(test, json_number(app, "bytes_sent"), sent);
}

void send_bytes(struct actor *client, struct actor *server, long size)
{
	struct pair pair = sock_pair(client, server, client->test->ip, 0);

	sock_transfer(client, pair.client_fd, server, pair.server_fd, size);
	sock_pair_close(&pair);
	sock_close(server, pair.listener);
}

void expect_no_app(struct result *result, const char *id)
{
	if (result && result_app(result, id))
		test_wrong(result->test, "there is an app %s", id);
}

const char *cgroup_named(struct test *test, const char *name)
{
	const char *dir = NULL, *end = name;
	int error = test->cgroup[0] ? 0 : -ENOENT;

	while (!error && *end) {
		end = strchrnul(end + 1, '/');
		dir = test_text(test, "%s/%.*s", test->cgroup, (int)(end - name), name);
		error = cgroup_make(dir);
		error = error == -EEXIST ? 0 : error;
	}
	if (error)
		test_skip(test, "no cgroup2");
	return dir;
}

uid_t user_of(struct test *test)
{
	(void)test;
	return 700000000 + (uid_t)getpid();
}

/* Makes each directory of the path from here on; they belong to the user. */
static void make_owned(struct test *test, const char *path, size_t from, uid_t uid)
{
	for (const char *at = strchr(path + from + 1, '/'); at;
	     at = *at ? strchrnul(at + 1, '/') : NULL) {
		const char *dir = test_text(test, "%.*s", (int)(at - path), path);
		int error = cgroup_make(dir);

		if (error && error != -EEXIST)
			test_skip(test, "%s: %s", dir, strerror(-error));
		require(test, error || chown(dir, uid, uid) == 0);
	}
}

const char *cgroup_of_user(struct test *test, const char *unit)
{
	unsigned uid = user_of(test);
	char root[PATH_ROOM];
	const char *slice, *path;

	if (cgroup_root(test_path(test, "cgroup2"), root, sizeof(root)) < 0)
		test_skip(test, "no cgroup2");
	cgroup_make(test_text(test, "%s/user.slice", root));
	slice = test_text(test, "%s/user.slice/user-%u.slice", root, uid);
	if (cgroup_make(slice) == 0)
		test_sweep(test, slice);
	path = test_text(test, "%s/user@%u.service/%s", slice, uid, unit);
	make_owned(test, path, strlen(slice), uid);
	return path;
}

void install_entry(struct test *test, const char *id, const char *name, const char *program)
{
	static const char directory[] = "/usr/share/applications";

	if (access(directory, F_OK) < 0)
		test_skip(test, "there is no %s", directory);
	if (access(test_text(test, "%s/.case", directory), F_OK) < 0) {
		require(test, mount("none", directory, "tmpfs", 0, NULL) == 0);
		require(test, file_write(test_text(test, "%s/.case", directory), "") == 0);
	}
	if (strchr(id, '/'))
		mkdir(test_text(test, "%s/%.*s", directory, (int)strcspn(id, "/"), id), 0755);
	require(test, file_write(test_text(test, "%s/%s.desktop", directory, id),
				 test_text(test,
					   "[Desktop Entry]\nType=Application\nName=%s\n"
					   "Exec=%s %%U\n",
					   name, program)) == 0);
}

void await_snapshot(struct egret *egret)
{
	if (!egret->program)
		return;
	egret->test->waiting = "a snapshot";
	kill(egret->program->pid, SIGUSR1);
	while (access(egret->file, F_OK) < 0)
		breathe();
	egret->test->waiting = NULL;
}

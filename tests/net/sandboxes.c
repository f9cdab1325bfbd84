/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Real sandboxes by bubblewrap: with a Flatpak's mark in them, and with a false one. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/program.h>
#include <harness/sock.h>
#include <harness/suites.h>

#include "apps.h"

/* A sandbox to be made; NULL: not that. */
struct sandbox {
	const char *path; /* of the actor in it */
	const char *deployment; /* directory that is /app there, with the actor in its bin */
	const char *app; /* that its .flatpak-info names */
	const char *cgroup; /* of the user's */
	uid_t uid; /* who makes it; 0: root */
};

static const char *bubblewrap(struct test *test, uid_t uid)
{
	const char *bwrap = program_find(test, "bwrap");
	struct program_options options = { .argv = WORDS(bwrap, "--ro-bind", "/", "/", "/bin/true"),
					   .uid = uid };

	if (program_run(test, &options).status)
		test_skip(test, "bubblewrap makes no sandbox here");
	return bwrap;
}

/* An actor in a sandbox that has the host's /usr; its own files as the sandbox says. */
static struct actor *start_inside(struct test *test, const struct sandbox *sandbox)
{
	const char *name = strrchr(sandbox->path, '/') + 1, *info = test_path(test, "flatpak-info");
	const char *bwrap = bubblewrap(test, sandbox->uid);
	const char *from = sandbox->deployment ? sandbox->deployment : actor_executable(test, name);
	const char *to = sandbox->deployment ? "/app" : sandbox->path;
	struct actor *actor;
	int input;

	require(test, file_write(info, sandbox->app ? test_text(test, "[Application]\nname=%s\n",
								sandbox->app)
						    : "") == 0);
	actor = actor_prepare(test, name, &input);
	program_start(
		test,
		&(struct program_options){
			.argv = WORDS(bwrap, "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib",
				      "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc",
				      "--dev", "/dev", "--ro-bind", from, to, "--ro-bind", info,
				      sandbox->app ? "/.flatpak-info" : "/tmp/none", sandbox->path,
				      "--actor"),
			.cgroup = sandbox->cgroup ? cgroup_of_user(test, sandbox->cgroup) : NULL,
			.uid = sandbox->uid,
			.input = input,
			.output = STDOUT_FILENO,
			.error = STDERR_FILENO,
		});
	close(input);
	actor_await(actor);
	return actor;
}

/* The directory that flatpak would have put the app into. */
static const char *deploy(struct test *test, const char *app, const char *name)
{
	const char *const parts[] = { "flatpak", "app",	   app,	    "x86_64",
				      "stable",	 "c0ffee", "files", "bin" };
	const char *dir = test->dir;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		dir = test_text(test, "%s/%s", dir, parts[i]);
		require(test, mkdir(dir, 0755) == 0);
	}
	require(test,
		file_copy(actor_executable(test, name), test_text(test, "%s/%s", dir, name)) == 0);
	return test_text(test, "%.*s", (int)(strlen(dir) - strlen("/bin")), dir);
}

static void flatpak(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *player = start_inside(
		test, &(struct sandbox){ .path = "/app/bin/player",
					 .deployment = deploy(test, "org.example.Player", "player"),
					 .app = "org.example.Player" });
	struct egret *egret = egret_start_own(test, NULL);

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
	struct actor *evil = start_inside(test, &(struct sandbox){ .path = "/opt/evil",
								   .app = "org.mozilla.firefox" });
	struct egret *egret = egret_start_own(test, NULL);
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

/* In the right place of its root, but that is no installed app's directory. */
static void false_info(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *evil = start_inside(test, &(struct sandbox){ .path = "/app/bin/firefox",
								   .app = "org.mozilla.firefox" });
	struct egret *egret = egret_start_own(test, NULL);

	send_bytes(evil, server, 667);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "flatpak:org.mozilla.firefox",
				       .kind = "flatpak",
				       .name = "Firefox",
				       .trust = "user",
				       .flag = "mount-mismatch",
				       .component = "firefox" },
		   667);
}

/* Who makes a root for himself can call his program what he likes: it is his word. */
static void root_of_user(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *evil = start_inside(test, &(struct sandbox){ .path = "/opt/bin/curl",
								   .uid = user_of(test) });
	struct egret *egret = egret_start_own(test, NULL);

	send_bytes(evil, server, 668);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "exe:/opt/bin/curl",
				       .kind = "program",
				       .name = "curl",
				       .trust = "user",
				       .component = "curl" },
		   668);
}

/* A Snap's image is root's to mount: what lies at its path in a user's root is none. */
static void snap(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *evil = start_inside(
		test, &(struct sandbox){ .path = "/snap/firefox/1/firefox", .uid = user_of(test) });
	struct egret *egret = egret_start_own(test, NULL);

	send_bytes(evil, server, 670);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "exe:/snap/firefox/1/firefox",
				       .kind = "program",
				       .name = "firefox",
				       .trust = "user",
				       .flag = "mount-mismatch",
				       .component = "firefox" },
		   670);
}

/* The same for whatever a user's root has at the path of an app whose scope it takes. */
static void desktop(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *evil;
	struct egret *egret;

	install_entry(test, "org.gnome.Epiphany", "Web", "/opt/epiphany");
	evil = start_inside(test,
			    &(struct sandbox){ .path = "/opt/epiphany",
					       .cgroup = "app.slice/app-gnome-org.gnome.Epiphany-1."
							 "scope",
					       .uid = user_of(test) });
	egret = egret_start_here(test, NULL);
	send_bytes(evil, server, 671);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "exe:/opt/epiphany",
				       .kind = "program",
				       .name = "epiphany",
				       .trust = "user",
				       .flag = "cgroup-mismatch",
				       .component = "epiphany" },
		   671);
}

static long take_users(struct call *call)
{
	(void)call;
	return unshare(CLONE_NEWUSER) < 0 ? -errno : 0;
}

/* As browsers' children do: a user namespace of its own, in the mounts that root has made. */
static void users_only(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *child = actor_start_as(test, &(struct actor_options){ .name = "child",
									    .uid = user_of(test) });
	struct egret *egret;

	if (actor_call(child, take_users, &(struct call){ 0 }) < 0)
		test_skip(test, "a user can make no user namespace here");
	egret = egret_start_own(test, NULL);
	send_bytes(child, server, 669);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "exe:%s", child->identity.exe),
				       .kind = "program",
				       .name = "child",
				       .trust = "kernel",
				       .component = "child" },
		   669);
}

/* As unshare -Urm does, which takes no right. */
static long take_root(struct call *call)
{
	int fd;
	ssize_t written;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -errno;
	fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	written = write(fd, call->text, strlen(call->text));
	close(fd);
	return written < 0 ? -EPERM : 0;
}

/* A user's scope that is called like a container, around namespaces that anybody can make. */
static void container(struct test *test)
{
	static const char unit[] =
		"user.slice/docker-"
		"c0ffee33deadbeef22cafe33babe44feed55face66d00d77abba88ace099f01d.scope";
	struct actor *server = actor_start(test, "server");
	struct actor *evil =
		actor_start_as(test, &(struct actor_options){ .name = "evil",
							      .cgroup = cgroup_of_user(test, unit),
							      .uid = user_of(test) });
	struct call call = { 0 };
	struct egret *egret;

	snprintf(call.text, sizeof(call.text), "0 %u 1", user_of(test));
	if (actor_call(evil, take_root, &call) < 0)
		test_skip(test, "a user can make no user namespace here");
	egret = egret_start_own(test, NULL);
	send_bytes(evil, server, 673);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "exe:%s", evil->identity.exe),
				       .kind = "program",
				       .name = "evil",
				       .trust = "user",
				       .flag = "cgroup-mismatch",
				       .component = "evil" },
		   673);
}

/* In mounts of its own, a file system in user space over /proc, which never answers. */
static long take_silent_proc(struct call *call)
{
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[96];

	(void)call;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fuse);
	if (fuse < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("silent", "/proc", "fuse", MS_NODEV | MS_NOSUID, options) < 0)
		return -errno;
	return 0;
}

/* Whose init it has is looked up in its /proc: who waits for that waits for ever. */
static void silent(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *parent = actor_start(test, "parent");
	struct actor *child = actor_fork_in_pid_namespace(parent);
	struct egret *egret;

	if (actor_call(child, take_silent_proc, &(struct call){ 0 }) < 0)
		test_skip(test, "there are no file systems in user space here");
	egret = egret_start_own(test, NULL);
	send_bytes(child, server, 672);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "exe:%s", child->identity.exe),
				       .kind = "program",
				       .name = "parent",
				       .trust = "kernel",
				       .component = "parent" },
		   672);
}

const struct test_case sandbox_cases[] = {
	CASE("sandboxes/flatpak", flatpak),
	CASE("sandboxes/impostor", impostor),
	CASE("sandboxes/false-info", false_info),
	CASE("sandboxes/root-of-user", root_of_user),
	CASE("sandboxes/snap", snap),
	CASE("sandboxes/desktop", desktop),
	CASE("sandboxes/users-only", users_only),
	CASE("sandboxes/container", container),
	CASE("sandboxes/silent", silent),
	{ 0 },
};

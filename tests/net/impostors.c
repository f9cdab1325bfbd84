/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A user's program that calls itself something else, in each way that there is. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/program.h>
#include <harness/sock.h>
#include <harness/suites.h>

#include "droid.h"

#define ID "c0ffee11deadbeef22cafe33babe44feed55face66d00d77abba88ace099f01d"
/* Another, as cases that run beside this one have that container. */
#define HOST_ID "c0ffee22deadbeef22cafe33babe44feed55face66d00d77abba88ace099f01d"

/*
 * Whatever a user says, his program is called what the kernel calls it: its file
 * is the kernel's word, a name of his own choice is at best his.
 */
static void expect_unmasked(struct result *result, struct actor *evil, const char *flag, long sent)
{
	struct test *test = result ? result->test : NULL;
	const char *name = strrchr(evil->identity.exe, '/') + 1;

	if (!result)
		return;
	expect_app(result,
		   &(struct expected){ .id = test_text(test, "exe:%s", evil->identity.exe),
				       .kind = "program",
				       .name = name,
				       .trust = "kernel",
				       .flag = flag,
				       .component = name },
		   sent);
}

/* No app that is not the harness's own is trusted for more than the user's word. */
static void expect_no_trust(struct result *result, const char *id)
{
	const cJSON *app = result ? result_app(result, id) : NULL;
	const char *trust = app ? json_text(app, "trust") : NULL;

	if (app && (!trust || (strcmp(trust, "user") != 0 && strcmp(trust, "heuristic") != 0)))
		test_wrong(result->test, "%s has the trust of '%s'", id, trust ? trust : "null");
}

/* --- by the name of a cgroup --- */

struct disguise {
	const char *unit; /* below the user's manager */
	const char *id; /* that it must not get */
};

/* `host`: with the host's files, else with those of the case. */
static void in_cgroups(struct test *test, const struct disguise *disguises, size_t count, bool host)
{
	struct actor *server = actor_start_as(test, &(struct actor_options){ .name = "server",
									     .host = host }),
		     *evil = NULL;
	struct egret *egret;
	struct result *result;
	long sent = 0;

	install_entry(test, "org.gnome.Epiphany", "Web", "/usr/bin/epiphany");
	egret = host ? egret_start_own(test, NULL) : egret_start_here(test, NULL);
	for (size_t i = 0; i < count; i++) {
		evil = actor_start_as(test,
				      &(struct actor_options){
					      .name = "evil",
					      .cgroup = cgroup_of_user(test, disguises[i].unit),
					      .uid = user_of(test),
					      .host = host,
				      });
		send_bytes(evil, server, 100 + (long)i);
		sent += 100 + (long)i;
	}
	result = egret_stop(egret);
	for (size_t i = 0; i < count; i++)
		expect_no_app(result, disguises[i].id);
	expect_unmasked(result, evil, "cgroup-mismatch", sent);
}

static void apps(struct test *test)
{
	static const struct disguise disguises[] = {
		{ "app.slice/app-flatpak-org.mozilla.firefox-99.scope",
		  "flatpak:org.mozilla.firefox" },
		{ "app.slice/app-steam-app440-9.scope", "steam:440" },
		{ "app.slice/app-gnome-org.gnome.Epiphany-1.scope", "desktop:org.gnome.Epiphany" },
		{ "app.slice/app-org.gnome.Epiphany@1.service", "desktop:org.gnome.Epiphany" },
	};

	in_cgroups(test, disguises, sizeof(disguises) / sizeof(*disguises), false);
}

/* Root has put it there, but it does what the user tells it. */
static void interpreter(struct test *test)
{
	static const char code[] = "import socket,sys\n"
				   "s=socket.create_connection((sys.argv[1],int(sys.argv[2])))\n"
				   "s.sendall(b'x'*4343)\n"
				   "s.recv(1)\n";
	const char *python3 = program_find(test, "python3");
	struct actor *server = actor_start(test, "server");
	int listener = sock_open(server, test->family, SOCK_STREAM, 0), fd;
	int port = sock_bind(server, listener, test->ip, 0);
	struct program *evil;
	struct egret *egret;
	char path[PATH_MAX];

	require(test, realpath(python3, path) != NULL);
	install_entry(test, "org.gnome.Epiphany", "Web", "/usr/bin/epiphany");
	sock_listen(server, listener);
	egret = egret_start_here(test, NULL);
	evil = program_start(
		test,
		&(struct program_options){
			.argv = WORDS(python3, "-c", code, test->ip, test_text(test, "%d", port)),
			.cgroup = cgroup_of_user(test, "app.slice/app-gnome-org.gnome.Epiphany-1."
						       "scope"),
			.uid = user_of(test) });
	fd = sock_accept(server, listener);
	expect_equal(test, sock_receive(server, fd, 4343), 4343);
	sock_close(server, fd);
	program_wait(evil);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "exe:%s", path),
				       .kind = "program",
				       .name = strrchr(path, '/') + 1,
				       .trust = "kernel",
				       .flag = "cgroup-mismatch",
				       .component = strrchr(path, '/') + 1 },
		   4343);
}

static void containers(struct test *test)
{
	static const struct disguise disguises[] = {
		{ "user.slice/docker-" ID ".scope", "container:docker/c0ffee11dead" },
		{ "user.slice/libpod-" ID ".scope/container", "container:podman/c0ffee11dead" },
		{ "lxc.payload.waydroid", "container:lxc/waydroid" },
		{ "app.slice/machine-debian.scope", "container:nspawn/debian" },
		{ "kubepods/poddde1244b-5bb5-4297-b544-85f3bc0d80bf/" ID,
		  "k8s:pod-dde1244b-5bb5-4297-b544-85f3bc0d80bf/c0ffee11dead" },
	};
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	/* In the case's own mount namespace nobody can tell: at best it is the user's word. */
	for (size_t i = 0; i < sizeof(disguises) / sizeof(*disguises); i++)
		send_bytes(actor_start_as(test,
					  &(struct actor_options){
						  .name = "evil",
						  .cgroup = cgroup_of_user(test, disguises[i].unit),
						  .uid = user_of(test),
					  }),
			   server, 10);
	result = egret_stop(egret);
	for (size_t i = 0; i < sizeof(disguises) / sizeof(*disguises); i++)
		expect_no_trust(result, disguises[i].id);
}

#define FIRST_MNT_NS 0xEFFFFFF8U /* include/linux/proc_ns.h, since 6.18 */

/* Is this the mount namespace of the host's init, which not each root may look at? */
static bool is_host(int mnt_fd)
{
	struct stat own, host;

	if (fstat(mnt_fd, &own) < 0)
		return false;
	if (stat("/proc/1/ns/mnt", &host) < 0)
		return own.st_ino == FIRST_MNT_NS;
	return own.st_ino == host.st_ino;
}

/* The same with the host's files: a container, and a snap, would have its own. */
static void containers_on_the_host(struct test *test)
{
	static const struct disguise disguises[] = {
		{ "docker-" HOST_ID ".scope", "container:docker/c0ffee22dead" },
		{ "snap.firefox.firefox-228ae109-a869-4533-8988-65ea4c10b492.scope",
		  "snap:firefox" },
	};

	if (!is_host(test->host_mnt))
		test_skip(test, "the tests run in a mount namespace of their own");
	in_cgroups(test, disguises, sizeof(disguises) / sizeof(*disguises), true);
}

/*
 * Not below a user's manager, but in a cgroup that root has given away: its name
 * is root's, those below are the user's.
 */
static void delegated(struct test *test)
{
	const char *given = cgroup_named(test, "given");
	const char *name = test_text(test, "droid%d", getpid());
	struct actor *server = actor_start(test, "server"), *evil;
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	const char *id;

	require(test, chown(given, user_of(test), user_of(test)) == 0);
	evil = actor_start_as(
		test,
		&(struct actor_options){
			.name = "evil",
			.cgroup = cgroup_named(test, test_text(test, "given/lxc.payload.%s", name)),
			.uid = user_of(test),
		});
	send_bytes(evil, server, 10);
	result = egret_stop(egret);
	id = test_text(test, "container:lxc/%s", name);
	expect_no_trust(result, id);
	expect_equal(test, !result || result_app(result, id) != NULL, 1);
}

/* --- by what a process says of itself --- */

static long call_itself(struct call *call)
{
	const char *name = call->text;
	char *arguments;
	size_t size;

	if (droid_find_arguments(&arguments, &size) < 0 || size <= strlen(name))
		return -EINVAL;
	memset(arguments, 0, size);
	memcpy(arguments, name, strlen(name));
	return prctl(PR_SET_NAME, call->text) < 0 ? -errno : 0;
}

/* comm and argv of the kernel's threads, of a resolver, of an Android app, of a game. */
static void comm_and_arguments(struct test *test)
{
	static const char *const names[] = { "[kworker/0:1]", "systemd-resolved", "cifsd",
					     "com.android.chrome", "Z:\\games\\Game.exe" };
	struct actor *server = actor_start(test, "server"), *evil = NULL;
	struct egret *egret = egret_start_own(test, NULL);
	long sent = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct call call = { 0 };

		evil = actor_start_as(test, &(struct actor_options){ .name = "evil",
								     .uid = user_of(test) });
		snprintf(call.text, sizeof(call.text), "%s", names[i]);
		expect_equal(test, actor_call(evil, call_itself, &call), 0);
		send_bytes(evil, server, 100 + (long)i);
		sent += 100 + (long)i;
	}
	expect_unmasked(egret_stop(egret), evil, NULL, sent);
}

/* An actor of the user's, with these variables. */
static struct actor *start_with(struct test *test, const char *path, const char *const *variables)
{
	int input;
	struct actor *evil = actor_prepare(test, strrchr(path, '/') + 1, &input);

	program_start(test, &(struct program_options){
				    .argv = WORDS(path, "--actor"),
				    .environment = variables,
				    .uid = user_of(test),
				    .input = input,
				    .output = STDOUT_FILENO,
				    .error = STDERR_FILENO,
			    });
	close(input);
	actor_await(evil);
	return evil;
}

/* An AppImage's, a Snap's, a Flatpak's and Steam's variables, inherited or invented. */
static void environment(struct test *test)
{
	static const char *const names[] = { "APPIMAGE=/home/u/Signal.AppImage",
					     "APPDIR=/tmp/.mount_SignalAbCdEf",
					     "SNAP_INSTANCE_NAME=firefox",
					     "FLATPAK_ID=org.mozilla.firefox",
					     "SteamAppId=440",
					     NULL };
	struct actor *server = actor_start(test, "server"), *evil;
	struct egret *egret = egret_start_own(test, NULL);

	evil = start_with(test, actor_executable(test, "evil"), names);
	send_bytes(evil, server, 31);
	expect_unmasked(egret_stop(egret), evil, NULL, 31);
}

/* --- by where its file lies --- */

/* A copy of the actor in a directory of this name. */
static const char *place(struct test *test, const char *directory, const char *name)
{
	const char *dir = test_path(test, directory), *path = test_text(test, "%s/%s", dir, name);

	require(test,
		mkdir(dir, 0755) == 0 && file_copy(actor_executable(test, "original"), path) == 0);
	return path;
}

/* Called as an AppImage's mount point, with variables to match; but nothing is mounted. */
static void mount_point(struct test *test)
{
	const char *path = place(test, ".mount_SignalAbCdEf", "signal");
	const char *const names[] = { "APPIMAGE=/home/u/Signal.AppImage",
				      test_text(test, "APPDIR=%s/.mount_SignalAbCdEf", test->dir),
				      NULL };
	struct actor *server = actor_start(test, "server"), *evil;
	struct egret *egret = egret_start_own(test, NULL);

	evil = start_with(test, path, names);
	send_bytes(evil, server, 32);
	expect_unmasked(egret_stop(egret), evil, "mount-mismatch", 32);
}

/* Called as the runtime that apps share, with the argument of one. */
static void shared_runtime(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *evil;
	struct egret *egret = egret_start_own(test, NULL);

	evil = actor_start_as(
		test, &(struct actor_options){ .name = "electron",
					       .path = place(test, "electron36", "electron"),
					       .arguments = WORDS("/usr/lib/bitwarden/app.asar"),
					       .uid = user_of(test) });
	send_bytes(evil, server, 33);
	expect_unmasked(egret_stop(egret), evil, NULL, 33);
}

/* Called as Wine: which Windows program it runs, only its arguments say anyway. */
static void windows_program(struct test *test)
{
	const char *id = "wine:KeePass.exe";
	struct actor *server = actor_start(test, "server"), *evil;
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	evil = actor_start_as(
		test, &(struct actor_options){ .name = "wine",
					       .path = place(test, "wine", "wine64-preloader"),
					       .arguments = WORDS("C:\\KeePass.exe"),
					       .uid = user_of(test) });
	send_bytes(evil, server, 34);
	result = egret_stop(egret);
	expect_no_trust(result, id);
	expect_equal(test, !result || result_app(result, id) != NULL, 1);
}

/* --- without a file --- */

static long become_memory(struct call *call)
{
	int file = memfd_create("firefox", 0), self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char *const argv[] = { (char[]){ "/usr/lib/firefox/firefox" }, (char[]){ "--actor" },
			       NULL };
	char *const none[] = { NULL };
	char buffer[65536];
	ssize_t size;

	(void)call;
	while ((size = read(self, buffer, sizeof(buffer))) > 0) {
		if (write(file, buffer, (size_t)size) != size)
			return -EIO;
	}
	/* The new program says hello instead of answering. */
	fexecve(file, argv, none);
	return -errno;
}

/* A program that was never a file has a name of its own choice, and is marked. */
static void memory(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *evil = actor_start(test, "evil");
	const char *id = test_text(test, "exe:memfd:firefox");
	struct egret *egret = egret_start_own(test, NULL);

	actor_begin(evil, become_memory, &(struct call){ 0 });
	evil->pending = NULL;
	actor_await(evil);
	send_bytes(evil, server, 404);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = id,
				       .kind = "program",
				       .name = "memfd:firefox",
				       .trust = "kernel",
				       .flag = "memfd",
				       .component = "firefox" },
		   404);
}

const struct test_case impostor_cases[] = {
	CASE("impostors/apps", apps),
	CASE("impostors/interpreter", interpreter),
	CASE("impostors/containers", containers),
	CASE("impostors/containers-on-the-host", containers_on_the_host),
	CASE("impostors/delegated", delegated),
	CASE("impostors/comm-and-arguments", comm_and_arguments),
	CASE("impostors/environment", environment),
	CASE("impostors/mount-point", mount_point),
	CASE("impostors/shared-runtime", shared_runtime),
	CASE("impostors/windows-program", windows_program),
	CASE("impostors/memory", memory),
	{ 0 },
};

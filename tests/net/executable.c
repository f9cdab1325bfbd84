/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which program: executables deleted, replaced, elsewhere, nowhere. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* The client talks; its app must have the bytes, and its process be complete. */
static struct result *talk(struct actor *client)
{
	struct test *test = client->test;
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start_own(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 1000);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 1000, .connections = 1);
	expect_process(result, client);
	return result;
}

static void deleted(struct test *test)
{
	struct actor *client = actor_start(test, "client");

	require(test, unlink(test_path(test, "client")) == 0);
	talk(client);
}

static void replaced(struct test *test)
{
	struct actor *client = actor_start(test, "client");

	actor_executable(test, "newer");
	require(test, rename(test_path(test, "newer"), test_path(test, "client")) == 0);
	talk(client);
}

/* Moved while it runs: it is known by where it is now. */
static void moved(struct test *test)
{
	struct actor *client = actor_start(test, "client");

	require(test, rename(test_path(test, "client"), test_path(test, "elsewhere")) == 0);
	actor_identify(client);
	talk(client);
}

static struct actor *start_at(struct test *test, const char *path)
{
	return actor_start_as(test, &(struct actor_options){ .name = strrchr(path, '/') + 1,
							     .path = path });
}

static void copy_to(struct test *test, const char *path)
{
	int rc = file_copy("/proc/self/exe", path);

	if (rc < 0)
		test_fail(test, "%s: %s", path, strerror(-rc));
}

/* A program so many directories deep. */
static const char *deep_client(struct test *test, int depth)
{
	const char *dir = test->dir, *path;

	for (int i = 0; i < depth; i++) {
		dir = test_text(test, "%s/a-deep-directory-%02d", dir, i);
		require(test, mkdir(dir, 0755) == 0);
		/* Mounts are no components. */
		require(test, i % 8 || mount(dir, dir, NULL, MS_BIND, NULL) == 0);
	}
	path = test_text(test, "%s/client", dir);
	copy_to(test, path);
	return path;
}

static void deep(struct test *test)
{
	talk(start_at(test, deep_client(test, 20)));
}

/* The end of a path that is too long to be followed, marked as such. */
static void too_deep(struct test *test)
{
	const char *tail = deep_client(test, 40);
	struct actor *client = start_at(test, tail), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;

	sock_pair_close(&pair);
	result = egret_stop(egret);
	while (result && tail && !result_app_of(result, test_text(test, "…%s", tail)))
		tail = strchr(tail + 1, '/');
	require(test, tail && strstr(tail, "/a-deep-directory-20/"));
	expect_rows_of(result, test_text(test, "…%s", tail), 1);
}

/* In an id, what is no plain character is percent-encoded. */
static void odd_name(struct test *test)
{
	const char *path = test_path(test, "a b%\nc\xc3\xa9"), *id;
	struct result *result;

	copy_to(test, path);
	result = talk(start_at(test, path));
	id = test_text(test, "exe:%s/a%%20b%%25%%0Ac\xc3\xa9", test->dir);
	if (result && !result_app(result, id))
		test_wrong(test, "no app %s", id);
}

static void symbolic_link(struct test *test)
{
	require(test, symlink(actor_executable(test, "real"), test_path(test, "link")) == 0);
	talk(start_at(test, test_path(test, "link")));
}

/* A script is run by its interpreter, and that is the program. */
static void script(struct test *test)
{
	const char *path = test_path(test, "script"), *real = actor_executable(test, "real");
	struct actor *client;

	require(test, file_write(path, test_text(test, "#!%s --actor\n", real)) == 0);
	require(test, chmod(path, 0755) == 0);
	client = actor_start_as(test, &(struct actor_options){ .name = "script", .path = path });
	expect_equal(test, strcmp(client->identity.exe, real), 0);
	talk(client);
}

/* --- other file systems; all mounts are the case's own --- */

static const char *make_dir(struct test *test, const char *name)
{
	const char *dir = test_path(test, name);

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		test_fail(test, "%s: %s", dir, strerror(errno));
	return dir;
}

static void bind_mount(struct test *test)
{
	const char *from = make_dir(test, "from"), *to = make_dir(test, "to");

	copy_to(test, test_text(test, "%s/client", from));
	require(test, mount(from, to, NULL, MS_BIND, NULL) == 0);
	talk(start_at(test, test_text(test, "%s/client", to)));
}

static void mount_overlay(struct test *test, const char *lower)
{
	const char *dir = make_dir(test, "overlay"), *options;

	/* On a file system of its own: not every one can hold the upper layer. */
	if (mount("none", dir, "tmpfs", 0, NULL) < 0)
		test_skip(test, "no tmpfs: %s", strerror(errno));
	make_dir(test, "overlay/upper");
	make_dir(test, "overlay/work");
	options = test_text(test, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, dir, dir);
	if (mount("none", make_dir(test, "merged"), "overlay", 0, options) < 0)
		test_skip(test, "no overlay: %s", strerror(errno));
}

static void overlay_lower(struct test *test)
{
	const char *lower = make_dir(test, "lower");

	make_dir(test, "lower/bin");
	copy_to(test, test_path(test, "lower/bin/client"));
	mount_overlay(test, lower);
	talk(start_at(test, test_path(test, "merged/bin/client")));
}

static void overlay_upper(struct test *test)
{
	mount_overlay(test, make_dir(test, "lower"));
	make_dir(test, "merged/bin");
	copy_to(test, test_path(test, "merged/bin/client"));
	talk(start_at(test, test_path(test, "merged/bin/client")));
}

static struct output run(struct test *test, const char *const *argv)
{
	return program_run(test, &(struct program_options){ .argv = argv });
}

/* Btrfs: in a subvolume, which is a file system of its own to stat(2) and no mount. */
static void btrfs(struct test *test)
{
	const char *mkfs = program_find(test, "mkfs.btrfs"), *tool = program_find(test, "btrfs");
	const char *disk = test_path(test, "disk"), *dir = make_dir(test, "btrfs");
	const char *volume = test_path(test, "btrfs/@home"), *path;
	struct output output;

	require(test, file_write(disk, "") == 0 && truncate(disk, 128 << 20) == 0);
	expect_equal(test, run(test, WORDS(mkfs, "-q", disk)).status, 0);
	output = run(test,
		     WORDS(program_find(test, "mount"), "-t", "btrfs", "-o", "loop", disk, dir));
	if (output.status)
		test_skip(test, "no Btrfs on a loop device: %s", output.err);
	expect_equal(test, run(test, WORDS(tool, "subvolume", "create", volume)).status, 0);
	path = test_path(test, "btrfs/@home/client");
	copy_to(test, path);
	talk(start_at(test, path));
	expect_equal(test,
		     run(test, WORDS(tool, "subvolume", "snapshot", volume,
				     test_path(test, "btrfs/snapshot")))
			     .status,
		     0);
	talk(start_at(test, test_path(test, "btrfs/snapshot/client")));
}

static const char *const system_dirs[] = { "usr", "lib", "lib64", "bin", "nix", "gnu" };

/* What the program's loader and libraries need, bound into another root. */
static void bind_system(struct test *test, const char *root)
{
	for (size_t i = 0; i < sizeof(system_dirs) / sizeof(system_dirs[0]); i++) {
		const char *from = test_text(test, "/%s", system_dirs[i]);
		const char *to = test_text(test, "%s/%s", root, system_dirs[i]);

		if (access(from, F_OK) < 0)
			continue;
		require(test, mkdir(to, 0755) == 0);
		require(test, mount(from, to, NULL, MS_BIND | MS_REC, NULL) == 0);
	}
}

/* text: the new root. In the actor: a mount namespace of its own with that root. */
static long f_enter_root(struct call *call)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    chdir(call->text) < 0)
		return -errno;
	/* pivot_root(2), "the old root on top of the new one". */
	if (syscall(SYS_pivot_root, ".", ".") == 0)
		return umount2(".", MNT_DETACH) < 0 || chdir("/") < 0 ? -errno : 0;
	/* A kernel's first ramfs can't be left: it is covered. */
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

/* As in a container: the path is the container's own. */
static void container(struct test *test)
{
	const char *root = make_dir(test, "root");
	struct actor *client = actor_start(test, "runtime");
	struct call call = { 0 };

	require(test, mount("none", root, "tmpfs", 0, NULL) == 0);
	bind_system(test, root);
	make_dir(test, "root/app");
	copy_to(test, test_text(test, "%s/app/client-%d", root, getpid()));
	snprintf(call.text, sizeof(call.text), "%s", root);
	expect_equal(test, actor_call(client, f_enter_root, &call), 0);
	actor_exec(client, test_text(test, "/app/client-%d", getpid()));
	expect_equal(test, strncmp(client->identity.exe, "/app/client-", 12), 0);
	talk(client);
}

static long f_chroot(struct call *call)
{
	return chroot(call->text) < 0 || chdir("/") < 0 ? -errno : 0;
}

/* chroot() hides nothing: the path is the whole one. */
static void changed_root(struct test *test)
{
	const char *root = make_dir(test, "root");
	struct actor *client = actor_start(test, "runtime");
	struct call call = { 0 };

	bind_system(test, root);
	copy_to(test, test_path(test, "root/client"));
	snprintf(call.text, sizeof(call.text), "%s", root);
	expect_equal(test, actor_call(client, f_chroot, &call), 0);
	actor_exec(client, "/client");
	talk(client);
}

/* --- no file at all --- */

static long f_exec_memory(struct call *call)
{
	char label[] = "--actor", *argv[] = { call->text, label, NULL };
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = memfd_create(call->text, MFD_CLOEXEC);
	struct stat stat;

	if (from < 0 || to < 0 || fstat(from, &stat) < 0)
		return -errno;
	for (off_t done = 0; done < stat.st_size;) {
		if (sendfile(to, from, &done, (size_t)(stat.st_size - done)) <= 0)
			return -errno;
	}
	fexecve(to, argv, environ);
	return -errno;
}

static void in_memory(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct call call = { 0 };
	const char *id, *exe;
	struct result *result;
	struct pair pair;

	id = test_text(test, "memfd:payload-%d", getpid());
	snprintf(call.text, sizeof(call.text), "payload-%d", getpid());
	actor_begin(client, f_exec_memory, &call);
	client->pending = NULL;
	actor_await(client);
	pair = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 222);
	result = egret_stop(egret);
	exe = test_text(test, "/%s", id);
	if (result && result_app_of(result, id))
		exe = id;
	expect_row_of(result, exe, OUT("tcp", test->ip, pair.port), .sent = 222, .connections = 1);
}

const struct test_case executable_cases[] = {
	CASE("executable/deleted", deleted),
	CASE("executable/replaced", replaced),
	CASE("executable/moved", moved),
	CASE("executable/deep", deep),
	CASE("executable/too-deep", too_deep),
	CASE("executable/odd-name", odd_name),
	CASE("executable/symbolic-link", symbolic_link),
	CASE("executable/script", script),
	CASE("executable/bind-mount", bind_mount),
	CASE("executable/overlay-lower", overlay_lower),
	CASE("executable/overlay-upper", overlay_upper),
	CASE("executable/btrfs", btrfs),
	CASE("executable/container", container),
	CASE("executable/chroot", changed_root),
	CASE("executable/memory", in_memory),
	{ 0 },
};

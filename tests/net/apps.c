/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who talked, as an app: containers, Android in one, scripts, programs for others. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define CONTAINER_ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What an app must say of itself; NULL: null. */
struct expected {
	const char *id, *kind, *name, *trust, *via, *flag, *component;
};

static void expect_text(struct test *test, const cJSON *object, const char *key,
			const char *expected)
{
	const char *got = json_text(object, key);

	if (strcmp(got ? got : "", expected ? expected : "") != 0)
		test_wrong(test, "%s is '%s', not '%s'", key, got ? got : "",
			   expected ? expected : "");
}

static void expect_app(struct result *result, const struct expected *expected, long long sent)
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
	expect_text(test, app, "kind", expected->kind);
	expect_text(test, app, "name", expected->name);
	expect_text(test, app, "trust", expected->trust);
	expect_text(test, app, "via", expected->via);
	expect_text(test, app, "flag", expected->flag);
	item = cJSON_GetArrayItem(json_get(app, "processes"), 0);
	expect_text(test, item, "component", expected->component);
	expect_equal(test, json_number(app, "bytes_sent"), sent);
}

static void send_bytes(struct actor *client, struct actor *server, long size)
{
	struct pair pair = sock_pair(client, server, client->test->ip, 0);

	sock_transfer(client, pair.client_fd, server, pair.server_fd, size);
	sock_pair_close(&pair);
	sock_close(server, pair.listener);
}

static const char *cgroup_named(struct test *test, const char *name)
{
	const char *dir = test_text(test, "%s/%s", test->cgroup, name);

	if (!test->cgroup[0] || cgroup_make(dir) < 0)
		test_skip(test, "no cgroup2");
	return dir;
}

/* --- containers --- */

static void docker(struct test *test)
{
	const char *dir = cgroup_named(test, "docker-" CONTAINER_ID ".scope");
	struct actor *server = actor_start(test, "server");
	struct actor *client =
		actor_start_as(test, &(struct actor_options){ .name = "worker", .cgroup = dir });
	struct egret *egret = egret_start(test, NULL);

	send_bytes(client, server, 321);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "container:docker/0123456789ab",
				       .kind = "container",
				       .name = "0123456789ab",
				       .trust = "root",
				       .component = "worker" },
		   321);
}

/* The container's cgroup outlives its process, and the kernel has said what it was. */
static void short_lived(struct test *test)
{
	const char *dir = cgroup_named(test, "lxc.payload.brief");
	struct actor *server = actor_start(test, "server");
	struct actor *client =
		actor_start_as(test, &(struct actor_options){ .name = "worker", .cgroup = dir });
	struct egret *egret = egret_start(test, WORDS("--interval", "1h"));

	send_bytes(client, server, 5);
	actor_kill(client);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "container:lxc/brief",
				       .kind = "container",
				       .name = "brief",
				       .trust = "root",
				       .component = "worker" },
		   5);
}

/* --- Android --- */

static const char packages[] =
	"com.android.chrome 10123 0 /data/user/0/com.android.chrome default 3003 0 567 1 @null\n"
	"com.google.android.gms 10110 0 /data/user/0/com.google.android.gms default 3003\n"
	"com.google.android.gsf 10110 0 /data/user/0/com.google.android.gsf default 3003\n";

/* A root as Android's is, as far as one looks. */
static const char *make_android(struct test *test)
{
	static const char *const directories[] = { "", "/system", "/data", "/data/system" };
	const char *root = test_path(test, "android");

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		const char *dir = test_text(test, "%s%s", root, directories[i]);

		require(test, mkdir(dir, 0755) == 0);
	}
	require(test, file_write(test_text(test, "%s/system/build.prop", root), "ro.x=1\n") == 0);
	require(test,
		file_write(test_text(test, "%s/data/system/packages.list", root), packages) == 0);
	require(test, chmod(test_text(test, "%s/data/system/packages.list", root), 0640) == 0);
	require(test,
		chown(test_text(test, "%s/data/system/packages.list", root), 1000, 1032) == 0);
	return root;
}

/* Where the arguments lie: proc_pid_stat(5), fields 48 and 49. */
static int find_arguments(char **ret_start, size_t *ret_size)
{
	unsigned long start, end;
	FILE *stream = fopen("/proc/self/stat", "re");
	char text[2048], *field = NULL;

	if (stream && fgets(text, sizeof(text), stream))
		field = strrchr(text, ')');
	if (stream)
		fclose(stream);
	for (int i = 2; field && i < 48; i++)
		field = strchr(field + 1, ' ');
	if (!field || sscanf(field, " %lu %lu", &start, &end) != 2)
		return -EINVAL;
	*ret_start = (char *)start;
	*ret_size = end - start;
	return 0;
}

/*
 * What Android's zygote does with a child: writes the app's name over the
 * arguments, the end of it into comm, and takes the app's uid.
 */
static long specialise(struct call *call)
{
	const char *name = call->text, *root = strchr(name, '\n') + 1;
	size_t length = strcspn(name, "\n"), size;
	char comm[16] = "", *arguments;

	if (find_arguments(&arguments, &size) < 0 || size <= length)
		return -EINVAL;
	memset(arguments, 0, size);
	memcpy(arguments, name, length);
	memcpy(comm, length > 15 ? name + length - 15 : name, length > 15 ? 15 : length);
	prctl(PR_SET_NAME, comm);
	if (chroot(root) < 0 || chdir("/") < 0)
		return -errno;
	if (setresuid((uid_t)call->arg[0], (uid_t)call->arg[0], (uid_t)call->arg[0]) < 0)
		return -errno;
	return 0;
}

static struct actor *start_app(struct actor *zygote, const char *root, uid_t uid, const char *name)
{
	struct actor *app = actor_fork(zygote);
	struct call call = { .arg = { (long)uid } };

	snprintf(call.text, sizeof(call.text), "%s\n%s", name, root);
	require(zygote->test, actor_call(app, specialise, &call) == 0);
	return app;
}

static void android(struct test *test)
{
	const char *dir = cgroup_named(test, "lxc.payload.waydroid"), *root = make_android(test);
	struct actor *server = actor_start(test, "server");
	struct actor *zygote =
		actor_start_as(test, &(struct actor_options){ .name = "zygote", .cgroup = dir });
	struct egret *egret = egret_start(test, NULL);
	struct result *result;

	send_bytes(start_app(zygote, root, 10123, "com.android.chrome"), server, 111);
	send_bytes(start_app(zygote, root, 10110, "com.google.android.gsf:push"), server, 222);
	send_bytes(start_app(zygote, root, 1010123, "com.android.chrome"), server, 333);
	send_bytes(start_app(zygote, root, 10199, "org.example.fresh"), server, 444);
	result = egret_stop(egret);
	expect_app(result,
		   &(struct expected){ .id = "android:waydroid/com.android.chrome",
				       .kind = "android",
				       .name = "com.android.chrome",
				       .trust = "root",
				       .component = "main" },
		   111);
	expect_app(result,
		   &(struct expected){ .id = "android:waydroid/com.google.android.gsf",
				       .kind = "android",
				       .name = "com.google.android.gsf",
				       .trust = "root",
				       .component = "push" },
		   222);
	expect_app(result,
		   &(struct expected){ .id = "android:waydroid/com.android.chrome@u10",
				       .kind = "android",
				       .name = "com.android.chrome (user 10)",
				       .trust = "root",
				       .component = "main" },
		   333);
	expect_app(result,
		   &(struct expected){ .id = "android:waydroid/org.example.fresh",
				       .kind = "android",
				       .name = "org.example.fresh",
				       .trust = "heuristic",
				       .component = "main" },
		   444);
}

/* Installed while egret watches: known at the app's first byte. */
static void android_install(struct test *test)
{
	const char *dir = cgroup_named(test, "lxc.payload.waydroid"), *root = make_android(test);
	const char *list = test_text(test, "%s/data/system/packages.list", root);
	struct actor *server = actor_start(test, "server");
	struct actor *zygote =
		actor_start_as(test, &(struct actor_options){ .name = "zygote", .cgroup = dir });
	struct egret *egret = egret_start(test, NULL);

	send_bytes(start_app(zygote, root, 10123, "com.android.chrome"), server, 1);
	require(test, file_write(test_text(test, "%s.tmp", list),
				 "org.example.fresh 10199 0 /d s none\n") == 0);
	require(test, rename(test_text(test, "%s.tmp", list), list) == 0);
	send_bytes(start_app(zygote, root, 10199, "other.name"), server, 444);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "android:waydroid/org.example.fresh",
				       .kind = "android",
				       .name = "org.example.fresh",
				       .trust = "root",
				       .component = "other.name" },
		   444);
}

/* Found by its cgroup, while one of its processes lives. */
static void android_doctor(struct test *test)
{
	const char *dir = cgroup_named(test, "lxc.payload.waydroid"), *root = make_android(test);
	struct actor *zygote =
		actor_start_as(test, &(struct actor_options){ .name = "zygote", .cgroup = dir });
	struct output output;
	const cJSON *check;
	bool found = false;
	cJSON *json;

	egret_needed(test);
	start_app(zygote, root, 10123, "com.android.chrome");
	output = egret_run(test, WORDS("doctor", "--format", "json"));
	json = cJSON_Parse(output.out);
	cJSON_ArrayForEach(check, json_get(json, "checks")) {
		if (strcmp(json_text(check, "name"), "Android container waydroid") != 0)
			continue;
		found = true;
		expect_text(test, check, "status", "ok");
		expect_text(test, check, "detail", "3 packages");
	}
	expect_equal(test, found, 1);
	cJSON_Delete(json);
}

/* egret app says where it has everything from. */
static void android_evidence(struct test *test)
{
	const char *dir = cgroup_named(test, "lxc.payload.waydroid"), *root = make_android(test);
	struct actor *zygote = actor_start_as(test, &(struct actor_options){ .name = "zygote",
									     .cgroup = dir }),
		     *app;
	struct output output;
	cJSON *json;

	egret_needed(test);
	app = start_app(zygote, root, 10123, "com.android.chrome:remote");
	output = egret_run(test, WORDS("app", test_text(test, "%d", app->pid)));
	json = cJSON_Parse(output.out);
	expect_text(test, json, "schema", "egret.app/1");
	expect_text(test, json, "app_id", "android:waydroid/com.android.chrome");
	expect_text(test, json, "component", "remote");
	expect_text(test, json, "trust", "root");
	expect_equal(test, json_number(json, "owner_uid"), 10123);
	expect_equal(test,
		     !!strstr(output.out,
			      test_text(test, "/proc/%d/root/data/system/packages.list", app->pid)),
		     1);
	expect_equal(test, !!strstr(output.out, test_text(test, "/proc/%d/cgroup", app->pid)), 1);
	cJSON_Delete(json);
}

/* --- programs --- */

static void resolver(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *client = actor_start(test, "dnsmasq");
	struct egret *egret = egret_start(test, NULL);

	send_bytes(client, server, 53);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "exe:%s", client->identity.exe),
				       .kind = "program",
				       .name = "dnsmasq",
				       .trust = "kernel",
				       .via = "resolver",
				       .component = "dnsmasq" },
		   53);
}

static void script(struct test *test)
{
	const char *python3 = program_find(test, "python3"), *path = test_path(test, "sync.py");
	struct actor *server = actor_start(test, "server");
	int listener = sock_open(server, test->family, SOCK_STREAM, 0);
	int port = sock_bind(server, listener, test->ip, 0), fd;
	struct program *client;
	struct egret *egret;

	require(test,
		file_write(path, "import socket,sys\n"
				 "s=socket.create_connection((sys.argv[1],int(sys.argv[2])))\n"
				 "s.sendall(b'x'*4242)\n"
				 "s.recv(1)\n") == 0);
	sock_listen(server, listener);
	egret = egret_start(test, NULL);
	client = program_start(
		test, &(struct program_options){ .argv = WORDS(python3, "-u", path, test->ip,
							       test_text(test, "%d", port)) });
	fd = sock_accept(server, listener);
	expect_equal(test, sock_receive(server, fd, 4242), 4242);
	sock_close(server, fd);
	program_wait(client);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "script:%s", path),
				       .kind = "script",
				       .name = "sync.py",
				       .trust = "user",
				       .component = "python3" },
		   4242);
}

const struct test_case app_cases[] = {
	CASE("apps/docker", docker),
	CASE("apps/short-lived", short_lived),
	CASE("apps/android", android),
	CASE("apps/android-install", android_install),
	CASE("apps/android-doctor", android_doctor),
	CASE("apps/android-evidence", android_evidence),
	CASE("apps/resolver", resolver),
	CASE("apps/script", script),
	{ 0 },
};

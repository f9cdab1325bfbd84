/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A real LXC container that is laid out like Waydroid's, behind a bridge and NAT. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/sock.h>
#include <harness/suites.h>

#include "droid.h"

#define NAME "waydroid"
#define HOST_IP "192.168.240.1"
#define BOX_IP "192.168.240.112"

/* As Waydroid's own, as far as it matters: no idmap, its own network, cgroups read-only. */
static const char config[] = "lxc.uts.name = " NAME "\n"
			     "lxc.rootfs.path = dir:%s\n"
			     "lxc.net.0.type = veth\n"
			     "lxc.net.0.link = waydroid0\n"
			     "lxc.net.0.flags = up\n"
			     "lxc.net.0.name = eth0\n"
			     "lxc.net.0.ipv4.address = " BOX_IP "/24\n"
			     "lxc.net.0.ipv4.gateway = " HOST_IP "\n"
			     "lxc.mount.auto = cgroup:ro sys:ro proc\n"
			     "lxc.apparmor.profile = unconfined\n"
			     "lxc.autodev = 0\n"
			     "lxc.tty.max = 0\n"
			     "lxc.pty.max = 1\n"
			     "lxc.console.path = none\n"
			     "lxc.mount.entry = /dev/null dev/null none bind 0 0\n"
			     "lxc.mount.entry = /dev/net/tun dev/tun none bind,optional 0 0\n";

struct box {
	struct test *test;
	const char *root; /* its files, seen from outside */
	struct actor *init;
	struct program *lxc;
	struct actor *server; /* beyond the host, as the internet is */
	const char *ip; /* the server's */
};

/* One Waydroid at a time on this machine: there is but one name for its cgroup. */
static void take_turn(struct test *test)
{
	int fd = open("/tmp/egret-test-" NAME ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	require(test, fd >= 0);
	test->waiting = "another Waydroid on this machine";
	require(test, flock(fd, LOCK_EX) == 0);
	test->waiting = NULL;
}

/* What an executable here needs from outside, read-only. */
static const char *mounts(struct test *test, const char *root)
{
	static const char *const directories[] = { "usr", "lib", "lib64", "bin" };
	const char *text = "";

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		const char *dir = test_text(test, "/%s", directories[i]);

		if (access(dir, F_OK) < 0)
			continue;
		require(test, mkdir(test_text(test, "%s%s", root, dir), 0755) == 0);
		text = test_text(test, "%slxc.mount.entry = %s %s none bind,ro 0 0\n", text, dir,
				 directories[i]);
	}
	return text;
}

static void make_files(struct box *box)
{
	static const char *const directories[] = { "proc", "sys", "dev", "system/bin" };
	struct test *test = box->test;
	const char *program = actor_executable(test, "init"), *dir;

	box->root = droid_make(test);
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		require(test,
			mkdir(test_text(test, "%s/%s", box->root, directories[i]), 0755) == 0);
	require(test, file_write(test_text(test, "%s/dev/null", box->root), "") == 0);
	require(test, file_write(test_text(test, "%s/dev/tun", box->root), "") == 0);
	require(test, file_copy(program, test_text(test, "%s/init", box->root)) == 0);
	require(test,
		file_copy(program, test_text(test, "%s/system/bin/app_process64", box->root)) == 0);
	require(test, file_copy(program, test_text(test, "%s/system/bin/netd", box->root)) == 0);
	dir = test_path(test, "lxc");
	require(test, mkdir(dir, 0755) == 0);
	dir = test_text(test, "%s/" NAME, dir);
	require(test, mkdir(dir, 0755) == 0);
	require(test, file_write(test_text(test, "%s/config", dir),
				 test_text(test, "%s%s", test_text(test, config, box->root),
					   mounts(test, box->root))) == 0);
}

/* LXC looks for its bridge in /sys, which shows the links of the namespace it was mounted in. */
static void show_links(struct test *test)
{
	static const char *const directories[] = { "class", "devices" };
	const char *sys = test_path(test, "sys");

	require(test, mkdir(sys, 0755) == 0 && mount("none", sys, "sysfs", 0, NULL) == 0);
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		require(test, mount(test_text(test, "%s/%s", sys, directories[i]),
				    test_text(test, "/sys/%s", directories[i]), NULL, MS_BIND,
				    NULL) == 0);
}

/*
 * Bridge and NAT of waydroid-net.sh in the case's own network namespace; beyond
 * it the server. A kernel without a nat table gets a route back instead.
 */
static void make_network(struct box *box)
{
	static const char rules[] =
		"table ip way { chain post { type nat hook postrouting priority 100;"
		" ip saddr 192.168.240.0/24 ip daddr != 192.168.240.0/24 masquerade; }; }";
	struct test *test = box->test;
	const char *nft = program_look(test, "nft");
	int far = net_new(test);

	if (net_ip_try(test, 0, "link add waydroid0 type bridge"))
		test_skip(test, "this kernel has no bridges");
	net_give(test, 0, "waydroid0", HOST_IP);
	net_join(test, 0, far);
	require(test, net_sysctl(test, 0, "ipv4/ip_forward", "1") == 0);
	if (!nft ||
	    program_run(test, &(struct program_options){ .argv = WORDS(nft, rules) }).status != 0)
		net_ip(test, far, "route add 192.168.240.0/24 via " NET_IPV4(1));
	box->ip = NET_IPV4(2);
	box->server = actor_start_as(test, &(struct actor_options){ .name = "server", .net = far });
}

static void start(struct box *box)
{
	static const char script[] = "exec 9<&0 </dev/null; exec \"$0\" -P \"$1\" -n " NAME
				     " -F -- /bin/sh -c 'exec /init --actor <&9 9<&-'";
	struct test *test = box->test;
	int input;

	box->init = actor_prepare(test, "init", &input);
	box->lxc = program_start(test, &(struct program_options){
					       .argv = WORDS(program_find(test, "sh"), "-c", script,
							     program_find(test, "lxc-start"),
							     test_path(test, "lxc")),
					       .input = input,
				       });
	close(input);
	actor_await(box->init);
}

/* LXC needs to make cgroups and mounts: it is tried with nothing in it. */
static void try_container(struct box *box)
{
	struct test *test = box->test;
	const char *const argv[] = { program_find(test, "lxc-start"),
				     "-P",
				     test_path(test, "lxc"),
				     "-n",
				     NAME,
				     "-F",
				     "--",
				     "/bin/true",
				     NULL };
	struct output output = program_run(test, &(struct program_options){ .argv = argv });

	if (output.status)
		test_skip(test, "lxc-start makes no container here: %.200s", output.err);
}

static struct box make_box(struct test *test)
{
	struct box box = { .test = test };
	char root[PATH_ROOM];

	program_find(test, "lxc-start");
	if (cgroup_root(test_path(test, "cgroup2"), root, sizeof(root)) < 0)
		test_skip(test, "no cgroup2");
	take_turn(test);
	test_sweep(test, test_text(test, "%s/lxc.payload." NAME, root));
	test_sweep(test, test_text(test, "%s/lxc.monitor." NAME, root));
	show_links(test);
	make_network(&box);
	make_files(&box);
	try_container(&box);
	start(&box);
	return box;
}

static struct actor *start_zygote(struct box *box)
{
	struct actor *zygote = actor_fork(box->init);

	actor_exec(zygote, "/system/bin/app_process64");
	return zygote;
}

/* A connection to the server beyond, both ways. */
static void talk(struct box *box, struct actor *app, long sent, long received)
{
	struct pair pair = sock_pair(app, box->server, box->ip, 0);

	sock_transfer(app, pair.client_fd, box->server, pair.server_fd, sent);
	sock_transfer(box->server, pair.server_fd, app, pair.client_fd, received);
	sock_pair_close(&pair);
	sock_close(box->server, pair.listener);
}

static void expect_package(struct result *result, const char *package, const char *component,
			   long sent, long received)
{
	struct test *test = result ? result->test : NULL;
	const char *id = result ? test_text(test, "android:" NAME "/%s", package) : NULL;

	if (!result)
		return;
	expect_app(result,
		   &(struct expected){ .id = id,
				       .kind = "android",
				       .name = package,
				       .trust = "root",
				       .component = component },
		   sent);
	expect_equal(test, json_number(result_app(result, id), "bytes_received"), received);
}

/* What netd asks for an app, through a socket that it gives away (identity.md 3.7). */
static void ask_by_netd(struct box *box, uid_t uid, long size)
{
	struct actor *netd = actor_fork(box->init);
	int in = sock_open(box->server, AF_INET, SOCK_DGRAM, 0), out;
	int port = sock_bind(box->server, in, box->ip, 0);

	actor_exec(netd, "/system/bin/netd");
	out = sock_open(netd, AF_INET, SOCK_DGRAM, 0);
	droid_give(netd, out, uid);
	expect_equal(box->test, sock_connect(netd, out, box->ip, port), 0);
	expect_equal(box->test, sock_send_to(netd, out, NULL, 0, size), size);
	expect_equal(box->test, sock_receive_many(box->server, in, 1), size);
}

/* LXC removes the cgroups, which those of the next one would have to be told apart from. */
static void stop(struct box *box)
{
	actor_kill(box->init);
	program_wait(box->lxc);
}

/* Real container, real bridge: each app's bytes under its package's name, and nobody else's. */
static void waydroid(struct test *test)
{
	struct box box = make_box(test);
	struct actor *zygote = start_zygote(&box);
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	talk(&box, droid_start_app(zygote, "/", 10123, "com.android.chrome"), 100001, 20002);
	talk(&box, droid_start_app(zygote, "/", 10110, "com.google.android.gsf:push"), 333, 44);
	talk(&box, droid_start_app(zygote, "/", 99005, "com.android.chrome:iso0:x"), 55, 6);
	ask_by_netd(&box, 10110, 37);
	result = egret_stop(egret);
	expect_package(result, "com.google.android.gsf", "push", 333, 44);
	expect_app(result,
		   &(struct expected){ .id = "android:" NAME "/com.google.android.gms",
				       .kind = "android",
				       .name = "com.google.android.gms",
				       .trust = "root",
				       .via = "netd",
				       .component = "dns via netd" },
		   37);
	/* An isolated process says itself whose it is: what it joins is trusted no more. */
	expect_app(result,
		   &(struct expected){ .id = "android:" NAME "/com.android.chrome",
				       .kind = "android",
				       .name = "com.android.chrome",
				       .trust = "heuristic",
				       .component = "main" },
		   100056);
	expect_no_app(result, "container:lxc/" NAME);
	/* The bridge and the veth have carried the same bytes, and are nobody. */
	if (result)
		expect_equal(test, json_number(result->json, "ledger.bytes_sent.unattributed"), 0);
	stop(&box);
}

/* Waydroid makes a launcher for each app, which has its name for people. */
static void label(struct test *test)
{
	struct box box = make_box(test);
	struct actor *app = droid_start_app(start_zygote(&box), "/", 1010123, "com.android.chrome");
	struct egret *egret;

	install_entry(test, "waydroid.com.android.chrome", "Chrome", "waydroid");
	egret = egret_start_here(test, NULL);
	talk(&box, app, 12, 1);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "android:" NAME "/com.android.chrome@u10",
				       .kind = "android",
				       .name = "Chrome (user 10)",
				       .trust = "root",
				       .component = "main" },
		   12);
	stop(&box);
}

static long open_tunnel(struct call *call)
{
	struct ifreq request = { .ifr_name = "tun0", .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/tun", O_RDWR);

	(void)call;
	return fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0 ? -errno : fd;
}

/* A VPN's app holds the tunnel that Android has made for it: others' packets go through it. */
static void vpn(struct test *test)
{
	struct box box = make_box(test);
	struct actor *zygote = start_zygote(&box), *app;
	struct egret *egret;
	struct result *result;

	if (actor_call(zygote, open_tunnel, &(struct call){ 0 }) < 0)
		test_skip(test, "no tunnel can be made here");
	app = droid_start_app(zygote, "/", 10123, "com.android.chrome");
	egret = egret_start_own(test, NULL);
	talk(&box, app, 4321, 1);
	result = egret_stop(egret);
	expect_app(result,
		   &(struct expected){ .id = "android:" NAME "/com.android.chrome",
				       .kind = "android",
				       .name = "com.android.chrome",
				       .trust = "root",
				       .via = "relay",
				       .component = "main" },
		   4321);
	stop(&box);
}

/* While egret watches, the container stops and comes back with other apps under the same uids. */
static void restart(struct test *test)
{
	struct box box = make_box(test);
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	talk(&box, droid_start_app(start_zygote(&box), "/", 10123, "com.android.chrome"), 11, 1);
	await_snapshot(egret);
	stop(&box);
	require(test, file_write(test_text(test, "%s/data/system/packages.list", box.root),
				 "org.example.other 10123 0 /d s none\n") == 0);
	start(&box);
	talk(&box, droid_start_app(start_zygote(&box), "/", 10123, "org.example.other"), 22, 2);
	result = egret_stop(egret);
	expect_package(result, "com.android.chrome", "main", 11, 1);
	expect_package(result, "org.example.other", "main", 22, 2);
	stop(&box);
}

static void expect_check(struct test *test, const char *detail)
{
	struct output output = egret_run(test, WORDS("doctor", "--format", "json"));
	cJSON *json = cJSON_Parse(output.out);
	const cJSON *check;
	bool found = false;

	cJSON_ArrayForEach(check, json_get(json, "checks")) {
		if (strcmp(json_text(check, "name"), "Android container " NAME) != 0)
			continue;
		found = true;
		expect_said(test, check, "detail", detail);
	}
	expect_equal(test, found, 1);
	cJSON_Delete(json);
}

/* What Waydroid keeps of its session; /var/lib is this case's own here. */
static void leave_session(struct box *box)
{
	static const char *const directories[] = { "", "/lxc", "/lxc/" NAME };
	struct test *test = box->test;

	require(test, mount("none", "/var/lib", "tmpfs", 0, NULL) == 0);
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		require(test,
			mkdir(test_text(test, "/var/lib/" NAME "%s", directories[i]), 0755) == 0);
	require(test, file_write("/var/lib/" NAME "/lxc/" NAME "/config", "x\n") == 0);
	require(test, file_write("/var/lib/" NAME "/lxc/" NAME "/config_session",
				 test_text(test, "lxc.mount.entry = %s/data data none rbind 0 0\n",
					   box->root)) == 0);
}

/* doctor finds it running, and when it is stopped what its session has left. */
static void doctor(struct test *test)
{
	struct box box = make_box(test);

	egret_needed(test);
	expect_check(test, "3 packages");
	stop(&box);
	leave_session(&box);
	expect_check(test, "3 packages, stopped");
}

const struct test_case lxc_cases[] = {
	CASE("lxc/waydroid", waydroid), CASE("lxc/label", label),   CASE("lxc/vpn", vpn),
	CASE("lxc/restart", restart),	CASE("lxc/doctor", doctor), { 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who talked, as an app: containers, scripts, programs for others. */
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

#include "apps.h"

#define CONTAINER_ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* --- containers --- */

static void docker(struct test *test)
{
	const char *dir = cgroup_named(test, "docker-" CONTAINER_ID ".scope");
	struct actor *server = actor_start(test, "server");
	struct actor *client =
		actor_start_as(test, &(struct actor_options){ .name = "worker", .cgroup = dir });
	struct egret *egret = egret_start_own(test, NULL);

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

/* --- programs --- */

static void resolver(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *client = actor_start(test, "dnsmasq");
	struct egret *egret = egret_start_own(test, NULL);

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
	egret = egret_start_own(test, NULL);
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

/* Without root, another user's process is not known, and that is said; one's own is. */
static void denied(struct test *test)
{
	const char *egret, *sleeper = program_find(test, "sleep");
	struct actor *other = actor_start(test, "other");
	struct program *own;
	struct output output;

	egret_needed(test);
	egret = test_path(test, "egret");
	require(test, file_copy(test->egret, egret) == 0);
	own = program_start(test, &(struct program_options){ .argv = WORDS(sleeper, "60"),
							     .uid = user_of(test) });
	output = program_run(
		test, &(struct program_options){ .argv = WORDS(egret, "app", "--format", "ndjson",
							       test_text(test, "%d", other->pid),
							       test_text(test, "%d", own->pid)),
						 .uid = user_of(test) });
	expect_equal(test, output.status, 3);
	expect_equal(test, !!strstr(output.err, "CAP_SYS_PTRACE"), 1);
	expect_equal(test, !!strstr(output.out, "\"app_id\":\"unknown:pid\""), 1);
	expect_equal(test, !!strstr(output.out, test_text(test, "\"pid\":%d", own->pid)), 1);
}

const struct test_case app_cases[] = {
	CASE("apps/docker", docker),	 CASE("apps/short-lived", short_lived),
	CASE("apps/resolver", resolver), CASE("apps/script", script),
	CASE("apps/denied", denied),	 { 0 },
};

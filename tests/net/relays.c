/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who sends for others: resolvers and tunnels, what is only called so, and when it shows. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <harness/sock.h>
#include <harness/suites.h>

#include "apps.h"

#define ID "c0ffee33deadbeef22cafe33babe44feed55face66d00d77abba88ace099f01d"

/* Anybody may call his program like a resolver, and would be in its shadow. */
static void impostor(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *evil = actor_start_as(test, &(struct actor_options){ .name = "unbound",
									   .uid = user_of(test) });
	struct egret *egret = egret_start(test, NULL);

	send_bytes(evil, server, 666);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "exe:%s", evil->identity.exe),
				       .kind = "program",
				       .name = "unbound",
				       .trust = "user",
				       .via = "resolver",
				       .flag = "unproven-relay",
				       .component = "unbound" },
		   666);
}

/* The same name in a container that root runs. */
static void container(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct actor *resolver =
		actor_start_as(test, &(struct actor_options){
					     .name = "dnsmasq",
					     .cgroup = cgroup_named(test, "docker-" ID ".scope") });
	struct egret *egret = egret_start(test, NULL);

	send_bytes(resolver, server, 53);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = "container:docker/c0ffee33dead",
				       .kind = "container",
				       .name = "c0ffee33dead",
				       .trust = "root",
				       .via = "resolver",
				       .component = "dnsmasq" },
		   53);
}

/* --- tunnels --- */

static long open_tunnel(struct call *call)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR);

	(void)call;
	return fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0 ? -errno : fd;
}

/* Sends a byte more and has a result printed, until the app has a `via`; how many it took. */
static long send_until_via(struct actor *client, struct actor *server, struct egret *egret,
			   const char *via)
{
	const char *wanted = test_text(egret->test, "\"via\": \"%s\"", via);
	long sent = 0;

	for (bool told = false; egret->program && !told;) {
		send_bytes(client, server, 1);
		sent++;
		unlink(egret->file);
		await_snapshot(egret);
		told = strstr(file_read(egret->test, egret->file), wanted);
	}
	return sent;
}

/* openvpn talks to its server first, and only then has a tunnel. */
static void late_tunnel(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *vpn = actor_start(test, "openvpn");
	struct egret *egret = egret_start_own(test, NULL);
	long sent;

	send_bytes(vpn, server, 100);
	await_snapshot(egret);
	if (actor_call(vpn, open_tunnel, &(struct call){ 0 }) < 0)
		test_skip(test, "no tunnel can be made here");
	sent = send_until_via(vpn, server, egret, "relay");
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "exe:%s", vpn->identity.exe),
				       .kind = "program",
				       .name = "openvpn",
				       .trust = "kernel",
				       .via = "relay",
				       .component = "openvpn" },
		   100 + sent);
}

const struct test_case relay_cases[] = {
	CASE("relays/impostor", impostor),
	CASE("relays/container", container),
	CASE("relays/late-tunnel", late_tunnel),
	{ 0 },
};

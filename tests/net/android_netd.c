/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets that Android's netd makes for apps, and gives to them: whose bytes they are. */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include <harness/sock.h>
#include <harness/suites.h>

#include "droid.h"

/* Android's resolver: root, in the container, with its own executable. */
static struct actor *start_netd(struct test *test, const char *root)
{
	struct actor *netd = actor_start_as(
		test, &(struct actor_options){ .name = "netd", .cgroup = droid_payload(test) });
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
	droid_expect(result, "com.android.chrome",
		     (struct expected){ .via = "netd", .component = "dns via netd" }, 31);
	droid_expect(result, "com.google.android.gms",
		     (struct expected){ .via = "netd", .component = "dns via netd" }, 37);
	droid_expect(result, "com.android.chrome@u10",
		     (struct expected){ .name = "com.android.chrome (user 10)",
					.via = "netd",
					.component = "dns via netd" },
		     41);
	expect_no_app(result, test_text(test, "android:%s/system:netd", droid_container(test)));
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
	droid_expect(result, "system:netd",
		     (struct expected){ .name = "Android netd", .component = "netd" }, 43);
	droid_expect(result, "system:dns",
		     (struct expected){ .name = "Android DNS resolver", .component = "netd" }, 47);
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
	zygote = droid_start_zygote(test);
	egret = egret_start_own(test, NULL);
	send_bytes(droid_start_app(zygote, root, 10123, "com.android.chrome"), server, 1000);
	fd = sock_open(netd, test->family, SOCK_STREAM, 0);
	droid_give(netd, fd, 10123);
	expect_equal(test, sock_connect(netd, fd, test->ip, port), 0);
	other = sock_accept(server, listener);
	sock_transfer(netd, fd, server, other, 53);
	sock_close(netd, fd);
	sock_close(server, other);
	droid_expect(egret_stop(egret), "com.android.chrome",
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

const struct test_case android_netd_cases[] = {
	CASE("android/netd-datagrams", netd_datagrams),
	CASE("android/netd-own", netd_own),
	CASE("android/netd-stream", netd_stream),
	CASE("android/owner-on-the-host", owner_on_the_host),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Links between namespaces: no byte is counted twice on its way. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* Client and server at two addresses in two namespaces. */
struct scene {
	struct test *test;
	const char *client_ip, *server_ip;
	struct actor *client, *server;
};

/* Sends by TCP and UDP; each end has each byte once, nobody else any. */
static struct result *talk(struct scene *scene)
{
	struct test *test = scene->test;
	struct actor *client = scene->client, *server = scene->server;
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, scene->server_ip, 0);
	int in, out, port;
	struct result *result;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 200000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 3000);
	sock_pair_close(&pair);
	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	port = sock_bind(server, in, scene->server_ip, 0);
	out = sock_open(client, test->family, SOCK_DGRAM, 0);
	expect_equal(test, sock_send_many(client, out, scene->server_ip, port, 1000, 0, 5), 5000);
	expect_equal(test, sock_answer(server, in, 3001), 1000);
	expect_equal(test, sock_receive_many(client, out, 1), 3001);
	expect_equal(test, sock_receive_many(server, in, 4), 4000);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", scene->server_ip, pair.port), .sent = 200000,
		   .received = 3000, .connections = 1, .scope = "private");
	expect_row(result, server, IN("tcp", scene->client_ip, pair.port), .sent = 3000,
		   .received = 200000, .connections = 1);
	expect_row(result, client, OUT("udp", scene->server_ip, port), .sent = 5000,
		   .received = 3001, .connections = 1);
	expect_row(result, server, IN("udp", scene->client_ip, port), .sent = 3001,
		   .received = 5000, .connections = 1);
	expect_rows(result, client, 2);
	expect_rows(result, server, 2);
	return result;
}

static bool is_end(const struct scene *scene, const char *ip)
{
	return ip && (strcmp(ip, scene->client_ip) == 0 || strcmp(ip, scene->server_ip) == 0);
}

/*
 * So many rows name one of the two addresses, whoever has them; the kernel's own
 * talk about neighbours and packet sizes is left aside.
 */
static void expect_ends(struct scene *scene, struct result *result, int count)
{
	const cJSON *app, *item;
	int rows = 0;

	if (!result)
		return;
	cJSON_ArrayForEach(app, json_get(result->json, "apps")) {
		if (strncmp(json_text(app, "id"), "kernel:icmp", 11) == 0)
			continue;
		cJSON_ArrayForEach(item, json_get(app, "destinations")) {
			if (!is_end(scene, json_text(item, "ip")))
				continue;
			if (++rows > count)
				test_wrong(scene->test, "%s has a row with %s by %s as well",
					   json_text(app, "id"), json_text(item, "ip"),
					   json_text(item, "transport"));
		}
	}
	expect_equal(scene->test, rows, count);
}

static struct actor *actor_in(struct test *test, const char *name, int net)
{
	return actor_start_as(test, &(struct actor_options){ .name = name, .net = net });
}

/* Text for this family, with a number that other cases don't have. */
static const char *ip_of(struct test *test, int subnet, int n)
{
	return test_text(test, test->family == AF_INET6 ? "fd%d::%d" : "10.%d.0.%d", subnet, n);
}

static void veth(struct test *test)
{
	struct scene scene = { .test = test,
			       .client_ip = ip_of(test, 81, 1),
			       .server_ip = ip_of(test, 81, 2) };
	int net = net_new(test);

	net_join(test, 0, net);
	net_give(test, 0, "eg0", scene.client_ip);
	net_give(test, net, "eg0", scene.server_ip);
	scene.client = actor_start(test, "client");
	scene.server = actor_in(test, "server", net);
	expect_ends(&scene, talk(&scene), 4);
}

/* A link of the middle namespace to another one. */
static void link_to(struct test *test, int middle, const char *name, int net)
{
	if (net_ip_try(test, middle, "link add %s type veth peer name peer", name))
		test_skip(test, "no veth in this kernel");
	net_ip(test, middle, "link set peer netns /proc/%d/fd/%d", getpid(), net);
	net_ip(test, net, "link set peer name eg0");
	net_ip(test, middle, "link set %s up", name);
}

/* client - bridge - server, in three namespaces. */
static void bridge(struct test *test)
{
	struct scene scene = { .test = test,
			       .client_ip = ip_of(test, 82, 1),
			       .server_ip = ip_of(test, 82, 2) };
	int middle = net_new(test), left = net_new(test), right = net_new(test);

	if (net_ip_try(test, middle, "link add br0 type bridge"))
		test_skip(test, "no bridge in this kernel");
	link_to(test, middle, "left", left);
	link_to(test, middle, "right", right);
	net_ip(test, middle, "link set left master br0");
	net_ip(test, middle, "link set right master br0");
	net_ip(test, middle, "link set br0 up");
	net_give(test, left, "eg0", scene.client_ip);
	net_give(test, right, "eg0", scene.server_ip);
	net_await(test, middle, "br0");
	net_await(test, left, "eg0");
	net_await(test, right, "eg0");
	scene.client = actor_in(test, "client", left);
	scene.server = actor_in(test, "server", right);
	expect_ends(&scene, talk(&scene), 4);
}

/* client - router - server: what is forwarded is nobody's in the middle. */
static void router(struct test *test)
{
	struct scene scene = { .test = test,
			       .client_ip = ip_of(test, 83, 1),
			       .server_ip = ip_of(test, 84, 1) };
	int middle = net_new(test), left = net_new(test), right = net_new(test);

	link_to(test, middle, "left", left);
	link_to(test, middle, "right", right);
	net_sysctl(test, middle, "ipv4/ip_forward", "1");
	net_sysctl(test, middle, "ipv6/conf/all/forwarding", "1");
	net_give(test, left, "eg0", scene.client_ip);
	net_give(test, right, "eg0", scene.server_ip);
	net_give(test, middle, "left", ip_of(test, 83, 9));
	net_give(test, middle, "right", ip_of(test, 84, 9));
	net_ip(test, left, "route add %s via %s", scene.server_ip, ip_of(test, 83, 9));
	net_ip(test, right, "route add %s via %s", scene.client_ip, ip_of(test, 84, 9));
	net_await(test, left, "eg0");
	net_await(test, right, "eg0");
	scene.client = actor_in(test, "client", left);
	scene.server = actor_in(test, "server", right);
	expect_ends(&scene, talk(&scene), 4);
}

/*
 * A tunnel between the two ends of eg0. `what` is its type and options but for
 * the far address, and the near one where it wants to be told.
 */
static void tunnel(struct test *test, int subnet, const char *what, bool wants_local)
{
	struct scene scene = { .test = test,
			       .client_ip = ip_of(test, subnet, 1),
			       .server_ip = ip_of(test, subnet, 2) };
	const char *ends[2] = { ip_of(test, subnet + 1, 1), ip_of(test, subnet + 1, 2) };
	const char *inner[2] = { scene.client_ip, scene.server_ip };
	int nets[2] = { 0, net_new(test) };
	struct result *result;

	net_join(test, 0, nets[1]);
	for (int i = 0; i < 2; i++) {
		const char *local = test_text(test, wants_local ? "local %s" : "%.0s", ends[i]);

		net_give(test, nets[i], "eg0", ends[i]);
		if (net_ip_try(test, nets[i], "link add tun9 type %s %s remote %s", what, local,
			       ends[!i]))
			test_skip(test, "no %.*s in this kernel", (int)strcspn(what, " "), what);
		net_give(test, nets[i], "tun9", inner[i]);
	}
	scene.client = actor_start(test, "client");
	scene.server = actor_in(test, "server", nets[1]);
	result = talk(&scene);
	expect_ends(&scene, result, 4);
	/* The outer packets are the same bytes once more. */
	scene.client_ip = ends[0];
	scene.server_ip = ends[1];
	expect_ends(&scene, result, 0);
}

static void vxlan(struct test *test)
{
	tunnel(test, 85, "vxlan id 7 dstport 4789", true);
}

static void geneve(struct test *test)
{
	tunnel(test, 91, "geneve id 7", false);
}

static void ipip(struct test *test)
{
	tunnel(test, 87, test->family == AF_INET6 ? "ip6tnl mode ip6ip6" : "ipip", true);
}

static void gre(struct test *test)
{
	tunnel(test, 89, test->family == AF_INET6 ? "ip6gre" : "gre", true);
}

/* --- namespaces and cgroups beside each other --- */

/* The same addresses and ports in two namespaces are different servers' rows. */
static void same_addresses(struct test *test)
{
	int nets[2] = { net_new(test), net_new(test) };
	struct actor *clients[2], *servers[2];
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	struct pair pairs[2];

	for (int i = 0; i < 2; i++) {
		struct pair *pair = &pairs[i];

		clients[i] = actor_in(test, i ? "client-b" : "client-a", nets[i]);
		servers[i] = actor_in(test, i ? "server-b" : "server-a", nets[i]);
		*pair = (struct pair){ .client = clients[i], .server = servers[i] };
		pair->listener = sock_open(servers[i], test->family, SOCK_STREAM, 0);
		pair->port = sock_bind(servers[i], pair->listener, test->ip, 8080);
		sock_listen(servers[i], pair->listener);
	}
	for (int i = 0; i < 2; i++) {
		pairs[i] = sock_pair_again(&pairs[i], test->ip, 0);
		sock_transfer(clients[i], pairs[i].client_fd, servers[i], pairs[i].server_fd,
			      100 + i);
	}
	result = egret_stop(egret);
	for (int i = 0; i < 2; i++) {
		expect_row(result, clients[i], OUT("tcp", test->ip, 8080), .sent = 100 + i,
			   .connections = 1);
		expect_row(result, servers[i], IN("tcp", test->ip, 8080), .received = 100 + i,
			   .connections = 1);
	}
}

/* Moved to another cgroup while it talks. */
static void moved_cgroup(struct test *test)
{
	const char *dir = test_text(test, "%s/other", test->cgroup);
	struct actor *client, *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	struct pair pair;

	if (!test->cgroup[0] || cgroup_make(dir) < 0)
		test_skip(test, "no cgroup2");
	client = actor_start_as(test, &(struct actor_options){ .name = "client", .cgroup = dir });
	egret = egret_start(test, NULL);
	pair = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 10);
	require(test, file_write(test_text(test, "%s/cgroup.procs", test->cgroup),
				 test_text(test, "%d", client->pid)) == 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 200);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 210, .connections = 1);
	expect_process(result, client);
}

const struct test_case namespace_cases[] = {
	CASE_BOTH("namespaces/veth", veth),
	CASE_BOTH("namespaces/bridge", bridge),
	CASE_BOTH("namespaces/router", router),
	CASE_BOTH("namespaces/vxlan", vxlan),
	CASE_BOTH("namespaces/geneve", geneve),
	CASE_BOTH("namespaces/ipip", ipip),
	CASE_BOTH("namespaces/gre", gre),
	CASE_BOTH("namespaces/same-addresses", same_addresses),
	CASE("namespaces/moved-cgroup", moved_cgroup),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ICMP by ping sockets, by raw sockets, and by ping(8). */
#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* Type, code, checksum, identifier, sequence number: RFC 792, RFC 4443. */
#define ECHO_HEADER 8

/* arg: descriptor, size of the message, how many, 1: raw ICMPv4 that shows IP's header. */
static long f_echo(struct call *call)
{
	unsigned char message[2048] = { 0 }, answer[2048];
	bool v6 = call->to.storage.ss_family == AF_INET6;
	int fd = (int)call->arg[0];
	size_t size = (size_t)call->arg[1];
	unsigned sum;

	message[0] = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	for (long i = 0; i < call->arg[2]; i++) {
		ssize_t got;

		message[7] = (unsigned char)i;
		sum = ~((message[0] << 8U) + message[7]) & 0xffff;
		message[2] = (unsigned char)(sum >> 8); /* of a raw socket; others fill it in */
		message[3] = (unsigned char)sum;
		if (sendto(fd, message, size, 0, (struct sockaddr *)&call->to.storage,
			   call->to.length) != (ssize_t)size)
			return -errno;
		got = recv(fd, answer, sizeof(answer), 0);
		if (got < 0)
			return -errno;
		call->value[0] += (long)size;
		call->value[1] += got - (call->arg[3] ? 20 : 0);
	}
	return 0;
}

static const char *transport(const struct test *test)
{
	return test->family == AF_INET6 ? "icmpv6" : "icmp";
}

static int protocol(const struct test *test)
{
	return test->family == AF_INET6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
}

static void exchange(struct test *test, struct actor *client, int fd, const char *ip, bool raw)
{
	struct egret *egret = egret_start(test, NULL);
	struct call call = { .arg = { fd, 64, 5, raw && test->family == AF_INET },
			     .to = address(ip, 0) };
	struct result *result;

	expect_equal(test, actor_call(client, f_echo, &call), 0);
	expect_equal(test, call.value[0], 320);
	expect_equal(test, call.value[1], 320);
	call.arg[1] = ECHO_HEADER;
	call.arg[2] = 1;
	expect_equal(test, actor_call(client, f_echo, &call), 0);
	result = egret_stop(egret);
	expect_row(result, client, OUT(transport(test), ip, NO_PORT), .sent = 328, .received = 328,
		   .connections = 1);
	expect_rows(result, client, 1);
	expect_process(result, client);
}

static int open_ping(struct actor *client)
{
	struct test *test = client->test;
	int rc = net_sysctl(test, 0, "ipv4/ping_group_range", "0 2147483647"), fd;

	if (rc < 0)
		test_skip(test, "no ping sockets: %s", strerror(-rc));
	fd = sock_try_open(client, test->family, SOCK_DGRAM, protocol(test));
	if (fd < 0)
		test_skip(test, "no ping sockets: %s", strerror(-fd));
	return fd;
}

static void by_ping_socket(struct test *test)
{
	struct actor *client = actor_start(test, "client");

	exchange(test, client, open_ping(client), test->ip, false);
}

static void by_ping_socket_far(struct test *test)
{
	struct actor *client = actor_start(test, "client");

	net_join(test, 0, net_new(test));
	exchange(test, client, open_ping(client), net_ip_of(test, 2), false);
}

/* connect() has a hook for ping sockets; the row is the same. */
static void by_connected(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	int fd = open_ping(client);

	expect_equal(test, sock_connect(client, fd, test->ip, 0), 0);
	exchange(test, client, fd, test->ip, false);
}

/* A raw socket is shown requests as well as answers, unless it asks for answers only. */
static int open_raw(struct actor *client)
{
	int fd = sock_open(client, client->test->family, SOCK_RAW, protocol(client->test));
	struct icmp_filter filter = { .data = ~(1U << ICMP_ECHOREPLY) };
	struct icmp6_filter filter6;

	ICMP6_FILTER_SETBLOCKALL(&filter6);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter6);
	if (client->test->family == AF_INET6)
		sock_set_data(client, fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter6, sizeof(filter6));
	else
		sock_set_data(client, fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
	return fd;
}

static void by_raw_socket(struct test *test)
{
	struct actor *client = actor_start(test, "client");

	exchange(test, client, open_raw(client), test->ip, true);
}

static void by_raw_socket_far(struct test *test)
{
	struct actor *client = actor_start(test, "client");

	net_join(test, 0, net_new(test));
	exchange(test, client, open_raw(client), net_ip_of(test, 2), true);
}

/* Nobody's socket answers a ping: the kernel's own. */
static void answered_by_kernel(struct test *test)
{
	const char *near = test->family == AF_INET6 ? "fd94::1" : "10.94.0.1";
	const char *far = test->family == AF_INET6 ? "fd94::2" : "10.94.0.2";
	struct actor *client = actor_start(test, "client");
	int net = net_new(test), fd = open_ping(client);
	struct call call = { .arg = { fd, 64, 5 }, .to = address(far, 0) };
	struct egret *egret;
	struct result *result;
	const cJSON *app, *item;
	long long sent = 0;

	net_join(test, 0, net);
	net_give(test, 0, "eg0", near);
	net_give(test, net, "eg0", far);
	egret = egret_start(test, NULL);
	expect_equal(test, actor_call(client, f_echo, &call), 0);
	result = egret_stop(egret);
	if (!result)
		return;
	app = result_app(result, test_text(test, "kernel:%s", transport(test)));
	cJSON_ArrayForEach(item, json_get(app, "destinations")) {
		const char *ip = json_text(item, "ip");

		if (ip && strcmp(ip, near) == 0)
			sent += json_number(item, "bytes_sent");
	}
	/* And what IPv6 says to its neighbours. */
	expect_equal(test, test->family == AF_INET6 ? sent >= 320 : sent == 320, 1);
	expect_equal(test, json_number(result->json, "ledger.bytes_sent.kernel") >= 320, 1);
}

/* Several destinations by one socket. */
static void several(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	const char *other = test->family == AF_INET6 ? "fd77::55" : "127.0.0.55";
	struct egret *egret;
	struct result *result;
	int fd = open_ping(client);
	struct call call = { .arg = { fd, 100, 2 }, .to = address(test->ip, 0) };

	net_ip(test, 0, "-6 addr add fd77::55/128 dev lo nodad");
	egret = egret_start(test, NULL);
	expect_equal(test, actor_call(client, f_echo, &call), 0);
	call = (struct call){ .arg = { fd, 30, 3 }, .to = address(other, 0) };
	expect_equal(test, actor_call(client, f_echo, &call), 0);
	result = egret_stop(egret);
	expect_row(result, client, OUT(transport(test), test->ip, NO_PORT), .sent = 200,
		   .received = 200, .connections = 1);
	expect_row(result, client, OUT(transport(test), other, NO_PORT), .sent = 90, .received = 90,
		   .connections = 1);
	expect_rows(result, client, 2);
}

/* The real one; a copy, so that nobody else's pings are counted. */
static void by_program(struct test *test)
{
	const char *path = test_path(test, "ping"), *own = program_find(test, "ping");
	const char *const argv[] = {
		path, "-n", "-c", "3", "-i", "0.1", "-s", "56", test->ip, NULL
	};
	struct output output;
	struct egret *egret;
	struct result *result;

	require(test, file_copy(own, path) == 0);
	egret = egret_start(test, NULL);
	output = program_run(test, &(struct program_options){ .argv = argv });
	if (output.status == 127 || output.status == 2)
		test_skip(test, "ping: %s", output.err);
	expect_equal(test, output.status, 0);
	result = egret_stop(egret);
	expect_row_of(result, path, OUT(transport(test), test->ip, NO_PORT), .sent = 192,
		      .received = 192, .connections = 1);
	expect_rows_of(result, path, 1);
}

const struct test_case icmp_cases[] = {
	CASE_BOTH("icmp/ping-socket", by_ping_socket),
	CASE_BOTH("icmp/ping-socket-veth", by_ping_socket_far),
	CASE_BOTH("icmp/ping-socket-connected", by_connected),
	CASE_BOTH("icmp/raw-socket", by_raw_socket),
	CASE_BOTH("icmp/raw-socket-veth", by_raw_socket_far),
	CASE_BOTH("icmp/answered-by-kernel", answered_by_kernel),
	CASE_BOTH("icmp/several", several),
	CASE_BOTH("icmp/ping", by_program),
	{ 0 },
};

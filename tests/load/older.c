/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ten thousand sockets in fifty network namespaces, all older than the tracer. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/egret.h>

#include "load.h"
#include "traffic.h"

#define NAMESPACES 50
#define PAIRS 100 /* in each of them: 200 sockets */
#define BEFORE 1000 /* bytes from before the tracer, which must not be counted */

/* The actor's own: what one call opens, the other uses. */
static struct {
	int client, server;
} pairs[PAIRS];

/* arg: listener. */
static long f_open_pairs(struct call *call)
{
	const struct rlimit limit = { .rlim_cur = 4096, .rlim_max = 4096 };
	const struct sockaddr *to = (const struct sockaddr *)&call->to.storage;
	char buffer[BEFORE] = { 0 };

	setrlimit(RLIMIT_NOFILE, &limit);
	for (int i = 0; i < PAIRS; i++) {
		int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;

		if (client < 0 || connect(client, to, call->to.length) < 0)
			return -errno;
		server = accept4((int)call->arg[0], NULL, NULL, SOCK_CLOEXEC);
		if (server < 0 || send(client, buffer, sizeof(buffer), 0) != sizeof(buffer) ||
		    recv(server, buffer, sizeof(buffer), MSG_WAITALL) != sizeof(buffer))
			return -errno;
		pairs[i].client = client;
		pairs[i].server = server;
	}
	return 0;
}

/* arg: bytes, sent over each pair, and half of it back. */
static long f_use_pairs(struct call *call)
{
	ssize_t size = call->arg[0], half = size / 2;
	char buffer[256] = { 0 };

	for (int i = 0; i < PAIRS; i++) {
		int client = pairs[i].client, server = pairs[i].server;

		if (send(client, buffer, (size_t)size, 0) != size ||
		    recv(server, buffer, (size_t)size, MSG_WAITALL) != size ||
		    send(server, buffer, (size_t)half, 0) != half ||
		    recv(client, buffer, (size_t)half, MSG_WAITALL) != half)
			return -errno;
	}
	return 0;
}

struct crowd {
	struct actor *actor;
	int port;
	long size; /* of a transfer: each namespace has its own */
};

static void open_crowd(struct test *test, struct crowd *crowd, int i)
{
	struct call call = { 0 };
	int listener;

	crowd->actor = actor_start_as(test, &(struct actor_options){
						    .name = test_text(test, "crowd-%d", i),
						    .net = net_new(test),
					    });
	crowd->size = 100 + 2 * i;
	listener = sock_open(crowd->actor, AF_INET, SOCK_STREAM, 0);
	crowd->port = sock_bind(crowd->actor, listener, "127.0.0.1", 0);
	sock_listen(crowd->actor, listener);
	call.arg[0] = listener;
	call.to = address("127.0.0.1", crowd->port);
	expect_equal(test, actor_call(crowd->actor, f_open_pairs, &call), 0);
}

static void check_crowd(struct result *result, const struct crowd *crowd)
{
	long there = PAIRS * crowd->size, back = PAIRS * (crowd->size / 2);

	expect_row(result, crowd->actor, OUT("tcp", "127.0.0.1", crowd->port), .sent = there,
		   .received = back);
	expect_row(result, crowd->actor, IN("tcp", "127.0.0.1", crowd->port), .sent = back,
		   .received = there);
	expect_rows(result, crowd->actor, 2);
}

static void crowds(struct test *test)
{
	struct crowd *crowds = test_alloc(test, NAMESPACES * sizeof(*crowds));
	long long begun;
	struct egret *egret;
	struct result *result;

	for (int i = 0; i < NAMESPACES; i++)
		open_crowd(test, &crowds[i], i);
	begun = now_ms();
	egret = egret_start(test, NULL);
	printf("%lld ms from the start until it traces\n", now_ms() - begun);
	for (int i = 0; i < NAMESPACES; i++) {
		struct call call = { .arg = { crowds[i].size } };

		expect_equal(test, actor_call(crowds[i].actor, f_use_pairs, &call), 0);
	}
	result = egret_stop(egret);
	for (int i = 0; i < NAMESPACES; i++)
		check_crowd(result, &crowds[i]);
}

const struct test_case older_load_cases[] = {
	CASE_IPV4("load/older/10000", crowds),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP: large transfers, many connections, losses on the way. */
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

static void finish(struct egret *egret, const struct pair *pair, long long sent, long long received,
		   long long connections)
{
	struct result *result = egret_stop(egret);
	const char *ip = pair->client->test->ip;

	expect_row(result, pair->client, OUT("tcp", ip, pair->port), .sent = sent,
		   .received = received, .connections = connections);
	expect_row(result, pair->server, IN("tcp", ip, pair->port), .sent = received,
		   .received = sent, .connections = connections);
	expect_rows(result, pair->client, 1);
	expect_rows(result, pair->server, 1);
}

static void large(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 100000007);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 30000001);
	sock_pair_close(&pair);
	finish(egret, &pair, 100000007, 30000001, 1);
}

/* --- many short connections, from several threads on both sides --- */

#define THREADS 4

struct work {
	struct address to;
	int listener;
	long rounds;
	long sent, received, error;
};

static void *connect_many(void *data)
{
	struct work *work = data;
	char answer[16];

	for (long i = 0; i < work->rounds && !work->error; i++) {
		int fd = socket(work->to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		ssize_t got;

		if (fd < 0 ||
		    connect(fd, (struct sockaddr *)&work->to.storage, work->to.length) < 0 ||
		    send(fd, "hello", 5, 0) != 5)
			work->error = -errno;
		else
			work->sent += 5;
		while (!work->error && (got = recv(fd, answer, sizeof(answer), 0)) > 0)
			work->received += got;
		close(fd);
	}
	return NULL;
}

static void *accept_many(void *data)
{
	struct work *work = data;
	char question[16];

	for (long i = 0; i < work->rounds && !work->error; i++) {
		int fd = accept4(work->listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0 || recv(fd, question, 5, MSG_WAITALL) != 5 ||
		    send(fd, "goodbye", 7, 0) != 7)
			work->error = -errno;
		work->received += 5;
		work->sent += 7;
		close(fd);
	}
	return NULL;
}

/* arg: rounds per thread, listener or 0; value: sent, received. */
static long f_many(struct call *call)
{
	struct work works[THREADS] = { 0 };
	pthread_t threads[THREADS];
	long error = 0;

	for (int i = 0; i < THREADS; i++) {
		works[i].rounds = call->arg[0];
		works[i].listener = (int)call->arg[1];
		works[i].to = call->to;
		error |= -pthread_create(&threads[i], NULL,
					 call->arg[1] ? accept_many : connect_many, &works[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		error = works[i].error ? works[i].error : error;
		call->value[0] += works[i].sent;
		call->value[1] += works[i].received;
	}
	return error;
}

static void many(struct test *test)
{
	const long rounds = 2500, all = rounds * THREADS;
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = { .client = client, .server = server };
	struct call ask = { .arg = { rounds } }, answer = ask;

	pair.listener = sock_open(server, test->family, SOCK_STREAM, 0);
	pair.port = sock_bind(server, pair.listener, test->ip, 0);
	sock_listen(server, pair.listener);
	answer.arg[1] = pair.listener;
	ask.to = address(test->ip, pair.port);
	actor_begin(server, f_many, &answer);
	actor_begin(client, f_many, &ask);
	expect_equal(test, actor_end(client, &ask), 0);
	expect_equal(test, actor_end(server, &answer), 0);
	expect_equal(test, ask.value[0], answer.value[1]);
	expect_equal(test, ask.value[1], answer.value[0]);
	finish(egret, &pair, all * 5, all * 7, all);
}

/* --- losses --- */

#define LOSSY_TRIES 20

/* The receiving socket throws segments away at random, as if they had been lost. */
static void lossy(struct test *test)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (__u32)(SKF_AD_OFF + SKF_AD_RANDOM)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0xf0000000, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
	};
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct tcp_info info = { 0 };
	long sent = 0;

	expect_equal(test, sock_attach_filter(server, pair.server_fd, program, 4), 0);
	sock_set(client, pair.client_fd, SOL_SOCKET, SO_SNDBUF, 65536);
	/* Some 30 segments: now and then none of them is thrown away. */
	for (int i = 0; i < LOSSY_TRIES && !info.tcpi_total_retrans; i++) {
		sock_transfer(client, pair.client_fd, server, pair.server_fd, 2000003);
		sent += 2000003;
		info = sock_info(client, pair.client_fd);
	}
	require(test, info.tcpi_total_retrans > 0);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 1000);
	finish(egret, &pair, sent, 1000, 1);
}

static void lossy_netem(struct test *test)
{
	const char *tc = program_find(test, "tc");
	const char *const argv[] = { tc,      "qdisc", "add", "dev",   "lo",	"root",
				     "netem", "loss",  "5%",  "limit", "10000", NULL };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct output output = program_run(test, &(struct program_options){ .argv = argv });
	struct egret *egret;
	struct pair pair;

	if (output.status)
		test_skip(test, "no netem in this kernel");
	egret = egret_start(test, NULL);
	pair = sock_pair(client, server, test->ip, 0);
	sock_set(client, pair.client_fd, SOL_SOCKET, SO_SNDBUF, 65536);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 2000003);
	require(test, sock_info(client, pair.client_fd).tcpi_total_retrans > 0);
	finish(egret, &pair, 2000003, 0, 1);
}

const struct test_case tcp_load_cases[] = {
	CASE_BOTH("tcp/large", large),
	CASE_BOTH("tcp/many", many),
	CASE_BOTH("tcp/lossy", lossy),
	CASE_BOTH("tcp/lossy-netem", lossy_netem),
	{ 0 },
};

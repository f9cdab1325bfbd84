/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections at full speed, counted by those who make them. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <harness/result.h>

#include "traffic.h"

#define THREADS 2

static const char question[] = "hello", bye[] = "adieu", answer[] = "goodbye";

struct work {
	const struct call *call;
	struct tally *tally;
	long long until_ms; /* 0: until the file is there */
	long connections, error;
};

/* One connection; a server that is told `bye` serves no more. */
static long connect_once(const struct address *to, const char *text)
{
	int fd = socket(to->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char buffer[16];
	long error = 0, got = 0, more = 1;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&to->storage, to->length) < 0 ||
	    send(fd, text, TRAFFIC_SENT, 0) != TRAFFIC_SENT)
		error = errno ? -errno : -EIO;
	while (!error && more > 0) {
		more = recv(fd, buffer, sizeof(buffer), 0);
		got += more > 0 ? more : 0;
	}
	if (!error && got != TRAFFIC_RECEIVED)
		error = -EPROTO;
	close(fd);
	return error;
}

/* A page that the client and the test have in common, by the name of the file that ends it. */
static struct tally *map_tally(const char *stop)
{
	char path[600];
	struct tally *tally;
	int fd;

	snprintf(path, sizeof(path), "%s.tally", stop);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*tally)) < 0)
		return NULL;
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return tally == MAP_FAILED ? NULL : tally;
}

static bool is_over(const struct work *work)
{
	if (work->until_ms)
		return now_ms() >= work->until_ms;
	return access(work->call->text, F_OK) == 0;
}

static void *connect_all(void *data)
{
	struct work *work = data;

	while (!work->error && !is_over(work)) {
		work->tally->begun++;
		work->error = connect_once(&work->call->to, question);
		work->tally->ended++;
		work->connections += !work->error;
	}
	if (!work->error)
		work->error = connect_once(&work->call->to, bye);
	work->connections += !work->error;
	return NULL;
}

static void *serve_all(void *data)
{
	struct work *work = data;
	char buffer[TRAFFIC_SENT] = "";

	while (!work->error && memcmp(buffer, bye, TRAFFIC_SENT) != 0) {
		int fd = accept4((int)work->call->arg[1], NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0 || recv(fd, buffer, TRAFFIC_SENT, MSG_WAITALL) != TRAFFIC_SENT ||
		    send(fd, answer, TRAFFIC_RECEIVED, MSG_NOSIGNAL) != TRAFFIC_RECEIVED)
			work->error = errno ? -errno : -EIO;
		work->connections++;
		close(fd);
	}
	return NULL;
}

/* arg: milliseconds or 0, listener or 0; text: the file; value: connections. */
static long f_traffic(struct call *call)
{
	struct work works[THREADS] = { 0 };
	struct tally *tally = map_tally(call->text);
	pthread_t threads[THREADS];
	long error = 0;

	if (!tally)
		return -errno;
	for (int i = 0; i < THREADS; i++) {
		works[i].call = call;
		works[i].tally = tally;
		works[i].until_ms = call->arg[0] ? now_ms() + call->arg[0] : 0;
		error |= -pthread_create(&threads[i], NULL, call->arg[1] ? serve_all : connect_all,
					 &works[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		error = works[i].error ? works[i].error : error;
		call->value[0] += works[i].connections;
	}
	return error;
}

void traffic_prepare(struct test *test, struct traffic *traffic)
{
	struct actor *client = actor_start(test, "client");

	traffic_prepare_with(test, client, actor_start(test, "server"), traffic);
}

void traffic_prepare_with(struct test *test, struct actor *client, struct actor *server,
			  struct traffic *traffic)
{
	*traffic = (struct traffic){
		.client = client,
		.server = server,
		.stop = test_path(test, "stop"),
	};
	traffic->listener = sock_open(traffic->server, test->family, SOCK_STREAM, 0);
	traffic->port = sock_bind(traffic->server, traffic->listener, test->ip, 0);
	sock_listen(traffic->server, traffic->listener);
}

void traffic_begin(struct traffic *traffic, long ms)
{
	struct test *test = traffic->client->test;

	traffic->client_call = traffic->server_call = (struct call){
		.arg = { ms },
		.to = address(test->ip, traffic->port),
	};
	snprintf(traffic->client_call.text, sizeof(traffic->client_call.text), "%s", traffic->stop);
	memcpy(traffic->server_call.text, traffic->client_call.text,
	       sizeof(traffic->server_call.text));
	traffic->tally = map_tally(traffic->stop);
	require(test, traffic->tally);
	traffic->server_call.arg[1] = traffic->listener;
	actor_begin(traffic->server, f_traffic, &traffic->server_call);
	actor_begin(traffic->client, f_traffic, &traffic->client_call);
}

void traffic_wait(struct traffic *traffic)
{
	struct test *test = traffic->client->test;

	expect_equal(test, actor_end(traffic->client, &traffic->client_call), 0);
	expect_equal(test, actor_end(traffic->server, &traffic->server_call), 0);
	traffic->connections = traffic->client_call.value[0];
	expect_equal(test, traffic->server_call.value[0], traffic->connections);
}

void traffic_end(struct traffic *traffic)
{
	require(traffic->client->test, file_write(traffic->stop, "") == 0);
	traffic_wait(traffic);
}

long long sent_by_nobody(struct result *result, int port)
{
	long long sent = 0;
	const cJSON *row;

	cJSON_ArrayForEach(row, json_get(result_app(result, "unknown:pid"), "destinations"))
		if (json_number(row, "port") == port)
			sent += json_number(row, "bytes_sent");
	return sent;
}

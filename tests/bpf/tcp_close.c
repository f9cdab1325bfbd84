/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP: the ways in which a connection ends, and what was sent by then. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* Client, server, egret and a connection; what most cases here begin with. */
struct scene {
	struct test *test;
	struct actor *client, *server;
	struct egret *egret;
	struct pair pair;
};

static struct scene scene_open(struct test *test)
{
	struct scene scene = {
		.test = test,
		.client = actor_start(test, "client"),
		.server = actor_start(test, "server"),
	};

	scene.egret = egret_start(test, NULL);
	scene.pair = sock_pair(scene.client, scene.server, test->ip, 0);
	return scene;
}

/* Stops egret; the client's row must say this, and the server's the opposite. */
static void scene_end(struct scene *scene, long long sent, long long received)
{
	struct result *result = egret_stop(scene->egret);
	const char *ip = scene->test->ip;

	expect_row(result, scene->client, OUT("tcp", ip, scene->pair.port), .sent = sent,
		   .received = received, .connections = 1);
	expect_row(result, scene->server, IN("tcp", ip, scene->pair.port), .sent = received,
		   .received = sent, .connections = 1);
}

static void client_first(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;

	sock_transfer(scene.client, pair->client_fd, scene.server, pair->server_fd, 10000);
	sock_close(scene.client, pair->client_fd);
	expect_equal(test, sock_drain(scene.server, pair->server_fd), 0);
	sock_close(scene.server, pair->server_fd);
	scene_end(&scene, 10000, 0);
}

static void server_first(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;

	sock_transfer(scene.client, pair->client_fd, scene.server, pair->server_fd, 10000);
	sock_close(scene.server, pair->server_fd);
	expect_equal(test, sock_drain(scene.client, pair->client_fd), 0);
	sock_close(scene.client, pair->client_fd);
	scene_end(&scene, 10000, 0);
}

/* Both FINs cross: neither side has seen the other's when it closes. */
static void at_once(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;

	sock_transfer(scene.client, pair->client_fd, scene.server, pair->server_fd, 333);
	sock_transfer(scene.server, pair->server_fd, scene.client, pair->client_fd, 4444);
	sock_shutdown(scene.client, pair->client_fd, SHUT_RDWR);
	sock_shutdown(scene.server, pair->server_fd, SHUT_RDWR);
	sock_close(scene.server, pair->server_fd);
	sock_close(scene.client, pair->client_fd);
	scene_end(&scene, 333, 4444);
}

/* The client says that it is done, and the server goes on sending. */
static void half_close(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;

	sock_transfer(scene.client, pair->client_fd, scene.server, pair->server_fd, 100);
	sock_shutdown(scene.client, pair->client_fd, SHUT_WR);
	expect_equal(test, sock_drain(scene.server, pair->server_fd), 0);
	sock_transfer(scene.server, pair->server_fd, scene.client, pair->client_fd, 200000);
	sock_close(scene.server, pair->server_fd);
	expect_equal(test, sock_drain(scene.client, pair->client_fd), 0);
	sock_close(scene.client, pair->client_fd);
	scene_end(&scene, 100, 200000);
}

static void half_close_open(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;

	sock_transfer(scene.client, pair->client_fd, scene.server, pair->server_fd, 100);
	sock_shutdown(scene.client, pair->client_fd, SHUT_WR);
	expect_equal(test, sock_drain(scene.server, pair->server_fd), 0);
	sock_transfer(scene.server, pair->server_fd, scene.client, pair->client_fd, 777);
	scene_end(&scene, 100, 777);
}

/* Fills the connection: what was sent is what the server holds, unread. */
static long fill(struct scene *scene)
{
	long taken = sock_fill(scene->client, scene->pair.client_fd), sent;

	sent = taken - sock_unsent(scene->client, scene->pair.client_fd);
	expect_equal(scene->test, sock_unread(scene->server, scene->pair.server_fd), sent);
	require(scene->test, sent > 0 && sent < taken);
	return sent;
}

/* The peer's window is full: what waits in our buffer was never sent. */
static void window_full(struct test *test)
{
	struct scene scene = scene_open(test);
	long sent = fill(&scene);

	scene_end(&scene, sent, 0);
	expect_equal(test, sock_unread(scene.server, scene.pair.server_fd), sent);
}

/* The same, and a FIN waits behind it: it was not sent either. */
static void fin_behind_unsent(struct test *test)
{
	struct scene scene = scene_open(test);
	long sent = fill(&scene);

	sock_shutdown(scene.client, scene.pair.client_fd, SHUT_WR);
	scene_end(&scene, sent, 0);
	expect_equal(test, sock_unread(scene.server, scene.pair.server_fd), sent);
}

/* The same without a program: it was killed, and the kernel still has to send. */
static void killed_open(struct test *test)
{
	struct scene scene = scene_open(test);
	long sent = fill(&scene);

	actor_kill(scene.client);
	scene_end(&scene, sent, 0);
	expect_equal(test, sock_unread(scene.server, scene.pair.server_fd), sent);
}

/* close() with SO_LINGER 0 throws away what was not sent, and resets. */
static void linger_unsent(struct test *test)
{
	struct scene scene = scene_open(test);
	long sent = fill(&scene);

	sock_linger_zero(scene.client, scene.pair.client_fd);
	sock_close(scene.client, scene.pair.client_fd);
	sock_wait(scene.server, scene.pair.server_fd, POLLHUP);
	sock_close(scene.server, scene.pair.server_fd);
	scene_end(&scene, sent, 0);
}

static void linger_zero(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;

	sock_transfer(scene.client, pair->client_fd, scene.server, pair->server_fd, 1234);
	sock_transfer(scene.server, pair->server_fd, scene.client, pair->client_fd, 56);
	sock_linger_zero(scene.client, pair->client_fd);
	sock_close(scene.client, pair->client_fd);
	expect_equal(test, sock_drain(scene.server, pair->server_fd), -ECONNRESET);
	sock_close(scene.server, pair->server_fd);
	scene_end(&scene, 1234, 56);
}

/* close() before everything was read resets: it has been received all the same. */
static void unread(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;

	expect_equal(test, sock_send(scene.client, pair->client_fd, 5000), 5000);
	sock_settle(scene.client, pair->client_fd);
	expect_equal(test, sock_receive(scene.server, pair->server_fd, 2000), 2000);
	sock_close(scene.server, pair->server_fd);
	sock_wait(scene.client, pair->client_fd, POLLHUP);
	sock_close(scene.client, pair->client_fd);
	scene_end(&scene, 5000, 0);
}

/* Nobody ever accepts; the handshake is the kernel's, and so is receiving. */
static void never_accepted(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int listener, fd, port;

	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	fd = sock_open(client, test->family, SOCK_STREAM, 0);
	expect_equal(test, sock_connect(client, fd, test->ip, port), 0);
	expect_equal(test, sock_send(client, fd, 3000), 3000);
	sock_settle(client, fd);
	sock_close(server, listener);
	sock_wait(client, fd, POLLHUP);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 3000, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, port), .received = 3000, .connections = 1);
}

/* SIGKILL with data under way: the kernel goes on sending what it has taken. */
static void killed(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;
	long taken = sock_fill(scene.client, pair->client_fd);

	actor_kill(scene.client);
	expect_equal(test, sock_drain(scene.server, pair->server_fd), taken);
	sock_close(scene.server, pair->server_fd);
	scene_end(&scene, taken, 0);
}

/* The same, but the other side is killed before it reads anything. */
static void killed_reader(struct test *test)
{
	struct scene scene = scene_open(test);
	long sent = fill(&scene);

	actor_kill(scene.server);
	sock_wait(scene.client, scene.pair.client_fd, POLLHUP);
	sock_close(scene.client, scene.pair.client_fd);
	scene_end(&scene, sent, 0);
}

/* An orphan: closed by its program, not yet by its peer, when the result is printed. */
static void orphaned(struct test *test)
{
	struct scene scene = scene_open(test);
	struct pair *pair = &scene.pair;

	sock_transfer(scene.client, pair->client_fd, scene.server, pair->server_fd, 888);
	actor_kill(scene.client);
	expect_equal(test, sock_drain(scene.server, pair->server_fd), 0);
	scene_end(&scene, 888, 0);
}

/* One socket, two connections: disconnected in between. */
static void reconnected(struct test *test)
{
	struct scene scene = scene_open(test);
	struct actor *client = scene.client, *server = scene.server;
	int fd = scene.pair.client_fd, listener, port, accepted;
	struct result *result;

	sock_transfer(client, fd, server, scene.pair.server_fd, 1111);
	sock_transfer(server, scene.pair.server_fd, client, fd, 22);
	sock_disconnect(client, fd);
	sock_wait(server, scene.pair.server_fd, POLLHUP);
	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	expect_equal(test, sock_connect(client, fd, test->ip, port), 0);
	accepted = sock_accept(server, listener);
	sock_transfer(client, fd, server, accepted, 33333);
	result = egret_stop(scene.egret);
	expect_row(result, client, OUT("tcp", test->ip, scene.pair.port), .sent = 1111,
		   .received = 22, .connections = 1);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 33333, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, scene.pair.port), .sent = 22,
		   .received = 1111, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, port), .received = 33333, .connections = 1);
}

/* A client's socket, disconnected, becomes a listener. */
static void turned_listener(struct test *test)
{
	struct scene scene = scene_open(test);
	struct actor *client = scene.client, *server = scene.server;
	int fd = scene.pair.client_fd, back, port, accepted;
	struct result *result;

	sock_transfer(client, fd, server, scene.pair.server_fd, 70);
	sock_disconnect(client, fd);
	sock_wait(server, scene.pair.server_fd, POLLHUP);
	port = sock_bind(client, fd, test->ip, 0);
	sock_listen(client, fd);
	back = sock_open(server, test->family, SOCK_STREAM, 0);
	expect_equal(test, sock_connect(server, back, test->ip, port), 0);
	accepted = sock_accept(client, fd);
	sock_transfer(server, back, client, accepted, 8000);
	result = egret_stop(scene.egret);
	expect_row(result, client, OUT("tcp", test->ip, scene.pair.port), .sent = 70,
		   .connections = 1);
	expect_row(result, client, IN("tcp", test->ip, port), .received = 8000, .connections = 1);
	expect_row(result, server, OUT("tcp", test->ip, port), .sent = 8000, .connections = 1);
}

const struct test_case tcp_close_cases[] = {
	CASE_BOTH("tcp/close/client-first", client_first),
	CASE_BOTH("tcp/close/server-first", server_first),
	CASE_BOTH("tcp/close/at-once", at_once),
	CASE_BOTH("tcp/close/half", half_close),
	CASE_BOTH("tcp/close/half-open", half_close_open),
	CASE_BOTH("tcp/close/window-full", window_full),
	CASE_BOTH("tcp/close/fin-behind-unsent", fin_behind_unsent),
	CASE_BOTH("tcp/close/killed-open", killed_open),
	CASE_BOTH("tcp/close/linger-zero", linger_zero),
	CASE_BOTH("tcp/close/linger-unsent", linger_unsent),
	CASE_BOTH("tcp/close/unread", unread),
	CASE_BOTH("tcp/close/never-accepted", never_accepted),
	CASE_BOTH("tcp/close/killed", killed),
	CASE_BOTH("tcp/close/killed-reader", killed_reader),
	CASE_BOTH("tcp/close/orphaned", orphaned),
	CASE_BOTH("tcp/close/reconnected", reconnected),
	CASE_BOTH("tcp/close/turned-listener", turned_listener),
	{ 0 },
};

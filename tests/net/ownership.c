/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose bytes: sockets that are inherited, handed on, accepted by another. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* Two programs that hand a connection on, and the server it leads to. */
struct scene {
	struct test *test;
	struct actor *first, *second, *server;
	struct egret *egret;
	struct pair pair;
};

static struct scene scene_open(struct test *test)
{
	struct scene scene = {
		.test = test,
		.first = actor_start(test, "first"),
		.second = actor_start(test, "second"),
		.server = actor_start(test, "server"),
	};

	scene.egret = egret_start_own(test, NULL);
	scene.pair = sock_pair(scene.first, scene.server, test->ip, 0);
	return scene;
}

/* All bytes belong to the program that connected. */
static struct result *scene_end(struct scene *scene, long long sent, long long received)
{
	struct result *result = egret_stop(scene->egret);

	expect_row(result, scene->first, OUT("tcp", scene->test->ip, scene->pair.port),
		   .sent = sent, .received = received, .connections = 1);
	expect_rows(result, scene->second, 0);
	expect_row(result, scene->server, IN("tcp", scene->test->ip, scene->pair.port),
		   .sent = received, .received = sent, .connections = 1);
	return result;
}

static void passed(struct test *test)
{
	struct scene scene = scene_open(test);
	int fd = actor_pass(scene.first, scene.pair.client_fd, scene.second);

	sock_close(scene.first, scene.pair.client_fd);
	sock_transfer(scene.second, fd, scene.server, scene.pair.server_fd, 5000);
	sock_transfer(scene.server, scene.pair.server_fd, scene.second, fd, 60);
	sock_close(scene.second, fd);
	scene_end(&scene, 5000, 60);
}

static void passed_by_dead(struct test *test)
{
	struct scene scene = scene_open(test);
	int fd = actor_pass(scene.first, scene.pair.client_fd, scene.second);

	actor_kill(scene.first);
	sock_transfer(scene.second, fd, scene.server, scene.pair.server_fd, 700);
	expect_process(scene_end(&scene, 700, 0), scene.first);
}

/* A child of the program that connected is another process of the same app. */
static void inherited(struct test *test)
{
	struct scene scene = scene_open(test);
	struct actor *child = actor_fork(scene.first);
	struct result *result;

	sock_transfer(scene.first, scene.pair.client_fd, scene.server, scene.pair.server_fd, 10);
	sock_transfer(child, scene.pair.client_fd, scene.server, scene.pair.server_fd, 200);
	actor_quit(scene.first, 0);
	sock_transfer(child, scene.pair.client_fd, scene.server, scene.pair.server_fd, 3000);
	result = scene_end(&scene, 3210, 0);
	expect_process(result, scene.first);
	expect_processes(result, scene.first, 1);
}

/* connect, then exec: the connection stays with the program that made it. */
static void kept_over_exec(struct test *test)
{
	struct scene scene = scene_open(test);
	const struct identity before = scene.first->identity;
	struct actor *after = scene.first;
	struct actor first = *scene.first;
	struct pair own;
	struct result *result;

	sock_transfer(after, scene.pair.client_fd, scene.server, scene.pair.server_fd, 111);
	actor_exec(after, actor_executable(test, "third"));
	sock_transfer(after, scene.pair.client_fd, scene.server, scene.pair.server_fd, 2000);
	own = sock_pair(after, scene.server, test->ip, 0);
	sock_transfer(after, own.client_fd, scene.server, own.server_fd, 9);
	first.identity = before;
	scene.first = &first;
	result = scene_end(&scene, 2111, 0);
	expect_row(result, after, OUT("tcp", test->ip, own.port), .sent = 9, .connections = 1);
	expect_rows(result, after, 1);
	expect_rows(result, &first, 1);
	expect_process(result, &first);
	expect_process(result, after);
}

/* Opened by one, connected by another: who connects owns. */
static void opened_by_other(struct test *test)
{
	struct scene scene = scene_open(test);
	struct result *result;
	int opened = sock_open(scene.first, test->family, SOCK_STREAM, 0), fd, accepted;

	fd = actor_pass(scene.first, opened, scene.second);
	expect_equal(test, sock_connect(scene.second, fd, test->ip, scene.pair.port), 0);
	accepted = sock_accept(scene.server, scene.pair.listener);
	sock_transfer(scene.second, fd, scene.server, accepted, 44);
	result = egret_stop(scene.egret);
	expect_row(result, scene.second, OUT("tcp", test->ip, scene.pair.port), .sent = 44,
		   .connections = 1);
	expect_row(result, scene.first, OUT("tcp", test->ip, scene.pair.port), .connections = 1);
}

/* --- accepting --- */

struct accepting {
	struct test *test;
	struct actor *opener, *worker, *client;
	struct egret *egret;
	int listener, fd, port;
};

static struct accepting accepting_open(struct test *test, struct actor *(*make)(struct actor *))
{
	struct accepting scene = {
		.test = test,
		.opener = actor_start(test, "opener"),
		.client = actor_start(test, "client"),
	};

	scene.egret = egret_start_own(test, NULL);
	scene.listener = sock_open(scene.opener, test->family, SOCK_STREAM, 0);
	scene.port = sock_bind(scene.opener, scene.listener, test->ip, 0);
	sock_listen(scene.opener, scene.listener);
	scene.worker = make(scene.opener);
	scene.fd = sock_open(scene.client, test->family, SOCK_STREAM, 0);
	return scene;
}

static void accepting_connect(struct accepting *scene)
{
	expect_equal(scene->test,
		     sock_connect(scene->client, scene->fd, scene->test->ip, scene->port), 0);
}

static struct actor *unrelated_worker(struct actor *opener)
{
	return actor_start(opener->test, "worker");
}

/* Forks, as web servers do, and then becomes another program, as inetd's children do. */
static struct actor *worker_by_exec(struct actor *opener)
{
	struct actor *worker = actor_fork(opener);

	actor_exec(worker, actor_executable(opener->test, "worker"));
	return worker;
}

/* The first to send on it owns an accepted connection. */
static void accepted_by(struct test *test, struct actor *(*make)(struct actor *))
{
	struct accepting scene = accepting_open(test, make);
	struct result *result;
	int listener = scene.listener, accepted;

	if (make == unrelated_worker)
		listener = actor_pass(scene.opener, listener, scene.worker);
	accepting_connect(&scene);
	accepted = sock_accept(scene.worker, listener);
	sock_transfer(scene.client, scene.fd, scene.worker, accepted, 100);
	sock_transfer(scene.worker, accepted, scene.client, scene.fd, 2000);
	result = egret_stop(scene.egret);
	expect_row(result, scene.worker, IN("tcp", test->ip, scene.port), .sent = 2000,
		   .received = 100, .connections = 1);
	expect_rows(result, scene.opener, 0);
	expect_process(result, scene.worker);
}

static void accepted_by_worker(struct test *test)
{
	accepted_by(test, unrelated_worker);
}

static void accepted_by_child(struct test *test)
{
	accepted_by(test, worker_by_exec);
}

/* Who only receives shows nobody to whom it belongs: the opener owns it. */
static void received_by_worker(struct test *test)
{
	struct accepting scene = accepting_open(test, unrelated_worker);
	int listener = actor_pass(scene.opener, scene.listener, scene.worker), accepted;
	struct result *result;

	accepting_connect(&scene);
	accepted = sock_accept(scene.worker, listener);
	sock_transfer(scene.client, scene.fd, scene.worker, accepted, 1234);
	sock_close(scene.client, scene.fd);
	expect_equal(test, sock_drain(scene.worker, accepted), 0);
	sock_close(scene.worker, accepted);
	result = egret_stop(scene.egret);
	expect_row(result, scene.opener, IN("tcp", test->ip, scene.port), .received = 1234,
		   .connections = 1);
	expect_rows(result, scene.worker, 0);
}

/* Accepted by one, answered by another: as systemd's Accept=yes and inetd do it. */
static void answered_by_other(struct test *test)
{
	struct accepting scene = accepting_open(test, unrelated_worker);
	struct result *result;
	int accepted, fd;

	accepting_connect(&scene);
	accepted = sock_accept(scene.opener, scene.listener);
	fd = actor_pass(scene.opener, accepted, scene.worker);
	sock_close(scene.opener, accepted);
	sock_transfer(scene.client, scene.fd, scene.worker, fd, 10);
	sock_transfer(scene.worker, fd, scene.client, scene.fd, 300);
	result = egret_stop(scene.egret);
	expect_row(result, scene.worker, IN("tcp", test->ip, scene.port), .sent = 300,
		   .received = 10, .connections = 1);
}

/* Two processes answer; the first remains the owner. */
static void answered_by_both(struct test *test)
{
	struct accepting scene = accepting_open(test, unrelated_worker);
	struct result *result;
	int accepted, fd;

	accepting_connect(&scene);
	accepted = sock_accept(scene.opener, scene.listener);
	sock_transfer(scene.opener, accepted, scene.client, scene.fd, 5);
	fd = actor_pass(scene.opener, accepted, scene.worker);
	sock_transfer(scene.worker, fd, scene.client, scene.fd, 600);
	result = egret_stop(scene.egret);
	expect_row(result, scene.opener, IN("tcp", test->ip, scene.port), .sent = 605,
		   .connections = 1);
	expect_rows(result, scene.worker, 0);
}

/* The opener is gone when the connection comes. */
static void opener_gone(struct test *test)
{
	struct accepting scene = accepting_open(test, unrelated_worker);
	int listener = actor_pass(scene.opener, scene.listener, scene.worker), accepted;
	struct result *result;

	actor_kill(scene.opener);
	accepting_connect(&scene);
	accepted = sock_accept(scene.worker, listener);
	sock_transfer(scene.worker, accepted, scene.client, scene.fd, 77);
	result = egret_stop(scene.egret);
	expect_row(result, scene.worker, IN("tcp", test->ip, scene.port), .sent = 77,
		   .connections = 1);
}

/* --- datagrams: they belong to who sends them --- */

static void datagrams(struct test *test)
{
	struct actor *first = actor_start(test, "first"), *second = actor_start(test, "second");
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int in, port, out, passed_fd;

	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	port = sock_bind(server, in, test->ip, 0);
	out = sock_open(first, test->family, SOCK_DGRAM, 0);
	expect_equal(test, sock_send_to(first, out, test->ip, port, 100), 100);
	passed_fd = actor_pass(first, out, second);
	expect_equal(test, sock_send_to(second, passed_fd, test->ip, port, 2000), 2000);
	expect_equal(test, sock_send_to(first, out, test->ip, port, 1), 1);
	expect_equal(test, sock_receive_many(server, in, 3), 2101);
	result = egret_stop(egret);
	expect_row(result, first, OUT("udp", test->ip, port), .sent = 101, .connections = ANY);
	expect_row(result, second, OUT("udp", test->ip, port), .sent = 2000, .connections = ANY);
	expect_row(result, server, IN("udp", test->ip, port), .received = 2101, .connections = 1);
}

/* Connected datagrams are a connection: they belong to who connected. */
static void connected_datagrams(struct test *test)
{
	struct actor *first = actor_start(test, "first"), *second = actor_start(test, "second");
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int in, port, out, passed_fd;

	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	port = sock_bind(server, in, test->ip, 0);
	out = sock_open(first, test->family, SOCK_DGRAM, 0);
	expect_equal(test, sock_connect(first, out, test->ip, port), 0);
	passed_fd = actor_pass(first, out, second);
	expect_equal(test, sock_send_to(second, passed_fd, NULL, 0, 2000), 2000);
	expect_equal(test, sock_answer(server, in, 50), 2000);
	expect_equal(test, sock_receive_many(second, passed_fd, 1), 50);
	result = egret_stop(egret);
	expect_row(result, first, OUT("udp", test->ip, port), .sent = 2000, .received = 50,
		   .connections = 1);
	expect_rows(result, second, 0);
}

/* A UDP server's socket, opened by one program, answered by another. */
static void served_by_other(struct test *test)
{
	struct actor *opener = actor_start(test, "opener"), *worker;
	struct actor *client = actor_start(test, "client");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;
	int in, port, out;

	in = sock_open(opener, test->family, SOCK_DGRAM, 0);
	port = sock_bind(opener, in, test->ip, 0);
	worker = worker_by_exec(opener);
	out = sock_open(client, test->family, SOCK_DGRAM, 0);
	expect_equal(test, sock_send_to(client, out, test->ip, port, 10), 10);
	expect_equal(test, sock_answer(worker, in, 400), 10);
	expect_equal(test, sock_receive_many(client, out, 1), 400);
	result = egret_stop(egret);
	expect_row(result, client, OUT("udp", test->ip, port), .sent = 10, .received = 400,
		   .connections = 1);
	expect_row(result, worker, IN("udp", test->ip, port), .sent = 400, .received = ANY,
		   .connections = ANY);
	if (result && !result_app_of(result, opener->identity.exe))
		expect_row(result, worker, IN("udp", test->ip, port), .sent = 400, .received = 10,
			   .connections = 1);
}

const struct test_case ownership_cases[] = {
	CASE_BOTH("ownership/passed", passed),
	CASE_BOTH("ownership/passed-by-dead", passed_by_dead),
	CASE_BOTH("ownership/inherited", inherited),
	CASE_BOTH("ownership/exec", kept_over_exec),
	CASE_BOTH("ownership/opened-by-other", opened_by_other),
	CASE_BOTH("ownership/accepted-by-worker", accepted_by_worker),
	CASE_BOTH("ownership/accepted-by-child", accepted_by_child),
	CASE_BOTH("ownership/received-by-worker", received_by_worker),
	CASE_BOTH("ownership/answered-by-other", answered_by_other),
	CASE_BOTH("ownership/answered-by-both", answered_by_both),
	CASE_BOTH("ownership/opener-gone", opener_gone),
	CASE_BOTH("ownership/datagrams", datagrams),
	CASE_BOTH("ownership/connected-datagrams", connected_datagrams),
	CASE_BOTH("ownership/served-by-other", served_by_other),
	{ 0 },
};

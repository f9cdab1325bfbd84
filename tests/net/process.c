/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who talked: identities of processes, as the kernel knows them at that moment. */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* Sends `size` bytes over a connection of its own; the server's port. */
static int talk(struct actor *client, struct actor *server, long size)
{
	struct pair pair = sock_pair(client, server, client->test->ip, 0);

	sock_transfer(client, pair.client_fd, server, pair.server_fd, size);
	sock_pair_close(&pair);
	sock_close(server, pair.listener);
	return pair.port;
}

/* One actor talks, is looked at, and must be told of as /proc shows it. */
static void tell(struct actor *client)
{
	struct test *test = client->test;
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	int port = talk(client, server, 1000);
	struct result *result = egret_stop(egret);

	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 1000, .connections = 1);
	expect_process(result, client);
	expect_processes(result, client, 1);
}

static void arguments(struct test *test)
{
	const char *const list[] = { "--flag", "with space",	       "",
				     "x=1",    "\xc3\xa4\xe2\x82\xac", "\"quoted\\\"",
				     NULL };

	tell(actor_start_as(test, &(struct actor_options){ .name = "client", .arguments = list }));
}

/* More than is kept: what is told of is the beginning. */
static void long_arguments(struct test *test)
{
	char letters[1501];
	const char *const list[] = { "first", letters, "last", NULL };
	const cJSON *told, *item;
	struct actor *client, *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;

	memset(letters, 'a', sizeof(letters) - 1);
	letters[sizeof(letters) - 1] = '\0';
	client = actor_start_as(test,
				&(struct actor_options){ .name = "client", .arguments = list });
	egret = egret_start(test, NULL);
	talk(client, server, 10);
	result = egret_stop(egret);
	if (!result)
		return;
	told = json_get(result_app_of(result, client->identity.exe), "processes");
	told = json_get(cJSON_GetArrayItem(told, 0), "command_line");
	expect_equal(test, cJSON_GetArraySize(told) >= 3, 1);
	item = cJSON_GetArrayItem(told, 2);
	expect_equal(test, item && strcmp(item->valuestring, "first") == 0, 1);
	item = cJSON_GetArrayItem(told, 3);
	expect_equal(test, item && strncmp(item->valuestring, letters, 100) == 0, 1);
}

/* Bytes that would command a terminal, and bytes that are no text, never get out raw. */
static void hostile_arguments(struct test *test)
{
	const char *const list[] = { "\033[31mred\033]52;c;YQ==\007",
				     "line\nfeed\r\ttab",
				     "\xff\xfe",
				     "\xc2\x9b"
				     "31m",
				     "\xe2\x80\xae"
				     "back",
				     "</script>",
				     NULL };
	struct actor *client = actor_start_as(test, &(struct actor_options){ .name = "client",
									     .arguments = list });
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	const char *text;
	int port = talk(client, server, 10);
	struct result *result = egret_stop(egret);

	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 10, .connections = 1);
	text = result ? file_read(test, egret->file) : "";
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < 0x20 && *c != '\n')
			test_fail(test, "a raw control byte %#x", *c);
	}
	expect_equal(test, strstr(text, "\xff") || strstr(text, "\xc2\x9b"), 0);
	expect_equal(test, !!strstr(text, "\xe2\x80\xae"), 0);
}

static void user(struct test *test)
{
	tell(actor_start_as(test, &(struct actor_options){ .name = "client", .uid = 12345 }));
}

/* A set-user-id program keeps the real uid of whoever ran it. */
static void setuid_program(struct test *test)
{
	const char *path = actor_executable(test, "elevated");
	struct actor *client;

	require(test, chown(path, 54321, 54321) == 0 && chmod(path, 04755) == 0);
	client = actor_start_as(test, &(struct actor_options){ .name = "plain", .uid = 12345 });
	actor_exec(client, path);
	expect_equal(test, client->identity.uid, 12345);
	tell(client);
}

static long f_become(struct call *call)
{
	return setuid((uid_t)call->arg[0]) < 0 ? -errno : 0;
}

/* A daemon that gives up root before it talks. */
static void user_changed(struct test *test)
{
	struct actor *client = actor_start(test, "client");

	expect_equal(test, actor_call(client, f_become, &(struct call){ .arg = { 4711 } }), 0);
	actor_identify(client);
	expect_equal(test, client->identity.uid, 4711);
	tell(client);
}

static void cgroup(struct test *test)
{
	const char *outer = test_text(test, "%s/outer", test->cgroup);
	const char *inner = test_text(test, "%s/in n\xc3\xa9r", outer);
	struct actor *client;

	if (!test->cgroup[0])
		test_skip(test, "no cgroup2");
	require(test, cgroup_make(outer) == 0 && cgroup_make(inner) == 0);
	client = actor_start_as(test, &(struct actor_options){ .name = "client", .cgroup = inner });
	tell(client);
}

static void deep_cgroup(struct test *test)
{
	const char *dir = test->cgroup;

	if (!test->cgroup[0])
		test_skip(test, "no cgroup2");
	for (int i = 0; i < 12; i++) {
		dir = test_text(test, "%s/level-%d-of-a-deep-tree.slice", dir, i);
		require(test, cgroup_make(dir) == 0);
	}
	tell(actor_start_as(test, &(struct actor_options){ .name = "client", .cgroup = dir }));
}

/* --- threads --- */

static long f_rename(struct call *call)
{
	return prctl(PR_SET_NAME, call->text) < 0 ? -errno : 0;
}

/* In a thread with a name of its own: the process is named by its leader. */
static long f_connect_in_thread(struct call *call)
{
	int fd = socket(call->to.storage.ss_family, SOCK_STREAM, 0);

	prctl(PR_SET_NAME, "a-thread");
	if (connect(fd, (struct sockaddr *)&call->to.storage, call->to.length) < 0)
		return -errno;
	return fd;
}

static void threads(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct call call = { 0 };
	struct result *result;
	int listener, port, fd, accepted;

	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	call.to = address(test->ip, port);
	fd = (int)actor_call_in_thread(client, f_connect_in_thread, &call);
	require(test, fd > 0);
	accepted = sock_accept(server, listener);
	sock_transfer(client, fd, server, accepted, 100);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 100, .connections = 1);
	expect_process(result, client);
	expect_processes(result, client, 1);
}

static void *serve(void *data)
{
	(void)data;
	actor_main();
}

/* From here on the actor is a thread whose leader has ended. */
static long f_leave_leader(struct call *call)
{
	pthread_t thread;

	(void)call;
	if (pthread_create(&thread, NULL, serve, NULL) != 0)
		return -EAGAIN;
	syscall(SYS_exit, 0); /* of this thread; pthread_exit() would want another library */
	return 0;
}

static void leader_gone(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct identity before = client->identity;
	struct egret *egret;
	struct result *result;
	int port;

	actor_begin(client, f_leave_leader, &(struct call){ 0 });
	actor_end(client, NULL); /* its new loop's hello */
	egret = egret_start(test, NULL);
	port = talk(client, server, 555);
	result = egret_stop(egret);
	client->identity = before;
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 555, .connections = 1);
	expect_process(result, client);
}

static void renamed(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct call call = { .text = "(sd-pam) x" };

	expect_equal(test, actor_call(client, f_rename, &call), 0);
	actor_identify(client);
	tell(client);
}

/* --- the same pid, one after the other --- */

static void pid_reused(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *first, *second;
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int ports[2];

	first = actor_start(test, "first");
	ports[0] = talk(first, server, 100);
	actor_quit(first, 0);
	second = actor_start_as(test,
				&(struct actor_options){ .name = "second", .pid = first->pid });
	require(test, second->pid == first->pid);
	ports[1] = talk(second, server, 2000);
	result = egret_stop(egret);
	expect_row(result, first, OUT("tcp", test->ip, ports[0]), .sent = 100, .connections = 1);
	expect_row(result, second, OUT("tcp", test->ip, ports[1]), .sent = 2000, .connections = 1);
	expect_rows(result, first, 1);
	expect_rows(result, second, 1);
	expect_process(result, first);
	expect_process(result, second);
}

/* Even the same program: two processes. */
static void pid_reused_by_same(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *first, *second;
	struct egret *egret = egret_start(test, NULL);
	struct result *result;

	first = actor_start(test, "client");
	talk(first, server, 100);
	actor_quit(first, 0);
	second = actor_start_as(test,
				&(struct actor_options){ .name = "client", .pid = first->pid });
	talk(second, server, 2000);
	result = egret_stop(egret);
	expect_sums(result, second, 2100, 0);
	expect_processes(result, second, 2);
}

/* One process, three programs, one after the other. */
static void exec_chain(struct test *test)
{
	struct actor *client = actor_start(test, "first"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct actor programs[3];
	struct result *result;
	int ports[3];

	for (int i = 0; i < 3; i++) {
		if (i > 0)
			actor_exec(client, actor_executable(test, i == 1 ? "second" : "third"));
		ports[i] = talk(client, server, 10 * (i + 1));
		programs[i] = *client;
	}
	result = egret_stop(egret);
	for (int i = 0; i < 3; i++) {
		expect_row(result, &programs[i], OUT("tcp", test->ip, ports[i]),
			   .sent = 10 * (i + 1), .connections = 1);
		expect_rows(result, &programs[i], 1);
		expect_process(result, &programs[i]);
	}
}

/* It talks, changes uid and cgroup, talks on: it is one process of one app. */
static void changed_between(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct result *result;

	talk(client, server, 10);
	expect_equal(test, actor_call(client, f_become, &(struct call){ .arg = { 4712 } }), 0);
	talk(client, server, 20);
	result = egret_stop(egret);
	expect_sums(result, client, 30, 0);
	expect_processes(result, client, 1);
}

static void pid_namespace(struct test *test)
{
	struct actor *outer = actor_start(test, "client");
	struct actor *inner = actor_fork_in_pid_namespace(outer);

	require(test, inner->pid > 1);
	tell(inner);
}

/* It is gone, and its parent as well, before anybody could look. */
static void orphan(struct test *test)
{
	struct actor *parent = actor_start(test, "client"), *server = actor_start(test, "server");
	struct actor *child = actor_fork(parent);
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	int port = talk(child, server, 77);

	actor_kill(parent);
	actor_kill(child);
	result = egret_stop(egret);
	expect_row(result, child, OUT("tcp", test->ip, port), .sent = 77, .connections = 1);
	expect_process(result, child);
}

static void no_command_lines(struct test *test)
{
	static const char *const quiet[] = { "--no-command-lines", NULL };
	static const char *const secret[] = { "--password=hunter2", NULL };
	struct actor *client = actor_start_as(test, &(struct actor_options){ .name = "client",
									     .arguments = secret });
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, quiet);
	int port = talk(client, server, 1);
	struct result *result = egret_stop(egret);

	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 1, .connections = 1);
	expect_equal(test, result && strstr(file_read(test, egret->file), "hunter2"), 0);
}

const struct test_case process_cases[] = {
	CASE("process/arguments", arguments),
	CASE("process/long-arguments", long_arguments),
	CASE("process/hostile-arguments", hostile_arguments),
	CASE("process/no-command-lines", no_command_lines),
	CASE("process/user", user),
	CASE("process/setuid", setuid_program),
	CASE("process/user-changed", user_changed),
	CASE("process/changed-between", changed_between),
	CASE("process/cgroup", cgroup),
	CASE("process/deep-cgroup", deep_cgroup),
	CASE("process/threads", threads),
	CASE("process/leader-gone", leader_gone),
	CASE("process/renamed", renamed),
	CASE("process/pid-reused", pid_reused),
	CASE("process/pid-reused-by-same", pid_reused_by_same),
	CASE("process/exec-chain", exec_chain),
	CASE("process/pid-namespace", pid_namespace),
	CASE("process/orphan", orphan),
	{ 0 },
};

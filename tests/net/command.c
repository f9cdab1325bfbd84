/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `egret summary -- CMD`: only CMD and what it starts, as whom it runs. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* CMD talks, and so does somebody else. */
static void only_its_own(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *stranger;
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct pair pair = sock_pair(command.actor, server, test->ip, 0), other;
	struct result *result;

	stranger = actor_start(test, "stranger");
	other = sock_pair(stranger, server, test->ip, 0);
	sock_transfer(command.actor, pair.client_fd, server, pair.server_fd, 5000);
	sock_transfer(server, pair.server_fd, command.actor, pair.client_fd, 60);
	sock_transfer(stranger, other.client_fd, server, other.server_fd, 999);
	sock_pair_close(&pair);
	sock_pair_close(&other);
	actor_quit(command.actor, 0);
	result = egret_finish(command.egret);
	result_check_complete(result);
	expect_equal(test, command.egret->program->output.status, 0);
	expect_row(result, command.actor, OUT("tcp", test->ip, pair.port), .sent = 5000,
		   .received = 60, .connections = 1);
	expect_rows(result, stranger, 0);
	expect_rows(result, server, 0);
	expect_equal(test, json_number(result->json, "totals.apps"), 1);
	expect_equal(test, json_number(result->json, "totals.bytes_sent"), 5000);
}

/* What CMD wrote is sent although CMD has ended. */
static void sent_after_end(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct pair pair = sock_pair(command.actor, server, test->ip, 0);
	long size = sock_fill(command.actor, pair.client_fd);
	struct result *result;

	actor_quit(command.actor, 0);
	program_expect_alive(command.egret->program, 500);
	expect_equal(test, sock_drain(server, pair.server_fd), size);
	result = egret_finish(command.egret);
	expect_row(result, command.actor, OUT("tcp", test->ip, pair.port), .sent = size,
		   .connections = 1);
}

/* Children, and what they become, are CMD's as well. */
static void descendants(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *child, *grandchild;
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct result *result;
	struct pair pair;

	child = actor_fork(command.actor);
	actor_exec(child, actor_executable(test, "child"));
	grandchild = actor_fork(child);
	pair = sock_pair(grandchild, server, test->ip, 0);
	sock_transfer(grandchild, pair.client_fd, server, pair.server_fd, 700);
	/* It outlives its parents, and egret waits for it. */
	actor_quit(command.actor, 3);
	actor_quit(child, 0);
	sock_transfer(grandchild, pair.client_fd, server, pair.server_fd, 50);
	actor_quit(grandchild, 0);
	result = egret_finish(command.egret);
	expect_equal(test, command.egret->program->output.status, 3);
	expect_row(result, grandchild, OUT("tcp", test->ip, pair.port), .sent = 750,
		   .connections = 1);
	expect_process(result, grandchild);
	expect_rows(result, server, 0);
}

/* CMD as a server: whoever connects is somebody else. */
static void serving(struct test *test)
{
	struct actor *client = actor_start(test, "client");
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct pair pair = sock_pair(client, command.actor, test->ip, 0);
	struct result *result;

	sock_transfer(client, pair.client_fd, command.actor, pair.server_fd, 100);
	sock_transfer(command.actor, pair.server_fd, client, pair.client_fd, 2000);
	sock_pair_close(&pair);
	actor_quit(command.actor, 0);
	result = egret_finish(command.egret);
	expect_row(result, command.actor, IN("tcp", test->ip, pair.port), .sent = 2000,
		   .received = 100, .connections = 1);
	expect_rows(result, client, 0);
}

static void datagrams(struct test *test)
{
	struct actor *server = actor_start(test, "server"), *stranger;
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct result *result;
	int in, out, other, port;

	stranger = actor_start(test, "stranger");
	in = sock_open(server, test->family, SOCK_DGRAM, 0);
	port = sock_bind(server, in, test->ip, 0);
	out = sock_open(command.actor, test->family, SOCK_DGRAM, 0);
	other = sock_open(stranger, test->family, SOCK_DGRAM, 0);
	expect_equal(test, sock_send_to(stranger, other, test->ip, port, 10), 10);
	expect_equal(test, sock_answer(server, in, 20), 10);
	expect_equal(test, sock_send_to(command.actor, out, test->ip, port, 300), 300);
	expect_equal(test, sock_answer(server, in, 4000), 300);
	expect_equal(test, sock_receive_many(command.actor, out, 1), 4000);
	actor_quit(command.actor, 0);
	result = egret_finish(command.egret);
	expect_row(result, command.actor, OUT("udp", test->ip, port), .sent = 300, .received = 4000,
		   .connections = 1);
	expect_equal(test, json_number(result->json, "totals.bytes_sent"), 300);
	expect_equal(test, json_number(result->json, "totals.bytes_received"), 4000);
}

static long f_leave_cgroup(struct call *call)
{
	return cgroup_enter(call->text);
}

/* A descendant in another cgroup is still a descendant. */
static void left_cgroup(struct test *test)
{
	const char *dir = test_text(test, "%s/elsewhere", test->cgroup);
	struct actor *server = actor_start(test, "server"), *child;
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct call call = { 0 };
	struct result *result;
	struct pair pair;

	if (!test->cgroup[0] || cgroup_make(dir) < 0)
		test_skip(test, "no cgroup2");
	child = actor_fork(command.actor);
	snprintf(call.text, sizeof(call.text), "%s", dir);
	expect_equal(test, actor_call(child, f_leave_cgroup, &call), 0);
	actor_exec(child, actor_executable(test, "child"));
	pair = sock_pair(child, server, test->ip, 0);
	sock_transfer(child, pair.client_fd, server, pair.server_fd, 88);
	actor_quit(child, 0);
	actor_quit(command.actor, 0);
	result = egret_finish(command.egret);
	expect_row(result, child, OUT("tcp", test->ip, pair.port), .sent = 88, .connections = 1);
	expect_equal(test, command.egret->program->output.status, 0);
}

/* A daemon: its parent is gone before it leaves the cgroup, and talks only then. */
static void daemonized(struct test *test)
{
	const char *dir = test_text(test, "%s/elsewhere", test->cgroup);
	struct actor *server = actor_start(test, "server"), *child, *grandchild;
	struct command command = egret_command(test, "cmd", NULL, NULL);
	struct call call = { 0 };
	struct result *result;
	struct pair pair;

	if (!test->cgroup[0] || cgroup_make(dir) < 0)
		test_skip(test, "no cgroup2");
	child = actor_fork(command.actor);
	grandchild = actor_fork(child);
	actor_quit(child, 0);
	snprintf(call.text, sizeof(call.text), "%s", dir);
	expect_equal(test, actor_call(grandchild, f_leave_cgroup, &call), 0);
	actor_exec(grandchild, actor_executable(test, "daemon"));
	pair = sock_pair(grandchild, server, test->ip, 0);
	sock_transfer(grandchild, pair.client_fd, server, pair.server_fd, 99);
	actor_quit(grandchild, 0);
	actor_quit(command.actor, 0);
	result = egret_finish(command.egret);
	expect_row(result, grandchild, OUT("tcp", test->ip, pair.port), .sent = 99,
		   .connections = 1);
}

/* sudo itself, whose command runs as somebody else: a descendant like any other. */
static void by_sudo(struct test *test)
{
	struct actor *server = actor_start(test, "server");
	int listener = sock_open(server, test->family, SOCK_STREAM, 0), fd;
	int port = sock_bind(server, listener, test->ip, 0);
	const char *script = test_text(
			   test, "exec 3<>/dev/tcp/%s/%d; printf %%0100d 0 >&3; read -r x <&3",
			   test->ip, port),
		   *file = test_path(test, "sudo.json");
	const char *const argv[] = { test->egret,
				     "summary",
				     "-o",
				     file,
				     "--format",
				     "json",
				     "--include-loopback",
				     "--",
				     program_find(test, "sudo"),
				     "-n",
				     "-u",
				     "nobody",
				     program_find(test, "bash"),
				     "-c",
				     script,
				     NULL };
	const char *const trial[] = {
		program_find(test, "sudo"), "-n", "-u", "nobody", "true", NULL
	};
	struct program *program;
	struct result *result;
	const cJSON *users;

	egret_needed(test);
	if (program_run(test, &(struct program_options){ .argv = trial }).status)
		test_skip(test, "sudo does not work here");
	sock_listen(server, listener);
	program = program_start(test, &(struct program_options){ .argv = argv });
	fd = sock_accept(server, listener);
	expect_equal(test, sock_receive(server, fd, 100), 100);
	sock_close(server, fd);
	program_wait(program);
	result = result_parse(test, file_read(test, file), file);
	expect_equal(test, json_number(result->json, "totals.apps"), 1);
	expect_equal(test, json_number(result->json, "totals.bytes_sent"), 100);
	users = json_get(cJSON_GetArrayItem(json_get(result->json, "apps"), 0), "users");
	expect_equal(test, (int)cJSON_GetNumberValue(cJSON_GetArrayItem(users, 0)), 65534);
}

/* A program of this name has a daemon start others, which are not the command's children. */
static void by_a_daemon(struct test *test)
{
	const char *asker = test_path(test, "systemd-run"), *file = test_path(test, "asked.json");
	const char *sentence = "what systemd-run had a daemon start is not followed";
	const char *const within[] = { "summary",
				       "-o",
				       file,
				       "--",
				       program_find(test, "sh"),
				       "-c",
				       test_text(test, "%s; true", asker),
				       NULL };
	const char *const without[] = { "summary", "-o", file, "--", program_find(test, "true"),
					NULL };

	require(test, file_copy(program_find(test, "true"), asker) == 0);
	expect_equal(test, egret_run(test, within).status, 0);
	expect_equal(test, !!strstr(file_read(test, file), sentence), 1);
	/* What others execute is none of it. */
	program_run(test, &(struct program_options){ .argv = WORDS(asker) });
	expect_equal(test, egret_run(test, without).status, 0);
	expect_equal(test, !!strstr(file_read(test, file), sentence), 0);
}

/* --- as whom, and with what --- */

static void as_caller(struct test *test)
{
	static const char *const sudo[] = { "SUDO_UID=12345", "SUDO_GID=12345", "SUDO_USER=nobody",
					    NULL };
	struct actor *server = actor_start(test, "server");
	struct command command = egret_command(test, "cmd", NULL, sudo);
	struct result *result;
	struct pair pair;

	expect_equal(test, command.actor->identity.uid, 12345);
	pair = sock_pair(command.actor, server, test->ip, 0);
	sock_transfer(command.actor, pair.client_fd, server, pair.server_fd, 1);
	actor_quit(command.actor, 0);
	result = egret_finish(command.egret);
	expect_process(result, command.actor);
}

/* Output goes through untouched, and the result to stderr. */
static void streams(struct test *test)
{
	const char *cat = program_find(test, "cat"), *document;
	const char *const argv[] = { test->egret, "summary", "--format", "json", "--", cat, NULL };
	int ends[2];
	struct program *program;
	const struct output *output;
	struct result *result;

	egret_needed(test);
	require(test, pipe(ends) == 0 && write(ends[1], "through\n", 8) == 8);
	close(ends[1]);
	program = program_start(test, &(struct program_options){ .argv = argv, .input = ends[0] });
	close(ends[0]);
	output = program_wait(program);
	expect_equal(test, output->status, 0);
	expect_equal(test, strcmp(output->out, "through\n"), 0);
	document = strchr(output->err, '{');
	require(test, document != NULL);
	result = result_parse(test, document, "stderr");
	result_check_sums(result);
	expect_equal(test, json_number(result->json, "totals.bytes_sent"), 0);
}

const struct test_case command_cases[] = {
	CASE_BOTH("command/only-its-own", only_its_own),
	CASE_BOTH("command/sent-after-end", sent_after_end),
	CASE("command/descendants", descendants),
	CASE("command/serving", serving),
	CASE_BOTH("command/datagrams", datagrams),
	CASE("command/left-cgroup", left_cgroup),
	CASE("command/daemonized", daemonized),
	CASE("command/sudo", by_sudo),
	CASE("command/by-a-daemon", by_a_daemon),
	CASE("command/as-caller", as_caller),
	CASE("command/streams", streams),
	{ 0 },
};

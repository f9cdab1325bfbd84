/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Groupings, filters, limits, and a second egret: the sums stay what they are. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* A client that sends 5000 and receives 60, watched with some options. */
struct scene {
	struct test *test;
	struct actor *client, *server;
	struct pair pair;
	struct result *result;
};

static struct scene watch(struct test *test, const char *const *options, uid_t uid)
{
	struct scene scene = { .test = test, .server = actor_start(test, "server") };
	struct egret *egret;

	egret_needed(test);
	scene.client =
		actor_start_as(test, &(struct actor_options){ .name = "client", .uid = uid });
	egret = egret_start(test, options);
	scene.pair = sock_pair(scene.client, scene.server, test->ip, 0);
	sock_transfer(scene.client, scene.pair.client_fd, scene.server, scene.pair.server_fd, 5000);
	sock_transfer(scene.server, scene.pair.server_fd, scene.client, scene.pair.client_fd, 60);
	sock_pair_close(&scene.pair);
	scene.result = egret_stop(egret);
	return scene;
}

/* The group's row, by its id. */
static void expect_group(struct scene *scene, const char *id, const char *kind, long long sent,
			 long long received)
{
	const cJSON *group = result_app(scene->result, id), *item;
	const char *told = json_text(group, "kind");

	if (!group) {
		test_wrong(scene->test, "no group %s among:", id);
		cJSON_ArrayForEach(item, json_get(scene->result->json, "apps"))
			printf("  %s\n", json_text(item, "id"));
		return;
	}
	if (kind && (!told || strcmp(told, kind) != 0))
		test_wrong(scene->test, "%s is of kind %s", id, told ? told : "null");
	cJSON_ArrayForEach(item, json_get(group, "destinations")) {
		if (json_number(item, "port") != scene->pair.port)
			continue;
		expect_equal(scene->test, json_number(item, "bytes_sent"), sent);
		expect_equal(scene->test, json_number(item, "bytes_received"), received);
	}
}

static void by_program(struct test *test)
{
	struct scene scene = watch(test, WORDS("--by", "program"), 0);

	expect_group(&scene, test_text(test, "exe:%s", scene.client->identity.exe), "program", 5000,
		     60);
	expect_equal(test, strcmp(json_text(scene.result->json, "by"), "program"), 0);
}

static void by_process(struct test *test)
{
	struct scene scene = watch(test, WORDS("--by", "process"), 0);
	const char *prefix = test_text(test, "pid:%d:", scene.client->pid);
	const cJSON *group, *process;
	int found = 0;

	cJSON_ArrayForEach(group, json_get(scene.result->json, "apps")) {
		const char *id = json_text(group, "id");

		if (!id || strncmp(id, prefix, strlen(prefix)) != 0)
			continue;
		expect_group(&scene, id, "process", 5000, 60);
		process = cJSON_GetArrayItem(json_get(group, "processes"), 0);
		expect_equal(test, json_number(process, "pid"), scene.client->pid);
		expect_equal(test, cJSON_GetArraySize(json_get(group, "processes")), 1);
		found++;
	}
	expect_equal(test, found, 1);
}

static void by_user(struct test *test)
{
	struct scene scene = watch(test, WORDS("--by", "user"), 23456);

	expect_group(&scene, "uid:23456", "user", 5000, 60);
	expect_equal(test, json_number(result_app(scene.result, "uid:23456"), "bytes_sent"), 5000);
}

static void by_container(struct test *test)
{
	struct scene scene = watch(test, WORDS("--by", "container"), 0);
	const cJSON *host = result_app(scene.result, "host");

	expect_equal(test, host != NULL, 1);
	expect_equal(test, json_number(host, "bytes_sent") >= 5060, 1);
}

/* --- filters: what they leave out is told --- */

static void filter_app(struct test *test)
{
	struct scene scene = watch(test, WORDS("--app", "*/client"), 0);

	expect_row(scene.result, scene.client, OUT("tcp", test->ip, scene.pair.port), .sent = 5000,
		   .received = 60, .connections = 1);
	expect_rows(scene.result, scene.server, 0);
	/* At least the server's. */
	expect_equal(test,
		     json_number(scene.result->json, "ledger.excluded.filter.bytes_sent") >= 60, 1);
	expect_equal(test,
		     json_number(scene.result->json, "ledger.excluded.filter.bytes_received") >=
			     5000,
		     1);
}

/* Repeated: any of them. */
static void filter_apps(struct test *test)
{
	struct scene scene = watch(test, WORDS("--app", "*/client", "--app", "*/server"), 0);

	expect_rows(scene.result, scene.client, 1);
	expect_rows(scene.result, scene.server, 1);
}

static void filter_user(struct test *test)
{
	struct scene scene = watch(test, WORDS("--user", "23457"), 23457);

	expect_rows(scene.result, scene.client, 1);
	expect_rows(scene.result, scene.server, 0);
	expect_equal(test, json_number(scene.result->json, "totals.bytes_sent"), 5000);
}

static void filter_scope(struct test *test)
{
	struct scene scene = watch(test, WORDS("--scope", "internet"), 0);

	expect_rows(scene.result, scene.client, 0);
	expect_equal(test,
		     json_number(scene.result->json, "ledger.excluded.filter.bytes_sent") >= 5060,
		     1);
}

/* Loopback is left out unless asked for, and told of. */
static void loopback(struct test *test)
{
	const char *const argv[] = { test->egret, "summary", "--format", "json", NULL };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program;
	struct result *result;
	struct pair pair;

	egret_needed(test);
	program = program_start(test, &(struct program_options){ .argv = argv, .host = true });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	pair = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 5000);
	sock_pair_close(&pair);
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	result = result_parse(test, program->output.out, "stdout");
	result_check_sums(result);
	expect_rows(result, client, 0);
	expect_rows(result, server, 0);
	expect_equal(test, json_number(result->json, "ledger.excluded.loopback.bytes_sent") >= 5000,
		     1);
	expect_equal(test,
		     json_number(result->json, "ledger.excluded.loopback.bytes_received") >= 5000,
		     1);
}

/* Another address of this network namespace, over lo as well. */
static void own_address(struct test *test)
{
	const char *ip = test->family == AF_INET6 ? "fd77::99" : "10.99.0.1";
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	struct pair pair;

	net_ip(test, 0,
	       test->family == AF_INET6 ? "addr add %s/128 dev lo nodad" : "addr add %s/32 dev lo",
	       ip);
	egret = egret_start(test, NULL);
	pair = sock_pair(client, server, ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 70);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", ip, pair.port), .sent = 70, .connections = 1,
		   .scope = "host");
	expect_row(result, server, IN("tcp", ip, pair.port), .received = 70, .connections = 1,
		   .scope = "host");
}

/* --- limits --- */

/* One socket, many destinations, room for eight: bytes lose their address, never vanish. */
static void few_flows(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, WORDS("--max-flows", "8"));
	struct result *result;
	const cJSON *app, *item;
	int out = sock_open(client, test->family, SOCK_DGRAM, 0), folded = 0;

	for (int i = 0; i < 200; i++)
		expect_equal(test, sock_send_to(client, out, test->ip, 10000 + i, 100), 100);
	for (int i = 0; i < 200; i++) {
		int fd = sock_open(server, test->family, SOCK_STREAM, 0);

		expect_equal(test, sock_connect(server, fd, test->ip, 20000 + i), -ECONNREFUSED);
		sock_close(server, fd);
	}
	result = egret_stop_lossy(egret);
	if (!result)
		return;
	expect_sums(result, client, 20000, 0);
	app = result_app_of(result, server->identity.exe);
	expect_equal(test, json_number(app, "connections"), 200);
	expect_equal(test, json_number(app, "failed"), 200);
	app = result_app_of(result, client->identity.exe);
	cJSON_ArrayForEach(item, json_get(app, "destinations")) {
		if (!cJSON_IsTrue(json_get(item, "overflow")))
			continue;
		folded++;
		expect_equal(test, cJSON_IsNull(json_get(item, "ip")), 1);
		expect_equal(test, cJSON_IsNull(json_get(item, "port")), 1);
		expect_equal(test, cJSON_IsNull(json_get(item, "transport")), 1);
		expect_equal(test, cJSON_IsNull(json_get(item, "direction")), 1);
	}
	expect_equal(test, folded, 1);
	expect_equal(test, cJSON_GetArraySize(json_get(app, "destinations")) < 20, 1);
	expect_equal(test, json_number(result->json, "ledger.bytes_sent.overflow") > 15000, 1);
}

/* More sockets than there is room for: counted as lost, not silently. */
static void few_sockets(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, WORDS("--max-sockets", "8"));
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;
	const cJSON *lost;
	double all = 0;

	for (int i = 0; i < 50; i++) {
		struct pair more = sock_pair_again(&pair, test->ip, 0);

		sock_transfer(client, more.client_fd, server, more.server_fd, 10);
	}
	result = egret_stop_lossy(egret);
	if (!result)
		return;
	cJSON_ArrayForEach(lost, json_get(result->json, "ledger.lost"))
		all += lost->valuedouble;
	if (all == 0) /* then nothing was */
		expect_sums(result, client, 500, 0);
	else
		expect_equal(test, cJSON_IsFalse(json_get(result->json, "ledger.complete")), 1);
	if (all > 0)
		expect_equal(test, egret->program->output.status, 5);
}

/* Accepted connections that there is no room for are their listener's when they end. */
static void accepted_without_room(struct test *test)
{
	enum { MANY = 40 };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, WORDS("--max-sockets", "8"));
	struct pair pair = sock_pair(client, server, test->ip, 0), more[MANY];

	for (int i = 0; i < MANY; i++) {
		more[i] = sock_pair_again(&pair, test->ip, 0);
		sock_transfer(client, more[i].client_fd, server, more[i].server_fd, 10);
	}
	for (int i = 0; i < MANY; i++)
		sock_pair_close(&more[i]);
	sock_pair_close(&pair);
	expect_row(egret_stop_lossy(egret), server, IN("tcp", test->ip, pair.port),
		   .received = MANY * 10, .connections = MANY + 1);
}

const struct test_case filter_cases[] = {
	CASE("by/program", by_program),
	CASE("by/process", by_process),
	CASE("by/user", by_user),
	CASE("by/container", by_container),
	CASE("filter/app", filter_app),
	CASE("filter/apps", filter_apps),
	CASE("filter/user", filter_user),
	CASE("filter/scope", filter_scope),
	CASE_BOTH("filter/loopback", loopback),
	CASE_BOTH("filter/own-address", own_address),
	CASE_BOTH("limit/flows", few_flows),
	CASE_BOTH("limit/sockets", few_sockets),
	CASE_BOTH("limit/accepted", accepted_without_room),
	{ 0 },
};

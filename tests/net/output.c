/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Formats: each says the same bytes. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* What one client does while egret prints in some format. */
struct shown {
	const char *text; /* all that egret wrote to stdout */
	const char *exe, *ip;
	int port;
};

#define SENT 54321
#define RECEIVED 678

static struct shown show(struct test *test, const char *format)
{
	const char *const argv[] = { test->egret,	   "summary", "--format", format,
				     "--include-loopback", NULL };
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct program *program;
	struct pair pair;

	egret_needed(test);
	program = program_start(test, &(struct program_options){ .argv = argv });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	pair = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, SENT);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, RECEIVED);
	sock_pair_close(&pair);
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	return (struct shown){
		.text = program->output.out,
		.exe = client->identity.exe,
		.ip = test->ip,
		.port = pair.port,
	};
}

/* The line that holds all these texts (NULL-terminated), or NULL. */
static const char *find_line(struct test *test, const char *text, const char *const *parts)
{
	for (; *text; text += strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n')) {
		const char *line = test_text(test, "%.*s", (int)strcspn(text, "\n"), text);
		size_t found = 0;

		while (parts[found] && strstr(line, parts[found]))
			found++;
		if (!parts[found])
			return line;
	}
	return NULL;
}

#define LINE(test, text, ...) find_line(test, text, WORDS(__VA_ARGS__))

static void json(struct test *test)
{
	struct shown shown = show(test, "json");
	struct result *result = result_parse(test, shown.text, "stdout");

	result_check_sums(result);
	result_check_complete(result);
	expect_row_of(result, shown.exe, OUT("tcp", shown.ip, shown.port), .sent = SENT,
		      .received = RECEIVED, .connections = 1);
}

/* Members of objects in objects may be printed as a.b or nested: both are ECS. */
static const cJSON *member(const cJSON *row, const char *path)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, path);

	return item ? item : json_get(row, path);
}

static double number(const cJSON *row, const char *path)
{
	const cJSON *item = member(row, path);

	return cJSON_IsNumber(item) ? item->valuedouble : -1;
}

static bool is_text(const cJSON *row, const char *path, const char *text)
{
	const cJSON *item = member(row, path);

	return cJSON_IsString(item) && strcmp(item->valuestring, text) == 0;
}

static void check_row(struct test *test, const struct shown *shown, const cJSON *row)
{
	expect_equal(test, number(row, "source.bytes"), SENT);
	expect_equal(test, number(row, "destination.bytes"), RECEIVED);
	expect_equal(test, number(row, "destination.port"), shown->port);
	expect_equal(test, is_text(row, "destination.ip", shown->ip), 1);
	expect_equal(test, is_text(row, "network.transport", "tcp"), 1);
	expect_equal(test, is_text(row, "network.direction", "egress"), 1);
	expect_equal(test, is_text(row, "egret.schema", "egret.row/1"), 1);
	expect_equal(test, number(row, "egret.connections"), 1);
	expect_equal(test, member(row, "source.port") == NULL, 1);
	expect_equal(test, member(row, "@timestamp") != NULL, 1);
	expect_equal(test, member(row, "event.id") != NULL, 1);
	expect_equal(test, member(row, "destination.domain") == NULL, 1);
}

static void ndjson(struct test *test)
{
	struct shown shown = show(test, "ndjson");
	const char *id = test_text(test, "exe:%s", shown.exe);
	int found = 0, ends = 0;

	for (const char *line = shown.text; *line; line += strcspn(line, "\n") + 1) {
		size_t size = strcspn(line, "\n");
		cJSON *row = cJSON_Parse(test_text(test, "%.*s", (int)size, line));

		require(test, row != NULL);
		ends += is_text(row, "event.dataset", "egret.interval_end");
		if (is_text(row, "egret.app.id", id)) {
			check_row(test, &shown, row);
			found++;
		}
		cJSON_Delete(row);
		if (!line[size])
			break;
	}
	expect_equal(test, found, 1);
	expect_equal(test, ends, 1);
}

static const char header[] =
	"interval_start,interval_end,event_id,host_id,host_name,app_id,app_kind,app_name,trust,"
	"via,user_id,ip,port,transport,direction,scope,domain,domain_source,domain_confidence,"
	"registered_domain,as_number,as_organization,as_country,country,anycast,owner,"
	"owner_country,bytes_sent,bytes_received,connections,failed,first_seen,last_seen,flag,"
	"databases\n";

static void csv(struct test *test)
{
	struct shown shown = show(test, "csv");
	const char *line = LINE(test, shown.text, test_text(test, "exe:%s", shown.exe));
	char *rest, *cell;
	int column = 0;

	expect_equal(test, strncmp(shown.text, header, strlen(header)), 0);
	require(test, line != NULL);
	rest = strdup(line);
	while ((cell = strsep(&rest, ",")) != NULL) {
		column++;
		if (column == 12)
			expect_equal(test, strcmp(cell, shown.ip), 0);
		if (column == 13)
			expect_equal(test, text_number(cell), shown.port);
		if (column == 28)
			expect_equal(test, text_number(cell), SENT);
		if (column == 29)
			expect_equal(test, text_number(cell), RECEIVED);
	}
	expect_equal(test, column, 35);
}

/* Address, port and, in some unit or other, the bytes; never a control character. */
static void text(struct test *test)
{
	struct shown shown = show(test, "text");

	expect_equal(test, !!strstr(shown.text, "client"), 1);
	expect_equal(test, !!LINE(test, shown.text, shown.ip, test_text(test, "%d", shown.port)),
		     1);
	for (const char *c = shown.text; *c; c++) {
		if ((unsigned char)*c < 0x20 && *c != '\n')
			test_fail(test, "a raw control byte %#x", *c);
	}
}

static void prometheus(struct test *test)
{
	struct shown shown = show(test, "prometheus");
	const char *app = test_text(test, "app=\"exe:%s\"", shown.exe);

	expect_equal(test,
		     !!LINE(test, shown.text, "egret_sent_bytes{", app,
			    test_text(test, "} %d", SENT)),
		     1);
	expect_equal(test,
		     !!LINE(test, shown.text, "egret_received_bytes{", app,
			    test_text(test, "} %d", RECEIVED)),
		     1);
	expect_equal(test, !!LINE(test, shown.text, "egret_connections{", app, "} 1"), 1);
	expect_equal(test, !!strstr(shown.text, "\negret_lost{reason=\"ring_full\"} 0\n"), 1);
	expect_equal(test, !!strstr(shown.text, "\negret_build_info{version=\""), 1);
	expect_equal(test, !!strstr(shown.text, "# TYPE egret_sent_bytes gauge\n"), 1);
}

/* Not a terminal: json. */
static void by_itself(struct test *test)
{
	struct shown shown = show(test, "auto");

	result_check_sums(result_parse(test, shown.text, "stdout"));
}

const struct test_case output_cases[] = {
	CASE("output/json", json),
	CASE_BOTH("output/ndjson", ndjson),
	CASE("output/csv", csv),
	CASE_BOTH("output/text", text),
	CASE("output/prometheus", prometheus),
	CASE("output/auto", by_itself),
	{ 0 },
};

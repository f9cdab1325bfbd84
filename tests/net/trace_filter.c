/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The filters of `egret trace`: those of a summary, by what is known when an event happens. */
#include <harness/egret.h>
#include <harness/names.h>
#include <harness/sock.h>
#include <harness/suites.h>

#include "events.h"

/* All of the client's events, and none of the server's. */
static void expect_client_only(struct test *test, const char *option, const char *pattern)
{
	struct actor *server = actor_start(test, "server"),
		     *client = actor_start_as(test, &(struct actor_options){ .name = "client",
									     .uid = 1 });
	struct program *program =
		events_start_with(test, WORDS("--include-loopback", option, pattern));
	struct pair pair = sock_pair(client, server, test->ip, 0);
	const char *exe = client->identity.exe;
	const cJSON *lines;

	sock_pair_close(&pair);
	lines = events_finish(test, program);
	expect_event(test, lines, &(struct event){ .name = "process", .exe = exe });
	expect_event(test, lines,
		     &(struct event){
			     .name = "connect", .exe = exe, .port = pair.port, .result = "ok" });
	expect_event(test, lines,
		     &(struct event){ .name = "close", .exe = exe, .port = pair.port });
	expect_no_event(test, lines, &(struct event){ .exe = server->identity.exe });
}

static void filter_app(struct test *test)
{
	expect_client_only(test, "--app", "client");
}

static void filter_user(struct test *test)
{
	expect_client_only(test, "--user", "daemon");
}

/* Nobody listens where this goes. */
static void knock(struct test *test, const char *curl, const char *host)
{
	const char *url = test_text(test, "http://%s:7/", host);
	struct program *program = names_start(test, WORDS(curl, "-s", "--noproxy", "*", url));

	expect_equal(test, program_wait(program)->status, 7); /* CURLE_COULDNT_CONNECT */
}

/* By what DNS has told, from the beginning; the name itself is told as well. */
static void filter_domain(struct test *test)
{
	const char *first = names_copy(test, "curl", "first"),
		   *second = names_copy(test, "curl", "second");
	const struct event begun = { .name = "connect", .exe = first, .port = 7, .result = "" };
	struct program *program;
	const cJSON *lines;

	names_site(test);
	names_serve_dns(test, "127.0.0.1",
			WORDS("--address=/a.example/" SITE, "--address=/b.example/" SITE));
	names_configure(test, "nameserver 127.0.0.1\n");
	program = events_start_with(test, WORDS("--include-loopback", "--domain", "?.example"));
	knock(test, first, "a.example");
	program_expect(program, PROGRAM_OUT, "ECONNREFUSED");
	expect_event(test, events_finish(test, program), &begun);
	program = events_start_with(test, WORDS("--include-loopback", "--domain", "b.*"));
	knock(test, first, "a.example");
	knock(test, second, "b.example");
	program_expect(program, PROGRAM_OUT, "ECONNREFUSED");
	lines = events_finish(test, program);
	expect_no_event(test, lines, &begun);
	expect_no_event(test, lines, &(struct event){ .name = "name", .exe = first });
	expect_event(test, lines, &(struct event){ .name = "name", .exe = second });
}

const struct test_case trace_filter_cases[] = {
	CASE("trace/filter-app", filter_app),
	CASE("trace/filter-user", filter_user),
	CASE("trace/filter-domain", filter_domain),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Servers and clients that names are read from, and the names that a trace tells. */
#include <signal.h>
#include <string.h>

#include <egret/base.h>
#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>

#define ARGUMENTS_MAX 128
#define EVENTS_TOLD 16 /* when another was expected */

void names_site(struct test *test)
{
	egret_needed(test);
	net_ip(test, 0, "addr add " SITE "/32 dev lo");
}

struct program *names_start(struct test *test, const char *const *argv)
{
	return program_start(test, &(struct program_options){ .argv = argv });
}

void names_run(struct test *test, const char *const *argv)
{
	program_run(test, &(struct program_options){ .argv = argv });
}

const char *names_copy(struct test *test, const char *program, const char *name)
{
	const char *to = test_path(test, name);

	require(test, file_copy(program_find(test, program), to) == 0);
	return to;
}

/* --- servers --- */

void names_listening(struct test *test, const char *table, int port)
{
	const char *path = test_text(test, "/proc/net/%s", table);
	const char *socket = test_text(test, ":%04X ", port);

	test->waiting = test_text(test, "a server at port %d", port);
	while (!strstr(file_read(test, path), socket))
		breathe();
	test->waiting = NULL;
}

void names_configure(struct test *test, const char *text)
{
	const char *file = test_path(test, "resolv.conf");

	require(test, file_write(file, text) == 0);
	names_run(test, WORDS(program_find(test, "mount"), "--bind", file, "/etc/resolv.conf"));
}

const char *const *names_dns_server(struct test *test, const char *ip, const char *const *arguments)
{
	static const char *const always[] = {
		"--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
		"--bind-interfaces",	"--log-facility=-",	 "--user=root", "--pid-file=",
	};
	const char **argv = test_alloc(test, ARGUMENTS_MAX * sizeof(*argv));
	size_t count = 1 + ARRAY_SIZE(always);

	argv[0] = program_find(test, "dnsmasq");
	memcpy(argv + 1, always, sizeof(always));
	argv[count++] = test_text(test, "--listen-address=%s", ip);
	for (; *arguments && count < ARGUMENTS_MAX - 1; arguments++)
		argv[count++] = *arguments;
	require(test, !*arguments);
	return argv;
}

void names_serve_dns(struct test *test, const char *ip, const char *const *arguments)
{
	program_expect(names_start(test, names_dns_server(test, ip, arguments)), PROGRAM_ERR,
		       "started");
}

struct certificate names_certify(struct test *test)
{
	struct certificate made = { .key = test_path(test, "key.pem"),
				    .file = test_path(test, "certificate.pem") };

	names_run(test, WORDS(program_find(test, "openssl"), "req", "-x509", "-newkey", "rsa:2048",
			      "-nodes", "-keyout", made.key, "-out", made.file, "-subj", "/CN=any",
			      "-days", "30"));
	return made;
}

/* --- the trace --- */

struct program *names_trace(struct test *test, bool inside)
{
	const char *const *argv = WORDS(test->egret, "trace", "--include-loopback");
	struct program *trace;

	egret_needed(test);
	trace = program_start(test, &(struct program_options){ .argv = argv, .host = !inside });
	program_expect(trace, PROGRAM_ERR, "egret: tracing");
	return trace;
}

void names_await(struct program *trace, const char *name)
{
	program_expect(trace, PROGRAM_OUT, test_text(trace->test, "\"name\":\"%s\"", name));
}

const cJSON *names_stop(struct program *trace)
{
	cJSON *events = cJSON_CreateArray();
	char *rest, *line;

	kill(trace->pid, SIGINT);
	expect_equal(trace->test, program_wait(trace)->status, 0);
	rest = trace->output.out;
	while ((line = strsep(&rest, "\n")) != NULL) {
		cJSON *event = cJSON_Parse(line);
		const char *kind = json_text(event, "event");

		if (kind && !strcmp(kind, "name"))
			cJSON_AddItemToArray(events, event);
		else
			cJSON_Delete(event);
	}
	return events;
}

static bool is(const cJSON *event, const char *path, const char *text)
{
	const char *got = json_text(event, path);

	return !text || (got && !strcmp(got, text));
}

static bool matches(const cJSON *event, const struct name_event *name)
{
	return is(event, "process.executable", name->exe) && is(event, "name", name->name) &&
	       is(event, "ip", name->ip) && is(event, "source", name->source) &&
	       is(event, "confidence", name->confidence);
}

static bool has_event(const cJSON *events, const struct name_event *name)
{
	const cJSON *event;

	cJSON_ArrayForEach(event, events) {
		if (matches(event, name))
			return true;
	}
	return false;
}

void expect_name_at(struct test *test, const cJSON *events, const struct name_event *name,
		    const char *file, int line)
{
	const cJSON *event;

	if (has_event(events, name))
		return;
	test_wrong_at(test, file, line, "no name %s of %s by %s, %s, from %s", name->name, name->ip,
		      name->exe, name->confidence, name->source);
	if (cJSON_GetArraySize(events) > EVENTS_TOLD)
		return;
	cJSON_ArrayForEach(event, events)
		test_wrong_at(test, file, line, "  there is %s of %s by %s, %s, from %s",
			      json_text(event, "name"), json_text(event, "ip"),
			      json_text(event, "process.executable"),
			      json_text(event, "confidence"), json_text(event, "source"));
}

void expect_no_name_at(struct test *test, const cJSON *events, const struct name_event *name,
		       const char *file, int line)
{
	if (has_event(events, name))
		test_wrong_at(test, file, line, "a name %s of %s by %s, %s, from %s", name->name,
			      name->ip, name->exe, name->confidence, name->source);
}

/* --- rows --- */

void expect_text(struct test *test, const cJSON *object, const char *path, const char *expected)
{
	const char *text = object ? json_text(object, path) : NULL;

	if (!text || strcmp(text, expected) != 0)
		test_wrong(test, "%s is %s, not %s", path, text ? text : "null", expected);
}

void expect_domain(struct result *result, const struct row *row, const char *exe,
		   const char *domain, const char *source, const char *confidence)
{
	const cJSON *found = result_row(result, exe, row);

	if (!result)
		return;
	expect_text(result->test, found, "domain", domain);
	expect_text(result->test, found, "domain_source", source);
	expect_text(result->test, found, "domain_confidence", confidence);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Starting `egret trace`, and reading what it has told. */
#include <signal.h>
#include <string.h>

#include <harness/egret.h>

#include "events.h"

struct program *events_start_with(struct test *test, const char *const *options)
{
	const char *argv[8] = { test->egret, "trace" };
	struct program *program;

	egret_needed(test);
	for (size_t i = 0; i < 5 && options[i]; i++)
		argv[i + 2] = options[i];
	program = program_start(test, &(struct program_options){ .argv = argv, .host = true });
	program_expect(program, PROGRAM_ERR, "egret: tracing");
	return program;
}

struct program *events_start(struct test *test)
{
	return events_start_with(test, WORDS("--include-loopback"));
}

cJSON *events_parse(struct test *test, char *text)
{
	cJSON *lines = cJSON_CreateArray();
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		cJSON *event = *line ? cJSON_Parse(line) : NULL;
		const char *schema = json_text(event, "schema");

		if (!*line)
			continue;
		if (!schema || strcmp(schema, "egret.trace/1") != 0 || !json_text(event, "event") ||
		    !json_text(event, "time"))
			test_fail(test, "no event: %.300s", line);
		cJSON_AddItemToArray(lines, event);
	}
	return lines;
}

cJSON *events_finish(struct test *test, struct program *program)
{
	kill(program->pid, SIGINT);
	expect_equal(test, program_wait(program)->status, 0);
	return events_parse(test, program->output.out);
}

bool event_is(const cJSON *item, const char *path, const char *text)
{
	const char *got = json_text(item, path);

	return !text || (got && strcmp(got, text) == 0);
}

bool event_matches(const cJSON *item, const struct event *event)
{
	const cJSON *result = json_get(item, "result");

	if (!event_is(item, "event", event->name) ||
	    !event_is(item, "process.executable", event->exe) ||
	    !event_is(item, "transport", event->transport) ||
	    !event_is(item, "direction", event->direction))
		return false;
	if (event->port && json_number(item, "port") != event->port)
		return false;
	if (event->result && !*event->result)
		return cJSON_IsNull(result);
	return event_is(item, "result", event->result);
}

const cJSON *expect_events(struct test *test, const cJSON *lines, int expected,
			   const struct event *event)
{
	const cJSON *item, *found = NULL;
	int count = 0;

	cJSON_ArrayForEach(item, lines) {
		if (!event_matches(item, event))
			continue;
		found = item;
		count++;
	}
	if (count == expected)
		return found;
	test_wrong(test, "%d events, not %d: %s %s by %s with port %d and result %s", count,
		   expected, event->direction ? event->direction : "",
		   event->name ? event->name : "of any kind", event->exe, event->port,
		   event->result ? event->result : "any");
	return NULL;
}

const cJSON *expect_event(struct test *test, const cJSON *lines, const struct event *event)
{
	return expect_events(test, lines, 1, event);
}

void expect_no_event(struct test *test, const cJSON *lines, const struct event *event)
{
	expect_events(test, lines, 0, event);
}

const cJSON *expect_close(struct test *test, const cJSON *lines, const struct event *event)
{
	const cJSON *item = expect_event(test, lines, event);

	if (!item)
		return NULL;
	expect_equal(test, json_number(item, "bytes_sent"), event->sent);
	expect_equal(test, json_number(item, "bytes_received"), event->received);
	expect_equal(test, json_number(item, "duration_us") >= 0, 1);
	return item;
}

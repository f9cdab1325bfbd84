/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `egret trace` tells, and what it must have told. */
#pragma once

#include <harness/egret.h>

/* `egret trace` with up to five options, which traces already; or with --include-loopback. */
struct program *events_start_with(struct test *test, const char *const *options);
struct program *events_start(struct test *test);
/* The array of events that a text has, one a line; a line that is none fails the test. */
cJSON *events_parse(struct test *test, char *text);
/* Ends it: the array of its events, each of which is one of the schema. */
cJSON *events_finish(struct test *test, struct program *program);

/* What an event must say; NULL and ANY: anything. A result "" must be null. */
struct event {
	const char *name, *exe, *transport, *direction, *result;
	int port;
	long long sent, received;
};

bool event_matches(const cJSON *item, const struct event *event);
/* Is this text at this path, or no text asked for? */
bool event_is(const cJSON *item, const char *path, const char *text);

/* The last such event of those that must be so many; NULL after a complaint. */
const cJSON *expect_events(struct test *test, const cJSON *lines, int expected,
			   const struct event *event);
const cJSON *expect_event(struct test *test, const cJSON *lines, const struct event *event);
void expect_no_event(struct test *test, const cJSON *lines, const struct event *event);
/* ... that tells of an end, with these bytes. */
const cJSON *expect_close(struct test *test, const cJSON *lines, const struct event *event);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections at full speed, counted by those who make them. */
#pragma once

#include <stdatomic.h>

#include <harness/sock.h>

#define TRAFFIC_SENT 5 /* bytes of a connection's client, and of its server */
#define TRAFFIC_RECEIVED 7

/* How far the client is, as it goes on. */
struct tally {
	_Atomic long begun, ended; /* connections */
};

/*
 * A client and a server that make short connections, each with several
 * threads, until traffic_end() or for so many milliseconds.
 */
struct traffic {
	struct actor *client, *server;
	const char *stop; /* the file whose appearance ends it */
	const struct tally *tally; /* shared with the client, from traffic_begin() on */
	int listener, port;
	struct call client_call, server_call;
	long connections; /* after traffic_end() */
};

/* Starts the actors, or takes two, and lets the server listen. */
void traffic_prepare(struct test *test, struct traffic *traffic);
void traffic_prepare_with(struct test *test, struct actor *client, struct actor *server,
			  struct traffic *traffic);
/* ms 0: until traffic_end(). */
void traffic_begin(struct traffic *traffic, long ms);
/* Ends it, and waits for both sides; their counts must be equal. */
void traffic_end(struct traffic *traffic);
/* Waits until the time is up, with nothing to do. */
void traffic_wait(struct traffic *traffic);

struct result;
/* What nobody is known to have sent to this port. */
long long sent_by_nobody(struct result *result, int port);

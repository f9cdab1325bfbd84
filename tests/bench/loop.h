/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connect, 5 bytes, close: both ends in one thread, or one end on this host. */
#pragma once

#include <netinet/in.h>

#include <harness/test.h>

#define LOOP_BYTES 5

/*
 * One thread does both ends, in turn, over loopback: nothing waits for another
 * task, and nothing is done while it waits. Ends that have closed are gone at
 * once: loop_open() forbids TIME_WAIT in this network namespace, whose ports
 * would else be used up.
 */
struct loop {
	int listener;
	struct sockaddr_in address;
	unsigned spread; /* so many addresses in turn, from 127.0.0.1 on; 0: that one */
	unsigned turn;
};

void loop_open(struct test *test, struct loop *loop);
void loop_close(struct loop *loop);
/* So many connections; `data` is the loop. */
void loop_run(struct test *test, void *data, unsigned connections);

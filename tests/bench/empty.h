/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Empty programs on the hooks that egret uses: what the hooks cost by themselves. */
#pragma once

#include <harness/test.h>

#define EMPTY_MAX 16

struct empty {
	int programs[EMPTY_MAX], links[EMPTY_MAX];
	unsigned count;
};

/* On the hooks of a TCP connection and of IPv4 datagrams, as many as egret has there. */
void empty_attach(struct test *test, struct empty *empty);
void empty_detach(struct empty *empty);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What travels between the harness and its actors. */
#pragma once

#include <stdint.h>

#include <harness/actor.h>

struct message {
	intptr_t function; /* its distance from a fixed one: addresses differ by process */
	bool in_thread;
	struct call call;
	long result; /* of the function */
	pid_t sender; /* filled in on receipt, as the receiver's pid namespace sees it */
};

intptr_t message_name_function(actor_function *f);
actor_function *message_find_function(intptr_t name);

/* Makes the kernel tell who sends: before anything is sent. */
void message_ask_sender(int control);
/* 0 or -errno; `fd` travels along unless it is 0. */
int message_send(int control, const struct message *message, int fd);
/*
 * 0 or -errno, -ECONNRESET at the end. A descriptor that came along is stored
 * in *ret_fd, which is otherwise left alone.
 */
int message_receive(int control, struct message *message, int *ret_fd);

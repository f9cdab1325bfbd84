/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Function calls over a packet socket, and the actor's side of them. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/message.h>

/* All copies of this program have the same layout, at different addresses. */
intptr_t message_name_function(actor_function *f)
{
	return (intptr_t)f - (intptr_t)actor_main;
}

actor_function *message_find_function(intptr_t name)
{
	return (actor_function *)((intptr_t)actor_main + name);
}

void message_ask_sender(int control)
{
	int on = 1;

	setsockopt(control, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
}

int message_send(int control, const struct message *message, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = { 0 };
	struct iovec part = { .iov_base = (void *)(uintptr_t)message, .iov_len = sizeof(*message) };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *extra;

	if (fd) {
		header.msg_control = room;
		header.msg_controllen = sizeof(room);
		extra = CMSG_FIRSTHDR(&header);
		extra->cmsg_level = SOL_SOCKET;
		extra->cmsg_type = SCM_RIGHTS;
		extra->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(extra), &fd, sizeof(fd));
	}
	return sendmsg(control, &header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void read_extras(struct msghdr *header, struct message *message, int *ret_fd)
{
	struct ucred sender;

	for (struct cmsghdr *extra = CMSG_FIRSTHDR(header); extra;
	     extra = CMSG_NXTHDR(header, extra)) {
		if (extra->cmsg_level != SOL_SOCKET)
			continue;
		if (extra->cmsg_type == SCM_RIGHTS)
			memcpy(ret_fd, CMSG_DATA(extra), sizeof(*ret_fd));
		if (extra->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&sender, CMSG_DATA(extra), sizeof(sender));
			message->sender = sender.pid;
		}
	}
}

int message_receive(int control, struct message *message, int *ret_fd)
{
	char room[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))]
		__attribute__((aligned(8)));
	struct iovec part = { .iov_base = message, .iov_len = sizeof(*message) };
	struct msghdr header = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	ssize_t got;

	do {
		got = recvmsg(control, &header, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if (got != sizeof(*message))
		return -ECONNRESET;
	read_extras(&header, message, ret_fd);
	return 0;
}

static void *run_in_thread(void *data)
{
	struct message *message = data;

	message->result = message_find_function(message->function)(&message->call);
	return NULL;
}

static void run(struct message *message)
{
	pthread_t thread;

	if (!message->in_thread)
		run_in_thread(message);
	else if (pthread_create(&thread, NULL, run_in_thread, message) == 0)
		pthread_join(thread, NULL);
	else
		message->result = -EAGAIN;
}

void actor_main(void)
{
	struct message message = { 0 };

	signal(SIGPIPE, SIG_IGN);
	if (message_send(STDIN_FILENO, &message, 0) < 0)
		_exit(1);
	for (;;) {
		int fd = 0;

		if (message_receive(STDIN_FILENO, &message, &fd) < 0)
			_exit(0); /* the harness has closed its end, or is gone */
		message.call.taken = fd;
		message.call.given = 0;
		run(&message);
		if (message_send(STDIN_FILENO, &message, message.call.given) < 0)
			_exit(1);
	}
}

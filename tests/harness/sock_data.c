/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Socket calls in actors: sending, receiving, and what the kernel says about it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/sock.h>

#define BUFFER_SIZE 65536

static const char zeros[BUFFER_SIZE];

static size_t smaller(long rest)
{
	return rest < BUFFER_SIZE ? (size_t)rest : BUFFER_SIZE;
}

static long f_send(struct call *call)
{
	long done = 0, size = call->arg[1];

	while (done < size) {
		ssize_t sent = send((int)call->arg[0], zeros, smaller(size - done), MSG_NOSIGNAL);

		if (sent < 0)
			return done ? done : -errno;
		done += sent;
	}
	return done;
}

long sock_send(struct actor *actor, int fd, long size)
{
	return actor_call(actor, f_send, &(struct call){ .arg = { fd, size } });
}

static long f_receive(struct call *call)
{
	char buffer[BUFFER_SIZE];
	long done = 0, size = call->arg[1];

	while (done < size) {
		ssize_t got = recv((int)call->arg[0], buffer, smaller(size - done), 0);

		if (got < 0)
			return done ? done : -errno;
		if (got == 0)
			break;
		done += got;
	}
	return done;
}

long sock_receive(struct actor *actor, int fd, long size)
{
	return actor_call(actor, f_receive, &(struct call){ .arg = { fd, size } });
}

long sock_drain(struct actor *actor, int fd)
{
	return sock_receive(actor, fd, 1L << 50);
}

void sock_transfer(struct actor *from, int from_fd, struct actor *to, int to_fd, long size)
{
	actor_begin(from, f_send, &(struct call){ .arg = { from_fd, size } });
	actor_begin(to, f_receive, &(struct call){ .arg = { to_fd, size } });
	expect_equal(from->test, actor_end(from, NULL), size);
	expect_equal(to->test, actor_end(to, NULL), size);
}

static int queue(int fd, unsigned long request)
{
	int size = 0;

	return ioctl(fd, request, &size) < 0 ? -errno : size;
}

/* Waits until nothing is under way: all that was ever sent is acknowledged. */
static void settle(int fd)
{
	while (queue(fd, SIOCOUTQ) > queue(fd, SIOCOUTQNSD))
		breathe();
}

static long f_settle(struct call *call)
{
	settle((int)call->arg[0]);
	return 0;
}

void sock_settle(struct actor *actor, int fd)
{
	actor_call(actor, f_settle, &(struct call){ .arg = { fd } });
}

/* TCP sends a last part of a window that is too small to be worth it after 200 ms. */
#define IDLE_MS 450

static long f_fill(struct call *call)
{
	int fd = (int)call->arg[0], unsent = -1;
	long long changed = now_ms();
	long done = 0;
	ssize_t sent;

	while (now_ms() < changed + IDLE_MS) {
		while ((sent = send(fd, zeros, BUFFER_SIZE, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
			done += sent;
		if (errno != EAGAIN)
			return done ? done : -errno;
		if (queue(fd, SIOCOUTQNSD) != unsent || queue(fd, SIOCOUTQ) != unsent)
			changed = now_ms();
		unsent = queue(fd, SIOCOUTQNSD);
		breathe();
	}
	return done;
}

long sock_fill(struct actor *actor, int fd)
{
	return actor_call(actor, f_fill, &(struct call){ .arg = { fd } });
}

static long f_queue(struct call *call)
{
	return queue((int)call->arg[0], (unsigned long)call->arg[1]);
}

long sock_unsent(struct actor *actor, int fd)
{
	return actor_call(actor, f_queue, &(struct call){ .arg = { fd, SIOCOUTQNSD } });
}

long sock_unread(struct actor *actor, int fd)
{
	return actor_call(actor, f_queue, &(struct call){ .arg = { fd, SIOCINQ } });
}

static long f_info(struct call *call)
{
	socklen_t size = sizeof(struct tcp_info);

	_Static_assert(sizeof(struct tcp_info) <= sizeof(call->text), "room for tcp_info");
	if (getsockopt((int)call->arg[0], IPPROTO_TCP, TCP_INFO, call->text, &size) < 0)
		return -errno;
	return size;
}

struct tcp_info sock_info(struct actor *actor, int fd)
{
	struct call call = { .arg = { fd } };
	struct tcp_info info;

	if (actor_call(actor, f_info, &call) < 0)
		test_fail(actor->test, "no TCP_INFO in actor %s", actor->name);
	memcpy(&info, call.text, sizeof(info));
	return info;
}

static long f_send_many(struct call *call)
{
	const struct sockaddr *to = call->to.length ? (struct sockaddr *)&call->to.storage : NULL;
	long done = 0;

	for (long i = 0; i < call->arg[3]; i++) {
		ssize_t sent = sendto((int)call->arg[0], zeros, (size_t)call->arg[1],
				      (int)call->arg[2] | MSG_NOSIGNAL, to, call->to.length);

		if (sent < 0)
			return -errno;
		done += sent;
	}
	return done;
}

long sock_send_many(struct actor *actor, int fd, const char *ip, int port, long size, int flags,
		    long count)
{
	struct call call = { .arg = { fd, size, flags, count } };

	require(actor->test, size <= BUFFER_SIZE);
	if (ip)
		call.to = address(ip, port);
	return actor_call(actor, f_send_many, &call);
}

long sock_send_to(struct actor *actor, int fd, const char *ip, int port, long size)
{
	return sock_send_many(actor, fd, ip, port, size, 0, 1);
}

static long f_send_initial(struct call *call)
{
	static const char initial[SOCK_INITIAL] = { '\xc0', 0, 0, 0, 1 };
	ssize_t sent = sendto((int)call->arg[0], initial, sizeof(initial), 0,
			      (struct sockaddr *)&call->to.storage, call->to.length);

	return sent < 0 ? -errno : sent;
}

long sock_send_initial(struct actor *actor, int fd, const char *ip, int port)
{
	struct call call = { .arg = { fd }, .to = address(ip, port) };

	return actor_call(actor, f_send_initial, &call);
}

static long f_receive_many(struct call *call)
{
	char buffer[BUFFER_SIZE];
	long done = 0;

	for (long i = 0; i < call->arg[1]; i++) {
		ssize_t got = recv((int)call->arg[0], buffer, sizeof(buffer), 0);

		if (got < 0)
			return -errno;
		done += got;
	}
	return done;
}

long sock_receive_many(struct actor *actor, int fd, long count)
{
	return actor_call(actor, f_receive_many, &(struct call){ .arg = { fd, count } });
}

static long f_answer(struct call *call)
{
	char buffer[BUFFER_SIZE];
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	int fd = (int)call->arg[0];
	ssize_t got = recvfrom(fd, buffer, sizeof(buffer), 0, (struct sockaddr *)&from, &size);

	if (got < 0)
		return -errno;
	if (sendto(fd, zeros, (size_t)call->arg[1], 0, (struct sockaddr *)&from, size) !=
	    call->arg[1])
		return -errno;
	return got;
}

long sock_answer(struct actor *actor, int fd, long size)
{
	return actor_call(actor, f_answer, &(struct call){ .arg = { fd, size } });
}

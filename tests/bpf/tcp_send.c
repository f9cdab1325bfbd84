/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP: the ways in which programs hand data to the kernel and take it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

static long f_sendfile(struct call *call)
{
	long done = 0, size = call->arg[1];
	int file = memfd_create("file", MFD_CLOEXEC);

	if (file < 0 || ftruncate(file, size) < 0)
		return -errno;
	while (done < size) {
		ssize_t sent = sendfile((int)call->arg[0], file, NULL, (size_t)(size - done));

		if (sent <= 0)
			return sent < 0 ? -errno : -EIO;
		done += sent;
	}
	close(file);
	return done;
}

/* Through a pipe, as proxies do. */
static long f_splice_out(struct call *call)
{
	static const char zeros[4096];
	long done = 0, size = call->arg[1];
	int ends[2];

	if (pipe(ends) < 0)
		return -errno;
	while (done < size) {
		size_t part = size - done < 4096 ? (size_t)(size - done) : 4096;
		ssize_t sent;

		if (write(ends[1], zeros, part) != (ssize_t)part)
			return -EIO;
		sent = splice(ends[0], NULL, (int)call->arg[0], NULL, part, SPLICE_F_MORE);
		if (sent != (ssize_t)part)
			return sent < 0 ? -errno : -EIO;
		done += sent;
	}
	close(ends[0]);
	close(ends[1]);
	return done;
}

static long f_splice_in(struct call *call)
{
	char buffer[65536];
	long done = 0, size = call->arg[1];
	int ends[2];

	if (pipe(ends) < 0)
		return -errno;
	while (done < size) {
		ssize_t got = splice((int)call->arg[0], NULL, ends[1], NULL, sizeof(buffer), 0);

		if (got <= 0)
			return got < 0 ? -errno : done;
		done += got;
		while (got > 0)
			got -= read(ends[0], buffer, sizeof(buffer));
	}
	close(ends[0]);
	close(ends[1]);
	return done;
}

static void await_completion(int fd)
{
	char room[256];
	struct msghdr header = { .msg_control = room, .msg_controllen = sizeof(room) };
	struct pollfd item = { .fd = fd };

	while (recvmsg(fd, &header, MSG_ERRQUEUE) < 0)
		poll(&item, 1, -1);
}

static long f_send_zerocopy(struct call *call)
{
	long done = 0, size = call->arg[1];
	int on = 1, fd = (int)call->arg[0];
	char *memory = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	if (memory == MAP_FAILED || setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) < 0)
		return -errno;
	while (done < size) {
		ssize_t sent = send(fd, memory + done, (size_t)(size - done), MSG_ZEROCOPY);

		if (sent < 0 && errno != ENOBUFS)
			return -errno;
		done += sent > 0 ? sent : 0;
	}
	await_completion(fd);
	return done;
}

static long f_writev(struct call *call)
{
	char part[1000];
	struct iovec parts[10];
	long done = 0;

	for (int i = 0; i < 10; i++)
		parts[i] = (struct iovec){ .iov_base = part, .iov_len = 100U * (unsigned)i };
	while (done < call->arg[1]) {
		ssize_t sent = writev((int)call->arg[0], parts, 10);

		if (sent < 0)
			return -errno;
		done += sent;
	}
	return done;
}

/* Urgent data is part of the stream (RFC 6093). */
static long f_send_urgent(struct call *call)
{
	long done = 0;

	for (; done < call->arg[1]; done++) {
		if (send((int)call->arg[0], "!", 1, MSG_OOB) != 1)
			return -errno;
	}
	return done;
}

static long f_receive(struct call *call)
{
	char buffer[65536];
	long done = 0;

	while (done < call->arg[1]) {
		ssize_t got = read((int)call->arg[0], buffer, sizeof(buffer));

		if (got <= 0)
			return got < 0 ? -errno : done;
		done += got;
	}
	return done;
}

/* The client sends by one function, the server takes by another; then closes or doesn't. */
static void by(struct test *test, actor_function *send_by, actor_function *receive_by, long size)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	struct result *result;
	long sent;

	sock_set(server, pair.server_fd, SOL_SOCKET, SO_OOBINLINE, 1);
	actor_begin(client, send_by, &(struct call){ .arg = { pair.client_fd, size } });
	actor_begin(server, receive_by, &(struct call){ .arg = { pair.server_fd, size } });
	sent = actor_end(client, NULL);
	if (sent == -EOPNOTSUPP || sent == -ENOPROTOOPT)
		test_skip(test, "not in this kernel: %s", strerror((int)-sent));
	expect_equal(test, sent, size);
	expect_equal(test, actor_end(server, NULL), size);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = size, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, pair.port), .received = size,
		   .connections = 1);
}

static void by_sendfile(struct test *test)
{
	by(test, f_sendfile, f_receive, 3000001);
}

static void by_splice(struct test *test)
{
	by(test, f_splice_out, f_splice_in, 1000003);
}

static void by_zerocopy(struct test *test)
{
	by(test, f_send_zerocopy, f_receive, 2000007);
}

static void by_writev(struct test *test)
{
	by(test, f_writev, f_receive, 45000);
}

static void by_urgent(struct test *test)
{
	by(test, f_send_urgent, f_receive, 3);
}

const struct test_case tcp_send_cases[] = {
	CASE_BOTH("tcp/sendfile", by_sendfile), CASE_BOTH("tcp/splice", by_splice),
	CASE_BOTH("tcp/zerocopy", by_zerocopy), CASE_BOTH("tcp/writev", by_writev),
	CASE_BOTH("tcp/urgent", by_urgent),	{ 0 },
};

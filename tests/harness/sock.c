/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Socket calls in actors: opening, binding, connecting, options. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/sock.h>

static long must(struct actor *actor, long result, const char *what)
{
	if (result < 0)
		test_fail(actor->test, "%s in actor %s: %s", what, actor->name,
			  strerror((int)-result));
	return result;
}

static long f_open(struct call *call)
{
	int fd = socket((int)call->arg[0], (int)call->arg[1], (int)call->arg[2]);

	return fd < 0 ? -errno : fd;
}

int sock_try_open(struct actor *actor, int domain, int type, int protocol)
{
	return (int)actor_call(actor, f_open, &(struct call){ .arg = { domain, type, protocol } });
}

int sock_open(struct actor *actor, int domain, int type, int protocol)
{
	return (int)must(actor, sock_try_open(actor, domain, type, protocol), "socket");
}

void sock_mptcp_needed(struct test *test)
{
	int fd = socket(test->family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);

	if (fd < 0)
		test_skip(test, "no MPTCP: %s", strerror(errno));
	close(fd);
}

static long f_set(struct call *call)
{
	if (setsockopt((int)call->arg[0], (int)call->arg[1], (int)call->arg[2], call->text,
		       (socklen_t)call->arg[3]) < 0)
		return -errno;
	return 0;
}

int sock_set_data(struct actor *actor, int fd, int level, int option, const void *data, size_t size)
{
	struct call call = { .arg = { fd, level, option, (long)size } };

	require(actor->test, size <= sizeof(call.text));
	memcpy(call.text, data, size);
	return (int)actor_call(actor, f_set, &call);
}

int sock_try_set(struct actor *actor, int fd, int level, int option, int value)
{
	return sock_set_data(actor, fd, level, option, &value, sizeof(value));
}

void sock_set(struct actor *actor, int fd, int level, int option, int value)
{
	must(actor, sock_try_set(actor, fd, level, option, value), "setsockopt");
}

void sock_linger_zero(struct actor *actor, int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	must(actor, sock_set_data(actor, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)),
	     "SO_LINGER");
}

static long f_attach_filter(struct call *call)
{
	struct sock_fprog program = {
		.filter = (struct sock_filter *)(void *)call->text,
		.len = (unsigned short)call->arg[1],
	};

	if (setsockopt((int)call->arg[0], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) <
	    0)
		return -errno;
	return 0;
}

int sock_attach_filter(struct actor *actor, int fd, const struct sock_filter *program, size_t count)
{
	struct call call = { .arg = { fd, (long)count } };

	require(actor->test, count * sizeof(*program) <= sizeof(call.text));
	memcpy(call.text, program, count * sizeof(*program));
	return (int)actor_call(actor, f_attach_filter, &call);
}

static long f_bind(struct call *call)
{
	int on = 1, fd = (int)call->arg[0];

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&call->to.storage, call->to.length) < 0)
		return -errno;
	return 0;
}

int sock_bind(struct actor *actor, int fd, const char *ip, int port)
{
	must(actor,
	     actor_call(actor, f_bind, &(struct call){ .arg = { fd }, .to = address(ip, port) }),
	     "bind");
	return sock_port(actor, fd);
}

static long f_name(struct call *call)
{
	call->to.length = sizeof(call->to.storage);
	if (getsockname((int)call->arg[0], (struct sockaddr *)&call->to.storage, &call->to.length) <
	    0)
		return -errno;
	return address_port(&call->to);
}

int sock_port(struct actor *actor, int fd)
{
	return (int)must(actor, actor_call(actor, f_name, &(struct call){ .arg = { fd } }),
			 "getsockname");
}

static long f_listen(struct call *call)
{
	return listen((int)call->arg[0], SOMAXCONN) < 0 ? -errno : 0;
}

void sock_listen(struct actor *actor, int fd)
{
	must(actor, actor_call(actor, f_listen, &(struct call){ .arg = { fd } }), "listen");
}

static long f_connect(struct call *call)
{
	if (connect((int)call->arg[0], (struct sockaddr *)&call->to.storage, call->to.length) < 0)
		return -errno;
	return 0;
}

int sock_connect(struct actor *actor, int fd, const char *ip, int port)
{
	return (int)actor_call(actor, f_connect,
			       &(struct call){ .arg = { fd }, .to = address(ip, port) });
}

void sock_disconnect(struct actor *actor, int fd)
{
	struct call call = { .arg = { fd }, .to.length = sizeof(struct sockaddr_storage) };

	call.to.storage.ss_family = AF_UNSPEC;
	must(actor, actor_call(actor, f_connect, &call), "connect(AF_UNSPEC)");
}

static long f_accept(struct call *call)
{
	int fd = accept((int)call->arg[0], NULL, NULL);

	return fd < 0 ? -errno : fd;
}

int sock_accept(struct actor *actor, int fd)
{
	return (int)must(actor, actor_call(actor, f_accept, &(struct call){ .arg = { fd } }),
			 "accept");
}

static long f_nonblock(struct call *call)
{
	int fd = (int)call->arg[0];

	return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0 ? -errno : 0;
}

void sock_nonblock(struct actor *actor, int fd)
{
	must(actor, actor_call(actor, f_nonblock, &(struct call){ .arg = { fd } }), "fcntl");
}

static long f_shutdown(struct call *call)
{
	return shutdown((int)call->arg[0], (int)call->arg[1]) < 0 ? -errno : 0;
}

void sock_shutdown(struct actor *actor, int fd, int how)
{
	must(actor, actor_call(actor, f_shutdown, &(struct call){ .arg = { fd, how } }),
	     "shutdown");
}

static long f_close(struct call *call)
{
	return close((int)call->arg[0]) < 0 ? -errno : 0;
}

void sock_close(struct actor *actor, int fd)
{
	must(actor, actor_call(actor, f_close, &(struct call){ .arg = { fd } }), "close");
}

static long f_link_index(struct call *call)
{
	unsigned index = if_nametoindex(call->text);

	return index ? (long)index : -errno;
}

int sock_link_index(struct actor *actor, const char *link)
{
	struct call call = { 0 };

	snprintf(call.text, sizeof(call.text), "%s", link);
	return (int)must(actor, actor_call(actor, f_link_index, &call), link);
}

static long f_wait(struct call *call)
{
	struct pollfd item = { .fd = (int)call->arg[0], .events = (short)call->arg[1] };

	return poll(&item, 1, -1) < 0 ? -errno : item.revents;
}

int sock_wait(struct actor *actor, int fd, int events)
{
	return (int)must(actor, actor_call(actor, f_wait, &(struct call){ .arg = { fd, events } }),
			 "poll");
}

static long f_ready(struct call *call)
{
	struct pollfd item = { .fd = (int)call->arg[0], .events = POLLIN };

	return poll(&item, 1, 1) < 0 ? -errno : item.revents != 0;
}

int sock_ready(struct actor *actor, int fd)
{
	return (int)must(actor, actor_call(actor, f_ready, &(struct call){ .arg = { fd } }),
			 "poll");
}

static long f_error(struct call *call)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt((int)call->arg[0], SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -errno;
	return -error;
}

int sock_error(struct actor *actor, int fd)
{
	return (int)actor_call(actor, f_error, &(struct call){ .arg = { fd } });
}

static struct pair connect_pair(struct pair pair, const char *ip, int protocol)
{
	int domain = address(ip, 0).storage.ss_family;

	pair.client_fd = sock_open(pair.client, domain, SOCK_STREAM, protocol);
	must(pair.client, sock_connect(pair.client, pair.client_fd, ip, pair.port), "connect");
	pair.client_port = sock_port(pair.client, pair.client_fd);
	pair.server_fd = sock_accept(pair.server, pair.listener);
	return pair;
}

struct pair sock_pair(struct actor *client, struct actor *server, const char *ip, int protocol)
{
	struct pair pair = { .client = client, .server = server };
	int domain = address(ip, 0).storage.ss_family;

	pair.listener = sock_open(server, domain, SOCK_STREAM, protocol);
	pair.port = sock_bind(server, pair.listener, ip, 0);
	sock_listen(server, pair.listener);
	return connect_pair(pair, ip, protocol);
}

struct pair sock_pair_again(const struct pair *pair, const char *ip, int protocol)
{
	return connect_pair(*pair, ip, protocol);
}

void sock_pair_close(struct pair *pair)
{
	struct test *test = pair->client->test;

	sock_shutdown(pair->client, pair->client_fd, SHUT_WR);
	expect_equal(test, sock_drain(pair->server, pair->server_fd), 0);
	sock_shutdown(pair->server, pair->server_fd, SHUT_WR);
	expect_equal(test, sock_drain(pair->client, pair->client_fd), 0);
	sock_close(pair->client, pair->client_fd);
	sock_close(pair->server, pair->server_fd);
}

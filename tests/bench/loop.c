/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The connect loop. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/net.h>

#include "loop.h"

void loop_open(struct test *test, struct loop *loop)
{
	socklen_t size = sizeof(loop->address);

	loop->address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(loop->spread ? INADDR_ANY : INADDR_LOOPBACK),
	};
	net_sysctl(test, 0, "ipv4/tcp_max_tw_buckets", "0");
	loop->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (loop->listener < 0 ||
	    bind(loop->listener, (struct sockaddr *)&loop->address, size) < 0 ||
	    listen(loop->listener, 128) < 0 ||
	    getsockname(loop->listener, (struct sockaddr *)&loop->address, &size) < 0)
		test_fail(test, "listener: %s", strerror(errno));
}

void loop_close(struct loop *loop)
{
	close(loop->listener);
}

/* 0 or -errno. */
static int connect_once(struct loop *loop)
{
	static const char bytes[LOOP_BYTES] = "hello";
	char buffer[2 * LOOP_BYTES];
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server = -1, error = 0;

	if (client < 0)
		return -errno;
	if (loop->spread)
		loop->address.sin_addr.s_addr =
			htonl(INADDR_LOOPBACK + loop->turn++ % loop->spread);
	if (connect(client, (const struct sockaddr *)&loop->address, sizeof(loop->address)) < 0 ||
	    send(client, bytes, sizeof(bytes), 0) != sizeof(bytes))
		error = -errno;
	if (!error)
		server = accept4(loop->listener, NULL, NULL, SOCK_CLOEXEC);
	if (!error && (server < 0 || recv(server, buffer, sizeof(buffer), 0) != sizeof(bytes)))
		error = -errno;
	close(client);
	if (server < 0)
		return error;
	if (!error && recv(server, buffer, sizeof(buffer), 0) != 0)
		error = -EPROTO;
	close(server);
	return error;
}

void loop_run(struct test *test, void *data, unsigned connections)
{
	for (unsigned i = 0; i < connections; i++) {
		int error = connect_once(data);

		if (error)
			test_fail(test, "connection %u: %s", i, strerror(-error));
	}
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The datagram arrives as it was sent, at a path and at an abstract name. */
#include "capture.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "user/cmd/notify.h"

static void assert_arrives(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t length = strlen(name);
	char text[64] = "";

	memcpy(address.sun_path, name, length);
	if (*name == '@')
		address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
			 0);
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(notify_send("READY=1"), 0);
	assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), 7);
	assert_string_equal(text, "READY=1");
	close(fd);
}

static void tells_who_listens(void **state)
{
	char folder[] = "/tmp/egret-notify-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	assert_arrives(path);
	assert_int_equal(notify_send("x"), -ECONNREFUSED);
	unlink(path);
	assert_int_equal(notify_send("x"), -ENOENT);
	rmdir(folder);
	snprintf(path, sizeof(path), "@egret-notify-%d", getpid());
	assert_arrives(path);
}

static void tells_nobody_where_nobody_listens(void **state)
{
	char name[200];

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(notify_send("READY=1"), 0);
	setenv("NOTIFY_SOCKET", "", 1);
	assert_int_equal(notify_send("READY=1"), 0);
	setenv("NOTIFY_SOCKET", "vsock:2:3", 1);
	assert_int_equal(notify_send("READY=1"), -EINVAL);
	memset(name, '/', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(notify_send("READY=1"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_who_listens),
		cmocka_unit_test(tells_nobody_where_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

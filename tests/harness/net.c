/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Network namespaces, by setns(2), ioctl(2) and ip(8). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <harness/net.h>
#include <harness/program.h>

struct address address(const char *ip, int port)
{
	struct address result = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&result.storage;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&result.storage;
	char text[INET6_ADDRSTRLEN + 16];
	char *scope;

	snprintf(text, sizeof(text), "%s", ip);
	scope = strchr(text, '%');
	if (scope)
		*scope++ = '\0';
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		result.length = sizeof(*v4);
	} else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		v6->sin6_scope_id = scope ? (uint32_t)text_number(scope) : 0;
		result.length = sizeof(*v6);
	}
	return result;
}

int address_port(const struct address *from)
{
	if (from->storage.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&from->storage)->sin_port);
	return ntohs(((const struct sockaddr_in6 *)&from->storage)->sin6_port);
}

const char *address_ip(struct test *test, const struct address *from)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&from->storage;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&from->storage;
	char *text = test_alloc(test, INET6_ADDRSTRLEN);

	if (from->storage.ss_family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, text, INET6_ADDRSTRLEN);
	else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN);
	return text;
}

static void get_flags(struct test *test, int fd, struct ifreq *request)
{
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, request) < 0)
		test_fail(test, "%s: %s", request->ifr_name, strerror(errno));
}

void net_up(struct test *test, const char *link)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", link);
	get_flags(test, fd, &request);
	request.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		test_fail(test, "%s: %s", link, strerror(errno));
	close(fd);
}

/* A link drops what it is given until the kernel's link watch has seen its carrier. */
static void await_running(struct test *test, void *data)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", (const char *)data);
	test->waiting = test_text(test, "link %s", request.ifr_name);
	do {
		breathe();
		get_flags(test, fd, &request);
	} while (!(request.ifr_flags & IFF_RUNNING));
	/* The watch says so a moment before it acts, under a lock that this takes as well. */
	ioctl(fd, SIOCSIFFLAGS, &request);
	test->waiting = NULL;
	close(fd);
}

void net_await(struct test *test, int net, const char *link)
{
	net_within(test, net, await_running, (void *)(uintptr_t)link);
}

static int own_net(struct test *test)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		test_fail(test, "/proc/thread-self/ns/net: %s", strerror(errno));
	return fd;
}

void net_within(struct test *test, int net, void (*f)(struct test *test, void *data), void *data)
{
	int own = own_net(test);

	if (net && setns(net, CLONE_NEWNET) < 0)
		test_fail(test, "setns: %s", strerror(errno));
	f(test, data);
	if (net && setns(own, CLONE_NEWNET) < 0)
		test_fail(test, "setns: %s", strerror(errno));
	close(own);
}

int net_new(struct test *test)
{
	int own = own_net(test), fd;

	if (unshare(CLONE_NEWNET) < 0)
		test_fail(test, "unshare: %s", strerror(errno));
	fd = own_net(test);
	net_up(test, "lo");
	if (setns(own, CLONE_NEWNET) < 0)
		test_fail(test, "setns: %s", strerror(errno));
	close(own);
	return fd;
}

static int run_ip(struct test *test, int net, char *text)
{
	const char *argv[40] = { program_find(test, "ip") };
	struct output output;
	size_t count = 1;
	char *rest = NULL;

	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		argv[count++] = word;
		if (count == sizeof(argv) / sizeof(argv[0]))
			test_fail(test, "too many words for ip");
	}
	output = program_run(test, &(struct program_options){ .argv = argv, .net = net });
	if (output.status)
		printf("ip exits with %d: %s", output.status, output.err);
	return output.status;
}

int net_ip_try(struct test *test, int net, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return run_ip(test, net, text);
}

void net_ip(struct test *test, int net, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (run_ip(test, net, text))
		test_fail(test, "ip %s", text);
}

static void address_end(struct test *test, int net, int n)
{
	net_ip(test, net, "link set eg0 address 02:00:00:00:77:%02x mtu 1500 up", n);
	net_ip(test, net, "addr add 10.77.0.%d/24 dev eg0", n);
	net_ip(test, net, "-6 addr add fd77::%d/64 dev eg0 nodad", n);
}

static void know_neighbour(struct test *test, int net, int n)
{
	net_ip(test, net, "neigh replace 10.77.0.%d lladdr 02:00:00:00:77:%02x dev eg0", n, n);
	net_ip(test, net, "-6 neigh replace fd77::%d lladdr 02:00:00:00:77:%02x dev eg0", n, n);
}

void net_join(struct test *test, int net, int peer)
{
	/* Both are made in `net`; one of them is then moved. */
	if (net_ip_try(test, net, "link add eg0 type veth peer name eg1"))
		test_skip(test, "no veth in this kernel");
	net_ip(test, net, "link set eg1 netns /proc/%d/fd/%d", getpid(), peer);
	net_ip(test, peer, "link set eg1 name eg0");
	address_end(test, net, 1);
	address_end(test, peer, 2);
	know_neighbour(test, net, 2);
	know_neighbour(test, peer, 1);
	net_await(test, net, "eg0");
	net_await(test, peer, "eg0");
}

void net_give(struct test *test, int net, const char *link, const char *ip)
{
	bool v6 = strchr(ip, ':') != NULL;

	net_ip(test, net, "link set %s up", link);
	net_ip(test, net, "addr add %s/%d dev %s %s", ip, v6 ? 64 : 24, link, v6 ? "nodad" : "");
}

const char *net_ip_of(struct test *test, int n)
{
	return test_text(test, test->family == AF_INET6 ? "fd77::%d" : "10.77.0.%d", n);
}

int net_index(struct test *test, const char *link)
{
	unsigned index = if_nametoindex(link);

	if (!index)
		test_fail(test, "no link %s", link);
	return (int)index;
}

struct setting {
	const char *name, *value;
	int rc;
};

static void write_setting(struct test *test, void *data)
{
	struct setting *setting = data;

	setting->rc =
		file_write(test_text(test, "/proc/sys/net/%s", setting->name), setting->value);
}

int net_sysctl(struct test *test, int net, const char *name, const char *value)
{
	struct setting setting = { .name = name, .value = value };

	net_within(test, net, write_setting, &setting);
	return setting.rc;
}

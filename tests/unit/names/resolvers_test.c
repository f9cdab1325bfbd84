/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose answers are believed. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/names/bytes.h"

#include <egret/base.h>
#include <egret/ip.h>

#include "user/names/resolvers.h"

static const uint8_t *ip_of(const char *text)
{
	static uint8_t ip[16];

	assert_int_equal(eg_ip_parse(text, ip), 0);
	return ip;
}

static void servers_are_read_from_the_file(void **state)
{
	static const char text[] = "# nameserver 192.0.2.9\nsearch example\n"
				   "nameserver 198.51.100.53\nnameserver\t2001:db8::53%eth0 \n"
				   "nameservers 192.0.2.8\nnameserver nonsense\noptions edns0\n"
				   "nameserver 127.0.0.53";
	uint8_t ips[4][16];

	(void)state;
	assert_int_equal(eg_resolvers_parse(text, sizeof(text) - 1, ips, 4), 3);
	assert_memory_equal(ips[0], ip_of("::ffff:198.51.100.53"), 16);
	assert_memory_equal(ips[1], ip_of("2001:db8::53"), 16);
	assert_memory_equal(ips[2], ip_of("::ffff:127.0.0.53"), 16);
	assert_int_equal(eg_resolvers_parse(text, sizeof(text) - 1, ips, 1), 1);
	assert_int_equal(eg_resolvers_parse("nameserver 127.0.0.53", 12, ips, 4), 0);
}

static const char *path_of(const char *root)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/etc/resolv.conf", root);
	return path;
}

static void write_file(const char *root, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/etc", root);
	mkdir(path, 0700);
	file = fopen(path_of(root), "w");
	fputs(text, file);
	fclose(file);
}

static void remove_file(const char *root)
{
	char path[64];

	unlink(path_of(root));
	snprintf(path, sizeof(path), "%s/etc", root);
	rmdir(path);
	rmdir(root);
}

/* What a process in a container sees, and how often it was asked. */
struct container {
	const char *text; /* NULL: it has ended */
	unsigned asked;
};

static char *resolv_conf(void *data, size_t *ret_size)
{
	struct container *container = data;

	container->asked++;
	*ret_size = container->text ? strlen(container->text) : 0;
	return container->text ? strdup(container->text) : NULL;
}

static bool trust(struct eg_resolvers *resolvers, uint32_t net_ns, const char *ip, uint64_t now_ns)
{
	const struct eg_names_app app = { .id = "app" };

	return eg_resolvers_trust(resolvers, &app, net_ns, ip_of(ip), now_ns);
}

/* The same of a process that may have made its network. */
static bool trust_own(struct eg_resolvers *resolvers, uint32_t net_ns, const char *ip)
{
	struct container container = { .text = "nameserver 198.51.100.53\n" };
	const struct eg_names_app app = {
		.id = "app", .own_user_ns = true, .resolv_conf = resolv_conf, .data = &container
	};

	return eg_resolvers_trust(resolvers, &app, net_ns, ip_of(ip), 1);
}

static int serve(struct eg_resolvers *resolvers, uint32_t net_ns, const uint8_t *ip,
		 const char *executable, uint32_t uid)
{
	const struct eg_names_app app = { .id = executable, .executable = executable, .uid = uid };

	return eg_resolvers_serves(resolvers, &app, net_ns, ip);
}

static void configured_servers_are_trusted(void **state)
{
	static const struct timespec begin[2] = { { 0 }, { 0 } }; /* a file of 1970 is read, too */
	char root[] = "/tmp/resolvers-XXXXXX";
	uint32_t own = eg_own_net_ns(), other = own + 1;
	struct eg_resolvers *resolvers;

	(void)state;
	assert_non_null(mkdtemp(root));
	write_file(root, "nameserver 198.51.100.53\nnameserver 127.0.0.53\n");
	assert_int_equal(utimensat(AT_FDCWD, path_of(root), begin, 0), 0);
	resolvers = eg_resolvers_new(root);
	assert_true(trust(resolvers, own, "::ffff:198.51.100.53", 1));
	assert_true(trust(resolvers, other, "::ffff:198.51.100.53", 1));
	assert_true(trust(resolvers, own, "::ffff:127.0.0.53", 1));
	assert_false(trust(resolvers, other, "::ffff:127.0.0.53", 1));
	assert_false(trust(resolvers, own, "::ffff:198.51.100.54", 1));
	/* Who makes a network gives any address to whatever answers in it. */
	assert_true(trust_own(resolvers, own, "::ffff:198.51.100.53"));
	assert_false(trust_own(resolvers, other, "::ffff:198.51.100.53"));
	/* The file changes; that is seen when it is looked at again. */
	remove_file(root);
	assert_true(trust(resolvers, own, "::ffff:198.51.100.53", 2));
	assert_false(trust(resolvers, own, "::ffff:198.51.100.53", 1ULL << 40));
	eg_resolvers_free(resolvers);
}

static void known_programs_are_trusted_where_they_serve(void **state)
{
	struct eg_resolvers *resolvers = eg_resolvers_new("/nowhere");
	const char *text = "::ffff:10.0.0.1";
	const uint8_t *ip = ip_of(text);

	(void)state;
	assert_false(trust(resolvers, 7, text, 1));
	assert_int_equal(serve(resolvers, 7, ip, "/usr/sbin/dnsmasq", 0), 0);
	assert_true(trust(resolvers, 7, text, 1));
	assert_false(trust(resolvers, 8, text, 1));
	/* In a user namespace anybody can run it. */
	assert_int_equal(eg_resolvers_serves(resolvers,
					     &(struct eg_names_app){
						     .id = "dnsmasq",
						     .executable = "/usr/sbin/dnsmasq",
						     .own_user_ns = true,
					     },
					     9, ip),
			 0);
	assert_false(trust(resolvers, 9, text, 1));
	/* Somebody else takes its place. */
	assert_int_equal(serve(resolvers, 7, ip, "/usr/bin/python3", 0), 0);
	assert_false(trust(resolvers, 7, text, 1));
	eg_resolvers_free(resolvers);
}

/* The resolver of a container bridge serves in our network namespace, at an address of its own. */
static void containers_ask_a_bridge(void **state)
{
	struct eg_resolvers *resolvers = eg_resolvers_new("/nowhere");
	const char *text = "::ffff:10.0.3.1", *loopback = "::ffff:127.0.0.53";
	const uint8_t *ip = ip_of(text);
	uint32_t own = eg_own_net_ns(), other = own + 1;

	(void)state;
	assert_int_equal(serve(resolvers, own, ip, "/usr/sbin/dnsmasq", 65534), 0);
	ip = ip_of(loopback);
	assert_int_equal(serve(resolvers, own, ip, "/usr/sbin/dnsmasq", 0), 0);
	assert_true(trust(resolvers, other, text, 1));
	assert_false(trust_own(resolvers, other, text));
	/* A loopback address is another one there. */
	assert_true(trust(resolvers, own, loopback, 1));
	assert_false(trust(resolvers, other, loopback, 1));
	/* Who serves in the container's own namespace is who is asked there. */
	ip = ip_of(text);
	assert_int_equal(serve(resolvers, other, ip, "/usr/bin/python3", 0), 0);
	assert_false(trust(resolvers, other, text, 1));
	eg_resolvers_free(resolvers);
}

static void containers_have_their_own_file(void **state)
{
	struct eg_resolvers *resolvers = eg_resolvers_new("/nowhere");
	uint32_t own = eg_own_net_ns(), other = own + 1;
	struct container container = { .text = "nameserver 127.0.0.11\n" };
	const struct eg_names_app app = { .id = "app",
					  .resolv_conf = resolv_conf,
					  .data = &container };
	const uint8_t *ip = ip_of("::ffff:127.0.0.11");

	(void)state;
	assert_true(eg_resolvers_trust(resolvers, &app, other, ip, 1));
	assert_false(eg_resolvers_trust(resolvers, &app, own, ip, 1));
	assert_true(eg_resolvers_trust(resolvers, &app, other, ip, 2));
	assert_int_equal(container.asked, 1);
	/* When the process has ended, what was seen last still counts. */
	container.text = NULL;
	assert_true(eg_resolvers_trust(resolvers, &app, other, ip, 1ULL << 40));
	assert_int_equal(container.asked, 2);
	container.text = "nameserver 198.51.100.53\n";
	assert_false(eg_resolvers_trust(resolvers, &app, other, ip, 1ULL << 41));
	eg_resolvers_free(resolvers);
}

/* Of an asker that has ended nothing was seen: the next one is asked, however soon. */
static void one_that_has_ended_speaks_for_no_other(void **state)
{
	struct eg_resolvers *resolvers = eg_resolvers_new("/nowhere");
	const uint32_t other = eg_own_net_ns() + 1;
	struct container container = { .text = NULL };
	const struct eg_names_app app = { .id = "app",
					  .resolv_conf = resolv_conf,
					  .data = &container };
	const uint8_t *ip = ip_of("::ffff:127.0.0.11");

	(void)state;
	assert_false(eg_resolvers_trust(resolvers, &app, other, ip, 1));
	container.text = "nameserver 127.0.0.11\n";
	assert_true(eg_resolvers_trust(resolvers, &app, other, ip, 2));
	eg_resolvers_free(resolvers);
}

/* The file is looked at when the app asks: behind the answer it may have ended. */
static void one_that_asks_is_looked_at(void **state)
{
	struct eg_resolvers *resolvers = eg_resolvers_new("/nowhere");
	const uint32_t own = eg_own_net_ns(), other = own + 1;
	struct container container = { .text = "nameserver 127.0.0.11\n" };
	struct eg_names_app app = { .id = "app", .resolv_conf = resolv_conf, .data = &container };
	const uint8_t *ip = ip_of("::ffff:127.0.0.11");

	(void)state;
	eg_resolvers_asked(resolvers, &app, other, 1);
	eg_resolvers_asked(resolvers, &app, other, 2);
	assert_int_equal(container.asked, 1);
	container.text = NULL;
	assert_true(eg_resolvers_trust(resolvers, &app, other, ip, 3));
	assert_int_equal(container.asked, 1);
	/* Where our own files count, and where its file does not, nobody asks for it. */
	eg_resolvers_asked(resolvers, &app, own, 1ULL << 40);
	app.own_user_ns = true;
	eg_resolvers_asked(resolvers, &app, other, 1ULL << 40);
	assert_int_equal(container.asked, 1);
	eg_resolvers_free(resolvers);
}

/* Who opens servers without end makes nobody forget who serves elsewhere. */
static void a_flood_of_servers_hides_none(void **state)
{
	struct eg_resolvers *resolvers = eg_resolvers_new("/nowhere");
	const char *text = "::ffff:10.0.0.1";
	uint8_t ip[16];

	(void)state;
	memcpy(ip, ip_of(text), sizeof(ip));
	assert_int_equal(serve(resolvers, 7, ip, "/usr/sbin/dnsmasq", 0), 0);
	for (uint32_t i = 1; i < 1000000; i++) {
		memcpy(ip + 4, &i, sizeof(i));
		assert_int_equal(serve(resolvers, 7, ip, "/usr/bin/python3", 1000), 0);
	}
	assert_true(trust(resolvers, 7, text, 1));
	eg_resolvers_free(resolvers);
}

static void only_the_systems_own_are_known(void **state)
{
	(void)state;
	assert_true(eg_resolvers_known("/usr/lib/systemd/systemd-resolved", 991));
	assert_true(eg_resolvers_known("/usr/sbin/unbound", 105));
	assert_true(eg_resolvers_known("/usr/sbin/dnsmasq", 65534));
	assert_false(eg_resolvers_known("/usr/sbin/unbound", 1000));
	assert_false(eg_resolvers_known("/home/a/usr/dnsmasq", 0));
	assert_false(eg_resolvers_known("/usr/local/sbin/dnsmasq", 0));
	assert_false(eg_resolvers_known("/usr/bin/python3", 0));
	assert_false(eg_resolvers_known("dnsmasq", 0));
	assert_false(eg_resolvers_known(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_are_read_from_the_file),
		cmocka_unit_test(configured_servers_are_trusted),
		cmocka_unit_test(known_programs_are_trusted_where_they_serve),
		cmocka_unit_test(containers_ask_a_bridge),
		cmocka_unit_test(containers_have_their_own_file),
		cmocka_unit_test(one_that_has_ended_speaks_for_no_other),
		cmocka_unit_test(one_that_asks_is_looked_at),
		cmocka_unit_test(a_flood_of_servers_hides_none),
		cmocka_unit_test(only_the_systems_own_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

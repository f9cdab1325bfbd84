/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose answers are believed. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/names/bytes.h"

#include "user/names/resolvers.h"

static const uint8_t *ip_of(const char *text)
{
	static uint8_t ip[16];

	assert_int_equal(inet_pton(AF_INET6, text, ip), 1);
	return ip;
}

static uint32_t own_namespace(void)
{
	struct stat status;

	assert_int_equal(stat("/proc/self/ns/net", &status), 0);
	return (uint32_t)status.st_ino;
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

static void write_file(const char *root, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/etc", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/etc/resolv.conf", root);
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
}

static void remove_file(const char *root)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/etc/resolv.conf", root);
	unlink(path);
	snprintf(path, sizeof(path), "%s/etc", root);
	rmdir(path);
	rmdir(root);
}

static void configured_servers_are_trusted(void **state)
{
	char root[] = "/tmp/resolvers-XXXXXX";
	uint32_t own = own_namespace(), other = own + 1;
	struct eg_resolvers *resolvers;

	(void)state;
	assert_non_null(mkdtemp(root));
	write_file(root, "nameserver 198.51.100.53\nnameserver 127.0.0.53\n");
	resolvers = eg_resolvers_new(root);
	assert_true(eg_resolvers_trust(resolvers, own, ip_of("::ffff:198.51.100.53"), 1));
	assert_true(eg_resolvers_trust(resolvers, other, ip_of("::ffff:198.51.100.53"), 1));
	assert_true(eg_resolvers_trust(resolvers, own, ip_of("::ffff:127.0.0.53"), 1));
	assert_false(eg_resolvers_trust(resolvers, other, ip_of("::ffff:127.0.0.53"), 1));
	assert_false(eg_resolvers_trust(resolvers, own, ip_of("::ffff:198.51.100.54"), 1));
	/* The file changes; that is seen when it is looked at again. */
	remove_file(root);
	assert_true(eg_resolvers_trust(resolvers, own, ip_of("::ffff:198.51.100.53"), 2));
	assert_false(eg_resolvers_trust(resolvers, own, ip_of("::ffff:198.51.100.53"), 1ULL << 40));
	eg_resolvers_free(resolvers);
}

static void known_programs_are_trusted_where_they_serve(void **state)
{
	struct eg_resolvers *resolvers = eg_resolvers_new("/nowhere");
	const uint8_t *ip = ip_of("::ffff:10.0.0.1");

	(void)state;
	assert_false(eg_resolvers_trust(resolvers, 7, ip, 1));
	assert_int_equal(eg_resolvers_serves(resolvers, 7, ip, "/usr/sbin/dnsmasq", 0), 0);
	assert_true(eg_resolvers_trust(resolvers, 7, ip, 1));
	assert_false(eg_resolvers_trust(resolvers, 8, ip, 1));
	/* Somebody else takes its place. */
	assert_int_equal(eg_resolvers_serves(resolvers, 7, ip, "/usr/bin/python3", 0), 0);
	assert_false(eg_resolvers_trust(resolvers, 7, ip, 1));
	eg_resolvers_free(resolvers);
}

static void only_the_systems_own_are_known(void **state)
{
	(void)state;
	assert_true(eg_resolvers_known("/usr/lib/systemd/systemd-resolved", 991));
	assert_true(eg_resolvers_known("/usr/sbin/unbound", 105));
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
		cmocka_unit_test(only_the_systems_own_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

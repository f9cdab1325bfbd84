/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hosts file: which names it gives to which addresses. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/names/bytes.h"

#include <egret/ip.h>

#include "user/names/hosts.h"
#include "user/names/stamp.h"

static uint64_t now_ns = 1;

static const char *find(struct eg_hosts *hosts, const char *text)
{
	struct stat status;
	uint8_t ip[16];

	assert_int_equal(eg_ip_parse(text, ip), 0);
	assert_int_equal(stat("/proc/self/ns/net", &status), 0);
	assert_null(eg_hosts_find(hosts, (uint32_t)status.st_ino + 1, ip, now_ns));
	return eg_hosts_find(hosts, (uint32_t)status.st_ino, ip, now_ns);
}

static void write_hosts(const char *root, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/etc", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/etc/hosts", root);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void remove_root(const char *root)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/etc/hosts", root);
	unlink(path);
	snprintf(path, sizeof(path), "%s/etc", root);
	rmdir(path);
	rmdir(root);
}

static void addresses_have_their_first_name(void **state)
{
	static const char text[] = "127.0.0.1 localhost\n::1 localhost\n"
				   "# 198.51.100.9 comment\n0.0.0.0 blocked.example\n"
				   "198.51.100.7\tPrinter.Lan printer # upstairs\n"
				   "198.51.100.7 second.lan\n2001:db8::7 six.lan\n"
				   "198.51.100.8 bad\x1bname\n198.51.100.10\nnonsense here\n"
				   "198.51.100.11 last.lan";
	char root[] = "/tmp/hosts-XXXXXX";
	struct eg_hosts *hosts;

	(void)state;
	assert_non_null(mkdtemp(root));
	write_hosts(root, text);
	hosts = eg_hosts_new(root);
	assert_string_equal(find(hosts, "::ffff:198.51.100.7"), "printer.lan");
	assert_string_equal(find(hosts, "2001:db8::7"), "six.lan");
	assert_string_equal(find(hosts, "::ffff:198.51.100.11"), "last.lan");
	assert_null(find(hosts, "::ffff:127.0.0.1"));
	assert_null(find(hosts, "::1"));
	assert_null(find(hosts, "::ffff:0.0.0.0"));
	assert_null(find(hosts, "::ffff:198.51.100.8"));
	assert_null(find(hosts, "::ffff:198.51.100.9"));
	assert_null(find(hosts, "::ffff:198.51.100.10"));
	eg_hosts_free(hosts);
	remove_root(root);
}

/* What the file says now is the name now, as long as the trace runs. */
static void a_changed_file_is_read_again(void **state)
{
	char root[] = "/tmp/hosts-XXXXXX";
	struct eg_hosts *hosts;

	(void)state;
	assert_non_null(mkdtemp(root));
	hosts = eg_hosts_new(root);
	now_ns = 1;
	assert_null(find(hosts, "::ffff:198.51.100.7"));
	write_hosts(root, "198.51.100.7 first.lan\n");
	assert_null(find(hosts, "::ffff:198.51.100.7")); /* not looked at that often */
	now_ns += EG_STAMP_NS;
	assert_string_equal(find(hosts, "::ffff:198.51.100.7"), "first.lan");
	write_hosts(root, "198.51.100.8 second.lan\n");
	now_ns += EG_STAMP_NS;
	assert_null(find(hosts, "::ffff:198.51.100.7"));
	assert_string_equal(find(hosts, "::ffff:198.51.100.8"), "second.lan");
	remove_root(root);
	now_ns += EG_STAMP_NS;
	assert_null(find(hosts, "::ffff:198.51.100.8"));
	eg_hosts_free(hosts);
}

static void no_file_is_an_empty_one(void **state)
{
	struct eg_hosts *hosts = eg_hosts_new("/nowhere");

	(void)state;
	assert_non_null(hosts);
	assert_null(find(hosts, "::ffff:198.51.100.7"));
	eg_hosts_free(hosts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_their_first_name),
		cmocka_unit_test(a_changed_file_is_read_again),
		cmocka_unit_test(no_file_is_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

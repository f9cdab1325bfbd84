/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS messages: of dig and dnsmasq, made-up ones, and malformed ones as RFC 9267 lists them. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <glob.h>
#include <resolv.h>
#include <stdlib.h>
#include <strings.h>

#include "tests/unit/names/bytes.h"

#include "user/names/dns.h"

static struct bytes bytes;
static struct eg_dns_message message;

static int parse(void)
{
	return eg_dns_parse(bytes.data, bytes.size, false, &message);
}

/* --- making messages --- */

static void put_name(struct bytes *into, const char *name)
{
	while (*name) {
		size_t size = strcspn(name, ".");

		bytes_number(into, 1, size);
		bytes_add(into, name, size);
		name += size + (name[size] == '.');
	}
	bytes_number(into, 1, 0);
}

static void begin(const char *name, uint16_t type, uint16_t answers)
{
	bytes.size = 0;
	bytes_number(&bytes, 2, 0x1234);
	bytes_number(&bytes, 2, 0x8180);
	bytes_number(&bytes, 2, 1);
	bytes_number(&bytes, 2, answers);
	bytes_number(&bytes, 4, 0);
	put_name(&bytes, name);
	bytes_number(&bytes, 2, type);
	bytes_number(&bytes, 2, 1);
}

static void record_head(uint16_t type, uint32_t ttl)
{
	bytes_number(&bytes, 2, type);
	bytes_number(&bytes, 2, 1);
	bytes_number(&bytes, 4, ttl);
}

static void add_a(const char *name, const char *ip, uint32_t ttl)
{
	uint8_t address[4];

	put_name(&bytes, name);
	record_head(EG_DNS_A, ttl);
	inet_pton(AF_INET, ip, address);
	bytes_number(&bytes, 2, 4);
	bytes_add(&bytes, address, 4);
}

static void add_cname(const char *name, const char *target, uint32_t ttl)
{
	struct bytes data = { .size = 0 };

	put_name(&bytes, name);
	record_head(EG_DNS_CNAME, ttl);
	put_name(&data, target);
	bytes_counted(&bytes, 2, &data);
}

static const char *address_text(size_t i)
{
	static char text[INET6_ADDRSTRLEN];

	return inet_ntop(AF_INET6, message.addresses[i].ip, text, sizeof(text));
}

/* --- real ones --- */

static void programs_are_understood(void **state)
{
	static const struct {
		const char *file, *name;
		uint16_t type;
		size_t count;
		const char *first;
	} files[] = {
		{ "dns/a-query", "www.example.com", EG_DNS_A, 0, NULL },
		{ "dns/a-answer", "www.example.com", EG_DNS_A, 1, "::ffff:198.51.100.7" },
		{ "dns/aaaa-answer", "www.example.com", EG_DNS_AAAA, 1, "2001:db8::7" },
		{ "dns/chain-answer", "alias.example.com", EG_DNS_A, 1, "::ffff:198.51.100.7" },
		{ "dns/case-answer", "www.example.com", EG_DNS_A, 1, "::ffff:198.51.100.7" },
		{ "dns/plain-answer", "www.example.com", EG_DNS_A, 1, "::ffff:198.51.100.7" },
		{ "dns/multi-answer", "multi.example.net", EG_DNS_A, 2, NULL },
		{ "dns/https-answer", "svc.example.com", EG_DNS_HTTPS, 2, "::ffff:198.51.100.7" },
		{ "dns/srv-answer", "_xmpp._tcp.example.com", 33, 0, NULL },
		{ "dns/none-answer", "nothing.example.com", EG_DNS_A, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		bytes_read(&bytes, files[i].file);
		assert_int_equal(parse(), 0);
		assert_string_equal(message.name, files[i].name);
		assert_int_equal(message.type, files[i].type);
		assert_int_equal(message.class, 1);
		assert_int_equal(message.response, strstr(files[i].file, "answer") != NULL);
		assert_int_equal(message.addresses_count, files[i].count);
		if (files[i].first)
			assert_string_equal(address_text(0), files[i].first);
	}
}

/* Every address that glibc finds in a message is one that we find, and the other way round. */
static void compare_with_glibc(void)
{
	size_t found = 0;
	ns_msg handle;
	ns_rr record;

	assert_int_equal(ns_initparse(bytes.data, (int)bytes.size, &handle), 0);
	assert_int_equal(ns_msg_id(handle), message.id);
	assert_int_equal(ns_msg_getflag(handle, ns_f_qr), message.response);
	assert_int_equal(ns_parserr(&handle, ns_s_qd, 0, &record), 0);
	if (message.name[0])
		assert_int_equal(strcasecmp(ns_rr_name(record), message.name), 0);
	assert_int_equal(ns_rr_type(record), message.type);
	for (int i = 0; i < ns_msg_count(handle, ns_s_an); i++) {
		assert_int_equal(ns_parserr(&handle, ns_s_an, i, &record), 0);
		if (ns_rr_type(record) != ns_t_a && ns_rr_type(record) != ns_t_aaaa)
			continue;
		assert_memory_equal(message.addresses[found].ip + 16 - ns_rr_rdlen(record),
				    ns_rr_rdata(record), ns_rr_rdlen(record));
		assert_true(message.addresses[found].ttl <= ns_rr_ttl(record));
		found++;
	}
	if (message.type != EG_DNS_HTTPS)
		assert_int_equal(found, message.addresses_count);
}

static void glibc_agrees(void **state)
{
	glob_t files;

	(void)state;
	assert_int_equal(glob("tests/fuzz/corpus/dns/*-*", 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= 20);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		bytes_read(&bytes, files.gl_pathv[i] + strlen("tests/fuzz/corpus/"));
		assert_int_equal(parse(), 0);
		compare_with_glibc();
	}
	globfree(&files);
}

/* A line of tools/dns-by-scapy; its words are ended in place. */
static void compare_with_scapy(char *line)
{
	char *rest = NULL, *file = strtok_r(line, " ", &rest), *word, path[64], address[64];
	size_t found = 0;

	snprintf(path, sizeof(path), "dns/%s", file);
	bytes_read(&bytes, path);
	assert_int_equal(parse(), 0);
	assert_int_equal(message.id, strtoul(strtok_r(NULL, " ", &rest), NULL, 10));
	assert_int_equal(message.response, !strcmp(strtok_r(NULL, " ", &rest), "answer"));
	assert_int_equal(message.type, strtoul(strtok_r(NULL, " ", &rest), NULL, 10));
	word = strtok_r(NULL, " ", &rest);
	if (message.name[0])
		assert_string_equal(message.name, word);
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		snprintf(address, sizeof(address), "%s%s",
			 strchr(word, ':') ? "" : "::ffff:", word);
		assert_string_equal(address_text(found++), address);
	}
	/* It leaves hints unread. */
	if (message.type != EG_DNS_HTTPS)
		assert_int_equal(found, message.addresses_count);
}

static void scapy_agrees(void **state)
{
	FILE *file = fopen("tests/data/dns_scapy.txt", "re");
	size_t room = 0, lines = 0;
	char *line = NULL;
	glob_t files;

	(void)state;
	assert_non_null(file);
	for (; getline(&line, &room, file) > 0; lines++) {
		line[strcspn(line, "\n")] = '\0';
		compare_with_scapy(line);
	}
	/* Not one message of the corpus is left out. */
	assert_int_equal(glob("tests/fuzz/corpus/dns/*", 0, NULL, &files), 0);
	assert_int_equal(lines, files.gl_pathc);
	globfree(&files);
	free(line);
	fclose(file);
}

/* --- what belongs to the name --- */

static void aliases_are_followed_in_any_order(void **state)
{
	(void)state;
	begin("WWW.example.com", EG_DNS_A, 4);
	add_a("node.cdn.example", "198.51.100.9", 30);
	add_cname("b.example", "node.CDN.example", 20);
	add_cname("www.EXAMPLE.com", "B.example", 3600);
	add_a("other.example", "198.51.100.66", 30); /* nobody asked for it */
	assert_int_equal(parse(), 0);
	assert_int_equal(message.addresses_count, 1);
	assert_string_equal(address_text(0), "::ffff:198.51.100.9");
	assert_int_equal(message.addresses[0].ttl, 20);
	assert_string_equal(message.name, "www.example.com");
}

static void aliases_in_a_circle_end(void **state)
{
	(void)state;
	begin("a.example", EG_DNS_A, 3);
	add_cname("a.example", "b.example", 1);
	add_cname("b.example", "a.example", 1);
	add_a("b.example", "198.51.100.9", 30);
	assert_int_equal(parse(), 0);
	assert_int_equal(message.addresses_count, 1);
}

static void ages_are_bounded(void **state)
{
	(void)state;
	begin("a.example", EG_DNS_A, 2);
	add_a("a.example", "198.51.100.9", 0x80000000);
	add_a("a.example", "198.51.100.10", 0x7fffffff);
	assert_int_equal(parse(), 0);
	assert_int_equal(message.addresses[0].ttl, 0);
	assert_int_equal(message.addresses[1].ttl, 0x7fffffff);
}

static void a_name_that_is_no_host_stays_out(void **state)
{
	(void)state;
	begin("a b.example", EG_DNS_A, 1);
	add_a("a b.example", "198.51.100.9", 1);
	assert_int_equal(parse(), 0);
	assert_string_equal(message.name, "");
	/* A dot inside a label. */
	begin("axb.example", EG_DNS_A, 0);
	bytes.data[14] = '.';
	assert_int_equal(parse(), 0);
	assert_string_equal(message.name, "");
}

static void many_records_are_bounded(void **state)
{
	(void)state;
	begin("a.example", EG_DNS_A, 200);
	for (int i = 0; i < 200; i++)
		add_a("a.example", "198.51.100.9", 1);
	assert_int_equal(parse(), 0);
	assert_int_equal(message.addresses_count, EG_DNS_ADDRESSES_MAX);
}

/* A message of which we have the beginning only, and one that says so itself. */
static void the_beginning_is_read(void **state)
{
	(void)state;
	begin("a.example", EG_DNS_A, 2);
	add_a("a.example", "198.51.100.9", 1);
	add_a("a.example", "198.51.100.10", 1);
	bytes.size -= 3;
	assert_int_equal(parse(), -EBADMSG);
	assert_int_equal(eg_dns_parse(bytes.data, bytes.size, true, &message), 0);
	assert_int_equal(message.addresses_count, 1);
	bytes.data[2] |= 2;
	assert_int_equal(parse(), 0);
	assert_true(message.truncated);
	assert_int_equal(message.addresses_count, 1);
}

/* --- services (RFC 9460) --- */

static void begin_service(const char *parameters, size_t size)
{
	struct bytes data = { .size = 0 };

	begin("a.example", EG_DNS_HTTPS, 1);
	put_name(&bytes, "a.example");
	record_head(EG_DNS_HTTPS, 60);
	bytes_number(&data, 2, 1);
	put_name(&data, "");
	bytes_add(&data, parameters, size);
	bytes_counted(&bytes, 2, &data);
}

static void hints_are_addresses(void **state)
{
	static const char hints[] = "\0\1\0\3\2h2"
				    "\0\4\0\10\xc6\x33\x64\1\xc6\x33\x64\2";

	(void)state;
	begin_service(hints, sizeof(hints) - 1);
	assert_int_equal(parse(), 0);
	assert_int_equal(message.addresses_count, 2);
	assert_string_equal(address_text(1), "::ffff:198.51.100.2");
}

static void services_that_lie_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} lies[] = {
		{ "\0\4\0\0", 4 }, /* no hint */
		{ "\0\4\0\3\1\2\3", 7 }, /* not whole addresses */
		{ "\0\4\0\5\1\2\3\4", 8 }, /* longer than the record */
		{ "\0\4\0\4\1\2\3\4\0\1\0\0", 12 }, /* not in order */
		{ "\0\4\0\4\1\2\3\4\0\4\0\4\1\2\3\4", 16 }, /* twice */
		{ "\0\4\0", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		begin_service(lies[i].bytes, lies[i].size);
		assert_int_equal(parse(), -EBADMSG);
	}
}

/* --- RFC 9267: anti-patterns in DNS software --- */

/* An answer whose owner is these bytes. */
static void begin_owner(const void *owner, size_t size)
{
	begin("a.example", EG_DNS_A, 1);
	bytes_add(&bytes, owner, size);
	record_head(EG_DNS_A, 1);
	bytes_number(&bytes, 2, 4);
	bytes_number(&bytes, 4, 0xc6336409);
}

#define OWNER_AT (12 + 11 + 4) /* where it stands: behind header and question */

static void section_2_pointers(void **state)
{
	(void)state;
	begin_owner("\xc0\x0c", 2); /* to the question: good */
	assert_int_equal(parse(), 0);
	assert_int_equal(message.addresses_count, 1);
	begin_owner("\xc0\x1b", 2); /* to itself */
	assert_int_equal(bytes.data[OWNER_AT], 0xc0);
	assert_int_equal(parse(), -EBADMSG);
	begin_owner("\1a\xc0\x1b", 4); /* to its own beginning */
	assert_int_equal(parse(), -EBADMSG);
	begin_owner("\xc0\x1d\xc0\x1b", 4); /* forward and back */
	assert_int_equal(parse(), -EBADMSG);
	begin_owner("\xff\xff", 2); /* out of the message */
	assert_int_equal(parse(), -EBADMSG);
	begin_owner("\x80", 1); /* reserved types of labels */
	assert_int_equal(parse(), -EBADMSG);
	begin_owner("\x40", 1);
	assert_int_equal(parse(), -EBADMSG);
	begin("a.example", EG_DNS_A, 1);
	bytes_number(&bytes, 1, 0xc0); /* half a pointer at the end */
	assert_int_equal(parse(), -EBADMSG);
}

static void section_3_lengths(void **state)
{
	struct bytes name = { .size = 0 };

	(void)state;
	begin_owner("\x3f\x61", 2); /* longer than the message */
	assert_int_equal(parse(), -EBADMSG);
	for (int i = 0; i < 127; i++) /* 254 bytes, and the root's */
		bytes_add(&name, "\1a", 2);
	bytes_number(&name, 1, 0);
	begin_owner(name.data, name.size);
	assert_int_equal(parse(), 0);
	name.size--;
	bytes_add(&name, "\1a\0", 3);
	begin_owner(name.data, name.size);
	assert_int_equal(parse(), -EBADMSG);
}

static void section_4_terminators(void **state)
{
	(void)state;
	begin("a.example", EG_DNS_A, 1);
	bytes_add(&bytes, "\1a", 2); /* no root */
	assert_int_equal(parse(), -EBADMSG);
	begin_owner("\3a\0b\0", 5); /* a NUL inside a label is no end */
	assert_int_equal(parse(), 0);
	assert_int_equal(message.addresses_count, 0);
}

static void section_5_record_lengths(void **state)
{
	static const uint16_t lengths[] = { 0, 3, 5, 0xffff };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		begin_owner("\xc0\x0c", 2);
		bytes.data[bytes.size - 6] = (uint8_t)(lengths[i] >> 8);
		bytes.data[bytes.size - 5] = (uint8_t)lengths[i];
		assert_int_equal(parse(), -EBADMSG);
	}
	begin("a.example", EG_DNS_A, 1);
	add_cname("a.example", "b.example", 1);
	bytes.data[OWNER_AT + 11 + 9]++; /* longer than the name in it */
	bytes_number(&bytes, 1, 0);
	assert_int_equal(parse(), -EBADMSG);
}

static void section_6_counts(void **state)
{
	(void)state;
	begin_owner("\xc0\x0c", 2);
	bytes.data[7] = 2;
	assert_int_equal(parse(), -EBADMSG);
	bytes.data[6] = bytes.data[7] = 0xff;
	assert_int_equal(parse(), -EBADMSG);
	begin_owner("\xc0\x0c", 2);
	bytes.data[5] = 0; /* questions */
	assert_int_equal(parse(), -EBADMSG);
	bytes.data[5] = 2;
	assert_int_equal(parse(), -EBADMSG);
}

static void what_is_cut_is_refused(void **state)
{
	(void)state;
	bytes_read(&bytes, "dns/chain-answer");
	for (size_t size = 0; size < bytes.size - 11; size++) /* the OPT record is not read */
		assert_int_equal(eg_dns_parse(bytes.data, size, false, &message), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_are_understood),
		cmocka_unit_test(glibc_agrees),
		cmocka_unit_test(scapy_agrees),
		cmocka_unit_test(aliases_are_followed_in_any_order),
		cmocka_unit_test(aliases_in_a_circle_end),
		cmocka_unit_test(ages_are_bounded),
		cmocka_unit_test(a_name_that_is_no_host_stays_out),
		cmocka_unit_test(many_records_are_bounded),
		cmocka_unit_test(the_beginning_is_read),
		cmocka_unit_test(hints_are_addresses),
		cmocka_unit_test(services_that_lie_are_refused),
		cmocka_unit_test(section_2_pointers),
		cmocka_unit_test(section_3_lengths),
		cmocka_unit_test(section_4_terminators),
		cmocka_unit_test(section_5_record_lengths),
		cmocka_unit_test(section_6_counts),
		cmocka_unit_test(what_is_cut_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

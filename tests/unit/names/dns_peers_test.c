/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS messages as glibc and scapy read them, whole and damaged: where we differ, and why. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <glob.h>
#include <resolv.h>
#include <stdlib.h>
#include <strings.h>

#include "tests/unit/names/dns_walk.h"

#include <egret/base.h>

#include "user/names/dns.h"

#define CORPUS "tests/fuzz/corpus/dns/"
#define CHAIN_MAX (EG_DNS_CHAIN_MAX + 1)

/* What somebody reads in a message. */
struct reading {
	bool refused;
	uint16_t id, type;
	bool answer;
	char name[NS_MAXDNAME]; /* "": no name of a host */
	uint8_t ips[EG_DNS_ADDRESSES_MAX][16]; /* of the answer section */
	size_t ips_count;
};

static struct bytes whole, damaged;
static struct reading ours, theirs;

static void add_ip(struct reading *reading, int family, const void *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	uint8_t *to = reading->ips[reading->ips_count];

	if (reading->ips_count == EG_DNS_ADDRESSES_MAX)
		return;
	reading->ips_count++;
	if (family == AF_INET) {
		memcpy(to, mapped, sizeof(mapped));
		memcpy(to + 12, ip, 4);
	} else {
		memcpy(to, ip, 16);
	}
}

/* --- readers --- */

static void read_here(const struct bytes *bytes, struct reading *ret_reading)
{
	struct eg_dns_message message;

	memset(ret_reading, 0, sizeof(*ret_reading));
	ret_reading->refused = eg_dns_parse(bytes->data, bytes->size, false, &message) < 0;
	if (ret_reading->refused)
		return;
	ret_reading->id = message.id;
	ret_reading->type = message.type;
	ret_reading->answer = message.response;
	snprintf(ret_reading->name, sizeof(ret_reading->name), "%s", message.name);
	for (size_t i = 0; i < message.addresses_count; i++)
		add_ip(ret_reading, AF_INET6, message.addresses[i].ip);
}

/* The name that was asked, and those that it stands for. */
struct chain {
	char names[CHAIN_MAX][NS_MAXDNAME];
	size_t count;
};

static bool in_chain(const struct chain *chain, const char *name)
{
	for (size_t i = 0; i < chain->count; i++)
		if (!strcasecmp(chain->names[i], name))
			return true;
	return false;
}

static bool add_alias(const struct bytes *bytes, ns_msg *handle, struct chain *chain)
{
	ns_rr record;

	for (int i = 0; i < ns_msg_count(*handle, ns_s_an); i++) {
		if (ns_parserr(handle, ns_s_an, i, &record) < 0 ||
		    ns_rr_type(record) != ns_t_cname || ns_rr_class(record) != ns_c_in ||
		    strcasecmp(ns_rr_name(record), chain->names[chain->count - 1]) != 0)
			continue;
		return ns_name_uncompress(bytes->data, bytes->data + bytes->size,
					  ns_rr_rdata(record), chain->names[chain->count],
					  NS_MAXDNAME) >= 0;
	}
	return false;
}

static int add_record(ns_msg *handle, int place, const struct chain *chain)
{
	ns_rr record;

	if (ns_parserr(handle, ns_s_an, place, &record) < 0)
		return -1;
	if (ns_rr_class(record) != ns_c_in || !in_chain(chain, ns_rr_name(record)))
		return 0;
	if (ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4)
		add_ip(&theirs, AF_INET, ns_rr_rdata(record));
	if (ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == 16)
		add_ip(&theirs, AF_INET6, ns_rr_rdata(record));
	return 0;
}

/* glibc says what the records are; which of them are the name's is RFC 5452 section 6. */
static void read_by_glibc(const struct bytes *bytes)
{
	static struct chain chain;
	ns_rr question;
	ns_msg handle;

	memset(&theirs, 0, sizeof(theirs));
	theirs.refused = true;
	if (ns_initparse(bytes->data, (int)bytes->size, &handle) < 0 ||
	    ns_parserr(&handle, ns_s_qd, 0, &question) < 0)
		return;
	theirs.id = ns_msg_id(handle);
	theirs.answer = ns_msg_getflag(handle, ns_f_qr);
	theirs.type = ns_rr_type(question);
	snprintf(theirs.name, sizeof(theirs.name), "%s", ns_rr_name(question));
	memcpy(chain.names[0], theirs.name, sizeof(theirs.name));
	for (chain.count = 1; chain.count < CHAIN_MAX && add_alias(bytes, &handle, &chain);)
		chain.count++;
	for (int i = 0; i < ns_msg_count(handle, ns_s_an); i++)
		if (add_record(&handle, i, &chain) < 0)
			return;
	theirs.refused = false;
}

/* scapy's, as tools/dns-by-scapy has noted it: words, which are ended in place. */
static void read_by_scapy(char *words)
{
	char *rest = NULL, *word = strtok_r(words, " ", &rest);
	uint8_t ip[16];

	memset(&theirs, 0, sizeof(theirs));
	theirs.refused = !strcmp(word, "refused");
	if (theirs.refused)
		return;
	theirs.id = (uint16_t)strtoul(word, NULL, 10);
	theirs.answer = !strcmp(strtok_r(NULL, " ", &rest), "answer");
	theirs.type = (uint16_t)strtoul(strtok_r(NULL, " ", &rest), NULL, 10);
	snprintf(theirs.name, sizeof(theirs.name), "%s", strtok_r(NULL, " ", &rest));
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		int family = strchr(word, ':') ? AF_INET6 : AF_INET;

		assert_int_equal(inet_pton(family, word, ip), 1);
		add_ip(&theirs, family, ip);
	}
}

/* --- differences --- */

enum difference {
	SAME,
	WE_REFUSE,
	IT_REFUSES,
	OTHER, /* id, kind, type or name */
	FEWER, /* addresses here than there */
	MORE, /* or others */
};

static const char *const differences[] = {
	[WE_REFUSE] = "only we refuse it", [IT_REFUSES] = "only it refuses it",
	[OTHER] = "another question",	   [FEWER] = "fewer addresses",
	[MORE] = "other addresses",
};

/* Are ours among theirs, in their order? */
static bool is_part(void)
{
	size_t found = 0;

	for (size_t i = 0; i < theirs.ips_count && found < ours.ips_count; i++)
		found += !memcmp(ours.ips[found], theirs.ips[i], 16);
	return found == ours.ips_count;
}

static enum difference compare(void)
{
	if (ours.refused != theirs.refused)
		return ours.refused ? WE_REFUSE : IT_REFUSES;
	if (ours.refused)
		return SAME;
	if (ours.id != theirs.id || ours.answer != theirs.answer || ours.type != theirs.type ||
	    (ours.name[0] && strcasecmp(ours.name, theirs.name) != 0))
		return OTHER;
	if (!ours.answer)
		return SAME; /* what a question brings along is no answer */
	if (!is_part())
		return MORE;
	return ours.ips_count < theirs.ips_count ? FEWER : SAME;
}

/* --- and their reasons --- */

static bool another_opcode(const struct bytes *bytes)
{
	return bytes->size > 2 && bytes->data[2] & 0x78;
}

static bool no_single_question(const struct bytes *bytes)
{
	return bytes->size >= HEADER && count_of(bytes, 0) != 1;
}

static bool no_whole_question(const struct bytes *bytes)
{
	size_t at;

	return !pass_question(bytes, &at);
}

/* Or an owner that is no name: a pointer not to before, a label that is none, no end. */
static bool no_whole_answers(const struct bytes *bytes)
{
	struct record record;
	size_t at;

	if (!pass_question(bytes, &at))
		return false;
	for (unsigned i = count_of(bytes, 1); i; i--)
		if (!pass_record(bytes, &at, &record))
			return true;
	return false;
}

static bool is_unsound(const struct bytes *bytes, const struct record *record)
{
	size_t at = record->data;

	if (record->class != ns_c_in)
		return false;
	switch (record->type) {
	case EG_DNS_A:
		return record->size != 4;
	case EG_DNS_AAAA:
		return record->size != 16;
	case EG_DNS_CNAME:
		return !pass_name(bytes, &at) || at != record->data + record->size;
	default:
		return false;
	}
}

static bool unsound_answer(const struct bytes *bytes)
{
	return has_answer(bytes, is_unsound);
}

static bool serves(const struct bytes *bytes, const struct record *record)
{
	(void)bytes;
	return record->class == ns_c_in &&
	       (record->type == EG_DNS_SVCB || record->type == EG_DNS_HTTPS);
}

/* To the others that is a record of an unknown type. */
static bool service(const struct bytes *bytes)
{
	return has_answer(bytes, serves);
}

/* Records that we don't look at: behind the answers, and in a question. */
static bool nothing_for_us(const struct bytes *bytes)
{
	struct record record;
	unsigned records = 0;
	size_t at;

	if (!pass_question(bytes, &at))
		return false;
	for (size_t section = 1; section < 4; section++)
		records += count_of(bytes, section);
	for (; records; records--)
		if (!pass_record(bytes, &at, &record))
			return true;
	return at != bytes->size; /* and what belongs to none of them */
}

/* scapy gives the addresses of all answers: of other names, and classes, too. */
static bool has_answers(const struct bytes *bytes)
{
	return count_of(bytes, 1);
}

enum who { GLIBC = 1, SCAPY = 2 };

static struct {
	const char *name;
	enum difference difference;
	unsigned who; /* may differ from us so */
	bool (*applies)(const struct bytes *bytes);
	unsigned seen; /* who did */
} reasons[] = {
	{ "another opcode than a query's", WE_REFUSE, GLIBC | SCAPY, another_opcode, 0 },
	{ "not one question", WE_REFUSE, SCAPY, no_single_question, 0 },
	{ "a question that is not whole (RFC 9267 2, 3, 4)", WE_REFUSE, SCAPY, no_whole_question,
	  0 },
	{ "answers that are not whole (RFC 9267 2, 3, 4, 6)", WE_REFUSE, GLIBC | SCAPY,
	  no_whole_answers, 0 },
	{ "a length that is not that of what is in it (RFC 9267 5)", WE_REFUSE, GLIBC | SCAPY,
	  unsound_answer, 0 },
	{ "a service's parameters (RFC 9460 2.2)", WE_REFUSE, GLIBC | SCAPY, service, 0 },
	{ "a service's hints", MORE, GLIBC | SCAPY, service, 0 },
	{ "what we don't look at", IT_REFUSES, GLIBC | SCAPY, nothing_for_us, 0 },
	{ "an answer to nobody's question (RFC 5452 6)", FEWER, SCAPY, has_answers, 0 },
};

/* A difference must have a reason that is known; `what` was done to the message. */
static void expect_reason(enum who who, const char *what)
{
	enum difference difference;

	read_here(&damaged, &ours);
	difference = compare();
	if (difference == SAME)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].difference != difference || !(reasons[i].who & who) ||
		    !reasons[i].applies(&damaged))
			continue;
		reasons[i].seen |= who;
		return;
	}
	fail_msg("%s, %s: %s", what, who == GLIBC ? "glibc" : "scapy", differences[difference]);
}

/* A reason that nobody has any more is none. */
static void expect_all_seen(enum who who)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].who & who && !(reasons[i].seen & who))
			fail_msg("never seen: %s", reasons[i].name);
}

static void damage_for_glibc(const char *file)
{
	char what[128];

	for (size_t at = 0; at < whole.size; at++) {
		damaged = whole;
		for (unsigned value = 0; value < 256; value++) {
			damaged.data[at] = (uint8_t)value;
			read_by_glibc(&damaged);
			snprintf(what, sizeof(what), "%s %zu=%02x", file, at, value);
			expect_reason(GLIBC, what);
		}
		damaged = whole;
		damaged.size = at;
		read_by_glibc(&damaged);
		snprintf(what, sizeof(what), "%s %zu", file, at);
		expect_reason(GLIBC, what);
	}
}

/* Each byte of each message as each other byte, and each beginning of each message. */
static void glibc_differs_for_known_reasons(void **state)
{
	glob_t files;

	(void)state;
	assert_int_equal(glob(CORPUS "*", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		bytes_read(&whole, files.gl_pathv[i] + strlen("tests/fuzz/corpus/"));
		damage_for_glibc(files.gl_pathv[i] + strlen(CORPUS));
	}
	globfree(&files);
	expect_all_seen(GLIBC);
}

/* What scapy reads in the whole message of this name; its words are in a file of their own. */
static void copy_whole(const char *name, char *ret_words, size_t size)
{
	FILE *file = fopen("tests/data/dns_scapy.txt", "re");
	size_t length = strlen(name);

	assert_non_null(file);
	do
		assert_non_null(fgets(ret_words, (int)size, file));
	while (strncmp(ret_words, name, length) != 0 || ret_words[length] != ' ');
	memmove(ret_words, ret_words + length + 1, strlen(ret_words + length));
	ret_words[strcspn(ret_words, "\n")] = '\0';
	fclose(file);
}

/* A line of `tools/dns-by-scapy --mutated`; its words are ended in place. */
static void compare_with_scapy(char *line)
{
	char *words = NULL, *file = strtok_r(line, " ", &words), *what, *value, path[128],
	     text[1024];
	size_t at;

	what = strtok_r(NULL, " ", &words);
	snprintf(path, sizeof(path), "dns/%s", file);
	bytes_read(&damaged, path);
	at = strtoul(what, &value, 10);
	assert_true(at < damaged.size);
	if (*value == '=')
		damaged.data[at] = (uint8_t)strtoul(value + 1, NULL, 16);
	else
		damaged.size = at;
	if (!strcmp(words, "same")) {
		copy_whole(file, text, sizeof(text));
		words = text;
	}
	read_by_scapy(words);
	snprintf(path, sizeof(path), "%s %s", file, what);
	expect_reason(SCAPY, path);
}

static void scapy_differs_for_known_reasons(void **state)
{
	FILE *file = fopen("tests/data/dns_scapy_mutated.txt", "re");
	char line[2048];
	size_t lines = 0;

	(void)state;
	assert_non_null(file);
	for (; fgets(line, sizeof(line), file); lines++) {
		line[strcspn(line, "\n")] = '\0';
		compare_with_scapy(line);
	}
	fclose(file);
	assert_true(lines > 3000);
	expect_all_seen(SCAPY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(glibc_differs_for_known_reasons),
		cmocka_unit_test(scapy_differs_for_known_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

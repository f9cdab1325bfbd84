/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What reading names and places costs in user space, and the memory that names take. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <egret/base.h>
#include <egret/names.h>
#include <egret/place.h>

#include "user/names/dns.h"
#include "user/names/quic.h"
#include "user/names/tls.h"

#include "benches.h"
#include "cost.h"
#include "report.h"

#define CALLS 2000U /* of a batch */
#define BATCHES 100U
#define NAMES 1000000U
#define APPS 100U
#define MESSAGE_MAX 4096

struct subject {
	uint8_t bytes[MESSAGE_MAX];
	size_t size;
	struct eg_quic_crypto *crypto;
	struct eg_geo *geo;
	uint32_t number;
};

static void measure(struct test *test, const char *name, bool (*call)(struct subject *subject),
		    struct subject *subject, double goal)
{
	double *samples = test_alloc(test, BATCHES * sizeof(*samples));

	for (unsigned batch = 0; batch < BATCHES; batch++) {
		double begun = cpu_ns();

		for (unsigned i = 0; i < CALLS; i++)
			if (!call(subject))
				test_fail(test, "%s: nothing was found", name);
		samples[batch] = (cpu_ns() - begun) / CALLS;
	}
	report_interval(name, "ns", interval_of(samples, BATCHES), goal);
}

/* A message as a program has sent it: `make bench` runs at the top of the tree. */
static void read_message(struct test *test, const char *path, struct subject *subject)
{
	_cleanup_(eg_fclosep) FILE *file = fopen(path, "re");

	if (!file)
		test_skip(test, "no %s here", path);
	subject->size = fread(subject->bytes, 1, sizeof(subject->bytes), file);
}

static bool read_dns(struct subject *subject)
{
	struct eg_dns_message message;

	return eg_dns_parse(subject->bytes, subject->size, false, &message) == 0 &&
	       message.addresses_count;
}

static bool read_tls(struct subject *subject)
{
	struct eg_tls_hello hello;

	return eg_tls_parse_records(subject->bytes, subject->size, &hello) == 0 && *hello.name;
}

static bool read_quic(struct subject *subject)
{
	static struct eg_quic_flow flow;
	struct eg_tls_hello hello;

	flow.keyed = false;
	flow.ranges_count = 0;
	return eg_quic_add(subject->crypto, &flow, subject->bytes, subject->size, &hello) == 0;
}

/* Addresses in no order, as new destinations are. */
static bool find_place(struct subject *subject)
{
	uint32_t address = htonl(subject->number++ * 2654435761U);
	uint8_t ip[16] = { [10] = 0xff, [11] = 0xff };
	struct eg_geo_answer answer;

	memcpy(ip + 12, &address, sizeof(address));
	eg_geo_find(subject->geo, ip, &answer);
	return true;
}

static void measure_places(struct test *test, struct subject *subject)
{
	static const char name[] = "places, a new address";

	if (eg_geo_open(NULL, &subject->geo) < 0)
		test_fail(test, "no memory");
	if (eg_geo_count(subject->geo))
		measure(test, name, find_place, subject, 2000);
	else
		report_missing(name, "no database");
	eg_geo_close(subject->geo);
}

void bench_parsers(struct test *test)
{
	static struct subject subject;

	read_message(test, "tests/fuzz/corpus/dns/chain-answer", &subject);
	measure(test, "names, an answer with a chain of aliases", read_dns, &subject, 5000);
	read_message(test, "tests/fuzz/corpus/dns/multi-answer", &subject);
	measure(test, "names, an answer with several addresses", read_dns, &subject, 5000);
	read_message(test, "tests/fuzz/corpus/tls/curl", &subject);
	measure(test, "names, a ClientHello", read_tls, &subject, 5000);
	if (eg_quic_crypto_new(&subject.crypto) == 0) {
		read_message(test, "tests/fuzz/corpus/quic/gtlsclient", &subject);
		measure(test, "names, a QUIC Initial", read_quic, &subject, 25000);
		eg_quic_crypto_free(subject.crypto);
	} else {
		report_missing("names, a QUIC Initial", "built without libcrypto");
	}
	measure_places(test, &subject);
}

/* --- a flood --- */

static long resident_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void put(uint8_t **at, const void *bytes, size_t size)
{
	memcpy(*at, bytes, size);
	*at += size;
}

/* "nNUMBER.flood.example", asked for, and answered with an address of its own. */
static size_t make_message(uint32_t number, bool answer, uint8_t *message)
{
	static const uint8_t tail[] = "\5flood\7example\0\0\1\0\1";
	static const uint8_t record[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4";
	const uint8_t header[12] = { (uint8_t)(number >> 8),
				     (uint8_t)number,
				     answer ? 0x81 : 1,
				     answer ? 0x80 : 0,
				     0,
				     1,
				     0,
				     answer };
	uint8_t address[4] = { 11, (uint8_t)(number >> 16), (uint8_t)(number >> 8),
			       (uint8_t)number };
	uint8_t *at = message;
	char label[16];
	int size = snprintf(label, sizeof(label), "%cn%07u", 8, number);

	put(&at, header, sizeof(header));
	put(&at, label, (size_t)size);
	put(&at, tail, sizeof(tail) - 1);
	if (answer) {
		put(&at, record, sizeof(record) - 1);
		put(&at, address, sizeof(address));
	}
	return (size_t)(at - message);
}

static int add_name(struct eg_names *names, uint32_t number)
{
	static struct eg_payload payload = { .transport = IPPROTO_UDP, .port = 53, .net_ns = 1 };
	char id[32];
	const struct eg_names_app app = { .id = id };
	int r = 0;

	snprintf(id, sizeof(id), "exe:/usr/bin/app%u", number % APPS);
	payload.socket.sk = 1 + number;
	payload.header.time_ns = number;
	for (int answer = 0; answer < 2 && r == 0; answer++) {
		payload.flags = answer ? 0 : EG_PAYLOAD_SENT;
		payload.size = (uint16_t)make_message(number, answer, payload.data);
		payload.total = payload.size;
		r = eg_names_add(names, &payload, &app);
	}
	return r;
}

void bench_flood(struct test *test)
{
	static const struct eg_names_sink sink = { .learnt = NULL };
	struct eg_names *names;
	double begun = cpu_ns();
	long before = resident_kib();

	if (eg_names_new("", &sink, &names) < 0)
		test_fail(test, "no memory");
	for (uint32_t i = 0; i < NAMES; i++)
		if (add_name(names, i) < 0)
			test_fail(test, "no memory");
	report_value("names, a million different ones asked and answered, each", "ns",
		     (cpu_ns() - begun) / NAMES, NONE);
	report_value("  memory of all that is kept of them", "MB",
		     (double)(resident_kib() - before) * 1024 / 1e6, 64);
	eg_names_free(names);
}

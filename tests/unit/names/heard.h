/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is sampled of one app's connections, and the names that are heard in that. */
#pragma once

#include <netinet/in.h>

#include <egret/names.h>

#include "tests/unit/names/hello.h"

#define IP_SERVER 198, 51, 100, 53
#define IP_SITE 198, 51, 100, 7

static const struct eg_names_app curl = { .id = "exe:/usr/bin/curl",
					  .executable = "/usr/bin/curl" };
static struct eg_names *names;
static struct bytes heard; /* "name source confidence\n"... */

static inline void on_learnt(const struct eg_learnt_name *learnt, void *data)
{
	(void)data;
	bytes_text(&heard, learnt->name.name);
	bytes_text(&heard, " ");
	bytes_text(&heard, eg_name_source_text(learnt->name.source));
	bytes_text(&heard, " ");
	bytes_text(&heard, eg_name_confidence_text(learnt->name.confidence));
	bytes_text(&heard, "\n");
}

static inline int setup(void **state)
{
	static const struct eg_names_sink sink = { .learnt = on_learnt };

	(void)state;
	heard.size = 0;
	return eg_names_new("/nowhere", &sink, &names);
}

static inline int teardown(void **state)
{
	(void)state;
	eg_names_free(names);
	return 0;
}

static inline void assert_heard(const char *expected)
{
	bytes_number(&heard, 1, 0);
	assert_string_equal((char *)heard.data, expected);
	heard.size = 0;
}

static inline void set_ip(uint8_t ip[16], uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const uint8_t bytes[16] = { [10] = 0xff, 0xff, a, b, c, d };

	memcpy(ip, bytes, 16);
}

static inline struct eg_payload payload_of(uint64_t sk, uint16_t port, bool sent,
					   const uint8_t *data, size_t size)
{
	struct eg_payload payload = {
		.header.time_ns = 1000,
		.socket = { .sk = sk, .born_ns = 1 },
		.port = port,
		.transport = IPPROTO_TCP,
		.net_ns = 1,
		.size = (uint16_t)size,
		.flags = sent ? EG_PAYLOAD_SENT : 0,
	};

	assert_true(size <= sizeof(payload.data));
	if (size)
		memcpy(payload.data, data, size);
	set_ip(payload.ip, IP_SITE);
	return payload;
}

static inline void add(const struct eg_payload *payload)
{
	assert_int_equal(eg_names_add(names, payload, &curl), 0);
}

/* A message of dig or dnsmasq, as this socket sends or receives it. */
static inline void add_dns(uint64_t sk, const char *file, bool sent)
{
	struct eg_payload payload;
	struct bytes bytes;

	bytes_read(&bytes, file);
	payload = payload_of(sk, 53, sent, bytes.data, bytes.size);
	payload.transport = IPPROTO_UDP;
	payload.total = payload.size;
	set_ip(payload.ip, IP_SERVER);
	add(&payload);
}

static inline void trust_server(void)
{
	const struct eg_names_app dnsmasq = { .id = "dnsmasq", .executable = "/usr/sbin/dnsmasq" };
	struct eg_payload payload = payload_of(9, 0, true, NULL, 0);

	set_ip(payload.ip, IP_SERVER);
	payload.flags |= EG_PAYLOAD_SERVER;
	assert_int_equal(eg_names_add(names, &payload, &dnsmasq), 0);
}

static inline void hello(uint64_t sk, const char *name, bool ech)
{
	struct bytes message = { .size = 0 }, bytes = { .size = 0 };
	struct eg_payload payload;

	hello_make(&message, &(struct hello_options){ .name = name, .ech = ech });
	hello_records(&bytes, &message, 16384);
	payload = payload_of(sk, 443, true, bytes.data, bytes.size);
	add(&payload);
}

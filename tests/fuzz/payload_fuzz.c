/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Samples of payload as the ring brings them, one after the other: what is learnt are names. */
#include <netinet/in.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>
#include <egret/names.h>

#include <user/names/host.h>
#include <user/probe/record.h>

#include "fuzz.h"

#define SAMPLES_MAX 64

static void learnt(const struct eg_learnt_name *learnt, void *data)
{
	char same[EG_HOST_MAX + 1];
	const char *name = learnt->name.name;

	(void)data;
	fuzz_require(name && !eg_host_normalize(name, strlen(name), same) && !strcmp(name, same));
	fuzz_require(eg_name_source_text(learnt->name.source));
	fuzz_require(eg_name_confidence_text(learnt->name.confidence));
}

static int add(const struct eg_payload *payload, void *data)
{
	static const struct eg_names_app apps[] = {
		{ .id = "exe:/usr/bin/curl", .executable = "/usr/bin/curl", .uid = 1000 },
		{ .id = "unit:dnsmasq.service", .executable = "/usr/sbin/dnsmasq", .uid = 100 },
	};

	return eg_names_add(data, payload, &apps[payload->proc.tgid % ARRAY_SIZE(apps)]);
}

/* Six bytes say what it is, then comes what was sent or received. Returns how much was taken. */
static size_t make(const uint8_t *data, size_t size, uint64_t time, struct eg_payload *payload)
{
	static const uint16_t ports[] = { 53, 443, 80, 5353, 25, 853, 3128, 8443 };
	size_t length;

	if (size < 6)
		return 0;
	length = (size_t)(data[4] << 8 | data[5]) % (EG_PAYLOAD_LARGE + 1);
	if (length > size - 6)
		length = size - 6;
	*payload = (struct eg_payload){
		.header = { .type = EG_RECORD_PAYLOAD, .size = sizeof(*payload), .time_ns = time },
		.socket = { .sk = data[0] & 3, .born_ns = 1 },
		.proc = { .tgid = data[0] >> 2 & 1, .exec_id = 1 },
		.ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, data[1] & 7 },
		.port = ports[data[1] >> 3 & 7],
		.transport = data[2] & 1 ? IPPROTO_TCP : IPPROTO_UDP,
		.net_ns = data[2] >> 1 & 1,
		.flags = data[2] >> 2 & (EG_PAYLOAD_SENT | EG_PAYLOAD_SERVER),
		.direction = data[2] >> 4 & 1,
		.offset = (uint32_t)(data[2] >> 5) * data[3],
		.total = data[2] & 1 ? 0 : (uint32_t)length,
		.segment = data[3] & 1 ? (uint16_t)(data[3] << 3) : 0,
		.size = (uint16_t)length,
	};
	memcpy(payload->data, data + 6, length);
	return 6 + length;
}

static void ask(struct eg_names *names, const struct eg_payload *payload)
{
	struct eg_known_name known[EG_NAMES_CANDIDATES];
	const struct eg_networks network = { .ids = { payload->net_ns }, .count = 1 };
	const struct eg_names_question question = {
		.app = "exe:/usr/bin/curl",
		.networks = &network,
		.ip = payload->ip,
		.first_ns = 1,
		.last_ns = UINT64_MAX,
	};

	eg_names_of_socket(names, &payload->socket, payload->ip, known);
	fuzz_require(eg_names_of_address(names, &question, known) <= EG_NAMES_CANDIDATES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct eg_names_sink sink = { .learnt = learnt };
	static struct eg_payload payload;
	struct eg_probe_sink probe = { .payload = add };
	struct eg_names *names = NULL;
	size_t taken;

	fuzz_require(eg_names_new("/nonexistent", &sink, &names) == 0);
	probe.data = names;
	for (uint64_t i = 1; i < SAMPLES_MAX; i++) {
		taken = make(data, size, i * NSEC_PER_SEC, &payload);
		if (!taken)
			break;
		fuzz_require(record_deliver(&probe, &payload, sizeof(payload)) == 0);
		ask(names, &payload);
		data += taken;
		size -= taken;
	}
	eg_names_free(names);
	return 0;
}

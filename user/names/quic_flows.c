/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QUIC's ClientHellos that are being put together, each of one socket to one peer. */
#include "quic_flows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "quic.h"
#include "recent.h"

struct key {
	struct eg_sample_key socket;
	uint8_t ip[16];
	uint64_t port;
};

struct eg_quic_flows {
	struct eg_quic_crypto *crypto; /* NULL: there is none */
	struct eg_recent *flows; /* struct key -> struct eg_quic_flow * */
	struct eg_quic_flow single; /* that one datagram completes, as it nearly always does */
};

static void release(void *value)
{
	struct eg_quic_flow **flow = value;

	free(*flow);
}

struct eg_quic_flows *eg_quic_flows_new(void)
{
	struct eg_quic_flows *flows = calloc(1, sizeof(*flows));

	if (!flows)
		return NULL;
	flows->flows = eg_recent_new(sizeof(struct key), sizeof(struct eg_quic_flow *),
				     EG_QUIC_FLOWS_MAX, release);
	if (flows->flows && eg_quic_crypto_new(&flows->crypto) != -ENOMEM)
		return flows;
	eg_quic_flows_free(flows);
	return NULL;
}

void eg_quic_flows_free(struct eg_quic_flows *flows)
{
	if (!flows)
		return;
	eg_quic_crypto_free(flows->crypto);
	eg_recent_free(flows->flows);
	free(flows);
}

bool eg_quic_flows_readable(const struct eg_quic_flows *flows)
{
	return flows->crypto;
}

static struct key key_of(const struct eg_payload *payload)
{
	struct key key = { .socket = payload->socket, .port = payload->port };

	memcpy(key.ip, payload->ip, sizeof(key.ip));
	return key;
}

/* Keeps what is in flows->single. 0 or -ENOMEM. */
static int keep(struct eg_quic_flows *flows, uint64_t owner, const struct key *key)
{
	struct eg_quic_flow *copy = malloc(sizeof(*copy)), **kept;

	kept = copy ? eg_recent_add(flows->flows, owner, key) : NULL;
	if (!kept) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, &flows->single, sizeof(*copy));
	*kept = copy;
	return 0;
}

int eg_quic_flows_add(struct eg_quic_flows *flows, uint64_t owner, const struct eg_payload *payload,
		      const uint8_t *datagram, size_t size, struct eg_tls_hello *ret_hello)
{
	struct key key = key_of(payload);
	struct eg_quic_flow **kept = eg_recent_find(flows->flows, &key);
	struct eg_quic_flow *flow = kept ? *kept : &flows->single;
	int r;

	if (!flows->crypto)
		return -EBADMSG;
	if (!kept) {
		flow->keyed = false;
		flow->ranges_count = 0;
	}
	r = eg_quic_add(flows->crypto, flow, datagram, size, ret_hello);
	if (r == -EAGAIN && !kept && keep(flows, owner, &key) < 0)
		return -ENOMEM;
	if (r == 0)
		eg_recent_remove(flows->flows, &key);
	return r;
}

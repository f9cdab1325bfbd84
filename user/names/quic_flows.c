/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QUIC's ClientHellos that are being put together, each of one socket to one peer. */
#include "quic_flows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connections.h"
#include "quic.h"
#include "recent.h"

struct key {
	struct eg_sample_key socket;
	uint8_t ip[16];
	uint64_t port;
};

struct entry {
	struct eg_quic_flow *flow;
	struct eg_sample_key socket;
	uint64_t kept_ns;
};

struct eg_quic_flows {
	struct eg_quic_crypto *crypto; /* NULL until something is to be read */
	bool unreadable; /* libcrypto is not there, or not able to */
	struct eg_recent *flows; /* struct key -> struct entry */
	struct eg_quic_flow single; /* that one datagram completes, as it nearly always does */
};

static void release(void *value)
{
	struct entry *entry = value;

	if (entry->flow)
		explicit_bzero(entry->flow, sizeof(*entry->flow));
	free(entry->flow);
}

struct eg_quic_flows *eg_quic_flows_new(void)
{
	struct eg_quic_flows *flows = calloc(1, sizeof(*flows));

	if (!flows)
		return NULL;
	flows->unreadable = !eg_quic_crypto_built();
	flows->flows =
		eg_recent_new(sizeof(struct key), sizeof(struct entry), EG_QUIC_FLOWS_MAX, release);
	if (!flows->flows) {
		free(flows);
		return NULL;
	}
	return flows;
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
	return !flows->unreadable;
}

/* At the first use: libcrypto's tables are 2 MB that a host without QUIC need not hold. */
static int ready_crypto(struct eg_quic_flows *flows)
{
	int r;

	if (flows->crypto)
		return 0;
	if (flows->unreadable)
		return -EOPNOTSUPP;
	r = eg_quic_crypto_new(&flows->crypto);
	flows->unreadable = r == -EOPNOTSUPP;
	return r;
}

static struct key key_of(const struct eg_payload *payload)
{
	struct key key = { .socket = eg_connections_socket(payload), .port = payload->port };

	memcpy(key.ip, payload->ip, sizeof(key.ip));
	return key;
}

/* Keeps what is in flows->single. 0 or -ENOMEM. */
static int keep(struct eg_quic_flows *flows, uint64_t owner, const struct key *key, uint64_t now_ns)
{
	struct eg_quic_flow *copy = malloc(sizeof(*copy));
	struct entry *kept;

	kept = copy ? eg_recent_add(flows->flows, owner, key) : NULL;
	if (!kept) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, &flows->single, sizeof(*copy));
	*kept = (struct entry){ .flow = copy, .socket = key->socket, .kept_ns = now_ns };
	return 0;
}

int eg_quic_flows_add(struct eg_quic_flows *flows, uint64_t owner, const struct eg_payload *payload,
		      const uint8_t *datagram, size_t size, struct eg_tls_hello *ret_hello)
{
	struct key key = key_of(payload);
	struct entry *kept = eg_recent_find(flows->flows, &key);
	struct eg_quic_flow *flow = kept ? kept->flow : &flows->single;
	int r;

	r = ready_crypto(flows);
	if (r < 0)
		return r == -ENOMEM ? r : -EBADMSG;
	r = eg_quic_add(flows->crypto, flow, datagram, size, ret_hello);
	if (kept)
		kept->kept_ns = payload->header.time_ns;
	else if (r == -EAGAIN && keep(flows, owner, &key, payload->header.time_ns) < 0)
		r = -ENOMEM;
	explicit_bzero(&flows->single, sizeof(flows->single));
	if (r == 0)
		eg_recent_remove(flows->flows, &key);
	return r;
}

static bool is_idle(const void *value, const void *data)
{
	const struct entry *entry = value;
	const uint64_t *now_ns = data;

	return *now_ns > entry->kept_ns + EG_QUIC_IDLE_NS;
}

void eg_quic_flows_expire(struct eg_quic_flows *flows, uint64_t now_ns)
{
	eg_recent_expire(flows->flows, is_idle, &now_ns);
}

static bool is_of(const void *value, const void *data)
{
	const struct entry *entry = value;
	const struct eg_sample_key *socket = data;

	return entry->socket.sk == socket->sk && entry->socket.born_ns == socket->born_ns;
}

void eg_quic_flows_forget(struct eg_quic_flows *flows, const struct eg_sample_key *socket)
{
	eg_recent_expire(flows->flows, is_of, socket);
}

size_t eg_quic_flows_count(const struct eg_quic_flows *flows)
{
	return eg_recent_count(flows->flows);
}

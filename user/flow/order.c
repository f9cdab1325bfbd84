/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The order of everything that is printed (contract section 3). */
#include "order.h"
#include "texts.h"

#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>
#include <egret/ip.h>

/* Largest first. */
static int order_bytes(const struct eg_bytes *a, const struct eg_bytes *b)
{
	int r = EG_ORDER(b->sent, a->sent);

	return r ? r : EG_ORDER(b->received, a->received);
}

int eg_order_apps(const struct eg_app *a, const struct eg_app *b)
{
	int r = order_bytes(&a->counters.bytes, &b->counters.bytes);

	return r ? r : strcmp(a->id, b->id);
}

static int order_ips(const struct eg_destination_key *a, const struct eg_destination_key *b)
{
	int r = b->has_ip - a->has_ip;

	if (r || !a->has_ip)
		return r;
	r = eg_ip_is_ipv4(b->ip) - eg_ip_is_ipv4(a->ip);
	return r ? r : memcmp(a->ip, b->ip, sizeof(a->ip));
}

static int order_transports(uint16_t a, uint16_t b)
{
	char a_name[16], b_name[16];

	if (a == b)
		return 0;
	return strcmp(eg_transport_name(a, a_name), eg_transport_name(b, b_name));
}

static int order_keys(const struct eg_destination_key *a, const struct eg_destination_key *b)
{
	int r = order_ips(a, b);

	if (!r)
		r = b->has_port - a->has_port;
	if (!r)
		r = EG_ORDER(a->port, b->port);
	if (!r)
		r = a->overflow - b->overflow;
	if (!r)
		r = order_transports(a->transport, b->transport);
	/* "inbound" before "outbound" */
	return r ? r : b->direction - a->direction;
}

int eg_order_destinations(const struct eg_destination *a, const struct eg_destination *b)
{
	int r = order_bytes(&a->counters.bytes, &b->counters.bytes);

	return r ? r : order_keys(&a->key, &b->key);
}

int eg_order_processes(const struct eg_process_info *a, const struct eg_process_info *b)
{
	int r = !a->start - !b->start;

	if (!r)
		r = EG_ORDER(a->start, b->start);
	return r ? r : EG_ORDER(a->pid, b->pid);
}

/* How far a name is to be believed: best first, what we don't know last. */
static size_t rank_of(const char *confidence)
{
	static const char *const ranks[] = { "corroborated", "observed", "claimed", "inferred",
					     "outer" };
	size_t rank = 0;

	while (rank < ARRAY_SIZE(ranks) && (!confidence || strcmp(confidence, ranks[rank]) != 0))
		rank++;
	return rank;
}

int eg_order_names(const struct eg_name *a, const struct eg_name *b)
{
	int r = EG_ORDER(rank_of(a->confidence), rank_of(b->confidence));

	return r ? r : eg_text_group_compare(&eg_name_texts, a, b);
}

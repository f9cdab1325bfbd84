/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One contact of a program with somebody: an address out of a pool, a name, a place, bytes. */
#include "contact.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>

/* Somebody to talk to, before it is a row. */
struct peer {
	struct eg_destination_key key;
	const struct network *network;
	const char *registered; /* NULL: no name is known */
	const char *owner, *owner_country;
	char domain[80], site[48];
};

/* --- addresses --- */

static void set_ipv4(struct eg_destination_key *key, const uint8_t begin[2], unsigned number)
{
	const uint8_t ip[16] = { [10] = 0xff,	 0xff, begin[0], begin[1], (uint8_t)(number >> 8),
				 (uint8_t)number };

	memcpy(key->ip, ip, sizeof(ip));
	key->has_ip = true;
}

static void set_ipv6(struct eg_destination_key *key, const uint16_t begin[2], unsigned number)
{
	const uint8_t ip[16] = { [0] = (uint8_t)(begin[0] >> 8),
				 (uint8_t)begin[0],
				 (uint8_t)(begin[1] >> 8),
				 (uint8_t)begin[1],
				 0x40,
				 (uint8_t)(number >> 12),
				 [14] = (uint8_t)(number >> 8),
				 (uint8_t)number };

	memcpy(key->ip, ip, sizeof(ip));
	key->has_ip = true;
}

/* The address number `member` of the pool number `pool` that serves the host's region. */
static void set_address(const struct fleet_host *host, struct peer *peer, unsigned pool,
			unsigned member)
{
	struct dice dice = dice_of(pool, peer->network->anycast ? 0 : 1 + host->region, member);
	unsigned number = (unsigned)dice_number(&dice) & 0xffff;

	/* A host has IPv6 or not, and then takes it where there is some. */
	if (peer->network->ipv6[0] && host->seed % 5 < 2)
		set_ipv6(&peer->key, peer->network->ipv6, number);
	else
		set_ipv4(&peer->key, peer->network->ipv4, number);
}

static void set_local_address(const struct fleet_host *host, struct peer *peer, unsigned number)
{
	const uint8_t site[2] = { 10, (uint8_t)(host->seed % 40) };

	set_ipv4(&peer->key, site, number);
}

/* --- whom --- */

static void choose_site(const struct fleet_host *host, struct dice *dice, struct peer *peer)
{
	unsigned number = dice_rank(dice, SITES), part = dice_choice(dice, 3);
	struct dice site = dice_of(number, 0, 0);
	unsigned word = dice_choice(&site, 1U << 16);
	static const char *const parts[] = { "www", "cdn", "api" };

	peer->network = &networks[site_network(dice_choice(&site, 1U << 16))];
	snprintf(peer->site, sizeof(peer->site), "%s-%s%u.%s", site_word(word),
		 site_word(word >> 5), number, site_ending(word >> 10));
	snprintf(peer->domain, sizeof(peer->domain), "%s.%s", parts[part], peer->site);
	peer->registered = peer->site;
	peer->key.port = 443;
	/* Sites behind the same network share its addresses. */
	set_address(host, peer, 1000 + number % 300, dice_choice(dice, 2));
	peer->key.transport = dice_choice(dice, 4) ? IPPROTO_TCP : IPPROTO_UDP;
	peer->key.has_port = true;
}

static void choose_peer(struct dice *dice, struct peer *peer)
{
	static const enum network_id homes[] = { TELEKOM, COMCAST, NTT, HETZNER };

	peer->network = &networks[homes[dice_choice(dice, ARRAY_SIZE(homes))]];
	set_ipv4(&peer->key, peer->network->ipv4, dice_choice(dice, 1U << 16));
	peer->key.port = (uint16_t)(1024 + dice_choice(dice, 64000));
	peer->key.transport = dice_choice(dice, 3) ? IPPROTO_UDP : IPPROTO_TCP;
	peer->key.has_port = true;
}

static void choose_member(const struct fleet_host *host, enum service_id id, struct dice *dice,
			  struct peer *peer)
{
	const struct service *service = &services[id];
	unsigned name = service->names ? dice_choice(dice, service->names) : 0;
	unsigned address = dice_rank(dice, service->addresses ? service->addresses : 1);

	peer->network = &networks[service->network];
	peer->key.port = service->port;
	peer->key.transport = service->transport;
	peer->key.has_port = service->port > 0;
	if (service->network == LAN)
		set_local_address(host, peer, id * 8U + address);
	else
		set_address(host, peer, id, address);
	if (!service->registered)
		return;
	peer->registered = service->registered;
	peer->owner = service->owner;
	peer->owner_country = service->owner_country;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(peer->domain, sizeof(peer->domain), service->host, name, name);
#pragma GCC diagnostic pop
}

/* The first of the program's services half the time, the second half of the rest, and so on. */
static enum service_id choose_service(const struct program *program, struct dice *dice)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(program->services) && program->services[i + 1] != NOTHING &&
	       dice_choice(dice, 2))
		i++;
	return (enum service_id)program->services[i];
}

/* Who is told that somebody reads a page: what it has built in. */
static enum service_id choose_watcher(struct dice *dice)
{
	static const enum service_id watchers[] = { GOOGLE_ANALYTICS, GOOGLE_ADS, FACEBOOK_GRAPH,
						    YANDEX_METRICA,   SENTRY,	  CDNJS };

	return watchers[dice_rank(dice, ARRAY_SIZE(watchers))];
}

static void choose(const struct fleet_host *host, const struct program *program, struct dice *dice,
		   struct peer *peer)
{
	enum service_id id = choose_service(program, dice);

	if (id == THE_WEB && dice_choice(dice, 5) < 2)
		id = choose_watcher(dice);
	if (id == THE_WEB)
		choose_site(host, dice, peer);
	else if (id == PEERS)
		choose_peer(dice, peer);
	else
		choose_member(host, id, dice, peer);
	if (program->inbound) {
		peer->key.port = program->inbound;
		peer->key.transport = IPPROTO_TCP;
		peer->key.direction = EG_INBOUND;
		peer->registered = NULL;
	}
	if (strcmp(program->kind, "kernel") == 0) {
		peer->key.transport = IPPROTO_ICMP;
		peer->key.has_port = false;
	}
}

/* --- how much, and what comes of it --- */

/* One in fifty fails; *ret_errno then is why. */
static struct eg_counters count(const struct program *program, const struct eg_period *period,
				struct dice *dice, int *ret_errno)
{
	static const int reasons[] = { ECONNREFUSED, ETIMEDOUT,	 ETIMEDOUT, EHOSTUNREACH,
				       ENETUNREACH,  ECONNRESET, 0 };
	double length = (double)(period->end - period->start);
	double begin = dice_share(dice), sent = dice_amount(dice, program->sent);
	struct eg_counters counters = { .first_seen = period->start + (int64_t)(begin * length) };

	counters.connections = dice_choice(dice, 6) != 0; /* else one that was there before */
	counters.last_seen =
		counters.first_seen + (int64_t)(dice_share(dice) * (1 - begin) * length);
	*ret_errno = -1;
	if (dice_choice(dice, 50) == 0) {
		*ret_errno = reasons[dice_choice(dice, ARRAY_SIZE(reasons))];
		counters.connections = counters.failed = 1;
		return counters;
	}
	counters.bytes.sent = (uint64_t)sent;
	counters.bytes.received = (uint64_t)dice_amount(dice, sent * program->ratio);
	return counters;
}

/* The shortest round trip: by distance. */
static uint32_t round_trip(const struct fleet_host *host, const struct peer *peer,
			   struct dice *dice)
{
	uint32_t spread = dice_choice(dice, 4000);

	if (peer->key.transport != IPPROTO_TCP)
		return 0;
	if (peer->network == &networks[LAN])
		return 180 + spread / 16;
	if (peer->network->anycast || peer->network->served_from[host->region])
		return 7000 + spread;
	return 90000 + 16 * spread;
}

/* --- the row --- */

static int set_domain(struct eg_detail *detail, const struct eg_name *name, const char *registered)
{
	free(detail->domain);
	free(detail->domain_source);
	free(detail->domain_confidence);
	free(detail->registered_domain);
	detail->domain = strdup(name->name);
	detail->domain_source = strdup(name->source);
	detail->domain_confidence = strdup(name->confidence);
	detail->registered_domain = strdup(registered);
	return detail->domain && detail->domain_source && detail->domain_confidence &&
			       detail->registered_domain
		       ? 0
		       : -ENOMEM;
}

/* The domain is that of the most bytes, as egret chooses it. */
static int add_name(struct eg_destination *row, const struct peer *peer,
		    const struct eg_counters *counters)
{
	bool encrypted = peer->key.port == 443, quic = peer->key.transport == IPPROTO_UDP;
	const char *source = !encrypted ? "dns" : quic ? "quic_sni" : "tls_sni";
	const char *confidence = encrypted ? "corroborated" : "claimed";
	int r = eg_destination_add_name(row, peer->domain, source, confidence,
					counters->connections, &counters->bytes);
	const struct eg_name *best = NULL;

	for (size_t i = 0; r == 0 && i < row->detail->names_count; i++) {
		const struct eg_name *name = &row->detail->names[i];

		if (!best || name->bytes.sent + name->bytes.received >
				     best->bytes.sent + best->bytes.received)
			best = name;
	}
	if (r == 0 && best && (!row->detail->domain || strcmp(best->name, peer->domain) == 0))
		r = set_domain(row->detail, best, peer->registered);
	return r;
}

static int set_place(const struct fleet_host *host, struct eg_app *app, struct eg_destination *row,
		     const struct peer *peer)
{
	const struct network *network = peer->network;
	const char *nearby = network->served_from[host->region];
	/* As eg_place, which owns its texts; they are copied. */
	struct eg_place place = {
		.as_organization = (char *)(uintptr_t)network->name,
		.as_country = (char *)(uintptr_t)network->country,
		.as_number = network->number,
		.owner_name = (char *)(uintptr_t)peer->owner,
		.owner_country = (char *)(uintptr_t)peer->owner_country,
		.anycast = network->anycast ? EG_YES : EG_NO,
	};

	if (!network->name)
		return 0;
	if (!network->anycast) {
		place.country = (char *)(uintptr_t)(nearby ? nearby : network->country);
		place.country_basis = (char *)(uintptr_t) "geolocation";
	}
	if (peer->owner)
		place.owner_source = (char *)(uintptr_t) "owners.tsv";
	return eg_app_set_place(app, row, &place);
}

int contact_add(const struct fleet_host *host, const struct program *program, struct eg_app *app,
		const struct eg_period *period, struct dice *dice)
{
	struct peer peer = { .key = { .direction = EG_OUTBOUND } };
	struct eg_counters counters;
	struct eg_destination *row;
	int error, r;

	choose(host, program, dice, &peer);
	counters = count(program, period, dice, &error);
	r = eg_app_add(app, &peer.key, &counters, error < 0 ? round_trip(host, &peer, dice) : 0,
		       &row);
	if (r < 0)
		return r;
	row->scope = (uint8_t)eg_scope_of(peer.key.ip);
	if (error >= 0)
		r = eg_destination_add_error(row, error, 1);
	if (r == 0 && peer.registered)
		r = add_name(row, &peer, &counters);
	return r == 0 ? set_place(host, app, row, &peer) : r;
}

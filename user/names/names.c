/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From samples of payload to names: who was told what, and what each connection says itself. */
#include <egret/names.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#include "connections.h"
#include "cursor.h"
#include "dns.h"
#include "facts.h"
#include "hosts.h"
#include "queries.h"
#include "quic.h"
#include "quic_flows.h"
#include "recent.h"
#include "resolvers.h"
#include "streams.h"
#include "tls.h"

#define SEGMENTS_MAX 64 /* UDP_MAX_SEGMENTS */
#define PUBLIC_NAMES_MAX 1024

/* A name that an app was told. */
struct name_key {
	uint64_t app; /* hash of its id */
	char text[(EG_HOST_MAX + 8) & ~7];
};

struct eg_names {
	struct eg_names_sink sink;
	struct eg_facts *facts;
	struct eg_hosts *hosts;
	struct eg_queries *queries;
	struct eg_connections *connections;
	struct eg_recent *public_names; /* struct name_key: what stands outside with ECH */
	struct eg_quic_flows *quic_flows;
	struct eg_resolvers *resolvers;
	struct eg_streams *streams;
	/* The beginning of a datagram that comes in several records. */
	struct eg_payload first;
	uint8_t datagram[EG_DATAGRAM_MAX];
};

/* What is being looked at. */
struct sample {
	struct eg_names *names;
	const struct eg_payload *payload;
	const struct eg_names_app *app;
	uint64_t owner; /* hash of the app's id: nobody's flood is to push out another's entries */
};

static const char *const sources[] = {
	[EG_NAME_TLS_SNI] = "tls_sni",
	[EG_NAME_QUIC_SNI] = "quic_sni",
	[EG_NAME_HTTP_HOST] = "http_host",
	[EG_NAME_DNS] = "dns",
	[EG_NAME_DNS_OTHER_APP] = "dns_other_app",
	[EG_NAME_HOSTS] = "hosts",
};
_Static_assert(ARRAY_SIZE(sources) == EG_NAME_SOURCE_COUNT, "each source has a name");

static const char *const confidences[] = {
	[EG_NAME_CORROBORATED] = "corroborated",
	[EG_NAME_OBSERVED] = "observed",
	[EG_NAME_CLAIMED] = "claimed",
	[EG_NAME_INFERRED] = "inferred",
	[EG_NAME_OUTER] = "outer",
};
_Static_assert(ARRAY_SIZE(confidences) == EG_NAME_CONFIDENCE_COUNT, "each confidence has a name");

const char *eg_name_source_text(enum eg_name_source source)
{
	return sources[source];
}

const char *eg_name_confidence_text(enum eg_name_confidence confidence)
{
	return confidences[confidence];
}

int eg_names_new(const char *root, const struct eg_names_sink *sink, struct eg_names **ret_names)
{
	struct eg_names *names = calloc(1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	names->sink = *sink;
	names->facts = eg_facts_new();
	names->hosts = eg_hosts_new(root);
	names->queries = eg_queries_new();
	names->resolvers = eg_resolvers_new(root);
	names->streams = eg_streams_new();
	names->connections = eg_connections_new();
	names->public_names = eg_recent_new(sizeof(struct name_key), 0, PUBLIC_NAMES_MAX, NULL);
	names->quic_flows = eg_quic_flows_new();
	if (!names->facts || !names->hosts || !names->queries || !names->resolvers ||
	    !names->streams || !names->connections || !names->public_names || !names->quic_flows) {
		eg_names_free(names);
		return -ENOMEM;
	}
	*ret_names = names;
	return 0;
}

void eg_names_free(struct eg_names *names)
{
	if (!names)
		return;
	eg_facts_free(names->facts);
	eg_hosts_free(names->hosts);
	eg_queries_free(names->queries);
	eg_connections_free(names->connections);
	eg_recent_free(names->public_names);
	eg_quic_flows_free(names->quic_flows);
	eg_resolvers_free(names->resolvers);
	eg_streams_free(names->streams);
	free(names);
}

const char *eg_names_degraded(const struct eg_names *names)
{
	return eg_quic_flows_readable(names->quic_flows)
		       ? NULL
		       : "names in QUIC are not read: libcrypto is missing, or unable to";
}

static void tell(const struct sample *sample, const uint8_t ip[16], uint16_t port,
		 const struct eg_known_name *name)
{
	const struct eg_learnt_name learnt = {
		.payload = sample->payload, .ip = ip, .port = port, .name = *name
	};

	if (sample->names->sink.learnt)
		sample->names->sink.learnt(&learnt, sample->names->sink.data);
}

/* --- DNS --- */

static struct name_key name_key_of(const struct sample *sample, const char *text)
{
	struct name_key key = { .app = sample->owner };

	memcpy(key.text, text, strlen(text));
	return key;
}

/* Of this app only: what one looks up must not hide the names of others. */
static int learn_public_name(const struct sample *sample, const char *text)
{
	struct name_key key;

	if (!*text)
		return 0;
	key = name_key_of(sample, text);
	return eg_recent_add(sample->names->public_names, sample->owner, &key) ? 0 : -ENOMEM;
}

static int learn_answer(const struct sample *sample, const struct eg_dns_message *answer)
{
	const struct eg_payload *payload = sample->payload;
	struct eg_fact fact = {
		.app = sample->app->id,
		.name = answer->name,
		.net_ns = payload->net_ns,
		.learnt_ns = payload->header.time_ns,
		.trusted = eg_resolvers_trust(sample->names->resolvers, sample->app,
					      payload->net_ns, payload->ip,
					      payload->header.time_ns),
	};
	const struct eg_known_name name = {
		.name = answer->name,
		.source = EG_NAME_DNS,
		.confidence = fact.trusted ? EG_NAME_OBSERVED : EG_NAME_CLAIMED,
	};

	for (size_t i = 0; i < answer->addresses_count; i++) {
		memcpy(fact.ip, answer->addresses[i].ip, sizeof(fact.ip));
		fact.ttl = answer->addresses[i].ttl;
		if (eg_facts_learn(sample->names->facts, &fact) < 0)
			return -ENOMEM;
		tell(sample, fact.ip, 0, &name);
	}
	return learn_public_name(sample, answer->public_name);
}

static int add_dns(const struct sample *sample, const uint8_t *bytes, size_t size, bool cut)
{
	const struct eg_payload *payload = sample->payload;
	bool sent = payload->flags & EG_PAYLOAD_SENT;
	struct eg_dns_message message;

	if (eg_dns_parse(bytes, size, cut, &message) < 0 || message.response == sent ||
	    !message.name[0])
		return 0;
	if (sent) {
		eg_resolvers_asked(sample->names->resolvers, sample->app, payload->net_ns,
				   payload->header.time_ns);
		return eg_queries_ask(sample->names->queries, sample->owner, payload, &message);
	}
	if (!eg_queries_answer(sample->names->queries, payload, &message) || message.rcode)
		return 0;
	return learn_answer(sample, &message);
}

/* Over TCP each message has its length in front (RFC 1035 section 4.2.2). */
static int read_dns_stream(const struct sample *sample, const uint8_t *bytes, size_t size)
{
	const struct eg_payload *payload = sample->payload;
	struct eg_cursor cursor = eg_cursor_open(bytes, size), message;
	size_t read = 0;
	int r = 0;

	while (eg_cursor_left(&cursor) && r == 0) {
		message = eg_cursor_take(&cursor, eg_cursor_u16(&cursor));
		if (message.failed)
			break;
		read = (size_t)(message.end - bytes);
		r = add_dns(sample, message.at, eg_cursor_left(&message), false);
	}
	return r ? r
		 : eg_streams_keep(sample->names->streams, sample->owner, payload, bytes + read,
				   size - read);
}

/* --- what connections say themselves --- */

static bool is_public_name(const struct sample *sample, const char *text)
{
	const struct name_key key = name_key_of(sample, text);

	return eg_recent_find(sample->names->public_names, &key);
}

/*
 * A name that this app was told for this address by a resolver to be trusted
 * is corroborated. With ECH, one that it was not told may be an outer one: the
 * extension is also sent to keep others company (RFC 9849 section 6.2).
 */
static enum eg_name_confidence judge(const struct sample *sample, const char *name, bool ech)
{
	const struct eg_networks network = { .ids = { sample->payload->net_ns }, .count = 1 };
	const struct eg_names_question question = {
		.app = sample->app->id,
		.networks = &network,
		.ip = sample->payload->ip,
		.first_ns = sample->payload->header.time_ns,
		.last_ns = sample->payload->header.time_ns,
	};

	if (ech && is_public_name(sample, name))
		return EG_NAME_OUTER;
	if (eg_facts_told(sample->names->facts, &question, name))
		return EG_NAME_CORROBORATED;
	return ech ? EG_NAME_OUTER : EG_NAME_CLAIMED;
}

static int set_name(const struct sample *sample, const char *text, enum eg_name_source source,
		    bool ech)
{
	const struct eg_payload *payload = sample->payload;
	struct eg_connections *connections = sample->names->connections;
	struct eg_known_name name = { .name = text, .source = source }, known;
	const struct eg_sample_key socket = eg_connections_socket(payload);

	if (!*text)
		return 0;
	if (eg_connections_find(connections, &socket, payload->ip, &known) &&
	    known.source == source && !strcmp(known.name, text))
		return 0;
	name.confidence = judge(sample, text, ech);
	if (eg_connections_set(connections, sample->owner, &socket, payload->ip, &name) < 0)
		return -ENOMEM;
	tell(sample, payload->ip, payload->port, &name);
	return 0;
}

static int read_stream(const struct sample *sample, const uint8_t *bytes, size_t size)
{
	const struct eg_payload *payload = sample->payload;
	struct eg_streams *streams = sample->names->streams;
	struct eg_stream_name name;
	int r, kept;

	r = eg_stream_name(bytes, size, &name);
	if (r == -EAGAIN) {
		/* Of a tunnel the end is known before what goes through it. */
		kept = eg_streams_keep(streams, sample->owner, payload, bytes, size);
		return kept ? kept : set_name(sample, name.name, name.source, name.ech);
	}
	eg_streams_end(streams, payload);
	return r < 0 ? 0 : set_name(sample, name.name, name.source, name.ech);
}

/* TLS may go to any port: a message of DNS that began as a ClientHello would have 5 KB. */
static int add_stream(const struct sample *sample)
{
	const struct eg_payload *payload = sample->payload;
	bool sent = payload->flags & EG_PAYLOAD_SENT, dns = payload->port == EG_DNS_PORT;
	const uint8_t *bytes;
	size_t size;

	if ((!sent && !dns) || eg_streams_add(sample->names->streams, payload, &bytes, &size) < 0)
		return 0;
	if (dns && !(sent && eg_tls_begins(bytes, size)))
		return read_dns_stream(sample, bytes, size);
	return read_stream(sample, bytes, size);
}

/* --- datagrams --- */

static int add_quic(const struct sample *sample, const uint8_t *bytes, size_t size)
{
	struct eg_tls_hello hello;
	int r = eg_quic_flows_add(sample->names->quic_flows, sample->owner, sample->payload, bytes,
				  size, &hello);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return set_name(sample, hello.name, EG_NAME_QUIC_SNI, hello.ech);
}

static int add_datagram(const struct sample *sample, const uint8_t *bytes, size_t size)
{
	const struct eg_payload *payload = sample->payload;
	size_t segment = payload->segment ? payload->segment : size, length;
	int r = 0;

	/* As DNS, an Initial would ask some hundred questions at once. */
	if (payload->port == EG_DNS_PORT && !eg_quic_begins(bytes, size))
		return add_dns(sample, bytes, size, size < payload->total);
	if (!(payload->flags & EG_PAYLOAD_SENT))
		return 0;
	for (int i = 0; i < SEGMENTS_MAX && size && r == 0; i++) {
		length = size < segment ? size : segment;
		r = add_quic(sample, bytes, length);
		bytes += length;
		size -= length;
	}
	return r;
}

static void drop_datagram(struct eg_names *names)
{
	names->first = (struct eg_payload){ .size = 0 };
	explicit_bzero(names->datagram, sizeof(names->datagram));
}

/* Puts together a datagram that is longer than a record. */
static int add_part(const struct sample *sample)
{
	const struct eg_payload *payload = sample->payload;
	struct eg_names *names = sample->names;
	size_t end = (size_t)payload->offset + payload->size;
	int r;

	if (!payload->offset && (payload->size >= payload->total))
		return add_datagram(sample, payload->data, payload->size);
	if (payload->offset &&
	    (names->first.size != payload->offset ||
	     names->first.header.time_ns != payload->header.time_ns ||
	     memcmp(&names->first.socket, &payload->socket, sizeof(payload->socket)) != 0))
		return 0;
	if (end > sizeof(names->datagram))
		return 0;
	memcpy(&names->first, payload, offsetof(struct eg_payload, data));
	names->first.size = (uint16_t)end;
	memcpy(names->datagram + payload->offset, payload->data, payload->size);
	if (end < payload->total && end < sizeof(names->datagram))
		return 0;
	r = add_datagram(sample, names->datagram, end);
	drop_datagram(names);
	return r;
}

/* --- --- */

int eg_names_add(struct eg_names *names, const struct eg_payload *payload,
		 const struct eg_names_app *app)
{
	const struct sample sample = {
		.names = names,
		.payload = payload,
		.app = app,
		.owner = eg_recent_hash(names->public_names, app->id, strlen(app->id)),
	};

	if (payload->flags & EG_PAYLOAD_SERVER)
		return eg_resolvers_serves(names->resolvers, app, payload->net_ns, payload->ip);
	if (payload->transport == IPPROTO_UDP)
		return add_part(&sample);
	return add_stream(&sample);
}

bool eg_names_of_socket(const struct eg_names *names, const struct eg_sample_key *socket,
			const uint8_t ip[16], struct eg_known_name *ret_name)
{
	return eg_connections_find(names->connections, socket, ip, ret_name);
}

void eg_names_forget(struct eg_names *names, const struct eg_sample_key *socket,
		     const uint8_t ip[16])
{
	eg_connections_forget(names->connections, socket, ip);
	eg_names_end(names, socket);
}

void eg_names_end(struct eg_names *names, const struct eg_sample_key *socket)
{
	eg_streams_forget(names->streams, socket);
	eg_quic_flows_forget(names->quic_flows, socket);
}

void eg_names_expire(struct eg_names *names, uint64_t now_ns)
{
	eg_streams_expire(names->streams, now_ns);
	eg_quic_flows_expire(names->quic_flows, now_ns);
	/* Its parts come one right after the other. */
	if (names->first.size && now_ns > names->first.header.time_ns + EG_QUIC_IDLE_NS)
		drop_datagram(names);
}

size_t eg_names_unfinished(const struct eg_names *names)
{
	return eg_streams_count(names->streams) + eg_quic_flows_count(names->quic_flows) +
	       !!names->first.size;
}

static const char *find_host(const struct eg_names *names, const struct eg_names_question *question)
{
	const struct eg_networks *networks = question->networks;
	const char *name = NULL;

	for (uint32_t i = 0; i < networks->count && !name; i++)
		name = eg_hosts_find(names->hosts, networks->ids[i], question->ip,
				     question->last_ns);
	return name;
}

size_t eg_names_of_address(struct eg_names *names, const struct eg_names_question *question,
			   struct eg_known_name ret_names[static EG_NAMES_CANDIDATES])
{
	size_t count = eg_facts_find(names->facts, question, ret_names);
	const char *name = count ? NULL : find_host(names, question);

	if (!name)
		return count;
	ret_names[0] = (struct eg_known_name){
		.name = name,
		.source = EG_NAME_HOSTS,
		.confidence = EG_NAME_INFERRED,
	};
	return 1;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of destinations: what is known of them, on the rows that it is about. */
#include "naming.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

static bool is_of(const struct eg_name *entry, const struct eg_known_name *name)
{
	return !strcmp(entry->name, name->name) &&
	       !strcmp(entry->source, eg_name_source_text(name->source));
}

/* The row's surest entry of this name from this source; NULL: there is none. */
static const struct eg_name *find_name(const struct eg_destination *destination,
				       const struct eg_known_name *name)
{
	const struct eg_detail *detail = destination->detail;

	for (size_t i = 0; detail && i < detail->names_count; i++)
		if (is_of(&detail->names[i], name))
			return &detail->names[i];
	return NULL;
}

static bool is_as_sure(const struct eg_name *entry, enum eg_name_confidence confidence)
{
	for (int i = 0; i <= (int)confidence; i++)
		if (!strcmp(entry->confidence, eg_name_confidence_text(i)))
			return true;
	return false;
}

/*
 * What was told of an address stays as sure as it was when the row first had it.
 * Told again, it may be surer from then on: that part has an entry of its own.
 */
static int add_name(struct eg_destination *destination, const struct eg_known_name *name,
		    uint64_t connections, const struct eg_bytes *bytes)
{
	const struct eg_name *entry = find_name(destination, name);
	const char *confidence = eg_name_confidence_text(name->confidence);

	if (entry && name->source >= EG_NAME_DNS && is_as_sure(entry, name->confidence))
		confidence = entry->confidence;
	if (!entry && destination->detail && destination->detail->names_count >= NAMES_PER_ROW)
		return 0;
	if (entry && !connections && !bytes->sent && !bytes->received)
		return 0;
	return eg_destination_add_name(destination, name->name, eg_name_source_text(name->source),
				       confidence, connections, bytes);
}

/* --- the domain --- */

static int set_text(char **text, const char *value)
{
	char *copy;

	if (*text && !strcmp(*text, value))
		return 0;
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	free(*text);
	*text = copy;
	return 0;
}

static int set_domain(struct eg_detail *detail, const char *name, const char *source,
		      const char *confidence)
{
	int error = set_text(&detail->domain, name);

	if (!error)
		error = set_text(&detail->domain_source, source);
	return error ? error : set_text(&detail->domain_confidence, confidence);
}

static bool is_own(const struct eg_name *name)
{
	static const enum eg_name_source sources[] = { EG_NAME_TLS_SNI, EG_NAME_QUIC_SNI,
						       EG_NAME_HTTP_HOST };

	if (!strcmp(name->confidence, eg_name_confidence_text(EG_NAME_OUTER)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		if (!strcmp(name->source, eg_name_source_text(sources[i])))
			return true;
	return false;
}

static uint64_t weight(const struct eg_name *name)
{
	return name->bytes.sent + name->bytes.received;
}

/* Of the names that connections have shown, that of the most bytes; NULL: there is none. */
static const struct eg_name *heaviest(const struct eg_detail *detail)
{
	const struct eg_name *best = NULL;

	for (size_t i = 0; detail && i < detail->names_count; i++)
		if (is_own(&detail->names[i]) &&
		    (!best || weight(&detail->names[i]) > weight(best)))
			best = &detail->names[i];
	return best;
}

/* Of this name, the entry of the most bytes if it has more than `best` (NULL: none yet). */
static const struct eg_name *heavier(const struct eg_detail *detail,
				     const struct eg_known_name *name, const struct eg_name *best)
{
	for (size_t i = 0; detail && i < detail->names_count; i++)
		if (is_of(&detail->names[i], name) &&
		    (!best || weight(&detail->names[i]) > weight(best)))
			best = &detail->names[i];
	return best;
}

/* Of what was told of the address, what has the most bytes, and else the first. */
static const struct eg_name *heaviest_told(const struct eg_destination *destination,
					   const struct eg_known_name *told, size_t count)
{
	const struct eg_name *best = NULL;

	for (size_t i = 0; i < count; i++)
		best = heavier(destination->detail, &told[i], best);
	return best;
}

/* Of several that were told, and none with bytes, any may be meant: that is less sure. */
static int choose_domain(struct eg_destination *destination, const struct eg_known_name *told,
			 size_t count)
{
	const struct eg_name *name = heaviest(destination->detail);
	const char *confidence;

	if (name)
		return set_domain(destination->detail, name->name, name->source, name->confidence);
	name = heaviest_told(destination, told, count);
	if (!name)
		return 0;
	confidence = count > 1 && !weight(name) ? eg_name_confidence_text(EG_NAME_INFERRED)
						: name->confidence;
	return set_domain(destination->detail, name->name, name->source, confidence);
}

/* --- --- */

/*
 * Bytes of a connection without a name of its own belong to the name of the
 * address, if it has one only: of several nobody can tell.
 */
static int add_told(struct eg_names *names, const struct eg_gain *gain,
		    const struct eg_names_question *question, bool named,
		    struct eg_destination *destination)
{
	struct eg_known_name told[EG_NAMES_CANDIDATES];
	size_t count = eg_names_of_address(names, question, told);
	bool clear = count == 1 && !named;
	const struct eg_bytes bytes = {
		.sent = clear ? gain->delta.bytes_sent : 0,
		.received = clear ? gain->delta.bytes_received : 0,
	};
	int error = 0;

	for (size_t i = 0; !error && i < count; i++)
		error = add_name(destination, &told[i], clear ? gain->delta.connections : 0,
				 &bytes);
	return error ? error : choose_domain(destination, told, count);
}

int naming_add(struct eg_names *names, const struct eg_gain *gain, const char *app,
	       const struct eg_networks *networks, struct eg_destination *destination)
{
	const struct eg_names_question question = {
		.app = app,
		.networks = networks,
		.ip = gain->row.ip,
		.first_ns = gain->delta.first_ns,
		.last_ns = gain->delta.last_ns,
	};
	const struct eg_bytes bytes = { .sent = gain->delta.bytes_sent,
					.received = gain->delta.bytes_received };
	struct eg_known_name own;
	bool named = gain->socket.born_ns &&
		     eg_names_of_socket(names, &gain->socket, gain->row.ip, &own);
	int error = 0;

	if (gain->row.flags & (EG_FLOW_NO_IP | EG_FLOW_OVERFLOW) ||
	    gain->row.direction != EG_OUTBOUND)
		return 0;
	if (named)
		error = add_name(destination, &own, gain->delta.connections, &bytes);
	if (!error && (!named || own.confidence == EG_NAME_OUTER))
		error = add_told(names, gain, &question, named, destination);
	else if (!error)
		error = choose_domain(destination, NULL, 0);
	/* Of an MPTCP connection other parts may be heard of yet, but no more payload. */
	if (gain->ended && gain->row.transport == EG_TRANSPORT_MPTCP)
		eg_names_end(names, &gain->socket);
	else if (gain->ended)
		eg_names_forget(names, &gain->socket, gain->row.ip);
	return error;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What connections have said themselves: of each the last name. */
#include "connections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recent.h"

struct key {
	struct eg_sample_key socket;
	uint8_t ip[16];
};

struct connection {
	char *name;
	enum eg_name_source source;
	enum eg_name_confidence confidence;
};

struct eg_connections {
	struct eg_recent *connections; /* struct key -> struct connection */
};

static void release(void *value)
{
	struct connection *connection = value;

	free(connection->name);
}

struct eg_connections *eg_connections_new(void)
{
	struct eg_connections *connections = calloc(1, sizeof(*connections));

	if (!connections)
		return NULL;
	connections->connections = eg_recent_new(sizeof(struct key), sizeof(struct connection),
						 EG_CONNECTIONS_MAX, release);
	if (connections->connections)
		return connections;
	free(connections);
	return NULL;
}

void eg_connections_free(struct eg_connections *connections)
{
	if (!connections)
		return;
	eg_recent_free(connections->connections);
	free(connections);
}

struct eg_sample_key eg_connections_socket(const struct eg_payload *payload)
{
	return payload->speaker ? (struct eg_sample_key){ .born_ns = payload->speaker }
				: payload->socket;
}

static struct key key_of(const struct eg_sample_key *socket, const uint8_t ip[16])
{
	struct key key = { .socket = *socket };

	memcpy(key.ip, ip, sizeof(key.ip));
	return key;
}

bool eg_connections_find(const struct eg_connections *connections,
			 const struct eg_sample_key *socket, const uint8_t ip[16],
			 struct eg_known_name *ret_name)
{
	const struct key key = key_of(socket, ip);
	const struct connection *connection = eg_recent_find(connections->connections, &key);

	if (!connection || !connection->name)
		return false;
	*ret_name = (struct eg_known_name){
		.name = connection->name,
		.source = connection->source,
		.confidence = connection->confidence,
	};
	return true;
}

int eg_connections_set(struct eg_connections *connections, uint64_t owner,
		       const struct eg_sample_key *socket, const uint8_t ip[16],
		       const struct eg_known_name *name)
{
	const struct key key = key_of(socket, ip);
	struct connection *connection = eg_recent_add(connections->connections, owner, &key);
	char *copy = strdup(name->name);

	if (!connection || !copy) {
		free(copy);
		return -ENOMEM;
	}
	free(connection->name);
	*connection = (struct connection){
		.name = copy,
		.source = name->source,
		.confidence = name->confidence,
	};
	return 0;
}

void eg_connections_forget(struct eg_connections *connections, const struct eg_sample_key *socket,
			   const uint8_t ip[16])
{
	const struct key key = key_of(socket, ip);

	eg_recent_remove(connections->connections, &key);
}

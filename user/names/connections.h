/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What connections have said themselves: of each the last name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <egret/names.h>

#define EG_CONNECTIONS_MAX 65536

struct eg_connections;

struct eg_connections *eg_connections_new(void); /* NULL: no memory */
void eg_connections_free(struct eg_connections *connections);

/* The socket that a payload is of, as struct eg_gain has it. */
struct eg_sample_key eg_connections_socket(const struct eg_payload *payload);

/*
 * What this socket has said to this peer, of which it may have many; false:
 * nothing. The name is valid until something is set or forgotten.
 */
bool eg_connections_find(const struct eg_connections *connections,
			 const struct eg_sample_key *socket, const uint8_t ip[16],
			 struct eg_known_name *ret_name);
/* Copies the name; `owner`: as eg_recent_add() has it. 0 or -ENOMEM. */
int eg_connections_set(struct eg_connections *connections, uint64_t owner,
		       const struct eg_sample_key *socket, const uint8_t ip[16],
		       const struct eg_known_name *name);
void eg_connections_forget(struct eg_connections *connections, const struct eg_sample_key *socket,
			   const uint8_t ip[16]);

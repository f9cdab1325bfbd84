/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a destination is called: read from what programs send and are answered, never asked for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <egret/abi.h>

struct eg_names;

/* Where a name was read, the more telling first (contract: domain_source). */
enum eg_name_source {
	EG_NAME_TLS_SNI,
	EG_NAME_QUIC_SNI,
	EG_NAME_HTTP_HOST,
	EG_NAME_DNS, /* an answer to this app */
	EG_NAME_DNS_OTHER_APP,
	EG_NAME_HOSTS,
	EG_NAME_SOURCE_COUNT,
};

/* How sure it is, the surest first (contract: domain_confidence). */
enum eg_name_confidence {
	EG_NAME_CORROBORATED, /* the connection says what a trusted resolver had told this app */
	EG_NAME_OBSERVED, /* a trusted resolver told this app, not long ago */
	EG_NAME_CLAIMED, /* the app's own word, or that of a resolver of its own choice */
	EG_NAME_INFERRED, /* told to another app, long ago, or as one of several */
	EG_NAME_OUTER, /* with ECH: may be only what stands outside */
	EG_NAME_CONFIDENCE_COUNT,
};

/* The contract's texts. */
const char *eg_name_source_text(enum eg_name_source source);
const char *eg_name_confidence_text(enum eg_name_confidence confidence);

/* The name belongs to whoever gave this out, until something is added or forgotten. */
struct eg_known_name {
	const char *name;
	enum eg_name_source source;
	enum eg_name_confidence confidence;
};

/* A name was read. `ip`, `port`: what it names; port 0: any (DNS). */
struct eg_learnt_name {
	const struct eg_payload *payload; /* that it was read from; whose it is */
	const uint8_t *ip;
	uint16_t port;
	struct eg_known_name name;
};

struct eg_names_sink {
	void (*learnt)(const struct eg_learnt_name *learnt, void *data); /* NULL: nobody listens */
	void *data;
};

/* Bounds; what is over them pushes the oldest out, of the same app where there are apps. */
#define EG_NAMES_PER_APP 4096
#define EG_NAMES_TOTAL 65536
#define EG_NAMES_CANDIDATES 8 /* of one address */

/*
 * Everything in this room works on times as the kernel gives them
 * (CLOCK_BOOTTIME ns). `root`: a directory to read etc/resolv.conf and
 * etc/hosts below, "" in earnest. 0 or -ENOMEM.
 */
int eg_names_new(const char *root, const struct eg_names_sink *sink, struct eg_names **ret_names);
void eg_names_free(struct eg_names *names);

/* Who runs the process that a payload is of. */
struct eg_names_app {
	const char *id; /* app id */
	const char *executable; /* NULL: unknown */
	uint32_t uid;
	/* It or its network is not in the host's, or unknown: that may be of its own making. */
	bool own_user_ns;
	/*
	 * What it sees as its resolv.conf(5), asked for now and then: malloc'ed
	 * text, NULL: none, or it has ended. NULL: nobody can tell.
	 */
	char *(*resolv_conf)(void *data, size_t *ret_size);
	void *data;
};

/* Reads one sample. 0 or -ENOMEM. */
int eg_names_add(struct eg_names *names, const struct eg_payload *payload,
		 const struct eg_names_app *app);

/* The name that a connection to this peer has shown itself; its socket is as in struct eg_gain. */
bool eg_names_of_socket(const struct eg_names *names, const struct eg_sample_key *socket,
			const uint8_t ip[16], struct eg_known_name *ret_name);
/* The connection has ended: its name is not asked for any more, and nothing more comes of it. */
void eg_names_forget(struct eg_names *names, const struct eg_sample_key *socket,
		     const uint8_t ip[16]);

/* The same of its payload alone: what waits for more is overwritten. */
void eg_names_end(struct eg_names *names, const struct eg_sample_key *socket);

/*
 * Forgets payload of which for ten seconds nothing more has come: it was kept
 * to be put together with the rest. To be called now and then.
 */
void eg_names_expire(struct eg_names *names, uint64_t now_ns);
/* How many streams and datagrams wait for the rest. */
size_t eg_names_unfinished(const struct eg_names *names);

/*
 * The network namespaces that a process was seen in, by inode number: where it
 * was first, and of the others the latest. They are few, and bounded.
 */
#define EG_NETWORKS_MAX 8
struct eg_networks {
	uint32_t ids[EG_NETWORKS_MAX];
	uint32_t count;
};

/* Who talked to what, and when. */
struct eg_names_question {
	const char *app; /* id */
	const struct eg_networks *networks; /* in which of them is not known */
	const uint8_t *ip;
	uint64_t first_ns, last_ns;
};

/*
 * What an address is called when nobody says it on the connection itself: what
 * the app was told by DNS in any of the networks, or else what other apps were,
 * or else the hosts file of this machine. Writes at most EG_NAMES_CANDIDATES,
 * the newest first, all of the same source; returns their number.
 */
size_t eg_names_of_address(struct eg_names *names, const struct eg_names_question *question,
			   struct eg_known_name ret_names[static EG_NAMES_CANDIDATES]);

/* Why QUIC's names can't be read by this build; NULL: they can. */
const char *eg_names_degraded(const struct eg_names *names);

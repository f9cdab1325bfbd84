/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What actors do with sockets; each returns what the kernel told the actor. */
#pragma once

#include <linux/tcp.h>

#include <harness/actor.h>

/* Descriptors are numbers in the actor. What "must" work fails the case if it doesn't. */

/* A socket: must; or -errno. */
int sock_open(struct actor *actor, int domain, int type, int protocol);
int sock_try_open(struct actor *actor, int domain, int type, int protocol);
/* Skips the case where the kernel has no MPTCP. */
void sock_mptcp_needed(struct test *test);
/* setsockopt() with an int: must; or 0 or -errno. */
void sock_set(struct actor *actor, int fd, int level, int option, int value);
int sock_try_set(struct actor *actor, int fd, int level, int option, int value);
/* setsockopt() with anything up to 256 bytes: 0 or -errno. */
int sock_set_data(struct actor *actor, int fd, int level, int option, const void *data,
		  size_t size);
/* SO_ATTACH_FILTER: 0 or -errno. */
struct sock_filter;
int sock_attach_filter(struct actor *actor, int fd, const struct sock_filter *program,
		       size_t count);
/* Must; then the port that it got. */
int sock_bind(struct actor *actor, int fd, const char *ip, int port);
void sock_listen(struct actor *actor, int fd);
int sock_port(struct actor *actor, int fd);
/* 0 or -errno. */
int sock_connect(struct actor *actor, int fd, const char *ip, int port);
/* connect(AF_UNSPEC), must. */
void sock_disconnect(struct actor *actor, int fd);
/* Must; the new descriptor. */
int sock_accept(struct actor *actor, int fd);
void sock_nonblock(struct actor *actor, int fd);
void sock_shutdown(struct actor *actor, int fd, int how);
void sock_close(struct actor *actor, int fd);
/* SO_LINGER 0, so that close() resets the connection. */
void sock_linger_zero(struct actor *actor, int fd);

/* Index of a link in the actor's network namespace: must. */
int sock_link_index(struct actor *actor, const char *link);

/* Waits for poll() events; those that came. */
int sock_wait(struct actor *actor, int fd, int events);
/* 1: it can be read from, or has a connection to accept, now; 0: not (yet). */
int sock_ready(struct actor *actor, int fd);
/* SO_ERROR as 0 or -errno. */
int sock_error(struct actor *actor, int fd);

/* Streams: sends all; what the kernel took, or -errno if nothing. */
long sock_send(struct actor *actor, int fd, long size);
/* Sends until the peer's window and our buffer are full and nothing moves any more. */
long sock_fill(struct actor *actor, int fd);
/* Receives `size` bytes, less at end of stream; -errno if there was nothing but an error. */
long sock_receive(struct actor *actor, int fd, long size);
/* Receives until end of stream or error. */
long sock_drain(struct actor *actor, int fd);
/* Both at the same time, must be equal. */
void sock_transfer(struct actor *from, int from_fd, struct actor *to, int to_fd, long size);
/* Bytes that were never sent (SIOCOUTQNSD), and that arrived and were not read (SIOCINQ). */
long sock_unsent(struct actor *actor, int fd);
long sock_unread(struct actor *actor, int fd);
/* Waits until the peer has acknowledged all that was sent. */
void sock_settle(struct actor *actor, int fd);
struct tcp_info sock_info(struct actor *actor, int fd);

/* Datagrams: one send call; what it returned or -errno. ip NULL: to the connected peer. */
long sock_send_to(struct actor *actor, int fd, const char *ip, int port, long size);
/* The same with flags, `count` times; the sum. */
long sock_send_many(struct actor *actor, int fd, const char *ip, int port, long size, int flags,
		    long count);
/* One that begins as a client's Initial of QUIC does, and is as long: SOCK_INITIAL; or -errno. */
#define SOCK_INITIAL 1200
long sock_send_initial(struct actor *actor, int fd, const char *ip, int port);
/* Receives `count` datagrams; the sum of their sizes. */
long sock_receive_many(struct actor *actor, int fd, long count);
/* Receives one, answers its sender with `size` bytes; what it received. */
long sock_answer(struct actor *actor, int fd, long size);

/* A connected pair of stream sockets. */
struct pair {
	struct actor *client, *server;
	int client_fd, server_fd, listener;
	int port; /* of the server */
	int client_port;
};
/* The server listens on ip; protocol 0 is TCP. */
struct pair sock_pair(struct actor *client, struct actor *server, const char *ip, int protocol);
/* Another connection to the same listener. */
struct pair sock_pair_again(const struct pair *pair, const char *ip, int protocol);
/* Closes both ends, the client first, each after it saw the other's. */
void sock_pair_close(struct pair *pair);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Servers and clients that names are read from, and the names that a trace tells. */
#pragma once

#include <harness/program.h>
#include <harness/result.h>

/* An address of documentation, given to lo by names_site(): where all servers are. */
#define SITE "198.51.100.7"
void names_site(struct test *test);

struct program *names_start(struct test *test, const char *const *argv);
void names_run(struct test *test, const char *const *argv);
/* A copy of an installed program, so that each is an app of its own. */
const char *names_copy(struct test *test, const char *program, const char *name);

/* Waits for a server that does not say that it listens: for a port in /proc/net/TABLE. */
void names_listening(struct test *test, const char *table, int port);

/* Makes this the case's resolv.conf(5). */
void names_configure(struct test *test, const char *text);
/*
 * The command line of a dnsmasq that listens at this address and knows nothing
 * but what the arguments tell it (NULL-terminated); and starts it.
 */
const char *const *names_dns_server(struct test *test, const char *ip,
				    const char *const *arguments);
void names_serve_dns(struct test *test, const char *ip, const char *const *arguments);

/* A key and a certificate for any name, as files: "key.pem", "certificate.pem". */
struct certificate {
	const char *key, *file;
};
struct certificate names_certify(struct test *test);

/* `egret trace`: on the host or in the case's own namespaces. */
struct program *names_trace(struct test *test, bool inside);
/* Waits until the trace tells of this name; its events, when it has ended. */
void names_await(struct program *trace, const char *name);
const cJSON *names_stop(struct program *trace);
/* What a name event must say; ip NULL: any. */
struct name_event {
	const char *exe, *name, *ip, *source, *confidence;
};
#define expect_name(test, events, ...)                                                             \
	expect_name_at(test, events, &(struct name_event){ __VA_ARGS__ }, __FILE__, __LINE__)
void expect_name_at(struct test *test, const cJSON *events, const struct name_event *name,
		    const char *file, int line);
/* No such event; what is NULL is any. */
#define expect_no_name(test, events, ...)                                                          \
	expect_no_name_at(test, events, &(struct name_event){ __VA_ARGS__ }, __FILE__, __LINE__)
void expect_no_name_at(struct test *test, const cJSON *events, const struct name_event *name,
		       const char *file, int line);

/* The text that stands there; an object that is NULL has none. */
void expect_text(struct test *test, const cJSON *object, const char *path, const char *expected);
/* Of a program's row: domain, domain_source and domain_confidence. */
void expect_domain(struct result *result, const struct row *row, const char *exe,
		   const char *domain, const char *source, const char *confidence);

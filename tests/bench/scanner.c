/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program that sends to a million addresses: memory, and everybody else's rows. */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <harness/egret.h>
#include <harness/sock.h>

#include "benches.h"
#include "process.h"
#include "report.h"

#define DESTINATIONS 1000000
#define FIRST 0x7f010000 /* 127.1.0.0: all of 127.0.0.0/8 is this host */
#define DATAGRAM_BYTES 7
#define OTHER_BYTES 123457

/* arg: socket, port. */
static long f_scan(struct call *call)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)call->arg[1]) };

	for (uint32_t i = 0; i < DESTINATIONS; i++) {
		to.sin_addr.s_addr = htonl(FIRST + i);
		if (sendto((int)call->arg[0], "payload", DATAGRAM_BYTES, 0, (struct sockaddr *)&to,
			   sizeof(to)) != DATAGRAM_BYTES)
			return -errno;
	}
	return 0;
}

/* --- the result: too large to be parsed as a whole, but a row is a line --- */

struct sums {
	long long rows, sent, received;
};

static long long number_in(const char *line, const char *name)
{
	const char *found = strstr(line, name);

	return found ? strtoll(found + strlen(name), NULL, 10) : 0;
}

/* Of the rows of one app; exe NULL: of all. */
static struct sums sums_of(struct test *test, const char *path, const char *exe)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen(path, "re");
	const char *id = test_text(test, "\"id\": \"exe:%s\"", exe ? exe : "");
	_cleanup_(eg_freep) char *line = NULL;
	struct sums sums = { 0 };
	bool inside = !exe;
	size_t room = 0;

	if (!stream)
		test_fail(test, "%s: %s", path, strerror(errno));
	while (getline(&line, &room, stream) >= 0) {
		if (exe && strstr(line, "\"id\": \""))
			inside = strstr(line, id);
		if (!inside || !strstr(line, "{\"ip\":"))
			continue;
		sums.rows++;
		sums.sent += number_in(line, "\"bytes_sent\":");
		sums.received += number_in(line, "\"bytes_received\":");
	}
	return sums;
}

static double differences(struct sums sums, struct sums truth)
{
	return (double)(llabs(sums.rows - truth.rows) + llabs(sums.sent - truth.sent) +
			llabs(sums.received - truth.received));
}

static void report_rows(struct test *test, const char *path, const struct actor *scanner,
			const struct pair *pair)
{
	const struct sums scanned = { .rows = DESTINATIONS,
				      .sent = (long long)DESTINATIONS * DATAGRAM_BYTES };
	const struct sums client = { .rows = 1, .sent = OTHER_BYTES };
	const struct sums server = { .rows = 1, .received = OTHER_BYTES };

	report_value("  the scanner's rows and bytes that differ", "",
		     differences(sums_of(test, path, scanner->identity.exe), scanned), 0);
	/* Whoever else is busy on this machine takes room as well. */
	report_value("  rows of the rest of the machine", "",
		     (double)(sums_of(test, path, NULL).rows - DESTINATIONS), NONE);
	report_value("  other programs' rows and bytes that differ", "",
		     differences(sums_of(test, path, pair->client->identity.exe), client) +
			     differences(sums_of(test, path, pair->server->identity.exe), server),
		     0);
}

/*
 * From the signal to the end: the most memory that kernel and user space had
 * together. Before it prints egret gives its maps back; the peak is looked at
 * when they are seen gone, and so is none too small.
 */
static double watch_end(struct test *test, pid_t pid, double maps, double shared)
{
	double together = 0, peak;

	kill(pid, SIGINT);
	do {
		peak = process_peak(test, pid);
		together = fmax(together, maps + peak - shared);
	} while (process_maps(test, pid) > 0);
	peak = process_peak(test, pid);
	return fmax(together, maps + peak - shared);
}

void bench_scanner(struct test *test)
{
	static const char *const arguments[] = { "--max-flows", "1001000", NULL };
	struct actor *scanner = actor_start(test, "scanner"), *sink = actor_start(test, "sink");
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, arguments);
	int to = sock_open(sink, AF_INET, SOCK_DGRAM, 0);
	struct call call = {
		.arg = { sock_open(scanner, AF_INET, SOCK_DGRAM, 0),
			 sock_bind(sink, to, "0.0.0.0", 0) },
	};
	double maps = process_maps(test, egret->program->pid);
	double shared = process_shared(test, egret->program->pid), together;
	const struct output *output;
	struct pair pair;
	long long begun;

	actor_begin(scanner, f_scan, &call);
	pair = sock_pair(client, server, "127.0.0.1", 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, OTHER_BYTES);
	sock_pair_close(&pair);
	expect_equal(test, actor_end(scanner, NULL), 0);
	/* More of the maps, where the kernel allocates entries as they come. */
	maps = fmax(maps, process_maps(test, egret->program->pid));
	begun = now_ms();
	together = watch_end(test, egret->program->pid, maps, shared);
	output = program_wait(egret->program);
	report_value("a million destinations, kernel and user space", "MB",
		     fmax(together, process_peak_of_dead()), 300);
	report_value("  maps in the kernel, rings included", "MB", maps, NONE);
	report_value("  egret's peak, printing included", "MB", process_peak_of_dead(), NONE);
	report_value("  from the signal to the end", "s", (double)(now_ms() - begun) / 1000, NONE);
	report_value("  exit status", "", output->status, 0);
	report_rows(test, egret->file, scanner, &pair);
}

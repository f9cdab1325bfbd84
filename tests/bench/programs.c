/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What egret's programs cost per connection, per packet, per datagram. */
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <egret/base.h>
#include <harness/egret.h>

#include "benches.h"
#include "cost.h"
#include "loop.h"
#include "peer.h"
#include "report.h"

#define PEERS 64 /* destinations of one UDP socket, in turn */
#define BULK_BYTES (128 * 1024) /* of a write, as iperf3 does it */

static unsigned batches(void)
{
	return bench_quick() ? 60 : 400;
}

/* A line for each program: how often it runs in an operation, what that costs. */
static void report_programs(const struct costs *costs)
{
	for (unsigned i = 0; i < costs->count; i++) {
		const struct cost *cost = &costs->programs[i];
		char name[80];

		if (cost->runs < 0.1) /* somebody else's doing */
			continue;
		snprintf(name, sizeof(name), "  %-14s %5.2f runs of %.0f ns", cost->name,
			 cost->runs, cost->per_run.median);
		report_interval(name, "ns", cost->per_operation, NONE);
	}
}

/* --- connections --- */

static struct costs measure_connections(struct test *test, pid_t egret,
					void (*run)(struct test *, void *, unsigned), void *data)
{
	const struct workload workload = {
		.operations = 100,
		.batches = batches(),
		.run = run,
		.data = data,
	};

	return cost_measure(test, egret, &workload);
}

/*
 * What one side has of the loop's costs. Both sides run there at the same time,
 * in the same programs; so each program's cost is divided as it is between the
 * sides when each is alone, against a peer that the programs don't see. (The
 * costs of a side alone are larger: between its packets come more system calls,
 * and they find a colder cache.)
 */
static struct interval share_of(const struct costs *loop, const struct costs *side,
				const struct costs *other)
{
	struct interval sum = { 0 };

	for (unsigned i = 0; i < loop->count; i++) {
		const struct cost *cost = &loop->programs[i];
		double mine = cost_of(side, cost->name).per_operation.median;
		double others = cost_of(other, cost->name).per_operation.median;
		double share = mine > 0 ? mine / (mine + fmax(others, 0)) : 0;

		sum = interval_add(sum, interval_scale(cost->per_operation, share));
	}
	return sum;
}

static void connections(struct test *test, pid_t egret)
{
	struct costs both, connecting, accepting;
	struct loop loop;
	struct peer peer;

	loop_open(test, &loop);
	both = measure_connections(test, egret, loop_run, &loop);
	loop_close(&loop);
	report_interval("programs, a connection on loopback, both sides", "ns", both.all, 2300);
	report_programs(&both);
	report_value("  (taken off: an empty program, each run)", "ns", both.empty_ns, NONE);
	peer_open(test, &peer);
	connecting = measure_connections(test, egret, peer_connect, &peer);
	accepting = measure_connections(test, egret, peer_accept, &peer);
	report_interval("programs, connecting side's share of it", "ns",
			share_of(&both, &connecting, &accepting), 1500);
	report_interval("programs, accepting side's share of it", "ns",
			share_of(&both, &accepting, &connecting), 800);
	report_interval("programs, connecting side alone", "ns", connecting.all, NONE);
	report_programs(&connecting);
	report_interval("programs, accepting side alone", "ns", accepting.all, NONE);
	report_programs(&accepting);
}

/* --- bulk TCP --- */

struct stream {
	int from, to;
	char *buffer;
};

/* Both ends in one thread: what fits, is sent, and received again. */
static void transfer(struct test *test, void *data, unsigned writes)
{
	struct stream *stream = data;

	for (unsigned i = 0; i < writes; i++) {
		ssize_t sent = send(stream->from, stream->buffer, BULK_BYTES, MSG_DONTWAIT);
		ssize_t rest = sent;

		while (rest > 0) {
			ssize_t got = recv(stream->to, stream->buffer, (size_t)rest, 0);

			rest -= got;
			if (got <= 0)
				break;
		}
		if (sent < 0 || rest)
			test_fail(test, "bulk: %s", strerror(errno));
	}
}

static void open_stream(struct test *test, struct stream *stream)
{
	struct loop loop;

	loop_open(test, &loop);
	stream->from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(stream->from, (struct sockaddr *)&loop.address, sizeof(loop.address)) < 0)
		test_fail(test, "connect: %s", strerror(errno));
	stream->to = accept4(loop.listener, NULL, NULL, SOCK_CLOEXEC);
	stream->buffer = test_alloc(test, BULK_BYTES);
	loop_close(&loop);
}

static struct costs measure_bulk(struct test *test, pid_t egret)
{
	struct stream stream;
	const struct workload workload = {
		.operations = 200,
		.batches = batches() / 2,
		.run = transfer,
		.data = &stream,
	};
	struct costs costs;

	open_stream(test, &stream);
	costs = cost_measure(test, egret, &workload);
	close(stream.from);
	close(stream.to);
	return costs;
}

static void bulk(struct test *test, pid_t egret)
{
	struct costs costs = measure_bulk(test, egret);

	report_interval("programs, TCP packet sent (egress and queue)", "ns",
			interval_add(cost_of(&costs, "eg_egress").per_run,
				     cost_of(&costs, "eg_queue").per_run),
			40);
	report_interval("programs, TCP packet received (ingress)", "ns",
			cost_of(&costs, "eg_ingress").per_run, 40);
	report_interval("programs, share of bulk TCP's CPU time", "%",
			interval_scale(costs.share, 100), 1);
	report_programs(&costs);
}

/* --- UDP --- */

struct datagrams {
	int from, to;
	struct sockaddr_in address;
	unsigned peers; /* destinations, in turn: 127.0.1.1 and so on */
};

static void send_datagrams(struct test *test, void *data, unsigned count)
{
	struct datagrams *datagrams = data;
	char buffer[100] = { 0 };

	for (unsigned i = 0; i < count; i++) {
		struct sockaddr_in to = datagrams->address;

		to.sin_addr.s_addr = htonl(0x7f000101 + i % datagrams->peers);
		if (sendto(datagrams->from, buffer, sizeof(buffer), 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0 ||
		    recv(datagrams->to, buffer, sizeof(buffer), 0) < 0)
			test_fail(test, "datagram: %s", strerror(errno));
	}
}

static void open_datagrams(struct test *test, struct datagrams *datagrams)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	socklen_t size = sizeof(any);

	datagrams->from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	datagrams->to = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(datagrams->to, (struct sockaddr *)&any, size) < 0 ||
	    getsockname(datagrams->to, (struct sockaddr *)&datagrams->address, &size) < 0)
		test_fail(test, "bind: %s", strerror(errno));
}

static void datagrams_to(struct test *test, pid_t egret, unsigned peers, const char *kind)
{
	static const char *const programs[] = { "eg_sendmsg4", "eg_egress", "eg_ingress" };
	struct datagrams datagrams = { .peers = peers };
	const struct workload workload = {
		.operations = 256,
		.batches = batches(),
		.run = send_datagrams,
		.data = &datagrams,
	};
	struct costs costs;

	open_datagrams(test, &datagrams);
	costs = cost_measure(test, egret, &workload);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		char name[80];

		snprintf(name, sizeof(name), "programs, UDP datagram, %s: %s", kind, programs[i]);
		report_interval(name, "ns", cost_of(&costs, programs[i]).per_run, 100);
	}
	close(datagrams.from);
	close(datagrams.to);
}

void bench_programs(struct test *test)
{
	static const char *const arguments[] = { "--no-names", NULL };
	struct egret *egret = egret_start(test, arguments);
	pid_t pid = egret->program->pid;

	connections(test, pid);
	bulk(test, pid);
	datagrams_to(test, pid, 1, "one peer");
	datagrams_to(test, pid, PEERS, "many peers");
	egret_stop(egret);
}

/* --- with names --- */

static void report_packets(const struct costs *costs, const char *what, double goal)
{
	char name[80];

	snprintf(name, sizeof(name), "names, TCP packet sent, %s", what);
	report_interval(name, "ns", cost_of(costs, "eg_egress").per_run, goal);
	snprintf(name, sizeof(name), "names, TCP packet received, %s", what);
	report_interval(name, "ns", cost_of(costs, "eg_ingress").per_run, goal);
}

void bench_names(struct test *test)
{
	struct egret *egret = egret_start(test, NULL);
	pid_t pid = egret->program->pid;
	struct costs costs;
	struct loop loop;

	loop_open(test, &loop);
	costs = measure_connections(test, pid, loop_run, &loop);
	loop_close(&loop);
	report_packets(&costs, "connection not yet named", 120);
	report_interval("names, a connection on loopback, both sides", "ns", costs.all, NONE);
	report_programs(&costs);
	costs = measure_bulk(test, pid);
	report_packets(&costs, "bulk", 60);
	report_interval("names, share of bulk TCP's CPU time", "%",
			interval_scale(costs.share, 100), NONE);
	egret_stop(egret);
}

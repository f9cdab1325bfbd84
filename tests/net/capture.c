/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet capture as the truth: tcpdump writes it, tshark reads it, and egret has to agree. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/suites.h>

/* What went over lo to one port and back. */
struct truth {
	long long to_server, to_client; /* payload, each byte of a stream once */
	long long again; /* payload that was sent before */
	int streams;
};

/* Copies of the two programs, so that nobody else's traffic is in their rows. */
struct pair {
	const char *client, *server;
};

/* A packet with payload. */
struct segment {
	int stream;
	bool to_server;
	long long begin, end; /* in the stream */
};

struct segments {
	struct segment *list;
	int count;
};

static struct program *capture_start(struct test *test, const char *file)
{
	struct program *tcpdump = names_start(test, WORDS(program_find(test, "tcpdump"), "-i", "lo",
							  "-Z", "root", "-s", "128", "-B", "65536",
							  "--immediate-mode", "-U", "-w", file));

	program_expect(tcpdump, PROGRAM_ERR, "listening on");
	return tcpdump;
}

static bool file_holds(struct test *test, const char *path, const char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	void *bytes;
	bool found;

	require(test, fd >= 0);
	bytes = size ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	close(fd);
	if (bytes == MAP_FAILED)
		return false;
	found = memmem(bytes, (size_t)size, text, strlen(text));
	munmap(bytes, (size_t)size);
	return found;
}

/* What it has not read yet when it ends would be missing: the last packet of all is awaited. */
static void capture_stop(struct program *tcpdump, const char *file)
{
	static const char last[] = "the capture ends here";
	struct test *test = tcpdump->test;

	names_run(test, WORDS(program_find(test, "bash"), "-c",
			      test_text(test, "echo %s >/dev/udp/%s/9", last, test->ip)));
	test->waiting = "tcpdump to see the last packet";
	while (!file_holds(test, file, last))
		breathe();
	kill(tcpdump->pid, SIGINT);
	program_wait(tcpdump);
	if (!strstr(tcpdump->output.err, "\n0 packets dropped by kernel"))
		test_fail(test, "tcpdump: %s", tcpdump->output.err);
}

static const char *dissect(struct test *test, const char *file, const char *filter,
			   const char *const *fields)
{
	const char *argv[24] = { program_find(test, "tshark"),
				 "-r",
				 file,
				 "-Y",
				 filter,
				 "-T",
				 "fields",
				 "-Eseparator=/s" };
	int count = 8;
	struct output output;

	for (; *fields; fields++) {
		argv[count++] = "-e";
		argv[count++] = *fields;
	}
	output = program_run(test, &(struct program_options){ .argv = argv });
	if (output.status)
		test_fail(test, "tshark exits with %d: %s", output.status, output.err);
	return output.out;
}

static int by_place(const void *left, const void *right)
{
	const struct segment *a = left, *b = right;

	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	if (a->to_server != b->to_server)
		return a->to_server ? -1 : 1;
	return a->begin < b->begin ? -1 : a->begin > b->begin;
}

/* All packets with TCP payload to this port, and from it. */
static struct segments read_segments(struct test *test, const char *file, int port)
{
	const char *text =
		dissect(test, file, test_text(test, "tcp.len > 0 && tcp.port == %d", port),
			WORDS("tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.seq", "tcp.len"));
	struct segments segments = { test_alloc(test, strlen(text) * sizeof(struct segment)), 0 };
	int stream, from, to, used;
	long long sequence, size;

	for (; sscanf(text, "%d %d %d %lld %lld%n", &stream, &from, &to, &sequence, &size, &used) ==
	       5;
	     text += used)
		segments.list[segments.count++] = (struct segment){
			.stream = stream,
			.to_server = to == port,
			.begin = sequence,
			.end = sequence + size,
		};
	qsort(segments.list, (size_t)segments.count, sizeof(*segments.list), by_place);
	return segments;
}

static struct truth tcp_truth(struct test *test, const char *file, int port)
{
	struct segments segments = read_segments(test, file, port);
	const struct segment *last = NULL;
	struct truth truth = { 0 };
	long long end = 0;

	for (int i = 0; i < segments.count; i++) {
		const struct segment *segment = &segments.list[i];
		long long fresh;

		truth.streams += !last || last->stream != segment->stream;
		if (!last || last->stream != segment->stream ||
		    last->to_server != segment->to_server)
			end = 0;
		fresh = segment->end - (segment->begin > end ? segment->begin : end);
		fresh = fresh > 0 ? fresh : 0;
		*(segment->to_server ? &truth.to_server : &truth.to_client) += fresh;
		truth.again += segment->end - segment->begin - fresh;
		end = segment->end > end ? segment->end : end;
		last = segment;
	}
	return truth;
}

static struct truth udp_truth(struct test *test, const char *file, int port)
{
	const char *text = dissect(test, file, test_text(test, "udp.port == %d", port),
				   WORDS("udp.stream", "udp.dstport", "udp.length"));
	struct truth truth = { 0 };
	int stream, to, size, used;

	for (; sscanf(text, "%d %d %d%n", &stream, &to, &size, &used) == 3; text += used) {
		*(to == port ? &truth.to_server : &truth.to_client) += size - 8;
		truth.streams = stream + 1 > truth.streams ? stream + 1 : truth.streams;
	}
	return truth;
}

static void expect_client(struct result *result, const char *client, const char *transport,
			  int port, struct truth truth)
{
	struct test *test = result->test;

	require(test, truth.to_server > 0 && truth.to_client > 0);
	expect_row_of(result, client, OUT(transport, test->ip, port), .sent = truth.to_server,
		      .received = truth.to_client, .connections = truth.streams);
}

/* Both ends are on this host: what one has sent, the other has received. */
static void expect_ends(struct result *result, struct pair programs, int port, struct truth truth)
{
	struct test *test = result->test;

	expect_client(result, programs.client, "tcp", port, truth);
	expect_row_of(result, programs.server, IN("tcp", test->ip, port), .sent = truth.to_client,
		      .received = truth.to_server, .connections = truth.streams);
}

static const char *make_file(struct test *test, long size)
{
	const char *path = test_path(test, "served.bin");

	names_run(test,
		  WORDS(program_find(test, "truncate"), "-s", test_text(test, "%ld", size), path));
	return path;
}

/* A web server and curl: `downloads` connections. */
static void download(struct test *test, const char *client, const char *server, int port,
		     int downloads)
{
	struct output output;
	struct program *http;

	http = names_start(test, WORDS(server, "-u", "-m", "http.server", "--bind", test->ip,
				       "--directory", test->dir, test_text(test, "%d", port)));
	program_expect(http, PROGRAM_OUT, "Serving");
	make_file(test, 3000017);
	output = program_run(
		test, &(struct program_options){
			      .argv = WORDS(client, "-sf", "--no-keepalive", "-o", "/dev/null",
					    test_text(test,
						      test->family == AF_INET6
							      ? "http://[%s]:%d/served.bin?[1-%d]"
							      : "http://%s:%d/served.bin?[1-%d]",
						      test->ip, port, downloads)) });
	expect_equal(test, output.status, 0);
	kill(http->pid, SIGTERM);
	program_wait(http);
}

static void iperf(struct test *test, const char *client, const char *server, const char *port,
		  const char *option, const char *bytes)
{
	struct program *listener;
	struct output output;

	listener = names_start(test, WORDS(server, "-s", "-1", "-B", test->ip, "-p", port,
					   "--forceflush"));
	program_expect(listener, PROGRAM_OUT, "listening");
	output = program_run(test, &(struct program_options){
					   .argv = WORDS(client, "-c", test->ip, "-p", port, "-b",
							 "200M", "-n", bytes, option) });
	if (output.status)
		test_skip(test, "iperf3 exits with %d: %.200s", output.status, output.err);
	program_wait(listener);
}

static struct pair copies(struct test *test, const char *client, const char *server)
{
	return (struct pair){ names_copy(test, client, "capture-client"),
			      names_copy(test, server, "capture-server") };
}

static void web(struct test *test)
{
	const char *file = test_path(test, "capture.pcap");
	struct program *tcpdump = capture_start(test, file);
	struct pair programs = copies(test, "curl", "python3");
	struct result *result;
	struct egret *egret;

	egret_needed(test);
	egret = egret_start(test, WORDS("--by", "program"));
	download(test, programs.client, programs.server, 8080, 5);
	result = egret_stop(egret);
	capture_stop(tcpdump, file);
	expect_ends(result, programs, 8080, tcp_truth(test, file, 8080));
}

/* One packet of eight is thrown away on its way in, so that much is sent again. */
static void lossy(struct test *test)
{
	static const char rules[] =
		"add table inet capture; "
		"add chain inet capture in { type filter hook input priority 0; }; "
		"add rule inet capture in tcp dport 8080 numgen random mod 8 == 0 drop; "
		"add rule inet capture in tcp sport 8080 numgen random mod 8 == 0 drop";
	const char *file = test_path(test, "capture.pcap");
	struct program *tcpdump = capture_start(test, file);
	struct pair programs = copies(test, "curl", "python3");
	struct output nft;
	struct result *result;
	struct truth truth;
	struct egret *egret;

	egret_needed(test);
	nft = program_run(
		test, &(struct program_options){ .argv = WORDS(program_find(test, "nft"), rules) });
	if (nft.status)
		test_skip(test, "nft: %.200s", nft.err);
	egret = egret_start(test, WORDS("--by", "program"));
	download(test, programs.client, programs.server, 8080, 5);
	result = egret_stop(egret);
	capture_stop(tcpdump, file);
	truth = tcp_truth(test, file, 8080);
	require(test, truth.again > 0);
	expect_ends(result, programs, 8080, truth);
}

/* Streams from the server, then datagrams to it; each beside a control connection. */
static void bulk(struct test *test)
{
	const char *file = test_path(test, "capture.pcap");
	struct program *tcpdump = capture_start(test, file);
	struct pair programs = copies(test, "iperf3", "iperf3");
	struct truth first, second, datagrams;
	struct result *result;
	struct egret *egret;

	egret_needed(test);
	egret = egret_start(test, NULL);
	iperf(test, programs.client, programs.server, "5201", "-R", "20M");
	iperf(test, programs.client, programs.server, "5202", "-u", "5M");
	result = egret_stop(egret);
	capture_stop(tcpdump, file);
	first = tcp_truth(test, file, 5201);
	expect_ends(result, programs, 5201, first);
	second = tcp_truth(test, file, 5202);
	expect_ends(result, programs, 5202, second);
	/* The server answers from a second socket, in another row; its sums tell. */
	datagrams = udp_truth(test, file, 5202);
	expect_client(result, programs.client, "udp", 5202, datagrams);
	expect_sums_of(result, programs.server,
		       first.to_client + second.to_client + datagrams.to_client,
		       first.to_server + second.to_server + datagrams.to_server);
}

const struct test_case capture_cases[] = {
	CASE_BOTH("capture/web", web),
	CASE_BOTH("capture/lossy", lossy),
	CASE_BOTH("capture/bulk", bulk),
	{ 0 },
};

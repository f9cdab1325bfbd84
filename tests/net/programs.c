/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that nobody here wrote, against each other and against our actors. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* A copy of an installed program, so that nobody else's traffic is in its rows. */
static const char *own_copy(struct test *test, const char *name)
{
	const char *from = program_find(test, name), *to = test_path(test, name);

	require(test, file_copy(from, to) == 0);
	return to;
}

static struct program *start(struct test *test, const char *const *argv)
{
	return program_start(test, &(struct program_options){ .argv = argv });
}

static struct output run(struct test *test, const char *const *argv)
{
	return program_run(test, &(struct program_options){ .argv = argv });
}

/* Where /proc says that a program runs from. */
static const char *executable_of(struct test *test, const struct program *program)
{
	char *path = test_alloc(test, PATH_ROOM);

	if (readlink(test_text(test, "/proc/%d/exe", program->pid), path, PATH_ROOM - 1) < 0)
		test_fail(test, "%s: %s", program->name, strerror(errno));
	return path;
}

/* Skips the case if a program can't serve as such. */
static void skip_unless(struct test *test, const char *const *argv)
{
	struct output output = run(test, argv);

	if (output.status)
		test_skip(test, "%s exits with %d: %.100s", argv[0], output.status, output.err);
}

/* A file of this size in a directory of its own. */
static const char *make_file(struct test *test, long size)
{
	const char *path = test_path(test, "served.bin");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	require(test, fd >= 0 && ftruncate(fd, size) == 0);
	close(fd);
	return path;
}

/* python3's own server; it says when it is ready, and where. */
static struct program *start_http(struct test *test, int *ret_port)
{
	const char *python = program_find(test, "python3");
	const char *const script =
		"import http.server,socket,sys\n"
		"class S(http.server.ThreadingHTTPServer):\n"
		"  address_family=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET\n"
		"s=S((sys.argv[1],0),lambda *a:http.server.SimpleHTTPRequestHandler(*a,"
		"directory=sys.argv[2]))\n"
		"print('port %d;'%s.server_address[1],flush=True)\n"
		"s.serve_forever()\n";
	struct program *server;

	skip_unless(test, WORDS(python, "-c", "import http.server"));
	server = start(test, WORDS(python, "-u", "-c", script, test->ip, test->dir));
	program_expect(server, PROGRAM_OUT, ";");
	*ret_port = (int)text_number(strstr(server->output.out, "port ") + 5);
	return server;
}

static const char *url(struct test *test, int port, const char *name)
{
	return test_text(test, test->family == AF_INET6 ? "http://[%s]:%d/%s" : "http://%s:%d/%s",
			 test->ip, port, name);
}

/* curl says how many bytes its request, the answer's head and the body had. */
static void curl(struct test *test)
{
	const char *path = own_copy(test, "curl");
	struct program *server;
	struct output output;
	struct egret *egret;
	struct result *result;
	long request, head, body;
	int port;

	make_file(test, 3000017);
	server = start_http(test, &port);
	egret = egret_start(test, WORDS("--by", "program"));
	output = run(test, WORDS(path, "-s", "-o", "/dev/null", "-w",
				 "%{size_request} %{size_header} %{size_download}",
				 url(test, port, "served.bin")));
	expect_equal(test, output.status, 0);
	require(test, sscanf(output.out, "%ld %ld %ld", &request, &head, &body) == 3);
	expect_equal(test, body, 3000017);
	result = egret_stop(egret);
	expect_row_of(result, path, OUT("tcp", test->ip, port), .sent = request,
		      .received = head + body, .connections = 1);
	expect_rows_of(result, path, 1);
	expect_row_of(result, executable_of(test, server), IN("tcp", test->ip, port),
		      .sent = head + body, .received = request, .connections = 1);
}

/* One curl, twenty requests, a connection each: this server closes after each answer. */
static void curl_many(struct test *test)
{
	const char *path = own_copy(test, "curl");
	struct program *server;
	struct output output;
	struct egret *egret;
	struct result *result;
	long sent = 0, received = 0, request, head, body;
	const char *words;
	int port, count = 0, used;

	make_file(test, 1000);
	server = start_http(test, &port);
	egret = egret_start(test, WORDS("--by", "program"));
	output = run(test, WORDS(path, "-s", "--no-keepalive", "-o", "/dev/null", "-w",
				 "%{size_request} %{size_header} %{size_download}\n",
				 url(test, port, "served.bin?[1-20]")));
	expect_equal(test, output.status, 0);
	for (words = output.out;
	     sscanf(words, "%ld %ld %ld\n%n", &request, &head, &body, &used) == 3; words += used) {
		sent += request;
		received += head + body;
		count++;
	}
	expect_equal(test, count, 20);
	result = egret_stop(egret);
	expect_row_of(result, path, OUT("tcp", test->ip, port), .sent = sent, .received = received,
		      .connections = 20);
	expect_row_of(result, executable_of(test, server), IN("tcp", test->ip, port),
		      .sent = received, .received = sent, .connections = 20);
}

static void curl_refused(struct test *test)
{
	const char *path = own_copy(test, "curl");
	struct egret *egret = egret_start(test, NULL);
	struct output output = run(test, WORDS(path, "-s", url(test, 9, "")));
	struct result *result;

	expect_equal(test, output.status, 7);
	result = egret_stop(egret);
	expect_row_of(result, path, OUT("tcp", test->ip, 9), .connections = 1, .failed = 1,
		      .error = "ECONNREFUSED");
}

/* As a user would type it: `egret summary -- curl http://...`. */
static void curl_as_command(struct test *test)
{
	const char *path = own_copy(test, "curl"), *file = test_path(test, "result.json");
	struct output output;
	struct result *result;
	long request, head, body;
	int port;

	egret_needed(test);
	make_file(test, 100000);
	start_http(test, &port);
	output = egret_run(test, WORDS("summary", "--include-loopback", "--format", "json", "-o",
				       file, "--", path, "-s", "-o", "/dev/null", "-w",
				       "%{size_request} %{size_header} %{size_download}",
				       url(test, port, "served.bin")));
	expect_equal(test, output.status, 0);
	require(test, sscanf(output.out, "%ld %ld %ld", &request, &head, &body) == 3);
	result = result_parse(test, file_read(test, file), file);
	result_check_sums(result);
	result_check_complete(result);
	expect_row_of(result, path, OUT("tcp", test->ip, port), .sent = request,
		      .received = head + body, .connections = 1);
	expect_equal(test, json_number(result->json, "totals.apps"), 1);
}

/* A listening actor that takes one connection and counts what it brings. */
struct counter {
	struct actor *server;
	int listener, port;
};

static struct counter counter_open(struct test *test)
{
	struct counter counter = { .server = actor_start(test, "server") };

	counter.listener = sock_open(counter.server, test->family, SOCK_STREAM, 0);
	counter.port = sock_bind(counter.server, counter.listener, test->ip, 0);
	sock_listen(counter.server, counter.listener);
	return counter;
}

/* There are several nc; this one must know how to end. */
static const char *netcat_copy(struct test *test)
{
	const char *path = own_copy(test, "nc");
	struct output help = run(test, WORDS(path, "-h"));

	if (!strstr(help.out, "-N") && !strstr(help.err, "-N"))
		test_skip(test, "this nc has no -N");
	return path;
}

static void netcat(struct test *test)
{
	const char *path = netcat_copy(test);
	struct counter counter = counter_open(test);
	struct egret *egret = egret_start(test, NULL);
	int input = open(make_file(test, 70001), O_RDONLY | O_CLOEXEC), fd;
	const char *const argv[] = { path, "-N", test->ip, test_text(test, "%d", counter.port),
				     NULL };
	struct program *client;
	struct result *result;
	long got;

	client = program_start(test, &(struct program_options){ .argv = argv, .input = input });
	fd = sock_accept(counter.server, counter.listener);
	got = sock_drain(counter.server, fd);
	expect_equal(test, sock_send(counter.server, fd, 500), 500);
	sock_close(counter.server, fd);
	expect_equal(test, program_wait(client)->status, 0);
	expect_equal(test, got, 70001);
	result = egret_stop(egret);
	expect_row_of(result, path, OUT("tcp", test->ip, counter.port), .sent = 70001,
		      .received = 500, .connections = 1);
}

/* socat, one end TCP, the other UDP, in one process. */
static void socat(struct test *test)
{
	const char *path = own_copy(test, "socat");
	const char *host = test_text(test, test->family == AF_INET6 ? "[%s]" : "%s", test->ip);
	struct counter counter = counter_open(test);
	struct actor *sender = actor_start(test, "sender");
	struct egret *egret = egret_start(test, NULL);
	struct program *relay;
	struct result *result;
	int out = sock_open(sender, test->family, SOCK_DGRAM, 0), fd, port;

	/* A port that is free: bound for a moment. */
	fd = sock_open(sender, test->family, SOCK_DGRAM, 0);
	port = sock_bind(sender, fd, test->ip, 0);
	sock_close(sender, fd);
	relay = start(test, WORDS(path, "-u", "-d", "-d",
				  test_text(test, "UDP%d-RECV:%d,bind=%s",
					    test->family == AF_INET6 ? 6 : 4, port, host),
				  test_text(test, "TCP:%s:%d", host, counter.port)));
	fd = sock_accept(counter.server, counter.listener);
	program_expect(relay, PROGRAM_ERR, "starting data transfer loop");
	expect_equal(test, sock_send_to(sender, out, test->ip, port, 1234), 1234);
	expect_equal(test, sock_receive(counter.server, fd, 1234), 1234);
	kill(relay->pid, SIGTERM);
	program_wait(relay);
	result = egret_stop(egret);
	expect_row_of(result, path, IN("udp", test->ip, port), .received = 1234, .connections = 1);
	expect_row_of(result, path, OUT("tcp", test->ip, counter.port), .sent = 1234,
		      .connections = 1);
	expect_rows_of(result, path, 2);
}

/* ssh says hello, and then waits for a server that has nothing to say. */
static void ssh(struct test *test)
{
	const char *path = own_copy(test, "ssh");
	struct counter counter = counter_open(test);
	struct egret *egret = egret_start(test, NULL);
	struct program *client;
	struct result *result;
	int fd;
	long got;

	client = start(test, WORDS(path, "-F", "none", "-p", test_text(test, "%d", counter.port),
				   "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=/dev/null",
				   test_text(test, "nobody@%s", test->ip)));
	fd = sock_accept(counter.server, counter.listener);
	got = sock_receive(counter.server, fd, 8);
	kill(client->pid, SIGTERM);
	program_wait(client);
	got += sock_drain(counter.server, fd);
	require(test, got >= 8);
	result = egret_stop(egret);
	expect_row_of(result, path, OUT("tcp", test->ip, counter.port), .sent = got,
		      .connections = 1);
	expect_row(result, counter.server, IN("tcp", test->ip, counter.port), .received = got,
		   .connections = 1);
}

/*
 * iperf3 counts what it gave to send(), and what the other end had read when
 * the test was over; its control connection goes to the same port.
 */
static void iperf(struct test *test, bool udp)
{
	const char *path = own_copy(test, "iperf3"), *other = test_path(test, "iperf3-server");
	const char *transport = udp ? "udp" : "tcp";
	struct program *server;
	struct output output;
	struct egret *egret;
	struct result *result;
	const cJSON *row;
	cJSON *report;
	long long given, read, sent;

	require(test, file_copy(path, other) == 0);
	egret = egret_start(test, NULL);
	server =
		start(test, WORDS(other, "-s", "-1", "-B", test->ip, "-p", "5201", "--forceflush"));
	program_expect(server, PROGRAM_OUT, "listening");
	output = udp ? run(test, WORDS(path, "-c", test->ip, "-p", "5201", "-J", "-u", "-b", "200M",
				       "-n", "5M"))
		     : run(test, WORDS(path, "-c", test->ip, "-p", "5201", "-J", "-n", "50M"));
	if (output.status)
		test_skip(test, "iperf3 exits with %d: %.200s", output.status, output.out);
	program_wait(server);
	report = cJSON_Parse(output.out);
	given = json_number(report, udp ? "end.sum.bytes" : "end.sum_sent.bytes");
	read = udp ? given : json_number(report, "end.sum_received.bytes");
	require(test, given > 0 && read > 0);
	result = egret_stop(egret);
	if (!result)
		return;
	row = result_row(result, path, &(struct row){ OUT(transport, test->ip, 5201) });
	sent = json_number(row, "bytes_sent");
	/* Beside the stream there are hello messages and two JSON texts of a few KB. */
	if (sent < read || sent > given + 8192)
		test_wrong(test, "iperf3 says %lld to %lld, egret %lld", read, given, sent);
	expect_equal(test, json_number(row, "connections"), udp ? 1 : 2);
	if (udp)
		expect_sums_of(result, other,
			       json_number(result_app_of(result, path), "bytes_received"),
			       json_number(result_app_of(result, path), "bytes_sent"));
	cJSON_Delete(report);
}

static void iperf_tcp(struct test *test)
{
	iperf(test, false);
}

static void iperf_udp(struct test *test)
{
	iperf(test, true);
}

/* The interpreter is the program. */
static void python(struct test *test)
{
	const char *python3 = program_find(test, "python3");
	struct counter counter = counter_open(test);
	struct egret *egret = egret_start(test, NULL);
	struct program *client;
	const char *exe;
	struct result *result;
	int fd;

	client = start(test, WORDS(python3, "-c",
				   "import socket,sys\n"
				   "s=socket.create_connection((sys.argv[1],int(sys.argv[2])))\n"
				   "s.sendall(b'x'*4242)\n"
				   "print('sent',flush=True)\n"
				   "s.recv(1)\n",
				   test->ip, test_text(test, "%d", counter.port)));
	program_expect(client, PROGRAM_OUT, "sent");
	exe = executable_of(test, client);
	fd = sock_accept(counter.server, counter.listener);
	expect_equal(test, sock_receive(counter.server, fd, 4242), 4242);
	sock_close(counter.server, fd);
	program_wait(client);
	result = egret_stop(egret);
	expect_row_of(result, exe, OUT("tcp", test->ip, counter.port), .sent = 4242,
		      .connections = 1);
}

const struct test_case program_cases[] = {
	CASE_BOTH("programs/curl", curl),
	CASE_BOTH("programs/curl-many", curl_many),
	CASE_BOTH("programs/curl-refused", curl_refused),
	CASE_BOTH("programs/curl-as-command", curl_as_command),
	CASE_BOTH("programs/nc", netcat),
	CASE_BOTH("programs/socat", socat),
	CASE_BOTH("programs/ssh", ssh),
	CASE_BOTH("programs/iperf3-tcp", iperf_tcp),
	CASE_BOTH("programs/iperf3-udp", iperf_udp),
	CASE_BOTH("programs/python", python),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names that DNS gives who is in a network of its own, where only its resolv.conf says of whom. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

/* Asks, says what it was told, and stays: so that its files can be looked at. */
static const char asker[] = "import socket, sys\n"
			    "print(socket.gethostbyname(sys.argv[1]), flush=True)\n"
			    "sys.stdin.read()\n";

/* The trace tells of all of the machine, other cases, too: so the name is this one's alone. */
static void expect_asker_told(struct test *test, const char *name)
{
	const char *python = names_copy(test, "python3", "python");
	struct program *trace = names_trace(test, false), *client;
	int wait[2];

	require(test, pipe2(wait, O_CLOEXEC) == 0);
	client = program_start(test,
			       &(struct program_options){ .argv = WORDS(python, "-c", asker, name),
							  .input = wait[0] });
	program_expect(client, PROGRAM_OUT, SITE);
	names_await(trace, name);
	close(wait[1]);
	expect_name(test, names_stop(trace), .exe = python, .name = name, .ip = SITE,
		    .source = "dns", .confidence = "observed");
}

/* A resolver in a namespace (0: the case's own), which no configuration of ours names. */
static void serve_dns_in(struct test *test, int net, const char *ip, const char *const *zone)
{
	program_expect(program_start(test, &(struct program_options){ .argv = names_dns_server(
									      test, ip, zone),
								      .net = net }),
		       PROGRAM_ERR, "started");
}

/* The server is in yet another network namespace: only the file says that it is the container's. */
static void container_file(struct test *test)
{
	int net = net_new(test);

	net_join(test, 0, net);
	serve_dns_in(test, net, NET_IPV4(2), WORDS("--host-record=file.example," SITE));
	names_configure(test, "nameserver " NET_IPV4(2) "\n");
	expect_asker_told(test, "file.example");
}

/* Docker's resolver has an address that is translated, also to a port that is not DNS's. */
static void container_translated(struct test *test)
{
	const char *rules = "table ip nat { chain output { type nat hook output priority -100;"
			    " ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.1:5353; }; }";
	struct output output;

	names_serve_dns(test, "127.0.0.1",
			WORDS("--port=5353", "--host-record=translated.example," SITE));
	names_configure(test, "nameserver 127.0.0.11\n");
	output = program_run(
		test, &(struct program_options){ .argv = WORDS(program_find(test, "nft"), rules) });
	if (output.status && !strstr(output.err, "syntax error"))
		test_skip(test, "no translation of addresses: %s", output.err);
	expect_equal(test, output.status, 0);
	expect_asker_told(test, "translated.example");
}

const struct test_case asker_cases[] = {
	CASE("resolvers/container-file", container_file),
	CASE("resolvers/container-translated", container_translated),
	{ 0 },
};

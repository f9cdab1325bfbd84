/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names that DNS gives who is in a network of its own, where only its resolv.conf says of whom. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

/* --- who stays --- */

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

/* --- who ends at once --- */

/*
 * Once it is connected the client waits for the server to let it go on (RFC 9110
 * section 10.1.1), and this one does not: so it lives for some tenths of a second.
 */
#define WAITING                                                                                    \
	"-s", "--noproxy", "*", "-d", "body", "-H", "Expect: 100-continue", "--expect100-timeout", \
		"0.3", "http://a.example/"
static const char site[] = "import socket, sys\n"
			   "server = socket.create_server((sys.argv[1], 80))\n"
			   "print('serving', flush=True)\n"
			   "while True:\n"
			   "    client, request = server.accept()[0], b''\n"
			   "    while not request.endswith(b'body'):\n"
			   "        request += client.recv(1000) or sys.exit('cut')\n"
			   "    client.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\n')\n"
			   "    client.close()\n";

/* a.example and its resolver, at one address. */
static void serve_site_in(struct test *test, int net, const char *ip)
{
	const char *python = program_find(test, "python3");

	serve_dns_in(test, net, ip, WORDS(test_text(test, "--host-record=a.example,%s", ip)));
	program_expect(program_start(test,
				     &(struct program_options){
					     .argv = WORDS(python, "-c", site, ip), .net = net }),
		       PROGRAM_OUT, "serving");
}

#define TO_SITE(ip)                                                                                \
	&(struct row)                                                                              \
	{                                                                                          \
		OUT("tcp|mptcp", ip, 80)                                                           \
	}

/* egret looks once a second, unless it is woken: by then both have ended. */
static void short_lived(struct test *test)
{
	const char *asks = names_copy(test, "curl", "asks"),
		   *says = names_copy(test, "curl", "says");
	int net = net_new(test);
	struct result *result;
	struct egret *egret;

	egret_needed(test);
	net_join(test, 0, net);
	serve_site_in(test, net, NET_IPV4(2));
	names_configure(test, "nameserver " NET_IPV4(2) "\n");
	egret = egret_start_own(test, NULL);
	/* The one shows no name on its connection, the other does. */
	names_run(test, WORDS(asks, "-H", "Host:", WAITING));
	names_run(test, WORDS(says, WAITING));
	result = egret_stop(egret);
	expect_domain(result, TO_SITE(NET_IPV4(2)), asks, "a.example", "dns", "observed");
	expect_domain(result, TO_SITE(NET_IPV4(2)), says, "a.example", "http_host", "corroborated");
}

/* As `ip netns exec` makes it: a network of its own, and what it has for resolv.conf. */
static const char enter[] = "mount --bind \"$1\" /etc/resolv.conf || exit 77\n"
			    "shift && exec \"$@\"\n";

static void short_lived_command(struct test *test)
{
	const char *curl = names_copy(test, "curl", "curl"), *output = test_path(test, "result"),
		   *file = test_path(test, "own.conf");
	const char *nsenter = program_find(test, "nsenter"),
		   *unshare = program_find(test, "unshare");
	int net = net_new(test);
	struct output ended;

	egret_needed(test);
	net_join(test, 0, net);
	serve_site_in(test, 0, NET_IPV4(1));
	require(test, file_write(file, "nameserver " NET_IPV4(1) "\n") == 0);
	ended = egret_run(test,
			  WORDS("summary", "--format", "json", "-o", output, "--", nsenter,
				test_text(test, "--net=/proc/%d/fd/%d", getpid(), net), unshare,
				"--mount", "sh", "-c", enter, "sh", file, curl, WAITING));
	if (ended.status)
		test_fail(test, "%d: %s", ended.status, ended.err);
	expect_domain(result_parse(test, file_read(test, output), output), TO_SITE(NET_IPV4(1)),
		      curl, "a.example", "http_host", "corroborated");
}

#define ASKERS 400
#define WOKEN_MAX 32 /* in each second (bpf/names.bpf.h) */

/* Asks as one process after the other. */
static const char many[] = "import os, socket, struct, sys\n"
			   "asked = (struct.pack('!6H', 1, 0x100, 1, 0, 0, 0) +\n"
			   "         b'\\1a\\7example\\0' + struct.pack('!2H', 1, 1))\n"
			   "for i in range(int(sys.argv[2])):\n"
			   "    if not os.fork():\n"
			   "        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
			   "        s.sendto(asked, (sys.argv[1], 53))\n"
			   "        os._exit(0)\n"
			   "    os.wait()\n";

/* How often it has waited, and so been woken. */
static long waits_of(struct test *test, pid_t pid)
{
	const char *status = file_read(test, test_text(test, "/proc/%d/status", (int)pid));
	const char *waits = status ? strstr(status, "\nvoluntary_ctxt_switches:") : NULL;

	require(test, waits);
	return strtol(strchr(waits, ':') + 1, NULL, 10);
}

/* Who asks without end, as ever others, wakes egret no more often than it may. */
static void flood_of_askers(struct test *test)
{
	const char *python = names_copy(test, "python3", "many");
	time_t begun;
	struct egret *egret;
	long before, waits, seconds;

	egret_needed(test);
	net_ip(test, 0, "addr add " SITE "/32 dev lo");
	egret = egret_start_own(test, NULL);
	before = waits_of(test, egret->program->pid);
	begun = time(NULL);
	names_run(test, WORDS(python, "-c", many, SITE, test_text(test, "%d", ASKERS)));
	waits = waits_of(test, egret->program->pid) - before;
	seconds = (long)(time(NULL) - begun);
	/* It is woken for the first ones, and in each second looks by itself, too. */
	if (waits < 2 || waits > (seconds + 2) * (WOKEN_MAX + 2))
		test_wrong(test, "woken %ld times in %ld s", waits, seconds);
	egret_stop(egret);
}

const struct test_case asker_cases[] = {
	CASE("resolvers/container-file", container_file),
	CASE("resolvers/container-translated", container_translated),
	CASE("resolvers/short-lived", short_lived),
	CASE("resolvers/short-lived-command", short_lived_command),
	CASE("resolvers/flood-of-askers", flood_of_askers),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names that DNS gives: real resolvers, real clients, and those who answer themselves. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

#define HOSTS 60 /* of one name: more than an answer of 512 bytes holds */

static const char *const zone[] = {
	"--host-record=a.example," SITE ",2001:db8::7",
	"--cname=alias.example,middle.example",
	"--cname=middle.example,a.example",
	/* priority 1, target ".", ipv4hint (RFC 9460) */
	"--dns-rr=web.example,65,00010000040004c6336408",
	NULL,
};

static void ask(struct test *test, const char *const *arguments)
{
	const char *argv[16] = { program_find(test, "dig"), "+tries=1", "+time=5" };

	for (size_t i = 0; arguments[i]; i++)
		argv[3 + i] = arguments[i];
	names_run(test, argv);
}

static void expect_told(struct test *test, const cJSON *events, const char *name, const char *ip)
{
	expect_name(test, events, .exe = program_find(test, "dig"), .name = name, .ip = ip,
		    .source = "dns", .confidence = "observed");
}

/* A, AAAA, HTTPS, chains of CNAMEs, mixed case; over IPv4, IPv6, UDP and TCP. */
static void each_kind_of_answer(struct test *test)
{
	struct program *trace;
	const cJSON *events;

	names_serve_dns(test, "127.0.0.1,::1", zone);
	trace = names_trace(test, false);
	ask(test, WORDS("@127.0.0.1", "a.example", "A"));
	ask(test, WORDS("@::1", "a.example", "AAAA"));
	ask(test, WORDS("@127.0.0.1", "web.example", "HTTPS"));
	ask(test, WORDS("@::1", "+noedns", "alias.example"));
	ask(test, WORDS("@127.0.0.1", "+nocookie", "MidDLE.exAmple"));
	names_await(trace, "middle.example");
	ask(test, WORDS("@127.0.0.1", "+tcp", "alias.example", "AAAA"));
	ask(test, WORDS("@::1", "+tcp", "web.example", "HTTPS"));
	ask(test, WORDS("@127.0.0.1", "+tcp", "+keepopen", "nobody.example"));
	events = names_stop(trace);
	expect_told(test, events, "a.example", SITE);
	expect_told(test, events, "a.example", "2001:db8::7");
	expect_told(test, events, "web.example", "198.51.100.8");
	expect_told(test, events, "alias.example", SITE);
	expect_told(test, events, "middle.example", SITE);
	expect_told(test, events, "alias.example", "2001:db8::7");
	expect_no_name(test, events, .name = "nobody.example");
}

/* An answer that is too long for a datagram comes again over TCP, and only there is whole. */
static void truncated_answers(struct test *test)
{
	const char *hosts[HOSTS + 1] = { 0 };
	struct program *trace;
	const cJSON *events;

	for (int i = 0; i < HOSTS; i++)
		hosts[i] = test_text(test, "--host-record=many.example,198.51.100.%d", i + 1);
	names_serve_dns(test, "127.0.0.1", hosts);
	trace = names_trace(test, false);
	ask(test, WORDS("@127.0.0.1", "+noedns", "many.example"));
	events = names_stop(trace);
	for (int i = 0; i < HOSTS; i++)
		expect_told(test, events, "many.example", test_text(test, "198.51.100.%d", i + 1));
}

/* Answers of 800 bytes, one after the other on a connection that lasts: none comes too late. */
static void lasting_connection(struct test *test)
{
	enum { ANSWERS = 60, LINE = 16, TEXT = 250 };
	const char *asked = test_path(test, "asked");
	char lines[(ANSWERS + 1) * LINE], *end = lines, text[TEXT + 1] = "";
	struct program *trace;
	const cJSON *events;

	memset(text, 'x', TEXT);
	for (int i = 0; i < ANSWERS; i++)
		end = stpcpy(end, "b.example TXT\n");
	stpcpy(end, "a.example A\n");
	require(test, file_write(asked, lines) == 0);
	names_serve_dns(test, "127.0.0.1",
			WORDS(zone[0], test_text(test, "--txt-record=b.example,%s,%s,%s", text,
						 text, text)));
	trace = names_trace(test, false);
	/* Who answers here is known by datagrams. */
	ask(test, WORDS("@127.0.0.1", "nobody.example"));
	ask(test, WORDS("@127.0.0.1", "+tcp", "+keepopen", "-f", asked));
	events = names_stop(trace);
	expect_told(test, events, "a.example", SITE);
}

/* unbound asks dnsmasq, with names in random case; who asks unbound is told as well. */
static void through_unbound(struct test *test)
{
	const char *unbound = program_find(test, "unbound"),
		   *file = test_path(test, "unbound.conf");
	struct program *trace;
	const cJSON *events;

	names_serve_dns(test, "127.0.0.2", zone);
	require(test, file_write(file, "server:\n"
				       "  interface: 127.0.0.1\n"
				       "  username: \"\"\n  chroot: \"\"\n  directory: \"/\"\n"
				       "  pidfile: \"\"\n  use-syslog: no\n  verbosity: 2\n"
				       "  do-not-query-localhost: no\n"
				       "  use-caps-for-id: yes\n"
				       "  module-config: \"iterator\"\n"
				       "forward-zone:\n  name: \".\"\n"
				       "  forward-addr: 127.0.0.2\n"
				       "remote-control:\n  control-enable: no\n") == 0);
	program_expect(names_start(test, WORDS(unbound, "-d", "-c", file)), PROGRAM_ERR,
		       "start of service");
	trace = names_trace(test, false);
	ask(test, WORDS("@127.0.0.1", "alias.example"));
	events = names_stop(trace);
	expect_told(test, events, "alias.example", SITE);
	expect_name(test, events, .exe = unbound, .ip = SITE, .source = "dns",
		    .confidence = "observed");
	/* Others' names are there, too: the trace sees all of the machine. */
	expect_no_name(test, events, .exe = unbound, .ip = SITE, .confidence = "claimed");
	expect_no_name(test, events, .name = "alias.example", .ip = SITE, .confidence = "claimed");
}

/* The resolver of a bridge serves on the host, at the bridge's address, who is in containers. */
static void container_bridge(struct test *test)
{
	const char *dig = program_find(test, "dig");
	struct program *trace;
	const cJSON *events;
	int net = net_new(test);

	net_join(test, 0, net);
	names_serve_dns(test, NET_IPV4(1), zone);
	trace = names_trace(test, true); /* this namespace is the host's now */
	program_run(test, &(struct program_options){
				  .argv = WORDS(dig, "@" NET_IPV4(1), "+tries=1", "a.example"),
				  .net = net });
	events = names_stop(trace);
	expect_told(test, events, "a.example", SITE);
}

/* --- one process in several networks --- */

#define OTHER_SITE "198.51.100.8"

/*
 * Talks to a name, says so, and does the same in another network when it is told
 * to. Its servers are its own; what it says shows no name.
 */
static const char mover[] = "import ctypes, os, socket, sys\n"
			    "def visit(name):\n"
			    "    ip = socket.gethostbyname(name)\n"
			    "    server = socket.create_server((ip, 4000))\n"
			    "    client = socket.create_connection((ip, 4000))\n"
			    "    client.sendall(b'\\1\\2\\3')\n"
			    "    server.accept()[0].recv(3)\n"
			    "    print(name, ip, flush=True)\n"
			    "visit('a.example')\n"
			    "sys.stdin.readline()\n"
			    "there = os.open(sys.argv[1], os.O_RDONLY)\n"
			    "libc = ctypes.CDLL(None, use_errno=True)\n"
			    "if libc.setns(there, 0x40000000):\n" /* CLONE_NEWNET */
			    "    sys.exit(os.strerror(ctypes.get_errno()))\n"
			    "visit('b.example')\n";

/* A network whose resolver knows one name, with the address of that. */
static void serve_network(struct test *test, int net, const char *host, const char *ip)
{
	const char *const *argv = names_dns_server(
		test, "127.0.0.1", WORDS(test_text(test, "--host-record=%s,%s", host, ip)));

	net_ip(test, net, "addr add %s/32 dev lo", ip);
	program_expect(program_start(test, &(struct program_options){ .argv = argv, .net = net }),
		       PROGRAM_ERR, "started");
}

static void moves_to_another_network(struct test *test)
{
	const char *python = names_copy(test, "python3", "mover");
	int net = net_new(test), go[2];
	struct program *client;
	struct result *result;
	struct egret *egret;

	egret_needed(test);
	serve_network(test, 0, "a.example", SITE);
	serve_network(test, net, "b.example", OTHER_SITE);
	names_configure(test, "nameserver 127.0.0.1\n");
	require(test, pipe2(go, O_CLOEXEC) == 0);
	egret = egret_start(test, NULL);
	client = program_start(
		test, &(struct program_options){
			      .argv = WORDS(python, "-c", mover,
					    test_text(test, "/proc/%d/fd/%d", getpid(), net)),
			      .input = go[0] });
	program_expect(client, PROGRAM_OUT, "a.example " SITE);
	require(test, write(go[1], "\n", 1) == 1);
	expect_equal(test, program_wait(client)->status, 0);
	result = egret_stop(egret);
	expect_domain(result, &(struct row){ OUT("tcp", SITE, 4000) }, python, "a.example", "dns",
		      "observed");
	expect_domain(result, &(struct row){ OUT("tcp", OTHER_SITE, 4000) }, python, "b.example",
		      "dns", "observed");
}

/* --- lies --- */

/*
 * A program that is its own resolver: it asks itself, and answers; it answers
 * what nobody asked; and it answers another question than was asked.
 */
static const char liar[] =
	"import socket, struct\n"
	"def name(text):\n"
	"    labels = [bytes([len(label)]) + label.encode() for label in text.split('.')]\n"
	"    return b''.join(labels) + b'\\0' + struct.pack('!2H', 1, 1)\n"
	"def query(id, text):\n"
	"    return struct.pack('!6H', id, 0x100, 1, 0, 0, 0) + name(text)\n"
	"def answer(id, text):\n"
	"    return (struct.pack('!6H', id, 0x8180, 1, 1, 0, 0) + name(text) + b'\\xc0\\x0c' +\n"
	"            struct.pack('!2HIH', 1, 1, 60, 4) + bytes([198, 51, 100, 7]))\n"
	"server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
	"client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
	"server.bind(('127.0.0.1', 53))\n"
	"client.connect(('127.0.0.1', 53))\n"
	"client.send(query(1, 'bank.example'))\n"
	"to = server.recvfrom(512)[1]\n"
	"def tell(id, text):\n"
	"    server.sendto(answer(id, text), to)\n"
	"    client.recv(512)\n"
	"tell(1, 'bank.example')\n"
	"tell(2, 'unasked.example')\n"
	"client.send(query(3, 'asked.example'))\n"
	"server.recv(512)\n"
	"tell(3, 'another.example')\n"
	"tell(4, 'asked.example')\n";

static void own_answers(struct test *test)
{
	const char *python = names_copy(test, "python3", "liar");
	struct program *trace = names_trace(test, false);
	const cJSON *events;

	expect_equal(test,
		     program_run(test,
				 &(struct program_options){ .argv = WORDS(python, "-c", liar) })
			     .status,
		     0);
	names_await(trace, "bank.example");
	events = names_stop(trace);
	expect_name(test, events, .exe = python, .name = "bank.example", .ip = SITE,
		    .source = "dns", .confidence = "claimed");
	expect_no_name(test, events, .name = "bank.example", .confidence = "observed");
	expect_no_name(test, events, .name = "unasked.example");
	expect_no_name(test, events, .name = "another.example");
	expect_no_name(test, events, .name = "asked.example");
}

/* A network that a user made holds whatever the user likes, a system's resolver, too. */
static void own_network(struct test *test)
{
	const char *script =
		"ip link set lo up && { dnsmasq --conf-file=/dev/null --no-resolv"
		" --no-hosts --listen-address=127.0.0.1 --bind-interfaces --user= --group="
		" --pid-file= --host-record=bank.example," SITE
		"; exec dig @127.0.0.1 +tries=1 bank.example; }";
	struct program *trace;
	const cJSON *events;
	struct output output;

	program_find(test, "dnsmasq");
	program_find(test, "dig");
	trace = names_trace(test, false);
	output = program_run(test, &(struct program_options){
					   .argv = WORDS(program_find(test, "unshare"), "-Urnpf",
							 "--kill-child", "sh", "-c", script),
					   .uid = 65534 });
	if (!strstr(output.out, SITE))
		test_skip(test, "no network of a user's own: %s", output.err);
	names_await(trace, "bank.example");
	events = names_stop(trace);
	expect_name(test, events, .name = "bank.example", .source = "dns", .confidence = "claimed");
	expect_no_name(test, events, .name = "bank.example", .confidence = "observed");
}

/*
 * The same by one that was seen before in the host's: nobody can stop it from
 * taking the configured server's address there, nor from hiding who answers.
 */
#define RESOLVER "198.51.100.53"
static const char defector[] =
	"import ctypes, os, socket, struct, subprocess, sys\n"
	"def sender():\n"
	"    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
	"sender().sendto(b'seen', ('127.0.0.1', 9))\n"
	"if ctypes.CDLL(None).unshare(0x50000000):\n" /* CLONE_NEWUSER | CLONE_NEWNET */
	"    sys.exit(77)\n"
	"open('/proc/self/uid_map', 'w').write('0 65534 1')\n"
	"for line in sys.argv[1:]:\n"
	"    if subprocess.run(line.split()).returncode:\n"
	"        sys.exit(77)\n"
	"server, client = sender(), sender()\n"
	"server.bind(('" RESOLVER "', 5353))\n"
	"client.connect(('" RESOLVER "', 53))\n"
	"asked = b'\\4bank\\7example\\0' + struct.pack('!2H', 1, 1)\n"
	"client.send(struct.pack('!6H', 1, 0x100, 1, 0, 0, 0) + asked)\n"
	"server.sendto(struct.pack('!6H', 1, 0x8180, 1, 1, 0, 0) + asked + b'\\xc0\\x0c' +\n"
	"              struct.pack('!2HIH', 1, 1, 60, 4) + bytes([198, 51, 100, 7]),\n"
	"              server.recvfrom(512)[1])\n"
	"client.recv(512)\n";

static void own_network_later(struct test *test)
{
	const char *python = names_copy(test, "python3", "defector");
	const char *ip = program_find(test, "ip"), *nft = program_find(test, "nft");
	const char *const *argv = WORDS(
		python, "-c", defector, test_text(test, "%s link set lo up", ip),
		test_text(test, "%s addr add " RESOLVER "/32 dev lo", ip),
		test_text(test,
			  "%s table ip nat { chain output { type nat hook output priority -100;"
			  " udp dport 53 dnat to " RESOLVER ":5353; }; }",
			  nft));
	struct program *trace;
	const cJSON *events;
	struct output output;

	names_configure(test, "nameserver " RESOLVER "\n");
	trace = names_trace(test, true); /* what the case has configured is the host's now */
	output = program_run(test, &(struct program_options){ .argv = argv, .uid = 65534 });
	if (output.status == 77)
		test_skip(test, "no network of a user's own: %s", output.err);
	if (output.status)
		test_fail(test, "%s", output.err);
	names_await(trace, "bank.example");
	events = names_stop(trace);
	expect_name(test, events, .exe = python, .name = "bank.example", .source = "dns",
		    .confidence = "claimed");
}

const struct test_case resolver_cases[] = {
	CASE("resolvers/answers", each_kind_of_answer),
	CASE("resolvers/truncated", truncated_answers),
	CASE("resolvers/lasting-connection", lasting_connection),
	CASE("resolvers/unbound", through_unbound),
	CASE("resolvers/container-bridge", container_bridge),
	CASE("resolvers/moves", moves_to_another_network),
	CASE("resolvers/own-answers", own_answers),
	CASE("resolvers/own-network", own_network),
	CASE("resolvers/own-network-later", own_network_later),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names that QUIC shows: Retry, one socket for many, with a client and a server of ngtcp2. */
#include <string.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

/* The site, what its servers need, and a resolver of these names (dnsmasq's --address). */
static struct certificate prepare(struct test *test, const char *const *names)
{
	struct certificate certificate;

	names_site(test);
	certificate = names_certify(test);
	require(test, file_write(test_path(test, "file"), "hello\n") == 0);
	names_serve_dns(test, "127.0.0.1", names);
	names_configure(test, "nameserver 127.0.0.1\n");
	return certificate;
}

static void serve_quic(struct test *test, const char *ip, const char *port, const char *option,
		       const struct certificate *certificate)
{
	names_start(test, WORDS(program_find(test, "gtlsserver"), option, "-d", test->dir, ip, port,
				certificate->key, certificate->file));
}

static void fetch_quic(struct test *test, const char *name, const char *port)
{
	const struct output output = program_run(
		test, &(struct program_options){
			      .argv = WORDS(program_find(test, "gtlsclient"),
					    "--exit-on-all-streams-close", name, port,
					    test_text(test, "https://%s/file", name)) });

	if (output.status)
		test_fail(test, "gtlsclient: %s", output.err);
}

/* All that went to this server went there under this name. */
static void expect_whole(struct result *result, const char *exe, const char *ip, int port,
			 const char *name)
{
	const struct row at = { OUT("udp", ip, port) };
	const cJSON *row = result_row(result, exe, &at), *names = json_get(row, "names");

	expect_domain(result, &at, exe, name, "quic_sni", "claimed");
	expect_equal(result->test, cJSON_GetArraySize(names), 1);
	names = cJSON_GetArrayItem(names, 0);
	expect_equal(result->test, json_number(names, "bytes_sent"),
		     json_number(row, "bytes_sent"));
	expect_equal(result->test, json_number(names, "bytes_received"),
		     json_number(row, "bytes_received"));
	expect_equal(result->test, json_number(row, "connections"), 1);
}

/* A server that asks first whether the address is the client's (RFC 9000 section 8.1.2). */
static void quic_retry(struct test *test)
{
	const char *client = names_copy(test, "gtlsclient", "client");
	struct certificate certificate;
	struct output output;
	struct egret *egret;

	certificate = prepare(test, WORDS("--address=/a.example/" SITE));
	serve_quic(test, SITE, "4433", "-qV", &certificate);
	names_listening(test, "udp", 4433);
	egret = egret_start_own(test, NULL);
	output = program_run(test, &(struct program_options){
					   .argv = WORDS(client, "--exit-on-all-streams-close",
							 "a.example", "4433",
							 "https://a.example/file") });
	if (output.status || !strstr(output.err, "type=Retry"))
		test_fail(test, "gtlsclient: %s", output.err);
	expect_domain(egret_stop(egret), &(struct row){ OUT("udp", SITE, 4433) }, client,
		      "a.example", "quic_sni", "corroborated");
}

/*
 * Two relays in turn, between one client and a server, to which both send from
 * the same port: the first takes the Initial there and the Retry back, the
 * second all that comes then. So what the second has sent is protected by the
 * id alone that the server chose, which it makes sure of (RFC 9001 section 5.2).
 */
static const char before_retry[] =
	"import os, socket, sys\n"
	"def bound(ip, port):\n"
	"    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
	"    s.bind((ip, port))\n"
	"    return s\n"
	"inner, outer = bound('127.0.0.1', 5001), bound(sys.argv[1], 6001)\n"
	"print('relaying', flush=True)\n"
	"initial, client = inner.recvfrom(65536)\n"
	"outer.sendto(initial, (sys.argv[1], 4433))\n"
	"retry = outer.recv(65536)\n"
	"assert retry[0] & 0xf0 == 0xf0\n"
	"at = 6 + retry[5]\n"
	"chosen = retry[at + 1:at + 1 + retry[at]]\n"
	"assert chosen and chosen != initial[6:6 + initial[5]]\n"
	"inner.sendto(retry, client)\n"
	"outer.close()\n"
	"os.set_inheritable(inner.fileno(), True)\n"
	"os.execv(sys.argv[2], [sys.argv[2], '-c', sys.argv[3], sys.argv[1],\n"
	"                       str(inner.fileno()), chosen.hex()])\n";
static const char after_retry[] = "import select, socket, sys\n"
				  "inner = socket.socket(fileno=int(sys.argv[2]))\n"
				  "outer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
				  "outer.bind((sys.argv[1], 6001))\n"
				  "first = True\n"
				  "while True:\n"
				  "    for s in select.select([inner, outer], [], [])[0]:\n"
				  "        data, peer = s.recvfrom(65536)\n"
				  "        if s is outer:\n"
				  "            inner.sendto(data, client)\n"
				  "            continue\n"
				  "        if first and data[6:6 + data[5]].hex() != sys.argv[3]:\n"
				  "            continue\n" /* sent again before the Retry came */
				  "        assert not first or data[0] & 0xf0 == 0xc0\n"
				  "        first, client = False, peer\n"
				  "        outer.sendto(data, (sys.argv[1], 4433))\n";

static void quic_after_retry(struct test *test)
{
	const char *before = names_copy(test, "python3", "before");
	const char *after = names_copy(test, "python3", "after");
	struct certificate certificate;
	struct program *relay_of_both;
	struct result *result;
	struct egret *egret;

	program_find(test, "gtlsclient");
	certificate = prepare(test, WORDS("--address=/a.example/127.0.0.1"));
	serve_quic(test, SITE, "4433", "-qV", &certificate);
	names_listening(test, "udp", 4433);
	egret = egret_start_own(test, NULL);
	relay_of_both =
		names_start(test, WORDS(before, "-c", before_retry, SITE, after, after_retry));
	program_expect(relay_of_both, PROGRAM_OUT, "relaying");
	fetch_quic(test, "a.example", "5001");
	result = egret_stop(egret);
	expect_whole(result, after, SITE, 4433, "a.example");
}

/* A relay whose one socket, which is not connected, speaks for two clients to two servers. */
static const char relay[] =
	"import socket, select, sys\n"
	"def bound(port):\n"
	"    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
	"    s.bind(('127.0.0.1', port))\n"
	"    return s\n"
	"ways = {bound(5001): (sys.argv[1], 4433), bound(5002): (sys.argv[2], 53)}\n"
	"out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
	"clients = {}\n"
	"print('relaying', flush=True)\n"
	"while True:\n"
	"    for s in select.select([out, *ways], [], [])[0]:\n"
	"        data, peer = s.recvfrom(65536)\n"
	"        if s is out:\n"
	"            back, client = clients[peer]\n"
	"            back.sendto(data, client)\n"
	"        else:\n"
	"            clients[ways[s]] = s, peer\n"
	"            out.sendto(data, ways[s])\n";

#define SECOND_SITE "198.51.100.8"

static void one_socket_of_quic(struct test *test)
{
	const char *python = names_copy(test, "python3", "relay");
	struct certificate certificate;
	struct result *result;
	struct egret *egret;

	program_find(test, "gtlsclient");
	certificate = prepare(test, WORDS("--address=/a.example/127.0.0.1",
					  "--address=/b.example/127.0.0.1"));
	net_ip(test, 0, "addr add " SECOND_SITE "/32 dev lo");
	serve_quic(test, SITE, "4433", "-q", &certificate);
	/* Where DNS is expected. */
	serve_quic(test, SECOND_SITE, "53", "-q", &certificate);
	names_listening(test, "udp", 4433);
	egret = egret_start_own(test, NULL);
	program_expect(names_start(test, WORDS(python, "-c", relay, SITE, SECOND_SITE)),
		       PROGRAM_OUT, "relaying");
	fetch_quic(test, "a.example", "5001");
	fetch_quic(test, "b.example", "5002");
	result = egret_stop(egret);
	expect_whole(result, python, SITE, 4433, "a.example");
	expect_whole(result, python, SECOND_SITE, 53, "b.example");
}

const struct test_case quic_cases[] = {
	CASE("handshakes/quic-retry", quic_retry),
	CASE("handshakes/quic-after-retry", quic_after_retry),
	CASE("handshakes/quic-one-socket", one_socket_of_quic),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of destinations: real resolvers, servers and clients, and who says what. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

#define SITE_IPV6 "2001:db8::7"
#define SITE_ROW                                                                                   \
	&(struct row)                                                                              \
	{                                                                                          \
		OUT("tcp|mptcp", SITE, 443)                                                        \
	}

/* openssl's server, which has one certificate for any name. */
static void serve_tls(struct test *test, const char *at)
{
	struct certificate certificate = names_certify(test);
	struct program *server = names_start(test, WORDS(program_find(test, "openssl"), "s_server",
							 "-accept", at, "-cert", certificate.file,
							 "-key", certificate.key, "-www"));

	program_expect(server, PROGRAM_OUT, "ACCEPT");
}

/* a.example and b.example are one address, where the server is. */
static void prepare_at(struct test *test, const char *at)
{
	names_site(test);
	names_serve_dns(test, "127.0.0.1",
			WORDS("--address=/a.example/" SITE, "--address=/b.example/" SITE));
	names_configure(test, "nameserver 127.0.0.1\n");
	serve_tls(test, at);
}

static void prepare(struct test *test)
{
	prepare_at(test, SITE ":443");
}

static void fetch(struct test *test, const char *curl, const char *host)
{
	names_run(test, WORDS(curl, "-sk", "--noproxy", "*", "-o", "/dev/null",
			      test_text(test, "https://%s/", host)));
}

/* A row's entry of this name; NULL: there is none. */
static const cJSON *name_entry(const cJSON *row, const char *name)
{
	const cJSON *entry;

	cJSON_ArrayForEach(entry, json_get(row, "names")) {
		if (!strcmp(json_text(entry, "name"), name))
			return entry;
	}
	return NULL;
}

/* Two apps at one address keep their own names; a third shows two, and their bytes apart. */
static void one_address_many_names(struct test *test)
{
	const char *first = names_copy(test, "curl", "first"),
		   *second = names_copy(test, "curl", "second");
	const char *both = names_copy(test, "curl", "both");
	const cJSON *row, *a, *b;
	struct result *result;
	struct egret *egret;

	prepare(test);
	egret = egret_start_own(test, NULL);
	fetch(test, first, "a.example");
	fetch(test, second, "b.example");
	fetch(test, both, "a.example");
	fetch(test, both, "a.example");
	fetch(test, both, "b.example");
	result = egret_stop(egret);
	expect_domain(result, SITE_ROW, first, "a.example", "tls_sni", "corroborated");
	expect_domain(result, SITE_ROW, second, "b.example", "tls_sni", "corroborated");
	expect_domain(result, SITE_ROW, both, "a.example", "tls_sni", "corroborated");
	row = result_row(result, both, SITE_ROW);
	a = name_entry(row, "a.example");
	b = name_entry(row, "b.example");
	require(test, a && b);
	expect_equal(test, json_number(a, "connections"), 2);
	expect_equal(test, json_number(b, "connections"), 1);
	expect_equal(test, json_number(a, "bytes_sent") + json_number(b, "bytes_sent"),
		     json_number(row, "bytes_sent"));
}

/* A name that nobody has asked for is only what the program says. */
static void a_lie_is_claimed(struct test *test)
{
	const char *curl = names_copy(test, "curl", "liar");
	struct egret *egret;

	prepare(test);
	egret = egret_start_own(test, NULL);
	names_run(test, WORDS(curl, "-sk", "--noproxy", "*", "-o", "/dev/null", "--resolve",
			      "bank.example:443:" SITE, "https://bank.example/"));
	expect_domain(egret_stop(egret), SITE_ROW, curl, "bank.example", "tls_sni", "claimed");
}

/* Without a name of its own a connection has that of its address: as told to it, or to others. */
static void answers_name_connections(struct test *test)
{
	const char *asks = names_copy(test, "curl", "asks"),
		   *other = names_copy(test, "curl", "other");
	struct result *result;
	struct egret *egret;

	prepare(test);
	egret = egret_start_own(test, NULL);
	/* Not TLS, and nothing that shows a name: curl has asked for one all the same. */
	names_run(test, WORDS(asks, "-s", "--max-time", "2", "telnet://a.example:443"));
	names_run(test, WORDS(other, "-s", "--max-time", "2", "telnet://" SITE ":443"));
	result = egret_stop(egret);
	expect_domain(result, SITE_ROW, asks, "a.example", "dns", "observed");
	expect_domain(result, SITE_ROW, other, "a.example", "dns_other_app", "inferred");
}

/* A ClientHello in a record of 100 bytes and then in records of one, in a packet of its own. */
static const char shrinking[] =
	"import socket, ssl, sys\n"
	"context = ssl._create_unverified_context()\n"
	"taken = ssl.MemoryBIO()\n"
	"client = context.wrap_bio(ssl.MemoryBIO(), taken, server_hostname='a.example')\n"
	"try:\n"
	"    client.do_handshake()\n"
	"except ssl.SSLWantReadError:\n"
	"    hello = taken.read()[5:]\n"
	"def record(data):\n"
	"    return b'\\x16\\3\\1' + len(data).to_bytes(2, 'big') + data\n"
	"s = socket.create_connection((sys.argv[1], 443))\n"
	"s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n"
	"s.sendall(record(hello[:100]))\n"
	"s.sendall(b''.join(record(bytes([byte])) for byte in hello[100:]))\n"
	"print('answer', s.recv(1)[0])\n";

static void records_of_any_size(struct test *test)
{
	const char *python = names_copy(test, "python3", "shrinks");
	struct output output;
	struct egret *egret;

	prepare(test);
	egret = egret_start_own(test, NULL);
	output = program_run(
		test, &(struct program_options){ .argv = WORDS(python, "-c", shrinking, SITE) });
	/* A handshake record: the server has understood it. */
	if (strcmp(output.out, "answer 22\n") != 0)
		test_fail(test, "%s%s", output.out, output.err);
	expect_domain(egret_stop(egret), SITE_ROW, python, "a.example", "tls_sni", "claimed");
}

/* TLS where DNS is expected. */
static void on_any_port(struct test *test)
{
	const char *curl = names_copy(test, "curl", "evades");
	struct egret *egret;

	prepare_at(test, SITE ":53");
	egret = egret_start_own(test, NULL);
	fetch(test, curl, "a.example:53");
	expect_domain(egret_stop(egret), &(struct row){ OUT("tcp|mptcp", SITE, 53) }, curl,
		      "a.example", "tls_sni", "corroborated");
}

/* MPTCP: bytes are the connection's, the name goes over its first subflow. */
static const char multipath[] = "import socket, ssl, sys\n"
				"try:\n"
				"    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)\n"
				"except OSError:\n"
				"    sys.exit(77)\n"
				"s.connect((sys.argv[1], 443))\n"
				"context = ssl._create_unverified_context()\n"
				"s = context.wrap_socket(s, server_hostname='a.example')\n"
				"s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')\n";

static void over_mptcp(struct test *test)
{
	const char *python = names_copy(test, "python3", "multipath");
	struct result *result;
	const cJSON *row, *name;
	struct output output;
	struct egret *egret;

	prepare(test);
	egret = egret_start_own(test, NULL);
	output = program_run(
		test, &(struct program_options){ .argv = WORDS(python, "-c", multipath, SITE) });
	result = egret_stop(egret);
	if (output.status == 77)
		test_skip(test, "no MPTCP: %s", strerror(EPROTONOSUPPORT));
	expect_domain(result, SITE_ROW, python, "a.example", "tls_sni", "claimed");
	row = result_row(result, python, SITE_ROW);
	name = name_entry(row, "a.example");
	require(test, name);
	expect_equal(test, json_number(name, "bytes_sent"), json_number(row, "bytes_sent"));
}

static void over_ipv6(struct test *test)
{
	const char *curl = names_copy(test, "curl", "six");
	struct egret *egret;

	egret_needed(test);
	net_ip(test, 0, "addr add " SITE_IPV6 "/128 dev lo nodad");
	names_serve_dns(test, "::1", WORDS("--host-record=six.example," SITE_IPV6));
	names_configure(test, "nameserver ::1\n");
	serve_tls(test, "[" SITE_IPV6 "]:443");
	egret = egret_start_own(test, NULL);
	fetch(test, curl, "six.example");
	expect_domain(egret_stop(egret), &(struct row){ OUT("tcp|mptcp", SITE_IPV6, 443) }, curl,
		      "six.example", "tls_sni", "corroborated");
}

/* The size of the map that samples would go through, as the kernel shows it; 0: there is none. */
static unsigned long names_ring(struct test *test, pid_t pid)
{
	unsigned long smallest = 0;

	for (int fd = 3; fd < 256; fd++) {
		const char *info =
			file_read(test, test_text(test, "/proc/%d/fdinfo/%d", (int)pid, fd));
		const char *size = info ? strstr(info, "max_entries:") : NULL;
		unsigned long room;

		if (!size || !strstr(info, "map_type:\t27")) /* BPF_MAP_TYPE_RINGBUF */
			continue;
		room = strtoul(size + strlen("max_entries:"), NULL, 10);
		if (!smallest || room < smallest)
			smallest = room;
	}
	return smallest;
}

/* Nor is one told of, and there is no room for samples: a ring of one page, and not the usual. */
static void nothing_comes_through(struct test *test, const char *curl)
{
	const char *const *argv = WORDS(test->egret, "trace", "--include-loopback", "--no-names");
	struct program *trace =
		program_start(test, &(struct program_options){ .argv = argv, .host = true });

	program_expect(trace, PROGRAM_ERR, "egret: tracing");
	expect_equal(test, names_ring(test, trace->pid), (unsigned long)sysconf(_SC_PAGESIZE));
	fetch(test, curl, "a.example");
	program_expect(trace, PROGRAM_OUT, curl);
	expect_equal(test, cJSON_GetArraySize(names_stop(trace)), 0);
}

static void nothing_is_sampled_without_names(struct test *test)
{
	const char *curl = names_copy(test, "curl", "unnamed");
	struct result *result;
	struct egret *egret;
	const cJSON *row;

	prepare(test);
	egret = egret_start(test, WORDS("--no-names"));
	fetch(test, curl, "a.example");
	result = egret_stop(egret);
	row = result_row(result, curl, SITE_ROW);
	require(test, row);
	if (json_text(row, "domain") || cJSON_GetArraySize(json_get(row, "names")))
		test_wrong(test, "a name without samples: %s", json_text(row, "domain"));
	nothing_comes_through(test, curl);
}

#define MAPPING_MAX (1UL << 32) /* larger is only what a sanitizer keeps about each byte */

/*
 * Does its memory hold this text? Not looked at is the kernel's ring, where the
 * latest samples lie until others need the room.
 */
static bool remembers(struct test *test, pid_t pid, const char *text)
{
	char *maps = file_read(test, test_text(test, "/proc/%d/maps", (int)pid)), *line;
	int memory = open(test_text(test, "/proc/%d/mem", (int)pid), O_RDONLY | O_CLOEXEC);
	bool found = false;

	require(test, maps && memory >= 0);
	while ((line = strsep(&maps, "\n")) != NULL && !found) {
		unsigned long begin, end;
		ssize_t size;
		char *bytes;

		if (sscanf(line, "%lx-%lx rw", &begin, &end) != 2 || strstr(line, "bpf") ||
		    end - begin > MAPPING_MAX)
			continue;
		bytes = malloc(end - begin);
		require(test, bytes);
		size = pread(memory, bytes, end - begin, (off_t)begin);
		found = size > 0 && memmem(bytes, (size_t)size, text, strlen(text));
		free(bytes);
	}
	close(memory);
	return found;
}

/* A request that never ends, and how it does: told to by its input. */
static const char unfinished[] = "import socket, sys\n"
				 "s = socket.create_connection((sys.argv[1], 443))\n"
				 "s.sendall(b'GET /' + sys.argv[2].encode()[::-1])\n"
				 "sys.stdin.readline()\n";

/* What waits for the rest of a name is overwritten as its connection ends, not seconds later. */
static void nothing_outlives_its_connection(struct test *test)
{
	const char *python = names_copy(test, "python3", "unfinished");
	struct program *trace, *client;
	time_t ended;
	int end[2];

	prepare(test);
	trace = names_trace(test, false);
	require(test, pipe2(end, O_CLOEXEC) == 0);
	client = program_start(test,
			       &(struct program_options){ .argv = WORDS(python, "-c", unfinished,
									SITE, "gnihtyna-tercesa"),
							  .input = end[0] });
	program_expect(trace, PROGRAM_OUT, "\"result\":\"ok\"");
	test->waiting = "the beginning of a request in memory";
	while (!remembers(test, trace->pid, "asecret-anything"))
		breathe();
	test->waiting = NULL;
	require(test, write(end[1], "\n", 1) == 1);
	expect_equal(test, program_wait(client)->status, 0);
	program_expect(trace, PROGRAM_OUT, "\"event\":\"close\"");
	ended = time(NULL);
	while (remembers(test, trace->pid, "asecret-anything")) {
		if (time(NULL) - ended > 5)
			test_fail(test, "the request is still there");
		breathe();
	}
	names_stop(trace);
}

#define QUESTIONS 3000 /* three times what there is room for */

/* Asks for one name after the other, and nobody answers. */
static const char flood[] =
	"import socket, struct, sys\n"
	"sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
	"sink.bind((sys.argv[1], 53))\n"
	"s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
	"s.connect((sys.argv[1], 53))\n"
	"for i in range(int(sys.argv[2])):\n"
	"    name = b'n%06d' % i\n"
	"    s.send(struct.pack('!6H', i, 0x100, 1, 0, 0, 0) + bytes([len(name)]) + name +\n"
	"           b'\\7example\\0' + struct.pack('!2H', 1, 1))\n";

/* Its server is its own. */
static const char quiet[] = "import socket, sys\n"
			    "server = socket.create_server((sys.argv[1], 80))\n"
			    "s = socket.create_connection((sys.argv[1], 80))\n"
			    "s.sendall(b'GET / HTTP/1.1\\r\\nHost: quiet.example\\r\\n\\r\\n')\n"
			    "server.accept()[0].recv(100)\n";

/* While egret is not looking, one app's names can't push another's out; what is lost is counted. */
static void a_flood_leaves_room_for_others(struct test *test)
{
	const char *flooding = names_copy(test, "python3", "flooding");
	const char *quietly = names_copy(test, "python3", "quiet");
	struct result *result;
	struct egret *egret;
	long long skipped;

	names_site(test);
	egret = egret_start_own(test, NULL);
	require(test, kill(egret->program->pid, SIGSTOP) == 0);
	names_run(test, WORDS(flooding, "-c", flood, SITE, test_text(test, "%d", (int)QUESTIONS)));
	names_run(test, WORDS(quietly, "-c", quiet, SITE));
	require(test, kill(egret->program->pid, SIGCONT) == 0);
	result = egret_stop(egret);
	expect_domain(result, &(struct row){ OUT("tcp|mptcp", SITE, 80) }, quietly, "quiet.example",
		      "http_host", "claimed");
	skipped = json_number(result->json, "ledger.lost.names_skipped");
	if (skipped < QUESTIONS / 2)
		test_wrong(test, "only %lld samples are said to be missing", skipped);
}

/* Long after, the history still knows who said what, and how sure it was. */
static void explained_by_the_history(struct test *test)
{
	const char *curl = names_copy(test, "curl", "past"), *path = test_path(test, "history.db");
	struct program *recorder;
	struct output output;
	const cJSON *claim;
	bool named = false, counted = false;

	egret_needed(test);
	prepare(test);
	recorder = names_start(test, WORDS(test->egret, "record", "--database", path, "--interval",
					   "1h", "--include-loopback"));
	program_expect(recorder, PROGRAM_ERR, "egret: tracing");
	fetch(test, curl, "a.example");
	kill(recorder->pid, SIGTERM);
	expect_equal(test, program_wait(recorder)->status, 0);
	output = egret_run(test, WORDS("explain", "--database", path, "--since", "1h", "--format",
				       "json", "a.example"));
	expect_equal(test, output.status, 0);
	cJSON_ArrayForEach(claim, json_get(cJSON_Parse(output.out), "claims")) {
		const char *value = json_text(claim, "value"), *topic = json_text(claim, "claim");

		named |= !strcmp(topic, "name") && !strcmp(value, "a.example") &&
			 !strcmp(json_text(claim, "source"), "tls_sni") &&
			 !strcmp(json_text(claim, "certainty"), "corroborated");
		counted |= !strcmp(topic, "app") &&
			   !strcmp(value, test_text(test, "exe:%s", curl)) &&
			   strstr(json_text(claim, "detail"), "443/tcp outbound");
	}
	if (!named || !counted)
		test_wrong(test, "the history can't say it: %s", output.out);
}

const struct test_case name_cases[] = {
	CASE("names/one-address", one_address_many_names),
	CASE("names/lie", a_lie_is_claimed),
	CASE("names/answers", answers_name_connections),
	CASE("names/records", records_of_any_size),
	CASE("names/any-port", on_any_port),
	CASE("names/over-mptcp", over_mptcp),
	CASE("names/over-ipv6", over_ipv6),
	CASE("names/flood", a_flood_leaves_room_for_others),
	CASE("names/none-outlives-its-connection", nothing_outlives_its_connection),
	CASE("names/explained-by-the-history", explained_by_the_history),
	CASE("names/none", nothing_is_sampled_without_names),
	{},
};

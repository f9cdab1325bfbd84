/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The question that egret was written for: how many bytes does an app send to
 * which company in which country, under which name, and how sure is that?
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

#include "apps.h"
#include "droid.h"
#include "places.h"

#define APP "android:tablet/com.example.video"
#define APP_UID 10123
#define MAIL_UID 10200
#define RESOLVER "192.31.196.53"
#define SECURE_PORT 443
#define PLAIN_PORT 5228

#define UPLOAD_SIZE 812000
#define VIDEO_SIZE 300000
#define STATISTICS_SIZE 31000

/* AS112's addresses (RFC 7535), which answer for nobody, should one ever leave its namespace. */
enum { LOG, VIDEO, STATISTICS, PUSH, BARE, SERVERS };

/* What must be said of each; a NULL is one in the result, too. */
static const struct server {
	const char *ip, *domain, *source, *confidence, *registered;
	const char *country, *organization, *operator_country, *owner, *owner_country;
	const char *transport;
	int port, number;
} servers[SERVERS] = {
	[LOG] = { .ip = "192.31.196.1",
		  .domain = "log.example.com",
		  .source = "tls_sni",
		  .confidence = "corroborated",
		  .registered = "example.com",
		  .country = "SG",
		  .organization = "Example Pte",
		  .operator_country = "SG",
		  .owner = "Example Holdings",
		  .owner_country = "CN",
		  .transport = "tcp|mptcp",
		  .port = SECURE_PORT,
		  .number = 64500 },
	/* Announced in many places at once: no country. */
	[VIDEO] = { .ip = "192.31.196.2",
		    .domain = "video.cdn.example.net",
		    .source = "quic_sni",
		    .confidence = "corroborated",
		    .registered = "example.net",
		    .organization = "Carrier Inc",
		    .operator_country = "US",
		    .owner = "Carrier",
		    .owner_country = "US",
		    .transport = "udp",
		    .port = SECURE_PORT,
		    .number = 64501 },
	[STATISTICS] = { .ip = "192.31.196.3",
			 .domain = "stats.example.org",
			 .source = "tls_sni",
			 .confidence = "claimed",
			 .registered = "example.org",
			 .country = "US",
			 .organization = "Carrier Inc",
			 .operator_country = "US",
			 .transport = "tcp|mptcp",
			 .port = SECURE_PORT,
			 .number = 64501 },
	[PUSH] = { .ip = "192.31.196.4",
		   .domain = "push.example.com",
		   .source = "dns_other_app",
		   .confidence = "inferred",
		   .registered = "example.com",
		   .country = "DE",
		   .organization = "Beispiel GmbH",
		   .operator_country = "DE",
		   .owner = "Example Holdings",
		   .owner_country = "CN",
		   .transport = "tcp|mptcp",
		   .port = PLAIN_PORT,
		   .number = 64503 },
	[BARE] = { .ip = "192.31.196.5",
		   .country = "CN",
		   .organization = "Example Ltd",
		   .operator_country = "CN",
		   .transport = "tcp|mptcp",
		   .port = PLAIN_PORT,
		   .number = 64502 },
};

/* What the programs themselves say that they sent and received. */
struct truth {
	long long sent, received;
};

struct scene {
	struct test *test;
	const char *root, *cgroup; /* of the container */
	int net; /* of the container; the servers are in the case's own, which is the host's here */
	struct program *listener; /* of the app: waits for messages as long as its input is open */
	int input[2];
	const char *database, *owners;
	struct program *relays[SERVERS];
	struct truth truth[SERVERS];
};

/* --- the servers --- */

static void serve_dns(struct scene *scene)
{
	const char *const *argv =
		names_dns_server(scene->test, RESOLVER,
				 WORDS("--host-record=log.example.com,192.31.196.1",
				       "--host-record=video.cdn.example.net,192.31.196.2",
				       "--host-record=push.example.com,192.31.196.4"));

	program_expect(names_start(scene->test, argv), PROGRAM_ERR, "started");
	names_configure(scene->test, "nameserver " RESOLVER "\n");
}

/* socat in front of a server: it counts what it hands on, below TLS. */
static void serve_relay(struct scene *scene, int server, const char *to)
{
	struct test *test = scene->test;
	const char *listen = test_text(test, "TCP-LISTEN:%d,bind=%s,reuseaddr",
				       servers[server].port, servers[server].ip);
	const char *const *argv = WORDS(program_find(test, "socat"), "-d", "-d", "-d", listen, to);

	scene->relays[server] = names_start(test, argv);
	program_expect(scene->relays[server], PROGRAM_ERR, "listening on");
}

static void serve_web(struct scene *scene, const struct certificate *certificate)
{
	struct test *test = scene->test;
	const char *file = test_path(test, "nginx.conf");
	const char *text = test_text(
		test,
		"daemon off;\nmaster_process off;\npid %s;\nerror_log stderr notice;\nevents {}\n"
		"http {\n  access_log off;\n  client_body_temp_path %s;\n"
		"  client_max_body_size 10m;\n"
		"  server { listen 127.0.0.1:8443 ssl; ssl_certificate %s;"
		" ssl_certificate_key %s; return 200 \"thank you\\n\"; }\n}\n",
		test_path(test, "nginx.pid"), test_path(test, "body"), certificate->file,
		certificate->key);

	require(test, file_write(file, text) == 0);
	program_expect(names_start(test, WORDS(program_find(test, "nginx"), "-p", test->dir, "-c",
					       file, "-e", "stderr")),
		       PROGRAM_ERR, "getrlimit");
}

/* A file of this size; the bytes don't matter. */
static void make_file(struct test *test, const char *path, long size)
{
	require(test, file_write(path, "") == 0);
	require(test, truncate(path, size) == 0);
	require(test, chmod(path, 0644) == 0);
}

static void serve_video(struct test *test, const struct certificate *certificate)
{
	const char *dir = test_path(test, "videos");

	require(test, mkdir(dir, 0755) == 0);
	make_file(test, test_text(test, "%s/film", dir), VIDEO_SIZE);
	names_start(test, WORDS(program_find(test, "gtlsserver"), "-q", "-d", dir,
				servers[VIDEO].ip, "443", certificate->key, certificate->file));
	names_listening(test, "udp", servers[VIDEO].port);
}

static void serve_all(struct scene *scene)
{
	struct certificate certificate = names_certify(scene->test);

	serve_dns(scene);
	serve_web(scene, &certificate);
	serve_relay(scene, LOG, "TCP:127.0.0.1:8443");
	serve_relay(scene, STATISTICS, "TCP:127.0.0.1:8443");
	serve_relay(scene, PUSH,
		    "SYSTEM:head -c 2200 >/dev/null; yes | head -c 5100; cat >/dev/null");
	serve_relay(scene, BARE, "SYSTEM:head -c 180 >/dev/null; head -c 90 /dev/zero");
	serve_video(scene->test, &certificate);
}

/* --- the container --- */

/* What programs need below a root of their own: the host's, seen from there. */
static void share(struct test *test, const char *root)
{
	static const char *const names[] = { "usr", "bin", "sbin", "lib", "lib64", "etc", "dev" };
	char target[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *from = test_text(test, "/%s", names[i]);
		const char *to = test_text(test, "%s/%s", root, names[i]);
		ssize_t size = readlink(from, target, sizeof(target));

		if (size >= 0) {
			require(test, symlink(test_text(test, "%.*s", (int)size, target), to) == 0);
			continue;
		}
		if (access(from, F_OK) < 0)
			continue;
		require(test, mkdir(to, 0755) == 0);
		require(test, mount(from, to, NULL, MS_BIND | MS_REC, NULL) == 0);
	}
}

static void make_container(struct scene *scene)
{
	struct test *test = scene->test;
	static const char packages[] =
		"com.example.video 10123 0 /data/user/0/com.example.video default 3003\n"
		"com.example.mail 10200 0 /data/user/0/com.example.mail default 3003\n";

	scene->cgroup = cgroup_named(test, "lxc.payload.tablet");
	scene->root = droid_make(test);
	require(test, file_write(test_text(test, "%s/data/system/packages.list", scene->root),
				 packages) == 0);
	share(test, scene->root);
	make_file(test, test_text(test, "%s/data/upload", scene->root), UPLOAD_SIZE);
	make_file(test, test_text(test, "%s/data/statistics", scene->root), STATISTICS_SIZE);
}

/* A program of an app in the container. */
static struct program *start_in(struct scene *scene, unsigned uid, const char *script, int input)
{
	struct test *test = scene->test;
	const char *const *argv = WORDS(program_find(test, "chroot"),
					test_text(test, "--userspec=%u:%u", uid, uid), scene->root,
					"/bin/sh", "-ec", script);

	return program_start(test, &(struct program_options){ .argv = argv,
							      .cgroup = scene->cgroup,
							      .net = scene->net,
							      .input = input });
}

static const struct output *run_in(struct scene *scene, unsigned uid, const char *script)
{
	const struct output *output = program_wait(start_in(scene, uid, script, 0));

	if (output->status)
		test_fail(scene->test, "%s: %s", script, output->err);
	return output;
}

/* --- what the app does --- */

/* The sum of the numbers before `unit` in the lines that begin with `what`. */
static long long add_lines(const char *text, const char *what, const char *unit)
{
	long long sum = 0;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		const char *end;

		line += *line == '\n';
		end = strstr(line, unit);
		if (strncmp(line, what, strlen(what)) != 0 || !end)
			continue;
		while (end > line && end[-1] != ' ')
			end--;
		sum += strtoll(end, NULL, 10);
	}
	return sum;
}

/* "... I transferred 517 bytes from 6 to 5": the first one says which way is there and back. */
static struct truth relayed(struct program *relay)
{
	static const char word[] = " transferred ";
	const char *at = program_wait(relay)->err;
	int first = -1, from, to;
	struct truth truth = { 0 };
	long long bytes;

	while ((at = strstr(at, word))) {
		at += strlen(word);
		if (sscanf(at, "%lld bytes from %d to %d", &bytes, &from, &to) != 3)
			continue;
		first = first < 0 ? from : first;
		*(from == first ? &truth.sent : &truth.received) += bytes;
	}
	return truth;
}

/* A connection that stays: as an app's for messages does. */
static void listen_for_messages(struct scene *scene)
{
	require(scene->test, pipe2(scene->input, O_CLOEXEC) == 0);
	scene->listener = start_in(scene, APP_UID,
				   "{ head -c 2200 /dev/zero; cat; } |"
				   " socat - TCP:192.31.196.4:5228",
				   scene->input[0]);
	program_expect(scene->listener, PROGRAM_OUT, "y");
}

/* A snapshot is of all that was seen before: whose the first processes are, too. */
static void look(const struct egret *egret)
{
	kill(egret->program->pid, SIGUSR1);
	egret->test->waiting = "a snapshot";
	while (access(egret->file, F_OK) < 0)
		breathe();
	egret->test->waiting = NULL;
}

static void talk(struct scene *scene, const struct egret *egret)
{
	const struct output *output;

	listen_for_messages(scene);
	look(egret);
	/* Another app asks for the name of that address. */
	run_in(scene, MAIL_UID, "exec getent ahostsv4 push.example.com");
	require(scene->test, write(scene->input[1], "thank you\n", 10) == 10);
	run_in(scene, APP_UID,
	       "exec curl -sSk --noproxy '*' -H Expect: --data-binary @/data/upload"
	       " -o /dev/null https://log.example.com/");
	output = run_in(scene, APP_UID,
			"exec gtlsclient --exit-on-all-streams-close video.cdn.example.net 443"
			" https://video.cdn.example.net/film");
	scene->truth[VIDEO] = (struct truth){
		.sent = add_lines(output->err, "Sent packet:", " bytes"),
		.received = add_lines(output->err, "Received packet:", " bytes"),
	};
	/* It knows this address, and asks nobody. */
	run_in(scene, APP_UID,
	       "exec curl -sSk --noproxy '*' -H Expect: --data-binary @/data/statistics"
	       " --resolve stats.example.org:443:192.31.196.3 -o /dev/null"
	       " https://stats.example.org/");
	run_in(scene, APP_UID,
	       "head -c 180 /dev/zero | socat -t 9 - TCP:192.31.196.5:5228 >/dev/null");
	close(scene->input[1]);
	program_wait(scene->listener);
	for (int i = 0; i < SERVERS; i++) {
		if (scene->relays[i])
			scene->truth[i] = relayed(scene->relays[i]);
	}
}

/* --- what must be said of it --- */

static void expect_maybe(struct test *test, const cJSON *row, const char *path,
			 const char *expected)
{
	if (expected)
		expect_text(test, row, path, expected);
	else if (json_text(row, path))
		test_wrong(test, "%s: %s is %s, not null", json_text(row, "ip"), path,
			   json_text(row, path));
}

static void expect_names(struct test *test, const cJSON *row, const struct server *server)
{
	const cJSON *name = cJSON_GetArrayItem(json_get(row, "names"), 0);

	expect_maybe(test, row, "domain", server->domain);
	expect_maybe(test, row, "domain_source", server->source);
	expect_maybe(test, row, "domain_confidence", server->confidence);
	expect_maybe(test, row, "registered_domain", server->registered);
	expect_equal(test, cJSON_GetArraySize(json_get(row, "names")), server->domain != NULL);
	if (!server->domain)
		return;
	expect_text(test, name, "name", server->domain);
	expect_text(test, name, "source", server->source);
	expect_text(test, name, "confidence", server->confidence);
	if (json_number(name, "bytes_sent") > json_number(row, "bytes_sent"))
		test_wrong(test, "%s has more bytes than its row", server->domain);
}

static void expect_places(struct test *test, const cJSON *row, const struct server *server)
{
	expect_text(test, row, "scope", "internet");
	expect_maybe(test, row, "country", server->country);
	expect_maybe(test, row, "country_basis", server->country ? "registry" : NULL);
	expect_equal(test, cJSON_IsTrue(json_get(row, "anycast")), !server->country);
	expect_equal(test, json_number(row, "as.number"), server->number);
	expect_text(test, row, "as.organization", server->organization);
	expect_text(test, row, "as.country", server->operator_country);
	expect_maybe(test, row, "owner.name", server->owner);
	expect_maybe(test, row, "owner.country", server->owner_country);
}

static void expect_server(struct result *result, const struct server *server,
			  const struct truth *truth)
{
	struct test *test = result->test;
	const cJSON *app = result_app(result, APP), *row, *found = NULL;

	cJSON_ArrayForEach(row, json_get(app, "destinations")) {
		if (!strcmp(json_text(row, "ip"), server->ip) &&
		    strstr(server->transport, json_text(row, "transport")))
			found = row;
	}
	if (!found)
		test_fail(test, "no row with %s", server->ip);
	if (!truth->sent || !truth->received)
		test_wrong(test, "nobody says how much went to %s", server->ip);
	expect_equal(test, json_number(found, "port"), server->port);
	expect_equal(test, json_number(found, "bytes_sent"), truth->sent);
	/* Datagrams that arrive when the client has ended count as well. */
	if (json_number(found, "bytes_received") != truth->received &&
	    (strcmp(server->transport, "udp") != 0 ||
	     json_number(found, "bytes_received") < truth->received))
		test_wrong(test, "%s: %lld received, not %lld", server->ip,
			   json_number(found, "bytes_received"), truth->received);
	expect_names(test, found, server);
	expect_places(test, found, server);
}

/* The same for people, out of the same file. */
static void expect_page(struct scene *scene, const char *summary)
{
	static const char *const said[] = {
		"  log.example.com ",
		"owner Example Holdings (CN); operator registered in SG; name by tls_sni,",
		"Carrier Inc   any",
		"owner Carrier (US); operator registered in US; name by quic_sni,",
		"operator registered in US; name by tls_sni, claimed",
		"dns_other_app, inferred",
		"5228/tcp Example Ltd   CN",
		"CC: where the address is, by registry; any: in many places at once (anycast);",
		"not where everyone is who can read the data there.",
		"Complete. Databases: made-registry (0 days old).",
	};
	struct output output = egret_run(scene->test, WORDS("merge", summary, "--format", "text"));

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		if (!strstr(output.out, said[i]))
			test_wrong(scene->test, "nobody says \"%s\": %s", said[i], output.out);
	}
	file_write(test_path(scene->test, "page.txt"), output.out);
}

static struct scene set_up(struct test *test)
{
	struct scene scene = { .test = test, .net = net_new(test) };
	const char *lines = "";

	egret_needed(test);
	net_join(test, 0, scene.net);
	net_give(test, scene.net, "eg0", "192.31.196.100");
	net_give(test, 0, "eg0", RESOLVER);
	for (int i = 0; i < SERVERS; i++) {
		const struct server *server = &servers[i];

		net_give(test, 0, "eg0", server->ip);
		lines = test_text(test, "%s%s,%s,%s,%d,%s,%s,%s\n", lines, server->ip, server->ip,
				  server->country ? server->country : "US", server->number,
				  server->organization, server->operator_country,
				  server->country ? "false" : "true");
	}
	scene.database = places_database(test, "made-registry",
					 "country_code,asn,as_name,as_country_code,is_anycast",
					 lines);
	scene.owners = test_path(test, "owners.tsv");
	require(test, file_write(scene.owners, "example.com\tExample Holdings\tCN\n"
					       "cdn.example.net\tCarrier\tUS\n") == 0);
	serve_all(&scene);
	make_container(&scene);
	return scene;
}

/* This namespace is the host's: its dnsmasq serves the container. */
static struct egret start_egret(struct scene *scene)
{
	struct test *test = scene->test;
	struct egret egret = { .test = test, .file = test_path(test, "summary.json") };

	egret.program = names_start(test, WORDS(test->egret, "summary", "--format", "json", "-o",
						egret.file, "--geo", scene->database, "--owners",
						scene->owners, "--app", APP));
	program_expect(egret.program, PROGRAM_ERR, "egret: tracing");
	return egret;
}

static void android_app(struct test *test)
{
	struct scene scene = set_up(test);
	struct egret egret = start_egret(&scene);
	struct result *result;
	const cJSON *app;

	talk(&scene, &egret);
	result = egret_stop(&egret);
	app = result_app(result, APP);
	expect_said(test, app, "kind", "android");
	expect_said(test, app, "trust", "root");
	for (int i = 0; i < SERVERS; i++)
		expect_server(result, &servers[i], &scene.truth[i]);
	expect_page(&scene, egret.file);
}

const struct test_case question_cases[] = {
	CASE("question/android-app", android_app),
	{ 0 },
};

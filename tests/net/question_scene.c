/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An app of an Android in a container, and servers in several countries that it talks to. */
#include "question_scene.h"

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

#include "apps.h"
#include "droid.h"
#include "places.h"

#define APP_UID 10123
#define MAIL_UID 10200
#define RESOLVER "192.31.196.53"
#define SECURE_PORT 443
#define PLAIN_PORT 5228

#define UPLOAD_SIZE 812000
#define VIDEO_SIZE 300000
#define STATISTICS_SIZE 31000

/* AS112's addresses (RFC 7535), which answer for nobody, should one ever leave its namespace. */
const struct server question_servers[SERVERS] = {
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
				       question_servers[server].port, question_servers[server].ip);
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
	names_start(test,
		    WORDS(program_find(test, "gtlsserver"), "-q", "-d", dir,
			  question_servers[VIDEO].ip, "443", certificate->key, certificate->file));
	names_listening(test, "udp", question_servers[VIDEO].port);
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

/* --- all of it --- */

struct scene question_scene(struct test *test)
{
	struct scene scene = { .test = test, .net = net_new(test) };
	const char *lines = "";

	egret_needed(test);
	net_join(test, 0, scene.net);
	net_give(test, scene.net, "eg0", "192.31.196.100");
	net_give(test, 0, "eg0", RESOLVER);
	for (int i = 0; i < SERVERS; i++) {
		const struct server *server = &question_servers[i];

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
struct egret question_egret(struct scene *scene)
{
	struct test *test = scene->test;
	struct egret egret = { .test = test, .file = test_path(test, "summary.json") };

	egret.program = names_start(test, WORDS(test->egret, "summary", "--format", "json", "-o",
						egret.file, "--geo", scene->database, "--owners",
						scene->owners, "--app", QUESTION_APP));
	program_expect(egret.program, PROGRAM_ERR, "egret: tracing");
	return egret;
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

void question_talk(struct scene *scene, const struct egret *egret)
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

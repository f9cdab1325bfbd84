/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names that connections show themselves: nginx, tunnels, STARTTLS, a browser and its QUIC. */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

/* a.example, b.example and c.example are one address, as far as DNS is asked. */
static void serve_names(struct test *test)
{
	names_site(test);
	names_serve_dns(test, "127.0.0.1",
			WORDS("--address=/a.example/" SITE, "--address=/b.example/" SITE,
			      "--address=/c.example/" SITE));
	names_configure(test, "nameserver 127.0.0.1\n");
}

/* nginx with several servers on one address, plain and with TLS. */
static void serve_nginx(struct test *test)
{
	struct certificate certificate = names_certify(test);
	const char *nginx = program_find(test, "nginx"), *file = test_path(test, "nginx.conf");
	const char *servers = "";

	for (const char *name = "abc"; *name; name++)
		servers = test_text(test,
				    "%s  server { listen " SITE ":80; listen " SITE ":443 ssl;"
				    " server_name %c.example; return 200 \"%c\\n\"; }\n",
				    servers, *name, *name);
	require(test,
		file_write(file,
			   test_text(test,
				     "daemon off;\nmaster_process off;\npid %s;\n"
				     "error_log stderr notice;\nevents {}\nhttp {\n"
				     "  access_log off;\n  client_body_temp_path %s;\n"
				     "  ssl_certificate %s;\n  ssl_certificate_key %s;\n%s}\n",
				     test_path(test, "nginx.pid"), test_path(test, "body"),
				     certificate.file, certificate.key, servers)) == 0);
	program_expect(names_start(test, WORDS(nginx, "-p", test->dir, "-c", file, "-e", "stderr")),
		       PROGRAM_ERR, "getrlimit");
}

static void fetch(struct test *test, const char *curl, const char *url)
{
	struct output output =
		program_run(test, &(struct program_options){
					  .argv = WORDS(curl, "-sSk", "--noproxy", "*", "--retry",
							"5", "--retry-connrefused", url) });

	if (output.status)
		test_fail(test, "%s: %s", url, output.err);
}

/* Each app has the names that it used itself, and no other's; none is the server's to say. */
static void names_of_nginx(struct test *test)
{
	const char *first = names_copy(test, "curl", "first"), *plain;
	const char *openssl = names_copy(test, "openssl", "client");
	struct result *result;
	struct egret *egret;

	plain = names_copy(test, "curl", "plain");
	serve_names(test);
	serve_nginx(test);
	egret = egret_start_own(test, NULL);
	fetch(test, first, "https://a.example/");
	fetch(test, plain, "http://b.example/");
	names_run(test,
		  WORDS(openssl, "s_client", "-connect", SITE ":443", "-servername", "c.example"));
	result = egret_stop(egret);
	expect_domain(result, &(struct row){ OUT("tcp|mptcp", SITE, 443) }, first, "a.example",
		      "tls_sni", "corroborated");
	expect_domain(result, &(struct row){ OUT("tcp|mptcp", SITE, 80) }, plain, "b.example",
		      "http_host", "corroborated");
	/* It was given an address, and asked nobody. */
	expect_domain(result, &(struct row){ OUT("tcp|mptcp", SITE, 443) }, openssl, "c.example",
		      "tls_sni", "claimed");
}

/* A server that speaks first, in lines, and hands on to nginx's TLS what comes then. */
static void serve_lines(struct test *test, const char *port, const char *script)
{
	const char *socat = program_find(test, "socat"), *file = test_path(test, port);
	struct program *server;

	require(test, file_write(file, test_text(test, "%sexec %s - TCP:" SITE ":443\n", script,
						 socat)) == 0);
	server = names_start(
		test, WORDS(socat, "-d", "-d",
			    test_text(test, "TCP-LISTEN:%s,bind=" SITE ",reuseaddr,fork", port),
			    test_text(test, "EXEC:%s %s", program_find(test, "sh"), file)));
	program_expect(server, PROGRAM_ERR, "listening on");
}

/* What goes through a proxy is named by what is behind it, not by the proxy. */
static void through_a_proxy(struct test *test)
{
	const char *curl = names_copy(test, "curl", "proxied");
	const char *openssl = names_copy(test, "openssl", "tunnelled");
	const struct row row = { OUT("tcp|mptcp", SITE, 3128) };
	struct result *result;
	struct egret *egret;

	serve_names(test);
	serve_nginx(test);
	serve_lines(test, "3128",
		    "while read -r line && [ ${#line} -gt 1 ]; do :; done\n"
		    "printf 'HTTP/1.1 200 OK\\r\\n\\r\\n'\n");
	egret = egret_start_own(test, NULL);
	names_run(test, WORDS(curl, "-sk", "-x", "http://" SITE ":3128", "https://b.example/"));
	names_run(test, WORDS(openssl, "s_client", "-proxy", SITE ":3128", "-connect",
			      "tunnel.example:443", "-servername", "c.example"));
	result = egret_stop(egret);
	expect_domain(result, &row, curl, "b.example", "tls_sni", "claimed");
	expect_domain(result, &row, openssl, "c.example", "tls_sni", "claimed");
}

static void after_starttls(struct test *test)
{
	const char *smtp = names_copy(test, "openssl", "smtp");
	const char *imap = names_copy(test, "openssl", "imap");
	struct result *result;
	struct egret *egret;

	serve_names(test);
	serve_nginx(test);
	serve_lines(
		test, "25",
		"printf '220 a ESMTP\\r\\n'\nread -r line\n"
		"printf '250-a\\r\\n250 STARTTLS\\r\\n'\nread -r line\nprintf '220 go\\r\\n'\n");
	serve_lines(test, "143",
		    "printf '* OK a\\r\\n'\nread -r line\n"
		    "printf '* CAPABILITY IMAP4rev1 STARTTLS\\r\\n. OK\\r\\n'\nread -r line\n"
		    "printf '. OK go\\r\\n'\n");
	egret = egret_start_own(test, NULL);
	names_run(test, WORDS(smtp, "s_client", "-starttls", "smtp", "-connect", SITE ":25",
			      "-servername", "a.example"));
	names_run(test, WORDS(imap, "s_client", "-starttls", "imap", "-connect", SITE ":143",
			      "-servername", "b.example"));
	result = egret_stop(egret);
	expect_domain(result, &(struct row){ OUT("tcp|mptcp", SITE, 25) }, smtp, "a.example",
		      "tls_sni", "claimed");
	expect_domain(result, &(struct row){ OUT("tcp|mptcp", SITE, 143) }, imap, "b.example",
		      "tls_sni", "claimed");
}

/* A ClientHello of two times the plain text that is looked at, in pieces smaller than its head. */
static void a_long_hello_comes_in_crumbs(struct test *test)
{
	const char *socat = names_copy(test, "socat", "crumbs");
	const char *script = "exec \"$0\" s_client -connect " SITE ":8443 -servername a.example"
			     " -alpn http/1.1,$(seq -s , 1000000 1001000)";
	struct egret *egret;

	serve_names(test);
	serve_nginx(test);
	egret = egret_start_own(test, NULL);
	program_expect(names_start(test,
				   WORDS(socat, "-d", "-d", "-b", "7", "TCP-LISTEN:8443,bind=" SITE,
					 "TCP:" SITE ":443,nodelay")),
		       PROGRAM_ERR, "listening on");
	names_run(test,
		  WORDS(program_find(test, "sh"), "-c", script, program_find(test, "openssl")));
	expect_domain(egret_stop(egret), &(struct row){ OUT("tcp|mptcp", SITE, 443) }, socat,
		      "a.example", "tls_sni", "claimed");
}

/* --- the browser --- */

static void serve_caddy(struct test *test, const struct certificate *certificate)
{
	const char *caddy = program_find(test, "caddy"), *file = test_path(test, "Caddyfile");
	const char *home = test_text(test, "HOME=%s", test->dir);
	struct program *server;

	require(test,
		file_write(file, test_text(test,
					   "{\n\tadmin off\n\tauto_https off\n"
					   "\tstorage file_system %s\n"
					   "\tservers {\n\t\tprotocols h1 h2 h3\n\t}\n}\n"
					   "https://a.example {\n\tbind " SITE "\n\ttls %s %s\n"
					   "\trespond \"hello from caddy\"\n}\n",
					   test->dir, certificate->file, certificate->key)) == 0);
	server = program_start(
		test, &(struct program_options){ .argv = WORDS(caddy, "run", "--config", file,
							       "--adapter", "caddyfile"),
						 .environment = WORDS(home) });
	program_expect(server, PROGRAM_ERR, "serving initial configuration");
}

/* The digest of the certificate's key, which is how Chromium can be told to accept it. */
static const char *key_digest(struct test *test, const struct certificate *certificate)
{
	const char *script = "openssl x509 -in \"$0\" -pubkey -noout |"
			     " openssl pkey -pubin -outform der |"
			     " openssl dgst -sha256 -binary | base64";
	struct output output = program_run(
		test, &(struct program_options){ .argv = WORDS(program_find(test, "sh"), "-c",
							       script, certificate->file) });

	output.out[strcspn(output.out, "\n")] = '\0';
	return output.out;
}

/* The browser is one app, in whichever case: egret sees what runs beside this one. */
static void take_turns(struct test *test)
{
	int lock = open(test_path(test, ".."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	require(test, lock >= 0);
	test->waiting = "the other cases' browser";
	require(test, flock(lock, LOCK_EX) == 0);
	test->waiting = NULL;
}

static struct program *start_browser(struct test *test, const char *option, const char *other,
				     const char *url)
{
	const char *chromium = program_find(test, "chromium");
	const char *home = test_text(test, "HOME=%s", test->dir);
	const char *profile = test_text(test, "--user-data-dir=%s/profile", test->dir);

	return program_start(test, &(struct program_options){
					   .argv = WORDS(chromium, "--headless=new", "--no-sandbox",
							 "--disable-gpu", "--no-first-run", profile,
							 option, other, "--dump-dom", url),
					   .environment = WORDS(home) });
}

static struct result *browse(struct test *test, const char *option)
{
	struct certificate certificate;
	struct output output;
	struct egret *egret;

	program_find(test, "chromium");
	program_find(test, "caddy");
	take_turns(test);
	serve_names(test);
	certificate = names_certify(test);
	serve_caddy(test, &certificate);
	egret = egret_start_own(test, NULL);
	output = *program_wait(
		start_browser(test,
			      test_text(test, "--ignore-certificate-errors-spki-list=%s",
					key_digest(test, &certificate)),
			      option, "https://a.example/"));
	if (!strstr(output.out, "hello from caddy"))
		test_fail(test, "chromium: %s%s", output.out, output.err);
	return egret_stop(egret);
}

/* Cases that run beside this one have clients of the site as well. */
static bool is_browser(const cJSON *app)
{
	const cJSON *process;

	cJSON_ArrayForEach(process, json_get(app, "processes")) {
		const char *executable = json_text(process, "executable");

		if (executable && strstr(executable, "chrom"))
			return true;
	}
	return false;
}

/* The browser's row with the site; where its program lies is the distribution's affair. */
static const cJSON *browser_row(struct result *result, const char *transport)
{
	const cJSON *app, *row;

	cJSON_ArrayForEach(app, json_get(result->json, "apps")) {
		if (!is_browser(app))
			continue;
		cJSON_ArrayForEach(row, json_get(app, "destinations")) {
			const char *ip = json_text(row, "ip");

			if (ip && !strcmp(ip, SITE) && json_number(row, "port") == 443 &&
			    !strcmp(json_text(row, "transport"), transport) &&
			    !strcmp(json_text(row, "direction"), "outbound"))
				return row;
		}
	}
	test_fail(result->test, "the browser has no row of %s", transport);
}

/* With a post-quantum key share a ClientHello is larger than a segment. */
static void large_hello(struct test *test)
{
	struct result *result = browse(test, "--disable-quic");
	const cJSON *row = browser_row(result, "tcp");

	expect_text(test, row, "domain", "a.example");
	expect_text(test, row, "domain_source", "tls_sni");
	expect_text(test, row, "domain_confidence", "corroborated");
	if (json_number(row, "bytes_sent") < 1700)
		test_wrong(test, "not that large a ClientHello");
}

/* The browser sends something like ECH: a name that DNS didn't give it may be an outer one. */
static void ech_grease(struct test *test)
{
	struct result *result = browse(test, "--host-resolver-rules=MAP a.example " SITE);
	const cJSON *row = browser_row(result, "tcp"), *name, *found = NULL;

	cJSON_ArrayForEach(name, json_get(row, "names")) {
		if (!strcmp(json_text(name, "name"), "a.example"))
			found = name;
	}
	expect_text(test, found, "source", "tls_sni");
	expect_text(test, found, "confidence", "outer");
	if (!cJSON_IsNull(json_get(row, "domain")))
		test_wrong(test, "an outer name is the domain: %s", json_text(row, "domain"));
}

static void forced_quic(struct test *test)
{
	struct result *result = browse(test, "--origin-to-force-quic-on=a.example:443");
	const cJSON *row = browser_row(result, "udp");

	expect_text(test, row, "domain", "a.example");
	expect_text(test, row, "domain_source", "quic_sni");
	expect_text(test, row, "domain_confidence", "corroborated");
}

/* QUIC v2 (RFC 9369), that nobody here answers: its first datagram shows the name. */
static void quic_v2(struct test *test)
{
	struct program *sink, *trace;

	program_find(test, "chromium");
	take_turns(test);
	names_site(test);
	names_serve_dns(test, "127.0.0.1", WORDS("--address=/v2.example/" SITE));
	names_configure(test, "nameserver 127.0.0.1\n");
	sink = names_start(test, WORDS(program_find(test, "socat"), "-u", "-x",
				       "UDP-RECV:443,bind=" SITE, "/dev/null"));
	trace = names_trace(test, false);
	start_browser(test, "--quic-version=RFCv2", "--origin-to-force-quic-on=v2.example:443",
		      "https://v2.example/");
	program_expect(sink, PROGRAM_ERR, " 6b 33 43 cf");
	program_expect(trace, PROGRAM_OUT, "\"name\":\"v2.example\",\"source\":\"quic_sni\"");
	expect_name(test, names_stop(trace), .name = "v2.example", .ip = SITE, .source = "quic_sni",
		    .confidence = "corroborated");
}

const struct test_case handshake_cases[] = {
	CASE("handshakes/nginx", names_of_nginx),
	CASE("handshakes/proxy", through_a_proxy),
	CASE("handshakes/starttls", after_starttls),
	CASE("handshakes/crumbs", a_long_hello_comes_in_crumbs),
	CASE("handshakes/chromium", large_hello),
	CASE("handshakes/chromium-ech", ech_grease),
	CASE("handshakes/chromium-quic", forced_quic),
	CASE("handshakes/chromium-quic-v2", quic_v2),
	{ 0 },
};

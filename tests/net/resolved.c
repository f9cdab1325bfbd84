/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* systemd-resolved itself: asked at its stub, and by nss-resolve without a packet. */
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/names.h>
#include <harness/net.h>
#include <harness/suites.h>

/* Where tools/install-deps unpacks what would take over the host's names if it were installed. */
#define UNPACKED "/var/cache/egret/guests"
#define PLACE "/usr/lib/systemd"
#define COULD_NOT_RESOLVE 6 /* curl(1) */
#define STUB "127.0.0.53"

static const char *find_resolved(struct test *test)
{
	static const char *const paths[] = { PLACE "/systemd-resolved",
					     UNPACKED "/lib/systemd/systemd-resolved",
					     UNPACKED "/usr/lib/systemd/systemd-resolved" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	test_skip(test, "no systemd-resolved here");
}

/* Puts a text over a file of the host's, as this case sees it. */
static void cover(struct test *test, const char *path, const char *text)
{
	const char *file = test_text(test, "%s/%s", test->dir, strrchr(path, '/') + 1);

	if (access(path, F_OK) < 0)
		test_skip(test, "no %s here", path);
	require(test, file_write(file, text) == 0);
	require(test, mount(file, path, NULL, MS_BIND, NULL) == 0);
}

static void add_user(struct test *test, const char *path, const char *line)
{
	const char *had = file_read(test, path);

	if (had && !strstr(had, "systemd-resolve:"))
		cover(test, path, test_text(test, "%s%s", had, line));
}

/* It answers only where there is a link other than lo; the server is behind that. */
static void serve(struct test *test)
{
	int net = net_new(test);

	net_join(test, 0, net);
	program_expect(program_start(test,
				     &(struct program_options){
					     .argv = names_dns_server(
						     test, NET_IPV4(2),
						     WORDS("--host-record=a.example," SITE)),
					     .net = net }),
		       PROGRAM_ERR, "started");
}

/* By hand: no systemd, no bus, and a /run of its own. */
static void start_resolved(struct test *test)
{
	const char *resolved = find_resolved(test), *copy = test_path(test, "systemd-resolved");
	const char *const environment[] = { "SYSTEMD_LOG_TARGET=console", "SYSTEMD_LOG_LEVEL=debug",
					    NULL };
	struct stat status;

	require(test, file_copy(resolved, copy) == 0);
	require(test, mount("none", "/run", "tmpfs", 0, NULL) == 0);
	require(test, mount("none", PLACE, "tmpfs", 0, NULL) == 0);
	require(test, file_copy(copy, PLACE "/systemd-resolved") == 0);
	require(test, mkdir("/run/systemd", 0755) == 0 &&
			      mkdir("/run/systemd/resolved.conf.d", 0755) == 0);
	add_user(test, "/etc/passwd", "systemd-resolve:x:991:991::/:/usr/sbin/nologin\n");
	add_user(test, "/etc/group", "systemd-resolve:x:991:\n");
	require(test,
		file_write("/run/systemd/resolved.conf.d/test.conf",
			   "[Resolve]\nDNS=" NET_IPV4(2) "\nDNSSEC=no\nLLMNR=no\n"
							 "MulticastDNS=no\nDomains=~.\n") == 0);
	program_expect(
		program_start(test,
			      &(struct program_options){ .argv = WORDS(PLACE "/systemd-resolved"),
							 .environment = environment }),
		PROGRAM_ERR, "Creating stub listener");
	test->waiting = "systemd-resolved's socket";
	while (stat("/run/systemd/resolve/io.systemd.Resolve", &status) < 0)
		breathe();
	test->waiting = NULL;
}

static void prepare(struct test *test)
{
	egret_needed(test);
	names_site(test);
	serve(test);
	start_resolved(test);
	names_configure(test, "nameserver " STUB "\n");
}

/* Who asks the stub is told by it, and it by the server: each its own name. */
static void stub(struct test *test)
{
	const char *curl = names_copy(test, "curl", "asks");
	struct result *result;
	struct egret *egret;

	prepare(test);
	egret = egret_start_own(test, NULL);
	names_run(test, WORDS(curl, "-s", "--max-time", "2", "telnet://a.example:443"));
	result = egret_stop(egret);
	expect_domain(result, &(struct row){ OUT("tcp|mptcp", SITE, 443) }, curl, "a.example",
		      "dns", "observed");
}

/* Without a packet of its own to anybody, an app has only the name that resolved was told. */
static void varlink(struct test *test)
{
	const char *curl = names_copy(test, "curl", "silent"), *library = "";
	struct result *result;
	struct output output;
	struct egret *egret;

	for (const char *const *dir = WORDS("x86_64", "aarch64", "riscv64"); *dir; dir++)
		library = test_text(test, "%s" UNPACKED "/usr/lib/%s-linux-gnu:", library, *dir);
	prepare(test);
	cover(test, "/etc/nsswitch.conf", "hosts: resolve\n");
	egret = egret_start_own(test, NULL);
	output = program_run(
		test,
		&(struct program_options){
			.argv = WORDS(curl, "-sS", "--max-time", "2", "telnet://a.example:443"),
			.environment = WORDS(test_text(test, "LD_LIBRARY_PATH=%s", library)) });
	result = egret_stop(egret);
	if (output.status == COULD_NOT_RESOLVE)
		test_fail(test, "nss-resolve: %s", output.err);
	expect_domain(result, &(struct row){ OUT("tcp|mptcp", SITE, 443) }, curl, "a.example",
		      "dns_other_app", "inferred");
	expect_rows_of(result, curl, 1);
}

const struct test_case resolved_cases[] = {
	CASE("resolved/stub", stub),
	CASE("resolved/varlink", varlink),
	{ 0 },
};

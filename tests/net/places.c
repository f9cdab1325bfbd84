/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where traffic goes, by a made-up database: which company in which country, how sure. */
#include <string.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/net.h>
#include <harness/sock.h>
#include <harness/suites.h>

#include "places.h"

#define SERVERS 5

/*
 * Addresses of the internet, in namespaces that have no way out. They are
 * AS112's (RFC 7535), which answers for nobody, should one ever leave.
 */
static const struct server {
	const char *ip, *country, *organization;
	int number;
} servers[SERVERS] = {
	{ .ip = "192.31.196.1", .country = "SG", .organization = "Example Pte", .number = 64500 },
	{ .ip = "192.31.196.2", .country = "US", .organization = "Example Inc", .number = 64501 },
	{ .ip = "192.31.196.3", .country = "CN", .organization = "Example Ltd", .number = 64502 },
	{ .ip = "192.31.196.4", .country = "DE", .organization = "Beispiel GmbH", .number = 64503 },
	{ .ip = "192.31.196.5" }, /* nobody knows it */
};

/* The database of the table above. */
static const char *make_database(struct test *test)
{
	const char *text = "";

	for (size_t i = 0; i < SERVERS; i++) {
		const struct server *server = &servers[i];

		if (server->country)
			text = test_text(test, "%s%s,%s,%s,%d,%s\n", text, server->ip, server->ip,
					 server->country, server->number, server->organization);
	}
	return places_database(test, "made-registry", "country_code,asn,as_name", text);
}

/* An app in the case's namespace, five servers in another one. */
struct scene {
	struct actor *client, *server;
	struct pair pairs[SERVERS];
};

static struct scene set_up(struct test *test)
{
	struct scene scene = { 0 };
	int net = net_new(test);

	net_join(test, 0, net);
	net_give(test, 0, "eg0", "192.31.196.100");
	for (size_t i = 0; i < SERVERS; i++)
		net_give(test, net, "eg0", servers[i].ip);
	scene.client = actor_start(test, "video");
	scene.server =
		actor_start_as(test, &(struct actor_options){ .name = "server", .net = net });
	return scene;
}

static void talk(struct scene *scene)
{
	for (size_t i = 0; i < SERVERS; i++) {
		struct pair *pair = &scene->pairs[i];

		*pair = sock_pair(scene->client, scene->server, servers[i].ip, 0);
		sock_transfer(scene->client, pair->client_fd, scene->server, pair->server_fd,
			      1000 + (long)i);
		sock_pair_close(pair);
	}
}

static void expect_text(struct test *test, const cJSON *row, const char *path, const char *expected)
{
	const char *text = json_text(row, path);

	if (!text != !expected || (text && strcmp(text, expected) != 0))
		test_wrong(test, "%s: %s is %s, not %s", json_text(row, "ip"), path,
			   text ? text : "null", expected ? expected : "null");
}

static void expect_place(struct test *test, const cJSON *row, const struct server *server)
{
	expect_text(test, row, "scope", "internet");
	expect_text(test, row, "country", server->country);
	expect_text(test, row, "country_basis", server->country ? "registry" : NULL);
	expect_text(test, row, "as.organization", server->organization);
	expect_equal(test, cJSON_IsNull(json_get(row, "anycast")), 1);
	if (server->number)
		expect_equal(test, json_number(row, "as.number"), server->number);
	else
		expect_equal(test, cJSON_IsNull(json_get(row, "as")), 1);
}

/* How many bytes went to which company in which country, and how is that known? */
static void five_servers(struct test *test)
{
	const char *database = make_database(test);
	struct scene scene = set_up(test);
	struct egret *egret = egret_start(test, WORDS("--geo", database));
	struct result *result;

	talk(&scene);
	result = egret_stop(egret);
	if (!result)
		return;
	for (size_t i = 0; i < SERVERS; i++) {
		struct row wanted = { OUT("tcp|mptcp", servers[i].ip, scene.pairs[i].port) };
		const cJSON *row = result_row(result, scene.client->identity.exe, &wanted);

		if (!row) {
			test_wrong(test, "no row with %s", servers[i].ip);
			continue;
		}
		expect_equal(test, json_number(row, "bytes_sent"), 1000 + (long long)i);
		expect_place(test, row, &servers[i]);
	}
	expect_equal(test, cJSON_GetArraySize(json_get(result->json, "databases")), 1);
	expect_text(test, cJSON_GetArrayItem(json_get(result->json, "databases"), 0), "name",
		    "made-registry");
}

/* What filters leave out is told, and addresses nobody knows are left out, too. */
static void filter_country(struct test *test)
{
	const char *database = make_database(test);
	struct scene scene = set_up(test);
	struct egret *egret = egret_start(test, WORDS("--geo", database, "--country", "sg",
						      "--country", "DE", "--app", "*/video"));
	struct result *result;

	talk(&scene);
	result = egret_stop(egret);
	expect_rows(result, scene.client, 2);
	expect_sums(result, scene.client, 1000 + 1003, 0);
	if (result)
		expect_equal(test,
			     json_number(result->json, "ledger.excluded.filter.bytes_sent") >=
				     1001 + 1002 + 1004,
			     1);
}

/* Of a database, the first bytes only: as a download leaves it that was broken off. */
static const char *cut(struct test *test, const char *database, const char *name)
{
	const char *path = test_path(test, name);

	require(test, file_copy(database, path) == 0);
	require(test, truncate(path, 1000) == 0);
	return path;
}

/* A damaged database is refused by name, at the start; the others answer. */
static void damaged_database(struct test *test)
{
	static const char *const refused[] = { "damaged.mmdb", "cut.mmdb", "cut.db" };
	static const char libloc[] = "/usr/share/libloc-location/location.db";
	const char *database = make_database(test), *damaged = test_path(test, "damaged.mmdb");
	const char *cut_mmdb = cut(test, database, "cut.mmdb"), *cut_loc = damaged;
	struct scene scene = set_up(test);
	struct egret *egret;
	struct result *result;

	if (access(libloc, R_OK) == 0)
		cut_loc = cut(test, libloc, "cut.db");
	require(test, file_write(damaged, "not a database") == 0);
	egret = egret_start(test, WORDS("--geo", damaged, "--geo", cut_mmdb, "--geo", database,
					"--geo", cut_loc));
	talk(&scene);
	result = egret_stop(egret);
	expect_rows(result, scene.client, SERVERS);
	for (size_t i = 0; result && i < sizeof(refused) / sizeof(*refused); i++) {
		const char *said = test_text(test, "%s is not used", refused[i]);

		if (i == 2 && cut_loc == damaged)
			continue;
		if (!result_degraded(result, said) || !strstr(egret->program->output.err, said))
			test_wrong(test, "nobody names %s", refused[i]);
	}
	if (result)
		expect_equal(test, cJSON_GetArraySize(json_get(result->json, "databases")), 1);
}

static void without_database(struct test *test)
{
	struct scene scene = set_up(test);
	struct egret *egret = egret_start(test, WORDS("--geo", "/nowhere.mmdb"));
	struct result *result;

	talk(&scene);
	result = egret_stop(egret);
	expect_rows(result, scene.client, SERVERS);
	if (result && !result_degraded(result, "--geo FILE"))
		test_wrong(test, "nobody says how to get a database");
}

const struct test_case place_cases[] = {
	CASE("places/five-servers", five_servers),
	CASE("places/filter-country", filter_country),
	CASE("places/damaged-database", damaged_database),
	CASE("places/without-database", without_database),
	{ 0 },
};

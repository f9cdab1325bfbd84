/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The question that egret was written for: how many bytes does an app send to
 * which company in which country, under which name, and how sure is that?
 */
#include <string.h>

#include <harness/names.h>
#include <harness/suites.h>

#include "apps.h"
#include "question_scene.h"

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
	const cJSON *app = result_app(result, QUESTION_APP), *row, *found = NULL;

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

static void android_app(struct test *test)
{
	struct scene scene = question_scene(test);
	struct egret egret = question_egret(&scene);
	struct result *result;
	const cJSON *app;

	question_talk(&scene, &egret);
	result = egret_stop(&egret);
	app = result_app(result, QUESTION_APP);
	expect_said(test, app, "kind", "android");
	expect_said(test, app, "trust", "root");
	for (int i = 0; i < SERVERS; i++)
		expect_server(result, &question_servers[i], &scene.truth[i]);
	expect_page(&scene, egret.file);
}

const struct test_case question_cases[] = {
	CASE("question/android-app", android_app),
	{ 0 },
};

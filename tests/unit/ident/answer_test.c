/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The evidence of an answer. */
#include "question.h"

static void evidence_names_its_source(void **state)
{
	struct eg_fixture *fixture = question_parse("'pid': 7, 'exe': '/usr/bin/curl'");
	struct eg_process_facts facts = *eg_fixture_facts(fixture);
	struct eg_identity identity;

	(void)state;
	assert_int_equal(eg_identify_app(&facts, NULL, true, &identity), 0);
	assert_int_equal(identity.evidence_count, 1);
	assert_string_equal(identity.evidence[0].fact, "executable");
	assert_string_equal(identity.evidence[0].value, "/usr/bin/curl");
	assert_string_equal(identity.evidence[0].source, "input: executable");
	eg_identity_clear(&identity);
	facts.origin = EG_ORIGIN_PROC;
	assert_int_equal(eg_identify_app(&facts, NULL, true, &identity), 0);
	assert_string_equal(identity.evidence[0].source, "/proc/7/exe");
	eg_identity_clear(&identity);
	assert_int_equal(eg_identify_app(&facts, NULL, false, &identity), 0);
	assert_int_equal(identity.evidence_count, 0);
	eg_identity_clear(&identity);
	eg_fixture_free(fixture);
}

struct wanted {
	const char *fact, *value, *source;
};

static bool has_evidence(const struct eg_identity *identity, const struct wanted *wanted)
{
	for (size_t i = 0; i < identity->evidence_count; i++) {
		const struct eg_evidence *evidence = &identity->evidence[i];

		if (strcmp(evidence->fact, wanted->fact) == 0 &&
		    strcmp(evidence->value, wanted->value) == 0 &&
		    strcmp(evidence->source, wanted->source) == 0)
			return true;
	}
	return false;
}

/* Wherever a name is from, or what an app does for others. */
static void names_have_evidence(void **state)
{
	static const struct {
		const char *facts;
		struct wanted evidence;
	} cases[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/node', 'cmdline': ['node', '/srv/a/"
				   "b.js'], "
				   "'root_files': {'/srv/a/package.json': "
				   "'{\\'name\\': \\'bee\\'}'}",
		  .evidence = { .fact = "name", .value = "bee", .source = "input: name" } },
		{ .facts = SESSION ", 'exe': '/home/u/Steam/steamapps/common/G/g', "
				   "'files': {'/home/u/Steam/steamapps/appmanifest_999.acf': "
				   "'\\'name\\'\\t\\'A Game\\'\\n'}, 'ancestor_cmdline': "
				   "['reaper', 'SteamLaunch', 'AppId=999', '--', 'x']",
		  .evidence = { .fact = "name",
				.value = "A Game",
				.source = "/home/u/Steam/steamapps/appmanifest_999.acf" } },
		{ .facts = "'cgroup':'" MANAGER "/app.slice/app-steam-app440-9.scope',"
			   "'uid':1000, "
			   "'exe': '/usr/games/x'",
		  .evidence = { .fact = "name",
				.value = "Team Fortress 2",
				.source = "egret's own list" } },
		{ .facts = SESSION ", 'exe': '/app/bin/x', 'root_files': {'/.flatpak-info': "
				   "'[Application]\\nname=org.mozilla.firefox\\n'}",
		  .evidence = { .fact = "name",
				.value = "Firefox",
				.source = "egret's own "
					  "list" } },
		{ .facts = "'cgroup':'0::/system.slice/systemd-resolved.service','uid':0, "
			   "'exe': '/usr/lib/systemd/systemd-resolved'",
		  .evidence = { .fact = "resolver",
				.value = "systemd-resolved",
				.source = "egret's own list" } },
		{ .facts = "'cgroup':'0::/lxc.payload.waydroid','uid':99011, "
			   "'exe': '/system/bin/app_process64', 'cmdline': ['com.x.y:z'], "
			   "'packages_list': ['org.x.y 10123 0 /data/user/0/org.x.y default "
			   "3003']",
		  .evidence = { .fact = "package",
				.value = "not in the list",
				.source = "input: package" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct eg_fixture *fixture = question_parse(cases[i].facts);
		struct eg_identity identity = {};

		assert_int_equal(eg_identify_app(eg_fixture_facts(fixture),
						 eg_fixture_lookup(fixture), true, &identity),
				 0);
		if (!has_evidence(&identity, &cases[i].evidence))
			fail_msg("no evidence for %s", cases[i].evidence.value);
		eg_identity_clear(&identity);
		eg_fixture_free(fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_names_its_source),
		cmocka_unit_test(names_have_evidence),
	};

	return cmocka_run_group_tests_name("ident/answer", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which app a process is, as lines and as a document. */
#include "sample.h"

#include <errno.h>

#include <egret/ident.h>

static char id[] = "flatpak:org.x.App", name[] = "evil\033[2J \"App\"", component[] = "main";
static char value[] = "/app/bin/x\n", source[] = "/proc/7/exe", path[] = "/proc/7/cgroup";

static struct eg_evidence evidence[] = {
	{ .fact = "executable", .value = value, .source = source, .trust = "kernel" },
	{ .fact = "cgroup", .value = id, .source = path },
};

static const struct eg_identity identity = {
	.id = id,
	.name = name,
	.component = component,
	.kind = "flatpak",
	.trust = "user",
	.flag = "exe-deleted",
	.evidence = evidence,
	.evidence_count = ARRAY_SIZE(evidence),
};

static const struct eg_app_answer answer = {
	.identity = &identity,
	.pid = 7,
	.start = 1000000000,
	.uid = 1000,
	.has_uid = true,
};

static char *print(enum eg_format format, const struct eg_app_answer *what)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_print_app(stream, format, what, &sample_options), 0);
	fclose(stream);
	return text;
}

static void prints_lines(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_TEXT, &answer);

	(void)state;
	sample_assert_harmless(text);
	assert_string_equal(text, "7  evil\\x1b[2J \"App\"\n"
				  "  kind        flatpak\n"
				  "  id          flatpak:org.x.App\n"
				  "  component   main\n"
				  "  trust       user\n"
				  "  flag        exe-deleted\n"
				  "  evidence    executable /app/bin/x\\x0a (/proc/7/exe, kernel)\n"
				  "              cgroup flatpak:org.x.App (/proc/7/cgroup)\n");
}

static void prints_a_document(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_JSON, &answer);

	(void)state;
	sample_assert_harmless(text);
	sample_assert_golden("app.json", text);
}

static void what_is_unknown_is_null(void **state)
{
	const struct eg_identity nobody = { .id = id, .kind = "unknown" };
	const struct eg_app_answer unknown = { .identity = &nobody };
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_NDJSON, &unknown);

	(void)state;
	assert_string_equal(
		text,
		"{\"schema\":\"egret.app/1\",\"generator\":{\"name\":\"egret\","
		"\"version\":\"" EG_VERSION "\"},\"pid\":null,\"start\":null,\"kind\":\"unknown\","
		"\"app_id\":\"flatpak:org.x.App\","
		"\"display_name\":null,\"component\":null,\"owner_uid\":null,\"via\":null,"
		"\"trust\":null,\"flag\":null,\"evidence\":[]}\n");
}

static void refuses_other_formats(void **state)
{
	(void)state;
	assert_int_equal(eg_print_app(stderr, EG_FORMAT_CSV, &answer, &sample_options),
			 -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_lines),
		cmocka_unit_test(prints_a_document),
		cmocka_unit_test(what_is_unknown_is_null),
		cmocka_unit_test(refuses_other_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

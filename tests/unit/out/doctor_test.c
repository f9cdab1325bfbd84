/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What works on this machine, as a table and as a document. */
#include "sample.h"

static const struct eg_check checks[] = {
	{ .name = "BTF", .status = EG_CHECK_OK, .detail = "/sys/kernel/btf/vmlinux" },
	{ .name = "hook connect4", .status = EG_CHECK_OK },
	{ .name = "hook sock_send_length",
	  .status = EG_CHECK_MISSING,
	  .detail = "this kernel has no such tracepoint",
	  .affects = "what packet sockets send past the queueing discipline is not seen at all" },
	{ .name = "evil\033[2J",
	  .status = EG_CHECK_DEGRADED,
	  .affects = "something else that only takes a few words" },
};

static const struct eg_doctor doctor = {
	.kernel = "6.12.117",
	.checks = checks,
	.checks_count = ARRAY_SIZE(checks),
};

static char *print(enum eg_format format, const struct eg_doctor *what, bool color)
{
	struct eg_print_options options = { .columns = 80, .color = color };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_print_doctor(stream, format, what, &options), 0);
	fclose(stream);
	return text;
}

static void prints_a_table(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_TEXT, &doctor, false);

	(void)state;
	sample_assert_harmless(text);
	assert_string_equal(
		text,
		"egret " EG_VERSION " on kernel 6.12.117\n"
		"\n"
		"ok        BTF                    /sys/kernel/btf/vmlinux\n"
		"ok        hook connect4\n"
		"missing   hook sock_send_length  this kernel has no such tracepoint\n"
		"                                 what packet sockets send past the queueing\n"
		"                                 discipline is not seen at all\n"
		"degraded  evil\\x1b[2J            something else that only takes a few words\n"
		"\n"
		"egret works here, but for what is named above.\n");
}

/* A part that was not built is named, but does not spoil what works. */
static void passes_over_what_is_optional(void **state)
{
	static const struct eg_check parts[] = {
		{ .name = "BTF", .status = EG_CHECK_OK },
		{ .name = "HTML", .status = EG_CHECK_MISSING, .optional = true },
	};
	static const struct eg_doctor built = { .checks = parts, .checks_count = 2 };
	_cleanup_(eg_freep) char *json = print(EG_FORMAT_JSON, &built, false);
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_TEXT, &built, false);

	(void)state;
	assert_int_equal(eg_doctor_status(&built), EG_CHECK_OK);
	assert_non_null(strstr(json, "\"status\": \"ok\",\n"));
	assert_non_null(strstr(text, "missing   HTML"));
	assert_non_null(strstr(text, "but for what is named above"));
}

static void colors_only_when_asked(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_TEXT, &doctor, true);

	(void)state;
	assert_non_null(strstr(text, "\033[32mok        \033[0mBTF"));
}

static void prints_a_document(void **state)
{
	_cleanup_(eg_freep) char *text = print(EG_FORMAT_JSON, &doctor, true);

	(void)state;
	sample_assert_harmless(text);
	sample_assert_golden("doctor.json", text);
}

static void judges_by_the_worst(void **state)
{
	struct eg_check one = { .name = "x" };
	struct eg_doctor machine = { .checks = &one, .checks_count = 1 };

	(void)state;
	for (enum eg_check_status status = 0; status < EG_CHECK_COUNT; status++) {
		one.status = status;
		assert_int_equal(eg_doctor_status(&machine), status);
		free(print(EG_FORMAT_TEXT, &machine, false));
	}
	assert_string_equal(eg_check_status_name(EG_CHECK_FAILED), "failed");
	assert_string_equal(eg_check_status_name(EG_CHECK_UNTRIED), "untried");
	machine.checks_count = 0;
	assert_int_equal(eg_doctor_status(&machine), EG_CHECK_OK);
}

static void has_no_other_format(void **state)
{
	(void)state;
	assert_int_equal(eg_print_doctor(stderr, EG_FORMAT_CSV, &doctor, &sample_options),
			 -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_a_table),
		cmocka_unit_test(passes_over_what_is_optional),
		cmocka_unit_test(colors_only_when_asked),
		cmocka_unit_test(prints_a_document),
		cmocka_unit_test(judges_by_the_worst),
		cmocka_unit_test(has_no_other_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

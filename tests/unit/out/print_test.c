/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of formats, and what goes wrong whatever the format. */
#include "sample.h"

static const enum eg_format printable[] = { EG_FORMAT_TEXT, EG_FORMAT_JSON, EG_FORMAT_NDJSON,
					    EG_FORMAT_CSV, EG_FORMAT_PROMETHEUS };

static void parses_names(void **state)
{
	enum eg_format format;

	(void)state;
	for (enum eg_format known = 0; known < EG_FORMAT_COUNT; known++) {
		assert_int_equal(eg_format_parse(eg_format_name(known), &format), 0);
		assert_int_equal(format, known);
	}
	assert_int_equal(eg_format_parse("xml", &format), -EINVAL);
	assert_int_equal(eg_format_parse("", &format), -EINVAL);
	assert_int_equal(eg_format_parse("JSON", &format), -EINVAL);
}

static void refuses_formats_that_a_summary_has_not(void **state)
{
	struct eg_summary *summary = sample_empty();

	(void)state;
	assert_int_equal(eg_print_summary(stderr, EG_FORMAT_HTML, summary, &sample_options),
			 -EOPNOTSUPP);
	assert_int_equal(eg_print_summary(stderr, EG_FORMAT_AUTO, summary, &sample_options),
			 -EOPNOTSUPP);
	eg_summary_free(summary);
}

/* A stream that takes `room` bytes and then is full. */
struct narrow {
	size_t room;
};

static ssize_t write_narrow(void *cookie, const char *data, size_t size)
{
	struct narrow *narrow = cookie;

	(void)data;
	if (size > narrow->room) {
		errno = ENOSPC;
		return 0;
	}
	narrow->room -= size;
	return (ssize_t)size;
}

static int print_narrow(const struct eg_summary *summary, enum eg_format format, size_t room)
{
	struct narrow narrow = { .room = room };
	cookie_io_functions_t functions = { .write = write_narrow };
	FILE *stream = fopencookie(&narrow, "w", functions);
	int r;

	assert_non_null(stream);
	setvbuf(stream, NULL, _IOFBF, 64);
	r = eg_print_summary(stream, format, summary, &sample_options);
	if (r == 0)
		r = fflush(stream) == EOF ? -errno : 0;
	fclose(stream);
	return r;
}

/* Wherever the disk is full: in the head, in a row, in the ledger. */
static void tells_a_full_disk(void **state)
{
	struct eg_summary *summary = sample_ordinary();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(printable); i++) {
		_cleanup_(eg_freep) char *text =
			sample_print(summary, printable[i], &sample_options);
		size_t size = strlen(text);

		assert_int_equal(print_narrow(summary, printable[i], size), 0);
		for (size_t room = 0; room < size; room += 1 + size / 40)
			assert_int_equal(print_narrow(summary, printable[i], room), -ENOSPC);
	}
	eg_summary_free(summary);
}

static void prints_nothing_as_well(void **state)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_PROCESS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(printable); i++)
		free(sample_print(summary, printable[i], &sample_options));
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_names),
		cmocka_unit_test(refuses_formats_that_a_summary_has_not),
		cmocka_unit_test(tells_a_full_disk),
		cmocka_unit_test(prints_nothing_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

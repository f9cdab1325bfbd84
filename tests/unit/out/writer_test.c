/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The streaming JSON writer: layout, escapes, numbers, errors. */
#include "sample.h"

#include "user/out/writer.h"

static char *text;
static size_t size;

static void begin(struct eg_writer *writer, bool compact)
{
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	eg_writer_init(writer, stream, compact);
}

static void assert_written(struct eg_writer *writer, const char *expected)
{
	assert_int_equal(eg_stream_status(writer->stream), 0);
	assert_int_equal(fclose(writer->stream), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void write_sample(struct eg_writer *writer)
{
	eg_writer_object(writer, NULL, EG_LINES);
	eg_writer_number(writer, "one", 1);
	eg_writer_array(writer, "rows", EG_LINES);
	eg_writer_object(writer, NULL, EG_INLINE);
	eg_writer_text(writer, "a", "b");
	eg_writer_array(writer, "list", EG_LINES); /* stays inline: it is inside */
	eg_writer_null(writer, NULL);
	eg_writer_bool(writer, NULL, true);
	eg_writer_bool(writer, NULL, false);
	eg_writer_end(writer);
	eg_writer_end(writer);
	eg_writer_object(writer, NULL, EG_INLINE);
	eg_writer_end(writer);
	eg_writer_end(writer);
	eg_writer_array(writer, "none", EG_LINES);
	eg_writer_end(writer);
	eg_writer_end(writer);
}

static void lays_out_lines(void **state)
{
	struct eg_writer writer;

	(void)state;
	begin(&writer, false);
	write_sample(&writer);
	assert_written(&writer, "{\n"
				"  \"one\": 1,\n"
				"  \"rows\": [\n"
				"    {\"a\":\"b\",\"list\":[null,true,false]},\n"
				"    {}\n"
				"  ],\n"
				"  \"none\": []\n"
				"}\n");
}

static void stays_on_one_line_when_compact(void **state)
{
	struct eg_writer writer;

	(void)state;
	begin(&writer, true);
	write_sample(&writer);
	write_sample(&writer);
	assert_written(&writer, "{\"one\":1,\"rows\":[{\"a\":\"b\",\"list\":[null,true,false]},{}],"
				"\"none\":[]}\n"
				"{\"one\":1,\"rows\":[{\"a\":\"b\",\"list\":[null,true,false]},{}],"
				"\"none\":[]}\n");
}

static void writes_numbers_within_2_to_the_53(void **state)
{
	struct eg_writer writer;

	(void)state;
	begin(&writer, true);
	eg_writer_array(&writer, NULL, EG_LINES);
	eg_writer_number(&writer, NULL, 0);
	eg_writer_number(&writer, NULL, 9007199254740991);
	eg_writer_number(&writer, NULL, UINT64_MAX);
	eg_writer_optional(&writer, NULL, true, 10);
	eg_writer_optional(&writer, NULL, false, 10);
	eg_writer_id(&writer, NULL, UINT64_MAX);
	eg_writer_id(&writer, NULL, 0);
	eg_writer_end(&writer);
	assert_written(&writer, "[0,9007199254740991,9007199254740992,10,null,"
				"\"18446744073709551615\",null]\n");
}

static void writes_times(void **state)
{
	struct eg_writer writer;

	(void)state;
	begin(&writer, true);
	eg_writer_array(&writer, NULL, EG_LINES);
	eg_writer_time(&writer, NULL, SAMPLE_START + 5);
	eg_writer_time(&writer, NULL, 0);
	eg_writer_end(&writer);
	assert_written(&writer, "[\"2026-11-23T10:00:00.000000005Z\",null]\n");
}

static void escapes_foreign_keys_and_texts(void **state)
{
	struct eg_writer writer;

	(void)state;
	begin(&writer, true);
	eg_writer_object(&writer, NULL, EG_LINES);
	eg_writer_key(&writer, "a\"\n");
	eg_writer_number(&writer, NULL, 1);
	eg_writer_key(&writer, "b");
	eg_writer_array(&writer, NULL, EG_INLINE);
	eg_writer_end(&writer);
	eg_writer_text(&writer, "c", "\033");
	eg_writer_text(&writer, "d", NULL);
	eg_writer_end(&writer);
	assert_written(&writer, "{\"a\\\"\\\\x0a\":1,\"b\":[],\"c\":\"\\\\x1b\",\"d\":null}\n");
}

static ssize_t write_nothing(void *cookie, const char *data, size_t count)
{
	(void)cookie;
	(void)data;
	(void)count;
	errno = ENOSPC;
	return 0;
}

static void tells_a_full_disk(void **state)
{
	cookie_io_functions_t functions = { .write = write_nothing };
	FILE *full = fopencookie(NULL, "w", functions);
	struct eg_writer writer;

	(void)state;
	assert_non_null(full);
	setbuf(full, NULL);
	eg_writer_init(&writer, full, true);
	eg_writer_number(&writer, NULL, 1);
	assert_int_equal(eg_stream_status(full), -ENOSPC);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lays_out_lines),
		cmocka_unit_test(stays_on_one_line_when_compact),
		cmocka_unit_test(writes_numbers_within_2_to_the_53),
		cmocka_unit_test(writes_times),
		cmocka_unit_test(escapes_foreign_keys_and_texts),
		cmocka_unit_test(tells_a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

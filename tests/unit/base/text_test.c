/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What each sink makes of foreign text: no raw control byte, valid UTF-8, always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include <egret/base.h>

typedef int put_text(FILE *stream, const char *text);

static void assert_put(put_text *put, const char *text, const char *expected)
{
	_cleanup_(eg_freep) char *output = NULL;
	size_t size;
	FILE *stream = open_memstream(&output, &size);

	assert_non_null(stream);
	assert_int_equal(put(stream, text), 0);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(output, expected);
	assert_int_equal(size, strlen(expected));
}

static void plain_text_stays(void **state)
{
	(void)state;
	assert_put(eg_put_terminal, "curl/7.88 (a) 'b'", "curl/7.88 (a) 'b'");
	assert_put(eg_put_csv, "curl/7.88 (a) 'b'", "curl/7.88 (a) 'b'");
	assert_put(eg_put_json, "curl/7.88 (a) 'b'", "\"curl/7.88 (a) 'b'\"");
	assert_put(eg_put_prometheus, "curl/7.88 (a) 'b'", "\"curl/7.88 (a) 'b'\"");
	assert_put(eg_put_terminal, "Grüße, 世界 🦩", "Grüße, 世界 🦩");
	assert_put(eg_put_json, "Grüße, 世界 🦩", "\"Grüße, 世界 🦩\"");
}

static void null_and_empty(void **state)
{
	(void)state;
	assert_put(eg_put_json, NULL, "null");
	assert_put(eg_put_json, "", "\"\"");
	assert_put(eg_put_csv, NULL, "");
	assert_put(eg_put_csv, "", "");
	assert_put(eg_put_terminal, NULL, "");
	assert_put(eg_put_terminal, "", "");
	assert_put(eg_put_prometheus, NULL, "\"\"");
	assert_put(eg_put_prometheus, "", "\"\"");
}

static void control_bytes_are_escaped(void **state)
{
	(void)state;
	assert_put(eg_put_terminal, "a\x1b[31mb\a\n\t\r\x7f",
		   "a\\x1b[31mb\\x07\\x0a\\x09\\x0d\\x7f");
	assert_put(eg_put_json, "\x01\n", "\"\\\\x01\\\\x0a\"");
	assert_put(eg_put_csv, "a\nb\rc", "a\\x0ab\\x0dc");
	assert_put(eg_put_prometheus, "a\nb", "\"a\\\\x0ab\"");
	/* C1: CSI as one character */
	assert_put(eg_put_terminal,
		   "\xc2\x9b"
		   "31m",
		   "\\xc2\\x9b31m");
	assert_put(eg_put_terminal, "\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0");
}

static void invisible_directions_and_lines_are_escaped(void **state)
{
	(void)state;
	assert_put(eg_put_terminal, "\u202e", "\\xe2\\x80\\xae");
	assert_put(eg_put_terminal, "\u202a\u202f", "\\xe2\\x80\\xaa\u202f");
	assert_put(eg_put_terminal, "\u2066\u2069\u206a", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9\u206a");
	assert_put(eg_put_terminal, "\u200d\u200e\u200f\u2010",
		   "\u200d\\xe2\\x80\\x8e\\xe2\\x80\\x8f\u2010");
	assert_put(eg_put_terminal, "\u2027\u2028\u2029", "\u2027\\xe2\\x80\\xa8\\xe2\\x80\\xa9");
	assert_put(eg_put_terminal, "\u061c", "\\xd8\\x9c");
	assert_put(eg_put_json, "\u2028", "\"\\\\xe2\\\\x80\\\\xa8\"");
}

static void bytes_that_are_no_utf8_are_escaped(void **state)
{
	(void)state;
	assert_put(eg_put_terminal, "\xff", "\\xff");
	assert_put(eg_put_terminal, "\x80z", "\\x80z");
	assert_put(eg_put_terminal, "\xc3", "\\xc3");
	assert_put(eg_put_terminal, "\xc3(", "\\xc3(");
	assert_put(eg_put_terminal, "\xe2\x82", "\\xe2\\x82");
	assert_put(eg_put_terminal, "\xf0\x9f\xa6", "\\xf0\\x9f\\xa6");
	/* longer than needed, surrogates, beyond the last plane */
	assert_put(eg_put_terminal, "\xc0\xaf", "\\xc0\\xaf");
	assert_put(eg_put_terminal, "\xc1\xbf", "\\xc1\\xbf");
	assert_put(eg_put_terminal, "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf");
	assert_put(eg_put_terminal, "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf");
	assert_put(eg_put_terminal, "\xed\xa0\x80", "\\xed\\xa0\\x80");
	assert_put(eg_put_terminal, "\xed\xbf\xbf", "\\xed\\xbf\\xbf");
	assert_put(eg_put_terminal, "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	assert_put(eg_put_terminal, "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
	/* the edges that are */
	assert_put(eg_put_terminal, "\u07ff\u0800\ud7ff\ue000\uffff",
		   "\u07ff\u0800\ud7ff\ue000\uffff");
	assert_put(eg_put_terminal, "\U00010000\U0010ffff", "\U00010000\U0010ffff");
}

static void quotes_and_backslashes(void **state)
{
	(void)state;
	assert_put(eg_put_json, "a\"b\\c", "\"a\\\"b\\\\c\"");
	assert_put(eg_put_prometheus, "a\"b\\c", "\"a\\\"b\\\\c\"");
	assert_put(eg_put_terminal, "a\"b\\c", "a\"b\\c");
	assert_put(eg_put_csv, "a\\c", "a\\c");
	/* What has been escaped and read again is printed as it was. */
	assert_put(eg_put_json, "\\x1b", "\"\\\\x1b\"");
}

static void markup_is_text(void **state)
{
	(void)state;
	assert_put(eg_put_html, "a<b>&\"c\" 'd' \\", "a&lt;b&gt;&amp;&quot;c&quot; 'd' \\");
	assert_put(eg_put_html, "</script>\x1b\u202e", "&lt;/script&gt;\\x1b\\xe2\\x80\\xae");
	assert_put(eg_put_html, NULL, "");
	assert_put(eg_put_script, "</script><!-- &\"\\\n",
		   "\"\\u003c/script\\u003e\\u003c!-- \\u0026\\\"\\\\\\\\x0a\"");
	assert_put(eg_put_script, NULL, "null");
	/* Elsewhere it is nothing special. */
	assert_put(eg_put_json, "a<b>&", "\"a<b>&\"");
	assert_put(eg_put_terminal, "a<b>&", "a<b>&");
	assert_put(eg_put_csv, "a<b>&", "a<b>&");
}

static void csv_cells_are_quoted_where_needed(void **state)
{
	(void)state;
	assert_put(eg_put_csv, "a,b", "\"a,b\"");
	assert_put(eg_put_csv, "a\"b", "\"a\"\"b\"");
	assert_put(eg_put_csv, "\"", "\"\"\"\"");
	assert_put(eg_put_csv, ",\n", "\",\\x0a\"");
	assert_put(eg_put_csv, "'a'b", "\"'a'b\"");
	assert_put(eg_put_csv, " a", "\" a\"");
	assert_put(eg_put_csv, "a ", "\"a \"");
	assert_put(eg_put_csv, "a 'b", "a 'b");
}

static void csv_cells_are_no_formulas(void **state)
{
	(void)state;
	assert_put(eg_put_csv, "=1+1", "\"'=1+1\"");
	assert_put(eg_put_csv, "+1", "\"'+1\"");
	assert_put(eg_put_csv, "-1", "\"'-1\"");
	assert_put(eg_put_csv, "@a", "\"'@a\"");
	assert_put(eg_put_csv, "=a,b", "\"'=a,b\"");
	assert_put(eg_put_csv, "=\"", "\"'=\"\"\"");
	/* escaped, these begin with a backslash */
	assert_put(eg_put_csv, "\t=1", "\\x09=1");
	assert_put(eg_put_csv, "\r=1", "\\x0d=1");
	assert_put(eg_put_csv, "a=1", "a=1");
}

static bool is_raw_control(uint8_t byte)
{
	return byte < 0x20 || byte == 0x7f;
}

/* Whatever goes in, what comes out is printable, and escaping it again changes nothing. */
static void random_bytes_come_out_harmless(void **state)
{
	uint64_t random = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[13] = { 0 };
		_cleanup_(eg_freep) char *output = NULL;
		size_t size;
		FILE *stream = open_memstream(&output, &size);

		for (size_t j = 0; j < sizeof(text) - 1; j++) {
			random = random * 6364136223846793005ULL + 1442695040888963407ULL;
			text[j] = (char)(random >> (random >> 62 ? 40 : 33));
		}
		assert_int_equal(eg_put_terminal(stream, text), 0);
		fclose(stream);
		for (size_t j = 0; j < size; j++)
			assert_false(is_raw_control((uint8_t)output[j]));
		assert_put(eg_put_terminal, output, output);
	}
}

static void full_disk_is_an_error(void **state)
{
	FILE *stream = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(stream);
	setvbuf(stream, NULL, _IONBF, 0);
	assert_int_equal(eg_put_json(stream, "text"), -EIO);
	assert_int_equal(eg_put_json(stream, NULL), -EIO);
	assert_int_equal(eg_put_csv(stream, "text"), -EIO);
	assert_int_equal(eg_put_terminal(stream, "text"), -EIO);
	assert_int_equal(eg_put_prometheus(stream, "text"), -EIO);
	fclose(stream);
}

static char *format(const char *text, ...) __attribute__((format(printf, 1, 2)));

static char *format(const char *text, ...)
{
	va_list args;
	char *result;

	va_start(args, text);
	result = eg_format(text, args);
	va_end(args);
	return result;
}

static void formats_what_fits_no_buffer(void **state)
{
	char *text = format("%s, %5d", "a", 42), *empty = format("%s", "");
	char *wide = format("%*s", 100000, "x");

	(void)state;
	assert_string_equal(text, "a,    42");
	assert_string_equal(empty, "");
	assert_int_equal(strlen(wide), 100000);
	free(text);
	free(empty);
	free(wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(null_and_empty),
		cmocka_unit_test(control_bytes_are_escaped),
		cmocka_unit_test(invisible_directions_and_lines_are_escaped),
		cmocka_unit_test(bytes_that_are_no_utf8_are_escaped),
		cmocka_unit_test(quotes_and_backslashes),
		cmocka_unit_test(markup_is_text),
		cmocka_unit_test(csv_cells_are_quoted_where_needed),
		cmocka_unit_test(csv_cells_are_no_formulas),
		cmocka_unit_test(random_bytes_come_out_harmless),
		cmocka_unit_test(full_disk_is_an_error),
		cmocka_unit_test(formats_what_fits_no_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

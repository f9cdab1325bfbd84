/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where results go, in which form, and what is left when they can't. */
#include "capture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "user/cmd/cmd.h"

static const struct eg_command summary_command = { .name = "summary",
						   .formats = EG_FORMATS_SUMMARY };
static const struct eg_command trace_command = { .name = "trace",
						 .formats = EG_BIT(EG_FORMAT_NDJSON) };

static char folder[] = "/tmp/egret-output-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/result", folder);
	unsetenv("NO_COLOR");
	unsetenv("COLUMNS");
	setenv("TERM", "xterm", 1);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static struct eg_options options_of(const struct eg_command *command)
{
	return (struct eg_options){ .of = command, .color = "auto" };
}

static struct eg_summary *make_summary(void)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct eg_destination_key key = { .transport = 6 };
	struct eg_counters counters = { .bytes = { .sent = 1 } };
	struct eg_destination *row;
	struct eg_app *app;

	assert_non_null(summary);
	assert_int_equal(eg_summary_app(summary, "exe:/a", &app), 0);
	assert_int_equal(eg_app_add(app, &key, &counters, 0, &row), 0);
	return summary;
}

static char *read_file(void)
{
	char *text = calloc(1, 1 << 16);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 16) - 1, file) > 0);
	fclose(file);
	return text;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* Standard output is a terminal of that many columns while the function runs. */
static void on_terminal(unsigned short columns, const struct eg_options *options,
			struct eg_output *ret_output)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, saved = dup(STDOUT_FILENO);
	struct winsize size = { .ws_col = columns };

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	fflush(stdout);
	dup2(slave, STDOUT_FILENO);
	assert_int_equal(eg_output_open(options, ret_output), 0);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(slave);
	close(master);
}

static void prints_text_on_a_terminal(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct eg_output output;

	(void)state;
	on_terminal(123, &options, &output);
	assert_int_equal(output.format, EG_FORMAT_TEXT);
	assert_int_equal(output.print.columns, 123);
	assert_true(output.print.color);
	assert_true(output.print.command_lines);
	options.no_command_lines = true;
	on_terminal(3, &options, &output);
	assert_int_equal(output.print.columns, 40);
	assert_false(output.print.command_lines);
	options.format = EG_FORMAT_CSV;
	on_terminal(80, &options, &output);
	assert_int_equal(output.format, EG_FORMAT_CSV);
}

static void prints_json_elsewhere(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct capture capture = capture_begin(STDOUT_FILENO);
	struct eg_output output;

	(void)state;
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_int_equal(output.format, EG_FORMAT_JSON);
	assert_int_equal(output.print.columns, 80);
	assert_false(output.print.color);
	assert_false(output.print.compact);
	assert_ptr_equal(output.stream, stdout);
	options.of = &trace_command;
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_int_equal(output.format, EG_FORMAT_NDJSON);
	free(capture_end(&capture));
}

static void obeys_about_color(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct eg_output output;

	(void)state;
	setenv("NO_COLOR", "1", 1);
	on_terminal(80, &options, &output);
	assert_false(output.print.color);
	options.color = "always";
	on_terminal(80, &options, &output);
	assert_true(output.print.color);
	setenv("NO_COLOR", "", 1);
	options.color = "auto";
	on_terminal(80, &options, &output);
	assert_true(output.print.color);
	setenv("TERM", "dumb", 1);
	on_terminal(80, &options, &output);
	assert_false(output.print.color);
	setenv("TERM", "xterm", 1);
	options.color = "never";
	on_terminal(80, &options, &output);
	assert_false(output.print.color);
}

static void obeys_about_columns(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct eg_output output;
	struct capture capture;

	(void)state;
	setenv("COLUMNS", "132", 1);
	on_terminal(90, &options, &output);
	assert_int_equal(output.print.columns, 90);
	capture = capture_begin(STDOUT_FILENO);
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_int_equal(output.print.columns, 132);
	setenv("COLUMNS", "-5", 1);
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_int_equal(output.print.columns, 80);
	free(capture_end(&capture));
}

/* A traced command keeps standard output for itself. */
static void makes_way_for_the_command(void **state)
{
	static char name[] = "curl";
	char *command[] = { name, NULL };
	struct eg_options options = options_of(&summary_command);
	struct eg_output output;

	(void)state;
	options.command = command;
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_ptr_equal(output.stream, stderr);
	options.output = "-";
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_ptr_equal(output.stream, stdout);
	assert_null(output.path);
	options.output = path;
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_null(output.stream);
	assert_string_equal(output.path, path);
	assert_int_equal(output.format, EG_FORMAT_JSON);
}

static void replaces_json_each_interval(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct eg_summary *summary = make_summary();
	struct eg_output output;
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	options.output = path;
	options.interval = NSEC_PER_SEC;
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_true(output.print.compact);
	assert_int_equal(eg_output_print(&output, summary), 0);
	assert_int_equal(eg_output_print(&output, summary), 0);
	text = read_file();
	assert_int_equal(count_lines(text), 1);
	eg_summary_free(summary);
}

static void appends_rows_each_interval(void **state)
{
	static const enum eg_format formats[] = { EG_FORMAT_NDJSON, EG_FORMAT_CSV };
	/* rows and ends of intervals; rows and one header */
	static const size_t lines[] = { 2 * 2 + 2, 2 * 1 + 1 + 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct eg_options options = options_of(&summary_command);
		struct eg_summary *summary = make_summary();
		struct eg_output output;
		_cleanup_(eg_freep) char *text = NULL;

		options.output = path;
		options.interval = NSEC_PER_SEC;
		options.format = formats[i];
		assert_int_equal(eg_output_open(&options, &output), 0);
		assert_true(output.appends);
		assert_int_equal(eg_output_print(&output, summary), 0);
		assert_int_equal(eg_output_print(&output, summary), 0);
		/* and the next egret goes on */
		assert_int_equal(eg_output_open(&options, &output), 0);
		assert_int_equal(eg_output_print(&output, summary), 0);
		text = read_file();
		assert_int_equal(count_lines(text), lines[i]);
		unlink(path);
		eg_summary_free(summary);
	}
}

static void prints_one_header_on_a_stream(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct eg_summary *summary = make_summary();
	struct capture capture = capture_begin(STDOUT_FILENO);
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_output output;

	(void)state;
	options.format = EG_FORMAT_CSV;
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_int_equal(eg_output_print(&output, summary), 0);
	assert_int_equal(eg_output_print(&output, summary), 0);
	text = capture_end(&capture);
	assert_int_equal(count_lines(text), 3);
	eg_summary_free(summary);
}

static void parts_texts_by_an_empty_line(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct eg_summary *summary = make_summary();
	struct capture capture = capture_begin(STDOUT_FILENO);
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_output output;

	(void)state;
	options.format = EG_FORMAT_TEXT;
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_int_equal(eg_output_print(&output, summary), 0);
	assert_int_equal(eg_output_print(&output, summary), 0);
	text = capture_end(&capture);
	assert_int_not_equal(text[0], '\n');
	assert_non_null(strstr(text, "\nComplete. No databases configured.\n\n0 hosts "));
	eg_summary_free(summary);
}

static int print_much(FILE *stream, void *data)
{
	(void)data;
	for (int i = 0; i < 100000; i++)
		fputs("0123456789\n", stream);
	return 0;
}

static void takes_back_what_does_not_fit(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct eg_summary *summary = make_summary();
	struct capture capture;
	struct eg_output output;
	struct rlimit before, limit;
	_cleanup_(eg_freep) char *said = NULL;
	_cleanup_(eg_freep) char *first = NULL;
	_cleanup_(eg_freep) char *second = NULL;
	char expected[128];
	int r;

	(void)state;
	options.output = path;
	options.interval = NSEC_PER_SEC;
	options.format = EG_FORMAT_NDJSON;
	assert_int_equal(eg_output_open(&options, &output), 0);
	assert_int_equal(eg_output_print(&output, summary), 0);
	first = read_file();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	limit = before;
	limit.rlim_cur = 16384;
	capture = capture_begin(STDERR_FILENO);
	setrlimit(RLIMIT_FSIZE, &limit);
	r = eg_output_write(&output, print_much, NULL);
	setrlimit(RLIMIT_FSIZE, &before);
	said = capture_end(&capture);
	assert_int_equal(r, -EFBIG);
	snprintf(expected, sizeof(expected), "egret: cannot write %s: File too large\n", path);
	assert_string_equal(said, expected);
	second = read_file();
	assert_string_equal(first, second);
	eg_summary_free(summary);
}

static void tells_a_closed_pipe(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct eg_summary *summary = make_summary();
	int ends[2], saved = dup(STDOUT_FILENO), r;
	struct capture capture = capture_begin(STDERR_FILENO);
	_cleanup_(eg_freep) char *said = NULL;
	struct eg_output output;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	assert_int_equal(eg_output_open(&options, &output), 0);
	r = eg_output_print(&output, summary);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	clearerr(stdout);
	said = capture_end(&capture);
	assert_int_equal(r, -EPIPE);
	assert_string_equal(said, "egret: cannot write the result: Broken pipe\n");
	eg_summary_free(summary);
}

static void refuses_a_place_that_is_none(void **state)
{
	struct eg_options options = options_of(&summary_command);
	struct capture capture = capture_begin(STDERR_FILENO);
	_cleanup_(eg_freep) char *said = NULL;
	struct eg_output output;
	int missing, is_folder;

	(void)state;
	options.output = "/nonexistent/result";
	missing = eg_output_open(&options, &output);
	options.output = folder;
	is_folder = eg_output_open(&options, &output);
	said = capture_end(&capture);
	assert_int_equal(missing, -ENOENT);
	assert_int_equal(is_folder, -EISDIR);
	assert_non_null(strstr(said, "egret: cannot write /nonexistent/result: "
				     "No such file or directory\n"));
	assert_int_equal(count_lines(said), 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(prints_text_on_a_terminal),
		TEST(prints_json_elsewhere),
		TEST(obeys_about_color),
		TEST(obeys_about_columns),
		TEST(makes_way_for_the_command),
		TEST(replaces_json_each_interval),
		TEST(appends_rows_each_interval),
		TEST(prints_one_header_on_a_stream),
		TEST(parts_texts_by_an_empty_line),
		TEST(takes_back_what_does_not_fit),
		TEST(tells_a_closed_pipe),
		TEST(refuses_a_place_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

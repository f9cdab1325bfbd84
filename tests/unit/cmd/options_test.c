/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options: what is understood, and the one line that names what is not. */
#include "capture.h"

#include <time.h>

#include "user/cmd/cmd.h"

#define ALL (EG_BIT(EG_OPTION_COUNT) - 1)
#define ARGUMENTS_MAX 16

static const struct eg_command tracing = {
	.name = "summary",
	.help = "help",
	.arguments = "[-- CMD ARG...]",
	.options = ALL,
	.formats = EG_FORMATS_SUMMARY,
	.traces_command = true,
};

static const struct eg_command merging = {
	.name = "merge",
	.help = "help",
	.arguments = "FILE...",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT,
	.formats = EG_BIT(EG_FORMAT_JSON),
	.operands_min = 1,
	.operands_max = 2,
};

/* A command line of words separated by spaces; "_" is the empty word. */
struct line {
	char text[256];
	char *argv[ARGUMENTS_MAX + 1];
	int argc;
	struct eg_options options;
};

static int parse(struct line *line, const struct eg_command *command, const char *text)
{
	static char nothing[] = "";
	char *next = line->text, *word;

	snprintf(line->text, sizeof(line->text), "%s", text);
	line->argc = 0;
	while ((word = strsep(&next, " ")))
		line->argv[line->argc++] = strcmp(word, "_") == 0 ? nothing : word;
	line->argv[line->argc] = NULL;
	return eg_options_parse(command, line->argc, line->argv, &line->options);
}

static void assert_parses(struct line *line, const struct eg_command *command, const char *text)
{
	assert_int_equal(parse(line, command, text), 0);
}

/* It is refused, with exactly this line. */
static void assert_refused(const struct eg_command *command, const char *text, const char *expected)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	_cleanup_(eg_freep) char *said = NULL;
	struct line line = { 0 };
	int r = parse(&line, command, text);

	said = capture_end(&capture);
	eg_options_free(&line.options);
	assert_string_equal(said, expected);
	assert_int_equal(r, -EINVAL);
}

static void failure_is_one_line(void **state)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	int memory = eg_command_fail(&tracing, -ENOMEM), other = eg_command_fail(&tracing, -EIO);
	_cleanup_(eg_freep) char *said = capture_end(&capture);
	_cleanup_(eg_freep) char *expected = NULL;

	(void)state;
	assert_int_equal(memory, EG_EXIT_FAILED);
	assert_int_equal(other, EG_EXIT_FAILED);
	assert_true(asprintf(&expected, "egret: %s: out of memory\negret: %s: Input/output error\n",
			     tracing.name, tracing.name) > 0);
	assert_string_equal(said, expected);
}

static void knows_defaults(void **state)
{
	struct line line = { 0 };

	(void)state;
	assert_parses(&line, &tracing, "summary");
	assert_ptr_equal(line.options.of, &tracing);
	assert_int_equal(line.options.duration, 0);
	assert_int_equal(line.options.interval, 0);
	assert_int_equal(line.options.format, EG_FORMAT_AUTO);
	assert_int_equal(line.options.by, EG_BY_APP);
	assert_null(line.options.output);
	assert_null(line.options.command);
	assert_string_equal(line.options.color, "auto");
	assert_int_equal(line.options.max_flows, 0);
	assert_int_equal(line.options.operands_count, 0);
	eg_options_free(&line.options);
}

static void takes_values(void **state)
{
	struct line line = { 0 };

	(void)state;
	assert_parses(&line, &tracing,
		      "summary --duration 500ms --interval=5m -o out.json --format ndjson "
		      "--by container --max-flows 8 --max-sockets=1000000 --color never");
	assert_int_equal(line.options.duration, NSEC_PER_SEC / 2);
	assert_int_equal(line.options.interval, 300 * NSEC_PER_SEC);
	assert_string_equal(line.options.output, "out.json");
	assert_int_equal(line.options.format, EG_FORMAT_NDJSON);
	assert_int_equal(line.options.by, EG_BY_CONTAINER);
	assert_int_equal(line.options.max_flows, 8);
	assert_int_equal(line.options.max_sockets, 1000000);
	assert_string_equal(line.options.color, "never");
	eg_options_free(&line.options);
}

static void takes_flags(void **state)
{
	struct line line = { 0 };

	(void)state;
	assert_parses(&line, &tracing, "summary -vq --include-loopback --no-names");
	assert_true(line.options.verbose);
	assert_true(line.options.quiet);
	assert_true(line.options.include_loopback);
	assert_true(line.options.no_names);
	assert_false(line.options.no_command_lines);
	eg_options_free(&line.options);
}

static void collects_patterns(void **state)
{
	struct line line = { 0 };
	const char **apps, **scopes;

	(void)state;
	assert_parses(&line, &tracing, "summary --app curl* --scope internet --app *wget --app x");
	apps = line.options.filter.patterns[EG_FILTER_APP];
	assert_string_equal(apps[0], "curl*");
	assert_string_equal(apps[1], "*wget");
	assert_string_equal(apps[2], "x");
	assert_null(apps[3]);
	scopes = line.options.filter.patterns[EG_FILTER_SCOPE];
	assert_string_equal(scopes[0], "internet");
	assert_null(scopes[1]);
	assert_null(line.options.filter.patterns[EG_FILTER_USER]);
	eg_options_free(&line.options);
}

static void leaves_the_command_alone(void **state)
{
	struct line line = { 0 };

	(void)state;
	assert_parses(&line, &tracing, "summary -q -- curl -v -- --duration x");
	assert_true(line.options.quiet);
	assert_false(line.options.verbose);
	assert_string_equal(line.options.command[0], "curl");
	assert_string_equal(line.options.command[1], "-v");
	assert_string_equal(line.options.command[2], "--");
	assert_string_equal(line.options.command[3], "--duration");
	assert_string_equal(line.options.command[4], "x");
	assert_null(line.options.command[5]);
	assert_int_equal(line.options.operands_count, 0);
	eg_options_free(&line.options);
}

static void collects_operands(void **state)
{
	struct line line = { 0 };

	(void)state;
	assert_parses(&line, &merging, "merge a -o out b");
	assert_int_equal(line.options.operands_count, 2);
	assert_string_equal(line.options.operands[0], "a");
	assert_string_equal(line.options.operands[1], "b");
	assert_null(line.options.operands[2]);
	assert_string_equal(line.options.output, "out");
	eg_options_free(&line.options);
	assert_parses(&line, &merging, "merge -- -o");
	assert_string_equal(line.options.operands[0], "-o");
	assert_null(line.options.command);
	eg_options_free(&line.options);
	assert_parses(&line, &merging, "merge -");
	assert_string_equal(line.options.operands[0], "-");
	eg_options_free(&line.options);
}

static void helps_whatever_is_missing(void **state)
{
	struct line line = { 0 };

	(void)state;
	assert_parses(&line, &merging, "merge --help");
	assert_true(line.options.help);
	eg_options_free(&line.options);
	assert_parses(&line, &merging, "merge --version");
	assert_true(line.options.version);
	eg_options_free(&line.options);
}

static void refuses_unknown_options(void **state)
{
	(void)state;
	assert_refused(&tracing, "summary --duraton 5s",
		       "egret: summary: unknown option '--duraton' (did you mean --duration?)\n");
	assert_refused(&tracing, "summary --duraton=5s",
		       "egret: summary: unknown option '--duraton' (did you mean --duration?)\n");
	assert_refused(&tracing, "summary --no",
		       "egret: summary: option '--no' could be any of: "
		       "no-names no-command-lines\n");
	assert_refused(&tracing, "summary --o=x",
		       "egret: summary: option '--o' could be any of: "
		       "output operator owner on-violation owners\n");
	assert_refused(&tracing, "summary --bogus", "egret: summary: unknown option '--bogus'\n");
	assert_refused(&tracing, "summary -x", "egret: summary: unknown option '-x'\n");
	assert_refused(&tracing, "summary -qx", "egret: summary: unknown option '-x'\n");
	assert_refused(&tracing, "summary --x\033[2J",
		       "egret: summary: unknown option '--x\\x1b[2J'\n");
	/* one that others have */
	assert_refused(&merging, "merge a --duration 5s",
		       "egret: merge: unknown option '--duration'\n");
	assert_refused(&tracing, "summary --quiet=1", "egret: summary: --quiet takes no value\n");
}

static void refuses_missing_values(void **state)
{
	(void)state;
	assert_refused(&tracing, "summary --duration",
		       "egret: summary: --duration wants a value: D\n");
	assert_refused(&tracing, "summary -o", "egret: summary: --output wants a value: FILE\n");
	assert_refused(&tracing, "summary --app", "egret: summary: --app wants a value: PATTERN\n");
	assert_refused(&tracing, "summary -o _", "egret: --output: the value is empty\n");
}

static void refuses_bad_values(void **state)
{
	(void)state;
	assert_refused(&tracing, "summary --duration 10x",
		       "egret: --duration: '10x' is no duration (500ms 10s 5m 2h 7d 4w 1y are)\n");
	assert_refused(&tracing, "summary --interval _",
		       "egret: --interval: '' is no duration (500ms 10s 5m 2h 7d 4w 1y are)\n");
	assert_refused(&tracing, "summary --duration 99999y",
		       "egret: --duration: '99999y' is too long\n");
	assert_refused(&tracing, "summary --interval 0s",
		       "egret: --interval: '0s' is no time at all\n");
	assert_refused(&tracing, "summary --by aap",
		       "egret: --by: unknown value 'aap' (did you mean app?)\n");
	assert_refused(&tracing, "summary --by x",
		       "egret: --by: unknown value 'x'; there are: app program process container "
		       "user\n");
	assert_refused(&tracing, "summary --format jsn",
		       "egret: --format: unknown value 'jsn' (did you mean json?)\n");
	assert_refused(&tracing, "summary --color sometimes",
		       "egret: --color: unknown value 'sometimes'; there are: auto always never\n");
}

static void refuses_bad_numbers(void **state)
{
	static const char *const numbers[] = {
		"0",  "-1", "1k",	 "_",	       " 5",
		"x5", "+5", "100000001", "4294967297", "99999999999999999999999999"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		char *argv[] = { strdup("summary"), strdup("--max-flows"), strdup(numbers[i]),
				 NULL };
		struct capture capture = capture_begin(STDERR_FILENO);
		_cleanup_(eg_freep) char *said = NULL;
		struct eg_options options;
		int r = eg_options_parse(&tracing, 3, argv, &options);

		said = capture_end(&capture);
		eg_options_free(&options);
		assert_int_equal(r, -EINVAL);
		assert_non_null(strstr(said, "is no number from 1 to 100000000\n"));
		for (size_t j = 0; j < 3; j++)
			free(argv[j]);
	}
}

/* What one option with this value says; the rest is not given. */
static struct eg_options parse_one(const char *name, const char *value)
{
	char command[] = "summary", option[64], given[64],
	     *argv[] = { command, option, given, NULL };
	struct eg_options options;

	snprintf(option, sizeof(option), "%s", name);
	snprintf(given, sizeof(given), "%s", value);
	assert_int_equal(eg_options_parse(&tracing, 3, argv, &options), 0);
	return options;
}

static void understands_times(void **state)
{
	const int64_t day = 86400 * NSEC_PER_SEC;
	int64_t now = eg_now_ns(), since = parse_one("--since", "7d").since;

	(void)state;
	assert_int_equal(parse_one("--since", "2026-11-23").since, 1795392000 * NSEC_PER_SEC);
	assert_int_equal(parse_one("--until", "2026-11-23T01:00:00+01:00").until,
			 1795392000 * NSEC_PER_SEC);
	assert_true(since >= now - 7 * day && since < now - 6 * day);
	assert_true(parse_one("--since", "-7d").since - since < day);
	assert_int_equal(parse_one("--since", "yesterday").since % day, 0);
	assert_true(parse_one("--until", "now").until >= now);
	assert_refused(&tracing, "summary --since soon",
		       "egret: --since: 'soon' is no time (2026-11-23, 2026-11-23T10:00:00Z, "
		       "yesterday, 7d are)\n");
	assert_refused(&tracing, "summary --since 2026-13-01",
		       "egret: --since: '2026-13-01' is no time (2026-11-23, 2026-11-23T10:00:00Z, "
		       "yesterday, 7d are)\n");
}

/* Days begin in UTC, as the sums in a history do: no time zone, and no summer, makes any longer. */
static void takes_days_in_utc(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/St_Johns", "Asia/Kolkata",
					     "<+14>-14", "<-12>12" };
	/* The days on which Europe and America set their clocks. */
	static const struct {
		const char *text;
		int64_t time;
	} days[] = {
		{ "2026-03-08", 1772928000 },
		{ "2026-03-29", 1774742400 },
		{ "2026-10-25", 1792886400 },
		{ "2026-11-01", 1793491200 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		int64_t now, since;

		setenv("TZ", zones[i], 1);
		tzset();
		for (size_t j = 0; j < ARRAY_SIZE(days); j++)
			assert_int_equal(parse_one("--since", days[j].text).since,
					 days[j].time * NSEC_PER_SEC);
		now = eg_now_ns();
		since = parse_one("--since", "yesterday").since;
		assert_in_range(now / NSEC_PER_SEC / 86400 - since / NSEC_PER_SEC / 86400, 1, 2);
		assert_int_equal(since % (86400 * NSEC_PER_SEC), 0);
	}
	unsetenv("TZ");
	tzset();
}

static void understands_sizes(void **state)
{
	(void)state;
	assert_int_equal(parse_one("--max-size", "7").max_size, 7);
	assert_int_equal(parse_one("--max-size", "500M").max_size, 500000000);
	assert_int_equal(parse_one("--max-size", "2T").max_size, 2000000000000);
	assert_refused(&tracing, "summary --scope [wan]",
		       "egret: --scope: '[wan]' matches no scope (internet private cgnat "
		       "link-local multicast broadcast documentation loopback host are)\n");
	assert_refused(&tracing, "summary --max-size 5X",
		       "egret: --max-size: '5X' is no size (500M 2G are)\n");
	assert_refused(&tracing, "summary --max-size 0G",
		       "egret: --max-size: '0G' is no size (500M 2G are)\n");
	assert_refused(&tracing, "summary --max-size 5Gb",
		       "egret: --max-size: '5Gb' is no size (500M 2G are)\n");
	assert_refused(&tracing, "summary --max-size 99999999999999999999",
		       "egret: --max-size: '99999999999999999999' is no size (500M 2G are)\n");
	assert_refused(&tracing, "summary --max-size 9999T",
		       "egret: --max-size: '9999T' is no size (500M 2G are)\n");
}

static void refuses_formats_by_name(void **state)
{
	(void)state;
	assert_refused(&tracing, "summary --format html",
		       "egret: summary: has no format 'html'; it has: text json ndjson csv "
		       "prometheus\n");
	assert_refused(&merging, "merge a --format text",
		       "egret: merge: has no format 'text'; it has: json\n");
}

static void refuses_wrong_operands(void **state)
{
	(void)state;
	assert_refused(&merging, "merge", "egret: merge: FILE... is missing\n");
	assert_refused(&merging, "merge a b c", "egret: merge: too many arguments at 'c'\n");
	assert_refused(&tracing, "summary curl",
		       "egret: summary: too many arguments at 'curl' (a command to trace comes "
		       "after --)\n");
	assert_refused(&tracing, "summary --", "egret: summary: no command after --\n");
}

/* The usage names every option that the command takes, and no other. */
static void explains_itself(void **state)
{
	struct capture capture = capture_begin(STDOUT_FILENO);
	_cleanup_(eg_freep) char *said = NULL;

	(void)state;
	eg_options_help(stdout, &merging);
	said = capture_end(&capture);
	assert_string_equal(said,
			    "usage: egret merge [OPTION...] FILE...\n"
			    "Help.\n"
			    "\n"
			    "  --format F              auto, or one of: json\n"
			    "  -o, --output FILE       write FILE, or add lines to it\n"
			    "  --color WHEN            auto, always or never\n"
			    "  -v, --verbose           say more on standard error\n"
			    "  -q, --quiet             say nothing but errors on standard error\n"
			    "  -h, --help              print this\n"
			    "  --version               print the version\n");
	free(said);
	capture = capture_begin(STDOUT_FILENO);
	eg_options_help(stdout, &tracing);
	said = capture_end(&capture);
	assert_non_null(strstr(said, "usage: egret summary [OPTION...] [-- CMD ARG...]\n"));
	assert_non_null(strstr(said, "auto, or one of: text json ndjson csv prometheus\n"));
	assert_non_null(strstr(said, "is not the place of everyone who can read the data"));
	for (char *next = said, *line; (line = strsep(&next, "\n"));) {
		if (strlen(line) > 80)
			fail_msg("longer than 80 columns: %s", line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failure_is_one_line),
		cmocka_unit_test(knows_defaults),
		cmocka_unit_test(takes_values),
		cmocka_unit_test(takes_flags),
		cmocka_unit_test(collects_patterns),
		cmocka_unit_test(leaves_the_command_alone),
		cmocka_unit_test(collects_operands),
		cmocka_unit_test(helps_whatever_is_missing),
		cmocka_unit_test(refuses_unknown_options),
		cmocka_unit_test(refuses_missing_values),
		cmocka_unit_test(refuses_bad_values),
		cmocka_unit_test(refuses_bad_numbers),
		cmocka_unit_test(understands_times),
		cmocka_unit_test(takes_days_in_utc),
		cmocka_unit_test(understands_sizes),
		cmocka_unit_test(refuses_formats_by_name),
		cmocka_unit_test(refuses_wrong_operands),
		cmocka_unit_test(explains_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

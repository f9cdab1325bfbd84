/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of options: what each is called, what it takes, where its value goes. */
#include "option_table.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include <egret/base.h>

#define ENTRIES_MAX 100000000 /* of a kernel map */

#define SIZE_LARGEST 1000000000000000ULL /* a thousand disks */

#define FIELD(member) offsetof(struct eg_options, member)
#define PATTERNS(kind) (FIELD(filter) + offsetof(struct eg_filter, patterns[kind]))

/* --- values --- */

static int take_flag(void *field, const struct eg_option_row *row, const char *value)
{
	(void)row;
	(void)value;
	*(bool *)field = true;
	return 0;
}

static int take_text(void *field, const struct eg_option_row *row, const char *value)
{
	if (!*value) {
		eg_error("--%s: the value is empty", row->name);
		return -EINVAL;
	}
	*(const char **)field = value;
	return 0;
}

static int take_duration(void *field, const struct eg_option_row *row, const char *value)
{
	int64_t *ns = field;
	int r = eg_duration_parse(value, ns);

	if (r == 0 && *ns > 0)
		return 0;
	if (r == -ERANGE)
		eg_error("--%s: '%s' is too long", row->name, value);
	else if (r == 0)
		eg_error("--%s: '%s' is no time at all", row->name, value);
	else
		eg_error("--%s: '%s' is no duration (500ms 10s 5m 2h 7d 4w 1y are)", row->name,
			 value);
	return -EINVAL;
}

static int take_size(void *field, const struct eg_option_row *row, const char *value)
{
	static const char units[] = "kMGT";
	uint64_t size = 0;
	const char *unit;
	size_t digits = strspn(value, "0123456789");

	for (size_t i = 0; i < digits && digits < 16; i++)
		size = size * 10 + (uint64_t)(value[i] - '0');
	unit = value[digits] ? strchr(units, value[digits]) : NULL;
	for (const char *step = units; unit && step <= unit && size < SIZE_LARGEST; step++)
		size *= 1000;
	if (!size || size > SIZE_LARGEST || (value[digits] && (!unit || value[digits + 1]))) {
		eg_error("--%s: '%s' is no size (500M 2G are)", row->name, value);
		return -EINVAL;
	}
	*(uint64_t *)field = size;
	return 0;
}

/* A moment, or how long ago; days begin in UTC, as everything that egret prints. */
static int parse_time(const char *value, int64_t *ret_time)
{
	static const int64_t day = 24 * 3600 * NSEC_PER_SEC;
	int64_t now = eg_now_ns(), ago;
	char text[32];

	if (strcmp(value, "now") == 0) {
		*ret_time = now;
		return 0;
	}
	if (strcmp(value, "yesterday") == 0) {
		*ret_time = now - now % day - day;
		return 0;
	}
	if (eg_duration_parse(*value == '-' ? value + 1 : value, &ago) == 0) {
		*ret_time = ago < now ? now - ago : 1;
		return 0;
	}
	if (strlen(value) == strlen("YYYY-MM-DD")) {
		snprintf(text, sizeof(text), "%sT00:00:00Z", value);
		value = text;
	}
	return eg_time_parse(value, ret_time);
}

static int take_time(void *field, const struct eg_option_row *row, const char *value)
{
	if (parse_time(value, field) == 0)
		return 0;
	eg_error("--%s: '%s' is no time (2026-11-23, 2026-11-23T10:00:00Z, yesterday, 7d are)",
		 row->name, value);
	return -EINVAL;
}

static int take_entries(void *field, const struct eg_option_row *row, const char *value)
{
	uint64_t number = 0;

	for (const char *digit = value; *digit && number <= ENTRIES_MAX; digit++)
		number = *digit >= '0' && *digit <= '9' ? number * 10 + (uint64_t)(*digit - '0')
							: UINT32_MAX;
	if (number < 1 || number > ENTRIES_MAX) {
		eg_error("--%s: '%s' is no number from 1 to %d", row->name, value, ENTRIES_MAX);
		return -EINVAL;
	}
	*(uint32_t *)field = (uint32_t)number;
	return 0;
}

char *eg_option_join(const char *const *words)
{
	char *list = NULL;
	size_t size;
	FILE *stream = open_memstream(&list, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; words[i]; i++)
		fprintf(stream, "%s%s", i > 0 ? " " : "", words[i]);
	if (fclose(stream) == 0)
		return list;
	free(list);
	return NULL;
}

/* One line about a value that is none of `words`. */
static int refuse_word(const char *option, const char *value, const char *const *words)
{
	const char *meant = eg_suggest(value, words);
	_cleanup_(eg_freep) char *list = eg_option_join(words);

	if (!list)
		return -ENOMEM;
	if (meant)
		eg_error("--%s: unknown value '%s' (did you mean %s?)", option, value, meant);
	else
		eg_error("--%s: unknown value '%s'; there are: %s", option, value, list);
	return -EINVAL;
}

static int take_by(void *field, const struct eg_option_row *row, const char *value)
{
	const char *names[EG_BY_COUNT + 1] = { NULL };

	for (enum eg_by by = 0; by < EG_BY_COUNT; by++) {
		names[by] = eg_by_name(by);
		if (strcmp(value, names[by]) == 0) {
			*(enum eg_by *)field = by;
			return 0;
		}
	}
	return refuse_word(row->name, value, names);
}

static int take_format(void *field, const struct eg_option_row *row, const char *value)
{
	const char *names[EG_FORMAT_COUNT + 1] = { NULL };

	if (eg_format_parse(value, field) == 0)
		return 0;
	for (enum eg_format format = 0; format < EG_FORMAT_COUNT; format++)
		names[format] = eg_format_name(format);
	return refuse_word(row->name, value, names);
}

static int take_color(void *field, const struct eg_option_row *row, const char *value)
{
	static const char *const names[] = { "auto", "always", "never", NULL };

	for (size_t i = 0; names[i]; i++) {
		if (strcmp(value, names[i]) == 0) {
			*(const char **)field = names[i];
			return 0;
		}
	}
	return refuse_word(row->name, value, names);
}

/* Adds to a list, which ends with NULL. */
static int take_word(void *field, const struct eg_option_row *row, const char *value)
{
	const char ***words = field, **grown;
	size_t count = 0;

	(void)row;
	while (*words && (*words)[count])
		count++;
	grown = reallocarray(*words, count + 2, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[count] = value;
	grown[count + 1] = NULL;
	*words = grown;
	return 0;
}

/* There are few scopes: a pattern that none of them matches is a mistake. */
static int take_scope(void *field, const struct eg_option_row *row, const char *value)
{
	for (int scope = EG_SCOPE_INTERNET; scope < EG_SCOPE_COUNT; scope++) {
		if (fnmatch(value, eg_scope_name(scope), FNM_CASEFOLD) == 0)
			return take_word(field, row, value);
	}
	eg_error("--%s: '%s' matches no scope (internet private cgnat link-local multicast "
		 "broadcast documentation loopback host are)",
		 row->name, value);
	return -EINVAL;
}

/* --- the table --- */

#define VALUE(name_, letter_, value_, take_, member, help_)                                        \
	{                                                                                          \
		.name = (name_), .letter = (letter_), .value = (value_), .help = (help_),          \
		.take = (take_), .field = FIELD(member),                                           \
	}
#define PATTERN(name_, kind, help_)                                                                \
	{                                                                                          \
		.name = (name_), .value = "PATTERN", .help = (help_), .take = take_word,           \
		.field = PATTERNS(kind),                                                           \
	}
#define FLAG(name_, letter_, member, help_)                                                        \
	{                                                                                          \
		.name = (name_), .letter = (letter_), .help = (help_), .take = take_flag,          \
		.field = FIELD(member),                                                            \
	}

const struct eg_option_row eg_option_rows[EG_OPTION_COUNT] = {
	[EG_OPTION_DURATION] = VALUE("duration", 0, "D", take_duration, duration,
				     "end after D: 500ms 10s 5m 2h 7d 4w 1y"),
	[EG_OPTION_INTERVAL] = VALUE("interval", 0, "D", take_duration, interval,
				     "one result for each D, aligned to the clock"),
	[EG_OPTION_FORMAT] = VALUE("format", 0, "F", take_format, format, "auto, or one of: "),
	[EG_OPTION_OUTPUT] =
		VALUE("output", 'o', "FILE", take_text, output, "write FILE, or add lines to it"),
	[EG_OPTION_BY] = VALUE("by", 0, "X", take_by, by,
			       "group by app, program, process, container or user"),
	[EG_OPTION_APP] =
		PATTERN("app", EG_FILTER_APP, "only apps whose id or name matches; repeatable"),
	[EG_OPTION_USER] = PATTERN("user", EG_FILTER_USER, "only apps of these users"),
	[EG_OPTION_COUNTRY] =
		PATTERN("country", EG_FILTER_COUNTRY, "only destinations in these countries"),
	[EG_OPTION_OPERATOR] = PATTERN("operator", EG_FILTER_OPERATOR,
				       "only destinations in these operators' networks"),
	[EG_OPTION_OWNER] = PATTERN("owner", EG_FILTER_OWNER,
				    "only destinations that belong to these companies"),
	[EG_OPTION_DOMAIN] =
		PATTERN("domain", EG_FILTER_DOMAIN, "only destinations with these names"),
	[EG_OPTION_SCOPE] = {
		.name = "scope",
		.value = "PATTERN",
		.help = "only internet, private, link-local, multicast, ...",
		.take = take_scope,
		.field = PATTERNS(EG_FILTER_SCOPE),
	},
	[EG_OPTION_SUMMARY] = VALUE("summary", 0, "FILE", take_text, summary,
				    "what a summary in JSON has seen of it"),
	[EG_OPTION_DATABASE] = VALUE("database", 0, "FILE", take_text, database,
				     "the history, in place of /var/lib/egret/history.db"),
	[EG_OPTION_KEEP] =
		VALUE("keep", 0, "D", take_duration, keep, "keep intervals for D (default 30d)"),
	[EG_OPTION_KEEP_HOURLY] = VALUE("keep-hourly", 0, "D", take_duration, keep_hourly,
					"keep the sums of hours for D (default 1y)"),
	[EG_OPTION_KEEP_DAILY] = VALUE("keep-daily", 0, "D", take_duration, keep_daily,
				       "keep the sums of days for D (default: for ever)"),
	[EG_OPTION_MAX_SIZE] = VALUE("max-size", 0, "SIZE", take_size, max_size,
				     "forget the oldest where the history is larger: 500M 2G"),
	[EG_OPTION_COMMAND_LINES] =
		FLAG("command-lines", 0, command_lines, "store the processes' arguments as well"),
	[EG_OPTION_SINCE] = VALUE("since", 0, "T", take_time, since,
				  "from T on: a date, a time, or how long ago (7d)"),
	[EG_OPTION_UNTIL] = VALUE("until", 0, "T", take_time, until, "up to T (default: now)"),
	[EG_OPTION_REDACT] =
		FLAG("redact", 0, redact, "hide users, hosts, paths and private addresses"),
	[EG_OPTION_BASELINE] = VALUE("baseline", 0, "T", take_time, baseline,
				     "compare with what was from T on, up to --since"),
	[EG_OPTION_FAIL_ON_NEW] =
		FLAG("fail-on-new", 0, fail_on_new, "end with status 1 if anything is new"),
	[EG_OPTION_POLICY] = VALUE("policy", 0, "FILE", take_text, policy,
				   "tell what breaks the rules in FILE as it happens"),
	[EG_OPTION_ON_VIOLATION] = VALUE("on-violation", 0, "CMD", take_text, on_violation,
					 "run CMD then: a program, or a JSON array"),
	[EG_OPTION_TEXTFILE] = VALUE("textfile", 0, "DIR", take_text, textfile,
				     "write counters for Prometheus to DIR/egret.prom"),
	[EG_OPTION_GEO] = VALUE("geo", 0, "FILE", take_word, geo,
				"database of countries or operators; repeatable"),
	[EG_OPTION_OWNERS] = VALUE("owners", 0, "FILE", take_text, owners,
				   "table of whose domains are whose; see the man page"),
	[EG_OPTION_INCLUDE_LOOPBACK] = FLAG("include-loopback", 0, include_loopback,
					    "add traffic to loopback and to this host itself"),
	[EG_OPTION_NO_NAMES] = FLAG("no-names", 0, no_names, "don't look at payload for names"),
	[EG_OPTION_NO_COMMAND_LINES] =
		FLAG("no-command-lines", 0, no_command_lines, "leave the processes' arguments out"),
	[EG_OPTION_MAX_FLOWS] = VALUE("max-flows", 0, "N", take_entries, max_flows,
				      "room for N rows in the kernel"),
	[EG_OPTION_MAX_SOCKETS] = VALUE("max-sockets", 0, "N", take_entries, max_sockets,
					"room for N sockets in the kernel"),
	[EG_OPTION_STDIN] = FLAG("stdin", 0, from_stdin,
				 "read facts about processes, one JSON object per line"),
	[EG_OPTION_COLOR] = VALUE("color", 0, "WHEN", take_color, color, "auto, always or never"),
	[EG_OPTION_VERBOSE] = FLAG("verbose", 'v', verbose, "say more on standard error"),
	[EG_OPTION_QUIET] = FLAG("quiet", 'q', quiet, "say nothing but errors on standard error"),
	[EG_OPTION_HELP] = FLAG("help", 'h', help, "print this"),
	[EG_OPTION_VERSION] = FLAG("version", 0, version, "print the version"),
};

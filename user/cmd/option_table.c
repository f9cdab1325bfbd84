/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of options: what each is called, what it takes, where its value goes. */
#include "option_table.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

#define ENTRIES_MAX 100000000 /* of a kernel map */

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

static int take_pattern(void *field, const struct eg_option_row *row, const char *value)
{
	const char ***patterns = field, **grown;
	size_t count = 0;

	(void)row;
	while (*patterns && (*patterns)[count])
		count++;
	grown = reallocarray(*patterns, count + 2, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[count] = value;
	grown[count + 1] = NULL;
	*patterns = grown;
	return 0;
}

/* --- the table --- */

const struct eg_option_row eg_option_rows[EG_OPTION_COUNT] = {
	[EG_OPTION_DURATION] = {
.name = "duration",
				 .value = "D",
				 .help = "end after D: 500ms 10s 5m 2h 7d 4w 1y",
				 .take = take_duration,
.field = FIELD(duration),
},
	[EG_OPTION_INTERVAL] = {
.name = "interval",
				 .value = "D",
				 .help = "print a result every D, aligned to the clock",
				 .take = take_duration,
.field = FIELD(interval),
},
	[EG_OPTION_FORMAT] = {
.name = "format",
			       .value = "F",
			       .help = "auto, or one of: ",
			       .take = take_format,
.field = FIELD(format),
},
	[EG_OPTION_OUTPUT] = {
.name = "output",
			       .letter = 'o',
			       .value = "FILE",
			       .help = "write FILE, whole or not at all",
			       .take = take_text,
.field = FIELD(output),
},
	[EG_OPTION_BY] = {
.name = "by",
			   .value = "X",
			   .help = "group by app, program, process, container or user",
			   .take = take_by,
.field = FIELD(by),
},
	[EG_OPTION_APP] = {
.name = "app",
			    .value = "PATTERN",
			    .help = "only apps whose id or name matches; repeatable",
			    .take = take_pattern,
.field = PATTERNS(EG_FILTER_APP),
},
	[EG_OPTION_USER] = {
.name = "user",
			     .value = "PATTERN",
			     .help = "only apps of these users",
			     .take = take_pattern,
.field = PATTERNS(EG_FILTER_USER),
},
	[EG_OPTION_COUNTRY] = {
.name = "country",
				.value = "PATTERN",
				.help = "only destinations in these countries",
				.take = take_pattern,
.field = PATTERNS(EG_FILTER_COUNTRY),
},
	[EG_OPTION_OPERATOR] = {
.name = "operator",
				 .value = "PATTERN",
				 .help = "only destinations in these operators' networks",
				 .take = take_pattern,
.field = PATTERNS(EG_FILTER_OPERATOR),
},
	[EG_OPTION_OWNER] = {
.name = "owner",
			      .value = "PATTERN",
			      .help = "only destinations that belong to these companies",
			      .take = take_pattern,
.field = PATTERNS(EG_FILTER_OWNER),
},
	[EG_OPTION_DOMAIN] = {
.name = "domain",
			       .value = "PATTERN",
			       .help = "only destinations with these names",
			       .take = take_pattern,
.field = PATTERNS(EG_FILTER_DOMAIN),
},
	[EG_OPTION_SCOPE] = {
.name = "scope",
			      .value = "PATTERN",
			      .help = "only internet, private, link-local, multicast, ...",
			      .take = take_pattern,
.field = PATTERNS(EG_FILTER_SCOPE),
},
	[EG_OPTION_INCLUDE_LOOPBACK] = {
.name = "include-loopback",
					 .help = "add traffic to loopback and to this host itself",
					 .take = take_flag,
.field = FIELD(include_loopback),
},
	[EG_OPTION_NO_NAMES] = {
.name = "no-names",
				 .help = "don't look at payload for names",
				 .take = take_flag,
.field = FIELD(no_names),
},
	[EG_OPTION_NO_COMMAND_LINES] = {
.name = "no-command-lines",
					 .help = "leave the processes' arguments out",
					 .take = take_flag,
.field = FIELD(no_command_lines),
},
	[EG_OPTION_MAX_FLOWS] = {
.name = "max-flows",
				  .value = "N",
				  .help = "room for N rows in the kernel",
				  .take = take_entries,
.field = FIELD(max_flows),
},
	[EG_OPTION_MAX_SOCKETS] = {
.name = "max-sockets",
				    .value = "N",
				    .help = "room for N sockets in the kernel",
				    .take = take_entries,
.field = FIELD(max_sockets),
},
	[EG_OPTION_COLOR] = {
.name = "color",
			      .value = "WHEN",
			      .help = "auto, always or never",
			      .take = take_color,
.field = FIELD(color),
},
	[EG_OPTION_VERBOSE] = {
.name = "verbose",
				.letter = 'v',
				.help = "say more on standard error",
				.take = take_flag,
.field = FIELD(verbose),
},
	[EG_OPTION_QUIET] = {
.name = "quiet",
			      .letter = 'q',
			      .help = "say nothing but errors on standard error",
			      .take = take_flag,
.field = FIELD(quiet),
},
	[EG_OPTION_HELP] = {
.name = "help",
			     .letter = 'h',
			     .help = "print this",
			     .take = take_flag,
.field = FIELD(help),
},
	[EG_OPTION_VERSION] = {
.name = "version",
				.help = "print the version",
				.take = take_flag,
.field = FIELD(version),
},
};

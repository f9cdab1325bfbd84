/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose a domain is: the table that egret comes with, and the user's before it. */
#include "file.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <egret/base.h>

#define FILE_SIZE_MAX (64 << 20)
#define DIGITS "0123456789"
#define DOMAIN_MAX 253 /* characters of a name: RFC 1035 section 2.3.4 has 255 bytes */
#define LABEL_MAX 63
#define BUILT_IN "egret:owners.tsv"

static const struct {
	const char *name, *text;
} built_in[] = {
#include "owners.inc"
};

struct table {
	char *text; /* the rows point into it */
	char *source;
	const char *certainty; /* of a row that doesn't say what was looked at; NULL: each must */
	int64_t as_of; /* CLOCK_REALTIME ns */
	struct eg_owner *rows; /* companies, then domains and operators, each sorted */
	size_t count, companies;
};

struct eg_owners {
	struct table file, own;
};

static void free_table(struct table *table)
{
	free(table->text);
	free(table->source);
	free(table->rows);
}

void eg_owners_close(struct eg_owners *owners)
{
	if (!owners)
		return;
	free_table(&owners->file);
	free_table(&owners->own);
	free(owners);
}

static void closep(struct eg_owners **owners)
{
	eg_owners_close(*owners);
}

/* --- reading --- */

static int fail(struct eg_owners_error *error, unsigned line, const char *reason)
{
	error->line = line;
	snprintf(error->reason, sizeof(error->reason), "%s", reason);
	return -EINVAL;
}

/* The next column of a line, ended in place; NULL: there is none. */
static char *next_column(char **rest)
{
	char *column = strsep(rest, "\t");

	if (!column)
		return NULL;
	column += strspn(column, " ");
	for (size_t size = strlen(column); size && column[size - 1] == ' '; size--)
		column[size - 1] = '\0';
	return *column ? column : NULL;
}

/* "*.Example.COM." and ".example.com" are written, "example.com" is meant; "as1" is "AS1". */
static char *make_suffix(char *suffix)
{
	size_t size;

	suffix += strncmp(suffix, "*.", 2) == 0 ? 2 : *suffix == '.';
	size = strlen(suffix);
	if (size && suffix[size - 1] == '.')
		suffix[--size] = '\0';
	if (size > 2 && strncasecmp(suffix, "as", 2) == 0 &&
	    strspn(suffix + 2, DIGITS) == size - 2) {
		memcpy(suffix, "AS", 2);
		return suffix;
	}
	for (char *c = suffix; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return suffix;
}

/* "AS64500", as eg_owners_find_as() writes it: RFC 6793 has 32 bits, RFC 7607 no AS 0. */
static bool is_as(const char *suffix)
{
	const char *digits = suffix + strlen("AS");

	return *digits != '0' && strlen(digits) <= strlen("4294967295") &&
	       strtoull(digits, NULL, 10) <= UINT32_MAX;
}

/* Labels as names of hosts have them (RFC 1035 section 2.3.4); none ends in a number. */
static bool is_domain(const char *suffix)
{
	const char *label = suffix;
	size_t size = strlen(suffix), length;

	for (;; label += length + 1) {
		length = strspn(label, "abcdefghijklmnopqrstuvwxyz-_" DIGITS);
		if (!length || length > LABEL_MAX || label[length] != '.')
			break;
	}
	return length && length <= LABEL_MAX && !label[length] && size <= DOMAIN_MAX &&
	       strspn(label, DIGITS) < length;
}

static bool is_country(const char *code)
{
	char country[3] = "";

	eg_country_set(country, code, strlen(code));
	return *country;
}

/* What the fifth column says was looked at; without one, the table's word. NULL: neither. */
static const char *parse_certainty(const char *looked_at, const struct table *table)
{
	static const char *const known[] = { "read", "name" };

	if (!looked_at)
		return table->certainty;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(looked_at, known[i]) == 0)
			return known[i];
	}
	return NULL;
}

/* Domains are in lower case: "AS64500" is an operator, and no name is "as64500" by it. */
static bool is_operator(const struct eg_owner *row)
{
	return row->suffix[0] == 'A';
}

/* "*": the line is of no domain, but of where a company is. */
static bool is_company(const struct eg_owner *row)
{
	return strcmp(row->suffix, "*") == 0;
}

/* What keeps a suffix from being found, ever; NULL: nothing. */
static const char *find_wrong(const char *suffix)
{
	if (strcmp(suffix, "*") == 0)
		return NULL;
	if (*suffix == 'A')
		return is_as(suffix) ? NULL : "not the number of an AS (1 to 4294967295)";
	return is_domain(suffix) ? NULL
				 : "not a domain's end (labels of letters, digits, - and _; others "
				   "are written xn--...)";
}

static int parse_line(char *line, unsigned number, struct table *table,
		      struct eg_owners_error *error)
{
	struct eg_owner *row = &table->rows[table->count];
	char *suffix = next_column(&line), *name = next_column(&line);
	char *country = next_column(&line), *reference = next_column(&line);
	const char *certainty = parse_certainty(next_column(&line), table), *reason;

	if (!suffix || !name)
		return fail(error, number, "not a suffix, a tab and an owner");
	suffix = make_suffix(suffix);
	reason = find_wrong(suffix);
	if (reason)
		return fail(error, number, reason);
	if (country && strcmp(country, "-") == 0)
		country = NULL;
	if (country && !is_country(country))
		return fail(error, number, "not a country of two capital letters, nor -");
	if (!certainty)
		return fail(error, number, "its fifth column is neither read nor name");
	*row = (struct eg_owner){
		.suffix = suffix,
		.name = name,
		.country = country,
		.source = table->source,
		.reference = reference,
		.certainty = certainty,
		.as_of = table->as_of,
		.line = number,
	};
	if (is_company(row) && !country)
		return fail(error, number, "a company's line without its country");
	table->companies += is_company(row);
	table->count++;
	return 0;
}

/* What a line is found by: a company by its name, all else by its suffix. */
static int compare_keys(const struct eg_owner *x, const struct eg_owner *y)
{
	if (is_company(x) != is_company(y))
		return is_company(x) ? -1 : 1;
	return is_company(x) ? strcmp(x->name, y->name) : strcasecmp(x->suffix, y->suffix);
}

static int compare_rows(const void *a, const void *b)
{
	const struct eg_owner *x = a, *y = b;
	int r = compare_keys(x, y);

	return r ? r : (x->line > y->line) - (x->line < y->line);
}

/* Of two lines for one suffix or company, one is a mistake. */
static int find_repeated(const struct table *table, struct eg_owners_error *error)
{
	for (size_t i = 1; i < table->count; i++) {
		const struct eg_owner *row = &table->rows[i];

		if (compare_keys(&table->rows[i - 1], row) == 0)
			return fail(error, row->line,
				    is_company(row) ? "this company is there before"
						    : "this suffix is there before");
	}
	return 0;
}

static int compare_names(const void *name, const void *row)
{
	return strcmp(name, ((const struct eg_owner *)row)->name);
}

/* Where the owner of each domain is, by its company's line; its own must not say otherwise. */
static int link_seats(struct table *table, struct eg_owners_error *error)
{
	for (size_t i = table->companies; i < table->count; i++) {
		struct eg_owner *row = &table->rows[i];

		if (is_operator(row))
			continue;
		row->seat = bsearch(row->name, table->rows, table->companies, sizeof(*row),
				    compare_names);
		if (!row->seat)
			continue;
		if (row->country && strcmp(row->country, row->seat->country) != 0)
			return fail(error, row->line, "not the country of its company's line");
		row->country = row->seat->country;
	}
	return 0;
}

static size_t count_lines(const char *text)
{
	size_t count = 1;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

/* When the text says that it is from; 0: it doesn't. */
static int64_t parse_date(const char *text)
{
	static const char mark[] = "# As of ";
	const char *found = strstr(text, mark);
	char date[sizeof("YYYY-MM-DDT00:00:00Z")];
	int64_t as_of;

	if (!found || (found != text && found[-1] != '\n'))
		return 0;
	snprintf(date, sizeof(date), "%.10sT00:00:00Z", found + sizeof(mark) - 1);
	return eg_time_parse(date, &as_of) == 0 ? as_of : 0;
}

/* Takes the table's text to pieces, in place. */
static int parse(struct table *table, struct eg_owners_error *error)
{
	char *rest = table->text, *line;
	unsigned number = 0;
	int r = 0;

	table->rows = calloc(count_lines(rest), sizeof(*table->rows));
	if (!table->rows)
		return -ENOMEM;
	if (parse_date(rest))
		table->as_of = parse_date(rest);
	while (r == 0 && (line = strsep(&rest, "\n"))) {
		size_t size = strlen(line);

		number++;
		if (size && line[size - 1] == '\r')
			line[size - 1] = '\0';
		if (line[strspn(line, " \t")] && *line != '#')
			r = parse_line(line, number, table, error);
	}
	if (r < 0)
		return r;
	qsort(table->rows, table->count, sizeof(*table->rows), compare_rows);
	r = find_repeated(table, error);
	return r == 0 ? link_seats(table, error) : r;
}

/* All of a stream that ends before the limit, with a zero byte behind it. 0, -EFBIG or -errno. */
static int read_stream(FILE *stream, char **text, size_t *ret_size)
{
	size_t capacity = 0, size = 0;

	do {
		char *grown;

		if (capacity > FILE_SIZE_MAX)
			return -EFBIG;
		capacity = capacity ? 2 * capacity : 4096;
		grown = realloc(*text, capacity);
		if (!grown)
			return -ENOMEM;
		*text = grown;
		errno = 0;
		size += fread(grown + size, 1, capacity - 1 - size, stream);
		if (ferror(stream))
			return errno ? -errno : -EIO;
	} while (size == capacity - 1);
	(*text)[size] = '\0';
	*ret_size = size;
	return 0;
}

static int read_file(const char *path, struct table *table, struct eg_owners_error *error)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen(path, "re");
	struct stat stat;
	size_t size = 0;
	int r;

	if (!stream)
		return fail(error, 0, strerror(errno));
	r = read_stream(stream, &table->text, &size);
	if (r < 0)
		return r == -ENOMEM ? r : fail(error, 0, strerror(-r));
	if (fstat(fileno(stream), &stat) < 0)
		return fail(error, 0, strerror(errno));
	if (S_ISREG(stat.st_mode))
		table->as_of = stat.st_mtim.tv_sec * NSEC_PER_SEC;
	if (strlen(table->text) != size)
		return fail(error, 0, "it holds a zero byte: not text");
	return 0;
}

static int open_file(const char *path, struct table *table, struct eg_owners_error *error)
{
	int r;

	table->source = strdup(path);
	table->certainty = "table";
	if (!table->source)
		return -ENOMEM;
	r = read_file(path, table, error);
	return r == 0 ? parse(table, error) : r;
}

static int open_own(struct table *table, struct eg_owners_error *error)
{
	table->source = strdup(BUILT_IN);
	table->text = strdup(built_in[0].text);
	return table->source && table->text ? parse(table, error) : -ENOMEM;
}

int eg_owners_open(const char *file, struct eg_owners **ret_owners,
		   struct eg_owners_error *ret_error)
{
	_cleanup_(closep) struct eg_owners *owners = calloc(1, sizeof(*owners));
	int r = owners ? open_own(&owners->own, ret_error) : -ENOMEM;

	if (r == 0 && file)
		r = open_file(file, &owners->file, ret_error);
	if (r == 0)
		*ret_owners = TAKE_PTR(owners);
	return r;
}

/* --- finding --- */

static const struct eg_owner *find(const struct table *table, const char *suffix)
{
	size_t low = table->companies, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcasecmp(suffix, table->rows[middle].suffix);

		if (order == 0)
			return &table->rows[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static const struct eg_owner *find_end(const struct table *table, const char *domain)
{
	const struct eg_owner *owner = NULL;

	while (domain && !owner) {
		owner = find(table, domain);
		if (owner && is_operator(owner))
			owner = NULL;
		domain = strchr(domain, '.');
		domain = domain ? domain + 1 : NULL;
	}
	return owner;
}

const struct eg_owner *eg_owners_find(const struct eg_owners *owners, const char *domain)
{
	const struct eg_owner *owner = find_end(&owners->file, domain);

	return owner ? owner : find_end(&owners->own, domain);
}

const struct eg_owner *eg_owners_find_as(const struct eg_owners *owners, uint32_t number)
{
	const struct eg_owner *owner;
	char suffix[16];

	snprintf(suffix, sizeof(suffix), "AS%u", number);
	owner = find(&owners->file, suffix);
	return owner ? owner : find(&owners->own, suffix);
}

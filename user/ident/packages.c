/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Android's packages.list: which uid belongs to which package (identity.md 3.5). */
#include <egret/ident.h>

#include <stdlib.h>
#include <string.h>

#define PACKAGES_MAX 65536 /* app uids are fewer */
#define NAME_MAX_SIZE 255

struct package {
	uint32_t uid;
	const char *name;
};

/* Sorted by uid, then name: packages that share a uid stand together. */
struct eg_packages {
	struct package *list;
	size_t count;
	char *text;
	bool cut; /* the list has more */
};

/* The field's end, at a blank; NULL: there is no such field. */
static char *end_field(char *field)
{
	char *end = field + strcspn(field, " ");

	return end > field ? end : NULL;
}

static bool read_uid(const char *field, uint32_t *ret_uid)
{
	unsigned long long uid = 0;

	for (; *field >= '0' && *field <= '9' && uid <= UINT32_MAX; field++)
		uid = uid * 10 + (unsigned)(*field - '0');
	*ret_uid = (uint32_t)uid;
	return *field == '\0' && uid <= UINT32_MAX;
}

/* AOSP's parser wants six fields, and takes any number more. */
static bool has_fields(const char *rest)
{
	unsigned fields = 0;

	while (*rest && fields < 4) {
		size_t size = strcspn(rest, " ");

		if (!size)
			return false;
		fields++;
		rest += size;
		rest += *rest == ' ';
	}
	return fields == 4;
}

/* An id is made of it: letters, digits, dots and underscores (Android's rule), or a dash. */
static bool is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	return strspn(name, allowed) == strlen(name);
}

static bool read_line(char *line, struct package *ret_package)
{
	char *name_end = end_field(line), *uid, *uid_end;

	if (!name_end || !*name_end || name_end - line > NAME_MAX_SIZE)
		return false;
	uid = name_end + 1;
	uid_end = end_field(uid);
	if (!uid_end || !*uid_end)
		return false;
	*name_end = '\0';
	*uid_end = '\0';
	ret_package->name = line;
	return is_name(line) && *uid && read_uid(uid, &ret_package->uid) && has_fields(uid_end + 1);
}

static int compare(const void *a, const void *b)
{
	const struct package *left = a, *right = b;

	if (left->uid != right->uid)
		return left->uid < right->uid ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* The text as one string: a NUL is no line's end, but makes a name or a uid none. */
static char *copy_text(const char *text, size_t size)
{
	char *copy = malloc(size + 1);

	for (size_t i = 0; copy && i < size; i++)
		copy[i] = text[i] ? text[i] : '\x01';
	if (copy)
		copy[size] = '\0';
	return copy;
}

/* How many lines are read of the text. */
static size_t count_lines(struct eg_packages *packages)
{
	size_t lines = 1;

	for (const char *at = packages->text; (at = strchr(at, '\n')) && at[1]; at++) {
		if (lines == PACKAGES_MAX) {
			packages->cut = true;
			break;
		}
		lines++;
	}
	return lines;
}

struct eg_packages *eg_packages_parse(const char *text, size_t size)
{
	struct eg_packages *packages = calloc(1, sizeof(*packages));
	size_t lines = 0;
	char *line;

	if (!packages)
		return NULL;
	packages->text = copy_text(text, size);
	if (packages->text) {
		lines = count_lines(packages);
		packages->list = calloc(lines, sizeof(*packages->list));
	}
	if (!packages->list) {
		eg_packages_free(packages);
		return NULL;
	}
	line = packages->text;
	for (size_t i = 0; i < lines; i++) {
		char *end = strchrnul(line, '\n');
		bool last = !*end;

		*end = '\0';
		if (read_line(line, &packages->list[packages->count]))
			packages->count++;
		if (last)
			break;
		line = end + 1;
	}
	qsort(packages->list, packages->count, sizeof(*packages->list), compare);
	return packages;
}

struct eg_packages *eg_packages_too_large(void)
{
	struct eg_packages *packages = eg_packages_parse("", 0);

	if (packages)
		packages->cut = true;
	return packages;
}

bool eg_packages_are_cut(const struct eg_packages *packages)
{
	return packages->cut;
}

void eg_packages_free(struct eg_packages *packages)
{
	if (!packages)
		return;
	free(packages->list);
	free(packages->text);
	free(packages);
}

size_t eg_packages_count(const struct eg_packages *packages)
{
	return packages->count;
}

/* The first package of a uid, or where it would be. */
static size_t find_first(const struct eg_packages *packages, uint32_t uid)
{
	size_t low = 0, high = packages->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (packages->list[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Is the package's name the process's, or all of it up to something that begins a part? */
static bool is_named(const char *package, const char *process)
{
	size_t size = strlen(package);

	return strncmp(process, package, size) == 0 &&
	       (!process[size] || strchr(".:_", process[size]));
}

bool eg_packages_has(const struct eg_packages *packages, const char *name, uint32_t uid)
{
	for (size_t i = find_first(packages, uid);
	     i < packages->count && packages->list[i].uid == uid; i++) {
		if (strcmp(packages->list[i].name, name) == 0)
			return true;
	}
	return false;
}

bool eg_packages_lists(const struct eg_packages *packages, const char *name)
{
	for (size_t i = 0; i < packages->count; i++) {
		if (strcmp(packages->list[i].name, name) == 0)
			return true;
	}
	return false;
}

const char *eg_packages_find(const struct eg_packages *packages, uint32_t uid, const char *process,
			     bool *ret_named)
{
	size_t first = find_first(packages, uid);
	const char *found = NULL;

	*ret_named = false;
	for (size_t i = first; i < packages->count && packages->list[i].uid == uid; i++) {
		const char *name = packages->list[i].name;

		if (process && is_named(name, process) &&
		    (!*ret_named || strlen(name) > strlen(found))) {
			found = name;
			*ret_named = true;
		} else if (!found) {
			found = name;
		}
	}
	return found;
}

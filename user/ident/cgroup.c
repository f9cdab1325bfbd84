/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Cgroup paths and the systemd units they name. */
#include "cgroup.h"

#include <string.h>

/* --- texts --- */

bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool has_suffix(const char *text, const char *suffix)
{
	size_t size = strlen(text), suffix_size = strlen(suffix);

	return size >= suffix_size && strcmp(text + size - suffix_size, suffix) == 0;
}

static bool is_made_of(const char *text, size_t size, const char *characters)
{
	for (size_t i = 0; i < size; i++) {
		if (!text[i] || !strchr(characters, text[i]))
			return false;
	}
	return size > 0;
}

bool is_hex(const char *text, size_t size)
{
	return is_made_of(text, size, "0123456789abcdef");
}

bool is_digits(const char *text, size_t size)
{
	return is_made_of(text, size, "0123456789");
}

bool is_uuid(const char *text, size_t size)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (size != strlen(form))
		return false;
	for (size_t i = 0; i < size; i++) {
		bool good = form[i] == '-' ? text[i] == '-'
					   : text[i] && strchr("0123456789abcdefABCDEF", text[i]);

		if (!good)
			return false;
	}
	return true;
}

bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strcmp(text, *words) == 0)
			return true;
	}
	return false;
}

/* --- paths --- */

/* systemd's cg_pid_get_path(): exactly one. */
static const char *without_deleted(struct scratch *scratch, const char *path, size_t size)
{
	static const char mark[] = " (deleted)";
	size_t mark_size = strlen(mark);

	if (size > mark_size && memcmp(path + size - mark_size, mark, mark_size) == 0)
		size -= mark_size;
	return scratch_copy(scratch, path, size);
}

/* The path of a controller in lines "4:cpu,cpuacct:/path"; NULL: none, or the root. */
static const char *find_controller(struct scratch *scratch, const char *lines,
				   const char *controller)
{
	for (const char *line = lines; *line;) {
		size_t size = strcspn(line, "\n");
		const char *name = memchr(line, ':', size);
		const char *path = name ? memchr(name + 1, ':', size - (size_t)(name + 1 - line))
					: NULL;

		if (path && (size_t)(path - name - 1) == strlen(controller) &&
		    memcmp(name + 1, controller, strlen(controller)) == 0 && line + size - path > 2)
			return without_deleted(scratch, path + 1, (size_t)(line + size - path - 1));
		line += size + (line[size] == '\n');
	}
	return NULL;
}

static bool is_root(const char *path)
{
	return !path || !*path || strcmp(path, "/") == 0;
}

/* user@1000.service and capsule@x.service: below them, names are whatever the user likes. */
static bool is_manager(const char *part)
{
	return has_suffix(part, ".service") &&
	       ((has_prefix(part, "user@") && is_digits(part + 5, strlen(part) - 5 - 8)) ||
		has_prefix(part, "capsule@"));
}

static void split(struct scratch *scratch, struct cgroup *cgroup)
{
	const char *at = cgroup->path;

	cgroup->owned_from = CGROUP_DEPTH;
	while (at && *at && cgroup->count < CGROUP_DEPTH) {
		size_t size;

		at += strspn(at, "/");
		size = strcspn(at, "/");
		if (!size)
			break;
		cgroup->parts[cgroup->count] = scratch_copy(scratch, at, size);
		if (cgroup->owned_from == CGROUP_DEPTH && is_manager(cgroup->parts[cgroup->count]))
			cgroup->owned_from = cgroup->count + 1;
		cgroup->count++;
		at += size;
	}
}

bool cgroup_owned(const struct cgroup *cgroup, size_t part)
{
	return part >= cgroup->owned_from;
}

void cgroup_parse(struct scratch *scratch, const char *path, const char *version1,
		  struct cgroup *ret_cgroup)
{
	static const char *const controllers[] = { "name=systemd", "pids",    "memory",
						   "devices",	   "freezer", "cpu,cpuacct" };
	const char *found = NULL;

	*ret_cgroup = (struct cgroup){};
	if (path)
		ret_cgroup->path = without_deleted(scratch, path, strlen(path));
	if (version1)
		ret_cgroup->freezer = find_controller(scratch, version1, "freezer");
	for (size_t i = 0; version1 && !found && is_root(ret_cgroup->path) &&
			   i < sizeof(controllers) / sizeof(*controllers);
	     i++)
		found = find_controller(scratch, version1, controllers[i]);
	if (found) {
		ret_cgroup->path = found;
		ret_cgroup->version1 = true;
	}
	split(scratch, ret_cgroup);
}

/* --- units --- */

bool unit_is_valid(const char *name)
{
	static const char *const suffixes[] = { ".service", ".scope",	  ".slice", ".socket",
						".mount",   ".automount", ".swap",  ".device",
						".target",  ".path",	  ".timer", NULL };
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@";

	if (strspn(name, allowed) != strlen(name) || strlen(name) > 255)
		return false;
	for (size_t i = 0; suffixes[i]; i++) {
		if (has_suffix(name, suffixes[i]))
			return strlen(name) > strlen(suffixes[i]) && *name != '@';
	}
	return false;
}

/* systemd's cg_unescape(): a name that looks like one of the kernel's files has a '_' before it. */
static const char *without_guard(const char *part)
{
	return *part == '_' ? part + 1 : part;
}

static bool is_slice(const char *part)
{
	return has_suffix(part, ".slice") && unit_is_valid(part);
}

static size_t skip_slices(const struct cgroup *cgroup, size_t at, struct unit *unit)
{
	for (; at < cgroup->count && is_slice(without_guard(cgroup->parts[at])); at++)
		unit->slice = without_guard(cgroup->parts[at]);
	return at;
}

void unit_find(const struct cgroup *cgroup, struct unit *ret_unit)
{
	struct unit unit = {};
	size_t at = skip_slices(cgroup, 0, &unit);
	const char *name;

	*ret_unit = (struct unit){};
	if (at < cgroup->count && is_manager(cgroup->parts[at])) {
		unit = (struct unit){ .user = true };
		at = skip_slices(cgroup, at + 1, &unit);
	}
	unit.index = at;
	name = at < cgroup->count ? without_guard(cgroup->parts[at]) : NULL;
	if (name && unit_is_valid(name))
		unit.name = name;
	*ret_unit = unit;
}

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

const char *unit_unescape(struct scratch *scratch, const char *text, size_t size)
{
	char *out = scratch_alloc(scratch, size + 1);
	size_t used = 0;

	if (!out)
		return "";
	for (size_t i = 0; i < size; i++) {
		int high = -1, low = -1;

		if (text[i] == '\\' && size - i > 3 && text[i + 1] == 'x') {
			high = hex_value(text[i + 2]);
			low = hex_value(text[i + 3]);
		}
		if (high < 0 || low < 0 || !(high | low)) {
			out[used++] = text[i];
			continue;
		}
		out[used++] = (char)(high << 4 | low);
		i += 3;
	}
	out[used] = '\0';
	return out;
}

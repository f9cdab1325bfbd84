/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is mounted where, as a process sees it (proc_pid_mountinfo(5)). */
#include "mounts.h"

#include <string.h>

#define FIELDS 5 /* id, parent, device, root, point */

/* Blanks and backslashes in fields are "\040", "\134": three octal digits. */
static const char *unescape(struct scratch *scratch, const char *field, size_t size)
{
	char *out = scratch_alloc(scratch, size + 1);
	size_t used = 0;

	for (size_t i = 0; out && i < size; i++) {
		const char *at = field + i;
		bool escaped = *at == '\\' && size - i > 3 && strspn(at + 1, "01234567") >= 3;

		out[used++] =
			escaped ? (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'))
				: *at;
		i += escaped ? 3 : 0;
	}
	if (out)
		out[used] = '\0';
	return out ? out : "";
}

/* The end of the line's field `number`, and its beginning; false: it has fewer. */
static bool find_field(const char *line, const char *end, unsigned number, const char **ret_field,
		       size_t *ret_size)
{
	for (; number && line < end; number--) {
		line = memchr(line, ' ', (size_t)(end - line));
		if (!line)
			return false;
		line++;
	}
	*ret_field = line;
	*ret_size = line < end ? strcspn(line, " \n") : 0;
	return *ret_size > 0;
}

/* Is the path at or below the mount point? */
static bool is_below(const char *path, const char *point)
{
	size_t size = strlen(point);

	if (strcmp(point, "/") == 0)
		return *path == '/';
	return strncmp(path, point, size) == 0 && (!path[size] || path[size] == '/');
}

/* Optional fields end with a dash; the source is the second behind it. */
static const char *source_of(struct scratch *scratch, const char *line, const char *end)
{
	const char *dash = memmem(line, (size_t)(end - line), " - ", 3), *field;
	size_t size;

	if (!dash || !find_field(dash + 3, end, 1, &field, &size))
		return "";
	return unescape(scratch, field, size);
}

bool mount_of(struct scratch *scratch, const char *mountinfo, const char *path,
	      struct mount *ret_mount)
{
	struct mount best = {};

	for (const char *line = mountinfo; *line;) {
		const char *end = strchrnul(line, '\n'), *root, *point;
		size_t root_size, point_size;

		if (find_field(line, end, FIELDS - 2, &root, &root_size) &&
		    find_field(line, end, FIELDS - 1, &point, &point_size) &&
		    (!best.point || point_size >= strlen(best.point))) {
			const char *text = unescape(scratch, point, point_size);

			if (is_below(path, text) &&
			    (!best.point || strlen(text) >= strlen(best.point)))
				best = (struct mount){
					.root = unescape(scratch, root, root_size),
					.point = text,
					.source = source_of(scratch, line, end),
				};
		}
		line = end + (*end == '\n');
	}
	if (best.point)
		*ret_mount = best;
	return best.point;
}

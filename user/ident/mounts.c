/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is mounted where, as a process sees it (proc_pid_mountinfo(5)). */
#include "mounts.h"

#include <string.h>

#include <egret/base.h>

/* Blanks and backslashes in fields are "\040", "\134": three octal digits. */
static char next_byte(const char **at, const char *end)
{
	const char *byte = *at;

	if (*byte == '\\' && end - byte > 3 && strspn(byte + 1, "01234567") >= 3) {
		*at += 4;
		return (char)((byte[1] - '0') << 6 | (byte[2] - '0') << 3 | (byte[3] - '0'));
	}
	++*at;
	return *byte;
}

void mount_unescape(struct mount_field field, char *ret_text)
{
	const char *at = field.text, *end = at + field.size;

	while (at < end)
		*ret_text++ = next_byte(&at, end);
	*ret_text = '\0';
}

const char *mount_text(struct scratch *scratch, struct mount_field field)
{
	char *text = scratch_alloc(scratch, field.size + 1);

	if (!text)
		return "";
	mount_unescape(field, text);
	return text;
}

/* --- lines --- */

/* Moves behind a word and the blank that ends it; false: there is none in this line. */
static bool take_word(const char **at, struct mount_field *ret_word)
{
	*ret_word = (struct mount_field){ .text = *at, .size = strcspn(*at, " \n") };
	*at += ret_word->size;
	*at += **at == ' ';
	return ret_word->size > 0;
}

/* Behind the mount point stand its options, optional fields and a dash. */
static bool read_line(const char *line, const char *end, struct mount *ret_mount)
{
	struct mount mount = {};
	struct mount_field parent, *const fields[] = { &mount.id, &parent, &mount.device,
						       &mount.root, &mount.point };
	const char *dash;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!take_word(&line, fields[i]))
			return false;
	dash = line < end ? memmem(line - 1, (size_t)(end - line) + 1, " - ", 3) : NULL;
	if (dash) {
		dash += strlen(" - ");
		take_word(&dash, &mount.type);
		take_word(&dash, &mount.source);
	}
	*ret_mount = mount;
	return true;
}

bool mount_next(const char **mountinfo, struct mount *ret_mount)
{
	while (**mountinfo) {
		const char *line = *mountinfo, *end = strchrnul(line, '\n');

		*mountinfo = end + (*end == '\n');
		if (read_line(line, end, ret_mount))
			return true;
	}
	return false;
}

/* --- mounts --- */

/* How long the mount point is; 0: the path is neither that nor below it. */
static size_t size_above(struct mount_field point, const char *path)
{
	const char *at = point.text, *end = at + point.size;
	size_t size = 0;

	while (at < end) {
		char byte = next_byte(&at, end);

		if (!byte || byte != path[size++])
			return 0;
	}
	if (size == 1)
		return *path == '/';
	return !path[size] || path[size] == '/' ? size : 0;
}

bool mount_of(const char *mountinfo, const char *path, struct mount *ret_mount)
{
	struct mount mount;
	size_t best = 0;

	while (mount_next(&mountinfo, &mount)) {
		size_t size = size_above(mount.point, path);

		if (!size || size < best)
			continue;
		best = size;
		*ret_mount = mount;
	}
	return best;
}

bool mount_is_fuse(const struct mount *mount)
{
	return mount->type.size >= 4 && memcmp(mount->type.text, "fuse", 4) == 0;
}

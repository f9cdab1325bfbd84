/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What Waydroid leaves on the host about its container (identity.md 3.1). */
#include "waydroid.h"

#include <stdlib.h>
#include <string.h>

#include "mounts.h"

/* Skips a word and the blanks behind it, as far as this line goes. */
static const char *skip(const char *text, const char *word)
{
	size_t size = strlen(word);

	if (strncmp(text, word, size) != 0)
		return NULL;
	return text + size + strspn(text + size, " \t");
}

/* "lxc.mount.entry = PATH data none rbind 0 0", as in fstab(5) */
static char *mounted_data(const char *line)
{
	const char *at = skip(line, "lxc.mount.entry");
	size_t size;
	char *path;

	at = at ? skip(at, "=") : NULL;
	if (!at || *at != '/')
		return NULL;
	size = strcspn(at, " \t\n");
	if (strncmp(at + size, " data ", strlen(" data ")) != 0)
		return NULL;
	path = malloc(size + 1);
	if (path)
		mount_unescape((struct mount_field){ .text = at, .size = size }, path);
	return path;
}

char *waydroid_data(const char *config)
{
	char *path = NULL;

	for (const char *line = config; *line && !path;) {
		path = mounted_data(line);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return path;
}

bool waydroid_user(const char *properties, uint32_t *ret_uid)
{
	static const char key[] = "waydroid.host.uid=";
	const char *at = strstr(properties, key);

	if (!at || (at != properties && at[-1] != '\n'))
		return false;
	*ret_uid = (uint32_t)strtoul(at + strlen(key), NULL, 10);
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Desktop entries: reading them, finding them by id and by program (identity.md 4.4). */
#include <egret/ident.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#include "resolver.h"

#define ENTRIES_MAX 16384
#define BUCKETS 1024 /* a desktop has some hundred entries */

struct node {
	struct eg_entry entry;
	struct node *next_id, *next_name;
	char *texts[5]; /* id, name, program, resolved, file */
};

struct eg_entries {
	struct node *ids[BUCKETS], *names[BUCKETS];
	size_t count;
};

static size_t bucket_of(const char *text)
{
	uint32_t hash = 2166136261; /* FNV-1a */

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619;
	return hash % BUCKETS;
}

/* --- reading --- */

/* A key of the group [Desktop Entry]; its value up to the line's end. */
static const char *find_value(const char *text, const char *key, size_t *ret_size)
{
	size_t length = strlen(key);
	bool inside = false;

	for (const char *line = text; *line;) {
		size_t size = strcspn(line, "\r\n");

		if (*line == '[')
			inside = size == 15 && memcmp(line, "[Desktop Entry]", 15) == 0;
		if (inside && size > length && memcmp(line, key, length) == 0 &&
		    line[length + strspn(line + length, " ")] == '=') {
			const char *value = strchr(line + length, '=') + 1;

			value += strspn(value, " ");
			*ret_size = value > line + size ? 0 : (size_t)(line + size - value);
			return *ret_size ? value : NULL;
		}
		line += size;
		line += strspn(line, "\r\n");
	}
	return NULL;
}

/* One word of Exec=: quotes and backslashes as in the specification. */
static char *next_word(const char **at, const char *end)
{
	const char *from = *at;
	char *word, *out;
	bool quoted = false;

	while (from < end && *from == ' ')
		from++;
	word = malloc((size_t)(end - from) + 1);
	if (!word)
		return NULL;
	for (out = word; from < end && (quoted || *from != ' '); from++) {
		if (*from == '"') {
			quoted = !quoted;
			continue;
		}
		if (*from == '\\' && from + 1 < end)
			from++;
		*out++ = *from;
	}
	*out = '\0';
	*at = from;
	return word;
}

/* What starts something else says nothing: skip "env A=B", "flatpak run --command=X". */
static bool is_prefix_word(const char *word)
{
	return strcmp(base_name(word), "env") == 0 || strchr(word, '=');
}

char *eg_entry_program(const char *text)
{
	size_t size;
	const char *at = find_value(text, "Exec", &size), *end = at ? at + size : NULL;
	char *word = NULL;

	for (int i = 0; at && i < 16; i++) {
		word = next_word(&at, end);
		if (!word || !*word || !is_prefix_word(word))
			break;
		free(word);
		word = NULL;
	}
	if (word && *word)
		return word;
	free(word);
	return NULL;
}

/* --- the index --- */

struct eg_entries *eg_entries_new(void)
{
	return calloc(1, sizeof(struct eg_entries));
}

static void free_node(struct node *node)
{
	for (size_t i = 0; i < ARRAY_SIZE(node->texts); i++)
		free(node->texts[i]);
	free(node);
}

void eg_entries_free(struct eg_entries *entries)
{
	if (!entries)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (entries->ids[i]) {
			struct node *node = entries->ids[i];

			entries->ids[i] = node->next_id;
			free_node(node);
		}
	}
	free(entries);
}

static struct node *find_node(const struct eg_entries *entries, const char *id)
{
	struct node *node = entries->ids[bucket_of(id)];

	while (node && strcmp(node->entry.id, id) != 0)
		node = node->next_id;
	return node;
}

const struct eg_entry *eg_entries_find(const struct eg_entries *entries, const char *id)
{
	const struct node *node = find_node(entries, id);

	return node ? &node->entry : NULL;
}

/* Shells and launchers stand for whatever they start. */
static bool is_launcher(const char *program)
{
	static const char *const names[] = { "bash",	   "zsh",      "fish",	       "sh",
					     "ksh",	   "dash",     "env",	       "sudo",
					     "pkexec",	   "flatpak",  "snap",	       "waydroid",
					     "gtk-launch", "xdg-open", "gapplication", "java",
					     NULL };

	return is_one_of(base_name(program), names);
}

static void link_node(struct eg_entries *entries, struct node *node)
{
	struct node **bucket = &entries->ids[bucket_of(node->entry.id)];

	node->next_id = *bucket;
	*bucket = node;
	entries->count++;
	if (!node->entry.program || is_launcher(node->entry.program))
		return;
	/* To the end: the first directory wins. */
	bucket = &entries->names[bucket_of(base_name(node->entry.program))];
	while (*bucket)
		bucket = &(*bucket)->next_name;
	*bucket = node;
}

static bool is_application(const char *text)
{
	size_t size;
	const char *type = find_value(text, "Type", &size);

	return !type || (size == 11 && memcmp(type, "Application", 11) == 0);
}

int eg_entries_add(struct eg_entries *entries, const char *id, const char *text, const char *file,
		   const char *resolved)
{
	struct node *node;
	const char *name;
	size_t size;

	if (!is_application(text) || entries->count == ENTRIES_MAX)
		return -EINVAL;
	if (find_node(entries, id))
		return 0;
	node = calloc(1, sizeof(*node));
	if (!node)
		return -ENOMEM;
	name = find_value(text, "Name", &size);
	node->texts[0] = strdup(id);
	node->texts[1] = name ? strndup(name, size) : NULL;
	node->texts[2] = eg_entry_program(text);
	node->texts[3] = resolved ? strdup(resolved) : NULL;
	node->texts[4] = file ? strdup(file) : NULL;
	if (!node->texts[0] || (name && !node->texts[1]) || (resolved && !node->texts[3]) ||
	    (file && !node->texts[4])) {
		free_node(node);
		return -ENOMEM;
	}
	node->entry = (struct eg_entry){
		.id = node->texts[0],
		.name = node->texts[1],
		.program = node->texts[2],
		.resolved = node->texts[3],
		.file = node->texts[4],
	};
	link_node(entries, node);
	return 0;
}

/* --- by program --- */

/* Programs that a wrapper of another name starts. */
static const char *wrapper_of(const char *executable, unsigned number)
{
	static const struct {
		const char *executable, *wrapper;
	} table[] = {
		{ .executable = "/opt/google/chrome/chrome", .wrapper = "google-chrome-stable" },
		{ .executable = "/opt/google/chrome/chrome", .wrapper = "google-chrome" },
		{ .executable = "/opt/brave.com/brave/brave", .wrapper = "brave-browser-stable" },
		{ .executable = "/opt/brave.com/brave/brave", .wrapper = "brave-browser" },
		{ .executable = "/opt/microsoft/msedge/msedge",
		  .wrapper = "microsoft-edge-stable" },
		{ .executable = "/opt/microsoft/msedge/msedge", .wrapper = "microsoft-edge" },
		{ .executable = "/opt/vivaldi/vivaldi-bin", .wrapper = "vivaldi-stable" },
		{ .executable = "/usr/lib/libreoffice/program/soffice.bin",
		  .wrapper = "libreoffice" },
		{ .executable = "/usr/lib64/libreoffice/program/soffice.bin",
		  .wrapper = "libreoffice" },
		{ .executable = "/usr/lib/firefox-esr/firefox-esr", .wrapper = "firefox" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (strcmp(table[i].executable, executable) == 0 && number-- == 0)
			return table[i].wrapper;
	}
	return NULL;
}

/*
 * Is it this entry's program? A name without a path, or a path of another
 * directory, is so where only root can have put the executable: whoever calls
 * his own "firefox" is not Firefox.
 */
static bool is_program(const struct eg_entry *entry, const char *executable, const char *name)
{
	if (entry->resolved && strcmp(entry->resolved, executable) == 0)
		return true;
	if (*entry->program == '/' && strcmp(entry->program, executable) == 0)
		return true;
	return strcmp(base_name(entry->program), name) == 0 && is_system_path(executable);
}

static const struct eg_entry *find_named(const struct eg_entries *entries, const char *executable,
					 const char *name)
{
	const struct node *node = entries->names[bucket_of(name)];

	for (; node; node = node->next_name) {
		if (is_program(&node->entry, executable, name))
			return &node->entry;
	}
	return NULL;
}

const struct eg_entry *eg_entries_find_program(const struct eg_entries *entries,
					       const char *executable)
{
	const char *name = base_name(executable), *wrapper;
	const struct eg_entry *entry = find_named(entries, executable, name);

	for (unsigned i = 0; !entry && (wrapper = wrapper_of(executable, i)); i++)
		entry = find_named(entries, executable, wrapper);
	return entry;
}

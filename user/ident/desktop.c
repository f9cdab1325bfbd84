/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Desktop applications by the unit that a session started them in (identity.md 4.1). */
#include "resolver.h"

#include <string.h>

#include <egret/base.h>

#define PARTS_MAX 32

bool is_generic_id(const char *id)
{
	static const char *const ids[] = { "gtk-launch", "xdg-terminal-exec",
					   "xdg-open",	 "dex",
					   "flatpak",	 "env",
					   "sh",	 "bash",
					   "app2unit",	 "uwsm",
					   "uwsm-app",	 "gio",
					   "kioclient",	 "com.system76.CosmicAppList",
					   NULL };

	return is_one_of(id, ids) || has_prefix(id, "run-");
}

/* --- what a unit's name may mean, best first --- */

struct candidates {
	const char *ids[3];
	size_t count;
};

static void add(struct resolver *resolver, struct candidates *candidates, const char *text,
		size_t size)
{
	const char *id = unit_unescape(&resolver->scratch, text, size);

	if (size && candidates->count < ARRAY_SIZE(candidates->ids))
		candidates->ids[candidates->count++] = id;
}

/* The name without "app-", suffix, instance and random part; 0: of another form. */
static size_t trim(const char *name, bool slice_of_app, const char **ret_name)
{
	size_t size = strlen(name), end;

	if (!has_prefix(name, "app-"))
		return 0;
	*ret_name = name + strlen("app-");
	if (has_suffix(name, ".service")) {
		size = strcspn(*ret_name, "@");
		if (!(*ret_name)[size])
			size -= strlen(".service");
		end = strlen("-autostart");
		if (size > end && memcmp(*ret_name + size - end, "-autostart", end) == 0)
			size -= end;
		return size;
	}
	if (!has_suffix(name, ".scope") && !has_suffix(name, ".slice"))
		return 0;
	size -= strlen("app-") + strlen(".scope");
	end = size;
	while (end && (*ret_name)[end - 1] != '-')
		end--;
	if (end > 1)
		return end - 1;
	return slice_of_app && has_suffix(name, ".slice") ? size : 0;
}

/*
 * Split before unescaping: a dash within a part is "\x2d" there. But Chromium
 * escapes nothing, so the whole comes first where an entry has that name.
 */
static void read_app(struct resolver *resolver, const char *unit, bool slice_of_app,
		     struct candidates *candidates)
{
	const char *name, *dash;
	size_t size = trim(unit, slice_of_app, &name);

	if (!size)
		return;
	dash = memchr(name, '-', size);
	if (dash && dash > name) {
		add(resolver, candidates, name, size);
		add(resolver, candidates, dash + 1, size - (size_t)(dash + 1 - name));
	} else {
		add(resolver, candidates, name, size);
	}
}

/* "gnome-launched-org.gnome.gedit.desktop-1234.scope" */
static void read_old_gnome(struct resolver *resolver, const char *unit,
			   struct candidates *candidates)
{
	static const char prefix[] = "gnome-launched-", infix[] = ".desktop-";
	const char *end;

	if (!has_prefix(unit, prefix) || !has_suffix(unit, ".scope"))
		return;
	end = strstr(unit, infix);
	if (end)
		add(resolver, candidates, unit + strlen(prefix),
		    (size_t)(end - unit) - strlen(prefix));
}

/* "dbus-:1.2-org.gnome.X@0.service": a bus name, which is an id as well. */
static void read_dbus(struct resolver *resolver, const char *unit, struct candidates *candidates)
{
	const char *name;

	if (!has_prefix(unit, "dbus-:") || !has_suffix(unit, ".service"))
		return;
	name = strchr(unit + strlen("dbus-"), '-');
	if (name)
		add(resolver, candidates, name + 1,
		    strcspn(name + 1, "@") - (strchr(name, '@') ? 0 : strlen(".service")));
}

/* --- matching --- */

static const struct eg_entry *find_entry(struct resolver *resolver,
					 const struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		const struct eg_entry *entry = ask_entry(resolver, candidates->ids[i]);

		if (is_generic_id(candidates->ids[i]))
			return NULL;
		if (entry)
			return entry;
	}
	return NULL;
}

/* A tab of a terminal: what runs there is not the terminal. */
static bool is_terminal_tab(const char *unit)
{
	const char *at = unit ? strstr(unit, "-spawn-") : NULL;

	return at && has_suffix(unit, ".scope") &&
	       is_uuid(at + strlen("-spawn-"), strlen(at) - strlen("-spawn-") - strlen(".scope"));
}

static const struct eg_entry *find_by_unit(struct resolver *resolver)
{
	struct candidates candidates = {};
	const struct eg_entry *entry;

	if (resolver->unit.name) {
		read_app(resolver, resolver->unit.name, false, &candidates);
		read_old_gnome(resolver, resolver->unit.name, &candidates);
		read_dbus(resolver, resolver->unit.name, &candidates);
	}
	entry = find_entry(resolver, &candidates);
	if (entry || !resolver->unit.slice || candidates.count ||
	    is_terminal_tab(resolver->unit.name))
		return entry;
	read_app(resolver, resolver->unit.slice, true, &candidates);
	return find_entry(resolver, &candidates);
}

/* Where programs of many apps lie: being there makes none another's part. */
static bool is_shared_directory(const char *path, size_t size)
{
	static const char *const names[] = {
		"bin/", "sbin/", "games/", "lib/", "lib64/", "libexec/"
	};
	static const char *const roots[] = { "/", "/usr/", "/usr/local/" };

	if (size >= strlen("/.local/bin/") &&
	    has_prefix(path + size - strlen("/.local/bin/"), "/.local/bin/"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names) * ARRAY_SIZE(roots); i++) {
		const char *root = roots[i % ARRAY_SIZE(roots)],
			   *name = names[i / ARRAY_SIZE(roots)];

		if (size == strlen(root) + strlen(name) && has_prefix(path, root) &&
		    has_prefix(path + strlen(root), name))
			return true;
	}
	return false;
}

/* Does the entry start this, or something in the same directory of its own? */
static bool starts(const struct eg_entry *entry, const char *path)
{
	size_t size;

	if (!entry->program || !path)
		return false;
	if (strcmp(entry->program, path) == 0 ||
	    (entry->resolved && strcmp(entry->resolved, path) == 0))
		return true;
	if (strcmp(base_name(entry->program), base_name(path)) == 0 && is_system_path(path))
		return true;
	if (!entry->resolved)
		return false;
	size = strlen(entry->resolved) - strlen(base_name(entry->resolved));
	return !is_shared_directory(entry->resolved, size) &&
	       strncmp(entry->resolved, path, size) == 0;
}

#define WORDS_MAX 5 /* of a command line, among which a script is */

/* Is it an interpreter that was told to run what the entry starts? */
static bool interprets(const struct eg_entry *entry, const struct eg_ancestor *ancestor)
{
	char *const *args = ancestor->args;

	if (!args || !is_interpreter(base_name(ancestor->executable)))
		return false;
	for (size_t i = 0; i < WORDS_MAX && args[i]; i++) {
		if (*args[i] == '/' && starts(entry, args[i]))
			return true;
	}
	return false;
}

/* Is this ancestor what the entry starts? */
static bool is_started_by(const struct eg_entry *entry, const struct eg_ancestor *ancestor)
{
	if (!ancestor->executable || ancestor->root_of_user)
		return false;
	return starts(entry, ancestor->executable) || interprets(entry, ancestor);
}

/* Nobody knows what an entry starts that doesn't say it: a language's program it can be. */
static bool may_start(const struct resolver *resolver, const struct eg_entry *entry,
		      const char *path)
{
	if (!entry->program && is_of_system(resolver) && is_interpreter(base_name(path)))
		return true;
	return starts(entry, path);
}

/* A part of the app, as far as one can tell, or all that one knows of an entry without "Exec". */
static bool may_be_part(const struct resolver *resolver, const struct eg_entry *entry,
			const char *path)
{
	return does_own_work(resolver) && (!entry->program || !is_command(path));
}

/*
 * Anybody may name a scope like an app and run what he likes in it. What only
 * root can have installed is left to the session's word, if it does work of its
 * own and not what it is told, and is no command; else it must be the entry's, or
 * have been started by it; and in a root that the user has made himself all files
 * are his, whatever their paths.
 */
static bool is_contradicted(const struct resolver *resolver, const struct eg_entry *entry)
{
	const char *path = running_path(resolver);
	const struct eg_ancestor *ancestor;

	if (!path || !resolver->unit.user)
		return false;
	if (!has_root_of_user(resolver->facts) &&
	    (may_be_part(resolver, entry, path) || may_start(resolver, entry, path)))
		return false;
	for (unsigned i = 0; (ancestor = ask_ancestor(resolver, i)); i++) {
		if (is_started_by(entry, ancestor))
			return false;
	}
	return true;
}

/* The terminal whose tab it is, by the slice around the tab. */
static void tell_terminal(struct resolver *resolver)
{
	struct candidates candidates = {};

	if (!resolver->unit.slice || !is_terminal_tab(resolver->unit.name))
		return;
	read_app(resolver, resolver->unit.slice, true, &candidates);
	if (candidates.count)
		resolver->via = scratch_format(&resolver->scratch, "desktop:%s",
					       candidates.ids[candidates.count - 1]);
}

bool ident_desktop(struct resolver *resolver)
{
	const struct eg_entry *entry = find_by_unit(resolver);

	if (!entry) {
		tell_terminal(resolver);
		return false;
	}
	note_cgroup(resolver, cgroup_trust(resolver));
	note_executable(resolver);
	if (is_contradicted(resolver, entry)) {
		resolver->flag = FLAG_CGROUP;
		return false;
	}
	resolver->component = component_of(resolver);
	note_entry(resolver, entry, "cgroup", TRUST_USER);
	return answer(resolver, "desktop",
		      scratch_format(&resolver->scratch, "desktop:%s", entry->id),
		      entry->name ? entry->name : entry->id, cgroup_trust(resolver));
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Steam's games, and Windows programs under Wine (identity.md 5.4). */
#include "resolver.h"

#include <stdlib.h>
#include <string.h>

/* "app-steam-app<number>-<random>.scope" */
static const char *scope_id(struct resolver *resolver)
{
	static const char prefix[] = "app-steam-app";
	const char *unit = resolver->unit.name;
	size_t size;

	if (!unit || !has_prefix(unit, prefix) || !has_suffix(unit, ".scope"))
		return NULL;
	unit += strlen(prefix);
	size = strcspn(unit, "-");
	if (!is_digits(unit, size) || *unit == '0' || unit[size] != '-')
		return NULL;
	return scratch_copy(&resolver->scratch, unit, size);
}

#define REAPER_WORDS 4

/*
 * "reaper SteamLaunch AppId=440 -- game": what is between is an installation.
 * Words are arguments, or stand in one of them.
 */
static const char *reaper_id(struct resolver *resolver, char *const *args)
{
	static const char *const wanted[REAPER_WORDS] = { "reaper", "SteamLaunch", "AppId=", "--" };
	const char *id = NULL, *at;

	if (!args || !args[0])
		return NULL;
	at = args[0];
	for (size_t i = 0; i < REAPER_WORDS; i++) {
		size_t size = strcspn(at, " ");
		const char *word = scratch_copy(&resolver->scratch, at, size);

		if (i == 0)
			word = base_name(word);
		if (i == 2 && has_prefix(word, wanted[i]))
			id = word + strlen(wanted[i]);
		else if (strcmp(word, wanted[i]) != 0)
			return NULL;
		at += size;
		at += strspn(at, " ");
		if (!*at && args[1])
			at = *++args;
	}
	return is_digits(id, strlen(id)) && *id != '0' ? id : NULL;
}

/* Where Steam keeps games, and itself. */
static bool is_steam_path(const char *path)
{
	static const char *const marks[] = { "/steamapps/", "/Steam/", "/.steam/", NULL };

	for (size_t i = 0; marks[i]; i++) {
		if (strstr(path, marks[i]))
			return true;
	}
	return false;
}

/* Only these are worth going through the ancestors. */
static bool is_of_steam(const struct resolver *resolver)
{
	return resolver->exe && !resolver->memfd &&
	       (is_steam_path(resolver->exe) || is_wine_loader(resolver->exe_name));
}

/*
 * Any user may name a scope like a game's. What Steam starts lies in its
 * library, or is the system's, does work of its own and is no command; anything
 * else, such as a shortcut's program, must have been started by it.
 */
static bool is_contradicted(const struct resolver *resolver)
{
	const char *path = running_path(resolver);
	const struct eg_ancestor *ancestor;

	if (!path || is_of_steam(resolver) || is_steam_path(path) ||
	    (does_own_work(resolver) && !is_command(path)))
		return false;
	for (unsigned i = 0; (ancestor = ask_ancestor(resolver, i)); i++) {
		if (ancestor->executable && is_steam_path(ancestor->executable))
			return false;
	}
	return true;
}

/* Steam itself, whose directory is its user's own: "ubuntu12_32/steam", "steamwebhelper". */
static bool ident_client(struct resolver *resolver)
{
	static const char *const names[] = { "steam", "steamwebhelper", NULL };
	const struct eg_entry *entry;

	if (!is_of_steam(resolver) || !is_one_of(resolver->exe_name, names) ||
	    strstr(resolver->exe, "/steamapps/"))
		return false;
	entry = ask_entry(resolver, "steam");
	resolver->component = component_of(resolver);
	note_executable(resolver);
	return answer(resolver, "desktop", "desktop:steam",
		      entry && entry->name ? entry->name : "Steam", TRUST_HEURISTIC);
}

static const char *ancestor_id(struct resolver *resolver)
{
	const struct eg_ancestor *ancestor;
	const char *id;

	if (!is_of_steam(resolver))
		return NULL;
	id = reaper_id(resolver, resolver->facts->args);

	for (unsigned i = 0; !id && (ancestor = ask_ancestor(resolver, i)); i++)
		id = reaper_id(resolver, ancestor->args);
	note(resolver, "reaper", id, "stat", TRUST_HEURISTIC);
	return id;
}

/* The "name" of a manifest: "key"<tabs>"value" in lines. */
static const char *manifest_name(struct resolver *resolver, const char *directory, size_t size,
				 const char *id)
{
	const char *path = scratch_format(&resolver->scratch, "%.*sappmanifest_%s.acf", (int)size,
					  directory, id);
	const char *text = ask_file(resolver, EG_TREE_HOST, path, NULL, NULL);
	const char *at = text ? strstr(text, "\"name\"") : NULL;

	at = at ? at + strlen("\"name\"") : NULL;
	at = at ? at + strspn(at, " \t") : NULL;
	if (!at || *at != '"' || !strcspn(at + 1, "\"\n"))
		return NULL;
	at = scratch_copy(&resolver->scratch, at + 1, strcspn(at + 1, "\"\n"));
	note(resolver, "name", at, path, TRUST_USER);
	return at;
}

/* Where a path says that the library is: "/home/u/.../steamapps/common/Game/game". */
static const char *name_near(struct resolver *resolver, const char *path, const char *id)
{
	static const char mark[] = "/steamapps/";
	const char *at = path ? strstr(path, mark) : NULL;

	if (!at)
		return NULL;
	return manifest_name(resolver, path, (size_t)(at - path) + strlen(mark), id);
}

static const char *game_name(struct resolver *resolver, const char *id)
{
	const struct eg_ancestor *ancestor;
	const char *name = name_near(resolver, resolver->exe, id);

	for (unsigned i = 0; !name && (ancestor = ask_ancestor(resolver, i)); i++)
		name = name_near(resolver, ancestor->executable, id);
	if (!name) {
		name = known_steam(id);
		note_known(resolver, "name", name);
	}
	return name ? name : scratch_format(&resolver->scratch, "Steam app %s", id);
}

bool ident_steam(struct resolver *resolver)
{
	const char *id = scope_id(resolver), *trust = TRUST_USER;

	if (!id) {
		id = ancestor_id(resolver);
		trust = TRUST_HEURISTIC;
	}
	if (!id)
		return ident_client(resolver);
	if (is_contradicted(resolver)) {
		resolver->flag = FLAG_CGROUP;
		return false;
	}
	resolver->component = component_of(resolver);
	note_cgroup(resolver, cgroup_trust(resolver));
	note_executable(resolver);
	return answer(resolver, "steam", scratch_format(&resolver->scratch, "steam:%s", id),
		      game_name(resolver, id), trust);
}

bool ident_wine(struct resolver *resolver)
{
	const char *program;

	if (!resolver->exe_name || !is_wine_loader(resolver->exe_name))
		return false;
	program = windows_program(resolver);
	if (!program)
		return false;
	resolver->component = program;
	note_executable(resolver);
	note_arguments(resolver, program);
	return answer(resolver, "wine", scratch_format(&resolver->scratch, "wine:%s", program),
		      program, TRUST_USER);
}

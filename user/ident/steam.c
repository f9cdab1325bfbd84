/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Steam's games, and Windows programs under Wine (identity.md 5.4). */
#include "resolver.h"

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

/* "reaper SteamLaunch AppId=440 -- game": what is between is an installation. */
static const char *reaper_id(char *const *args)
{
	static const char mark[] = "AppId=";
	const char *id;

	if (!args || !args[0] || strcmp(base_name(args[0]), "reaper") != 0 || !args[1] ||
	    strcmp(args[1], "SteamLaunch") != 0 || !args[2] || !has_prefix(args[2], mark) ||
	    !args[3] || strcmp(args[3], "--") != 0)
		return NULL;
	id = args[2] + strlen(mark);
	return is_digits(id, strlen(id)) && *id != '0' ? id : NULL;
}

/* Only these are worth going through the ancestors. */
static bool is_of_steam(const struct resolver *resolver)
{
	return resolver->exe &&
	       (strstr(resolver->exe, "/steamapps/") || strstr(resolver->exe, "/Steam/") ||
		is_wine_loader(resolver->exe_name));
}

static const char *ancestor_id(struct resolver *resolver)
{
	const struct eg_ancestor *ancestor;
	const char *id;

	if (!is_of_steam(resolver))
		return NULL;
	id = reaper_id(resolver->facts->args);

	for (unsigned i = 0; !id && (ancestor = ask_ancestor(resolver, i)); i++)
		id = reaper_id(ancestor->args);
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
	return scratch_copy(&resolver->scratch, at + 1, strcspn(at + 1, "\"\n"));
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
	if (!name)
		name = known_steam(id);
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
		return false;
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

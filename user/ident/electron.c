/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Apps on a shared Electron: its first argument tells them apart (identity.md 5.5). */
#include "resolver.h"

#include <string.h>

/*
 * "/usr/lib/electron36/electron": not the copy that an app brings along, nor what
 * a user calls so, whose arguments can name any app.
 */
static bool is_shared(const struct resolver *resolver)
{
	const char *exe = resolver->exe, *name = resolver->exe_name, *directory = name;

	if (!is_of_system(resolver) || strcmp(name, "electron") != 0 || name - exe < 2)
		return false;
	for (directory--; directory > exe && directory[-1] != '/';)
		directory--;
	return has_prefix(directory, "electron");
}

/* The first argument that is no option; NULL: it is a child, or there is none. */
static const char *app_of(char *const *args)
{
	const char *found = NULL;

	for (size_t i = 1; args && args[0] && args[i]; i++) {
		if (has_prefix(args[i], "--type="))
			return NULL;
		if (!found && *args[i] && *args[i] != '-')
			found = args[i];
	}
	return found;
}

/* The root of the tree of the same executable. */
static const char *find_app(struct resolver *resolver)
{
	const char *app = app_of(resolver->facts->args);
	const struct eg_ancestor *ancestor;

	for (unsigned i = 0; !app && (ancestor = ask_ancestor(resolver, i)); i++) {
		if (ancestor->executable && strcmp(ancestor->executable, resolver->exe) != 0)
			break;
		app = app_of(ancestor->args);
	}
	return app;
}

static const char *data_directory(struct resolver *resolver)
{
	static const char option[] = "--user-data-dir=";
	const char *arg;

	for (size_t i = 0; (arg = argument(resolver, i)); i++) {
		const char *at = strstr(arg, option);

		if (at)
			return base_name(scratch_copy(&resolver->scratch, at + strlen(option),
						      strcspn(at + strlen(option), " ")));
	}
	return NULL;
}

/* "/usr/lib/bitwarden/app.asar" -> "bitwarden" */
static const char *directory_name(struct resolver *resolver, const char *app)
{
	const char *name = base_name(app);

	if (!has_suffix(name, ".asar") || name - app < 2)
		return name;
	return base_name(scratch_copy(&resolver->scratch, app, (size_t)(name - app - 1)));
}

bool ident_electron(struct resolver *resolver)
{
	const char *app, *data, *name, *title;

	if (!is_shared(resolver))
		return false;
	app = find_app(resolver);
	data = data_directory(resolver);
	if (!app && !data)
		return false;
	name = app ? directory_name(resolver, app) : data;
	title = ask_name(resolver, name);
	if (title)
		name = title;
	else if (data && *data)
		name = data;
	resolver->component = component_of(resolver);
	note_executable(resolver);
	note_arguments(resolver, app ? app : data);
	return answer(resolver, "electron",
		      scratch_format(&resolver->scratch, "electron:%s", app ? app : data), name,
		      TRUST_HEURISTIC);
}

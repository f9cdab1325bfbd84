/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Flatpaks: the file that bwrap puts into their root, and the scope (identity.md 5.1). */
#include "mounts.h"
#include "resolver.h"

#include <errno.h>
#include <string.h>

/* What runs beside the sandbox in its scope. */
static bool is_helper(const char *name)
{
	static const char *const names[] = { "xdg-dbus-proxy", "flatpak-dbus-proxy",
					     "bwrap",	       "flatpak-bwrap",
					     "flatpak",	       "p11-kit-server",
					     "p11-kit-remote", NULL };

	return name && is_one_of(name, names);
}

/* Names of D-Bus, which ids of Flatpaks are. */
static bool is_app_id(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-.";
	size_t size = strlen(text);

	return size > 0 && size <= 255 && strspn(text, allowed) == size && strchr(text, '.') &&
	       *text != '.';
}

/* The value of a key in one line; NULL: another line. */
static const char *line_value(struct resolver *resolver, const char *line, const char *key)
{
	size_t size = strlen(key);

	if (strncmp(line, key, size) != 0 || line[size] != '=')
		return NULL;
	line += size + 1;
	return scratch_copy(&resolver->scratch, line, strcspn(line, "\r\n"));
}

/* "runtime/org.freedesktop.Platform/x86_64/23.08" -> the second part */
static const char *runtime_id(struct resolver *resolver, const char *reference)
{
	const char *slash = strchr(reference, '/');

	if (!slash)
		return reference;
	return scratch_copy(&resolver->scratch, slash + 1, strcspn(slash + 1, "/"));
}

/* [Application] name=, or, for a runtime that is run itself, [Runtime] name= or runtime=. */
static const char *read_info(struct resolver *resolver, const char *text)
{
	bool application = false, runtime = false;
	const char *found = NULL;

	for (const char *line = text; *line && !found;) {
		if (*line == '[') {
			application = has_prefix(line, "[Application]");
			runtime = has_prefix(line, "[Runtime]");
		}
		if (application || runtime)
			found = line_value(resolver, line, "name");
		if (!found && runtime) {
			found = line_value(resolver, line, "runtime");
			found = found ? runtime_id(resolver, found) : NULL;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return found && is_app_id(found) ? found : NULL;
}

/* The id in "app-flatpak-<id>-<number>.scope"; NULL: it is no such scope. */
static const char *scope_id(struct resolver *resolver)
{
	static const char prefix[] = "app-flatpak-";
	const char *unit = resolver->unit.name, *end, *id;

	if (!unit || !has_prefix(unit, prefix))
		return NULL;
	unit += strlen(prefix);
	if (has_suffix(unit, ".scope"))
		end = strrchr(unit, '-');
	else if (has_suffix(unit, ".service"))
		end = unit + strcspn(unit, "@");
	else
		return NULL;
	if (end && !*end)
		end -= strlen(".service");
	if (!end || end == unit)
		return NULL;
	id = unit_unescape(&resolver->scratch, unit, (size_t)(end - unit));
	return is_app_id(id) ? id : NULL;
}

/* A sandbox has the app below /app and its runtime below /usr. */
static bool is_in_sandbox(const char *exe)
{
	return !exe || has_prefix(exe, "/app/") || has_prefix(exe, "/usr/") ||
	       has_prefix(exe, "/bin/") || has_prefix(exe, "/newroot/");
}

static bool has_contradiction(struct resolver *resolver, const char *scope, const char *info,
			      int error)
{
	if (scope && info)
		return strcmp(scope, info) != 0;
	if (info)
		return !is_in_sandbox(resolver->exe);
	if (is_helper(resolver->exe_name) && is_of_system(resolver))
		return false;
	/* There is surely no such file: it is not in the sandbox. */
	if (error == -ENOENT || resolver->facts->mnt_ns == EG_NAMESPACE_HOST)
		return true;
	return !is_in_sandbox(resolver->exe);
}

static const char *title_of(struct resolver *resolver, const char *id)
{
	const char *name = ask_name(resolver, id);

	if (!name)
		name = known_flatpak(id);
	return name ? name : id;
}

/*
 * An installed app's files are mounted from ".../app/<id>/<arch>/<branch>/<commit>/files",
 * a runtime's and an extension's from ".../runtime/...". Anybody can put a
 * .flatpak-info into a sandbox of his own, but not these directories of root;
 * and who makes them in his home has an app of that id.
 */
static bool is_deployed(struct resolver *resolver, const char *id)
{
	const char *text = ask_file(resolver, EG_TREE_PROC, "mountinfo", NULL, NULL), *app;
	struct mount mount;

	if (!text || !resolver->exe || !mount_of(&resolver->scratch, text, resolver->exe, &mount))
		return true; /* nobody says otherwise */
	app = scratch_format(&resolver->scratch, "/app/%s/", id);
	return strstr(mount.root, app) || strstr(mount.root, "/runtime/");
}

/* Only a process with files of its own can have one. */
static const char *ask_info(struct resolver *resolver, int *ret_error)
{
	const char *text;

	*ret_error = -ENOENT;
	if (resolver->facts->mnt_ns == EG_NAMESPACE_HOST)
		return NULL;
	text = ask_file(resolver, EG_TREE_ROOT, "/.flatpak-info", NULL, ret_error);
	return text ? read_info(resolver, text) : NULL;
}

bool ident_flatpak(struct resolver *resolver)
{
	const char *scope = scope_id(resolver), *info;
	int error;

	info = ask_info(resolver, &error);
	if (!scope && !info)
		return false;
	note(resolver, "flatpak-info", info, "root/.flatpak-info", TRUST_USER);
	note_cgroup(resolver, scope ? TRUST_USER : NULL);
	note_executable(resolver);
	if (has_contradiction(resolver, scope, info, error)) {
		resolver->flag = FLAG_CGROUP;
		return false;
	}
	if (info && !is_deployed(resolver, info)) {
		note(resolver, "mounts", "no installed Flatpak's", "mountinfo", TRUST_KERNEL);
		resolver->flag = FLAG_MOUNT;
	}
	resolver->component = component_of(resolver);
	return answer(resolver, "flatpak",
		      scratch_format(&resolver->scratch, "flatpak:%s", info ? info : scope),
		      title_of(resolver, info ? info : scope), TRUST_USER);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Flatpaks: the file that bwrap puts into their root, and the scope (identity.md 5.1). */
#include "mounts.h"
#include "resolver.h"

#include <errno.h>
#include <stdlib.h>
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
static const char *read_info(struct resolver *resolver, const char *text, bool *ret_runtime)
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
	*ret_runtime = runtime;
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

	if (!name) {
		name = known_flatpak(id);
		note_known(resolver, "name", name);
	}
	return name ? name : id;
}

/* --- where its files come from --- */

#define INSTALLATIONS "/etc/flatpak/installations.d"

/* Is this directory, or its end where it is on a file system of its own, one of root's? */
static bool is_installation(struct resolver *resolver, const char *directory)
{
	const struct eg_lookup *lookup = resolver->lookup;
	const char *text, *path;
	char *name = NULL;
	size_t size;

	if (has_suffix(directory, "/flatpak"))
		return true;
	if (!lookup->find || lookup->find(lookup->data, INSTALLATIONS, ".conf", &name) != 0)
		return false;
	text = scratch_format(&resolver->scratch, INSTALLATIONS "/%s", name);
	free(name);
	text = ask_file(resolver, EG_TREE_HOST, text, NULL, NULL);
	for (; text && *text; text = strchrnul(text, '\n'), text += *text == '\n') {
		path = line_value(resolver, text, "Path");
		size = path ? strlen(path) : 0;
		if (size && path[size - 1] == '/')
			path = scratch_copy(&resolver->scratch, path, --size);
		if (size && (has_suffix(directory, path) || has_suffix(path, directory)))
			return true;
	}
	return false;
}

/* Is this "<id>/<arch>/<branch>/<commit>/files", or below that? */
static bool is_files(const char *part, const char *id)
{
	if (id && (!has_prefix(part, id) || part[strlen(id)] != '/'))
		return false;
	for (int i = 0; i < 4; i++) {
		part = strchr(part, '/');
		if (!part)
			return false;
		part++;
	}
	return has_prefix(part, "files") && (!part[5] || part[5] == '/');
}

/* ".../flatpak/<kind>/<id>/<arch>/<branch>/<commit>/files"; any id for NULL. */
static bool is_deployment(struct resolver *resolver, const char *root, const char *kind,
			  const char *id)
{
	for (const char *at = root; (at = strstr(at, kind)); at++) {
		if (is_files(at + strlen(kind), id) &&
		    is_installation(resolver,
				    scratch_copy(&resolver->scratch, root, (size_t)(at - root))))
			return true;
	}
	return false;
}

/* Whether what is mounted for a path is that; nobody says otherwise of what isn't known. */
static bool is_mounted(struct resolver *resolver, const char *mountinfo, const char *path,
		       const char *kind, const char *id)
{
	struct mount mount;

	return !mount_of(mountinfo, path, &mount) ||
	       is_deployment(resolver, mount_text(&resolver->scratch, mount.root), kind, id);
}

/*
 * An installed app's files are mounted from ".../flatpak/app/<id>/...", a
 * runtime's and an extension's from ".../flatpak/runtime/...". Anybody can put a
 * .flatpak-info into a sandbox of his own, but not these directories of root;
 * and who makes them in his home has an app of that id.
 */
static bool is_deployed(struct resolver *resolver, const char *id, bool runtime)
{
	const char *text = ask_file(resolver, EG_TREE_PROC, "mountinfo", NULL, NULL);

	if (!text || !resolver->exe)
		return true;
	if (!runtime && is_mounted(resolver, text, resolver->exe, "/app/", id))
		return true;
	return is_mounted(resolver, text, resolver->exe, "/runtime/", NULL) &&
	       (runtime || is_mounted(resolver, text, "/app", "/app/", id));
}

/* Only a process with files of its own can have one. */
static const char *ask_info(struct resolver *resolver, bool *ret_runtime, int *ret_error)
{
	const char *text;

	*ret_error = -ENOENT;
	if (resolver->facts->mnt_ns == EG_NAMESPACE_HOST)
		return NULL;
	text = ask_file(resolver, EG_TREE_ROOT, "/.flatpak-info", NULL, ret_error);
	return text ? read_info(resolver, text, ret_runtime) : NULL;
}

bool ident_flatpak(struct resolver *resolver)
{
	const char *scope = scope_id(resolver), *info;
	bool runtime = false;
	int error;

	info = ask_info(resolver, &runtime, &error);
	if (!scope && !info)
		return false;
	note(resolver, "flatpak-info", info, "root/.flatpak-info", TRUST_USER);
	note_cgroup(resolver, scope ? TRUST_USER : NULL);
	note_executable(resolver);
	if (has_contradiction(resolver, scope, info, error)) {
		resolver->flag = FLAG_CGROUP;
		return false;
	}
	if (info && !is_deployed(resolver, info, runtime)) {
		note(resolver, "mounts", "no installed Flatpak's", "mountinfo", TRUST_KERNEL);
		resolver->flag = FLAG_MOUNT;
	}
	resolver->component = component_of(resolver);
	return answer(resolver, "flatpak",
		      scratch_format(&resolver->scratch, "flatpak:%s", info ? info : scope),
		      title_of(resolver, info ? info : scope), TRUST_USER);
}

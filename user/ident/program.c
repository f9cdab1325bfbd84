/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is left: the program itself, or the app that it helps (identity.md 5.7, 5.8). */
#include "resolver.h"

#include <string.h>

#include <egret/base.h>

#define STORE_DIGITS "0123456789abcdfghijklmnpqrsvwxyz" /* of a hash in Nix and Guix */

bool is_system_path(const char *path)
{
	static const char *const directories[] = { "/usr/",	  "/bin/", "/sbin/", "/lib/",
						   "/lib64/",	  "/opt/", "/snap/", "/nix/store/",
						   "/gnu/store/", "/app/", NULL };

	for (size_t i = 0; directories[i]; i++) {
		if (has_prefix(path, directories[i]))
			return true;
	}
	return false;
}

bool is_of_system(const struct resolver *resolver)
{
	return resolver->exe && !resolver->memfd && is_system_path(resolver->exe) &&
	       !has_root_of_user(resolver->facts);
}

bool is_shell(const char *name)
{
	static const char *const names[] = { "sh",   "bash", "dash", "zsh",	"fish",	 "ksh",
					     "mksh", "tcsh", "csh",  "busybox", "env",	 "sudo",
					     "su",   "doas", "nice", "timeout", "xargs", NULL };

	return is_one_of(name, names);
}

bool does_anything(const char *name)
{
	static const char *const names[] = { "curl",  "wget",	 "wget2",      "aria2c",
					     "ssh",   "scp",	 "sftp",       "rsync",
					     "nc",    "ncat",	 "nc.openbsd", "nc.traditional",
					     "socat", "openssl", "git",	       "telnet",
					     "lftp",  "gdb",	 "awk",	       "gawk",
					     "mawk",  "find",	 "strace",     "screen",
					     "tmux",  "script",	 "unshare",    NULL };

	return is_shell(name) || is_interpreter(name) || is_one_of(name, names) ||
	       has_prefix(name, "ld-linux") || has_prefix(name, "ld.so");
}

/* Arguments say of a user's own program whatever he likes. */
const char *running_path(const struct resolver *resolver)
{
	const char *script = resolver->script;

	if (script && *script == '/' && (resolver->script_executed || is_of_system(resolver)))
		return script;
	return resolver->exe;
}

bool does_own_work(const struct resolver *resolver)
{
	const char *path = running_path(resolver);

	return is_of_system(resolver) && is_system_path(path) && !does_anything(base_name(path));
}

/* What only an app uses lies in a directory of its own, or below lib or libexec. */
bool is_command(const char *path)
{
	static const char *const directories[] = { "/bin/",	      "/sbin/",
						   "/usr/bin/",	      "/usr/sbin/",
						   "/usr/local/bin/", "/usr/local/sbin/" };
	size_t size = strlen(path) - strlen(base_name(path));

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		if (size == strlen(directories[i]) && has_prefix(path, directories[i]))
			return true;
	}
	return false;
}

/* --- helpers --- */

/* Programs that are part of another; `app` NULL: of whatever started them. */
static const struct {
	const char *name; /* a '*' at the end stands for anything */
	const char *app;
} helpers[] = {
	{ .name = "git-remote-*", .app = "git" },
	{ .name = "git-http-*", .app = "git" },
	{ .name = "ssh", .app = "git" },
	{ .name = "gvfsd-*", .app = "gvfsd" },
	{ .name = "dirmngr", .app = "gpg" },
	{ .name = "WebKitNetworkProcess" },
	{ .name = "WebKitWebProcess" },
	{ .name = "QtWebEngineProcess" },
	{ .name = "xdg-dbus-proxy" },
};

static bool is_like(const char *name, const char *like)
{
	size_t size = strlen(like);

	if (size && like[size - 1] == '*')
		return strncmp(name, like, size - 1) == 0 && name[size - 1];
	return strcmp(name, like) == 0;
}

/* apt's own: "/usr/lib/apt/methods/https" */
static const char *helped_by_path(const char *exe)
{
	return strstr(exe, "/apt/methods/") ? "apt*" : NULL;
}

/* Whether it is a helper; *ret_app: of which program, NULL: of any. */
static bool is_helper(const struct resolver *resolver, const char **ret_app)
{
	*ret_app = helped_by_path(resolver->exe);
	if (*ret_app)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++) {
		if (is_like(resolver->exe_name, helpers[i].name)) {
			*ret_app = helpers[i].app;
			return true;
		}
	}
	return false;
}

/* Session and service managers are nobody's app. */
static bool is_manager(const char *name)
{
	static const char *const names[] = { "systemd", "init",	     "dbus-daemon", "dbus-broker",
					     "tini",	"dumb-init", "runit",	    NULL };

	return is_one_of(name, names);
}

/* The nearest ancestor that it may help. */
static const char *find_app(const struct resolver *resolver)
{
	const struct eg_ancestor *ancestor;
	const char *app;

	if (!is_helper(resolver, &app))
		return NULL;
	for (unsigned i = 0; (ancestor = ask_ancestor(resolver, i)); i++) {
		const char *name = ancestor->executable ? base_name(ancestor->executable) : NULL;

		if (!name || is_shell(name))
			continue;
		if (is_manager(name))
			return NULL;
		if (app ? is_like(name, app) : true)
			return ancestor->executable;
		if (!is_like(name, resolver->exe_name) && !has_prefix(name, "git"))
			return NULL;
	}
	return NULL;
}

static bool answer_desktop(struct resolver *resolver, const struct eg_entry *entry)
{
	note_entry(resolver, entry, "exe", TRUST_HEURISTIC);
	return answer(resolver, "desktop",
		      scratch_format(&resolver->scratch, "desktop:%s", entry->id),
		      entry->name ? entry->name : entry->id, TRUST_HEURISTIC);
}

static bool ident_helper(struct resolver *resolver)
{
	const char *app = find_app(resolver);
	const struct eg_entry *entry;

	if (!app)
		return false;
	note(resolver, "ancestor", app, "stat", TRUST_HEURISTIC);
	entry = ask_program(resolver, app);
	if (entry)
		return answer_desktop(resolver, entry);
	return answer(resolver, "program", scratch_format(&resolver->scratch, "exe:%s", app),
		      base_name(app), TRUST_HEURISTIC);
}

/* --- stores --- */

/* The name in ".foo-wrapped", "..foo-wrapped-wrapped", ".foo-real". */
static const char *unwrap(struct resolver *resolver, const char *name)
{
	static const char *const endings[] = { "-wrapped_", "-wrapped", "-real" };
	size_t dots = strspn(name, "."), size = strlen(name);
	bool again = dots > 0;

	while (again) {
		again = false;
		for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
			size_t length = strlen(endings[i]);

			if (size > dots + length &&
			    memcmp(name + size - length, endings[i], length) == 0) {
				size -= length;
				again = true;
			}
		}
	}
	if (!dots || size == strlen(name))
		return name;
	return scratch_copy(&resolver->scratch, name + dots, size - dots);
}

/* "evolution-3.56.2" -> "evolution": the version begins with a digit behind a dash. */
static size_t package_size(const char *name, size_t size)
{
	for (size_t i = 1; i + 1 < size; i++) {
		if (name[i] == '-' && is_digits(name + i + 1, 1))
			return i;
	}
	return size;
}

/* "/nix/store/<hash>-<name>-<version>/bin/x": the same app after each update. */
static bool ident_store(struct resolver *resolver)
{
	static const struct {
		const char *root, *kind;
	} stores[] = {
		{ .root = "/nix/store/", .kind = "nix" },
		{ .root = "/gnu/store/", .kind = "guix" },
	};
	const char *name, *rest, *file;

	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		if (!has_prefix(resolver->exe, stores[i].root))
			continue;
		name = resolver->exe + strlen(stores[i].root);
		if (strspn(name, STORE_DIGITS) != 32 || name[32] != '-')
			return false;
		name += 33;
		rest = strchr(name, '/');
		if (!rest || !rest[1])
			return false;
		file = unwrap(resolver, base_name(rest));
		return answer(resolver, "program",
			      scratch_format(&resolver->scratch, "exe:%s:%.*s%.*s%s",
					     stores[i].kind,
					     (int)package_size(name, (size_t)(rest - name)), name,
					     (int)(base_name(rest) - rest), rest, file),
			      file, path_trust(resolver->facts));
	}
	return false;
}

/* --- programs with many names --- */

/* passt is pasta as well, and the fastest build of it has a name of its own. */
static bool ident_passt(struct resolver *resolver, const char *applet)
{
	size_t size = strlen(resolver->exe) - strlen(resolver->exe_name);

	return answer(resolver, "program",
		      scratch_format(&resolver->scratch, "exe:%.*s%s", (int)size, resolver->exe,
				     applet),
		      relay_title(resolver, applet), TRUST_HEURISTIC);
}

static bool ident_applet(struct resolver *resolver)
{
	const char *applet = applet_of(resolver);
	struct scratch *scratch = &resolver->scratch;

	if (!applet)
		return false;
	note_arguments(resolver, applet);
	if (has_prefix(resolver->exe_name, "passt"))
		return ident_passt(resolver, applet);
	return answer(resolver, "program",
		      scratch_format(scratch, "exe:%s#%s", resolver->exe, applet),
		      scratch_format(scratch, "%s (%s)", applet, resolver->exe_name), TRUST_USER);
}

/* --- the rule --- */

bool ident_program(struct resolver *resolver)
{
	const struct eg_entry *entry = NULL;
	struct scratch *scratch = &resolver->scratch;

	if (!resolver->exe)
		return false;
	resolver->component = component_of(resolver);
	note_executable(resolver);
	if (resolver->memfd)
		return answer(resolver, "program",
			      scratch_format(scratch, "exe:memfd:%s", resolver->memfd),
			      scratch_format(scratch, "memfd:%s", resolver->memfd), TRUST_KERNEL);
	/*
	 * A contradicted name must not come back by another way; a language is no
	 * app; and a path in another root is no file of this host (identity.md 5.8).
	 */
	if ((!resolver->flag || strcmp(resolver->flag, FLAG_CGROUP) != 0) &&
	    !has_root_of_user(resolver->facts) && !is_interpreter(resolver->exe_name))
		entry = ask_program(resolver, resolver->exe);
	if (entry)
		return answer_desktop(resolver, entry);
	if (ident_helper(resolver) || ident_store(resolver) || ident_applet(resolver))
		return true;
	return answer(resolver, "program", scratch_format(scratch, "exe:%s", resolver->exe),
		      relay_title(resolver, resolver->exe_name), path_trust(resolver->facts));
}

bool ident_unknown(struct resolver *resolver)
{
	if (resolver->facts->start_mismatch)
		resolver->flag = FLAG_START;
	return answer(resolver, "unknown", "unknown:pid", "unknown", NULL);
}

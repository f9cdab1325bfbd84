/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of an app that a process is: role, applet, script, program. */
#include "resolver.h"

#include <ctype.h>
#include <string.h>

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

const char *argument(const struct resolver *resolver, size_t number)
{
	char *const *args = resolver->facts->args;

	for (size_t i = 0; args && args[i]; i++) {
		if (i == number)
			return args[i];
	}
	return NULL;
}

/* --- roles --- */

/*
 * The value of an option, wherever it stands: Chromium writes its child's
 * arguments into one string.
 */
static const char *option_value(struct resolver *resolver, const char *option)
{
	const char *arg, *at;

	for (size_t i = 0; (arg = argument(resolver, i)); i++) {
		at = strstr(arg, option);
		if (at && (at == arg || at[-1] == ' ')) {
			at += strlen(option);
			return scratch_copy(&resolver->scratch, at, strcspn(at, " "));
		}
	}
	return NULL;
}

/* "network.mojom.NetworkService" -> "network service", "gpu-process" -> "gpu process" */
static const char *chromium_role(struct resolver *resolver)
{
	const char *type = option_value(resolver, "--type=");
	const char *service = type ? option_value(resolver, "--utility-sub-type=") : NULL;
	char *role;

	if (!type || !*type)
		return NULL;
	if (service && strcspn(service, ".") && service[strcspn(service, ".")])
		return scratch_format(&resolver->scratch, "%.*s service",
				      (int)strcspn(service, "."), service);
	role = scratch_alloc(&resolver->scratch, strlen(type) + 1);
	for (size_t i = 0; role && i <= strlen(type); i++)
		role[i] = type[i];
	for (size_t i = 0; role && role[i]; i++)
		role[i] = role[i] == '-' ? ' ' : role[i];
	return role;
}

/* Firefox names a child's type last: socket, tab, rdd, utility. */
static const char *firefox_role(const struct resolver *resolver)
{
	const char *arg, *last = NULL;
	bool child = false;

	for (size_t i = 1; (arg = argument(resolver, i)); i++) {
		child |= strcmp(arg, "-contentproc") == 0;
		last = arg;
	}
	return child && strcmp(last, "-contentproc") != 0 ? last : NULL;
}

const char *role_of(struct resolver *resolver)
{
	const char *role = firefox_role(resolver);

	return role ? role : chromium_role(resolver);
}

/* --- applets --- */

/* GNU coreutils in one program: "--coreutils-prog=cat", "--coreutils-prog-shebang=cat". */
static const char *named_applet(const char *option)
{
	static const char *const options[] = { "--coreutils-prog=", "--coreutils-prog-shebang=",
					       NULL };

	for (size_t i = 0; options[i]; i++) {
		const char *name = option + strlen(options[i]);

		if (has_prefix(option, options[i]) && *name)
			return base_name(name);
	}
	return NULL;
}

const char *applet_of(const struct resolver *resolver)
{
	static const char *const tools[] = { "busybox", "toybox",     "toolbox", "coreutils",
					     "passt",	"passt.avx2", "uutils",	 NULL };
	const char *first = argument(resolver, 0), *second = argument(resolver, 1);
	const char *name = first ? base_name(first) : NULL;

	if (!name || !*name || !resolver->exe_name || !is_one_of(resolver->exe_name, tools))
		return NULL;
	name += *name == '-'; /* a login shell */
	if (strcmp(name, resolver->exe_name) != 0 && !is_one_of(name, tools))
		return name;
	if (has_prefix(resolver->exe_name, "passt"))
		return name;
	if (second && *second == '-')
		return named_applet(second);
	return second ? base_name(second) : NULL;
}

/* --- Windows programs --- */

bool is_wine_loader(const char *name)
{
	static const char *const names[] = { "wine",
					     "wine64",
					     "wine-preloader",
					     "wine64-preloader",
					     "wine-staging",
					     "wine-development",
					     NULL };

	return is_one_of(name, names);
}

static bool is_windows_name(const char *text)
{
	size_t size = strlen(text);

	return size > 4 && strcasecmp(text + size - 4, ".exe") == 0;
}

const char *windows_program(struct resolver *resolver)
{
	const char *arg;

	for (size_t i = 0; (arg = argument(resolver, i)); i++) {
		const char *name = arg;

		for (const char *at = arg; *at; at++)
			name = *at == '/' || *at == '\\' ? at + 1 : name;
		if (is_windows_name(name))
			return name;
	}
	return NULL;
}

/* --- all together --- */

const char *component_of(struct resolver *resolver)
{
	const char *name = resolver->exe_name, *part = NULL;

	if (!name) {
		part = argument(resolver, 0);
		return resolver->facts->comm ? resolver->facts->comm
		       : part		     ? base_name(part)
					     : NULL;
	}
	if (is_wine_loader(name))
		part = windows_program(resolver);
	if (!part && resolver->script_name)
		part = resolver->script_name;
	if (!part)
		part = role_of(resolver);
	if (!part)
		part = applet_of(resolver);
	return part ? part : name;
}

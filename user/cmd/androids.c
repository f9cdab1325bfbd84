/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Android containers as doctor tells of them. */
#include "androids.h"

#include <errno.h>
#include <stdlib.h>

#include <egret/base.h>
#include <egret/ident.h>

void android_checks_free(struct android_checks *checks)
{
	for (size_t i = 0; i < checks->texts_count; i++)
		free(checks->texts[i]);
	free(checks->texts);
	free(checks->checks);
	*checks = (struct android_checks){ 0 };
}

/* Keeps a text as long as the checks; NULL: no memory. */
static const char *keep(struct android_checks *checks, char *text)
{
	char **grown = text ? reallocarray(checks->texts, checks->texts_count + 1, sizeof(*grown))
			    : NULL;

	if (!grown) {
		free(text);
		return NULL;
	}
	checks->texts = grown;
	grown[checks->texts_count++] = text;
	return text;
}

static const char *format(struct android_checks *checks, const char *form, const char *name,
			  size_t number)
{
	char *text = NULL;
	int size = name ? asprintf(&text, "%s %s", form, name)
			: asprintf(&text, "%zu %s", number, form);

	return keep(checks, size < 0 ? NULL : text);
}

static int add(struct android_checks *checks, const struct eg_check *check)
{
	struct eg_check *grown = reallocarray(checks->checks, checks->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	checks->checks = grown;
	grown[checks->count++] = *check;
	return check->name ? 0 : -ENOMEM;
}

static const char *detail_of(struct android_checks *checks, const struct eg_android *android)
{
	if (android->packages == 1)
		return android->stopped ? "1 package, stopped" : "1 package";
	if (android->packages)
		return format(checks, android->stopped ? "packages, stopped" : "packages", NULL,
			      android->packages);
	/* Without a session there was never a list to read. */
	return android->stopped ? "stopped" : "its list of packages can't be read";
}

int android_checks_add(const struct eg_android *android, void *data)
{
	struct android_checks *checks = data;
	bool unknown = !android->packages && !android->stopped;
	struct eg_check check = {
		.name = format(checks, "Android container", android->container, 0),
		.status = unknown ? EG_CHECK_DEGRADED : EG_CHECK_OK,
		.detail = detail_of(checks, android),
		.affects = unknown ? "its apps have the names that they give themselves" : NULL,
	};
	int error = add(checks, &check);

	return error || check.detail ? error : -ENOMEM;
}

int android_checks_make(bool privileged, struct android_checks *ret_checks)
{
	static const struct eg_check none = { .name = "Android containers", .detail = "none" };
	static const struct eg_check untried = {
		.name = "Android containers",
		.status = EG_CHECK_MISSING,
		.detail = "not tried: only root can",
	};
	struct android_checks checks = { 0 };
	struct eg_machine *machine;
	int error = eg_machine_new(&machine);

	if (error)
		return error;
	if (privileged)
		error = eg_machine_androids(machine, android_checks_add, &checks);
	if (!error && !checks.count)
		error = add(&checks, privileged ? &none : &untried);
	eg_machine_free(machine);
	if (error)
		android_checks_free(&checks);
	else
		*ret_checks = checks;
	return error;
}

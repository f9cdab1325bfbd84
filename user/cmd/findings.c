/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A policy from a file, and what breaks it, gathered to be printed. */
#include "findings.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

#include "cmd.h"

#define ACCOUNTS "/etc/passwd"
#define CAPACITY_FIRST 16

/* --- the policy --- */

static void tell_mistake(const struct eg_policy_mistake *mistake, void *data)
{
	const char *path = data;

	eg_error("%s:%zu:%zu: %s%s%s", path, mistake->line, mistake->column, mistake->where,
		 *mistake->where ? " " : "", mistake->what);
}

/* A byte more than a policy may have is enough to see that it is too long. */
static int read_text(const char *path, char *text, size_t *ret_size)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen(path, "re");

	if (stream)
		errno = 0;
	*ret_size = stream ? fread(text, 1, EG_POLICY_SIZE_MAX + 1, stream) : 0;
	if (stream && !ferror(stream))
		return 0;
	eg_error("cannot read %s: %m", path);
	return -EINVAL;
}

int findings_policy(const char *path, struct eg_policy **ret_policy)
{
	_cleanup_(eg_freep) char *text = malloc(EG_POLICY_SIZE_MAX + 1);
	size_t size = 0;
	int r = text ? read_text(path, text, &size) : -ENOMEM;

	if (r == 0)
		r = eg_policy_read(text, size, ACCOUNTS, tell_mistake, (void *)(uintptr_t)path,
				   ret_policy);
	if (r == 0)
		return EG_EXIT_OK;
	if (r == -ENOMEM)
		eg_error("cannot read %s: out of memory", path);
	return r == -ENOMEM ? EG_EXIT_FAILED : EG_EXIT_USAGE;
}

/* --- findings --- */

static int reserve(struct findings *findings)
{
	size_t capacity = findings->capacity ? 2 * findings->capacity : CAPACITY_FIRST;
	struct eg_finding *grown;

	if (findings->count < findings->capacity)
		return 0;
	grown = reallocarray(findings->list, capacity, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	findings->list = grown;
	findings->capacity = capacity;
	return 0;
}

/* False: no memory. */
static bool copy(const char *text, const char **ret_copy)
{
	*ret_copy = text ? strdup(text) : NULL;
	return !text || *ret_copy;
}

static void free_app(const struct eg_finding *finding)
{
	const char *const texts[] = { finding->app_id, finding->app_name, finding->app_trust,
				      finding->app_via, finding->app_flag };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free((char *)(uintptr_t)texts[i]);
}

/* A meter goes on counting: what it says of an app is copied. */
static int copy_app(const struct eg_violation *violation, struct eg_finding *finding)
{
	if (copy(violation->app_id, &finding->app_id) &&
	    copy(violation->app_name, &finding->app_name) &&
	    copy(violation->app_trust, &finding->app_trust) &&
	    copy(violation->app_via, &finding->app_via) &&
	    copy(violation->app_flag, &finding->app_flag))
		return 0;
	free_app(finding);
	return -ENOMEM;
}

static void borrow_app(const struct eg_app *app, struct eg_finding *finding)
{
	finding->app_id = app->id;
	finding->app_name = app->name;
	finding->app_trust = app->trust;
	finding->app_via = app->via;
	finding->app_flag = app->flag;
}

int findings_add(const struct eg_violation *violation, void *data)
{
	struct findings *findings = data;
	struct eg_finding finding = {
		.rule = eg_policy_name(findings->policy, violation->rule),
		.description = eg_policy_description(findings->policy, violation->rule),
		.broken = violation->broken,
		.row = violation->row,
		.period = violation->period,
		.bytes = violation->bytes,
		.limit = violation->limit,
	};
	int r;

	if (findings->count == FINDINGS_MAX) {
		findings->omitted++;
		return 0;
	}
	r = reserve(findings);
	if (r == 0 && !violation->row)
		r = copy_app(violation, &finding);
	if (r < 0)
		return r;
	if (violation->row)
		borrow_app(violation->app, &finding);
	findings->list[findings->count++] = finding;
	return 0;
}

int findings_sort(struct findings *findings)
{
	struct eg_finding *sorted =
		calloc(findings->capacity ? findings->capacity : 1, sizeof(*sorted));
	size_t count = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t rule = 0; rule < eg_policy_count(findings->policy); rule++) {
		for (size_t i = 0; i < findings->count; i++) {
			if (findings->list[i].rule == eg_policy_name(findings->policy, rule))
				sorted[count++] = findings->list[i];
		}
	}
	free(findings->list);
	findings->list = sorted;
	return 0;
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (!findings->list[i].row)
			free_app(&findings->list[i]);
	}
	free(findings->list);
}

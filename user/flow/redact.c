/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A copy of a summary in which nothing says who and where its people are. */
#include <errno.h>
#include <string.h>

#include <egret/base.h>

#include "process.h"
#include "redactor.h"
#include "summary.h"
#include "texts.h"

static const char sentence[] =
	"redacted: user names, host names, paths and addresses outside the internet are replaced";

/* --- learning --- */

/* The name behind /home/ in a path. */
static int learn_path(struct eg_redactor *redactor, const char *path)
{
	static const char *const homes[] = { "/home/", "/Users/" };
	int r = 0;

	for (size_t i = 0; path && i < ARRAY_SIZE(homes) && r == 0; i++) {
		const char *home = strstr(path, homes[i]);
		_cleanup_(eg_freep) char *name = NULL;

		if (!home)
			continue;
		home += strlen(homes[i]);
		name = strndup(home, strcspn(home, "/"));
		r = name ? eg_redactor_add_user(redactor, name) : -ENOMEM;
	}
	return r;
}

static int learn_app(const struct eg_app *app, void *data)
{
	return learn_path(data, app->id);
}

static int learn_process(const struct eg_process_info *process, void *data)
{
	int r = learn_path(data, process->executable);

	for (char *const *text = process->command_line; text && *text && r == 0; text++)
		r = learn_path(data, *text);
	return r == 0 ? learn_path(data, process->cgroup) : r;
}

int eg_redactor_learn(struct eg_redactor *redactor, const struct eg_summary *summary)
{
	static const struct eg_visitor visitor = {
		.app_begin = learn_app,
		.process = learn_process,
	};
	int r = 0;

	for (size_t i = 0; i < summary->hosts_count && r == 0; i++)
		r = eg_redactor_add_host(redactor, summary->hosts[i].name);
	return r == 0 ? eg_summary_walk(summary, &visitor, redactor) : r;
}

/* --- copying --- */

struct redacting {
	struct eg_redactor *redactor;
	struct eg_summary *into;
	struct eg_app texts; /* of the app whose rows come; owns its texts */
	struct eg_app *app; /* it, in the copy */
};

static void free_texts(struct eg_app *app)
{
	free(app->id);
	free(app->name);
	free(app->via);
	free(app->flag);
}

static int app_begin(const struct eg_app *app, void *data)
{
	struct redacting *redacting = data;
	struct eg_redactor *redactor = redacting->redactor;
	struct eg_app *texts = &redacting->texts;
	int r;

	free_texts(texts);
	*texts = (struct eg_app){ .kind = app->kind, .trust = app->trust };
	r = eg_redact_text(redactor, app->id, &texts->id);
	if (r == 0)
		r = eg_redact_text(redactor, app->name, &texts->name);
	if (r == 0)
		r = eg_redact_text(redactor, app->via, &texts->via);
	if (r == 0)
		r = eg_redact_text(redactor, app->flag, &texts->flag);
	if (r == 0)
		r = eg_summary_app(redacting->into, texts->id, &redacting->app);
	if (r == 0)
		r = eg_app_describe(redacting->app, texts->kind, texts->name, texts->trust,
				    texts->via, texts->flag);
	for (size_t i = 0; i < app->users_count && r == 0; i++)
		r = eg_app_add_user(redacting->app, app->users[i]);
	if (r == 0)
		redacting->app->processes_omitted += app->processes_omitted;
	return r;
}

static int process(const struct eg_process_info *process, void *data)
{
	struct redacting *redacting = data;
	struct eg_redactor *redactor = redacting->redactor;
	struct eg_process_info copy = *process;
	int r;

	copy.comm = copy.executable = copy.cgroup = copy.component = NULL;
	copy.command_line = NULL;
	r = eg_redact_text(redactor, process->comm, &copy.comm);
	if (r == 0)
		r = eg_redact_path(redactor, process->executable, &copy.executable);
	if (r == 0)
		r = eg_redact_path(redactor, process->cgroup, &copy.cgroup);
	if (r == 0)
		r = eg_redact_text(redactor, process->component, &copy.component);
	if (r == 0)
		return eg_app_add_process(redacting->app, &copy);
	eg_process_free(&copy);
	return r;
}

/* Names within a private network are hosts of it. */
static int redact_name(struct eg_redactor *redactor, const struct eg_destination *row,
		       const char *name, char **ret_name)
{
	bool private = row->scope != EG_SCOPE_INTERNET && row->scope != EG_SCOPE_UNKNOWN;

	if (name && (private || eg_redact_is_private(name)))
		return eg_redact_host(redactor, name, ret_name);
	return eg_redact_text(redactor, name, ret_name);
}

static void free_names(struct eg_detail *detail)
{
	for (size_t i = 0; i < detail->names_count; i++)
		free(detail->names[i].name);
	free(detail->names);
	free(detail->domain);
	free(detail->registered_domain);
}

/* Texts that are replaced are the copy's own, the others are borrowed. */
static int copy_detail(struct eg_redactor *redactor, const struct eg_destination *row,
		       struct eg_detail *copy)
{
	const struct eg_detail *detail = row->detail;
	int r;

	*copy = *detail;
	copy->domain = copy->registered_domain = NULL;
	copy->names = calloc(detail->names_count + 1, sizeof(*copy->names));
	copy->names_count = 0;
	if (!copy->names)
		return -ENOMEM;
	r = redact_name(redactor, row, detail->domain, &copy->domain);
	if (r == 0)
		r = redact_name(redactor, row, detail->registered_domain, &copy->registered_domain);
	for (size_t i = 0; i < detail->names_count && r == 0; i++) {
		struct eg_name *name = &copy->names[i];

		*name = detail->names[i];
		name->name = NULL;
		copy->names_count++;
		r = redact_name(redactor, row, detail->names[i].name, &name->name);
	}
	return r;
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct redacting *redacting = data;
	struct eg_destination copy = *row;
	struct eg_detail detail = { 0 };
	int r = 0;

	(void)app;
	if (row->key.has_ip && !row->key.overflow)
		r = eg_redact_address(redacting->redactor, row->scope, copy.key.ip);
	if (r == 0 && row->detail) {
		r = copy_detail(redacting->redactor, row, &detail);
		copy.detail = &detail;
	}
	if (r == 0)
		r = eg_summary_merge_row(redacting->into, &redacting->texts, &copy);
	free_names(&detail);
	return r;
}

static int copy_hosts(struct eg_redactor *redactor, const struct eg_summary *from,
		      struct eg_summary *into)
{
	int r = 0;

	into->hosts = calloc(from->hosts_count + 1, sizeof(*into->hosts));
	if (!into->hosts)
		return -ENOMEM;
	for (size_t i = 0; i < from->hosts_count && r == 0; i++) {
		struct eg_host *host = &into->hosts[into->hosts_count++];

		r = eg_redact_host(redactor, from->hosts[i].id, &host->id);
		if (r == 0)
			r = eg_redact_host(redactor, from->hosts[i].name, &host->name);
		if (r == 0)
			r = eg_text_set(&host->kernel, from->hosts[i].kernel);
	}
	return r;
}

static int copy_databases(const struct eg_summary *from, struct eg_summary *into)
{
	int r = 0;

	into->databases = calloc(from->databases_count + 1, sizeof(*into->databases));
	if (!into->databases)
		return -ENOMEM;
	for (size_t i = 0; i < from->databases_count && r == 0; i++) {
		const struct eg_database *database = &from->databases[i];
		struct eg_database *copy = &into->databases[into->databases_count++];

		r = eg_text_set(&copy->name, database->name);
		if (r == 0)
			r = eg_text_set(&copy->built, database->built);
		if (r == 0)
			r = eg_text_set(&copy->license, database->license);
		if (r == 0 && database->fields) {
			copy->fields = eg_text_list_copy(database->fields);
			r = copy->fields ? 0 : -ENOMEM;
		}
	}
	return r;
}

static int copy_ledger(struct eg_redactor *redactor, const struct eg_ledger *from,
		       struct eg_ledger *into)
{
	int r = 0;

	memcpy(into->excluded, from->excluded, sizeof(into->excluded));
	for (size_t i = 0; i < from->lost_count && r == 0; i++)
		r = eg_ledger_add_lost(into, from->lost[i].reason, from->lost[i].count);
	for (char *const *text = from->degraded; text && *text && r == 0; text++) {
		_cleanup_(eg_freep) char *redacted = NULL;

		r = eg_redact_text(redactor, *text, &redacted);
		if (r == 0)
			r = eg_ledger_add_degraded(into, redacted);
	}
	return r == 0 ? eg_ledger_add_degraded(into, sentence) : r;
}

static int copy_frame(struct eg_redactor *redactor, const struct eg_summary *from,
		      struct eg_summary *into)
{
	int r = copy_hosts(redactor, from, into);

	into->merged = from->merged;
	into->period = from->period;
	into->periods = calloc(from->periods_count + 1, sizeof(*into->periods));
	if (!into->periods)
		return -ENOMEM;
	for (size_t i = 0; i < from->periods_count; i++)
		into->periods[into->periods_count++] = from->periods[i];
	if (r == 0)
		r = copy_databases(from, into);
	return r == 0 ? copy_ledger(redactor, &from->ledger, &into->ledger) : r;
}

int eg_redact_summary(struct eg_redactor *redactor, const struct eg_summary *summary,
		      struct eg_summary **ret_summary)
{
	static const struct eg_visitor visitor = {
		.app_begin = app_begin,
		.process = process,
		.destination = destination,
	};
	struct redacting redacting = {
		.redactor = redactor,
		.into = eg_summary_new(summary->by),
	};
	int r = redacting.into ? copy_frame(redactor, summary, redacting.into) : -ENOMEM;

	if (r == 0)
		r = eg_summary_walk(summary, &visitor, &redacting);
	free_texts(&redacting.texts);
	if (r < 0) {
		eg_summary_free(redacting.into);
		return r;
	}
	*ret_summary = redacting.into;
	return 0;
}

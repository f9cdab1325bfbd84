/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One app of a summary. */
#include "app.h"
#include "destination.h"
#include "list.h"
#include "order.h"
#include "process.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/table.h>

struct eg_app *eg_app_new(const char *id, const struct eg_seed *seed, struct eg_place_pool *places,
			  uint64_t *rows_left)
{
	struct eg_app *app = calloc(1, sizeof(*app));

	if (!app)
		return NULL;
	app->id = strdup(id);
	app->destinations = eg_destination_table_new(seed, places, rows_left);
	if (!app->id || !app->destinations) {
		eg_app_free(app);
		return NULL;
	}
	return app;
}

void eg_app_free(struct eg_app *app)
{
	if (!app)
		return;
	eg_destination_table_free(app->destinations);
	for (size_t i = 0; i < app->processes_count; i++)
		eg_process_free(&app->processes[i]);
	free(app->processes);
	eg_table_free(app->processes_seen);
	free(app->users);
	eg_text_group_free(&eg_app_texts, app);
	free(app->id);
	free(app);
}

int eg_app_describe(struct eg_app *app, const char *kind, const char *name, const char *trust,
		    const char *via, const char *flag)
{
	const char *values[] = { kind, name, trust, via, flag };
	char **texts[] = { &app->kind, &app->name, &app->trust, &app->via, &app->flag };
	int r = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && r == 0; i++)
		r = eg_text_set(texts[i], values[i]);
	return r;
}

/* "kernel" is worth 0; what nobody vouches for is worth least. */
static size_t doubt(const char *trust)
{
	static const char *const order[] = { "kernel", "root", "user", "heuristic" };
	size_t i = 0;

	while (i < ARRAY_SIZE(order) && (!trust || strcmp(trust, order[i]) != 0))
		i++;
	return i;
}

int eg_app_join(struct eg_app *app, const char *kind, const char *name, const char *trust,
		const char *via, const char *flag)
{
	int r;

	if (!app->kind)
		return eg_app_describe(app, kind, name, trust, via, flag);
	r = doubt(trust) > doubt(app->trust) ? eg_text_set(&app->trust, trust) : 0;
	if (r == 0 && app->via && (!via || strcmp(app->via, via) != 0))
		r = eg_text_set(&app->via, NULL);
	if (r == 0 && !app->flag && flag)
		r = eg_text_set(&app->flag, flag);
	return r;
}

static int compare_users(const void *a, const void *b)
{
	return EG_ORDER(*(const uint32_t *)a, *(const uint32_t *)b);
}

int eg_app_add_users(struct eg_app *app, const uint32_t *users, size_t count)
{
	static const struct eg_list_ops ops = {
		.size = sizeof(*users),
		.compare = compare_users,
	};

	if (!count)
		return 0;
	if (eg_list_reserve(&app->users, app->users_count, count, sizeof(*users)) < 0)
		return -ENOMEM;
	memcpy(&app->users[app->users_count], users, count * sizeof(*users));
	app->users_count = eg_list_fold(app->users, app->users_count + count, &ops);
	return 0;
}

/* Called for each row that is added: mostly the user is known already. */
int eg_app_add_user(struct eg_app *app, uint32_t uid)
{
	if (app->users && bsearch(&uid, app->users, app->users_count, sizeof(uid), compare_users))
		return 0;
	return eg_app_add_users(app, &uid, 1);
}

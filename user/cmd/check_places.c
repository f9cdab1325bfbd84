/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What doctor says of databases. */
#include "check_places.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <egret/base.h>

#define TEXTS_PER_CHECK 2
#define WITHOUT "countries and operators are null"

void place_checks_free(struct place_checks *checks)
{
	for (size_t i = 0; checks->texts && i < TEXTS_PER_CHECK * checks->count; i++)
		free(checks->texts[i]);
	free(checks->texts);
	free(checks->checks);
	*checks = (struct place_checks){ 0 };
}

static const char *print_text(char **text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* NULL: out of memory. */
static const char *print_text(char **text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*text = eg_format(format, args);
	va_end(args);
	return *text;
}

/* "MMDB of 2026-11-01, 24 days old: country as; CC0-1.0" */
static const char *describe(const struct eg_geo_database *database, int64_t now, char **text)
{
	int64_t days = eg_geo_age_days(database, now);
	char time[EG_TIME_TEXT_MAX], age[64] = "of unknown age";

	if (days >= 0)
		snprintf(age, sizeof(age), "of %.10s, %" PRId64 " day%s old",
			 eg_time_text(database->built, time), days, days == 1 ? "" : "s");
	return print_text(text, "%s %s:%s%s%s; %s; %s", database->format, age,
			  database->fields & 1U << EG_GEO_COUNTRY ? " country" : "",
			  database->fields & 1U << EG_GEO_AS ? " operator" : "",
			  database->fields & 1U << EG_GEO_ANYCAST ? " anycast" : "",
			  database->license ? database->license : "licence unknown",
			  database->path);
}

static int check_database(const struct eg_geo_database *database, int64_t now, char *texts[],
			  struct eg_check *ret_check)
{
	bool old = eg_geo_age_days(database, now) > EG_GEO_OLD_DAYS;

	*ret_check = (struct eg_check){
		.name = print_text(&texts[0], "database %s", database->name),
		.status = database->refused || old ? EG_CHECK_DEGRADED : EG_CHECK_OK,
	};
	if (database->refused) {
		ret_check->detail =
			print_text(&texts[1], "%s: %s", database->path, database->refused);
		ret_check->affects = "what it would say is null, or another database's";
	} else {
		ret_check->detail = describe(database, now, &texts[1]);
		ret_check->affects = old ? "what it says may no longer be so: it is more than "
					   "90 days old"
					 : NULL;
	}
	return ret_check->name && ret_check->detail ? 0 : -ENOMEM;
}

static struct eg_check check_none(void)
{
	return (struct eg_check){
		.name = "databases",
		.status = EG_CHECK_MISSING,
		.detail = EG_NO_DATABASE,
		.affects = WITHOUT,
	};
}

int place_checks_make(const struct places *places, int64_t now, struct place_checks *ret_checks)
{
	const struct eg_geo *geo = places_geo(places);
	size_t databases = eg_geo_count(geo);
	struct place_checks checks = { .count = databases };
	int r = 0;

	checks.checks = calloc(databases + 1, sizeof(*checks.checks));
	checks.texts = calloc(TEXTS_PER_CHECK * (databases + 1), sizeof(*checks.texts));
	if (!checks.checks || !checks.texts)
		r = -ENOMEM;
	for (size_t i = 0; i < databases && r == 0; i++)
		r = check_database(eg_geo_database(geo, i), now, &checks.texts[TEXTS_PER_CHECK * i],
				   &checks.checks[i]);
	if (r < 0) {
		place_checks_free(&checks);
		return r;
	}
	/* Those that are refused come last. */
	if (!databases || eg_geo_database(geo, 0)->refused)
		checks.checks[checks.count++] = check_none();
	*ret_checks = checks;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known of destinations beyond the trace: places, operators, owners. */
#include "places.h"

#include <errno.h>
#include <string.h>

#include <egret/base.h>

#define DATE_SIZE 10 /* "2026-11-01", the start of RFC 3339 */

struct places {
	struct eg_geo *geo;
	struct eg_owners *owners;
};

/* The model's texts are its own; this one lives as long as it is looked at. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* --- opening --- */

static int open_owners(const struct eg_options *options, struct places *places)
{
	const char *file = options->owners;
	struct eg_owners_error error = { 0 };
	int r = eg_owners_open(file, &places->owners, &error);

	if (r == -ENOMEM)
		return eg_command_fail(options->of, r);
	if (r < 0 && error.line)
		eg_error("%s:%u: %s", file, error.line, error.reason);
	else if (r < 0)
		eg_error("%s: %s", file ? file : "owners", error.reason);
	return r < 0 ? EG_EXIT_USAGE : EG_EXIT_OK;
}

static void tell_refused(const struct eg_geo *geo)
{
	for (size_t i = 0; i < eg_geo_count(geo); i++) {
		const struct eg_geo_database *database = eg_geo_database(geo, i);

		if (database->refused)
			eg_warning("database %s is not used: %s", database->path,
				   database->refused);
	}
}

int places_open(const struct eg_options *options, struct places **ret_places)
{
	_cleanup_(places_closep) struct places *places = calloc(1, sizeof(*places));
	int status, error;

	if (!places)
		return eg_command_fail(options->of, -ENOMEM);
	status = open_owners(options, places);
	if (status)
		return status;
	error = eg_geo_open(options->geo, &places->geo);
	if (error)
		return eg_command_fail(options->of, error);
	tell_refused(places->geo);
	*ret_places = TAKE_PTR(places);
	return EG_EXIT_OK;
}

void places_close(struct places *places)
{
	if (!places)
		return;
	eg_geo_close(places->geo);
	eg_owners_close(places->owners);
	free(places);
}

struct eg_geo *places_geo(const struct places *places)
{
	return places->geo;
}

const struct eg_owners *places_owners(const struct places *places)
{
	return places->owners;
}

/* --- one address --- */

static const char *const basis_names[] = {
	[EG_GEO_REGISTRY] = "registry",
	[EG_GEO_GEOLOCATION] = "geolocation",
};

static void set_place(const struct places *places, struct place_answer *found)
{
	const struct eg_geo_answer *answer = &found->answer;
	const struct eg_owner *operated = NULL;
	struct eg_place *place = &found->place;

	if (*answer->country) {
		place->country = borrow(answer->country);
		place->country_basis = borrow(basis_names[answer->basis]);
	}
	if (answer->from[EG_GEO_ANYCAST] >= 0)
		place->anycast = answer->anycast ? EG_YES : EG_NO;
	place->as_number = answer->as_number;
	place->as_organization = borrow(answer->as_organization);
	if (answer->as_number)
		operated = eg_owners_find_as(places->owners, answer->as_number);
	if (*answer->as_country)
		place->as_country = borrow(answer->as_country);
	else if (operated)
		place->as_country = borrow(operated->country);
}

void places_find(struct places *places, const struct eg_destination_key *key, enum eg_scope scope,
		 struct place_answer *ret_answer)
{
	*ret_answer = (struct place_answer){ 0 };
	if (!key->has_ip || key->overflow || scope != EG_SCOPE_INTERNET ||
	    !eg_scope_is_located(key->ip))
		return;
	eg_geo_find(places->geo, key->ip, &ret_answer->answer);
	set_place(places, ret_answer);
}

/* --- the rows --- */

/* A domain that is corrected takes along what was said of the one before it. */
static int set_registered(struct eg_detail *detail)
{
	const char *registered = eg_domain_registered(detail->domain);
	char *copy = NULL;

	if (registered && detail->registered_domain &&
	    strcmp(detail->registered_domain, registered) == 0)
		return 0;
	if (registered) {
		copy = strdup(registered);
		if (!copy)
			return -ENOMEM;
	}
	free(detail->registered_domain);
	detail->registered_domain = copy;
	return 0;
}

void places_set_owner(const struct places *places, const char *domain, struct eg_place *place)
{
	const struct eg_owner *owner = eg_owners_find(places->owners, domain);

	place->owner_name = owner ? borrow(owner->name) : NULL;
	place->owner_country = owner ? borrow(owner->country) : NULL;
	place->owner_source = owner ? borrow(owner->source) : NULL;
}

/* A row of which nothing is known gets a place that says so, and is not asked for again. */
static int fill_row(struct eg_app *app, struct eg_destination *row, void *data)
{
	struct places *places = data;
	struct place_answer found = { .place = *eg_destination_place(row) };
	struct eg_detail *detail = row->detail;
	bool named = detail && detail->domain;

	if (row->place && !named)
		return 0;
	if (!row->place)
		places_find(places, &row->key, row->scope, &found);
	if (named) {
		if (set_registered(detail) < 0)
			return -ENOMEM;
		places_set_owner(places, detail->domain, &found.place);
	}
	return eg_app_set_place(app, row, &found.place);
}

/* --- the databases --- */

static int add_field(struct eg_database *into, size_t number, const char *name)
{
	into->fields[number] = strdup(name);
	return into->fields[number] ? 0 : -ENOMEM;
}

static int describe_fields(const struct eg_geo_database *database, struct eg_database *into)
{
	static const char *const names[] = {
		[EG_GEO_COUNTRY] = "country",
		[EG_GEO_AS] = "as",
		[EG_GEO_ANYCAST] = "anycast",
	};
	_Static_assert(ARRAY_SIZE(names) == EG_GEO_FIELDS, "every field has a name");
	size_t count = 0;
	int r = 0;

	into->fields = calloc(EG_GEO_FIELDS + 1, sizeof(*into->fields));
	if (!into->fields)
		return -ENOMEM;
	for (size_t i = 0; i < EG_GEO_FIELDS && r == 0; i++) {
		if (database->fields & 1U << i)
			r = add_field(into, count++, names[i]);
	}
	return r;
}

/* Partly described, it is still the summary's to free. */
static int describe(const struct eg_geo_database *database, struct eg_database *into)
{
	char time[EG_TIME_TEXT_MAX];

	into->name = strdup(database->name);
	if (!into->name)
		return -ENOMEM;
	if (database->built) {
		into->built = strndup(eg_time_text(database->built, time), DATE_SIZE);
		if (!into->built)
			return -ENOMEM;
	}
	if (database->license) {
		into->license = strdup(database->license);
		if (!into->license)
			return -ENOMEM;
	}
	return describe_fields(database, into);
}

static int add_sentence(struct eg_ledger *ledger, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int add_sentence(struct eg_ledger *ledger, const char *format, ...)
{
	_cleanup_(eg_freep) char *sentence = NULL;
	va_list args;

	va_start(args, format);
	sentence = eg_format(format, args);
	va_end(args);
	return sentence ? eg_ledger_add_degraded(ledger, sentence) : -ENOMEM;
}

/* The date and not the age: the same sentence in each interval and in a merge of them. */
static int complain(const struct eg_geo_database *database, struct eg_ledger *ledger, int64_t now)
{
	char time[EG_TIME_TEXT_MAX];

	if (database->refused)
		return add_sentence(ledger, "database %s is not used: %s", database->path,
				    database->refused);
	if (eg_geo_age_days(database, now) <= EG_GEO_OLD_DAYS)
		return 0;
	return add_sentence(ledger,
			    "database %s is of %.*s, more than %d days old: what it says may no "
			    "longer be so",
			    database->name, DATE_SIZE, eg_time_text(database->built, time),
			    EG_GEO_OLD_DAYS);
}

static int add_databases(const struct eg_geo *geo, struct eg_summary *summary)
{
	size_t count = eg_geo_count(geo);
	int64_t now = eg_now_ns();
	int r = 0;

	summary->databases = calloc(count + 1, sizeof(*summary->databases));
	if (!summary->databases)
		return -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct eg_geo_database *database = eg_geo_database(geo, i);

		if (!database->refused)
			r = describe(database, &summary->databases[summary->databases_count++]);
		if (r == 0)
			r = complain(database, &summary->ledger, now);
	}
	if (r == 0 && !summary->databases_count)
		r = eg_ledger_add_degraded(&summary->ledger, EG_NO_DATABASE);
	return r;
}

int places_fill(struct places *places, struct eg_summary *summary)
{
	int r = eg_summary_each(summary, fill_row, places);

	if (r == 0 && !summary->databases)
		r = add_databases(places->geo, summary);
	return r;
}

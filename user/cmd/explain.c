/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret explain: each claim about an address or name, with its source, certainty and age. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include <egret/base.h>
#include <egret/ip.h>

#include "claims.h"
#include "cmd.h"
#include "history.h"
#include "input.h"
#include "places.h"

#define REGISTRIES "IANA special-purpose address registries"

struct explaining {
	char *name; /* of the destination, lower case, without a dot at its end */
	uint8_t ip[16];
	bool is_ip;
	struct places *places;
	struct eg_summary *summary; /* NULL: none */
	const char *summary_path;
	struct claims claims;
	uint64_t rows;
};

/* --- databases and tables --- */

/* "database libloc (CC BY-SA 4.0)", on the caller's stack. */
#define SOURCE_SIZE 256
static const char *source_text(const struct eg_geo_database *database,
			       char buffer[static SOURCE_SIZE])
{
	snprintf(buffer, SOURCE_SIZE, "database %s%s%s%s", database->name,
		 database->license ? " (" : "", database->license ? database->license : "",
		 database->license ? ")" : "");
	return buffer;
}

/* One field of an answer: what it says, or that nobody knows. */
static int claim_field(struct explaining *explaining, const struct eg_geo_answer *answer,
		       enum eg_geo_field field, const struct eg_claim *start)
{
	struct eg_geo *geo = places_geo(explaining->places);
	const struct eg_geo_database *database = NULL;
	struct eg_claim claim = *start;
	char source[SOURCE_SIZE];

	claim.source = "no database here knows it";
	claim.certainty = NULL;
	if (answer->from[field] >= 0) {
		database = eg_geo_database(geo, (size_t)answer->from[field]);
		claim.source = source_text(database, source);
		claim.certainty = start->certainty;
		claim.as_of = database->built;
	}
	return claims_add(&explaining->claims, &claim);
}

static int claim_operator_country(struct explaining *explaining, const char *about,
				  const struct eg_geo_answer *answer)
{
	const struct eg_owner *operated =
		eg_owners_find_as(places_owners(explaining->places), answer->as_number);
	struct eg_claim claim = { .about = about, .topic = "operator country" };

	if (*answer->as_country) {
		claim.value = answer->as_country;
		claim.certainty = "registry";
		return claim_field(explaining, answer, EG_GEO_AS, &claim);
	}
	if (!answer->as_number || !operated)
		return 0;
	claim.value = operated->country;
	return claims_add_owner(&explaining->claims, claim, operated, operated->name);
}

/* "AS64500 Example Pte", as far as it is known; NULL: not at all. */
static const char *operator_text(uint32_t number, const char *organization,
				 char buffer[static SOURCE_SIZE])
{
	if (!number)
		return organization;
	snprintf(buffer, SOURCE_SIZE, "AS%u%s%s", number, organization ? " " : "",
		 organization ? organization : "");
	return buffer;
}

static int claim_operator(struct explaining *explaining, const char *about,
			  const struct eg_geo_answer *answer)
{
	char text[SOURCE_SIZE];
	struct eg_claim claim = { .about = about, .topic = "operator", .certainty = "registry" };

	claim.value = operator_text(answer->as_number, answer->as_organization, text);
	return claim_field(explaining, answer, EG_GEO_AS, &claim);
}

/* What the databases of this host say of an address now. */
static int claim_place(struct explaining *explaining, const uint8_t ip[16], const char *about)
{
	struct eg_claim country = { .about = about, .topic = "country" };
	struct eg_claim anycast = { .about = about, .topic = "anycast", .certainty = "flag" };
	struct eg_geo_answer answer;
	int r;

	eg_geo_find(places_geo(explaining->places), ip, &answer);
	if (*answer.country)
		country.value = answer.country;
	country.certainty = answer.basis == EG_GEO_REGISTRY ? "registry" : "geolocation";
	if (answer.anycast) {
		country.certainty = "flag";
		country.detail = "anycast: the address is in many places at once";
	}
	if (answer.from[EG_GEO_ANYCAST] >= 0)
		anycast.value = answer.anycast ? "yes" : "no";
	r = claim_field(explaining, &answer, answer.anycast ? EG_GEO_ANYCAST : EG_GEO_COUNTRY,
			&country);
	if (r == 0)
		r = claim_field(explaining, &answer, EG_GEO_ANYCAST, &anycast);
	if (r == 0)
		r = claim_operator(explaining, about, &answer);
	return r == 0 ? claim_operator_country(explaining, about, &answer) : r;
}

static int claim_address(struct explaining *explaining, const uint8_t ip[16])
{
	enum eg_scope scope = eg_scope_of(ip);
	char about[46];
	int r;

	eg_ip_text(ip, about);
	r = claims_add(&explaining->claims, &(struct eg_claim){ .about = about,
								.topic = "scope",
								.value = eg_scope_name(scope),
								.source = REGISTRIES,
								.certainty = "certain" });
	if (r < 0 || scope != EG_SCOPE_INTERNET)
		return r;
	if (!eg_scope_is_located(ip))
		return claims_add(&explaining->claims,
				  &(struct eg_claim){ .about = about,
						      .topic = "country",
						      .source = REGISTRIES,
						      .certainty = "certain",
						      .detail = "a translator or tunnel: packets "
								"go on to the IPv4 address in "
								"it" });
	return claim_place(explaining, ip, about);
}

static int claim_owner(struct explaining *explaining, const char *name)
{
	const struct eg_owner *owner = eg_owners_find(places_owners(explaining->places), name);
	struct eg_claim claim = { .about = name, .topic = "owner" };
	int r;

	if (!owner) {
		claim.source = "no table here knows it";
		return claims_add(&explaining->claims, &claim);
	}
	claim.value = owner->name;
	r = claims_add_owner(&explaining->claims, claim, owner, NULL);
	claim.topic = "owner country";
	return r == 0 ? claims_add_seat(&explaining->claims, claim, owner) : r;
}

static int claim_name(struct explaining *explaining, const char *name)
{
	const char *registered = eg_domain_registered(name);
	int r = 0;

	if (registered)
		r = claims_add(&explaining->claims,
			       &(struct eg_claim){ .about = name,
						   .topic = "registered domain",
						   .value = registered,
						   .source = "public suffix list",
						   .certainty = "certain" });
	return r == 0 ? claim_owner(explaining, name) : r;
}

/* --- the summary --- */

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	if (length < end_length || strcasecmp(name + length - end_length, end) != 0)
		return false;
	return length == end_length || name[length - end_length - 1] == '.';
}

static bool is_about(const struct explaining *explaining, const struct eg_destination *row)
{
	const struct eg_detail *detail = row->detail;

	if (explaining->is_ip)
		return row->key.has_ip && !row->key.overflow &&
		       memcmp(row->key.ip, explaining->ip, sizeof(explaining->ip)) == 0;
	if (!detail)
		return false;
	if (detail->domain && ends_with(detail->domain, explaining->name))
		return true;
	for (size_t i = 0; i < detail->names_count; i++) {
		if (ends_with(detail->names[i].name, explaining->name))
			return true;
	}
	return false;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* "443/tcp outbound: 120 bytes sent, 15 received, 2 connections, 1 failed" */
static int claim_app(struct explaining *explaining, const char *about, const struct eg_app *app,
		     const struct eg_destination *row)
{
	const struct eg_counters *counters = &row->counters;
	char transport[16], port[8] = "";
	const char *flag = app->flag;

	if (row->key.has_port)
		snprintf(port, sizeof(port), "%u/", row->key.port);
	return claims_add_detail(&explaining->claims,
				 (struct eg_claim){ .about = about,
						    .topic = "app",
						    .value = app->id,
						    .source = explaining->summary_path,
						    .certainty = "measured",
						    .as_of = counters->last_seen },
				 "%s%s %s: %" PRIu64 " byte%s sent, %" PRIu64 " received, %" PRIu64
				 " connection%s, %" PRIu64 " failed; trust %s%s%s%s%s",
				 port, eg_transport_name(row->key.transport, transport),
				 row->key.direction ? "inbound" : "outbound", counters->bytes.sent,
				 plural(counters->bytes.sent), counters->bytes.received,
				 counters->connections, plural(counters->connections),
				 counters->failed, app->trust ? app->trust : "unknown",
				 app->via ? ", via " : "", app->via ? app->via : "",
				 flag ? ", flag " : "", flag ? flag : "");
}

static int claim_names(struct explaining *explaining, const char *about,
		       const struct eg_destination *row)
{
	const struct eg_detail *detail = row->detail;
	struct eg_claim claim = { .about = about,
				  .topic = "name",
				  .as_of = row->counters.last_seen };
	int r = 0;

	for (size_t i = 0; detail && i < detail->names_count && r == 0; i++) {
		const struct eg_name *name = &detail->names[i];

		claim.value = name->name;
		claim.source = name->source;
		claim.certainty = name->confidence;
		r = claims_add_detail(&explaining->claims, claim,
				      "%" PRIu64 " byte%s sent, %" PRIu64 " received, %" PRIu64
				      " connection%s",
				      name->bytes.sent, plural(name->bytes.sent),
				      name->bytes.received, name->connections,
				      plural(name->connections));
	}
	if (r < 0 || !detail || !detail->domain || detail->names_count)
		return r;
	claim.value = detail->domain;
	claim.source = detail->domain_source;
	claim.certainty = detail->domain_confidence;
	return claims_add(&explaining->claims, &claim);
}

/* What was known of its place when it was traced: databases change. */
static int claim_recorded(struct explaining *explaining, const char *about,
			  const struct eg_destination *row)
{
	const struct eg_place *place = eg_destination_place(row);
	char text[SOURCE_SIZE];
	const struct {
		const char *topic, *value, *certainty;
	} recorded[] = {
		{ "country", place->country, place->country_basis },
		{ "operator", operator_text(place->as_number, place->as_organization, text), NULL },
		{ "operator country", place->as_country, NULL },
		{ "owner", place->owner_name, place->owner_source },
		{ "owner country", place->owner_country, place->owner_source },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(recorded) && r == 0; i++) {
		if (recorded[i].value)
			r = claims_add(&explaining->claims,
				       &(struct eg_claim){ .about = about,
							   .topic = recorded[i].topic,
							   .value = recorded[i].value,
							   .source = explaining->summary_path,
							   .certainty = recorded[i].certainty,
							   .as_of = row->counters.last_seen,
							   .detail = "as it was recorded" });
	}
	return r;
}

static int explain_row(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	struct explaining *explaining = data;
	char about[46] = "unknown address";
	int r = 0;

	if (!is_about(explaining, row))
		return 0;
	explaining->rows++;
	if (row->key.has_ip && !row->key.overflow)
		eg_ip_text(row->key.ip, about);
	if (row->key.has_ip && !explaining->is_ip)
		r = claim_address(explaining, row->key.ip);
	if (r == 0)
		r = claim_names(explaining, about, row);
	if (r == 0)
		r = claim_recorded(explaining, about, row);
	return r == 0 ? claim_app(explaining, about, app, row) : r;
}

/* Names that the address goes by have owners, too. */
static int claim_found_names(struct explaining *explaining)
{
	size_t count = explaining->claims.count;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		const struct eg_claim *claim = &explaining->claims.list[i];
		_cleanup_(eg_freep) char *name = NULL;

		if (strcmp(claim->topic, "name") != 0 || !claim->value)
			continue;
		name = strdup(claim->value);
		r = name ? claim_name(explaining, name) : -ENOMEM;
	}
	return r;
}

/* --- the command --- */

/* Could it be a name? Not its form in other scripts, which no packet has. */
static bool is_name(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!isalnum((unsigned char)text[i]) && !strchr("-_.", text[i]))
			return false;
	}
	return size > 0;
}

/* "*.example.com" is asked of all below example.com, as example.com is. */
static int parse(const char *destination, struct explaining *explaining)
{
	const char *name = destination + (strncmp(destination, "*.", 2) == 0 ? 2 : 0);
	size_t size = strlen(name);

	explaining->is_ip = eg_ip_parse(destination, explaining->ip) == 0;
	if (explaining->is_ip)
		return 0;
	if (size && name[size - 1] == '.')
		size--;
	if (!is_name(name, size)) {
		eg_error("explain: '%s' is neither an address nor a name", destination);
		return -EINVAL;
	}
	explaining->name = strndup(name, size);
	if (!explaining->name)
		return -ENOMEM;
	for (char *c = explaining->name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return 0;
}

static int gather(struct explaining *explaining)
{
	static const struct eg_visitor visitor = { .destination = explain_row };
	int r = explaining->is_ip ? claim_address(explaining, explaining->ip)
				  : claim_name(explaining, explaining->name);

	if (r == 0 && explaining->summary)
		r = eg_summary_walk(explaining->summary, &visitor, explaining);
	if (r == 0)
		r = claim_found_names(explaining);
	claims_sort(&explaining->claims);
	return r;
}

struct print {
	const struct eg_output *output;
	const struct eg_explanation *explanation;
};

static int print(FILE *stream, void *data)
{
	const struct print *what = data;

	return eg_print_explanation(stream, what->output->format, what->explanation,
				    &what->output->print);
}

/* What the history has of the time since then. 0, or an exit status. */
static int read_history(const struct eg_options *options, struct explaining *explaining)
{
	const struct eg_period period = { .start = options->since, .end = eg_now_ns() };
	struct eg_store *store = NULL;
	int status = history_open(options, &store);

	if (!status)
		status = history_read(options, store, &period, &explaining->summary);
	eg_store_close(store);
	explaining->summary_path = history_path(options);
	return status;
}

/* Where it was seen: in a summary, in the history, or nowhere. 0, or an exit status. */
static int read_summary(const struct eg_options *options, struct explaining *explaining)
{
	int r;

	explaining->summary_path = options->summary;
	if (options->summary && options->since) {
		eg_error("explain: either --summary or --since");
		return EG_EXIT_USAGE;
	}
	if (options->since)
		return read_history(options, explaining);
	if (!options->summary)
		return EG_EXIT_OK;
	r = input_merge(options->summary, INPUT_DOCUMENT_MAX, &explaining->summary);
	if (r < 0)
		return r == -ENOMEM ? eg_command_fail(options->of, r) : EG_EXIT_USAGE;
	return EG_EXIT_OK;
}

static int explain(const struct eg_options *options, struct explaining *explaining)
{
	struct eg_explanation explanation = { .destination = options->operands[0] };
	struct eg_output output;
	struct print what = { .output = &output, .explanation = &explanation };
	int r = parse(options->operands[0], explaining), status;

	if (r < 0)
		return r == -ENOMEM ? eg_command_fail(options->of, r) : EG_EXIT_USAGE;
	status = read_summary(options, explaining);
	if (status)
		return status;
	r = gather(explaining);
	if (r < 0)
		return eg_command_fail(options->of, r);
	if (eg_output_open(options, &output) < 0)
		return EG_EXIT_INCOMPLETE;
	explanation.now = eg_now_ns();
	explanation.searched = explaining->summary;
	explanation.rows = explaining->rows;
	explanation.claims = explaining->claims.list;
	explanation.claims_count = explaining->claims.count;
	explanation.omitted = explaining->claims.omitted;
	return eg_output_write(&output, print, &what) < 0 ? EG_EXIT_INCOMPLETE : EG_EXIT_OK;
}

static int run(const struct eg_options *options)
{
	struct explaining explaining = { 0 };
	int status = places_open(options, &explaining.places);

	if (!status)
		status = explain(options, &explaining);
	claims_free(&explaining.claims);
	eg_summary_free(explaining.summary);
	places_close(explaining.places);
	free(explaining.name);
	return status;
}

const struct eg_command eg_command_explain = {
	.name = "explain",
	.help = "tell all that is known of an address or name, and by whom",
	.arguments = "DESTINATION",
	.options = EG_OPTIONS_COMMON | EG_OPTIONS_OUTPUT | EG_OPTIONS_PLACES |
		   EG_BIT(EG_OPTION_SUMMARY) | EG_BIT(EG_OPTION_SINCE) | EG_BIT(EG_OPTION_DATABASE),
	.formats = EG_BIT(EG_FORMAT_TEXT) | EG_BIT(EG_FORMAT_JSON),
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};

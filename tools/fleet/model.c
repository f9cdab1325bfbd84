/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a simulated host does in an interval. */
#include "model.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <egret/abi.h>
#include <egret/base.h>

#include "contact.h"
#include "dice.h"

#define HOUR_NS (3600 * NSEC_PER_SEC)
#define DAY_NS (24 * HOUR_NS)
#define SESSION_NS (1200 * NSEC_PER_SEC) /* a program is used, or not, for so long */

/* What the dice of a host are thrown for. */
enum throw { HOST = 1, INSTALLED, SESSION, CONTACTS, NIGHT, PROCESS, LEDGER };

/* --- hosts --- */

static enum persona choose_persona(struct dice *dice)
{
	static const enum persona personas[] = { OFFICE, OFFICE, OFFICE, OFFICE,    DEVELOPER,
						 HOME,	 HOME,	 SERVER, DEVELOPER, KIOSK };

	return personas[dice_choice(dice, ARRAY_SIZE(personas))];
}

static const char *persona_name(enum persona persona)
{
	switch (persona) {
	case OFFICE:
		return "office";
	case DEVELOPER:
		return "dev";
	case HOME:
		return "home";
	case SERVER:
		return "server";
	default:
		return "kiosk";
	}
}

static const char *choose_kernel(struct dice *dice)
{
	static const char *const kernels[] = { "6.1.0-41-amd64", "6.12.57+deb13-amd64",
					       "6.8.0-88-generic", "6.17.8-arch1-1" };

	return kernels[dice_choice(dice, ARRAY_SIZE(kernels))];
}

static int choose_clock(struct dice *dice, enum region region)
{
	static const int8_t hours[REGIONS][3] = {
		[EUROPE] = { 0, 1, 2 },
		[AMERICA] = { -8, -6, -5 },
		[ASIA] = { 5, 8, 9 },
	};

	return hours[region][dice_choice(dice, 3)];
}

static int install(struct fleet_host *host)
{
	host->installed = calloc(programs_count, sizeof(*host->installed));
	if (!host->installed)
		return -ENOMEM;
	for (size_t i = 0; i < programs_count; i++) {
		struct dice dice = dice_of(host->seed, INSTALLED, i);

		if (programs[i].hosts & host->persona &&
		    dice_choice(&dice, 100) < programs[i].share)
			host->installed[host->installed_count++] = (uint8_t)i;
	}
	return 0;
}

int fleet_host_make(uint64_t seed, unsigned number, const char *id, double load,
		    struct fleet_host *ret_host)
{
	struct dice dice = dice_of(seed, HOST, number);
	struct fleet_host host = { .load = load };
	int r;

	host.seed = dice_number(&dice);
	host.persona = choose_persona(&dice);
	host.region = (enum region)dice_choice(&dice, REGIONS);
	host.hours_east = choose_clock(&dice, host.region);
	host.kernel = choose_kernel(&dice);
	snprintf(host.name, sizeof(host.name), "%s%05u", persona_name(host.persona), number);
	if (id)
		snprintf(host.id, sizeof(host.id), "%s", id);
	else
		snprintf(host.id, sizeof(host.id), "%016" PRIx64 "%016" PRIx64, dice_number(&dice),
			 dice_number(&dice));
	r = install(&host);
	if (r == 0)
		*ret_host = host;
	return r;
}

void fleet_host_free(struct fleet_host *host)
{
	free(host->installed);
	host->installed = NULL;
}

/* --- day and night --- */

static int64_t local_time(const struct fleet_host *host, int64_t time)
{
	return time + host->hours_east * HOUR_NS;
}

/* From 0 to 1 and back between two hours of the day; 0 outside. */
static double hump(double hour, double from, double to)
{
	return hour > from && hour < to ? sin((hour - from) / (to - from) * M_PI) : 0;
}

/* How much is going on at a host, 0 to 1: its people's presence, or a server's load. */
static double presence(const struct fleet_host *host, int64_t time)
{
	int64_t local = local_time(host, time);
	double hour = (double)(local % DAY_NS) / (double)HOUR_NS;
	int64_t weekday = (local / DAY_NS + 3) % 7; /* 1970-01-01 was a Thursday; 0: Monday */
	bool weekend = weekday >= 5;

	switch (host->persona) {
	case OFFICE: /* with a lunch break */
		return weekend ? 0
			       : fmin(1, 1.6 * hump(hour, 7.5, 18.5)) - 0.5 * hump(hour, 12, 13);
	case DEVELOPER:
		return (weekend ? 0.2 : 1) * fmin(1, 1.5 * hump(hour, 8.5, 22));
	case HOME:
		return weekend ? hump(hour, 8, 25)
			       : 0.9 * hump(hour, 16, 24) + 0.2 * hump(hour, 6, 8);
	case SERVER:
		return (weekend ? 0.6 : 1) * (0.25 + 0.75 * hump(hour, 5, 24));
	default:
		return 0.3;
	}
}

static bool is_on(const struct fleet_host *host, int64_t time)
{
	return host->persona & (SERVER | KIOSK) || presence(host, time) > 0.02;
}

/* Is a program used by somebody, in the session that this moment belongs to? */
static bool in_session(const struct fleet_host *host, size_t program, int64_t time)
{
	int64_t session = time / SESSION_NS;
	struct dice dice = dice_of(host->seed, SESSION + 16 * program, (uint64_t)session);

	return dice_share(&dice) < 0.55 * presence(host, session * SESSION_NS);
}

/* What runs once a night runs in an hour of the host's own; where that is off then, by day. */
static bool in_night(const struct fleet_host *host, size_t program, int64_t time)
{
	int64_t local = local_time(host, time);
	struct dice dice = dice_of(host->seed, NIGHT, program);
	unsigned begin = host->persona & (SERVER | KIOSK) ? dice_choice(&dice, 6)
							  : 10 + dice_choice(&dice, 8);

	return local % DAY_NS / HOUR_NS == begin;
}

/* How many times as busy as usual the program is. */
static double rate(const struct fleet_host *host, size_t program, int64_t time)
{
	if (!is_on(host, time))
		return 0;
	switch (programs[program].rhythm) {
	case WITH_PEOPLE:
		return in_session(host, program, time) ? 1 : 0.01;
	case WITH_LOAD:
		return presence(host, time);
	case NIGHTLY:
		return in_night(host, program, time);
	default:
		return 1;
	}
}

/* --- the interval --- */

static int add_process(const struct fleet_host *host, struct eg_app *app, size_t number,
		       int64_t time)
{
	const struct program *program = &programs[number];
	int64_t boot = host->persona & (SERVER | KIOSK) ? 30 * DAY_NS : DAY_NS;
	int64_t start = time / boot * boot;
	struct dice dice = dice_of(host->seed, PROCESS + 16 * number, (uint64_t)start);
	const char *name;
	struct eg_process_info process = {
		.start = start + (int64_t)dice_choice(&dice, 40000) * 1000000,
		.pid = 600 + dice_choice(&dice, 90000),
		.ppid = 1,
		.uid = program->user,
		.has_uid = true,
		.has_ppid = true,
	};

	if (!program->executable)
		return 0;
	name = strrchr(program->executable, '/') + 1;
	process.comm = strndup(name, 15);
	process.executable = strdup(program->executable);
	process.cgroup =
		strdup(program->user == 1000 ? "/user.slice/user-1000.slice" : "/system.slice");
	if (!process.comm || !process.executable || !process.cgroup) {
		eg_process_free(&process);
		return -ENOMEM;
	}
	return eg_app_add_process(app, &process);
}

static int add_app(const struct fleet_host *host, struct eg_summary *summary, size_t number,
		   struct eg_app **ret_app)
{
	const struct program *program = &programs[number];
	int r = eg_summary_app(summary, program->id, ret_app);

	if (r == 0)
		r = eg_app_describe(*ret_app, program->kind, program->name, program->trust,
				    program->via, NULL);
	if (r == 0 && program->executable)
		r = eg_app_add_user(*ret_app, program->user);
	return r == 0 ? add_process(host, *ret_app, number, summary->period.start) : r;
}

static int add_contacts(const struct fleet_host *host, struct eg_summary *summary, size_t number)
{
	const struct program *program = &programs[number];
	int64_t time = summary->period.start;
	double minutes = (double)(summary->period.end - time) / (60.0 * NSEC_PER_SEC);
	struct dice dice = dice_of(host->seed, CONTACTS + 16 * number, (uint64_t)time);
	unsigned count = dice_count(&dice, program->per_minute * minutes * host->load *
						   rate(host, number, time));
	struct eg_app *app;
	int r = count ? add_app(host, summary, number, &app) : 0;

	for (unsigned i = 0; i < count && r == 0; i++)
		r = contact_add(host, program, app, &summary->period, &dice);
	return r;
}

static int fill_database(struct eg_database *database, const char *name, const char *field)
{
	database->name = strdup(name);
	database->built = strdup("2026-11-01");
	database->license = strdup("PDDL-1.0");
	database->fields = calloc(2, sizeof(*database->fields));
	if (!database->name || !database->built || !database->license || !database->fields)
		return -ENOMEM;
	database->fields[0] = strdup(field);
	return database->fields[0] ? 0 : -ENOMEM;
}

static int fill_host(const struct fleet_host *host, struct eg_host *into)
{
	into->id = strdup(host->id);
	into->name = strdup(host->name);
	into->kernel = strdup(host->kernel);
	return into->id && into->name && into->kernel ? 0 : -ENOMEM;
}

static int fill_frame(const struct fleet_host *host, const struct eg_period *period,
		      struct eg_summary *summary)
{
	int r;

	summary->hosts = calloc(1, sizeof(*summary->hosts));
	summary->periods = calloc(1, sizeof(*summary->periods));
	summary->databases = calloc(2, sizeof(*summary->databases));
	if (!summary->hosts || !summary->periods || !summary->databases)
		return -ENOMEM;
	summary->hosts_count = summary->periods_count = 1;
	summary->databases_count = 2;
	summary->period = summary->periods[0] = *period;
	r = fill_host(host, summary->hosts);
	if (r == 0)
		r = fill_database(&summary->databases[0], "origin-asn", "as");
	return r == 0 ? fill_database(&summary->databases[1], "server-country", "country") : r;
}

/* Now and then a sample for a name comes too fast: that loses no byte. */
static int fill_ledger(const struct fleet_host *host, struct eg_summary *summary)
{
	struct dice dice = dice_of(host->seed, LEDGER, (uint64_t)summary->period.start);

	if (dice_choice(&dice, 500))
		return 0;
	return eg_ledger_add_lost(&summary->ledger, "names_skipped", 1 + dice_choice(&dice, 9));
}

int fleet_interval(const struct fleet_host *host, const struct eg_period *period,
		   struct eg_summary **ret_summary)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	int r = summary ? fill_frame(host, period, summary) : -ENOMEM;

	for (size_t i = 0; i < host->installed_count && r == 0; i++)
		r = add_contacts(host, summary, host->installed[i]);
	if (r == 0)
		r = fill_ledger(host, summary);
	if (r < 0)
		eg_summary_free(summary);
	else
		*ret_summary = summary;
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A made-up desktop's traffic, interval by interval: the same on each run. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#include "office.h"

#define APPS 50U
#define DESTINATIONS 400U /* of each app */
#define OPERATORS 300U
#define TALK_INTERVALS 6 /* on average */

/* From 0 to below 1 (SplitMix64). */
static double chance(struct office *office)
{
	uint64_t z = (office->chance += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (double)((z ^ (z >> 31)) >> 11) / (double)(1ULL << 53);
}

/* Of `count` things; the first ones far more often. */
static unsigned pick(struct office *office, unsigned count)
{
	double part = chance(office);

	return (unsigned)(part * part * part * count);
}

/* --- what is always there --- */

static int add_head(struct eg_summary *summary, int64_t start, int64_t interval)
{
	summary->period = (struct eg_period){ start, start + interval };
	summary->periods = calloc(1, sizeof(*summary->periods));
	summary->hosts = calloc(1, sizeof(*summary->hosts));
	if (!summary->periods || !summary->hosts)
		return -1;
	summary->periods[0] = summary->period;
	summary->periods_count = summary->hosts_count = 1;
	summary->hosts[0].id = strdup("6f1d9c0e5b7a4c1f8d2e3b4a5c6d7e8f");
	summary->hosts[0].name = strdup("ws1");
	return summary->hosts[0].id && summary->hosts[0].name ? 0 : -1;
}

static int add_process(struct eg_app *app, unsigned number, int64_t start)
{
	struct eg_process_info process = {
		.pid = 1000 + number,
		/* Started anew each day. */
		.start = start - start % (86400 * NSEC_PER_SEC) + number,
		.has_uid = true,
		.uid = 1000,
		.comm = strdup("program"),
		.executable = strdup("/usr/bin/program"),
		.cgroup = strdup("/user.slice/user-1000.slice/user@1000.service/app.slice"),
	};

	return eg_app_add_process(app, &process);
}

static int get_app(struct eg_summary *summary, unsigned number, struct eg_app **ret_app)
{
	char id[64];

	snprintf(id, sizeof(id), "flatpak:org.example.Application%u", number);
	if (eg_summary_app(summary, id, ret_app) < 0)
		return -1;
	if ((*ret_app)->kind)
		return 0;
	snprintf(id, sizeof(id), "Application %u", number);
	if (eg_app_describe(*ret_app, "flatpak", id, "root", NULL, NULL) < 0 ||
	    eg_app_add_user(*ret_app, 1000) < 0)
		return -1;
	return add_process(*ret_app, number, summary->period.start);
}

/* --- rows --- */

static int describe(struct eg_app *app, struct eg_destination *row, unsigned number)
{
	unsigned operator= number % OPERATORS;
	struct eg_detail *detail = eg_destination_detail(row);
	char organization[32], domain[64], name[96], country[3] = { 0 };
	struct eg_place place = {
		.as_organization = organization,
		.as_country = country,
		.country = country,
		.country_basis = (char *)(uintptr_t) "registry",
		.as_number = 64500 + operator,
		.anycast = EG_NO,
	};

	if (!detail)
		return -1;
	country[0] = (char)('A' + operator% 26);
	country[1] = (char)('A' + operator/ 26);
	snprintf(organization, sizeof(organization), "Operator %u", operator);
	snprintf(domain, sizeof(domain), "example-%u.com", number / 3);
	snprintf(name, sizeof(name), "cdn%u.%s", number % 3, domain);
	detail->domain = strdup(name);
	detail->domain_source = strdup("tls_sni");
	detail->domain_confidence = strdup("corroborated");
	detail->registered_domain = strdup(domain);
	return detail->domain ? eg_app_set_place(app, row, &place) : -1;
}

/* Who talks in this row: mostly who did in the interval before. */
static unsigned talk(struct office *office, unsigned row)
{
	unsigned *talk = &office->talks[row];

	if (!*talk || chance(office) * TALK_INTERVALS < 1)
		*talk = pick(office, APPS) * DESTINATIONS + pick(office, DESTINATIONS) + 1;
	return *talk - 1;
}

static int add_row(struct office *office, struct eg_summary *summary, unsigned talking)
{
	unsigned number = talking / DESTINATIONS, destination = talking % DESTINATIONS;
	int64_t first =
		summary->period.start + pick(office, 1000000) * (office->interval / 2000000);
	struct eg_destination_key key = {
		.ip = { [10] = 0xff,
			[11] = 0xff,
			192,
			(uint8_t)number,
			(uint8_t)(destination >> 8),
			(uint8_t)destination },
		.port = 443,
		.transport = IPPROTO_TCP,
		.has_ip = true,
		.has_port = true,
	};
	struct eg_counters counters = {
		.bytes = { .sent = 200 + pick(office, 100000), .received = pick(office, 9000000) },
		.connections = pick(office, 4),
		.first_seen = first,
		.last_seen = first + pick(office, 1000000) * (office->interval / 2000000),
	};
	struct eg_destination *row;
	struct eg_app *app;

	if (get_app(summary, number, &app) < 0 ||
	    eg_app_add(app, &key, &counters, 1000 + pick(office, 100000), &row) < 0)
		return -1;
	if (!row->detail && describe(app, row, talking) < 0)
		return -1;
	return eg_destination_add_name(row, row->detail->domain, "tls_sni", "corroborated",
				       counters.connections, &counters.bytes);
}

struct eg_summary *office_interval(struct office *office, int64_t start, unsigned rows)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	int r = summary ? add_head(summary, start, office->interval) : -1;

	for (unsigned i = 0; i < rows && r == 0; i++)
		r = add_row(office, summary, talk(office, i));
	if (r == 0)
		return summary;
	eg_summary_free(summary);
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Makes histories to report on: history ordinary|harmful|large|empty|small FILE */
#include <inttypes.h>
#include <math.h>

#include "tests/unit/out/sample.h"

#include <egret/store.h>

/* 2026-11-09T00:00:00Z, a Monday: two weeks begin here. */
#define START (1794182400LL * NSEC_PER_SEC)
#define STEP (20 * 60 * NSEC_PER_SEC)
#define DAY (86400 * NSEC_PER_SEC)
#define DAYS 14

/* --- who sends what where --- */

struct operator
{
	uint32_t number;
	const char *name, *country, *owner, *domain;
	bool anycast;
};

static const struct operator operators[] = {
	{ 15169, "Google LLC", "US", "Google", "googleapis.com", false },
	{ 13335, "Cloudflare, Inc.", "US", NULL, "cdnjs.cloudflare.com", true },
	{ 16509, "Amazon.com, Inc.", "IE", "Amazon", "amazonaws.com", false },
	{ 24940, "Hetzner Online GmbH", "DE", NULL, "mail.example.org", false },
	{ 54113, "Fastly, Inc.", "US", "Debian", "deb.debian.org", true },
	{ 32934, "Facebook, Inc.", "SE", "Meta", "graph.facebook.com", false },
	{ 138699, "TikTok Pte. Ltd.", "SG", "ByteDance", "log.tiktokv.com", false },
	{ 8075, "Microsoft Corporation", "NL", "Microsoft", "events.data.microsoft.com", false },
	{ 37963, "Hangzhou Alibaba Advertising", "CN", "Alibaba", "ynuf.aliapp.org", false },
	{ 36459, "GitHub, Inc.", "DE", "Microsoft", "github.com", false },
	{ 3320, "Deutsche Telekom AG", "DE", NULL, "dns.telekom.de", false },
	{ 4713, "NTT Communications", "JP", NULL, "ntp.nict.jp", false },
	{ 27715, "Locaweb S/A", "BR", NULL, "api.example.com.br", false },
	{ 9498, "Bharti Airtel", "IN", NULL, NULL, false },
	{ 200350, "Yandex.Cloud LLC", "RU", "Yandex", "mc.yandex.ru", false },
	{ 3215, "Orange S.A.", "FR", NULL, "mirror.example.fr", false },
	{ 1221, "Telstra Limited", "AU", NULL, "au.example.net", false },
	{ 37457, "Telkom SA Ltd.", "ZA", NULL, NULL, false },
};

struct program {
	const char *id, *kind, *name;
	uint32_t weight; /* kB in a busy hour */
	int from_day; /* since when it is there */
	int first, count; /* operators that it talks to */
};

static const struct program programs[] = {
	{ "desktop:org.mozilla.firefox", "desktop", "Firefox", 2600, 0, 0, 9 },
	{ "flatpak:com.valvesoftware.Steam", "flatpak", "Steam", 900, 0, 1, 4 },
	{ "android:waydroid/com.zhiliaoapp.musically", "android", "TikTok", 1400, 0, 6, 1 },
	{ "unit:restic-backup.service", "unit", "restic-backup", 2100, 0, 3, 1 },
	{ "snap:spotify", "snap", "Spotify", 240, 0, 0, 3 },
	{ "exe:/usr/bin/git", "program", "git", 180, 0, 9, 1 },
	{ "desktop:code", "desktop", "Visual Studio Code", 420, 0, 7, 3 },
	{ "container:docker/postgres-exporter", "container", "postgres-exporter", 60, 0, 16, 1 },
	{ "unit:systemd-timesyncd.service", "unit", "systemd-timesyncd", 2, 0, 10, 2 },
	{ "flatpak:org.telegram.desktop", "flatpak", "Telegram", 300, 0, 3, 1 },
	{ "exe:/home/alice/.local/bin/sync-photos", "program", "sync-photos", 700, 9, 8, 3 },
	{ "android:waydroid/com.alibaba.aliexpresshd", "android", "AliExpress", 160, 0, 8, 1 },
	{ "unit:apt-daily.service", "unit", "apt-daily", 12, 0, 4, 1 },
	{ "exe:/opt/vendor/telemetryd", "program", "telemetryd", 45, 8, 12, 6 },
	{ "desktop:org.gnome.Weather", "desktop", "Weather", 4, 0, 3, 1 },
};

/* Repeats itself. */
static uint32_t next_number(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*state >> 33);
}

/* People sleep; backups don't. */
static double activity(const struct program *program, int64_t time)
{
	double hour = (double)(time % DAY) / (3600.0 * NSEC_PER_SEC);

	if (strcmp(program->kind, "unit") == 0)
		return hour >= 2 && hour < 4 ? 3 : 0.02;
	return hour < 6 ? 0.03 : 0.2 + fmax(0, sin((hour - 6) / 18 * M_PI)) * 1.6;
}

static void add_row(struct eg_app *app, const struct operator* run_by, unsigned last, uint64_t sent,
		    uint64_t received, int64_t time)
{
	struct eg_destination_key key = {
		.ip = { [10] = 0xff, [11] = 0xff, 203, 0, 113, (uint8_t)last },
		.port = last % 5 == 0 ? 80 : 443,
		.transport = last % 3 == 0 ? IPPROTO_UDP : IPPROTO_TCP,
		.has_ip = true,
		.has_port = true,
	};
	struct eg_counters counters = {
		.bytes = { .sent = sent, .received = received },
		.connections = 1 + sent / 200000,
		.failed = last % 11 == 0,
		.first_seen = time + 5 * NSEC_PER_SEC,
		.last_seen = time + STEP - 5 * NSEC_PER_SEC,
	};
	struct eg_destination *row = sample_row(app, key, counters);
	struct eg_detail *detail = eg_destination_detail(row);

	row->scope = EG_SCOPE_INTERNET;
	if (run_by->domain && !detail->domain) {
		detail->domain = strdup(run_by->domain);
		detail->domain_source = strdup("tls_sni");
		detail->domain_confidence = strdup("corroborated");
		detail->registered_domain = strdup(run_by->domain);
	}
	sample_place(app, row,
		     (struct sample_place){ .country = run_by->anycast ? NULL : run_by->country,
					    .country_basis = run_by->anycast ? NULL : "registry",
					    .anycast = run_by->anycast ? EG_YES : EG_NO,
					    .as_number = run_by->number,
					    .as_organization = run_by->name,
					    .as_country = run_by->country,
					    .owner_name = run_by->owner,
					    .owner_source = run_by->owner ? "owners.tsv" : NULL });
}

static void add_program(struct eg_summary *summary, const struct program *program, int64_t time,
			uint64_t *state)
{
	struct eg_app *app = sample_app(summary, program->id, program->kind, program->name);

	for (int i = 0; i < program->count; i++) {
		unsigned number = (unsigned)(program->first + i);
		double share = 1.0 / (1 + i) * activity(program, time);
		uint64_t sent =
			(uint64_t)(share * program->weight * (200.0 + next_number(state) % 400));

		if (next_number(state) % 3 == 0)
			continue;
		add_row(app, &operators[number % ARRAY_SIZE(operators)], number * 7 % 250, sent,
			sent * (2 + next_number(state) % 9), time);
	}
	if (strcmp(program->name, "Firefox") == 0)
		sample_row(app, sample_key("192.168.1.1", 53, IPPROTO_UDP),
			   sample_counters(3000, 9000, 40));
}

static struct eg_summary *interval(int64_t start, int64_t end)
{
	struct eg_summary *summary = sample_empty();

	summary->period = (struct eg_period){ .start = start, .end = end };
	summary->periods[0] = summary->period;
	sample_database(summary);
	return summary;
}

static void add(struct eg_store *store, struct eg_summary *summary)
{
	static const struct eg_store_keep all;

	if (eg_store_add(store, summary, "egret was not recording", false) < 0 ||
	    eg_store_tidy(store, &all, summary->period.end) < 0) {
		fprintf(stderr, "%s\n", eg_store_reason(store));
		exit(EXIT_FAILURE);
	}
	eg_summary_free(summary);
}

/* Two weeks of a workstation; in the second one a night and an hour are missing. */
static void record_ordinary(struct eg_store *store)
{
	uint64_t state = 42;

	for (int64_t time = START; time < START + DAYS * DAY; time += STEP) {
		int64_t hours = (time - START) / (3600 * NSEC_PER_SEC);
		struct eg_summary *summary;

		if ((hours >= 9 * 24 + 22 && hours < 10 * 24 + 6) || hours == 12 * 24 + 13)
			continue;
		summary = interval(time, time + STEP);
		for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
			if (time >= START + programs[i].from_day * DAY)
				add_program(summary, &programs[i], time, &state);
		}
		add(store, summary);
	}
}

/* Everything that others name is out to do harm. */
static void record_harmful(struct eg_store *store)
{
	struct eg_summary *summary = sample_harmful();

	summary->period =
		(struct eg_period){ .start = START + 8 * DAY, .end = START + 8 * DAY + STEP };
	summary->periods[0] = summary->period;
	add(store, summary);
}

static void record_large(struct eg_store *store)
{
	struct eg_summary *summary = interval(START + 8 * DAY, START + 8 * DAY + STEP);
	uint64_t state = 7;
	char id[64];

	for (int a = 0; a < 50; a++) {
		struct eg_app *app;

		snprintf(id, sizeof(id), "exe:/usr/lib/vendor/program-number-%d", a);
		app = sample_app(summary, id, "program", id + strlen("exe:/usr/lib/vendor/"));
		for (int d = 0; d < 1000; d++) {
			struct eg_destination_key key = sample_key("203.0.113.1", d, IPPROTO_TCP);
			struct eg_destination *row =
				sample_row(app, key,
					   sample_counters(next_number(&state) % 1000000,
							   next_number(&state) % 9000000, 3));
			const struct operator* run_by = &
				operators[(unsigned)d % ARRAY_SIZE(operators)];
			char name[96];

			snprintf(name, sizeof(name), "host-%d.region-%d.service.example.com", d, a);
			eg_destination_detail(row)->domain = strdup(name);
			sample_place(app, row,
				     (struct sample_place){ .country = run_by->country,
							    .country_basis = "registry",
							    .as_number = run_by->number,
							    .as_organization = run_by->name });
		}
	}
	add(store, summary);
}

static void record_empty(struct eg_store *store)
{
	add(store, interval(START + 8 * DAY, START + 8 * DAY + STEP));
}

/* Two intervals of two days: the second has more in it. */
static void record_small(struct eg_store *store)
{
	uint64_t state = 42;

	for (int i = 0; i < 2; i++) {
		int64_t time = START + (7 + i) * DAY + 12 * 3600 * NSEC_PER_SEC;
		struct eg_summary *summary = interval(time, time + STEP);

		for (int number = 0; number < 2 + 2 * i; number++)
			add_program(summary, &programs[number], time, &state);
		add(store, summary);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*record)(struct eg_store *store);
	} kinds[] = {
		{ .name = "ordinary", .record = record_ordinary },
		{ .name = "harmful", .record = record_harmful },
		{ .name = "large", .record = record_large },
		{ .name = "empty", .record = record_empty },
		{ .name = "small", .record = record_small },
	};
	struct eg_store_error error;
	struct eg_store *store;

	for (size_t i = 0; argc == 3 && i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		if (eg_store_record(argv[2], &store, &error) < 0) {
			fprintf(stderr, "%s: %s\n", argv[2], error.reason);
			return EXIT_FAILURE;
		}
		kinds[i].record(store);
		eg_store_close(store);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "usage: history ordinary|harmful|large|empty|small FILE\n");
	return 2;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the model costs: a million destinations of one app, added and walked. */
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>

#include <egret/base.h>
#include <egret/flow.h>

#include "benches.h"
#include "cost.h"
#include "report.h"

#define ROWS 1000000U

static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* As a scanner would do it: addresses in no order, the same few bytes to each. */
static struct eg_destination_key key_of(uint32_t number)
{
	struct eg_destination_key key = {
		.port = 443,
		.transport = IPPROTO_UDP,
		.has_ip = true,
		.has_port = true,
		.ip = { [10] = 0xff, [11] = 0xff },
	};
	uint32_t address = number * 2654435761U;

	memcpy(key.ip + 12, &address, sizeof(address));
	return key;
}

/* Adds each row; the second time round, all are there. */
static bool add_rows(struct eg_app *app, const char *what, bool equal)
{
	struct eg_counters counters = { .connections = 1, .first_seen = 1, .last_seen = 2 };
	double begun = cpu_ns();

	for (uint32_t i = 0; i < ROWS; i++) {
		struct eg_destination_key key = key_of(i);

		counters.bytes.sent = equal ? 100 : i * 2246822519U;
		if (eg_app_add(app, &key, &counters, 0, NULL) < 0)
			return false;
	}
	report_value(what, "ns", (cpu_ns() - begun) / ROWS, NONE);
	return true;
}

static int count_row(const struct eg_app *app, const struct eg_destination *destination, void *data)
{
	(void)app;
	*(uint64_t *)data += destination->counters.bytes.sent;
	return 0;
}

static bool walk_rows(const struct eg_summary *summary)
{
	static const struct eg_visitor visitor = { .destination = count_row };
	uint64_t sum = 0;
	double begun = cpu_ns();

	if (eg_summary_walk(summary, &visitor, &sum) < 0)
		return false;
	report_value("  walk in order, a row", "ns", (cpu_ns() - begun) / ROWS, NONE);
	return sum == eg_summary_totals(summary).bytes.sent;
}

static bool measure(bool equal)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct eg_app *app;
	bool ok = summary && eg_summary_app(summary, "exe:/usr/bin/scanner", &app) == 0;
	long before = peak_kib();

	ok = ok && add_rows(app,
			    equal ? "model, a million rows of equal bytes: add one"
				  : "model, a million rows of different bytes: add one",
			    equal);
	if (ok)
		report_value("  memory of a row, resident", "bytes",
			     (double)(peak_kib() - before) * 1024 / ROWS, NONE);
	ok = ok && add_rows(app, "  add to a known row", equal);
	ok = ok && walk_rows(summary);
	report_value("  peak of the whole process", "MB", (double)peak_kib() * 1024 / 1e6, NONE);
	eg_summary_free(summary);
	return ok;
}

/* Each in a process of its own: a peak never falls. */
void bench_model(struct test *test)
{
	if (!measure(true))
		test_fail(test, "the model's sums are wrong");
}

void bench_model_sorted(struct test *test)
{
	if (!measure(false))
		test_fail(test, "the model's sums are wrong");
}

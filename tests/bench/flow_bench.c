/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the model costs: a million destinations of one app, added and walked. */
#include <inttypes.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <egret/base.h>
#include <egret/flow.h>

#define ROWS 1000000U

static int64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

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
	int64_t start = cpu_ns();

	for (uint32_t i = 0; i < ROWS; i++) {
		struct eg_destination_key key = key_of(i);

		counters.bytes.sent = equal ? 100 : i * 2246822519U;
		if (eg_app_add(app, &key, &counters, 0, NULL) < 0)
			return false;
	}
	printf("%-28s %6.1f ns\n", what, (double)(cpu_ns() - start) / ROWS);
	return true;
}

static int count_row(const struct eg_app *app, const struct eg_destination *destination, void *data)
{
	(void)app;
	*(uint64_t *)data += destination->counters.bytes.sent;
	return 0;
}

static bool walk_rows(const struct eg_summary *summary, const char *what)
{
	static const struct eg_visitor visitor = { .destination = count_row };
	uint64_t sum = 0;
	int64_t start = cpu_ns();

	if (eg_summary_walk(summary, &visitor, &sum) < 0)
		return false;
	printf("%-28s %6.1f ns\n", what, (double)(cpu_ns() - start) / ROWS);
	return sum == eg_summary_totals(summary).bytes.sent;
}

static bool measure(bool equal)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct eg_app *app;
	bool ok = summary && eg_summary_app(summary, "exe:/usr/bin/scanner", &app) == 0;
	long before = peak_kib();

	printf("%u destinations of one app, %s bytes\n", ROWS, equal ? "equal" : "different");
	ok = ok && add_rows(app, "  add a new row", equal);
	if (ok)
		printf("%-28s %6.1f bytes\n", "  memory of a row, resident",
		       (double)(peak_kib() - before) * 1024 / ROWS);
	ok = ok && add_rows(app, "  add to a known row", equal);
	ok = ok && walk_rows(summary, "  walk, per row");
	printf("%-28s %6.1f MB\n", "  peak of the whole process", (double)peak_kib() * 1024 / 1e6);
	eg_summary_free(summary);
	return ok;
}

int main(void)
{
	bool ok = measure(true);

	malloc_trim(0);
	return ok && measure(false) ? EXIT_SUCCESS : EXIT_FAILURE;
}

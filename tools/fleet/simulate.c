/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prints what a fleet of hosts would have recorded: rows to try tables and reports on. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/flow.h>
#include <egret/out.h>
#include <egret/store.h>

#include "model.h"

static const char help[] =
	"usage: simulate [OPTION...]\n"
	"Print what a fleet of hosts would have recorded: the same options, the same rows.\n"
	"\n"
	"  --hosts N         how many hosts (3)\n"
	"  --first N         the number of the first one (0): a part of a fleet\n"
	"  --start T         when it begins (2026-11-02T00:00:00Z, a Monday)\n"
	"  --days D          for so many days (1)\n"
	"  --duration D      or for so long: 90s 2h\n"
	"  --interval S      seconds in an interval, or 10s 5m (60)\n"
	"  --seed X          another fleet (1)\n"
	"  --load X          so many times as many contacts (1.0)\n"
	"  --rows N          end with the interval in which there are so many rows\n"
	"  --host-id ID      the id of the one host\n"
	"  --format F        csv (the default), ndjson, or json: a summary for each interval\n"
	"  --split DIR       a file for each host, DIR/HOST.FORMAT, in place of standard output\n"
	"  --database FILE   record the one host into a history\n"
	"  --help            print this\n";

struct simulation {
	unsigned hosts_count, first;
	int64_t start, length, interval;
	uint64_t seed, rows_max;
	double load;
	const char *host_id, *split, *database;
	enum eg_format format;
	struct fleet_host *hosts;
	struct eg_store *store;
	bool headed; /* the CSV has its header line */
	uint64_t rows, intervals;
};

/* --- the command line --- */

static _Noreturn void fail(const char *what, const char *why)
{
	eg_error("simulate: %s: %s", what, why);
	exit(2);
}

static double take_number(const char *name, const char *value, double least, double most)
{
	char *end;
	double number = strtod(value, &end);

	if (end == value || *end || !(number >= least && number <= most))
		fail(name, "not such a number");
	return number;
}

/* Plain numbers are so many of the unit. */
static int64_t take_duration(const char *name, const char *value, int64_t unit)
{
	int64_t ns;

	if (!value[strspn(value, "0123456789.")])
		return (int64_t)(take_number(name, value, 0.001, 1e6) * (double)unit);
	if (eg_duration_parse(value, &ns) < 0 || ns <= 0)
		fail(name, "no duration");
	return ns;
}

static int64_t take_time(const char *name, const char *value)
{
	char text[64];
	int64_t time;

	snprintf(text, sizeof(text), "%s%s", value, strchr(value, 'T') ? "" : "T00:00:00Z");
	if (eg_time_parse(text, &time) < 0)
		fail(name, "no time (2026-11-02 and 2026-11-02T10:00:00Z are)");
	return time;
}

static enum eg_format take_format(const char *name, const char *value)
{
	enum eg_format format;

	if (eg_format_parse(value, &format) < 0 ||
	    (format != EG_FORMAT_CSV && format != EG_FORMAT_NDJSON && format != EG_FORMAT_JSON))
		fail(name, "csv, ndjson or json");
	return format;
}

enum choice {
	HOSTS,
	FIRST,
	START,
	DAYS,
	LENGTH,
	INTERVAL,
	SEED,
	LOAD,
	ROWS,
	ID,
	FORMAT,
	SPLIT,
	STORE,
	HELP
};

static const struct option options[] = {
	{ .name = "hosts", .has_arg = 1, .val = HOSTS },
	{ .name = "first", .has_arg = 1, .val = FIRST },
	{ .name = "start", .has_arg = 1, .val = START },
	{ .name = "days", .has_arg = 1, .val = DAYS },
	{ .name = "duration", .has_arg = 1, .val = LENGTH },
	{ .name = "interval", .has_arg = 1, .val = INTERVAL },
	{ .name = "seed", .has_arg = 1, .val = SEED },
	{ .name = "load", .has_arg = 1, .val = LOAD },
	{ .name = "rows", .has_arg = 1, .val = ROWS },
	{ .name = "host-id", .has_arg = 1, .val = ID },
	{ .name = "format", .has_arg = 1, .val = FORMAT },
	{ .name = "split", .has_arg = 1, .val = SPLIT },
	{ .name = "database", .has_arg = 1, .val = STORE },
	{ .name = "help", .val = HELP },
	{ 0 },
};

static void take(struct simulation *simulation, int option, const char *name, const char *value)
{
	switch (option) {
	case HOSTS:
		simulation->hosts_count = (unsigned)take_number(name, value, 1, 1e6);
		break;
	case FIRST:
		simulation->first = (unsigned)take_number(name, value, 0, 1e6);
		break;
	case START:
		simulation->start = take_time(name, value);
		break;
	case DAYS:
		simulation->length = take_duration(name, value, 86400 * NSEC_PER_SEC);
		break;
	case LENGTH:
		simulation->length = take_duration(name, value, NSEC_PER_SEC);
		break;
	case INTERVAL:
		simulation->interval = take_duration(name, value, NSEC_PER_SEC);
		break;
	case SEED:
		simulation->seed = (uint64_t)take_number(name, value, 0, 1e15);
		break;
	case LOAD:
		simulation->load = take_number(name, value, 0.001, 1000);
		break;
	case ROWS:
		simulation->rows_max = (uint64_t)take_number(name, value, 1, 1e12);
		break;
	case ID:
		simulation->host_id = value;
		break;
	case FORMAT:
		simulation->format = take_format(name, value);
		break;
	case SPLIT:
		simulation->split = value;
		break;
	case STORE:
		simulation->database = value;
		break;
	case HELP:
		fputs(help, stdout);
		exit(0);
	default:
		exit(2);
	}
}

static void take_all(struct simulation *simulation, int argc, char **argv)
{
	int option, index;

	while ((option = getopt_long(argc, argv, "", options, &index)) >= 0)
		take(simulation, option, option == '?' ? "" : options[index].name, optarg);
	if (optind < argc)
		fail(argv[optind], "not an option");
	if (simulation->host_id && strlen(simulation->host_id) > 32)
		fail("host-id", "longer than 32 characters");
	if ((simulation->host_id || simulation->database) && simulation->hosts_count != 1)
		fail("host-id and database", "of one host only: --hosts 1");
}

/* --- what is printed --- */

static int print(struct simulation *simulation, const struct eg_summary *summary, FILE *stream)
{
	const struct eg_print_options how = { .compact = true, .header = !simulation->headed };

	simulation->headed = true;
	return eg_print_summary(stream, simulation->format, summary, &how);
}

static int record(struct simulation *simulation, const struct eg_summary *summary)
{
	static const struct eg_store_keep all;
	int r = eg_store_add(simulation->store, summary, NULL, false);

	if (r == 0)
		r = eg_store_tidy(simulation->store, &all, summary->period.end);
	if (r < 0)
		eg_error("simulate: %s: %s", simulation->database,
			 eg_store_reason(simulation->store));
	return r;
}

/* One interval of one host. 1: that was enough. */
static int run_interval(struct simulation *simulation, const struct fleet_host *host, int64_t start,
			FILE *stream)
{
	const struct eg_period period = { .start = start, .end = start + simulation->interval };
	struct eg_summary *summary;
	int r = fleet_interval(host, &period, &summary);

	if (r < 0)
		return r;
	simulation->rows += eg_summary_totals(summary).destinations;
	simulation->intervals++;
	r = simulation->store ? record(simulation, summary) : print(simulation, summary, stream);
	eg_summary_free(summary);
	return r == 0 ? simulation->rows >= simulation->rows_max : r;
}

/* As it would arrive from a fleet: all hosts, then the next interval. */
static int run_together(struct simulation *simulation)
{
	int r = 0;

	for (int64_t time = 0; time < simulation->length && r == 0; time += simulation->interval)
		for (unsigned i = 0; i < simulation->hosts_count && r == 0; i++)
			r = run_interval(simulation, &simulation->hosts[i],
					 simulation->start + time, stdout);
	return r;
}

static int run_host(struct simulation *simulation, const struct fleet_host *host)
{
	char path[PATH_MAX];
	FILE *stream;
	int r = 0;

	snprintf(path, sizeof(path), "%s/%s.%s", simulation->split, host->name,
		 eg_format_name(simulation->format));
	stream = fopen(path, "we");
	if (!stream)
		return -errno;
	simulation->headed = false;
	for (int64_t time = 0; time < simulation->length && r == 0; time += simulation->interval)
		r = run_interval(simulation, host, simulation->start + time, stream);
	return fclose(stream) == 0 ? r : -errno;
}

static int run_split(struct simulation *simulation)
{
	int r = 0;

	for (unsigned i = 0; i < simulation->hosts_count && r == 0; i++)
		r = run_host(simulation, &simulation->hosts[i]);
	return r;
}

/* --- --- */

static int make_hosts(struct simulation *simulation)
{
	int r = 0;

	simulation->hosts = calloc(simulation->hosts_count, sizeof(*simulation->hosts));
	if (!simulation->hosts)
		return -ENOMEM;
	for (unsigned i = 0; i < simulation->hosts_count && r == 0; i++)
		r = fleet_host_make(simulation->seed, simulation->first + i, simulation->host_id,
				    simulation->load, &simulation->hosts[i]);
	return r;
}

static void free_hosts(struct simulation *simulation)
{
	for (unsigned i = 0; simulation->hosts && i < simulation->hosts_count; i++)
		fleet_host_free(&simulation->hosts[i]);
	free(simulation->hosts);
}

static int run(struct simulation *simulation)
{
	struct eg_store_error error;
	int r = make_hosts(simulation);

	if (r == 0 && simulation->database) {
		r = eg_store_record(simulation->database, &simulation->store, &error);
		if (r < 0)
			eg_error("simulate: %s: %s", simulation->database, error.reason);
	}
	if (r == 0)
		r = simulation->split ? run_split(simulation) : run_together(simulation);
	eg_store_close(simulation->store);
	free_hosts(simulation);
	return r;
}

int main(int argc, char **argv)
{
	struct simulation simulation = {
		.hosts_count = 3,
		.start = 1793577600 * NSEC_PER_SEC,
		.length = 86400 * NSEC_PER_SEC,
		.interval = 60 * NSEC_PER_SEC,
		.seed = 1,
		.rows_max = UINT64_MAX,
		.load = 1,
		.format = EG_FORMAT_CSV,
	};
	int64_t begun = eg_monotonic_ns();
	int r;

	take_all(&simulation, argc, argv);
	r = run(&simulation);
	if (r >= 0 && fflush(stdout) == EOF)
		r = -errno;
	if (r == -EPIPE)
		return EXIT_SUCCESS;
	if (r < 0)
		fail("ended early", strerror(-r));
	eg_info("simulate: %" PRIu64 " rows in %" PRIu64 " intervals, in %.1f s", simulation.rows,
		simulation.intervals, (double)(eg_monotonic_ns() - begun) / NSEC_PER_SEC);
	return EXIT_SUCCESS;
}

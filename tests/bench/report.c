/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines in shared memory; as text, as JSON. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include <egret/base.h>

#include "report.h"

#define METRICS_MAX 256

struct table {
	unsigned count;
	struct metric metrics[METRICS_MAX];
};

static struct table *table;

int report_open(void)
{
	void *memory = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -ENOMEM;
	table = memory;
	return 0;
}

static void append(const char *name, const char *unit, const struct metric *metric)
{
	struct metric *line = &table->metrics[table->count];

	if (table->count == METRICS_MAX)
		return;
	*line = *metric;
	snprintf(line->name, sizeof(line->name), "%s", name);
	snprintf(line->unit, sizeof(line->unit), "%s", unit);
	table->count++;
}

void report_interval(const char *name, const char *unit, struct interval value, double goal)
{
	append(name, unit,
	       &(struct metric){
		       .without = NONE,
		       .with = value.median,
		       .interval = value,
		       .goal = goal,
	       });
}

void report_value(const char *name, const char *unit, double value, double goal)
{
	report_interval(name, unit, (struct interval){ value, value, value }, goal);
}

void report_ratio(const char *name, const char *unit, double without, double with,
		  struct interval ratio, double goal)
{
	append(name, unit,
	       &(struct metric){
		       .without = without,
		       .with = with,
		       .interval = ratio,
		       .is_ratio = true,
		       .goal = goal,
	       });
}

void report_missing(const char *name, const char *reason)
{
	struct metric metric = {
		.without = NONE,
		.with = NONE,
		.interval = { NONE, NONE, NONE },
		.goal = NONE,
	};

	snprintf(metric.missing, sizeof(metric.missing), "%.*s", (int)strcspn(reason, "\n"),
		 reason);
	append(name, "", &metric);
}

static bool is_met(const struct metric *metric)
{
	return metric->interval.low <= metric->goal;
}

/* Three significant digits, and all of a large number. */
static const char *number(double value, const char *unit, char text[static 48])
{
	double size = fabs(value);
	int decimals = size >= 100 || value == floor(value) ? 0
		       : size >= 10			    ? 1
		       : size >= 1			    ? 2
							    : 3;

	if (isnan(value))
		snprintf(text, 48, "-");
	else
		snprintf(text, 48, "%.*f%s%s", decimals, value, *unit ? " " : "", unit);
	return text;
}

static const char *bounds(const struct metric *metric, char text[static 112])
{
	const struct interval *interval = &metric->interval;
	char low[48], high[48];

	if (metric->is_ratio && interval->low == interval->high)
		snprintf(text, 112, "%.3f", interval->median);
	else if (metric->is_ratio)
		snprintf(text, 112, "%.3f [%.3f %.3f]", interval->median, interval->low,
			 interval->high);
	else if (interval->low < interval->high)
		snprintf(text, 112, "[%s %s]", number(interval->low, "", low),
			 number(interval->high, "", high));
	else
		text[0] = '\0';
	return text;
}

static void print_line(const struct metric *metric, FILE *stream)
{
	char without[48], with[48], ratio[112], goal[48] = "";

	if (metric->missing[0]) {
		fprintf(stream, "%-52s %s\n", metric->name, metric->missing);
		return;
	}
	if (!isnan(metric->goal))
		number(metric->goal, metric->is_ratio ? "" : metric->unit, goal);
	fprintf(stream, "%-52s %14s %14s  %-21s %11s %s\n", metric->name,
		number(metric->without, metric->unit, without),
		number(metric->with, metric->unit, with), bounds(metric, ratio), goal,
		isnan(metric->goal) ? ""
		: is_met(metric)    ? "yes"
				    : "NO");
}

void report_print(FILE *stream)
{
	unsigned goals = 0;

	fprintf(stream, "%-52s %14s %14s  %-21s %11s %s\n", "metric", "without egret", "with egret",
		"ratio [95 % interval]", "goal", "met?");
	for (unsigned i = 0; i < table->count; i++) {
		const struct metric *metric = &table->metrics[i];

		print_line(metric, stream);
		goals += !isnan(metric->goal);
	}
	fprintf(stream, "%u of %u goals met\n", goals - report_missed(), goals);
}

unsigned report_missed(void)
{
	unsigned missed = 0;

	for (unsigned i = 0; i < table->count; i++) {
		const struct metric *metric = &table->metrics[i];

		missed += !isnan(metric->goal) && !is_met(metric);
	}
	return missed;
}

static void add_number(cJSON *object, const char *name, double value)
{
	if (isnan(value))
		cJSON_AddNullToObject(object, name);
	else
		cJSON_AddNumberToObject(object, name, value);
}

static cJSON *line_json(const struct metric *metric)
{
	cJSON *line = cJSON_CreateObject();

	cJSON_AddStringToObject(line, "metric", metric->name + strspn(metric->name, " "));
	cJSON_AddStringToObject(line, "unit", metric->unit);
	add_number(line, "without", metric->without);
	add_number(line, "with", metric->with);
	add_number(line, "ratio", metric->is_ratio ? metric->interval.median : NONE);
	add_number(line, "low", metric->interval.low);
	add_number(line, "high", metric->interval.high);
	add_number(line, "goal", metric->goal);
	if (isnan(metric->goal))
		cJSON_AddNullToObject(line, "met");
	else
		cJSON_AddBoolToObject(line, "met", is_met(metric));
	if (metric->missing[0])
		cJSON_AddStringToObject(line, "missing", metric->missing);
	return line;
}

cJSON *report_json(void)
{
	cJSON *lines = cJSON_CreateArray();

	for (unsigned i = 0; i < table->count; i++)
		cJSON_AddItemToArray(lines, line_json(&table->metrics[i]));
	return lines;
}

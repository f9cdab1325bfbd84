/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counters that only grow, whatever comes, and add up to all that came. */
#include "sample.h"

#include <search.h>

/* --- what is printed, read again --- */

struct reading {
	struct hsearch_data samples; /* by name and labels */
	char *text;
	size_t count;
	uint64_t sent, received, connections, failed;
};

static void add_up(struct reading *reading, const char *name, uint64_t value)
{
	static const struct {
		const char *name;
		size_t sum;
	} sums[] = {
		{ .name = "egret_sent_bytes_total", .sum = offsetof(struct reading, sent) },
		{ .name = "egret_received_bytes_total", .sum = offsetof(struct reading, received) },
		{ .name = "egret_connections_total", .sum = offsetof(struct reading, connections) },
		{ .name = "egret_failed_connections_total",
		  .sum = offsetof(struct reading, failed) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
		if (strncmp(name, sums[i].name, strlen(sums[i].name)) == 0)
			*(uint64_t *)(void *)((char *)reading + sums[i].sum) += value;
	}
}

/* The value belongs to the end of the line, which is cut off from the name before it. */
static void read_sample(struct reading *reading, char *line)
{
	char *value = strrchr(line, ' ');
	ENTRY sample = { .key = line }, *there;

	assert_non_null(value);
	*value++ = '\0';
	sample.data = value;
	if (hsearch_r(sample, FIND, &there, &reading->samples))
		fail_msg("there twice: %s", line);
	assert_true(hsearch_r(sample, ENTER, &there, &reading->samples));
	add_up(reading, line, strtoull(value, NULL, 10));
	reading->count++;
}

static struct reading read_metrics(const struct eg_metrics *metrics)
{
	struct reading reading = { 0 };
	size_t size;
	FILE *stream = open_memstream(&reading.text, &size);
	char *rest;

	assert_non_null(stream);
	assert_int_equal(eg_metrics_print(stream, metrics), 0);
	assert_int_equal(fclose(stream), 0);
	sample_assert_harmless(reading.text);
	assert_true(hcreate_r(8000, &reading.samples));
	rest = reading.text;
	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		if (*line != '#')
			read_sample(&reading, line);
	}
	return reading;
}

static void free_reading(struct reading *reading)
{
	hdestroy_r(&reading->samples);
	free(reading->text);
}

static const char *value_of(struct reading *reading, const char *sample)
{
	/* It is only looked for. */
	ENTRY entry = { .key = (char *)(uintptr_t)sample }, *there;

	return hsearch_r(entry, FIND, &there, &reading->samples) ? there->data : NULL;
}

/* --- what comes --- */

/* Sends `sent` bytes to an operator; NULL: unknown. */
static void send_to(struct eg_summary *summary, const char *id, const char *organization, int port,
		    uint64_t sent)
{
	struct eg_app *app = sample_app(summary, id, "program", NULL);
	struct eg_destination *row =
		sample_row(app, sample_key("203.0.113.1", port, IPPROTO_TCP),
			   (struct eg_counters){ .bytes = { .sent = sent, .received = 2 * sent },
						 .connections = 2,
						 .failed = 1 });

	if (organization)
		sample_place(app, row,
			     (struct sample_place){
				     .as_organization = organization,
				     .country = strcmp(organization, "_other") ? "DE" : "_other" });
}

/* Adds the interval and frees it. */
static void add(struct eg_metrics *metrics, struct eg_summary *summary)
{
	assert_int_equal(eg_metrics_add(metrics, summary), 0);
	eg_summary_free(summary);
}

/* --- --- */

static void begins_with_zero(void **state)
{
	struct eg_metrics *metrics = eg_metrics_new(0);
	struct reading reading = read_metrics(metrics);

	(void)state;
	assert_string_equal(value_of(&reading, "egret_lost_total{reason=\"ring_full\"}"), "0");
	assert_string_equal(value_of(&reading, "egret_history_failing"), "0");
	assert_int_equal(reading.sent + reading.connections, 0);
	free_reading(&reading);
	eg_metrics_free(metrics);
}

static void adds_intervals(void **state)
{
	static const char *const sent = "egret_sent_bytes_total{app=\"exe:/a\",kind=\"program\","
					"operator=\"One\",country=\"DE\"}";
	struct eg_metrics *metrics = eg_metrics_new(0);
	struct reading reading;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct eg_summary *summary = sample_empty();

		send_to(summary, "exe:/a", "One", 1, 10);
		send_to(summary, "exe:/a", "One", 2, 20);
		send_to(summary, "exe:/a", NULL, 3, 5);
		sample_database(summary);
		assert_int_equal(eg_ledger_add_lost(&summary->ledger, "ring_full", 4), 0);
		add(metrics, summary);
	}
	reading = read_metrics(metrics);
	assert_string_equal(value_of(&reading, sent), "90");
	assert_string_equal(value_of(&reading,
				     "egret_sent_bytes_total{app=\"exe:/a\",kind=\"program\"}"),
			    "15");
	assert_string_equal(value_of(&reading,
				     "egret_connections_total{app=\"exe:/a\",kind=\"program\"}"),
			    "18");
	assert_string_equal(
		value_of(&reading,
			 "egret_failed_connections_total{app=\"exe:/a\",kind=\"program\"}"),
		"9");
	assert_string_equal(
		value_of(&reading,
			 "egret_app_info{app=\"exe:/a\",kind=\"program\",trust=\"kernel\"}"),
		"1");
	assert_string_equal(value_of(&reading, "egret_lost_total{reason=\"ring_full\"}"), "12");
	assert_non_null(value_of(
		&reading, "egret_database_build_timestamp_seconds{database=\"origin-asn\"}"));
	assert_int_equal(reading.sent, 105);
	assert_int_equal(reading.received, 210);
	free_reading(&reading);
	eg_metrics_free(metrics);
}

/* An app that is silent for an interval keeps what it had. */
static void keeps_what_is_silent(void **state)
{
	struct eg_metrics *metrics = eg_metrics_new(0);
	struct eg_summary *summary = sample_empty();
	struct reading reading;

	(void)state;
	send_to(summary, "exe:/a", "One", 1, 10);
	sample_database(summary);
	add(metrics, summary);
	add(metrics, sample_empty());
	reading = read_metrics(metrics);
	assert_int_equal(reading.sent, 10);
	free_reading(&reading);
	eg_metrics_free(metrics);
}

/* Of the samples that were there none is gone or smaller. */
static void assert_grown(struct reading *before, struct reading *after, const char *text)
{
	_cleanup_(eg_freep) char *copy = strdup(text);
	char *rest = copy;

	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		char *value = strrchr(line, ' ');
		const char *now;

		if (*line == '#')
			continue;
		*value++ = '\0';
		now = value_of(after, line);
		if (!now)
			fail_msg("gone: %s", line);
		if (strtoull(now, NULL, 10) < strtoull(value, NULL, 10))
			fail_msg("%s: %s after %s", line, now, value);
	}
	assert_true(after->count >= before->count);
}

static char *print_metrics(const struct eg_metrics *metrics)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(eg_metrics_print(stream, metrics), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

/* An interval with many apps and operators, each time others; deterministic. */
static struct eg_summary *storm(unsigned round, uint64_t *sent)
{
	struct eg_summary *summary = sample_empty();
	unsigned state = round * 7919 + 1;

	for (int i = 0; i < 300; i++) {
		char id[32], organization[32];
		uint64_t bytes;

		state = state * 1103515245 + 12345;
		snprintf(id, sizeof(id), "exe:/%u", (state >> 8) % (50 + 40 * round));
		state = state * 1103515245 + 12345;
		snprintf(organization, sizeof(organization), "Operator %u",
			 (state >> 8) % (20 + 30 * round));
		bytes = (state >> 16) % 5000;
		send_to(summary, id, organization, i, bytes);
		*sent += bytes;
	}
	return summary;
}

static void only_grows_and_adds_up(void **state)
{
	struct eg_metrics *metrics = eg_metrics_new(0);
	_cleanup_(eg_freep) char *last = print_metrics(metrics);
	struct reading before = read_metrics(metrics);
	uint64_t sent = 0;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		struct reading after;

		add(metrics, storm(round, &sent));
		after = read_metrics(metrics);
		assert_grown(&before, &after, last);
		assert_int_equal(after.sent, sent);
		assert_int_equal(after.received, 2 * sent);
		assert_int_equal(after.connections, (round + 1) * 300 * 2);
		assert_int_equal(after.failed, (round + 1) * 300);
		free_reading(&before);
		before = after;
		free(last);
		last = print_metrics(metrics);
	}
	/* 200 apps and _other, their 500 places, one more place each; what apps are worth */
	assert_in_range(before.count, 1000, 2 * (500 + 201) + 2 * 201 + 200 + 20);
	free_reading(&before);
	eg_metrics_free(metrics);
}

/* The bound of one app leaves the others room. */
static void bounds_the_places_of_an_app(void **state)
{
	struct eg_metrics *metrics = eg_metrics_new(0);
	struct eg_summary *summary = sample_empty();
	struct reading reading;
	char organization[32];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(organization, sizeof(organization), "Operator %d", i);
		send_to(summary, "exe:/browser", organization, i, 1000 + (uint64_t)i);
	}
	send_to(summary, "exe:/small", "Operator 0", 1, 1);
	add(metrics, summary);
	reading = read_metrics(metrics);
	/* the largest have their own */
	assert_non_null(value_of(&reading,
				 "egret_sent_bytes_total{app=\"exe:/browser\",kind="
				 "\"program\",operator=\"Operator 199\",country=\"DE\"}"));
	assert_null(value_of(&reading, "egret_sent_bytes_total{app=\"exe:/browser\",kind="
				       "\"program\",operator=\"Operator 149\",country=\"DE\"}"));
	assert_non_null(value_of(&reading, "egret_sent_bytes_total{app=\"exe:/browser\",kind="
					   "\"program\",operator=\"_other\",country=\"_other\"}"));
	assert_non_null(value_of(&reading, "egret_sent_bytes_total{app=\"exe:/small\",kind="
					   "\"program\",operator=\"Operator 0\",country=\"DE\"}"));
	assert_int_equal(reading.sent, 200 * 1000 + 199 * 100 + 1);
	free_reading(&reading);
	eg_metrics_free(metrics);
}

/* Names that are out to make a sample appear twice, or to pass for our sums. */
static void survives_hostile_names(void **state)
{
	struct eg_metrics *metrics = eg_metrics_new(0);
	struct eg_summary *summary = sample_harmful();
	uint64_t sent = eg_summary_totals(summary).bytes.sent;
	struct reading reading;

	(void)state;
	add(metrics, summary);
	summary = sample_empty();
	send_to(summary, "exe:/a", "x\001", 1, 10);
	send_to(summary, "exe:/a", "x\\x01", 2, 10);
	send_to(summary, "exe:/a", "_other", 3, 10);
	send_to(summary, "exe:/a", NULL, 4, 10);
	send_to(summary, "_other", "_other", 5, 10);
	send_to(summary, "y\001", "One", 6, 10);
	send_to(summary, "y\\x01", "One", 7, 10);
	for (int i = 0; i < 60; i++) {
		char organization[32];

		snprintf(organization, sizeof(organization), "Operator %d", i);
		send_to(summary, "exe:/a", organization, 10 + i, 1);
	}
	add(metrics, summary);
	reading = read_metrics(metrics);
	assert_int_equal(reading.sent, sent + 70 + 60);
	free_reading(&reading);
	eg_metrics_free(metrics);
}

static uint64_t sent_now(const struct eg_metrics *metrics)
{
	struct reading reading = read_metrics(metrics);
	uint64_t sent = reading.sent;

	free_reading(&reading);
	return sent;
}

static void add_sent(struct eg_metrics *metrics, const char *id, const char *organization)
{
	struct eg_summary *summary = sample_empty();

	if (id)
		send_to(summary, id, organization, 1, 10);
	add(metrics, summary);
}

/* There, so that Prometheus sees where it begins, and counts from there. */
static void begins_each_counter_with_zero(void **state)
{
	struct eg_metrics *metrics = eg_metrics_new(2);
	struct reading reading;

	(void)state;
	add_sent(metrics, "exe:/a", "One");
	assert_int_equal(sent_now(metrics), 0);
	reading = read_metrics(metrics);
	assert_string_equal(value_of(&reading, "egret_sent_bytes_total{app=\"exe:/a\",kind="
					       "\"program\",operator=\"One\",country=\"DE\"}"),
			    "0");
	free_reading(&reading);
	add_sent(metrics, "exe:/a", "Two");
	assert_int_equal(sent_now(metrics), 0);
	add_sent(metrics, NULL, NULL);
	assert_int_equal(sent_now(metrics), 10);
	add_sent(metrics, "exe:/b", "Two");
	assert_int_equal(sent_now(metrics), 20);
	eg_metrics_finish(metrics);
	assert_int_equal(sent_now(metrics), 30);
	eg_metrics_free(metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_with_zero),
		cmocka_unit_test(begins_each_counter_with_zero),
		cmocka_unit_test(adds_intervals),
		cmocka_unit_test(keeps_what_is_silent),
		cmocka_unit_test(only_grows_and_adds_up),
		cmocka_unit_test(bounds_the_places_of_an_app),
		cmocka_unit_test(survives_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

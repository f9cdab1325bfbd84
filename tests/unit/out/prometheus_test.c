/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prometheus: gauges whose labels are bounded, and whose sums are right all the same. */
#include "sample.h"

static void prints_gauges(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text =
		sample_print(summary, EG_FORMAT_PROMETHEUS, &sample_options);

	(void)state;
	sample_assert_golden("ordinary.prom", text);
	eg_summary_free(summary);
}

static void survives_hostile_names(void **state)
{
	struct eg_summary *summary = sample_harmful();
	_cleanup_(eg_freep) char *text =
		sample_print(summary, EG_FORMAT_PROMETHEUS, &sample_options);

	(void)state;
	sample_assert_harmless(text);
	sample_assert_golden("harmful.prom", text);
	eg_summary_free(summary);
}

/* The samples of one metric: how many, and what they add up to. */
static uint64_t add_up(const char *text, const char *metric, size_t *ret_count)
{
	size_t size = strlen(metric);
	uint64_t sum = 0;

	*ret_count = 0;
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		const char *value = line + strcspn(line, "\n");

		if (strncmp(line, metric, size) != 0 || line[size] != '{')
			continue;
		while (value[-1] != ' ')
			value--;
		sum += strtoull(value, NULL, 10);
		(*ret_count)++;
	}
	return sum;
}

static void add_app(struct eg_summary *summary, int number, int places)
{
	struct eg_app *app;
	char id[32];

	snprintf(id, sizeof(id), "exe:/%d", number);
	app = sample_app(summary, id, "program", NULL);
	for (int i = 0; i < places; i++) {
		struct eg_destination *row =
			sample_row(app, sample_key("192.0.2.1", i, IPPROTO_UDP),
				   sample_counters((uint64_t)(number + i + 1), 1, 1));
		char organization[32];

		snprintf(organization, sizeof(organization), "Operator %d", i);
		sample_place(app, row, (struct sample_place){ .as_organization = organization });
	}
}

static void assert_bounded(const struct eg_summary *summary, size_t series, size_t apps)
{
	_cleanup_(eg_freep) char *text =
		sample_print(summary, EG_FORMAT_PROMETHEUS, &sample_options);
	struct eg_totals totals = eg_summary_totals(summary);
	size_t count;

	assert_int_equal(add_up(text, "egret_sent_bytes", &count), totals.bytes.sent);
	assert_int_equal(count, series);
	assert_int_equal(add_up(text, "egret_received_bytes", &count), totals.bytes.received);
	assert_int_equal(count, series);
	assert_int_equal(add_up(text, "egret_connections", &count), totals.connections);
	assert_int_equal(count, apps);
	assert_int_equal(add_up(text, "egret_failed_connections", &count), totals.failed);
	assert_int_equal(count, apps);
}

static void sums_up_small_apps(void **state)
{
	struct eg_summary *summary = sample_empty();
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	for (int i = 0; i < 300; i++)
		add_app(summary, i, 1);
	assert_bounded(summary, 201, 201);
	text = sample_print(summary, EG_FORMAT_PROMETHEUS, &sample_options);
	assert_non_null(strstr(text, "app=\"exe:/299\""));
	assert_null(strstr(text, "app=\"exe:/99\""));
	assert_non_null(strstr(text, "egret_sent_bytes{app=\"_other\",kind=\"_other\","
				     "operator=\"_other\",country=\"_other\"} 5050\n"));
	eg_summary_free(summary);
}

static void sums_up_small_places(void **state)
{
	struct eg_summary *summary = sample_empty();

	(void)state;
	add_app(summary, 0, 3000);
	add_app(summary, 100000, 1);
	assert_bounded(summary, 501, 2);
	eg_summary_free(summary);
}

static void adds_rows_of_one_place(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_app *app = sample_app(summary, "exe:/a", "program", NULL);

	(void)state;
	for (int i = 0; i < 100; i++)
		sample_row(app, sample_key("192.0.2.1", i, IPPROTO_UDP), sample_counters(1, 2, 1));
	assert_bounded(summary, 1, 1);
	eg_summary_free(summary);
}

/* Two samples with the same labels would make the whole file unreadable. */
static void repeats_no_sample(void **state)
{
	struct eg_summary *summary = sample_empty();
	_cleanup_(eg_freep) char *text = NULL;
	const char *other;
	size_t count;

	(void)state;
	sample_row(sample_app(summary, "_other", "_other", NULL),
		   sample_key("192.0.2.1", 1, IPPROTO_UDP), sample_counters(UINT32_MAX, 1, 1));
	for (int i = 0; i < 300; i++)
		add_app(summary, i, 1);
	sample_database(summary);
	summary->databases = realloc(summary->databases, 2 * sizeof(*summary->databases));
	summary->databases[1] = summary->databases[0];
	summary->databases_count = 2;
	text = sample_print(summary, EG_FORMAT_PROMETHEUS, &sample_options);
	summary->databases_count = 1;
	assert_bounded(summary, 201, 201);
	other = strstr(text, "egret_connections{app=\"_other\",kind=\"_other\"}");
	assert_non_null(other);
	assert_null(strstr(other + 1, "egret_connections{app=\"_other\","));
	add_up(text, "egret_database_build_timestamp_seconds", &count);
	assert_int_equal(count, 1);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_gauges),	  cmocka_unit_test(survives_hostile_names),
		cmocka_unit_test(sums_up_small_apps),	  cmocka_unit_test(sums_up_small_places),
		cmocka_unit_test(adds_rows_of_one_place), cmocka_unit_test(repeats_no_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

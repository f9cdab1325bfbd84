/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The walk: everything once, in order, until somebody says stop. */
#include "model.h"

#include <errno.h>

/* What was called, as letters and numbers. */
struct trail {
	char text[256];
	const char *stop_at; /* returns -ECANCELED when the trail ends with this */
};

static int leave(struct trail *trail, const char *mark)
{
	size_t used = strlen(trail->text), size;

	snprintf(trail->text + used, sizeof(trail->text) - used, "%s", mark);
	used = strlen(trail->text);
	size = trail->stop_at ? strlen(trail->stop_at) : 0;
	if (size && used >= size && strcmp(trail->text + used - size, trail->stop_at) == 0)
		return -ECANCELED;
	return 7; /* anything that isn't negative goes on */
}

static int app_begin(const struct eg_app *app, void *data)
{
	return leave(data, app->id);
}

static int process(const struct eg_process_info *info, void *data)
{
	return leave(data, info->pid == 1 ? "p1" : "p2");
}

static int destinations_begin(const struct eg_app *app, void *data)
{
	(void)app;
	return leave(data, "[");
}

static int destination(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	char mark[2] = { (char)('0' + row->key.ip[15]), '\0' };

	assert_non_null(app);
	return leave(data, mark);
}

static int app_end(const struct eg_app *app, void *data)
{
	(void)app;
	return leave(data, "]");
}

static const struct eg_visitor visitor = {
	.app_begin = app_begin,
	.process = process,
	.destinations_begin = destinations_begin,
	.destination = destination,
	.app_end = app_end,
};

static struct eg_summary *sample(void)
{
	struct eg_summary *summary = model_new();
	struct eg_app *small = model_app(summary, "a"), *large = model_app(summary, "b");
	struct eg_process_info first = { .start = 1, .pid = 1 }, second = { .start = 2, .pid = 2 };

	model_app(summary, "c");
	assert_int_equal(eg_app_add_process(small, &second), 0);
	assert_int_equal(eg_app_add_process(small, &first), 0);
	model_add(small, model_key(3), model_counters(1, 1));
	model_add(large, model_key(3), model_counters(1, 1));
	model_add(large, model_key(2), model_counters(1, 2));
	model_add(large, model_key(1), model_counters(1, 1));
	model_add(large, model_key(9), model_counters(5, 0));
	return summary;
}

static void everything_comes_in_order(void **state)
{
	struct eg_summary *summary = sample();
	struct trail trail = { 0 };

	(void)state;
	assert_int_equal(eg_summary_walk(summary, &visitor, &trail), 0);
	assert_string_equal(trail.text, "b[9213]ap1p2[3]c[]");
	eg_summary_free(summary);
}

static void a_negative_return_stops(void **state)
{
	static const char *const stops[] = { "b", "[", "9", "21", "3]", "ap1", "p2[", "c[]" };
	struct eg_summary *summary = sample();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++) {
		struct trail trail = { .stop_at = stops[i] };
		size_t used;

		assert_int_equal(eg_summary_walk(summary, &visitor, &trail), -ECANCELED);
		used = strlen(trail.text);
		assert_string_equal(trail.text + used - strlen(stops[i]), stops[i]);
	}
	eg_summary_free(summary);
}

static void callbacks_may_be_missing(void **state)
{
	static const struct eg_visitor nothing, rows = { .destination = destination };
	struct eg_summary *summary = sample();
	struct trail trail = { 0 };

	(void)state;
	assert_int_equal(eg_summary_walk(summary, &nothing, NULL), 0);
	assert_int_equal(eg_summary_walk(summary, &rows, &trail), 0);
	assert_string_equal(trail.text, "92133");
	eg_summary_free(summary);
}

static void an_empty_summary_is_walked(void **state)
{
	struct eg_summary *summary = model_new();
	struct trail trail = { 0 };

	(void)state;
	assert_int_equal(eg_summary_walk(summary, &visitor, &trail), 0);
	assert_string_equal(trail.text, "");
	eg_summary_free(summary);
}

/* Two summaries with the same rows, added in different order and with different seeds. */
static void order_of_adding_does_not_show(void **state)
{
	struct eg_summary *up = model_new(), *down = model_new();

	(void)state;
	for (uint32_t i = 0; i < 2000; i++) {
		struct eg_destination_key first = model_key((uint8_t)i);
		struct eg_destination_key last = model_key((uint8_t)(1999 - i));
		char id[32];

		first.port = (uint16_t)(i >> 8);
		last.port = (uint16_t)((1999 - i) >> 8);
		snprintf(id, sizeof(id), "exe:/%u", i % 10);
		model_add(model_app(up, id), first, model_counters(i % 10, 0));
		snprintf(id, sizeof(id), "exe:/%u", (1999 - i) % 10);
		model_add(model_app(down, id), last, model_counters((1999 - i) % 10, 0));
	}
	model_assert_equal(up, down);
	eg_summary_free(up);
	eg_summary_free(down);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_comes_in_order),
		cmocka_unit_test(a_negative_return_stops),
		cmocka_unit_test(callbacks_may_be_missing),
		cmocka_unit_test(an_empty_summary_is_walked),
		cmocka_unit_test(order_of_adding_does_not_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happens when memory runs out: at every single allocation once. */
#include "document.h"

/*
 * This program's malloc() family is its own and fails when it is told to. A
 * sanitizer brings another one, so with that the tests are skipped.
 */
#ifndef __SANITIZE_ADDRESS__

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static long left = -1; /* allocations until one fails; negative: none does */
static long living; /* blocks that are not freed */

static bool fails(void)
{
	if (left < 0 || left-- > 0)
		return false;
	left = 0; /* and all that follow */
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	void *memory = fails() ? NULL : __libc_malloc(size);

	living += memory != NULL;
	return memory;
}

void *calloc(size_t count, size_t size)
{
	void *memory = fails() ? NULL : __libc_calloc(count, size);

	living += memory != NULL;
	return memory;
}

void *realloc(void *old, size_t size)
{
	void *memory = fails() ? NULL : __libc_realloc(old, size);

	living += memory && !old;
	return memory;
}

void free(void *memory)
{
	living -= memory != NULL;
	__libc_free(memory);
}

/* Calls with ever more allocations allowed, until it succeeds; returns how often it failed. */
static long exhaust(int (*call)(void *data), void *data)
{
	long failures = 0;

	for (;; failures++) {
		long before = living;
		int r;

		left = failures;
		r = call(data);
		left = -1;
		if (r == 0)
			return failures;
		assert_int_equal(r, -ENOMEM);
		assert_int_equal(living, before);
	}
}

static struct eg_summary *sample(uint64_t seed)
{
	struct model_random random = { .state = seed };
	struct eg_summary *summary = model_any_summary(&random);

	while (summary->apps_count < 3)
		model_any_app(&random, summary);
	return summary;
}

static int read_once(void *data)
{
	const char *text = data;
	struct eg_summary *summary = NULL;
	struct eg_read_error error;
	int r = eg_summary_read(text, strlen(text), &summary, &error);

	eg_summary_free(summary);
	return r;
}

static void reading_fails_cleanly(void **state)
{
	struct eg_summary *summary = sample(21);
	char *text = document_print(summary, true);

	(void)state;
	assert_true(exhaust(read_once, text) > 100);
	free(text);
	eg_summary_free(summary);
}

static int refuse_once(void *data)
{
	struct eg_summary *summary = NULL;
	struct eg_read_error error;
	int r = eg_summary_read(data, strlen(data), &summary, &error);

	assert_null(summary);
	return r == -EINVAL ? 0 : r;
}

static void refusing_fails_cleanly(void **state)
{
	char text[] = DOCUMENT_ROW("\"errors\":{\"a\\u001b\":-1}");

	(void)state;
	assert_true(exhaust(refuse_once, text) > 3);
}

static int merge_once(void *data)
{
	struct eg_summary **both = data, *merged = eg_summary_new(EG_BY_APP);
	int r = merged ? eg_summary_merge(merged, both[0]) : -ENOMEM;

	if (r == 0)
		r = eg_summary_merge(merged, both[1]);
	eg_summary_free(merged);
	return r;
}

static void merging_fails_cleanly(void **state)
{
	struct eg_summary *both[] = { sample(22), sample(23) };

	(void)state;
	assert_true(exhaust(merge_once, both) > 100);
	eg_summary_free(both[0]);
	eg_summary_free(both[1]);
}

static int add_once(void *data)
{
	const struct eg_destination_key key = model_key(1);
	const struct eg_counters counters = model_counters(1, 1);
	const struct eg_bytes bytes = { .sent = 1 };
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct eg_destination *row;
	struct eg_app *app;
	int r = -ENOMEM;

	(void)data;
	if (summary && eg_summary_app(summary, "exe:/a", &app) == 0 &&
	    eg_app_describe(app, "a", "b", "c", "d", "e") == 0 && eg_app_add_user(app, 1) == 0 &&
	    eg_app_add(app, &key, &counters, 1, &row) == 0 &&
	    eg_destination_add_error(row, 1, 1) == 0 &&
	    eg_destination_add_name(row, "a", "b", "c", 1, &bytes) == 0 &&
	    eg_ledger_add_lost(&summary->ledger, "a", 1) == 0 &&
	    eg_ledger_add_degraded(&summary->ledger, "a") == 0)
		r = 0;
	eg_summary_free(summary);
	return r;
}

static void adding_fails_cleanly(void **state)
{
	(void)state;
	assert_true(exhaust(add_once, NULL) > 15);
}

/* The process is taken over also on failure; the last ones need the set of the omitted. */
static int add_processes_once(void *data)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);
	struct eg_app *app;
	int r = summary ? eg_summary_app(summary, "exe:/a", &app) : -ENOMEM;

	(void)data;
	for (uint32_t i = 1; i < EG_PROCESSES_MAX + 3 && r == 0; i++) {
		struct eg_process_info process = { .pid = i, .comm = strdup("comm") };

		r = eg_app_add_process(app, &process);
		assert_null(process.comm);
	}
	eg_summary_free(summary);
	return r;
}

static void adding_processes_fails_cleanly(void **state)
{
	(void)state;
	assert_true(exhaust(add_processes_once, NULL) > 3);
}

static int walk_once(void *data)
{
	static const struct eg_visitor visitor = { .destination = NULL };

	return eg_summary_walk(data, &visitor, NULL);
}

static int count_row(const struct eg_app *app, const struct eg_destination *row, void *data)
{
	(void)app;
	(void)row;
	++*(unsigned *)data;
	return 0;
}

static int walk_rows_once(void *data)
{
	static const struct eg_visitor visitor = { .destination = count_row };
	unsigned rows = 0;

	return eg_summary_walk(data, &visitor, &rows);
}

static void walking_fails_cleanly(void **state)
{
	struct eg_summary *summary = sample(24);

	(void)state;
	assert_int_equal(exhaust(walk_once, summary), 1);
	assert_true(exhaust(walk_rows_once, summary) > 3);
	eg_summary_free(summary);
}

static int exclude_once(void *data)
{
	const char *patterns[] = { "*", NULL };
	struct eg_filter filter = { .patterns = { [EG_FILTER_USER] = patterns } };

	return eg_summary_exclude(data, true, &filter);
}

static void excluding_fails_cleanly(void **state)
{
	struct eg_summary *summary = sample(25);

	(void)state;
	assert_true(exhaust(exclude_once, summary) > 0);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_fails_cleanly),
		cmocka_unit_test(refusing_fails_cleanly),
		cmocka_unit_test(merging_fails_cleanly),
		cmocka_unit_test(adding_fails_cleanly),
		cmocka_unit_test(adding_processes_fails_cleanly),
		cmocka_unit_test(walking_fails_cleanly),
		cmocka_unit_test(excluding_fails_cleanly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	puts("1..0 # SKIP the sanitizer has a malloc() of its own");
	return 0;
}

#endif

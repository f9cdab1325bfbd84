/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Adding: what is taken, what is refused, and how little room a row takes. */
#include "history.h"

#include "user/store/private.h"

static void takes_one_host_by_app(void **state)
{
	struct eg_store *store = history_record();
	struct eg_summary *summary = eg_summary_new(EG_BY_USER);

	(void)state;
	assert_int_equal(eg_store_add(store, summary, NULL, true), -EINVAL);
	eg_summary_free(summary);
	summary = model_new();
	summary->hosts = calloc(2, sizeof(*summary->hosts));
	summary->hosts_count = 2;
	assert_int_equal(eg_store_add(store, summary, NULL, true), -EINVAL);
	assert_string_equal(eg_store_reason(store), "takes summaries of one host, by app");
	eg_summary_free(summary);
	eg_store_close(store);
}

/* As many rows as it takes for the sums and texts to count as much as they do in a day. */
static void takes_little_room(void **state)
{
	static const struct eg_store_keep all;
	enum { INTERVALS = 720, ROWS = 100 };
	struct eg_store *store = history_record();
	uint64_t size;

	(void)state;
	for (int i = 0; i < INTERVALS; i++) {
		int64_t start = DAY_ONE + SECONDS(10) * i;
		struct eg_summary *summary = history_summary(start, start + SECONDS(10));

		for (int j = 0; j < ROWS; j++) {
			struct eg_destination *row =
				history_row(summary, "exe:/a", (uint8_t)j, 3000 + (uint64_t)j);

			row->rtt_min_us = 9000;
			eg_destination_detail(row)->domain = strdup("log.example.com");
			assert_int_equal(eg_destination_add_name(row, "log.example.com", "tls_sni",
								 "observed", 1,
								 &row->counters.bytes),
					 0);
		}
		history_add(store, summary);
		eg_summary_free(summary);
	}
	assert_int_equal(eg_store_tidy(store, &all, DAY_ONE + HOURS(2)), 0);
	size = eg_store_size(store) / (INTERVALS * ROWS);
	print_message("%d bytes for a row\n", (int)size);
	assert_true(size <= 60);
	eg_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(takes_one_host_by_app),
		HISTORY_TEST(takes_little_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

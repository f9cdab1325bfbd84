/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* CSV: the contract's columns in the contract's order. */
#include "sample.h"

#define HEADER                                                                                     \
	"interval_start,interval_end,event_id,host_id,host_name,app_id,app_kind,app_name,trust,"   \
	"via,user_id,ip,port,transport,direction,scope,domain,domain_source,domain_confidence,"    \
	"registered_domain,as_number,as_organization,as_country,country,anycast,owner,"            \
	"owner_country,bytes_sent,bytes_received,connections,failed,first_seen,last_seen,flag,"    \
	"databases\n"

static void prints_a_line_per_row(void **state)
{
	struct eg_summary *summary = sample_ordinary();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_CSV, &sample_options);

	(void)state;
	assert_memory_equal(text, HEADER, strlen(HEADER));
	sample_assert_golden("ordinary.csv", text);
	eg_summary_free(summary);
}

static void survives_hostile_names(void **state)
{
	struct eg_summary *summary = sample_harmful();
	_cleanup_(eg_freep) char *text = sample_print(summary, EG_FORMAT_CSV, &sample_options);

	(void)state;
	sample_assert_harmless(text);
	for (const char *formula = "=+-@"; *formula; formula++) {
		char begun[] = { ',', *formula, '\0' }, quoted[] = { ',', '"', *formula, '\0' };

		assert_null(strstr(text, begun));
		assert_null(strstr(text, quoted));
	}
	sample_assert_golden("harmful.csv", text);
	eg_summary_free(summary);
}

static void prints_the_header_only_when_asked(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_print_options options = sample_options;
	_cleanup_(eg_freep) char *with = sample_print(summary, EG_FORMAT_CSV, &options);
	_cleanup_(eg_freep) char *without = NULL;

	(void)state;
	options.header = false;
	without = sample_print(summary, EG_FORMAT_CSV, &options);
	assert_string_equal(with, HEADER);
	assert_true(!without || !*without);
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_a_line_per_row),
		cmocka_unit_test(survives_hostile_names),
		cmocka_unit_test(prints_the_header_only_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

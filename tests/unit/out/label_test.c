/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words about apps and rows: what is known, what is not, and what others would like to say. */
#include "sample.h"

#include <egret/label.h>

static struct eg_app *add_app(struct eg_summary *summary)
{
	return sample_app(summary, "exe:/a", "program", "a");
}

static void assert_cell(int (*label)(const struct eg_destination *row, struct eg_cell *ret_cell),
			const struct eg_destination *row, const char *expected)
{
	_cleanup_(eg_cell_free) struct eg_cell cell = { 0 };

	assert_int_equal(label(row, &cell), 0);
	if (*expected)
		assert_string_equal(cell.text, expected);
	else
		assert_null(cell.text && *cell.text ? cell.text : NULL);
}

static void names_destinations(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_app *app = add_app(summary);
	struct eg_destination *row;

	(void)state;
	row = sample_row(app, sample_key("10.0.0.1", 443, IPPROTO_TCP), sample_counters(1, 1, 1));
	assert_cell(eg_label_destination, row, "10.0.0.1");
	assert_cell(eg_label_port, row, "443/tcp");
	assert_cell(eg_label_operator, row, "(private)");
	assert_cell(eg_label_country, row, "");
	eg_destination_detail(row)->domain = strdup("a\033b");
	assert_cell(eg_label_destination, row, "a\\x1bb");
	row = sample_row(app, sample_key(NULL, -1, IPPROTO_ICMP), sample_counters(1, 1, 1));
	row->key.direction = EG_INBOUND;
	assert_cell(eg_label_destination, row, "(no address)");
	assert_cell(eg_label_port, row, "icmp in");
	row->key.overflow = true;
	assert_cell(eg_label_destination, row, "(addresses lost)");
	assert_cell(eg_label_port, row, "");
	eg_summary_free(summary);
}

static void names_places(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_app *app = add_app(summary);
	struct eg_destination *row = sample_row(app, sample_key("203.0.113.1", 443, IPPROTO_TCP),
						sample_counters(1, 1, 1));

	(void)state;
	sample_place(app, row, (struct sample_place){ .as_number = 64500, .country = "SG" });
	assert_cell(eg_label_operator, row, "AS64500");
	assert_cell(eg_label_country, row, "SG");
	sample_place(app, row,
		     (struct sample_place){ .as_organization = "Example", .anycast = EG_YES });
	assert_cell(eg_label_operator, row, "Example");
	assert_cell(eg_label_country, row, EG_LABEL_ANYCAST);
	eg_summary_free(summary);
}

static void assert_claims(const struct eg_destination *row, const char *expected)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_label_claims(stream, row), 0);
	fclose(stream);
	assert_string_equal(text, expected);
}

static void claims_with_their_source(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_app *app = add_app(summary);
	struct eg_destination *row = sample_row(app, sample_key("203.0.113.1", 443, IPPROTO_TCP),
						sample_counters(1, 1, 1));

	(void)state;
	assert_claims(row, "");
	sample_place(app, row,
		     (struct sample_place){ .owner_name = "Example Holdings",
					    .owner_country = "CN",
					    .as_country = "SG" });
	eg_destination_detail(row)->domain = strdup("example.com");
	eg_destination_detail(row)->domain_source = strdup("tls_sni");
	eg_destination_detail(row)->domain_confidence = strdup("claimed");
	assert_claims(row, "owner Example Holdings (CN); operator registered in SG; "
			   "name by tls_sni, claimed");
	eg_summary_free(summary);
}

static void counts_failures(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_destination *row =
		sample_row(add_app(summary), sample_key("10.0.0.1", 1, IPPROTO_TCP),
			   (struct eg_counters){ .connections = 30, .failed = 28 });
	struct eg_failures failures = { 0 };
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	for (int number = 1; number <= EG_FAILURES + 1; number++)
		assert_int_equal(eg_destination_add_error(row, number, 2), 0);
	eg_failures_add(&failures, row);
	eg_failures_add(&failures, row);
	eg_label_failures(stream, &failures, &row->counters);
	fclose(stream);
	assert_string_equal(text, "failed 28 of 30: EPERM 4, ENOENT 4, ESRCH 4, EINTR 4, EIO 4, "
				  "ENXIO 4, others 4");
	eg_summary_free(summary);
}

static void labels_apps(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_app *app = add_app(summary);
	_cleanup_(eg_freep) char *plain = eg_label_app(app);
	_cleanup_(eg_freep) char *carries = NULL;

	(void)state;
	assert_string_equal(plain, "a  exe:/a");
	assert_int_equal(eg_app_describe(app, "program", NULL, "kernel", "resolver", NULL), 0);
	carries = eg_label_app(app);
	assert_string_equal(carries, "exe:/a  via resolver");
	eg_summary_free(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_destinations),
		cmocka_unit_test(names_places),
		cmocka_unit_test(claims_with_their_source),
		cmocka_unit_test(counts_failures),
		cmocka_unit_test(labels_apps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

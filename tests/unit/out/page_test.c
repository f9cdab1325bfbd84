/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The text format's table: which columns there are, what is in them, what is cut. */
#include "sample.h"

static char *print_at(const struct eg_summary *summary, unsigned columns)
{
	struct eg_print_options options = { .columns = columns };

	return sample_print(summary, EG_FORMAT_TEXT, &options);
}

static void leaves_columns_out_that_nobody_knows(void **state)
{
	struct eg_summary *summary = sample_empty();
	_cleanup_(eg_freep) char *text = NULL;
	struct eg_destination *row;

	(void)state;
	row = sample_row(sample_app(summary, "exe:/a", "program", "a"),
			 sample_key("203.0.113.1", 443, IPPROTO_TCP), sample_counters(1, 2, 3));
	row->scope = EG_SCOPE_INTERNET;
	text = print_at(summary, 80);
	assert_non_null(strstr(text, "\n  DESTINATION PORT     SENT  RECEIVED  CONN\n"));
	assert_non_null(strstr(text, "\na  exe:/a               1 B       2 B     3\n"));
	assert_non_null(strstr(text, "\n  203.0.113.1 443/tcp   1 B       2 B     3\n"));
	eg_summary_free(summary);
}

static struct eg_destination *add_row(struct eg_summary *summary, struct eg_destination_key key)
{
	return sample_row(sample_app(summary, "exe:/a", "program", NULL), key,
			  sample_counters(1, 2, 3));
}

static void set_place(struct eg_summary *summary, struct eg_destination *row,
		      struct sample_place place)
{
	sample_place(sample_app(summary, "exe:/a", "program", NULL), row, place);
}

static void assert_line(struct eg_summary *summary, unsigned columns, const char *line)
{
	_cleanup_(eg_freep) char *text = print_at(summary, columns);

	if (!strstr(text, line))
		fail_msg("no line '%s' in:\n%s", line, text);
	eg_summary_free(summary);
}

static void says_what_a_port_is(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_destination_key key = sample_key("10.0.0.1", 5353, IPPROTO_UDPLITE);

	(void)state;
	key.direction = EG_INBOUND;
	add_row(summary, key);
	assert_line(summary, 80, "  10.0.0.1    5353/udplite in (private) ");
	summary = sample_empty();
	add_row(summary, sample_key("10.0.0.1", -1, 47 | EG_TRANSPORT_RAW));
	assert_line(summary, 80, "  10.0.0.1    ip-proto-47 (private) ");
	summary = sample_empty();
	add_row(summary, sample_key(NULL, -1, EG_TRANSPORT_PACKET));
	assert_line(summary, 80, "  (no address) packet  ");
}

static void names_the_operator_as_well_as_it_can(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_destination *row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));

	(void)state;
	set_place(summary, row, (struct sample_place){ .as_number = 64500 });
	assert_line(summary, 80, "1/tcp AS64500 ");
	summary = sample_empty();
	row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));
	set_place(summary, row,
		  (struct sample_place){
			  .as_number = 64500, .as_organization = "Example", .country = "DE" });
	assert_line(summary, 80, "1/tcp Example  DE ");
}

static void says_below_a_row_whose_it_is_and_how_that_is_known(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_destination *row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));

	(void)state;
	set_place(summary, row,
		  (struct sample_place){ .owner_name = "Example Holdings",
					 .owner_country = "CN",
					 .as_country = "SG",
					 .anycast = EG_YES });
	eg_destination_detail(row)->domain = strdup("example.com");
	row->detail->domain_source = strdup("dns");
	assert_line(summary, 80,
		    "\n    owner Example Holdings (CN); operator registered in SG; name by dns\n");
	summary = sample_empty();
	row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));
	set_place(summary, row,
		  (struct sample_place){ .country = "SG", .country_basis = "geolocation" });
	assert_line(summary, 120,
		    "\nCC: where the address is, by geolocation; not where everyone is "
		    "who can read the data there.\n");
	summary = sample_empty();
	row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));
	set_place(summary, row, (struct sample_place){ .anycast = EG_YES });
	assert_line(summary, 160, "; any: in many places at once (anycast); ");
	summary = sample_empty();
	row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));
	set_place(summary, row, (struct sample_place){ .anycast = EG_YES });
	assert_line(summary, 80, " (documentation) any ");
}

/* A long name leaves the operator its third, and a short one all it needs. */
static void shares_what_room_there_is(void **state)
{
	static const char organization[] = "An operator with quite a long name, Incorporated";
	struct eg_summary *summary = sample_empty();
	struct eg_destination *row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));

	(void)state;
	set_place(summary, row, (struct sample_place){ .as_organization = organization });
	eg_destination_detail(row)->domain =
		strdup("a-name-that-is-far-too-long.for-a-line.example.com");
	assert_line(summary, 80,
		    "  a-name-that-is-f\u2026line.example.com 1/tcp An opera\u2026porated ");

	summary = sample_empty();
	row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));
	set_place(summary, row, (struct sample_place){ .as_organization = organization });
	eg_destination_detail(row)->domain = strdup("example.com");
	assert_line(summary, 80,
		    "  example.com 1/tcp An operator with qu\u2026name, Incorporated ");

	summary = sample_empty();
	row = add_row(summary, sample_key("192.0.2.1", 1, IPPROTO_TCP));
	set_place(summary, row, (struct sample_place){ .as_organization = organization });
	eg_destination_detail(row)->domain =
		strdup("a-name-that-is-far-too-long.for-a-line.example.com");
	assert_line(summary, 200,
		    "  a-name-that-is-far-too-long.for-a-line.example.com 1/tcp An operator with "
		    "quite a long name, Incorporated ");
}

/* The name of an app may be wider than its rows. */
static void gives_labels_the_room_that_is_left(void **state)
{
	struct eg_summary *summary = sample_empty();

	(void)state;
	sample_row(sample_app(summary, "exe:/opt/vendor/lib/application/bin/client", "program",
			      "client"),
		   sample_key("10.0.0.1", 1, IPPROTO_TCP), sample_counters(1, 2, 3));
	assert_line(summary, 80, "\nclient  exe:/opt/vendor/lib/application/bin/client   1 B ");
	summary = sample_empty();
	sample_row(sample_app(summary, "exe:/opt/vendor/lib/application/bin/client", "program",
			      "client"),
		   sample_key("10.0.0.1", 1, IPPROTO_TCP), sample_counters(1, 2, 3));
	assert_line(summary, 60, "\nclient  exe:/opt/ve\u2026ication/bin/client   1 B ");
}

static void shows_failures_below_their_row(void **state)
{
	struct eg_summary *summary = sample_empty();
	struct eg_destination *row =
		sample_row(sample_app(summary, "exe:/a", "program", NULL),
			   sample_key("192.0.2.1", 1, IPPROTO_TCP),
			   (struct eg_counters){ .connections = 40, .failed = 36 });

	(void)state;
	for (int number = 1; number <= 8; number++)
		assert_int_equal(eg_destination_add_error(row, number, (uint64_t)number), 0);
	assert_line(summary, 200,
		    "\n    failed 36 of 40: EPERM 1, ENOENT 2, ESRCH 3, EINTR 4, EIO 5, ENXIO 6, "
		    "others 15\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_columns_out_that_nobody_knows),
		cmocka_unit_test(says_what_a_port_is),
		cmocka_unit_test(names_the_operator_as_well_as_it_can),
		cmocka_unit_test(says_below_a_row_whose_it_is_and_how_that_is_known),
		cmocka_unit_test(shares_what_room_there_is),
		cmocka_unit_test(gives_labels_the_room_that_is_left),
		cmocka_unit_test(shows_failures_below_their_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

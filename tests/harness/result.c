/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Expectations on rows and sums of a summary. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <harness/result.h>

/* After a row is found wrong, what there is instead. */
static void show_rows(struct result *result, const char *exe)
{
	cJSON *app = result_app_of(result, exe), *item;

	if (!app) {
		printf("  no app exe:%s among %d\n", exe,
		       cJSON_GetArraySize(json_get(result->json, "apps")));
		cJSON_ArrayForEach(item, json_get(result->json, "apps"))
			printf("    %s sent %lld received %lld\n", json_text(item, "id"),
			       json_number(item, "bytes_sent"),
			       json_number(item, "bytes_received"));
		return;
	}
	printf("  %s has:\n", json_text(app, "id"));
	cJSON_ArrayForEach(item, json_get(app, "destinations")) {
		const char *ip = json_text(item, "ip"), *transport = json_text(item, "transport");
		const char *direction = json_text(item, "direction");
		char *errors = cJSON_PrintUnformatted(json_get(item, "errors"));

		printf("    %s %s %s port %lld %s sent %lld received %lld connections %lld "
		       "failed %lld errors %s\n",
		       transport ? transport : "null", direction ? direction : "null",
		       ip ? ip : "null", json_number(item, "port"), json_text(item, "scope"),
		       json_number(item, "bytes_sent"), json_number(item, "bytes_received"),
		       json_number(item, "connections"), json_number(item, "failed"),
		       errors ? errors : "-");
		cJSON_free(errors);
	}
}

static bool differs(long long got, long long expected, double tolerance)
{
	if (expected == ANY)
		return false;
	return fabs((double)got - (double)expected) > tolerance * (double)expected;
}

/* Names the first member that differs; NULL: none. */
static const char *difference(const cJSON *item, const struct row *row)
{
	if (differs(json_number(item, "bytes_sent"), row->sent, row->tolerance))
		return "bytes_sent";
	if (differs(json_number(item, "bytes_received"), row->received, row->tolerance))
		return "bytes_received";
	if (differs(json_number(item, "connections"), row->connections, 0))
		return "connections";
	if (differs(json_number(item, "failed"), row->failed, 0))
		return "failed";
	if (row->error && json_number(json_get(item, "errors"), row->error) != row->failed)
		return "errors";
	if (row->scope && strcmp(json_text(item, "scope"), row->scope) != 0)
		return "scope";
	return NULL;
}

void expect_row_at(struct result *result, const char *exe, const struct row *row, const char *file,
		   int line)
{
	const char *wrong = "row";
	const cJSON *item;

	if (!result)
		return;
	item = result_row(result, exe, row);
	if (item)
		wrong = difference(item, row);
	if (!wrong)
		return;
	test_wrong_at(result->test, file, line,
		      "%s: expected %s %s %s port %d %s sent %lld received %lld connections %lld "
		      "failed %lld %s",
		      item ? wrong : "no such row", row->transport, row->direction, row->ip,
		      row->port, row->scope ? row->scope : "", row->sent, row->received,
		      row->connections, row->failed, row->error ? row->error : "");
	show_rows(result, exe);
}

void expect_rows_at(struct result *result, const char *exe, int count, const char *file, int line)
{
	int got;

	if (!result)
		return;
	got = cJSON_GetArraySize(json_get(result_app_of(result, exe), "destinations"));
	if (got == count)
		return;
	test_wrong_at(result->test, file, line, "rows of %s: expected %d, got %d", exe, count, got);
	show_rows(result, exe);
}

void expect_sums_at(struct result *result, const char *exe, long long sent, long long received,
		    const char *file, int line)
{
	const cJSON *app;

	if (!result)
		return;
	app = result_app_of(result, exe);
	if (app && !differs(json_number(app, "bytes_sent"), sent, 0) &&
	    !differs(json_number(app, "bytes_received"), received, 0))
		return;
	test_wrong_at(result->test, file, line, "%s: expected sent %lld received %lld", exe, sent,
		      received);
	show_rows(result, exe);
}

void expect_no_address_at(struct result *result, const char *ip, long long port, const char *file,
			  int line)
{
	cJSON *app, *item;

	if (!result)
		return;
	cJSON_ArrayForEach(app, json_get(result->json, "apps")) {
		cJSON_ArrayForEach(item, json_get(app, "destinations")) {
			const char *text = json_text(item, "ip");

			if (!text || strcmp(text, ip) != 0 ||
			    (port != ANY && json_number(item, "port") != port))
				continue;
			test_wrong_at(result->test, file, line, "%s has a row with %s port %lld",
				      json_text(app, "id"), ip, json_number(item, "port"));
		}
	}
}

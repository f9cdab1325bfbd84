/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What holds for every summary: sums at every level add up, times lie in its period. */
#include <string.h>

#include <harness/result.h>

struct sums {
	long long sent, received, connections, failed;
};

static struct sums read_sums(const cJSON *object)
{
	return (struct sums){
		.sent = json_number(object, "bytes_sent"),
		.received = json_number(object, "bytes_received"),
		.connections = json_number(object, "connections"),
		.failed = json_number(object, "failed"),
	};
}

static void add_sums(struct sums *sums, const struct sums *more)
{
	sums->sent += more->sent;
	sums->received += more->received;
	sums->connections += more->connections;
	sums->failed += more->failed;
}

static void compare_sums(struct test *test, const char *what, const struct sums *parts,
			 const struct sums *whole)
{
	if (memcmp(parts, whole, sizeof(*parts)) == 0)
		return;
	test_wrong(test, "%s: parts add up to %lld/%lld/%lld/%lld, whole is %lld/%lld/%lld/%lld",
		   what, parts->sent, parts->received, parts->connections, parts->failed,
		   whole->sent, whole->received, whole->connections, whole->failed);
}

static void check_errors(struct test *test, const cJSON *row)
{
	long long failed = 0;
	const cJSON *error;

	cJSON_ArrayForEach(error, json_get(row, "errors")) {
		failed += (long long)error->valuedouble;
		if (error->valuedouble < 1)
			test_wrong(test, "errors has a zero entry %s", error->string);
	}
	expect_equal(test, failed, json_number(row, "failed"));
}

/* Of an app or a row; in RFC 3339, what is later comes later in the alphabet. */
static void check_times(struct test *test, const cJSON *json, const cJSON *item)
{
	const char *times[] = { json_text(json, "period.start"), json_text(item, "first_seen"),
				json_text(item, "last_seen"), json_text(json, "period.end") };
	const char *what = json_text(item, "id") ?: json_text(item, "ip");

	for (size_t i = 1; times[1] && times[2] && i < sizeof(times) / sizeof(*times); i++) {
		if (strcmp(times[i - 1], times[i]) > 0)
			test_wrong(test, "%s: from %s to %s, not within %s to %s",
				   what ? what : "row", times[1], times[2], times[0], times[3]);
	}
}

static struct sums check_app(struct test *test, const cJSON *json, const cJSON *app)
{
	struct sums rows = { 0 }, own = read_sums(app);
	const cJSON *row;

	cJSON_ArrayForEach(row, json_get(app, "destinations")) {
		struct sums one = read_sums(row);

		add_sums(&rows, &one);
		check_errors(test, row);
		check_times(test, json, row);
	}
	check_times(test, json, app);
	compare_sums(test, json_text(app, "id"), &rows, &own);
	return own;
}

static void check_ledger(struct test *test, const cJSON *json, const char *counter)
{
	const cJSON *parts = json_get(json_get(json, "ledger"), counter), *part;
	long long sum = 0;

	cJSON_ArrayForEach(part, parts)
		sum += (long long)part->valuedouble;
	if (sum != json_number(json_get(json, "totals"), counter))
		test_wrong(test, "ledger.%s adds up to %lld, totals has %lld", counter, sum,
			   json_number(json_get(json, "totals"), counter));
}

void result_check_sums(struct result *result)
{
	struct test *test = result->test;
	struct sums sums = { 0 }, totals = read_sums(json_get(result->json, "totals"));
	const cJSON *app;
	int apps = 0;

	cJSON_ArrayForEach(app, json_get(result->json, "apps")) {
		struct sums one = check_app(test, result->json, app);

		add_sums(&sums, &one);
		apps++;
	}
	compare_sums(test, "totals", &sums, &totals);
	expect_equal(test, apps, json_number(result->json, "totals.apps"));
	check_ledger(test, result->json, "bytes_sent");
	check_ledger(test, result->json, "bytes_received");
}

void result_check_complete(struct result *result)
{
	const cJSON *lost;

	if (!cJSON_IsTrue(json_get(result->json, "ledger.complete")))
		test_wrong(result->test, "ledger.complete is not true");
	cJSON_ArrayForEach(lost, json_get(result->json, "ledger.lost")) {
		/* A machine that is busy may lose names: no byte is lost with them. */
		if (lost->valuedouble != 0 && strcmp(lost->string, "names_skipped") != 0)
			test_wrong(result->test, "ledger.lost.%s is %.0f", lost->string,
				   lost->valuedouble);
	}
}

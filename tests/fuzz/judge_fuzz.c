/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Summaries from outside, judged by rules, compared, redacted and reported: always harmlessly. */
#include <errno.h>
#include <string.h>

#include <egret/base.h>
#include <egret/diff.h>
#include <egret/flow.h>
#include <egret/out.h>
#include <egret/policy.h>
#include <egret/redact.h>

#include "fuzz.h"

#define FINDINGS_MAX 64

static const char rules[] =
	"{\"schema\":\"egret.policy/1\",\"rules\":["
	"{\"name\":\"a\",\"not\":{\"countries\":[\"SG\"],\"apps\":[\"*e*\"]}},"
	"{\"name\":\"b\",\"where\":{\"users\":[\"0\"]},\"only\":{\"domains\":[\"*.example.com\"]}},"
	"{\"name\":\"c\",\"where\":{\"apps\":[\"*\"]},\"max_sent_per_day\":1}]}";

static const struct eg_print_options options = { .header = true, .columns = 80 };

struct gathered {
	const struct eg_policy *policy;
	struct eg_finding findings[FINDINGS_MAX];
	size_t count;
};

static int gather(const struct eg_violation *violation, void *data)
{
	struct gathered *gathered = data;

	if (gathered->count < FINDINGS_MAX)
		gathered->findings[gathered->count++] = (struct eg_finding){
			.rule = eg_policy_name(gathered->policy, violation->rule),
			.app_id = violation->row ? violation->app->id : violation->app_id,
			.app_name = violation->row ? violation->app->name : violation->app_name,
			.broken = violation->broken,
			.row = violation->row,
			.period = violation->period,
			.bytes = violation->bytes,
			.limit = violation->limit,
		};
	return 0;
}

static void close_harmless(struct fuzz_stream *stream)
{
	char *text = fuzz_close(stream);

	fuzz_require_harmless(text, stream->size);
	free(text);
}

static void judge(const struct eg_policy *policy, const struct eg_summary *summary)
{
	struct gathered gathered = { .policy = policy };
	struct eg_verdict verdict = {
		.policy = "p",
		.rules = eg_policy_count(policy),
		.summary = summary,
	};
	struct fuzz_stream stream;
	struct eg_meter *meter;

	fuzz_require(eg_policy_check(policy, summary, gather, &gathered) == 0);
	fuzz_require(eg_meter_new(policy, &meter) == 0);
	fuzz_require(eg_meter_add(meter, summary) == 0);
	fuzz_require(eg_meter_check(meter, &summary->period, gather, &gathered) == 0);
	verdict.findings = gathered.findings;
	verdict.findings_count = gathered.count;
	for (int i = 0; i < 2; i++) {
		fuzz_open(&stream);
		fuzz_require(eg_print_verdict(stream.stream, i ? EG_FORMAT_JSON : EG_FORMAT_TEXT,
					      &verdict, &options) == 0);
		close_harmless(&stream);
	}
	eg_meter_free(meter);
}

static void compare(const struct eg_summary *summary)
{
	struct eg_summary *nothing = eg_summary_new(summary->by);
	struct eg_comparison comparison = { .after = summary->period };
	struct fuzz_stream stream;
	struct eg_diff *diff;

	fuzz_require(nothing && eg_diff_make(nothing, summary, &diff) == 0);
	comparison.old = nothing;
	comparison.new = summary;
	comparison.diff = diff;
	for (int i = 0; i < 2; i++) {
		fuzz_open(&stream);
		fuzz_require(eg_print_comparison(stream.stream, i ? EG_FORMAT_JSON : EG_FORMAT_TEXT,
						 &comparison, &options) == 0);
		close_harmless(&stream);
	}
	eg_diff_free(diff);
	eg_summary_free(nothing);
}

static void report(const struct eg_summary *summary)
{
	const struct eg_report report = { .asked = summary->period, .summary = summary };
	struct fuzz_stream stream;
	int r;

	fuzz_open(&stream);
	r = eg_print_report(stream.stream, EG_FORMAT_HTML, &report, &options);
	fuzz_require(r == (eg_html_exists() ? 0 : -EOPNOTSUPP));
	close_harmless(&stream);
}

static void redact(const struct eg_summary *summary)
{
	struct eg_redactor *redactor = eg_redactor_new();
	struct eg_summary *redacted = NULL;

	fuzz_require(redactor);
	fuzz_require(eg_redactor_learn(redactor, summary) == 0);
	fuzz_require(eg_redact_summary(redactor, summary, &redacted) == 0);
	report(redacted);
	eg_summary_free(redacted);
	eg_redactor_free(redactor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct eg_policy *policy;
	struct eg_summary *summary = NULL;
	struct eg_read_error error;

	if (!policy)
		fuzz_require(eg_policy_read(rules, sizeof(rules) - 1, "/dev/null", NULL, NULL,
					    &policy) == 0);
	if (eg_summary_read((const char *)data, size, &summary, &error) < 0)
		return 0;
	judge(policy, summary);
	compare(summary);
	report(summary);
	redact(summary);
	eg_summary_free(summary);
	return 0;
}

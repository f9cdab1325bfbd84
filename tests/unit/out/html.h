/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Parts of the HTML report, each printed alone. */
#pragma once

#include "sample.h"

#include "user/out/html.h"

struct html_sample {
	struct eg_summary *summary, *before;
	struct eg_diff *diff;
	struct eg_bytes bytes[4];
	struct eg_series series;
	struct eg_timeline timeline;
	struct eg_missed missed[8];
	struct eg_report report;
	struct eg_html html;
};

static char html_reason[] = "<evil>\033";

/* A report on a summary, which is freed with it; the period before was empty but recorded. */
static inline struct html_sample *html_sample(struct eg_summary *summary)
{
	struct html_sample *sample = calloc(1, sizeof(*sample));
	const struct eg_period week = { .start = SAMPLE_START,
					.end = SAMPLE_START + 30 * NSEC_PER_SEC };

	assert_non_null(sample);
	sample->summary = summary;
	sample->before = sample_empty();
	assert_int_equal(eg_diff_make(sample->before, summary, &sample->diff), 0);
	for (size_t i = 0; i < ARRAY_SIZE(sample->bytes); i++)
		sample->bytes[i] = (struct eg_bytes){ .sent = i, .received = 10 * i };
	sample->series = (struct eg_series){ .app = strdup("kernel:icmp"), .bytes = sample->bytes };
	sample->timeline = (struct eg_timeline){ .start = SAMPLE_START,
						 .step = 10 * NSEC_PER_SEC,
						 .steps = ARRAY_SIZE(sample->bytes),
						 .series = &sample->series,
						 .series_count = 1 };
	for (size_t i = 0; i < ARRAY_SIZE(sample->missed); i++)
		sample->missed[i] = (struct eg_missed){ .period = week, .reason = html_reason };
	sample->report = (struct eg_report){ .asked = week,
					     .summary = summary,
					     .missed = sample->missed,
					     .missed_count = ARRAY_SIZE(sample->missed),
					     .timeline = &sample->timeline,
					     .diff = sample->diff };
	sample->html = (struct eg_html){ .report = &sample->report,
					 .summary = summary,
					 .totals = eg_summary_totals(summary),
					 .recorded = 30 * NSEC_PER_SEC };
	assert_int_equal(eg_digest_make(summary, &sample->html.digest), 0);
	return sample;
}

static inline void html_free(struct html_sample *sample)
{
	eg_digest_free(&sample->html.digest);
	eg_diff_free(sample->diff);
	eg_summary_free(sample->summary);
	eg_summary_free(sample->before);
	free(sample->series.app);
	free(sample);
}

/* What a part prints; no byte of it does harm. */
static inline char *html_print(struct html_sample *sample, int (*part)(const struct eg_html *html))
{
	char *text = NULL;
	size_t size;

	sample->html.stream = open_memstream(&text, &size);
	assert_non_null(sample->html.stream);
	assert_int_equal(part(&sample->html), 0);
	assert_int_equal(fclose(sample->html.stream), 0);
	sample_assert_harmless(text);
	return text;
}

static inline size_t html_count(const char *text, const char *part)
{
	size_t count = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		count++;
	return count;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Durations and times, as users and files write them. */
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#include "fuzz.h"

static void check_duration(const char *text)
{
	int64_t ns = -1;
	int r = eg_duration_parse(text, &ns);

	fuzz_require(r == 0 ? ns >= 0 : ns == -1);
}

/* What we print of a time is read as the same time. */
static void check_time(const char *text)
{
	char buffer[EG_TIME_TEXT_MAX];
	int64_t time = -1, again = -1;

	if (eg_time_parse(text, &time) < 0) {
		fuzz_require(time == -1);
		return;
	}
	fuzz_require(eg_time_parse(eg_time_text(time, buffer), &again) == 0);
	fuzz_require(again == time);
}

static void check_number(const uint8_t *data, size_t size)
{
	char buffer[EG_TIME_TEXT_MAX];
	int64_t time, again;

	if (size < sizeof(time))
		return;
	memcpy(&time, data, sizeof(time));
	fuzz_require(eg_time_parse(eg_time_text(time, buffer), &again) == 0);
	fuzz_require(again == time);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_duration(text);
	check_time(text);
	check_number(data, size);
	free(text);
	return 0;
}

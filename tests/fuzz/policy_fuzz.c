/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A policy of any bytes: it is read, or each mistake has a place in the text. */
#include <errno.h>
#include <string.h>

#include <egret/policy.h>

#include "fuzz.h"

struct reading {
	size_t size;
	size_t mistakes;
};

static void mistake(const struct eg_policy_mistake *mistake, void *data)
{
	struct reading *reading = data;

	fuzz_require(mistake->line >= 1 && mistake->line <= reading->size + 1);
	fuzz_require(mistake->column >= 1 && mistake->column <= reading->size + 1);
	fuzz_require(*mistake->what);
	fuzz_require(strlen(mistake->where) < 200);
	reading->mistakes++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading reading = { .size = size };
	struct eg_policy *policy = NULL;
	int r = eg_policy_read((const char *)data, size, "/dev/null", mistake, &reading, &policy);

	if (r == 0) {
		fuzz_require(policy && !reading.mistakes && eg_policy_count(policy) > 0);
		for (size_t i = 0; i < eg_policy_count(policy); i++)
			fuzz_require(*eg_policy_name(policy, i));
		eg_policy_free(policy);
	} else {
		fuzz_require(r == -EINVAL && !policy && reading.mistakes);
	}
	return 0;
}

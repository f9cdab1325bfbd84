/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A policy from a file, and what breaks it, gathered to be printed. */
#pragma once

#include <egret/out.h>
#include <egret/policy.h>

/* Reads a policy's file. 0, or an enum eg_exit after a line for each mistake. */
int findings_policy(const char *path, struct eg_policy **ret_policy);

#define FINDINGS_MAX 1000

/* Owns the texts of limits; rows are their summary's. */
struct findings {
	const struct eg_policy *policy;
	struct eg_finding *list;
	size_t count, capacity;
	uint64_t omitted; /* past FINDINGS_MAX */
};

/* Adds a violation: `data` is the findings. 0 or -ENOMEM. */
int findings_add(const struct eg_violation *violation, void *data);
/* In the order of the policy's rules; what was added first stays first. 0 or -ENOMEM. */
int findings_sort(struct findings *findings);
void findings_free(struct findings *findings);

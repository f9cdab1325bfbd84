/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Medians, and how far they can be trusted. */
#pragma once

#include <stddef.h>

/* A median and the bounds between which it lies with 95 % confidence. */
struct interval {
	double low, median, high;
};

/* From at least one sample; sorts them. No shape of distribution is assumed. */
struct interval interval_of(double *samples, size_t count);
/* Of a sum of two figures: at least as wide as it is. */
struct interval interval_add(struct interval a, struct interval b);
/* In another unit. */
struct interval interval_scale(struct interval a, double factor);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The median's interval from ranks: how many samples lie below it is a binomial number. */
#include <math.h>
#include <stdlib.h>

#include "interval.h"

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

struct interval interval_of(double *samples, size_t count)
{
	double half = 1.96 * sqrt((double)count) / 2, middle = (double)(count - 1) / 2;
	double low = fmax(floor(middle - half), 0);
	double high = fmin(ceil(middle + half), (double)count - 1);

	qsort(samples, count, sizeof(*samples), compare);
	return (struct interval){
		.low = samples[(size_t)low],
		.median = (samples[(count - 1) / 2] + samples[count / 2]) / 2,
		.high = samples[(size_t)high],
	};
}

struct interval interval_add(struct interval a, struct interval b)
{
	return (struct interval){
		.low = a.low + b.low,
		.median = a.median + b.median,
		.high = a.high + b.high,
	};
}

struct interval interval_scale(struct interval a, double factor)
{
	return (struct interval){
		.low = a.low * factor,
		.median = a.median * factor,
		.high = a.high * factor,
	};
}

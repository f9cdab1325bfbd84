/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Chance that repeats itself. */
#include "dice.h"

#include <math.h>

/* splitmix64: the finalizer of MurmurHash3 over a Weyl sequence. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

struct dice dice_of(uint64_t a, uint64_t b, uint64_t c)
{
	return (struct dice){ .state = mix(mix(mix(a + 1) + b) + c) };
}

uint64_t dice_number(struct dice *dice)
{
	dice->state += 0x9e3779b97f4a7c15ULL;
	return mix(dice->state);
}

unsigned dice_choice(struct dice *dice, unsigned count)
{
	return (unsigned)(((dice_number(dice) >> 32) * count) >> 32);
}

double dice_share(struct dice *dice)
{
	return (double)(dice_number(dice) >> 11) * 0x1p-53;
}

/* Box and Muller's: one of the two. */
static double normal(struct dice *dice)
{
	double radius = sqrt(-2 * log(1 - dice_share(dice)));

	return radius * cos(2 * M_PI * dice_share(dice));
}

unsigned dice_count(struct dice *dice, double mean)
{
	double limit, product;
	unsigned count = 0;

	if (mean > 30) {
		double value = mean + sqrt(mean) * normal(dice);

		return value < 0 ? 0 : (unsigned)(value + 0.5);
	}
	limit = exp(-mean);
	for (product = dice_share(dice); product > limit; product *= dice_share(dice))
		count++;
	return count;
}

double dice_amount(struct dice *dice, double median)
{
	double amount = median * exp(1.2 * normal(dice));

	if (dice_choice(dice, 100) == 0)
		amount *= pow(1 - dice_share(dice), -1 / 1.1);
	return fmin(amount, 2e10);
}

unsigned dice_rank(struct dice *dice, unsigned count)
{
	unsigned rank = (unsigned)pow(count + 1.0, dice_share(dice)) - 1;

	return rank < count ? rank : count - 1;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Chance that repeats itself: all that is drawn follows from what the dice were made of. */
#pragma once

#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Of three numbers, equal ones alike. */
struct dice dice_of(uint64_t a, uint64_t b, uint64_t c);

uint64_t dice_number(struct dice *dice);
/* 0 .. count - 1; count above 0. */
unsigned dice_choice(struct dice *dice, unsigned count);
/* 0 <= x < 1 */
double dice_share(struct dice *dice);
/* How many times something happens that happens `mean` times on average (Poisson). */
unsigned dice_count(struct dice *dice, double mean);
/* Around a median, with a tail: log-normal, and one in a hundred times Pareto's. */
double dice_amount(struct dice *dice, double median);
/* A rank below `count`: rank 0 twice as often as rank 1, and so on (Zipf's law). */
unsigned dice_rank(struct dice *dice, unsigned count);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of options: what each is called, what it takes, where its value goes. */
#pragma once

#include <stddef.h>

#include "cmd.h"

struct eg_option_row {
	const char *name;
	char letter; /* 0: none */
	const char *value; /* what it takes, for the usage; NULL: nothing */
	const char *help;
	/* Puts the value into the field; 0, -ENOMEM, or -EINVAL after one line on stderr. */
	int (*take)(void *field, const struct eg_option_row *row, const char *value);
	size_t field; /* offset in struct eg_options */
};

/* By enum eg_option, in the order of the usage text. */
extern const struct eg_option_row eg_option_rows[EG_OPTION_COUNT];

/* The words of a NULL-terminated list with spaces between them; free() it. NULL: no memory. */
char *eg_option_join(const char *const *words);

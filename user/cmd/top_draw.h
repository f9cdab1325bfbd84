/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One picture of `top`: what stands where on the screen. */
#pragma once

#include "top_screen.h"
#include "top_text.h"
#include "top_ui.h"

/* Draws only what is to be seen. 0 or -ENOMEM. */
int top_draw(struct screen *screen, struct top_ui *ui, const struct top_origin *origin,
	     const struct eg_summary *summary);

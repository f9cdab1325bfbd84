/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What Waydroid leaves on the host of its container (identity.md 3.1). Private to user/ident/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WAYDROID_CONTAINER "waydroid"
#define WAYDROID_CONFIG "/var/lib/waydroid/lxc/waydroid/config" /* once it was set up */

/* Where its /data is on the host, of its config_session; malloc'ed, NULL: not there. */
char *waydroid_data(const char *config);

/* The user whose session it is, of its waydroid.prop; false: not there. */
bool waydroid_user(const char *properties, uint32_t *ret_uid);

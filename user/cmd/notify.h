/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Telling systemd, or what takes its place, how a service is. */
#pragma once

/*
 * Sends "READY=1", "STOPPING=1" or the like (sd_notify(3)) to the socket that
 * NOTIFY_SOCKET names. 0, also where nobody wants to know; else -errno.
 */
int notify_send(const char *state);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rights: what tracing needs, and giving up the rest. libcap-ng lives behind this. */
#pragma once

/* The first capability that tracing needs and this process lacks, or NULL. */
const char *eg_caps_missing(void);

/* What is still needed once everything is attached. */
enum eg_caps_keep {
	EG_CAPS_KEEP_FILES = 1 << 0, /* write where the user's own rights don't reach */
	EG_CAPS_KEEP_KILL = 1 << 1, /* signal a command that runs as another user */
	EG_CAPS_KEEP_READ = 1 << 2, /* read what names an app: /proc/PID/root, files of users */
};

/*
 * Keeps CAP_BPF, which reading maps takes before 5.19 (c8644cd0efe7), and what
 * `keep` names; gives up everything else for good, and with it any way to gain
 * rights by execve(). 0 or -EPERM.
 */
int eg_caps_drop(unsigned keep);
/* Gives up all rights, for good and for whatever is executed from here. 0 or -EPERM. */
int eg_caps_drop_all(void);

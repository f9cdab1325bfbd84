/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a process that runs for long may ask the kernel for. libseccomp lives behind this. */
#pragma once

/*
 * From here on this process can use files, its clock and memory, read what it
 * traces and say how it is to a local socket: whatever else it asks for is an
 * error (EPERM), above all to run a program or to open a connection. For good.
 * 0; -ENOTSUP: this build has no libseccomp; -errno: this kernel can't.
 */
int eg_sandbox_enter(void);
/* The library behind it, for people; NULL: none in this build. */
const char *eg_sandbox_library(void);

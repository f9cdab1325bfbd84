/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What Android's uids and process names mean. Private to user/ident/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "scratch.h"

#define ANDROID_USER 100000 /* AID_USER_OFFSET: uids of one user */
#define ANDROID_SYSTEM 1000 /* AID_SYSTEM */
#define ANDROID_DNS 1051 /* AID_DNS */
#define ANDROID_TAG_DNS 0xffffff82U /* TrafficStatsConstants: TAG_SYSTEM_DNS */

enum android_class {
	ANDROID_NATIVE, /* a system uid */
	ANDROID_APP,
	ANDROID_SDK_SANDBOX,
	ANDROID_PRIVATE_COMPUTE,
	ANDROID_ISOLATED,
};

/* What kind of uid it is; *ret_owner: user 0's uid of the app that it belongs to. */
enum android_class android_class_of(uint32_t uid, uint32_t *ret_owner);
/* May this be a package's name? Letters, digits and '_' in at least two dotted parts. */
bool android_is_package(const char *text, size_t size);
/* The program that every app runs in, and which says nothing of it. */
bool android_is_runtime(const char *exe_name);
/* The system's own processes that are known by their names; NULL: it is none. */
const char *android_system_process(uint32_t app, const char *process, const char *exe_name);
/* What a system uid's process is called. */
const char *android_system_name(struct scratch *scratch, uint32_t app, const char *exe_name);
/* The same for people. */
const char *android_system_title(const char *name);
/* What a tag of TrafficStats stands for. */
const char *android_tag_name(uint32_t tag);

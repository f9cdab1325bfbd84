/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What cases about apps share: what an app says of itself, and bytes for it to send. */
#pragma once

#include <harness/egret.h>

/* What an app must say of itself; NULL: null. */
struct expected {
	const char *id, *kind, *name, *trust, *via, *flag, *component;
};

void expect_said(struct test *test, const cJSON *object, const char *key, const char *expected);
/* The app is there, says this, and has sent so many bytes. A NULL result: nothing is checked. */
void expect_app(struct result *result, const struct expected *expected, long long sent);
/* No app has this id. */
void expect_no_app(struct result *result, const char *id);

/* The client connects to the server on the case's address, and sends. */
void send_bytes(struct actor *client, struct actor *server, long size);

/* A cgroup below the case's own, its parents ("a.slice/b.scope") as well; the same each time. */
const char *cgroup_named(struct test *test, const char *name);

/*
 * The same below a user's manager, from the hierarchy's root: "app.slice/x.scope"
 * is /user.slice/user-UID.slice/user@UID.service/app.slice/x.scope. The user is
 * one that nobody else is, and owns it all, as his systemd would.
 */
const char *cgroup_of_user(struct test *test, const char *unit);
uid_t user_of(struct test *test);

/*
 * A desktop entry of this machine, which only this case and its egret see
 * (egret_start_here()).
 */
void install_entry(struct test *test, const char *id, const char *name, const char *program);

/* Until egret has looked at all that was sent so far. */
void await_snapshot(struct egret *egret);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An app of an Android in a container, and servers in several countries that it talks to. */
#pragma once

#include <harness/egret.h>

#define QUESTION_APP "android:tablet/com.example.video"

enum { LOG, VIDEO, STATISTICS, PUSH, BARE, SERVERS };

/* What must be said of each; a NULL is one in the result, too. */
struct server {
	const char *ip, *domain, *source, *confidence, *registered;
	const char *country, *organization, *operator_country, *owner, *owner_country;
	const char *transport;
	int port, number;
};
extern const struct server question_servers[SERVERS];

/* What the programs themselves say that they sent and received. */
struct truth {
	long long sent, received;
};

struct scene {
	struct test *test;
	const char *root, *cgroup; /* of the container */
	int net; /* of the container; the servers are in the case's own, which is the host's here */
	struct program *listener; /* of the app: waits for messages as long as its input is open */
	int input[2];
	const char *database, *owners;
	struct program *relays[SERVERS];
	struct truth truth[SERVERS];
};

/* All of it, ready; skips the case where a program is missing. */
struct scene question_scene(struct test *test);
/* egret as the container's host starts it. */
struct egret question_egret(struct scene *scene);
/* What the app does; scene->truth is what the servers and clients say of it. */
void question_talk(struct scene *scene, const struct egret *egret);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the simulated hosts live in: networks, services in them, programs that use those. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a host, or what serves it, is. */
enum region { EUROPE, AMERICA, ASIA, REGIONS };

/* Kinds of hosts; a program's `hosts` is a set of them. */
enum persona {
	OFFICE = 1 << 0, /* on while its person works */
	DEVELOPER = 1 << 1, /* the same, longer, with builds */
	HOME = 1 << 2, /* in the evening and at weekends, with games and Android */
	SERVER = 1 << 3, /* always on; its load follows the day */
	KIOSK = 1 << 4, /* always on, hardly anything on it */
	PEOPLE = OFFICE | DEVELOPER | HOME,
	EVERYWHERE = PEOPLE | SERVER | KIOSK,
};

/* When a program has something to say. */
enum rhythm {
	WITH_PEOPLE, /* in sessions, while a person is there */
	STEADY, /* as long as the host is on */
	WITH_LOAD, /* the same, as the day goes */
	NIGHTLY, /* once, for an hour or so */
};

/* An operator's network. */
struct network {
	const char *name, *country;
	uint32_t number;
	bool anycast;
	uint8_t ipv4[2]; /* its addresses begin so */
	uint16_t ipv6[2]; /* 0: none */
	const char *served_from[REGIONS]; /* the country, NULL: all from `country` */
};

enum network_id {
	LAN, /* the site's own: no operator */
	GOOGLE,
	CLOUDFLARE,
	AMAZON,
	MICROSOFT,
	AKAMAI,
	FASTLY,
	META,
	HETZNER,
	OVH,
	APPLE,
	VALVE,
	SPOTIFY,
	TELEGRAM,
	BYTEDANCE,
	ALIBABA,
	TENCENT,
	YANDEX,
	XIAOMI,
	TELEKOM,
	COMCAST,
	NTT,
	NETWORKS,
};
extern const struct network networks[NETWORKS];

/* Names under which something is offered. */
struct service {
	const char *host; /* "%u" in it is one of `names` */
	const char *registered; /* its registered domain; NULL: no name is known */
	const char *owner, *owner_country;
	uint8_t network; /* enum network_id */
	uint8_t transport; /* IPPROTO_* */
	uint16_t port; /* 0: none */
	uint8_t names, addresses; /* how many there are in a region; 0: one */
};

enum service_id {
	NOTHING, /* ends a list */
	THE_WEB, /* one of the sites of the long tail, and who watches there */
	PEERS, /* anybody's address */
	RESOLVER,
	NAS,
	PRINTER,
	GIT_INSIDE,
	DATABASE,
	NTP,
	GOOGLE_APIS,
	GOOGLE_ADS,
	GOOGLE_ANALYTICS,
	GOOGLE_PLAY,
	YOUTUBE,
	FIREBASE,
	MOZILLA,
	CDNJS,
	GITHUB,
	GITHUB_FILES,
	VSCODE,
	OFFICE365,
	TEAMS,
	MS_TELEMETRY,
	ZOOM,
	SLACK,
	DEBIAN,
	UBUNTU,
	FLATHUB,
	SNAPCRAFT,
	DOCKER_HUB,
	NPM,
	PYPI,
	STEAM_API,
	STEAM_FILES,
	SPOTIFY_API,
	SPOTIFY_AUDIO,
	TELEGRAM_DC,
	WHATSAPP,
	FACEBOOK_GRAPH,
	TIKTOK_LOG,
	TIKTOK_VIDEO,
	ALIEXPRESS,
	UMENG,
	WECHAT,
	YANDEX_METRICA,
	XIAOMI_TRACKING,
	APPSFLYER,
	ADJUST,
	UNITY_ADS,
	SENTRY,
	S3,
	BACKUP,
	MAIL,
	APPLE_PUSH,
	SERVICES,
};
extern const struct service services[SERVICES];

struct program {
	const char *id, *kind, *name, *trust, *via, *executable;
	uint32_t user;
	uint8_t hosts; /* set of enum persona */
	uint8_t share; /* on how many of a hundred of those */
	enum rhythm rhythm;
	uint16_t inbound; /* the port on which others call it; 0: it calls */
	double per_minute; /* contacts while it is busy */
	double sent; /* bytes of a contact, the median */
	double ratio; /* received for each byte sent */
	uint8_t services[8]; /* enum service_id: the first is called half the time, and so on */
};
extern const struct program programs[];
extern const size_t programs_count;

/* The long tail: site number `site` of SITES. */
#define SITES 5000
const char *site_word(unsigned number);
const char *site_ending(unsigned number);
enum network_id site_network(unsigned number);

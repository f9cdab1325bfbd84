/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The networks of the simulated world, and its many small sites. */
#include "world.h"

#include <egret/base.h>

const struct network networks[NETWORKS] = {
	[GOOGLE] = { .name = "Google LLC",
		     .country = "US",
		     .number = 15169,
		     .ipv4 = { 142, 250 },
		     .ipv6 = { 0x2a00, 0x1450 },
		     .served_from = { "DE", "US", "SG" } },
	[CLOUDFLARE] = { .name = "Cloudflare, Inc.",
			 .country = "US",
			 .number = 13335,
			 .anycast = true,
			 .ipv4 = { 104, 16 },
			 .ipv6 = { 0x2606, 0x4700 } },
	[AMAZON] = { .name = "Amazon.com, Inc.",
		     .country = "US",
		     .number = 16509,
		     .ipv4 = { 52, 94 },
		     .ipv6 = { 0x2a05, 0xd018 },
		     .served_from = { "IE", "US", "JP" } },
	[MICROSOFT] = { .name = "Microsoft Corporation",
			.country = "US",
			.number = 8075,
			.ipv4 = { 20, 190 },
			.ipv6 = { 0x2603, 0x1026 },
			.served_from = { "NL", "US", "SG" } },
	[AKAMAI] = { .name = "Akamai International B.V.",
		     .country = "NL",
		     .number = 20940,
		     .ipv4 = { 23, 45 },
		     .ipv6 = { 0x2a02, 0x26f0 },
		     .served_from = { "DE", "US", "JP" } },
	[FASTLY] = { .name = "Fastly, Inc.",
		     .country = "US",
		     .number = 54113,
		     .anycast = true,
		     .ipv4 = { 151, 101 },
		     .ipv6 = { 0x2a04, 0x4e42 } },
	[META] = { .name = "Facebook, Inc.",
		   .country = "US",
		   .number = 32934,
		   .ipv4 = { 157, 240 },
		   .ipv6 = { 0x2a03, 0x2880 },
		   .served_from = { "SE", "US", "SG" } },
	[HETZNER] = { .name = "Hetzner Online GmbH",
		      .country = "DE",
		      .number = 24940,
		      .ipv4 = { 88, 198 },
		      .ipv6 = { 0x2a01, 0x04f8 } },
	[OVH] = { .name = "OVH SAS",
		  .country = "FR",
		  .number = 16276,
		  .ipv4 = { 51, 68 },
		  .ipv6 = { 0x2001, 0x41d0 },
		  .served_from = { "FR", "CA", "SG" } },
	[APPLE] = { .name = "Apple Inc.",
		    .country = "US",
		    .number = 714,
		    .ipv4 = { 17, 57 },
		    .ipv6 = { 0x2620, 0x0149 },
		    .served_from = { "DE", "US", "JP" } },
	[VALVE] = { .name = "Valve Corporation",
		    .country = "US",
		    .number = 32590,
		    .ipv4 = { 155, 133 },
		    .served_from = { "SE", "US", "HK" } },
	[SPOTIFY] = { .name = "Spotify AB", .country = "SE", .number = 8403, .ipv4 = { 193, 182 } },
	[TELEGRAM] = { .name = "Telegram Messenger Inc",
		       .country = "VG",
		       .number = 62041,
		       .ipv4 = { 149, 154 },
		       .ipv6 = { 0x2001, 0x067c },
		       .served_from = { "NL", "US", "SG" } },
	[BYTEDANCE] = { .name = "TikTok Pte. Ltd.",
			.country = "SG",
			.number = 138699,
			.ipv4 = { 71, 18 },
			.served_from = { "IE", "US", "SG" } },
	[ALIBABA] = { .name = "Alibaba (US) Technology Co., Ltd.",
		      .country = "US",
		      .number = 45102,
		      .ipv4 = { 47, 246 },
		      .ipv6 = { 0x240b, 0x4000 },
		      .served_from = { "DE", "US", "CN" } },
	[TENCENT] = { .name = "Tencent Building, Kejizhongyi Avenue",
		      .country = "CN",
		      .number = 132203,
		      .ipv4 = { 43, 175 },
		      .served_from = { "DE", "US", "HK" } },
	[YANDEX] = { .name = "YANDEX LLC",
		     .country = "RU",
		     .number = 13238,
		     .ipv4 = { 77, 88 },
		     .ipv6 = { 0x2a02, 0x06b8 } },
	[XIAOMI] = { .name = "Xiaomi Technology Netherlands B.V.",
		     .country = "NL",
		     .number = 210277,
		     .ipv4 = { 161, 117 },
		     .served_from = { "NL", "US", "SG" } },
	[TELEKOM] = { .name = "Deutsche Telekom AG",
		      .country = "DE",
		      .number = 3320,
		      .ipv4 = { 91, 10 },
		      .ipv6 = { 0x2003, 0x00c0 } },
	[COMCAST] = { .name = "Comcast Cable Communications, LLC",
		      .country = "US",
		      .number = 7922,
		      .ipv4 = { 73, 12 },
		      .ipv6 = { 0x2601, 0x0240 } },
	[NTT] = { .name = "NTT Communications Corporation",
		  .country = "JP",
		  .number = 4713,
		  .ipv4 = { 153, 128 },
		  .ipv6 = { 0x2400, 0x4050 } },
};

/* --- the long tail --- */

const char *site_word(unsigned number)
{
	static const char *const words[] = {
		"amber",  "birch",   "cobalt", "delta",	  "ember", "fjord",  "garnet", "harbor",
		"iris",	  "juniper", "kite",   "lantern", "maple", "north",  "opal",   "pepper",
		"quartz", "river",   "sable",  "timber",  "umbra", "velvet", "willow", "yarrow",
		"zephyr", "anchor",  "bistro", "cedar",	  "drift", "echo",   "forum",  "gazette",
	};

	return words[number % ARRAY_SIZE(words)];
}

const char *site_ending(unsigned number)
{
	static const char *const endings[] = { "com", "com", "com", "de", "org", "net",
					       "fr",  "nl",  "io",  "jp", "it",	 "com" };

	return endings[number % ARRAY_SIZE(endings)];
}

enum network_id site_network(unsigned number)
{
	static const uint8_t hosting[] = { CLOUDFLARE, CLOUDFLARE, CLOUDFLARE, AMAZON,
					   AMAZON,     HETZNER,	   OVH,	       FASTLY,
					   GOOGLE,     AKAMAI,	   AKAMAI,     MICROSOFT,
					   TELEKOM,    NTT,	   ALIBABA,    YANDEX };

	return hosting[number % ARRAY_SIZE(hosting)];
}

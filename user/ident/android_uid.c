/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What Android's uids and process names mean (identity.md 3.4, 3.6). */
#include "android.h"

#include <string.h>

#include <egret/base.h>

#include "cgroup.h"

/* Ranges of android_filesystem_config.h and Process.java; `owner` is subtracted. */
static const struct {
	uint32_t first, last;
	enum android_class class;
	uint32_t owner;
} ranges[] = {
	{ .first = 10000, .last = 19999, .class = ANDROID_APP },
	{ .first = 20000, .last = 29999, .class = ANDROID_SDK_SANDBOX, .owner = 10000 },
	{ .first = 30000, .last = 39999, .class = ANDROID_PRIVATE_COMPUTE, .owner = 20000 },
	{ .first = 50000, .last = 59999, .class = ANDROID_APP, .owner = 40000 },
	{ .first = 90000, .last = 99999, .class = ANDROID_ISOLATED },
};

enum android_class android_class_of(uint32_t uid, uint32_t *ret_owner)
{
	uint32_t app = uid % ANDROID_USER;

	*ret_owner = app;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		if (app < ranges[i].first || app > ranges[i].last)
			continue;
		*ret_owner = app - ranges[i].owner;
		return ranges[i].class;
	}
	return ANDROID_NATIVE;
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

bool android_is_package(const char *text, size_t size)
{
	size_t dots = 0;

	if (!size || !is_letter(*text))
		return false;
	for (size_t i = 1; i < size; i++) {
		if (text[i] == '.' && i + 1 < size && text[i - 1] != '.')
			dots++;
		else if (!is_letter(text[i]) && !is_digits(&text[i], 1) && text[i] != '_')
			return false;
	}
	return dots > 0;
}

bool android_is_runtime(const char *exe_name)
{
	return exe_name && has_prefix(exe_name, "app_process");
}

/* Before they become apps, or for all of them. */
const char *android_system_process(uint32_t app, const char *process, const char *exe_name)
{
	static const char *const zygotes[] = { "zygote", "zygote32", "zygote64",
					       "usap32", "usap64",   NULL };

	if (!process || !android_is_runtime(exe_name))
		return NULL;
	if (is_one_of(process, zygotes) && app < 10000)
		return "zygote";
	if (strcmp(process, "system_server") == 0 || strcmp(process, "webview_zygote") == 0)
		return app == ANDROID_SYSTEM || app == 1053 ? process : NULL;
	return NULL;
}

static const struct {
	uint32_t uid;
	const char *name;
	bool always; /* whatever program runs: it is the uid's role that counts */
} system_uids[] = {
	{ .uid = 0, .name = "root" },
	{ .uid = 1000, .name = "system_server" },
	{ .uid = 1001, .name = "radio" },
	{ .uid = 1002, .name = "bluetooth" },
	{ .uid = 1010, .name = "wifi" },
	{ .uid = 1013, .name = "mediaserver" },
	{ .uid = 1014, .name = "dhcp" },
	{ .uid = 1016, .name = "vpn" },
	{ .uid = 1020, .name = "mdnsr" },
	{ .uid = 1021, .name = "gps" },
	{ .uid = 1027, .name = "nfc" },
	{ .uid = 1029, .name = "clat", .always = true },
	{ .uid = 1036, .name = "logd" },
	{ .uid = 1037, .name = "shared_relro" },
	{ .uid = 1041, .name = "audioserver" },
	{ .uid = 1046, .name = "mediacodec" },
	{ .uid = ANDROID_DNS, .name = "dns", .always = true },
	{ .uid = 1052, .name = "dns_tether", .always = true },
	{ .uid = 1053, .name = "webview_zygote" },
	{ .uid = 1061, .name = "ota_update" },
	{ .uid = 1066, .name = "statsd" },
	{ .uid = 1068, .name = "secure_element" },
	{ .uid = 1069, .name = "lmkd" },
	{ .uid = 1073, .name = "network_stack" },
	{ .uid = 2000, .name = "shell", .always = true },
	{ .uid = 9997, .name = "nobody", .always = true },
	{ .uid = 9999, .name = "nobody", .always = true },
};

/* Programs that are told what to do: they say nothing of who it is. */
static bool is_tool(const char *name)
{
	static const char *const tools[] = { "toybox", "toolbox", "busybox", "sh",
					     "mksh",   "bash",	  "su",	     NULL };

	return is_one_of(name, tools);
}

const char *android_system_name(struct scratch *scratch, uint32_t app, const char *exe_name)
{
	bool native = exe_name && !android_is_runtime(exe_name) && !is_tool(exe_name);

	for (size_t i = 0; i < ARRAY_SIZE(system_uids); i++) {
		if (system_uids[i].uid == app)
			return native && !system_uids[i].always ? exe_name : system_uids[i].name;
	}
	if ((app >= 2900 && app <= 2999) || (app >= 5000 && app <= 5999))
		return scratch_format(scratch, "oem-%u", app);
	return native ? exe_name : scratch_format(scratch, "uid-%u", app);
}

const char *android_system_title(const char *name)
{
	static const struct {
		const char *name, *title;
	} table[] = {
		{ .name = "dns", .title = "DNS resolver" },
		{ .name = "dns_tether", .title = "DNS for tethering" },
		{ .name = "mediaserver", .title = "media server" },
		{ .name = "audioserver", .title = "audio server" },
		{ .name = "system_server", .title = "system server" },
		{ .name = "webview_zygote", .title = "WebView zygote" },
		{ .name = "network_stack", .title = "network stack" },
		{ .name = "ota_update", .title = "system update" },
		{ .name = "bluetooth", .title = "Bluetooth" },
		{ .name = "wifi", .title = "Wi-Fi" },
		{ .name = "vpn", .title = "VPN" },
		{ .name = "clat", .title = "CLAT (464XLAT)" },
		{ .name = "mdnsr", .title = "mDNS responder" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (strcmp(table[i].name, name) == 0)
			return table[i].title;
	}
	return name;
}

const char *android_tag_name(uint32_t tag)
{
	static const struct {
		uint32_t tag;
		const char *name;
	} table[] = {
		{ .tag = 0xffffff01, .name = "download" }, { .tag = 0xffffff02, .name = "media" },
		{ .tag = 0xffffff03, .name = "backup" },   { .tag = 0xffffff04, .name = "restore" },
		{ .tag = ANDROID_TAG_DNS, .name = "dns" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].tag == tag)
			return table[i].name;
	}
	return "traffic";
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names for people where no file says them: it may be gone, or never have been. */
#include "resolver.h"

#include <stddef.h>
#include <string.h>

#include <egret/base.h>

struct known {
	const char *key, *name;
};

static const char *find(const struct known *table, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(table[i].key, key) == 0)
			return table[i].name;
	}
	return NULL;
}

/* An export is removed with its app, and another user's is not ours to read. */
const char *known_flatpak(const char *id)
{
	static const struct known table[] = {
		{ .key = "org.mozilla.firefox", .name = "Firefox" },
		{ .key = "org.mozilla.Thunderbird", .name = "Thunderbird" },
		{ .key = "org.chromium.Chromium", .name = "Chromium" },
		{ .key = "com.google.Chrome", .name = "Google Chrome" },
		{ .key = "com.brave.Browser", .name = "Brave" },
		{ .key = "com.microsoft.Edge", .name = "Microsoft Edge" },
		{ .key = "com.valvesoftware.Steam", .name = "Steam" },
		{ .key = "com.visualstudio.code", .name = "Visual Studio Code" },
		{ .key = "org.libreoffice.LibreOffice", .name = "LibreOffice" },
		{ .key = "org.videolan.VLC", .name = "VLC" },
	};

	return find(table, ARRAY_SIZE(table), id);
}

/* Valve's own numbers; other games' manifests name them. */
const char *known_steam(const char *id)
{
	static const struct known table[] = {
		{ .key = "10", .name = "Counter-Strike" },
		{ .key = "70", .name = "Half-Life" },
		{ .key = "220", .name = "Half-Life 2" },
		{ .key = "400", .name = "Portal" },
		{ .key = "440", .name = "Team Fortress 2" },
		{ .key = "550", .name = "Left 4 Dead 2" },
		{ .key = "570", .name = "Dota 2" },
		{ .key = "620", .name = "Portal 2" },
		{ .key = "730", .name = "Counter-Strike 2" },
		{ .key = "546560", .name = "Half-Life: Alyx" },
	};

	return find(table, ARRAY_SIZE(table), id);
}

const char *known_unit(const char *unit)
{
	static const struct known table[] = {
		{ .key = "init.scope", .name = "systemd (PID 1)" },
		{ .key = "systemd-resolved.service", .name = "System DNS (systemd-resolved)" },
		{ .key = "waydroid-container.service", .name = "Waydroid container manager" },
	};

	return find(table, ARRAY_SIZE(table), unit);
}

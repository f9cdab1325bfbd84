/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Services of the system and of users, by their units (identity.md 4.3). */
#include "resolver.h"

#include <string.h>

/* They hold whatever a session starts without a unit of its own. */
static bool is_session_unit(const char *name)
{
	static const char *const prefixes[] = { "session-",
						"run-",
						"app-",
						"org.gnome.Shell",
						"plasma-plasmashell",
						"plasma-kwin",
						"gnome-session-",
						"gnome-launched-",
						"wayland-wm@",
						"wayland-session@",
						"xfce4-session",
						"sway-session",
						"cosmic-session",
						"graphical-session",
						NULL };

	for (size_t i = 0; prefixes[i]; i++) {
		if (has_prefix(name, prefixes[i]))
			return true;
	}
	return strstr(name, "-spawn-") != NULL;
}

/* A number or a random text behind the last dash: it never comes again. */
static bool is_transient(const char *name)
{
	const char *dash = strrchr(name, '-');

	return dash && dash[1 + strcspn(dash + 1, "0123456789")];
}

/* Scopes are for processes that somebody else started; few of them have a name to keep. */
bool unit_is_app(const char *name)
{
	if (strcmp(name, "init.scope") == 0)
		return true;
	if (is_session_unit(name) || has_suffix(name, ".slice"))
		return false;
	return !has_suffix(name, ".scope") || !is_transient(name);
}

/* dbus-broker counts: "dbus-:1.2-org.gnome.X@0.service" -> "dbus-org.gnome.X.service" */
static const char *bus_name(struct resolver *resolver, const char *name)
{
	const char *bus;
	size_t size;

	if (!has_prefix(name, "dbus-:"))
		return NULL;
	bus = strchr(name + strlen("dbus-"), '-');
	if (!bus)
		return NULL;
	size = strcspn(++bus, "@");
	if (!bus[size] && size > strlen(".service"))
		size -= strlen(".service");
	return scratch_copy(&resolver->scratch, bus, size);
}

/* "openvpn@work.service" -> "openvpn (work)" */
static const char *title_of(struct resolver *resolver, const char *name)
{
	const char *known = known_unit(name), *dot = strrchr(name, '.');
	size_t size = strcspn(name, "@"), all = (size_t)(dot - name);
	struct scratch *scratch = &resolver->scratch;

	if (known && !resolver->unit.user) {
		note_known(resolver, "name", known);
		return known;
	}
	/* Others that a user calls like the system's have nothing of it. */
	if (strcmp(name, "init.scope") == 0)
		return "systemd (user manager)";
	if (size + 1 >= all)
		return unit_unescape(scratch, name, size < all ? size : all);
	return scratch_format(scratch, "%s (%s)", unit_unescape(scratch, name, size),
			      unit_unescape(scratch, name + size + 1, all - size - 1));
}

static bool answer_unit(struct resolver *resolver, const char *name, const char *title, bool user)
{
	resolver->component = component_of(resolver);
	note_cgroup(resolver, cgroup_trust(resolver));
	note_executable(resolver);
	return answer(resolver, user ? "user-service" : "system-service",
		      scratch_format(&resolver->scratch, "%sunit:%s", user ? "user-" : "", name),
		      title, cgroup_trust(resolver));
}

/* The container's monitor is software of this host (identity.md 3.1). */
static bool ident_monitor(struct resolver *resolver)
{
	static const char unit[] = "waydroid-container.service";

	for (size_t i = 0; i < resolver->cgroup.count && i < resolver->cgroup.owned_from; i++) {
		if (strcmp(resolver->cgroup.parts[i], "lxc.monitor.waydroid") != 0)
			continue;
		note_known(resolver, "name", known_unit(unit));
		return answer_unit(resolver, unit, known_unit(unit), false);
	}
	return false;
}

bool ident_unit(struct resolver *resolver)
{
	const char *name = resolver->unit.name, *bus;

	if (ident_monitor(resolver))
		return true;
	if (!name || !unit_is_app(name))
		return false;
	bus = bus_name(resolver, name);
	if (bus)
		return answer_unit(resolver,
				   scratch_format(&resolver->scratch, "dbus-%s.service", bus),
				   resolver->exe_name ? resolver->exe_name : bus,
				   resolver->unit.user);
	return answer_unit(resolver, name, title_of(resolver, name), resolver->unit.user);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Control groups as desktops, Chromium and podman make them, with programs in them. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/sock.h>
#include <harness/suites.h>

#include "apps.h"

#define ID "c0ffee11deadbeef22cafe33babe44feed55face66d00d77abba88ace099f01d"

struct launch {
	const char *unit; /* below the user's manager */
	const char *id, *name; /* of the entry; NULL: none is there */
	const char *program; /* file name of what runs */
	struct expected expected; /* of it; the id of a program is not looked at */
};

/* Each launch sends another number of bytes from its unit; what they are is told apart. */
static void expect_launches(struct test *test, const struct launch *launches, size_t count)
{
	struct actor *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;

	for (size_t i = 0; i < count; i++) {
		if (launches[i].id)
			install_entry(test, launches[i].id, launches[i].name,
				      actor_executable(test, launches[i].program));
	}
	egret = egret_start_here(test, NULL);
	for (size_t i = 0; i < count; i++) {
		struct actor *actor = actor_start_as(
			test, &(struct actor_options){
				      .name = launches[i].program,
				      .cgroup = cgroup_of_user(test, launches[i].unit),
				      .uid = user_of(test),
			      });

		send_bytes(actor, server, 1000 + (long)i);
	}
	result = egret_stop(egret);
	for (size_t i = 0; i < count; i++) {
		struct expected expected = launches[i].expected;

		if (!expected.id)
			expected.id = test_text(test, "exe:%s",
						actor_executable(test, launches[i].program));
		expect_app(result, &expected, 1000 + (long)i);
	}
}

#define DESKTOP(id_, name_, component_)                                                            \
	.expected = { .id = "desktop:" id_,                                                        \
		      .kind = "desktop",                                                           \
		      .name = name_,                                                               \
		      .trust = "user",                                                             \
		      .component = component_ }
#define PROGRAM(name_, via_)                                                                       \
	.expected = { .kind = "program",                                                           \
		      .name = name_,                                                               \
		      .trust = "kernel",                                                           \
		      .via = via_,                                                                 \
		      .component = name_ }

static void gnome(struct test *test)
{
	static const struct launch launches[] = {
		{ .unit = "app.slice/app-gnome-org.gnome.Epiphany-182352.scope",
		  .id = "org.gnome.Epiphany",
		  .name = "Web",
		  .program = "epiphany",
		  DESKTOP("org.gnome.Epiphany", "Web", "epiphany") },
		{ .unit = "app.slice/app-gnome-google\\x2dchrome-4821.scope",
		  .id = "google-chrome",
		  .name = "Google Chrome",
		  .program = "chrome",
		  DESKTOP("google-chrome", "Google Chrome", "chrome") },
		{ .unit = "app.slice/app-print\\x2dapplet@autostart.service",
		  .id = "print-applet",
		  .name = "Print Queue",
		  .program = "applet",
		  DESKTOP("print-applet", "Print Queue", "applet") },
		{ .unit = "app.slice/app-org.gnome.Terminal.slice/"
			  "vte-spawn-228ae109-a869-4533-8988-65ea4c10b492.scope",
		  .program = "fetch",
		  PROGRAM("fetch", "desktop:org.gnome.Terminal") },
		{ .unit = "session.slice/org.gnome.Shell@wayland.service",
		  .program = "child",
		  PROGRAM("child", NULL) },
	};

	expect_launches(test, launches, sizeof(launches) / sizeof(*launches));
}

/* egret app names the entry's own file. */
static void evidence(struct test *test)
{
	const char *file = "/usr/share/applications/org.gnome.Epiphany.desktop";
	struct actor *actor;
	struct output output;

	egret_needed(test);
	install_entry(test, "org.gnome.Epiphany", "Web", actor_executable(test, "epiphany"));
	actor = actor_start_as(
		test, &(struct actor_options){
			      .name = "epiphany",
			      .cgroup = cgroup_of_user(
				      test, "app.slice/app-gnome-org.gnome.Epiphany-7.scope"),
			      .uid = user_of(test),
		      });
	output = egret_run(test, WORDS("app", test_text(test, "%d", actor->pid)));
	expect_equal(test, !!strstr(output.out, "desktop:org.gnome.Epiphany"), 1);
	expect_equal(test, !!strstr(output.out, file), 1);
}

static void kde(struct test *test)
{
	static const struct launch launches[] = {
		{ .unit = "app.slice/app-org.kde.konsole@d70acc38b5154a3a8b4a60accc4b15f4.service",
		  .id = "org.kde.konsole",
		  .name = "Konsole",
		  .program = "konsole",
		  DESKTOP("org.kde.konsole", "Konsole", "konsole") },
		{ .unit = "app.slice/app-KDE-org.kde.okular@12345.service",
		  .id = "org.kde.okular",
		  .name = "Okular",
		  .program = "okular",
		  DESKTOP("org.kde.okular", "Okular", "okular") },
		{ .unit = "app.slice/app-com.obsproject.Studio-"
			  "d70acc38b5154a3a8b4a60accc4b15f4.scope",
		  .id = "com.obsproject.Studio",
		  .name = "OBS Studio",
		  .program = "obs",
		  DESKTOP("com.obsproject.Studio", "OBS Studio", "obs") },
		{ .unit = "app.slice/app-kde\\x2dkget-77.scope",
		  .id = "kde/kget",
		  .name = "KGet",
		  .program = "kget",
		  DESKTOP("kde-kget", "KGet", "kget") },
		{ .unit = "session.slice/plasma-plasmashell.service",
		  .program = "plasmoid",
		  PROGRAM("plasmoid", NULL) },
	};

	expect_launches(test, launches, sizeof(launches) / sizeof(*launches));
}

/* Also Chromium's own scopes, in whose names nothing is escaped. */
static void uwsm(struct test *test)
{
	static const struct launch launches[] = {
		{ .unit = "app.slice/app-graphical.slice/app-Hyprland-chromium-031bdc27.scope",
		  .id = "chromium",
		  .name = "Chromium",
		  .program = "chromium",
		  DESKTOP("chromium", "Chromium", "chromium") },
		{ .unit = "background-graphical.slice/app-niri-udiskie@a1b2c3d4.service",
		  .id = "udiskie",
		  .name = "udiskie",
		  .program = "udiskie",
		  DESKTOP("udiskie", "udiskie", "udiskie") },
		{ .unit = "app.slice/app-my-note-app-1234.scope",
		  .id = "my-note-app",
		  .name = "Notes",
		  .program = "note",
		  DESKTOP("my-note-app", "Notes", "note") },
		{ .unit = "app.slice/app-graphical.slice/app-Hyprland-gtk\\x2dlaunch-fa8e.scope",
		  .program = "anything",
		  PROGRAM("anything", NULL) },
		{ .unit = "app.slice/run-u57.service",
		  .program = "transient",
		  PROGRAM("transient", NULL) },
		{ .unit = "background.slice/syncthing.service",
		  .program = "syncthing",
		  .expected = { .id = "user-unit:syncthing.service",
				.kind = "user-service",
				.name = "syncthing",
				.trust = "user",
				.component = "syncthing" } },
	};

	expect_launches(test, launches, sizeof(launches) / sizeof(*launches));
}

/* --- containers by hand, as podman and the OCI runtimes lay them out --- */

static void oci(struct test *test)
{
	static const struct {
		const char *cgroup, *id;
	} layouts[] = {
		{ "machine.slice/libpod-" ID ".scope/container", "container:podman/c0ffee11dead" },
		{ "nginx.service/libpod-payload-" ID, NULL },
		{ "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-"
		  "poddde1244b_5bb5_4297_b544_85f3bc0d80bf.slice/cri-containerd-" ID ".scope",
		  "k8s:pod-dde1244b-5bb5-4297-b544-85f3bc0d80bf/c0ffee11dead" },
	};
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
		send_bytes(actor_start_as(test,
					  &(struct actor_options){
						  .name = "worker",
						  .cgroup = cgroup_named(test, layouts[i].cgroup),
					  }),
			   server, 5000 + (long)i);
	result = egret_stop(egret);
	/* The first two are one container, moved. */
	expect_app(result,
		   &(struct expected){ .id = layouts[0].id,
				       .kind = "container",
				       .name = "c0ffee11dead",
				       .trust = "root",
				       .component = "worker" },
		   5000 + 5001);
	expect_app(result,
		   &(struct expected){ .id = layouts[2].id,
				       .kind = "k8s",
				       .name = "c0ffee11dead",
				       .trust = "root",
				       .component = "worker" },
		   5002);
}

/* "%d" in a text: this case's number, as cases that run beside it see each other. */
static const char *with_pid(struct test *test, const char *text)
{
	const char *mark = strstr(text, "%d");

	return test_text(test, "%.*s%d%s", (int)(mark - text), text, getpid(), mark + 2);
}

/* Machines and Snaps, as systemd-machined, libvirt and snapd call their units. */
static void machines(struct test *test)
{
	static const struct {
		const char *cgroup;
		struct expected expected;
	} units[] = {
		{ "machine.slice/machine-debian\\x2dtree%d.scope/payload/system.slice/"
		  "nginx.service",
		  { .id = "container:nspawn/debian-tree%d", .kind = "container" } },
		{ "machine.slice/systemd-nspawn@arch%d.service/payload",
		  { .id = "container:nspawn/arch%d", .kind = "container" } },
		{ "machine.slice/machine-qemu\\x2d1\\x2dwin%d.scope/libvirt/emulator",
		  { .id = "vm:libvirt/win%d", .kind = "vm" } },
		{ "machine.slice/machine-lxc\\x2d77\\x2dbox%d.scope/libvirt",
		  { .id = "container:libvirt-lxc/box%d", .kind = "container" } },
		{ "lxc.payload.box%d/system.slice/nginx.service",
		  { .id = "container:lxc/box%d", .kind = "container" } },
		{ "system.slice/snap.made-up%d.daemon.service",
		  { .id = "snap:made-up%d", .kind = "snap", .component = "daemon" } },
	};
	struct actor *server = actor_start(test, "server");
	struct egret *egret = egret_start_own(test, NULL);
	struct result *result;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		send_bytes(actor_start_as(test,
					  &(struct actor_options){
						  .name = "worker",
						  .cgroup = cgroup_named(
							  test, with_pid(test, units[i].cgroup)),
					  }),
			   server, 6000 + (long)i);
	result = egret_stop(egret);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct expected expected = units[i].expected;

		expected.id = with_pid(test, expected.id);
		expected.name = strpbrk(expected.id, "/") ? strchr(expected.id, '/') + 1
							  : strchr(expected.id, ':') + 1;
		expected.trust = "root";
		if (!expected.component)
			expected.component = "worker";
		expect_app(result, &expected, 6000 + (long)i);
	}
}

const struct test_case scope_cases[] = {
	CASE("scopes/gnome", gnome),
	CASE("scopes/evidence", evidence),
	CASE("scopes/kde", kde),
	CASE("scopes/uwsm", uwsm),
	CASE("scopes/oci", oci),
	CASE("scopes/machines", machines),
	{ 0 },
};

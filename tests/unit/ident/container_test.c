/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Containers in cgroup paths: the innermost, and never a monitor. */
#include "question.h"

#include <errno.h>
#include <stdlib.h>

static void patterns_of_runtimes(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/system.slice/nerdctl-" ID_A
			   ".scope', 'exe': '/usr/sbin/nginx', 'uid': 0",
		  .id = "container:nerdctl/0123456789ab" },
		{ .facts = "'cgroup': '0::/default/" ID_A "', 'exe': '/usr/sbin/nginx', 'uid': 0",
		  .id = "container:containerd/0123456789ab" },
		{ .facts = "'cgroup': '0::/actions_job/" ID_A
			   "', 'exe': '/usr/sbin/nginx', 'uid': 0",
		  .id = "container:docker/0123456789ab" },
		{ .facts = "'cgroup': '0::/libpod_parent/libpod-" ID_A
			   "', 'exe': '/usr/sbin/nginx', 'uid': 0",
		  .id = "container:podman/0123456789ab" },
		{ .facts = "'cgroup': '0::/system.slice/buildkit-" ID_A
			   ".scope', 'exe': '/bin/sh', 'uid': 0",
		  .id = "container:buildkit/0123456789ab" },
		{ .facts = "'cgroup': '0::/machine.slice/machine-libpod_pod_" ID_B
			   ".slice/libpod-" ID_A ".scope/container', 'exe': '/bin/sh', 'uid': 0",
		  .id = "container:podman/0123456789ab" },
		{ .facts = "'cgroup': '0::/garden/3fa85f64-5717-4562-b3fc-2c963f66afa6', "
			   "'exe': '/bin/sh', 'uid': 0",
		  .id = "container:garden/3fa85f64-5717-4562-b3fc-2c963f66afa6" },
		{ .facts = "'cgroup': '0::/lxc-web1-0.scope', 'exe': '/bin/sh', 'uid': 0",
		  .id = "container:lxc/web1" },
		{ .facts = "'cgroup': '0::/lxc.payload/web1/x', 'exe': '/bin/sh', 'uid': 0",
		  .id = "container:lxc/web1" },
		{ .facts = "'cgroup': '0::/machine.slice/"
			   "machine-lxc\\\\x2d4711\\\\x2dweb.scope/libvirt', "
			   "'exe': '/bin/sh', 'uid': 0",
		  .id = "container:libvirt-lxc/web",
		  .name = "web" },
		{ .facts = "'cgroup': '0::/machine.slice/"
			   "machine-qemu\\\\x2d3\\\\x2dmy\\\\x2dvm.scope/libvirt/"
			   "emulator', 'exe': '/usr/bin/qemu', 'uid': 0",
		  .id = "vm:libvirt/my-vm",
		  .name = "my-vm",
		  .component = "qemu",
		  .trust = "root" },
	};

	(void)state;
	question_ask_all(questions);
}

static void retry_of_lxc_is_told_from_a_name(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/lxc.payload.web-1', 'exe': '/bin/sh', 'uid': 0",
		  .id = "container:lxc/web-1" },
		{ .facts = "'cgroup': '0::/lxc.payload.web-1', 'exe': '/bin/sh', "
			   "'uid': 0, 'files': {'/var/lib/lxc/web/config': ''}",
		  .id = "container:lxc/web" },
		{ .facts = "'cgroup': '0::/lxc.payload.web-1', 'exe': '/bin/sh', "
			   "'uid': 0, 'files': {'/var/lib/lxc/web/config': '', "
			   "'/var/lib/lxc/web-1/config': ''}",
		  .id = "container:lxc/web-1" },
	};

	(void)state;
	question_ask_all(questions);
}

static void pods(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/kubepods/burstable/"
			   "pod3fa85f64-5717-4562-b3fc-2c963f66afa6/" ID_A
			   "', 'exe': '/bin/x', 'uid': 0",
		  .id = "k8s:pod-3fa85f64-5717-4562-b3fc-2c963f66afa6/0123456789ab" },
		{ .facts = "'cgroup': '0::/kubepods/besteffort/"
			   "pod3fa85f64-5717-4562-b3fc-2c963f66afa6/crio-" ID_A
			   "', 'exe': '/bin/x', 'uid': 0",
		  .id = "k8s:pod-3fa85f64-5717-4562-b3fc-2c963f66afa6/0123456789ab" },
		{ .facts = "'cgroup': '0::/../../pod3fa85f64-5717-4562-b3fc-2c963f66afa6/" ID_A
			   "', 'exe': '/bin/x', 'uid': 0",
		  .id = "k8s:pod-3fa85f64-5717-4562-b3fc-2c963f66afa6/0123456789ab" },
		{ .facts = "'cgroup': '0::/kubepods/podxyz/" ID_A "', 'exe': '/bin/x', 'uid': 0",
		  .id = "container:containerd/0123456789ab" },
	};

	(void)state;
	question_ask_all(questions);
}

static void users_may_call_cgroups_what_they_like(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/user.slice/docker-" ID_A ".scope",
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'init'",
		  .id = "exe:/usr/bin/curl",
		  DISGUISED("kernel") },
		{ .unit = "/user.slice/docker-" ID_A ".scope",
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'container'",
		  .id = "container:docker/0123456789ab",
		  GENUINE },
		{ .unit = "/app.slice/x.service/" ID_A,
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'container'",
		  .id = "user-unit:x.service" },
	};

	(void)state;
	question_ask_all(questions);
}

static void expect(const char *cgroup, const char *container)
{
	char *name = NULL;

	assert_int_equal(eg_container_of(cgroup, &name), container ? 0 : -ENOENT);
	if (container)
		assert_string_equal(name, container);
	free(name);
}

static void paths_alone(void **state)
{
	(void)state;
	expect("/system.slice/docker-" ID_A ".scope", ID_A);
	expect("/docker/" ID_A "/docker/" ID_B, ID_B);
	expect("/machine.slice/libpod-" ID_A ".scope/container", ID_A);
	expect("/lxc.payload.outer/docker/" ID_B, ID_B);
	expect("/lxc.payload.waydroid/sub/deeper", "waydroid");
	expect("/machine.slice/machine-debian\\x2dtree.scope/payload", "debian-tree");
}

static void host_is_no_container(void **state)
{
	(void)state;
	expect("", NULL);
	expect("/", NULL);
	expect("/user.slice/user-1000.slice/session-2.scope", NULL);
	expect("/system.slice/ssh.service", NULL);
	expect("/lxc.payload.", NULL);
	expect("/lxc.monitor.waydroid", NULL);
	expect("/machine.slice/libpod-conmon-" ID_A ".scope", NULL);
	expect("/docker/" ID_A "0", NULL);
	expect("/docker/0123", NULL);
	expect("/app.slice/snap.lxd.lxc.4b3296a2-c139-4da5-b782-006c431cca74.scope", NULL);
	expect("/app.slice/app-gnome-x-1234.scope", NULL);
}

/* A namespace that anybody can make (unshare -Urm). */
static void one_uid_makes_no_container(void **state)
{
	static const struct question questions[] = {
		{ .unit = "/user.slice/docker-" ID_A ".scope",
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'own', 'userns': 'own', "
			   "'mntns_userns': 'own', 'uid_map': ['0 1000 1']",
		  .id = "exe:/usr/bin/curl",
		  DISGUISED("user") },
		{ .unit = "/user.slice/libpod-" ID_A ".scope",
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'own', 'userns': 'own', "
			   "'mntns_userns': 'own', 'uid_map': ['0 1000 1']",
		  .id = "exe:/usr/bin/curl",
		  DISGUISED("user") },
		{ .unit = "/user.slice/libpod-" ID_A ".scope",
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'own', 'userns': 'own', "
			   "'mntns_userns': 'own', 'uid_map': ['0 1000 1'], "
			   "'containers_json': [{'id': '" ID_A "', 'names': ['mine']}]",
		  .id = "container:podman/mine",
		  GENUINE },
		{ .unit = "/user.slice/docker-" ID_A ".scope",
		  .facts = "'exe': '/usr/bin/curl', 'mntns': 'own', 'userns': 'own', "
			   "'mntns_userns': 'own', 'uid_map': ['0 1000 1', '1 100000 65536']",
		  .id = "container:docker/0123456789ab",
		  GENUINE },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_of_runtimes),
		cmocka_unit_test(retry_of_lxc_is_told_from_a_name),
		cmocka_unit_test(pods),
		cmocka_unit_test(users_may_call_cgroups_what_they_like),
		cmocka_unit_test(paths_alone),
		cmocka_unit_test(host_is_no_container),
		cmocka_unit_test(one_uid_makes_no_container),
	};

	return cmocka_run_group_tests_name("ident/container", tests, NULL, NULL);
}

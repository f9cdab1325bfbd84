/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of containers and pods out of their runtimes' files. */
#include "question.h"

static void names_are_read(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/system.slice/docker-" ID_A
			   ".scope', 'exe': '/bin/x', 'uid': 0, "
			   "'docker_config': {'Name': '/web'}",
		  .id = "container:docker/web",
		  .name = "web" },
		{ .facts = "'cgroup': '0::/machine.slice/libpod-" ID_A
			   ".scope', 'exe': '/bin/x', 'uid': 0, "
			   "'containers_json': [{'id': 'x'}, {'id': '" ID_A "', 'names': ['db']}]",
		  .id = "container:podman/db" },
		{ .unit = "/user.slice/libpod-" ID_A ".scope/container",
		  .facts = "'exe': '/bin/x', 'files': {'/etc/passwd': "
			   "'root:x:0:0::/root:/bin/sh\\nu:x:1000:1000::/home/u:/bin/sh\\n', "
			   "'/home/u/.local/share/containers/storage/overlay-containers/"
			   "containers.json': '[{\\'id\\':\\'" ID_A
			   "\\',\\'names\\':[\\'mine\\']}]'}",
		  .id = "container:podman/mine",
		  .trust = "user" },
		{ .unit = "/app.slice/x.service/" ID_A,
		  .facts = "'exe': '/bin/x', 'containers_json': [{'id': '" ID_A
			   "', 'names': ['old']}]",
		  .id = "container:podman/old",
		  .trust = "user" },
		{ .facts = "'cgroup': '0::/kubepods/"
			   "pod3fa85f64-5717-4562-b3fc-2c963f66afa6/" ID_A
			   "', 'exe': '/bin/x', 'uid': 0, "
			   "'var_log_containers': 'shop-7_default_web-x-" ID_A ".log'",
		  .id = "k8s:default/shop-7/web-x",
		  .name = "web-x (shop-7)" },
		{ .facts = "'cgroup': '0::/kubepods/"
			   "pod3fa85f64-5717-4562-b3fc-2c963f66afa6/" ID_A
			   "', 'exe': '/bin/x', 'uid': 0, "
			   "'containerd_config': {'annotations': "
			   "{'io.kubernetes.cri.sandbox-namespace': 'ns', "
			   "'io.kubernetes.cri.sandbox-name': 'p', "
			   "'io.kubernetes.cri.container-name': 'c'}}",
		  .id = "k8s:ns/p/c",
		  .name = "c (p)" },
		{ .facts = "'cgroup': '0::/lxc.payload.my_box', 'exe': '/bin/x', 'uid': 0",
		  .id = "container:lxc/my_box",
		  .name = "box (my)" },
	};

	(void)state;
	question_ask_all(questions);
}

static void what_is_malformed_is_no_name(void **state)
{
	static const struct question questions[] = {
		{ .facts = "'cgroup': '0::/system.slice/docker-" ID_A
			   ".scope', 'exe': '/bin/x', 'uid': 0, "
			   "'docker_config': '{\\'Name\\':'",
		  .id = "container:docker/0123456789ab" },
		{ .facts = "'cgroup': '0::/system.slice/docker-" ID_A
			   ".scope', 'exe': '/bin/x', 'uid': 0, 'docker_config': [1]",
		  .id = "container:docker/0123456789ab" },
		{ .facts = "'cgroup': '0::/system.slice/docker-" ID_A
			   ".scope', 'exe': '/bin/x', 'uid': 0, "
			   "'docker_config': {'Name': 3}",
		  .id = "container:docker/0123456789ab" },
		{ .facts = "'cgroup': '0::/machine.slice/libpod-" ID_A
			   ".scope', 'exe': '/bin/x', 'uid': 0, "
			   "'containers_json': {'id': 1}",
		  .id = "container:podman/0123456789ab" },
		{ .facts = "'cgroup': '0::/machine.slice/libpod-" ID_A
			   ".scope', 'exe': '/bin/x', 'uid': 0, "
			   "'containers_json': [{'id': '" ID_A
			   "', 'names': []}, 3, 'x', {'id': 5, 'names': 1}]",
		  .id = "container:podman/0123456789ab" },
		{ .facts = "'cgroup': '0::/system.slice/docker-" ID_A
			   ".scope', 'exe': '/bin/x', 'uid': 0, "
			   "'docker_config': {'Name': '/a b\\n\\u001b%'}",
		  .id = "container:docker/a%20b%0A%1B%25" },
		{ .facts = "'cgroup': '0::/kubepods/"
			   "pod3fa85f64-5717-4562-b3fc-2c963f66afa6/" ID_A
			   "', 'exe': '/bin/x', 'uid': 0, 'var_log_containers': '__-" ID_A ".log'",
		  .id = "k8s:pod-3fa85f64-5717-4562-b3fc-2c963f66afa6/0123456789ab" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(what_is_malformed_is_no_name),
	};

	return cmocka_run_group_tests_name("ident/container_name", tests, NULL, NULL);
}

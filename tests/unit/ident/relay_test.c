/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who speaks for others. */
#include "question.h"

static void relays(void **state)
{
	static const struct question questions[] = {
		{ .facts = SESSION ", 'exe': '/usr/bin/passt.avx2', 'cmdline': ['/usr/bin/pasta']",
		  .id = "exe:/usr/bin/pasta",
		  .name = "pasta (rootless container network)",
		  .component = "pasta",
		  .trust = "heuristic",
		  .via = "relay" },
		{ .facts = SESSION ", 'exe': '/usr/bin/slirp4netns'",
		  .id = "exe:/usr/bin/slirp4netns",
		  .name = "slirp4netns (rootless container network)",
		  .via = "relay" },
		{ .facts = "'cgroup': '0::/system.slice/docker.service', 'uid': 0, "
			   "'exe': '/usr/bin/docker-proxy'",
		  .id = "unit:docker.service",
		  .component = "docker-proxy",
		  .via = "relay" },
		{ .facts = "'cgroup': '0::/system.slice/unbound.service', 'uid': 0, "
			   "'exe': '/usr/sbin/unbound'",
		  .id = "unit:unbound.service",
		  .via = "resolver" },
		{ .facts = "'cgroup': '0::/system.slice/openvpn@work.service', 'uid': 0, "
			   "'exe': '/usr/sbin/openvpn'",
		  .via = "" },
		{ .facts = "'cgroup': '0::/system.slice/openvpn@work.service', 'uid': 0, "
			   "'exe': '/usr/sbin/openvpn', 'opened': ['/dev/net/tun']",
		  .via = "relay" },
		{ .facts = SESSION ", 'exe': '/usr/libexec/podman/aardvark-dns', 'uid': 0",
		  .id = "exe:/usr/libexec/podman/aardvark-dns",
		  .via = "resolver" },
		{ .facts = SESSION ", 'exe': '/memfd:dnsmasq (deleted)'", .via = "" },
	};

	(void)state;
	question_ask_all(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relays),
	};

	return cmocka_run_group_tests_name("ident/relay", tests, NULL, NULL);
}

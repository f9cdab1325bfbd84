/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A fixture's process, its socket and its ancestors. */
#include "fixture.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

static void take_cgroup(struct eg_fixture *fixture, struct eg_json value)
{
	const char *text = fixture_text(fixture, value);

	if (*text == '/') {
		fixture->facts.cgroup = text;
		return;
	}
	fixture->facts.cgroup_v1 = text;
	for (const char *line = text; *line;) {
		size_t size = strcspn(line, "\n");

		if (has_prefix(line, "0::") && size > 3)
			fixture->facts.cgroup = scratch_copy(&fixture->scratch, line + 3, size - 3);
		line += size;
		line += *line == '\n';
	}
}

static void take_init_cgroup(struct eg_fixture *fixture, struct eg_json value)
{
	const char *text = fixture_text(fixture, value);

	fixture->facts.init_cgroup = has_prefix(text, "0::") ? text + 3 : text;
}

static void take_cgroup_v1(struct eg_fixture *fixture, struct eg_json value)
{
	struct eg_json_cursor cursor;
	struct eg_json key, path;
	const char *lines = "";
	size_t count = 0;

	if (!fixture_open(fixture, value, &cursor))
		return;
	while (count++ < 32 && eg_json_next(&cursor, &key, &path))
		lines = scratch_format(&fixture->scratch, "%s1:%s:%s\n", lines,
				       fixture_text(fixture, key), fixture_text(fixture, path));
	fixture->facts.cgroup_v1 = lines;
}

static void take_uid(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.uid = (uint32_t)fixture_number(fixture, value, UINT32_MAX);
	fixture->facts.uid_unknown = false;
}

static void take_socket_uid(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.socket_uid = (uint32_t)fixture_number(fixture, value, UINT32_MAX);
	fixture->facts.has_socket_uid = true;
}

static void take_exe(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.executable = fixture_text(fixture, value);
}

static void take_exe_kernel(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->exe_kernel = fixture_text(fixture, value);
}

static void take_exe_proc(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->exe_proc = fixture_text(fixture, value);
}

static void take_args(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.args = fixture_list(fixture, value);
}

static void take_comm(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.comm = fixture_text(fixture, value);
}

static void take_script(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.script = fixture_text(fixture, value);
}

static void take_interpreter(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->interpreter = fixture_text(fixture, value);
}

static void take_container(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.container = fixture_text(fixture, value);
}

static void take_pid(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.pid = (uint32_t)fixture_number(fixture, value, INT32_MAX);
}

static enum eg_namespace take_namespace(struct eg_fixture *fixture, struct eg_json value)
{
	const char *text = fixture_text(fixture, value);

	if (strcmp(text, "container") == 0 || strcmp(text, "own") == 0)
		return EG_NAMESPACE_OWN;
	if (strcmp(text, "init") == 0 || strcmp(text, "host") == 0)
		return EG_NAMESPACE_HOST;
	return EG_NAMESPACE_UNKNOWN;
}

static void take_pid_ns(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.pid_ns = take_namespace(fixture, value);
}

static void take_mnt_ns(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.mnt_ns = take_namespace(fixture, value);
}

static void take_user_ns(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.user_ns = take_namespace(fixture, value);
}

static void take_mnt_owner(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.mnt_owner = take_namespace(fixture, value);
}

static void take_exited(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.exited = fixture_bool(fixture, value);
}

static void take_flags(struct eg_fixture *fixture, struct eg_json value)
{
	struct eg_json_cursor cursor;
	struct eg_json key, flag;

	if (!fixture_open(fixture, value, &cursor))
		return;
	while (eg_json_next(&cursor, &key, &flag)) {
		if (eg_json_is(key, "kthread"))
			fixture->facts.kernel_thread = fixture_bool(fixture, flag);
		else if (eg_json_is(key, "sk_kern_sock"))
			fixture->facts.kernel_socket = fixture_bool(fixture, flag);
		else if (eg_json_is(key, "no_sock"))
			fixture->facts.no_socket = fixture_bool(fixture, flag);
		else if (eg_json_is(key, "sk_ne_skb_sk"))
			fixture->facts.outer_packet = fixture_bool(fixture, flag);
	}
}

static void take_remote_port(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.remote_port = (uint16_t)fixture_number(fixture, value, UINT16_MAX);
}

static void take_local_port(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.local_port = (uint16_t)fixture_number(fixture, value, UINT16_MAX);
}

static void take_transport(struct eg_fixture *fixture, struct eg_json value)
{
	const char *name = fixture_text(fixture, value);

	fixture->facts.transport = strcmp(name, "tcp") == 0   ? IPPROTO_TCP
				   : strcmp(name, "udp") == 0 ? IPPROTO_UDP
							      : 0;
}

static void take_tunnel_ports(struct eg_fixture *fixture, struct eg_json value)
{
	struct eg_json_cursor cursor;
	struct eg_json key, port;
	size_t count;

	if (eg_json_type(value) != EG_JSON_ARRAY) {
		fixture->malformed = true;
		return;
	}
	count = eg_json_count(value);
	count = count < FIXTURE_LIST_MAX ? count : FIXTURE_LIST_MAX;
	fixture->tunnel_ports =
		scratch_alloc(&fixture->scratch, (count + 1) * sizeof(*fixture->tunnel_ports));
	fixture->tunnel_ports_count = 0;
	cursor = eg_json_open(value);
	while (fixture->tunnel_ports && fixture->tunnel_ports_count < count &&
	       eg_json_next(&cursor, &key, &port))
		fixture->tunnel_ports[fixture->tunnel_ports_count++] =
			(uint32_t)fixture_number(fixture, port, UINT16_MAX);
}

/* {"uid": 10123, "tag": "0xFFFFFF01"} of netd's cookie_tag_map */
static void take_tag(struct eg_fixture *fixture, struct eg_json value)
{
	struct eg_json_cursor cursor;
	struct eg_json key, member;

	if (!fixture_open(fixture, value, &cursor))
		return;
	fixture->facts.has_tag = true;
	while (eg_json_next(&cursor, &key, &member)) {
		if (eg_json_is(key, "uid"))
			fixture->facts.tag_uid =
				(uint32_t)fixture_number(fixture, member, UINT32_MAX);
		else if (eg_json_is(key, "tag") && eg_json_type(member) == EG_JSON_TEXT)
			fixture->facts.tag =
				(uint32_t)strtoul(fixture_text(fixture, member), NULL, 0);
		else if (eg_json_is(key, "tag"))
			fixture->facts.tag = (uint32_t)fixture_number(fixture, member, UINT32_MAX);
	}
}

static void take_opened(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->opened = fixture_list(fixture, value);
}

/* Cgroups that belong to somebody but root. */
static void take_users_cgroups(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->users_cgroups = fixture_list(fixture, value);
}

static void take_start(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->start_ns = fixture_number(fixture, value, 1ULL << 62);
}

static void take_ticks(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->start_ticks = fixture_number(fixture, value, 1ULL << 53);
}

static void take_clock(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->clock_ticks = fixture_number(fixture, value, NSEC_PER_SEC);
}

/* --- ancestors, nearest first --- */

static void add_ancestor(struct eg_fixture *fixture, struct eg_ancestor ancestor)
{
	struct eg_ancestor *grown =
		reallocarray(fixture->ancestors, fixture->ancestors_count + 1, sizeof(*grown));

	if (!grown) {
		fixture->scratch.failed = true;
		return;
	}
	fixture->ancestors = grown;
	grown[fixture->ancestors_count++] = ancestor;
}

static void take_ancestor_programs(struct eg_fixture *fixture, struct eg_json value)
{
	char **list = fixture_list(fixture, value);

	for (size_t i = 0; list && list[i]; i++)
		add_ancestor(fixture, (struct eg_ancestor){ .executable = list[i] });
}

static void take_ancestor_args(struct eg_fixture *fixture, struct eg_json value)
{
	add_ancestor(fixture, (struct eg_ancestor){ .args = fixture_list(fixture, value) });
}

/* Each a path, an argument vector, or an object with "exe" and "cmdline". */
static void take_ancestors(struct eg_fixture *fixture, struct eg_json value)
{
	struct eg_json_cursor cursor, members;
	struct eg_json key, element, member;

	if (eg_json_type(value) != EG_JSON_ARRAY) {
		fixture->malformed = true;
		return;
	}
	cursor = eg_json_open(value);
	while (fixture->ancestors_count < ANCESTORS_MAX && eg_json_next(&cursor, &key, &element)) {
		struct eg_ancestor ancestor = {};

		if (eg_json_type(element) == EG_JSON_TEXT) {
			ancestor.executable = fixture_text(fixture, element);
		} else if (eg_json_type(element) == EG_JSON_ARRAY) {
			ancestor.args = fixture_list(fixture, element);
		} else if (fixture_open(fixture, element, &members)) {
			while (eg_json_next(&members, &key, &member)) {
				if (eg_json_is(key, "exe"))
					ancestor.executable = fixture_text(fixture, member);
				else if (eg_json_is(key, "cmdline"))
					ancestor.args = fixture_list(fixture, member);
			}
		}
		add_ancestor(fixture, ancestor);
	}
}

const struct fixture_key fixture_process_keys[] = {
	{ "cgroup", take_cgroup },
	{ "cgroup_v1", take_cgroup_v1 },
	{ "init_cgroup", take_init_cgroup },
	{ "tgid", take_pid },
	{ "pid", take_pid },
	{ "uid", take_uid },
	{ "sk_uid", take_socket_uid },
	{ "exe", take_exe },
	{ "exe_from_bpf", take_exe_kernel },
	{ "exe_from_proc", take_exe_proc },
	{ "cmdline", take_args },
	{ "comm", take_comm },
	{ "bprm_filename", take_script },
	{ "bprm_interp", take_interpreter },
	{ "pidns", take_pid_ns },
	{ "mntns", take_mnt_ns },
	{ "userns", take_user_ns },
	{ "mntns_userns", take_mnt_owner },
	{ "exited", take_exited },
	{ "start_boottime_ns", take_start },
	{ "proc_starttime_ticks", take_ticks },
	{ "clk_tck", take_clock },
	{ "flags", take_flags },
	{ "l4", take_transport },
	{ "dport", take_remote_port },
	{ "sport", take_local_port },
	{ "wg_listen_ports", take_tunnel_ports },
	{ "cookie_tag", take_tag },
	{ "container_name", take_container },
	{ "ppid_exe", take_ancestor_programs },
	{ "ancestor_exe", take_ancestor_programs },
	{ "ancestor_cmdline", take_ancestor_args },
	{ "ppid_cmdline", take_ancestor_args },
	{ "parent_cmdline", take_ancestor_args },
	{ "ancestors", take_ancestors },
	{ "opened", take_opened },
	{ "delegated_cgroups", take_users_cgroups },
	{},
};

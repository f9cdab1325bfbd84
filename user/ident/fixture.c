/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Facts about a process from a JSON object, with the files that rules may read. */
#include <egret/ident.h>

#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/json.h>

#include "resolver.h"

#define LIST_MAX 1024 /* elements of a list that are looked at */

/* A file of the document; `tail`: any path that ends so. */
struct fixture_file {
	enum eg_tree tree;
	bool tail;
	const char *path, *text;
	size_t size;
};

struct eg_fixture {
	struct eg_process_facts facts;
	struct eg_lookup lookup;
	struct scratch scratch;
	struct fixture_file *files;
	size_t files_count;
	struct eg_ancestor *ancestors;
	size_t ancestors_count;
	char **opened, **logs; /* NULL-terminated, or NULL */
	bool root_known; /* what is not among the root's files is not there */
	struct eg_entries *entries;
	struct eg_packages *packages;
	const char *exe_kernel, *exe_proc, *interpreter, *mount_source;
	uint64_t start_ns, start_ticks, clock_ticks;
	uint32_t *tunnel_ports;
	size_t tunnel_ports_count;
	bool malformed; /* the value at hand has the wrong type */
};

/* --- values --- */

static const char *take_text(struct eg_fixture *fixture, struct eg_json value)
{
	if (eg_json_type(value) != EG_JSON_TEXT) {
		fixture->malformed = true;
		return "";
	}
	return scratch_own(&fixture->scratch, eg_json_decode(value)) ?: "";
}

static uint64_t take_number(struct eg_fixture *fixture, struct eg_json value, uint64_t max)
{
	double number = eg_json_type(value) == EG_JSON_NUMBER ? eg_json_double(value) : -1;

	if (!(number >= 0 && number <= (double)max) || number != floor(number)) {
		fixture->malformed = true;
		return 0;
	}
	return (uint64_t)number;
}

static bool take_bool(struct eg_fixture *fixture, struct eg_json value)
{
	if (eg_json_type(value) != EG_JSON_BOOL)
		fixture->malformed = true;
	return eg_json_type(value) == EG_JSON_BOOL && eg_json_true(value);
}

/* Texts of an array; a single text is a list of one. */
static char **take_list(struct eg_fixture *fixture, struct eg_json value)
{
	bool array = eg_json_type(value) == EG_JSON_ARRAY;
	size_t count = array ? eg_json_count(value) : 1, used = 0;
	struct eg_json_cursor cursor;
	struct eg_json key, element;
	char **list;

	if (count > LIST_MAX)
		count = LIST_MAX;
	list = scratch_alloc(&fixture->scratch, (count + 1) * sizeof(*list));
	if (!list)
		return NULL;
	if (!array) {
		list[used++] = (char *)(uintptr_t)take_text(fixture, value);
	} else {
		cursor = eg_json_open(value);
		while (used < count && eg_json_next(&cursor, &key, &element))
			list[used++] = (char *)(uintptr_t)take_text(fixture, element);
	}
	list[used] = NULL;
	return list;
}

static const char *join_lines(struct eg_fixture *fixture, char **list)
{
	size_t size = 1;
	char *text, *end;

	for (size_t i = 0; list && list[i]; i++)
		size += strlen(list[i]) + 1;
	text = scratch_alloc(&fixture->scratch, size);
	if (!text)
		return "";
	end = text;
	for (size_t i = 0; list && list[i]; i++) {
		end = mempcpy(end, list[i], strlen(list[i]));
		*end++ = '\n';
	}
	*end = '\0';
	return text;
}

/* --- files --- */

static void add_file(struct eg_fixture *fixture, struct fixture_file file)
{
	struct fixture_file *grown =
		reallocarray(fixture->files, fixture->files_count + 1, sizeof(*grown));

	if (!grown) {
		fixture->scratch.failed = true;
		return;
	}
	fixture->files = grown;
	grown[fixture->files_count++] = file;
}

static void add_text(struct eg_fixture *fixture, enum eg_tree tree, const char *path,
		     const char *text)
{
	add_file(fixture, (struct fixture_file){
				  .tree = tree,
				  .path = path,
				  .text = text,
				  .size = strlen(text),
			  });
}

/* A document stands in the input as it would in its file, or as text. */
static void add_document(struct eg_fixture *fixture, const char *tail, struct eg_json value)
{
	const char *text = eg_json_type(value) == EG_JSON_TEXT
				   ? take_text(fixture, value)
				   : scratch_copy(&fixture->scratch, value.start,
						  (size_t)(value.end - value.start));

	add_file(fixture, (struct fixture_file){
				  .tree = EG_TREE_HOST,
				  .tail = true,
				  .path = tail,
				  .text = text,
				  .size = strlen(text),
			  });
}

/* Members of an object; an object without any is as good. */
static bool open_members(struct eg_fixture *fixture, struct eg_json value,
			 struct eg_json_cursor *ret_cursor)
{
	if (eg_json_type(value) != EG_JSON_OBJECT) {
		fixture->malformed = true;
		return false;
	}
	*ret_cursor = eg_json_open(value);
	return true;
}

static void add_files(struct eg_fixture *fixture, struct eg_json object, bool host)
{
	struct eg_json_cursor cursor;
	struct eg_json key, value;

	if (!open_members(fixture, object, &cursor))
		return;
	while (eg_json_next(&cursor, &key, &value)) {
		const char *path = take_text(fixture, key), *text = take_text(fixture, value);

		add_text(fixture, EG_TREE_ROOT, path, text);
		if (host)
			add_text(fixture, EG_TREE_HOST, path, text);
	}
}

/* --- keys --- */

typedef void take(struct eg_fixture *fixture, struct eg_json value);

static void take_cgroup(struct eg_fixture *fixture, struct eg_json value)
{
	const char *text = take_text(fixture, value);

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
	const char *text = take_text(fixture, value);

	fixture->facts.init_cgroup = has_prefix(text, "0::") ? text + 3 : text;
}

static void take_cgroup_v1(struct eg_fixture *fixture, struct eg_json value)
{
	struct eg_json_cursor cursor;
	struct eg_json key, path;
	const char *lines = "";
	size_t count = 0;

	if (!open_members(fixture, value, &cursor))
		return;
	while (count++ < 32 && eg_json_next(&cursor, &key, &path))
		lines = scratch_format(&fixture->scratch, "%s1:%s:%s\n", lines,
				       take_text(fixture, key), take_text(fixture, path));
	fixture->facts.cgroup_v1 = lines;
}

static void take_uid(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.uid = (uint32_t)take_number(fixture, value, UINT32_MAX);
	fixture->facts.uid_unknown = false;
}

static void take_socket_uid(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.socket_uid = (uint32_t)take_number(fixture, value, UINT32_MAX);
	fixture->facts.has_socket_uid = true;
}

static void take_exe(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.executable = take_text(fixture, value);
}

static void take_exe_kernel(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->exe_kernel = take_text(fixture, value);
}

static void take_exe_proc(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->exe_proc = take_text(fixture, value);
}

static void take_args(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.args = take_list(fixture, value);
}

static void take_comm(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.comm = take_text(fixture, value);
}

static void take_script(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.script = take_text(fixture, value);
}

static void take_interpreter(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->interpreter = take_text(fixture, value);
}

static void take_container(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.container = take_text(fixture, value);
}

static void take_pid(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.pid = (uint32_t)take_number(fixture, value, INT32_MAX);
}

static enum eg_namespace take_namespace(struct eg_fixture *fixture, struct eg_json value)
{
	const char *text = take_text(fixture, value);

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

static void take_exited(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.exited = take_bool(fixture, value);
}

static void take_flags(struct eg_fixture *fixture, struct eg_json value)
{
	struct eg_json_cursor cursor;
	struct eg_json key, flag;

	if (!open_members(fixture, value, &cursor))
		return;
	while (eg_json_next(&cursor, &key, &flag)) {
		if (eg_json_is(key, "kthread"))
			fixture->facts.kernel_thread = take_bool(fixture, flag);
		else if (eg_json_is(key, "sk_kern_sock"))
			fixture->facts.kernel_socket = take_bool(fixture, flag);
		else if (eg_json_is(key, "no_sock"))
			fixture->facts.no_socket = take_bool(fixture, flag);
		else if (eg_json_is(key, "sk_ne_skb_sk"))
			fixture->facts.outer_packet = take_bool(fixture, flag);
	}
}

static void take_remote_port(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.remote_port = (uint16_t)take_number(fixture, value, UINT16_MAX);
}

static void take_local_port(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->facts.local_port = (uint16_t)take_number(fixture, value, UINT16_MAX);
}

static void take_transport(struct eg_fixture *fixture, struct eg_json value)
{
	const char *name = take_text(fixture, value);

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
	count = count < LIST_MAX ? count : LIST_MAX;
	fixture->tunnel_ports =
		scratch_alloc(&fixture->scratch, (count + 1) * sizeof(*fixture->tunnel_ports));
	fixture->tunnel_ports_count = 0;
	cursor = eg_json_open(value);
	while (fixture->tunnel_ports && fixture->tunnel_ports_count < count &&
	       eg_json_next(&cursor, &key, &port))
		fixture->tunnel_ports[fixture->tunnel_ports_count++] =
			(uint32_t)take_number(fixture, port, UINT16_MAX);
}

/* {"uid": 10123, "tag": "0xFFFFFF01"} of netd's cookie_tag_map */
static void take_tag(struct eg_fixture *fixture, struct eg_json value)
{
	struct eg_json_cursor cursor;
	struct eg_json key, member;

	if (!open_members(fixture, value, &cursor))
		return;
	fixture->facts.has_tag = true;
	while (eg_json_next(&cursor, &key, &member)) {
		if (eg_json_is(key, "uid"))
			fixture->facts.tag_uid = (uint32_t)take_number(fixture, member, UINT32_MAX);
		else if (eg_json_is(key, "tag") && eg_json_type(member) == EG_JSON_TEXT)
			fixture->facts.tag = (uint32_t)strtoul(take_text(fixture, member), NULL, 0);
		else if (eg_json_is(key, "tag"))
			fixture->facts.tag = (uint32_t)take_number(fixture, member, UINT32_MAX);
	}
}

static void take_packages(struct eg_fixture *fixture, struct eg_json value)
{
	eg_packages_free(fixture->packages);
	fixture->packages = eg_packages_parse(join_lines(fixture, take_list(fixture, value)));
	if (!fixture->packages)
		fixture->scratch.failed = true;
}

/* Members as lines "key=value", whose values are texts of one line. */
static const char *join_members(struct eg_fixture *fixture, struct eg_json object, const char *head)
{
	_cleanup_(eg_freep) char *text = NULL;
	FILE *stream;
	struct eg_json_cursor cursor;
	struct eg_json key, value;
	size_t size;

	if (!open_members(fixture, object, &cursor))
		return "";
	stream = open_memstream(&text, &size);
	if (!stream) {
		fixture->scratch.failed = true;
		return "";
	}
	fputs(head, stream);
	while (eg_json_next(&cursor, &key, &value)) {
		_cleanup_(eg_freep) char *name = eg_json_decode(key), *line = NULL;

		if (eg_json_type(value) == EG_JSON_TEXT)
			line = eg_json_decode(value);
		if (name && line && !strpbrk(line, "\r\n"))
			fprintf(stream, "%s=%s\n", name, line);
	}
	if (fclose(stream) != 0)
		fixture->scratch.failed = true;
	return scratch_own(&fixture->scratch, TAKE_PTR(text)) ?: "";
}

static const char *entry_text(struct eg_fixture *fixture, struct eg_json keys)
{
	if (eg_json_type(keys) == EG_JSON_TEXT)
		return take_text(fixture, keys);
	return join_members(fixture, keys, "[Desktop Entry]\n");
}

static void take_entries(struct eg_fixture *fixture, struct eg_json value)
{
	static const char suffix[] = ".desktop";
	struct eg_json_cursor cursor;
	struct eg_json key, entry;

	if (!open_members(fixture, value, &cursor))
		return;
	if (!fixture->entries)
		fixture->entries = eg_entries_new();
	while (fixture->entries && eg_json_next(&cursor, &key, &entry)) {
		const char *id = take_text(fixture, key);

		if (has_suffix(id, suffix))
			id = scratch_copy(&fixture->scratch, id, strlen(id) - strlen(suffix));
		if (eg_entries_add(fixture->entries, id, entry_text(fixture, entry), NULL) ==
		    -ENOMEM)
			fixture->scratch.failed = true;
	}
	if (!fixture->entries)
		fixture->scratch.failed = true;
}

static void take_root_files(struct eg_fixture *fixture, struct eg_json value)
{
	add_files(fixture, value, false);
	fixture->root_known = true;
}

static void take_files(struct eg_fixture *fixture, struct eg_json value)
{
	add_files(fixture, value, true);
}

static void take_environment(struct eg_fixture *fixture, struct eg_json object)
{
	const char *text = join_members(fixture, object, "");
	size_t size = strlen(text);
	char *copy = scratch_alloc(&fixture->scratch, size + 1);

	for (size_t i = 0; copy && i <= size; i++)
		copy[i] = text[i] == '\n' ? '\0' : text[i];
	if (copy)
		add_file(fixture, (struct fixture_file){
					  .tree = EG_TREE_PROC,
					  .path = "environ",
					  .text = copy,
					  .size = size,
				  });
}

static void take_uid_map(struct eg_fixture *fixture, struct eg_json value)
{
	add_text(fixture, EG_TREE_PROC, "uid_map", join_lines(fixture, take_list(fixture, value)));
}

static void take_cwd(struct eg_fixture *fixture, struct eg_json value)
{
	add_text(fixture, EG_TREE_PROC, "cwd", take_text(fixture, value));
}

static void take_label(struct eg_fixture *fixture, struct eg_json value)
{
	add_text(fixture, EG_TREE_PROC, "attr/apparmor/current", take_text(fixture, value));
}

static void take_mount_source(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->mount_source = take_text(fixture, value);
}

static void take_docker(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, "/config.v2.json", value);
}

static void take_containers(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, "/containers.json", value);
}

static void take_volatile(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, "/volatile-containers.json", value);
}

static void take_bundle(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, "/config.json", value);
}

static void take_manifest(struct eg_fixture *fixture, struct eg_json value)
{
	add_document(fixture, ".acf", value);
}

static void take_logs(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->logs = take_list(fixture, value);
}

static void take_opened(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->opened = take_list(fixture, value);
}

static void take_start(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->start_ns = take_number(fixture, value, 1ULL << 62);
}

static void take_ticks(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->start_ticks = take_number(fixture, value, 1ULL << 53);
}

static void take_clock(struct eg_fixture *fixture, struct eg_json value)
{
	fixture->clock_ticks = take_number(fixture, value, NSEC_PER_SEC);
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
	char **list = take_list(fixture, value);

	for (size_t i = 0; list && list[i]; i++)
		add_ancestor(fixture, (struct eg_ancestor){ .executable = list[i] });
}

static void take_ancestor_args(struct eg_fixture *fixture, struct eg_json value)
{
	add_ancestor(fixture, (struct eg_ancestor){ .args = take_list(fixture, value) });
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
			ancestor.executable = take_text(fixture, element);
		} else if (eg_json_type(element) == EG_JSON_ARRAY) {
			ancestor.args = take_list(fixture, element);
		} else if (open_members(fixture, element, &members)) {
			while (eg_json_next(&members, &key, &member)) {
				if (eg_json_is(key, "exe"))
					ancestor.executable = take_text(fixture, member);
				else if (eg_json_is(key, "cmdline"))
					ancestor.args = take_list(fixture, member);
			}
		}
		add_ancestor(fixture, ancestor);
	}
}

static const struct {
	const char *name;
	take *take;
} keys[] = {
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
	{ "cwd", take_cwd },
	{ "pidns", take_pid_ns },
	{ "mntns", take_mnt_ns },
	{ "userns", take_user_ns },
	{ "uid_map", take_uid_map },
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
	{ "packages_list", take_packages },
	{ "desktop_entries", take_entries },
	{ "root_files", take_root_files },
	{ "files", take_files },
	{ "env", take_environment },
	{ "environ", take_environment },
	{ "mountinfo_source", take_mount_source },
	{ "lsm_label", take_label },
	{ "lsm", take_label },
	{ "label", take_label },
	{ "apparmor", take_label },
	{ "apparmor_label", take_label },
	{ "apparmor_current", take_label },
	{ "aa_label", take_label },
	{ "attr_current", take_label },
	{ "ppid_exe", take_ancestor_programs },
	{ "ancestor_exe", take_ancestor_programs },
	{ "ancestor_cmdline", take_ancestor_args },
	{ "ppid_cmdline", take_ancestor_args },
	{ "parent_cmdline", take_ancestor_args },
	{ "ancestors", take_ancestors },
	{ "docker_config", take_docker },
	{ "containers_json", take_containers },
	{ "volatile_containers_json", take_volatile },
	{ "containerd_config", take_bundle },
	{ "appmanifest", take_manifest },
	{ "var_log_containers", take_logs },
	{ "opened", take_opened },
};

/* --- what follows from several keys --- */

/* proc_pid_stat(5) counts in ticks, rounded down: one tick more or less is the same. */
static bool is_same_start(const struct eg_fixture *fixture)
{
	uint64_t ticks, clock = fixture->clock_ticks ? fixture->clock_ticks : 100;

	if (!fixture->start_ns || !fixture->start_ticks)
		return true;
	ticks = fixture->start_ns / ((uint64_t)NSEC_PER_SEC / clock ?: 1);
	return ticks + 1 >= fixture->start_ticks && ticks <= fixture->start_ticks + 1;
}

static void settle_process(struct eg_fixture *fixture)
{
	struct eg_process_facts *facts = &fixture->facts;

	if (fixture->exe_kernel)
		facts->executable = fixture->exe_kernel;
	facts->start_mismatch = !is_same_start(fixture);
	if (facts->start_mismatch)
		facts->args = NULL;
	else if (!facts->executable)
		facts->executable = fixture->exe_proc;
	/* What was executed is a script if something else was needed to run it. */
	if (facts->script && fixture->interpreter &&
	    strcmp(facts->script, fixture->interpreter) == 0)
		facts->script = NULL;
	if (facts->script && !fixture->interpreter &&
	    (!facts->executable || !is_interpreter(base_name(facts->executable)) ||
	     is_interpreter(base_name(facts->script))))
		facts->script = NULL;
}

/* A line of mountinfo for the mount that the executable is in. */
static void settle_mount(struct eg_fixture *fixture)
{
	const char *exe = fixture->facts.executable;
	const char *at = exe && fixture->mount_source ? strstr(exe, "/.mount_") : NULL;

	if (!at)
		return;
	at += 1 + strcspn(at + 1, "/");
	add_text(fixture, EG_TREE_PROC, "mountinfo",
		 scratch_format(&fixture->scratch, "1 1 0:1 / %.*s ro - fuse %s\n", (int)(at - exe),
				exe, fixture->mount_source));
}

static void settle_tunnel(struct eg_fixture *fixture)
{
	for (size_t i = 0; i < fixture->tunnel_ports_count; i++) {
		if (fixture->tunnel_ports[i] == fixture->facts.local_port)
			fixture->facts.wireguard_port = true;
	}
}

/* --- as a lookup --- */

static bool is_path(const struct fixture_file *file, const char *path)
{
	return file->tail ? has_suffix(path, file->path) : strcmp(path, file->path) == 0;
}

static int read_file(void *data, enum eg_tree tree, const char *path, char **ret_text,
		     size_t *ret_size)
{
	const struct eg_fixture *fixture = data;

	for (size_t i = 0; i < fixture->files_count; i++) {
		const struct fixture_file *file = &fixture->files[i];
		char *copy;

		if (file->tree != tree || !is_path(file, path))
			continue;
		copy = malloc(file->size + 1);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, file->text, file->size + 1);
		*ret_text = copy;
		*ret_size = file->size;
		return 0;
	}
	return tree == EG_TREE_ROOT && !fixture->root_known ? -ESRCH : -ENOENT;
}

static int find_name(void *data, const char *directory, const char *suffix, char **ret_name)
{
	const struct eg_fixture *fixture = data;

	(void)directory;
	for (size_t i = 0; fixture->logs && fixture->logs[i]; i++) {
		if (!has_suffix(fixture->logs[i], suffix))
			continue;
		*ret_name = strdup(base_name(fixture->logs[i]));
		return *ret_name ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

static bool exists(void *data, const char *path)
{
	const struct eg_fixture *fixture = data;
	size_t size = strlen(path);

	for (size_t i = 0; i < fixture->files_count; i++) {
		const char *file = fixture->files[i].path;

		if (strncmp(file, path, size) == 0 && (!file[size] || file[size] == '/'))
			return true;
	}
	return false;
}

static bool holds(void *data, const char *path)
{
	const struct eg_fixture *fixture = data;

	for (size_t i = 0; fixture->opened && fixture->opened[i]; i++) {
		if (strcmp(fixture->opened[i], path) == 0)
			return true;
	}
	return false;
}

static const struct eg_ancestor *find_ancestor(void *data, unsigned number)
{
	const struct eg_fixture *fixture = data;

	return number < fixture->ancestors_count ? &fixture->ancestors[number] : NULL;
}

static const struct eg_entries *find_entries(void *data, uint32_t uid)
{
	const struct eg_fixture *fixture = data;

	(void)uid;
	return fixture->entries;
}

static const struct eg_packages *find_packages(void *data, const char *container)
{
	const struct eg_fixture *fixture = data;

	(void)container;
	return fixture->packages;
}

/* --- all --- */

static int parse(struct eg_fixture *fixture, struct eg_json object, const char **ret_key)
{
	struct eg_json_cursor cursor = eg_json_open(object);
	struct eg_json key, value;

	while (eg_json_next(&cursor, &key, &value)) {
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			if (eg_json_type(value) == EG_JSON_NULL || !eg_json_is(key, keys[i].name))
				continue;
			keys[i].take(fixture, value);
			if (fixture->malformed) {
				*ret_key = keys[i].name;
				return -EINVAL;
			}
		}
	}
	settle_process(fixture);
	settle_mount(fixture);
	settle_tunnel(fixture);
	return fixture->scratch.failed ? -ENOMEM : 0;
}

int eg_fixture_parse(struct eg_json object, struct eg_fixture **ret_fixture, const char **ret_key)
{
	struct eg_fixture *fixture;
	int error;

	if (eg_json_type(object) != EG_JSON_OBJECT) {
		*ret_key = "";
		return -EINVAL;
	}
	fixture = calloc(1, sizeof(*fixture));
	if (!fixture)
		return -ENOMEM;
	fixture->facts.origin = EG_ORIGIN_INPUT;
	fixture->facts.uid_unknown = true;
	fixture->lookup = (struct eg_lookup){
		.data = fixture,
		.read = read_file,
		.find = find_name,
		.exists = exists,
		.holds = holds,
		.ancestor = find_ancestor,
		.entries = find_entries,
		.packages = find_packages,
	};
	error = parse(fixture, object, ret_key);
	if (error) {
		eg_fixture_free(fixture);
		return error;
	}
	*ret_fixture = fixture;
	return 0;
}

void eg_fixture_free(struct eg_fixture *fixture)
{
	if (!fixture)
		return;
	eg_entries_free(fixture->entries);
	eg_packages_free(fixture->packages);
	free(fixture->files);
	free(fixture->ancestors);
	scratch_free(&fixture->scratch);
	free(fixture);
}

const struct eg_process_facts *eg_fixture_facts(const struct eg_fixture *fixture)
{
	return &fixture->facts;
}

const struct eg_lookup *eg_fixture_lookup(const struct eg_fixture *fixture)
{
	return &fixture->lookup;
}

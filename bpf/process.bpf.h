/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is the current process: its key, and its description the first time it matters. */
#pragma once

/*
 * The address behind a pointer whose type the verifier knows. It lets no such
 * pointer be a number, but it lets a helper read the stack slot it is in.
 */
static __always_inline __u64 address_of(const void *pointer)
{
	const void *volatile slot = pointer;
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), (void *)&slot);
	return address;
}

/*
 * The task that runs. A typed pointer, which is read without helper calls,
 * where the kernel gives one to this kind of program; else a plain address.
 */
static __always_inline struct task_struct *task_current(void)
{
	if (config.task_btf)
		return bpf_get_current_task_btf();
	return (void *)bpf_get_current_task();
}

static __always_inline struct eg_proc_key nobody(enum eg_nobody who)
{
	return (struct eg_proc_key){ .exec_id = who };
}

static __always_inline bool same_process(const struct eg_proc_key *a, const struct eg_proc_key *b)
{
	return a->start_ns == b->start_ns && a->tgid == b->tgid && a->exec_id == b->exec_id;
}

static __always_inline struct eg_proc_key key_of(struct task_struct *task)
{
	return (struct eg_proc_key){
		.start_ns = BPF_CORE_READ(task, group_leader, start_boottime),
		.tgid = BPF_CORE_READ(task, tgid),
		.exec_id = BPF_CORE_READ(task, self_exec_id),
	};
}

/* A kernel thread acts for the kernel; its pid and name say nothing. */
static __always_inline struct eg_proc_key key_current(void)
{
	struct task_struct *task = task_current();

	if (!config.task_btf) {
		if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
			return nobody(EG_NOBODY_KERNEL);
		return key_of(task);
	}
	if (task->flags & PF_KTHREAD)
		return nobody(EG_NOBODY_KERNEL);
	return (struct eg_proc_key){
		.start_ns = task->group_leader->start_boottime,
		.tgid = task->tgid,
		.exec_id = task->self_exec_id,
	};
}

/*
 * Appends a component, with its NUL, to the first `limit` bytes of a text that
 * has room for one component more. The offset lives in map memory, so that the
 * verifier forgets its range between the turns of a loop.
 */
static __always_inline bool append(char *text, volatile __u32 *used, __u32 limit, const void *name)
{
	__u32 offset = *used;
	long size;

	if (offset >= limit)
		return false;
	size = bpf_probe_read_kernel_str(text + (offset & (limit - 1)), 256, name);
	if (size > 0)
		*used = offset + size;
	return true;
}

/*
 * The steps of the walks below are global functions with numbers only: the
 * verifier looks at each once, and not again for every turn of every loop of
 * every program, which was most of what it had to do at a start.
 */
__noinline __u64 pointer_at(__u64 address)
{
	__u64 pointer = 0;

	bpf_probe_read_kernel(&pointer, sizeof(pointer), (void *)address);
	return pointer;
}

#define MOUNT_TOP 1 /* no mount has this address */

/* If the dentry is the root of its mount: the mount that this one is in, or MOUNT_TOP; else 0. */
__noinline __u64 mount_above(__u64 at, __u64 in)
{
	struct dentry *dentry = (void *)at;
	struct mount *mount = (void *)in, *above;

	if (dentry != BPF_CORE_READ(mount, mnt.mnt_root) &&
	    dentry != BPF_CORE_READ(dentry, d_parent))
		return 0;
	above = BPF_CORE_READ(mount, mnt_parent);
	return above == mount || !above ? MOUNT_TOP : (__u64)above;
}

/* Appends what is from the dentry up to the root of the mount namespace; false: not all of it. */
static __always_inline bool append_path(char *text, volatile __u32 *used, __u32 limit,
					struct dentry *dentry, struct vfsmount *vfsmount)
{
	struct mount *mount =
		(void *)vfsmount -
		__builtin_preserve_field_info(((struct mount *)0)->mnt, BPF_FIELD_BYTE_OFFSET);

	for (int i = 0; i < EG_PATH_DEPTH + EG_MOUNT_DEPTH; i++) {
		__u64 above = mount_above((__u64)dentry, (__u64)mount);

		if (above == MOUNT_TOP)
			return true;
		if (above) {
			dentry = (void *)pointer_at((__u64)&mount->mnt_mountpoint);
			mount = (void *)above;
			continue;
		}
		if (!append(text, used, limit, (void *)pointer_at((__u64)&dentry->d_name.name)))
			break;
		dentry = (void *)pointer_at((__u64)&dentry->d_parent);
	}
	return false;
}

static __always_inline void describe_exe(struct eg_process *process, struct file *file)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	process->exe_ino = BPF_CORE_READ(inode, i_ino);
	process->exe_dev = BPF_CORE_READ(inode, i_sb, s_dev);
	if (!BPF_CORE_READ(dentry, d_hash.pprev))
		process->flags |= EG_PROCESS_EXE_DELETED;
	/* A file that never was in a directory (memfd): its own name is all. */
	if (dentry == BPF_CORE_READ(dentry, d_parent))
		append(process->exe, &process->exe_size, EG_EXE_MAX,
		       BPF_CORE_READ(dentry, d_name.name));
	else if (!append_path(process->exe, &process->exe_size, EG_EXE_MAX, dentry,
			      BPF_CORE_READ(file, f_path.mnt)))
		process->flags |= EG_PROCESS_EXE_CUT;
}

#define FORKS_MAX 4 /* parents that are asked for the script of a child */

/* The argument vector as it is in memory now; only in the process's own context. */
static __always_inline void describe_args(struct eg_process *process, struct mm_struct *mm)
{
	unsigned long start = BPF_CORE_READ(mm, arg_start);
	unsigned long size = BPF_CORE_READ(mm, arg_end) - start;

	if (size > EG_ARGS_MAX) {
		size = EG_ARGS_MAX;
		process->flags |= EG_PROCESS_ARGS_CUT;
	}
	if (!bpf_probe_read_user(process->args, size, (void *)start))
		process->args_size = size;
}

/* The directory above; 0: it is the root. */
__noinline __u64 kernfs_above(__u64 node)
{
	return (__u64)kernfs_parent((void *)node);
}

__noinline __u64 is_scope(__u64 node)
{
	return BPF_CORE_READ((struct kernfs_node *)node, id) == config.scope_cgroup_id;
}

/* Fills in the cgroup2 path; not 0 if it lies at or below the cgroup of interest. */
static __always_inline __u64 describe_cgroup(struct eg_process *process, struct task_struct *task)
{
	struct kernfs_node *node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
	__u64 inside = 0;

	process->cgroup_id = BPF_CORE_READ(node, id);
	for (int i = 0; i < EG_PATH_DEPTH; i++) {
		__u64 parent = kernfs_above((__u64)node);

		inside |= is_scope((__u64)node);
		if (!parent)
			return inside;
		if (!append(process->cgroup, &process->cgroup_size, EG_CGROUP_MAX,
			    (void *)pointer_at((__u64)&node->name)))
			break;
		node = (void *)parent;
	}
	process->flags |= EG_PROCESS_CGROUP_CUT;
	return inside;
}

/*
 * Left the cgroup, but came from the command: sudo, systemd-run --scope, ...
 * The tracer is a subreaper, so that orphans stay among its descendants.
 */
__noinline int is_descendant(__u64 address)
{
	struct task_struct *task = (void *)address;

	for (int i = 0; i < EG_PATH_DEPTH; i++) {
		__u32 tgid = BPF_CORE_READ(task, tgid);

		if (tgid == config.scope_tgid)
			return 1;
		if (tgid <= 1)
			return 0;
		task = BPF_CORE_READ(task, group_leader, real_parent);
	}
	return 0;
}

/*
 * Is a task of interest that there was no room to describe? (It calls none of the
 * other functions: each takes 32 bytes of the stack that all of them share.)
 */
__noinline int in_scope(__u64 address)
{
	struct task_struct *task = (void *)address;
	struct kernfs_node *node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);

	for (int i = 0; i < EG_PATH_DEPTH && node; i++) {
		if (BPF_CORE_READ(node, id) == config.scope_cgroup_id)
			return 1;
		node = kernfs_parent(node);
	}
	for (int i = 0; i < EG_PATH_DEPTH; i++) {
		__u32 tgid = BPF_CORE_READ(task, tgid);

		if (tgid == config.scope_tgid)
			return 1;
		if (tgid <= 1)
			return 0;
		task = BPF_CORE_READ(task, group_leader, real_parent);
	}
	return 0;
}

static __always_inline void describe_ids(struct eg_process *process, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	process->ppid = BPF_CORE_READ(leader, real_parent, tgid);
	process->uid = BPF_CORE_READ(task, cred, uid.val);
	process->net_ns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
	process->mnt_ns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	process->mnt_owner_ns = BPF_CORE_READ(task, nsproxy, mnt_ns, user_ns, ns.inum);
	process->pid_ns = BPF_CORE_READ(task, nsproxy, pid_ns_for_children, ns.inum);
	process->user_ns = BPF_CORE_READ(task, cred, user_ns, ns.inum);
	bpf_probe_read_kernel_str(process->comm, sizeof(process->comm), leader->comm);
}

/*
 * What was noted when the process executed a script, or the process that it
 * was forked from: a child that has executed nothing since is the same program.
 */
static __always_inline void describe_script(struct eg_process *process, struct task_struct *task)
{
	struct inode *program = BPF_CORE_READ(task, mm, exe_file, f_inode);
	struct eg_proc_key key = process->key;
	struct eg_script *script;

	for (int i = 0; i < FORKS_MAX; i++) {
		script = bpf_map_lookup_elem(&eg_scripts, &key);
		if (script)
			break;
		task = BPF_CORE_READ(task, group_leader, real_parent);
		if ((__u32)BPF_CORE_READ(task, self_exec_id) != key.exec_id ||
		    BPF_CORE_READ(task, mm, exe_file, f_inode) != program)
			return;
		key = key_of(task);
	}
	if (!script)
		return;
	bpf_probe_read_kernel(process->script, sizeof(process->script), script->path);
	process->script_size = script->size;
}

/* Fills in everything; false: not of interest. */
static __always_inline bool describe_task(struct eg_process *process, struct task_struct *task)
{
	bool own = !(process->flags & EG_PROCESS_OLD);
	struct mm_struct *mm;
	struct file *exe;

	if (!describe_cgroup(process, task) && config.scope_cgroup_id &&
	    !is_descendant((__u64)task))
		return false;
	describe_ids(process, task);
	mm = BPF_CORE_READ(task, mm);
	exe = BPF_CORE_READ(mm, exe_file);
	if (exe)
		describe_exe(process, exe);
	else
		process->flags |= EG_PROCESS_NO_EXE;
	if (own)
		describe_args(process, mm);
	describe_script(process, task);
	return true;
}

/*
 * Puts the description of a task into the ring. `identity` is tgid, and
 * exec_id in the upper half; `flags` are enum eg_process_flag to begin with.
 * Returns an eg_known state, or, if there was no room, 0 or the negative one.
 *
 * A global function with numbers only, so that the verifier looks at it once
 * and not again for each place that it is called from.
 */
__noinline int describe(__u64 task, __u64 start_ns, __u64 identity, __u32 flags)
{
	struct eg_process *process = ring_reserve(sizeof(*process));

	if (!process) {
		if (config.scope_cgroup_id && !in_scope(task))
			return -EG_KNOWN_OUT_OF_SCOPE;
		lose(EG_LOSS_RING_FULL);
		return 0;
	}
	process->header.type = EG_RECORD_PROCESS;
	process->header.size = sizeof(*process);
	process->header.time_ns = bpf_ktime_get_boot_ns();
	process->key.start_ns = start_ns;
	process->key.tgid = identity;
	process->key.exec_id = identity >> 32;
	process->flags = flags;
	process->exe_size = 0;
	process->args_size = 0;
	process->cgroup_size = 0;
	process->script_size = 0;
	process->exe_ino = 0;
	process->exe_dev = 0;
	if (!describe_task(process, (void *)task)) {
		bpf_ringbuf_discard(process, BPF_RB_NO_WAKEUP);
		return EG_KNOWN_OUT_OF_SCOPE;
	}
	ring_submit(process);
	return EG_KNOWN_IN_SCOPE;
}

/* Describes a task and remembers that; true: it is of interest. */
static __always_inline bool introduce(__u64 task, const struct eg_proc_key *key, __u32 flags)
{
	int state = describe(task, key->start_ns, key->tgid | (__u64)key->exec_id << 32, flags);
	struct eg_known_process news = { .state = state };

	/* Not described yet, but its bytes count; tried again at its next deed. */
	if (state <= 0)
		return !state;
	if (bpf_map_update_elem(&eg_processes, key, &news, BPF_ANY))
		lose(EG_LOSS_PROCESS_MAP_FULL);
	return news.state == EG_KNOWN_IN_SCOPE;
}

/* Is the current process of interest? Describes it if that has not been done. */
static __always_inline bool admit(const struct eg_proc_key *key)
{
	struct eg_known_process *known = bpf_map_lookup_elem(&eg_processes, key);

	if (known)
		return known->state == EG_KNOWN_IN_SCOPE;
	if (!key->tgid)
		return !config.scope_cgroup_id;
	return introduce(bpf_get_current_task(), key, 0);
}

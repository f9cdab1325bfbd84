/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Scripts: what execve() was given is known at that moment only, and to the kernel only. */
#pragma once

/*
 * env(1), which a script's first line names where it does not know the path of
 * its interpreter: what it executes is still the script.
 */
static __always_inline bool is_env(const char *interpreter)
{
	char name[16] = {}, *at = name;

	bpf_probe_read_kernel_str(name, sizeof(name), interpreter);
	if (at[0] == '/' && at[1] == 'u' && at[2] == 's' && at[3] == 'r')
		at += 4;
	return at[0] == '/' && at[1] == 'b' && at[2] == 'i' && at[3] == 'n' && at[4] == '/' &&
	       at[5] == 'e' && at[6] == 'n' && at[7] == 'v' && !at[8];
}

/* A path that is relative begins in the working directory; false: it is too long. */
static __always_inline bool script_path(struct eg_script *script, struct task_struct *task,
					const char *filename)
{
	long size = bpf_probe_read_kernel_str(script->path, EG_SCRIPT_MAX, filename);

	if (size <= 1 || size >= EG_SCRIPT_MAX)
		return false;
	script->size = size;
	return script->path[0] == '/' ||
	       append_path(script->path, &script->size, EG_SCRIPT_MAX,
			   BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
}

static __always_inline void script_executed(struct task_struct *task, const char *filename,
					    const char *interpreter)
{
	struct eg_proc_key key = key_of(task);
	struct eg_script *script;
	__u32 zero = 0;

	script = bpf_map_lookup_elem(&eg_script, &zero);
	if (!script || !script_path(script, task, filename))
		return;
	script->passed_on = is_env(interpreter);
	bpf_map_update_elem(&eg_scripts, &key, script, BPF_ANY);
}

/* Another program took the process over; if env(1) did that, it runs the same script. */
static __always_inline void program_executed(struct task_struct *task)
{
	struct eg_proc_key key = key_of(task);
	struct eg_script *script;

	key.exec_id--;
	script = bpf_map_lookup_elem(&eg_scripts, &key);
	if (!script || !script->passed_on)
		return;
	key.exec_id++;
	bpf_map_update_elem(&eg_scripts, &key, script, BPF_ANY);
	script = bpf_map_lookup_elem(&eg_scripts, &key);
	if (script)
		script->passed_on = 0;
}

/*
 * Of a command's processes only: a program that may have a daemon start what it
 * was asked for, whose parent is not the command then.
 */
static __always_inline void errand_executed(struct task_struct *task)
{
	char name[EG_ERRAND_NAME] = {};
	__u64 *count;

	BPF_CORE_READ_INTO(&name, task, comm);
	count = bpf_map_lookup_elem(&eg_errands, name);
	if (count && in_scope(address_of(task)))
		__sync_fetch_and_add(count, 1);
}

/* A script's name stays; what is loaded in its place is its interpreter (binfmt_script.c). */
static __always_inline void executed(struct task_struct *task, struct linux_binprm *program)
{
	if (program->filename != program->interp)
		script_executed(task, program->filename, program->interp);
	else
		program_executed(task);
	if (config.scope_cgroup_id)
		errand_executed(task);
}

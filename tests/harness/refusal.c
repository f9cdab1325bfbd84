/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The supervisor of seccomp_unotify(2): reads what bpf(2) is asked for, and refuses it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <harness/message.h>
#include <harness/refusal.h>

/* Only what makes, loads and attaches is asked about. */
int refusal_enter(int socket)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 6),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_MAP_CREATE, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_PROG_LOAD, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_LINK_CREATE, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_RAW_TRACEPOINT_OPEN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		.filter = filter,
	};
	int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	int error;

	if (listener < 0)
		return -errno;
	error = message_send(socket, &(struct message){ .result = 0 }, listener);
	close(listener);
	return error;
}

/* --- the supervisor, a process of its own --- */

static bool is_refused(const struct refusal *refusal, const char *name)
{
	for (const char *const *program = refusal->programs; *program; program++)
		if (!strcmp(*program, name) || (!strcmp(*program, "*") && !strncmp(name, "eg_", 3)))
			return true;
	return false;
}

/* The name and the id of a program that another process holds. */
static bool program_of(pid_t pid, int fd, struct bpf_prog_info *ret_info)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	int program = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	__u32 size = sizeof(*ret_info);
	bool found = false;

	memset(ret_info, 0, sizeof(*ret_info));
	if (program >= 0)
		found = bpf_obj_get_info_by_fd(program, ret_info, &size) == 0;
	if (program >= 0)
		close(program);
	if (process >= 0)
		close(process);
	return found;
}

static bool is_named_refused(const struct refusal *refusal, const char *name)
{
	char text[BPF_OBJ_NAME_LEN + 1] = { 0 };

	memcpy(text, name, BPF_OBJ_NAME_LEN);
	return is_refused(refusal, text);
}

/* May it be attached? If so, it is remembered. */
static bool refuses_attach(const struct refusal *refusal, pid_t pid, int fd,
			   struct refused *refused)
{
	struct bpf_prog_info info;

	if (!program_of(pid, fd, &info))
		return true;
	if (refusal->attach && is_named_refused(refusal, info.name))
		return true;
	if (refused->attached < REFUSED_MAX)
		refused->ids[refused->attached++] = info.id;
	return false;
}

/* What is asked for stands in the caller's memory. */
static bool refuses(const struct refusal *refusal, const struct seccomp_notif *asked,
		    struct refused *refused)
{
	union bpf_attr attr = { 0 };
	const size_t size = asked->data.args[2] < sizeof(attr) ? asked->data.args[2] : sizeof(attr);
	struct iovec here = { .iov_base = &attr, .iov_len = size };
	struct iovec there = { .iov_base = (void *)(uintptr_t)asked->data.args[1],
			       .iov_len = size };
	pid_t pid = (pid_t)asked->pid;

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) < 0)
		return true;
	switch (asked->data.args[0]) {
	case BPF_MAP_CREATE:
		return refusal->maps && !strncmp(attr.map_name, "eg_", 3);
	case BPF_PROG_LOAD:
		return !refusal->attach && is_named_refused(refusal, attr.prog_name);
	case BPF_LINK_CREATE:
		return refuses_attach(refusal, pid, (int)attr.link_create.prog_fd, refused);
	default:
		return refuses_attach(refusal, pid, (int)attr.raw_tracepoint.prog_fd, refused);
	}
}

static void supervise(int listener, const struct refusal *refusal, struct refused *refused)
{
	for (;;) {
		struct seccomp_notif asked = { 0 };
		struct seccomp_notif_resp answer = { 0 };

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			_exit(0);
		}
		answer.id = asked.id;
		if (refuses(refusal, &asked, refused)) {
			answer.error = -refusal->error;
			refused->times++;
		} else {
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		}
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

const struct refused *refuse(struct test *test, const struct refusal *refusal, int *ret_socket)
{
	struct refused *refused = mmap(NULL, sizeof(*refused), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct message message;
	int ends[2], listener = -1;
	__u32 action = SECCOMP_RET_USER_NOTIF;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0)
		test_skip(test, "no notification of seccomp: %s", strerror(errno));
	require(test, refused != MAP_FAILED);
	require(test, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[1]);
		if (message_receive(ends[0], &message, &listener) == 0 && listener >= 0)
			supervise(listener, refusal, refused);
		_exit(1);
	}
	close(ends[0]);
	*ret_socket = ends[1];
	return refused;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets that are older than the tracer: who holds them, in every network namespace. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <egret/base.h>

#include "private.h"

/* Runs an iterator to its end; these write nothing, they fill maps. */
static int drain(struct bpf_link *link)
{
	_cleanup_(eg_closep) int fd = bpf_iter_create(bpf_link__fd(link));
	char buffer[4096];
	ssize_t size;

	if (fd < 0)
		return -errno;
	do {
		size = read(fd, buffer, sizeof(buffer));
	} while (size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR)));
	return size < 0 ? -errno : 0;
}

/* What an iterator could not find is not seen; the trace goes on. */
static int go_without(struct eg_probe *probe, const struct bpf_program *program, int error)
{
	eg_debug("%s: %s", bpf_program__name(program), strerror(-error));
	degrade(probe, optional_of(program)->degraded);
	return 0;
}

static int run_once(struct eg_probe *probe, const struct bpf_program *program)
{
	struct bpf_link *link;
	int error;

	if (!bpf_program__autoload(program))
		return 0;
	link = attach_program(probe->skeleton, program, probe->cgroup_fd);
	error = link ? drain(link) : -errno;
	bpf_link__destroy(link);
	return error ? go_without(probe, program, error) : 0;
}

/* Network namespaces seen so far, by inode number. */
struct namespaces {
	struct bpf_link *link;
	struct eg_table *seen;
	uint64_t home; /* its inode number */
	bool away; /* this process has entered one, and may be in another than its own */
	bool refused; /* there is one that it must not enter, or not even see */
};

/* Walks the TCP sockets of one namespace, the first time it comes up. */
static int visit(struct namespaces *namespaces, const char *path)
{
	_cleanup_(eg_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	uint64_t inode;
	char *seen;

	/* A process that is gone, or a file that is no namespace, is no error. */
	if (fd < 0 || fstat(fd, &status) < 0) {
		namespaces->refused |= fd < 0 && errno == EACCES;
		return 0;
	}
	inode = status.st_ino;
	seen = eg_table_add(namespaces->seen, &inode);
	if (!seen)
		return -ENOMEM;
	if (*seen)
		return 0;
	*seen = 1;
	/* Without CAP_SYS_ADMIN there is only our own. */
	if (setns(fd, CLONE_NEWNET) == 0) {
		namespaces->away = true;
	} else if (inode != namespaces->home) {
		namespaces->refused |= errno == EPERM;
		return 0;
	}
	return drain(namespaces->link);
}

static int visit_directory(struct namespaces *namespaces, const char *directory, const char *suffix)
{
	DIR *stream = opendir(directory);
	struct dirent *entry;
	char path[512];
	int error = 0;

	if (!stream)
		return 0;
	while (!error && (entry = readdir(stream))) {
		if (entry->d_name[0] == '.' || (*suffix && !strchr("123456789", entry->d_name[0])))
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", directory, entry->d_name, suffix);
		error = visit(namespaces, path);
	}
	closedir(stream);
	return error;
}

/* The iterator sees the namespace of whoever opens it: enter each, then come back. */
static int visit_all(struct namespaces *namespaces)
{
	_cleanup_(eg_closep) int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct stat status;
	int error;

	if (home < 0)
		return -errno;
	if (fstat(home, &status) == 0)
		namespaces->home = status.st_ino;
	error = visit_directory(namespaces, "/proc", "/ns/net");
	if (!error)
		error = visit_directory(namespaces, "/run/netns", "");
	if (namespaces->away && setns(home, CLONE_NEWNET) < 0)
		error = error ? error : -errno;
	return error;
}

static int walk_tcp(struct eg_probe *probe, const struct bpf_program *program)
{
	_cleanup_(eg_table_freep) struct eg_table *seen = eg_table_new(sizeof(uint64_t), 1);
	struct namespaces namespaces = { .seen = seen };
	int error;

	if (!bpf_program__autoload(program))
		return 0;
	if (!seen)
		return -ENOMEM;
	namespaces.link = attach_program(probe->skeleton, program, probe->cgroup_fd);
	if (!namespaces.link)
		return go_without(probe, program, -errno);
	error = visit_all(&namespaces);
	bpf_link__destroy(namespaces.link);
	/* Where it may enter any, what it can't see is a process that hides all of itself. */
	if (namespaces.refused && !namespaces.away)
		degrade(probe, "connections that waited in accept queues of other network "
			       "namespaces when the trace began are not seen: that takes "
			       "CAP_SYS_ADMIN and CAP_SYS_PTRACE");
	return error;
}

/* The first pid namespace has this number on every kernel: PROC_PID_INIT_INO. */
#define FIRST_PID_NAMESPACE 0xeffffffcU

static bool sees_all_processes(void)
{
	struct stat status;

	return stat("/proc/self/ns/pid", &status) < 0 || status.st_ino == FIRST_PID_NAMESPACE;
}

/*
 * Listeners first, so that the sockets that they accepted are known as such;
 * then what processes hold; then what no process holds.
 */
int find_old_sockets(struct eg_probe *probe)
{
	const struct egret_bpf *skeleton = probe->skeleton;
	int error = run_once(probe, skeleton->progs.eg_old_listen);

	if (!sees_all_processes())
		degrade(probe, "sockets older than the trace have no owner where their process is "
			       "outside the pid namespace that egret runs in");
	if (!error)
		error = run_once(probe, skeleton->progs.eg_old_files);
	if (!error)
		error = walk_tcp(probe, skeleton->progs.eg_old_tcp);
	return error;
}

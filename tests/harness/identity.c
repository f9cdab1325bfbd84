/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who an actor is, from /proc. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <harness/actor.h>

static char *read_proc(struct actor *actor, const char *name)
{
	char *text =
		file_read(actor->test, test_text(actor->test, "/proc/%d/%s", actor->pid, name));

	if (!text)
		test_fail(actor->test, "actor %s: no /proc/%d/%s", actor->name, actor->pid, name);
	return text;
}

static void read_stat(struct actor *actor, struct identity *identity)
{
	char *text = read_proc(actor, "stat");
	char *name = strchr(text, '('), *end = strrchr(text, ')');
	unsigned long long ticks;

	/* proc(5): fields 4 and 22, counted after the name's closing bracket. */
	if (!name || !end ||
	    sscanf(end + 2,
		   "%*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
		   "%*d %*d %*d %*d %*d %*d %llu",
		   &identity->ppid, &ticks) != 2)
		test_fail(actor->test, "/proc/%d/stat: %s", actor->pid, text);
	snprintf(identity->comm, sizeof(identity->comm), "%.*s", (int)(end - name - 1), name + 1);
	identity->start_ns = (long long)ticks * (1000000000LL / sysconf(_SC_CLK_TCK));
}

static void read_cgroup(struct actor *actor, struct identity *identity)
{
	char *text = read_proc(actor, "cgroup");
	char *line = strstr(text, "0::");

	if (!line)
		return;
	line += 3;
	snprintf(identity->cgroup, sizeof(identity->cgroup), "%.*s", (int)strcspn(line, "\n"),
		 line);
}

static void read_command_line(struct actor *actor, struct identity *identity)
{
	const char *path = test_text(actor->test, "/proc/%d/cmdline", actor->pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1
			      : read(fd, identity->command_line, sizeof(identity->command_line));

	if (size < 0)
		test_fail(actor->test, "%s: %s", path, strerror(errno));
	close(fd);
	identity->command_line_size = (size_t)size;
}

static uid_t read_uid(struct actor *actor)
{
	char *text = strstr(read_proc(actor, "status"), "\nUid:");

	return text ? (uid_t)strtoul(text + 5, NULL, 10) : 0;
}

void actor_identify(struct actor *actor)
{
	struct identity *identity = &actor->identity;
	ssize_t size;

	*identity = (struct identity){ .pid = actor->pid };
	read_stat(actor, identity);
	read_cgroup(actor, identity);
	read_command_line(actor, identity);
	identity->uid = read_uid(actor);
	size = readlink(test_text(actor->test, "/proc/%d/exe", actor->pid), identity->exe,
			sizeof(identity->exe) - 1);
	if (size < 0)
		test_fail(actor->test, "/proc/%d/exe: %s", actor->pid, strerror(errno));
}

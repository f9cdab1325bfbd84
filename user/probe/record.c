/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of the ring: handed on, and what a process's says, as text. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include <egret/base.h>

#include "private.h"

/*
 * Joins components, leaf first and each with its NUL, into "/root/.../leaf",
 * or into "…/component/.../leaf" when its beginning was `cut` off. A record is
 * measured before it is believed: `used` never passes `size`.
 */
static char *join(const char *components, size_t used, size_t size, bool cut)
{
	const char *mark = cut ? "…" : "";
	size_t room = strlen(mark), length;
	char *path, *at;

	if (used > size)
		used = size;
	/* As long as before: each NUL makes room for a slash. */
	path = malloc(room + used + 1);
	if (!path)
		return NULL;
	at = path + room + used;
	*at = '\0';
	for (size_t i = 0; i < used; i += length + 1) {
		length = strnlen(components + i, used - i);
		if (i + length >= used)
			break;
		at -= length;
		memcpy(at, components + i, length);
		*--at = '/';
	}
	memcpy(path, mark, room);
	memmove(path + room, at, strlen(at) + 1);
	return path;
}

char *eg_process_executable(const struct eg_process *process)
{
	if (!process->exe_size)
		return NULL;
	return join(process->exe, process->exe_size, sizeof(process->exe),
		    process->flags & EG_PROCESS_EXE_CUT);
}

char *eg_process_script(const struct eg_process *process)
{
	const char *path = process->script;
	size_t size = process->script_size;

	if (!size)
		return NULL;
	if (size > sizeof(process->script))
		size = sizeof(process->script);
	if (*path == '/')
		return strndup(path, size);
	if (size > 2 && path[0] == '.' && path[1] == '/') {
		path += 2;
		size -= 2;
	}
	return join(path, size, size, false);
}

char *eg_process_cgroup(const struct eg_process *process)
{
	if (!process->cgroup_size)
		return strdup("/");
	return join(process->cgroup, process->cgroup_size, sizeof(process->cgroup),
		    process->flags & EG_PROCESS_CGROUP_CUT);
}

/* The last argument may lack its NUL: the vector was cut, or the process wrote there. */
static char **split(const char *text, size_t size)
{
	size_t count = 0, at = 0;
	char **list, *copy;

	for (size_t i = 0; i < size; i++)
		count += text[i] == '\0' || i + 1 == size;
	list = malloc((count + 1) * sizeof(*list) + size + 1);
	if (!list)
		return NULL;
	copy = (char *)(list + count + 1);
	memcpy(copy, text, size);
	copy[size] = '\0';
	for (size_t i = 0; i < count; i++) {
		list[i] = copy + at;
		at += strlen(copy + at) + 1;
	}
	list[count] = NULL;
	return list;
}

char **eg_process_arguments(const struct eg_process *process)
{
	size_t size = process->args_size;

	if (!size)
		return NULL;
	return split(process->args, size < sizeof(process->args) ? size : sizeof(process->args));
}

/* The ring is read-only: what is completed is a copy. */
static int deliver_process(const struct eg_probe_sink *sink, const struct eg_process *process)
{
	struct eg_process whole;

	if (process->flags & EG_PROCESS_OLD) {
		whole = *process;
		complete_old(&whole);
		process = &whole;
	}
	return sink->process(process, sink->data);
}

/* Of one of two sizes, and with no more data than it has room for. */
static bool is_payload(const struct eg_payload *payload, size_t size)
{
	size_t head = offsetof(struct eg_payload, data), room = size - head;

	return size >= head && (room == EG_PAYLOAD_SMALL || room == EG_PAYLOAD_LARGE) &&
	       payload->size <= room;
}

int record_deliver(const struct eg_probe_sink *sink, const void *bytes, size_t size)
{
	const struct eg_record *record = bytes;

	if (size < sizeof(*record) || record->size != size)
		return 0;
	switch (record->type) {
	case EG_RECORD_PROCESS:
		return size == sizeof(struct eg_process) ? deliver_process(sink, bytes) : 0;
	case EG_RECORD_CONNECT:
	case EG_RECORD_RESULT:
	case EG_RECORD_ACCEPT:
	case EG_RECORD_CLOSE:
		return size == sizeof(struct eg_event) && sink->event
			       ? sink->event(bytes, sink->data)
			       : 0;
	case EG_RECORD_PAYLOAD:
		return sink->payload && is_payload(bytes, size) ? sink->payload(bytes, sink->data)
								: 0;
	default:
		return 0;
	}
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The container that a cgroup path names. */
#include <egret/ident.h>

#include <string.h>

#define ID_SIZE 64
#define LXC_PAYLOAD "lxc.payload."

/* 64 lower-case hexadecimal digits in a path component, with no digit beside them. */
static const char *find_id(const char *component, size_t size)
{
	size_t run = 0;

	for (size_t i = 0; i <= size; i++) {
		if (i < size && strchr("0123456789abcdef", component[i]) && component[i]) {
			run++;
			continue;
		}
		if (run == ID_SIZE)
			return component + i - ID_SIZE;
		run = 0;
	}
	return NULL;
}

/* The monitor of a container runs on the host. */
static bool is_monitor(const char *component, size_t size)
{
	return memmem(component, size, "conmon", strlen("conmon"));
}

bool eg_container_of(const char *cgroup, const char **ret_id, size_t *ret_size)
{
	const char *component = cgroup, *id;
	bool found = false;
	size_t size;

	for (; *component; component += size) {
		component += strspn(component, "/");
		size = strcspn(component, "/");
		id = find_id(component, size);
		if (id && !is_monitor(component, size)) {
			*ret_id = id;
			*ret_size = ID_SIZE;
			found = true;
		} else if (size > strlen(LXC_PAYLOAD) &&
			   !strncmp(component, LXC_PAYLOAD, strlen(LXC_PAYLOAD))) {
			*ret_id = component + strlen(LXC_PAYLOAD);
			*ret_size = size - strlen(LXC_PAYLOAD);
			found = true;
		}
	}
	return found;
}

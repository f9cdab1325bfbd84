/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which host this is. */
#include "host.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include <egret/base.h>

#define MACHINE_ID_SIZE 32

/* 32 lower-case hexadecimal digits and a newline; anything else is no id. */
static char *machine_id(void)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen("/etc/machine-id", "re");
	char id[MACHINE_ID_SIZE + 2];

	if (!stream || !fgets(id, sizeof(id), stream))
		return NULL;
	id[strcspn(id, "\n")] = '\0';
	if (strlen(id) != MACHINE_ID_SIZE || strspn(id, "0123456789abcdef") != MACHINE_ID_SIZE)
		return NULL;
	return strdup(id);
}

int host_describe(struct eg_host *ret_host)
{
	struct eg_host host = { .id = machine_id() };
	struct utsname names;

	if (!uname(&names)) {
		host.name = strdup(names.nodename);
		host.kernel = strdup(names.release);
		if (!host.name || !host.kernel) {
			free(host.id);
			free(host.name);
			free(host.kernel);
			return -ENOMEM;
		}
	}
	*ret_host = host;
	return 0;
}

int host_summary(enum eg_by by, int64_t start, struct eg_summary **ret_summary)
{
	struct eg_summary *summary = eg_summary_new(by);
	int error = summary ? 0 : -ENOMEM;

	if (!error) {
		summary->hosts = calloc(1, sizeof(*summary->hosts));
		summary->periods = calloc(1, sizeof(*summary->periods));
		error = summary->hosts && summary->periods ? host_describe(summary->hosts)
							   : -ENOMEM;
	}
	if (error) {
		eg_summary_free(summary);
		return error;
	}
	summary->hosts_count = summary->periods_count = 1;
	summary->period.start = start;
	*ret_summary = summary;
	return 0;
}

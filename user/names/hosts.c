/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hosts file: names that this machine itself gives to addresses. */
#include "hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ip.h>
#include <egret/table.h>

#include "host.h"
#include "stamp.h"

#define LINES_MAX 1000000
#define BLANKS " \t\r\n"

struct eg_hosts {
	char *path;
	uint32_t net_ns; /* that the file is about: our own */
	uint64_t looked_ns;
	struct eg_stamp stamp;
	struct eg_table *names; /* address -> char[EG_HOST_MAX + 1] */
};

/* Lists of what is to be blocked are about nobody's address; loopback is everybody's. */
static bool is_somebodys(const uint8_t ip[16])
{
	static const uint8_t nobodys[16];
	size_t from = eg_ip_is_ipv4(ip) ? 12 : 0;

	return memcmp(ip + from, nobodys, 16 - from) != 0 && !eg_ip_is_loopback(ip);
}

/* "ADDRESS NAME ..." (hosts(5)); the first line that an address is in counts. */
static int read_line(struct eg_table *names, char *line)
{
	char name[EG_HOST_MAX + 1], *known, *word, *rest = NULL;
	uint8_t ip[16];

	line[strcspn(line, "#")] = '\0';
	word = strtok_r(line, BLANKS, &rest);
	if (!word || eg_ip_parse(word, ip) < 0 || !is_somebodys(ip) ||
	    eg_table_count(names) >= EG_HOSTS_MAX)
		return 0;
	word = strtok_r(NULL, BLANKS, &rest);
	if (!word || eg_host_normalize(word, strlen(word), name) < 0)
		return 0;
	known = eg_table_add(names, ip);
	if (!known)
		return -1;
	if (!*known)
		memcpy(known, name, sizeof(name));
	return 0;
}

/* NULL: no memory. No file is an empty one. */
static struct eg_table *read_hosts(const char *path)
{
	struct eg_table *names = eg_table_new(16, EG_HOST_MAX + 1);
	_cleanup_(eg_fclosep) FILE *file = fopen(path, "re");
	_cleanup_(eg_freep) char *line = NULL;
	size_t size = 0;
	int r = 0;

	for (int i = 0; names && file && i < LINES_MAX && getline(&line, &size, file) >= 0; i++)
		r |= read_line(names, line);
	if (r == 0)
		return names;
	eg_table_free(names);
	return NULL;
}

/* What can't be read anew is what it was. */
static void refresh(struct eg_hosts *hosts, uint64_t now_ns)
{
	struct eg_table *names;

	if (!eg_stamp_due(&hosts->looked_ns, now_ns) || !eg_stamp_look(&hosts->stamp, hosts->path))
		return;
	names = read_hosts(hosts->path);
	if (!names)
		return;
	eg_table_free(hosts->names);
	hosts->names = names;
}

struct eg_hosts *eg_hosts_new(const char *root)
{
	struct eg_hosts *hosts = calloc(1, sizeof(*hosts));

	if (!hosts)
		return NULL;
	hosts->net_ns = eg_own_net_ns();
	hosts->names = eg_table_new(16, EG_HOST_MAX + 1);
	if (hosts->names && asprintf(&hosts->path, "%s/etc/hosts", root) >= 0)
		return hosts;
	hosts->path = NULL;
	eg_hosts_free(hosts);
	return NULL;
}

void eg_hosts_free(struct eg_hosts *hosts)
{
	if (!hosts)
		return;
	eg_table_free(hosts->names);
	free(hosts->path);
	free(hosts);
}

const char *eg_hosts_find(struct eg_hosts *hosts, uint32_t net_ns, const uint8_t ip[16],
			  uint64_t now_ns)
{
	if (net_ns != hosts->net_ns)
		return NULL;
	refresh(hosts, now_ns);
	return eg_table_find(hosts->names, ip);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A hosts file and a resolv.conf of any bytes. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <egret/base.h>

#include <user/names/host.h>
#include <user/names/hosts.h>
#include <user/names/resolvers.h>

#include "fuzz.h"

#define ROOM 4

static char root[] = "/dev/shm/egret-fuzz-XXXXXX";
static char folder[40], file[48];

static void remove_root(void)
{
	unlink(file);
	rmdir(folder);
	rmdir(root);
}

static void make_root(void)
{
	fuzz_require(mkdtemp(root));
	snprintf(folder, sizeof(folder), "%s/etc", root);
	snprintf(file, sizeof(file), "%s/etc/hosts", root);
	fuzz_require(mkdir(folder, 0700) == 0);
	atexit(remove_root);
}

static void check_hosts(const uint8_t *data, size_t size)
{
	static const uint8_t ips[][16] = {
		{ [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
		{ 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
	};
	_cleanup_(eg_closep) int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char same[EG_HOST_MAX + 1];
	struct eg_hosts *hosts;
	struct stat status;

	fuzz_require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	fuzz_require(stat("/proc/self/ns/net", &status) == 0);
	hosts = eg_hosts_new(root);
	fuzz_require(hosts);
	for (size_t i = 0; i < ARRAY_SIZE(ips); i++) {
		const char *name = eg_hosts_find(hosts, (uint32_t)status.st_ino, ips[i], 1);

		if (name)
			fuzz_require(!eg_host_normalize(name, strlen(name), same));
	}
	eg_hosts_free(hosts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t ips[ROOM][16];

	if (!*file)
		make_root();
	check_hosts(data, size);
	fuzz_require(eg_resolvers_parse((const char *)data, size, ips, ROOM) <= ROOM);
	return 0;
}

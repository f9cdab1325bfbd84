/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A file of places of any bytes: refused with a reason, or what it answers makes sense. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <egret/base.h>
#include <egret/place.h>

#include "fuzz.h"

/* libmaxminddb 1.7.1 forgets some of a damaged file's description; LeakSanitizer asks for this. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb";
}

static void find(struct eg_geo *geo, const uint8_t ip[16])
{
	struct eg_geo_answer answer;

	eg_geo_find(geo, ip, &answer);
	fuzz_require(strlen(answer.country) == 0 || strlen(answer.country) == 2);
	fuzz_require(strlen(answer.as_country) == 0 || strlen(answer.as_country) == 2);
	fuzz_require(!answer.anycast || !*answer.country);
	for (size_t i = 0; i < EG_GEO_FIELDS; i++)
		fuzz_require(answer.from[i] == -1 || answer.from[i] == 0);
	if (answer.as_organization)
		fuzz_require(strlen(answer.as_organization) < 1 << 20);
}

static void find_some(struct eg_geo *geo, const uint8_t *data, size_t size)
{
	static const uint8_t known[][16] = {
		{ [10] = 0xff, [11] = 0xff, 5, 5, 5, 1 },
		{ [10] = 0xff, [11] = 0xff, 5, 6, 0, 1 },
		{ [10] = 0xff, [11] = 0xff, 203, 0, 113, 7 },
		{ 0x2a, 0x05, [15] = 1 },
		{ 0 },
	};
	uint8_t ip[16];

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		find(geo, known[i]);
	for (size_t at = 0; at + sizeof(ip) <= size && at < 8 * sizeof(ip); at += sizeof(ip)) {
		memcpy(ip, data + size - sizeof(ip) - at, sizeof(ip));
		find(geo, ip);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(eg_closep) int fd = memfd_create("places", MFD_CLOEXEC);
	const struct eg_geo_database *database;
	struct eg_geo *geo = NULL;
	char path[32];

	fuzz_require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fuzz_require(eg_geo_open((const char *const[]){ path, NULL }, &geo) == 0);
	fuzz_require(eg_geo_count(geo) == 1);
	database = eg_geo_database(geo, 0);
	fuzz_require(!database->refused || *database->refused);
	find_some(geo, data, size);
	eg_geo_close(geo);
	return 0;
}

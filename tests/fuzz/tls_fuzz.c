/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ClientHellos, in records and without: what is complete stays the same when more follows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "user/names/ech.h"
#include "user/names/tls.h"

static void check(const char *name)
{
	char same[EG_HOST_MAX + 1];

	if (!*name)
		return;
	fuzz_require(!eg_host_normalize(name, strlen(name), same));
	fuzz_require(!strcmp(name, same));
}

/* Nothing that is complete, or wrong, may depend on what comes after it. */
static void check_growth(const uint8_t *data, size_t size)
{
	struct eg_tls_hello hello, before;
	int r = eg_tls_parse_records(data, size, &hello);

	if (size > 512)
		return;
	for (size_t i = 0; i < size; i++) {
		int earlier = eg_tls_parse_records(data, i, &before);

		fuzz_require(earlier == -EAGAIN || earlier == r);
		fuzz_require(earlier || !strcmp(before.name, hello.name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[EG_HOST_MAX + 1];
	struct eg_tls_hello hello;

	if (eg_tls_parse_records(data, size, &hello) == 0) {
		fuzz_require(eg_tls_begins(data, size));
		check(hello.name);
	}
	if (eg_tls_parse_handshake(data, size, &hello) == 0)
		check(hello.name);
	if (eg_ech_public_name(data, size, name) == 0)
		check(name);
	check_growth(data, size);
	return 0;
}

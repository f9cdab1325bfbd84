/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Plain conversations: where TLS begins, it does begin. */
#include "fuzz.h"
#include "user/names/starttls.h"
#include "user/names/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t offset;

	if (eg_starttls_find(data, size, &offset) < 0)
		return 0;
	fuzz_require(offset > 0 && offset < size);
	fuzz_require(eg_tls_begins(data + offset, size - offset));
	return 0;
}

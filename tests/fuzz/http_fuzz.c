/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HTTP requests: a head is complete once, whatever follows it. */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "user/names/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eg_http_request request, again;
	char name[EG_HOST_MAX + 1];

	if (eg_http_parse(data, size, &request) < 0)
		return 0;
	fuzz_require(request.head_size <= size);
	fuzz_require(data[request.head_size - 1] == '\n');
	if (request.name[0])
		fuzz_require(!eg_host_normalize(request.name, strlen(request.name), name));
	fuzz_require(!eg_http_parse(data, request.head_size, &again));
	fuzz_require(!strcmp(request.name, again.name));
	fuzz_require(eg_http_parse(data, request.head_size - 1, &again) == -EAGAIN);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* DNS messages: names are names, and what is whole says the same as its beginning. */
#include <string.h>

#include "fuzz.h"
#include "user/names/dns.h"

static void check(const struct eg_dns_message *message)
{
	char name[EG_HOST_MAX + 1];

	fuzz_require(message->addresses_count <= EG_DNS_ADDRESSES_MAX);
	fuzz_require(message->response || !message->addresses_count);
	for (size_t i = 0; i < message->addresses_count; i++)
		fuzz_require(message->addresses[i].ttl <= INT32_MAX);
	if (message->name[0]) {
		fuzz_require(!eg_host_normalize(message->name, strlen(message->name), name));
		fuzz_require(!strcmp(message->name, name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eg_dns_message whole, beginning;

	if (eg_dns_parse(data, size, false, &whole) == 0) {
		check(&whole);
		fuzz_require(!eg_dns_parse(data, size, true, &beginning));
		fuzz_require(whole.addresses_count == beginning.addresses_count);
	}
	if (eg_dns_parse(data, size, true, &beginning) == 0)
		check(&beginning);
	return 0;
}

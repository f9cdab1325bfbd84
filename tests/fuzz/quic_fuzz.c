/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QUIC datagrams, two in a row: the pieces that were noted are in order and apart. */
#include <string.h>

#include "fuzz.h"
#include "user/names/quic.h"

static void check(const struct eg_quic_flow *flow)
{
	fuzz_require(flow->ranges_count <= EG_QUIC_RANGES_MAX);
	for (size_t i = 0; i < flow->ranges_count; i++) {
		fuzz_require(flow->ranges[i].begin < flow->ranges[i].end);
		fuzz_require(flow->ranges[i].end <= EG_HELLO_MAX);
		fuzz_require(!i || flow->ranges[i].begin > flow->ranges[i - 1].end);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct eg_quic_crypto *crypto;
	static struct eg_quic_flow flow;
	struct eg_tls_hello hello;
	size_t half = size / 2;

	if (!crypto && eg_quic_crypto_new(&crypto) < 0)
		return 0;
	flow.keyed = false;
	flow.ranges_count = 0;
	eg_quic_begins(data, size);
	eg_quic_add(crypto, &flow, data, size, &hello);
	check(&flow);
	eg_quic_add(crypto, &flow, data, half, &hello);
	eg_quic_add(crypto, &flow, data + half, size - half, &hello);
	check(&flow);
	return 0;
}

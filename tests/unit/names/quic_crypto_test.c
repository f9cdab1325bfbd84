/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Keys, masks and seals against the standards' own examples. */
#include <errno.h>

#include "tests/unit/names/bytes.h"

#include "user/names/quic_crypto.h"

static struct eg_quic_crypto *new_crypto(void)
{
	struct eg_quic_crypto *crypto;

	if (eg_quic_crypto_new(&crypto) == -EOPNOTSUPP)
		skip();
	return crypto;
}

/* RFC 9001 appendix A.1, RFC 9369 appendix A.1. */
static void keys_are_those_of_the_standards(void **state)
{
	static const uint8_t id[] = { 0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08 };
	static const struct {
		uint32_t version;
		struct eg_quic_keys keys;
	} samples[] = {
		{ EG_QUIC_V1,
		  { "\x1f\x36\x96\x13\xdd\x76\xd5\x46\x77\x30\xef\xcb\xe3\xb1\xa2\x2d",
		    "\xfa\x04\x4b\x2f\x42\xa3\xfd\x3b\x46\xfb\x25\x5c",
		    "\x9f\x50\x44\x9e\x04\xa0\xe8\x10\x28\x3a\x1e\x99\x33\xad\xed\xd2" } },
		{ EG_QUIC_V2,
		  { "\x8b\x1a\x0b\xc1\x21\x28\x42\x90\xa2\x9e\x09\x71\xb5\xcd\x04\x5d",
		    "\x91\xf7\x3e\x23\x51\xd8\xfa\x91\x66\x0e\x90\x9f",
		    "\x45\xb9\x5e\x15\x23\x5d\x6f\x45\xa6\xb1\x9c\xbc\xb0\x29\x4b\xa9" } },
	};
	struct eg_quic_crypto *crypto = new_crypto();
	struct eg_quic_keys keys;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(eg_quic_derive(crypto, samples[i].version, id, sizeof(id), &keys),
				 0);
		assert_memory_equal(&keys, &samples[i].keys, sizeof(keys));
	}
	assert_int_equal(eg_quic_derive(crypto, 0xff00001d, id, sizeof(id), &keys), -EINVAL);
	eg_quic_crypto_free(crypto);
}

/* RFC 9001 appendix A.2. */
static void masks_are_those_of_the_standard(void **state)
{
	static const uint8_t sample[] = { 0xd1, 0xb1, 0xc9, 0x8d, 0xd7, 0x68, 0x9f, 0xb8,
					  0xec, 0x11, 0xd2, 0x42, 0xb1, 0x23, 0xdc, 0x9b };
	static const struct eg_quic_keys keys = {
		.header = "\x9f\x50\x44\x9e\x04\xa0\xe8\x10\x28\x3a\x1e\x99\x33\xad\xed\xd2",
	};
	struct eg_quic_crypto *crypto = new_crypto();
	uint8_t mask[5];

	(void)state;
	assert_int_equal(eg_quic_mask(crypto, &keys, sample, mask), 0);
	assert_memory_equal(mask, "\x43\x7b\x9a\xec\x36", 5);
	eg_quic_crypto_free(crypto);
}

/* Whole packets of the standards are opened in quic_test.c; here what must not open. */
static void only_what_was_sealed_opens(void **state)
{
	static const struct eg_quic_keys keys = { .key = "0123456789abcde" };
	static const uint8_t bytes[64] = "no seal of ours";
	struct eg_quic_sealed sealed = {
		.header = bytes, .header_size = 16, .payload = bytes + 16, .size = 48
	};
	struct eg_quic_crypto *crypto = new_crypto();
	uint8_t plain[64];

	(void)state;
	assert_int_equal(eg_quic_open(crypto, &keys, &sealed, plain), -EBADMSG);
	sealed.size = EG_QUIC_TAG;
	assert_int_equal(eg_quic_open(crypto, &keys, &sealed, plain), -EBADMSG);
	eg_quic_crypto_free(crypto);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_the_standards),
		cmocka_unit_test(masks_are_those_of_the_standard),
		cmocka_unit_test(only_what_was_sealed_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

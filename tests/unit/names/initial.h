/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A client's Initial packets, sealed as RFC 9001 section 5 says. */
#pragma once

#include "tests/unit/names/bytes.h"

#include "user/names/quic_crypto.h"

struct initial_options {
	uint32_t version; /* 0: version 1 */
	const char *id; /* that the keys are made from */
	const char *shown_id; /* that the header has instead; NULL: the same */
	const char *token; /* NULL: none */
	uint8_t type; /* 0: Initial */
	uint64_t number; /* of the packet, below 256 */
	const struct bytes *frames;
	bool bare; /* no padding behind the frames */
};

void initial_make(struct bytes *bytes, const struct initial_options *options);

static inline void initial_crypto(struct bytes *frames, size_t offset, const uint8_t *data,
				  size_t size)
{
	bytes_number(frames, 1, 6);
	bytes_number(frames, 4, 0x80000000U | offset);
	bytes_number(frames, 2, 0x4000U | size);
	bytes_add(frames, data, size);
}

#ifdef EG_HAVE_LIBCRYPTO

#include <openssl/evp.h>

static inline void initial_encrypt(const char *cipher_name, const uint8_t *key, const uint8_t *iv,
				   const struct bytes *header, const struct bytes *plain,
				   struct bytes *ret_sealed)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, cipher_name, NULL);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int written;

	EVP_EncryptInit_ex2(context, cipher, key, iv, NULL);
	if (header)
		EVP_EncryptUpdate(context, NULL, &written, header->data, (int)header->size);
	EVP_EncryptUpdate(context, ret_sealed->data, &written, plain->data, (int)plain->size);
	ret_sealed->size = plain->size;
	if (header) {
		EVP_EncryptFinal_ex(context, ret_sealed->data + written, &written);
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, EG_QUIC_TAG,
				    ret_sealed->data + plain->size);
		ret_sealed->size += EG_QUIC_TAG;
	}
	EVP_CIPHER_CTX_free(context);
	EVP_CIPHER_free(cipher);
}

static inline void initial_keys(const struct initial_options *options, struct eg_quic_keys *keys)
{
	struct eg_quic_crypto *crypto;

	assert_int_equal(eg_quic_crypto_new(&crypto), 0);
	assert_int_equal(eg_quic_derive(crypto, options->version ? options->version : EG_QUIC_V1,
					(const uint8_t *)options->id, strlen(options->id), keys),
			 0);
	eg_quic_crypto_free(crypto);
}

void initial_make(struct bytes *bytes, const struct initial_options *options)
{
	const char *id = options->shown_id ? options->shown_id : options->id;
	struct bytes header = { .size = 0 }, plain = *options->frames, sealed, sample, mask;
	struct eg_quic_keys keys;
	uint8_t iv[12];

	initial_keys(options, &keys);
	if (!options->bare)
		while (plain.size < 64)
			plain.data[plain.size++] = 0;
	while (plain.size < 4)
		plain.data[plain.size++] = 1;
	bytes_number(&header, 1, 0xc0U | (uint64_t)options->type << 4);
	bytes_number(&header, 4, options->version ? options->version : EG_QUIC_V1);
	bytes_number(&header, 1, strlen(id));
	bytes_text(&header, id);
	bytes_number(&header, 1, 0); /* source connection id */
	if (!options->type) {
		bytes_number(&header, 1, options->token ? strlen(options->token) : 0);
		bytes_text(&header, options->token ? options->token : "");
	}
	bytes_number(&header, 2, 0x4000U | (1 + plain.size + EG_QUIC_TAG));
	bytes_number(&header, 1, options->number);
	memcpy(iv, keys.iv, sizeof(iv));
	iv[11] ^= (uint8_t)options->number;
	initial_encrypt("AES-128-GCM", keys.key, iv, &header, &plain, &sealed);
	sample.size = EG_QUIC_SAMPLE;
	memcpy(sample.data, sealed.data + 3, sample.size);
	initial_encrypt("AES-128-ECB", keys.header, NULL, NULL, &sample, &mask);
	header.data[0] ^= mask.data[0] & 0x0f;
	header.data[header.size - 1] ^= mask.data[1];
	bytes_add(bytes, header.data, header.size);
	bytes_add(bytes, sealed.data, sealed.size);
}

#else

void initial_make(struct bytes *bytes, const struct initial_options *options)
{
	(void)bytes;
	(void)options;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The protection of QUIC's Initial packets, which keeps nobody out. libcrypto lives behind this. */
#include "quic_crypto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef EG_HAVE_LIBCRYPTO

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define HASH_SIZE 32
#define LABEL_MAX 32

struct eg_quic_crypto {
	EVP_MAC_CTX *hmac;
	EVP_CIPHER *ecb, *gcm;
	EVP_CIPHER_CTX *mask, *seal;
};

static const struct version {
	uint32_t number;
	uint8_t salt[20];
	const char *key, *iv, *header; /* labels */
} versions[] = {
	{
		.number = EG_QUIC_V1,
		.salt = { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
			  0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a },
		.key = "quic key",
		.iv = "quic iv",
		.header = "quic hp",
	},
	{
		.number = EG_QUIC_V2,
		.salt = { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
			  0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 },
		.key = "quicv2 key",
		.iv = "quicv2 iv",
		.header = "quicv2 hp",
	},
};

static EVP_MAC_CTX *new_hmac(void)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);

	EVP_MAC_free(mac);
	if (context && EVP_MAC_CTX_set_params(context, params))
		return context;
	EVP_MAC_CTX_free(context);
	return NULL;
}

bool eg_quic_crypto_built(void)
{
	return true;
}

int eg_quic_crypto_new(struct eg_quic_crypto **ret_crypto)
{
	struct eg_quic_crypto *crypto = calloc(1, sizeof(*crypto));

	if (!crypto)
		return -ENOMEM;
	/* What is public needs none of the host's policy, whose file a sandbox may hide. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	crypto->hmac = new_hmac();
	crypto->ecb = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
	crypto->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	crypto->mask = EVP_CIPHER_CTX_new();
	crypto->seal = EVP_CIPHER_CTX_new();
	if (!crypto->hmac || !crypto->ecb || !crypto->gcm || !crypto->mask || !crypto->seal) {
		eg_quic_crypto_free(crypto);
		return -EOPNOTSUPP;
	}
	*ret_crypto = crypto;
	return 0;
}

void eg_quic_crypto_free(struct eg_quic_crypto *crypto)
{
	if (!crypto)
		return;
	EVP_CIPHER_CTX_free(crypto->seal);
	EVP_CIPHER_CTX_free(crypto->mask);
	EVP_CIPHER_free(crypto->gcm);
	EVP_CIPHER_free(crypto->ecb);
	EVP_MAC_CTX_free(crypto->hmac);
	free(crypto);
}

static int hmac(struct eg_quic_crypto *crypto, const uint8_t *key, size_t key_size,
		const uint8_t *data, size_t size, uint8_t ret_hash[static HASH_SIZE])
{
	size_t written;

	if (EVP_MAC_init(crypto->hmac, key, key_size, NULL) != 1 ||
	    EVP_MAC_update(crypto->hmac, data, size) != 1 ||
	    EVP_MAC_final(crypto->hmac, ret_hash, &written, HASH_SIZE) != 1)
		return -EIO;
	return 0;
}

/* HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context, of at most one hash. */
static int expand_label(struct eg_quic_crypto *crypto, const uint8_t secret[static HASH_SIZE],
			const char *label, uint8_t *ret_key, size_t size)
{
	static const char prefix[] = "tls13 ";
	size_t length = sizeof(prefix) - 1 + strlen(label), at = 0;
	uint8_t info[2 + 1 + LABEL_MAX + 1 + 1], hash[HASH_SIZE];

	if (length > LABEL_MAX)
		return -EINVAL;
	info[at++] = 0;
	info[at++] = (uint8_t)size;
	info[at++] = (uint8_t)length;
	memcpy(info + at, prefix, sizeof(prefix) - 1);
	memcpy(info + at + sizeof(prefix) - 1, label, strlen(label));
	at += length;
	info[at++] = 0; /* no context */
	info[at++] = 1; /* the first block of HKDF-Expand (RFC 5869 section 2.3) */
	if (hmac(crypto, secret, HASH_SIZE, info, at, hash) < 0)
		return -EIO;
	memcpy(ret_key, hash, size);
	return 0;
}

int eg_quic_derive(struct eg_quic_crypto *crypto, uint32_t version, const uint8_t *id,
		   size_t id_size, struct eg_quic_keys *ret_keys)
{
	const struct version *known = NULL;
	uint8_t initial[HASH_SIZE], client[HASH_SIZE];

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (versions[i].number == version)
			known = &versions[i];
	if (!known)
		return -EINVAL;
	if (hmac(crypto, known->salt, sizeof(known->salt), id, id_size, initial) < 0 ||
	    expand_label(crypto, initial, "client in", client, sizeof(client)) < 0 ||
	    expand_label(crypto, client, known->key, ret_keys->key, sizeof(ret_keys->key)) < 0 ||
	    expand_label(crypto, client, known->iv, ret_keys->iv, sizeof(ret_keys->iv)) < 0 ||
	    expand_label(crypto, client, known->header, ret_keys->header,
			 sizeof(ret_keys->header)) < 0)
		return -EIO;
	return 0;
}

int eg_quic_mask(struct eg_quic_crypto *crypto, const struct eg_quic_keys *keys,
		 const uint8_t sample[static EG_QUIC_SAMPLE], uint8_t ret_mask[static 5])
{
	uint8_t block[EG_QUIC_SAMPLE + EVP_MAX_BLOCK_LENGTH];
	int size;

	if (EVP_EncryptInit_ex2(crypto->mask, crypto->ecb, keys->header, NULL, NULL) != 1 ||
	    EVP_EncryptUpdate(crypto->mask, block, &size, sample, EG_QUIC_SAMPLE) != 1)
		return -EIO;
	memcpy(ret_mask, block, 5);
	return 0;
}

int eg_quic_open(struct eg_quic_crypto *crypto, const struct eg_quic_keys *keys,
		 const struct eg_quic_sealed *sealed, uint8_t *ret_plain)
{
	uint8_t nonce[sizeof(keys->iv)], tag[EG_QUIC_TAG];
	size_t size = sealed->size - EG_QUIC_TAG;
	EVP_CIPHER_CTX *seal = crypto->seal;
	int written;

	memcpy(nonce, keys->iv, sizeof(nonce));
	for (int i = 0; i < 8; i++)
		nonce[sizeof(nonce) - 1 - (size_t)i] ^= (uint8_t)(sealed->number >> (8 * i));
	memcpy(tag, sealed->payload + size, sizeof(tag));
	if (EVP_DecryptInit_ex2(seal, crypto->gcm, keys->key, nonce, NULL) != 1 ||
	    EVP_DecryptUpdate(seal, NULL, &written, sealed->header, (int)sealed->header_size) !=
		    1 ||
	    EVP_DecryptUpdate(seal, ret_plain, &written, sealed->payload, (int)size) != 1 ||
	    EVP_CIPHER_CTX_ctrl(seal, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) != 1 ||
	    EVP_DecryptFinal_ex(seal, ret_plain + size, &written) != 1)
		return -EBADMSG;
	return 0;
}

#else

bool eg_quic_crypto_built(void)
{
	return false;
}

int eg_quic_crypto_new(struct eg_quic_crypto **ret_crypto)
{
	(void)ret_crypto;
	return -EOPNOTSUPP;
}

void eg_quic_crypto_free(struct eg_quic_crypto *crypto)
{
	(void)crypto;
}

int eg_quic_derive(struct eg_quic_crypto *crypto, uint32_t version, const uint8_t *id,
		   size_t id_size, struct eg_quic_keys *ret_keys)
{
	(void)crypto, (void)version, (void)id, (void)id_size, (void)ret_keys;
	return -EIO;
}

int eg_quic_mask(struct eg_quic_crypto *crypto, const struct eg_quic_keys *keys,
		 const uint8_t sample[static EG_QUIC_SAMPLE], uint8_t ret_mask[static 5])
{
	(void)crypto, (void)keys, (void)sample, (void)ret_mask;
	return -EIO;
}

int eg_quic_open(struct eg_quic_crypto *crypto, const struct eg_quic_keys *keys,
		 const struct eg_quic_sealed *sealed, uint8_t *ret_plain)
{
	(void)crypto, (void)keys, (void)sealed, (void)ret_plain;
	return -EBADMSG;
}

#endif

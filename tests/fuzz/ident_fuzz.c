/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Process facts as a document, and the app that they lead to, with its evidence. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <egret/base.h>
#include <egret/ident.h>
#include <egret/json.h>

#include "fuzz.h"

static void check_identity(const struct eg_identity *identity)
{
	fuzz_require(identity->id && identity->kind);
	fuzz_require(!strpbrk(identity->id, " \"\\\n"));
	fuzz_require_harmless(identity->id, strlen(identity->id));
	for (size_t i = 0; i < identity->evidence_count; i++)
		fuzz_require(identity->evidence[i].fact);
}

static void identify(struct eg_json object)
{
	struct eg_fixture *fixture = NULL;
	struct eg_identity identity = { 0 };
	const char *key = NULL;
	int r = eg_fixture_parse(object, &fixture, &key);

	fuzz_require(r == 0 || (r == -EINVAL && key && !fixture));
	if (r < 0)
		return;
	fuzz_require(eg_identify_app(eg_fixture_facts(fixture), eg_fixture_lookup(fixture), true,
				     &identity) == 0);
	check_identity(&identity);
	eg_identity_clear(&identity);
	eg_fixture_free(fixture);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *reason;
	size_t offset;

	if (eg_json_check(text, size, &offset, &reason) == 0 &&
	    eg_json_type(eg_json_document(text, size)) == EG_JSON_OBJECT)
		identify(eg_json_document(text, size));
	return 0;
}

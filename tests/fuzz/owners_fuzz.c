/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table of owners of any bytes, and any text as a domain. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <egret/base.h>
#include <egret/place.h>

#include "fuzz.h"

/* Each row of the file is found by its own suffix. */
static void find(const struct eg_owners *owners, const char *domain)
{
	const struct eg_owner *owner = eg_owners_find(owners, domain);
	const char *registered = eg_domain_registered(domain);

	if (owner) {
		fuzz_require(*owner->suffix && *owner->name && owner->line > 0);
		fuzz_require(!owner->country || strlen(owner->country) == 2);
	}
	fuzz_require(!registered || (registered >= domain && registered < domain + strlen(domain)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(eg_closep) int fd = memfd_create("owners", MFD_CLOEXEC);
	char *text = fuzz_text(data, size), *rest = text, *word, path[32];
	struct eg_owners_error error = { 0 };
	struct eg_owners *owners = NULL;
	int r;

	fuzz_require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = eg_owners_open(path, &owners, &error);
	fuzz_require(r == 0 || (r == -EINVAL && *error.reason && !owners));
	while (r == 0 && (word = strsep(&rest, "\t\n")))
		find(owners, word);
	if (r == 0)
		eg_owners_find_as(owners, (uint32_t)size);
	eg_owners_close(owners);
	free(text);
	return 0;
}

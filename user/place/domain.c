/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Registered domains by the public suffix list; libpsl lives here. */
#include <egret/place.h>

#include <arpa/inet.h>
#include <string.h>

#ifdef EG_HAVE_LIBPSL

#include <libpsl.h>

static bool is_address(const char *domain)
{
	struct in6_addr address;

	return inet_pton(AF_INET, domain, &address) == 1 ||
	       inet_pton(AF_INET6, domain, &address) == 1;
}

/* The list that the library was built with: it needs no file, and no initialization. */
const char *eg_domain_registered(const char *domain)
{
	if (!domain || !*domain || is_address(domain))
		return NULL;
	return psl_registrable_domain(psl_builtin(), domain);
}

#else

const char *eg_domain_registered(const char *domain)
{
	(void)domain;
	return NULL;
}

#endif

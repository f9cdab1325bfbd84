/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Registered domains by the public suffix list; libpsl lives here. */
#include <egret/place.h>

#ifdef EG_HAVE_LIBPSL

#include <libpsl.h>

#include <egret/ip.h>

/* The list that the library was built with: it needs no file, and no initialization. */
const char *eg_domain_registered(const char *domain)
{
	uint8_t ip[16];

	if (!domain || !*domain || eg_ip_parse(domain, ip) == 0)
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

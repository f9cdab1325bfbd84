/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The libraries that egret can do without, and which of them this build has. */
#include <egret/base.h>

#ifdef EG_HAVE_LIBMAXMINDDB
#define HAVE_LIBMAXMINDDB true
#else
#define HAVE_LIBMAXMINDDB false
#endif
#ifdef EG_HAVE_LIBLOC
#define HAVE_LIBLOC true
#else
#define HAVE_LIBLOC false
#endif
#ifdef EG_HAVE_LIBPSL
#define HAVE_LIBPSL true
#else
#define HAVE_LIBPSL false
#endif
#ifdef EG_HAVE_LIBCRYPTO
#define HAVE_LIBCRYPTO true
#else
#define HAVE_LIBCRYPTO false
#endif
#ifdef EG_HAVE_SQLITE3
#define HAVE_SQLITE3 true
#else
#define HAVE_SQLITE3 false
#endif
#ifdef EG_HAVE_LIBSECCOMP
#define HAVE_LIBSECCOMP true
#else
#define HAVE_LIBSECCOMP false
#endif
#ifdef EG_HAVE_NCURSESW
#define HAVE_NCURSESW true
#else
#define HAVE_NCURSESW false
#endif

static const struct eg_library libraries[EG_LIBRARIES] = {
	{
		.name = "libmaxminddb",
		.present = HAVE_LIBMAXMINDDB,
		.affects = "databases in the MaxMind format are refused",
	},
	{
		.name = "libloc",
		.present = HAVE_LIBLOC,
		.affects = "databases of libloc are refused",
	},
	{
		.name = "libpsl",
		.present = HAVE_LIBPSL,
		.affects = "registered_domain is null",
	},
	{
		.name = "libcrypto",
		.present = HAVE_LIBCRYPTO,
		.affects = "names in QUIC are not read",
	},
	{
		.name = "sqlite3",
		.present = HAVE_SQLITE3,
		.affects = "there is no history: nothing to record into, or report from",
	},
	{
		.name = "libseccomp",
		.present = HAVE_LIBSECCOMP,
		.affects = "the recorder's system calls are not confined",
	},
	{
		.name = "ncursesw",
		.present = HAVE_NCURSESW,
		.affects = "there is no egret top",
	},
};

const struct eg_library *eg_libraries(void)
{
	return libraries;
}

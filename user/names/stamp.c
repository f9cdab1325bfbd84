/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Has a file changed since it was read? Looked at now and then, as long as a trace runs. */
#include "stamp.h"

#include <sys/stat.h>

bool eg_stamp_look(struct eg_stamp *stamp, const char *path)
{
	const struct eg_stamp old = *stamp;
	struct stat status;

	*stamp = (struct eg_stamp){ .there = stat(path, &status) == 0 };
	if (!stamp->there)
		return old.there;
	stamp->dev = status.st_dev;
	stamp->inode = status.st_ino;
	stamp->size = status.st_size;
	stamp->changed = status.st_ctim;
	return !old.there || old.dev != stamp->dev || old.inode != stamp->inode ||
	       old.size != stamp->size || old.changed.tv_sec != stamp->changed.tv_sec ||
	       old.changed.tv_nsec != stamp->changed.tv_nsec;
}

bool eg_stamp_due(uint64_t *looked_ns, uint64_t now_ns)
{
	/* Rows are not asked about in the order of their times. */
	if (*looked_ns && now_ns < *looked_ns + EG_STAMP_NS)
		return false;
	*looked_ns = now_ns;
	return true;
}

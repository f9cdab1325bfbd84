/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where databases of places lie on a host that has some. */
#pragma once

#include <stddef.h>

/* What glob(7) patterns find below `root` ("": this host); each file once. */
int eg_usual_find(const char *root, char ***ret_files, size_t *ret_count);
/* The same on this host. 0 or -ENOMEM; the caller frees with eg_usual_free(). */
int eg_usual_files(char ***ret_files, size_t *ret_count);
void eg_usual_free(char **files);

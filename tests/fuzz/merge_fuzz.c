/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret merge with a file of any bytes: documents one after the other, or what looks like it. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <egret/base.h>

#include <user/cmd/cmd.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(eg_closep) int fd = memfd_create("input", MFD_CLOEXEC);
	char path[32];
	char *operands[] = { path, path, NULL };
	struct eg_options options = {
		.of = &eg_command_merge,
		.format = EG_FORMAT_JSON,
		.output = "/dev/null",
		.color = "never",
		.operands = operands,
		.operands_count = 2,
	};
	int status;

	fuzz_require(fd >= 0);
	fuzz_require(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	status = eg_command_merge.run(&options);
	fuzz_require(status == EG_EXIT_OK || status == EG_EXIT_INCOMPLETE ||
		     status == EG_EXIT_USAGE);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rights, as the kernel shows them in /proc/self/status after they were given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <linux/capability.h>

#include <egret/caps.h>

static uint64_t field(const char *name)
{
	FILE *stream = fopen("/proc/self/status", "re");
	unsigned long long value = ~0ULL;
	char line[256];

	while (stream && fgets(line, sizeof(line), stream))
		if (!strncmp(line, name, strlen(name)))
			sscanf(line + strlen(name), ":\t%llx", &value);
	if (stream)
		fclose(stream);
	return value;
}

static int drop(unsigned keep)
{
	uint64_t allowed = 1ULL << CAP_BPF;

	if (keep & EG_CAPS_KEEP_FILES)
		allowed |= 1ULL << CAP_DAC_OVERRIDE;
	if (keep & EG_CAPS_KEEP_READ)
		allowed |= 1ULL << CAP_DAC_READ_SEARCH | 1ULL << CAP_SYS_PTRACE;
	if (keep & EG_CAPS_KEEP_KILL)
		allowed |= 1ULL << CAP_KILL;
	if (eg_caps_drop(keep) < 0)
		return 1;
	/* An older kernel's root has no CAP_BPF; then CAP_SYS_ADMIN stands in for it. */
	if (field("CapEff") & ~allowed || field("CapPrm") & ~allowed)
		return 2;
	if (field("NoNewPrivs") != 1)
		return 3;
	return keep || eg_caps_missing() ? 0 : 4;
}

/* In a child: what is given up is gone for good. */
static void expect_dropped(unsigned keep)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(drop(keep));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void only_what_is_kept_is_left(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	expect_dropped(0);
	expect_dropped(EG_CAPS_KEEP_FILES);
	expect_dropped(EG_CAPS_KEEP_READ);
	expect_dropped(EG_CAPS_KEEP_FILES | EG_CAPS_KEEP_KILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_kept_is_left),
	};

	return cmocka_run_group_tests_name("base/caps", tests, NULL, NULL);
}

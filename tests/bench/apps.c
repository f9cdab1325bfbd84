/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What it costs in user space to tell which app a new process is, by kind and on average. */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <egret/base.h>

#include "user/cmd/known.h"

#include "benches.h"
#include "cost.h"
#include "report.h"

#define CALLS 200U /* of a batch */
#define BATCHES 50U
#define MANAGER "/user.slice/user-1000.slice/user@1000.service"
#define ID "c0ffee11deadbeef22cafe33babe44feed55face66d00d77abba88ace099f01d"

/* One process of each kind, as its record has it: components of paths, from the last one up. */
static const struct kind {
	const char *name;
	const char *exe, *args, *cgroup, *script;
	size_t exe_size, args_size, cgroup_size, script_size;
	uint32_t uid;
	bool contained; /* with namespaces of its own */
} kinds[] = {
#define TEXT(member_, text_) .member_ = (text_), .member_##_size = sizeof(text_)
	{ .name = "service",
	  TEXT(exe, "NetworkManager\0sbin\0usr"),
	  TEXT(args, "/usr/sbin/NetworkManager\0--no-daemon"),
	  TEXT(cgroup, "NetworkManager.service\0system.slice") },
	{ .name = "desktop application",
	  TEXT(exe, "chromium\0chromium\0lib\0usr"),
	  TEXT(args, "/usr/lib/chromium/chromium --type=utility"),
	  TEXT(cgroup, "app-gnome-chromium-4821.scope\0app.slice\0user@1000.service\0"
		       "user-1000.slice\0user.slice"),
	  .uid = 1000 },
	{ .name = "program in a session",
	  TEXT(exe, "curl\0bin\0usr"),
	  TEXT(args, "curl\0https://example.org"),
	  TEXT(cgroup, "session-2.scope\0user-1000.slice\0user.slice"),
	  .uid = 1000 },
	{ .name = "script",
	  TEXT(exe, "python3.11\0bin\0usr"),
	  TEXT(args, "/usr/bin/python3\0/usr/bin/yt-dlp"),
	  TEXT(cgroup, "session-2.scope\0user-1000.slice\0user.slice"),
	  TEXT(script, "yt-dlp\0bin\0usr"),
	  .uid = 1000 },
	{ .name = "container",
	  TEXT(exe, "nginx\0sbin\0usr"),
	  TEXT(args, "nginx: worker process"),
	  TEXT(cgroup, "docker-" ID ".scope\0system.slice"),
	  .contained = true },
	{ .name = "Flatpak",
	  TEXT(exe, "player\0bin\0app"),
	  TEXT(args, "player"),
	  TEXT(cgroup, "app-flatpak-org.example.Player-81.scope\0app.slice\0user@1000.service\0"
		       "user-1000.slice\0user.slice"),
	  .uid = 1000,
	  .contained = true },
#undef TEXT
};

/* This process lends its pid: what a rule reads in /proc must be there. */
struct lender {
	struct eg_machine *machine;
	uint64_t start;
	uint32_t mnt_ns;
};

static void make_record(const struct kind *kind, const struct lender *lender,
			struct eg_process *ret_record)
{
	*ret_record = (struct eg_process){
		.header = { .type = EG_RECORD_PROCESS, .size = sizeof(*ret_record) },
		.key = { .start_ns = lender->start, .tgid = (uint32_t)getpid() },
		.uid = kind->uid,
		.exe_size = (uint32_t)kind->exe_size,
		.args_size = (uint32_t)kind->args_size,
		.cgroup_size = (uint32_t)kind->cgroup_size,
		.script_size = (uint32_t)kind->script_size,
		.mnt_ns = kind->contained ? 1 : lender->mnt_ns,
		.comm = "bench",
	};
	memcpy(ret_record->exe, kind->exe, kind->exe_size);
	memcpy(ret_record->args, kind->args, kind->args_size);
	memcpy(ret_record->cgroup, kind->cgroup, kind->cgroup_size);
	if (kind->script)
		memcpy(ret_record->script, kind->script, kind->script_size);
}

/* From the record to the app, and back to nothing; ns of CPU time each. */
static double take_batch(struct test *test, const struct kind *kind, const struct lender *lender)
{
	struct eg_process record;
	double begun;

	make_record(kind, lender, &record);
	begun = cpu_ns();
	for (unsigned i = 0; i < CALLS; i++) {
		struct known_process *process;

		if (known_process_new(&record, 0, lender->machine, EG_BY_APP, &process) < 0)
			test_fail(test, "no memory");
		known_process_free(process);
	}
	return (cpu_ns() - begun) / CALLS;
}

static struct lender lend(struct test *test)
{
	struct eg_living *living;
	struct lender lender = { 0 };
	struct stat status;

	if (eg_machine_new(&lender.machine) < 0 ||
	    eg_living_read(lender.machine, (uint32_t)getpid(), &living) < 0)
		test_fail(test, "this process can't be read");
	lender.start = eg_living_facts(living)->start_boot;
	eg_living_free(living);
	if (stat("/proc/self/ns/mnt", &status) == 0)
		lender.mnt_ns = (uint32_t)status.st_ino;
	return lender;
}

void bench_apps(struct test *test)
{
	struct lender lender;
	double all[BATCHES] = { 0 };

	/* Where egret runs: what has the host's files need not be looked into. */
	if (setns(test->host_mnt, CLONE_NEWNS) < 0)
		test_skip(test, "the host's mount namespace can't be entered");
	lender = lend(test);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		double samples[BATCHES];

		take_batch(test, &kinds[i], &lender);
		for (unsigned batch = 0; batch < BATCHES; batch++) {
			samples[batch] = take_batch(test, &kinds[i], &lender);
			all[batch] += samples[batch] / ARRAY_SIZE(kinds);
		}
		report_interval(test_text(test, "  which app is a new process: %s", kinds[i].name),
				"ns", interval_of(samples, BATCHES), NONE);
	}
	report_interval("which app is a new process, average of the kinds", "ns",
			interval_of(all, BATCHES), 20000);
	eg_machine_free(lender.machine);
}

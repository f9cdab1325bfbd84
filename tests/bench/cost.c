/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading run_cnt and run_time_ns of programs, beside empty ones. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <egret/base.h>

#include "cost.h"
#include "empty.h"

struct runs {
	double count, ns;
};

struct program_runs {
	int fd;
	char name[16];
	enum bpf_prog_type type;
	struct runs now, net; /* net: per operation, of one batch */
	double *per_run, *per_operation; /* samples; per_run only of batches where it ran */
	unsigned batches_run;
	double total;
};

struct meter {
	struct test *test;
	struct program_runs programs[COSTS_MAX];
	unsigned count;
	unsigned first_empty; /* those from here on are the empty ones */
	struct empty empty_programs;
	double *empty, *all, *share; /* samples */
};

/* --- the programs --- */

static struct runs read_runs(struct test *test, struct program_runs *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(program->fd, &info, &size))
		test_fail(test, "bpf_obj_get_info_by_fd: %s", strerror(errno));
	snprintf(program->name, sizeof(program->name), "%s", info.name);
	program->type = info.type;
	return (struct runs){ (double)info.run_cnt, (double)info.run_time_ns };
}

static void add_program(struct meter *meter, int fd)
{
	struct program_runs *program = &meter->programs[meter->count];

	if (fd < 0 || meter->count == COSTS_MAX)
		test_fail(meter->test, "program: %s", fd < 0 ? strerror(errno) : "too many");
	program->fd = fd;
	read_runs(meter->test, program);
	meter->count++;
}

/* "prog_id" in the /proc/PID/fdinfo of a descriptor that is a program's. */
static uint32_t program_id(const char *path)
{
	_cleanup_(eg_fclosep) FILE *stream = fopen(path, "re");
	char line[128];
	uint32_t id = 0;

	while (stream && !id && fgets(line, sizeof(line), stream))
		if (!strncmp(line, "prog_id:", 8))
			id = (uint32_t)strtoul(line + 8, NULL, 10);
	return id;
}

/* A link tells its program as well: each is taken once. */
static bool is_known(const struct meter *meter, uint32_t id)
{
	for (unsigned i = 0; i < meter->count; i++) {
		struct bpf_prog_info info = { 0 };
		uint32_t size = sizeof(info);

		if (!bpf_obj_get_info_by_fd(meter->programs[i].fd, &info, &size) && info.id == id)
			return true;
	}
	return false;
}

static void find_programs(struct meter *meter, pid_t pid)
{
	char path[320];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", (int)pid);
	dir = opendir(path);
	if (!dir)
		test_fail(meter->test, "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir))) {
		uint32_t id;

		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", (int)pid, entry->d_name);
		id = program_id(path);
		if (id && !is_known(meter, id))
			add_program(meter, bpf_prog_get_fd_by_id(id));
	}
	closedir(dir);
}

/* --- measuring --- */

/* What happened since the last time, per operation. */
static void take(struct meter *meter, double operations)
{
	for (unsigned i = 0; i < meter->count; i++) {
		struct program_runs *program = &meter->programs[i];
		struct runs now = read_runs(meter->test, program);

		program->net.count = (now.count - program->now.count) / operations;
		program->net.ns = (now.ns - program->now.ns) / operations;
		program->now = now;
	}
}

/* What the clock takes in this batch, per run: of empty programs of a type, or of all. */
static double empty_ns(const struct meter *meter, const enum bpf_prog_type *type)
{
	double count = 0, ns = 0;

	for (unsigned i = meter->first_empty; i < meter->count; i++) {
		if (type && meter->programs[i].type != *type)
			continue;
		count += meter->programs[i].net.count;
		ns += meter->programs[i].net.ns;
	}
	if (count > 0)
		return ns / count;
	return type ? empty_ns(meter, NULL) : 0;
}

/* `cpu`: ns of it that an operation took, with everything. */
static void sample(struct meter *meter, unsigned batch, double cpu)
{
	meter->empty[batch] = empty_ns(meter, NULL);
	for (unsigned i = 0; i < meter->count; i++)
		cpu -= meter->programs[i].net.ns;
	for (unsigned i = 0; i < meter->first_empty; i++) {
		struct program_runs *program = &meter->programs[i];
		double net = program->net.ns - program->net.count * empty_ns(meter, &program->type);

		program->per_operation[batch] = net;
		program->total += program->net.count;
		meter->all[batch] += net;
		if (program->net.count > 0)
			program->per_run[program->batches_run++] = net / program->net.count;
	}
	meter->share[batch] = meter->all[batch] / (cpu + meter->all[batch]);
}

static double *new_samples(struct test *test, unsigned count)
{
	return test_alloc(test, count * sizeof(double));
}

static void open_meter(struct meter *meter, struct test *test, pid_t egret, unsigned batches)
{
	meter->test = test;
	find_programs(meter, egret);
	meter->first_empty = meter->count;
	empty_attach(test, &meter->empty_programs);
	for (unsigned i = 0; i < meter->empty_programs.count; i++)
		add_program(meter, meter->empty_programs.programs[i]);
	meter->empty = new_samples(test, batches);
	meter->all = new_samples(test, batches);
	meter->share = new_samples(test, batches);
	for (unsigned i = 0; i < meter->first_empty; i++) {
		meter->programs[i].per_run = new_samples(test, batches);
		meter->programs[i].per_operation = new_samples(test, batches);
	}
}

static void close_meter(struct meter *meter)
{
	for (unsigned i = 0; i < meter->first_empty; i++)
		close(meter->programs[i].fd);
	empty_detach(&meter->empty_programs);
}

static void conclude(struct meter *meter, unsigned batches, struct costs *costs)
{
	for (unsigned i = 0; i < meter->first_empty; i++) {
		struct program_runs *program = &meter->programs[i];
		struct cost *cost = &costs->programs[costs->count];

		if (!program->batches_run)
			continue;
		memcpy(cost->name, program->name, sizeof(cost->name));
		cost->runs = program->total / batches;
		cost->per_run = interval_of(program->per_run, program->batches_run);
		cost->per_operation = interval_of(program->per_operation, batches);
		costs->count++;
	}
	costs->all = interval_of(meter->all, batches);
	costs->share = interval_of(meter->share, batches);
	costs->empty_ns = interval_of(meter->empty, batches).median;
}

struct costs cost_measure(struct test *test, pid_t egret, const struct workload *workload)
{
	_cleanup_(eg_closep) int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	struct meter meter = { 0 };
	struct costs costs = { 0 };

	if (stats < 0)
		test_skip(test, "the kernel does not measure programs: %s", strerror(errno));
	open_meter(&meter, test, egret, workload->batches);
	workload->run(test, workload->data, workload->operations);
	take(&meter, 1);
	for (unsigned batch = 0; batch < workload->batches; batch++) {
		double begun = cpu_ns(), used;

		workload->run(test, workload->data, workload->operations);
		used = (cpu_ns() - begun) / workload->operations;
		take(&meter, workload->operations);
		sample(&meter, batch, used);
	}
	conclude(&meter, workload->batches, &costs);
	close_meter(&meter);
	return costs;
}

struct cost cost_of(const struct costs *costs, const char *name)
{
	for (unsigned i = 0; i < costs->count; i++)
		if (!strcmp(costs->programs[i].name, name))
			return costs->programs[i];
	return (struct cost){ 0 };
}

double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)(now.tv_sec * NSEC_PER_SEC + now.tv_nsec);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* As many connections as two threads can make: nothing is lost, and what that costs. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <harness/egret.h>

#include "benches.h"
#include "loop.h"
#include "process.h"
#include "report.h"

#define THREADS 2
#define SECONDS 60
#define SECONDS_QUICK 8
#define AT_A_TIME 50

/* BENCH_SECONDS=N: for so long. */
static long seconds(void)
{
	const char *text = getenv("BENCH_SECONDS");

	if (text && strtol(text, NULL, 10) > 0)
		return strtol(text, NULL, 10);
	return bench_quick() ? SECONDS_QUICK : SECONDS;
}

struct worker {
	struct test *test;
	struct loop loop;
	pthread_t thread;
	long long until_ms, connections;
};

static void *work(void *data)
{
	struct worker *worker = data;

	for (; now_ms() < worker->until_ms; worker->connections += AT_A_TIME)
		loop_run(worker->test, &worker->loop, AT_A_TIME);
	return NULL;
}

/* All threads, for a while; the connections they made. */
static long long storm(struct test *test, long long ms)
{
	struct worker workers[THREADS];
	long long connections = 0;

	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .test = test, .until_ms = now_ms() + ms };
		loop_open(test, &workers[i].loop);
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			test_fail(test, "no thread");
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		loop_close(&workers[i].loop);
		connections += workers[i].connections;
	}
	return connections;
}

static double losses(const struct result *result)
{
	const cJSON *reason;
	double sum = 0;

	cJSON_ArrayForEach(reason, json_get(result->json, "ledger.lost"))
		sum += reason->valuedouble;
	return sum;
}

/* Each connection was seen from both ends. */
static void compare(struct test *test, struct result *result, long long connections)
{
	char exe[PATH_ROOM] = "";
	const cJSON *app;

	if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0)
		test_fail(test, "/proc/self/exe: %s", strerror(errno));
	app = result_app_of(result, exe);
	if (!app)
		test_fail(test, "egret has not seen us");
	report_value("  connections not counted", "",
		     (double)llabs(2 * connections - json_number(app, "connections")), 0);
	report_value("  bytes sent not counted", "",
		     (double)llabs(LOOP_BYTES * connections - json_number(app, "bytes_sent")), 0);
	report_value("  bytes received not counted", "",
		     (double)llabs(LOOP_BYTES * connections - json_number(app, "bytes_received")),
		     0);
	report_value("  losses in the ledger", "", losses(result), 0);
}

void bench_storm(struct test *test)
{
	double cpu, dead = process_cpu_of_dead(), rate[2] = { (double)storm(test, 2000) / 2 },
		    ratio;
	struct egret *egret = egret_start(test, NULL);
	struct result *result;
	long long connections;

	cpu = process_cpu(test, egret->program->pid);
	connections = storm(test, seconds() * 1000);
	result = egret_stop_lossy(egret);
	rate[1] = (double)connections / (double)seconds();
	ratio = rate[1] / rate[0];
	report_ratio("storm, connections a second (one after the other)", "", rate[0], rate[1],
		     (struct interval){ ratio, ratio, ratio }, NONE);
	compare(test, result, connections);
	report_value("  egret's CPU time for a million connections", "s",
		     (process_cpu_of_dead() - dead - cpu) / (double)connections * 1e6, 1);
}

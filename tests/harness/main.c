/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs live test cases and prints TAP; or is one of their actors. */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <egret/base.h>

#include <harness/actor.h>
#include <harness/once.h>
#include <harness/runner.h>
#include <harness/suites.h>

static const char usage[] =
	"usage: net_test [OPTION]... [PATTERN]...\n"
	"Runs the cases whose names match a shell pattern (all, if there is none).\n"
	"  --list         print the names and end\n"
	"  --egret PATH   the program under test (default $EGRET, else build/egret)\n"
	"  --truth-only   run without egret: only compare the actors with each other\n"
	"  --jobs N       so many cases at a time (default 2)\n"
	"  --timeout S    seconds that a case may take (default 60)\n"
	"  --verbose      print what passing cases say and how long they take\n"
	"  --share        one egret for all cases that give it no options\n"
	"  --keep         leave the cases' files in place\n";

struct options {
	struct runner runner;
	const char *egret; /* as it was given */
	char **patterns; /* NULL-terminated */
	bool list, truth_only, verbose;
	unsigned jobs; /* cases that run at the same time */
	unsigned counts[3]; /* by enum verdict */
};

static void give_up(int signal_number)
{
	runner_stop = signal_number;
}

static bool chosen(const struct options *options, const char *name)
{
	if (!options->patterns[0])
		return true;
	for (char **pattern = options->patterns; *pattern; pattern++) {
		if (fnmatch(*pattern, name, 0) == 0)
			return true;
	}
	return false;
}

/* The chosen cases, malloc'ed; NULL: no memory. */
static const struct test_case **choose(const struct options *options, unsigned *ret_count)
{
	const struct test_case **cases = NULL, **larger;
	unsigned count = 0;

	for (size_t i = 0; suites[i]; i++) {
		for (const struct test_case *c = suites[i]; c->name; c++) {
			if (!chosen(options, c->name))
				continue;
			larger = realloc(cases, (count + 1) * sizeof(*cases));
			if (!larger)
				return NULL;
			cases = larger;
			cases[count++] = c;
		}
	}
	*ret_count = count;
	return cases;
}

static void print_report(const char *report)
{
	while (report && *report) {
		size_t size = strcspn(report, "\n");

		printf("# %.*s\n", (int)size, report);
		report += size + (report[size] == '\n');
	}
}

static void print_job(struct options *options, struct job *job)
{
	enum verdict verdict = job->outcome->verdict;

	options->counts[verdict]++;
	printf("%s %u - %s", verdict == VERDICT_FAILED ? "not ok" : "ok", job->number,
	       job->self->name);
	if (verdict == VERDICT_SKIPPED)
		printf(" # SKIP %s", job->outcome->reason);
	putchar('\n');
	if (options->verbose)
		printf("# %lld ms\n", job->took_ms);
	if (verdict == VERDICT_FAILED || options->verbose)
		print_report(job->report);
	fflush(stdout);
	free(job->report);
}

/* So many at a time; results are printed in their order. */
static void run_jobs(struct options *options, struct job *jobs, unsigned count)
{
	unsigned started = 0, running = 0, printed = 0;

	while (printed < count && !(runner_stop && !running)) {
		if (started < count && running < options->jobs && !runner_stop) {
			running += runner_start(&options->runner, &jobs[started++]);
			continue;
		}
		if (running && runner_wait(&options->runner, jobs, count))
			running--;
		while (printed < count && jobs[printed].over)
			print_job(options, &jobs[printed++]);
	}
}

static void print_usage_and_exit(bool asked)
{
	fputs(usage, asked ? stdout : stderr);
	exit(asked ? 0 : 2);
}

static void take_option(struct options *options, int option)
{
	switch (option) {
	case 'l':
		options->list = true;
		break;
	case 'e':
		options->egret = optarg;
		break;
	case 'o':
		options->truth_only = true;
		break;
	case 'j':
		options->jobs = text_number(optarg) > 0 ? (unsigned)text_number(optarg) : 1;
		break;
	case 't':
		options->runner.timeout_s = (unsigned)text_number(optarg);
		break;
	case 'v':
		options->verbose = true;
		break;
	case 's':
		options->runner.share = true;
		break;
	case 'k':
		options->runner.keep = true;
		break;
	default:
		print_usage_and_exit(option == 'h');
	}
}

static int read_options(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{ .name = "list", .val = 'l' },
		{ .name = "egret", .val = 'e', .has_arg = required_argument },
		{ .name = "truth-only", .val = 'o' },
		{ .name = "jobs", .val = 'j', .has_arg = required_argument },
		{ .name = "timeout", .val = 't', .has_arg = required_argument },
		{ .name = "verbose", .val = 'v' },
		{ .name = "share", .val = 's' },
		{ .name = "keep", .val = 'k' },
		{ .name = "help", .val = 'h' },
		{ 0 },
	};
	int option;

	options->egret = getenv("EGRET") ? getenv("EGRET") : "build/egret";
	while ((option = getopt_long(argc, argv, "", known, NULL)) >= 0)
		take_option(options, option);
	options->patterns = argv + optind;
	if (options->truth_only || options->list)
		return 0;
	options->runner.egret = realpath(options->egret, NULL);
	return options->runner.egret ? 0 : -errno;
}

static int run_all(struct options *options, struct job *jobs, unsigned count)
{
	struct sigaction action = { .sa_handler = give_up };
	int rc;

	sigaction(SIGINT, &action, NULL); /* without SA_RESTART: waiting ends */
	sigaction(SIGTERM, &action, NULL);
	rc = runner_open(&options->runner);
	if (rc < 0) {
		printf("Bail out! %s: %s\n", options->runner.dir, strerror(-rc));
		return 1;
	}
	printf("1..%u\n", count);
	run_jobs(options, jobs, count);
	rc = runner_close(&options->runner);
	if (rc)
		printf("Bail out! the shared egret exits with %d\n", rc);
	printf("# %u passed, %u failed, %u skipped\n", options->counts[VERDICT_PASSED],
	       options->counts[VERDICT_FAILED], options->counts[VERDICT_SKIPPED]);
	if (runner_stop)
		puts("Bail out! interrupted");
	return options->counts[VERDICT_FAILED] || runner_stop || rc ? 1 : 0;
}

static int list(const struct test_case *const *cases, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		puts(cases[i]->name);
	return 0;
}

static int run_or_list(struct options *options)
{
	_cleanup_(eg_freep) const struct test_case **cases = NULL;
	_cleanup_(eg_freep) struct job *jobs = NULL;
	unsigned count = 0;

	cases = choose(options, &count);
	if (options->list)
		return list(cases, count);
	if (geteuid() != 0) {
		puts("1..0 # SKIP live tests need root");
		return 0;
	}
	jobs = runner_plan(cases, count);
	if (!cases || !jobs || !count) {
		puts("Bail out! no such case");
		return 1;
	}
	return run_all(options, jobs, count);
}

int main(int argc, char **argv)
{
	struct options options = { .runner.timeout_s = suites_timeout_s, .jobs = suites_jobs };
	int rc;

	if (argc > 1 && strcmp(argv[1], "--actor") == 0)
		actor_main();
	if (argc > 1 && strcmp(argv[1], "--once") == 0)
		return once_main(argc, argv);
	rc = read_options(&options, argc, argv);
	if (rc < 0) {
		fprintf(stderr, "net_test: %s: %s\n", options.egret, strerror(-rc));
		return 2;
	}
	rc = run_or_list(&options);
	free(options.runner.egret);
	return rc;
}

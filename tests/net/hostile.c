/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a hostile neighbour does to egret: names, floods, and what is left when it is killed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <harness/cgroup.h>
#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

#define PROGRAMS_MAX 64

/* Colours, the clipboard, another line, C1, a direction, no UTF-8, a formula, a tag. */
#define HOSTILE                                                                                    \
	"=1+1\033[31m\033]52;c;YQ==\007\n\r\t\xc2\x9b"                                             \
	"2J\xe2\x80\xae\xe2\x80\xa8\xff\xfe<b>\"'"

/* --- names --- */

static long f_rename(struct call *call)
{
	return prctl(PR_SET_NAME, call->text) < 0 ? -errno : 0;
}

/* A path of many directories with such names, as long as the kernel lets it be. */
static const char *make_path(struct test *test)
{
	const char *path = test->dir;

	for (int i = 0; i < 12; i++) {
		path = test_text(test, "%s/%d" HOSTILE "%0200d", path, i, i);
		require(test, mkdir(path, 0755) == 0);
	}
	path = test_text(test, "%s/" HOSTILE, path);
	require(test, link(actor_executable(test, "client"), path) == 0);
	return path;
}

static struct actor *start_hostile(struct test *test)
{
	const char *path = make_path(test);
	const char *cgroup = NULL;
	char argument[4096] = HOSTILE;
	const char *const arguments[] = { HOSTILE, argument, NULL };
	struct call call = { .text = HOSTILE };
	struct actor *client;

	memset(argument + strlen(HOSTILE), '\033', sizeof(argument) - strlen(HOSTILE) - 1);
	if (test->cgroup[0]) {
		/* The one byte that no cgroup may have. */
		cgroup = test_text(test, "%s/" HOSTILE, test->cgroup);
		for (char *c = strchr((char *)(uintptr_t)cgroup, '\n'); c; c = strchr(c, '\n'))
			*c = '\b';
		require(test, cgroup_make(cgroup) == 0);
	}
	client = actor_start_as(test, &(struct actor_options){ .name = "client",
							       .path = path,
							       .arguments = arguments,
							       .cgroup = cgroup });
	expect_equal(test, actor_call(client, f_rename, &call), 0);
	return client;
}

static void expect_harmless(struct test *test, const char *what, const char *text)
{
	static const char *const raw[] = { "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\xa8", "\xff",
					   "\xfe" };

	for (const char *c = text; *c; c++) {
		bool line_end = *c == '\n' || (*c == '\r' && c[1] == '\n');

		if (((unsigned char)*c < 0x20 && !line_end) || *c == 0x7f)
			test_fail(test, "%s: a raw control byte %#x", what, *c);
	}
	for (size_t i = 0; i < sizeof(raw) / sizeof(*raw); i++) {
		if (strstr(text, raw[i]))
			test_wrong(test, "%s: raw bytes, %zu", what, i);
	}
}

/* Everything that names the process, in everything that egret prints. */
static void names(struct test *test)
{
	/* The last is trace, which has one form. */
	static const char *const formats[] = { "text", "json",	     "ndjson",
					       "csv",  "prometheus", "trace" };
	enum { PROGRAMS = sizeof(formats) / sizeof(*formats) };
	struct program *programs[PROGRAMS];
	struct actor *client = start_hostile(test), *server = actor_start(test, "server");
	struct pair pair;

	egret_needed(test);
	for (int i = 0; i < PROGRAMS; i++) {
		const char *const summary[] = { test->egret, "summary",	 "--include-loopback",
						"--format",  formats[i], NULL };
		const char *const trace[] = { test->egret, "trace", "--include-loopback", NULL };

		programs[i] = program_start(
			test, &(struct program_options){ .argv = i < PROGRAMS - 1 ? summary : trace,
							 .host = true });
		program_expect(programs[i], PROGRAM_ERR, "egret: tracing");
	}
	pair = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 10);
	sock_pair_close(&pair);
	for (int i = 0; i < PROGRAMS; i++) {
		const char *what = formats[i];
		const struct output *output;

		kill(programs[i]->pid, SIGINT);
		output = program_wait(programs[i]);
		expect_harmless(test, what, output->out);
		expect_harmless(test, what, output->err);
		expect_equal(test, strlen(output->out) > 100, 1);
		/* It is there, in the one form or the other. */
		if (!strstr(output->out, "52;c;") && !strstr(output->out, "%0A"))
			test_wrong(test, "%s: nothing of the process", what);
	}
}

/* --- what is left --- */

/* The ids of the programs that a process holds. */
static int list_programs(pid_t pid, __u32 ids[PROGRAMS_MAX])
{
	char path[64], line[128];
	struct dirent *entry;
	int count = 0;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	directory = opendir(path);
	while (directory && count < PROGRAMS_MAX && (entry = readdir(directory))) {
		char file[320];
		FILE *stream;

		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		stream = fopen(file, "re");
		while (stream && fgets(line, sizeof(line), stream)) {
			if (sscanf(line, "prog_id: %u", &ids[count]) == 1) {
				count++;
				break;
			}
		}
		if (stream)
			fclose(stream);
	}
	if (directory)
		closedir(directory);
	return count;
}

/* Nobody can clean up after SIGKILL but the kernel: nothing is pinned. */
static void killed(struct test *test)
{
	struct egret *egret;
	__u32 ids[PROGRAMS_MAX];
	int count;

	egret_needed(test);
	egret = egret_start_own(test, NULL);
	count = list_programs(egret->program->pid, ids);
	expect_equal(test, count > 10, 1);
	kill(egret->program->pid, SIGKILL);
	program_wait(egret->program);
	test->waiting = "the kernel to give up the programs of a killed egret";
	for (int i = 0; i < count; i++) {
		int fd;

		while ((fd = bpf_prog_get_fd_by_id(ids[i])) >= 0) {
			close(fd);
			breathe();
		}
	}
	test->waiting = NULL;
}

/* --- too little of everything --- */

/* It works, or it says what is missing; it does not crash. */
static void descriptors(struct test *test)
{
	egret_needed(test);
	for (int limit = 4; limit <= 64; limit += 12) {
		const char *script = test_text(test,
					       "ulimit -n %d; exec %s summary --duration 50ms "
					       "--format json",
					       limit, test->egret);
		struct output output = program_run(
			test, &(struct program_options){ .argv = WORDS("/bin/sh", "-c", script) });

		if (output.status >= 128 || (output.status == 0 && *output.out != '{') ||
		    (output.status != 0 && !strstr(output.err, "egret: ") &&
		     !strstr(output.err, "error while loading")))
			test_wrong(test, "%d descriptors: status %d: %s", limit, output.status,
				   output.err);
	}
}

/* Cgroups come and go by the thousand below the one that the programs are on. */
static void cgroups(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	struct pair pair;

	if (!test->cgroup[0])
		test_skip(test, "no cgroup2");
	egret = egret_start(test, NULL);
	pair = sock_pair(client, server, test->ip, 0);
	for (int i = 0; i < 2000; i++) {
		const char *dir = test_text(test, "%s/%d", test->cgroup, i);

		require(test, cgroup_make(dir) == 0);
		require(test, rmdir(dir) == 0);
		if (i % 100 == 0)
			sock_transfer(client, pair.client_fd, server, pair.server_fd, 10);
	}
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 200, .connections = 1);
}

/* A directory full of links and pipes that others prepared is not written through. */
static void output_links(struct test *test)
{
	const char *target = test_path(test, "precious"), *link = test_path(test, "link");
	struct output output;
	struct stat status;

	egret_needed(test);
	require(test, file_write(target, "precious\n") == 0 && chmod(target, 0600) == 0);
	require(test, symlink("precious", link) == 0);
	require(test, symlink("/proc/self/mem", test_path(test, "mem")) == 0);
	/* The link stays a link, and its end is replaced as a whole, as told in the manual. */
	output = egret_run(test, WORDS("schema", "summary", "-o", link));
	expect_equal(test, output.status, 0);
	require(test, lstat(link, &status) == 0);
	expect_equal(test, S_ISLNK(status.st_mode), 1);
	output = egret_run(test, WORDS("schema", "summary", "-o", test_path(test, "mem")));
	expect_equal(test, output.status != 0, 1);
	expect_equal(test, strstr(output.err, "egret: cannot write") != NULL, 1);
}

const struct test_case hostile_cases[] = {
	CASE("hostile/names", names),
	CASE("hostile/killed", killed),
	CASE("hostile/descriptors", descriptors),
	CASE("hostile/cgroups", cgroups),
	CASE("hostile/output-links", output_links),
	{ 0 },
};

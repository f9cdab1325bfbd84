/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line: what is refused, how, and what is written where. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

static int count_lines(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* One line on stderr, nothing on stdout, and this status. */
static void expect_refusal(struct test *test, const struct output *output, int status,
			   const char *what)
{
	if (output->status == status && !output->out[0] && count_lines(output->err) == 1 &&
	    strncmp(output->err, "egret: ", 7) == 0)
		return;
	test_wrong(test,
		   "%s: expected one line and status %d, got %d, stdout \"%s\", stderr \"%s\"",
		   what, status, output->status, output->out, output->err);
}

static void refuse(struct test *test, const char *const *words)
{
	struct output output = egret_run(test, words);
	char what[256] = "egret";

	for (; *words; words++)
		snprintf(what + strlen(what), sizeof(what) - strlen(what), " %s", *words);
	expect_refusal(test, &output, 2, what);
}

static void usage(struct test *test)
{
	refuse(test, WORDS("sumary"));
	refuse(test, WORDS("summary", "--bogus"));
	refuse(test, WORDS("summary", "-Z"));
	refuse(test, WORDS("summary", "--duration"));
	refuse(test, WORDS("summary", "--duration", "ten"));
	refuse(test, WORDS("summary", "--duration", "10"));
	refuse(test, WORDS("summary", "--duration", "-1s"));
	refuse(test, WORDS("summary", "--duration", "0s"));
	refuse(test, WORDS("summary", "--duration", "99999999999999999999y"));
	refuse(test, WORDS("summary", "--interval", "soon"));
	refuse(test, WORDS("summary", "--format", "xml"));
	refuse(test, WORDS("summary", "--format", "html"));
	refuse(test, WORDS("summary", "--by", "colour"));
	refuse(test, WORDS("summary", "--max-flows", "0"));
	refuse(test, WORDS("summary", "--max-flows", "many"));
	refuse(test, WORDS("summary", "--max-flows", "99999999999999999999"));
	refuse(test, WORDS("summary", "--color", "mauve"));
	refuse(test, WORDS("summary", "surplus"));
	refuse(test, WORDS("summary", "--"));
	refuse(test, WORDS("merge"));
	refuse(test, WORDS("schema"));
	refuse(test, WORDS("schema", "nothing"));
	refuse(test, WORDS("doctor", "surplus"));
}

/* No command at all: usage, and what there is. */
static void nothing_asked(struct test *test)
{
	struct output output = egret_run(test, WORDS(NULL));

	expect_equal(test, output.status, 2);
	expect_equal(test, output.out[0], '\0');
	expect_equal(test, !!strstr(output.err, "summary"), 1);
}

static void help(struct test *test)
{
	static const char *const commands[] = { "summary", "trace",  "merge",
						"app",	   "doctor", "schema" };
	struct output output = egret_run(test, WORDS("--help"));

	expect_equal(test, output.status, 0);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		expect_equal(test, !!strstr(output.out, commands[i]), 1);
		struct output own = egret_run(test, WORDS(commands[i], "--help"));

		expect_equal(test, own.status, 0);
		expect_equal(test, !!strstr(own.out, commands[i]), 1);
		expect_equal(test, own.err[0], '\0');
	}
	output = egret_run(test, WORDS("--version"));
	expect_equal(test, output.status, 0);
	expect_equal(test, strncmp(output.out, "egret ", 6), 0);
}

/* A user without the rights is told which one is missing. */
static void unprivileged(struct test *test)
{
	const char *path = test_path(test, "egret");
	const char *const argv[] = { path, "summary", "--duration", "100ms", NULL };
	struct output output;

	egret_needed(test);
	require(test, file_copy(test->egret, path) == 0);
	output = program_run(test, &(struct program_options){ .argv = argv, .uid = 65534 });
	expect_refusal(test, &output, 3, "egret summary as nobody");
	if (!strstr(output.err, "CAP_"))
		test_wrong(test, "no capability is named: %s", output.err);
}

/* Once it traces, it keeps few rights, and can get none back. */
static void rights_dropped(struct test *test)
{
	static const int needless[] = { CAP_CHOWN,	CAP_SETGID,    CAP_SETUID, CAP_NET_ADMIN,
					CAP_SYS_MODULE, CAP_SYS_ADMIN, CAP_PERFMON };
	struct egret *egret = egret_start_own(test, NULL);
	unsigned long long rights;
	const char *line;
	char *status;

	egret_needed(test);
	status = file_read(test, test_text(test, "/proc/%d/status", egret->program->pid));
	line = strstr(status, "CapEff:");
	require(test, line && sscanf(line, "CapEff: %llx", &rights) == 1);
	for (size_t i = 0; i < sizeof(needless) / sizeof(needless[0]); i++) {
		if (rights & 1ULL << needless[i])
			test_wrong(test, "capability %d is still effective", needless[i]);
	}
	expect_equal(test, !!strstr(status, "NoNewPrivs:\t1"), 1);
	egret_stop(egret);
}

/* Not root, but with the capabilities that bpf(2) asks for: works, or says what it lacks. */
static void capabilities_only(struct test *test)
{
	const char *path = test_path(test, "egret");
	const char *const argv[] = { path,	 "summary", "--duration", "100ms",
				     "--format", "json",    NULL };
	const struct program_options options = {
		.argv = argv,
		.uid = 65534,
		.capabilities = 1ULL << CAP_BPF | 1ULL << CAP_PERFMON | 1ULL << CAP_NET_ADMIN |
				1ULL << CAP_SYS_RESOURCE, /* memory to lock, before 5.11 */
	};
	struct output output;

	egret_needed(test);
	require(test, file_copy(test->egret, path) == 0);
	output = program_run(test, &options);
	if (output.status == 0) {
		result_check_sums(result_parse(test, output.out, "stdout"));
		expect_equal(test, strstr(output.out, "accept queues of other network") != NULL, 1);
	} else if (output.status != 3 || !strstr(output.err, "CAP_")) {
		test_wrong(test, "status %d: %s", output.status, output.err);
	}
}

static void schemas(struct test *test)
{
	static const char *const names[] = { "summary", "row", "trace" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct output output = egret_run(test, WORDS("schema", names[i]));
		cJSON *json = cJSON_Parse(output.out);

		expect_equal(test, output.status, 0);
		expect_equal(test, json && json_text(json, "$schema"), 1);
		cJSON_Delete(json);
	}
}

static void doctor(struct test *test)
{
	struct output output = egret_run(test, WORDS("doctor"));
	cJSON *json;

	expect_equal(test, output.status, 0);
	output = egret_run(test, WORDS("doctor", "--format", "json"));
	expect_equal(test, output.status, 0);
	json = cJSON_Parse(output.out);
	expect_equal(test, json != NULL, 1);
	cJSON_Delete(json);
}

static void duration(struct test *test)
{
	long long begin = now_ms(), took;
	struct output output =
		egret_run(test, WORDS("summary", "--duration", "500ms", "--format", "json"));
	struct result *result;

	took = now_ms() - begin;
	expect_equal(test, output.status, 0);
	expect_equal(test, took >= 500 && took < 15000, 1);
	result = result_parse(test, output.out, "stdout");
	result_check_sums(result);
	expect_equal(test, !!strstr(output.err, "egret: tracing\n"), 1);
}

static void quiet(struct test *test)
{
	struct output output =
		egret_run(test, WORDS("summary", "-q", "--duration", "100ms", "--format", "json"));

	expect_equal(test, output.status, 0);
	expect_equal(test, output.err[0], '\0');
}

/* --- what can't be written --- */

/* One message, a status that says so, and no other harm. */
static void expect_failure(struct test *test, const struct output *output, const char *what)
{
	const char *message = strstr(output->err, "egret: tracing\n");

	message = message ? message + strlen("egret: tracing\n") : output->err;
	if (output->status == 0 || output->status > 5 || count_lines(message) != 1)
		test_wrong(test, "%s: status %d, stderr \"%s\"", what, output->status, output->err);
}

static void output_full(struct test *test)
{
	const char *const argv[] = { test->egret, "summary", "--duration", "100ms",
				     "--format",  "json",    NULL };
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct output output;

	egret_needed(test);
	require(test, full >= 0);
	output = program_run(test, &(struct program_options){ .argv = argv, .output = full });
	expect_failure(test, &output, "/dev/full");
}

static void output_closed(struct test *test)
{
	const char *const argv[] = { test->egret, "summary", "--duration", "100ms",
				     "--format",  "json",    NULL };
	struct output output;
	int ends[2];

	egret_needed(test);
	require(test, pipe2(ends, O_CLOEXEC) == 0);
	close(ends[0]);
	output = program_run(test, &(struct program_options){ .argv = argv, .output = ends[1] });
	close(ends[1]);
	/* As for any filter: one line, or the signal that the shell knows. */
	if (output.status != 128 + SIGPIPE)
		expect_failure(test, &output, "closed pipe");
}

/* The disk fills up: the file's last good content stays under its name. */
static void disk_full(struct test *test)
{
	const char *dir = test_path(test, "small"), *file = test_path(test, "small/out.json");
	char filler[4096] = { 1 };
	struct output output;
	int fd;

	egret_needed(test);
	require(test, mkdir(dir, 0755) == 0);
	require(test, mount("none", dir, "tmpfs", 0, "size=16k") == 0);
	require(test, file_write(file, "precious\n") == 0);
	fd = open(test_path(test, "small/filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	while (write(fd, filler, sizeof(filler)) > 0)
		;
	close(fd);
	output = egret_run(test,
			   WORDS("summary", "--duration", "100ms", "--format", "json", "-o", file));
	expect_failure(test, &output, "full disk");
	expect_equal(test, strcmp(file_read(test, file), "precious\n"), 0);
	expect_equal(test,
		     program_run(test,
				 &(struct program_options){
					 .argv = WORDS(program_find(test, "sh"), "-c",
						       "test $(ls -A \"$0\" | wc -l) = 2", dir) })
			     .status,
		     0);
}

/* RLIMIT_FSIZE: what is written beyond it would be the end of the process (SIGXFSZ). */
static void file_too_large(struct test *test)
{
	const char *const argv[] = { program_find(test, "sh"),
				     "-c",
				     "ulimit -f 0 && exec \"$@\"",
				     "sh",
				     test->egret,
				     "summary",
				     "--duration",
				     "100ms",
				     "-o",
				     test_path(test, "out.json"),
				     NULL };
	struct output output;

	egret_needed(test);
	output = program_run(test, &(struct program_options){ .argv = argv });
	expect_failure(test, &output, "file too large");
	expect_equal(test, access(argv[9], F_OK), -1);
}

/* A device is written to, not replaced by a file. */
static void device(struct test *test)
{
	const char *dir = test_path(test, "dev"), *file = test_path(test, "dev/null");
	struct output output;
	struct stat stat;

	egret_needed(test);
	require(test, mkdir(dir, 0755) == 0);
	require(test, mount("none", dir, "tmpfs", 0, NULL) == 0);
	require(test, mknod(file, S_IFCHR | 0666, makedev(1, 3)) == 0);
	output = egret_run(test,
			   WORDS("summary", "--duration", "100ms", "--format", "json", "-o", file));
	expect_equal(test, output.status, 0);
	require(test, lstat(file, &stat) == 0);
	expect_equal(test, S_ISCHR(stat.st_mode), 1);
}

static void no_directory(struct test *test)
{
	struct output output = egret_run(test, WORDS("summary", "--duration", "100ms", "-o",
						     "/nonexistent/dir/out.json"));

	expect_failure(test, &output, "no directory");
}

/* The file is whole or not there: nobody ever sees half of it. */
static void atomic(struct test *test)
{
	struct egret *egret = egret_start_own(test, NULL);
	struct stat stat;

	egret_needed(test);
	expect_equal(test, access(egret->file, F_OK) < 0, 1);
	egret_stop(egret);
	require(test, lstat(egret->file, &stat) == 0);
	expect_equal(test, stat.st_mode & 07777, 0644);
}

/* --- merge --- */

static void merged(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct output output;
	struct result *result;
	const char *files[2];
	struct pair pair;

	egret_needed(test);
	for (int i = 0; i < 2; i++) {
		struct egret *egret = egret_start_own(test, NULL);

		pair = i ? sock_pair_again(&pair, test->ip, 0)
			 : sock_pair(client, server, test->ip, 0);
		sock_transfer(client, pair.client_fd, server, pair.server_fd, 100 * (i + 1));
		sock_pair_close(&pair);
		egret_stop(egret);
		files[i] = egret->file;
	}
	output = egret_run(test, WORDS("merge", "--format", "json", files[0], files[1]));
	expect_equal(test, output.status, 0);
	result = result_parse(test, output.out, "merge");
	result_check_sums(result);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 300, .connections = 2);
	expect_processes(result, client, 1);
	expect_equal(test, cJSON_GetArraySize(json_get(result->json, "periods")), 2);
}

static void merge_of_bad(struct test *test)
{
	const char *file = test_path(test, "bad.json");
	struct output output;

	egret_needed(test);
	output = egret_run(test, WORDS("merge", test_path(test, "missing.json")));
	expect_refusal(test, &output, 2, "merge of a missing file");
	require(test, file_write(file, "{\"schema\":\"egret.summary/1\",") == 0);
	output = egret_run(test, WORDS("merge", file));
	expect_refusal(test, &output, 2, "merge of half a file");
	if (!strstr(output.err, file))
		test_wrong(test, "the file is not named: %s", output.err);
	require(test, file_write(file, "{\"schema\":\"egret.summary/2\"}") == 0);
	output = egret_run(test, WORDS("merge", file));
	expect_refusal(test, &output, 2, "merge of another schema");
}

const struct test_case option_cases[] = {
	CASE("options/usage", usage),
	CASE("options/nothing-asked", nothing_asked),
	CASE("options/help", help),
	CASE("options/unprivileged", unprivileged),
	CASE("options/rights-dropped", rights_dropped),
	CASE("options/capabilities-only", capabilities_only),
	CASE("options/schema", schemas),
	CASE("options/doctor", doctor),
	CASE("options/duration", duration),
	CASE("options/quiet", quiet),
	CASE("options/output-full", output_full),
	CASE("options/output-closed", output_closed),
	CASE("options/disk-full", disk_full),
	CASE("options/file-too-large", file_too_large),
	CASE("options/device", device),
	CASE("options/no-directory", no_directory),
	CASE("options/atomic", atomic),
	CASE("options/merge", merged),
	CASE("options/merge-of-bad", merge_of_bad),
	{ 0 },
};

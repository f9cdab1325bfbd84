/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Life and death of the process in which a case runs. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/net.h>
#include <harness/runner.h>

volatile sig_atomic_t runner_stop;

/* The running case, for the handler of SIGALRM only. */
static struct test *running;

static void out_of_time(int signal_number)
{
	const char *waiting = running->waiting ? running->waiting : "itself";
	char line[PATH_ROOM];
	int size = snprintf(line, sizeof(line), "time is up while waiting for %s\n", waiting);

	(void)signal_number;
	if (write(STDOUT_FILENO, line, (size_t)size) < 0)
		_exit(2);
	running->outcome->verdict = VERDICT_FAILED;
	_exit(1);
}

/* Namespaces, cgroup and limits of the process that runs the case. */
static void settle(struct test *test, unsigned timeout_s)
{
	struct sigaction action = { .sa_handler = out_of_time };

	running = test;
	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	alarm(timeout_s);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	test->host_net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	test->host_mnt = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (test->host_net < 0 || test->host_mnt < 0)
		test_fail(test, "/proc/self/ns: %s", strerror(errno));
	if (test->cgroup[0] && cgroup_enter(test->cgroup) < 0)
		test_fail(test, "cannot enter %s", test->cgroup);
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
		test_fail(test, "unshare: %s", strerror(errno));
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		test_fail(test, "private mounts: %s", strerror(errno));
	net_up(test, "lo");
}

static void run_case(const struct runner *runner, const struct test_case *test_case)
{
	bool v6 = test_case->family == AF_INET6;
	struct test test = {
		.self = test_case,
		.egret = runner->egret,
		.family = v6 ? AF_INET6 : AF_INET,
		.ip = v6 ? "::1" : "127.0.0.1",
		.outcome = runner->outcome,
	};

	snprintf(test.dir, sizeof(test.dir), "%.480s/%u", runner->dir, runner->count);
	if (mkdir(test.dir, 0755) < 0)
		test_fail(&test, "%s: %s", test.dir, strerror(errno));
	if (runner->cgroup[0]) {
		snprintf(test.cgroup, sizeof(test.cgroup), "%.480s/%u", runner->cgroup,
			 runner->count);
		snprintf(test.cgroup_path, sizeof(test.cgroup_path), "%.480s/%u",
			 runner->cgroup_path, runner->count);
	}
	if (test.cgroup[0] && cgroup_make(test.cgroup) < 0)
		test_fail(&test, "%s: %s", test.cgroup, strerror(errno));
	settle(&test, runner->timeout_s);
	test_case->run(&test);
	fflush(stdout);
	if (!test.failures)
		test.outcome->verdict = VERDICT_PASSED;
	_exit(test.failures ? 1 : 0);
}

static int unlink_one(const char *path, const struct stat *stat, int type, struct FTW *level)
{
	(void)stat;
	(void)level;
	(void)(type == FTW_DP ? rmdir(path) : unlink(path));
	return 0;
}

static void remove_tree(const char *dir)
{
	nftw(dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Nothing the case has started or made outlives it. */
static void sweep(const struct runner *runner, pid_t pid)
{
	char path[PATH_ROOM + 16];
	int status;

	kill(-pid, SIGKILL);
	if (runner->cgroup[0]) {
		snprintf(path, sizeof(path), "%s/%u", runner->cgroup, runner->count);
		cgroup_remove(path);
	}
	while (waitpid(-1, &status, WNOHANG) > 0)
		;
	snprintf(path, sizeof(path), "%s/%u", runner->dir, runner->count);
	if (!runner->keep)
		remove_tree(path);
}

static char *take_report(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *report = calloc(1, (size_t)(size > 0 ? size : 0) + 1);

	if (report && size > 0 && pread(fd, report, (size_t)size, 0) != size)
		report[0] = '\0';
	close(fd);
	return report;
}

enum verdict runner_run(struct runner *runner, const struct test_case *test_case,
			char **ret_report)
{
	int status = 0, report = memfd_create("report", MFD_CLOEXEC);
	pid_t pid;

	runner->count++;
	*runner->outcome = (struct outcome){ .verdict = VERDICT_FAILED };
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		dup2(report, STDOUT_FILENO);
		dup2(report, STDERR_FILENO);
		run_case(runner, test_case);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR && !runner_stop)
		;
	sweep(runner, pid);
	*ret_report = take_report(report);
	if (pid < 0 || (WIFSIGNALED(status)))
		return VERDICT_FAILED;
	return runner->outcome->verdict;
}

static int open_cgroup(struct runner *runner)
{
	char spare[PATH_ROOM + 16], root[PATH_ROOM / 2];
	int rc;

	snprintf(spare, sizeof(spare), "%s/cgroup2", runner->dir);
	if (cgroup_root(spare, root, sizeof(root)) < 0)
		return 0; /* a kernel without: cases that need one are skipped */
	snprintf(runner->cgroup_path, sizeof(runner->cgroup_path), "/egret-test.%d", getpid());
	snprintf(runner->cgroup, sizeof(runner->cgroup), "%s%.200s", root,
		 runner->cgroup_path);
	rc = cgroup_make(runner->cgroup);
	if (rc < 0)
		runner->cgroup[0] = '\0';
	return rc;
}

int runner_open(struct runner *runner)
{
	snprintf(runner->dir, sizeof(runner->dir), "/tmp/egret-test.XXXXXX");
	if (!mkdtemp(runner->dir))
		return -errno;
	if (chmod(runner->dir, 0755) < 0)
		return -errno;
	runner->outcome = mmap(NULL, sizeof(*runner->outcome), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (runner->outcome == MAP_FAILED)
		return -errno;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return open_cgroup(runner);
}

void runner_close(struct runner *runner)
{
	char spare[PATH_ROOM + 16];

	if (runner->cgroup[0])
		cgroup_remove(runner->cgroup);
	snprintf(spare, sizeof(spare), "%s/cgroup2", runner->dir);
	umount2(spare, MNT_DETACH);
	if (!runner->keep)
		remove_tree(runner->dir);
}

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

static void name_surroundings(const struct runner *runner, unsigned number, struct test *test)
{
	snprintf(test->dir, sizeof(test->dir), "%.480s/%u", runner->dir, number);
	if (!runner->cgroup[0])
		return;
	snprintf(test->cgroup, sizeof(test->cgroup), "%.480s/%u", runner->cgroup, number);
	snprintf(test->cgroup_path, sizeof(test->cgroup_path), "%.480s/%u", runner->cgroup_path,
		 number);
}

static void run_case(const struct runner *runner, const struct job *job)
{
	bool v6 = job->self->family == AF_INET6;
	struct test test = {
		.self = job->self,
		.egret = runner->egret,
		.shared = runner->shared.pid > 0 ? &runner->shared : NULL,
		.family = v6 ? AF_INET6 : AF_INET,
		.ip = v6 ? "::1" : "127.0.0.1",
		.outcome = job->outcome,
	};

	name_surroundings(runner, job->number, &test);
	if (mkdir(test.dir, 0755) < 0)
		test_fail(&test, "%s: %s", test.dir, strerror(errno));
	if (test.cgroup[0] && cgroup_make(test.cgroup) < 0)
		test_fail(&test, "%s: %s", test.cgroup, strerror(errno));
	settle(&test, runner->timeout_s);
	job->self->run(&test);
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
static void sweep(const struct runner *runner, const struct job *job)
{
	struct test test = { 0 };

	name_surroundings(runner, job->number, &test);
	kill(-job->pid, SIGKILL);
	if (test.cgroup[0])
		cgroup_remove(test.cgroup);
	for (unsigned i = 0; i < SWEPT_MAX && job->outcome->cgroups[i][0]; i++)
		cgroup_remove(job->outcome->cgroups[i]);
	if (!runner->keep)
		remove_tree(test.dir);
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

struct job *runner_plan(const struct test_case *const *cases, unsigned count)
{
	struct job *jobs = calloc(count ? count : 1, sizeof(*jobs));
	struct outcome *outcomes = mmap(NULL, (count + 1) * sizeof(*outcomes),
					PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!jobs || outcomes == MAP_FAILED)
		return NULL;
	for (unsigned i = 0; i < count; i++) {
		outcomes[i].verdict = VERDICT_FAILED; /* until it says otherwise */
		jobs[i] = (struct job){
			.self = cases[i],
			.number = i + 1,
			.outcome = &outcomes[i],
		};
	}
	return jobs;
}

bool runner_start(struct runner *runner, struct job *job)
{
	job->began_ms = now_ms();
	job->report_fd = memfd_create("report", MFD_CLOEXEC);
	fflush(stdout);
	job->pid = fork();
	if (job->pid == 0) {
		setpgid(0, 0);
		dup2(job->report_fd, STDOUT_FILENO);
		dup2(job->report_fd, STDERR_FILENO);
		run_case(runner, job);
	}
	if (job->pid > 0)
		return true;
	job->pid = 0;
	job->over = true;
	close(job->report_fd);
	return false;
}

static struct job *find_job(struct job *jobs, unsigned count, pid_t pid)
{
	for (unsigned i = 0; i < count; i++) {
		if (jobs[i].pid == pid)
			return &jobs[i];
	}
	return NULL;
}

static void finish(struct runner *runner, struct job *job, int status)
{
	sweep(runner, job);
	job->report = take_report(job->report_fd);
	job->took_ms = now_ms() - job->began_ms;
	job->pid = 0;
	job->over = true;
	if (WIFSIGNALED(status))
		job->outcome->verdict = VERDICT_FAILED;
}

static void kill_all(struct job *jobs, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (jobs[i].pid > 0)
			kill(jobs[i].pid, SIGKILL);
	}
}

/* Orphans of the cases are our children as well, and are reaped on the way. */
struct job *runner_wait(struct runner *runner, struct job *jobs, unsigned count)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, 0);
		struct job *job;

		if (pid < 0 && errno == EINTR && runner_stop)
			kill_all(jobs, count);
		if (pid < 0 && errno != EINTR)
			return NULL;
		job = pid > 0 ? find_job(jobs, count, pid) : NULL;
		if (job) {
			finish(runner, job, status);
			return job;
		}
	}
}

static int open_cgroup(struct runner *runner)
{
	char spare[PATH_ROOM + 16], root[PATH_ROOM / 2];
	int rc;

	snprintf(spare, sizeof(spare), "%s/cgroup2", runner->dir);
	if (cgroup_root(spare, root, sizeof(root)) < 0)
		return 0; /* a kernel without: cases that need one are skipped */
	snprintf(runner->cgroup_path, sizeof(runner->cgroup_path), "/egret-test.%d", getpid());
	snprintf(runner->cgroup, sizeof(runner->cgroup), "%s%.200s", root, runner->cgroup_path);
	rc = cgroup_make(runner->cgroup);
	if (rc < 0)
		runner->cgroup[0] = '\0';
	return rc;
}

int runner_open(struct runner *runner)
{
	int rc;

	snprintf(runner->dir, sizeof(runner->dir), "/tmp/egret-test.XXXXXX");
	if (!mkdtemp(runner->dir))
		return -errno;
	if (chmod(runner->dir, 0755) < 0)
		return -errno;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	rc = open_cgroup(runner);
	if (rc == 0 && runner->share && runner->egret)
		rc = shared_start(runner->egret, runner->dir, &runner->shared);
	return rc;
}

int runner_close(struct runner *runner)
{
	int status = runner->shared.pid > 0 ? shared_stop(&runner->shared) : 0;
	char spare[PATH_ROOM + 16];

	if (runner->cgroup[0])
		cgroup_remove(runner->cgroup);
	snprintf(spare, sizeof(spare), "%s/cgroup2", runner->dir);
	umount2(spare, MNT_DETACH);
	if (!runner->keep)
		remove_tree(runner->dir);
	return status;
}

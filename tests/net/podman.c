/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A real container of podman's, called by its name without asking podman. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/sock.h>
#include <harness/suites.h>

#include "apps.h"

/* A root that has the actor, and room for the host's directories. */
static const char *make_root(struct test *test)
{
	static const char *const directories[] = {
		"",	"/proc", "/sys", "/dev", "/tmp", "/run",
		"/etc", "/var",	 "/usr", "/lib", "/bin", "/lib64"
	};
	const char *root = test_path(test, "root");

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		require(test, mkdir(test_text(test, "%s%s", root, directories[i]), 0755) == 0);
	require(test, file_copy(actor_executable(test, "worker"),
				test_text(test, "%s/worker", root)) == 0);
	return root;
}

/* `command` in a container of this name, with the case's network and descriptor 3. */
static const char *const *podman(struct test *test, const char *root, const char *name,
				 const char *command)
{
	static const char script[] =
		"exec 3<&0 </dev/null; exec \"$0\" $4 --cgroup-manager cgroupfs run --rm "
		"--name \"$1\" --preserve-fds=1 --network host --ulimit nofile=1024:1024 "
		"--ulimit nproc=4096:4096 -v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro "
		"-v /bin:/bin:ro --rootfs \"$2\" /bin/sh -c \"$3\"";
	/* crun refuses machines that have control groups of both versions. */
	const char *runtime = program_look(test, "runc") ? "--runtime runc" : "--log-level error";
	const char **argv = test_alloc(test, 9 * sizeof(*argv));
	const char *const words[] = { program_find(test, "sh"),
				      "-c",
				      script,
				      program_find(test, "podman"),
				      name,
				      root,
				      command,
				      runtime };

	memcpy(argv, words, sizeof(words));
	return argv;
}

static void named(struct test *test)
{
	const char *name = test_text(test, "egret-test-%d", getpid()), *root = make_root(test);
	struct actor *server = actor_start(test, "server"), *worker;
	struct program *container;
	struct output output;
	struct egret *egret;
	int input;

	output = program_run(test,
			     &(struct program_options){ .argv = podman(test, root, name, "true") });
	if (output.status)
		test_skip(test, "podman makes no container here: %.300s", output.err);
	worker = actor_prepare(test, "worker", &input);
	container = program_start(
		test, &(struct program_options){
			      .argv = podman(test, root, name, "exec /worker --actor <&3 3<&-"),
			      .input = input,
		      });
	close(input);
	actor_await(worker);
	egret = egret_start_own(test, NULL);
	send_bytes(worker, server, 2718);
	expect_app(egret_stop(egret),
		   &(struct expected){ .id = test_text(test, "container:podman/%s", name),
				       .kind = "container",
				       .name = name,
				       .trust = "root",
				       .component = "worker" },
		   2718);
	/* podman forgets it when it has ended. */
	actor_kill(worker);
	program_wait(container);
}

const struct test_case podman_cases[] = {
	CASE("podman/named", named),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Actors: processes with an executable of their own that make traffic on command. */
#pragma once

#include <sys/types.h>

#include <harness/net.h>
#include <harness/test.h>

/*
 * An actor is a copy of this test program under another name, which waits on
 * its standard input (a packet socket) for functions to call: "call f with
 * these arguments", where f is any C function of this program. Thus a case
 * reads like one program, although each of its lines runs in a process of its
 * choice, and the order of events in different processes is the order of lines.
 */
struct call {
	long arg[6];
	struct address to; /* address, in or out */
	char text[512]; /* in or out */
	long value[6]; /* out, beside the function's result */
	int taken; /* in: descriptor that came with the call, 0: none */
	int given; /* out: descriptor to hand over, 0: none */
};

/* Runs in the actor. By convention what it returns is >= 0, or -errno. */
typedef long actor_function(struct call *call);

/* What the kernel says about the actor, read from /proc while it lives. */
struct identity {
	pid_t pid, ppid;
	uid_t uid;
	long long start_ns; /* since boot, to 10 ms */
	char comm[32];
	char exe[2048]; /* /proc/PID/exe */
	char cgroup[PATH_ROOM];
	char command_line[2048]; /* as in /proc/PID/cmdline: NUL-separated */
	size_t command_line_size;
};

struct actor {
	struct test *test;
	const char *name;
	int control;
	pid_t pid; /* in the initial pid namespace */
	bool ours; /* a child of the harness */
	actor_function *pending; /* called, not answered */
	struct identity identity;
};

struct actor_options {
	const char *name; /* file name of its executable, for messages as well */
	const char *path; /* existing executable to run instead of a copy in the case's directory */
	const char *const *arguments; /* added to its command line; NULL-terminated or NULL */
	const char *cgroup; /* directory to enter; NULL: the case's own */
	int net; /* network namespace; 0: the case's own */
	uid_t uid; /* 0: root */
	pid_t pid; /* the pid to have; 0: any */
	bool host; /* in the namespaces the harness was started in */
};

/* Starts one; returns when it is ready. It ends with the case, or actor_quit(). */
struct actor *actor_start(struct test *test, const char *name);
struct actor *actor_start_as(struct test *test, const struct actor_options *options);

/*
 * For an actor that somebody else starts (a command of egret's, a child in a
 * namespace): a control socket to give it as standard input, a command line, and
 * the actor, once it runs.
 */
struct actor *actor_prepare(struct test *test, const char *name, int *ret_input);
const char *actor_executable(struct test *test, const char *name);
void actor_await(struct actor *actor);

/* Calls f in the actor and waits for its result. */
long actor_call(struct actor *actor, actor_function *f, struct call *call);
/* The same in a new thread of the actor. */
long actor_call_in_thread(struct actor *actor, actor_function *f, struct call *call);
/* In two steps, so that two actors can be busy at the same time. */
void actor_begin(struct actor *actor, actor_function *f, const struct call *call);
long actor_end(struct actor *actor, struct call *call);

/* The actor forks; its child has the same descriptors and is an actor as well. */
struct actor *actor_fork(struct actor *actor);
/* The same, the child being number 1 of a new pid namespace. */
struct actor *actor_fork_in_pid_namespace(struct actor *actor);
/* The actor executes another program (actor_executable()); it keeps its descriptors. */
void actor_exec(struct actor *actor, const char *path);
/* Hands a descriptor to another actor by SCM_RIGHTS; its number there. */
int actor_pass(struct actor *from, int fd, struct actor *to);

/* Ends it with an exit status and waits for that. */
void actor_quit(struct actor *actor, int status);
/* SIGKILL, and waits until it is gone. */
void actor_kill(struct actor *actor);

/* Reads /proc again, after exec, setuid or a move. */
void actor_identify(struct actor *actor);

/* The other side: main() of an actor. Never returns. */
void actor_main(void) __attribute__((noreturn));

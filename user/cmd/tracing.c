/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A running trace: probe, command, signals and clock behind one place to wait. */
#include "tracing.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include <egret/base.h>
#include <egret/caps.h>

#include "command.h"

/* How often the ring is read when nobody wakes us: a trace is watched live. */
#define LOOK_MS 1000
#define LOOK_LIVE_MS 100
/* From SIGTERM to the end of a command that does not end by itself. */
#define GRACE_NS (5 * NSEC_PER_SEC)
/* How long, and how often, an ended command's sockets are looked at until the last has closed. */
#define LINGER_NS (2 * NSEC_PER_SEC)
#define LINGER_LOOK_MS 10

struct tracing {
	struct eg_probe *probe;
	struct command *command;
	int signals;
	int input; /* -1: none is watched */
	int look_ms;
	bool serves; /* a hangup means to begin anew, not to end */
	bool quiet; /* nothing but time has ended the last wait */
	int64_t interval; /* ns, 0: none */
	int64_t begun, ended; /* CLOCK_REALTIME, of the current interval */
	int64_t mark; /* CLOCK_REALTIME: the interval's end */
	int64_t deadline; /* CLOCK_MONOTONIC, 0: none */
	int64_t kill_at; /* CLOCK_MONOTONIC: the command's grace ends, 0: it was not asked */
	int64_t linger_until; /* CLOCK_MONOTONIC: for its sockets, 0: it has not ended */
};

/* The next multiple of the interval, so that intervals of all hosts agree. */
static int64_t next_mark(const struct tracing *tracing, int64_t now)
{
	return (now / tracing->interval + 1) * tracing->interval;
}

/* As nohup(1) leaves it: a hangup is then none of ours. */
static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static int open_signals(const struct eg_options *options)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGCHLD);
	if (options->of->serves || !is_ignored(SIGHUP))
		sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int start_command(const struct eg_options *options, struct tracing *tracing)
{
	int error;

	if (!options->command)
		return 0;
	error = command_new(options->command, &tracing->command);
	if (!error)
		return 0;
	eg_error("can't make a cgroup for %s: %s", options->command[0], strerror(-error));
	return EG_EXIT_FAILED;
}

static int open_probe(const struct eg_options *options, const struct eg_probe_sink *sink,
		      bool events, struct tracing *tracing)
{
	static const int exits[] = {
		[EG_PROBE_NO_PRIVILEGE] = EG_EXIT_PRIVILEGE,
		[EG_PROBE_NO_KERNEL] = EG_EXIT_KERNEL,
		[EG_PROBE_FAILED] = EG_EXIT_FAILED,
	};
	struct eg_probe_options probe_options = {
		.max_flows = options->max_flows,
		.max_sockets = options->max_sockets,
		.trace = events,
		.names = !options->no_names,
	};
	struct eg_probe_error error;

	if (tracing->command) {
		probe_options.scope_cgroup_id = command_cgroup_id(tracing->command);
		probe_options.scope_pid = getpid();
	}
	if (!eg_probe_open(&probe_options, sink, &tracing->probe, &error))
		return 0;
	eg_error("%s", error.reason);
	return tracing->command ? EG_EXIT_FAILED : exits[error.failure];
}

static int check_privilege(const struct eg_options *options)
{
	const char *missing = eg_caps_missing();

	if (!missing)
		return 0;
	eg_error("tracing needs the capability %s: run it as root (sudo)", missing);
	return options->command ? EG_EXIT_FAILED : EG_EXIT_PRIVILEGE;
}

static int drop_rights(const struct eg_options *options)
{
	unsigned keep = EG_CAPS_KEEP_READ;

	if (options->output)
		keep |= EG_CAPS_KEEP_FILES;
	/* By its mode nobody may write to the root of cgroups, not even to take one away. */
	if (options->command)
		keep |= EG_CAPS_KEEP_KILL | EG_CAPS_KEEP_FILES;
	if (!eg_caps_drop(keep))
		return 0;
	eg_error("can't give up rights that are no longer needed");
	return EG_EXIT_FAILED;
}

static int start(const struct eg_options *options, const struct eg_probe_sink *sink, bool events,
		 struct tracing *tracing)
{
	int status;

	status = check_privilege(options);
	if (!status) {
		tracing->signals = open_signals(options);
		if (tracing->signals < 0)
			status = eg_command_fail(options->of, tracing->signals);
	}
	if (!status)
		status = start_command(options, tracing);
	if (!status)
		status = open_probe(options, sink, events, tracing);
	if (!status)
		status = drop_rights(options);
	return status;
}

int tracing_start(const struct eg_options *options, const struct eg_probe_sink *sink, bool events,
		  struct tracing **ret_tracing)
{
	struct tracing *tracing = calloc(1, sizeof(*tracing));
	int status;

	if (!tracing)
		return eg_command_fail(options->of, -ENOMEM);
	tracing->signals = tracing->input = -1;
	tracing->serves = options->of->serves;
	tracing->look_ms = events ? LOOK_LIVE_MS : LOOK_MS;
	status = start(options, sink, events, tracing);
	if (status) {
		tracing_stop(tracing);
		return status;
	}
	if (options->duration)
		tracing->deadline = eg_monotonic_ns() + options->duration;
	tracing->interval = options->interval;
	tracing->begun = eg_now_ns();
	if (tracing->interval)
		tracing->mark = next_mark(tracing, tracing->begun);
	if (!options->quiet)
		eg_info("tracing");
	if (tracing->command)
		command_go(tracing->command);
	*ret_tracing = tracing;
	return 0;
}

void tracing_unload(struct tracing *tracing)
{
	eg_probe_close(tracing->probe);
	tracing->probe = NULL;
}

void tracing_stop(struct tracing *tracing)
{
	if (!tracing)
		return;
	command_free(tracing->command);
	tracing_unload(tracing);
	if (tracing->signals >= 0)
		close(tracing->signals);
	free(tracing);
}

struct eg_probe *tracing_probe(const struct tracing *tracing)
{
	return tracing->probe;
}

/* Milliseconds to sleep at most, rounded up. */
static int timeout_ms(const struct tracing *tracing)
{
	int look_ms = tracing->linger_until ? LINGER_LOOK_MS : tracing->look_ms;
	int64_t rest, timeout = look_ms * 1000000LL;

	if (tracing->interval) {
		rest = tracing->mark - eg_now_ns();
		timeout = rest < timeout ? rest : timeout;
	}
	if (tracing->deadline) {
		rest = tracing->deadline - eg_monotonic_ns();
		timeout = rest < timeout ? rest : timeout;
	}
	if (tracing->kill_at) {
		rest = tracing->kill_at - eg_monotonic_ns();
		timeout = rest < timeout ? rest : timeout;
	}
	return timeout < 0 ? 0 : (int)((timeout + 999999) / 1000000);
}

/*
 * A signal to us goes to the command as well, unless the terminal has sent it
 * to both. True: the trace is over.
 */
static bool end_signal(struct tracing *tracing, const struct signalfd_siginfo *signal_info)
{
	if (!tracing->command || tracing->linger_until)
		return true;
	/* The second one: end at once. A hangup comes from the terminal and from the shell. */
	if (tracing->kill_at)
		return signal_info->ssi_signo != SIGHUP;
	if (signal_info->ssi_code != SI_KERNEL)
		command_signal(tracing->command, (int)signal_info->ssi_signo);
	tracing->kill_at = INT64_MAX;
	return false;
}

/*
 * Has the command ended, and with it all that it began? The kernel goes on to
 * send what it wrote, and to close its connections; a peer that does not answer
 * is not waited for.
 */
static bool is_over(struct tracing *tracing)
{
	int64_t now = eg_monotonic_ns();

	if (!tracing->command || !command_ended(tracing->command))
		return false;
	if (!tracing->linger_until)
		tracing->linger_until = now + LINGER_NS;
	return now >= tracing->linger_until || !eg_probe_has_sockets(tracing->probe);
}

/* Reads pending signals; what they mean for the caller goes to *ret_event. */
static bool read_signal(struct tracing *tracing, enum tracing_event *ret_event)
{
	struct signalfd_siginfo signal_info;

	while (read(tracing->signals, &signal_info, sizeof(signal_info)) == sizeof(signal_info)) {
		switch (signal_info.ssi_signo) {
		case SIGUSR1:
			*ret_event = TRACING_SNAPSHOT;
			return true;
		case SIGCHLD:
			break;
		case SIGHUP:
			*ret_event = TRACING_RELOAD;
			if (tracing->serves)
				return true;
			__attribute__((fallthrough));
		default:
			*ret_event = TRACING_END;
			if (end_signal(tracing, &signal_info))
				return true;
		}
	}
	*ret_event = TRACING_END;
	return is_over(tracing);
}

/* Time is up. A command is asked to end first, then made to. */
static bool time_is_up(struct tracing *tracing)
{
	int64_t now = eg_monotonic_ns();

	if (tracing->kill_at && now >= tracing->kill_at) {
		/* Its end is reported as any other is. */
		command_kill(tracing->command);
		tracing->kill_at = INT64_MAX;
	}
	if (!tracing->deadline || now < tracing->deadline)
		return false;
	if (!tracing->command)
		return true;
	tracing->deadline = 0;
	tracing->kill_at = now + GRACE_NS;
	command_signal(tracing->command, SIGTERM);
	return false;
}

static bool interval_ended(struct tracing *tracing)
{
	int64_t now = eg_now_ns();

	if (!tracing->interval)
		return false;
	/* The clock was set back by more than an interval: begin anew. */
	if (tracing->mark - now > tracing->interval)
		tracing->mark = next_mark(tracing, now);
	if (now < tracing->mark)
		return false;
	if (tracing->ended)
		tracing->begun = tracing->ended;
	/* Late, or the clock was set: up to the last mark that has passed. */
	tracing->ended = next_mark(tracing, now) - tracing->interval;
	tracing->mark = tracing->ended + tracing->interval;
	return true;
}

/* From here on a signal ends egret at once, even if nobody takes the result. */
static enum tracing_event end(struct tracing *tracing)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	if (tracing->ended)
		tracing->begun = tracing->ended;
	tracing->ended = eg_now_ns();
	return TRACING_END;
}

void tracing_watch(struct tracing *tracing, int fd)
{
	tracing->input = fd;
}

enum tracing_event tracing_wait(struct tracing *tracing)
{
	struct pollfd fds[] = {
		{ .fd = tracing->signals, .events = POLLIN },
		{ .fd = eg_probe_fd(tracing->probe), .events = POLLIN },
		{ .fd = tracing->input, .events = POLLIN },
	};
	enum tracing_event event;

	for (;;) {
		int ready = poll(fds, ARRAY_SIZE(fds), timeout_ms(tracing));

		tracing->quiet = ready == 0;
		if (read_signal(tracing, &event))
			return event == TRACING_END ? end(tracing) : event;
		if (time_is_up(tracing))
			return end(tracing);
		if (interval_ended(tracing))
			return TRACING_INTERVAL;
		if (ready > 0 && fds[2].revents)
			return TRACING_INPUT;
		if (ready == 0 || fds[1].revents)
			return TRACING_RECORDS;
	}
}

bool tracing_is_quiet(const struct tracing *tracing)
{
	return tracing->quiet;
}

struct eg_period tracing_period(const struct tracing *tracing)
{
	return (struct eg_period){
		.start = tracing->begun,
		.end = tracing->ended ? tracing->ended : eg_now_ns(),
	};
}

bool tracing_had_subject(const struct tracing *tracing)
{
	return !tracing->command || command_was_executed(tracing->command);
}

int tracing_status(const struct tracing *tracing, int status)
{
	if (!tracing->command || status == EG_EXIT_FAILED)
		return status;
	return command_status(tracing->command);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Opening and closing: load, attach, find what exists; the ring and the losses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <egret/base.h>

#include "private.h"
#include "record.h"

void degrade(struct eg_probe *probe, const char *sentence)
{
	for (size_t i = 0; i < probe->degraded_count; i++)
		if (!strcmp(probe->degraded[i], sentence))
			return;
	if (probe->degraded_count < PROGRAMS_MAX &&
	    (probe->degraded[probe->degraded_count] = strdup(sentence)))
		probe->degraded_count++;
}

const char *const *eg_probe_degraded(struct eg_probe *probe)
{
	tell_errands(probe);
	return (const char *const *)probe->degraded;
}

/* libbpf's words go to our log, one level lower than it gives them. */
static int __attribute__((format(printf, 2, 0)))
print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	if (eg_log_level() >= EG_LEVEL_DEBUG)
		eg_logv(EG_LEVEL_DEBUG, format, args);
	return 0;
}

/* Never negative: that would throw the record away and stop. */
static int on_record(void *data, void *bytes, size_t size)
{
	struct eg_probe *probe = data;
	int error = record_deliver(&probe->sink, bytes, size);

	if (error && !probe->sink_error)
		probe->sink_error = error;
	return 0;
}

/*
 * A sample of payload. Who it is of is in the other ring by now, if anywhere:
 * so that one goes first.
 */
static int on_payload(void *data, void *bytes, size_t size)
{
	struct eg_probe *probe = data;

	ring_buffer__consume(probe->ring);
	return on_record(data, bytes, size);
}

/* The second ring is looked at, and wakes who waits, through the first. */
static int open_rings(struct eg_probe *probe)
{
	struct epoll_event event = { .events = EPOLLIN };
	const struct egret_bpf *skeleton = probe->skeleton;

	probe->ring = ring_buffer__new(bpf_map__fd(skeleton->maps.eg_ring), on_record, probe, NULL);
	if (!probe->ring)
		return -errno;
	probe->names =
		ring_buffer__new(bpf_map__fd(skeleton->maps.eg_names), on_payload, probe, NULL);
	if (!probe->names || epoll_ctl(ring_buffer__epoll_fd(probe->ring), EPOLL_CTL_ADD,
				       ring_buffer__epoll_fd(probe->names), &event) < 0)
		return -errno;
	return 0;
}

/* What the kernel must have for anything to work; named before libbpf fails over it. */
static bool kernel_can(struct eg_probe_error *ret_error)
{
	if (!access("/sys/kernel/btf/vmlinux", R_OK))
		return true;
	ret_error->failure = EG_PROBE_NO_KERNEL;
	snprintf(ret_error->reason, sizeof(ret_error->reason),
		 "this kernel offers no BTF (/sys/kernel/btf/vmlinux): it needs "
		 "CONFIG_DEBUG_INFO_BTF");
	return false;
}

static int fail_load(int error, const char *refused, struct eg_probe_error *ret_error)
{
	if (error == -ENOMEM) {
		ret_error->failure = EG_PROBE_FAILED;
		snprintf(ret_error->reason, sizeof(ret_error->reason),
			 "not enough memory for the maps (smaller --max-flows or --max-sockets?)");
		return error;
	}
	ret_error->failure = EG_PROBE_NO_KERNEL;
	snprintf(ret_error->reason, sizeof(ret_error->reason),
		 "this kernel refuses %s: %s (locked down? `egret doctor` tells more)", refused,
		 strerror(-error));
	return error;
}

/* What finds no room anywhere goes to nobody's row: that one must be there before. */
static int keep_room_for_nobody(const struct eg_probe *probe)
{
	const struct eg_proc_key nobody = { .exec_id = EG_NOBODY_UNKNOWN };
	const struct eg_flow nothing = { .first_ns = UINT64_MAX };
	int rows = bpf_map__fd(probe->skeleton->maps.eg_overflow);

	return bpf_map_update_elem(rows, &nobody, &nothing, BPF_NOEXIST) ? -errno : 0;
}

static int start(struct eg_probe *probe, const struct eg_probe_options *options,
		 struct eg_probe_error *ret_error)
{
	char refused[REFUSED_SIZE];
	struct kernel kernel;
	bool partial = false;
	int error;

	probe->cgroup_fd = cgroup_root_open(&partial);
	if (probe->cgroup_fd < 0) {
		ret_error->failure = EG_PROBE_NO_KERNEL;
		snprintf(ret_error->reason, sizeof(ret_error->reason),
			 "no cgroup2 hierarchy is mounted, nor can one be: %s",
			 strerror(-probe->cgroup_fd));
		return probe->cgroup_fd;
	}
	if (partial)
		degrade(probe, "only the cgroup namespace that egret runs in is seen");
	kernel_look(&kernel);
	if (kernel.mptcp_is_summed)
		degrade(probe, MPTCP_SUMMED);
	error = load(options, &kernel, &probe->skeleton, refused);
	if (error)
		return fail_load(error, refused, ret_error);
	error = keep_room_for_nobody(probe);
	if (!error && options->scope_cgroup_id)
		error = watch_errands(probe);
	if (error)
		return error;
	ret_error->failure = EG_PROBE_NO_KERNEL;
	error = attach(probe, ret_error);
	if (error)
		return error;
	error = open_rings(probe);
	if (error)
		return error;
	if (!options->scope_cgroup_id)
		error = find_old_sockets(probe);
	probe->skeleton->bss->armed = 1;
	return error;
}

int eg_probe_open(const struct eg_probe_options *options, const struct eg_probe_sink *sink,
		  struct eg_probe **ret_probe, struct eg_probe_error *ret_error)
{
	struct eg_probe *probe = calloc(1, sizeof(*probe));
	int error;

	*ret_error = (struct eg_probe_error){ .failure = EG_PROBE_FAILED };
	if (!probe)
		return -ENOMEM;
	probe->cgroup_fd = -1;
	probe->sink = *sink;
	libbpf_set_print(print_libbpf);
	error = collect_init(probe);
	if (!error)
		error = kernel_can(ret_error) ? start(probe, options, ret_error) : -EOPNOTSUPP;
	if (error) {
		if (!ret_error->reason[0])
			snprintf(ret_error->reason, sizeof(ret_error->reason), "%s",
				 strerror(-error));
		eg_probe_close(probe);
		return error;
	}
	*ret_probe = probe;
	return 0;
}

void eg_probe_close(struct eg_probe *probe)
{
	if (!probe)
		return;
	ring_buffer__free(probe->names);
	ring_buffer__free(probe->ring);
	bpf_link__destroy(probe->sweep);
	for (size_t i = 0; i < probe->links_count; i++)
		bpf_link__destroy(probe->links[i]);
	egret_bpf__destroy(probe->skeleton);
	if (probe->cgroup_fd >= 0)
		close(probe->cgroup_fd);
	collect_free(probe);
	for (size_t i = 0; i < probe->degraded_count; i++)
		free(probe->degraded[i]);
	free(probe);
}

int eg_probe_fd(const struct eg_probe *probe)
{
	return ring_buffer__epoll_fd(probe->ring);
}

int eg_probe_read(struct eg_probe *probe)
{
	int count = ring_buffer__consume(probe->ring);

	if (count >= 0)
		count = ring_buffer__consume(probe->names);
	return count < 0 ? count : probe->sink_error;
}

static int is_open(const void *key, const void *value, void *data)
{
	const struct eg_socket *socket = value;

	(void)key;
	(void)data;
	return !(socket->flags & EG_SOCKET_SPARE);
}

bool eg_probe_has_sockets(const struct eg_probe *probe)
{
	return each_entry(probe->skeleton->maps.eg_sockets, is_open, NULL) > 0;
}

/* --- losses --- */

static const char *const loss_names[] = {
	[EG_LOSS_RING_FULL] = "ring_full",
	[EG_LOSS_FLOW_MAP_FULL] = "flow_map_full",
	[EG_LOSS_PROCESS_MAP_FULL] = "process_map_full",
	[EG_LOSS_STORAGE_FAILED] = "storage_failed",
	[EG_LOSS_ERROR_MAP_FULL] = "error_map_full",
	[EG_LOSS_LISTENER_MAP_FULL] = "listener_map_full",
	[EG_LOSS_CLOSED_MAP_FULL] = "closed_map_full",
	[EG_LOSS_OVERFLOW_MAP_FULL] = "overflow_map_full",
	[EG_LOSS_NAMES_SKIPPED] = "names_skipped",
	[EG_LOSS_END_MISSED] = "end_missed",
};
_Static_assert(ARRAY_SIZE(loss_names) == EG_LOSS_COUNT, "each loss has a name");

const char *eg_loss_name(enum eg_loss loss)
{
	return loss_names[loss];
}

/* Runs that the kernel skipped because the program was running already; since 5.12. */
static uint64_t skips_of(const struct bpf_program *program)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);
	int fd = bpf_program__fd(program);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) ? info.recursion_misses : 0;
}

/*
 * All of them that may have lost something. No loss are those of eg_state and
 * eg_state_again, which make good each other's, and of eg_destroy, which is
 * behind them; of eg_queue, whose packets of interest come from send calls, and
 * no send call interrupts another (since 7.0 it may, and eg_sent counts that one
 * by its length); and of eg_sent as long as no socket is known to send past the
 * queue: since 7.0 it runs with preemption, for every send call. What eg_exec
 * misses is a name.
 */
static uint64_t skipped_runs(const struct egret_bpf *skeleton)
{
	const struct bpf_program *harmless[] = {
		skeleton->progs.eg_state,
		skeleton->progs.eg_state_again,
		skeleton->progs.eg_destroy,
		skeleton->progs.eg_exec,
		skeleton->progs.eg_queue,
		skeleton->bss->bypassed ? NULL : skeleton->progs.eg_sent,
	};
	struct bpf_program *program;
	uint64_t skipped = 0;

	bpf_object__for_each_program(program, skeleton->obj) {
		bool counts = true;

		for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
			counts &= program != harmless[i];
		skipped += counts ? skips_of(program) : 0;
	}
	return skipped;
}

int eg_probe_losses(struct eg_probe *probe, struct eg_probe_losses *ret_losses)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_(eg_freep) uint64_t *counts = NULL;

	if (cpus < 0)
		return cpus;
	counts = calloc((size_t)cpus, sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	memset(ret_losses, 0, sizeof(*ret_losses));
	for (uint32_t loss = 0; loss < EG_LOSS_COUNT; loss++) {
		if (bpf_map_lookup_elem(bpf_map__fd(probe->skeleton->maps.eg_lost), &loss, counts))
			return -errno;
		for (int i = 0; i < cpus; i++)
			ret_losses->counts[loss] += counts[i];
	}
	ret_losses->program_skipped = skipped_runs(probe->skeleton);
	ret_losses->counts[EG_LOSS_NAMES_SKIPPED] += skips_of(probe->skeleton->progs.eg_exec);
	return 0;
}

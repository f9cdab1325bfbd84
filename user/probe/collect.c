/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading the counters so that each byte is handed over exactly once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <egret/base.h>

#include "private.h"

#define SWEEPS_MAX 3
struct collection {
	struct eg_probe *probe;
	bool last;
	int (*gain)(const struct eg_gain *gain, void *data);
	void *data;
	/* struct eg_sample_key -> struct eg_sample: open sockets, then their last word. */
	struct eg_table *samples;
	struct eg_table *errors; /* struct eg_error_key -> its count, uint64_t */
	struct eg_table *failures; /* row -> how many failures no errno was told of, int64_t */
	size_t missed; /* sockets that the walk went past */
};

int collect_init(struct eg_probe *probe)
{
	probe->flows = eg_table_new(sizeof(struct eg_flow_key), sizeof(struct told));
	probe->sockets = eg_table_new(sizeof(struct eg_sample_key), sizeof(struct told));
	return probe->flows && probe->sockets ? 0 : -ENOMEM;
}

void collect_free(struct eg_probe *probe)
{
	eg_table_free(probe->flows);
	eg_table_free(probe->sockets);
}

static uint64_t gained(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/* Errnos and failures come from different maps; what is left over at the end is unknown. */
static int note_failures(struct collection *collection, const struct eg_flow_key *row,
			 int64_t count)
{
	int64_t *failures = count ? eg_table_add(collection->failures, row) : NULL;

	if (!count)
		return 0;
	if (!failures)
		return -ENOMEM;
	*failures += count;
	return 0;
}

/*
 * Hands over what the totals have more than what was told, and notes it. What
 * was told can't be taken back: totals that were read too high grow first.
 */
static int tell(struct collection *collection, const struct eg_gain *whole, struct told *told)
{
	const struct eg_flow *totals = &whole->delta;
	struct eg_gain gain = *whole;

	gain.delta.bytes_sent = gained(totals->bytes_sent, told->bytes_sent);
	gain.delta.bytes_received = gained(totals->bytes_received, told->bytes_received);
	gain.delta.connections = (uint32_t)gained(totals->connections, told->connections);
	gain.delta.failed = (uint32_t)gained(totals->failed, told->failed);
	told->bytes_sent += gain.delta.bytes_sent;
	told->bytes_received += gain.delta.bytes_received;
	told->connections += gain.delta.connections;
	told->failed += gain.delta.failed;
	if (note_failures(collection, &gain.row, gain.delta.failed) < 0)
		return -ENOMEM;
	if (!gain.delta.bytes_sent && !gain.delta.bytes_received && !gain.delta.connections &&
	    !gain.delta.failed)
		return 0;
	return collection->gain(&gain, collection->data);
}

static int tell_error(struct collection *collection, const struct eg_flow_key *row, int error,
		      uint64_t count)
{
	struct eg_gain gain = { .row = *row, .error = error, .errors = (uint32_t)count };

	if (note_failures(collection, row, -(int64_t)count) < 0)
		return -ENOMEM;
	return count ? collection->gain(&gain, collection->data) : 0;
}

/* --- rows --- */

/* Rows of QUIC's sockets, and MPTCP's subflows, know by this only whose they are. */
static struct eg_sample_key socket_of(const struct eg_flow_key *row,
				      const struct eg_sample_key *socket)
{
	return row->speaker ? (struct eg_sample_key){ .born_ns = row->speaker } : *socket;
}

static int flow_entry(const void *key, const void *value, void *data)
{
	struct collection *collection = data;
	struct told none = {}, *told = &none;
	const struct eg_sample_key many = { .born_ns = 0 };
	struct eg_gain gain = { .ended = false };

	/* The last time, what was never told needs no note. */
	if (!collection->last)
		told = eg_table_add(collection->probe->flows, key);
	else if (eg_table_count(collection->probe->flows))
		told = eg_table_find(collection->probe->flows, key) ?: &none;
	if (!told)
		return -ENOMEM;
	memcpy(&gain.row, key, sizeof(gain.row));
	memcpy(&gain.delta, value, sizeof(gain.delta));
	gain.socket = socket_of(&gain.row, &many);
	return tell(collection, &gain, told);
}

/* The row of a program whose destinations found no room. */
static int overflow_entry(const void *key, const void *value, void *data)
{
	struct collection *collection = data;
	struct eg_flow_key row = OVERFLOW_ROW;

	memcpy(&row.proc, key, sizeof(row.proc));
	return flow_entry(&row, value, collection);
}

/* Where the counters of a row are: in its flow, or in its program's overflow. */
static const struct eg_flow_key *
home_of(struct collection *collection, const struct eg_flow_key *row, struct eg_flow_key *overflow)
{
	int flows = bpf_map__fd(collection->probe->skeleton->maps.eg_flows);
	struct eg_flow flow;

	if (!bpf_map_lookup_elem(flows, row, &flow))
		return row;
	overflow->proc = row->proc;
	return overflow;
}

/* Taken out before the rows are read, so that a row has at least as many failures. */
static int error_entry(const void *key, const void *value, void *data)
{
	struct collection *collection = data;
	uint64_t *count = eg_table_add(collection->errors, key);

	if (!count)
		return -ENOMEM;
	memcpy(count, value, sizeof(*count));
	bpf_map_delete_elem(bpf_map__fd(collection->probe->skeleton->maps.eg_errors), key);
	return 0;
}

/*
 * A failure that is counted while the maps are being read loses its errno, no
 * more: it is told as unknown (tell_unknown_failures()), and its errno finds no
 * failure the next time.
 */
static int tell_errors(struct collection *collection)
{
	struct eg_flow_key overflow = OVERFLOW_ROW;
	int error = 0;

	for (size_t i = 0; !error && i < eg_table_count(collection->errors); i++) {
		void *count;
		const struct eg_error_key *key = eg_table_entry(collection->errors, i, &count);
		const struct eg_flow_key *row = home_of(collection, &key->flow, &overflow);
		const int64_t *failures = eg_table_find(collection->failures, row);
		uint64_t left = failures && *failures > 0 ? (uint64_t)*failures : 0;
		uint64_t noted = *(uint64_t *)count;

		error = tell_error(collection, row, key->error, noted < left ? noted : left);
	}
	return error;
}

/* --- open sockets --- */

/* read() until it says something: a walk that has found nothing for long says EAGAIN. */
static ssize_t read_more(int fd, void *to, size_t size)
{
	ssize_t got;

	do
		got = read(fd, to, size);
	while (got < 0 && (errno == EAGAIN || errno == EINTR));
	return got < 0 ? -errno : got;
}

/* Reads one walk over the sockets into the table; the newest sample counts. */
static int sweep(struct collection *collection)
{
	_cleanup_(eg_closep) int fd = bpf_iter_create(bpf_link__fd(collection->probe->sweep));
	struct eg_sample samples[128], *known;
	size_t held = 0, left;
	ssize_t size;

	if (fd < 0)
		return -errno;
	while ((size = read_more(fd, (char *)samples + held, sizeof(samples) - held)) > 0) {
		held += (size_t)size;
		for (size_t i = 0; i < held / sizeof(samples[0]); i++) {
			known = eg_table_add(collection->samples, &samples[i].key);
			if (!known)
				return -ENOMEM;
			*known = samples[i];
		}
		left = held % sizeof(samples[0]);
		memmove(samples, (char *)samples + held - left, left);
		held = left;
	}
	return (int)size;
}

/* Counts a socket that should have been swept, and was not. */
static int missed_entry(const void *key, const void *value, void *data)
{
	struct collection *collection = data;
	const struct eg_socket *socket = value;

	(void)key;
	if (socket->flags & EG_SOCKET_SPARE)
		return 0;
	if (!socket->swept && (socket->flags & EG_SOCKET_STREAM ||
			       (socket->last_ns && !(socket->flags & EG_SOCKET_PARENT))))
		collection->missed++;
	return 0;
}

/* A walk over a hash table that changes may go past an entry: look, and walk again. */
static int sweep_all(struct collection *collection)
{
	int error = 0;

	for (int i = 0; i < SWEEPS_MAX; i++) {
		error = sweep(collection);
		collection->missed = 0;
		if (!error)
			error = each_entry(collection->probe->skeleton->maps.eg_sockets,
					   missed_entry, collection);
		if (error || !collection->missed)
			break;
	}
	return error;
}

/* Marks a sample whose socket is still there. */
static int confirm(const void *key, const void *value, void *data)
{
	struct collection *collection = data;
	const struct eg_socket *socket = value;
	struct eg_sample_key sample_key = { .born_ns = socket->born_ns };
	struct eg_sample *sample;

	if (socket->flags & EG_SOCKET_SPARE)
		return 0;
	memcpy(&sample_key.sk, key, sizeof(sample_key.sk));
	sample = eg_table_find(collection->samples, &sample_key);
	if (sample)
		sample->flags |= EG_SOCKET_SWEPT;
	return 0;
}

/* A socket that has ended since it was swept first: this is its last word. */
static int closed_entry(const void *key, const void *value, void *data)
{
	struct collection *collection = data;
	struct eg_sample *sample = eg_table_add(collection->samples, key);

	if (!sample)
		return -ENOMEM;
	memcpy(sample, value, sizeof(*sample));
	sample->flags |= EG_SOCKET_SWEPT | EG_SOCKET_ENDED;
	return 0;
}

/*
 * Hands over a sample. One that is neither in eg_sockets nor in eg_closed
 * ended just as the sweep came by, unaware of it, and is in its flow already.
 */
static int tell_sample(struct collection *collection, const struct eg_sample *sample)
{
	const struct eg_gain gain = {
		.row = sample->row,
		.delta = sample->totals,
		.socket = socket_of(&sample->row, &sample->key),
		.ended = sample->flags & EG_SOCKET_ENDED,
	};
	const struct egret_bpf *skeleton = collection->probe->skeleton;
	struct told *told;
	int error;

	if (!(sample->flags & EG_SOCKET_SWEPT))
		return 0;
	told = eg_table_add(collection->probe->sockets, &sample->key);
	if (!told)
		return -ENOMEM;
	error = sample->totals.failed > told->failed && sample->error > 0 ? sample->error : 0;
	if (error)
		error = tell_error(collection, &sample->row, sample->error, 1);
	if (!error)
		error = tell(collection, &gain, told);
	if (sample->flags & EG_SOCKET_ENDED) {
		eg_table_remove(collection->probe->sockets, &sample->key);
		bpf_map_delete_elem(bpf_map__fd(skeleton->maps.eg_closed), &sample->key);
		bpf_map_delete_elem(bpf_map__fd(skeleton->maps.eg_named), &sample->key);
	}
	return error;
}

static int tell_samples(struct collection *collection)
{
	void *sample;
	int error = 0;

	for (size_t i = 0; !error && i < eg_table_count(collection->samples); i++) {
		eg_table_entry(collection->samples, i, &sample);
		error = tell_sample(collection, sample);
	}
	return error;
}

/* Failures for which the kernel shows no errno, or had no room to note one. */
static int tell_unknown_failures(struct collection *collection)
{
	const struct eg_flow_key *row;
	void *failures;
	int error = 0;

	for (size_t i = 0; !error && i < eg_table_count(collection->failures); i++) {
		row = eg_table_entry(collection->failures, i, &failures);
		if (*(int64_t *)failures > 0)
			error = tell_error(collection, row, 0, (uint64_t) * (int64_t *)failures);
	}
	return error;
}

static int collect(struct collection *collection)
{
	const struct egret_bpf *skeleton = collection->probe->skeleton;
	int error = sweep_all(collection);

	if (error)
		return error;
	wait_for_programs();
	error = each_entry(skeleton->maps.eg_errors, error_entry, collection);
	if (!error)
		error = each_entry(skeleton->maps.eg_flows, flow_entry, collection);
	if (!error)
		error = each_entry(skeleton->maps.eg_overflow, overflow_entry, collection);
	if (!error)
		error = each_entry(skeleton->maps.eg_sockets, confirm, collection);
	if (!error)
		error = each_entry(skeleton->maps.eg_closed, closed_entry, collection);
	if (!error)
		error = each_entry(skeleton->maps.eg_named, closed_entry, collection);
	if (!error)
		error = tell_samples(collection);
	if (!error)
		error = tell_errors(collection);
	if (!error)
		error = tell_unknown_failures(collection);
	if (!error && !collection->last)
		evict_idle(collection->probe);
	return error;
}

int eg_probe_collect(struct eg_probe *probe, bool last,
		     int (*gain)(const struct eg_gain *gain, void *data), void *data)
{
	struct collection collection = { .probe = probe, .last = last, .gain = gain, .data = data };
	int error;

	collection.samples = eg_table_new(sizeof(struct eg_sample_key), sizeof(struct eg_sample));
	collection.failures = eg_table_new(sizeof(struct eg_flow_key), sizeof(int64_t));
	collection.errors = eg_table_new(sizeof(struct eg_error_key), sizeof(uint64_t));
	error = collection.samples && collection.failures && collection.errors
			? collect(&collection)
			: -ENOMEM;
	eg_table_free(collection.samples);
	eg_table_free(collection.failures);
	eg_table_free(collection.errors);
	return error;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is said of a name on a TCP stream: pieces put together, whichever protocol it is. */
#include "streams.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connections.h"
#include "http.h"
#include "recent.h"
#include "starttls.h"
#include "tls.h"

/* --- protocols --- */

static int tls_name(const uint8_t *bytes, size_t size, struct eg_stream_name *ret_name)
{
	struct eg_tls_hello hello;
	int r = eg_tls_parse_records(bytes, size, &hello);

	if (r < 0)
		return r;
	ret_name->source = EG_NAME_TLS_SNI;
	ret_name->ech = hello.ech;
	memcpy(ret_name->name, hello.name, sizeof(hello.name));
	return 0;
}

/* A tunnel's end is named in its request, and better by what then goes through it. */
static int http_name(const uint8_t *bytes, size_t size, struct eg_stream_name *ret_name)
{
	struct eg_http_request request;
	int r = eg_http_parse(bytes, size, &request);

	if (r < 0)
		return r;
	ret_name->source = EG_NAME_HTTP_HOST;
	memcpy(ret_name->name, request.name, sizeof(request.name));
	if (!request.connect)
		return 0;
	if (size == request.head_size)
		return -EAGAIN;
	r = tls_name(bytes + request.head_size, size - request.head_size, ret_name);
	return r == -EBADMSG ? 0 : r;
}

int eg_stream_name(const uint8_t *bytes, size_t size, struct eg_stream_name *ret_name)
{
	struct eg_stream_name name = { .name = "" };
	size_t offset;
	int r;

	if (eg_tls_begins(bytes, size)) {
		r = tls_name(bytes, size, &name);
	} else {
		r = http_name(bytes, size, &name);
		if (r == -EBADMSG) {
			r = eg_starttls_find(bytes, size, &offset);
			if (r == 0)
				r = tls_name(bytes + offset, size - offset, &name);
		}
	}
	*ret_name = name;
	return r;
}

/* --- pieces --- */

struct key {
	struct eg_sample_key socket;
	uint64_t sent;
};

struct stream {
	uint8_t *bytes;
	size_t size, room;
	size_t begin; /* of the bytes, in the stream */
	uint64_t kept_ns;
};

struct eg_streams {
	struct eg_recent *streams; /* struct key -> struct stream */
};

/* Of payload nothing stays behind, in memory that is free neither. */
static void wipe(struct stream *stream)
{
	if (stream->bytes)
		explicit_bzero(stream->bytes, stream->room);
	free(stream->bytes);
	stream->bytes = NULL;
	stream->size = stream->room = 0;
}

static void release(void *value)
{
	wipe(value);
}

struct eg_streams *eg_streams_new(void)
{
	struct eg_streams *streams = calloc(1, sizeof(*streams));

	if (!streams)
		return NULL;
	streams->streams =
		eg_recent_new(sizeof(struct key), sizeof(struct stream), EG_STREAMS_MAX, release);
	if (streams->streams)
		return streams;
	free(streams);
	return NULL;
}

void eg_streams_free(struct eg_streams *streams)
{
	if (!streams)
		return;
	eg_recent_free(streams->streams);
	free(streams);
}

static struct key key_of(const struct eg_payload *payload)
{
	return (struct key){ .socket = eg_connections_socket(payload),
			     .sent = !!(payload->flags & EG_PAYLOAD_SENT) };
}

static int grow(struct stream *stream, size_t size)
{
	size_t room = stream->room ? stream->room : 2048;
	size_t known = stream->size;
	uint8_t *larger;

	while (room < size)
		room *= 2;
	if (room <= stream->room)
		return 0;
	larger = malloc(room);
	if (!larger)
		return -ENOMEM;
	if (known)
		memcpy(larger, stream->bytes, known);
	wipe(stream);
	stream->bytes = larger;
	stream->size = known;
	stream->room = room;
	return 0;
}

static size_t end_of(const struct eg_payload *payload)
{
	return (size_t)payload->offset + payload->size;
}

int eg_streams_add(struct eg_streams *streams, const struct eg_payload *payload,
		   const uint8_t **ret_bytes, size_t *ret_size)
{
	struct key key = key_of(payload);
	struct stream *stream = eg_recent_find(streams->streams, &key);
	size_t end = end_of(payload), known;

	if (!stream && payload->offset)
		return -ENOENT;
	if (!stream) {
		*ret_bytes = payload->data;
		*ret_size = payload->size;
		return 0;
	}
	if (end <= stream->begin) /* sent again */
		return -ENOENT;
	known = stream->begin + stream->size;
	/* With a gap, or past what is looked at, nothing more can be read. */
	if (payload->offset > known || end - stream->begin > EG_STREAM_MAX ||
	    grow(stream, end - stream->begin) < 0) {
		eg_recent_remove(streams->streams, &key);
		return -ENOENT;
	}
	if (end > known) {
		memcpy(stream->bytes + stream->size, payload->data + (known - payload->offset),
		       end - known);
		stream->size = end - stream->begin;
	}
	*ret_bytes = stream->bytes;
	*ret_size = stream->size;
	return 0;
}

/* What has been read is not kept. */
static void drop_front(struct stream *stream, size_t size)
{
	size_t left = stream->size - size;

	stream->begin += size;
	if (!left) {
		wipe(stream);
		return;
	}
	memmove(stream->bytes, stream->bytes + size, left);
	explicit_bzero(stream->bytes + left, size);
	stream->size = left;
}

int eg_streams_keep(struct eg_streams *streams, uint64_t owner, const struct eg_payload *payload,
		    const uint8_t *bytes, size_t size)
{
	struct key key = key_of(payload);
	bool begun = eg_recent_find(streams->streams, &key);
	struct stream *stream = eg_recent_add(streams->streams, owner, &key);

	if (!stream)
		return -ENOMEM;
	stream->kept_ns = payload->header.time_ns;
	if (begun) {
		drop_front(stream, stream->size - size);
		return 0;
	}
	if (size && grow(stream, size) < 0) {
		eg_recent_remove(streams->streams, &key);
		return -ENOMEM;
	}
	if (size)
		memcpy(stream->bytes, bytes, size);
	stream->size = size;
	stream->begin = end_of(payload) - size;
	return 0;
}

void eg_streams_end(struct eg_streams *streams, const struct eg_payload *payload)
{
	struct key key = key_of(payload);

	eg_recent_remove(streams->streams, &key);
}

void eg_streams_forget(struct eg_streams *streams, const struct eg_sample_key *socket)
{
	for (uint64_t sent = 0; sent < 2; sent++) {
		const struct key key = { .socket = *socket, .sent = sent };

		eg_recent_remove(streams->streams, &key);
	}
}

/* One of which nothing is kept but where it goes on may rest. */
static bool is_idle(const void *value, const void *data)
{
	const struct stream *stream = value;
	const uint64_t *now_ns = data;

	return stream->size && *now_ns > stream->kept_ns + EG_STREAM_IDLE_NS;
}

void eg_streams_expire(struct eg_streams *streams, uint64_t now_ns)
{
	eg_recent_expire(streams->streams, is_idle, &now_ns);
}

size_t eg_streams_count(const struct eg_streams *streams)
{
	return eg_recent_count(streams->streams);
}

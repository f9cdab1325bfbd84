/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Printing: one file per format, all from the same walk over the model. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include <egret/flow.h>

enum eg_format {
	EG_FORMAT_AUTO,
	EG_FORMAT_TEXT,
	EG_FORMAT_JSON,
	EG_FORMAT_NDJSON,
	EG_FORMAT_CSV,
	EG_FORMAT_HTML,
	EG_FORMAT_PROMETHEUS,
	EG_FORMAT_COUNT,
};

/* "json" -> EG_FORMAT_JSON; -EINVAL for no format. */
int eg_format_parse(const char *name, enum eg_format *ret_format);
const char *eg_format_name(enum eg_format format);

struct eg_print_options {
	bool compact; /* JSON on one line (intervals) */
	bool color; /* text only */
	bool header; /* CSV: print the header line first */
	unsigned columns; /* text: width of the terminal, 80 when unknown */
	bool command_lines; /* print argument vectors */
};

/*
 * Prints the summary (contract sections 3 to 5). Documents are streamed: memory
 * does not grow with the number of rows. 0, -EOPNOTSUPP for a format that a
 * summary has not, or the -errno of the stream.
 */
int eg_print_summary(FILE *stream, enum eg_format format, const struct eg_summary *summary,
		     const struct eg_print_options *options);

/*
 * Writes through `print` into a file that appears under its name only when it
 * is whole: temporary file beside it, fsync, rename. One that it replaces hands
 * its mode on and, where that is permitted, its owner. 0 or -errno; on failure
 * nothing is left behind.
 */
int eg_write_atomically(const char *path, int (*print)(FILE *stream, void *data), void *data);
/*
 * The same for the file `name` in a directory that is open, with the mode given
 * whatever the umask is; what was there by this name, link or not, is replaced.
 */
int eg_write_atomically_at(int directory, const char *name, mode_t mode,
			   int (*print)(FILE *stream, void *data), void *data);

/* The JSON Schema of a document (contract: `egret schema NAME`); NULL: no such name. */
const char *eg_schema_text(const char *name);
/* Names in order of the contract, NULL-terminated. */
const char *const *eg_schema_names(void);

/* --- report: the summary of a period out of the history --- */

/* When nothing was recorded. */
struct eg_missed {
	struct eg_period period;
	char *reason; /* NULL: unknown */
};

/* What an app sent and received in each step of a timeline. */
struct eg_series {
	char *app; /* its id */
	struct eg_bytes *bytes; /* as many as there are steps; NULL: nothing */
};

struct eg_timeline {
	int64_t start, step; /* ns */
	size_t steps;
	struct eg_series *series;
	size_t series_count;
};

struct eg_diff;

/* Owns nothing. */
struct eg_report {
	struct eg_period asked; /* what the summary was asked for */
	const struct eg_summary *summary;
	const struct eg_missed *missed; /* what of it was not recorded, in order of time */
	size_t missed_count;
	bool redacted; /* names, paths and addresses were replaced */
	/* For html only; NULL: not known. */
	const struct eg_timeline *timeline;
	const struct eg_diff *diff; /* from the period before to this one */
};

/*
 * EG_FORMAT_JSON is egret.report/1, text and csv are the summary's; text tells what
 * was not recorded; EG_FORMAT_HTML is a page for a browser, where eg_html_exists().
 * 0, -EOPNOTSUPP for other formats, -ENOMEM, or the -errno of the stream.
 */
int eg_print_report(FILE *stream, enum eg_format format, const struct eg_report *report,
		    const struct eg_print_options *options);

/* Whether this build has HTML: it needs what `make report-ui` makes. */
bool eg_html_exists(void);

/* --- metrics: counters of everything since they were made (contract section 4) --- */
/*
 * What Prometheus reads again and again: no counter is ever smaller than it was,
 * none goes away, and all of a metric add up to what was added. The number of
 * label sets is bounded: those come in as they are first seen, the largest of an
 * interval first, and stay; what finds no room is summed up under "_other", for
 * its app where that one has found room, and is never moved from there.
 *
 * Prometheus can't tell what a counter has counted before it first saw it. So that
 * an app's first bytes, often all it ever sends, are not left out of each rate and
 * increase, a new label set is printed with 0 for its first `held` intervals, and
 * only then with all that has come since.
 */
struct eg_metrics;

/* NULL: out of memory. */
struct eg_metrics *eg_metrics_new(unsigned held);
void eg_metrics_free(struct eg_metrics *metrics);
/* Adds an interval. 0; -ENOMEM: added in part. */
int eg_metrics_add(struct eg_metrics *metrics, const struct eg_summary *summary);
/* Whether the last interval is missing in the history. */
void eg_metrics_set_unwritten(struct eg_metrics *metrics, bool unwritten);
/* There will be no more: nothing is held back. */
void eg_metrics_finish(struct eg_metrics *metrics);
/* All of them, in Prometheus' text format. 0 or the -errno of the stream. */
int eg_metrics_print(FILE *stream, const struct eg_metrics *metrics);

/* --- trace (contract section 4) --- */
enum eg_trace_kind {
	EG_TRACE_PROCESS, /* a process touches a socket for the first time */
	EG_TRACE_CONNECT, /* an attempt begins (EG_RESULT_PENDING), or has ended */
	EG_TRACE_ACCEPT,
	EG_TRACE_CLOSE,
	EG_TRACE_NAME,
	EG_TRACE_LOSS,
	EG_TRACE_COUNT,
};

enum eg_trace_result { EG_RESULT_PENDING, EG_RESULT_OK, EG_RESULT_ERROR };

/* One thing that happened. It owns nothing that it points to; NULL: unknown. */
struct eg_trace_event {
	enum eg_trace_kind kind;
	int64_t time; /* CLOCK_REALTIME ns, as all times here */
	const char *app_id, *app_kind; /* all but LOSS, and the three below */
	const char *app_trust, *app_via, *app_flag;
	const struct eg_process_info *process; /* all but LOSS; PROCESS prints all of it */
	bool command_line; /* PROCESS: print the argument vector */
	uint64_t socket; /* cookie; 0: unknown */
	struct eg_destination_key key; /* CONNECT, ACCEPT, CLOSE, NAME */
	struct eg_place place; /* of the key's address */
	enum eg_trace_result result; /* CONNECT */
	int error; /* EG_RESULT_ERROR: positive errno, 0 unknown */
	struct eg_bytes bytes; /* CLOSE, and the two below */
	int64_t duration; /* ns since the connection began; negative: unknown */
	uint32_t rtt_min_us; /* 0: not measured */
	const char *name, *source, *confidence; /* NAME */
	const char *reason; /* LOSS: `count` were lost between `from` and `to` */
	uint64_t count;
	int64_t from, to;
};

/* One line of egret.trace/1. 0 or the -errno of the stream. */
int eg_print_trace_event(FILE *stream, const struct eg_trace_event *event);

/* --- doctor --- */
enum eg_check_status {
	EG_CHECK_OK,
	EG_CHECK_UNTRIED, /* only root can try */
	EG_CHECK_DEGRADED, /* works in part */
	EG_CHECK_MISSING, /* not on this machine; egret goes on without it */
	EG_CHECK_FAILED, /* needed and not there: nothing can be traced */
	EG_CHECK_COUNT,
};

/* One thing that was tried. Owns nothing. */
struct eg_check {
	const char *name; /* "BTF", "hook connect4" */
	enum eg_check_status status;
	const char *detail; /* what was found; NULL: nothing to say */
	const char *affects; /* what is not seen because of it; NULL: nothing */
	bool optional; /* a part of the build: its absence says nothing of the machine */
};

struct eg_doctor {
	const char *kernel; /* release */
	const struct eg_check *checks;
	size_t checks_count;
};

/*
 * Prints what works here: EG_FORMAT_TEXT is a table of options->columns,
 * EG_FORMAT_JSON is egret.doctor/1. 0, -EOPNOTSUPP for other formats, or the
 * -errno of the stream.
 */
int eg_print_doctor(FILE *stream, enum eg_format format, const struct eg_doctor *doctor,
		    const struct eg_print_options *options);
/* The worst of all that isn't optional, and its name: "ok", "degraded", "missing", "failed". */
enum eg_check_status eg_doctor_status(const struct eg_doctor *doctor);
const char *eg_check_status_name(enum eg_check_status status);

/* --- app --- */
struct eg_identity;

/* Which app a process is. Owns nothing. */
struct eg_app_answer {
	const struct eg_identity *identity;
	uint32_t pid; /* 0: unknown */
	int64_t start; /* CLOCK_REALTIME ns; 0: unknown */
	uint32_t uid; /* in the initial user namespace */
	bool has_uid;
};

/*
 * Prints one answer: EG_FORMAT_TEXT a few lines, EG_FORMAT_JSON and
 * EG_FORMAT_NDJSON (always on one line) egret.app/1. 0, -EOPNOTSUPP for other
 * formats, or the -errno of the stream.
 */
int eg_print_app(FILE *stream, enum eg_format format, const struct eg_app_answer *answer,
		 const struct eg_print_options *options);

/* --- explain --- */
/* Something that somebody says of a destination. Owns nothing; NULL: unknown. */
struct eg_claim {
	const char *about; /* the address or name that it is about */
	const char *topic; /* "country", "operator", "name", "app", ... */
	const char *value; /* NULL: nobody knows */
	const char *source; /* who says so */
	const char *certainty; /* how sure that is: "registry", "corroborated", "measured", ... */
	const char *detail;
	int64_t as_of; /* CLOCK_REALTIME ns, 0: unknown */
};

struct eg_explanation {
	const char *destination;
	int64_t now; /* what ages are counted from */
	bool searched; /* in a summary, of which `rows` are about the destination */
	uint64_t rows;
	uint64_t omitted; /* claims for which there was no room */
	const struct eg_claim *claims;
	size_t claims_count;
};

/*
 * Prints what is said of a destination, with its source, certainty and age:
 * EG_FORMAT_TEXT or EG_FORMAT_JSON (egret.explain/1). 0, -EOPNOTSUPP for other
 * formats, or the -errno of the stream.
 */
int eg_print_explanation(FILE *stream, enum eg_format format,
			 const struct eg_explanation *explanation,
			 const struct eg_print_options *options);

/* --- check --- */
/* What breaks a rule: a row, or what an app has sent or received in a day. Owns nothing. */
struct eg_finding {
	const char *rule, *description; /* description NULL: none */
	const char *broken; /* "not.countries", "max_sent_per_day", ... */
	const char *app_id, *app_name, *app_trust, *app_via, *app_flag;
	const struct eg_destination *row; /* NULL: it is a limit that is broken */
	struct eg_period period; /* of a limit, and the two below */
	uint64_t bytes, limit;
};

struct eg_verdict {
	const char *policy; /* where it was read */
	uint64_t rules;
	struct eg_period period; /* that was checked */
	const struct eg_host *host; /* NULL: several, or unknown */
	enum eg_completeness completeness; /* of what was checked */
	const struct eg_finding *findings; /* in the order of the rules */
	size_t findings_count;
	uint64_t omitted; /* findings for which there was no room */
	const struct eg_summary *summary; /* that was checked: by which databases */
};

/*
 * Prints what breaks the rules: EG_FORMAT_TEXT or EG_FORMAT_JSON (egret.check/1).
 * 0, -EOPNOTSUPP for other formats, or the -errno of the stream.
 */
int eg_print_verdict(FILE *stream, enum eg_format format, const struct eg_verdict *verdict,
		     const struct eg_print_options *options);

/* --- diff --- */
struct eg_diff;

struct eg_comparison {
	struct eg_period before, after; /* that were asked for */
	const struct eg_summary *old, *new; /* what was recorded in them */
	const struct eg_diff *diff; /* from the one to the other */
};

/*
 * Prints what is new: EG_FORMAT_TEXT or EG_FORMAT_JSON (egret.diff/1). 0,
 * -EOPNOTSUPP for other formats, or the -errno of the stream.
 */
int eg_print_comparison(FILE *stream, enum eg_format format, const struct eg_comparison *comparison,
			const struct eg_print_options *options);

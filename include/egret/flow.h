/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The model: who sent how much where in a period, and what is not known about it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A summary is a plain value. Tracing fills it, a file is read into it, several
 * are merged into one; every output format is printed from it. It owns all it
 * points to. Times are CLOCK_REALTIME nanoseconds (int64_t, 0: unknown), bytes
 * are payload (contract section 2), texts are NUL-terminated bytes as they were
 * found (escaping is the printer's work); NULL text: unknown.
 */

enum eg_by { EG_BY_APP, EG_BY_PROGRAM, EG_BY_PROCESS, EG_BY_CONTAINER, EG_BY_USER, EG_BY_COUNT };

enum eg_scope {
	EG_SCOPE_UNKNOWN, /* no address */
	EG_SCOPE_INTERNET,
	EG_SCOPE_PRIVATE,
	EG_SCOPE_CGNAT,
	EG_SCOPE_LINK_LOCAL,
	EG_SCOPE_MULTICAST,
	EG_SCOPE_BROADCAST,
	EG_SCOPE_DOCUMENTATION,
	EG_SCOPE_LOOPBACK,
	EG_SCOPE_HOST, /* another address of the same network namespace */
	EG_SCOPE_COUNT,
};

enum eg_tristate { EG_UNKNOWN = 0, EG_NO, EG_YES };

struct eg_bytes {
	uint64_t sent;
	uint64_t received;
};

/* What bytes, connections and times add up to; the same at every level. */
struct eg_counters {
	struct eg_bytes bytes;
	uint64_t connections;
	uint64_t failed;
	int64_t first_seen;
	int64_t last_seen;
};

/* Number of failed connections by errno; `number` 0 is "unknown". */
struct eg_error_count {
	int number;
	uint64_t count;
};

/* One candidate name of a destination. */
struct eg_name {
	char *name;
	char *source; /* contract: domain_source */
	char *confidence; /* contract: domain_confidence */
	uint64_t connections;
	struct eg_bytes bytes;
};

/* What is known about few destinations only, so that a row stays small. */
struct eg_detail {
	struct eg_error_count *errors;
	size_t errors_count;
	char *domain, *domain_source, *domain_confidence, *registered_domain;
	struct eg_name *names;
	size_t names_count;
};

/*
 * Where a destination is, who runs it and whose it is. Far fewer than rows: those
 * of which the same is known share one, which belongs to the summary.
 */
struct eg_place {
	char *country, *country_basis;
	char *as_organization, *as_country;
	char *owner_name, *owner_country, *owner_source;
	uint32_t as_number; /* 0: unknown */
	enum eg_tristate anycast;
};

/* A row's key within its app. */
struct eg_destination_key {
	uint8_t ip[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint16_t port; /* host byte order */
	uint16_t transport; /* IP protocol number or EG_TRANSPORT_* of abi.h */
	uint8_t direction; /* enum eg_direction of abi.h */
	bool has_ip;
	bool has_port;
	bool overflow; /* then all of the above are unknown */
};

struct eg_destination {
	struct eg_destination_key key;
	uint8_t scope; /* enum eg_scope */
	bool excluded; /* private to user/flow: taken out by eg_summary_exclude() */
	uint32_t rtt_min_us; /* 0: not measured */
	struct eg_counters counters;
	struct eg_detail *detail; /* NULL: nothing of it known */
	const struct eg_place *place; /* NULL: nothing of it known, or never asked */
};

/* One process that sent or received for an app. */
struct eg_process_info {
	int64_t start; /* realtime ns */
	uint32_t pid, ppid;
	uint32_t uid;
	/*
	 * After a merge: how many of the merged summaries list this process (0:
	 * one). Printed where it is above one, as `summaries`, since without it
	 * processes_omitted of a later merge would depend on the order.
	 */
	uint32_t summaries;
	bool has_uid, has_ppid;
	char *comm, *executable, *cgroup, *component;
	char **command_line; /* NULL-terminated list; NULL: not known or not wanted */
};

/* Copies all that it points to; free it with eg_process_free(). 0 or -ENOMEM. */
int eg_process_copy(const struct eg_process_info *process, struct eg_process_info *ret_copy);
/* Frees what it points to, not itself. */
void eg_process_free(struct eg_process_info *process);

#define EG_PROCESSES_MAX 64 /* per app; the rest is counted (contract section 3) */

#define EG_APP_OVERFLOW "unknown:overflow"

struct eg_app {
	char *id; /* identity.md 1.4, already percent-encoded */
	char *kind, *name, *trust, *via, *flag;
	uint32_t *users;
	size_t users_count;
	struct eg_process_info *processes;
	size_t processes_count;
	uint64_t processes_omitted;
	struct eg_table *processes_seen; /* private to user/flow */
	struct eg_counters counters; /* sums of the destinations, kept by flow */
	struct eg_destination_table *destinations; /* private to user/flow */
};

struct eg_host {
	char *id, *name, *kernel;
};

struct eg_period {
	int64_t start, end;
};

struct eg_database {
	char *name, *built, *license;
	char **fields; /* NULL-terminated */
};

/* Reasons why something was lost; a reason may be added, never removed. */
struct eg_loss_count {
	char *reason;
	uint64_t count;
};

enum eg_excluded { EG_EXCLUDED_LOOPBACK, EG_EXCLUDED_HOST, EG_EXCLUDED_FILTER, EG_EXCLUDED_COUNT };

/* attributed, kernel, unattributed and overflow are computed from the apps. */
struct eg_ledger {
	struct eg_bytes excluded[EG_EXCLUDED_COUNT];
	struct eg_loss_count *lost;
	size_t lost_count;
	char **degraded; /* NULL-terminated, one plain sentence each */
};

struct eg_summary {
	enum eg_by by;
	struct eg_host *hosts; /* one for a trace, any number after a merge */
	size_t hosts_count;
	struct eg_period period; /* hull of `periods` */
	struct eg_period *periods;
	size_t periods_count;
	bool merged; /* print hosts[] and periods[] */
	struct eg_database *databases;
	size_t databases_count;
	struct eg_ledger ledger;
	struct eg_app_table *apps; /* private to user/flow */
	size_t apps_count;
	struct eg_place_pool *places; /* private to user/flow */
};

/* Totals as the contract's `totals` and `ledger` print them. */
struct eg_totals {
	struct eg_bytes bytes, via;
	struct eg_bytes carried; /* the part of `via` that others have sent before */
	uint64_t connections, failed;
	uint64_t apps;
	uint64_t destinations; /* distinct rows, overflow rows not counted */
	struct eg_bytes attributed, kernel, unattributed, overflow;
	bool complete;
};

/* How much of what there was in its period a summary has. */
enum eg_completeness {
	EG_COMPLETE, /* all of it */
	EG_INCOMPLETE, /* something was lost */
	EG_EMPTY, /* none: nobody recorded, which says nothing of what there was */
};

/* A new, empty summary; NULL: out of memory. Free with eg_summary_free(). */
struct eg_summary *eg_summary_new(enum eg_by by);
void eg_summary_free(struct eg_summary *summary);
/* Takes so many new rows from here on, any number at first; the rest is in overflow rows. */
void eg_summary_limit_rows(struct eg_summary *summary, uint64_t rows);
/* Takes so many apps, any number at first; those that come later are one, EG_APP_OVERFLOW. */
void eg_summary_limit_apps(struct eg_summary *summary, size_t apps);

/*
 * The app with this id, made if it is new, or the overflow app, whose texts
 * are set, where the summary takes no new ones. ret_app stays valid, and its
 * address the same, until the summary is freed; texts are set with
 * eg_app_describe(). Returns 0 or -ENOMEM.
 */
int eg_summary_app(struct eg_summary *summary, const char *id, struct eg_app **ret_app);
bool eg_app_is_overflow(const struct eg_app *app);

/* Sets the app's texts, copying them; NULL leaves one unknown. 0 or -ENOMEM. */
int eg_app_describe(struct eg_app *app, const char *kind, const char *name, const char *trust,
		    const char *via, const char *flag);

/*
 * The same for one of several processes that are the app: what they are trusted
 * for is what the least trusted is; `via` stands only if all their bytes are
 * others'; a contradiction in one of them is named. 0 or -ENOMEM.
 */
int eg_app_join(struct eg_app *app, const char *kind, const char *name, const char *trust,
		const char *via, const char *flag);

/* Adds a user id once. 0 or -ENOMEM. */
int eg_app_add_user(struct eg_app *app, uint32_t uid);

/*
 * Adds a process, taking over what `process` points to (also on failure).
 * The same (pid, start) twice is one process: the later texts win. Past
 * EG_PROCESSES_MAX the one that sorts last by (start, pid) is counted in
 * processes_omitted instead. 0 or -ENOMEM.
 */
int eg_app_add_process(struct eg_app *app, struct eg_process_info *process);

/*
 * This process, start in ns as in eg_process_info, will not be added again:
 * frees what an omitted one is known by. Lists and counts stay as they are.
 */
void eg_app_forget_process(struct eg_app *app, int64_t start, uint32_t pid);

/*
 * Adds counters to the row with this key, made if it is new; sums, minima and
 * maxima as the contract's merge does, and the same into app->counters. The
 * returned row stays valid, and its address the same, until the summary is
 * freed. 0 or -ENOMEM (then nothing was added).
 */
int eg_app_add(struct eg_app *app, const struct eg_destination_key *key,
	       const struct eg_counters *counters, uint32_t rtt_min_us,
	       struct eg_destination **ret_destination);

/* The row's detail, made empty if there is none; NULL: out of memory. */
struct eg_detail *eg_destination_detail(struct eg_destination *destination);

/*
 * Says where the app's row is, in place of what was said before. The texts are
 * copied, once per summary. 0 or -ENOMEM (then nothing has changed).
 */
int eg_app_set_place(struct eg_app *app, struct eg_destination *row, const struct eg_place *place);
/* What is known of the row's place; one that says nothing where it has none. */
const struct eg_place *eg_destination_place(const struct eg_destination *destination);

/*
 * Adds to a candidate name of the row, made if there is none with the same
 * three texts, which are copied. 0 or -ENOMEM.
 */
int eg_destination_add_name(struct eg_destination *destination, const char *name,
			    const char *source, const char *confidence, uint64_t connections,
			    const struct eg_bytes *bytes);

/* Calls back for every row, in no order. A negative return stops and is returned. */
int eg_summary_each(struct eg_summary *summary,
		    int (*call_row)(struct eg_app *app, struct eg_destination *row, void *data),
		    void *data);

/* Counts failed connections by errno in the row's detail. 0 or -ENOMEM. */
int eg_destination_add_error(struct eg_destination *destination, int number, uint64_t count);

/* Adds to a reason's count, made if new. 0 or -ENOMEM. */
int eg_ledger_add_lost(struct eg_ledger *ledger, const char *reason, uint64_t count);
/* Adds a sentence once. 0 or -ENOMEM. */
int eg_ledger_add_degraded(struct eg_ledger *ledger, const char *sentence);

struct eg_totals eg_summary_totals(const struct eg_summary *summary);
enum eg_completeness eg_summary_completeness(const struct eg_summary *summary);

/*
 * Calls back in the contract's order (section 3): apps by bytes sent, bytes
 * received, id; rows, processes and names inside. Where the contract is silent,
 * IPv4 comes before IPv6, and transport and direction go by their names. A
 * callback may be NULL; a negative return stops and is returned; -ENOMEM.
 */
struct eg_visitor {
	int (*app_begin)(const struct eg_app *app, void *data);
	int (*process)(const struct eg_process_info *process, void *data);
	int (*destinations_begin)(const struct eg_app *app, void *data);
	int (*destination)(const struct eg_app *app, const struct eg_destination *destination,
			   void *data);
	int (*app_end)(const struct eg_app *app, void *data);
};
int eg_summary_walk(const struct eg_summary *summary, const struct eg_visitor *visitor, void *data);

/*
 * Adds `from`, another summary, to `into` (contract section 3, Merge):
 * associative and commutative. Texts that belong together (an app's, a row's
 * domain, country, operator or owner) are those of the larger last_seen, also
 * where these are unknown; of the process lists see user/flow/process.h.
 * -EINVAL: they differ in `by`; -ENOMEM: `into` is then partial.
 */
int eg_summary_merge(struct eg_summary *into, const struct eg_summary *from);

/*
 * The same for a summary that holds nothing but one row of one app, which is not
 * asked for its counters: id, texts and users. Nothing of it is kept. 0 or -ENOMEM.
 */
int eg_summary_merge_row(struct eg_summary *into, const struct eg_app *app,
			 const struct eg_destination *row);

/* Where and why a document could not be read. */
struct eg_read_error {
	size_t offset; /* byte in the file */
	char reason[200]; /* one line, no control bytes */
};

/*
 * Reads one egret.summary/1 document. Members that this version doesn't know
 * are ignored; what follows from the rows (sums, totals, the ledger's equation)
 * is counted anew and not believed. 0, -EINVAL with *ret_error filled, or
 * -ENOMEM. The caller frees *ret_summary.
 */
int eg_summary_read(const char *text, size_t size, struct eg_summary **ret_summary,
		    struct eg_read_error *ret_error);

/* The scope of an address (IANA special-purpose registries); pure. */
enum eg_scope eg_scope_of(const uint8_t ip[16]);
/*
 * Whether an address of the internet is where its registration says: not one that
 * a translator or tunnel makes of an IPv4 address (NAT64, 6to4, Teredo). Pure.
 */
bool eg_scope_is_located(const uint8_t ip[16]);

/* Contract names of the enums: "app", "internet", ... */
const char *eg_by_name(enum eg_by by);
const char *eg_scope_name(enum eg_scope scope);
/* "tcp", "udp", "ip-proto-47", ...; written into buffer, which is returned. */
const char *eg_transport_name(uint16_t transport, char buffer[static 16]);
/* The inverse; -EINVAL for no transport. */
int eg_transport_parse(const char *name, uint16_t *ret_transport);

/* Filters of the command line: shell patterns (fnmatch), any of a kind matches. */
struct eg_filter {
	const char **patterns[8]; /* NULL-terminated lists by enum eg_filter_field */
};
enum eg_filter_field {
	EG_FILTER_APP,
	EG_FILTER_USER,
	EG_FILTER_COUNTRY,
	EG_FILTER_OPERATOR,
	EG_FILTER_OWNER,
	EG_FILTER_DOMAIN,
	EG_FILTER_SCOPE,
	EG_FILTER_COUNT,
};

/* Whether a row matches the fields of the filter that are about rows. */
bool eg_filter_row(const struct eg_filter *filter, const struct eg_destination *row);

/*
 * Takes out of the summary the rows that the contract leaves out: loopback and
 * host scopes (unless include_loopback), then what the filter does not match;
 * counts their bytes in ledger.excluded; drops (and frees) apps left without a
 * row. What each pattern is held against: egret/filter.h. A NULL filter
 * matches everything. 0 or -ENOMEM (then nothing has changed).
 */
int eg_summary_exclude(struct eg_summary *summary, bool include_loopback,
		       const struct eg_filter *filter);

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What people read about an app or a row, in the same words wherever it is shown. */
#pragma once

#include <egret/cell.h>
#include <egret/flow.h>

#define EG_LABEL_ANYCAST "any" /* in place of a country */

/*
 * Each fills in a cell, which the caller frees; what is unknown leaves it empty.
 * 0 or -ENOMEM.
 */
/* Domain, else address: "log.example.com", "(addresses lost)". */
int eg_label_destination(const struct eg_destination *row, struct eg_cell *ret_cell);
/* "443/tcp", "22/tcp in", "icmp". */
int eg_label_port(const struct eg_destination *row, struct eg_cell *ret_cell);
/* Who runs the other side; where that can't be anybody on the internet, what it is. */
int eg_label_operator(const struct eg_destination *row, struct eg_cell *ret_cell);
int eg_label_country(const struct eg_destination *row, struct eg_cell *ret_cell);
/* "Video  android:waydroid/com.example.video  via relay", raw, malloc'ed; NULL: no memory. */
char *eg_label_app(const struct eg_app *app);

/*
 * Writes what else is known of a row, and how; nothing where nothing is. Raw, but
 * that names which others choose are cut: "owner Example Holdings (CN); operator
 * registered in SG; name by tls_sni, corroborated". 0 or -ENOMEM.
 */
int eg_label_claims(FILE *stream, const struct eg_destination *row);

/* Failed connections by errno; the kinds that find no room are in `more`. */
#define EG_FAILURES 6
struct eg_failures {
	struct eg_error_count errors[EG_FAILURES];
	size_t count;
	uint64_t more;
};
void eg_failures_add(struct eg_failures *failures, const struct eg_destination *row);
/* Writes "failed 3 of 4: ECONNREFUSED 3". */
void eg_label_failures(FILE *stream, const struct eg_failures *failures,
		       const struct eg_counters *counters);

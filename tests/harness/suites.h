/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All tables of cases. */
#pragma once

#include <harness/test.h>

/* Each table ends with an empty entry; the list ends with NULL. */
extern const struct test_case *const suites[];
/* How many run at a time, and how long each may take, where options don't say. */
extern const unsigned suites_jobs, suites_timeout_s;

/* tests/bpf: one kind of socket each. */
extern const struct test_case tcp_connect_cases[], tcp_close_cases[], tcp_send_cases[];
extern const struct test_case tcp_fastopen_cases[], mptcp_cases[], io_uring_cases[];
extern const struct test_case tcp_load_cases[], tcp_firewall_cases[], udp_cases[],
	udp_offload_cases[];
extern const struct test_case icmp_cases[], raw_cases[], sctp_cases[], packet_cases[];
/* tests/net: whole situations. */
extern const struct test_case ownership_cases[], older_cases[], process_cases[];
extern const struct test_case executable_cases[], storm_cases[], command_cases[],
	command_end_cases[];
extern const struct test_case option_cases[], output_cases[], interval_cases[];
extern const struct test_case namespace_cases[], trace_cases[], trace_filter_cases[],
	listener_cases[], filter_cases[], record_cases[], program_cases[], capture_cases[],
	app_cases[], android_cases[], android_netd_cases[], script_cases[], sandbox_cases[],
	place_cases[], question_cases[], name_cases[], resolver_cases[], asker_cases[],
	resolved_cases[], handshake_cases[], quic_cases[], refused_cases[], foreign_cases[],
	hostile_cases[], lxc_cases[], podman_cases[], scope_cases[], impostor_cases[],
	packaged_cases[], relay_cases[];

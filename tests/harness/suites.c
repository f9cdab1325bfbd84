/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The order in which the tables of cases run: from the simple to the large. */
#include <harness/suites.h>

const unsigned suites_jobs = 2, suites_timeout_s = 60;
const struct test_case *const suites[] = {
	tcp_connect_cases,  tcp_close_cases,	tcp_send_cases,
	tcp_fastopen_cases, io_uring_cases,	mptcp_cases,
	tcp_load_cases,	    tcp_firewall_cases, udp_cases,
	udp_offload_cases,  icmp_cases,		raw_cases,
	sctp_cases,	    packet_cases,	ownership_cases,
	listener_cases,	    older_cases,	process_cases,
	executable_cases,   storm_cases,	command_cases,
	command_end_cases,  option_cases,	output_cases,
	interval_cases,	    trace_cases,	trace_filter_cases,
	filter_cases,	    record_cases,	namespace_cases,
	program_cases,	    capture_cases,	app_cases,
	android_cases,	    script_cases,	lxc_cases,
	podman_cases,	    packaged_cases,	scope_cases,
	impostor_cases,	    relay_cases,	sandbox_cases,
	place_cases,	    question_cases,	name_cases,
	resolver_cases,	    asker_cases,	resolved_cases,
	handshake_cases,    quic_cases,		refused_cases,
	foreign_cases,	    hostile_cases,	NULL,
};

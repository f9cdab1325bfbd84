/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret.trace/1: each kind of event on its line. */
#include "sample.h"

static char executable[] = "/usr/bin/curl", comm[] = "curl", url[] = "http://x/";
static char *arguments[] = { executable, url, NULL };
static struct eg_process_info process = {
	.start = SAMPLE_START,
	.pid = 42,
	.ppid = 1,
	.uid = 1000,
	.has_uid = true,
	.has_ppid = true,
	.comm = comm,
	.executable = executable,
	.command_line = arguments,
};

#define APP                                                                                        \
	"\"app\":{\"id\":\"exe:/usr/bin/curl\",\"kind\":\"program\",\"trust\":\"user\","           \
	"\"via\":\"relay\",\"flag\":\"memfd\"},"
#define PROCESS                                                                                    \
	"\"process\":{\"pid\":42,\"start\":\"2026-11-23T10:00:00.000000000Z\","                    \
	"\"executable\":\"/usr/bin/curl\"},"
#define HEAD "{\"schema\":\"egret.trace/1\",\"time\":\"2026-11-23T10:00:30.000000000Z\","
#define SOCKET                                                                                     \
	APP PROCESS "\"socket\":\"18446744073709551615\",\"ip\":\"203.0.113.1\",\"port\":443,"     \
		    "\"transport\":\"tcp\",\"direction\":\"outbound\","                            \
		    "\"country\":\"SG\",\"country_basis\":\"registry\",\"anycast\":false,"         \
		    "\"as\":{\"number\":64500,\"organization\":null,\"country\":null}"

static char country[] = "SG", basis[] = "registry";

static struct eg_trace_event make_event(enum eg_trace_kind kind)
{
	return (struct eg_trace_event){
		.kind = kind,
		.time = SAMPLE_END,
		.app_id = "exe:/usr/bin/curl",
		.app_kind = "program",
		.app_trust = "user",
		.app_via = "relay",
		.app_flag = "memfd",
		.process = &process,
		.socket = UINT64_MAX,
		.key = sample_key("203.0.113.1", 443, IPPROTO_TCP),
		.place = { .country = country,
			   .country_basis = basis,
			   .anycast = EG_NO,
			   .as_number = 64500 },
		.duration = -1,
	};
}

static void assert_printed(const struct eg_trace_event *event, const char *expected)
{
	_cleanup_(eg_freep) char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(eg_print_trace_event(stream, event), 0);
	fclose(stream);
	assert_string_equal(text, expected);
}

static void prints_processes_whole(void **state)
{
	struct eg_trace_event event = make_event(EG_TRACE_PROCESS);

	(void)state;
	event.command_line = true;
	assert_printed(&event,
		       HEAD "\"event\":\"process\"," APP "\"process\":{\"pid\":42,\"ppid\":1,"
			    "\"start\":\"2026-11-23T10:00:00.000000000Z\",\"comm\":\"curl\","
			    "\"executable\":\"/usr/bin/curl\","
			    "\"command_line\":[\"/usr/bin/curl\",\"http://x/\"],\"uid\":1000,"
			    "\"cgroup\":null,\"component\":null}}\n");
	event.command_line = false;
	event.process = NULL;
	assert_printed(&event, HEAD "\"event\":\"process\"," APP "\"process\":null}\n");
}

static void prints_how_an_attempt_ended(void **state)
{
	struct eg_trace_event event = make_event(EG_TRACE_CONNECT);

	(void)state;
	assert_printed(&event, HEAD "\"event\":\"connect\"," SOCKET ",\"result\":null}\n");
	event.result = EG_RESULT_OK;
	assert_printed(&event, HEAD "\"event\":\"connect\"," SOCKET ",\"result\":\"ok\"}\n");
	event.result = EG_RESULT_ERROR;
	assert_printed(&event, HEAD "\"event\":\"connect\"," SOCKET ",\"result\":\"unknown\"}\n");
	event.error = ECONNREFUSED;
	assert_printed(&event,
		       HEAD "\"event\":\"connect\"," SOCKET ",\"result\":\"ECONNREFUSED\"}\n");
}

static void prints_what_is_unknown_as_null(void **state)
{
	struct eg_trace_event event = { .kind = EG_TRACE_ACCEPT, .time = SAMPLE_END };

	(void)state;
	event.key.overflow = true;
	assert_printed(&event, HEAD
		       "\"event\":\"accept\",\"app\":{\"id\":null,\"kind\":null,\"trust\":null,"
		       "\"via\":null,\"flag\":null},"
		       "\"process\":null,\"socket\":null,\"ip\":null,\"port\":null,"
		       "\"transport\":null,\"direction\":null,\"country\":null,"
		       "\"country_basis\":null,\"anycast\":null,\"as\":null}\n");
}

static void prints_what_a_connection_came_to(void **state)
{
	struct eg_trace_event event = make_event(EG_TRACE_CLOSE);

	(void)state;
	assert_printed(&event, HEAD "\"event\":\"close\"," SOCKET
				    ",\"bytes_sent\":0,\"bytes_received\":0,\"duration_us\":null,"
				    "\"rtt_min_us\":null}\n");
	event.bytes = (struct eg_bytes){ .sent = 5, .received = 6 };
	event.duration = 1999;
	event.rtt_min_us = 7;
	assert_printed(&event, HEAD "\"event\":\"close\"," SOCKET
				    ",\"bytes_sent\":5,\"bytes_received\":6,\"duration_us\":1,"
				    "\"rtt_min_us\":7}\n");
}

static void prints_names_and_losses(void **state)
{
	struct eg_trace_event event = make_event(EG_TRACE_NAME);

	(void)state;
	event.name = "evil\033.example";
	event.source = "tls_sni";
	event.confidence = "observed";
	assert_printed(&event, HEAD "\"event\":\"name\"," SOCKET
				    ",\"name\":\"evil\\\\x1b.example\",\"source\":\"tls_sni\","
				    "\"confidence\":\"observed\"}\n");
	event = (struct eg_trace_event){
		.kind = EG_TRACE_LOSS,
		.time = SAMPLE_END,
		.reason = "ring_full",
		.count = 3,
		.from = SAMPLE_START,
		.to = SAMPLE_END,
	};
	assert_printed(&event, HEAD "\"event\":\"loss\",\"reason\":\"ring_full\",\"count\":3,"
				    "\"from\":\"2026-11-23T10:00:00.000000000Z\","
				    "\"to\":\"2026-11-23T10:00:30.000000000Z\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_processes_whole),
		cmocka_unit_test(prints_how_an_attempt_ended),
		cmocka_unit_test(prints_what_is_unknown_as_null),
		cmocka_unit_test(prints_what_a_connection_came_to),
		cmocka_unit_test(prints_names_and_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

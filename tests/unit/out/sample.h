/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Summaries to print: an ordinary one, and one whose every text is out to do harm. */
#pragma once

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <egret/abi.h>
#include <egret/base.h>
#include <egret/flow.h>
#include <egret/ip.h>
#include <egret/out.h>

/* 2026-11-23T10:00:00Z */
#define SAMPLE_START (1795428000LL * NSEC_PER_SEC)
#define SAMPLE_END (SAMPLE_START + 30 * NSEC_PER_SEC)

/* --- building --- */

static inline struct eg_destination_key sample_key(const char *ip, int port, int transport)
{
	struct eg_destination_key key = { .transport = (uint16_t)transport };

	key.has_port = port >= 0;
	if (port >= 0)
		key.port = (uint16_t)port;
	if (!ip)
		return key;
	assert_int_equal(eg_ip_parse(ip, key.ip), 0);
	key.has_ip = true;
	return key;
}

static inline struct eg_counters sample_counters(uint64_t sent, uint64_t received,
						 uint64_t connections)
{
	return (struct eg_counters){
		.bytes = { .sent = sent, .received = received },
		.connections = connections,
		.first_seen = SAMPLE_START + 118203417,
		.last_seen = SAMPLE_START + 29 * NSEC_PER_SEC,
	};
}

static inline struct eg_app *sample_app(struct eg_summary *summary, const char *id,
					const char *kind, const char *name)
{
	struct eg_app *app;

	assert_int_equal(eg_summary_app(summary, id, &app), 0);
	assert_int_equal(eg_app_describe(app, kind, name, "kernel", NULL, NULL), 0);
	return app;
}

static inline struct eg_destination *sample_row(struct eg_app *app, struct eg_destination_key key,
						struct eg_counters counters)
{
	struct eg_destination *row;

	assert_int_equal(eg_app_add(app, &key, &counters, 0, &row), 0);
	row->scope = key.has_ip ? (uint8_t)eg_scope_of(key.ip) : EG_SCOPE_UNKNOWN;
	return row;
}

/* struct eg_place, of constants. */
struct sample_place {
	const char *country, *country_basis;
	const char *as_organization, *as_country;
	const char *owner_name, *owner_country, *owner_source;
	uint32_t as_number;
	enum eg_tristate anycast;
};
_Static_assert(sizeof(struct sample_place) == sizeof(struct eg_place), "one is the other");

static inline void sample_place(struct eg_app *app, struct eg_destination *row,
				struct sample_place place)
{
	struct eg_place said;

	memcpy(&said, &place, sizeof(said));
	assert_int_equal(eg_app_set_place(app, row, &said), 0);
}

static inline void sample_process(struct eg_app *app, uint32_t pid, const char *comm,
				  const char *executable, const char *argument)
{
	struct eg_process_info info = {
		.start = SAMPLE_START - NSEC_PER_SEC,
		.pid = pid,
		.ppid = 1,
		.uid = 1000,
		.has_uid = true,
		.has_ppid = true,
		.comm = strdup(comm),
		.executable = strdup(executable),
		.cgroup = strdup("/user.slice"),
		.command_line = calloc(3, sizeof(char *)),
	};

	info.command_line[0] = strdup(executable);
	info.command_line[1] = strdup(argument);
	assert_int_equal(eg_app_add_process(app, &info), 0);
	assert_int_equal(eg_app_add_user(app, 1000), 0);
}

static inline struct eg_summary *sample_empty(void)
{
	struct eg_summary *summary = eg_summary_new(EG_BY_APP);

	assert_non_null(summary);
	summary->hosts = calloc(1, sizeof(*summary->hosts));
	summary->hosts_count = 1;
	summary->hosts[0].id = strdup("6f1d9c0e5b7a4c1f8d2e3b4a5c6d7e8f");
	summary->hosts[0].name = strdup("ws1");
	summary->hosts[0].kernel = strdup("6.12.117");
	summary->period = (struct eg_period){ .start = SAMPLE_START, .end = SAMPLE_END };
	summary->periods = calloc(1, sizeof(*summary->periods));
	summary->periods[0] = summary->period;
	summary->periods_count = 1;
	return summary;
}

static inline void sample_database(struct eg_summary *summary)
{
	summary->databases = calloc(1, sizeof(*summary->databases));
	summary->databases_count = 1;
	summary->databases[0] = (struct eg_database){
		.name = strdup("origin-asn"),
		.built = strdup("2026-11-01"),
		.license = strdup("PDDL-1.0"),
		.fields = calloc(2, sizeof(char *)),
	};
	summary->databases[0].fields[0] = strdup("as");
}

/* Everything that a row may have. */
static inline void sample_known_row(struct eg_app *app)
{
	struct eg_destination *row = sample_row(app, sample_key("203.0.113.27", 443, IPPROTO_TCP),
						sample_counters(812331, 15204110, 27));
	struct eg_detail *detail = eg_destination_detail(row);
	struct eg_bytes bytes = { .sent = 812331, .received = 15204110 };

	row->scope = EG_SCOPE_INTERNET;
	row->rtt_min_us = 9123;
	detail->domain = strdup("log.example.com");
	detail->domain_source = strdup("tls_sni");
	detail->domain_confidence = strdup("corroborated");
	detail->registered_domain = strdup("example.com");
	sample_place(app, row,
		     (struct sample_place){ .country = "SG",
					    .country_basis = "registry",
					    .anycast = EG_NO,
					    .as_number = 64500,
					    .as_organization = "Example Pte",
					    .as_country = "SG",
					    .owner_name = "Example Holdings",
					    .owner_country = "CN",
					    .owner_source = "owners.tsv" });
	assert_int_equal(eg_destination_add_name(row, "log.example.com", "tls_sni", "corroborated",
						 27, &bytes),
			 0);
}

/* 3 apps: one with everything, the kernel, and a scanner with a tail of failures. */
static inline struct eg_summary *sample_ordinary(void)
{
	struct eg_summary *summary = sample_empty();
	struct eg_app *app =
		sample_app(summary, "android:waydroid/com.example.video", "android", "Video");
	struct eg_destination *row;
	struct eg_destination_key key;

	sample_database(summary);
	sample_known_row(app);
	sample_process(app, 4242, "example.video", "/system/bin/app_process64", "--start");
	sample_row(app, sample_key("2001:db8:1:2:3:4:5:6", 53, IPPROTO_UDP),
		   sample_counters(80, 512, 2));
	key = sample_key("192.168.1.9", 22, IPPROTO_TCP);
	key.direction = EG_INBOUND;
	sample_row(app, key, sample_counters(4096, 1234, 1));
	key = (struct eg_destination_key){ .overflow = true };
	sample_row(app, key, sample_counters(77, 1, 1));

	app = sample_app(summary, "kernel:icmp", "kernel", "icmp");
	sample_row(app, sample_key("198.51.100.7", -1, IPPROTO_ICMP), sample_counters(64, 64, 1));

	app = sample_app(summary, "exe:/usr/bin/scan", "program", "scan");
	sample_process(app, 4300, "scan", "/usr/bin/scan", "10.0.0.0/24");
	for (int i = 1; i <= 14; i++) {
		char ip[32];

		snprintf(ip, sizeof(ip), "10.0.0.%d", i);
		row = sample_row(app, sample_key(ip, 8000 + i, IPPROTO_TCP),
				 (struct eg_counters){ .connections = 2,
						       .failed = 2,
						       .first_seen = SAMPLE_START + i,
						       .last_seen = SAMPLE_START + i });
		assert_int_equal(eg_destination_add_error(row, ECONNREFUSED, 1), 0);
		assert_int_equal(eg_destination_add_error(row, i % 2 ? ETIMEDOUT : 0, 1), 0);
	}
	summary->ledger.excluded[EG_EXCLUDED_LOOPBACK] =
		(struct eg_bytes){ .sent = 1000, .received = 2000 };
	assert_int_equal(eg_ledger_add_lost(&summary->ledger, "names_skipped", 3), 0);
	assert_int_equal(eg_ledger_add_degraded(&summary->ledger,
						"packet sockets with qdisc bypass are not seen"),
			 0);
	return summary;
}

/* What a program, a user or a name server may call itself. */
static inline const char *sample_hostile(size_t i)
{
	static char longest[4097];
	static const char *const texts[] = {
		"\033[2J\033]0;owned\007",
		"\033]52;c;cm0gLXJmIC8=\007",
		"two\nlines\r\tand a tab",
		"\u202egnp.exe\u202c \u2066x\u2069",
		"\xff\xfe not \xc3( UTF-8 \xed\xa0\x80",
		"=cmd|' /C calc'!A0",
		"+1+1",
		"-2",
		"@SUM(1)",
		"</script><script>alert(1)</script>",
		"quote\" comma, back\\slash",
		"\xc2\x85\xc2\x9b"
		"31m C1 \x7f",
		"line\u2028separator",
		"{\"json\":1}",
		"\u65e5\u672c\u8a9e \U0001f600 e\u0301",
	};

	if (i < ARRAY_SIZE(texts))
		return texts[i];
	if (i > ARRAY_SIZE(texts))
		return NULL;
	memset(longest, 'x', sizeof(longest) - 1);
	memcpy(longest, "start", 5);
	memcpy(longest + sizeof(longest) - 4, "end", 3);
	return longest;
}

static inline struct eg_summary *sample_harmful(void)
{
	struct eg_summary *summary = sample_empty();
	const char *text;

	free(summary->hosts[0].name);
	summary->hosts[0].name = strdup(sample_hostile(0));
	for (size_t i = 0; (text = sample_hostile(i)); i++) {
		struct eg_app *app = sample_app(summary, text, "program", text);
		struct eg_destination *row =
			sample_row(app, sample_key("203.0.113.1", (int)i, IPPROTO_TCP),
				   sample_counters(1000 - i, 1, 1));
		struct eg_detail *detail = eg_destination_detail(row);

		row->scope = EG_SCOPE_INTERNET;
		detail->domain = strdup(text);
		detail->registered_domain = strdup(text);
		sample_place(app, row,
			     (struct sample_place){ .as_organization = text, .owner_name = text });
		sample_process(app, 100 + (uint32_t)i, text, text, text);
		assert_int_equal(eg_ledger_add_degraded(&summary->ledger, text), 0);
		assert_int_equal(eg_ledger_add_lost(&summary->ledger, text, i), 0);
	}
	return summary;
}

/* --- printing --- */

/* The options of a test: everything wanted, no colour, 80 columns. */
static const struct eg_print_options sample_options = {
	.header = true,
	.columns = 80,
	.command_lines = true,
};

static inline char *sample_print(const struct eg_summary *summary, enum eg_format format,
				 const struct eg_print_options *options)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(eg_print_summary(stream, format, summary, options), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

/* No byte that a terminal, a spreadsheet or a browser would obey. */
static inline void sample_assert_harmless(const char *text)
{
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c < ' ' && c != '\n') || c == 0x7f)
			fail_msg("control byte 0x%02x at %td", c, p - text);
		/* C1 controls in UTF-8 */
		if (c == 0xc2 && (unsigned char)p[1] < 0xa0)
			fail_msg("control character at %td", p - text);
	}
	assert_null(strstr(text, "\u202e"));
	assert_null(strstr(text, "\u2066"));
	assert_null(strstr(text, "\u2028"));
}

/* Compares with tests/golden/NAME; EG_GOLDEN_UPDATE=1 in the environment writes it anew. */
static inline void sample_assert_golden(const char *name, const char *text)
{
	_cleanup_(eg_freep) char *golden = NULL;
	char path[256];
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "tests/golden/%s", name);
	if (getenv("EG_GOLDEN_UPDATE")) {
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(text, file);
		fclose(file);
		return;
	}
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s is missing (run from the top of the tree)", path);
	if (getdelim(&golden, &size, '\0', file) < 0)
		fail_msg("%s is empty", path);
	fclose(file);
	assert_string_equal(text, golden);
}

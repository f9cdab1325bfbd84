/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program that tells itself names without end: what egret keeps of them stays bounded. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <harness/egret.h>

#include "load.h"
#include "traffic.h"

#define ANSWERS 200000
#define RESIDENT_KB_MAX (64 * 1024)

/* An answer (RFC 1035 section 4.1): "nNNNNNN.flood.example" is at an address. Returns its size. */
static size_t make_answer(uint8_t message[static 128], uint32_t number)
{
	static const uint8_t head[] = { 0, 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0 };
	static const uint8_t name_end[] = "\5flood\7example\0\0\1\0\1";
	static const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4 };
	uint32_t ip = htonl(0x0b000000 + number);
	char label[9];
	size_t size = sizeof(head);

	memcpy(message, head, sizeof(head));
	message[0] = (uint8_t)(number >> 8);
	message[1] = (uint8_t)number;
	snprintf(label, sizeof(label), "%cn%06u", 7, number % 1000000);
	memcpy(message + size, label, 8);
	size += 8;
	memcpy(message + size, name_end, sizeof(name_end) - 1);
	size += sizeof(name_end) - 1;
	memcpy(message + size, record, sizeof(record));
	size += sizeof(record);
	memcpy(message + size, &ip, sizeof(ip));
	return size + sizeof(ip);
}

/* arg: server's socket, client's socket, how many; to: the client. Questions are asked as well. */
static long f_flood(struct call *call)
{
	uint8_t message[128], question[128], got[256];
	long sent = 0;

	for (uint32_t i = 0; i < call->arg[2]; i++) {
		size_t size = make_answer(message, i);
		size_t asked = size - 16;

		memcpy(question, message, asked);
		question[2] = 1;
		question[3] = question[7] = 0;
		if (send((int)call->arg[1], question, asked, 0) != (ssize_t)asked ||
		    recv((int)call->arg[0], got, sizeof(got), 0) != (ssize_t)asked ||
		    sendto((int)call->arg[0], message, size, 0,
			   (const struct sockaddr *)&call->to.storage,
			   call->to.length) != (ssize_t)size ||
		    recv((int)call->arg[1], got, sizeof(got), 0) != (ssize_t)size)
			return -errno;
		sent += (long)(size + asked);
	}
	return sent;
}

static long resident_kb(struct test *test, pid_t pid)
{
	const char *text = file_read(test, test_text(test, "/proc/%d/status", pid));
	const char *line = text ? strstr(text, "VmRSS:") : NULL;

	require(test, line);
	return (long)text_number(line + strlen("VmRSS:") + strspn(line + strlen("VmRSS:"), " \t"));
}

static void names(struct test *test)
{
	struct actor *liar = actor_start(test, "liar");
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	int answering = sock_open(liar, AF_INET, SOCK_DGRAM, 0);
	int asking = sock_open(liar, AF_INET, SOCK_DGRAM, 0);
	struct call call = { .arg = { answering, asking, ANSWERS } };
	struct egret *egret;
	struct result *result;
	struct pair pair;
	long sent, before;

	egret_needed(test);
	sock_bind(liar, answering, "127.0.0.1", 53);
	call.to = address("127.0.0.1", sock_bind(liar, asking, "127.0.0.1", 0));
	expect_equal(test, sock_connect(liar, asking, "127.0.0.1", 53), 0);
	egret = egret_start(test, NULL);
	before = resident_kb(test, egret->program->pid);
	pair = sock_pair(client, server, test->ip, 0);
	actor_begin(liar, f_flood, &call);
	for (int i = 0; i < 50; i++)
		sock_transfer(client, pair.client_fd, server, pair.server_fd, 1000);
	sent = actor_end(liar, NULL);
	sock_pair_close(&pair);
	printf("%ld kB resident before, %ld after\n", before,
	       resident_kb(test, egret->program->pid));
	expect_equal(test, resident_kb(test, egret->program->pid) < RESIDENT_KB_MAX, 1);
	result = egret_stop_lossy(egret);
	printf("names_skipped %lld\n", json_number(result->json, "ledger.lost.names_skipped"));
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 50000,
		   .connections = 1);
	expect_sums(result, liar, sent, sent);
}

const struct test_case flood_cases[] = {
	CASE_IPV4("load/flood/names", names),
	{ 0 },
};

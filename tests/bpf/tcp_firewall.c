/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP: segments that a firewall of this host throws away on their way out. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <harness/cgroup.h>
#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/*
 * A wall before the client's cgroup: a program on the cgroup, as systemd's
 * IPAddressDeny= makes one, or a rule of nftables. Either refuses a segment
 * when send() has long returned, and TCP tries again.
 */
struct wall {
	struct test *test;
	const char *dir; /* the client's cgroup */
	const char *nft; /* NULL: a cgroup program */
	int cgroup, program;
};

/* A cgroup program that lets nothing out; its descriptor, or -errno. */
static int load_program(void)
{
	static const char license[] = "Dual BSD/GPL";
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB,
		.expected_attach_type = BPF_CGROUP_INET_EGRESS,
		.insn_cnt = 2,
		.insns = (uintptr_t)program,
		.license = (uintptr_t)license,
	};
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	int fd;

	setrlimit(RLIMIT_MEMLOCK, &unlimited); /* where programs count as locked memory */
	fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	return fd < 0 ? -errno : fd;
}

static void set_program(struct wall *wall, int command)
{
	union bpf_attr attr = {
		.target_fd = (__u32)wall->cgroup,
		.attach_bpf_fd = (__u32)wall->program,
		.attach_type = BPF_CGROUP_INET_EGRESS,
		.attach_flags = command == BPF_PROG_ATTACH ? BPF_F_ALLOW_MULTI : 0,
	};

	require(wall->test, syscall(SYS_bpf, command, &attr, sizeof(attr)) == 0);
}

static void set_rule(struct wall *wall, const char *what)
{
	const char *const argv[] = { wall->nft, what, NULL };
	struct output output;

	output = program_run(wall->test, &(struct program_options){ .argv = argv });
	if (output.status)
		test_skip(wall->test, "nft: %s", output.err);
}

static struct wall wall_plan(struct test *test)
{
	struct wall wall = { .test = test, .dir = test_text(test, "%s/client", test->cgroup) };

	if (!test->cgroup[0] || cgroup_make(wall.dir) < 0)
		test_skip(test, "no cgroup2");
	wall.cgroup = open(wall.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	wall.program = load_program();
	require(test, wall.cgroup >= 0 && wall.program >= 0);
	return wall;
}

static void wall_up(struct wall *wall)
{
	if (!wall->nft) {
		set_program(wall, BPF_PROG_ATTACH);
		return;
	}
	set_rule(wall, "add table inet wall; add chain inet wall out { type filter hook output "
		       "priority 0; }; add rule inet wall out tcp sport != 0 drop");
}

static void wall_down(struct wall *wall)
{
	if (wall->nft)
		set_rule(wall, "delete table inet wall");
	else
		set_program(wall, BPF_PROG_DETACH);
}

static struct actor *client_behind(struct wall *wall)
{
	return actor_start_as(wall->test,
			      &(struct actor_options){ .name = "client", .cgroup = wall->dir });
}

/* Sends into the wall until TCP has tried at least twice. */
static void run_into(struct test *test, struct pair *pair, long size)
{
	struct tcp_info before = sock_info(pair->client, pair->client_fd);

	expect_equal(test, sock_send(pair->client, pair->client_fd, size), size);
	test->waiting = "a second attempt to send";
	while (sock_info(pair->client, pair->client_fd).tcpi_bytes_sent <=
	       before.tcpi_bytes_sent + (__u64)size)
		breathe();
	test->waiting = NULL;
}

static void finish(struct egret *egret, struct pair *pair, long long sent, long long received)
{
	struct result *result = egret_stop(egret);
	const char *ip = pair->client->test->ip;

	expect_row(result, pair->client, OUT("tcp", ip, pair->port), .sent = sent,
		   .connections = 1);
	expect_row(result, pair->server, IN("tcp", ip, pair->port), .received = received,
		   .connections = 1);
}

static void for_a_while_behind(struct wall *wall)
{
	struct test *test = wall->test;
	struct actor *client = client_behind(wall), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 100);
	wall_up(wall);
	run_into(test, &pair, 3000);
	wall_down(wall);
	expect_equal(test, sock_receive(server, pair.server_fd, 3000), 3000);
	sock_settle(client, pair.client_fd);
	sock_pair_close(&pair);
	finish(egret, &pair, 3100, 3100);
}

static void for_a_while(struct test *test)
{
	struct wall wall = wall_plan(test);

	for_a_while_behind(&wall);
}

static void for_a_while_nft(struct test *test)
{
	struct wall wall = wall_plan(test);

	wall.nft = program_find(test, "nft");
	for_a_while_behind(&wall);
}

/* The client gives up: what TCP still counts as unsent was never sent. */
static void for_good(struct test *test)
{
	struct wall wall = wall_plan(test);
	struct actor *client = client_behind(&wall), *server = actor_start(test, "server");
	struct egret *egret = egret_start(test, NULL);
	struct pair pair = sock_pair(client, server, test->ip, 0);
	long sent;

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 100);
	wall_up(&wall);
	run_into(test, &pair, 3000);
	sent = 3100 - sock_unsent(client, pair.client_fd);
	sock_linger_zero(client, pair.client_fd);
	sock_close(client, pair.client_fd);
	expect_equal(test, sock_unread(server, pair.server_fd), 0);
	finish(egret, &pair, sent, 100);
}

/* Not even the SYN gets out. */
static void connecting(struct test *test)
{
	struct wall wall = wall_plan(test);
	struct actor *client = client_behind(&wall);
	struct egret *egret = egret_start(test, NULL);
	int fd = sock_open(client, test->family, SOCK_STREAM, 0);
	struct result *result;

	wall_up(&wall);
	sock_set(client, fd, IPPROTO_TCP, TCP_SYNCNT, 1);
	sock_try_set(client, fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 500);
	expect_equal(test, sock_connect(client, fd, test->ip, 80), -ETIMEDOUT);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, 80), .connections = 1, .failed = 1,
		   .error = "ETIMEDOUT");
}

const struct test_case tcp_firewall_cases[] = {
	CASE_BOTH("tcp/firewall/for-a-while", for_a_while),
	CASE_BOTH("tcp/firewall/nft", for_a_while_nft),
	CASE_BOTH("tcp/firewall/for-good", for_good),
	CASE_BOTH("tcp/firewall/connecting", connecting),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of others on the root cgroup: beside them, and in the place of one that is alone. */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* Where egret attaches on the cgroup. */
static const struct place {
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
} places[] = {
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_CONNECT },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_SENDMSG },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_SENDMSG },
	{ BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET4_POST_BIND },
	{ BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET6_POST_BIND },
	{ BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE },
	{ BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE },
	{ BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS },
	{ BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS },
};
#define PLACES (sizeof(places) / sizeof(places[0]))
#define IDS_MAX 8

/*
 * The case's own cgroup becomes the root of a cgroup namespace, which is all that
 * egret sees of the hierarchy: what is attached there is in nobody else's way.
 */
static int enter_namespace(struct test *test)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	int fd = -1;

	if (!test->cgroup[0])
		test_skip(test, "no cgroup2");
	if (unshare(CLONE_NEWCGROUP) < 0)
		test_skip(test, "no cgroup namespaces: %s", strerror(errno));
	require(test, mounts != NULL);
	while (fd < 0 && (entry = getmntent(mounts))) {
		if (strcmp(entry->mnt_type, "cgroup2") != 0)
			continue;
		require(test, umount2(entry->mnt_dir, MNT_DETACH) == 0);
		require(test, mount("none", entry->mnt_dir, "cgroup2", 0, NULL) == 0);
		fd = open(entry->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	endmntent(mounts);
	require(test, fd >= 0);
	return fd;
}

/* A program that lets everything pass. */
static void attach_foreign(struct test *test, int cgroup, const struct place *place,
			   const char *name, unsigned flags)
{
	const struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = place->attach);
	int fd = bpf_prog_load(place->type, name, "GPL", pass, 2, &options);

	require(test, fd >= 0);
	require(test, bpf_prog_attach(fd, cgroup, place->attach, flags) == 0);
	close(fd);
}

struct attached {
	__u32 flags, count, ids[IDS_MAX];
};

static struct attached query(struct test *test, int cgroup, const struct place *place)
{
	struct attached now = { .count = IDS_MAX };

	require(test,
		bpf_prog_query(cgroup, place->attach, 0, &now.flags, now.ids, &now.count) == 0);
	return now;
}

static struct egret *start_inside(struct test *test, const char *name)
{
	struct egret *egret = test_alloc(test, sizeof(*egret));
	const char *file = test_path(test, name);
	const char *const argv[] = { test->egret, "summary", "--format",	   "json",
				     "-o",	  file,	     "--include-loopback", NULL };

	egret_needed(test);
	*egret = (struct egret){
		.test = test,
		.file = file,
		.program = program_start(test, &(struct program_options){ .argv = argv }),
	};
	program_expect(egret->program, PROGRAM_ERR, "egret: tracing");
	return egret;
}

/* Two programs exchange something, by TCP and by UDP. */
struct talk {
	struct actor *client, *server;
	int port, datagram_port;
};

static struct talk talk_to(struct actor *client, struct actor *server)
{
	struct test *test = client->test;
	struct pair pair = sock_pair(client, server, test->ip, 0);
	int in = sock_open(server, test->family, SOCK_DGRAM, 0);
	int out = sock_open(client, test->family, SOCK_DGRAM, 0);
	struct talk talk = { .client = client,
			     .server = server,
			     .port = pair.port,
			     .datagram_port = sock_bind(server, in, test->ip, 0) };

	sock_transfer(client, pair.client_fd, server, pair.server_fd, 5000);
	sock_transfer(server, pair.server_fd, client, pair.client_fd, 60);
	sock_pair_close(&pair);
	expect_equal(test, sock_send_to(client, out, test->ip, talk.datagram_port, 44), 44);
	expect_equal(test, sock_receive_many(server, in, 1), 44);
	return talk;
}

static void expect_talk(struct result *result, const struct talk *talk)
{
	const char *ip = talk->client->test->ip;

	expect_row(result, talk->client, OUT("tcp", ip, talk->port), .sent = 5000, .received = 60,
		   .connections = 1);
	expect_row(result, talk->server, IN("tcp", ip, talk->port), .sent = 60, .received = 5000,
		   .connections = 1);
	expect_row(result, talk->client, OUT("udp", ip, talk->datagram_port), .sent = 44,
		   .connections = 1);
	expect_row(result, talk->server, IN("udp", ip, talk->datagram_port), .received = 44,
		   .connections = 1);
}

static void second_egret(struct test *test)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egrets[2] = { egret_start(test, NULL), egret_start(test, NULL) };
	struct talk talk = talk_to(client, server);

	for (int i = 0; i < 2; i++) {
		struct result *result = egret_stop(egrets[i]);

		expect_talk(result, &talk);
		expect_process(result, client);
	}
}

/* Two of them are at each place, and two egrets come beside them and go. */
static void beside(struct test *test)
{
	int cgroup = enter_namespace(test);
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct attached before[PLACES];
	struct egret *egrets[2];
	struct talk talk;

	for (size_t i = 0; i < PLACES; i++) {
		attach_foreign(test, cgroup, &places[i], "foreign_1", BPF_F_ALLOW_MULTI);
		attach_foreign(test, cgroup, &places[i], "foreign_2", BPF_F_ALLOW_MULTI);
		before[i] = query(test, cgroup, &places[i]);
		expect_equal(test, before[i].count, 2);
	}
	egrets[0] = start_inside(test, "1.json");
	egrets[1] = start_inside(test, "2.json");
	for (size_t i = 0; i < PLACES; i++)
		expect_equal(test, query(test, cgroup, &places[i]).count, 4);
	talk = talk_to(client, server);
	for (int i = 0; i < 2; i++) {
		struct result *result = egret_stop(egrets[i]);

		expect_talk(result, &talk);
		expect_equal(test, !!result_degraded(result, "only the cgroup namespace"), 1);
	}
	for (size_t i = 0; i < PLACES; i++) {
		struct attached after = query(test, cgroup, &places[i]);

		expect_equal(test, memcmp(&after, &before[i], sizeof(after)), 0);
	}
}

/* One that lets no other beside it, where egret can't do without: it is named. */
static void alone(struct test *test)
{
	int cgroup = enter_namespace(test);
	struct output output;
	struct attached before;

	egret_needed(test);
	attach_foreign(test, cgroup, &places[0], "only_me", 0);
	before = query(test, cgroup, &places[0]);
	output = egret_run(test, WORDS("summary", "--duration", "100ms"));
	expect_equal(test, output.status, 4);
	if (!strstr(output.err, "cgroup/connect4") || !strstr(output.err, "only_me") ||
	    !strstr(output.err, test_text(test, "id %u", before.ids[0])))
		test_wrong(test, "who is in the way is not said: %s", output.err);
	output = egret_run(test, WORDS("doctor", "--format", "json"));
	expect_equal(test, output.status, 4);
	expect_equal(test, !!strstr(output.out, "only_me"), 1);
	expect_equal(test, query(test, cgroup, &places[0]).ids[0], before.ids[0]);
}

/* The same where egret can: it goes on, and says who is in the way. */
static void alone_at_bind(struct test *test)
{
	int cgroup = enter_namespace(test);
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct egret *egret;
	struct result *result;
	const char *said;
	struct pair pair;

	attach_foreign(test, cgroup, &places[4], "only_me", BPF_F_ALLOW_OVERRIDE);
	egret = start_inside(test, "1.json");
	pair = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, pair.client_fd, server, pair.server_fd, 321);
	sock_pair_close(&pair);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, pair.port), .sent = 321, .connections = 1);
	said = result_degraded(result, "IPv4 datagrams");
	if (!said || !strstr(said, "only_me"))
		test_wrong(test, "who is in the way is not said: %s", said ? said : "nothing");
	expect_equal(test, query(test, cgroup, &places[4]).count, 1);
}

const struct test_case foreign_cases[] = {
	CASE_BOTH("second-egret", second_egret),
	CASE_BOTH("foreign/beside", beside),
	CASE("foreign/alone", alone),
	CASE("foreign/alone-at-bind", alone_at_bind),
	{ 0 },
};

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A kernel that refuses a program: what is core ends the run, all else is said and done without. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <harness/egret.h>
#include <harness/refusal.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* Small maps: what is refused is tried again and again. */
#define SMALL WORDS("--max-flows", "512", "--max-sockets", "512")
#define ETHERTYPE_EXPERIMENTAL 0x88b5 /* IEEE 802: local experimental */

/* What egret can do without, what it says then, and what of the traffic below hangs on it. */
enum { HANDS_NOTHING, HANDS_PACKETS, HANDS_SERVER4, HANDS_SERVER6, HANDS_OLDER };
static const struct optional {
	const char *program;
	const char *hook; /* as doctor calls it */
	const char *said;
	int hands;
} optional[] = {
	{ "eg_sent", "tp_btf/sock_send_length", "PACKET_QDISC_BYPASS are not seen", HANDS_NOTHING },
	{ "eg_queue", "tp_btf/net_dev_queue", "frames that packet sockets send are not seen",
	  HANDS_PACKETS },
	{ "eg_destroy", "tp_btf/tcp_destroy_sock", "where the kernel skips both programs",
	  HANDS_NOTHING },
	{ "eg_exec", "tp_btf/sched_process_exec", "scripts are known by their arguments alone",
	  HANDS_NOTHING },
	{ "eg_create", "cgroup/sock_create", "raw, ping and SCTP sockets that only receive",
	  HANDS_NOTHING },
	{ "eg_bind4", "cgroup/post_bind4",
	  "IPv4 datagrams that a server gets before it first sends", HANDS_SERVER4 },
	{ "eg_bind6", "cgroup/post_bind6",
	  "IPv6 datagrams that a server gets before it first sends", HANDS_SERVER6 },
	{ "eg_old_listen", "iter/task_file", "accepted by listeners older than the trace",
	  HANDS_OLDER },
	{ "eg_old_files", "iter/task_file", "sockets older than the trace have no owner",
	  HANDS_OLDER },
	{ "eg_old_tcp", "iter/tcp", "waited in an accept queue when the trace began", HANDS_OLDER },
};
#define OPTIONAL (sizeof(optional) / sizeof(optional[0]))

static const struct core {
	const char *program, *hook;
} core[] = {
	{ "eg_connect4", "cgroup/connect4" },
	{ "eg_connect6", "cgroup/connect6" },
	{ "eg_sendmsg4", "cgroup/sendmsg4" },
	{ "eg_sendmsg6", "cgroup/sendmsg6" },
	{ "eg_release", "cgroup/sock_release" },
	{ "eg_egress", "cgroup_skb/egress" },
	{ "eg_ingress", "cgroup_skb/ingress" },
	{ "eg_state", "tp_btf/inet_sock_set_state" },
	{ "eg_state_again", "tp_btf/inet_sock_set_state" },
	{ "eg_sweep", "iter/bpf_map_elem" },
};
#define CORE (sizeof(core) / sizeof(core[0]))

/* --- traffic of all kinds, and what egret says of it --- */

struct talk {
	struct actor *client, *server;
	struct pair older, pair; /* streams: from before egret, and new */
	int in, deaf, out, port, deaf_port, frames; /* datagrams, to who answers and who doesn't */
};

static struct talk talk_begin(struct test *test)
{
	struct talk talk = {
		.client = actor_start(test, "client"),
		.server = actor_start(test, "server"),
	};

	talk.older = sock_pair(talk.client, talk.server, test->ip, 0);
	sock_transfer(talk.client, talk.older.client_fd, talk.server, talk.older.server_fd, 5555);
	sock_settle(talk.client, talk.older.client_fd);
	return talk;
}

/* arg: descriptor, link; a frame of 60 bytes. */
static long f_send_frame(struct call *call)
{
	const struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)call->arg[1],
		.sll_protocol = htons(ETHERTYPE_EXPERIMENTAL),
		.sll_halen = 6,
	};

	return sendto((int)call->arg[0], call->text, 60, 0, (const struct sockaddr *)&to,
		      sizeof(to));
}

static void talk_datagrams(struct test *test, struct talk *talk)
{
	struct actor *client = talk->client, *server = talk->server;

	talk->in = sock_open(server, test->family, SOCK_DGRAM, 0);
	talk->port = sock_bind(server, talk->in, test->ip, 0);
	talk->deaf = sock_open(server, test->family, SOCK_DGRAM, 0);
	talk->deaf_port = sock_bind(server, talk->deaf, test->ip, 0);
	talk->out = sock_open(client, test->family, SOCK_DGRAM, 0);
	expect_equal(test, sock_send_to(client, talk->out, test->ip, talk->port, 300), 300);
	expect_equal(test, sock_answer(server, talk->in, 4000), 300);
	expect_equal(test, sock_receive_many(client, talk->out, 1), 4000);
	expect_equal(test, sock_send_to(client, talk->out, test->ip, talk->deaf_port, 50), 50);
	expect_equal(test, sock_receive_many(server, talk->deaf, 1), 50);
}

static void talk_go_on(struct test *test, struct talk *talk)
{
	struct actor *client = talk->client, *server = talk->server;
	struct call call = { 0 };

	sock_transfer(client, talk->older.client_fd, server, talk->older.server_fd, 700);
	talk->pair = sock_pair(client, server, test->ip, 0);
	sock_transfer(client, talk->pair.client_fd, server, talk->pair.server_fd, 5000);
	sock_transfer(server, talk->pair.server_fd, client, talk->pair.client_fd, 60);
	talk_datagrams(test, talk);
	talk->frames = sock_open(client, AF_PACKET, SOCK_DGRAM, 0);
	call.arg[0] = talk->frames;
	call.arg[1] = sock_link_index(client, "lo");
	expect_equal(test, actor_call(client, f_send_frame, &call), 60);
	sock_pair_close(&talk->pair);
}

/* All is exact but what hangs on the program that was refused. */
static void talk_check(struct test *test, struct result *result, const struct talk *talk, int hands)
{
	struct actor *client = talk->client, *server = talk->server;

	expect_row(result, client, OUT("tcp", test->ip, talk->pair.port), .sent = 5000,
		   .received = 60, .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, talk->pair.port), .sent = 60,
		   .received = 5000, .connections = 1);
	expect_row(result, client, OUT("udp", test->ip, talk->port), .sent = 300, .received = 4000,
		   .connections = 1);
	expect_row(result, client, OUT("udp", test->ip, talk->deaf_port), .sent = 50,
		   .connections = 1);
	expect_process(result, client);
	expect_process(result, server);
	if (hands != (test->family == AF_INET6 ? HANDS_SERVER6 : HANDS_SERVER4)) {
		expect_row(result, server, IN("udp", test->ip, talk->port), .sent = 4000,
			   .received = 300, .connections = 1);
		expect_row(result, server, IN("udp", test->ip, talk->deaf_port), .received = 50,
			   .connections = 1);
	}
	if (hands != HANDS_PACKETS)
		expect_row(result, client, OUT("packet", NULL, NO_PORT), .sent = 60,
			   .connections = 1);
	if (hands != HANDS_OLDER) {
		expect_row(result, client, OUT("tcp", test->ip, talk->older.port), .sent = 700);
		expect_row(result, server, IN("tcp", test->ip, talk->older.port), .received = 700);
	}
}

/* --- what egret can do without --- */

static struct result *talk_refused(struct test *test, const struct refusal *refusal,
				   struct talk *talk)
{
	const struct refused *refused;
	struct egret *egret;
	int supervisor;

	*talk = talk_begin(test);
	refused = refuse(test, refusal, &supervisor);
	egret = egret_start_supervised(test, SMALL, supervisor);
	close(supervisor);
	if (!refused->times) /* nobody has asked for it */
		test_skip(test, "this kernel has no hook for it");
	talk_go_on(test, talk);
	return egret_stop(egret);
}

/* The program that the case is named after. */
static void refuse_one(struct test *test, bool attach, int error)
{
	const char *program = strrchr(test->self->name, '/') + 1;
	const struct optional *one = optional;
	const struct refusal refusal = {
		.programs = WORDS(program),
		.attach = attach,
		.error = error,
	};
	struct result *result;
	struct talk talk;

	egret_needed(test);
	while (strcmp(one->program, program) != 0)
		one++;
	result = talk_refused(test, &refusal, &talk);
	if (!result_degraded(result, one->said))
		test_wrong(test, "nothing says that %s is refused", program);
	talk_check(test, result, &talk, one->hands);
}

static void load_forbidden(struct test *test)
{
	refuse_one(test, false, EPERM);
}

static void load_invalid(struct test *test)
{
	refuse_one(test, false, EINVAL);
}

static void attach_forbidden(struct test *test)
{
	refuse_one(test, true, EPERM);
}

/* With all of them refused, what hangs on none is still exact. */
static void all(struct test *test)
{
	const char *names[OPTIONAL + 1] = { NULL };
	struct refusal refusal = { .programs = names };

	egret_needed(test);
	for (size_t i = 0; i < OPTIONAL; i++)
		names[i] = optional[i].program;
	for (int attach = 0; attach < 2; attach++) {
		struct result *result;
		struct talk talk;

		refusal.attach = attach;
		refusal.error = attach ? EPERM : EINVAL;
		result = talk_refused(test, &refusal, &talk);
		for (size_t i = 0; i < OPTIONAL; i++)
			expect_equal(test, !!result_degraded(result, optional[i].said), 1);
		expect_row(result, talk.client, OUT("tcp", test->ip, talk.pair.port), .sent = 5000,
			   .received = 60, .connections = 1);
		expect_row(result, talk.client, OUT("udp", test->ip, talk.port), .sent = 300,
			   .received = 4000, .connections = 1);
	}
}

/* --- what is core --- */

static struct output run_refused(struct test *test, const struct refusal *refusal,
				 const char *const *argv, const struct refused **ret_refused)
{
	struct output output;
	int supervisor;

	*ret_refused = refuse(test, refusal, &supervisor);
	output = program_run(test, &(struct program_options){
					   .argv = argv, .supervisor = supervisor, .host = true });
	close(supervisor);
	return output;
}

/* Programs go a while after their last user: the kernel waits for who runs them. */
static bool is_gone(unsigned id)
{
	for (long long end = now_ms() + 10000; now_ms() < end; breathe()) {
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			return true;
		close(fd);
	}
	return false;
}

/* Status 4, one line that names the hook, no result, and nothing left in the kernel. */
static void run_without_core(struct test *test, const struct core *missing, bool attach, int error)
{
	const char *file = test_path(test, "never.json");
	const char *const argv[] = {
		test->egret, "summary", "--max-flows", "512", "-o", file, NULL
	};
	const struct refusal refusal = {
		.programs = WORDS(missing->program),
		.attach = attach,
		.error = error,
	};
	const struct refused *refused;
	struct output output = run_refused(test, &refusal, argv, &refused);
	const char *end = strchr(output.err, '\n');

	expect_equal(test, output.status, 4);
	if (strncmp(output.err, "egret: ", 7) != 0 || !end || end[1] ||
	    !strstr(output.err, missing->hook) || !strstr(output.err, strerror(error)))
		test_wrong(test, "%s was refused: %s", missing->program, output.err);
	expect_equal(test, access(file, F_OK) < 0, 1);
	for (unsigned i = 0; i < refused->attached; i++)
		expect_equal(test, is_gone(refused->ids[i]), 1);
}

static void core_forbidden(struct test *test)
{
	const char *program = strrchr(test->self->name, '/') + 1;
	const struct core *missing = core;

	egret_needed(test);
	while (strcmp(missing->program, program) != 0)
		missing++;
	run_without_core(test, missing, false, (missing - core) % 2 ? EINVAL : EPERM);
	run_without_core(test, missing, true, EPERM);
}

/* Behind `--`: the command is not run, and its cgroup does not stay. */
static void core_of_command(struct test *test)
{
	const char *ran = test_path(test, "ran"), *touch = program_find(test, "touch");
	const char *const argv[] = { test->egret, "summary", "--", touch, ran, NULL };
	const struct refusal refusal = { .programs = WORDS("eg_state"), .error = EPERM };
	const struct refused *refused;
	struct output output;

	egret_needed(test);
	output = run_refused(test, &refusal, argv, &refused);
	expect_equal(test, output.status, 125);
	expect_equal(test, !!strstr(output.err, "tp_btf/inet_sock_set_state"), 1);
	expect_equal(test, access(ran, F_OK) < 0, 1);
	output = program_run(
		test, &(struct program_options){ .argv = WORDS(program_find(test, "find"),
							       test->cgroup, "-name", "egret-*") });
	expect_equal(test, output.out[0], '\0');
}

/* Nothing but small maps is refused: then it is them. */
static void map(struct test *test)
{
	const char *const argv[] = { test->egret, "summary", NULL };
	const struct refusal refusal = {
		.programs = WORDS(NULL),
		.maps = true,
		.error = EPERM,
	};
	const struct refused *refused;
	struct output output;

	egret_needed(test);
	output = run_refused(test, &refusal, argv, &refused);
	expect_equal(test, output.status, 4);
	if (!strstr(output.err, "refuses egret's maps"))
		test_wrong(test, "maps were refused: %s", output.err);
}

/* --- doctor --- */

/* The check of this hook that stands so, and says so; a hook can have several programs. */
static bool has_check(const cJSON *checks, const char *hook, const char *status, const char *said)
{
	const cJSON *check;

	cJSON_ArrayForEach(check, checks) {
		const char *name = json_text(check, "name"), *is = json_text(check, "status");
		const char *affects = json_text(check, "affects");

		if (name && is && affects && !strcmp(name, hook) && !strcmp(is, status) &&
		    strstr(affects, said))
			return true;
	}
	return false;
}

static cJSON *examine(struct test *test, const char *const *programs, bool attach, int status)
{
	const char *const argv[] = { test->egret, "doctor", "--format", "json", NULL };
	const struct refusal refusal = {
		.programs = programs,
		.attach = attach,
		.error = EPERM,
	};
	const struct refused *refused;
	struct output output = run_refused(test, &refusal, argv, &refused);

	expect_equal(test, output.status, status);
	return cJSON_Parse(output.out);
}

/* It tries each program by itself, so all can be refused at the same time. */
static void doctor_finds(struct test *test, bool attach)
{
	const char *names[OPTIONAL + 1] = { NULL };
	cJSON *some, *none;

	egret_needed(test);
	for (size_t i = 0; i < OPTIONAL; i++)
		names[i] = optional[i].program;
	some = examine(test, names, attach, 0);
	none = examine(test, WORDS("*"), attach, 4);
	for (size_t i = 0; i < OPTIONAL; i++)
		if (!has_check(json_get(some, "checks"), optional[i].hook, "missing",
			       optional[i].said))
			test_wrong(test, "doctor does not miss %s", optional[i].program);
	for (size_t i = 0; i < CORE; i++)
		if (!has_check(json_get(none, "checks"), core[i].hook, "failed",
			       "nothing can be traced"))
			test_wrong(test, "doctor does not miss %s", core[i].program);
	cJSON_Delete(some);
	cJSON_Delete(none);
}

static void doctor_load(struct test *test)
{
	doctor_finds(test, false);
}

static void doctor_attach(struct test *test)
{
	doctor_finds(test, true);
}

#define EACH(program)                                                                              \
	{ .name = "refused/load-forbidden/" program, .run = load_forbidden },                      \
		{ .name = "refused/load-invalid/" program,                                         \
		  .run = load_invalid,                                                             \
		  .family = AF_INET6 },                                                            \
	{                                                                                          \
		.name = "refused/attach/" program, .run = attach_forbidden, .family = AF_INET6     \
	}

const struct test_case refused_cases[] = {
	EACH("eg_sent"),
	EACH("eg_queue"),
	EACH("eg_destroy"),
	EACH("eg_exec"),
	EACH("eg_create"),
	EACH("eg_bind4"),
	EACH("eg_bind6"),
	EACH("eg_old_listen"),
	EACH("eg_old_files"),
	EACH("eg_old_tcp"),
	CASE("refused/all", all),
	CASE("refused/core/eg_connect4", core_forbidden),
	CASE("refused/core/eg_connect6", core_forbidden),
	CASE("refused/core/eg_sendmsg4", core_forbidden),
	CASE("refused/core/eg_sendmsg6", core_forbidden),
	CASE("refused/core/eg_release", core_forbidden),
	CASE("refused/core/eg_egress", core_forbidden),
	CASE("refused/core/eg_ingress", core_forbidden),
	CASE("refused/core/eg_state", core_forbidden),
	CASE("refused/core/eg_state_again", core_forbidden),
	CASE("refused/core/eg_sweep", core_forbidden),
	CASE("refused/core-of-command", core_of_command),
	CASE("refused/maps", map),
	CASE("refused/doctor-load", doctor_load),
	CASE("refused/doctor-attach", doctor_attach),
	{ 0 },
};

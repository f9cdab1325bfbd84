/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP by io_uring: connect, send, receive, in workers and in the kernel's poll thread. */
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <harness/egret.h>
#include <harness/sock.h>
#include <harness/suites.h>

/* io_uring_setup(2): two rings of indices and the array of entries. */
struct ring {
	int fd;
	struct io_uring_params params;
	char *submit, *complete;
	struct io_uring_sqe *entries;
};

#define SLOT(base, offset) ((unsigned *)(void *)((base) + (offset)))

static char *map_ring(struct ring *ring, size_t size, off_t what)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, what);
}

static int ring_open(struct ring *ring, unsigned flags)
{
	struct io_uring_params *params = &ring->params;
	const size_t entries = 4;

	*ring = (struct ring){ .params.flags = flags, .params.sq_thread_idle = 1000 };
	ring->fd = (int)syscall(SYS_io_uring_setup, entries, params);
	if (ring->fd < 0)
		return -errno;
	ring->submit = map_ring(ring, params->sq_off.array + entries * sizeof(unsigned),
				IORING_OFF_SQ_RING);
	ring->complete = map_ring(
		ring, params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe),
		IORING_OFF_CQ_RING);
	ring->entries = (struct io_uring_sqe *)(void *)map_ring(
		ring, entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	if (ring->submit == MAP_FAILED || ring->complete == MAP_FAILED ||
	    ring->entries == MAP_FAILED)
		return -errno;
	return 0;
}

/* One operation, waited for; its result. */
static long ring_do(struct ring *ring, const struct io_uring_sqe *entry)
{
	const struct io_uring_params *params = &ring->params;
	unsigned *tail = SLOT(ring->submit, params->sq_off.tail);
	unsigned *head = SLOT(ring->complete, params->cq_off.head);
	unsigned slot = *tail & *SLOT(ring->submit, params->sq_off.ring_mask);
	unsigned flags = IORING_ENTER_GETEVENTS;
	const struct io_uring_cqe *done;

	ring->entries[slot] = *entry;
	SLOT(ring->submit, params->sq_off.array)[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_SEQ_CST);
	if (params->flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	while (syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	while (__atomic_load_n(SLOT(ring->complete, params->cq_off.tail), __ATOMIC_ACQUIRE) ==
	       *head)
		breathe();
	done = (const struct io_uring_cqe *)(const void *)(ring->complete + params->cq_off.cqes);
	slot = *head & *SLOT(ring->complete, params->cq_off.ring_mask);
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return done[slot].res;
}

static long transfer(struct ring *ring, int opcode, int fd, long size, unsigned char flags)
{
	static char buffer[65536];
	long done = 0;

	while (done < size) {
		long part = size - done < 65536 ? size - done : 65536;
		long moved = ring_do(ring, &(struct io_uring_sqe){
						   .opcode = (__u8)opcode,
						   .flags = flags,
						   .fd = fd,
						   .addr = (uintptr_t)buffer,
						   .len = (unsigned)part,
						   .msg_flags = MSG_WAITALL,
					   });

		if (moved <= 0)
			return moved < 0 ? moved : -EIO;
		done += moved;
	}
	return done;
}

/* arg: descriptor, ring flags, entry flags, bytes to send and to receive. */
static long f_talk(struct call *call)
{
	struct ring ring;
	int fd = (int)call->arg[0], rc = ring_open(&ring, (unsigned)call->arg[1]);
	unsigned char flags = (unsigned char)call->arg[2];
	long moved;

	if (rc < 0)
		return rc;
	moved = ring_do(&ring, &(struct io_uring_sqe){
				       .opcode = IORING_OP_CONNECT,
				       .flags = flags,
				       .fd = fd,
				       .addr = (uintptr_t)&call->to.storage,
				       .off = call->to.length,
			       });
	if (moved < 0)
		return moved;
	moved = transfer(&ring, IORING_OP_SEND, fd, call->arg[3], flags);
	if (moved < 0)
		return moved;
	call->value[0] = transfer(&ring, IORING_OP_RECV, fd, call->arg[4], flags);
	close(ring.fd);
	return moved;
}

static long f_try(struct call *call)
{
	struct ring ring;
	int rc = ring_open(&ring, (unsigned)call->arg[0]);

	if (rc == 0)
		close(ring.fd);
	return rc;
}

static void skip_without_ring(struct actor *actor, unsigned flags)
{
	long rc = actor_call(actor, f_try, &(struct call){ .arg = { flags } });

	if (rc < 0)
		test_skip(actor->test, "no io_uring: %s", strerror((int)-rc));
}

static void talk(struct test *test, unsigned ring_flags, unsigned entry_flags)
{
	struct actor *client = actor_start(test, "client"), *server = actor_start(test, "server");
	struct call call = { .arg = { 0, ring_flags, entry_flags, 200000, 3000 } };
	int listener, fd, accepted, port;
	struct result *result;
	struct egret *egret;

	skip_without_ring(client, ring_flags);
	egret = egret_start(test, NULL);
	listener = sock_open(server, test->family, SOCK_STREAM, 0);
	port = sock_bind(server, listener, test->ip, 0);
	sock_listen(server, listener);
	fd = sock_open(client, test->family, SOCK_STREAM, 0);
	call.arg[0] = fd;
	call.to = address(test->ip, port);
	actor_begin(client, f_talk, &call);
	accepted = sock_accept(server, listener);
	expect_equal(test, sock_receive(server, accepted, 200000), 200000);
	expect_equal(test, sock_send(server, accepted, 3000), 3000);
	expect_equal(test, actor_end(client, &call), 200000);
	expect_equal(test, call.value[0], 3000);
	sock_close(client, fd);
	result = egret_stop(egret);
	expect_row(result, client, OUT("tcp", test->ip, port), .sent = 200000, .received = 3000,
		   .connections = 1);
	expect_row(result, server, IN("tcp", test->ip, port), .sent = 3000, .received = 200000,
		   .connections = 1);
	expect_process(result, client);
}

static void inlined(struct test *test)
{
	talk(test, 0, 0);
}

static void in_worker(struct test *test)
{
	talk(test, 0, IOSQE_ASYNC);
}

static void in_poll_thread(struct test *test)
{
	talk(test, IORING_SETUP_SQPOLL, 0);
}

const struct test_case io_uring_cases[] = {
	CASE_BOTH("tcp/io-uring", inlined),
	CASE_BOTH("tcp/io-uring-worker", in_worker),
	CASE_BOTH("tcp/io-uring-sqpoll", in_poll_thread),
	{ 0 },
};

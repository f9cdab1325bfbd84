/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading summaries from files: one at a time, as many as there are, none without end. */
#include "capture.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include "user/cmd/input.h"

#define DOCUMENT_MAX 4096
#define DOCUMENT_BY(by)                                                                            \
	"{\"schema\":\"egret.summary/1\",\"by\":\"" by                                             \
	"\",\"ledger\":{\"lost\":{\"ring_full\":1}},"                                              \
	"\"apps\":[],\"x\":\"}]\\\\\\\"{[\"}"
#define DOCUMENT DOCUMENT_BY("app")

static char folder[] = "/tmp/egret-input-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/input", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* What another thread writes into a pipe: `text`, `times`, or until nobody reads. */
struct writer {
	const char *text;
	size_t times, written;
};

static void *write_pipe(void *data)
{
	struct writer *writer = data;
	size_t size = strlen(writer->text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	while (writer->written < writer->times && write(fd, writer->text, size) == (ssize_t)size)
		writer->written++;
	close(fd);
	return NULL;
}

/* What input_merge() does with a pipe that is written to; what it said is in ret_said. */
static int merge(struct writer *writer, struct eg_summary **into, char **ret_said)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	pthread_t thread;
	int r;

	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pthread_create(&thread, NULL, write_pipe, writer), 0);
	r = input_merge(path, DOCUMENT_MAX, into);
	assert_int_equal(pthread_join(thread, NULL), 0);
	*ret_said = capture_end(&capture);
	return r;
}

static void expect_refusal(struct writer writer, int error, size_t byte, const char *reason)
{
	_cleanup_(eg_freep) char *said = NULL;
	struct eg_summary *summary = NULL;
	char line[256];

	assert_int_equal(merge(&writer, &summary, &said), error);
	snprintf(line, sizeof(line), "egret: %s: byte %zu: %s\n", path, byte, reason);
	assert_string_equal(said, line);
	eg_summary_free(summary);
}

static uint64_t count_lost(const struct eg_summary *summary)
{
	assert_int_equal(summary->ledger.lost_count, 1);
	return summary->ledger.lost[0].count;
}

/* Far more of them than fit into the room for one, and each wherever the pieces end. */
static void any_number_of_documents_is_added_up(void **state)
{
	static const char *const between[] = { "", "\n", " \t\r\n   " };
	_cleanup_(eg_freep) char *said = NULL;
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(between); i++) {
		struct writer writer = { .text = text, .times = 10007 };
		struct eg_summary *summary = NULL;

		snprintf(text, sizeof(text), "%s%s", DOCUMENT, between[i]);
		assert_int_equal(merge(&writer, &summary, &said), 0);
		assert_string_equal(said, "");
		assert_int_equal(count_lost(summary), 10007);
		eg_summary_free(summary);
		free(TAKE_PTR(said));
	}
}

static void a_document_without_end_is_refused(void **state)
{
	(void)state;
	expect_refusal((struct writer){ .text = "{", .times = SIZE_MAX }, -EFBIG, 0,
		       "the summary that begins here is longer than 4096 bytes");
	expect_refusal((struct writer){ .text = "{\"a\":\"\\", .times = SIZE_MAX }, -EFBIG, 0,
		       "the summary that begins here is longer than 4096 bytes");
}

static void what_is_no_summary_is_refused_at_once(void **state)
{
	(void)state;
	expect_refusal((struct writer){ .text = "garbage", .times = SIZE_MAX }, -EINVAL, 0,
		       "a summary begins with {");
	expect_refusal((struct writer){ .text = "[", .times = SIZE_MAX }, -EINVAL, 0,
		       "a summary begins with {");
	expect_refusal((struct writer){ .text = DOCUMENT "]", .times = 1 }, -EINVAL,
		       strlen(DOCUMENT), "a summary begins with {");
}

/* The byte is that of the file, not of the piece that is in memory. */
static void a_mistake_far_into_the_file_is_found(void **state)
{
	static char text[256 * 1024];
	size_t size = 0;

	(void)state;
	for (; size < sizeof(text) / 2; size += strlen(DOCUMENT))
		memcpy(text + size, DOCUMENT, strlen(DOCUMENT));
	snprintf(text + size, sizeof(text) - size, "%s", "{\"schema\":7}");
	expect_refusal((struct writer){ .text = text, .times = 1 }, -EINVAL,
		       size + strlen("{\"schema\":"), "schema: not a string");
}

static void documents_of_another_grouping_are_refused(void **state)
{
	(void)state;
	expect_refusal((struct writer){ .text = DOCUMENT DOCUMENT_BY("user"), .times = 1 }, -EINVAL,
		       strlen(DOCUMENT), "is grouped by user, what came before by app");
}

static void nothing_at_all_is_refused(void **state)
{
	(void)state;
	expect_refusal((struct writer){ .text = "", .times = 0 }, -EINVAL, 0, "no summary in it");
	expect_refusal((struct writer){ .text = " \n\t", .times = 1 }, -EINVAL, 3,
		       "no summary in it");
}

static void expect_unreadable(const char *file, const char *expected)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	struct eg_summary *summary = NULL;
	int r = input_merge(file, DOCUMENT_MAX, &summary);
	_cleanup_(eg_freep) char *said = capture_end(&capture);

	assert_int_equal(r, -EINVAL);
	assert_null(summary);
	assert_string_equal(said, expected);
}

static void what_cannot_be_read_is_named(void **state)
{
	(void)state;
	expect_unreadable("/nonexistent",
			  "egret: cannot read /nonexistent: No such file or directory\n");
	expect_unreadable("/", "egret: cannot read /: Is a directory\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_number_of_documents_is_added_up),
		TEST(a_document_without_end_is_refused),
		TEST(what_is_no_summary_is_refused_at_once),
		TEST(a_mistake_far_into_the_file_is_found),
		TEST(documents_of_another_grouping_are_refused),
		TEST(nothing_at_all_is_refused),
		TEST(what_cannot_be_read_is_named),
	};

	/* Who writes on after the reader has gone is told so by write(). */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

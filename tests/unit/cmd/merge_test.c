/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* egret merge: files in, one summary out, and mistakes named by file and byte. */
#include "capture.h"

#include <sys/stat.h>

#include "user/cmd/cmd.h"

static char folder[] = "/tmp/egret-merge-XXXXXX";
static char first[64], second[64], result[64];

/* One document with the least that there must be; BYTES were sent. */
#define DOCUMENT(by, bytes)                                                                        \
	"{\"schema\":\"egret.summary/1\","                                                         \
	"\"generator\":{\"name\":\"egret\",\"version\":\"0.1.0\"},"                                \
	"\"host\":{\"id\":\"1\",\"name\":\"a\",\"kernel\":\"6\"},"                                 \
	"\"period\":{\"start\":\"2026-11-23T10:00:00Z\",\"end\":\"2026-11-23T10:00:01Z\"},"        \
	"\"by\":\"" by "\",\"databases\":[],"                                                      \
	"\"totals\":{\"bytes_sent\":" #bytes ",\"bytes_received\":0,\"via_bytes_sent\":0,"         \
	"\"via_bytes_received\":0,\"connections\":1,\"failed\":0,\"apps\":1,\"destinations\":1},"  \
	"\"apps\":[{\"id\":\"exe:/a\",\"kind\":\"program\",\"name\":\"}]{\\\"\","                  \
	"\"trust\":\"kernel\",\"via\":null,\"flag\":null,\"users\":[],\"bytes_sent\":" #bytes      \
	",\"bytes_received\":0,"                                                                   \
	"\"connections\":1,\"failed\":0,\"first_seen\":null,\"last_seen\":null,"                   \
	"\"processes\":[],\"processes_omitted\":0,\"destinations\":[{\"ip\":\"127.0.0.1\","        \
	"\"port\":1,\"transport\":\"tcp\",\"direction\":\"outbound\",\"scope\":\"loopback\","      \
	"\"overflow\":false,\"domain\":null,\"domain_source\":null,\"domain_confidence\":null,"    \
	"\"registered_domain\":null,\"names\":[],\"country\":null,\"country_basis\":null,"         \
	"\"anycast\":null,\"as\":null,\"owner\":null,\"bytes_sent\":" #bytes ","                   \
	"\"bytes_received\":0,\"connections\":1,\"failed\":0,\"errors\":{},\"rtt_min_us\":null,"   \
	"\"first_seen\":null,\"last_seen\":null}]}],"                                              \
	"\"ledger\":{\"complete\":true,\"bytes_sent\":{\"attributed\":" #bytes ",\"kernel\":0,"    \
	"\"unattributed\":0,\"overflow\":0},\"bytes_received\":{\"attributed\":0,\"kernel\":0,"    \
	"\"unattributed\":0,\"overflow\":0},\"excluded\":{"                                        \
	"\"loopback\":{\"bytes_sent\":0,\"bytes_received\":0},"                                    \
	"\"host\":{\"bytes_sent\":0,\"bytes_received\":0},"                                        \
	"\"filter\":{\"bytes_sent\":0,\"bytes_received\":0}},\"lost\":{},\"degraded\":[]}}\n"

static int make_folder(void **state)
{
	(void)state;
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	if (!mkdtemp(folder))
		return -1;
	snprintf(first, sizeof(first), "%s/first", folder);
	snprintf(second, sizeof(second), "%s/second", folder);
	snprintf(result, sizeof(result), "%s/result", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(first);
	unlink(second);
	unlink(result);
	return rmdir(folder);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Runs merge on arguments that end with NULL; what it printed is in ret_text. */
static int merge(char **ret_text, char *const *arguments)
{
	char name[] = "merge", *argv[16] = { name };
	struct capture capture = capture_begin(STDOUT_FILENO);
	struct eg_options options;
	int argc = 1, status;

	while ((argv[argc] = *arguments++))
		argc++;
	assert_int_equal(eg_options_parse(&eg_command_merge, argc, argv, &options), 0);
	status = eg_command_merge.run(&options);
	eg_options_free(&options);
	*ret_text = capture_end(&capture);
	return status;
}

static void adds_files(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	write_file(first, DOCUMENT("app", 5));
	write_file(second, DOCUMENT("app", 7));
	assert_int_equal(merge(&text, (char *[]){ first, second, NULL }), EG_EXIT_OK);
	/* loopback that is in the input stays in */
	assert_non_null(strstr(text, "\"totals\": {\"bytes_sent\":12,"));
	assert_non_null(strstr(text, "\"hosts\": ["));
}

/* As `summary --interval` writes them: one document after the other. */
static void reads_several_documents_of_a_file(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	write_file(first, DOCUMENT("app", 5) "\n \t\r\n" DOCUMENT("app", 7) DOCUMENT("app", 8));
	assert_int_equal(merge(&text, (char *[]){ first, NULL }), EG_EXIT_OK);
	assert_non_null(strstr(text, "\"totals\": {\"bytes_sent\":20,"));
}

static void reads_its_own_output(void **state)
{
	_cleanup_(eg_freep) char *once = NULL;
	_cleanup_(eg_freep) char *again = NULL;

	(void)state;
	write_file(first, DOCUMENT("app", 5) DOCUMENT("app", 6));
	assert_int_equal(merge(&once, (char *[]){ first, NULL }), EG_EXIT_OK);
	write_file(second, once);
	assert_int_equal(merge(&again, (char *[]){ second, NULL }), EG_EXIT_OK);
	assert_string_equal(once, again);
}

static void reads_standard_input(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	static char dash[] = "-";
	FILE *saved = stdin;

	(void)state;
	write_file(first, DOCUMENT("app", 5));
	stdin = fopen(first, "r");
	assert_int_equal(merge(&text, (char *[]){ dash, NULL }), EG_EXIT_OK);
	fclose(stdin);
	stdin = saved;
	assert_non_null(strstr(text, "\"totals\": {\"bytes_sent\":5,"));
}

static void counts_what_filters_leave_out(void **state)
{
	static char filter[] = "--app=exe:/b", form[] = "--format=json";
	_cleanup_(eg_freep) char *text = NULL;

	(void)state;
	write_file(first, DOCUMENT("app", 5));
	assert_int_equal(merge(&text, (char *[]){ filter, form, first, NULL }), EG_EXIT_OK);
	assert_non_null(strstr(text, "\"totals\": {\"bytes_sent\":0,"));
	assert_non_null(strstr(text, "\"filter\":{\"bytes_sent\":5,"));
}

static void writes_a_file(void **state)
{
	static char option[] = "-o";
	_cleanup_(eg_freep) char *text = NULL;
	struct stat status;

	(void)state;
	write_file(first, DOCUMENT("app", 5));
	assert_int_equal(merge(&text, (char *[]){ first, option, result, NULL }), EG_EXIT_OK);
	assert_string_equal(text, "");
	assert_int_equal(stat(result, &status), 0);
	assert_true(status.st_size > 100);
}

static void tells_an_incomplete_input(void **state)
{
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *document = strdup(DOCUMENT("app", 5));
	char *lost = strstr(document, "\"lost\":{}"), broken[4096];

	(void)state;
	snprintf(broken, sizeof(broken), "%.*s\"lost\":{\"ring_full\":1}%s", (int)(lost - document),
		 document, lost + strlen("\"lost\":{}"));
	write_file(first, broken);
	assert_int_equal(merge(&text, (char *[]){ first, NULL }), EG_EXIT_INCOMPLETE);
	assert_non_null(strstr(text, "\"complete\": false"));
}

/* The status is 2, nothing is printed, and the line says where. */
static void assert_malformed(const char *content, const char *expected)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *said = NULL;
	char line[256];
	int status;

	write_file(first, content);
	status = merge(&text, (char *[]){ first, NULL });
	said = capture_end(&capture);
	snprintf(line, sizeof(line), "egret: %s: %s", first, expected);
	if (strncmp(said, line, strlen(line)) != 0)
		fail_msg("'%s' does not begin with '%s'", said, line);
	assert_int_equal(strcspn(said, "\n"), strlen(said) - 1);
	assert_string_equal(text, "");
	assert_int_equal(status, EG_EXIT_USAGE);
}

static void names_file_and_byte_of_a_mistake(void **state)
{
	static const char good[] = DOCUMENT("app", 5);
	char expected[64], content[8192];

	(void)state;
	assert_malformed("", "byte 0: no summary in it\n");
	assert_malformed(" \n", "byte 2: no summary in it\n");
	assert_malformed("?", "byte 0: ");
	assert_malformed("{\"schema\":", "byte ");
	/* in the second document of a file */
	snprintf(content, sizeof(content), "%s{]", good);
	snprintf(expected, sizeof(expected), "byte %zu: ", strlen(good) + 1);
	assert_malformed(content, expected);
	snprintf(content, sizeof(content), "%s?", good);
	snprintf(expected, sizeof(expected), "byte %zu: ", strlen(good));
	assert_malformed(content, expected);
	snprintf(content, sizeof(content), "%s%s", good, DOCUMENT("user", 5));
	snprintf(expected, sizeof(expected),
		 "byte %zu: is grouped by user, what came before by app\n", strlen(good));
	assert_malformed(content, expected);
}

/* Cut anywhere, a document is malformed; it must never crash or pass. */
static void refuses_every_cut(void **state)
{
	static const char good[] = DOCUMENT("app", 5);
	char content[sizeof(good)];

	(void)state;
	for (size_t size = 1; size < strlen(good) - 1; size += 37) {
		snprintf(content, sizeof(content), "%.*s", (int)size, good);
		assert_malformed(content, "byte ");
	}
}

static void tells_a_file_that_it_cannot_read(void **state)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	_cleanup_(eg_freep) char *text = NULL;
	_cleanup_(eg_freep) char *said = NULL;
	char expected[256];
	int status = merge(&text, (char *[]){ second, NULL });

	(void)state;
	said = capture_end(&capture);
	snprintf(expected, sizeof(expected), "egret: cannot read %s: No such file or directory\n",
		 second);
	assert_string_equal(said, expected);
	assert_int_equal(status, EG_EXIT_USAGE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adds_files),
		TEST(reads_several_documents_of_a_file),
		TEST(reads_its_own_output),
		TEST(reads_standard_input),
		TEST(counts_what_filters_leave_out),
		TEST(writes_a_file),
		TEST(tells_an_incomplete_input),
		TEST(names_file_and_byte_of_a_mistake),
		TEST(refuses_every_cut),
		TEST(tells_a_file_that_it_cannot_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

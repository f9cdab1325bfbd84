/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading apps and their processes: each member, right and wrong. */
#include "document.h"

static void every_member_is_read(void **state)
{
	struct eg_summary *summary = document_good(DOCUMENT_APPS(
		"{\"destinations\":[{" DOCUMENT_KEY ",\"bytes_sent\":5,\"bytes_received\":6,"
		"\"connections\":7,\"failed\":1,\"last_seen\":\"1970-01-01T00:00:00.000000009Z\"}],"
		"\"kind\":\"android\",\"name\":\"Video\",\"trust\":\"root\",\"via\":\"relay\","
		"\"flag\":\"memfd\",\"users\":[10123,0,10123],\"bytes_sent\":5,"
		"\"bytes_received\":6,\"connections\":7,\"failed\":1,\"first_seen\":null,"
		"\"last_seen\":null,\"processes\":[],\"processes_omitted\":3,\"unknown\":{},"
		"\"id\":\"android:waydroid/com.example.video\"}"));
	struct eg_app *app = model_app(summary, "android:waydroid/com.example.video");

	(void)state;
	assert_int_equal(summary->apps_count, 1);
	assert_string_equal(app->kind, "android");
	assert_string_equal(app->name, "Video");
	assert_string_equal(app->trust, "root");
	assert_string_equal(app->via, "relay");
	assert_string_equal(app->flag, "memfd");
	assert_int_equal(app->users_count, 2);
	assert_int_equal(app->users[0], 0);
	assert_int_equal(app->users[1], 10123);
	assert_int_equal(app->processes_omitted, 3);
	assert_int_equal(app->counters.bytes.sent, 5);
	assert_int_equal(app->counters.bytes.received, 6);
	assert_int_equal(app->counters.connections, 7);
	assert_int_equal(app->counters.failed, 1);
	assert_int_equal(app->counters.last_seen, 9);
	eg_summary_free(summary);
}

/* What its rows say is what an app sent, whatever it says itself. */
static void sums_are_counted_anew(void **state)
{
	struct eg_summary *summary = document_good(
		DOCUMENT_APPS("{\"id\":\"exe:/a\",\"bytes_sent\":1000,\"bytes_received\":0,"
			      "\"connections\":0,\"failed\":0,\"destinations\":[]}"));

	(void)state;
	assert_int_equal(eg_summary_totals(summary).bytes.sent, 0);
	eg_summary_free(summary);
}

static void every_member_of_a_process_is_read(void **state)
{
	struct eg_summary *summary = document_good(DOCUMENT_APP(
		"\"processes\":[{\"pid\":4242,\"ppid\":1,"
		"\"start\":\"1970-01-01T00:00:00.000000007Z\",\"comm\":\"video\","
		"\"executable\":\"/bin/video\",\"command_line\":[\"video\",\"\",\"-v\"],"
		"\"uid\":0,\"cgroup\":\"/a\",\"component\":\"main\",\"summaries\":2}]"));
	const struct eg_process_info *process = model_app(summary, "exe:/a")->processes;

	(void)state;
	assert_int_equal(process->pid, 4242);
	assert_true(process->has_ppid && process->ppid == 1);
	assert_int_equal(process->start, 7);
	assert_string_equal(process->comm, "video");
	assert_string_equal(process->executable, "/bin/video");
	assert_string_equal(process->command_line[0], "video");
	assert_string_equal(process->command_line[1], "");
	assert_string_equal(process->command_line[2], "-v");
	assert_null(process->command_line[3]);
	assert_true(process->has_uid && process->uid == 0);
	assert_string_equal(process->cgroup, "/a");
	assert_string_equal(process->component, "main");
	assert_int_equal(process->summaries, 2);
	eg_summary_free(summary);
}

static void unknown_members_of_a_process_are_null(void **state)
{
	struct eg_summary *summary = document_good(DOCUMENT_APP(
		"\"processes\":[{\"pid\":1,\"ppid\":null,\"start\":null,\"comm\":null,"
		"\"executable\":null,\"command_line\":null,\"uid\":null,\"cgroup\":null,"
		"\"component\":null},{\"pid\":2,\"command_line\":[]}]"));
	const struct eg_app *app = model_app(summary, "exe:/a");

	(void)state;
	assert_int_equal(app->processes_count, 2);
	assert_false(app->processes[0].has_uid || app->processes[0].has_ppid);
	assert_null(app->processes[0].comm);
	assert_null(app->processes[0].command_line);
	assert_non_null(app->processes[1].command_line);
	assert_null(app->processes[1].command_line[0]);
	eg_summary_free(summary);
}

/* A foreign document may list more than 64; the rest counts as omitted. */
static void long_process_lists_are_cut(void **state)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	struct eg_summary *summary;
	const struct eg_app *app;

	(void)state;
	fputs(DOCUMENT_HEAD "\"apps\":[{\"id\":\"exe:/a\"," DOCUMENT_SUMS
			    ",\"destinations\":[],\"processes_omitted\":5,\"processes\":[",
	      stream);
	for (int i = 99; i >= 0; i--)
		fprintf(stream, "{\"pid\":%d,\"summaries\":2}%s", i, i ? "," : "]}]}");
	fclose(stream);
	summary = document_good(text);
	app = model_app(summary, "exe:/a");
	assert_int_equal(app->processes_count, EG_PROCESSES_MAX);
	assert_int_equal(app->processes[63].pid, 63);
	assert_int_equal(app->processes_omitted, 5 + 2 * (100 - EG_PROCESSES_MAX));
	free(text);
	eg_summary_free(summary);
}

static void wrong_apps_are_refused(void **state)
{
	(void)state;
	document_bad(DOCUMENT_APPS("7"), "7", "apps[0]: not an object");
	document_bad(DOCUMENT_APPS("{}"), "{}]", "apps[0].id: missing");
	document_bad(DOCUMENT_APPS("{\"id\":null}"), "null", "apps[0].id: empty");
	document_bad(DOCUMENT_APPS("{\"id\":\"\"}"), "\"\"", "apps[0].id: empty");
	document_bad(DOCUMENT_APPS("{\"id\":[\"a\"]}"), "[\"a\"]", "apps[0].id: not a string");
	document_bad(DOCUMENT_APPS("{\"id\":\"a\"," DOCUMENT_SUMS "}"), "{\"id\"",
		     "apps[0].destinations: missing");
	document_bad(DOCUMENT_APPS("{\"id\":\"a\",\"destinations\":[]}"), "{\"id\"",
		     "apps[0].bytes_sent: missing");
	document_bad(DOCUMENT_APPS("{\"id\":\"a\"," DOCUMENT_SUMS ",\"destinations\":{}}"), "{}}]",
		     "apps[0].destinations: not an array");
	document_bad(DOCUMENT_APPS("{\"id\":\"a\"," DOCUMENT_SUMS
				   ",\"destinations\":[]},{\"id\":\"a\"," DOCUMENT_SUMS
				   ",\"destinations\":[]}"),
		     "\"a\"", "apps[1].id: this app is given twice");
	document_bad(DOCUMENT_APP("\"name\":[]"), "[]", "apps[0].name: not a string");
	document_bad(DOCUMENT_APP("\"users\":{}"), "{}", "apps[0].users: not an array");
	document_bad(DOCUMENT_APP("\"users\":[1,-1]"), "-1", "apps[0].users[1]: negative");
	document_bad(DOCUMENT_APP("\"users\":[4294967296]"), "4294967296",
		     "apps[0].users[0]: too large");
	document_bad(DOCUMENT_APP("\"processes_omitted\":null"), "null",
		     "apps[0].processes_omitted: not a number");
	document_bad(DOCUMENT_APP("\"name\":\"a\",\"name\":\"b\""), "\"b\"",
		     "apps[0].name: given twice");
}

static void wrong_processes_are_refused(void **state)
{
	(void)state;
	document_bad(DOCUMENT_APP("\"processes\":null"), "null", "apps[0].processes: not an array");
	document_bad(DOCUMENT_APP("\"processes\":[[]]"), "[]]",
		     "apps[0].processes[0]: not an object");
	document_bad(DOCUMENT_APP("\"processes\":[{}]"), "{}]",
		     "apps[0].processes[0].pid: missing");
	document_bad(DOCUMENT_APP("\"processes\":[{\"pid\":null}]"), "null",
		     "apps[0].processes[0].pid: not a number");
	document_bad(DOCUMENT_APP("\"processes\":[{\"pid\":1,\"uid\":\"root\"}]"), "\"root\"",
		     "apps[0].processes[0].uid: not a number");
	document_bad(DOCUMENT_APP("\"processes\":[{\"pid\":1},{\"pid\":2,\"start\":\"1\"}]"),
		     "\"1\"", "apps[0].processes[1].start: not an RFC 3339 time");
	document_bad(DOCUMENT_APP("\"processes\":[{\"pid\":1,\"command_line\":\"a b\"}]"),
		     "\"a b\"", "apps[0].processes[0].command_line: not an array");
	document_bad(DOCUMENT_APP("\"processes\":[{\"pid\":1,\"command_line\":[\"a\",null]}]"),
		     "null", "apps[0].processes[0].command_line[1]: not a string");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(sums_are_counted_anew),
		cmocka_unit_test(every_member_of_a_process_is_read),
		cmocka_unit_test(unknown_members_of_a_process_are_null),
		cmocka_unit_test(long_process_lists_are_cut),
		cmocka_unit_test(wrong_apps_are_refused),
		cmocka_unit_test(wrong_processes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Scripts: named by the path that the kernel was told to execute, else by their arguments. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <harness/program.h>
#include <harness/sock.h>
#include <harness/suites.h>

#include "apps.h"

#define SENT 4242

static const char python_text[] = "import socket,sys\n"
				  "s=socket.create_connection((sys.argv[1],int(sys.argv[2])))\n"
				  "s.sendall(b'x'*4242)\n"
				  "s.recv(1)\n";
static const char perl_text[] =
	"use IO::Socket::INET;\n"
	"my $s=IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1]);\n"
	"print $s 'x' x 4242; $s->flush(); <$s>;\n";
static const char node_text[] =
	"const s=require('net').connect(process.argv[3]|0,process.argv[2]);\n"
	"s.write('x'.repeat(4242)); s.resume(); s.on('end',()=>s.destroy());\n";
static const char bash_text[] = "exec 3<>/dev/tcp/$1/$2\n"
				"printf '%04242d' 0 >&3\n"
				"read -r line <&3\n"
				"exit 0\n";

static const char *script_file(struct test *test, const char *name, const char *line,
			       const char *text)
{
	const char *path = test_path(test, name);

	require(test, file_write(path, test_text(test, "%s\n%s", line, text)) == 0);
	require(test, chmod(path, 0755) == 0);
	return path;
}

/* Runs the command with address and port added, until it has sent what it should. */
static struct result *run(struct test *test, const char *const *command)
{
	struct actor *server = actor_start(test, "server");
	int listener = sock_open(server, test->family, SOCK_STREAM, 0), fd;
	const char *argv[16] = { 0 };
	struct program *client;
	struct egret *egret;
	size_t count = 0;

	while (count < 12 && command[count]) {
		argv[count] = command[count];
		count++;
	}
	argv[count] = test->ip;
	argv[count + 1] = test_text(test, "%d", sock_bind(server, listener, test->ip, 0));
	sock_listen(server, listener);
	egret = egret_start_own(test, NULL);
	client = program_start(test, &(struct program_options){ .argv = argv });
	fd = sock_accept(server, listener);
	expect_equal(test, sock_receive(server, fd, SENT), SENT);
	sock_close(server, fd);
	program_wait(client);
	return egret_stop(egret);
}

/* The interpreter's own file: what it is called there is the app's component. */
static const char *real_name(struct test *test, const char *program)
{
	char path[PATH_MAX];

	require(test, realpath(program, path));
	return test_text(test, "%s", strrchr(path, '/') + 1);
}

static void expect_script(struct result *result, const char *path, const char *trust,
			  const char *component)
{
	if (!result)
		return;
	expect_app(result,
		   &(struct expected){ .id = test_text(result->test, "script:%s", path),
				       .kind = "script",
				       .name = strrchr(path, '/') + 1,
				       .trust = trust,
				       .component = component },
		   SENT);
}

/* "#!/usr/bin/perl": the kernel itself has loaded the interpreter. */
static void executed(struct test *test, const char *program, const char *name, const char *text)
{
	const char *path = script_file(test, name, test_text(test, "#!%s", program), text);

	expect_script(run(test, WORDS(path)), path, "kernel", real_name(test, program));
}

static void python(struct test *test)
{
	executed(test, "/usr/bin/python3", "sync", python_text);
}

static void perl(struct test *test)
{
	executed(test, program_find(test, "perl"), "report", perl_text);
}

static void node(struct test *test)
{
	executed(test, program_find(test, "node"), "shop", node_text);
}

static void shell(struct test *test)
{
	executed(test, program_find(test, "bash"), "backup", bash_text);
}

/* "#!/usr/bin/env perl" executes twice, and the second time it is no script. */
static void found_by_env(struct test *test)
{
	const char *path = script_file(test, "report", "#!/usr/bin/env perl", perl_text);

	expect_script(run(test, WORDS(path)), path, "kernel",
		      real_name(test, program_find(test, "perl")));
}

/* A relative path begins where the process was, not where it has gone since. */
static void relative(struct test *test)
{
	const char *perl_path = program_find(test, "perl"),
		   *path = script_file(test, "report", test_text(test, "#!%s", perl_path),
				       test_text(test, "chdir '/';\n%s", perl_text));

	expect_script(run(test, WORDS(program_find(test, "env"), "-C", test->dir, "./report")),
		      path, "kernel", real_name(test, perl_path));
}

/* What only the arguments say, which are the process's own. */
static void by_arguments(struct test *test)
{
	const char *perl_path = program_find(test, "perl"),
		   *path = script_file(test, "report.pl", "", perl_text);

	expect_script(run(test, WORDS(perl_path, path)), path, "user", "perl");
}

/* A script that calls itself another is still the one that was executed. */
static void impostor(struct test *test)
{
	const char *perl_path = program_find(test, "perl"),
		   *path = script_file(test, "evil", test_text(test, "#!%s", perl_path),
				       test_text(test, "$0='/usr/bin/perl /usr/bin/honest';\n%s",
						 perl_text));

	expect_script(run(test, WORDS(path)), path, "kernel", real_name(test, perl_path));
}

const struct test_case script_cases[] = {
	CASE("scripts/python", python),
	CASE("scripts/perl", perl),
	CASE("scripts/node", node),
	CASE("scripts/shell", shell),
	CASE("scripts/found-by-env", found_by_env),
	CASE("scripts/relative", relative),
	CASE("scripts/by-arguments", by_arguments),
	CASE("scripts/impostor", impostor),
	{ 0 },
};

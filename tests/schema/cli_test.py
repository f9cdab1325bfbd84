#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What egret says to whom, and with which status it ends, whatever the command."""
import os
import tempfile

import tap

COMMANDS = ("summary", "trace", "top", "record", "report", "diff", "check", "merge", "explain", "app", "doctor",
            "schema")
SUMMARY = f"{tap.GOLDEN}/ordinary.json"


def expect_refusal(arguments, said, status=2):
    done = tap.egret(*arguments)
    tap.expect(done.returncode == status, f"status {done.returncode}")
    tap.expect(done.stdout == "", "something on standard output")
    tap.expect(len(done.stderr.splitlines()) == 1, f"not one line: {done.stderr}")
    tap.expect(done.stderr.startswith("egret: ") and said in done.stderr, done.stderr)


def check_usage():
    done = tap.egret()
    tap.expect(done.returncode == 2 and done.stdout == "", "without a command")
    tap.expect(all(f"\n  {command} " in done.stderr for command in COMMANDS), done.stderr)
    done = tap.egret("--help")
    tap.expect(done.returncode == 0 and done.stderr == "", "--help")
    tap.expect(all(f"\n  {command} " in done.stdout for command in COMMANDS), done.stdout)


def check_help_word():
    for arguments in (["help"], ["help", "help"], ["help", "--help"]):
        done = tap.egret(*arguments)
        tap.expect(done.returncode == 0 and done.stderr == "", done.stderr)
        tap.expect(done.stdout == tap.egret("--help").stdout, done.stdout)


def check_help(command):
    done = tap.egret(command, "--help")
    tap.expect(tap.egret("help", command).stdout == done.stdout, "help prints something else")
    tap.expect(done.returncode == 0 and done.stderr == "", done.stderr)
    tap.expect(done.stdout.startswith(f"usage: egret {command} "), done.stdout)
    for option in ("--help", "--version", "--color", "-v", "-q"):
        tap.expect(option in done.stdout, f"no {option}")
    tap.expect(all(len(line) <= 80 for line in done.stdout.splitlines()), "longer than 80 columns")


def check_version(arguments):
    done = tap.egret(*arguments, "--version")
    tap.expect(done.returncode == 0 and done.stderr == "", done.stderr)
    tap.expect(done.stdout.startswith("egret "), done.stdout)


def check_full_disk(arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = tap.egret(*arguments, stdout=full)
    tap.expect(done.returncode == 5, f"status {done.returncode}")
    tap.expect(len(done.stderr.splitlines()) == 1 and "No space left on device" in done.stderr, done.stderr)


def check_closed_pipe(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = tap.egret(*arguments, stdout=writer)
    finally:
        os.close(writer)
    tap.expect(done.returncode == 5, f"status {done.returncode}")
    tap.expect(len(done.stderr.splitlines()) == 1 and "Broken pipe" in done.stderr, done.stderr)


def check_closed_output():
    """With standard output closed, a file that is opened must not take its place."""
    done = tap.egret("merge", SUMMARY, stdout=None, preexec_fn=lambda: os.close(1))
    tap.expect(done.returncode == 5 and "Bad file descriptor" in done.stderr, done.stderr)


def check_file():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result")
        done = tap.egret("merge", SUMMARY, "-o", path)
        tap.expect(done.returncode == 0 and done.stdout == done.stderr == "", done.stderr)
        tap.expect(os.listdir(folder) == ["result"], f"left behind: {os.listdir(folder)}")
        with open(path, encoding="utf-8") as file:
            tap.expect(file.read() == tap.egret("merge", SUMMARY).stdout, "the file is another one")
        done = tap.egret("merge", path, "-o", os.path.join(folder, "no", "such"))
        tap.expect(done.returncode == 5 and len(done.stderr.splitlines()) == 1, done.stderr)


def cases():
    yield "usage", check_usage
    yield "help", check_help_word
    yield "help on what there is not", expect_refusal, ["help", "sumary"], "unknown command 'sumary'"
    yield "help on two commands", expect_refusal, ["help", "summary", "trace"], "too many arguments at 'trace'"
    yield "help mistyped", expect_refusal, ["hlp"], "unknown command 'hlp' (did you mean help?)"
    for command in COMMANDS:
        yield f"{command} --help", check_help, command
        yield f"{command} --version", check_version, [command]
        yield f"{command} with an unknown option", expect_refusal, [command, "--bogus"], "unknown option '--bogus'"
        yield f"{command} with a bad colour", expect_refusal, [command, "--color", "x"], "unknown value 'x'"
    yield "--version", check_version, []
    yield "an unknown command", expect_refusal, ["sumary"], "unknown command 'sumary' (did you mean summary?)"
    yield "an unknown option first", expect_refusal, ["--duration", "1s"], "unknown option '--duration'"
    yield "a hostile command", expect_refusal, ["\x1b[2J"], "unknown command '\\x1b[2J'"
    yield "a bad duration", expect_refusal, ["summary", "--duration", "10"], "'10' is no duration"
    yield "a bad interval", expect_refusal, ["summary", "--interval", "soon"], "'soon' is no duration"
    yield "a bad number", expect_refusal, ["summary", "--max-flows", "0"], "'0' is no number"
    yield "a format that it has not", expect_refusal, ["summary", "--format", "html"], "has no format 'html'"
    yield "a format that there is not", expect_refusal, ["trace", "--format", "xml"], "unknown value 'xml'"
    yield "a word too much", expect_refusal, ["summary", "curl"], "too many arguments at 'curl'"
    yield "no command after --", expect_refusal, ["summary", "--"], "no command after --"
    yield "no policy", expect_refusal, ["check"], "POLICY is missing"
    yield "a summary and a period", expect_refusal, ["check", "x", "--summary", "y", "--since", "1d"], "either --summary"
    yield "a baseline that is later", expect_refusal, ["diff", "--since", "2d", "--baseline", "1d"], "not before --since"
    yield "a period that ends too early", expect_refusal, ["diff", "--until", "8d"], "ends before it begins"
    yield "a command without rules", expect_refusal, ["record", "--on-violation", "true"], "needs --policy"
    yield "no file to merge", expect_refusal, ["merge"], "FILE... is missing"
    yield "a file that is not there", expect_refusal, ["merge", "/nonexistent"], "No such file or directory"
    yield "a file that is no summary", expect_refusal, ["merge", "Makefile"], "Makefile: byte 0: "
    yield "nothing to identify", expect_refusal, ["app"], "a PID or --stdin is missing"
    yield "something that is no process", expect_refusal, ["app", "x"], "'x' is no PID"
    yield "a process that is not there", expect_refusal, ["app", "4194305"], "process 4194305: No such process"
    yield "no document to print", expect_refusal, ["schema"], "NAME is missing"
    for arguments in (["--help"], ["--version"], ["merge", SUMMARY], ["schema", "summary"]):
        yield f"a full disk under {arguments[0]}", check_full_disk, arguments
        yield f"a closed pipe behind {arguments[0]}", check_closed_pipe, arguments
    yield "a closed standard output", check_closed_output
    yield "a file as output", check_file


tap.run(cases())

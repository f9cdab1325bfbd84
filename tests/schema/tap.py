# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs egret and other programs, and test cases that print TAP."""
import os
import shutil
import subprocess
import sys

EGRET = os.environ.get("EGRET", "build/egret")
BUILD = os.environ.get("BUILD", "build")
SIMULATE = os.path.join(BUILD, "tools", "fleet", "simulate")
HISTORIES = os.path.join(BUILD, "tests", "html", "history")  # makes them
GOLDEN = os.path.join("tests", "golden")


def egret(*arguments, **keywords):
    """Runs egret; the completed process, with text that is valid UTF-8 or an exception."""
    keywords = {"input": "", "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **keywords}
    return subprocess.run([EGRET, *arguments], encoding="utf-8", check=False, **keywords)


def call(*arguments, **keywords):
    """Runs another program; its stdout has its stderr among it."""
    keywords = {"input": "", **keywords}
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
                          **keywords)


def history(folder, name):
    """The path of a history of this kind, which is made once."""
    path = os.path.join(folder, name + ".db")
    if not os.path.exists(path):
        subprocess.run([HISTORIES, name, path], check=True)
    return path


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    """The path."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


class Skip(Exception):
    """This machine can't run the test; says why."""


def missing(programs):
    return [program for program in programs if not shutil.which(program)]


def needed(program):
    """Its path; skips the case where it is not installed."""
    found = shutil.which(program)
    if not found:
        raise Skip(f"{program} is not installed")
    return found


def expect_exposition(text):
    """What Prometheus' own program says."""
    done = call(needed("promtool"), "check", "metrics", input=text)
    expect(done.returncode == 0 and not done.stdout, f"status {done.returncode}: {done.stdout}")


def skip_all(reason):
    """Instead of run()."""
    print(f"1..0 # SKIP {reason}")


def run(cases):
    """Each case: its name, a function, the function's arguments."""
    number = 0
    for number, (name, check, *arguments) in enumerate(cases, 1):
        try:
            check(*arguments)
            print(f"ok {number} - {name}")
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
        except Exception as error:  # whatever goes wrong is this test's failure
            print(f"not ok {number} - {name}")
            print("\n".join("# " + line for line in f"{type(error).__name__}: {error}".splitlines()))
        sys.stdout.flush()
    print(f"1..{number}")

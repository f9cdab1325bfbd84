# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs egret, and test cases that print TAP."""
import os
import subprocess
import sys

EGRET = os.environ.get("EGRET", "build/egret")
GOLDEN = os.path.join("tests", "golden")


def egret(*arguments, **keywords):
    """Runs egret; the completed process, with text that is valid UTF-8 or an exception."""
    keywords = {"input": "", "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **keywords}
    return subprocess.run([EGRET, *arguments], encoding="utf-8", check=False, **keywords)


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


class Skip(Exception):
    """This machine can't run the test; says why."""


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

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""tools/prove: a step that fails is shown, and the exit status says so. Its `make` is made up here."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
import tap  # noqa: E402

STEPS = ("lint", "check", "sanitizers", "fuzz", "faults", "load", "kernels", "bench")
MAKE = """#!/bin/sh
echo "$*" >>"$ASKED"
case "$*" in
$FAILING) echo '3 passed, 1 failed, 0 skipped'; exit 2 ;;
esac
echo 'ok - fuzz dns: 7 runs'
echo '4 passed, 0 failed, 0 skipped'
"""


def prove(*arguments, failing="nothing"):
    """The exit status, the row of each step, and what make was asked for."""
    with tempfile.TemporaryDirectory() as directory:
        make, asked = pathlib.Path(directory, "make"), pathlib.Path(directory, "asked")
        make.write_text(MAKE.replace("$FAILING", f"'{failing}'"), encoding="utf-8")
        make.chmod(0o755)
        done = subprocess.run(["tools/prove", *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", check=False,
                              env={**os.environ, "PATH": f"{directory}:{os.environ['PATH']}",
                                   "BUILD": directory, "ASKED": str(asked)})
        rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.split()}
        return done, rows, asked.read_text().splitlines() if asked.exists() else []


def held(row):
    return row.split()[1]


def everything():
    done, rows, asked = prove()
    tap.expect(done.returncode == 0, f"status {done.returncode}: {done.stderr}")
    tap.expect(all(held(rows[name]) == "yes" for name in STEPS), f"{rows}")
    tap.expect(len(asked) == len(STEPS), f"{asked}")


def failing(target, name):
    done, rows, asked = prove(failing=target)
    tap.expect(done.returncode == 1, f"status {done.returncode}")
    tap.expect(len(asked) == len(STEPS), "a failure keeps others from running")
    for other in STEPS:
        tap.expect(held(rows[other]) == ("NO" if other == name else "yes"), rows[other])
    tap.expect(name == "fuzz" or "1 failed" in rows[name] or name == "lint", rows[name])


def some():
    done, rows, asked = prove("-x", "kernels", "load", "kernels", "lint")
    tap.expect(done.returncode == 0, f"status {done.returncode}")
    tap.expect(sorted(asked) == ["check-load", "lint"], f"{asked}")
    tap.expect("left out" in rows["kernels"] and "left out" in rows["bench"], f"{rows}")
    tap.expect(held(rows["load"]) == "yes", rows["load"])


def no_such():
    done, _, asked = prove("bensh")
    tap.expect(done.returncode == 2 and not asked, f"status {done.returncode}, {asked}")
    tap.expect("bensh" in done.stderr and "bench" in done.stderr, done.stderr)


TARGETS = {"lint": "lint", "check": "check", "check SANITIZE=1": "sanitizers",
           "fuzz SECONDS=60": "fuzz", "check-faults": "faults", "check-load": "load",
           "check-vm": "kernels", "bench": "bench"}
tap.run([("all of it", everything), ("some of it", some), ("none of that name", no_such),
         *((f"a failing {name}", failing, target, name) for target, name in TARGETS.items())])

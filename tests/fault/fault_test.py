#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Lets each call of egret's own code that can fail do so once: one run for each (wrap.c).

Whatever fails: no crash, no leak (ASan, LSan), no file but a whole one; and either one line says
what went wrong, and the status that it did, or the result is the same as without. FAULT=N runs only
the N-th of each case. EGRET_FAULT=N and the case's command line repeat a run by hand.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "schema"))
import tap  # noqa: E402

BUILD = os.environ.get("BUILD", "build/sanitize")
EGRET = f"{BUILD}/tests/fault/egret"
GOLDEN = "tests/golden"
SENDER = [f"{BUILD}/tests/net_test", "--once", "127.0.0.1", "9", "2", "100"]
BEFORE = "what was there before\n"
FAULTS_MAX = 20000
SANITIZED = 99  # the exit status of a run in which a sanitizer has found something
ENVIRONMENT = {
    "ASAN_OPTIONS": f"exitcode={SANITIZED}:allocator_may_return_null=1",
    "UBSAN_OPTIONS": f"exitcode={SANITIZED}:print_stacktrace=1",
    "LSAN_OPTIONS": f"exitcode={SANITIZED}",
}


class Run:
    """One run in a directory of its own; `fault` 0: none."""

    def __init__(self, arguments, fault):
        with tempfile.TemporaryDirectory() as directory:
            self.output = pathlib.Path(directory, "output")
            log = pathlib.Path(directory, "log")
            self.output.write_text(BEFORE, encoding="utf-8")
            arguments = [str(self.output) if word == "OUTPUT" else word for word in arguments]
            environment = {"EGRET_FAULT": str(fault), "EGRET_FAULT_LOG": str(log)}
            done = subprocess.run([EGRET, *arguments], stdin=subprocess.DEVNULL, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                                  env={**os.environ, **ENVIRONMENT, **environment})
            self.status = done.returncode
            self.said = done.stderr.decode()
            self.printed = done.stdout.decode()
            self.text = self.output.read_text(encoding="utf-8")
            self.failed = log.read_text().split("\n")[:-1] if log.exists() else []
            self.left = sorted({path.name for path in pathlib.Path(directory).iterdir()}
                               - {"output", "log"})

    def complaint(self):
        """What egret has said, without what it always says."""
        return [line for line in self.said.splitlines() if line != "egret: tracing"]


def same_text(run, whole):
    return run.text == whole.text and run.printed == whole.printed


def row_of_sender(text):
    """The one row of the program that sent 100 bytes, or None."""
    for app in json.loads(text)["apps"]:
        if app["id"].startswith("exe:") and app["id"].endswith("/net_test"):
            tap.expect(app["processes"][0]["command_line"][1] == "--once", f"what process? {app}")
            row, = app["destinations"]
            return row["ip"], row["port"], row["transport"], row["bytes_sent"]
    return None


def degraded_of(run):
    return len(json.loads(run.text)["ledger"]["degraded"])


def same_summary(run, whole):
    if run.text == BEFORE:
        return False
    ledger = json.loads(run.text)["ledger"]
    if not ledger["complete"] or len(ledger["degraded"]) > degraded_of(whole):
        return True  # the ledger tells
    return row_of_sender(run.text) == ("127.0.0.1", 9, "udp", 100)


def same_trace(run, _):
    kinds = [json.loads(line)["event"] for line in run.text[len(BEFORE):].splitlines()]
    return run.text.startswith(BEFORE) and "process" in kinds


def same_anything(run, _):
    """A summary of the machine, which is never the same."""
    return run.text != BEFORE and json.loads(run.text)["period"]["end"] is not None


def same_doctor(run, whole):
    """As many checks; each as good, or with a word on what it affects."""
    if run.text == BEFORE:
        return False
    checks, good = json.loads(run.text)["checks"], json.loads(whole.text)["checks"]
    return len(checks) == len(good) and all(
        a["status"] == b["status"] or a["affects"] or a["detail"].startswith("not tried")
        for a, b in zip(checks, good))


def expect_clean(run):
    tap.expect(run.status != SANITIZED and "runtime error" not in run.said, "a sanitizer's finding")
    tap.expect(run.status >= 0 and run.status != 134, "it crashed")
    tap.expect(not run.left, f"it left {run.left}")


def expect_told(run, whole, same):
    """Either the result is right, or egret has said what is wrong."""
    complaint = run.complaint()
    tap.expect(all(line.startswith("egret: ") for line in complaint), "no message of egret's")
    if run.status != whole.status:
        told = run.text not in (BEFORE, whole.text) and same(run, whole)
        tap.expect(complaint or told, f"status {run.status} without a word")
        return
    tap.expect(same(run, whole) or complaint, "a wrong result without a word")


def place_of(failed):
    """The line of the source that called."""
    name, address = failed.split()
    done = subprocess.run(["addr2line", "-fe", EGRET, address], stdout=subprocess.PIPE,
                          encoding="utf-8", check=False)
    function, line = (done.stdout.splitlines() + ["?", "?"])[:2]
    line = re.sub(r"^.*/(?=(user|tests)/)", "", line)
    return f"{name}() in {function}, {line}"


def check(arguments, same, only):
    whole = Run(arguments, 0)
    expect_clean(whole)
    tap.expect(same(whole, whole), f"wrong without a fault: {whole.said}{whole.text[:2000]}")
    wrong = []
    for number in [only] if only else range(1, FAULTS_MAX):
        run = Run(arguments, number)
        if not run.failed:
            tap.expect(only or number > 1, "no fault at all")
            print(f"# {number - 1} faults")
            break
        try:
            expect_clean(run)
            expect_told(run, whole, same)
        except Exception as error:  # go on, to find them all
            where = ", ".join(place_of(failed) for failed in run.failed)
            wrong.append(f"{number}: {where}: {error} (status {run.status}): {run.said[:3000]}")
    tap.expect(not wrong, "\n".join(wrong))


CASES = [
    ("schema", ["schema", "summary", "-o", "OUTPUT"], same_text),
    ("schema on stdout", ["schema", "summary"], same_text),
    ("schema of no document", ["schema", "sumary"], same_text),
    ("merge", ["merge", f"{GOLDEN}/ordinary.json", f"{GOLDEN}/merged.json", "-o", "OUTPUT",
               "--format", "json"], same_text),
    ("merge as text", ["merge", f"{GOLDEN}/ordinary.json", "--format", "text"], same_text),
    ("merge as prometheus", ["merge", f"{GOLDEN}/ordinary.json", "--format", "prometheus", "--app",
                             "*e*", "--scope", "internet"], same_text),
    ("explain", ["explain", "203.0.113.27", "--summary", f"{GOLDEN}/ordinary.json", "-o", "OUTPUT",
                 "--format", "json"], same_text),
    ("wrong options", ["merge", "--fromat", "json", "x"], same_text),
    ("doctor", ["doctor", "-o", "OUTPUT", "--format", "json"], same_doctor),
    ("summary of a command", ["summary", "--include-loopback", "-o", "OUTPUT", "--", *SENDER],
     same_summary),
    ("trace of a command", ["trace", "--include-loopback", "-o", "OUTPUT", "--", *SENDER],
     same_trace),
    ("summary", ["summary", "-o", "OUTPUT", "--duration", "50ms"], same_anything),
]

if __name__ == "__main__":
    ONLY = int(os.environ.get("FAULT", "0"))
    CHOSEN = sys.argv[1:]
    tap.run((name, check, arguments, same, ONLY) for name, arguments, same in CASES
            if not CHOSEN or name in CHOSEN)

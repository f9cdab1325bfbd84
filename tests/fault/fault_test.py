#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Lets each call of egret's own code that can fail do so once: one run for each (wrap.c).

Whatever fails: no crash, no leak (ASan, LSan), no file but a whole one; and either one line says
what went wrong, and the status that it did, or the result is the same as without. Of the calls that
one way leads to, the first and the last fail; with FAULTS=all, each. FAULT=N runs only the N-th of
each case. EGRET_FAULT=N and the case's command line repeat a run by hand.
"""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading

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
    """One run in a directory of its own; `fault` 0: none; below: none, but all calls are listed.

    Of the words of the command line, OUTPUT is the file to be written, and DATABASE a history."""

    def __init__(self, arguments, fault, stdin=None):
        with tempfile.TemporaryDirectory() as directory:
            self.output = pathlib.Path(directory, "output")
            log = pathlib.Path(directory, "log")
            self.output.write_text(BEFORE, encoding="utf-8")
            names = {"OUTPUT": str(self.output), "DATABASE": f"{directory}/history.db"}
            environment = {"EGRET_FAULT": str(fault), "EGRET_FAULT_LOG": str(log)}
            done = subprocess.run([EGRET, *(names.get(word, word) for word in arguments)],
                                  input=stdin or b"", check=False, timeout=120,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env={**os.environ, **ENVIRONMENT, **environment})
            self.status = done.returncode
            self.said = done.stderr.decode()
            self.printed = done.stdout.decode()
            self.text = self.output.read_text(encoding="utf-8")
            self.calls = log.read_text().split("\n")[:-1] if log.exists() else []
            self.left = sorted({path.name for path in pathlib.Path(directory).iterdir()}
                               - {"output", "log"})
            self.recorded = self.read_back(directory) if "DATABASE" in arguments else None

    @staticmethod
    def read_back(directory):
        """What the history says without a fault; "" where there is nothing in it."""
        done = subprocess.run([EGRET, "report", "--database", f"{directory}/history.db", "--since",
                               "1d", "--format", "json"], stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              env={**os.environ, **ENVIRONMENT})
        if done.returncode not in (0, 5):
            text = done.stderr.decode()
            fine = "No such file" in text or "has nothing in it yet" in text
            tap.expect(fine, f"the history can't be read: {text}")
        return done.stdout.decode()

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


def same_record(run, _):
    """The interval is in the history."""
    return bool(run.recorded) and bool(json.loads(run.recorded)["summary"]["apps"])


def same_app(run, whole):
    """What can't be read is unknown, and another rule decides then: still one app, and its kind."""
    answers, good = ([json.loads(line) for line in each.text.splitlines()] for each in (run, whole))
    return run.text != BEFORE and len(answers) == len(good) and all(
        answer["app_id"] and answer["kind"] for answer in answers)


def same_doctor(run, whole):
    """As many checks; each as good, or with a word on what it affects."""
    if run.text == BEFORE:
        return False
    checks, good = json.loads(run.text)["checks"], json.loads(whole.text)["checks"]
    return len(checks) == len(good) and all(
        a["status"] == b["status"] or a["affects"] or "only root can" in a["detail"]
        for a, b in zip(checks, good))


def expect_clean(run):
    tap.expect(run.status != SANITIZED and "runtime error" not in run.said, "a sanitizer's finding")
    tap.expect(run.status >= 0 and run.status != 134, "it crashed")
    left = [name for name in run.left if not name.startswith("history.db")]
    tap.expect(not left, f"it left {left}")


def same_refusal(run, whole):
    """The words may be fewer, where there is no memory for them."""
    return same_text(run, whole) and bool(run.complaint()) == bool(whole.complaint())


def same_form(run, whole):
    """Without UTF-8 of the C library's, columns have other widths."""
    return [len(text.splitlines()) for text in (run.text, run.printed)] == \
        [len(text.splitlines()) for text in (whole.text, whole.printed)]


def expect_told(run, whole, same):
    """Either the result is right, or egret has said what is wrong."""
    complaint = run.complaint()
    if all(" newlocale " in call for call in run.calls):
        same = same_form
    tap.expect(all(line.startswith("egret: ") for line in complaint), "no message of egret's")
    if run.status != whole.status:
        told = run.text not in (BEFORE, whole.text) and same(run, whole)
        tap.expect(complaint or told, f"status {run.status} without a word")
        return
    tap.expect(same(run, whole) or complaint, "a wrong result without a word")


def place_of(call):
    """The line of the source that called."""
    _, name, address, _ = call.split()
    done = subprocess.run(["addr2line", "-fe", EGRET, address], stdout=subprocess.PIPE,
                          encoding="utf-8", check=False)
    function, line = (done.stdout.splitlines() + ["?", "?"])[:2]
    line = re.sub(r"^.*/(?=(user|tests)/)", "", line)
    return f"{name}() in {function}, {line}"


def numbers(arguments, stdin):
    """Of the calls that were reached by the same way, the first and the last."""
    calls = [call.split() for call in Run(arguments, -1, stdin).calls]
    first, last = {}, {}
    for number, name, _, way in calls:
        first.setdefault((name, way), int(number))
        last[name, way] = int(number)
    tap.expect(first, "no call that could fail")
    chosen = sorted({*first.values(), *last.values()})
    if ALL:
        chosen = range(1, FAULTS_MAX)
    print(f"# {len(calls)} calls by {len(first)} ways", flush=True)
    return chosen


def check(arguments, same, stdin=None):
    whole = Run(arguments, 0, stdin)
    expect_clean(whole)
    tap.expect(same(whole, whole) and (whole.status in (0, 1, 5) or same is same_refusal),
               f"wrong without a fault: {whole.said}{whole.text[:2000]}")
    wrong, failed = [], 0
    for number in [ONLY] if ONLY else numbers(arguments, stdin):
        run = Run(arguments, number, stdin)
        if not run.calls:
            if ALL:
                break
            continue  # of a summary no two runs are the same
        failed += 1
        try:
            expect_clean(run)
            expect_told(run, whole, same)
        except Exception as error:  # go on, to find them all
            where = ", ".join(place_of(call) for call in run.calls)
            wrong.append(f"{number}: {where}: {error} (status {run.status}): {run.said[:3000]}")
    print(f"# {failed} faults", flush=True)
    tap.expect(failed, "no fault at all")
    tap.expect(not wrong, "\n".join(wrong))


class Files:
    """What the cases read, made once."""

    def __init__(self, directory):
        self.history = f"{directory}/history.db"
        self.geo = f"{directory}/places.mmdb"
        self.owners = f"{directory}/owners.tsv"
        self.policy = f"{directory}/policy.json"
        self.quick = f"{directory}/quick.json"
        subprocess.run([f"{BUILD}/tests/html/history", "small", self.history], check=True)
        csv = pathlib.Path(directory, "places.csv")
        csv.write_text("198.51.100.0,198.51.100.255,SG\n203.0.113.0,203.0.113.255,DE\n",
                       encoding="utf-8")
        subprocess.run(["tools/make-mmdb", "--type", "Test-Country", "--columns",
                        "country.iso_code", "-o", self.geo, str(csv)], check=True,
                       stdout=subprocess.DEVNULL)
        pathlib.Path(self.owners).write_text("example.com\tExample Holdings\tSG\n",
                                             encoding="utf-8")
        rules = [{"name": "abroad", "not": {"countries": ["SG", "US"], "apps": ["*steam*"]}},
                 {"name": "little", "where": {"apps": ["*"]}, "max_sent_per_day": 1000}]
        self.write_policy(self.policy, rules)
        self.write_policy(self.quick, [{"name": "none", "not": {"scopes": ["*"]}}])

    @staticmethod
    def write_policy(path, rules):
        document = {"schema": "egret.policy/1", "rules": rules}
        pathlib.Path(path).write_text(json.dumps(document), encoding="utf-8")


def facts():
    """Processes of each kind, as `egret app --stdin` reads them."""
    with open("tests/data/identity_vectors.json", encoding="utf-8") as stream:
        vectors = json.load(stream)["vectors"]
    kinds = {}
    for vector in vectors:
        kinds.setdefault(vector["expect"].get("kind"), vector["input"])
    return "".join(json.dumps(each) + "\n" for each in kinds.values()).encode()


def has_html():
    done = subprocess.run([EGRET, "--version"], stdout=subprocess.PIPE, check=False)
    return b"with HTML" in done.stdout


def on_history(files, *arguments):
    return [*arguments, "--database", files.history, "--since", "2026-11-16", "--until",
            "2026-11-19"]


def offline_cases(files):
    """Those that trace nothing."""
    golden = f"{GOLDEN}/ordinary.json"
    to_file = ["-o", "OUTPUT"]
    yield "schema", ["schema", "summary", *to_file], same_text
    yield "schema on stdout", ["schema", "summary"], same_text
    yield "schema of no document", ["schema", "sumary"], same_refusal
    yield "wrong options", ["merge", "--fromat", "json", "x"], same_refusal
    yield "merge", ["merge", golden, f"{GOLDEN}/merged.json", *to_file, "--format", "json"], \
        same_text
    for form in ("text", "csv", "ndjson"):
        yield f"merge as {form}", ["merge", golden, "--format", form, *to_file], same_text
    yield "merge as prometheus", ["merge", golden, "--format", "prometheus", "--app", "*e*",
                                  "--scope", "internet"], same_text
    explain = ["--summary", golden, "--geo", files.geo, "--owners", files.owners]
    yield "explain", ["explain", "203.0.113.27", *explain, *to_file, "--format", "json"], same_text
    yield "explain a name", ["explain", "log.example.com", *explain, "--format", "text"], same_text
    yield "explain from the history", ["explain", "googleapis.com", "--database", files.history,
                                       "--since", "2026-11-16"], same_text
    for form in ("text", "json", "csv"):
        yield f"report as {form}", on_history(files, "report", "--format", form, *to_file), \
            same_text
    yield "report as html", on_history(files, "report", "--format", "html", *to_file), same_text
    yield "report redacted", on_history(files, "report", "--format", "json", "--redact"), same_text
    for form in ("text", "json"):
        yield f"diff as {form}", ["diff", "--database", files.history, "--since", "2026-11-17",
                                  "--until", "2026-11-19", "--format", form, *to_file], same_text
        yield f"check as {form}", on_history(files, "check", files.policy, "--format", form,
                                             *to_file), same_text
    yield "check of a summary", ["check", files.policy, "--summary", golden], same_text
    yield "no history", ["report", "--database", files.policy], same_refusal
    yield "app", ["app", str(os.getpid()), "--format", "ndjson", *to_file], same_app
    yield "app of facts", ["app", "--stdin", "--format", "ndjson", *to_file], same_app, facts()
    yield "doctor", ["doctor", *to_file, "--format", "json"], same_doctor


def live_cases(files):
    """Those that load the programs."""
    yield "summary of a command", ["summary", "--include-loopback", "-o", "OUTPUT", "--", *SENDER],\
        same_summary
    yield "trace of a command", ["trace", "--include-loopback", "-o", "OUTPUT", "--", *SENDER], \
        same_trace
    yield "summary", ["summary", "-o", "OUTPUT", "--duration", "50ms", "--geo", files.geo,
                      "--owners", files.owners], same_anything
    yield "record", ["record", "--database", "DATABASE", "--duration", "300ms", "--interval",
                     "100ms", "--include-loopback", "--policy", files.quick, "--on-violation",
                     "/bin/true"], same_record


def talk(ended):
    """Somebody must, for rules to be broken."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        while not ended.wait(0.02):
            sender.sendto(b"x", ("127.0.0.1", 9))


def cases(files):
    for name, arguments, same, *stdin in [*offline_cases(files), *live_cases(files)]:
        if CHOSEN and name not in CHOSEN:
            continue
        if "html" in arguments and not has_html():
            yield name, skip, "built without HTML"
            continue
        yield name, check, arguments, same, *stdin


def skip(reason):
    raise tap.Skip(reason)


def main():
    ended = threading.Event()
    talker = threading.Thread(target=talk, args=(ended,))
    with tempfile.TemporaryDirectory() as directory:
        talker.start()
        tap.run(cases(Files(directory)))
        ended.set()
        talker.join()


ONLY = int(os.environ.get("FAULT", "0"))
ALL = os.environ.get("FAULTS") == "all"
CHOSEN = sys.argv[1:]
if __name__ == "__main__":
    main()

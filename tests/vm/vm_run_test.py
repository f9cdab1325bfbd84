#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""tools/vm-run's book-keeping, with machines that are made up: no case is lost, whatever happens."""
import argparse
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [HERE, os.path.join(HERE, "..", "schema")]
import machine  # noqa: E402
import results  # noqa: E402
import tap  # noqa: E402

CASES = [f"tcp/case-{number}" for number in range(50)]
KERNELS = os.path.join(HERE, "..", "..", "tools", "kernels.txt")


def load_vm_run():
    loader = importlib.machinery.SourceFileLoader("vm_run", os.path.join(HERE, "..", "..", "tools", "vm-run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("vm_run", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


VM_RUN = load_vm_run()


class Booted:
    """Answers each case of net_test that is named with "ok", and dies of `deadly`."""

    def __init__(self, deadly):
        self.deadly = deadly

    def run(self, command):
        for number, case in enumerate(word.strip("'") for word in command.split() if "case-" in word):
            if case == self.deadly:
                raise machine.Dead("the machine is gone")
            yield f"ok {number} - {case}"
            yield "# 1200 ms"


class Run(VM_RUN.Run):
    """Without machines; remembers which were booted."""

    def __init__(self, deadly=None, number=0, **changed):
        options = {"build": "build", "machines": 2, "jobs": 2, "timeout": 1, "limit": None,
                   "verbose": False, "patterns": []}
        self.deadly = deadly
        self.booted = []
        super().__init__(argparse.Namespace(**{**options, **changed}), results.Kernels(KERNELS), "5.10",
                         number)
        self.verifiers = ["build/vm/verifier-clang-14"]

    def list(self, patterns):
        return CASES[:2] if patterns == VM_RUN.SOME else CASES

    def boot(self, name, work, command_line=""):
        self.booted.append(name)
        with contextlib.suppress(machine.Dead):
            work(Booted(self.deadly))

    def all(self):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            for task in self.tasks():
                task()
        return said.getvalue()

    def verdicts(self):
        return {case: result.verdict for case, result in self.results.cases.items()}


def promises():
    return {f"machine/{name}/{case}" for name in ("plain", *VM_RUN.MACHINES)
            for case in VM_RUN.OF_PROMISE}


def late():
    """What time was not enough for stands in the table: the special machines' cases too."""
    run = Run(limit=time.monotonic() - 1)
    run.all()
    tap.expect(run.booted == [], f"booted {run.booted}")
    expected = {"verifier/clang-14", VM_RUN.STORM, *CASES, *promises()}
    for name in ("lockdown-integrity", "cgroup-v1"):
        expected |= {f"machine/{name}/{case}" for case in CASES[:2]}
    for name in ("verifier", "storm", *VM_RUN.MACHINES):
        expected.add(f"machine/{name}/console")
    tap.expect(set(run.verdicts()) == expected, set(run.verdicts()) ^ expected)
    for case, result in run.results.cases.items():
        tap.expect(result == results.Result("skip", "no time is left"), f"{case}: {result}")


def halves():
    """What one kernel has no time for, another begins with."""
    first, second = ([run.take(), run.take()] for run in (Run(number=0), Run(number=1)))
    half = len(CASES) // 2
    tap.expect(not set(sum(first, [])[:half]) & set(sum(second, [])[:half]), (first, second))


def died():
    """A machine takes one case with it; the rest is done by the next."""
    run = Run(deadly=CASES[30], patterns=["*"])
    said = run.all()
    wrong = {case: verdict for case, verdict in run.verdicts().items() if verdict != "ok"}
    tap.expect(wrong == {CASES[30]: "FAIL"}, wrong)
    tap.expect(set(run.verdicts()) == set(CASES), set(run.verdicts()) ^ set(CASES))
    tap.expect(said.startswith(f"5.10: not ok - {CASES[30]}\nno answer"), said)


def again():
    """What fails twice has failed; what passes the second time is named."""
    run = Run(patterns=["*"])
    for case, verdict in ((CASES[1], "FAIL"), (CASES[2], "FAIL"), (CASES[3], "ok")):
        with contextlib.redirect_stderr(io.StringIO()):
            run.results.add(case, verdict)
    run.deadly = CASES[2]
    with contextlib.redirect_stderr(io.StringIO()):
        run.again()
    tap.expect(run.booted == ["again"], run.booted)
    tap.expect(run.verdicts() == {CASES[1]: "ok", CASES[2]: "FAIL", CASES[3]: "ok"}, run.verdicts())
    tap.expect(run.results.notes == [f"{CASES[1]} passed at the second attempt only"], run.results.notes)


def unanswered():
    """A special machine that says nothing of its cases has failed in each."""
    run = Run()
    run.all()
    wrong = {case for case, verdict in run.verdicts().items() if verdict != "ok"}
    expected = {"verifier/clang-14", VM_RUN.STORM, *promises()}
    tap.expect(wrong == expected, wrong ^ expected)


def told():
    """Verdicts, reasons, and how long a case took, from TAP."""
    with contextlib.redirect_stderr(io.StringIO()) as said:
        kept = results.Results("5.10", results.Kernels(KERNELS).skips, True)
        kept.read(["1..4", "ok 1 - tcp/one", "# 1500 ms", "# 3 bytes", "not ok 2 - tcp/two", "# 20 ms",
                   "# expected 1", "ok 3 - mptcp/connect/ipv4 # SKIP no MPTCP: Protocol not supported",
                   "ok 4 - udp/three # SKIP no reason of the kernel's", "# eg_x by clang: 7 instructions"])
    verdicts = {case: result.verdict for case, result in kept.cases.items()}
    tap.expect(verdicts == {"tcp/one": "ok", "tcp/two": "FAIL", "mptcp/connect/ipv4": "skip",
                            "udp/three": "FAIL"}, verdicts)
    tap.expect(kept.cases["tcp/two"].text == "# expected 1", kept.cases["tcp/two"])
    tap.expect("ok - tcp/one (1.5 s)\n" in said.getvalue(), said.getvalue())
    tap.expect(kept.left_out() == ["5.10: 1 skipped, no MPTCP: Protocol not supported: "
                                   "mptcp/connect/ipv4"], kept.left_out())
    tap.expect(kept.notes == ["eg_x by clang: 7 instructions"], kept.notes)


if __name__ == "__main__":
    tap.run((("vm-run/late", late), ("vm-run/halves", halves), ("vm-run/died", died), ("vm-run/again", again),
             ("vm-run/unanswered", unanswered), ("vm-run/told", told)))

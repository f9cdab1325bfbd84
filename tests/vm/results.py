# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What came of each case on each kernel, against what tools/kernels.txt allows."""
import collections
import fnmatch
import re
import sys

Skip = collections.namedtuple("Skip", "kernels cases reason")
Result = collections.namedtuple("Result", "verdict text")
Told = collections.namedtuple("Told", "case failed skipped lines")


def say(text):
    print(text, file=sys.stderr, flush=True)


class Kernels:
    """The file tools/kernels.txt."""

    def __init__(self, path):
        self.names = []
        self.skips = []
        self.on_host = []
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                kind, *words = line.split(None, 1) or [""]
                if kind == "kernel":
                    self.names.append(words[0].split()[0])
                elif kind == "skip":
                    self.skips.append(Skip(*words[0].strip().split(None, 2)))
                elif kind == "host":
                    self.on_host.append(words[0].split()[0])

    def stays_on_host(self, case):
        return any(fnmatch.fnmatchcase(case, pattern) for pattern in self.on_host)


class Results:
    """One kernel's."""

    def __init__(self, name, skips, verbose):
        self.name = name
        self.verbose = verbose
        self.notes = []
        self.cases = {}
        self.skips = [skip for skip in skips
                      if skip.kernels == "all" or name in skip.kernels.split(",")]

    def _may_skip(self, case, reason):
        return any(fnmatch.fnmatchcase(case, skip.cases) and fnmatch.fnmatchcase(reason, skip.reason)
                   for skip in self.skips)

    def add(self, case, verdict, text="", took_ms=None):
        if verdict == "skip" and not self._may_skip(case, text):
            verdict, text = "FAIL", f"skipped, which tools/kernels.txt does not list: {text}"
        self.add_any(case, verdict, text, took_ms)

    def add_any(self, case, verdict, text, took_ms=None):
        """Also a skip for a reason that is not the kernel's."""
        self.cases[case] = Result(verdict, text)
        took = "" if took_ms is None else f" ({took_ms / 1000:.1f} s)"
        if verdict == "FAIL":
            say(f"{self.name}: not ok - {case}{took}\n{text}".rstrip())
        elif self.verbose:
            say(f"{self.name}: {verdict} - {case}{took}")

    def read(self, lines, prefix=""):
        """Takes TAP as it comes; what a case says, and how long it took, comes after its line."""
        told = None
        try:
            for line in lines:
                found = re.match(r"(not )?ok \d+ - (\S+)(?: # SKIP (.*))?", line)
                if found:
                    self._add_told(told)
                    told = Told(prefix + found[2], found[1], found[3], [])
                elif line.endswith(" instructions"):
                    self.notes.append(line.lstrip("# "))
                elif line.startswith("#") and told:
                    told.lines.append(line)
                elif not re.match(r"1\.\.\d|#", line):
                    say(f"{self.name}: {line}")
        finally:
            self._add_told(told)

    def _add_told(self, told):
        if not told:
            return
        took = re.fullmatch(r"# (\d+) ms", told.lines[0]) if told.lines else None
        text = "\n".join(told.lines[1:] if took else told.lines)
        verdict = "FAIL" if told.failed else "ok" if told.skipped is None else "skip"
        self.add(told.case, verdict, told.skipped or text, took and int(took[1]))

    def left_out(self):
        """A line for each reason, with the cases that it holds for."""
        reasons = collections.defaultdict(list)
        for case, result in self.cases.items():
            if result.verdict == "skip":
                reasons[" ".join(result.text.split())].append(case)
        return [f"{self.name}: {len(cases)} skipped, {reason}: {' '.join(cases)}"
                for reason, cases in reasons.items()]

    def verdict(self, case):
        """None: there is none."""
        return self.cases[case].verdict if case in self.cases else None

    def forget(self, cases):
        for case in cases:
            del self.cases[case]

    def count(self, verdict):
        return sum(result.verdict == verdict for result in self.cases.values())


def table(kernels):
    """Kernel × case, as text."""
    cases = list(dict.fromkeys(case for results in kernels for case in results.cases))
    width = max(map(len, cases), default=4)
    lines = [" ".join((f"{'CASE':{width}}", *(f"{results.name:>6}" for results in kernels)))]
    for case in cases:
        verdicts = (results.cases[case].verdict if case in results.cases else "-"
                    for results in kernels)
        lines.append(" ".join((f"{case:{width}}", *(f"{verdict:>6}" for verdict in verdicts))))
    return "\n".join(lines)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A recorder that can't write its history, or write each interval, but not sum up the hours that are over."""
import os
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import tap

PATIENCE = 30  # seconds
HOUR = 3600 * 10**9
MOST = 2**63 - 1
# Two hours ago is over. ?1 is when that hour began.
AGE = """UPDATE period SET bucket = ?1 + id, start = ?1 + id, end = ?1 + id + 1000000000, loopback_sent = {sent}"""
# The sum that there is already can't take any more: what is no integer is refused, as nothing else is.
FULL_SUM = f"""INSERT INTO period SELECT NULL, 1, ?1, ?1, ?1 + 1, context, 1, {MOST}, 0, 0, 0, 0, 0 FROM period LIMIT 1"""


class Recorder:
    """egret record with an interval of a second."""

    def __init__(self, database, *options):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [tap.EGRET, "record", "--database", database, "--interval", "1s", *options], stderr=subprocess.PIPE)
        self.said = ""

    def hear(self, words):
        """Waits until it says that, or ends."""
        end = time.monotonic() + PATIENCE
        while words not in self.said:
            ready, _, _ = select.select([self.process.stderr], [], [], max(0, end - time.monotonic()))
            tap.expect(ready, f"never said '{words}': {self.said}")
            piece = os.read(self.process.stderr.fileno(), 4096).decode()
            tap.expect(piece, f"ended without '{words}': {self.said}")
            self.said += piece

    def stop(self):
        """Its exit status; by itself it ends as well."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        _, rest = self.process.communicate(timeout=PATIENCE)
        self.said += rest.decode()
        return self.process.returncode


def ask(database, query):
    with sqlite3.connect(database, timeout=10) as history:
        return history.execute(query).fetchall()


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        tap.expect(time.monotonic() < end, f"waited in vain for {what}")
        select.select((), (), (), 0.1)  # the others have the processor


def two_hours_ago():
    return (time.time_ns() // HOUR - 2) * HOUR


def count(database):
    return ask(database, "SELECT count(*) FROM period WHERE level = 0")[0][0]


def record_before(database, sent):
    """Some intervals of an hour that is over, and in no sum yet; how many."""
    recorder = Recorder(database)
    recorder.hear("tracing")
    until(lambda: os.path.exists(database) and count(database) >= 2, "two intervals")
    recorder.stop()
    with sqlite3.connect(database) as history:
        history.execute(AGE.format(sent=sent), (two_hours_ago(),))
    return count(database)


def check_goes_on(folder):
    """Nothing is lost: it says so once, and goes on recording."""
    database = os.path.join(folder, "goes-on.db")
    before = record_before(database, 1)
    with sqlite3.connect(database) as history:
        history.execute(FULL_SUM, (two_hours_ago(),))
    recorder = Recorder(database)
    try:
        recorder.hear("recording goes on, trying on")
        until(lambda: count(database) >= before + 3, "more intervals")
        # Mended, it sums up what has waited.
        ask(database, "DELETE FROM period WHERE level = 1")
        until(lambda: ask(database, "SELECT min(rolled) FROM period WHERE level = 0 AND loopback_sent = 1") == [(1,)],
              "the sum")
    finally:
        status = recorder.stop()
    tap.expect(status == 0, f"{status}: {recorder.said}")
    tap.expect(recorder.said.count("cannot sum up and shorten") == 1, recorder.said)
    tap.expect("cannot record" not in recorder.said, recorder.said)
    gaps = ask(database, "SELECT reason FROM gap")
    tap.expect(gaps == [("egret was not recording",)], f"no more than before it began: {gaps}")


def check_ends(folder):
    """A damaged history is told of as what it is, and not made worse."""
    database = os.path.join(folder, "ends.db")
    before = record_before(database, MOST)
    recorder = Recorder(database)
    try:
        recorder.hear("recording ends")
        recorder.process.wait(timeout=PATIENCE)
    finally:
        status = recorder.stop()
    tap.expect(status == 125, f"{status}: {recorder.said}")
    tap.expect("cannot sum up and shorten" in recorder.said, recorder.said)
    tap.expect("trying on" not in recorder.said, recorder.said)
    tap.expect(count(database) == before + 1, "the interval itself is lost")


def check_tells_prometheus(folder):
    """Counters go on where the history can't be written: they say so."""
    database, exposition = os.path.join(folder, "locked.db"), os.path.join(folder, "egret.prom")

    def failing(value):
        with open(exposition, encoding="utf-8") as file:
            return f"\negret_history_failing {value}\n" in file.read()

    recorder = Recorder(database, "--textfile", folder)
    try:
        recorder.hear("tracing")
        until(lambda: os.path.exists(exposition) and os.path.exists(database) and count(database), "an interval")
        tap.expect(failing(0), "it fails")
        history = sqlite3.connect(database, timeout=10)
        history.execute("BEGIN IMMEDIATE")
        until(lambda: failing(1), "the failure")
        history.close()
        until(lambda: failing(0), "the next interval")
    finally:
        status = recorder.stop()
    tap.expect(status == 0, f"{status}: {recorder.said}")


def main():
    if os.getuid():
        tap.skip_all("not root")
        return
    with tempfile.TemporaryDirectory(prefix="egret-test-") as folder:
        tap.run([
            ("goes on where hours can't be summed up", check_goes_on, folder),
            ("ends where the history is damaged", check_ends, folder),
            ("tells Prometheus of a history that can't be written", check_tells_prometheus, folder),
        ])


if __name__ == "__main__":
    sys.exit(main())

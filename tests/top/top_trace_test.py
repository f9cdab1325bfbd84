#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""egret top on real traffic: a trace of its own, or what a recorder writes."""
import os
import re
import shutil

from generator import Generator
from session import (EGRET, OTHER_SCREEN, SIGNALS, SIZES, THIS_SCREEN, Terminal, database, expect_restored, folder, rows,
                     run, tap)


def need_root():
    if os.geteuid() != 0:
        raise tap.Skip("needs root")
    if not shutil.which("ip"):
        raise tap.Skip("needs ip(8)")


def check_traces(size):
    """What was sent is what is shown, to the digit; rates are of the last second."""
    need_root()
    with Generator() as generator, Terminal([EGRET, "top", "--app", "script:*generator.py"], size) as terminal:
        terminal.until_text("sort: sent/s", "tracing for")
        generator.send(8001, 250_000, 1_230_000)
        generator.send(8002, 70_000, 12)
        for word, numbers in ((" 8001/tcp ", "250 kB 1.2 MB 1"), (" 8002/tcp ", "70.0 kB 12 B 1"),
                              (" 8002/tcp in ", " 12 B 70.0 kB 1")):
            terminal.until(lambda self, word=word, numbers=numbers: [
                line for line in rows(self) if word in line and numbers in " ".join(line.split())],
                f"{word} with {numbers}")
        # both ends are this app's
        terminal.until(lambda self: re.search(r"^▾ generator.py .* 1\.6 MB +1\.6 MB +4", self.text(), re.MULTILINE), "totals")
        terminal.until(lambda self: self.lines()[1].startswith("Sent 0 B/s (1."), "rates of nothing")
        terminal.press("p")
        terminal.until_text("PAUSED")
        generator.send(8003, 5_000_000, 10)
        terminal.press("r", "r")
        terminal.until_text("PAUSED")
        tap.expect("8003/tcp" not in terminal.text(), "it moves while paused")
        terminal.press("p")
        terminal.until(lambda self: [line for line in rows(self) if "8003/tcp " in line and "5.0 MB" in line], "8003")
        terminal.press("z")
        terminal.until_text("Nothing was sent or received so far.")
        generator.send(8001, 1000, 2000)
        terminal.until(lambda self: [line for line in rows(self) if "8001/tcp " in line and "1.0 kB" in line], "from zero")
        terminal.press("q")
        expect_restored(terminal, 0)


def check_traced_end(number, status):
    need_root()
    with Terminal([EGRET, "top", "--interval", "100ms"]) as terminal:
        terminal.until_text("sort: sent/s", "tracing for")
        terminal.program.send_signal(number)
        expect_restored(terminal, status)


def check_messages():
    """What is said on standard error does not spoil the picture, and is not lost."""
    need_root()
    with Terminal([EGRET, "top", "--verbose", "--duration", "1s"]) as terminal:
        tap.expect(terminal.end() in (0, 5), terminal.text())  # 5: others are loud here
        picture = terminal.raw.partition(OTHER_SCREEN)[2].rpartition(THIS_SCREEN)[0]
        tap.expect(b"egret: " not in picture, "messages are in the picture")


RECORD_AND_LOOK = """
mount -t tmpfs none /var/lib || exit 77
exec 3< <(exec setpriv --pdeathsig TERM "$EGRET" record --interval 1s 2>&1)
trap "kill $!" EXIT
read -r line <&3
"$EGRET" top
"""


def check_reads_recorder():
    """Where a recorder runs, its history is shown, and followed."""
    need_root()
    with Generator() as generator, Terminal(["unshare", "-m", "bash", "-c", RECORD_AND_LOOK], EGRET=EGRET) as terminal:
        terminal.until_text("sort: sent/s", "recorded by ")
        generator.send(8001, 250_000, 1_230_000)
        terminal.press("/", *"generator 8001/tcp", "enter")
        terminal.until(lambda self: re.search(r"8001/tcp +\S+.* 250 kB +1\.2 MB", self.text()), "what was recorded")
        terminal.until_text("1 s up to ")
        terminal.until(lambda self: self.lines()[1].startswith("Sent 0 B/s"), "the interval after it")
        generator.send(8001, 250_000, 1_230_000)
        terminal.until(lambda self: re.search(r"8001/tcp +\S+.* 500 kB +2\.5 MB", self.text()), "what came later")
        terminal.press("escape", "q")
        terminal.end()


def check_reads_without_root():
    """Permission to read the history is enough, and what is said without is clear."""
    need_root()
    path, place = database("ordinary"), os.path.join(folder.name, "egret")
    shutil.copy(EGRET, place)
    for file in (folder.name, place):
        os.chmod(file, 0o755)
    for group, status in ((os.stat(path).st_gid, 0), (65534, 3)):
        with Terminal(["setpriv", "--reuid=65534", f"--regid={group}", "--clear-groups", place, "top", "--database", path,
                       "--since", "2026-11-16"]) as terminal:
            if status == 0:
                terminal.until_text("sort: sent/s", "firefox")
                terminal.press("q")
                expect_restored(terminal, 0)
            else:
                tap.expect(terminal.end() == status and "cannot read" in terminal.text(), terminal.text())
    with Terminal(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", place, "top"]) as terminal:
        tap.expect(terminal.end() == 3 and "tracing needs the capability" in terminal.text(), terminal.text())
        tap.expect(OTHER_SCREEN not in terminal.raw, "it takes the screen over for that")


def cases():
    for size in SIZES:
        yield f"traces, {size[0]}x{size[1]}", check_traces, size
    for name, check in (("messages", check_messages), ("reads the recorder", check_reads_recorder),
                        ("reads without root", check_reads_without_root)):
        yield name, check
    for number, status in SIGNALS:
        yield f"ends by {number.name} while tracing", check_traced_end, number, status


if __name__ == "__main__":
    run(cases())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""egret top that does not begin, and every way in which it ends: the terminal is as it was."""
import re

from session import (EGRET, OTHER_SCREEN, SIGNALS, THIS_SCREEN, Terminal, database, expect_restored, history, run, shown,
                     tap)


def check_ends_by(number, status):
    with shown("ordinary") as terminal:
        terminal.program.send_signal(number)
        expect_restored(terminal, status)


def check_interrupt():
    with shown("ordinary") as terminal:
        terminal.press("\x03")
        expect_restored(terminal, 0)


def check_duration():
    with history("ordinary", (80, 24), "--duration", "500ms") as terminal:
        expect_restored(terminal, 0)


def check_hang_up():
    """Nobody looks any more: it does not go on, nor round and round."""
    with shown("ordinary") as terminal:
        terminal.hang_up()
        terminal.program.wait(timeout=10)


def check_stops():
    """As somebody would do it in a shell: Ctrl-Z, look at the settings, fg, quit."""
    with Terminal(["bash", "--norc", "--noprofile", "-i"], PS1="ready> ", EGRET=EGRET, DB=database("ordinary"),
                  HISTFILE="") as terminal:
        terminal.until_text("ready>")
        terminal.press("stty -a | md5sum\r")
        before = terminal.until(lambda self: re.search(r"\b[0-9a-f]{32}\b", self.text()), "settings").group()
        terminal.press('clear; "$EGRET" top --database "$DB" --since 2026-11-16\r')
        for _ in range(2):
            terminal.until_text("Firefox", "sort: sent/s")
            terminal.press("\x1a")
            terminal.until(lambda self: b"Stopped" in self.raw.rpartition(THIS_SCREEN)[2], "stopped job")
            terminal.press("clear; stty -a | md5sum\r")
            terminal.until_text(before)
            terminal.raw = b""
            terminal.press("clear; fg\r")
            terminal.until(lambda self: OTHER_SCREEN in self.raw, "the other screen")
        terminal.until_text("sort: sent/s", "firefox")
        terminal.press("q")
        terminal.until(lambda self: THIS_SCREEN in self.raw.rpartition(OTHER_SCREEN)[2], "this screen")
        terminal.press("clear; stty -a | md5sum; exit\r")
        terminal.until_text(before)


def check_refusals():
    for arguments, words in (([], "must be a terminal"), (["--format", "json"], "format"), (["--sine", "1d"], "--since"),
                             (["extra"], "too many arguments")):
        done = tap.egret("top", *arguments)
        tap.expect(done.returncode == 2 and words in done.stderr and not done.stdout, f"{done}")
        tap.expect(len(done.stderr.splitlines()) == 1, done.stderr)
    for kind in ("dumb", "no-such-terminal"):
        # what ncurses does not free where it does not begin is none of our leaks
        with history("ordinary", (80, 24), TERM=kind, ASAN_OPTIONS="detect_leaks=0") as terminal:
            tap.expect(terminal.end() == 2 and "can't be drawn on" in terminal.text(), terminal.text())
            tap.expect(terminal.settings() == terminal.before, "other settings")
    with Terminal([EGRET, "top", "--database", "/nowhere/at.all"]) as terminal:
        tap.expect(terminal.end() == 2 and OTHER_SCREEN not in terminal.raw, terminal.text())
        terminal.until_text("cannot read /nowhere/at.all")


def cases():
    yield "refuses", check_refusals
    for name, check in (("interrupt", check_interrupt), ("duration", check_duration), ("hang up", check_hang_up),
                        ("stops and goes on", check_stops)):
        yield name, check
    for number, status in SIGNALS:
        yield f"ends by {number.name}", check_ends_by, number, status


if __name__ == "__main__":
    run(cases())

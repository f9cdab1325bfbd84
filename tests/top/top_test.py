#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""egret top in terminals: on histories and on real traffic, with keys, sizes, hostile names, and every way to end."""
import importlib.util
import json
import os
import re
import shutil
import signal
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "schema")]

import tap  # noqa: E402

if importlib.util.find_spec("pyte"):
    from terminal import Terminal
    from generator import Generator

EGRET = os.path.abspath(tap.EGRET)
SIZES = ((80, 24), (200, 60))
OTHER_SCREEN, THIS_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
CURSOR = b"\x1b[?25h"

folder = tempfile.TemporaryDirectory(prefix="egret-top-")


def database(name):
    return tap.history(folder.name, name)


def history(name, size=(80, 24), *arguments, **environment):
    return Terminal([EGRET, "top", "--database", database(name), "--since", "2026-11-16", *arguments], size, **environment)


def shown(name, *arguments, size=(80, 24), **environment):
    """The same, when there is something to be seen."""
    terminal = history(name, size, *arguments, **environment)
    terminal.until(lambda self: "sort: sent/s" in self.text() and self.cursor_line(), "picture")
    return terminal


def expect_restored(terminal, status):
    found = terminal.end()
    tap.expect(found == status, f"status {found}:\n{terminal.text()}")
    tap.expect(terminal.settings() == terminal.before, f"other settings: {terminal.settings()}")
    after = terminal.raw.rpartition(OTHER_SCREEN)[2]
    tap.expect(THIS_SCREEN in after and CURSOR in after, "the other screen, or no cursor, is left behind")


def rows(terminal):
    """Lines between titles and rule."""
    lines = terminal.lines()
    first = next(y for y, line in enumerate(lines) if "DESTINATION" in line) + 1
    last = next(y for y, line in enumerate(lines) if y >= first and line.startswith("──"))
    return [line for line in lines[first:last] if line]


# --- what is to be seen ---

def check_looks(size):
    """The numbers are those of the report; the table is as wide as the screen."""
    with shown("ordinary", size=size) as terminal:
        terminal.until_text("firefox")
        totals = report_totals()
        terminal.until_text(f"{totals['apps']} apps  {totals['destinations']} destinations")
        lines = terminal.lines()
        tap.expect("no recorder: 20 min up to " in lines[0], lines[0])
        tap.expect("Complete" in lines[2], lines[2])
        titles = next(line for line in lines if "DESTINATION" in line)
        for word in ("OPERATOR", "OWNER", "NAME IS", "FAIL"):
            tap.expect((word in titles) == (size[0] == 200), titles)
        for word in ("PORT", "CC", "SENT/s", "RECV/s", "SENT", "RECV", "CONN"):
            tap.expect(word in titles, titles)
        tap.expect(len(titles) == size[0], f"{len(titles)} columns")
        terminal.until(lambda self: rows(self) and all(len(line) == size[0] and line[-1].isdigit() for line in rows(self)),
                       "alignment")
        if size[0] == 200:
            terminal.until_text("corroborated", "ByteDance", "TikTok Pte. Ltd.", "SG")
        terminal.press("q")
        expect_restored(terminal, 0)


def report_totals():
    done = tap.egret("report", "--database", database("ordinary"), "--since", "2026-11-16", "--format", "json")
    return json.loads(done.stdout)["summary"]["totals"]


def check_detail():
    """What finds no room in 80 columns is told of the chosen line."""
    with shown("ordinary") as terminal:
        terminal.press("/", *"tiktokv", "enter", "down")
        terminal.until_text("TikTok Pte. Ltd., AS138699, SG by registry", "owner ByteDance",
                            "name by tls_sni, corroborated")
        terminal.press("q")
        expect_restored(terminal, 0)


def check_empty():
    with history("empty") as terminal:
        terminal.until_text("Nothing was sent or received so far.")
        terminal.press("down", "enter", "*", "right", "q")
        expect_restored(terminal, 0)


# --- keys ---

def names(terminal):
    """Apps in the order of their lines."""
    return [line[2:].split("  ")[0] for line in rows(terminal) if line[0] in "▾▸"]


def is_sorted(found, reverse):
    return len(found) == 15 and found == sorted(found, reverse=reverse)


def check_sorts():
    with shown("ordinary", size=(200, 60)) as terminal:
        terminal.press("*", "*")  # all folded
        terminal.until(lambda self: all(line[0] == "▸" for line in rows(self)), "folded apps")
        for key, title, column in (("sent", "SENT", -4), ("recv", "RECV", -3), ("connections", "CONN", -2)):
            while f"sort: {key} " not in terminal.text():
                before = terminal.lines()[-1]
                terminal.press("s")
                terminal.until(lambda self, before=before: self.lines()[-1] != before and "sort: " in self.lines()[-1], "key")
            for word, reverse in ((f"sort: {key} ", True), ("(rev)", False)):
                terminal.until(lambda self, word=word, column=column, reverse=reverse: word in self.text() and
                               is_sorted([number(line, column) for line in rows(self)], reverse), f"order by {title}")
                terminal.press("r")
            terminal.until(lambda self: "(rev)" not in self.text(), "order as before")
        terminal.press("<")
        terminal.until_text("sort: recv ")
        terminal.press("<", "<", "<", "<", "<")  # around
        terminal.until_text("sort: name")
        terminal.until(lambda self: is_sorted([name.lower() for name in names(self)], False), "order by name")
        terminal.press("q")
        expect_restored(terminal, 0)


UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def number(line, column):
    """Of the numbers at a line's end."""
    found = re.findall(r"(-|[\d.]+)(?: ([kMG]?B)\b)?(?=\s|$)", line)
    value, unit = found[column]
    return 0.0 if value == "-" else float(value) * UNITS[unit or "B"]


def below(terminal):
    """The number of the line below the cursor's."""
    return terminal.lines().index(terminal.cursor_line()) + 1


def check_folds():
    with shown("ordinary", size=(80, 40)) as terminal:
        terminal.until(lambda self: self.cursor_line().startswith("▾"), "cursor on an app")
        app = terminal.cursor_line()[2:20]
        for fold, unfold in ((" ", "enter"), ("left", "right")):
            terminal.press(fold)
            terminal.until(lambda self: self.cursor_line().startswith("▸ " + app), "folded app")
            terminal.until(lambda self: self.lines()[below(self)].startswith(("▾", "▸")), "the next app below it")
            terminal.press(unfold)
            terminal.until(lambda self: self.cursor_line().startswith("▾ " + app), "unfolded app")
            terminal.until(lambda self: self.lines()[below(self)].startswith("  "), "its first row below it")
        terminal.press("down", "down")
        chosen = terminal.until(lambda self: not self.cursor_line().startswith(("▾", "▸")) and self.cursor_line(), "row")
        terminal.press("up", "page down", "page up", "end", "home", "j", "j", "k", "j")
        terminal.until(lambda self: self.cursor_line() == chosen, "the row again")
        terminal.press("q")
        expect_restored(terminal, 0)


def check_tail():
    """Of a long list the largest are shown, and all where one wants."""
    with shown("large", size=(80, 40)) as terminal:
        terminal.until_text("… 990 more destinations")
        while "more destinations" not in terminal.cursor_line():
            chosen = terminal.cursor_line()
            terminal.press("down")
            terminal.until(lambda self, chosen=chosen: self.cursor_line() not in (chosen, None), "another line")
        terminal.press("enter", "page down", "page down", "page down")
        terminal.until(lambda self: all("service.example.com" in line or "host-" in line for line in rows(self)),
                       "all rows of one app")
        terminal.press("end")
        terminal.until(lambda self: "host-" in self.cursor_line() or "more" in self.cursor_line(), "end")
        terminal.press("q")
        expect_restored(terminal, 0)


def check_filters():
    with shown("ordinary") as terminal:
        terminal.press("/", *"TIKTOK")
        terminal.until_text("Filter: TIKTOK_", "left out")
        terminal.until(lambda self: names(self) == ["Firefox", "TikTok"], "two apps")
        terminal.press("enter")
        terminal.until_text("Filter: TIKTOK", "sort: sent/s")
        terminal.press("/", *" !sg")
        terminal.until_text("Nothing has these words in it")
        terminal.press("backspace", "backspace", "backspace", "escape")
        terminal.until(lambda self: "Firefox" in names(self), "all apps")
        terminal.until(lambda self: "left out" not in self.text(), "all of it")
        terminal.press("q")
        expect_restored(terminal, 0)
    with shown("ordinary", "--app", "*irefox*", "--country", "US") as terminal:
        terminal.until_text("1 app ", "left out")
        terminal.until(lambda self: names(self) == ["Firefox"], "one app")
        terminal.press("l")
        terminal.until_text("by the command line's filters")
        left = terminal.line("by the command line's filters")
        tap.expect(not left.endswith(" 0 B"), left)
        terminal.press("q", "q")
        expect_restored(terminal, 0)


def check_pages():
    with shown("ordinary") as terminal:
        for key in "?h":
            terminal.press(key)
            terminal.until_text("egret top: help", "PgUp PgDn", "q back")
            terminal.press("q")
            terminal.until_text("sort: sent/s")
        terminal.resize(80, 12)
        terminal.press("?")
        terminal.until(lambda self: "egret top: help" in self.text() and "NAME IS" not in self.text(), "beginning")
        terminal.press("page down", "page down", "page down")
        terminal.until_text("NAME IS")
        terminal.press("l")
        terminal.until_text("the ledger", "Whose bytes")
        terminal.press("end")
        terminal.until_text("origin-asn")
        terminal.press("escape", "q")
        expect_restored(terminal, 0)


def check_pauses():
    with shown("ordinary") as terminal:
        terminal.press("p")
        terminal.until_text("PAUSED")
        terminal.press("z")
        terminal.until_text("Nothing was sent or received so far.")
        terminal.press("p")
        terminal.until(lambda self: "PAUSED" not in self.text(), "going on")
        terminal.press("q")
        expect_restored(terminal, 0)


# --- sizes ---

def check_resizes():
    with shown("ordinary") as terminal:
        for size in ((200, 60), (40, 10), (132, 43), (20, 5), (8, 2), (1, 1), (80, 24)):
            terminal.resize(*size)
            terminal.press("down")
            if size[0] >= 40:
                terminal.until(lambda self, size=size: rows_fill(self, size), f"picture of {size}")
        terminal.press("q")
        expect_restored(terminal, 0)


def rows_fill(terminal, size):
    titles = [line for line in terminal.lines() if "DEST" in line and "SENT/s" in line]
    return titles and len(titles[0]) == size[0] and "q quit" in terminal.lines()[-1]


# --- hostile names ---

def check_harmless(size):
    with shown("harmful", size=size) as terminal:
        terminal.until_text("16 apps")
        for _ in range(31):
            chosen = terminal.cursor_line()
            terminal.press("j")
            terminal.until(lambda self, chosen=chosen: self.cursor_line() not in (chosen, None), "another line")
            terminal.until(lambda self: all(line[-1].isdigit() and width(self, line) == size[0] for line in rows(self)),
                           "alignment")
        terminal.press("l")
        terminal.until_text("the ledger")
        terminal.press("page down", "page down", "page down", "q", "q")
        expect_restored(terminal, 5)
        title = terminal.screen.title
        tap.expect(not title, f"the title is {title!r}")
        for bad in (b"\x07", b"\x1b]", b"\x1b[2J\x1b]", "\u202e".encode(), "\u2066".encode(), "\u2028".encode(),
                    b"\xc2\x9b", b"\xc2\x85", b"\xff", b"\xed\xa0"):
            tap.expect(bad not in terminal.raw, f"{bad!r} reached the terminal")


def width(terminal, line):
    """A wide character takes two cells, of which the second is empty."""
    y = terminal.lines().index(line)
    return max(x for x, cell in terminal.screen.buffer[y].items() if cell.data.strip()) + 1


def check_colors():
    for arguments, environment, colored in (((), {}, True), ((), {"NO_COLOR": "1"}, False),
                                            (("--color", "never"), {}, False),
                                            (("--color", "always"), {"NO_COLOR": "1"}, True),
                                            ((), {"TERM": "vt100"}, False)):
        with shown("ordinary", *arguments, **environment) as terminal:
            terminal.until_text("sort: sent/s")
            tap.expect(bool(terminal.colors()) == colored, f"{arguments} {environment}: {terminal.colors()}")
            terminal.press("q")
            terminal.end()


# --- ends ---

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


# --- real traffic ---

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
        with Terminal(["setpriv", f"--reuid=65534", f"--regid={group}", "--clear-groups", place, "top", "--database", path,
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
    if not importlib.util.find_spec("pyte"):
        yield "all", skip, "needs python3-pyte"
        return
    if re.search("without [^;)]*ncursesw", tap.egret("--version").stdout):
        yield "built without", check_without
        return
    yield "refuses", check_refusals
    if not os.path.exists(tap.HISTORIES):
        yield "all others", skip, "this egret has no history"
        return
    for size in SIZES:
        name = f"{size[0]}x{size[1]}"
        yield f"looks, {name}", check_looks, size
        yield f"harmless, {name}", check_harmless, size
        yield f"traces, {name}", check_traces, size
    for name, check in (("detail", check_detail), ("empty", check_empty), ("sorts", check_sorts), ("folds", check_folds),
                        ("tail", check_tail), ("filters", check_filters), ("pages", check_pages), ("pauses", check_pauses),
                        ("resizes", check_resizes), ("colors", check_colors), ("interrupt", check_interrupt),
                        ("duration", check_duration), ("hang up", check_hang_up), ("stops and goes on", check_stops),
                        ("messages", check_messages), ("reads the recorder", check_reads_recorder),
                        ("reads without root", check_reads_without_root)):
        yield name, check
    for number, status in ((signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGSEGV, -signal.SIGSEGV),
                           (signal.SIGABRT, -signal.SIGABRT), (signal.SIGQUIT, -signal.SIGQUIT)):
        yield f"ends by {number.name}", check_ends_by, number, status
        yield f"ends by {number.name} while tracing", check_traced_end, number, status


def skip(reason):
    raise tap.Skip(reason)


def check_without():
    done = tap.egret("top")
    tap.expect(done.returncode == 125 and "built without ncurses" in done.stderr, f"{done}")


if __name__ == "__main__":
    tap.run(cases())

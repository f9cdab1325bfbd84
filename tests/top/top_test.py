#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""egret top on histories: what is to be seen, with keys, sizes and hostile names."""
import json
import re

from session import SIZES, database, expect_restored, history, rows, run, shown, tap


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


def cases():
    for size in SIZES:
        name = f"{size[0]}x{size[1]}"
        yield f"looks, {name}", check_looks, size
        yield f"harmless, {name}", check_harmless, size
    for name, check in (("detail", check_detail), ("empty", check_empty), ("sorts", check_sorts), ("folds", check_folds),
                        ("tail", check_tail), ("filters", check_filters), ("pages", check_pages), ("pauses", check_pauses),
                        ("resizes", check_resizes), ("colors", check_colors)):
        yield name, check


if __name__ == "__main__":
    run(cases())

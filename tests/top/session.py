# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""egret top in a terminal of the tests' own, and what each test of it needs."""
import importlib
import importlib.util
import os
import re
import signal
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "schema")]

import tap  # noqa: E402

Terminal = importlib.import_module("terminal").Terminal if importlib.util.find_spec("pyte") else None
EGRET = os.path.abspath(tap.EGRET)
SIZES = ((80, 24), (200, 60))
OTHER_SCREEN, THIS_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
CURSOR = b"\x1b[?25h"
SIGNALS = ((signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGSEGV, -signal.SIGSEGV),
           (signal.SIGABRT, -signal.SIGABRT), (signal.SIGQUIT, -signal.SIGQUIT))

# A sanitizer would take one of them for a fault of its own finding.
os.environ["ASAN_OPTIONS"] = "handle_segv=0"

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


def skip(reason):
    raise tap.Skip(reason)


def check_without():
    done = tap.egret("top")
    tap.expect(done.returncode == 125 and "built without ncurses" in done.stderr, f"{done}")


def possible(cases):
    """The cases, or what can be said of top where they can't be."""
    if not Terminal:
        yield "all", skip, "needs python3-pyte"
    elif re.search("without [^;)]*ncursesw", tap.egret("--version").stdout):
        yield "built without", check_without
    elif not os.path.exists(tap.HISTORIES):
        yield "all", skip, "this egret has no history"
    else:
        yield from cases


def run(cases):
    tap.run(possible(cases))

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A terminal for a program: its screen as pyte understands it, its keys, its settings."""
import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time

import pyte

PATIENCE = 30  # seconds; only a failure takes as long
# As tmux and screen call theirs. pyte does not know all that ncurses asks of an xterm (REP).
KIND = "screen-256color"
KEYS = {"up": "\x1bOA", "down": "\x1bOB", "right": "\x1bOC", "left": "\x1bOD", "home": "\x1b[1~", "end": "\x1b[4~",
        "page up": "\x1b[5~", "page down": "\x1b[6~", "enter": "\r", "escape": "\x1b", "backspace": "\x7f"}
COLORS = ("fg", "bg")


class Screen(pyte.Screen):
    """What pyte's lacks: moving all lines between the margins (ECMA-48, SU and SD)."""

    def _scroll(self, margin, move, count):
        line, self.cursor.y = self.cursor.y, margin
        for _ in range(count or 1):
            move()
        self.cursor.y = line

    def scroll_up(self, count=1):
        self._scroll(self.margins.bottom if self.margins else self.lines - 1, self.index, count)

    def scroll_down(self, count=1):
        self._scroll(self.margins.top if self.margins else 0, self.reverse_index, count)


class Stream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down"}


class Terminal:
    """Runs a program; to be used with `with`, which ends it."""

    def __init__(self, arguments, size=(80, 24), **environment):
        self.master, self.slave = os.openpty()
        self.screen = Screen(*size)
        self.stream = Stream(self.screen)
        self.raw = b""
        self._set_size(size)
        self.before = self.settings()
        environment = {"PATH": os.environ["PATH"], "TERM": KIND, **environment}
        self.program = subprocess.Popen(arguments, stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                        start_new_session=True, env=environment, preexec_fn=self._control)

    def _control(self):
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def _set_size(self, size):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait()
        for fd in (self.master, self.slave):
            if fd is not None:
                os.close(fd)

    def settings(self):
        """What stty(1) says; the size, which is no setting, apart."""
        said = subprocess.run(["stty", "-a"], stdin=self.slave, stdout=subprocess.PIPE, check=True, encoding="ascii")
        return said.stdout.split(";", 3)[3]

    def resize(self, *size):
        self.screen.resize(size[1], size[0])
        self._set_size(size)  # the kernel sends SIGWINCH

    def read(self, seconds):
        """Whether anything came."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        data = os.read(self.master, 65536)
        self.raw += data
        self.stream.feed(data)
        return True

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def until(self, condition, what):
        """Reads until the condition, of this terminal, is true; returns what it is."""
        deadline = time.monotonic() + PATIENCE
        while not (found := condition(self)):
            left = deadline - time.monotonic()
            if left <= 0 or not self.read(left):
                raise AssertionError(f"no {what} in:\n{self.text()}")
        return found

    def until_text(self, *words):
        for word in words:
            self.until(lambda self, word=word: word in self.text(), repr(word))

    def line(self, word):
        """The line that begins with a word, spaces apart."""
        return self.until(lambda self: next((line for line in self.lines() if line.strip().startswith(word)), None),
                          f"line with {word!r}")

    def press(self, *keys):
        """Names of keys, or characters."""
        for key in keys:
            os.write(self.master, KEYS.get(key, key).encode())

    def end(self):
        """Reads until the program has ended; its status."""
        while self.program.poll() is None:
            self.read(0.05)
        while self.read(0):
            pass
        return self.program.returncode

    def hang_up(self):
        os.close(self.master)
        os.close(self.slave)
        self.master = self.slave = None

    def cursor_line(self):
        """The line that is shown in reverse or on another ground, titles apart; "": there is none yet."""
        for y, row in self.screen.buffer.items():
            first = row[0]
            if (first.reverse or first.bg == "cyan") and "DESTINATION" not in self.screen.display[y]:
                return self.screen.display[y].strip()
        return ""

    def colors(self):
        return {getattr(cell, what) for row in self.screen.buffer.values() for cell in row.values()
                for what in COLORS} - {"default"}

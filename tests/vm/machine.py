# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""An emulated machine: boots a kernel, runs shell commands in it, and hears what the kernel says."""
import os
import queue
import re
import subprocess
import threading

# Without the instructions that copy byte by byte when emulated.
QEMU = ("qemu-system-x86_64", "-accel", "tcg,thread=single", "-cpu", "max,-erms,-fsrm", "-smp", "2",
        "-m", "2048", "-nodefaults", "-no-reboot", "-display", "none", "-monitor", "none")
# The interrupt controller's check of its timer, and the clock's watchdog, take an emulator that has to
# wait for a processor for broken hardware; a stall must be one beyond what such waits make. To zero
# what is handed out costs an emulator much and proves nothing here.
COMMAND_LINE = ("console=ttyS0 panic=-1 mitigations=off no_timer_check tsc=reliable "
                "rcupdate.rcu_cpu_stall_timeout=120 watchdog_thresh=60 init_on_alloc=0")
# What a healthy kernel never says.
ALARM = re.compile(r"WARNING: |BUG: |Oops|kernel BUG at|Call Trace|general protection|rcu: .*stall|"
                   r"soft lockup|hard LOCKUP|blocked for more than|UBSAN|KASAN|refcount_t")


class Dead(Exception):
    """The machine ended, or said nothing for too long."""


class Machine:
    """`kernel`: a directory of tools/vm-kernel; `console`: the file for what the kernel says."""

    def __init__(self, kernel, image, console, command_line, timeout):
        self.console = console
        self.timeout = timeout
        self.lines = queue.Queue()
        # pylint: disable=consider-using-with # it lives as long as this object
        self.process = subprocess.Popen(
            (*QEMU, "-kernel", os.path.join(kernel, "vmlinuz"), "-initrd", image,
             "-append", f"{COMMAND_LINE} {command_line}",
             "-serial", f"file:{console}", "-serial", "stdio"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", errors="replace")
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self):
        try:
            for _ in self._answer():
                pass
        except Dead:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def _listen(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip())
        self.lines.put(None)

    def _answer(self):
        """The lines up to the end of an answer; see tests/vm/init."""
        while True:
            try:
                line = self.lines.get(timeout=self.timeout)
            except queue.Empty:
                raise Dead(f"silent for {self.timeout} s") from None
            if line is None:
                raise Dead("the machine is gone")
            if line.startswith("== "):
                return
            yield line

    def run(self, command):
        """The lines that a shell command prints, as they come."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        yield from self._answer()


def spoken(console):
    """What the kernel said, line by line."""
    try:
        with open(console, encoding="utf-8", errors="replace") as lines:
            return [line.rstrip() for line in lines]
    except FileNotFoundError:
        return []


def alarms(console):
    return [line for line in spoken(console) if ALARM.search(line)]

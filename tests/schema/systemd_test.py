#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The units under a real systemd: PID 1 of namespaces of its own, over a copy of this host's files."""
import json
import os
import select
import signal
import subprocess
import tempfile
import time

import tap

SYSTEMD = ("/lib/systemd/systemd", "/usr/lib/systemd/systemd")
PATIENCE = 60  # seconds, for anything
# CAP_BPF, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: what is left when it traces.
RIGHTS = 1 << 39 | 1 << 19 | 1 << 2

# Nothing of the host is changed: its files are below an overlay, /sys can only be read, the network
# is another one. A namespace of users, which a unit wants, is not to be had below chroot(2).
INIT = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/up" "$1/work" "$1/root"
root=$1/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -o bind,remount,ro "$root/sys"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero full random urandom tty; do
	touch "$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts" "$root/dev/mqueue" "$root/dev/hugepages"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
rm -rf "$root/etc/systemd/system" "$root/etc/fstab" "$root/var/lib/egret" "$root/var/lib/private"
mkdir "$root/etc/systemd/system"
tar -C "$root" --no-same-owner --no-overwrite-dir -xf "$2"
ip link set lo up
cd "$root"
mkdir -p old
pivot_root . old
umount -l /old
exec env -i container=egret-test PATH=/usr/sbin:/usr/bin:/sbin:/bin "$3" --system --unit=multi-user.target
"""

# A second is soon over; the rest of the unit is as it is installed.
FASTER = """[Service]
ExecStart=
ExecStart=/usr/bin/egret record --interval 1s --include-loopback
RestartSec=100ms
"""


class Machine:
    """A systemd that runs until the end of the `with`."""

    def __init__(self, folder, archive):
        self.cgroup = f"{cgroup_root()}/egret-systemd-{os.getpid()}"
        os.mkdir(self.cgroup)
        systemd = next(filter(os.path.exists, SYSTEMD))
        enter = f"echo $$ >{self.cgroup}/cgroup.procs && exec setsid unshare --pid --mount --uts --ipc --net " \
                '--cgroup --fork --kill-child sh -c "$0" init "$@"'
        self.log = f"{folder}/log"
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(["sh", "-c", enter, INIT, f"{folder}/over", archive, systemd],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Whatever is left in there ends with its PID 1.
        pid = self.first()
        if pid:
            os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for path, _, _ in os.walk(self.cgroup, topdown=False):
            until(lambda path=path: remove_cgroup(path))

    def first(self):
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        try:
            with open(children, encoding="ascii") as file:
                return int(file.read().split()[0])
        except (OSError, IndexError):
            return None

    def run(self, *arguments):
        return subprocess.run(["nsenter", "-t", str(self.first()), "-a", "-r", "-w", *arguments],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              encoding="utf-8", check=False, timeout=PATIENCE)

    def ask(self, *arguments):
        done = self.run(*arguments)
        tap.expect(done.returncode == 0, f"{arguments}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def show(self, unit, *names):
        text = self.ask("systemctl", "show", "-p", ",".join(names), unit)
        values = dict(line.split("=", 1) for line in text.splitlines())
        return [values[name] for name in names]

    def boot(self):
        """Says whether it is up: a host's own units may fail in here."""
        def is_up():
            if self.process.poll() is not None:
                with open(self.log, encoding="utf-8") as file:
                    raise tap.Skip(f"systemd can't run in namespaces here: {file.read().strip()[-200:]}")
            return self.first() and self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")
        if not until(is_up):
            raise tap.Skip("systemd does not come up in namespaces here")


def remove_cgroup(path):
    try:
        os.rmdir(path)
    except OSError:
        return not os.path.exists(path)
    return True


def cgroup_root():
    with open("/proc/self/mounts", encoding="utf-8") as file:
        for line in file:
            if line.split()[2] == "cgroup2":
                return line.split()[1]
    raise tap.Skip("no cgroup2 is mounted")


def until(condition):
    """Polls; False if it never holds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        select.select((), (), (), 0.05)  # the others have the processor
    return False


def pack(folder):
    """What `make install` installs, and a faster recorder."""
    built = os.path.dirname(os.path.abspath(tap.EGRET))
    root = f"{folder}/installed"
    done = subprocess.run(["make", "install", f"O={built}", f"DESTDIR={root}", "PREFIX=/usr",
                           f"--assume-old={built}/egret"], env={**os.environ, "MAKEFLAGS": ""}, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    tap.expect(done.returncode == 0, done.stdout)
    os.makedirs(f"{root}/etc/systemd/system/egret.service.d")
    with open(f"{root}/etc/systemd/system/egret.service.d/faster.conf", "w", encoding="utf-8") as file:
        file.write(FASTER)
    subprocess.run(["tar", "-C", root, "-cf", f"{folder}/installed.tar", "."], check=True)
    return f"{folder}/installed.tar"


# --- what is looked at ---

def report(machine):
    """Ends with 5 while nothing is recorded yet."""
    done = machine.run("egret", "report", "--since", "1h", "--format", "json")
    tap.expect(done.returncode in (0, 5), f"{done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def check_start(machine):
    machine.ask("systemd-sysusers")
    machine.ask("systemd-tmpfiles", "--create", "/usr/lib/tmpfiles.d/egret.conf")
    machine.ask("ip", "netns", "add", "elsewhere")
    machine.ask("systemctl", "daemon-reload")
    machine.ask("systemctl", "enable", "--now", "egret.service", "egret-report.timer")
    state = machine.show("egret.service", "ActiveState", "SubState", "Result")
    tap.expect(state == ["active", "running", "success"], state)
    tap.expect(machine.show("egret-report.timer", "ActiveState") == ["active"], "no timer")


def check_rights(machine):
    pid = machine.show("egret.service", "MainPID")[0]
    status = dict(line.split(":\t", 1) for line in machine.ask("cat", f"/proc/{pid}/status").splitlines())
    tap.expect(int(status["CapEff"], 16) & ~RIGHTS == 0, status["CapEff"])
    tap.expect(int(status["CapPrm"], 16) & ~RIGHTS == 0, status["CapPrm"])
    tap.expect(status["NoNewPrivs"] == "1", "new rights can be had")
    tap.expect(status["Seccomp"] == "2", "no filter of system calls")


def check_files(machine):
    tap.expect(until(lambda: report(machine)["summary"]["period"]["start"]), "nothing is recorded")
    for name in machine.ask("ls", "/var/lib/egret").splitlines():
        owner = machine.ask("stat", "-c", "%a %U:%G", f"/var/lib/egret/{name}")
        tap.expect(owner == "640 root:egret", f"{name}: {owner}")
    owner = machine.ask("stat", "-c", "%a %U:%G", "/var/lib/egret")
    tap.expect(owner == "750 root:egret", owner)


def check_what_is_not_seen(machine):
    sentences = report(machine)["summary"]["ledger"]["degraded"]
    tap.expect(any("accept queues of other network namespaces" in text for text in sentences), sentences)


def read_as(machine, *groups):
    return machine.run("setpriv", "--reuid=65534", "--regid=65534", *groups, "egret", "report", "--since", "1h")


def check_readers(machine):
    group = machine.ask("getent", "group", "egret").split(":")[2]
    done = read_as(machine, f"--groups={group}")
    tap.expect(done.returncode == 0, done.stderr)
    done = read_as(machine, "--clear-groups")
    tap.expect(done.returncode == 3, f"{done.returncode}: {done.stderr}")


def check_kill(machine):
    before = machine.show("egret.service", "MainPID")[0]
    machine.ask("systemctl", "kill", "-s", "KILL", "egret.service")
    def is_back():
        return machine.show("egret.service", "ActiveState", "NRestarts") == ["active", "1"]
    tap.expect(until(is_back), machine.show("egret.service", "ActiveState", "NRestarts"))
    tap.expect(machine.show("egret.service", "MainPID")[0] != before, "the same process")
    tap.expect(until(lambda: report(machine)["gaps"]), "no gap is told")


def check_reload(machine):
    machine.ask("systemctl", "reload", "egret.service")
    state = machine.show("egret.service", "ActiveState", "NRestarts")
    tap.expect(state == ["active", "1"], state)


def check_read_only(machine):
    """More often than systemd lets a unit start by default, and until the disk can be written again."""
    machine.ask("systemctl", "stop", "egret.service")
    machine.ask("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", "/var/lib/egret")
    machine.run("systemctl", "start", "egret.service")
    def is_stubborn():
        return int(machine.show("egret.service", "NRestarts")[0]) > 6
    tap.expect(until(is_stubborn), machine.show("egret.service", "ActiveState", "NRestarts", "Result"))
    machine.ask("umount", "/var/lib/egret")
    def is_back():
        return machine.show("egret.service", "ActiveState") == ["active"]
    tap.expect(until(is_back), machine.show("egret.service", "ActiveState", "NRestarts", "Result"))


def check_report(machine):
    machine.ask("systemctl", "start", "egret-report.service")
    names = machine.ask("ls", "/var/lib/egret-report").split()
    tap.expect({"report.txt", "report.json", "new.txt"} <= set(names), names)
    for name in names:
        mode = machine.ask("stat", "-L", "-c", "%a", f"/var/lib/egret-report/{name}")
        tap.expect(mode == "640", f"{name}: {mode}")


def check_stop(machine):
    machine.ask("systemctl", "stop", "egret.service")
    state = machine.show("egret.service", "ActiveState", "Result")
    tap.expect(state == ["inactive", "success"], state)
    check_readers(machine)


STEPS = {
    "is started": check_start,
    "has few rights": check_rights,
    "keeps files for its group": check_files,
    "says what it can't see": check_what_is_not_seen,
    "lets its group read": check_readers,
    "comes back when killed": check_kill,
    "reloads": check_reload,
    "goes on when it can write again": check_read_only,
    "is reported on": check_report,
    "stops": check_stop,
}


def check_machine():
    missing = tap.missing(("unshare", "nsenter", "setpriv", "systemctl", "tar", "ip"))
    if os.getuid():
        raise tap.Skip("needs root")
    if missing or not any(map(os.path.exists, SYSTEMD)):
        raise tap.Skip(f"no {', '.join(missing) or 'systemd'} here")
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/over")
        with Machine(folder, pack(folder)) as machine:
            machine.boot()
            for name, step in STEPS.items():
                try:
                    step(machine)
                except AssertionError as error:
                    raise AssertionError(f"{name}: {error}\n" + machine.run(
                        "journalctl", "--no-pager", "-o", "cat", "-u", "egret*").stdout) from error


tap.run([("a service of a real systemd", check_machine)])

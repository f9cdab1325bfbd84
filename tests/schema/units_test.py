#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What `make install` installs for systemd, judged by systemd's own programs; without a running systemd."""
import os
import re
import tempfile

import tap

PREFIX = "/opt/egret"
# egret.service must be root and see the host; the file says why of each line that it lacks.
EXPOSURE = {"egret.service": 25, "egret-report.service": 10}


def install(folder):
    """Only what the units take: a program that is there already is not built anew."""
    built = os.path.dirname(os.path.abspath(tap.EGRET))
    done = tap.call("make", "install", f"O={built}", f"DESTDIR={folder}", f"PREFIX={PREFIX}",
               f"--assume-old={built}/egret", env={**os.environ, "MAKEFLAGS": ""})
    tap.expect(done.returncode == 0, done.stdout)
    return f"{folder}{PREFIX}/lib"


def check_exposure(unit):
    analyze = tap.needed("systemd-analyze")
    with tempfile.TemporaryDirectory() as folder:
        path = f"{install(folder)}/systemd/system/{unit}"
        if "--offline" not in tap.call(analyze, "--help").stdout:
            raise tap.Skip("this systemd-analyze judges only loaded units")
        done = tap.call(analyze, "security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE[unit]}", path)
    tap.expect(done.returncode == 0, done.stdout)


def check_units():
    analyze = tap.needed("systemd-analyze")
    with tempfile.TemporaryDirectory() as folder:
        units = f"{install(folder)}/systemd/system"
        names = sorted(os.listdir(units))
        tap.expect(names == ["egret-report.service", "egret-report.timer", "egret.service"], names)
        for name in names:
            path = os.path.join(units, name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            tap.expect("@BINDIR@" not in text, f"{name}: not filled in")
            with open(path, "w", encoding="utf-8") as file:
                # What it starts is where it will be, and man pages are not its concern.
                file.write(text.replace(PREFIX, folder + PREFIX).replace("Documentation=man:", "#"))
        done = tap.call(analyze, "verify", *[os.path.join(units, name) for name in names])
        ours = [line for line in done.stdout.splitlines() if "egret" in line]
        tap.expect(not ours, "\n".join(ours))


def check_drop_in():
    """That of egret-record(1), for --textfile, beside the installed unit."""
    analyze = tap.needed("systemd-analyze")
    with open("user/man/egret-record.1", encoding="utf-8") as file:
        text = re.search(r"^\.Bd -literal.*\n((?:.*\n)+?)\.Ed$", file.read(), re.MULTILINE)[1]
    with tempfile.TemporaryDirectory() as folder:
        unit = f"{install(folder)}/systemd/system/egret.service"
        with open(unit, encoding="utf-8") as file:
            own = file.read()
        with open(unit, "w", encoding="utf-8") as file:
            file.write(own.replace(PREFIX, folder + PREFIX).replace("Documentation=man:", "#"))
        os.mkdir(f"{unit}.d")
        with open(f"{unit}.d/textfile.conf", "w", encoding="utf-8") as file:
            file.write(text.replace("/usr/local", folder + PREFIX))
        done = tap.call(analyze, "verify", unit)
        tap.expect("egret" not in done.stdout, done.stdout)
        arguments = re.findall(r"^ExecStart=\S+ (.+)$", text, re.MULTILINE)[-1].split()
        done = tap.egret(*arguments, "--help")
        tap.expect(done.returncode == 0 and not done.stderr, done.stderr)


def check_group():
    sysusers = tap.needed("systemd-sysusers")
    with tempfile.TemporaryDirectory() as folder:
        path = f"{install(folder)}/sysusers.d/egret.conf"
        os.mkdir(f"{folder}/etc")
        done = tap.call(sysusers, f"--root={folder}", path)
        tap.expect(done.returncode == 0, done.stdout)
        with open(f"{folder}/etc/group", encoding="utf-8") as file:
            tap.expect(any(line.startswith("egret:") for line in file), "no group egret")


def check_folder():
    tmpfiles = tap.needed("systemd-tmpfiles")
    with tempfile.TemporaryDirectory() as folder:
        path = f"{install(folder)}/tmpfiles.d/egret.conf"
        os.mkdir(f"{folder}/etc")
        for name in ("passwd", "group"):
            with open(f"{folder}/etc/{name}", "w", encoding="utf-8") as file:
                file.write("root:x:0:0::/:/bin/sh\n" if name == "passwd" else "root:x:0:\negret:x:999:\n")
        done = tap.call(tmpfiles, "--create", f"--root={folder}", path)
        made = f"{folder}/var/lib/egret"
        tap.expect(os.path.isdir(made), done.stdout)
        status = os.stat(made)
        tap.expect(status.st_mode & 0o7777 == 0o750, f"mode {status.st_mode:o}")
        tap.expect(os.getuid() or status.st_gid == 999, f"group {status.st_gid}")


def cases():
    for unit in EXPOSURE:
        yield f"{unit} is exposed little", check_exposure, unit
    yield "units are well-formed", check_units
    yield "the man page's drop-in", check_drop_in
    yield "a group for readers", check_group
    yield "a folder for the history", check_folder


tap.run(cases())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What `egret doctor` says of this machine is what `egret summary` then does; prints TAP.

Runs in a test machine; its argument names the kind of machine.
"""
import functools
import json
import sys

import tap

# What doctor must exit with, and which of its checks must say what.
MACHINES = {
    "plain": (0, {"lockdown": "ok", "BTF": "ok", "cgroup2": "ok"}),
    "lockdown-integrity": (0, {"lockdown": "ok"}),
    "lockdown-confidentiality": (4, {"lockdown": "failed"}),
    "btf-hidden": (4, {"BTF": "failed"}),
    "cgroup-v1": (0, {"cgroup2": "ok"}),
}
OF_KERNEL = ("privilege", "BTF", "cgroup2", "lockdown", "MPTCP") # beside the hooks, which have a slash
CLIENT = """
import socket
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
client.sendall(b"x" * 4321)
server.accept()[0].recv(4321, socket.MSG_WAITALL)
"""
SUMMARY = ("summary", "-q", "--format", "json", "--include-loopback", "--",
           sys.executable, "-c", CLIENT)


@functools.cache # a look at each program takes an emulated machine a while
def doctor():
    done = tap.egret("doctor", "--format", "json")
    return done.returncode, json.loads(done.stdout)["checks"]


def diagnosis(machine):
    expected, states = MACHINES[machine]
    status, checks = doctor()
    tap.expect(status == expected, f"doctor exits with {status}: {checks}")
    found = {check["name"]: check["status"] for check in checks}
    for name, state in states.items():
        tap.expect(found.get(name) == state, f"{name} is {found.get(name)}, not {state}")


def kept():
    """A machine that can trace counts to the byte and names what doctor named."""
    status, checks = doctor()
    done = tap.egret(*SUMMARY)
    if status:
        # 125: with a command, egret's own failure. The reason is one line.
        tap.expect(done.returncode == 125, f"exits with {done.returncode}: {done.stderr}")
        tap.expect(done.stdout == "" and done.stderr.count("\n") == 1, done.stdout + done.stderr)
        return
    tap.expect(done.returncode == 0, f"exits with {done.returncode}: {done.stderr}")
    summary = json.loads(done.stderr)
    sent = {row["bytes_sent"] for app in summary["apps"] for row in app["destinations"]
            if row["direction"] == "outbound"}
    tap.expect(sent == {4321}, f"sent {sent}")
    tap.expect(summary["ledger"]["complete"], summary["ledger"])
    # Which databases are here is not the kernel's affair.
    told = {text for text in summary["ledger"]["degraded"] if "database" not in text}
    affected = {check["affects"] for check in checks
                if check["status"] != "ok" and (check["name"] in OF_KERNEL or "/" in check["name"])}
    tap.expect(told == affected, f"summary says {told}, doctor {affected}")


def refused():
    """Where doctor says no, summary and trace say why, and exit with 4."""
    status = doctor()[0]
    for command in ("summary", "trace"):
        done = tap.egret(command, "--duration", "10ms")
        tap.expect(done.returncode == status, f"{command} exits with {done.returncode}: {done.stderr}")
        if status:
            tap.expect(done.stdout == "" and done.stderr.count("\n") == 1, done.stdout + done.stderr)


if __name__ == "__main__":
    tap.run((f"machine/{sys.argv[1]}/{name}", *case) for name, *case in (
        ("diagnosis", diagnosis, sys.argv[1]), ("kept", kept), ("refused", refused)))

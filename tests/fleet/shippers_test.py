#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The example configurations, as far as their programs are here: rsyslog carries rows, systemd takes the unit."""
import contextlib
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "schema"))
import servers  # noqa: E402
import tap  # noqa: E402

FOLDER = "tools/fleet/shippers"


def read(name):
    return tap.read(f"{FOLDER}/{name}")


def rsyslog_config(folder, side, port):
    """A whole configuration around the example, with places of the test's."""
    text = read(f"rsyslog-{side}.conf")
    for example, ours in (("/var/log/egret/", f"{folder}/log/"), ("/var/spool/egret/", f"{folder}/spool/"),
                          ("collector.example", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ('"10514"', f'"{port}"')):
        text = text.replace(example, ours)
    part = tap.write(f"{folder}/{side}-part.conf", text)
    work = f"{folder}/{side}-work"
    os.mkdir(work)
    return tap.write(f"{folder}/{side}.conf", f'global(workDirectory="{work}")\ninclude(file="{part}")\n')


def check_rsyslog_syntax(side):
    rsyslogd = tap.needed("rsyslogd")
    with tempfile.TemporaryDirectory(prefix="egret-shippers-") as folder:
        done = tap.call(rsyslogd, "-N1", "-f", rsyslog_config(folder, side, 10514))
    tap.expect(done.returncode == 0 and "error" not in done.stdout.lower(), done.stdout)


def received(folder):
    lines = []
    for path in sorted(glob.glob(f"{folder}/spool/rows-*.ndjson")):
        with open(path, encoding="utf-8") as file:
            lines += file.read().splitlines()
    return lines


def check_rsyslog():
    """From a file that grows and is rotated, by way of two rsyslogds, to the collector's files: each row, once."""
    rsyslogd = tap.needed("rsyslogd")
    rows = subprocess.run((tap.SIMULATE, "--hosts", "4", "--format", "ndjson", "--start", "2026-11-04T15:00:00Z",
                           "--duration", "1h"), check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          encoding="utf-8").stdout.splitlines(keepends=True)
    # Longer than rsyslog takes by default.
    rows.insert(7, rows[7].replace('"name":"', '"name":"' + "x" * 20000, 1))
    third = len(rows) // 3
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="egret-shippers-"))
        os.mkdir(f"{folder}/log")
        log = tap.write(f"{folder}/log/rows.ndjson", "".join(rows[:third]))
        port = servers.free_port()
        for side in ("collector", "host"):
            servers.start(stack, rsyslogd, "-n", "-i", f"{folder}/{side}.pid", "-f", rsyslog_config(folder, side, port))
        servers.until(lambda: len(received(folder)) >= third, "the first rows")
        with open(log, "a", encoding="utf-8") as file:
            file.write("".join(rows[third:2 * third]))
        servers.until(lambda: len(received(folder)) >= 2 * third, "rows that are added")
        os.rename(log, log + ".1")
        tap.write(log, "".join(rows[2 * third:]))
        servers.until(lambda: len(received(folder)) >= len(rows), "rows after a rotation")
        tap.expect(received(folder) == "".join(rows).splitlines(), "other rows, or in another order")


def check_unit():
    analyze = tap.needed("systemd-analyze")
    with tempfile.TemporaryDirectory(prefix="egret-shippers-") as folder:
        text = read("egret-rows.service").replace("/usr/local/bin/egret", os.path.abspath(tap.EGRET))
        unit = tap.write(f"{folder}/egret-rows.service", text.replace("Documentation=man:", "#"))
        done = tap.call(analyze, "verify", unit)
        ours = [line for line in done.stdout.splitlines() if "egret-rows" in line]
        tap.expect(not ours, "\n".join(ours))
        os.mkdir(f"{unit}.d")
        tap.write(f"{unit}.d/journal.conf", read("journal.conf").replace("/usr/local/bin/egret", os.path.abspath(tap.EGRET)))
        done = tap.call(analyze, "verify", unit)
        ours = [line for line in done.stdout.splitlines() if "egret-rows" in line]
        tap.expect(not ours, "\n".join(ours))


def check_unit_is_confined():
    analyze = tap.needed("systemd-analyze")
    if "--offline" not in tap.call(analyze, "--help").stdout:
        raise tap.Skip("this systemd-analyze judges only loaded units")
    done = tap.call(analyze, "security", "--no-pager", "--offline=true", "--threshold=25", f"{FOLDER}/egret-rows.service")
    tap.expect(done.returncode == 0, done.stdout)


def check_restarts():
    """A full disk ends it with 5, which for the unit is a success: it has to begin anew after that as well."""
    settings = dict(line.split("=", 1) for line in read("egret-rows.service").splitlines() if re.match(r"\w+=", line))
    tap.expect("5" in settings["SuccessExitStatus"].split() and settings["Restart"] == "always", settings)
    tap.expect("5" not in settings["RestartPreventExitStatus"].split(), settings)
    tap.expect(settings["StartLimitIntervalSec"] == "0", settings)


def check_command():
    """What the unit starts is a command line that egret takes."""
    for name in ("egret-rows.service", "journal.conf"):
        arguments = re.search(r"^ExecStart=/usr/local/bin/egret (.+)$", read(name), re.MULTILINE)[1].split()
        done = tap.egret(*arguments, "--help")
        tap.expect(done.returncode == 0 and not done.stderr, f"{name}: {done.stderr}")


def check_logrotate():
    logrotate = tap.needed("logrotate")
    with tempfile.TemporaryDirectory(prefix="egret-shippers-") as folder:
        config = tap.write(f"{folder}/egret", read("logrotate.conf").replace("/var/log/egret", folder))
        os.chmod(config, 0o644)
        os.truncate(tap.write(f"{folder}/rows.ndjson", ""), 110_000_000)
        done = tap.call(logrotate, "--state", f"{folder}/state", config)
        tap.expect(done.returncode == 0, done.stdout)
        tap.expect(sorted(name for name in os.listdir(folder) if name.startswith("rows")) == ["rows.ndjson.1"], os.listdir(folder))


def check_yaml():
    """No more than that it is YAML, and that what is used is there."""
    try:
        import yaml
    except ImportError:
        raise tap.Skip("python3-yaml is not installed") from None
    vector = yaml.safe_load(read("vector.yaml"))
    parts = {**vector["sources"], **vector.get("transforms", {})}
    for part in (*vector["transforms"].values(), *vector["sinks"].values()):
        tap.expect(set(part["inputs"]) <= set(parts), part)
    otel = yaml.safe_load(read("otel-collector.yaml"))
    for pipeline in otel["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            tap.expect(set(names) <= set(otel[kind]), f"{kind}: {names}")
    tap.expect(set(otel["service"]["extensions"]) <= set(otel["extensions"]), otel["service"])


def cases():
    for side in ("host", "collector"):
        yield f"rsyslog takes the {side}'s", check_rsyslog_syntax, side
    yield "rsyslog carries each row", check_rsyslog
    yield "systemd takes the unit", check_unit
    yield "the unit is confined", check_unit_is_confined
    yield "the unit begins anew", check_restarts
    yield "egret takes the unit's command", check_command
    yield "logrotate takes its", check_logrotate
    yield "YAML", check_yaml


tap.run(cases())

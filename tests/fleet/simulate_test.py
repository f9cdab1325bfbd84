#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The simulated fleet: its rows are egret's, repeat themselves, and look like what people and servers do."""
import collections
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "schema"))
import tap  # noqa: E402

HOUR = ("--start", "2026-11-04T13:00:00Z", "--duration", "1h")


def simulate(*arguments):
    done = subprocess.run([tap.SIMULATE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          check=False)
    tap.expect(done.returncode == 0, done.stderr)
    return done.stdout


def rows(*arguments):
    return list(csv.DictReader(io.StringIO(simulate("--format", "csv", *arguments))))


def check_schema(form, name):
    validator = jsonschema.Draft202012Validator(json.loads(tap.egret("schema", name).stdout))
    lines = simulate("--hosts", "6", "--format", form, "--interval", "600", "--load", "0.3", *HOUR).splitlines()
    tap.expect(len(lines) >= 36, f"{len(lines)} lines")
    for line in lines:
        errors = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(json.loads(line))]
        tap.expect(not errors, "\n".join(errors[:10]))


def check_printed(form):
    """What egret prints of the summary of an interval are the rows of that interval."""
    for host in range(6):
        where = ("--hosts", "1", "--first", str(host), "--start", "2026-11-04T15:00:00Z", "--duration", "300",
                 "--interval", "300")
        summary = simulate("--format", "json", *where)
        done = tap.egret("merge", "--format", form, "-", input=summary)
        expected = simulate("--format", form, *where)
        tap.expect(done.returncode == 0 and expected, done.stderr)
        tap.expect(done.stdout == expected, f"host {host} differs:\n{done.stdout[:2000]}\n{expected[:2000]}")


def check_repeats():
    whole = simulate("--hosts", "4", "--seed", "7", *HOUR)
    tap.expect(whole == simulate("--hosts", "4", "--seed", "7", *HOUR), "the same seed, other rows")
    tap.expect(whole != simulate("--hosts", "4", "--seed", "8", *HOUR), "another seed, the same rows")
    part = simulate("--hosts", "1", "--first", "2", "--seed", "7", *HOUR).splitlines()[1:]
    name = part[0].split(",")[4]
    tap.expect(part == [line for line in whole.splitlines() if line.split(",")[4] == name], "a part of it differs")
    with tempfile.TemporaryDirectory() as directory:
        simulate("--hosts", "4", "--seed", "7", "--split", directory, *HOUR)
        lines = []
        for file in os.scandir(directory):
            with open(file, encoding="utf-8") as stream:
                lines += stream.read().splitlines()[1:]
    tap.expect(sorted(lines) == sorted(whole.splitlines()[1:]), "the files of the hosts differ")


def check_unique():
    ids = [row["event_id"] for row in rows("--hosts", "10", "--interval", "600")]
    tap.expect(len(ids) > 5000 and len(set(ids)) == len(ids), "an event_id is there twice")


def check_days():
    """People sleep, and rest at weekends; servers go on."""
    sent = collections.Counter()
    for row in rows("--hosts", "40", "--days", "7", "--interval", "3600", "--load", "0.1"):
        day = int(row["interval_start"][8:10]) - 2  # it begins on a Monday
        sent[row["host_name"][:-5], "weekend" if day >= 5 else "week"] += 1
    tap.expect(sent["office", "weekend"] * 20 < sent["office", "week"], f"offices: {sent}")
    tap.expect(sent["server", "weekend"] * 4 > sent["server", "week"], f"servers: {sent}")
    hours = collections.Counter(row["interval_start"][11:13] for row in rows("--hosts", "1", "--first", "0"))
    tap.expect(len(hours) < 24 and max(hours.values()) > 50, f"no night: {hours}")


def check_tail():
    """A few rows carry most of it; many destinations are seen once."""
    week = rows("--hosts", "30", "--interval", "3600", "--load", "0.5")
    sent = sorted((int(row["bytes_sent"]) for row in week), reverse=True)
    tap.expect(sum(sent[:len(sent) // 50]) > sum(sent) / 2, "a fiftieth of the rows is less than half of the bytes")
    seen = collections.Counter(row["domain"] for row in week)
    tap.expect(sum(count == 1 for count in seen.values()) > len(seen) / 4, "no long tail")
    for column in ("app_kind", "country", "transport", "direction", "domain_source", "scope", "anycast"):
        tap.expect(len({row[column] for row in week}) > 1, f"all rows are alike: {column}")
    tap.expect(any(int(row["failed"]) for row in week), "nothing fails")
    tap.expect(any(row["app_kind"] == "android" for row in week), "no Android")


def check_history():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "history.db")
        where = ("--hosts", "1", "--first", "1", "--interval", "3600")
        simulate("--database", path, *where)
        done = tap.egret("report", "--database", path, "--since", "2026-11-02T00:00:00Z", "--until",
                         "2026-11-03T00:00:00Z", "--format", "json")
        tap.expect(done.returncode == 0, done.stderr)
        totals = json.loads(done.stdout)["summary"]["totals"]
    made = rows(*where)
    for counter in ("bytes_sent", "bytes_received", "connections", "failed"):
        tap.expect(sum(int(row[counter]) for row in made) == totals[counter], counter)


def cases():
    yield "ndjson by its schema", check_schema, "ndjson", "row"
    yield "json by its schema", check_schema, "json", "summary"
    for form in ("csv", "ndjson"):
        yield f"{form} is what egret prints", check_printed, form
    yield "the same seed gives the same rows", check_repeats
    yield "each row has an id of its own", check_unique
    yield "days, nights and weekends", check_days
    yield "long tails", check_tail
    yield "recorded into a history", check_history


try:
    import jsonschema
except ImportError:
    tap.skip_all("python3-jsonschema is missing")
else:
    tap.run(cases())

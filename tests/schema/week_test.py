#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A simulated week in a history: each number of its report against SQL over the raw rows."""
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

import tap

SIMULATE = os.path.join("tools", "fleet", "simulate")
WEEK = ("--hosts", "1", "--start", "2026-11-02T00:00:00Z", "--days", "7", "--interval", "5m", "--seed", "7")
COUNTERS = ("bytes_sent", "bytes_received", "connections", "failed")
# Whole days, whole hours, neither; an hour's part, an interval, all of it, nothing.
PERIODS = (
    ("2026-11-02", "2026-11-09"),
    ("2026-11-03", "2026-11-05"),
    ("2026-11-03T07:00:00Z", "2026-11-06T19:00:00Z"),
    ("2026-11-02T23:35:00Z", "2026-11-08T00:05:00Z"),
    ("2026-11-04T11:10:00Z", "2026-11-04T11:50:00Z"),
    ("2026-11-04T11:10:00Z", "2026-11-04T11:15:00Z"),
    ("2026-10-01", "2026-12-01"),
    ("2026-10-01", "2026-10-02"),
)


def simulate(*arguments):
    done = subprocess.run([SIMULATE, *WEEK, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", check=False)
    tap.expect(done.returncode == 0, done.stderr)
    return done.stdout


def load_rows():
    """The rows as the simulator prints them: never seen by the history."""
    rows = sqlite3.connect(":memory:")
    lines = csv.DictReader(simulate("--format", "csv").splitlines())
    names = lines.fieldnames
    rows.execute(f"CREATE TABLE raw ({', '.join(names)}, {', '.join(f'n_{name} INTEGER' for name in COUNTERS)})")
    marks = ", ".join("?" * (len(names) + len(COUNTERS)))
    rows.executemany(f"INSERT INTO raw VALUES ({marks})", (
        [line[name] or None for name in names] + [int(line[name]) for name in COUNTERS] for line in lines))
    return rows


def full(time):
    return time if "T" in time else f"{time}T00:00:00Z"


def sums(rows, period, *keys):
    """{key: counters} by SQL over the raw rows that begin in the period."""
    start, end = (f"{full(time)[:-1]}.000000000Z" for time in period)
    columns = ", ".join(keys)
    chosen = ", ".join(f"sum(n_{name})" for name in COUNTERS)
    found = rows.execute(f"SELECT {columns}, {chosen} FROM raw WHERE interval_start >= ? AND interval_start < ?"
                         f" GROUP BY {columns}", (start, end))
    return {row[:len(keys)]: row[len(keys):] for row in found}


def report(database, period, *arguments):
    done = tap.egret("report", "--database", database, "--since", period[0], "--until", period[1],
                     "--format", "json", *arguments)
    tap.expect(done.returncode in (0, 5), done.stderr)
    return json.loads(done.stdout)["summary"]


def counters(thing):
    return tuple(thing[name] for name in COUNTERS)


def add_up(pairs):
    found = {}
    for key, numbers in pairs:
        found[key] = tuple(map(sum, zip(found.get(key, (0,) * len(numbers)), numbers)))
    return found


def expect_same(found, expected, what):
    wrong = {key: (found.get(key), expected.get(key)) for key in found.keys() | expected.keys()
             if found.get(key) != expected.get(key)}
    tap.expect(not wrong, f"{what}: {len(wrong)} of {len(expected)} differ (report, SQL): {dict(list(wrong.items())[:3])}")


def rows_of(summary):
    for app in summary["apps"]:
        for row in app["destinations"]:
            yield app, row


def check_period(rows, database, period):
    summary = report(database, period)
    expect_same({(app["id"],): counters(app) for app in summary["apps"]}, sums(rows, period, "app_id"), "apps")
    key = ("app_id", "ip", "port", "transport", "direction")
    expect_same({(app["id"], row["ip"], None if row["port"] is None else str(row["port"]), row["transport"],
                  row["direction"]): counters(row) for app, row in rows_of(summary)}, sums(rows, period, *key), "rows")
    total = sums(rows, period, "1").get((1,), (0, 0, 0, 0))
    tap.expect(counters(summary["totals"]) == total, f"totals: {counters(summary['totals'])} and {total}")
    distinct = len(sums(rows, period, *key))
    tap.expect(summary["totals"]["destinations"] == distinct, f"{summary['totals']['destinations']} of {distinct} rows")


def first_and_last(rows, period):
    start, end = (f"{full(time)[:-1]}.000000000Z" for time in period)
    found = rows.execute("SELECT app_id, ip, port, min(first_seen), max(last_seen) FROM raw"
                         " WHERE interval_start >= ? AND interval_start < ? GROUP BY 1, 2, 3, transport, direction",
                         (start, end))
    return sorted(tuple(map(str, row)) for row in found)


def check_times(rows, database, period):
    found = sorted((app["id"], row["ip"], str(row["port"]), row["first_seen"], row["last_seen"])
                   for app, row in rows_of(report(database, period)))
    tap.expect(found == first_and_last(rows, period), "first or last times differ")


def check_places(rows, database, period):
    """Bytes by operator and by owner, where these did not change in the week."""
    summary = report(database, period)
    for column, name in (("as_organization", lambda row: row["as"] and row["as"]["organization"]),
                         ("country", lambda row: row["country"])):
        found = add_up(((name(row),), counters(row)) for _, row in rows_of(summary))
        expect_same(found, sums(rows, period, column), column)


def load_names(rows):
    """A row of CSV has one name; all of them are in the summaries of the intervals."""
    rows.execute(f"CREATE TABLE names (start, name, source, confidence, {', '.join(COUNTERS[:3])})")
    for line in simulate("--format", "json").splitlines():
        summary = json.loads(line)
        rows.executemany("INSERT INTO names VALUES (?, ?, ?, ?, ?, ?, ?)", [
            (summary["period"]["start"], name["name"], name["source"], name["confidence"],
             *(name[counter] for counter in COUNTERS[:3])) for _, row in rows_of(summary) for name in row["names"]])


def check_names(rows, database, period):
    load_names(rows)
    start, end = (f"{full(time)[:-1]}.000000000Z" for time in period)
    found = add_up(((name["name"], name["source"], name["confidence"]), counters({"failed": 0, **name})[:3])
                   for _, row in rows_of(report(database, period)) for name in row["names"])
    expected = {row[:3]: row[3:] for row in rows.execute(
        f"SELECT name, source, confidence, {', '.join(f'sum({name})' for name in COUNTERS[:3])} FROM names"
        " WHERE start >= ? AND start < ? GROUP BY 1, 2, 3", (start, end))}
    expect_same(found, expected, "names")


def check_filter(rows, database, period):
    """What a filter leaves out is all in the ledger."""
    summary = report(database, period, "--app", "desktop:*")
    everything = sums(rows, period, "1")[(1,)]
    left_out = summary["ledger"]["excluded"]["filter"]
    tap.expect(summary["totals"]["bytes_sent"] + left_out["bytes_sent"] == everything[0], "bytes sent are missing")
    expect_same({(app["id"],): counters(app) for app in summary["apps"]},
                {key: value for key, value in sums(rows, period, "app_id").items() if key[0].startswith("desktop:")},
                "apps")


def check_history(database):
    """The sums of hours and days are those of the intervals, by SQL over the history's own tables."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as history:
        by_level = dict(history.execute(
            "SELECT p.level, sum(f.sent) || ' ' || sum(f.received) || ' ' || sum(f.connections) || ' ' || sum(f.failed)"
            " FROM period p JOIN flow f ON f.period = p.id WHERE p.rolled GROUP BY p.level"))
    tap.expect(set(by_level) == {0, 1, 2} and len(set(by_level.values())) == 1, by_level)


def cases(folder):
    database = os.path.join(folder, "week.db")
    simulate("--database", database)
    rows = load_rows()
    for period in PERIODS:
        yield f"{period[0]} to {period[1]}", check_period, rows, database, period
    yield "first and last times", check_times, rows, database, PERIODS[3]
    yield "operators and countries", check_places, rows, database, PERIODS[0]
    yield "names", check_names, rows, database, PERIODS[2]
    yield "a filter", check_filter, rows, database, PERIODS[2]
    yield "sums of hours and days", check_history, database


def main():
    if "without SQLite" in tap.egret("report", "--database", "/nonexistent").stderr:
        tap.skip_all("this build has no SQLite")
        sys.exit(0)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        tap.run(cases(folder))


main()

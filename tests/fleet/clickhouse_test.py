#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Three simulated hosts in ClickHouse: what egret merge adds up from the same intervals is there as well."""
import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "schema"))
import clickhouse  # noqa: E402
import tap  # noqa: E402

# A developer's, an office's and a home's, with IPv6, Android and peers among them; a day and a night.
HOSTS = ("--hosts", "3", "--seed", "11", "--interval", "300", "--start", "2026-11-05T12:00:00Z", "--days", "1")
DAYS = ("2026-11-05", "2026-11-06")
COUNTERS = ("bytes_sent", "bytes_received", "connections", "failed")
KEY = ("app_id", "ip", "port", "transport", "direction")


def simulate(folder, form):
    """Texts of the hosts' files."""
    place = os.path.join(folder, form)
    os.mkdir(place)
    subprocess.run((tap.SIMULATE, *HOSTS, "--format", form, "--split", place), check=True, stderr=subprocess.DEVNULL)
    return {name: os.path.join(place, name) for name in sorted(os.listdir(place))}


class Scene:
    def __init__(self, stack):
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="egret-clickhouse-"))
        self.rows = [tap.read(path) for path in simulate(folder, "csv").values()]
        done = tap.egret("merge", "--format", "json", *simulate(folder, "json").values())
        tap.expect(done.returncode == 0, done.stderr)
        self.merged = json.loads(done.stdout)
        self.server = clickhouse.ClickHouse(stack, folder)
        self.ask = self.server.ask


def check_rows(scene):
    scene.server.make_tables()
    scene.server.make_tables()
    for text in scene.rows:
        scene.server.insert(text)
    lines = sum(text.count("\n") - 1 for text in scene.rows)
    tap.expect(lines > 3000, f"{lines} rows are few")
    tap.expect(scene.ask("SELECT count(), uniqExact(event_id) FROM egret_rows") == [[str(lines)] * 2], "rows are missing")
    tap.expect(scene.ask("SELECT uniqExact(host_id) FROM egret_rows") == [["3"]], "hosts")


def merged_rows(scene):
    """As egret merge has them, by key."""
    for app in scene.merged["apps"]:
        for row in app["destinations"]:
            yield (app["id"], row["ip"] or "", str(row["port"] or 0), row["transport"] or "", row["direction"] or ""), row


def check_merge(scene):
    """Row by row; of texts that differ those that were seen last."""
    found = {tuple(line[:5]): line[5:] for line in scene.ask(f"""
        SELECT {', '.join(KEY)}, sum(bytes_sent), sum(bytes_received), sum(connections), sum(failed),
            argMax(country, last_seen), argMax(as_number, last_seen), argMax(owner, last_seen), argMax(domain, last_seen),
            min(first_seen), max(last_seen)
        FROM egret_rows FINAL GROUP BY {', '.join(KEY)}""")}
    expected = dict(merged_rows(scene))
    tap.expect(len(expected) > 1000 and set(found) == set(expected), f"{len(found)} rows instead of {len(expected)}")
    for key, row in expected.items():
        place = [row["country"] or "", str((row["as"] or {}).get("number") or 0), (row["owner"] or {}).get("name") or "",
                 row["domain"] or ""]
        tap.expect(found[key][:8] == [str(row[counter]) for counter in COUNTERS] + place, f"{key}: {found[key]}, {row}")
        for text, number in zip((row["first_seen"], row["last_seen"]), found[key][8:]):
            tap.expect(text[20:29] == f"{int(number) % 10**9:09}", f"{key}: {number} is not {text}")


def expect_totals(scene, table, where):
    sums = ", ".join(f"sum({counter})" for counter in COUNTERS)
    totals = [str(scene.merged["totals"][counter]) for counter in COUNTERS]
    tap.expect(scene.ask(f"SELECT {sums} FROM {table}") == [totals], f"{where}: other totals")


def check_totals(scene):
    expect_totals(scene, "egret_rows FINAL", "rows")
    apps = scene.ask("SELECT uniqExact(app_id), sumIf(bytes_sent, via != '') FROM egret_rows FINAL")
    totals = scene.merged["totals"]
    tap.expect(apps == [[str(totals["apps"]), str(totals["via_bytes_sent"])]], apps)


def check_repeated(scene):
    """Shippers deliver twice; a row is one all the same."""
    before = scene.ask("SELECT count() FROM egret_rows FINAL")
    scene.server.insert(scene.rows[0])
    half = scene.rows[1].splitlines(keepends=True)
    scene.server.insert("".join(half[:len(half) // 2]))
    tap.expect(scene.ask("SELECT count() FROM egret_rows") != before, "nothing came twice")
    tap.expect(scene.ask("SELECT count() FROM egret_rows FINAL") == before, "rows count twice")
    check_merge(scene)
    expect_totals(scene, "egret_rows FINAL", "repeated")


def check_roll_up(scene):
    scene.server.roll_up(*DAYS)
    expect_totals(scene, "egret_daily", "rolled up")
    scene.server.roll_up(*DAYS)
    expect_totals(scene, "egret_daily", "rolled up again")
    tap.expect(int(scene.ask("SELECT count() FROM egret_daily")[0][0]) * 4
               < int(scene.ask("SELECT count() FROM egret_rows FINAL")[0][0]), "hardly smaller than the rows")
    days = dict(scene.ask("SELECT day, sum(bytes_sent) FROM egret_daily GROUP BY day"))
    rows = dict(scene.ask("SELECT toDate(interval_start) AS day, sum(bytes_sent) FROM egret_rows FINAL GROUP BY day"))
    tap.expect(sorted(days) == list(DAYS) and days == rows, f"{days}, by the rows {rows}")


def check_late(scene):
    """A host that was off line: its day is rolled up again."""
    text = scene.rows[2].replace(next(csv.DictReader(io.StringIO(scene.rows[2])))["host_id"], "f" * 32)
    lines = text.splitlines()
    # Another host's rows have other ids.
    late = "\n".join([lines[0]] + [re.sub(",([0-9a-f]{32}),", lambda m: f",{int(m[1], 16) ^ 1:032x},", line, count=1)
                                   for line in lines[1:]]) + "\n"
    before = int(scene.ask("SELECT sum(bytes_sent) FROM egret_daily")[0][0])
    sent = sum(int(row["bytes_sent"]) for row in csv.DictReader(io.StringIO(late)))
    scene.server.insert(late)
    scene.server.roll_up(*DAYS)
    tap.expect(int(scene.ask("SELECT sum(bytes_sent) FROM egret_daily")[0][0]) == before + sent, "the late host is not in it")


def check_questions(scene):
    asked = clickhouse.questions()
    tap.expect(len(asked) >= 6, "questions are missing")
    for title, query in asked.items():
        answer = scene.ask(query.replace("2026-11-02", DAYS[0]).replace("10:00:00", "12:00:00").replace("11:00:00", "23:00:00"))
        tap.expect(answer or "104.16.12.34" in query, f"{title}: no answer")


def check_load(scene):
    """Files of rows go in and away; what is being written to, or is refused, stays."""
    with tempfile.TemporaryDirectory(prefix="egret-load-") as folder:
        header, *lines = tap.read(f"{tap.GOLDEN}/ordinary.csv").splitlines(keepends=True)
        files = {"rows-1.csv": header + "".join(lines), "rows-2.csv": header + "no row\n", "rows-3.csv": header + lines[0],
                 "other.csv": header}
        for name, text in files.items():
            tap.write(f"{folder}/{name}", text)
            if name != "rows-3.csv":
                os.utime(f"{folder}/{name}", (1e9, 1e9))
        done = subprocess.run(("tools/fleet/shippers/load", folder), stderr=subprocess.PIPE, encoding="utf-8", check=False,
                              env={**os.environ, "CLICKHOUSE_CLIENT": scene.server.client})
        tap.expect(done.returncode == 1 and "rows-2.csv: kept" in done.stderr, done.stderr)
        tap.expect(sorted(os.listdir(folder)) == ["other.csv", "rows-2.csv", "rows-3.csv"], os.listdir(folder))
    found = scene.ask("SELECT count() FROM egret_rows FINAL WHERE toDate(interval_start) = '2026-11-23'")
    tap.expect(found == [[str(len(lines))]], f"{found} rows instead of {len(lines)}")
    scene.ask("ALTER TABLE egret_rows DROP PARTITION 20261123")


def check_hostile(scene):
    """Quotes, commas, line breaks: a text is the same as in the file."""
    text = tap.read(f"{tap.GOLDEN}/harmful.csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    scene.server.insert(text)
    found = {tuple(part.encode().decode("unicode_escape").encode("latin-1").decode() if "\\" in part else part for part in line)
             for line in scene.ask("SELECT app_id, domain, as_organization FROM egret_rows WHERE toDate(interval_start) = '2026-11-23'")}
    wanted = {tuple(row[column] for column in ("app_id", "domain", "as_organization")) for row in rows}
    tap.expect(found == wanted, f"{sorted(found - wanted)[:2]} instead of {sorted(wanted - found)[:2]}")


def check_forgets(scene):
    """KEEP: rows that are too old go, what they added up to stays."""
    scene.server.roll_up("2026-11-23", KEEP="3")
    tap.expect(scene.ask("SELECT DISTINCT toDate(interval_start) FROM egret_rows") == [["2026-11-23"]], "old rows are there")
    tap.expect(len(scene.ask("SELECT DISTINCT day FROM egret_daily")) == 3, "a day is gone")


def columns(name, table):
    statement = next(text for text in clickhouse.statements(name) if f"EXISTS {table} (" in text)
    body = statement.partition("(")[2].partition("\n) ENGINE")[0]
    return re.findall(r"(?:^|,)\s*([a-z_]+) [A-Z]", re.sub(r"\([^()]*(\([^()]*\)[^()]*)*\)", "", body))


def check_same_columns():
    """The tables for a current ClickHouse have the same columns, in the same order; of NDJSON,
    an interval's last line has the databases for all its rows."""
    for table in ("egret_rows", "egret_daily"):
        tested = [column for column in columns("rows-18.sql", table) if column != "databases"]
        tap.expect(len(tested) > 20 and columns("rows.sql", table) == tested, f"{table}: {columns('rows.sql', table)}, {tested}")
    tap.expect("databases" in columns("rows.sql", "egret_intervals"), "nobody keeps the databases")
    header = tap.read(f"{tap.GOLDEN}/ordinary.csv").splitlines()[0].split(",")
    tap.expect(columns("rows-18.sql", "egret_csv") == header, "egret_csv has other columns than the CSV")
    tap.expect(sorted(columns("rows-18.sql", "egret_rows")) == sorted(header), "egret_rows has other columns than the CSV")


def cases(scene):
    yield "the columns", check_same_columns
    yield "rows come in", check_rows, scene
    yield "what egret merge adds up", check_merge, scene
    yield "totals", check_totals, scene
    yield "rows that come twice", check_repeated, scene
    yield "the roll-up of days", check_roll_up, scene
    yield "questions", check_questions, scene
    yield "a host that comes late", check_late, scene
    yield "files of rows", check_load, scene
    yield "hostile names", check_hostile, scene
    yield "what is too old is forgotten", check_forgets, scene


def main():
    missing = tap.missing(clickhouse.NEEDED)
    if missing:
        tap.skip_all(f"{' '.join(missing)} is not installed")
        return
    with contextlib.ExitStack() as stack:
        tap.run(cases(Scene(stack)))


main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What a day of a fleet costs in ClickHouse: measure.py [HOSTS [SECONDS]] (1000 hosts, intervals of 60 s)."""
import contextlib
import os
import subprocess
import sys
import tempfile
import time

import clickhouse

SIMULATE = os.path.join(os.environ.get("BUILD", "build"), "tools", "fleet", "simulate")
DAY = "2026-11-04"  # a Wednesday
SOME = "20"  # hosts, where a part tells as much as all


def timed(function, *arguments):
    begun = time.monotonic()
    result = function(*arguments)
    return time.monotonic() - begun, result


def simulate(form, hosts, interval):
    return subprocess.Popen((SIMULATE, "--hosts", hosts, "--start", DAY, "--interval", interval, "--format", form),
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def piped(form, hosts, interval, command):
    """Seconds, and what the command says, of the rows through a command."""
    with simulate(form, hosts, interval) as source:
        return timed(lambda: subprocess.run(command, stdin=source.stdout, check=True, stdout=subprocess.PIPE, shell=True,
                                            encoding="utf-8").stdout)


def main():
    hosts, interval = (sys.argv[1:] + ["1000", "60"][len(sys.argv) - 1:])[:2]
    with contextlib.ExitStack() as stack:
        server = clickhouse.ClickHouse(stack, stack.enter_context(tempfile.TemporaryDirectory(prefix="egret-measure-")))
        ask = server.ask
        server.make_tables()
        for form in ("csv", "ndjson"):
            rows, size = map(int, piped(form, SOME, interval, "wc -lc")[1].split())
            packed = int(piped(form, SOME, interval, "gzip -1 | wc -c")[1])
            print(f"{form}, of {SOME} hosts: {size / rows:.0f} bytes a line, {packed / rows:.0f} with gzip -1", flush=True)
        seconds, _ = piped("csv", hosts, interval, f"{server.client} --query 'INSERT INTO egret_csv FORMAT CSVWithNames'")
        rows = int(ask("SELECT count() FROM egret_rows")[0][0])
        print(f"{rows:,} rows in {seconds:.0f} s, simulating included: {rows / seconds:,.0f} a second", flush=True)
        seconds, _ = timed(ask, "OPTIMIZE TABLE egret_rows FINAL")
        print(f"merged into one part: {seconds:.0f} s", flush=True)
        seconds, _ = timed(server.roll_up, DAY)
        print(f"roll-up: {seconds:.1f} s", flush=True)
        ask("OPTIMIZE TABLE egret_daily FINAL")
        for table in ("egret_rows", "egret_daily"):
            size, count = ask(f"SELECT sum(bytes), sum(rows) FROM system.parts WHERE table = '{table}' AND active")[0]
            print(f"{table}: {int(count):,} rows, {int(size):,} bytes, {int(size) / int(count):.1f} a row", flush=True)
        for column, size, raw in ask("""SELECT name, data_compressed_bytes, data_uncompressed_bytes FROM system.columns
                WHERE table = 'egret_rows' ORDER BY data_compressed_bytes DESC LIMIT 8"""):
            print(f"  {column}: {int(size) / rows:.1f} bytes a row of {int(raw) / rows:.1f}")
        for title, query in clickhouse.questions().items():
            query = query.replace("2026-11-02", DAY)
            first, _ = timed(ask, query)
            again = min(timed(ask, query)[0] for _ in range(3))
            print(f"{title}: {first * 1000:.0f} ms, again {again * 1000:.0f} ms", flush=True)


main()

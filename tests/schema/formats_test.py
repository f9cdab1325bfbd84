#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Reads every format back with parsers that are nobody's of ours, and compares what they say.

The summaries are those of tests/golden, among them one in which every text is out to do harm.
"""
import csv
import functools
import io
import json
import re
import unicodedata

import tap

COLUMNS = (
    "interval_start,interval_end,event_id,host_id,host_name,app_id,app_kind,app_name,trust,via,user_id,ip,port,"
    "transport,direction,scope,domain,domain_source,domain_confidence,registered_domain,as_number,"
    "as_organization,as_country,country,anycast,owner,owner_country,bytes_sent,bytes_received,connections,"
    "failed,first_seen,last_seen,flag,databases"
).split(",")
SUMMARIES = ("ordinary", "harmful", "merged")
COUNTERS = ("bytes_sent", "bytes_received", "connections", "failed")


@functools.lru_cache
def validator(name):
    schema = json.loads(tap.egret("schema", name).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def validate(name, document):
    errors = [f"{error.json_path}: {error.message[:300]}" for error in validator(name).iter_errors(document)]
    tap.expect(not errors, "\n".join(errors[:10]))


def golden(name):
    with open(f"{tap.GOLDEN}/{name}", encoding="utf-8", newline="") as file:
        return file.read()


@functools.lru_cache
def printed(summary, form):
    """The summary in a format, through merge: whatever was read is printed again."""
    done = tap.egret("merge", "--format", form, f"{tap.GOLDEN}/{summary}.json")
    tap.expect(done.returncode in (0, 5), f"status {done.returncode}: {done.stderr}")
    return done.stdout


def assert_harmless(text):
    for number, line in enumerate(text.split("\n"), 1):
        for character in line:
            category = unicodedata.category(character)
            tap.expect(category not in ("Cc", "Cs", "Zl", "Zp"), f"line {number}: U+{ord(character):04X}")
            tap.expect(unicodedata.bidirectional(character) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"),
                       f"line {number}: U+{ord(character):04X} changes the text's direction")


def no_twice(pairs):
    keys = [key for key, _ in pairs]
    tap.expect(len(keys) == len(set(keys)), f"a member is there twice: {keys}")
    return dict(pairs)


def totals_of(summary):
    return json.loads(printed(summary, "json"))["totals"]


def check_golden_schema(name):
    text = golden(name)
    assert_harmless(text)
    if name.endswith(".ndjson"):
        for line in text.splitlines():
            validate("row", json.loads(line, object_pairs_hook=no_twice))
        return
    document = json.loads(text, object_pairs_hook=no_twice)
    validate(re.fullmatch(r"egret\.(\w+)/1", document["schema"])[1], document)


def check_json(summary):
    text = printed(summary, "json")
    assert_harmless(text)
    document = json.loads(text, object_pairs_hook=no_twice)
    validate("summary", document)
    rows = [row for app in document["apps"] for row in app["destinations"]]
    for counter in COUNTERS:
        total = document["totals"][counter]
        tap.expect(sum(row[counter] for row in rows) == total, f"rows don't add up: {counter}")
        tap.expect(sum(app[counter] for app in document["apps"]) == total, f"apps don't add up: {counter}")
    for counter in ("bytes_sent", "bytes_received"):
        tap.expect(sum(document["ledger"][counter].values()) == document["totals"][counter], f"ledger: {counter}")


def check_schema_is_strict():
    """What must not pass does not: otherwise the tests above say nothing."""
    for change in (
        lambda d: d.pop("ledger"),
        lambda d: d["apps"][0].pop("via"),
        lambda d: d["apps"][0].update(bytes_sent="1"),
        lambda d: d["apps"][0].update(bytes_sent=-1),
        lambda d: d["apps"][0].update(trust="everybody"),
        lambda d: d["apps"][0]["destinations"][0].update(scope=""),
        lambda d: d["apps"][0]["destinations"][0].update(domain="a\nb"),
        lambda d: d["apps"][0]["destinations"][0].update(errors={"EPERM": 0}),
        lambda d: d["apps"][0]["destinations"][0].update(transport=None),
        lambda d: d["ledger"]["lost"].pop("ring_full"),
        lambda d: d["period"].update(start="yesterday"),
        lambda d: d.update(hosts=[]),
    ):
        document = json.loads(golden("ordinary.json"))
        validate("summary", document)
        change(document)
        tap.expect(not validator("summary").is_valid(document), "the schema lets it pass")


def check_ndjson(summary):
    text = printed(summary, "ndjson")
    assert_harmless(text)
    lines = [json.loads(line, object_pairs_hook=no_twice) for line in text.splitlines()]
    for line in lines:
        validate("row", line)
    *rows, end = lines
    tap.expect(end["event"]["dataset"] == "egret.interval_end", "the last line ends no interval")
    tap.expect(end["egret"]["rows"] == len(rows), "the number of rows is wrong")
    ids = [line["event"]["id"] for line in lines]
    tap.expect(len(ids) == len(set(ids)), "an id is there twice")
    totals = totals_of(summary)
    tap.expect(end["egret"]["totals"] == totals, "totals differ from those of json")
    tap.expect(sum(row["source"]["bytes"] for row in rows) == totals["bytes_sent"], "sent")
    tap.expect(sum(row["destination"]["bytes"] for row in rows) == totals["bytes_received"], "received")
    for counter in ("connections", "failed"):
        tap.expect(sum(row["egret"][counter] for row in rows) == totals[counter], counter)


def check_csv(summary):
    text = printed(summary, "csv")
    assert_harmless(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    tap.expect(rows[0] == COLUMNS, "the columns are not the contract's")
    for row in rows[1:]:
        tap.expect(len(row) == len(COLUMNS), f"{len(row)} cells in a row")
        for cell in row:
            tap.expect(not cell.startswith(("=", "+", "-", "@")), f"a formula: {cell}")
    databases = "; ".join(f"{entry['name']} {entry['built']}" for entry in json.loads(golden(f"{summary}.json"))["databases"])
    tap.expect(all(row[COLUMNS.index("databases")] == databases for row in rows[1:]), "other databases")
    totals = totals_of(summary)
    for counter in COUNTERS:
        tap.expect(sum(int(row[COLUMNS.index(counter)]) for row in rows[1:]) == totals[counter], counter)
    ids = [json.loads(line)["event"]["id"] for line in printed(summary, "ndjson").splitlines()[:-1]]
    tap.expect([row[COLUMNS.index("event_id")] for row in rows[1:]] == ids, "ids differ from those of ndjson")


LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{{{LABEL}(?:,{LABEL})*\}})? ([0-9]+)")


def check_prometheus(summary):
    """The text format by its grammar: a HELP and a TYPE before a metric's samples, no sample twice."""
    text = printed(summary, "prometheus")
    assert_harmless(text)
    known, seen, sums = set(), set(), {}
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("# HELP "):
            name = line.split(" ", 3)[2]
            tap.expect(lines[number + 1] == f"# TYPE {name} gauge", f"no TYPE after HELP of {name}")
            tap.expect(name not in known, f"{name} is there twice")
            known.add(name)
        elif not line.startswith("# TYPE "):
            match = SAMPLE.fullmatch(line)
            tap.expect(match, f"no sample: {line[:200]}")
            name, labels, value = match.groups()
            tap.expect(name in known and not name.endswith("_total"), f"no gauge: {name}")
            tap.expect((name, labels) not in seen, f"twice: {line[:200]}")
            seen.add((name, labels))
            sums[name] = sums.get(name, 0) + int(value)
    totals = totals_of(summary)
    tap.expect(sums["egret_sent_bytes"] == totals["bytes_sent"], "sent")
    tap.expect(sums["egret_received_bytes"] == totals["bytes_received"], "received")
    tap.expect(sums["egret_connections"] == totals["connections"], "connections")
    tap.expect(sums["egret_failed_connections"] == totals["failed"], "failed")


PLACE = ("app", "kind", "operator", "country")
METRICS = {
    "egret_sent_bytes": PLACE,
    "egret_received_bytes": PLACE,
    "egret_connections": ("app", "kind"),
    "egret_failed_connections": ("app", "kind"),
    "egret_app_info": ("app", "kind", "trust", "via", "flag"),
    "egret_lost": ("reason",),
    "egret_database_build_timestamp_seconds": ("database",),
    "egret_build_info": ("version",),
}


def check_metrics(summary):
    """Names and labels are the contract's (section 4)."""
    text = printed(summary, "prometheus")
    tap.expect(re.findall("^# TYPE ([a-z_]+) gauge$", text, re.MULTILINE) == list(METRICS), "other metrics")
    for name, labels in re.findall(r"^([a-z_]+)(?:{(.*)})? [0-9]+$", text, re.MULTILINE):
        labels = re.findall(r'(?:^|,)([a-z_]+)="', re.sub(r'\\["\\n]', "", labels))
        tap.expect(set(labels) <= set(METRICS[name]), f"labels of {name}: {labels}")


def check_promtool(summary):
    tap.expect_exposition(printed(summary, "prometheus"))


def width(text):
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def check_text(summary):
    text = printed(summary, "text")
    assert_harmless(text)
    for line in text.splitlines():
        tap.expect(width(line) <= 80 or " " not in line.strip(), f"{width(line)} columns: {line}")
    last = [line for line in text.splitlines() if not line.startswith("  ")][-1]  # without its continuation
    tap.expect(last.startswith(("Complete", "Incomplete")), f"the last line does not judge: {last}")


def check_merge_is_stable(summary):
    """Merging what was merged changes nothing; neither does the order."""
    once = printed(summary, "json")
    again = tap.egret("merge", "--format", "json", "-", input=once)
    tap.expect(again.stdout == once, f"differs: {again.stderr}")
    names = [f"{tap.GOLDEN}/{name}.json" for name in SUMMARIES]
    there = tap.egret("merge", "--format", "json", *names).stdout
    back = tap.egret("merge", "--format", "json", *reversed(names)).stdout
    tap.expect(there and there == back, "the order of the files matters")


def cases():
    for name in ("ordinary.json", "harmful.json", "merged.json", "doctor.json", "ordinary.ndjson", "harmful.ndjson"):
        yield f"golden {name} by its schema", check_golden_schema, name
    yield "the schema is strict", check_schema_is_strict
    for summary in SUMMARIES:
        yield f"{summary} as json", check_json, summary
        yield f"{summary} as ndjson", check_ndjson, summary
        yield f"{summary} as csv", check_csv, summary
        yield f"{summary} as prometheus", check_prometheus, summary
        yield f"{summary} as prometheus, names", check_metrics, summary
        yield f"{summary} as prometheus, by promtool", check_promtool, summary
        yield f"{summary} as text", check_text, summary
        yield f"{summary} merged again", check_merge_is_stable, summary


try:
    import jsonschema
except ImportError:
    tap.skip_all("python3-jsonschema is missing")
else:
    tap.run(cases())

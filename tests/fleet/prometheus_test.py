#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Real traffic, counted by record, read by node_exporter, scraped by Prometheus, asked for by the dashboard.

Two programs talk from one network namespace to another, whose addresses a database places in two countries.
"""
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "schema"))
import servers  # noqa: E402
import tap  # noqa: E402

NEEDED = ("prometheus", "prometheus-node-exporter", "promtool", "ip")
DASHBOARD = "tools/fleet/grafana/egret.json"
RULES = "tools/fleet/prometheus/egret.rules.yml"
PLACES = ("81.2.69.0,81.2.69.255,GB,64500,Example Networks", "89.160.20.0,89.160.20.255,SE,64501,Exempel AB")
ADDRESSES = ("81.2.69.142", "89.160.20.112")
COUNTERS = ("sent_bytes", "received_bytes", "connections", "failed_connections")

LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')

# Sends without end, to somebody and to nobody.
CLIENT = """
import select, socket, sys
while True:
    for address in sys.argv[1:]:
        with socket.create_connection((address, 4430), 10) as connection:
            connection.sendall(b"x" * 10000)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
    with socket.socket() as connection:
        connection.connect_ex((sys.argv[1], 1))
    select.select([], [], [], 0.1)
"""
SERVER = """
import socket, threading
def serve(connection):
    with connection:
        while connection.recv(65536):
            pass
        connection.sendall(b"y" * 3000)
listener = socket.create_server(("", 4430), backlog=64)
print("listening", flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],)).start()
"""


def run(*arguments):
    subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def namespaces():
    """Two of them with a link between; their names."""
    near, far = names = [f"egret-fleet-{side}-{os.getpid()}" for side in ("near", "far")]
    try:
        for name in names:
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", near, "link", "add", "link0", "type", "veth", "peer", "link0", "netns", far)
        for name, address in ((near, "81.2.69.1/24"), (far, ADDRESSES[0] + "/24"), (far, ADDRESSES[1] + "/32")):
            run("ip", "-n", name, "address", "add", address, "dev", "link0")
        for name in names:
            run("ip", "-n", name, "link", "set", "link0", "up")
        run("ip", "-n", near, "route", "add", ADDRESSES[1], "dev", "link0")
        yield names
    finally:
        for name in names:
            subprocess.run(("ip", "netns", "delete", name), check=False, stderr=subprocess.DEVNULL)


def samples(text):
    """Values by name and labels in some order, egret's own only; a label may be empty instead of left out."""
    found = {}
    for line in text.splitlines():
        if line.startswith("egret_"):
            sample, _, value = line.rpartition(" ")
            name, _, rest = sample.partition("{")
            labels = sorted(label for label in LABEL.findall(rest) if label[1])
            found[name, tuple(labels)] = float(value)
    return found


class Fleet:
    """What is needed of it, started when it is needed; all of it ends with `stack`."""

    def __init__(self, stack):
        self.stack = stack
        self.folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="egret-fleet-"))
        self.textfiles = os.path.join(self.folder, "textfiles")
        self.database = os.path.join(self.folder, "history.db")
        os.mkdir(self.textfiles)
        os.chmod(self.folder, 0o755)
        self.recorder = None

    def path(self, name, text=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            tap.write(path, text)
        return path

    def start(self, *arguments, **keywords):
        return servers.start(self.stack, *arguments, **keywords)

    def talk(self):
        near, far = self.stack.enter_context(namespaces())
        server = self.start("ip", "netns", "exec", far, "python3", self.path("server.py", SERVER),
                            stdout=subprocess.PIPE)
        tap.expect(server.stdout.readline() == b"listening\n", "no server")
        for name, addresses in (("uploader", ADDRESSES), ("syncer", ADDRESSES[:1])):
            self.start("ip", "netns", "exec", near, "python3", self.path(f"{name}.py", CLIENT), *addresses)

    def record(self):
        geo = self.path("places.mmdb")
        if not os.path.exists(geo):
            run("tools/make-mmdb", "--type", "made up", "--columns",
                "country_code,asn,as_name", "-o", geo,
                self.path("places.csv", "\n".join(PLACES) + "\n"))
        self.recorder = self.start(tap.EGRET, "record", "--database", self.database, "--interval", "1s", "--geo", geo,
                                   "--textfile", self.textfiles, stderr=subprocess.PIPE)
        line = self.recorder.stderr.readline().decode()
        tap.expect(line == "egret: tracing\n", f"it does not record: {line}")

    def stop_recording(self):
        self.recorder.send_signal(signal.SIGTERM)
        tap.expect(self.recorder.wait(60) == 0, f"record: status {self.recorder.returncode}")

    def collect(self):
        self.exporter = servers.free_port()
        self.start("prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
                   f"--collector.textfile.directory={self.textfiles}", f"--web.listen-address=127.0.0.1:{self.exporter}",
                   stderr=subprocess.DEVNULL)
        servers.await_url(f"http://127.0.0.1:{self.exporter}/metrics")

    def scrape(self):
        self.prometheus = servers.free_port()
        config = self.path("prometheus.yml", json.dumps({  # which YAML reads
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [os.path.abspath(RULES)],
            "scrape_configs": [{"job_name": "node", "static_configs": [{"targets": [f"127.0.0.1:{self.exporter}"]}]}],
        }))
        self.start("prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.folder}/tsdb",
                   f"--web.listen-address=127.0.0.1:{self.prometheus}", stderr=subprocess.DEVNULL)
        servers.await_url(f"http://127.0.0.1:{self.prometheus}/-/ready")

    def ask(self, what, **parameters):
        query = urllib.parse.urlencode(parameters)
        answer = json.loads(servers.get(f"http://127.0.0.1:{self.prometheus}/api/v1/{what}?{query}"))
        tap.expect(answer["status"] == "success" and not answer.get("warnings"), answer)
        return answer["data"]

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def value(self, expression):
        """Of an expression with one result; None: it has none."""
        result = self.query(expression)
        tap.expect(len(result) < 2, f"{expression}: {len(result)} results")
        return float(result[0]["value"][1]) if result else None

    def exposition(self):
        return tap.read(os.path.join(self.textfiles, "egret.prom"))


def check_collected(fleet):
    """What Prometheus has are the labels that the database gives, of both programs."""
    for app, countries in (("uploader", {"GB", "SE"}), ("syncer", {"GB"})):
        found = servers.until(lambda: fleet.query(f'egret_sent_bytes_total{{app=~".*/{app}.py"}} > 0'), f"{app} in Prometheus")
        servers.until(lambda: len(fleet.query(f'egret_sent_bytes_total{{app=~".*/{app}.py"}} > 0')) == len(countries), "all of it")
        found = fleet.query(f'egret_sent_bytes_total{{app=~".*/{app}.py"}}')
        tap.expect({sample["metric"]["country"] for sample in found} == countries, found)
        tap.expect(all(sample["metric"]["operator"] in ("Example Networks", "Exempel AB") for sample in found), found)
        tap.expect(all(sample["metric"]["kind"] == "script" for sample in found), found)
    tap.expect(fleet.value("node_textfile_scrape_error") == 0, "node_exporter could not read the file")
    tap.expect(fleet.value("count(egret_build_info)") == 1, "no egret_build_info")


def check_promtool(fleet):
    tap.expect_exposition(fleet.exposition())


def check_growth(fleet):
    """Counters grow, and by what the program sends: 10,000 bytes and one connection each time."""
    servers.until(lambda: len(fleet.query('egret_connections_total{app=~".*/syncer.py"}[1m]')[0]["values"]) > 5, "samples")
    for metric in COUNTERS:
        tap.expect(fleet.value(f"max(resets(egret_{metric}_total[5m]))") == 0, f"{metric} went back")
        for series in fleet.query(f'egret_{metric}_total{{app=~".*/(syncer|uploader).py"}}[5m]'):
            tap.expect(series["values"][0][1] == "0", f"its beginning is not seen: {series}")
    sent = sum(value for (name, labels), value in samples(fleet.exposition()).items()
               if name == "egret_sent_bytes_total" and dict(labels)["app"].endswith("/syncer.py"))
    tap.expect(sent > 0 and sent % 10000 == 0, f"{sent} bytes sent")


def dashboard():
    return json.loads(tap.read(DASHBOARD))


def filled_in(query):
    """As Grafana does where nothing was chosen."""
    for name, value in (("$__rate_interval", "10s"), ("$__range", "30s"), ("$instance", ".*"), ("$app", ".*")):
        query = query.replace(name, value)
    tap.expect("$" not in query, f"a variable too many: {query}")
    return query


def check_variables(fleet):
    for variable in dashboard()["templating"]["list"]:
        if variable["type"] != "query":
            continue
        query = variable["query"]["query"]
        match = re.fullmatch(r"label_values\((.*), (\w+)\)", query)
        values = fleet.ask(f"label/{match[2]}/values", **{"match[]": filled_in(match[1])})
        tap.expect(values, f"{query} has no values")


def check_dashboard(fleet):
    """Each query of each panel is understood, and answered with something."""
    targets = [(panel["title"], target) for panel in dashboard()["panels"] for target in panel["targets"]]
    tap.expect(len(targets) > 10, "hardly a query in it")
    for title, target in targets:
        query = filled_in(target["expr"])
        result = servers.until(lambda query=query: fleet.query(query), f"an answer to {query} ({title})")
        tap.expect(all(float(sample["value"][1]) >= 0 for sample in result), f"{title}: {result}")
        for label in re.findall(r"{{(\w+)}}", target.get("legendFormat", "")):
            tap.expect(any(label in sample["metric"] for sample in result), f"{title}: no label {label}")


def check_layout():
    """Nothing lies on another, and all ask the chosen data source."""
    board, taken, ids = dashboard(), {}, set()
    names = {variable["name"] for variable in board["templating"]["list"]}
    for panel in board["panels"]:
        tap.expect(panel["id"] not in ids, f"id {panel['id']} is there twice")
        ids.add(panel["id"])
        place = panel["gridPos"]
        tap.expect(place["x"] + place["w"] <= 24, f"{panel['title']} is too wide")
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                other = taken.setdefault((x, y), panel["title"])
                tap.expect(other == panel["title"], f"{panel['title']} lies on {other}")
        for part in (panel, *panel["targets"]):
            tap.expect(part["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, panel["title"])
        for target in panel["targets"]:
            used = set(re.findall(r"\$(\w+)", target["expr"]))
            tap.expect(used <= names | {"__range", "__rate_interval"}, f"{panel['title']}: {used}")


def check_rules(fleet=None):
    done = tap.call("promtool", "check", "rules", RULES)
    tap.expect(done.returncode == 0, done.stdout)
    rules = servers.until(lambda: [rule for group in fleet.ask("rules")["groups"] for rule in group["rules"]
                                   if rule["health"] != "unknown"], "the rules to be evaluated")
    tap.expect(len(rules) == 5, rules)
    for rule in rules:
        tap.expect(rule["health"] == "ok", f"{rule['name']}: {rule.get('lastError')}")
    # Whatever else goes on at this host, it is being recorded.
    stopped = next(rule for rule in rules if rule["name"] == "EgretStopped")
    tap.expect(stopped["state"] == "inactive", stopped)


def check_restart(fleet):
    """Counters begin anew: Prometheus sees that, and goes on to count what was sent."""
    fleet.stop_recording()
    fleet.record()
    own = '{app=~".*/syncer.py"}'
    servers.until(lambda: fleet.value(f"max(resets(egret_connections_total{own}[5m]))") == 1, "Prometheus to see it")
    servers.until(lambda: fleet.value(f"sum(increase(egret_connections_total{own}[5m]))") > 0, "it to go on")


def check_sums(fleet):
    """What a recorder has counted is what it has recorded, and what Prometheus then has."""
    fleet.stop_recording()
    counted = samples(fleet.exposition())
    sums = {metric: sum(value for (name, _), value in counted.items() if name == f"egret_{metric}_total")
            for metric in COUNTERS}
    for metric in COUNTERS:
        servers.until(lambda metric=metric: fleet.value(f"sum(egret_{metric}_total)") == sums[metric], f"{metric} in Prometheus")
    exposed = samples(servers.get(f"http://127.0.0.1:{fleet.exporter}/metrics"))
    tap.expect(exposed == counted, "node_exporter shows something else")
    # The second recorder's part of the history begins where the gap before it ends.
    gaps = json.loads(tap.egret("report", "--database", fleet.database, "--since", "1h", "--format", "json").stdout)["gaps"]
    between = [gap for gap in gaps if gap["reason"] == "egret was not recording"]
    done = tap.egret("report", "--database", fleet.database, "--since", between[-1]["end"], "--format", "json")
    totals = json.loads(done.stdout)["summary"]["totals"]
    for metric, counter in zip(COUNTERS, ("bytes_sent", "bytes_received", "connections", "failed")):
        tap.expect(totals[counter] == sums[metric], f"{metric}: {sums[metric]}, in the history {totals[counter]}")


def cases(fleet):
    yield "the dashboard's layout", check_layout
    yield "counted, collected, scraped", check_collected, fleet
    yield "promtool likes it", check_promtool, fleet
    yield "counters grow", check_growth, fleet
    yield "the dashboard's variables", check_variables, fleet
    yield "the dashboard's queries", check_dashboard, fleet
    yield "the rules", check_rules, fleet
    yield "a restart is a reset", check_restart, fleet
    yield "the sums are those of the history", check_sums, fleet


def main():
    missing = tap.missing(NEEDED)
    if missing or os.getuid():
        tap.skip_all("not root" if os.getuid() else f"{' '.join(missing)} is not installed")
        return
    with contextlib.ExitStack() as stack:
        fleet = Fleet(stack)
        fleet.collect()
        fleet.scrape()
        fleet.talk()
        fleet.record()
        tap.run(cases(fleet))


main()

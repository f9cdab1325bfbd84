#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""make geo, with the real npm and a registry on loopback: small packages in the forms of the real ones."""
import base64
import hashlib
import http.server
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import threading
import urllib.parse

import tap

COUNTRIES = "@ip-location-db/geo-whois-asn-country-mmdb"
OPERATORS = "@ip-location-db/asn"
ADDRESSES = "192.0.1.7", "2a00::7"  # of nobody here: made-up data alone tell of them
LICENCES = {COUNTRIES: "CC0-1.0", OPERATORS: "CC-BY-4.0"}
LIMIT = 120  # seconds


def made(directory, name, columns, lines):
    """The bytes of a database of these lines."""
    table, database = os.path.join(directory, "table.csv"), os.path.join(directory, name)
    with open(table, "w", encoding="utf-8") as file:
        file.write(lines)
    subprocess.run(["tools/make-mmdb", "--type", "made up", "--columns", columns, "-o", database, table], check=True)
    with open(database, "rb") as file:
        return file.read()


def packages(directory):
    """What each package has in it."""
    country = made(directory, "country.mmdb", "country_code", "192.0.1.0,192.0.1.255,NL\n2a00::,2a00::ff,SE\n")
    return {
        COUNTRIES: {"geo-whois-asn-country.mmdb": country, "CC0-LICENSE": b"No rights reserved.\n"},
        OPERATORS: {"asn-ipv4.csv": b'192.0.1.0,192.0.1.255,64500,"Example, Pte"\n',
                    "asn-ipv6.csv": b"2a00::,2a00::ff,64501,Example Six\n",
                    "CC-BY-4.0-LICENSE": b"Attribution.\n"},
    }


def packed(name, files, version):
    """A package as npm has it: all of it in a directory of its own."""
    manifest = json.dumps({"name": name, "version": version, "license": LICENCES[name]}, indent=2).encode()
    packet = io.BytesIO()
    with tarfile.open(fileobj=packet, mode="w:gz") as archive:
        for path, data in {"package.json": manifest, **files}.items():
            member = tarfile.TarInfo("package/" + path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packet.getvalue()


class Registry(http.server.ThreadingHTTPServer):
    """Serves packages; of one of `cut` only the first half comes."""

    def __init__(self, contents, version="2.3.2026112900", cut=()):
        super().__init__(("127.0.0.1", 0), Answer)
        self.version, self.cut = version, cut
        self.packets = {name: packed(name, files, version) for name, files in contents.items()}

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Answer(http.server.BaseHTTPRequestHandler):
    """The two requests of npm: what versions there are, and the packet of one."""

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def about(self, name):
        packet, version = self.server.packets[name], self.server.version
        digest = base64.b64encode(hashlib.sha512(packet).digest()).decode()
        dist = {"tarball": self.server.url() + urllib.parse.quote(name, safe="") + "/packet.tgz",
                "integrity": "sha512-" + digest}
        return json.dumps({"name": name, "dist-tags": {"latest": version},
                           "versions": {version: {"name": name, "version": version, "dist": dist}}}).encode()

    def do_GET(self):  # pylint: disable=invalid-name
        name = urllib.parse.unquote(self.path.lstrip("/"))
        name, is_packet = name.removesuffix("/packet.tgz"), name.endswith("/packet.tgz")
        if name not in self.server.packets:
            self.send_error(404)
            return
        data = self.server.packets[name] if is_packet else self.about(name)
        if is_packet and name in self.server.cut:
            data = data[:len(data) // 2]
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream" if is_packet else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def make_geo(directory, registry, path=None):
    """`make geo` into a directory below; nothing of this user's npm is used."""
    if not shutil.which("npm"):
        raise tap.Skip("npm is not installed")
    settings = {"registry": registry.url(), "cache": os.path.join(directory, "cache"), "fetch_retries": "0",
                "userconfig": os.path.join(directory, "npmrc"), "update_notifier": "false", "offline": "false"}
    environment = {key: value for key, value in os.environ.items()
                   if not key.lower().startswith("npm_config_") and not key.lower().endswith("_proxy")}
    environment.update({"npm_config_" + key: value for key, value in settings.items()}, HOME=directory)
    if path:
        environment["PATH"] = path
    return subprocess.run([shutil.which("make"), "-s", "geo", "GEO=" + os.path.join(directory, "geo")], check=False,
                          env=environment, encoding="utf-8", stderr=subprocess.STDOUT, stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=LIMIT)


def contents(directory):
    found = {}
    for name in sorted(os.listdir(os.path.join(directory, "geo"))):
        with open(os.path.join(directory, "geo", name), "rb") as file:
            found[name] = file.read()
    return found


class Fetched:
    """What the first fetch has said and brought: npm takes its time, so once for all cases."""

    said = directory = None

    def copy(self, directory):
        if not self.directory:
            Fetched.directory = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
            with Registry(packages(self.directory.name)) as registry:
                result = make_geo(self.directory.name, registry)
            tap.expect(result.returncode == 0, result.stdout)
            Fetched.said = result.stdout
        shutil.copytree(os.path.join(self.directory.name, "geo"), os.path.join(directory, "geo"))
        return self.said


def claims(directory, address):
    databases = [word for name in ("geo-whois-asn-country.mmdb", "asn.mmdb")
                 for word in ("--geo", os.path.join(directory, "geo", name))]
    answer = tap.egret("explain", "--format", "json", *databases, address)
    tap.expect(answer.returncode == 0, answer.stderr)
    return {claim["claim"]: claim for claim in json.loads(answer.stdout)["claims"]}


def databases_answer():
    expected = {ADDRESSES[0]: ("NL", "Example, Pte"), ADDRESSES[1]: ("SE", "Example Six")}
    with tempfile.TemporaryDirectory() as directory:
        Fetched().copy(directory)
        for address, (country, operator) in expected.items():
            found = claims(directory, address)
            tap.expect(found["country"]["value"] == country, found)
            tap.expect(operator in json.dumps(found), found)
        names = list(contents(directory))
        tap.expect(names == ["asn.LICENSE", "asn.mmdb", "geo-whois-asn-country.LICENSE",
                             "geo-whois-asn-country.mmdb"], names)


def licences_are_shown():
    with tempfile.TemporaryDirectory() as directory:
        said = Fetched().copy(directory)
        for name, terms in ("geo-whois-asn-country", "CC0-1.0"), ("asn", "CC-BY-4.0"):
            tap.expect(f"/{name}.mmdb: {terms}, see " in said, said)
            tap.expect(contents(directory)[name + ".LICENSE"].decode().startswith(terms + "\n"), name)
            doctor = tap.egret("doctor", "--format", "json", "--geo", os.path.join(directory, "geo", name + ".mmdb"))
            told = [line for line in doctor.stdout.splitlines() if f'"database {name}"' in line]
            tap.expect(len(told) == 1 and terms in told[0], doctor.stdout)
        tap.expect("2026-11-29" in told[0], told)  # when the data were collected, by the package's version
        tap.expect(b"Attribution.\n" in contents(directory)["asn.LICENSE"], "the text of the licence")


def refused(registry_of, words):
    """A second fetch that must fail, and leave what the first has brought."""
    with tempfile.TemporaryDirectory() as directory:
        Fetched().copy(directory)
        before = contents(directory)
        with registry_of(directory) as registry:
            result = make_geo(directory, registry)
        tap.expect(result.returncode != 0, "succeeds")
        tap.expect(words in result.stdout, result.stdout)
        tap.expect(contents(directory) == before, "the old files are others now")


def cut_download(name):
    refused(lambda directory: Registry(packages(directory), "2.3.2026113000", [name]), f"npm could not fetch {name}")


def cut_database(directory):
    cut = packages(directory)
    database = cut[COUNTRIES]["geo-whois-asn-country.mmdb"]
    cut[COUNTRIES]["geo-whois-asn-country.mmdb"] = database[:len(database) // 2]
    return Registry(cut, "2.3.2026113000")


def damaged_table(directory):
    damaged = packages(directory)
    damaged[OPERATORS]["asn-ipv6.csv"] = damaged[OPERATORS]["asn-ipv6.csv"][:7]
    return Registry(damaged, "2.3.2026113000")


def without_npm():
    with tempfile.TemporaryDirectory() as directory, Registry({}) as registry:
        programs = os.path.join(directory, "bin")
        os.mkdir(programs)
        for name in "make", "sh", "dirname", "sed", "uname":
            if shutil.which(name):
                os.symlink(shutil.which(name), os.path.join(programs, name))
        result = make_geo(directory, registry, programs)
        tap.expect(result.returncode != 0 and "fetch-geo: needs npm" in result.stdout, result.stdout)


tap.run([
    ("make geo brings databases that answer", databases_answer),
    ("it shows the licences, and doctor does", licences_are_shown),
    ("a download that was cut is refused, and the old files stay: countries", cut_download, COUNTRIES),
    ("a download that was cut is refused, and the old files stay: operators", cut_download, OPERATORS),
    ("a database that was cut", refused, cut_database, "geo-whois-asn-country.mmdb is no whole database"),
    ("a table that was cut", refused, damaged_table, "asn-ipv6.csv:1: "),
    ("a package that is not there", refused, lambda _: Registry({}), f"npm could not fetch {COUNTRIES}"),
    ("without npm", without_npm),
])

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A ClickHouse of one's own on loopback, with the tables of tools/fleet."""
import os
import subprocess
import urllib.error
import urllib.parse

import servers

NEEDED = ("clickhouse-server", "clickhouse-client")
FOLDER = "tools/fleet/clickhouse"

CONFIG = """<yandex>
  <logger><level>warning</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger>
  <listen_host>127.0.0.1</listen_host><http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
  <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>
  <mark_cache_size>200000000</mark_cache_size>
  <users_config>{folder}/users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
  <timezone>UTC</timezone>
</yandex>
"""
USERS = """<yandex>
  <profiles><default><max_threads>2</max_threads></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
"""


class ClickHouse:
    """Ends with the stack."""

    def __init__(self, stack, folder):
        self.http, self.tcp = servers.free_port(), servers.free_port()
        for name, text in (("config.xml", CONFIG), ("users.xml", USERS)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text.format(folder=folder, http=self.http, tcp=self.tcp))
        servers.start(stack, "clickhouse-server", f"--config-file={folder}/config.xml", stderr=subprocess.DEVNULL)
        servers.await_url(f"http://127.0.0.1:{self.http}/ping")
        self.client = f"clickhouse-client --port {self.tcp}"

    def ask(self, query, rows=None):
        """The answer's lines, each a list of texts; `rows` is what is inserted."""
        url = f"http://127.0.0.1:{self.http}/"
        try:
            if rows is None:
                answer = servers.get(url, query.encode())
            else:
                answer = servers.get(f"{url}?{urllib.parse.urlencode({'query': query})}", rows.encode())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{query}: {error.read().decode()}") from None
        return [line.split("\t") for line in answer.splitlines()]

    def make_tables(self):
        for statement in statements("rows-18.sql"):
            self.ask(statement)

    def insert(self, rows):
        self.ask("INSERT INTO egret_csv FORMAT CSVWithNames", rows)

    def roll_up(self, *days, **environment):
        for day in days:
            subprocess.run((f"{FOLDER}/roll-up", day), check=True, stdin=subprocess.DEVNULL,
                           env={**os.environ, "CLICKHOUSE_CLIENT": self.client, **environment})


def statements(name):
    """The statements of a file, without their comments."""
    with open(f"{FOLDER}/{name}", encoding="utf-8") as file:
        text = "\n".join(line.partition("--")[0] for line in file)
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def questions():
    """Each by the comment above it."""
    found, title = {}, None
    with open(f"{FOLDER}/questions.sql", encoding="utf-8") as file:
        for paragraph in file.read().split("\n\n")[1:]:
            title, _, query = paragraph.partition("\n")
            found[title.removeprefix("-- ")] = query.strip().rstrip(";")
    return found

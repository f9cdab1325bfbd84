#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Traffic whose bytes are known, in a network namespace of its own: between two ends of a veth pair."""
import os
import socket
import subprocess
import sys
import threading

HERE = os.path.abspath(__file__)
CLIENT, SERVER = "192.31.196.1", "192.31.196.100"
CHUNK = 10000


def answer(connection):
    """As many bytes as the first line says, for each line."""
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            connection.sendall(b"x" * int(line.split()[0]))


def serve(ports):
    for port in ports:
        server = socket.create_server((SERVER, port))
        threading.Thread(target=lambda server=server: [
            threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start() for _ in iter(int, 1)
        ], daemon=True).start()
    print("serving", flush=True)
    sys.stdin.read()


def send(connection, sent, received):
    """A line that asks for `received`, as long as `sent`; waits for the answer."""
    connection.sendall(str(received).encode().ljust(sent - 1) + b"\n")
    while received:
        received -= len(connection.recv(min(received, 65536)))


def load():
    """Commands on standard input: PORT SENT RECEIVED."""
    connections = {}
    for line in sys.stdin:
        port, sent, received = (int(word) for word in line.split())
        if port not in connections:
            connections[port] = socket.create_connection((SERVER, port))
        send(connections[port], sent, received)
        print("done", flush=True)


class Generator:
    """Two namespaces; a server in one of them, a client in the other that sends what it is told."""

    PORTS = range(8001, 8041)

    def __init__(self):
        self.names = [f"egret-top-{os.getpid()}-{end}" for end in "cs"]
        self.programs = []

    def __enter__(self):
        client, server = self.names
        try:
            for name in self.names:
                self._ip("netns", "add", name)
            self._ip("-n", client, "link", "add", "veth", "type", "veth", "peer", "name", "veth", "netns", server)
            for name, ip in ((client, CLIENT), (server, SERVER)):
                self._ip("-n", name, "addr", "add", f"{ip}/24", "dev", "veth")
                self._ip("-n", name, "link", "set", "veth", "up")
            self._start(server, "serve").stdout.readline()
            self._start(client, "load")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.kill()
            program.wait()
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL, check=False)

    @staticmethod
    def _ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)

    def _start(self, namespace, what):
        program = subprocess.Popen(["ip", "netns", "exec", namespace, sys.executable, HERE, what],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii")
        self.programs.append(program)
        return program

    def send(self, port, sent, received):
        """Returns when all of it has arrived."""
        client = self.programs[1]
        client.stdin.write(f"{port} {sent} {received}\n")
        client.stdin.flush()
        if client.stdout.readline() != "done\n":
            raise AssertionError("the generator has ended")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Generator.PORTS)
    else:
        load()

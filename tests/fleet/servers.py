# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Starts servers on loopback for a test, waits for them, and ends them."""
import select
import socket
import subprocess
import urllib.error
import urllib.request

PATIENCE = 600  # looks, a tenth of a second apart

direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def start(stack, *arguments, **keywords):
    """A program that ends with the stack, if not before."""
    keywords = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **keywords}
    process = subprocess.Popen(arguments, **keywords)
    stack.callback(end, process)
    return process


def until(look, what):
    """Looks again and again, until there is something; that."""
    found = look()
    for _ in range(PATIENCE):
        if found:
            return found
        select.select([], [], [], 0.1)
        found = look()
    raise AssertionError(f"time is up while waiting for {what}")


def get(url, data=None):
    with direct.open(url, data, timeout=120) as answer:
        return answer.read().decode()


def answers(url):
    try:
        get(url)
        return True
    except (urllib.error.URLError, ConnectionError):
        return False


def await_url(url):
    until(lambda: answers(url), f"an answer of {url}")

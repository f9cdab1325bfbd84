#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The HTML report in a real browser: whole, silent, harmless, readable with and without its script."""
import html.parser
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "schema")]

import browser  # noqa: E402
import tap  # noqa: E402

WEEK = ("--since", "2026-11-16", "--until", "2026-11-23")
PAGES = ("ordinary", "harmful", "large", "empty")
# Where looking at it is worth while: BUILD/html-NAME.png
LOOKS = {"light": (1280, False), "dark": (1280, True), "phone": (390, False)}
LARGEST = 1_000_000  # bytes

CONTROL = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

folder = tempfile.TemporaryDirectory(prefix="egret-html-")


def database(name):
    return tap.history(folder.name, name)


def report(name, *arguments):
    return tap.egret("report", "--database", database(name), *WEEK, *arguments)


def page(name):
    """The path of a page."""
    path = os.path.join(folder.name, name + ".html")
    if not os.path.exists(path):
        done = report(name, "--format", "html", "-o", path)
        tap.expect(done.returncode in (0, 5) and not done.stderr, f"status {done.returncode}: {done.stderr}")
    return path


def text_of(name):
    return tap.read(page(name))


class Parser(html.parser.HTMLParser):
    """What elements there are, and what they refer to."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.references, self.handlers, self.metas = [], [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "poster", "srcset", "formaction", "background"):
                self.references.append(value)
            if name.startswith("on") or name == "style":
                self.handlers.append(name)
        if tag == "meta":
            attributes = dict(attrs)
            self.metas[attributes.get("http-equiv") or attributes.get("name") or "charset"] = attributes.get("content")


def check_page_is_harmless(name):
    text = text_of(name)
    tap.expect(len(text.encode()) < LARGEST, f"{len(text.encode())} bytes")
    match = CONTROL.search(text)
    tap.expect(not match, f"a control character: {match and text[max(0, match.start() - 40):match.end()]!r}")
    parsed = Parser(text)
    tap.expect(parsed.tags.count("script") == 2 and parsed.tags.count("style") == 1, "an element too many")
    tap.expect(set(parsed.references) <= {"#tables"}, f"it refers to {parsed.references}")
    tap.expect(not parsed.handlers, f"{parsed.handlers}")
    tap.expect("iframe" not in parsed.tags and "link" not in parsed.tags and "object" not in parsed.tags, "frames")
    policy = parsed.metas["Content-Security-Policy"]
    tap.expect(policy.startswith("default-src 'none';") and "unsafe" not in policy, policy)
    tap.expect(parsed.metas["referrer"] == "no-referrer", "referrer")


def check_numbers(window):
    """The page's tables and pictures add up to what json says."""
    for name in ("ordinary", "large"):
        totals = json.loads(report(name, "--format", "json").stdout)["summary"]["totals"]
        window.look(1280)
        window.load(page(name))
        for table in ("apps", "operators", "countries", "destinations"):
            column = window.run(f"[...document.querySelectorAll('#t-{table} thead th')]"
                                ".findIndex((cell) => cell.textContent === 'Sent')")
            for i, counter in enumerate(("bytes_sent", "bytes_received")):
                found = window.run(f"[...document.querySelectorAll('#t-{table} tbody tr, #t-{table} tfoot tr')]"
                                   f".reduce((sum, row) => sum + Number(row.cells[{column + i}].dataset.v), 0)")
                tap.expect(found == totals[counter], f"{name}, {table}: {found} instead of {totals[counter]}")
        data = json.loads(window.run("document.getElementById('data').textContent"))
        for i, counter in enumerate(("bytes_sent", "bytes_received")):
            tap.expect(sum(link[3 + i] for link in data["links"]) == totals[counter], f"{name}: flow, {counter}")
            tap.expect(sum(country[2 + i] for country in data["countries"]) == totals[counter], f"{name}: map")
            for app, series in zip(data["apps"], data["timeline"]["series"]):
                tap.expect(sum(series[i]) == app[2 + i], f"{name}: timeline of {app[0]}")


def expect_silence(window, path, where):
    tap.expect(not window.logged, f"{where}: it logs {window.logged}")
    tap.expect(len(window.requested) == 1 and window.requested[0].endswith(os.path.basename(path)),
               f"{where}: it asks for {window.requested}")


def check_silent(window, name):
    for look, (width, dark) in LOOKS.items():
        window.look(width, dark=dark)
        window.load(page(name))
        expect_silence(window, page(name), look)
        wide = window.run("document.documentElement.scrollWidth")
        tap.expect(wide <= width, f"{look}: {wide} of {width} columns")
        if name == "ordinary":
            window.screenshot(os.path.join(os.environ.get("BUILD", "build"), f"html-{look}.png"))
    if name != "empty":
        tap.expect(window.run("document.querySelectorAll('#flow svg, #map svg').length") == 2, "no pictures")


def check_policy_holds(window):
    """What somebody writes into the page does not run, and loads nothing."""
    path = os.path.join(folder.name, "tampered.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text_of("ordinary").replace(
            "<main>", "<main><script>document.title='owned'</script><img src=x.png onerror=\"document.title='owned'\">"
                      "<link rel=stylesheet href=x.css><iframe src=x.html></iframe><p style='color:red' id=red>x</p>"))
    window.look(1280)
    window.load(path)
    tap.expect("owned" not in window.run("document.title"), "a foreign script ran")
    tap.expect(len([url for url in window.requested if url.endswith((".png", ".css"))]) ==
               len([line for line in window.logged if "x.png" in line or "x.css" in line]), "something was loaded")
    tap.expect(any("Content Security Policy" in line for line in window.logged), "nothing was refused")
    tap.expect(window.run("getComputedStyle(document.getElementById('red')).color") != "rgb(255, 0, 0)", "style")


def check_without_script(window):
    window.look(1280, script=False)
    window.load(page("ordinary"))
    expect_silence(window, page("ordinary"), "without script")
    seen = window.run("document.body.innerText")
    for words in ("sent 1.", "Complete", "What is new", "The pictures are drawn by", "Destinations", "log.tiktokv.com"):
        tap.expect(words in seen, f"not to be seen: {words}")
    tap.expect("Show only rows with" not in seen and "Pictures show" not in seen, "what needs the script is there")
    rows = window.run("[...document.querySelectorAll('#t-destinations tbody tr')].every((row) => row.offsetHeight)")
    tap.expect(rows, "rows are hidden")
    window.look(1280)


def check_sorts(window):
    window.look(1280)
    window.load(page("ordinary"))
    values = ("[...document.querySelectorAll('#t-apps tbody tr')].map((row) => row.cells[%d].dataset.v === undefined ?"
              " row.cells[%d].textContent.toLowerCase() : Number(row.cells[%d].dataset.v))")
    for column, number in ((0, False), (2, True), (7, True)):
        head = f"document.querySelectorAll('#t-apps thead th')[{column}]"
        first, second = ("descending", "ascending") if number else ("ascending", "descending")
        for order in (first, second):
            window.run(f"{head}.querySelector('button').click()")
            found = window.run(values % (column, column, column))
            tap.expect(window.run(f"{head}.getAttribute('aria-sort')") == order, "aria-sort")
            wanted = sorted(found, reverse=order == "descending") if number else None
            if number:
                tap.expect(found == wanted, f"column {column}, {order}: {found}")
            else:
                ordered = window.run(f"(({values % (column, column, column)}).every((text, i, all) => !i || "
                                     f"all[i - 1].localeCompare(text) * {1 if order == 'ascending' else -1} <= 0))")
                tap.expect(ordered, f"column {column}, {order}: {found}")
    expect_silence(window, page("ordinary"), "sorting")


def shown(window, table):
    return window.run(f"[...document.querySelectorAll('#t-{table} tbody tr')].filter((row) => !row.hidden)"
                      ".map((row) => row.textContent)")


def check_filters(window):
    window.look(1280)
    window.load(page("ordinary"))
    window.run("document.getElementById('filter').focus()")
    window.call("Input.insertText", text="TIKTOK")
    window.draw()
    rows = shown(window, "destinations")
    tap.expect(rows and all("tiktok" in row.lower() for row in rows), f"{rows}")
    tap.expect("row" in window.run("document.getElementById('found').textContent"), "nothing is said")
    window.key("Enter", 13)
    expect_silence(window, page("ordinary"), "filtering")
    window.load(page("large"))
    tap.expect(len(shown(window, "destinations")) == 25, "a long table is not folded")
    window.run("[...document.querySelectorAll('.more')].filter((button) => !button.hidden).pop().click()")
    tap.expect(len(shown(window, "destinations")) > 1000, "it does not unfold")


def check_keyboard(window):
    """A picture's parts can be reached and chosen without a mouse, and each says what it is."""
    window.look(1280)
    window.load(page("ordinary"))
    for start, kind in (("#flow .node[role=button]", "node"), ("#map .spot", "spot")):
        window.run("document.getElementById('filter').value = ''")
        window.run(f"document.querySelector('{start}').focus()")
        tap.expect(window.run("document.activeElement.getAttribute('class')") == kind, "it can't be focused")
        name = window.run("document.activeElement.getAttribute('aria-label')")
        window.key("Enter", 13)
        window.draw()
        words = window.run("document.getElementById('filter').value")
        tap.expect(words and words in name, f"{words!r} of {name!r}")
    tree = window.call("Accessibility.getFullAXTree")["nodes"]
    silent = [node["role"]["value"] for node in tree if not node.get("ignored") and not node.get("name", {}).get("value")
              and node["role"]["value"] in ("button", "searchbox", "radio", "radiogroup", "link", "region", "heading")]
    tap.expect(not silent, f"without a name: {silent}")
    expect_silence(window, page("ordinary"), "keyboard")


CONTRAST = """(() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const light = (color) => {
    canvas.fillStyle = color;
    const parts = canvas.fillStyle.match(/[0-9a-f]{2}/g).map((hex) => parseInt(hex, 16) / 255)
      .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const style = getComputedStyle(document.documentElement);
  const paper = light(style.getPropertyValue("--paper").trim());
  return Object.fromEntries(["ink", "soft", "accent", "good", "bad"].map((name) => {
    const value = light(style.getPropertyValue(`--${name}`).trim());
    return [name, (Math.max(value, paper) + 0.05) / (Math.min(value, paper) + 0.05)];
  }));
})()"""


def check_themes(window):
    papers = set()
    for dark in (False, True):
        window.look(1280, dark=dark)
        window.load(page("ordinary"))
        for _ in range(2):  # as the system has it, then the other one
            papers.add(window.run("getComputedStyle(document.body).backgroundColor"))
            for name, ratio in window.run(CONTRAST).items():
                tap.expect(ratio >= 4.5, f"contrast of {name}: {ratio:.2f}")
            window.run("document.getElementById('theme').click()")
    tap.expect(len(papers) == 2, f"{papers}")


def check_print(window):
    window.look(794, media="print")
    window.load(page("ordinary"))
    tap.expect(window.run("getComputedStyle(document.getElementById('search')).display") == "none", "the search is printed")
    pdf = window.call("Page.printToPDF", printBackground=False)["data"]
    tap.expect(len(pdf) > 10000, "nothing is printed")
    window.look(1280)


def check_redacts(form):
    """Names that are in the report are not in the redacted one, and the numbers stay."""
    bundle = re.compile("<script>.*?</script>|<style>.*?</style>", re.DOTALL)  # not ours: it knows "aliceblue"
    plain, redacted = (bundle.sub("", report("ordinary", "--format", form, *option).stdout)
                       for option in ((), ("--redact",)))
    for secret in ("alice", "ws1", "192.168.", "/usr/bin", "/home", "6f1d9c0e5b7a4c1f8d2e3b4a5c6d7e8f"):
        tap.expect(secret not in redacted, f"{secret} is in it")
    for word in ("ws1", "alice"):
        tap.expect(word in plain, f"{word} is not even in what is not redacted")
    for word in ("Firefox", "Hetzner", "903870840" if form in ("json", "html") else "googleapis.com"):
        tap.expect(word in redacted, f"{word} is gone")
    if form == "json":
        document = json.loads(redacted)
        tap.expect(document["redacted"] is True and json.loads(plain)["redacted"] is False, "it does not say so")
        tap.expect(document["summary"]["totals"] == json.loads(plain)["summary"]["totals"], "other totals")
    if form == "html":
        data = json.loads(re.search('id="data">(.*?)</script>', redacted).group(1))
        tap.expect(all(sum(series[0]) == app[2] for app, series in zip(data["apps"], data["timeline"]["series"])),
                   "the timeline is another one")


def check_says_what_is_missing():
    done = report("empty", "--format", "html")
    tap.expect(done.returncode == 125 and "make report-ui" in done.stderr and not done.stdout, f"{done}")


def cases(program):
    for name in PAGES:
        yield f"{name} page is one harmless file", check_page_is_harmless, name
    for form in ("text", "json", "csv", "html"):
        yield f"redacted as {form}", check_redacts, form
    if not program:
        return
    with browser.Browser(program) as window:
        yield "its numbers are json's", check_numbers, window
        for name in PAGES:
            yield f"{name} page logs nothing and asks nobody", check_silent, window, name
        yield "its policy holds", check_policy_holds, window
        yield "it can be read without script", check_without_script, window
        yield "its tables sort", check_sorts, window
        yield "its tables filter", check_filters, window
        yield "it needs no mouse", check_keyboard, window
        yield "light and dark, with contrast", check_themes, window
        yield "it can be printed", check_print, window


def main():
    if not os.path.exists(tap.HISTORIES):
        tap.skip_all("built without SQLite, so there is no history")
        return
    if tap.egret("report", "--database", database("empty"), "--format", "html").returncode == 125:
        tap.run([("html, built in", skip, "make report-ui was not run"),
                 ("a build without it says so", check_says_what_is_missing)])
        return
    program = browser.find()
    listed = cases(program)
    if program:
        tap.run(listed)
    else:
        tap.run([*listed, ("html in a browser", skip, "chromium is not installed")])


def skip(reason):
    raise tap.Skip(reason)


main()

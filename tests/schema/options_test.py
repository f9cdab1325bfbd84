#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Man pages and completion tell of the commands, options and values that the program has."""
import json
import re
import subprocess

import tap

COMMON = {"color", "verbose", "quiet", "help", "version"}  # egret(1) has them
MAN = "user/man"
COMPLETION = "user/completion/egret"


def commands():
    return re.findall(r"^  ([a-z]+) ", tap.egret("--help").stdout, re.MULTILINE)


def options(command):
    """Long options of a command by its --help, each with the rest of its line."""
    lines = tap.egret(command, "--help").stdout
    return dict(re.findall(r"^  (?:-., )?--([a-z-]+)(.*)$", lines, re.MULTILINE))


def words(*arguments):
    """What the program says that there is, instead of a wrong word."""
    return set(tap.egret(*arguments).stderr.partition("there are: ")[2].split())


def groups(command):
    return words(command, "--by", "?")


def formats(command):
    return {"auto"} | set(options(command)["format"].partition("one of: ")[2].split())


def scopes(_command):
    schema = tap.egret("schema", "summary").stdout
    return set(json.loads(re.search(r'"scope": *{[^}]*"enum": *(\[[^]]*\])', schema)[1])) - {None}


VALUES = {"format": formats, "by": groups, "scope": scopes}


def man_options(page):
    """Long options that a man page has an item for, each with what follows."""
    with open(f"{MAN}/{page}.1", encoding="utf-8") as file:
        return dict(re.findall(r"^\.It Fl (?:. , )?-([a-z-]+)(.*)$", file.read(), re.MULTILINE))


def complete(*words):
    """What the completion offers for the last of these words."""
    script = f'source {COMPLETION}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _egret; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script, "bash", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", check=False)
    return set(done.stdout.split())


def expect_same(got, expected, where):
    tap.expect(got == expected, f"{where}: lacks {sorted(expected - got)}, has besides {sorted(got - expected)}")


def check_commands():
    with open(f"{MAN}/egret.1", encoding="utf-8") as file:
        page = set(re.findall(r"^\.It Xr egret-([a-z]+) 1$", file.read(), re.MULTILINE))
    expect_same(page, set(commands()), "egret(1)")
    expect_same(complete("egret", ""), set(commands()) | {"help", "--help", "--version"}, COMPLETION)
    expect_same(complete("egret", "help", ""), set(commands()), COMPLETION)


def check_schemas():
    with open(f"{MAN}/egret-schema.1", encoding="utf-8") as file:
        page = set(re.findall(r"^\.It Cm ([a-z]+)$", file.read(), re.MULTILINE))
    expect_same(page, words("schema", "?"), "egret-schema(1)")
    expect_same(complete("egret", "schema", ""), words("schema", "?"), COMPLETION)


def check_common():
    expect_same(set(man_options("egret")), COMMON, "egret(1)")


def check_man(command):
    expect_same(set(man_options(f"egret-{command}")), set(options(command)) - COMMON, f"egret-{command}(1)")


def check_man_values(command, option, expected):
    found = man_options(f"egret-{command}")[option].replace("Cm", "").split()
    expect_same(set(found) - {"|"}, expected, f"egret-{command}(1), --{option}")


def check_completion(command):
    expected = {f"--{option}" for option in options(command)}
    if "-- CMD" in tap.egret(command, "--help").stdout:
        expected.add("--")
    expect_same(complete("egret", command, "-"), expected, COMPLETION)


def check_values(command, option, expected):
    expect_same(complete("egret", command, f"--{option}", ""), expected, COMPLETION)


def cases():
    yield "commands", check_commands
    yield "common options", check_common
    for command in commands():
        yield f"{command}, man page", check_man, command
        yield f"{command}, completion", check_completion, command
        yield f"{command} --color", check_values, command, "color", {"auto", "always", "never"}
        for option in [option for option in VALUES if option in options(command)]:
            expected = VALUES[option](command)
            yield f"{command} --{option}, completion", check_values, command, option, expected
            if option != "scope":
                yield f"{command} --{option}, man page", check_man_values, command, option, expected
    yield "names of schemas", check_schemas


if __name__ == "__main__":
    tap.run(cases())

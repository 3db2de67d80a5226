"""GitHub's runner as far as it reads what a step prints and writes: workflow commands, and the file of outputs."""

from __future__ import annotations

from pathlib import Path

COMMANDS = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands", "set-output"}
COMMANDS |= {"save-state", "set-env", "add-path", "add-matcher", "remove-matcher", "echo", "internal-set-repo-path"}


def commands(log: str) -> list[tuple[str, str]]:
    """Return the commands that the runner would carry out: each one's name and data."""
    found: list[tuple[str, str]] = []
    stopped = ""
    for line in log.replace("\r", "\n").split("\n"):
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
            continue
        name, data = _newer(line) or _older(line)
        if name == "stop-commands":
            stopped = data
        elif name:
            found.append((name, data))
    return found


def _newer(line: str) -> tuple[str, str] | None:
    """Read `::NAME PROPERTIES::DATA`, where it begins the line."""
    told, separator, data = line.lstrip()[2:].partition("::")
    name = told.partition(" ")[0]
    return (name, data) if line.lstrip().startswith("::") and separator and name in COMMANDS else None


def _older(line: str) -> tuple[str, str]:
    """Read `##[NAME PROPERTIES]DATA`, wherever it is used in the line."""
    told, end, data = line.partition("##[")[2].partition("]")
    name = told.partition(" ")[0]
    return (name, data) if end and name in COMMANDS else ("", "")


def outputs(file: Path) -> dict[str, str]:
    """Read a step's file of outputs: `NAME=VALUE`, or `NAME<<END`, lines, `END`."""
    found: dict[str, str] = {}
    lines = iter(file.read_text().split("\n")[:-1])
    for line in lines:
        name, heredoc, end = line.partition("<<")
        if heredoc and "=" not in name:
            found[name] = "\n".join(iter(lines.__next__, end))
        else:
            name, _, found[name] = line.partition("=")
    return found

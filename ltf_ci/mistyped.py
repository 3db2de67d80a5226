"""What is wrong with the words of a command line, in plain ones. Slow to import, and seldom needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ltf_ci.model.nearest import nearest

_MEANT = {  # words that people try, and the command that they mean
    **dict.fromkeys(("tag", "revision"), "next"),
    **dict.fromkeys(("lint", "verify", "validate"), "check"),
    **dict.fromkeys(("setup", "install"), "init"),
    **dict.fromkeys(("update", "upgrade"), "init --update"),
    **dict.fromkeys(("show", "info", "log", "ls"), "status"),
    **dict.fromkeys(("deploy", "ship"), "release"),
    **dict.fromkeys(("push",), "next --push"),
    **dict.fromkeys(("rebuild", "patch"), "retag"),
}
_OF_ARGPARSE = (  # its messages, and ours
    (r"argument (\S+): expected (?:one|at least one) argument", r"\1 needs a value"),
    (r"argument (\S+): ignored explicit argument (.+)", r"\1 takes no value, and has \2"),
    (r"unrecognized arguments: (.+)", r"unknown: \1"),
)


def meant(word: str, known: Iterable[str], alone: Mapping[str, str]) -> str:
    """Return `; did you mean …?` for a word that is no command or option, or nothing.

    `alone` is what stands for the flags of words that the command takes without one.
    """
    if word in alone:
        return f"; write {alone[word]} without {word}"
    bare = {each.lstrip("-"): each for each in known}  # the dashes are alike in all of them
    near = _MEANT.get(word) or bare.get(nearest(word.lstrip("-"), bare))
    return f"; did you mean {near}?" if near else ""


def plain(message: str) -> str:
    """Return what argparse says of a command line, in our words."""
    for pattern, ours in _OF_ARGPARSE:
        message = re.sub(rf"^{pattern}$", ours, message)
    return message


def expected_in(message: str, program: str) -> str:
    """Return what was expected where an option or a word is wrong."""
    if " needs a value" in message:
        return "a value behind it"
    if message.startswith("unknown: -C") and " " in program:
        return f"it before the command: {program.replace(' ', ' -C DIR ', 1)}"
    if message.startswith("unknown: -"):
        behind = " (options of a command come behind the command)" if " " not in program else ""
        return f"an option of {program}{behind}"
    return "fewer words" if message.startswith("unknown: ") else f"words that {program} takes"

"""docs/ltf-ci.1: the manual page, of the same tables as the help (`man -l docs/ltf-ci.1`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ltf_ci import errors
from ltf_ci.examples import EXAMPLES
from ltf_ci.options.login import Login
from ltf_ci.options.option import Kind, Option, options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS, GROUPS

PAGE = "docs/ltf-ci.1"
INTERRUPTED = {
    129: "interrupted: its terminal was closed (SIGHUP)",
    130: "interrupted: Ctrl-C, or a workflow run that was cancelled (SIGINT)",
    131: "interrupted (SIGQUIT)",
    143: "interrupted: ended by another program (SIGTERM)",
}
_HEAD = """.TH LTF\\-CI 1
.SH NAME
ltf\\-ci \\- take an LTF repository of cyber\\-dojo from a pushed git tag to a released image and a pull request
.SH SYNOPSIS
.B ltf\\-ci
[\\fB\\-C\\fR DIR] COMMAND [OPTION ...]
.SH DESCRIPTION
An option is a flag, an environment variable (LTF_CI_ and its name) or a key of .github/ltf\\-ci.yml. The first that is
given counts: flag, environment, settings, default.
"""


def expected(_text: str = "") -> str:
    """Return the page."""
    return "".join([_HEAD, *_commands(), *_every(), *_environment(), *_exit_codes()])


def exit_codes() -> Iterator[tuple[int, str]]:
    """Return each exit code with what it means, as the tree of errors has them."""
    yield 0, "all is well"
    for code, about in re.findall(r"^[├└]── \w+ +(\d+) +(.+)$", errors.__doc__ or "", re.MULTILINE):
        yield int(code), about
    yield from INTERRUPTED.items()


def _commands() -> Iterator[str]:
    for heading, names in GROUPS.items():
        yield f".SH {_escaped(heading.upper())}\n"
        for name in names:
            command = COMMANDS[name]
            yield f".SS ltf\\-ci {_escaped(name)}\n{_escaped(command.about[0].upper() + command.about[1:])}\n"
            yield from map(_option, options_of(command.verb.Request))
            for example in EXAMPLES[name]:
                yield f".PP\n.EX\nltf\\-ci {_escaped(example.words)}\n.EE\n.RS 4\n{_escaped(example.about)}\n.RE\n"


def _every() -> Iterator[str]:
    yield ".SH OPTIONS OF EVERY COMMAND\n"
    yield from map(_option, options_of(Output))


def _environment() -> Iterator[str]:
    yield ".SH ENVIRONMENT\n"
    for option in options_of(Login):
        yield f".TP\n.B {_escaped(option.variable)}\n{_escaped(option.about)}\n"


def _exit_codes() -> Iterator[str]:
    yield ".SH EXIT STATUS\n"
    for code, about in exit_codes():
        yield f".TP\n.B {code}\n{_escaped(about)}\n"


def _option(option: Option) -> str:
    words = "" if option.kind is Kind.SWITCH else f" {option.metavar}"
    flag = option.metavar if option.positional else f"--{option.name}{words}"
    return f".TP\n.B {_escaped(flag)}\n{_escaped(option.about)}\n"


def _escaped(text: str) -> str:
    """Return text that troff prints as it is."""
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e").replace("-", "\\-"))

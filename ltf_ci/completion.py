"""Scripts by which a shell completes the words of a command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from shlex import quote

from ltf_ci.options.option import Kind, Option, options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS

_OTHERS = ("help", "version")  # what may be the first word, and is no command


class Shell(StrEnum):
    """A shell that can complete ltf-ci's words."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def script(shell: Shell) -> str:
    """Return the script for a shell."""
    return _SCRIPTS[shell]()


def _bash() -> str:
    """Return what bash sources: it finds the command among the words, and offers its options and their choices."""
    return f"""_ltf_ci() {{
  local given="" words="" word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do [[ $word == -* ]] || given+="$word "; done
  case "$given" in
{_by_command("words")}  esac
  case "${{COMP_WORDS[COMP_CWORD-1]}}" in
{_by_flag("words")}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}")
}}
complete -o default -F _ltf_ci ltf-ci
"""


def _zsh() -> str:
    """Return what zsh sources: the same, by its own words of completion."""
    return f"""#compdef ltf-ci
(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit -u; }}
_ltf_ci() {{
  local given="" offered="" word
  for word in "${{(@)words[2,CURRENT-1]}}"; do [[ $word == -* ]] || given+="$word "; done
  case "$given" in
{_by_command("offered")}  esac
  case "${{words[CURRENT-1]}}" in
{_by_flag("offered")}  esac
  compadd -- ${{=offered}} || _files
}}
compdef _ltf_ci ltf-ci
"""


def _by_command(variable: str) -> str:
    """Return the cases in which what is offered is set, by the words before it."""
    found = {f'"{name} "*': " ".join(_flags(name)) for name in _longest_first(COMMANDS)}
    found |= {f'"{first} "*': " ".join(verbs) for first, verbs in _verbs().items()}
    found['""'] = " ".join([*dict.fromkeys(name.split(" ")[0] for name in COMMANDS), *_OTHERS])
    return "".join(f"    {pattern}) {variable}={quote(words)} ;;\n" for pattern, words in found.items())


def _by_flag(variable: str) -> str:
    """Return the cases in which what is offered is set, by the flag before it."""
    return "".join(f"    {flag}) {variable}={quote(' '.join(words))} ;;\n" for flag, words in _choices().items())


def _fish() -> str:
    return "".join(f"complete -c ltf-ci {line}\n" for line in _fish_lines())


def _fish_lines() -> Iterator[str]:
    yield f"-f -n __fish_use_subcommand -a {quote(' '.join(_OTHERS))}"
    for name, command in COMMANDS.items():
        first, _, second = name.partition(" ")
        seen = f"__fish_seen_subcommand_from {first}"
        if second:
            others = " ".join(_verbs()[first])
            yield f"-f -n __fish_use_subcommand -a {first}"
            yield f"-f -n '{seen}; and not __fish_seen_subcommand_from {others}' -a {second} -d {quote(command.about)}"
            seen += f"; and __fish_seen_subcommand_from {second}"
        else:
            yield f"-f -n __fish_use_subcommand -a {first} -d {quote(command.about)}"
        for option in _options(name):
            words = f" -x -a {quote(' '.join(option.choices))}" if option.choices else _value(option)
            yield f"-n '{seen}' -l {_flag(option)}{words} -d {quote(option.about)}"


def _value(option: Option) -> str:
    return "" if option.kind is Kind.SWITCH or option.bare is not None else " -r"


def _options(name: str) -> Iterator[Option]:
    for option in (*options_of(COMMANDS[name].verb.Request), *options_of(Output)):
        if not option.positional:
            yield option


def _flags(name: str) -> Iterator[str]:
    for option in _options(name):
        yield f"--{_flag(option)}"
    yield "--help"


def _flag(option: Option) -> str:
    """Return the flag that changes something: the one that switches it off, where it is on by default."""
    return f"no-{option.name}" if option.default is True else option.name


def _choices() -> Mapping[str, tuple[str, ...]]:
    """Return what may follow the flags that take one of a few words."""
    return {f"--{option.name}": option.choices for name in COMMANDS for option in _options(name) if option.choices}


def _verbs() -> Mapping[str, list[str]]:
    """Return the second words of commands of two words, by the first."""
    found: dict[str, list[str]] = {}
    for name in COMMANDS:
        first, _, second = name.partition(" ")
        if second:
            found.setdefault(first, []).append(second)
    return found


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: -name.count(" "))


_SCRIPTS: Mapping[Shell, Callable[[], str]] = {Shell.BASH: _bash, Shell.ZSH: _zsh, Shell.FISH: _fish}

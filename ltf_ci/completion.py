"""Scripts by which a shell completes the words of a command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from shlex import quote

from ltf_ci.options.option import Kind, Option, options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS


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
    cases = "".join(f'    "{name} "*) words={quote(" ".join(_flags(name)))} ;;\n' for name in _longest_first(COMMANDS))
    firsts = "".join(f'    "{first} "*) words={quote(" ".join(verbs))} ;;\n' for first, verbs in _verbs().items())
    commands = " ".join([*dict.fromkeys(name.split(" ")[0] for name in COMMANDS), "help", "version"])
    choices = "".join(f"    {flag}) words={quote(' '.join(words))} ;;\n" for flag, words in _choices().items())
    return f"""_ltf_ci() {{
  local given="" words="" word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do [[ $word == -* ]] || given+="$word "; done
  case "$given" in
{cases}{firsts}    "") words={quote(commands)} ;;
  esac
  case "${{COMP_WORDS[COMP_CWORD-1]}}" in
{choices}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}")
}}
complete -o default -F _ltf_ci ltf-ci
"""


def _zsh() -> str:
    bash = (
        _bash()
        .replace("mapfile -t COMPREPLY < <(", "COMPREPLY=($(")
        .replace('"${COMP_WORDS[COMP_CWORD]}")', '"${COMP_WORDS[COMP_CWORD]}"))')
    )
    return (
        f"#compdef ltf-ci\nautoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n{bash}"
    )


def _fish() -> str:
    return "".join(f"complete -c ltf-ci {line}\n" for line in _fish_lines())


def _fish_lines() -> Iterator[str]:
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
            yield f"-n '{seen}' -l {option.name}{words} -d {quote(option.about)}"


def _value(option: Option) -> str:
    return "" if option.kind is Kind.SWITCH or option.bare is not None else " -r"


def _options(name: str) -> Iterator[Option]:
    for option in (*options_of(COMMANDS[name].verb.Request), *options_of(Output)):
        if not option.positional:
            yield option


def _flags(name: str) -> Iterator[str]:
    for option in _options(name):
        yield f"--no-{option.name}" if option.default is True else f"--{option.name}"
    yield "--help"


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

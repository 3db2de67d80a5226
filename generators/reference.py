"""docs/reference.md: every option of every command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generators import action_file
from ltf_ci import settings
from ltf_ci.options.login import Login
from ltf_ci.options.option import Kind, Option, options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS, Command

HEAD = """# Every option

An option has one name: `--dry-run` as a flag is `LTF_CI_DRY_RUN` in the environment, the input `dry-run` of the action
and the key `dry-run` of `.github/ltf-ci.yml`, where these take it. The first that is given counts: the flag, the
environment, the settings, the default. In the environment a list has one value a line. A switch is `true` or `false`
there, `--NAME` or `--no-NAME` as a flag.
"""
EVERY_COMMAND = "\n## Every command\n\n"
OF_LIST = """
## The settings of a languages repository

Two keys of `.github/ltf-ci.yml` count in the languages repository alone, and are no options
([languages-list](languages-list.md)):

| key | value | what |
|---|---|---|
"""
ENVIRONMENT = """
## The environment alone

| variable | action | what | default |
|---|---|---|---|
"""
TAIL = """| `GITHUB_API_URL` |  | the API of a GitHub Enterprise Server |  |
| `DOCKER_HOST`, `DOCKER_CONFIG` |  | as docker reads them |  |

No credential is read from a flag or from a file: both are seen by others.
"""
_TABLE = "| flag | environment | action | settings | what | default |\n|---|---|---|---|---|---|\n"


def expected(_text: str = "") -> str:
    """Return the page."""
    sections = "".join(map(_section, COMMANDS.values()))
    every = EVERY_COMMAND + _TABLE + "".join(map(_row, options_of(Output)))
    keys = settings.OF_LIST.items()
    of_list = OF_LIST + "".join(f"| `{key}` | {_form(form)} | {form['description']} |\n" for key, form in keys)
    alone = ENVIRONMENT + "".join(map(_variable, options_of(Login)))
    return HEAD + _contents() + sections + every + of_list + alone + TAIL


def _contents() -> str:
    """Return links to the commands, and to what is behind them."""
    names = [f"[{name}](#ltf-ci-{name.replace(' ', '-')})" for name in COMMANDS]
    rest = ("Every command", "The settings of a languages repository", "The environment alone")
    links = [f"[{heading}](#{heading.lower().replace(' ', '-')})" for heading in rest]
    return f"\n- {' · '.join(names)}\n- {' · '.join(links)}\n"


def _section(command: Command) -> str:
    rows = "".join(map(_row, options_of(command.verb.Request)))
    return f"\n## `ltf-ci {command.name}`\n\n{command.about[0].upper()}{command.about[1:]}\n\n{_TABLE}{rows}"


def _row(option: Option) -> str:
    words = option.metavar.replace("|", "\\|")
    flag = words if option.positional else f"--{option.name}" + ("" if option.kind is Kind.SWITCH else f" {words}")
    places = (option.name in action_file.inputs(), option.in_settings)
    in_action, in_settings = (f"`{option.name}`" if has else "" for has in places)
    cells = (f"`{flag}`", f"`{option.variable}`", in_action, in_settings, option.about, _default(option))
    return f"| {' | '.join(cells)} |\n"


def _form(form: Mapping[str, Any]) -> str:
    return ", ".join(f"`{word}`" for word in form.get("enum", ())) or "a path, or a list of paths"


def _variable(option: Option) -> str:
    in_action = f"`{option.name}`" if option.in_action else ""
    return f"| `{option.variable}` | {in_action} | {option.about} | {_default(option)} |\n"


def _default(option: Option) -> str:
    return f"`{option.default_text}`" if option.default_text else ""

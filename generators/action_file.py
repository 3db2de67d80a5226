"""action.yml's inputs, and their way into the environment."""

from __future__ import annotations

import json
import re

from ltf_ci.options.login import Login
from ltf_ci.options.option import Kind, Option, options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS

COMMAND = "command"
OF_WORKFLOWS = ("release", "retag", "list check", "list refresh", "watch", "notify", "dependents plan", "dashboard")
PUSHED_TAG = "${{ github.ref_type == 'tag' && github.ref_name || '' }}"
RUN = "${{ github.run_id }}"  # the same when a run is started again
DEFAULTS = {"tag": PUSHED_TAG, "request": RUN}
_HOW = {Kind.SWITCH: " (true or false)", Kind.MANY: " (one a line)", Kind.TEXT: ""}


def options() -> list[Option]:
    """Return those that are inputs: of the commands that workflows run, what no settings can say, and credentials."""
    requests = [*(COMMANDS[name].verb.Request for name in OF_WORKFLOWS), Output, Login]
    every = {option.name: option for request in reversed(requests) for option in options_of(request)}
    names = dict.fromkeys(option.name for request in requests for option in options_of(request))
    return [every[name] for name in names if every[name].in_action]


def inputs() -> dict[str, tuple[str, str]]:
    """Return each input's description and default."""
    own = {option.name: (_about(option), DEFAULTS.get(option.name, "")) for option in options()}
    return {COMMAND: ("what to do: release, or another command of ltf-ci", "release"), **own}


def _about(option: Option) -> str:
    return option.about + (" (separated by blanks)" if option.by_blanks else _HOW[option.kind])


def expected(text: str) -> str:
    """Return action.yml with the inputs, and their way into the environment, as they are declared."""
    declared = "".join(
        f"  {name}:\n    description: {json.dumps(about)}\n    default: {json.dumps(default)}\n"
        for name, (about, default) in inputs().items()
    )
    variables = {COMMAND: "LTF_CI_COMMAND", **{option.name: option.variable for option in options()}}
    handed = "".join(f"        {variable}: ${{{{ inputs.{name} }}}}\n" for name, variable in variables.items())
    text = re.sub(r"(?<=^inputs:\n)(  .*\n)*", lambda _: declared, text, flags=re.MULTILINE)
    return re.sub(r"( {8}LTF_CI_\w+: .*\n)+", lambda _: handed, text)

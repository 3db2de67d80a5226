"""What action.yml must have of the table of options; `python -m tests.support.action_file` writes it there."""

from __future__ import annotations

import json
import re

from ltf_ci.option import Kind, Option
from ltf_ci.options import OPTIONS
from ltf_ci.verbs import COMMANDS
from tests.support import ROOT

ACTION = ROOT / "action.yml"
PUSHED_TAG = "${{ github.ref_type == 'tag' && github.ref_name || '' }}"
RUN = "${{ github.run_id }}"  # the same when a run is started again
DEFAULTS = {"tag": PUSHED_TAG, "request": RUN}
HOW = {Kind.SWITCH: " (true or false)", Kind.MANY: " (one a line)", Kind.TEXT: ""}
WORDS = " (with spaces between)"
OTHERS = {
    "command": ("what to do: release, or another command of ltf-ci", "release"),
    "timings": ("show where the time went, part by part (true or false)", ""),
    "report": ("write the outcome to this file too, as JSON", ""),
    "registry": ("the registry that the next two are for; docker.io where it is not given", ""),
    "registry-username": ("who pushes the image", ""),
    "registry-password": ("the password, or token, of who pushes the image", ""),
    "git-token": ("a token that may push to this repository, for retag", ""),
    "token": ("a token that may open pull requests in the languages list, where no App does", ""),
    "app-client-id": ("the GitHub App that opens pull requests and starts workflows: its client ID", ""),
    "app-private-key": ("the GitHub App's private key, all of its .pem file", ""),
}


def options() -> list[Option]:
    """Return those of the commands that workflows run."""
    commands = ("release", "retag", "list check", "list refresh", "watch", "notify", "dependents plan", "dashboard")
    names = dict.fromkeys(name for command in commands for name in COMMANDS[command].options)
    return [OPTIONS[name] for name in names]


def inputs() -> dict[str, tuple[str, str]]:
    """Return each input's description and default."""
    own = {o.name: (o.help + (WORDS if o.words else HOW[o.kind]), DEFAULTS.get(o.name, "")) for o in options()}
    return {"command": OTHERS["command"], **own, **OTHERS}


def variable(name: str) -> str:
    return "LTF_CI_" + name.upper().replace("-", "_")


def expected(text: str) -> str:
    """Return action.yml with the inputs, and their way into the environment, as the table has them."""
    declared = "".join(
        f"  {name}:\n    description: {json.dumps(about)}\n    default: {json.dumps(default)}\n"
        for name, (about, default) in inputs().items()
    )
    handed = "".join(f"        {variable(name)}: ${{{{ inputs.{name} }}}}\n" for name in inputs())
    text = re.sub(r"(?<=^inputs:\n)(  .*\n)*", lambda _: declared, text, flags=re.MULTILINE)
    return re.sub(r"( {8}LTF_CI_\w+: .*\n)+", lambda _: handed, text)


if __name__ == "__main__":
    ACTION.write_text(expected(ACTION.read_text()))

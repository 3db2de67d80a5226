"""Writes docs/reference.md from the table of options: `python -m tests.support.reference`."""

from __future__ import annotations

from ltf_ci.cli import APP_CLIENT_ID
from ltf_ci.option import Option
from ltf_ci.options import OPTIONS
from ltf_ci.verbs import COMMANDS
from tests.support import ROOT

FILE = ROOT / "docs/reference.md"
HEAD = """# Every option

The first that is given wins: the flag, the environment, `.github/ltf-ci.yml`, the default. In the environment a list
has a line for each. A switch is `true` or `false` there, `--NAME` or `--no-NAME` as a flag.
"""
TAIL = """
## The environment alone

| variable | what |
|---|---|
| `LTF_CI_REGISTRY` | the registry that the next two are for; `docker.io` where it is not given |
| `LTF_CI_REGISTRY_USERNAME`, `LTF_CI_REGISTRY_PASSWORD` | who pushes the image |
| `LTF_CI_TOKEN` | a token that may open pull requests in the languages repository, where no App does |
| `LTF_CI_APP_PRIVATE_KEY` | the private key of the GitHub App that `--app-client-id` names |
| `LTF_CI_FORMAT` | `text`, `github` or `json`; in a workflow it is `github` |
| `LTF_CI_TIMINGS` | `true` shows where the time went, part by part, as `--timings` does |
| `LTF_CI_REPORT` | a file that the outcome is written to as well, as JSON, as by `--report` |
| `LTF_CI_RETRY_PAUSE` | seconds before a call that failed is made again, at first: 1 |
| `GITHUB_API_URL` | the API of a GitHub Enterprise Server |
| `DOCKER_HOST`, `DOCKER_CONFIG` | as docker reads them |

No credential is read from a flag or from a file: both are seen by others.
"""


def reference() -> str:
    """Return the page."""
    return HEAD + "".join(map(_section, COMMANDS)) + TAIL


def _section(command: str) -> str:
    login = [APP_CLIENT_ID] if COMMANDS[command].at_github else []
    rows = [_row(option) for option in (*(OPTIONS[name] for name in COMMANDS[command].options), *login)]
    title = f"\n## `ltf-ci {command}`\n\n{COMMANDS[command].help[0].upper()}{COMMANDS[command].help[1:]}\n"
    return "\n".join([title, "| flag | environment | settings | what | default |", "|---|---|---|---|---|", *rows, ""])


def _row(option: Option) -> str:
    flag = option.metavar if option.positional else f"--{option.flag}"
    settings = (
        ("`image: {from: …}`" if option.name == "image-from" else f"`{option.name}`") if option.in_settings else ""
    )
    default = "" if option.default in (None, "", ()) else f"`{str(option.default).lower()}`"
    return f"| `{flag}` | `{option.variable}` | {settings} | {option.help} | {default} |"


if __name__ == "__main__":
    FILE.write_text(reference())

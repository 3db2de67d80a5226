"""An example or two of each command: for its help, and the manual page."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """The words of a command line behind `ltf-ci`, and what they are for."""

    words: str
    about: str


_LIST = "git_repo_urls.tagged"
_IMAGE = "ghcr.io/cyber-dojo-languages/python_unittest:3.7.4-18"
EXAMPLES = {
    "check": (
        Example("check", "compare the manifest with the tag at HEAD"),
        Example("check --tag 3.7.4-19", "before the tag is made"),
    ),
    "next": (
        Example("next --push", "3.7.4-18 was released: commit, tag and push 3.7.4-19"),
        Example("next --language-version 3.7.5 --push", "begin 3.7.5-1"),
    ),
    "status": (
        Example("status", "what is released, and what waits"),
        Example("status --push-to localhost:5000/rehearsal", "the same of a rehearsal"),
    ),
    "build": (Example("build", "build IMAGE:local of the folder, without a tag"),),
    "test": (
        Example("test", "run the start files: red, amber, green"),
        Example("test --image python_unittest:local", "in an image of this machine"),
    ),
    "init": (
        Example("init --dry-run", "show the files that would be written"),
        Example("init --update", "bring them up to date; your edits stay"),
    ),
    "publish": (Example("publish --dry-run", "what would be pushed"),),
    "bump": (Example("bump --languages cyber-dojo/languages-start-points", "open the pull request of a released tag"),),
    "release": (
        Example("release --dry-run", "a rehearsal: nothing is pushed"),
        Example("release --push-to localhost:5000 --allow-unpushed", "a rehearsal with a registry of your own"),
    ),
    "retag": (
        Example("retag --lines 3.7.4,3.7.5 --reason CVE-2026-1234 --dry-run", "which tags would be made"),
        Example("retag --lines all --reason CVE-2026-1234", "rebuild every version line"),
    ),
    "list check": (Example("list check", f"check {_LIST} of this folder"),),
    "list images": (Example("list images", "one name a line: `docker pull` takes them"),),
    "list convert": (Example("list convert --write", "turn SHA7@URL lines into URL?tag=TAG"),),
    "list lock": (Example("list lock --write", f"begin or complete the lock of {_LIST}"),),
    "list refresh": (Example("list refresh --languages cyber-dojo/languages-start-points", "after a merge"),),
    "start-point create": (
        Example(f"start-point create cyberdojo/my-languages --list {_LIST}", "as a folder: my-languages/"),
    ),
    "notify": (Example("notify library/python:3.7.4 --dry-run", "what would be released again, and in which order"),),
    "adopt": (Example("adopt git_repo_urls.tagged --dry-run", "the pull request that each repository would get"),),
    "watch": (
        Example("watch", "look at everything, change nothing"),
        Example("watch --heal --issue cyber-dojo/languages-start-points", "as the daily workflow does"),
    ),
    "dashboard": (Example("dashboard --out site", "write site/index.html"),),
    "changed": (Example(f"changed {_IMAGE}", "is `latest` another image by now?"),),
    "dependents check": (Example("dependents check --scan", "with the repositories' Dockerfiles too"),),
    "dependents scan": (Example("dependents scan --write", "write dependents.json"),),
    "dependents add": (
        Example(
            "dependents add --languages o/l --release https://host/o/b?tag=3.7.5-1",
            "propose the entry of a new version",
        ),
    ),
    "dependents graph": (Example("dependents graph --draw mermaid", "for a page at GitHub"),),
    "dependents plan": (Example("dependents plan python:3.7.4", "what is to be rebuilt after that image"),),
    "doctor": (Example("doctor", "before the first release"),),
    "completion": (Example("completion bash", "source <(ltf-ci completion bash)"),),
}


def epilog(command: str) -> str:
    """Return the examples of a command as the end of its help."""
    lines = (f"  ltf-ci {each.words}\n      {each.about}" for each in EXAMPLES[command])
    return "\n".join(["examples:", *lines, ""])

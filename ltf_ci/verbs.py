"""What commands there are, in the order of the help."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from ltf_ci.clients.run import Run
    from ltf_ci.model.outcome import Outcome


class Verb(Protocol):
    """A module of `commands/`."""

    Request: type[Any]  # a dataclass of options

    def execute(self, request: Any, run: Run) -> Outcome:
        """Carry the command out."""


class Command(NamedTuple):
    """A verb of one word or two; its module is `ltf_ci.commands.NAME`."""

    name: str
    about: str
    prints_data: bool = False  # for another program: nothing else goes to standard output
    prints_rows: bool = False  # its steps are what is asked for, and go to standard output
    publishes: str = ""  # what of several things at once: a person at a terminal is asked first

    @property
    def verb(self) -> Verb:
        """The module that carries it out; it is imported when it is first asked for."""
        return cast("Verb", import_module(f"ltf_ci.commands.{re.sub('[ -]', '_', self.name)}"))


COMMANDS = {
    command.name: command
    for command in (
        Command("check", "is the manifest right, and do git tag, image_name and display_name agree?"),
        Command("next", "write, commit and tag the next revision"),
        Command("status", "what is released, what waits, and in which pull request", prints_rows=True),
        Command("build", "build the image of this folder, or of a tag, into the docker daemon"),
        Command("test", "build this folder's image, and run the start files in it: red, amber and green?"),
        Command("init", "write, or update, a repository's workflows and settings"),
        Command("adopt", "bring the repositories of a fleet to ltf-ci, by one pull request in each"),
        Command("publish", "check, build, test and push an image, and move `latest`"),
        Command("bump", "bring a release into the languages list, by a pull request"),
        Command("release", "everything in one run: from a git tag to an image and a pull request"),
        Command(
            "retag",
            "a new revision of version lines, rebuilt: after a security notice, or a base's release",
            publishes="pushes a commit, a tag and an image for each version line",
        ),
        Command("list check", "is every line of the languages list right: its tag, manifest, names, image and lock?"),
        Command("list images", "name every image of the lists' manifests", prints_data=True),
        Command(
            "list convert",
            "turn lines of the older form SHA7@URL into URL?tag=TAG, where a release tag names that commit",
        ),
        Command("list lock", "begin the list's lock, or add the releases that it lacks"),
        Command("list refresh", "bring every open pull request of ltf-ci up to date with the list as it is now"),
        Command(
            "start-point create",
            "fetch and check the repositories of a languages list, and make cyber-dojo's start point of them",
        ),
        Command(
            "notify",
            "release again what is made FROM an image, wave by wave, each in its own repository's workflow",
            publishes="starts a release in the repository of each image that is made FROM these",
        ),
        Command(
            "watch",
            "what has come, moved or gone since the fleet was released: newer versions, bases, tags, images, `latest`",
        ),
        Command("dashboard", "write one static page of the fleet: every release and image, its state, and what waits"),
        Command(
            "changed", "has the image changed that a session began with, and is `latest` another one?", prints_rows=True
        ),
        Command("dependents check", "is every entry of dependents.json right, and do the Dockerfiles say the same?"),
        Command("dependents scan", "write dependents.json as the repositories' Dockerfiles say it", prints_data=True),
        Command("dependents add", "propose the entries of new version lines, a base's before what is made from it"),
        Command("dependents graph", "draw which images are made FROM which", prints_data=True),
        Command("dependents plan", "print what is to be rebuilt after images changed, wave by wave", prints_data=True),
        Command(
            "doctor",
            "check that this machine and repository have what ltf-ci needs, and print what to do",
            prints_rows=True,
        ),
        Command("completion", "print the script by which bash, zsh or fish complete ltf-ci's words", prints_data=True),
    )
}
GROUPS = {  # as the help shows them
    "One repository": ("check", "next", "status", "test", "build", "publish", "bump", "release", "retag", "init"),
    "The languages list": (
        "list check",
        "list images",
        "list convert",
        "list lock",
        "list refresh",
        "start-point create",
    ),
    "The fleet": (
        "adopt",
        *("dependents check", "dependents scan", "dependents add", "dependents graph", "dependents plan"),
        *("notify", "watch", "dashboard", "changed"),
    ),
    "Help": ("doctor", "completion"),
}

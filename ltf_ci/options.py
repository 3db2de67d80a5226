"""What each command can be told: one table, from which flags, environment, settings and action inputs come.

An option has one name everywhere: `--push-to` as a flag, `LTF_CI_PUSH_TO` in the environment, `push-to` in
`.github/ltf-ci.yml` and as the action's input. The first of these that is given wins; then the default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ltf_ci.errors import UsageError
from ltf_ci.model.image import ImageName
from ltf_ci.model.latest_policy import LatestPolicy
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag


class Kind(StrEnum):
    """How an option is written."""

    TEXT = "text"
    SWITCH = "switch"  # given or not; `true` or `false` in the environment and the settings
    MANY = "many"  # a flag that may be repeated; separated by commas or line ends in the environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that a command can be told. `parse` reads one word of it, or raises LtfError."""

    name: str
    help: str
    kind: Kind = Kind.TEXT
    parse: Callable[[str], Any] = str
    default: Any = None
    metavar: str = "TEXT"
    positional: bool = False
    from_settings: bool = False

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return "LTF_CI_" + self.name.upper().replace("-", "_")

    @property
    def field(self) -> str:
        """The field's name in the command's Request."""
        return self.name.replace("-", "_")

    def read(self, value: str) -> Any:
        """Read the option from the environment's or the settings' text."""
        if self.kind is Kind.SWITCH:
            return _switch(self.name, value)
        if self.kind is Kind.MANY:
            return tuple(
                self.parse(word.strip()) for word in value.replace(",", "\n").splitlines() if word.strip()
            )
        return self.parse(value)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb: its module is `ltf_ci.commands.NAME`, its Request has a field for each option."""

    name: str
    help: str
    options: tuple[str, ...]

    @property
    def module(self) -> str:
        """The module that carries it out."""
        return f"ltf_ci.commands.{self.name}"


def _switch(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise UsageError(f"{name} is {value!r}", expected="true or false")
    return value.lower() == "true"


def _switch_option(name: str, text: str, *, from_settings: bool = False) -> Option:
    return Option(name=name, help=text, kind=Kind.SWITCH, default=False, from_settings=from_settings)


_ALL = (
    Option(
        name="directory",
        help="the repository's folder",
        parse=Path,
        default=Path(),
        metavar="DIR",
        positional=True,
    ),
    Option(
        name="tag",
        help="the git tag to release; without it the tag at HEAD",
        parse=ReleaseTag.parse,
        metavar="TAG",
    ),
    Option(
        name="language-version",
        help="the first, or next, revision of this version",
        parse=LanguageVersion.parse,
        metavar="VERSION",
    ),
    _switch_option("push", "push the branch and the tag, both or neither"),
    _switch_option("dry-run", "show the plan, and carry nothing out"),
    Option(
        name="repository",
        help="the repository's address as the languages list has it",
        metavar="URL",
        from_settings=True,
    ),
    Option(
        name="push-to",
        help="send the image to HOST[/PREFIX] instead of where its name says",
        metavar="HOST[/PREFIX]",
        from_settings=True,
    ),
    Option(
        name="image-from",
        help="the image that a start-point repository releases under its own tag",
        parse=ImageName.parse,
        metavar="IMAGE",
        from_settings=True,
    ),
    Option(
        name="platform",
        help="a platform to build for, such as linux/arm64; several make an index",
        kind=Kind.MANY,
        default=(),
        metavar="OS/ARCH",
        from_settings=True,
    ),
    Option(
        name="builder",
        help="the buildx builder for several platforms",
        default="",
        metavar="NAME",
        from_settings=True,
    ),
    Option(
        name="build-arg",
        help="NAME=VALUE, or NAME to take it from the environment",
        kind=Kind.MANY,
        default=(),
        metavar="NAME[=VALUE]",
        from_settings=True,
    ),
    Option(
        name="secret",
        help="a build secret: id=ID,src=FILE or id=ID,env=NAME",
        kind=Kind.MANY,
        default=(),
        metavar="SPEC",
        from_settings=True,
    ),
    _switch_option("no-cache", "build every step anew"),
    _switch_option("pull", "ask for a newer base image first", from_settings=True),
    _switch_option(
        "provenance", "add BuildKit's provenance attestation (makes an index)", from_settings=True
    ),
    _switch_option("sbom", "add a software bill of materials (makes an index)", from_settings=True),
    Option(
        name="latest",
        help="auto: only forward; always: even backwards; never",
        parse=LatestPolicy.parse,
        default=LatestPolicy.AUTO,
        metavar="POLICY",
    ),
    Option(
        name="languages",
        help="the languages repository: OWNER/NAME, a URL or a path",
        default="",
        metavar="REPOSITORY",
        from_settings=True,
    ),
    Option(
        name="languages-list",
        help="the list's path in it",
        default="git_repo_urls.tagged",
        metavar="PATH",
        from_settings=True,
    ),
    Option(
        name="release",
        help="a release to put into the list",
        kind=Kind.MANY,
        default=(),
        metavar="URL?tag=TAG",
        positional=True,
    ),
    _switch_option("group", "put all releases into one pull request"),
    Option(
        name="pr-label",
        help="a label for the pull request",
        kind=Kind.MANY,
        default=(),
        metavar="LABEL",
        from_settings=True,
    ),
    Option(
        name="pr-reviewer",
        help="a user, or ORG/TEAM, to ask for a review",
        kind=Kind.MANY,
        default=(),
        metavar="NAME",
        from_settings=True,
    ),
    _switch_option("pr-draft", "open the pull request as a draft", from_settings=True),
    _switch_option("pr-auto-merge", "let GitHub merge it once its checks pass", from_settings=True),
    _switch_option("update", "bring what an earlier init wrote up to date"),
    Option(name="action", help="the action that the workflows use", default="", metavar="OWNER/REPO@REF"),
)
OPTIONS = {option.name: option for option in _ALL}

_BUILD = ("platform", "builder", "build-arg", "secret", "no-cache", "pull", "provenance", "sbom")
_BUMP = ("languages", "languages-list", "pr-label", "pr-reviewer", "pr-draft", "pr-auto-merge")
_PUBLISH = ("push-to", "image-from", "latest")
COMMANDS = {
    command.name: command
    for command in (
        Command("check", "do git tag, image_name and display_name agree?", ("directory", "tag")),
        Command(
            "next",
            "write, commit and tag the next revision",
            ("directory", "language-version", "push", "dry-run"),
        ),
        Command(
            "build",
            "build the image of a tag into the docker daemon",
            ("directory", "tag", "repository", "push-to", *_BUILD, "dry-run"),
        ),
        Command(
            "publish",
            "push the built image, and move latest forward",
            ("directory", "tag", "repository", *_PUBLISH, "dry-run"),
        ),
        Command("bump", "propose releases to the languages list", ("release", *_BUMP, "group", "dry-run")),
        Command(
            "release",
            "check, build, publish and bump",
            ("directory", "tag", "repository", *_PUBLISH, *_BUILD, *_BUMP, "dry-run"),
        ),
        Command(
            "init",
            "write the workflows and settings into a repository",
            ("directory", "update", "action", "dry-run"),
        ),
    )
}

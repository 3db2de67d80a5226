"""What each command can be told: one table, from which flags and environment come.

An option has one name everywhere: `--language-version` as a flag is `LTF_CI_LANGUAGE_VERSION` in the environment.
The first of these that is given wins; then the default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ltf_ci.errors import UsageError
from ltf_ci.model.build_options import build_arg, build_secret, image_place, platform
from ltf_ci.model.latest_policy import LatestPolicy
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag


class Kind(StrEnum):
    """How an option is written."""

    TEXT = "text"
    SWITCH = "switch"  # given or not; `true` or `false` in the environment
    MANY = "many"  # may be given again and again; a line each in the environment


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

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return "LTF_CI_" + self.name.upper().replace("-", "_")

    @property
    def field(self) -> str:
        """The field's name in the command's Request."""
        return self.name.replace("-", "_")

    def read(self, value: str) -> Any:
        """Read the option from the environment's text."""
        if self.kind is Kind.SWITCH:
            return _switch(self.name, value)
        if self.kind is Kind.MANY:
            return tuple(self.parse(line.strip()) for line in value.splitlines() if line.strip())
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


def _switch_option(name: str, text: str) -> Option:
    return Option(name=name, help=text, kind=Kind.SWITCH, default=False)


def _many_option(name: str, text: str, metavar: str, parse: Callable[[str], Any] = str) -> Option:
    return Option(name=name, help=text, kind=Kind.MANY, parse=parse, default=(), metavar=metavar)


_ALL = (
    Option(
        name="directory",
        help="the repository's folder",
        parse=Path,
        default=Path(),
        metavar="DIR",
        positional=True,
    ),
    Option(name="tag", help="the git tag to check; without it the tag at HEAD", parse=ReleaseTag.parse, metavar="TAG"),
    Option(
        name="language-version",
        help="the first, or next, revision of this version",
        parse=LanguageVersion.parse,
        metavar="VERSION",
    ),
    _switch_option("push", "push the branch and the tag, both or neither"),
    _switch_option("dry-run", "show the plan, and carry nothing out"),
    Option(
        name="push-to",
        help="send the image to another registry, HOST or HOST/PREFIX: a mirror, a rehearsal",
        parse=image_place,
        default="",
        metavar="PLACE",
    ),
    Option(
        name="image-from",
        help="the image that a repository without docker/ releases under its own tag",
        default="",
        metavar="IMAGE",
    ),
    _many_option("platform", "build for this platform, linux/amd64 say; several make an index", "OS/ARCH", platform),
    Option(name="builder", help="the buildx builder to use", default="", metavar="NAME"),
    _many_option("build-arg", "a build argument of the Dockerfile", "NAME=VALUE", build_arg),
    _many_option("secret", "a build secret, as docker writes it: id=NAME,env=VARIABLE", "SECRET", build_secret),
    _switch_option("no-cache", "build every layer anew: for security rebuilds"),
    _switch_option("provenance", "attach BuildKit's provenance attestation"),
    _switch_option("sbom", "attach an SBOM attestation"),
    Option(
        name="latest",
        help="auto moves `latest` only forward, always even backwards, never leaves it alone",
        parse=LatestPolicy.parse,
        default=LatestPolicy.AUTO,
        metavar="POLICY",
    ),
)
OPTIONS = {option.name: option for option in _ALL}

_BUILD = (
    *("directory", "tag", "dry-run", "push-to", "image-from", "platform", "builder", "build-arg", "secret"),
    *("no-cache", "provenance", "sbom"),
)
_PUBLISH = (*_BUILD, "latest")

COMMANDS = {
    command.name: command
    for command in (
        Command("check", "do git tag, image_name and display_name agree?", ("directory", "tag")),
        Command(
            "next", "write, commit and tag the next revision", ("directory", "language-version", "push", "dry-run")
        ),
        Command("build", "build the image of a tag into the docker daemon", _BUILD),
        Command("publish", "check, build, push once and for all, move `latest`", _PUBLISH),
    )
}

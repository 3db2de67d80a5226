"""The settings that a repository's own files already say: filled in where `ltf-ci init` writes them as comments."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ltf_ci.model.image import ImageName

GITHUB_REGISTRY = "ghcr.io"  # where a workflow's own token may push
RUNNERS = "linux/amd64"  # the platform of GitHub's runners
_COMMAND = re.compile(r"""\bsh -c (?P<quote>["'])(?P<command>[^"'\n]+)(?P=quote)""")
_EXPECTED = re.compile(r"^\s*(?:readonly\s+)?EXPECTED=", re.MULTILINE)
COMMANDS = {  # what prints a language's version, by the first word of its image's name
    "bash": "bash --version",
    "clang": "clang --version",
    "clangplusplus": "clang++ --version",
    "clangpp": "clang++ --version",
    "csharp": "dotnet --version",
    "elixir": "elixir --version",
    "fortran": "gfortran --version",
    "gcc": "gcc --version",
    "go": "go version",
    "gplusplus": "g++ --version",
    "gpp": "g++ --version",
    "groovy": "groovy --version",
    "haskell": "ghc --version",
    "java": "javac -version",
    "javascript": "node --version",
    "jq": "jq --version",
    "julia": "julia --version",
    "kotlin": "kotlinc -version",
    "nasm": "nasm --version",
    "perl": "perl --version",
    "php": "php --version",
    "python": "python3 --version",
    "r": "R --version",
    "rescript": "node --version",
    "ruby": "ruby --version",
    "rust": "rustc --version",
    "swift": "swift --version",
    "typescript": "node --version",
    "vhdl": "ghdl --version",
    "zig": "zig version",
}
_PROGRAMS = {command.split()[0] for command in COMMANDS.values()} | {"python", "c++", "runhaskell", "java", "erl"}


def known_settings(
    image: ImageName, image_from: str, check_version: str, platforms: tuple[str, ...] = ()
) -> Mapping[str, str | tuple[str, ...]]:
    """Return the settings that are known without asking a person.

    `image_from` is the image that a start point is made of, and `platforms` are those that `latest` has: they are named
    where a build would have others without it.
    """
    values: dict[str, str | tuple[str, ...]] = {
        "image-from": image_from,
        "platform": () if platforms == (RUNNERS,) else platforms,
        "version-command": version_command(image, check_version),
    }
    return {name: value for name, value in values.items() if value}


def known_inputs(image: ImageName) -> Mapping[str, str]:
    """Return the inputs of the workflows that an image's name says: its registry, where a login there needs secrets."""
    return {} if image.registry == GITHUB_REGISTRY else {"registry": image.registry}


def version_command(image: ImageName, check_version: str) -> str:
    """Return what prints the language's version in an image; empty where that is not known.

    That is the command of check_version.sh where it runs a language's own program, as in LTF images it is often the
    framework's (jest, pytest, rspec); else a known language's.
    """
    command = _COMMAND.search(check_version)
    if command and _EXPECTED.search(check_version) and command["command"].split()[0] in _PROGRAMS:
        return command["command"]
    return COMMANDS.get(re.split(r"[-_]", image.path.rpartition("/")[2])[0], "")

"""What prints a language's version in an image, and which version check_version.sh expects: the fleet's older check."""

from __future__ import annotations

import re

from ltf_ci.model.image import ImageName

_COMMAND = re.compile(r"""\bsh -c (?P<quote>["'])(?P<command>[^"'\n]+)(?P=quote)""")
_EXPECTED = re.compile(r"""^\s*(?:readonly\s+)?EXPECTED=(?P<version>[^\n#]+)""", re.MULTILINE)
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


def version_command(image: ImageName, check_version: str) -> str:
    """Return what prints the language's version in an image; empty where that is not known.

    That is the command of check_version.sh where it runs a language's own program, as in LTF images it is often the
    framework's (jest, pytest, rspec); else a known language's.
    """
    if expected_version(check_version):
        return next(match["command"] for match in _COMMAND.finditer(check_version))
    return COMMANDS.get(re.split(r"[-_]", image.path.rpartition("/")[2])[0], "")


def expected_version(check_version: str) -> str:
    """Return what check_version.sh expects a language's own program to print; empty where it asks another program."""
    command, expected = _COMMAND.search(check_version), _EXPECTED.search(check_version)
    program = command["command"].partition(" ")[0] if command else ""
    return expected["version"].strip("'\" \t\r") if expected and program in _PROGRAMS else ""

"""What prints a language's version in an image, and which version check_version.sh expects: the fleet's older check."""

from __future__ import annotations

import re

from ltf_ci.model.image import ImageName

_EXPECTED = re.compile(
    r"""^\s*(?:(?:readonly|export|local|(?:declare|typeset)(?:\s+-\w+)*)\s+)?EXPECTED=(?P<version>[^\n#]+)""",
    re.MULTILINE,
)
_DEFAULT = re.compile(r"""\$\{\w+:?[-=](?P<version>[^}]*)\}""")
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
_PROGRAM = "|".join(map(re.escape, sorted(_PROGRAMS)))
_ITSELF = re.compile(  # a program that is asked for its own version; `python3 -m pytest --version` is pytest's
    rf"""(?<![\w./@-])(?P<command>(?:/[\w./-]*/)?(?:{_PROGRAM})[\d.]*[ \t]+(?:-{{0,2}}version|-[vV])(?![\w.=-])
    (?:[ \t]*2>&1)?(?:[ \t]*\|[ \t]*[^"'\n)]*[^"'\s)])?)""",
    re.VERBOSE,
)
_VERSIONS = re.compile(r"--?version\b")
_RUNS = re.compile(r"\bdocker\b.*\brun\b")


def version_command(image: ImageName, check_version: str) -> str:
    """Return what prints the language's version in an image; empty where that is not known.

    That is the command of check_version.sh where it runs a language's own program, as in LTF images it is often the
    framework's (jest, pytest, rspec); else a known language's.
    """
    if expected_version(check_version):
        return _asked(check_version)
    return COMMANDS.get(re.split(r"[-_]", image.path.rpartition("/")[2])[0], "")


def expected_version(check_version: str) -> str:
    """Return what check_version.sh expects a language's own program to print; empty where it asks another program."""
    expected = _EXPECTED.search(check_version)
    if not (expected and _asked(check_version)):
        return ""
    version = expected["version"].strip("'\" \t\r")
    default = _DEFAULT.fullmatch(version)
    return default["version"] if default else version


def _asked(check_version: str) -> str:
    """Return the command by which a script first runs a language's own program; empty where it runs another one too."""
    lines = check_version.replace("\\\n", " ").splitlines()
    runs = (line.partition(" #")[0] for line in lines if not line.lstrip().startswith("#"))
    first = next(filter(_RUNS.search, runs), "")
    found = _ITSELF.search(first)
    return found["command"] if found and len(_VERSIONS.findall(first)) <= 1 else ""

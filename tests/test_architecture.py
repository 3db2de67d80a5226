"""The rules of the house, held by reading the code's imports and definitions."""

from __future__ import annotations

import ast
import statistics
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.options.option import options_of
from ltf_ci.verbs import COMMANDS
from tests.support import ROOT

SOURCE = ROOT / "ltf_ci"
FILES = sorted(SOURCE.rglob("*.py"))
RULES = [file for file in FILES if "rules" in file.relative_to(SOURCE).parts]
ORDER = (  # a room imports from those below it alone; rooms of one row know nothing of each other
    ("cli",),
    ("given",),
    ("command_line", "settings"),
    ("commands",),
    ("completion",),
    ("examples",),
    ("dashboard",),
    ("watch", "adopt"),
    ("fleet", "retag"),
    ("languages", "start_points"),
    ("publish", "pull_requests"),
    ("traffic_light",),
    ("manifest", "images", "workflows"),
    ("report", "fork", "verbs", "mistyped"),
    ("terminal",),
    ("report_forms", "summary", "options"),
    ("stopwatch",),
    ("clients",),
    ("model",),
    ("errors",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
OUTSIDE_THE_ORDER = {"__init__", "__main__"}
PURE = {  # what a rule may import of the standard library: nothing that reads, writes, waits or asks
    *("__future__", "base64", "bisect", "collections", "collections.abc", "contextlib", "dataclasses", "datetime"),
    *("difflib", "enum", "functools", "graphlib", "hashlib", "itertools", "json", "pathlib.PurePosixPath", "re"),
    *("shlex", "string", "typing", "unicodedata", "urllib.parse"),
}
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
MEDIAN_FUNCTION = 10
OTHERWISE_THERE = {  # the folder to make, of a start point's and the dashboard's; the list that may be left out
    "out": {("DIR", (), ""), ("DIR", (), "_site")},
    "list": {("FILE", (), ""), ("FILE", (), "git_repo_urls.tagged")},
}


def named(file: Path) -> str:
    return str(file.relative_to(SOURCE))


def room(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def broken(found: Mapping[Path, Iterable[str]]) -> dict[str, list[str]]:
    """Return what breaks a rule of the house, by the file that does."""
    return {named(file): names for file, each in found.items() if (names := sorted(each))}


def target(module: str, name: str) -> Path | None:
    """Return the file that `from module import name` reads, where it is one of ours."""
    for dotted in (f"{module}.{name}", module):
        place = SOURCE.parent / dotted.replace(".", "/")
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if dotted.startswith("ltf_ci") and file.exists():
                return file
    return None


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(file.read_text())))


@cache
def imported(file: Path) -> frozenset[Path]:
    """Return the files that a file imports; what only a type checker reads counts too."""
    found: set[Path | None] = set()
    for node in nodes(file):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {target(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {target(alias.name, "") for alias in node.names}
    return frozenset(each for each in found if each and each.name != "__init__.py")


def libraries(file: Path) -> Iterator[str]:
    """Return what a file imports that is not ours: modules, or names of them where only these are known as pure."""
    for node in nodes(file):
        if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("ltf_ci"):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (str(node.module) if node.module in PURE else name for name in names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def reached(file: Path) -> frozenset[Path]:
    """Return all that a file reaches by imports of imports."""
    seen: set[Path] = set()
    waiting = [file]
    while waiting:
        new = imported(waiting.pop()) - seen
        seen |= new
        waiting += new
    return frozenset(seen)


def functions(file: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in nodes(file) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def up_or_across(file: Path) -> Iterator[str]:
    own = room(file)
    for each in imported(file):
        if own not in OUTSIDE_THE_ORDER and room(each) != own and RANK[room(each)] <= RANK[own]:
            yield named(each)


def test_the_door_of_each_library_is_there() -> None:
    linting = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    told = [ban["msg"] for ban in linting["flake8-tidy-imports"]["banned-api"].values()]
    doors = [ROOT / (message.split("ltf_ci.")[1].split()[0].replace(".", "/")) for message in told]
    assert [door for door in doors if not (SOURCE / door.relative_to(ROOT)).with_suffix(".py").exists()] == []


def test_every_room_has_its_place_in_the_order() -> None:
    assert {room(file) for file in FILES} == {*RANK, *OUTSIDE_THE_ORDER}


def test_imports_go_one_way() -> None:
    assert broken({file: up_or_across(file) for file in FILES}) == {}


def test_no_verb_imports_a_verb() -> None:
    verbs = sorted((SOURCE / "commands").glob("*.py"))
    assert broken({file: map(named, imported(file) & {*verbs}) for file in verbs}) == {}


def test_rules_reach_no_client() -> None:
    assert broken({file: (named(each) for each in reached(file) if room(each) == "clients") for file in RULES}) == {}


def test_a_value_of_the_model_is_one_that_several_rooms_speak() -> None:
    rooms: dict[Path, set[str]] = {file: set() for file in sorted((SOURCE / "model").glob("[!_]*.py"))}
    for file in FILES:
        for value in imported(file) & rooms.keys():
            rooms[value].add(room(file))
    alone = {named(value): spoken for value, spoken in rooms.items() if len(spoken) < 2 and spoken != {"model"}}
    assert alone == {}


def test_rules_import_no_library_that_acts() -> None:
    assert broken({file: {*libraries(file)} - PURE for file in RULES}) == {}


def test_no_file_and_no_function_is_long() -> None:
    assert [named(file) for file in FILES if len(file.read_text().splitlines()) > LONGEST_FILE] == []
    long = {file: (each.name for each in functions(file) if length(each) > LONGEST_FUNCTION) for file in FILES}
    assert broken(long) == {}


def test_the_median_function_is_short() -> None:
    assert statistics.median(length(function) for file in FILES for function in functions(file)) < MEDIAN_FUNCTION


def test_a_docstring_says_what_a_function_returns_in_the_words_of_the_field() -> None:
    assert broken({file: (each.name for each in functions(file) if is_misnamed(each)) for file in FILES}) == {}


def is_misnamed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a docstring begins with a word that says too little, or with Return where nothing is returned."""
    word = (ast.get_docstring(function) or "").split(" ")[0]
    returns_none = isinstance(function.returns, ast.Constant) and function.returns.value is None
    return word in ("Give", "Say", "Tell") or (word == "Return" and returns_none)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_field_of_a_request_is_an_option_under_a_heading(name: str) -> None:
    options = options_of(COMMANDS[name].verb.Request)
    assert all(option.about and option.heading for option in options)
    assert sum(option.positional for option in options) <= 1


def test_an_option_that_can_be_settled_is_one_of_release() -> None:
    settled = {option.name for option in options_of(ReleaseRequest) if option.in_settings}
    every = {
        option.name
        for command in COMMANDS.values()
        for option in options_of(command.verb.Request)
        if option.in_settings
    }
    assert every == settled


def test_an_option_of_one_name_means_the_same_in_every_command() -> None:
    found: dict[str, set[tuple[object, ...]]] = {}
    for command in COMMANDS.values():
        for option in options_of(command.verb.Request):
            found.setdefault(option.name, set()).add((option.metavar, option.choices, option.default_text))
    assert {name: meanings for name, meanings in found.items() if len(meanings) > 1} == OTHERWISE_THERE

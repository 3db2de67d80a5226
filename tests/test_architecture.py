"""The rules of the house, held by reading the code's imports and definitions."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "ltf_ci"
FILES = sorted(SOURCE.rglob("*.py"))
BELOW = {
    "cli": {"commands", "option", "options", "verbs", "settings", "report", "rules", "clients", "model", "errors"},
    "option": {"errors"},
    "options": {"options", "option", "model", "errors"},
    "verbs": {"option"},
    "settings": {"option", "options", "clients", "model", "errors"},
    "report": {"report_forms", "model", "errors"},
    "report_forms": {"model", "errors"},
    "commands": {"commands", "rules", "clients", "model", "errors"},
    "rules": {"rules", "model", "errors"},
    "clients": {"clients", "model", "errors"},
    "model": {"model", "errors"},
    "errors": set(),
    "__init__": set(),
    "__main__": {"cli"},
}
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
MEDIAN_FUNCTION = 10


def room(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ltf_ci"):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name.split(".")[1] for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("ltf_ci.")}
    return found


def functions(file: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_imports_go_one_way(file: Path) -> None:
    assert imported(file) <= BELOW[room(file)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_no_file_and_no_function_is_long(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= LONGEST_FILE
    assert [function.name for function in functions(file) if length(function) > LONGEST_FUNCTION] == []


def test_the_median_function_is_short() -> None:
    assert statistics.median(length(function) for file in FILES for function in functions(file)) < MEDIAN_FUNCTION


def test_every_command_has_a_module_whose_request_has_its_options() -> None:
    from dataclasses import fields
    from importlib import import_module

    from ltf_ci.options import OPTIONS
    from ltf_ci.verbs import COMMANDS

    for command in COMMANDS.values():
        request = import_module(command.module).Request
        assert [field.name for field in fields(request)] == [OPTIONS[name].field for name in command.options]


def test_no_two_options_have_one_name() -> None:
    from ltf_ci.options import ALL, OPTIONS

    assert len(ALL) == len(OPTIONS)

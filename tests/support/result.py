"""What a command ended with: its exit code and the JSON that it printed, read by names instead of keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, NamedTuple, TypeVar

from jsonschema import Draft202012Validator

from tests.support import ROOT

Row = TypeVar("Row")


@dataclass(frozen=True)
class StepRow:
    """A step as the JSON has it."""

    name: str
    state: str
    detail: str


@dataclass(frozen=True)
class FindingRow:
    """A finding as the JSON has it."""

    rule: str
    severity: str
    file: str
    line: int
    column: int
    path: str
    images: list[str]
    repositories: list[str]
    found: str
    expected: str
    cure: str


@dataclass(frozen=True)
class ErrorRow:
    """An error as the JSON has it."""

    kind: str
    exit_code: int
    found: str
    expected: str
    cure: str


@dataclass(frozen=True)
class TimingRow:
    """A timed part as the JSON has it."""

    name: str
    depth: int
    seconds: float


class Result(NamedTuple):
    """A command's exit code and its JSON: `str()` shows both, for `assert …, result`."""

    code: int
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"exit code {self.code}\n{json.dumps(self.said, indent=2)}"

    @property
    def conclusion(self) -> str:
        return str(self.said["conclusion"])

    @property
    def ended(self) -> tuple[int, str]:
        """Return the exit code and the conclusion: `(0, "done")`."""
        return self.code, self.conclusion

    @property
    def reason(self) -> str:
        return str(self.said["reason"])

    @property
    def steps(self) -> list[StepRow]:
        return [_row(StepRow, row) for row in self.said["steps"]]

    def step(self, name: str) -> StepRow:
        """Return the one step of a name."""
        named = [step for step in self.steps if step.name == name]
        assert len(named) == 1, f"{len(named)} steps are named {name!r}\n{self}"
        return named[0]

    @property
    def states(self) -> dict[str, str]:
        """Return each step's state by its name."""
        return {step.name: step.state for step in self.steps}

    @property
    def findings(self) -> list[FindingRow]:
        return [_row(FindingRow, row) for row in self.said["findings"]]

    @property
    def rules(self) -> list[str]:
        """Return the findings' rules, in their order."""
        return [finding.rule for finding in self.findings]

    @property
    def outputs(self) -> dict[str, str]:
        return dict(self.said["outputs"])

    @property
    def plan(self) -> dict[str, Any]:
        return dict(self.said["plan"])

    @property
    def error(self) -> ErrorRow:
        """Return the error that ended the command; fail where none did."""
        assert "error" in self.said, f"there is no error\n{self}"
        return _row(ErrorRow, self.said["error"])

    @property
    def failure(self) -> tuple[int, str]:
        """Return the exit code and the kind of the error: `(4, "TagTaken")`."""
        return self.code, self.error.kind

    @property
    def timings(self) -> list[TimingRow]:
        return [_row(TimingRow, row) for row in self.said.get("timings", [])]


@cache
def schema() -> Draft202012Validator:
    """Return what every outcome in JSON must be."""
    return Draft202012Validator(json.loads((ROOT / "ltf_ci/outcome.schema.json").read_text()))


def result_of(code: int, text: str | bytes) -> Result:
    """Return what a command ended with; fail where its JSON is not as the schema says."""
    said = json.loads(text)
    faults = [
        f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:2000]}" for fault in schema().iter_errors(said)
    ]
    assert not faults, f"ltf_ci/outcome.schema.json does not have it:\n{faults}\n{json.dumps(said, indent=2)}"
    return Result(code, said)


def _row(kind: type[Row], data: Mapping[str, Any]) -> Row:
    """Return the fields of a row; the JSON may have more."""
    return kind(**{field.name: data[field.name.replace("_", "-")] for field in fields(kind)})  # type: ignore[arg-type]

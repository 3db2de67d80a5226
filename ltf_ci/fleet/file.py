"""Reads dependents.json."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from ltf_ci.clients.files import read_needed
from ltf_ci.languages.dependents import Dependents
from ltf_ci.model.bounds import LARGEST


def read_dependents(file: Path) -> Dependents:
    """Read a file whose every entry can be read, or raise BadInput."""
    return _read(file, Dependents.parse)


def read_with_faults(file: Path) -> Dependents:
    """Read a file, and keep what is wrong with its entries; raise BadInput where it is not there, or no JSON object."""
    return _read(file, Dependents.read)


def _read(file: Path, parse: Callable[[bytes, str], Dependents]) -> Dependents:
    cure = "name it, or write it: `ltf-ci dependents scan --write`"
    raw = read_needed(file, "the file of the images that are made FROM each other", cure, LARGEST)
    gc.disable()  # a fleet of thousands has no garbage: to look for it again and again takes longer than to read
    try:
        return parse(raw, str(file))
    finally:
        gc.enable()

"""A file's text."""

from __future__ import annotations

from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Place


def text_of(raw: bytes, path: str) -> str:
    """Return a file's text, read as UTF-8; raise BadInput with line and column."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        at = Place(path, line, column)
        raise BadInput.at(at, "bytes that are not UTF-8", expected="text", cure="save the file as UTF-8") from None

"""A file's text."""

from __future__ import annotations

from ltf_ci.errors import BadInput


def text_of(raw: bytes, path: str) -> str:
    """Read a file's text as UTF-8, or raise BadInput."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path}:{line}: bytes that are not UTF-8", cure="save the file as UTF-8") from None

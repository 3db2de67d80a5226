"""Which files of a build's context are not sent to BuildKit: a .dockerignore, read as BuildKit reads it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ltf_ci.clients.docker.ignore_pattern import BLANKS, Pattern
from ltf_ci.clients.files import read_file
from ltf_ci.model.finding import Place

NAME = ".dockerignore"
_MARK = "\N{BYTE ORDER MARK}"


class Dockerignore(NamedTuple):
    """A whole file."""

    patterns: tuple[Pattern, ...]

    @classmethod
    def parse(cls, text: str, path: str = NAME) -> Dockerignore:
        """Read it, or raise BadInput; `path` is the file's, for errors."""
        lines = enumerate(text.removeprefix(_MARK).split("\n"), 1)
        wanted = ((number, line.strip(BLANKS)) for number, line in lines if not line.startswith("#"))
        return cls(tuple(Pattern.parse(line, Place(path, number)) for number, line in wanted if line))

    def sent(self, paths: Iterable[str]) -> set[str]:
        """Return which paths of a context are sent; a folder ends with `/`, and comes before all that is in it.

        A folder that is left out is sent nevertheless where something in it is, and most are not even looked into.
        """
        found: set[str] = set()
        matched_by_folder = {"": (False,) * len(self.patterns)}
        for path in paths:
            folder = posixpath.dirname(path.removesuffix("/"))
            if folder not in matched_by_folder:
                continue
            is_out, matched = self._matched(path.removesuffix("/"), matched_by_folder[folder])
            if path.endswith("/") and not (is_out and self._passes_over(path)):
                matched_by_folder[path.removesuffix("/")] = matched
            if not is_out:
                found |= {path, *_folders_above(path)}
        return found

    def _matched(self, path: str, above: Sequence[bool]) -> tuple[bool, tuple[bool, ...]]:
        """Return whether a path is left out, and which patterns matched; `above` are those that matched its folder.

        The last that matches counts; one that would change nothing is not tried, also for what is in the folder.
        """
        is_out = False
        matched: list[bool] = []
        for pattern, matches_folder in zip(self.patterns, above, strict=True):
            matched.append(matches_folder or (pattern.lets_in is is_out and pattern.matches(path)))
            if matched[-1]:
                is_out = not pattern.lets_in
        return is_out, tuple(matched)

    def _passes_over(self, folder: str) -> bool:
        """Whether nothing in a folder that is left out is looked at: no line can let any of it in."""
        paths = [pattern.plain_path for pattern in self.patterns if pattern.lets_in]
        return all(path is not None and not f"{path}/".startswith(folder) for path in paths)


def own_ignore(folder: Path, dockerfile: str) -> bytes | None:
    """Return the Dockerfile's own `Dockerfile.dockerignore`, which counts in place of .dockerignore; None without."""
    return read_file(folder, f"{dockerfile}{NAME}")


def ignore_of(folder: Path, dockerfile: str) -> Dockerignore:
    """Return what counts as a context's .dockerignore; raise BadInput where docker would not read it."""
    own = own_ignore(folder, dockerfile)
    name = NAME if own is None else f"{dockerfile}{NAME}"
    raw = (read_file(folder, name) if own is None else own) or b""
    return Dockerignore.parse(raw.decode("utf-8", "replace"), f"{folder.name}/{name}")


def _folders_above(path: str) -> Iterable[str]:
    parts = path.removesuffix("/").split("/")
    return ("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))

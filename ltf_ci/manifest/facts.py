"""The facts that a manifest's rules need and its text does not have: the files that it names, Ruby's messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ltf_ci.model.named_file import NamedFile


class ManifestFacts(NamedTuple):
    """Named files by their names; Ruby's error messages, empty where it has none.

    A regular expression that is not in `regexes`, and a `rag_lambda` of None, were not checked: `unjudged` is why.
    `further` are the paths of other manifests in the repository; None where the repository has too many folders.
    """

    files: Mapping[str, NamedFile] = {}
    regexes: Mapping[str, str] = {}
    rag_lambda: str | None = None
    unjudged: str = ""
    further: tuple[str, ...] | None = ()

"""The facts that a manifest's rules need and its text does not have: the files that it names, Ruby's messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ltf_ci.model.named_file import NamedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFacts:
    """Named files by their names; Ruby's error messages, empty where it has none.

    A regular expression that is not in `regexes`, and a `rag_lambda` of None, were not checked: `unjudged` is why.
    `further` are the paths of other manifests in the repository; None where the repository has too many folders.
    """

    files: Mapping[str, NamedFile] = field(default_factory=dict)
    regexes: Mapping[str, str] = field(default_factory=dict)
    rag_lambda: str | None = None
    unjudged: str = ""
    further: tuple[str, ...] | None = ()

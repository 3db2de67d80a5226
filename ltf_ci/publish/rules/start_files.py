"""What of a start point fails its test, and can be seen in its files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from ltf_ci.manifest.keys import MAIN_SCRIPT
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.layout import LAMBDA_OF_IMAGE
from ltf_ci.model.located_json import Located
from ltf_ci.traffic_light.rules.edits import edits_of


class StartFiles(NamedTuple):
    """The texts of the visible files by name, None of those that cannot be read; and options.json next to the manifest.

    `lambda_complaint` is Ruby's of docker/red_amber_green.rb: empty without one, None where that was not checked.
    """

    texts: Mapping[str, str | None] = {}
    options: Located | None = None
    lambda_complaint: str | None = None


def findings(files: StartFiles, manifest: Manifest, *, is_tested: bool) -> Iterator[Finding]:
    """Find what is wrong; that nothing gives the colours counts where the start files are tested."""
    readable = {name: text for name, text in files.texts.items() if text is not None}
    if is_tested and readable and len(readable) == len(files.texts):
        yield from edits_of(readable, Place(manifest.path), files.options)[1]
    if is_tested and files.lambda_complaint and not manifest.string("rag_lambda"):
        yield _no_ruby(files.lambda_complaint)
    for name in scripts_with_crlf(files.texts):
        yield _line_ends(name, str(PurePosixPath(manifest.path).parent / name))


def scripts_with_crlf(texts: Mapping[str, str | None]) -> Iterator[str]:
    """Return the names of bash's files that have lines of CR LF."""
    return (name for name, text in texts.items() if name.endswith(".sh") and "\r\n" in (text or ""))


def _line_ends(name: str, path: str) -> Finding:
    """Return that bash fails at the CR of a line: of the main script always, of others where it runs them."""
    is_main = name == MAIN_SCRIPT
    return Finding(
        rule="cyber-dojo-sh-line-ends" if is_main else "script-line-ends",
        severity=Severity.ERROR if is_main else Severity.WARNING,
        place=Place(path),
        found=f"{name} has lines that end with CR LF",
        expected="LF alone: bash takes the CR for a part of the last word",
        cure=f"sed -i 's/\\r$//' {shlex.quote(path)}, and write `*.sh text eol=lf` into .gitattributes",
    )


def _no_ruby(complaint: str) -> Finding:
    return Finding(
        rule="rag-lambda-ruby",
        place=Place(LAMBDA_OF_IMAGE),
        found=f"{LAMBDA_OF_IMAGE} is not Ruby: {complaint}",
        expected="Ruby that gives the colour",
        cure="correct it",
    )

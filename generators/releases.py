"""What must be so before a version of ltf-ci is released: `bin/check-release v1.2.3`."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from generators.files import ROOT

_TAG = re.compile(r"v(\d+)\.\d+\.\d+")
_HEADING = r"^## {version} - \d{{4}}-\d\d-\d\d$"
_REFERENCE = re.compile(r"cyber-dojo-tools/ltf-ci(?:/[\w./-]+)?@v(\d+)\b")
_FOLDERS = (".github/workflows", "docs", "ltf_ci/workflows", "workflows")


def faults(tag: str, version: str, changelog: str, references: Mapping[str, Iterable[int]]) -> Iterator[str]:
    """Return what keeps a tag from being released; `references` has the `@vN` of each file."""
    named = _TAG.fullmatch(tag)
    if named is None:
        yield f"{tag} is not vMAJOR.MINOR.PATCH"
        return
    if tag != f"v{version}":
        yield f"pyproject.toml has version {version}, and the tag is {tag}"
    if not notes(tag[1:], changelog):
        yield f"CHANGELOG.md has no section `## {tag[1:]} - YYYY-MM-DD` with text in it"
    for path, majors in references.items():
        for major in sorted({*majors} - {int(named[1])}):
            yield f"{path} calls ltf-ci@v{major}, and {tag} is released"


def notes(version: str, changelog: str) -> str:
    """Return the text of a version's section; empty where there is none."""
    heading = re.search(_HEADING.format(version=re.escape(version)), changelog, re.MULTILINE)
    return changelog[heading.end() :].partition("\n## ")[0].strip() if heading else ""


def references() -> Mapping[str, list[int]]:
    """Return the major versions by which the repository's own files call ltf-ci."""
    files = [
        ROOT / "README.md",
        *(file for folder in _FOLDERS for file in sorted((ROOT / folder).rglob("*.[my][dm]*"))),
    ]
    found = {str(file.relative_to(ROOT)): _REFERENCE.findall(file.read_text()) for file in files}
    return {path: [int(major) for major in majors] for path, majors in found.items() if majors}


def run(words: list[str]) -> int:
    """Print a tag's notes, or what keeps it from being released; return the exit code."""
    (tag,) = words
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text()
    found = list(faults(tag, version, changelog, references()))
    sys.stdout.write("".join(f"{fault}\n" for fault in found) or f"{notes(tag[1:], changelog)}\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

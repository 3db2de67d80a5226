"""The pull request that brings a repository to ltf-ci."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from ltf_ci.adopt.rules.adoption import Adoption
from ltf_ci.model.layout import DOCKERFILE, DOCKERFILE_BASE, OLDER_WORKFLOW, README, SETTINGS, WORKFLOWS
from ltf_ci.model.printable import escape_markdown
from ltf_ci.model.remote_repository import Files, PullText

BRANCH = "ltf-ci-adopt/files"  # not below what `list refresh` makes again
FIRST = "Release this repository with ltf-ci"
FOLLOW = "Follow releases with ltf-ci"
FEW = 5
_WHY = {
    DOCKERFILE: "an earlier builder generated it; `docker/Dockerfile.base` is what is built",
    DOCKERFILE_BASE: "FROM names the base's release",
    OLDER_WORKFLOW: "it pushes `latest` too, or tests an image that a release has not made yet",
    README: "its copies of the names say what the manifest says",
    SETTINGS: "what this repository settles: look at each line, and correct it",
}
_REFUSE = (
    "To refuse it, close this pull request: one of the same files is not opened again. "
    "Commits of yours on this branch are kept."
)


def pull_text(before: Files, after: Files, about: Adoption) -> PullText:
    """Return the title and the body of the pull request of what is known `about` a repository."""
    is_first = _is_first(before)
    rows = [_row(path, before[path], after[path]) for path in _changed(before, after)]
    lines = ["With these files a pushed git tag such as `3.7.4-1` releases the image, once and for all.", "", *rows, ""]
    lines += _listed("Not in this pull request, and to be done by a person:", about.by_hand)
    if is_first:
        lines += _listed("Secrets that its workflows need, of this repository or of its owner:", about.secrets)
        lines += ["After the merge, the first release, on the default branch:", "", f"    {about.command}", ""]
    lines += [_REFUSE]
    return PullText(title=FIRST if is_first else _later(before, after), body="\n".join(lines) + "\n")


def languages_text(before: Files, after: Files) -> PullText:
    """Return the title and the body of the languages repository's pull request."""
    rows = [_row(path, before[path], after[path]) for path in _changed(before, after)]
    lead = "With these files the releases of this list's repositories are checked, followed and locked."
    is_first = _is_first(before)
    lines = [lead, "", *rows, "", _REFUSE]
    return PullText(title=FOLLOW if is_first else _later(before, after), body="\n".join(lines) + "\n")


def _is_first(before: Files) -> bool:
    """Whether a repository has no workflow of ltf-ci's yet."""
    return not any(path.startswith(f"{WORKFLOWS}/ltf-ci-") and text for path, text in before.items())


def _changed(before: Files, after: Files) -> list[str]:
    return [path for path in sorted(after) if after[path] != before[path]]


def _later(before: Files, after: Files) -> str:
    """Return a title that says which files: one that a person closed keeps none of other files closed."""
    names = [PurePosixPath(path).name for path in _changed(before, after)]
    return f"Bring up to date for ltf-ci: {', '.join(names[:FEW])}{' …' if len(names) > FEW else ''}"


def changes(before: Files, after: Files) -> Iterator[str]:
    """Return in few words what a pull request changes."""
    paths = _changed(before, after)
    new = [path for path in paths if before[path] is None]
    if new:
        yield f"{len(new)} new files" if len(new) > 1 else f"new {new[0]}"
    yield from (f"{'-' if after[path] is None else '~'}{path}" for path in paths if before[path] is not None)


def _listed(lead: str, items: Sequence[str]) -> list[str]:
    return [lead, "", *(f"- {escape_markdown(item)}" for item in items), ""] if items else []


def _row(path: str, before: str | None, after: str | None) -> str:
    verb = "removed" if after is None else "added" if before is None else "changed"
    why = _WHY.get(path, "")
    return f"- `{path}` {verb}" + (f": {why}" if why else "")

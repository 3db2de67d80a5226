"""The pull request that brings a repository to ltf-ci."""

from __future__ import annotations

from ltf_ci.model.layout import DOCKERFILE, OLDER_WORKFLOW, SETTINGS
from ltf_ci.model.remote_repository import Files, PullText

BRANCH = "ltf-ci-adopt/files"  # not below what `list refresh` makes again
FIRST = "Release this repository with ltf-ci"
LATER = "Bring what ltf-ci needs up to date"
_WHY = {
    DOCKERFILE: "an earlier builder generated it; `docker/Dockerfile.base` is what is built",
    OLDER_WORKFLOW: "it pushes `latest` too, or tests an image that a release has not made yet",
    SETTINGS: "what this repository settles: look at each line, and correct it",
}


def pull_text(before: Files, after: Files, first_tag: str) -> PullText:
    """Return the title and the body; `first_tag` is the command that makes the first release."""
    is_first = before[SETTINGS] is None
    rows = [_row(path, before[path], text) for path, text in sorted(after.items()) if text != before[path]]
    lines = [
        "With these files a pushed git tag such as `3.7.4-1` releases the image, once and for all.",
        "",
        *rows,
        "",
        "To refuse it, close this pull request: it is not opened again. Commits of yours on this branch are kept.",
    ]
    if is_first:
        lines[-2:-2] = ["", "After the merge, the first release, on the default branch:", "", f"    {first_tag}"]
    return PullText(title=FIRST if is_first else LATER, body="\n".join(lines) + "\n")


def _row(path: str, before: str | None, after: str | None) -> str:
    verb = "removed" if after is None else "added" if before is None else "changed"
    why = _WHY.get(path, "")
    return f"- `{path}` {verb}" + (f": {why}" if why else "")

"""What `init` writes into a repository, decided from the files that it has: nothing is read here, or written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from importlib.resources import files

from ltf_ci.clients import yaml_file
from ltf_ci.errors import Refused
from ltf_ci.model.layout import RELEASE_WORKFLOW, RETAG_WORKFLOW, WORKFLOWS
from ltf_ci.workflows.action_reference import HOME, ActionReference
from ltf_ci.workflows.rules.calls import called
from ltf_ci.workflows.update import Wanted, permissions_of, updated

DEFAULT = ActionReference(HOME, "v1")
OF_AN_LTF = (RELEASE_WORKFLOW, RETAG_WORKFLOW, "ltf-ci-check.yml")
OF_LANGUAGES = (
    "ltf-ci-list.yml",
    "ltf-ci-refresh.yml",
    "ltf-ci-watch.yml",
    "ltf-ci-notify.yml",
    "ltf-ci-dashboard.yml",
)


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as it is, None where there is none, and as it should be; `old_path` is where it was until now."""

    path: str
    before: bytes | None
    after: bytes
    old_path: str = ""

    @property
    def how(self) -> str:
        """What becomes of it: `write`, `rename`, `update` or `keep`."""
        if self.before is None:
            return "write"
        if self.old_path:
            return "rename"
        return "keep" if self.before == self.after else "update"

    @property
    def shown(self) -> str:
        """The path, with the older one."""
        return f"{self.old_path} → {self.path}" if self.old_path else self.path

    def diff(self) -> str:
        """Return what would be written, as a diff."""
        before, after = (raw.decode().splitlines(keepends=True) for raw in (self.before or b"", self.after))
        here = "/dev/null" if self.before is None else self.old_path or self.path
        moved = f"rename from {self.old_path}\nrename to {self.path}\n" if self.old_path else ""
        return moved + "".join(unified_diff(before, after, here, self.path))


def planned_workflows(
    there: Mapping[str, bytes], names: tuple[str, ...], action: ActionReference | None = None
) -> tuple[FileChange, ...]:
    """Return what becomes of the workflows of these names (OF_AN_LTF, OF_LANGUAGES), where these files are there.

    `there` has the files of a repository by path. What an earlier version wrote under an older name is renamed, with
    its owner's edits. Raise Refused where a file of ours does not call ltf-ci, or is there under both names.
    """
    return tuple(_planned(there, name, action) for name in names)


def older_path(name: str, there: Mapping[str, bytes]) -> str:
    """Return where an earlier version wrote this workflow, if that file is there and calls ltf-ci; else nothing."""
    older = name.removeprefix("ltf-ci-")
    path = f"{WORKFLOWS}/{older}"
    return path if older in called(there.get(path, b"").decode("utf-8", "replace")) else ""


def _planned(there: Mapping[str, bytes], name: str, action: ActionReference | None) -> FileChange:
    path, older = f"{WORKFLOWS}/{name}", older_path(name, there)
    if older and path in there:
        raise Refused(
            f"{older} and {path} both call ltf-ci, so that all would be done twice",
            expected="one of them",
            cure=f"bring your edits into {path}, and git rm {older}",
        )
    before = there.get(older or path)
    return FileChange(path, before, _after(older or path, before, template(name), action), older)


def template(name: str) -> bytes:
    """Return a workflow as it is written where there is none."""
    return files("ltf_ci").joinpath(f"workflows/templates/{name}").read_bytes()


def _after(path: str, before: bytes | None, wanted: bytes, action: ActionReference | None) -> bytes:
    how = Wanted(
        action=action or DEFAULT, pinned=action is not None, permissions=permissions_of(*yaml_file.read(wanted, path))
    )
    text, root = yaml_file.read(wanted if before is None else before, path)
    after = updated(text, root, how).encode()
    yaml_file.read(after, path)  # no edit of ours leaves a file that cannot be read
    return after


def changed(changes: tuple[FileChange, ...]) -> Iterator[FileChange]:
    """Return those whose file is to be written or moved."""
    return (change for change in changes if change.how != "keep")

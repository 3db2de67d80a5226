"""What `init` writes into a repository, decided from the files that it has: nothing is read here, or written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from importlib.resources import files

from ltf_ci.clients import yaml_file
from ltf_ci.errors import Refused
from ltf_ci.model.layout import LANGUAGES_LIST, RELEASE_WORKFLOW, RETAG_WORKFLOW, SETTINGS, WORKFLOWS
from ltf_ci.workflows.action_reference import HOME, ActionReference
from ltf_ci.workflows.fill import Values, settings_with
from ltf_ci.workflows.repository_kind import CHECK, DASHBOARD, LISTING, NOTIFY, REFRESH, WATCH, RepositoryKind
from ltf_ci.workflows.rules.calls import called
from ltf_ci.workflows.update import Wanted, inputs_of, permissions_of, updated

DEFAULT = ActionReference(HOME, "v1")
_INPUTS = {  # which of the values that `init` knows, or is given, each workflow takes
    RELEASE_WORKFLOW: ("registry", "app-client-id"),
    RETAG_WORKFLOW: ("registry", "app-client-id"),
    CHECK: (),
    LISTING: ("list",),
    REFRESH: ("list", "app-client-id"),
    WATCH: ("list",),
    NOTIFY: ("app-client-id",),
    DASHBOARD: ("list",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is wanted of the files: `inputs` of workflows and `settings` are set whatever is there.

    `known_inputs` and `known_settings` are what the repository's own files say: they go into files that are new. An
    input goes into a workflow that has none of its name too, unless a setting `push-to` may be why.
    """

    action: ActionReference | None = None
    inputs: Values = field(default_factory=dict)
    known_inputs: Values = field(default_factory=dict)
    settings: Values = field(default_factory=dict)
    known_settings: Values = field(default_factory=dict)
    fills: bool = True


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as it is, None where there is none, and as it should be; `old_path` is where it was until now."""

    path: str
    before: bytes | None
    after: bytes
    old_path: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """Where it is written, and where it was until now."""
        return (self.path, self.old_path) if self.old_path else (self.path,)

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


def planned_files(
    there: Mapping[str, bytes],
    kind: RepositoryKind,
    wishes: Wishes = Wishes(),
) -> tuple[FileChange, ...]:
    """Return what becomes of the workflows, and of an LTF's settings, of a repository that has these files by path.

    What an earlier version wrote under an older name is renamed, with its owner's edits. Raise Refused where a file of
    ours does not call ltf-ci, or is there under both names.
    """
    if _goes_elsewhere(there.get(SETTINGS)):
        wishes = replace(wishes, fills=False)
    workflows = tuple(_planned(there, name, wishes) for name in kind.workflows)
    return (*workflows, _settings(there.get(SETTINGS), wishes)) if kind is RepositoryKind.LTF else workflows


def changed(changes: tuple[FileChange, ...]) -> Iterator[FileChange]:
    """Return those whose file is to be written or moved."""
    return (change for change in changes if change.how != "keep")


def older_path(name: str, there: Mapping[str, bytes]) -> str:
    """Return where an earlier version, or its owner, has this workflow, if that file calls ltf-ci; else nothing."""
    older = name.removeprefix("ltf-ci-")
    names = (older, *(f"{each.removesuffix('.yml')}.yaml" for each in (older, name)))
    paths = (f"{WORKFLOWS}/{each}" for each in names)
    return next((path for path in paths if older in called(there.get(path, b"").decode("utf-8", "replace"))), "")


def template(name: str) -> bytes:
    """Return a workflow as it is written where there is none."""
    return files("ltf_ci").joinpath(f"workflows/templates/{name}").read_bytes()


def _planned(there: Mapping[str, bytes], name: str, wishes: Wishes) -> FileChange:
    path, older = f"{WORKFLOWS}/{name}", older_path(name, there)
    if older and path in there:
        raise Refused(
            f"{older} and {path} both call ltf-ci, so that all would be done twice",
            expected="one of them",
            cure=f"bring your edits into {path}, and git rm {older}",
        )
    before = there.get(older or path)
    return FileChange(path, before, _workflow(older or path, before, name, wishes), older)


def _workflow(path: str, before: bytes | None, name: str, wishes: Wishes) -> bytes:
    new = template(name)
    text, root = yaml_file.read(new if before is None else before, path)
    known = wishes.known_inputs if before is None or wishes.fills else {}
    there = inputs_of(root) if before is not None else ()
    values = {**{name: value for name, value in known.items() if name not in there}, **wishes.inputs}
    wanted = Wanted(
        action=wishes.action or DEFAULT,
        pinned=wishes.action is not None,
        permissions=permissions_of(*yaml_file.read(new, path)),
        inputs={key: values[key] for key in _INPUTS[name] if key in values},
    )
    if before is None and "list" in values:
        new = new.replace(f"paths: [{LANGUAGES_LIST}, ".encode(), f"paths: [{values['list']}, ".encode())
        text, root = yaml_file.read(new, path)
    after = updated(text, root, wanted).encode()
    yaml_file.read(after, path)  # no edit of ours leaves a file that cannot be read
    return after


def _goes_elsewhere(settings: bytes | None) -> bool:
    """Whether the image is pushed to another registry than its own."""
    return settings is not None and yaml_file.read(settings, SETTINGS)[1].member("push-to") is not None


def _settings(before: bytes | None, wishes: Wishes) -> FileChange:
    values = wishes.settings if before is not None else {**wishes.known_settings, **wishes.settings}
    text, root = yaml_file.read(
        files("ltf_ci").joinpath("settings.example.yml").read_bytes() if before is None else before, SETTINGS
    )
    after = settings_with(text, root, values).encode()
    yaml_file.read(after, SETTINGS)
    return FileChange(SETTINGS, before, after)

"""`ltf-ci init`: the workflows and the settings that an LTF repository needs, written or brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from importlib.resources import files
from pathlib import Path

from ltf_ci.clients import yaml_file
from ltf_ci.clients.files import read_file, write_whole
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput, Refused
from ltf_ci.images.rules.tags import is_commit
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.layout import CHECK_VERSION, SETTINGS, Layout
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import switch, value
from ltf_ci.options.shared import DryRun
from ltf_ci.workflows.action_reference import HOME, ActionReference
from ltf_ci.workflows.other import other_workflows
from ltf_ci.workflows.rules.filled_settings import filled, known_settings
from ltf_ci.workflows.rules.publishing import also_publishing
from ltf_ci.workflows.update import Wanted, permissions_of, updated

DEFAULT = ActionReference(HOME, "v1")
NAMES = ("release.yml", "retag.yml", "ltf-ci-check.yml")
WORKFLOWS = {f".github/workflows/{name}": f"workflows/templates/{name}" for name in NAMES}
TEMPLATES = {SETTINGS: "settings.example.yml"}


@dataclass(frozen=True, kw_only=True)
class Request(InFolder, DryRun):
    """Which workflow."""

    update: bool = switch("bring what `init` wrote up to date, and keep your edits")
    action: ActionReference | None = value(
        "call ltf-ci by this reference: a fork, or a commit with its version, 'OWNER/REPO@SHA # v1.2.0'",
        ActionReference.parse,
        "OWNER/REPO@REF",
        default=None,
    )


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as it is, None where there is none, and as it should be."""

    path: str
    before: bytes | None
    after: bytes

    @property
    def how(self) -> str:
        """What becomes of it."""
        if self.before is None:
            return "write"
        return "keep" if self.before == self.after else "update"

    def diff(self) -> str:
        """Return what would be written, as a diff."""
        before, after = (raw.decode().splitlines(keepends=True) for raw in (self.before or b"", self.after))
        return "".join(unified_diff(before, after, self.path if self.before else "/dev/null", self.path))


def execute(request: Request, _run: Run) -> Outcome:
    """Write what is missing; with --update bring the workflows up to date too; settings are never changed."""
    if not request.directory.is_dir():
        raise BadInput(f"{request.directory} is no folder", cure="name the folder of an LTF repository")
    changes = (*_changes(request),)
    plan = {"files": [{"path": change.path, "how": change.how} for change in changes]}
    if request.dry_run:
        text = "".join(change.diff() for change in changes)
        return Outcome(conclusion=Conclusion.PLANNED, steps=_steps(changes, StepState.PLANNED), plan=plan, text=text)
    for change in changes:
        if change.how != "keep":
            _write(request.directory, change)
    findings = tuple(also_publishing(other_workflows(request.directory)))
    done = any(change.how != "keep" for change in changes)
    return Outcome(
        conclusion=Conclusion.DONE if done else Conclusion.NOTHING_TO_DO,
        reason="" if done else "the files are as they should be",
        findings=findings,
        steps=_steps(changes, StepState.DONE),
        plan=plan,
    )


def _changes(request: Request) -> Iterator[FileChange]:
    there = {path: read_file(request.directory, path) for path in (*WORKFLOWS, *TEMPLATES)}
    found = [path for path, raw in there.items() if raw is not None]
    if found and not request.update:
        verb = "is" if len(found) == 1 else "are"
        raise Refused(f"{' and '.join(found)} {verb} there already", cure="bring it up to date with --update")
    for path, name in WORKFLOWS.items():
        yield FileChange(path, there[path], _workflow(path, there[path], _template(name), request.action))
    for path, name in TEMPLATES.items():
        before = there[path]
        yield FileChange(path, before, _settings(request.directory, _template(name)) if before is None else before)


def _settings(directory: Path, template: bytes) -> bytes:
    """Return the settings, with what the repository's own files say filled in."""
    try:
        repository = read_repository(directory)
        image = repository.image_of(None)
    except BadInput:  # a repository that is not whole yet; `check` says what is wrong with it
        return template
    script = (read_file(directory, CHECK_VERSION) or b"").decode("utf-8", "replace")
    is_named = repository.layout is Layout.START_POINT and is_commit(image.tag)
    values = known_settings(image, str(image) if is_named else "", script)
    return filled(template.decode(), values).encode()


def _workflow(path: str, before: bytes | None, template: bytes, action: ActionReference | None) -> bytes:
    wanted = Wanted(
        action=action or DEFAULT, pinned=action is not None, permissions=permissions_of(*yaml_file.read(template, path))
    )
    text, root = yaml_file.read(template if before is None else before, path)
    after = updated(text, root, wanted).encode()
    yaml_file.read(after, path)  # no edit of ours leaves a file that cannot be read
    return after


def _template(name: str) -> bytes:
    return files("ltf_ci").joinpath(name).read_bytes()


def _write(directory: Path, change: FileChange) -> None:
    """Write a file, or raise BadInput where its place is outside the repository."""
    file = (directory / change.path).resolve()
    if not file.is_relative_to(directory.resolve()):
        raise BadInput(
            f"{change.path} leads out of the repository", expected="a file inside it", cure="replace the link"
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, change.after)


def _steps(changes: tuple[FileChange, ...], done: StepState) -> tuple[Step, ...]:
    return tuple(
        Step(change.how, StepState.UNCHANGED if change.how == "keep" else done, change.path) for change in changes
    )

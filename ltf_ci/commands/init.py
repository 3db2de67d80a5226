"""`ltf-ci init`: the workflows and the settings that an LTF repository needs, written or brought up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ltf_ci.clients.files import read_file, rewrite
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput, Refused
from ltf_ci.images.rules.tags import is_commit
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.layout import CHECK_VERSION, SETTINGS, WORKFLOWS, Layout
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import switch, value
from ltf_ci.options.shared import DryRun
from ltf_ci.workflows.action_reference import ActionReference
from ltf_ci.workflows.other import other_workflows
from ltf_ci.workflows.planned_files import OF_AN_LTF, FileChange, changed, older_path, planned_workflows
from ltf_ci.workflows.rules.filled_settings import filled, known_settings
from ltf_ci.workflows.rules.publishing import also_publishing


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


def execute(request: Request, _run: Run) -> Outcome:
    """Write what is missing; with --update bring the workflows up to date too; settings are never changed."""
    if not request.directory.is_dir():
        raise BadInput(f"{request.directory} is no folder", cure="name the folder of an LTF repository")
    changes = (*_changes(request),)
    plan = {"files": [{"path": change.path, "how": change.how} for change in changes]}
    if request.dry_run:
        text = "".join(change.diff() for change in changes)
        return Outcome(conclusion=Conclusion.PLANNED, steps=_steps(changes, StepState.PLANNED), plan=plan, text=text)
    for change in changed(changes):
        _write(request.directory, change)
    findings = tuple(also_publishing(other_workflows(request.directory)))
    done = any(changed(changes))
    return Outcome(
        conclusion=Conclusion.DONE if done else Conclusion.NOTHING_TO_DO,
        reason="" if done else "the files are as they should be",
        findings=findings,
        steps=_steps(changes, StepState.DONE),
        plan=plan,
    )


def _changes(request: Request) -> Iterator[FileChange]:
    there = _files(request.directory)
    known = {older_path(name, there) or f"{WORKFLOWS}/{name}" for name in OF_AN_LTF} | {SETTINGS}
    found = sorted(known & set(there))
    if found and not request.update:
        verb = "is" if len(found) == 1 else "are"
        raise Refused(f"{' and '.join(found)} {verb} there already", cure="bring it up to date with --update")
    yield from planned_workflows(there, OF_AN_LTF, request.action)
    before = there.get(SETTINGS)
    yield FileChange(SETTINGS, before, _settings(request.directory) if before is None else before)


def _files(directory: Path) -> Mapping[str, bytes]:
    """Return a folder's workflows and settings by path."""
    folder = directory / WORKFLOWS
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else ()
    paths = (SETTINGS, *(f"{WORKFLOWS}/{name}" for name in names if name.endswith((".yml", ".yaml"))))
    return {path: raw for path in paths if (raw := read_file(directory, path)) is not None}


def _settings(directory: Path) -> bytes:
    """Return the settings, with what the repository's own files say filled in."""
    template = files("ltf_ci").joinpath("settings.example.yml").read_bytes()
    try:
        repository = read_repository(directory)
        image = repository.image_of(None)
    except BadInput:  # a repository that is not whole yet; `check` says what is wrong with it
        return template
    script = (read_file(directory, CHECK_VERSION) or b"").decode("utf-8", "replace")
    is_named = repository.layout is Layout.START_POINT and is_commit(image.tag)
    values = known_settings(image, str(image) if is_named else "", script)
    return filled(template.decode(), values).encode()


def _write(directory: Path, change: FileChange) -> None:
    """Write a file, or raise BadInput where its place is outside the repository; one with an older name moves first.

    So a run that is killed between the two leaves one file, which the next run brings up to date.
    """
    file = _inside(directory, change.path)
    file.parent.mkdir(parents=True, exist_ok=True)
    if change.old_path:
        _inside(directory, change.old_path).rename(file)
    rewrite(file, change.after)


def _inside(directory: Path, path: str) -> Path:
    file = (directory / path).resolve()
    if not file.is_relative_to(directory.resolve()):
        raise BadInput(f"{path} leads out of the repository", expected="a file inside it", cure="replace the link")
    return file


def _steps(changes: tuple[FileChange, ...], done: StepState) -> tuple[Step, ...]:
    return tuple(
        Step(change.how, StepState.UNCHANGED if change.how == "keep" else done, change.shown) for change in changes
    )

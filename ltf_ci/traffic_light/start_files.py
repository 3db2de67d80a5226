"""Runs the start files in an image as cyber-dojo does, for red, amber and green: for `test`, and before a push."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from ltf_ci.clients.docker.containers import Containers
from ltf_ci.clients.named_file import named_file
from ltf_ci.clients.run import Run
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.container import ContainerSpec, Printed, StartFilesRun
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import IMAGE_NAME_JSON
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.traffic_light.colour import LAMBDA_IN_IMAGE, StartFileEdit, Verdict
from ltf_ci.traffic_light.rag_lambda import verdicts
from ltf_ci.traffic_light.rules import colours as rules
from ltf_ci.traffic_light.rules import requirements
from ltf_ci.traffic_light.rules.edits import edited, edits_of
from ltf_ci.traffic_light.start_file_texts import options_of, start_files_of
from ltf_ci.traffic_light.tested import NOT_TESTED, STEP, Tested

VERSION = "version"
_SHOWN_LINES, _SHOWN_CHARACTERS = 40, 400
Result: TypeAlias = tuple[StartFileEdit, StartFilesRun, Verdict | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFilesTest:
    """The start files to run, and the id of the daemon's image to run them in."""

    directory: Path
    manifest: Manifest
    image: str
    version: LanguageVersion | None
    version_command: str
    lambda_image: str = ""

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.manifest.path).parent)

    @property
    def place(self) -> Place:
        return Place(self.manifest.path)

    @property
    def container(self) -> ContainerSpec:
        name = self.manifest.string("image_name") or ""
        seconds = rules.seconds_of(self.manifest)
        return ContainerSpec(image=self.image, name=name, seconds=seconds, traces=rules.traces(name))

    @property
    def container_of_probes(self) -> ContainerSpec:
        """The container that looks at the image itself: max_seconds is for the start files alone."""
        return replace(self.container, seconds=rules.LONGEST_RUN)


def readiness(directory: Path, manifest: Manifest) -> Tested:
    """Return what keeps start files from being run in any image: it is known without one."""
    _, _, faults = _prepared(directory, manifest)
    named, folder = manifest.string("rag_lambda"), str(PurePosixPath(manifest.path).parent)
    if named and named_file(directory, folder, named).text is None:
        faults = (rules.no_lambda(Place(manifest.path)), *faults)
    return _not_ready(faults) if faults else NOT_TESTED


def _prepared(
    directory: Path, manifest: Manifest
) -> tuple[Mapping[str, str], Sequence[StartFileEdit], tuple[Finding, ...]]:
    """Return the start files' texts, their edits, and the faults of both."""
    texts, place = start_files_of(directory, manifest), Place(manifest.path)
    files = {name: text for name, text in texts.items() if text is not None}
    edits, faults = edits_of(files, place, options_of(directory, manifest))
    return files, edits, (*rules.unreadable([name for name in texts if name not in files], place), *faults)


def _not_ready(faults: tuple[Finding, ...]) -> Tested:
    return Tested((Step(STEP, StepState.SKIPPED, "what is run is not ready"),), faults)


def run_all(subject: StartFilesTest, run: Run) -> Tested:
    """Run the start files for red, amber and green, and compare the language's version."""
    with run.timed("look"):
        rag_lambda = _lambda_of(subject, run.containers)
    if rag_lambda is None:
        return Tested(findings=(rules.no_lambda(subject.place),))
    files, edits, faults = _prepared(subject.directory, subject.manifest)
    faults = faults or (*requirements.faults(run.containers.probe(subject.container_of_probes), subject.place),)
    if faults:
        return _not_ready(faults)
    results = _results(subject, files, edits, rag_lambda, run)
    _, red, verdict = results[0]
    first = red, rules.outcome_of(red, verdict)
    trials = [_tested(result, first, run.log) for result in results]
    version = _version(subject, run.containers)
    steps = (*(step for trial in trials for step in trial.steps), *version.steps)
    findings = (*(finding for trial in trials for finding in trial.findings), *version.findings)
    return Tested(steps, findings, tuple(edit.colour for edit in edits))


def _lambda_of(subject: StartFilesTest, containers: Containers) -> str | None:
    """Return the rag_lambda: the file that the manifest names, else the image's."""
    named = subject.manifest.string("rag_lambda")
    if named:
        return named_file(subject.directory, subject.folder, named).text
    return containers.file_of(subject.image, LAMBDA_IN_IMAGE)


def _results(
    subject: StartFilesTest, files: Mapping[str, str], edits: Sequence[StartFileEdit], rag_lambda: str, run: Run
) -> list[Result]:
    """Run the start files with each edit, and let the rag_lambda judge all runs that ended by themselves."""
    runs = list[StartFilesRun]()
    for edit in edits:
        with run.timed(str(edit.colour)):
            runs.append(run.containers.run_start_files(subject.container, edited(files, edit)))
    judged = [ended for ended in runs if ended.is_whole]
    with run.timed("rag_lambda"):
        found = iter(verdicts(rag_lambda, judged, subject.image, subject.lambda_image, run.containers))
    return [(edit, ended, next(found) if ended.is_whole else None) for edit, ended in zip(edits, runs, strict=True)]


def _tested(result: Result, first: tuple[StartFilesRun, str], log: Callable[[str], None]) -> Tested:
    """Return the step and the findings of a run; where there are findings, the log gets what it printed."""
    edit, ended, verdict = result
    findings = (*rules.faults(edit, ended, verdict, first),)
    for line in _printed(edit, ended, verdict) if findings else ():
        log(line)
    outcome = rules.outcome_of(ended, verdict)
    detail = f"{outcome} in {ended.seconds:.1f} s: {edit}"
    return Tested((Step(f"{STEP} {edit.colour}", _state(findings), detail),), findings)


def _state(findings: Sequence[Finding]) -> StepState:
    return StepState.FAILED if any(finding.fails for finding in findings) else StepState.DONE


def _printed(edit: StartFileEdit, ended: StartFilesRun, verdict: Verdict | None) -> Iterator[str]:
    """Return the last lines that a run printed which did not give its colour."""
    yield f"{edit.colour}: {edit} is {rules.outcome_of(ended, verdict)}, with status {ended.status}"
    for name, printed in (("stdout", ended.stdout), ("stderr", ended.stderr)):
        yield f"{edit.colour}: {name}{_size(printed)}"
        for line in printed.text.splitlines()[-_SHOWN_LINES:]:
            yield f"  {line[:_SHOWN_CHARACTERS]}"


def _size(printed: Printed) -> str:
    lines = len(printed.text.splitlines())
    shown = f", the last {_SHOWN_LINES} of {lines} lines" if lines > _SHOWN_LINES else ""
    return f"{', cut at 50 KiB' if printed.cut else ''}{shown}:"


def run_version_command(
    image: str, name: ImageName, version: LanguageVersion, command: str, containers: Containers
) -> Tested:
    """Run the version command alone, in the daemon's image of a repository that has no start files."""
    container = ContainerSpec(image=image, name=str(name), seconds=rules.LONGEST_RUN)
    return _version_in(container, version, command, Place(IMAGE_NAME_JSON), containers)


def _version_in(
    container: ContainerSpec, version: LanguageVersion, command: str, place: Place, containers: Containers
) -> Tested:
    """Run a command in an image, and compare the version that it prints."""
    ended = containers.run(container, ["bash", "-c", command])
    findings = (*rules.version_faults(version, ended, place),)
    return Tested((Step(VERSION, _state(findings), f"{version}, by {command}"),), findings)


def _version(subject: StartFilesTest, containers: Containers) -> Tested:
    command = subject.version_command
    if not command or subject.version is None:
        why = "no release tag names the version" if command else "no --version-command is given"
        return Tested((Step(VERSION, StepState.SKIPPED, why),))
    return _version_in(subject.container_of_probes, subject.version, command, subject.place, containers)

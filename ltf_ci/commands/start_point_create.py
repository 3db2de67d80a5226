"""`ltf-ci start-point create`: repositories fetched, checked, and laid out as a folder and an image of cyber-dojo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import UsageError
from ltf_ci.languages.languages_list import LanguagesList, Line
from ltf_ci.languages.listed import Listed
from ltf_ci.languages.listed_repositories import Gathered, follow, gather, read_list
from ltf_ci.languages.rules import lines
from ltf_ci.languages.rules import manifests as list_manifests
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.gather_facts import facts_of
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import every_manifest
from ltf_ci.manifest.requests import Allowing
from ltf_ci.model.finding import Finding, counted, in_order
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.options.option import many, value
from ltf_ci.options.shared import DryRun, Fetching
from ltf_ci.start_points import folder as start_point_folder
from ltf_ci.start_points import image
from ltf_ci.start_points.start_point import StartPoint, StartPointSource

WORDS = "--repository"  # where a finding in a word of the command line is


class Request(Allowing, Fetching, DryRun):
    """Which repositories, and what is made of them."""

    image_name: ImageName | None = value(
        "the name of the start point's image", ImageName.parse, "NAME", default=None, positional=True
    )
    repository: tuple[str, ...] = many(
        "the repositories that it serves, as lines of a languages list are written; paths on this machine too",
        str,
        "URL?tag=TAG",
        several=True,
    )
    list: Path | None = value("the languages list that names them", Path, "FILE", default=None)
    base_image: ImageName | None = value(
        "build the image from this one, cyber-dojo's base of start points", ImageName.parse, "IMAGE", default=None
    )
    out: Path | None = value(
        "the folder to make; without it the last part of NAME, or none where an image is built",
        Path,
        "DIR",
        default=None,
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """A repository's folder, and each manifest in it."""

    folder: Path
    manifests: tuple[tuple[Manifest, ManifestFacts], ...]


def execute(request: Request, run: Run) -> Outcome:
    """Fetch and check all, and make folder and image at the end; where anything is wrong, nothing is made."""
    name, listed = _name(request), _listed(request)
    out = request.out or (None if request.base_image else Path(name.path.rpartition("/")[2]))
    if out:
        start_point_folder.refuse_foreign(out)
    with temporary_folder("clones") as clones:
        gathered = _gathered(request, listed, run, request.cache or clones)
        findings = in_order([*gathered.findings, *_of_manifests(listed, gathered, request.allow)])
        if any(finding.fails for finding in findings):
            return Outcome(
                conclusion=Conclusion.FAILED,
                reason=f"{counted(findings)}: nothing is made",
                findings=findings,
            )
        start_point = StartPoint(name, tuple(_source(listed, line, commit) for line, commit, _ in gathered.seen))
        folders = tuple(looked.folder for _, _, looked in gathered.seen)
        return _made(start_point, folders, out, request, findings, run)


def _name(request: Request) -> ImageName:
    if request.image_name is None or request.image_name.digest:
        raise UsageError("no image is named", expected="NAME or NAME:TAG first, and no digest")
    return request.image_name


def _listed(request: Request) -> LanguagesList:
    """Return the list, or the words of the command line as a list of their own."""
    if bool(request.repository) == bool(request.list):
        raise UsageError(
            "either --repository or --list is needed, and not both",
            expected="--repository URL?tag=TAG … or --list FILE",
            cure="name one of the two",
        )
    listed = read_list(request.list) if request.list else LanguagesList(WORDS, "\n".join(request.repository))
    if not any(listed.every_line()):
        raise UsageError(f"{listed.path} names no repository", expected="URL?tag=TAG, one or more")
    return listed


def _gathered(request: Request, listed: LanguagesList, run: Run, cache: Path) -> Gathered[Looked]:
    def look(folder: Path) -> Looked:
        start_point_folder.refuse_links_out(folder)
        manifests = every_manifest(folder)
        return Looked(folder, tuple((each, facts_of(folder, each, request.allow)) for each in manifests))

    if request.list:
        return gather(listed, look, run, local=request.allow_local, cache=cache)
    words = tuple(line for line in listed.every_line() if isinstance(line, Line))
    followed = follow(listed, words, look, run, cache)
    return replace(followed, findings=(*lines.of_words(listed), *followed.findings))


def _of_manifests(listed: LanguagesList, gathered: Gathered[Looked], allow: tuple[str, ...]) -> Iterator[Finding]:
    every = tuple(
        Listed(place=listed.place(line), entry=line.entry, commit=commit, manifest=manifest, facts=facts)
        for line, commit, looked in gathered.seen
        for manifest, facts in looked.manifests
    )
    for one in every:
        yield from list_manifests.faults(one, allow)
    yield from list_manifests.names(every)
    yield from list_manifests.pairs(every)


def _source(listed: LanguagesList, line: Line, commit: str) -> StartPointSource:
    return StartPointSource(listed.text[line.start : line.end], commit)


def _made(
    start_point: StartPoint,
    folders: tuple[Path, ...],
    out: Path | None,
    request: Request,
    findings: tuple[Finding, ...],
    run: Run,
) -> Outcome:
    base = image.base_of(request.base_image, run.registry, run.docker) if request.base_image else None
    plan = {**start_point.as_data(), "folder": str(out or ""), "base": str(base.image) if base else ""}
    checked = Step("check", StepState.DONE, amount(len(folders), "repository", "repositories"))
    steps = [checked]
    with start_point_folder.made(start_point.files, folders, out and out.parent) as folder:
        there = out is not None and start_point_folder.is_there(folder, out)
        if request.dry_run and not (there and not base):
            return Outcome(conclusion=Conclusion.PLANNED, steps=(checked,), findings=findings, plan=plan)
        if base:
            with run.docker_login() as environment:
                image.build(start_point, base, folder, run.docker_build(environment), run.docker)
            steps.append(Step("image", StepState.DONE, str(start_point.name)))
        if out:
            if not there:
                start_point_folder.put(folder, out)
            steps.append(Step("folder", StepState.UNCHANGED if there else StepState.DONE, str(out)))
    if there and not base:
        reason = f"{out} is as it would be made"
        return Outcome(conclusion=Conclusion.NOTHING_TO_DO, reason=reason, findings=findings, plan=plan)
    return Outcome(conclusion=Conclusion.DONE, steps=tuple(steps), findings=findings, plan=plan)

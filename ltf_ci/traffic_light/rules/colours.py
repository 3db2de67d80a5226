"""The edits that make red, amber and green, and the findings about a run that did not give its colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.container import LAMBDA_IN_IMAGE, Colour, ContainerResult, StartFileEdit, StartFilesRun, Verdict
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.located_json import Located
from ltf_ci.model.release_tag import LanguageVersion

LONGEST_RUN, USUAL_RUN = 15, 10  # seconds
_MARK = "6 * 9"
_NEW = {Colour.RED: _MARK, Colour.AMBER: "6 * 9sd", Colour.GREEN: "6 * 7"}
_CLANG = ("cyberdojofoundation/clang", "ghcr.io/cyber-dojo-languages/clang")
_LONGEST = 300  # characters of what a container says
_OPTION = '{"filename": …, "from": …, "to": …}'
Edits = tuple[tuple[StartFileEdit, ...], tuple[Finding, ...]]


def seconds_of(manifest: Manifest) -> float:
    """Return how long a run may take: max_seconds, but never more than cyber-dojo's runner gives."""
    member = manifest.member("max_seconds")
    given = member.value if member else None
    if not isinstance(given, int | float) or isinstance(given, bool) or given <= 0:
        return USUAL_RUN
    return min(LONGEST_RUN, given)


def traces(image_name: str) -> bool:
    """Whether an image may trace processes, as clang's sanitizers do."""
    return image_name.startswith(_CLANG)


def edits(files: Mapping[str, str], manifest: Place, options: Located | None) -> Edits:
    """Return the three edits, from `options.json` or else of `6 * 9`, and a finding for each that cannot be made."""
    found = [_from_options(colour, files, options) for colour in Colour] if options else _from_mark(files, manifest)
    return tuple(f for f in found if isinstance(f, StartFileEdit)), tuple(f for f in found if isinstance(f, Finding))


def _from_mark(files: Mapping[str, str], manifest: Place) -> list[StartFileEdit | Finding]:
    name = next((name for name, text in files.items() if _MARK in text), None)
    if name is None:
        return [_no_mark(files, manifest)]
    place = Place(str(PurePosixPath(manifest.path).parent / name))
    return [StartFileEdit(colour=c, filename=name, old=_MARK, new=new, place=place) for c, new in _NEW.items()]


def _no_mark(files: Mapping[str, str], manifest: Place) -> Finding:
    """Return the finding that no file can be edited; where one has the solution, it is of that file."""
    solved = next((name for name, text in files.items() if _NEW[Colour.GREEN] in text), None)
    place = Place(str(PurePosixPath(manifest.path).parent / solved)) if solved else manifest
    has = f"; {solved} has {_NEW[Colour.GREEN]!r}, the solution" if solved else ""
    return Finding(
        rule="traffic-light-edit",
        place=place,
        found=f"no start file has {_MARK!r}, so they cannot be run for red, amber and green{has}",
        expected=f"{_MARK!r} in the start file that learners correct",
        cure=f"write {_MARK!r} there, or say by options.json next to the manifest what is to be edited",
    )


def _from_options(colour: Colour, files: Mapping[str, str], options: Located) -> StartFileEdit | Finding:
    given = options.member(str(colour))
    values = [given.member(key) for key in ("filename", "from", "to")] if given else []
    name, old, new = ([v.value if v else None for v in values] or [None] * 3)[:3]
    place = given.place if given else options.place
    if not (isinstance(name, str) and isinstance(old, str) and isinstance(new, str) and old):
        found = f"options.json has no edit that makes {colour}"
        return _fault("options", place, found, _OPTION, f"write what makes the start files {colour}")
    if name not in files:
        return _fault("options", place, f"{colour} edits {name!r}", "one of visible_filenames", "write its name")
    if old not in files[name]:
        found = f"{name} has no {old!r}, so it cannot be made {colour}"
        return _fault("edit", place, found, "a text that is in the file", "write another `from`")
    return StartFileEdit(colour=colour, filename=name, old=old, new=new, place=place)


def edited(files: Mapping[str, str], edit: StartFileEdit) -> Mapping[str, str]:
    """Return the start files with an edit made."""
    return {**files, edit.filename: files[edit.filename].replace(edit.old, edit.new, 1)}


def outcome_of(run: StartFilesRun, verdict: Verdict | None) -> str:
    """Return a run's outcome in cyber-dojo's word for it: a colour, timed_out or faulty."""
    if run.timed_out:
        return "timed_out"
    return verdict.colour if verdict and verdict.colour else "faulty"


def faults(edit: StartFileEdit, run: StartFilesRun, verdict: Verdict | None) -> Iterator[Finding]:
    """Return a finding where a run did not give its colour."""
    outcome = outcome_of(run, verdict)
    if outcome == edit.colour:
        return
    why = run.fault or (verdict.complaint if verdict else "")
    expected = f"{edit.colour}, for {edit}"
    cure = "correct what its output names; all of the output is in the log"
    if run.timed_out:
        why, cure = f"it was stopped after {run.seconds:.0f} s", "make it faster, or set max_seconds in the manifest"
    elif why and not run.fault:
        cure = "correct the rag_lambda"
    elif not why:
        why = _last_words(run)
    yield _fault(str(edit.colour), edit.place, f"it is {outcome}{f': {why}' if why else ''}", expected, cure)


def _last_words(run: StartFilesRun) -> str:
    """Return a run's status and the last line that it printed: mostly the reason for its colour."""
    lines = [line.strip() for text in (run.stdout.text, run.stderr.text) for line in text.splitlines() if line.strip()]
    printed = f", and it printed last {lines[-1][:_LONGEST]!r}" if lines else ""
    return f"exit status {run.status}{printed}"


def no_lambda(place: Place) -> Finding:
    """Return the finding that there is no rag_lambda."""
    found = f"the manifest names no rag_lambda that can be read, and the image has no {LAMBDA_IN_IMAGE}"
    return _fault("lambda", place, found, "Ruby that returns the colour", "write red_amber_green.rb, and name it")


def unreadable(names: Sequence[str], place: Place) -> Iterator[Finding]:
    """Return a finding for each start file that cannot be read."""
    for name in names:
        yield _fault("files", place, f"{name!r} cannot be read", "a text file in the repository", "ltf-ci check")


def version_faults(version: LanguageVersion, ended: ContainerResult, place: Place) -> Iterator[Finding]:
    """Return a finding where the language in the image is not of the tag's version.

    A version of fewer parts than the command prints is that of its leading ones: 25.8 of v25.8.0.
    """
    printed = (ended.stdout + b"\n" + ended.stderr).decode("utf-8", "replace").strip()
    end = r"(?:\.[0-9]+)*(?!\w|\.\w|-(?:rc|alpha|beta|dev))"
    if re.search(rf"(?<![0-9.]){re.escape(str(version))}{end}", printed):
        return
    what = "nothing in time" if ended.timed_out else repr(printed[:_LONGEST])
    cure = "tag with the version that is in the image, or build the image with this one"
    yield _fault("version", place, f"the version command prints {what}", f"the version {version}", cure)


def _fault(rule: str, place: Place, found: str, expected: str, cure: str) -> Finding:
    return Finding(rule=f"traffic-light-{rule}", place=place, found=found, expected=expected, cure=cure)

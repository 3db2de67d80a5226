"""The findings about a run of the start files that did not give its colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.container import ContainerResult, StartFilesRun
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.traffic_light.colour import LAMBDA_IN_IMAGE, Colour, StartFileEdit, Verdict
from ltf_ci.traffic_light.rules.edits import fault

LONGEST_RUN, USUAL_RUN = 15, 10  # seconds
_CLANG = ("cyberdojofoundation/clang", "ghcr.io/cyber-dojo-languages/clang")
_LONGEST = 300  # characters of what a container says


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


def outcome_of(run: StartFilesRun, verdict: Verdict | None) -> str:
    """Return a run's outcome in cyber-dojo's word for it: a colour, timed_out or faulty."""
    if run.timed_out:
        return "timed_out"
    return verdict.colour if verdict and verdict.colour else "faulty"


def faults(
    edit: StartFileEdit, run: StartFilesRun, verdict: Verdict | None, first: tuple[StartFilesRun, str]
) -> Iterator[Finding]:
    """Return a finding where a run did not give its colour; `first` is the run that is to be red, and its outcome."""
    outcome = outcome_of(run, verdict)
    if outcome == edit.colour:
        return
    why = run.fault or (verdict.complaint if verdict else "")
    expected = f"{edit.colour}, for {edit}"
    cure = _cure(edit.colour, run, *first)
    if run.timed_out:
        why, cure = f"it was stopped after {run.seconds:.0f} s", "make it faster, or set max_seconds in the manifest"
    elif why and not run.fault:
        cure = "correct the rag_lambda"
    elif not why:
        why = _last_words(run)
    yield fault(str(edit.colour), edit.place, f"it is {outcome}{f': {why}' if why else ''}", expected, cure)


def _cure(colour: Colour, run: StartFilesRun, red: StartFilesRun, outcome: str) -> str:
    """Return what to do about a run whose colour is another one, and that has ended by itself."""
    if colour is Colour.RED:
        first = "correct the tests, or the start files: learners begin with red"
        return first if outcome == Colour.GREEN else "correct what its output names"
    if outcome != Colour.RED:
        return f"correct what makes the start files {outcome} in place of red; then look again"
    if (run.status, run.stdout.text, run.stderr.text) == (red.status, red.stdout.text, red.stderr.text):
        return f"name another edit for {colour} in options.json: with this one the output is the same as red's"
    return f"let the rag_lambda return :{colour} for that output, or name another edit in options.json"


def _last_words(run: StartFilesRun) -> str:
    """Return a run's status and the last line that it printed: mostly the reason for its colour."""
    lines = [line.strip() for text in (run.stdout.text, run.stderr.text) for line in text.splitlines() if line.strip()]
    printed = f", and it printed last {lines[-1][:_LONGEST]!r}" if lines else ""
    return f"exit status {run.status}{printed}"


def no_lambda(place: Place) -> Finding:
    """Return the finding that there is no rag_lambda."""
    return fault(
        "lambda",
        place,
        f"the manifest names no rag_lambda that can be read, and the image has no {LAMBDA_IN_IMAGE}",
        "a file of Ruby such as `lambda { |stdout, stderr, status| /FAILED/ =~ stdout ? :red : :green }`",
        'write it as red_amber_green.rb next to the manifest, with "rag_lambda": "red_amber_green.rb" there',
    )


def unreadable(names: Sequence[str], place: Place) -> Iterator[Finding]:
    """Return a finding for each start file that cannot be read."""
    for name in names:
        yield fault("files", place, f"{name!r} cannot be read", "a text file in the repository", "ltf-ci check")


def version_faults(version: LanguageVersion, ended: ContainerResult, place: Place) -> Iterator[Finding]:
    """Return a finding where the language in the image is not of the tag's version.

    A version of fewer parts than the command prints is that of its leading ones: 25.8 of v25.8.0.
    """
    printed = (ended.stdout + b"\n" + ended.stderr).decode("utf-8", "replace").strip()
    end = r"(?:\.[0-9]+)*(?!\w|\.\w|-(?:rc|alpha|beta|dev))"
    if re.search(rf"(?<![0-9.]){re.escape(str(version))}{end}", printed):
        return
    what = "nothing in time" if ended.timed_out else repr(printed.partition("\n")[0][:_LONGEST])
    found = f"the version command prints {what}"
    cure = "tag with the version that is in the image, or build the image with this one"
    if ended.status:
        found = f"the version command ends with status {ended.status}, and prints {what}"
        cure = "correct `version-command`: it must run in the image, by bash"
    yield fault("version", place, found, f"the version {version}", cure)

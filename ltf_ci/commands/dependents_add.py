"""`ltf-ci dependents add`: entries of new version lines, a base's before what is made from it, by one pull request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ltf_ci.commands.image_sources import source
from ltf_ci.commands.outside import Outside
from ltf_ci.commands.pull_requests import conclusion_of, error_of, outputs_of, plan_of, settle
from ltf_ci.commands.requests import PullRequest
from ltf_ci.errors import BadInput, Refused, UsageError
from ltf_ci.model.dependents import Dependent, Dependents, dependents_path
from ltf_ci.model.finding import Place
from ltf_ci.model.languages_list import ListEntry
from ltf_ci.model.languages_state import Decision, Files, LanguagesState
from ltf_ci.model.outcome import Outcome
from ltf_ci.model.registry import Absent, Present, Unknown
from ltf_ci.rules import dependents_edits, dependents_scan, proposing
from ltf_ci.rules.dependents_additions import bases_of_ours, branch_name, in_order, text
from ltf_ci.rules.dependents_scan import Scanned
from ltf_ci.rules.proposing import Proposal


@dataclass(frozen=True, kw_only=True)
class Request(PullRequest):
    """Which releases' entries."""

    release: tuple[ListEntry, ...]
    dry_run: bool


def run(request: Request, outside: Outside) -> Outcome:
    """Propose the entries; what is made FROM an image of ours waits until that is in its registry."""
    if request.languages is None or not request.release:
        raise UsageError("no languages repository or no release is named", expected="--languages and --release")
    entries = in_order([_entry(entry, outside) for entry in request.release])
    path = dependents_path(request.list)
    languages = outside.languages(request.languages, (path,), request.options)
    languages.ready()

    def decide(state: LanguagesState) -> Decision:
        there = _read(state.base.files, path)
        _expect_bases(there, entries, outside)
        title, body = text(entries)
        edited = {path: dependents_edits.put(there, entries)}
        return proposing.decide(
            state, Proposal(branch=branch_name(entries), title=title, body=body, edit=lambda _files: edited)
        )

    settled = settle(branch_name(entries), decide, languages, outside, dry_run=request.dry_run)
    conclusion, reason = conclusion_of([settled])
    return Outcome(
        conclusion=conclusion,
        reason=reason,
        steps=(settled.step,),
        outputs=outputs_of([settled]),
        plan={**plan_of([settled]), "entries": dependents_edits.members(entries)},
        error=error_of([settled]),
    )


def _entry(entry: ListEntry, outside: Outside) -> Dependent:
    """Give a release's entry, as its repository says it."""
    if entry.tag is None:
        raise UsageError(f"{entry} names no release", expected="URL?tag=LANGVERSION-REVISION")
    with TemporaryDirectory(prefix="ltf-ci-clone-") as folder:
        outside.git(Path(folder)).clone_at(entry.url.absolute(Path()), entry.ref)
        seen = source(Path(folder))
    return dependents_scan.entry(
        Scanned(
            place=Place(str(entry)),
            repository=entry.url.name,
            tag=entry.tag,
            image=seen.image,
            bases=seen.bases,
            test_framework=seen.test_framework,
        )
    )


def _read(files: Files, path: str) -> Dependents:
    raw = files[path]
    if raw is None:
        raise BadInput(
            f"the languages repository has no {path}",
            expected="the file that says which images are made FROM which",
            cure="write it first: `ltf-ci dependents scan --write`",
        )
    return Dependents.read(raw.encode(), path)


def _expect_bases(there: Dependents, entries: Sequence[Dependent], outside: Outside) -> None:
    """Refuse what is made from an image of ours that nobody can build on yet."""
    for entry, base in bases_of_ours(there, entries):
        match outside.registry.resolve(base):
            case Absent():
                raise Refused(
                    f"{entry.key} is made FROM {base}, which is not in its registry",
                    expected="the base's image first, then what is made from it",
                    cure="release the base; then run this again",
                )
            case Unknown() as unknown:
                raise unknown.error(f"whether {base} is there")
            case Present():
                pass

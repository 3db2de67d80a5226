"""Which dependents are built again after their bases moved: decided from labels in the registry, and from past runs.

No state is kept. A dependent whose image says that it was made of the newest base is done, whoever did it; a run that
is under way is waited for; so a notification that was killed goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import TypeAlias

from ltf_ci.errors import UsageError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.rules.waves import stands_for
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.tags import release_tags
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.github import WorkflowRun
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.image import LATEST, Digest, ImageName
from ltf_ci.model.layout import RETAG_WORKFLOW
from ltf_ci.model.release_tag import ReleaseTag, is_release_tag, release_tag_in
from ltf_ci.model.repository_url import repository_in

WORKFLOW = RETAG_WORKFLOW
FAILURES = 3  # running: then a dependent is left out until a maintainer releases it by hand
_FAILED = ("failure", "timed_out", "startup_failure")


@dataclass(frozen=True, slots=True)
class Made:
    """An image's newest release of a version line: its name, digest and labels."""

    image: ImageName
    digest: Digest
    labels: ImageLabels


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentState:
    """A dependent's newest release, its bases as they are now, and the runs of its workflow, the newest first.

    Of the bases only those count that the notification is about: what was named, and what was built again for it.
    """

    made: Made | None
    bases: tuple[Made, ...]
    runs: tuple[WorkflowRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Start its workflow with these inputs."""

    inputs: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Await:
    """Its workflow runs already, for this very change."""

    run: WorkflowRun


@dataclass(frozen=True, slots=True)
class UpToDate:
    """Nothing is to be built: why."""

    why: str


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """It failed too often: its last run."""

    last: WorkflowRun


NotifyDecision: TypeAlias = Dispatch | Await | UpToDate | LeaveOut


def decide(dependent: Dependent, standing: DependentState, reason: str) -> NotifyDecision:
    """Return what is to be done for a dependent whose bases are where they are now."""
    made = standing.made
    if made is None:
        return UpToDate(f"{dependent.image.untagged} has no release of {dependent.line or 'any version'} yet")
    if not standing.bases:
        return UpToDate("no base of it has a release")
    if is_on(made, standing.bases):
        return UpToDate(f"{made.image} is made of {made.labels.base_name} as it is now")
    inputs = inputs_of(dependent, standing.bases, reason)
    own = [run for run in standing.runs if is_of(run, inputs)]
    waiting = [run for run in own if not run.has_ended]
    if waiting:
        return Await(waiting[0])
    if own and own[0].succeeded and is_on(made, standing.bases) is None:
        return UpToDate(f"{own[0].url} has built it")
    failed = failures(standing.runs, inputs["lines"], made)
    return LeaveOut(failed[0]) if len(failed) >= FAILURES else Dispatch(inputs)


def is_on(made: Made, bases: Iterable[Made]) -> bool | None:
    """Whether an image was made of its bases as they are now; None where its labels do not name all of these.

    Those of an older release may name the base of the last stage alone.
    """
    now = tuple(bases)
    named = {each: [base for base in now if _are_of_one_line(each, base.image)] for each in made.labels.made_of}
    if any(of_same and each.digest not in {base.digest for base in of_same} for each, of_same in named.items()):
        return False
    is_known = all(any(base in of_same for of_same in named.values()) for base in now)
    return True if now and is_known else None


def inputs_of(dependent: Dependent, bases: Iterable[Made], reason: str) -> dict[str, str]:
    """Return the inputs of a dependent's workflow: its version line, its bases as they are to be, and the reason."""
    named = " ".join(sorted({_named_base(base) for base in bases}))
    return {"lines": dependent.line or "all", "base": named, "reason": reason}


def _named_base(base: Made) -> str:
    """Name a base as the workflow takes it; one whose tag may move by its digest too: each move is another request."""
    image = base.image.tagged(base.image.tag or LATEST)
    return str(image if is_release_tag(image.tag) else image._replace(digest=base.digest))


def title_of(inputs: Mapping[str, str]) -> str:
    """Return the beginning of such a run's title, as workflows/ltf-ci-retag.yml writes it."""
    return f"retag {inputs['lines']} on {inputs['base']}"


def is_of(run: WorkflowRun, inputs: Mapping[str, str]) -> bool:
    """Whether a run was started for the same line and bases."""
    title = title_of(inputs)
    return run.title == title or run.title.startswith(f"{title}: ")


def failures(runs: Sequence[WorkflowRun], lines: str, made: Made) -> list[WorkflowRun]:
    """Return a line's failed runs since its newest release was made, or since one went well, the newest first.

    A release's time is its commit's. A release by hand ends the count.
    """
    of_line = [run for run in runs if _is_of_line(run, lines) and run.at > made.labels.created]
    return [run for run in takewhile(lambda run: not run.succeeded, of_line) if run.conclusion in _FAILED]


def _is_of_line(run: WorkflowRun, lines: str) -> bool:
    """Whether a run re-tagged this line, alone or among others."""
    verb, _, rest = run.title.partition(" ")
    named = rest.partition(" ")[0].rstrip(":").split(",")
    return verb == "retag" and (lines in named or "all" in named)


def of_line(dependent: Dependent, tags: Collection[str]) -> list[ReleaseTag]:
    """Return the releases of a dependent's version line among an image's tags, the newest first."""
    return [tag for tag in release_tags(tags) if dependent.line in ("", tag.version.text)]


def repository_of(dependent: Dependent, made: Made | None, owner: str, github: GithubHost) -> str:
    """Return where a dependent's workflow is, as OWNER/NAME at GitHub.

    That is its key's, else what its newest release says in its label, else the owner's that is given. Raise UsageError
    where none of them says it.
    """
    if "/" in dependent.repository:
        return dependent.repository
    source = repository_in(made.labels.source if made else "")
    name = github.name_of(source) if source else ""
    if source and name and source.name.lower() == dependent.repository.lower():
        return name
    if not owner:
        raise UsageError(
            f"neither the key nor the image's label names the owner of {dependent.repository}",
            expected="OWNER/NAME",
            cure="name its owner: --owner OWNER",
        )
    return f"{owner}/{dependent.repository}"


def _are_of_one_line(one: ImageName, other: ImageName) -> bool:
    """Whether two names may be of one image's version line; `latest` and a commit may be of any."""
    tags = [tag for tag in map(release_tag_in, (one.tag, other.tag)) if tag]
    return one.repository == other.repository and len({tag.version for tag in tags}) <= 1


def moved(graph: ImageGraph, changed: Iterable[str]) -> frozenset[Dependent | ImageName]:
    """Return what changed itself, by the names that were given: entries, and images that no entry makes."""
    return frozenset(chain.from_iterable(stands_for(graph, name) for name in changed))

"""The languages repository as ltf-ci needs it: workflows, the form of the list's lines, a lock, and the graph."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.adopt.fleet import Fleet, Seen
from ltf_ci.adopt.propose import propose
from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.languages_files import ListPlace, list_settings, repeats_of, without_lock
from ltf_ci.adopt.rules.text import BRANCH, languages_text
from ltf_ci.clients.pull_requests.repository import TargetRepository
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.fleet.rules import scan
from ltf_ci.fleet.rules.scan import Scanned
from ltf_ci.languages.dependents import Dependent, Dependents, dependents_path
from ltf_ci.languages.lock import lock_path
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.layout import LAMBDA_OF_IMAGE, LANGUAGES_LIST, SETTINGS, WORKFLOWS
from ltf_ci.model.release_tag import release_tag_in
from ltf_ci.model.remote_repository import Files, RepositoryState
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.workflows.action_reference import ActionReference
from ltf_ci.workflows.planned_files import Wishes, planned_files
from ltf_ci.workflows.repository_kind import RepositoryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguagesFiles:
    """The languages repository, its list, and what its workflows say."""

    place: LanguagesPlace
    list: str
    app_client_id: str = ""
    action: ActionReference | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The files whose texts are read, which are the same for every run."""
        names = RepositoryKind.LANGUAGES.workflows
        return (
            *(f"{WORKFLOWS}/{name}" for name in names),
            *(f"{WORKFLOWS}/{name.removeprefix('ltf-ci-')}" for name in names),
            SETTINGS,
            self.list,
            lock_path(self.list),
            dependents_path(self.list),
        )


def adopt_languages(languages: LanguagesFiles, fleet: Fleet, run: Run, *, dry_run: bool) -> Adoption:
    """Open, update or leave the pull request in the languages repository; its error is its own."""
    place = str(languages.place)
    try:
        return _adopt(languages, fleet, run, dry_run=dry_run)
    except LtfError as error:
        return Adoption(place=place, stage=Stage.FAILED, why=error.found, error=error)


def _adopt(languages: LanguagesFiles, fleet: Fleet, run: Run, *, dry_run: bool) -> Adoption:
    repository = run.target_repository(languages.place, languages.paths)
    state = repository.state(BRANCH)
    if state.base.files[languages.list] is None:
        raise BadInput(
            f"{languages.place} has no {languages.list}",
            expected="a languages repository with its list",
            cure="name the list by --list",
        )
    places = _places(state, languages, repository)
    entries, faults = _entries(fleet)
    about = Adoption(
        place=str(languages.place), stage=Stage.READY, by_hand=tuple(f"{each.found}; {each.cure}" for each in faults)
    )

    def edit(files: Files) -> Files:
        return _completed(files, languages, places, entries)

    if edit(state.base.files) == state.base.files:
        return about
    return propose(about, repository, edit, languages_text, run, dry_run=dry_run)


def _places(state: RepositoryState, languages: LanguagesFiles, repository: TargetRepository) -> tuple[ListPlace, ...]:
    """Return the files that repeat the list's lines, as the fleet's list is generated from them."""
    files = state.base.files
    known = () if files[SETTINGS] else (*repeats_of(files[languages.list] or "", languages.list),)
    there = repository.texts(state, tuple(place.example for place in known)) if known else {}
    return tuple(place for place in known if there[place.example] == place.line)


def _completed(
    files: Files, languages: LanguagesFiles, places: tuple[ListPlace, ...], entries: tuple[Dependent, ...]
) -> Files:
    there = {path: text.encode() for path, text in files.items() if text is not None}
    wanted = dict(files)
    for change in planned_files(there, RepositoryKind.LANGUAGES, _wishes(languages)):
        wanted[change.path] = change.after.decode()
        if change.old_path:
            wanted[change.old_path] = None
    listed, dependents = files[languages.list] or "", dependents_path(languages.list)
    wanted |= list_settings(listed, languages.list, files[SETTINGS], places)
    wanted |= without_lock(listed, languages.list, files[lock_path(languages.list)])
    known = Dependents.parse((files[dependents] or "{}\n").encode(), dependents)
    return {**wanted, dependents: dependents_edits.put(known, entries)}


def _wishes(languages: LanguagesFiles) -> Wishes:
    named = {"list": languages.list} if languages.list != LANGUAGES_LIST else {}
    app = {"app-client-id": languages.app_client_id} if languages.app_client_id else {}
    return Wishes(action=languages.action, known_inputs={**named, **app})


def _entries(fleet: Fleet) -> tuple[tuple[Dependent, ...], tuple[Finding, ...]]:
    """Return the graph of the fleet as its repositories are now, and which of them cannot be in it."""
    seen = [each for each in fleet.seen.values() if isinstance(each, Seen)]
    return scan.entries(scanned(each, fleet) for each in seen)


def scanned(seen: Seen, fleet: Fleet) -> Scanned:
    """Return what a repository says of the image that it makes, as a scan of the fleet has it."""
    owner, _, name = str(seen.place).removesuffix(".git").rpartition("/")
    release = fleet.releases[seen.maker]
    tag = release_tag_in(release.tag) if release and not isinstance(release, LtfError) else None
    return Scanned(
        place=Place(str(seen.place)),
        repository=name,
        owner=owner.rpartition("/")[2],
        is_start_point=seen.maker.is_start_point,
        tag=tag,
        image=seen.maker.image,
        bases=seen.maker.bases,
        test_framework=seen.maker.is_start_point or seen.files[LAMBDA_OF_IMAGE] is not None,
    )

"""`ltf-ci adopt`: the repositories of a fleet brought to ltf-ci, by one pull request in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ltf_ci.adopt.adopt import Asked, adopt
from ltf_ci.adopt.change import Facts
from ltf_ci.adopt.fleet import Fleet, look
from ltf_ci.adopt.languages import LanguagesFiles, adopt_languages
from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.table import last_lines, table
from ltf_ci.adopt.rules.versions import Versions, read_versions
from ltf_ci.clients.files import read_named
from ltf_ci.clients.github.owners import repositories_of
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput, UsageError
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.listed_repositories import address, read_list
from ltf_ci.languages.requests import Languages
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Finding, counted
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, together
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.model.repository_place import LanguagesPlace, github_owner
from ltf_ci.options.login import AtGithub
from ltf_ci.options.option import many, switch, value
from ltf_ci.options.shared import AllowLocal, DryRun
from ltf_ci.workflows.requests import WrittenWorkflows

_QUIET = "every repository has its files, an open pull request, or waits for another repository"


class Request(WrittenWorkflows, Languages, AllowLocal, DryRun, AtGithub):
    """Which repositories."""

    repositories: tuple[Path, ...] = many(
        "a file that lists repositories, a line each: an address, or a line of the languages list",
        Path,
        "FILE",
        positional=True,
    )
    owner: tuple[str, ...] = many("all LTF repositories of this owner at GitHub", github_owner, "OWNER")
    push_tags: bool = switch("push the first tag where a repository has all that it needs, and its version is known")
    versions: Path | None = value(
        "a file with a line `OWNER/NAME VERSION` for each repository whose language version no file says",
        Path,
        "FILE",
        default=None,
    )


def execute(request: Request, run: Run) -> Outcome:
    """Open one pull request in each repository that lacks something, and waits for no other."""
    lists = [read_list(file) for file in request.repositories]
    faults = [
        fault for listed in lists for fault in list_rules.of_lines(listed, local=request.allow_local) if fault.fails
    ]
    written = _versions(request.versions)
    named = _places(lists, request, run.github_host)
    fleet = look(tuple(dict.fromkeys((*named, *_of_owners(request, run)))), named, run)
    asked = Asked(
        facts=Facts(languages=str(request.languages or ""), app_client_id=request.app_client_id, action=request.action),
        versions=Versions.of(fleet.makers, written),
        push_tags=request.push_tags,
        dry_run=request.dry_run,
    )
    adoptions: list[Adoption] = []
    for number, adoption in enumerate(_adopted(request, fleet, asked, run), 1):
        adoptions.append(adoption)
        if not request.dry_run:
            run.show(adoption.step)
        run.progress(number, len(fleet.seen) + bool(request.languages), "repositories")
    return _outcome(adoptions, fleet, tuple(faults), dry_run=request.dry_run)


def _of_owners(request: Request, run: Run) -> Iterator[LanguagesPlace]:
    """Return the repositories of the owners that are named."""
    for owner in request.owner:
        seen_from = request.languages.github if request.languages else ""
        names = repositories_of(owner, run.github, seen_from or owner)
        yield from (LanguagesPlace(github=name) for name in names)


def _adopted(request: Request, fleet: Fleet, asked: Asked, run: Run) -> Iterator[Adoption]:
    yield from adopt(fleet, asked, run)
    if request.languages:
        languages = LanguagesFiles(
            place=request.languages, list=request.list, app_client_id=request.app_client_id, action=request.action
        )
        yield adopt_languages(languages, fleet, run, dry_run=request.dry_run)


def _versions(file: Path | None) -> Mapping[str, LanguageVersion]:
    if file is None:
        return {}
    raw = read_named(file)
    if raw is None:
        raise BadInput(
            f"{file} is not there",
            expected="a file with a line REPOSITORY VERSION for each",
            cure="name the file with the versions",
        )
    return read_versions(text_of(raw, str(file)), str(file))


def _places(lists: Sequence[LanguagesList], request: Request, github: GithubHost) -> tuple[LanguagesPlace, ...]:
    """Return the repositories of all lists, each once, in their order; raise UsageError where no list is named."""
    if not (lists or request.owner):
        raise UsageError(
            "no repositories are named",
            expected="a file with an address on each line, or --owner OWNER",
            cure="ltf-ci adopt git_repo_urls.tagged --dry-run",
        )
    found: dict[str, LanguagesPlace] = {}
    for listed in lists:
        for line in list_rules.followed(listed, local=request.allow_local):
            url = address(listed, line)
            name = github.name_of(url)
            found.setdefault(url.key, LanguagesPlace(github=name) if name else LanguagesPlace(url=url))
    return tuple(found.values())


def _outcome(adoptions: Sequence[Adoption], fleet: Fleet, faults: tuple[Finding, ...], *, dry_run: bool) -> Outcome:
    """Return how all ended together; a line of a list that could not be read is a finding."""
    broken = [Ending(Conclusion.FAILED, counted(faults))] if faults else []
    ending = together([*(each.ending for each in adoptions), *broken])
    failed = [each.place for each in adoptions if each.stage is Stage.FAILED]
    several = f"{len(failed)} repositories failed, as their rows say" if len(failed) > 1 and not faults else ""
    return Outcome(
        conclusion=ending.conclusion,
        reason=several or ending.reason or (_QUIET if ending.conclusion is Conclusion.NOTHING_TO_DO else ""),
        findings=faults,
        steps=tuple(each.step for each in adoptions),
        plan={"repositories": [each.as_data() for each in adoptions], "others": list(fleet.others)},
        text=(table(adoptions) if dry_run else last_lines(adoptions)) + _others(fleet),
        is_table=dry_run,
        outputs={"pull-requests": "\n".join(each.pull_request for each in adoptions if each.pull_request)},
        error=next((each.error for each in adoptions if each.error), None),
    )


def _others(fleet: Fleet) -> str:
    several = "repository is" if len(fleet.others) == 1 else "repositories are"
    return f"{len(fleet.others)} more {several} of another kind\n" if fleet.others else ""

"""`ltf-ci adopt`: the repositories of a fleet brought to ltf-ci, by one pull request in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ltf_ci.adopt import places
from ltf_ci.adopt.adopt import Asked, adopt
from ltf_ci.adopt.change import Facts
from ltf_ci.adopt.fleet import Fleet, look
from ltf_ci.adopt.languages import LanguagesFiles, adopt_languages
from ltf_ci.adopt.rules.adoption import Adoption
from ltf_ci.adopt.rules.report import outcome
from ltf_ci.adopt.rules.versions import Versions, read_versions
from ltf_ci.clients.files import read_needed
from ltf_ci.clients.run import Run
from ltf_ci.errors import UsageError
from ltf_ci.languages.listed_repositories import read_list
from ltf_ci.languages.requests import Languages
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.model.file_text import text_of
from ltf_ci.model.outcome import Outcome
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.model.repository_place import github_owner
from ltf_ci.options.login import AtGithub
from ltf_ci.options.option import many, switch, value
from ltf_ci.options.shared import AllowLocal, DryRun
from ltf_ci.workflows.requests import WrittenWorkflows


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
    if not (request.repositories or request.owner):
        raise UsageError(
            "no repositories are named",
            expected="a file with an address on each line, or --owner OWNER",
            cure="ltf-ci adopt git_repo_urls.tagged --dry-run",
        )
    lists = [read_list(file) for file in request.repositories]
    faults = [
        fault
        for listed in lists
        for fault in list_rules.of_lines(listed, local=request.allow_local, github=run.github_host)
        if fault.fails
    ]
    written = _versions(request.versions)
    named = places.listed(lists, run.github_host, local=request.allow_local)
    owned = places.of_owners(request.owner, request.languages, run.github)
    fleet = look(places.each_once((*named, *owned)), named, run)
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
    return outcome(adoptions, fleet.others, tuple(faults), dry_run=request.dry_run)


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
    raw = read_needed(file, "a file with a line REPOSITORY VERSION for each", "name the file with the versions")
    return read_versions(text_of(raw, str(file)), str(file))

"""How far each version line of a repository is: in git, in the registry, in the languages list; what it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from ltf_ci.images.rules.tags import newest_of_lines
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.rules import list_files
from ltf_ci.languages.rules.branch_contents import BranchRelease, releases_in
from ltf_ci.languages.rules.renames import Renames
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.model.remote_repository import RepositoryState
from ltf_ci.model.repository_url import RepositoryUrl

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the languages list and its open pull requests have of a repository, by its address of today.

    `older` are the addresses that the list has it by.
    """

    url: RepositoryUrl
    entries: tuple[ListEntry, ...]
    pulls: tuple[BranchRelease, ...]
    older: tuple[RepositoryUrl, ...] = ()

    @classmethod
    def of(cls, state: RepositoryState, list_path: str, url: RepositoryUrl, renames: Renames) -> Listing:
        """Return what a languages repository has of the one at `url`, which may itself be an older address."""
        own = renames.entry(ListEntry(url, "")).url
        listed = list_files.list_in(list_files.today(state.base.files, list_path, renames)[0], list_path)
        pulls = chain.from_iterable(releases_in(other.message, other.branch, other.url) for other in state.other_pulls)
        return cls(
            url=own,
            entries=tuple(line.entry for line in listed.of(own)),
            pulls=tuple(replace(each, entry=renames.entry(each.entry)) for each in pulls),
            older=renames.older_in(list_files.list_in(state.base.files, list_path)),
        )

    @property
    def detail(self) -> str:
        """What is odd about how the list names the repository; empty where nothing is."""
        named = ", ".join(map(str, self.older))
        return f"it has the repository by its older address {named}: the next bump writes {self.url}" if named else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStatus:
    """A version line: its newest release tag in git and in the registry, its ref in the list, its pull request.

    `unpushed` is a newer release tag that this clone alone has, and `written` the tag that image_name has where that is
    another, though it is at HEAD. `listed` is empty where the list has no line of it, and None where the list is not
    known; so is `is_image_known` false where the registry did not answer.
    """

    version: LanguageVersion
    git_tag: ReleaseTag | None
    image_tag: ReleaseTag | None
    listed: str | None
    pull: str = ""
    unpushed: ReleaseTag | None = None
    written: str = ""
    is_image_known: bool = True

    @property
    def waits(self) -> str:
        """What the line waits for; empty where its newest release is finished."""
        if self.unpushed:
            by_hand = f"was tagged by hand, and image_name has {self.written}: git tag -d {self.unpushed}"
            not_pushed = (
                f"is tagged here, and not pushed: git push origin {self.unpushed}, or git tag -d {self.unpushed}"
            )
            return f"{self.unpushed} {by_hand if self.written else not_pushed}"
        return self._waits_elsewhere if self.is_image_known else ""

    @property
    def _waits_elsewhere(self) -> str:
        if self.git_tag and (self.image_tag is None or self.image_tag < self.git_tag):
            return f"{self.git_tag} is tagged and has no image yet: see its workflow run"
        if self.pull:
            return self.pull if self.pull.startswith("the branch ") else f"pull request {self.pull}"
        if self.listed and self.listed != str(self.image_tag):
            return f"the list has {self.listed}, and no pull request is open: ltf-ci bump"
        return ""

    @property
    def detail(self) -> str:
        """Where its newest release is, and what it waits for."""
        released = f"image {self.image_tag}" if self.image_tag else "no image"
        if not self.is_image_known:
            released = f"{self.git_tag} in git, its image not known" if self.git_tag else "its image not known"
        newest = self.image_tag if self.is_image_known else self.git_tag or self.unpushed
        listed = {None: "", "": ", not in the list", str(newest): ", in the list"}.get(self.listed, "")
        return f"{released}{listed}{f'; waits: {self.waits}' if self.waits else ''}"

    def as_data(self) -> dict[str, str]:
        """Return it as JSON data."""
        return {
            "version": str(self.version),
            "git-tag": str(self.git_tag or ""),
            "image-tag": str(self.image_tag or ""),
            "listed": self.listed or "",
            "pull-request": self.pull,
            "waits": self.waits,
        }


def statuses(
    git_tags: Iterable[str],
    image_tags: Iterable[str] | None,
    listing: Listing | None,
    here: Iterable[str] = (),
    by_hand: Mapping[str, str] = NOTHING,
) -> tuple[LineStatus, ...]:
    """Return each version line that has a release tag in git, the newest first; `here` are the clone's own tags.

    `image_tags` are None where the registry did not answer. `by_hand` are the tags at HEAD that image_name does not
    have, with the tag that it has.
    """
    at_origin, local, pushed = newest_of_lines(git_tags), newest_of_lines(here), newest_of_lines(image_tags or ())
    newer = {line: tag for line, tag in local.items() if line not in at_origin or tag > at_origin[line]}
    tagged = {**newer, **at_origin}
    return tuple(
        LineStatus(
            version=version,
            git_tag=at_origin.get(version),
            image_tag=pushed.get(version),
            listed=_ref(listing, version) if listing else None,
            pull=_pull(listing, pushed.get(version)) if listing else "",
            unpushed=newer.get(version),
            written=by_hand.get(str(newer.get(version)), ""),
            is_image_known=image_tags is not None,
        )
        for version, tag in sorted(tagged.items(), key=lambda item: item[1], reverse=True)
    )


def _ref(listing: Listing, version: LanguageVersion) -> str:
    return next((entry.ref for entry in listing.entries if entry.tag and entry.tag.version == version), "")


def _pull(listing: Listing, tag: ReleaseTag | None) -> str:
    """Return the address of the open pull request that lists a release."""
    urls = (each.url for each in listing.pulls if each.entry.url.key == listing.url.key and each.entry.tag == tag)
    return next(urls, "") if tag else ""


def data_of(lines: Iterable[LineStatus]) -> list[Mapping[str, str]]:
    """Return version lines as JSON data."""
    return [line.as_data() for line in lines]

"""The options of bump and release, and of whatever else reads or changes a languages list."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.errors import UsageError
from ltf_ci.languages.dependents import NAME as DEPENDENTS
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.manifest.requests import Allowing
from ltf_ci.model.layout import LANGUAGES_LIST
from ltf_ci.model.repository_place import LanguagesPlace, PullOptions, list_path
from ltf_ci.options.folder import AtTag
from ltf_ci.options.login import AtGithub
from ltf_ci.options.option import Options, many, switch, value
from ltf_ci.options.shared import DryRun
from ltf_ci.publish.options import PushTo
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.pull_requests.options import group, label, reviewer

LIST = LANGUAGES_LIST
_LIST = "the languages list"
_DEPENDENTS = "the file that names the images which each image is made FROM"


class ListInRepository(Options):
    """The languages repository."""

    list: str = value(_LIST, list_path, "FILE", default=LIST, in_settings=True, in_action=True)


class Languages(ListInRepository):
    """The languages repository."""

    languages: LanguagesPlace | None = value(
        "the repository with the languages list: OWNER/NAME at GitHub, a git URL, or a path",
        LanguagesPlace.parse,
        "PLACE",
        default=None,
        in_settings=True,
        in_action=True,
    )


class LanguagesRepository(Languages, AtGithub):
    """The languages repository."""


class DependentsInRepository(Options):
    """The languages repository."""

    dependents: str = value(_DEPENDENTS, list_path, "FILE", default=DEPENDENTS)


class ListArgument(Options):
    """Which list."""

    list: Path = value(_LIST, Path, "FILE", default=Path(LIST), positional=True)


class ListFiles(Options):
    """Which lists."""

    list: tuple[Path, ...] = many(
        "a list of repositories: images' and start points'", Path, "FILE", default=(Path(LIST),)
    )


class AskingImages(Options):
    """How repositories and registries are asked."""

    images: bool = switch("ask the registries for the images", default=True)


class DependentsArgument(Options):
    """Which images."""

    dependents: Path = value(_DEPENDENTS, Path, "FILE", default=Path(DEPENDENTS), positional=True)


class DependentsFile(Options):
    """Which images."""

    dependents: Path = value(_DEPENDENTS, Path, "FILE", default=Path(DEPENDENTS))


class PullRequest(LanguagesRepository):
    """The pull request."""

    group: str = value(
        "put this bump into the one pull request of this group", group, "NAME", default="", in_settings=True
    )
    label: tuple[str, ...] = many("a label for a new pull request", label, "NAME", in_settings=True)
    reviewer: tuple[str, ...] = many("who is asked to review a new pull request", reviewer, "LOGIN", in_settings=True)
    draft: bool = switch("open a new pull request as a draft", in_settings=True)
    auto_merge: bool = switch("let a new pull request merge itself when its checks are green", in_settings=True)

    def __post_init__(self) -> None:
        if self.draft and self.auto_merge:
            raise UsageError("draft and auto-merge are both given", expected="one of them: a draft cannot be merged")

    @property
    def options(self) -> PullOptions:
        """What a new pull request is given."""
        return PullOptions(labels=self.label, reviewers=self.reviewer, draft=self.draft, auto_merge=self.auto_merge)


class NamedReleases(Options):
    """Which releases."""

    release: tuple[ListEntry, ...] = many("a release, instead of the folder's", ListEntry.parse, "URL?tag=TAG")


class BumpRequest(NamedReleases, AtTag, Allowing, PushTo, PullRequest, DryRun):
    """Which releases."""


class ReleaseRequest(PublishRequest, PullRequest):
    """The image and its pull request."""

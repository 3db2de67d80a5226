"""What each command can be told: one table, from which flags and environment come.

An option has one name everywhere: `--language-version` as a flag is `LTF_CI_LANGUAGE_VERSION` in the environment.
The first of these that is given wins; then the repository's settings (settings.py); then the default.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

from ltf_ci.model.latest_policy import LatestPolicy
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.option import Command, Kind, Option


def _late(module: str, name: str) -> Callable[[str], Any]:
    """Give a parser of ltf_ci.model that is imported when it is first used: `check` does not pay for the others."""

    def parse(text: str) -> Any:
        return attrgetter(name)(import_module(f"ltf_ci.model.{module}"))(text)

    return parse


def _switch_option(name: str, text: str, *, default: bool = False, in_settings: bool = True) -> Option:
    return Option(name=name, help=text, kind=Kind.SWITCH, default=default, in_settings=in_settings)


def _many_option(name: str, text: str, metavar: str, parse: Callable[[str], Any] = str) -> Option:
    return Option(name=name, help=text, kind=Kind.MANY, parse=parse, default=(), metavar=metavar)


_ALL = (
    Option(
        name="directory",
        help="the repository's folder",
        parse=Path,
        default=Path(),
        metavar="DIR",
        positional=True,
        in_settings=False,
    ),
    Option(
        name="tag",
        help="the git tag to check; without it the tag at HEAD",
        parse=ReleaseTag.parse,
        metavar="TAG",
        in_settings=False,
    ),
    Option(
        name="only",
        help="check this part alone: manifest (as cyber-dojo asks), or agreement (with git tag and README)",
        parse=_late("check_part", "CheckPart.parse"),
        metavar="PART",
        in_settings=False,
    ),
    _many_option(
        "allow",
        "let the manifest break this rule, which cyber-dojo itself does not hold (docs/manifest.md)",
        "RULE",
        _late("manifest_rule", "allowed_rule"),
    ),
    Option(
        name="language-version",
        help="the first, or next, revision of this version",
        parse=LanguageVersion.parse,
        metavar="VERSION",
        in_settings=False,
    ),
    _switch_option("push", "push the branch and the tag, both or neither", in_settings=False),
    _switch_option("dry-run", "show the plan, and carry nothing out", in_settings=False),
    _switch_option("update", "bring what `init` wrote up to date, and keep your edits", in_settings=False),
    Option(
        name="action",
        help="call ltf-ci by this reference: a fork, or a commit with its version, 'OWNER/REPO@SHA # v1.2.0'",
        parse=_late("action_reference", "ActionReference.parse"),
        metavar="OWNER/REPO@REF",
        in_settings=False,
    ),
    Option(
        name="push-to",
        help="send the image to another registry, HOST or HOST/PREFIX: a mirror, a rehearsal",
        parse=_late("build_options", "image_place"),
        default="",
        metavar="PLACE",
    ),
    Option(
        name="image-from",
        help="the image that a repository without docker/ releases under its own tag",
        default="",
        metavar="IMAGE",
    ),
    _many_option(
        "platform",
        "build for this platform, linux/amd64 say; several make an index",
        "OS/ARCH",
        _late("build_options", "platform"),
    ),
    Option(name="builder", help="the buildx builder to use", default="", metavar="NAME"),
    _many_option("build-arg", "a build argument of the Dockerfile", "NAME=VALUE", _late("build_options", "build_arg")),
    _many_option(
        "secret",
        "a build secret, as docker writes it: id=NAME,env=VARIABLE",
        "SECRET",
        _late("build_options", "build_secret"),
    ),
    _switch_option("no-cache", "build every layer anew: for security rebuilds"),
    _switch_option("provenance", "attach BuildKit's provenance attestation"),
    _switch_option("sbom", "attach an SBOM attestation"),
    Option(
        name="latest",
        help="auto moves `latest` only forward, always even backwards, never leaves it alone",
        parse=LatestPolicy.parse,
        default=LatestPolicy.AUTO,
        for_one_run=(LatestPolicy.ALWAYS,),
        metavar="POLICY",
    ),
    _switch_option("test", "push only what gives red, amber and green, where a rag_lambda is there", default=True),
    Option(
        name="version-command",
        help="what prints the language's version in the image: `python3 --version`, say; it must be the tag's",
        default="",
        metavar="COMMAND",
    ),
    Option(
        name="image",
        help="the image to test; without it the manifest's, under the tag",
        default="",
        metavar="IMAGE",
        in_settings=False,
    ),
    Option(
        name="languages",
        help="the repository with the languages list: OWNER/NAME at GitHub, a git URL, or a path",
        parse=_late("languages_place", "LanguagesPlace.parse"),
        metavar="PLACE",
    ),
    Option(
        name="list",
        help="the languages list in it",
        parse=_late("languages_place", "list_path"),
        default="git_repo_urls.tagged",
        metavar="FILE",
    ),
    Option(name="group", help="put this bump into the one pull request of this group", default="", metavar="NAME"),
    Option(
        name="release",
        help="a release to bump, instead of the folder's",
        kind=Kind.MANY,
        parse=_late("languages_list", "ListEntry.parse"),
        default=(),
        metavar="URL?tag=TAG",
        in_settings=False,
    ),
    _many_option("label", "a label for a new pull request", "NAME"),
    _many_option("reviewer", "who is asked to review a new pull request", "LOGIN"),
    _switch_option("draft", "open a new pull request as a draft"),
    _switch_option("auto-merge", "let a new pull request merge itself when its checks are green"),
    Option(
        name="file",
        help="the languages list",
        parse=Path,
        default=Path("git_repo_urls.tagged"),
        metavar="FILE",
        positional=True,
        in_settings=False,
    ),
    Option(
        name="files",
        help="the lists, of languages or custom start points",
        kind=Kind.MANY,
        parse=Path,
        default=(Path("git_repo_urls.tagged"),),
        metavar="FILE",
        positional=True,
        in_settings=False,
    ),
    _switch_option(
        "lock",
        "hold the lock beside the list, where it is there, against what is true now",
        default=True,
        in_settings=False,
    ),
    _switch_option("images", "ask the registries for the images", default=True, in_settings=False),
    _switch_option("allow-local", "let the list name repositories on this machine too", in_settings=False),
    Option(
        name="cache",
        help="keep what was fetched in this folder: a second run fetches only what moved",
        parse=Path,
        metavar="DIR",
        in_settings=False,
    ),
    Option(
        name="with-latest",
        spelled="latest",
        help="name `:latest` of each image too",
        kind=Kind.SWITCH,
        default=False,
        in_settings=False,
    ),
    _switch_option("write", "write the list anew, instead of showing what would change", in_settings=False),
)
OPTIONS = {option.name: option for option in _ALL}

_BUILD = (
    *("directory", "tag", "allow", "dry-run", "push-to", "image-from", "platform", "builder", "build-arg", "secret"),
    *("no-cache", "provenance", "sbom"),
)
_PUBLISH = (*_BUILD, "latest", "test", "version-command")
_PULL = ("languages", "list", "group", "label", "reviewer", "draft", "auto-merge")

_INIT = ("directory", "update", "action", "dry-run")

COMMANDS = {
    command.name: command
    for command in (
        Command(
            "check",
            "is the manifest right, and do git tag, image_name and display_name agree?",
            ("directory", "tag", "only", "allow"),
        ),
        Command(
            "next", "write, commit and tag the next revision", ("directory", "language-version", "push", "dry-run")
        ),
        Command("build", "build the image of a tag into the docker daemon", _BUILD),
        Command(
            "test",
            "do the start files give red, amber and green in the image?",
            ("directory", "tag", "image", "version-command"),
        ),
        Command("init", "write, or update, a repository's workflow and settings", _INIT),
        Command("publish", "check, build, push once and for all, move `latest`", _PUBLISH),
        Command(
            "bump",
            "bring a release into the languages list, by a pull request",
            (*_PULL, "directory", "tag", "allow", "dry-run", "push-to", "release"),
        ),
        Command("release", "all of it: from a git tag to an image and a pull request", (*_PUBLISH, *_PULL)),
        Command(
            "list check",
            "is every line of the languages list right: its tag, manifest, names, image and lock?",
            ("file", "allow", "lock", "images", "allow-local", "cache"),
        ),
        Command(
            "list images", "name every image of the lists' manifests", ("files", "with-latest", "allow-local", "cache")
        ),
        Command(
            "list convert",
            "turn lines of the older form SHA7@URL into URL?tag=TAG, where a release tag names that commit",
            ("file", "write", "allow-local"),
        ),
    )
}

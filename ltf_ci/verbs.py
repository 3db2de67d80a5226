"""What commands there are, and which options each takes, in the order of its Request's fields."""

from __future__ import annotations

from ltf_ci.option import Command

_BUILD = (
    *("directory", "tag", "allow", "dry-run", "push-to", "image-from", "platform", "builder", "build-arg", "secret"),
    *("no-cache", "provenance", "sbom"),
)
_PUBLISH = (*_BUILD, "rebuild", "build-cache", "latest", "test", "version-command")
_PULL = ("languages", "list", "group", "label", "reviewer", "draft", "auto-merge")

_INIT = ("directory", "update", "action", "dry-run")

COMMANDS = {
    command.name: command
    for command in (
        Command(
            "check",
            "is the manifest right, and do git tag, image_name and display_name agree?",
            ("directory", "tag", "only", "allow", "image"),
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
            at_github=True,
        ),
        Command(
            "release", "all of it: from a git tag to an image and a pull request", (*_PUBLISH, *_PULL), at_github=True
        ),
        Command(
            "retag",
            "a new revision of version lines, built anew: after a security notice, or a base's release",
            (*_PULL, "directory", "lines", "reason", "base", "request", "dry-run"),
            at_github=True,
        ),
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
        Command(
            "start-point create",
            "fetch and check the repositories of a languages list, and make cyber-dojo's start point of them",
            (
                *("image-name", "sources", "list-file", "base-image", "out", "allow", "allow-local", "cache"),
                "dry-run",
            ),
        ),
        Command(
            "list refresh",
            "make every open pull request of ours anew on the list as it is now",
            ("languages", "list", "dry-run"),
            at_github=True,
        ),
        Command(
            "notify",
            "release anew what is made FROM an image, wave by wave, each in its own repository's workflow",
            ("changed", "dependents-file", "owner", "reason", "minutes", "dry-run"),
            at_github=True,
        ),
        Command(
            "watch",
            "what has come, moved or gone since the fleet was released: newer versions, bases, tags, images, `latest`",
            (
                *("directory", "list", "dependents-path", "heal", "issue", "open-pull-requests", "languages"),
                *("allow-local", "cache", "dry-run"),
            ),
            at_github=True,
        ),
        Command(
            "dashboard",
            "write one static page of the fleet: every release and image, how it stands, and what waits",
            ("directory", "list", "dependents-path", "watched", "site", "images", "cache"),
        ),
        Command(
            "changed",
            "has the image changed that a session began with, and is `latest` another one?",
            ("session-image", "with-labels", "cache"),
        ),
        Command(
            "dependents check",
            "is every entry of dependents.json right, and do the Dockerfiles say the same?",
            ("dependents", "scan", "repositories", "allow-local", "cache"),
        ),
        Command(
            "dependents scan",
            "write dependents.json as the repositories' Dockerfiles say it",
            ("dependents", "repositories", "write", "allow-local", "cache"),
        ),
        Command(
            "dependents add",
            "propose the entries of new version lines, a base's before what is made from it",
            (*_PULL, "release", "dry-run"),
            at_github=True,
        ),
        Command("dependents graph", "draw which images are made FROM which", ("dependents", "drawn-as")),
        Command(
            "dependents plan",
            "say what is to be built again after images changed, wave by wave",
            ("changed", "dependents-file"),
        ),
    )
}

"""The JSON Schema of each command's plan: the key `plan` of an outcome, which a dry run shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ltf_ci.model.layout import MANIFESTS
from ltf_ci.verbs import COMMANDS

Schema = Mapping[str, Any]


def _text(about: str, *values: str) -> Schema:
    return {"enum": [*values], "description": about} if values else {"type": "string", "description": about}


def _flag(about: str) -> Schema:
    return {"type": "boolean", "description": about}


def _number(about: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": about}


def _many(about: str, items: Schema | None = None) -> Schema:
    return {"type": "array", "items": items or {"type": "string"}, "description": about}


def _object(keys: Mapping[str, Schema], more: Mapping[str, Schema] | None = None) -> dict[str, Any]:
    """Return the schema of an object: these keys, and more that need not be there."""
    properties = {**keys, **(more or {})}
    return {"type": "object", "properties": properties, "required": [*keys], "additionalProperties": False}


_IMAGE = {
    "tag": _text("the release tag; empty where the folder has none"),
    "commit": _text("the commit that the image is made of"),
    "image": _text("the image's name and tag"),
}
_BUILD = {
    "dockerfile": _text("which Dockerfile is built, and whether it is completed"),
    "context": _text("the folder that docker is given"),
    "base": _text("the base of the last stage, with its digest"),
    "platforms": _many("the platforms that it is built for; none for the daemon's own"),
    "build-args": _many("the names of the build's arguments"),
    "inputs": _text("a hash of all that the build reads"),
}
_DIGEST = _text("the digest of that image, or of the one that the tag has already")
_FROM = {"from": _text("the image whose layers are taken"), "digest": _DIGEST}
_METHODS = {  # by how an image is made
    "build": _BUILD,
    "reuse": {**_BUILD, **_FROM},
    "relabel": _FROM,
    "keep": {"digest": _DIGEST},
}
_LABELS = {"type": "object", "additionalProperties": {"type": "string"}, "description": "the image's labels"}
_LISTED = _many(
    "what becomes of each pull request in the languages repository",
    _object(
        {"what": _text("what is done: open, update or close a pull request; or nothing")},
        {
            "branch": _text("the pull request's branch"),
            "title": _text("its title"),
            "files": _many("the files that it changes"),
            "pull-request": _text("the address of the one that is there"),
            "why": _text("why it is closed, or left as it is"),
        },
    ),
)
_LATEST = {"latest": _text("what becomes of `latest`", "auto", "always", "never")}
_DAEMON = {"daemon": _text("the address of the docker daemon that builds or tests it")}
_LINE = {
    "line": _text("the language version"),
    "git": _text("the git tag, in words"),
    "files": _many("the files that the new commit changes"),
}
_ENTRY = {
    "type": "object",
    "additionalProperties": _object(
        {
            "from": {"type": ["string", "array"], "description": "the base; several in a list"},
            "image_name": _text("the image that is made of it"),
            "test_framework": _flag("whether it is a test framework's"),
        }
    ),
    "description": "entries of dependents.json, by repository and version",
}
_RELEASED = {
    "digest": {"type": ["string", "null"]},
    "commit": {"type": ["string", "null"]},
    "version": {"type": ["string", "null"]},
}
_NOW = {"anyOf": [{"type": "null"}, _object(_RELEASED)]}


def _made(
    before: Mapping[str, Schema], after: Mapping[str, Schema], more: Mapping[str, Schema] | None = None
) -> list[dict[str, Any]]:
    """Return the schema of an image's plan for each way to make one."""
    return [
        _object({**before, "how": {"const": how, "description": _HOW}, **keys, **after}, more)
        for how, keys in _METHODS.items()
    ]


_HOW = "how it is made: built, of an earlier image's layers, by new labels alone, or kept as it is"
_PUBLISHED = _made(_IMAGE, {"labels": _LABELS, **_LATEST}, _DAEMON)
_BUMPED = _object({"languages": _LISTED})
_RETAGGED = {"anyOf": [_object(_LINE), *_made({**_LINE, **_IMAGE}, {"labels": _LABELS, **_LATEST}, _DAEMON)]}
_STATUS = {
    "version": _text("the language version"),
    "git-tag": _text("its newest release tag in git"),
    "image-tag": _text("its newest release in the registry"),
    "listed": _text("what the list has of it"),
    "pull-request": _text("the open pull request"),
    "waits": _text("what it waits for; empty where it is finished"),
}
_PULL = _object({"branch": _text("its branch"), "url": _text("its address"), "releases": _many("what it lists")})
_JOB = {
    "repository": _text("the repository"),
    "version": _text("its language version"),
    "image": _text("the image that is made"),
    "from": {"type": ["string", "array"], "description": "its bases"},
    "wave": _number("the wave that it is in, from 1"),
}
_ADOPTED = {
    "repository": _text("OWNER/NAME, or an address"),
    "stage": _text("how far it is"),
    "why": _text("why it goes no further"),
    "pull-request": _text("its pull request"),
    "command": _text("what a person types next"),
    "release": _text("its newest release"),
    "changes": _many("what the pull request changes"),
    "by-hand": _many("what is left for a person to do"),
    "secrets": _many("the secrets that it needs"),
}
_FILE = _object({"path": _text("the file"), "how": _text("what becomes of it", "write", "rename", "update", "keep")})
_TAGGED = {
    "tag": _text("the next release tag"),
    "branch": _text("the branch that is committed to"),
    "push": _flag("whether both are pushed"),
    "manifest": _text("the file that is changed", "", *MANIFESTS),
}

PLANS: Mapping[str, list[Any]] = {  # of each command that has one, its forms
    "next": [_object(_TAGGED)],
    "status": [
        _object({"image": _text("the image"), "lines": _many("each version line, the newest first", _object(_STATUS))}),
        _object(
            {
                "list": _text("the languages list's file"),
                "entries": _number("how many lines it has"),
                "unreadable": _number("how many of these cannot be read"),
                "unlocked": _many("the releases that the lock has no entry of"),
                "pull-requests": _many("ltf-ci's open pull requests", _PULL),
            }
        ),
    ],
    "build": _made(_IMAGE, {"labels": _LABELS}),
    "init": [_object({"files": _many("each file", _FILE)})],
    "adopt": [
        _object(
            {
                "repositories": _many("each repository", _object(_ADOPTED)),
                "others": _many("repositories of the owners that are neither an LTF's nor an image's"),
            }
        )
    ],
    "publish": _PUBLISHED,
    "bump": [_BUMPED],
    "release": [*_PUBLISHED, *_made(_IMAGE, {"labels": _LABELS, **_LATEST}, {**_DAEMON, "languages": _LISTED})],
    "retag": [_object({"lines": _many("each version line", _RETAGGED)}, {"languages": _LISTED})],
    "list images": [_object({"images": _many("the images by name, sorted")})],
    "list convert": [
        _object(
            {
                "lines": _many(
                    "each line that is changed",
                    _object({"line": _number("its number, from 1"), "entry": _text("its new text")}),
                )
            }
        )
    ],
    "list refresh": [_BUMPED],
    "start-point create": [
        _object(
            {
                "name": _text("the start point's image"),
                "repositories": _many(
                    "each repository of the list",
                    _object(
                        {
                            "index": _number("its place, from 0"),
                            "url": _text("its address"),
                            "commit": _text("the commit that is taken"),
                        }
                    ),
                ),
                "folder": _text("the folder that is written"),
                "base": _text("the image that it is made FROM"),
            }
        )
    ],
    "notify": [
        _object(
            {
                "dependents": _many(
                    "each image that is made FROM these",
                    _object(
                        {
                            "key": _text("its entry"),
                            "fate": _text("what became of it"),
                            "detail": _text("in words"),
                            "url": _text("its workflow run"),
                        }
                    ),
                )
            }
        )
    ],
    "watch": [
        _object(
            {
                "issue": _object({}, {"what": _text("what becomes of the issue"), "body": _text("its text")}),
                "heal": _many("each `latest` that is put right"),
                "open": _many("each pull request that is opened"),
            }
        )
    ],
    "changed": [
        _object(
            {
                "image": _text("the image that the session began with"),
                "began": _object({name: _RELEASED[name] for name in ("digest", "commit")}),
                "now": {**_NOW, "description": "what its tag is now; null where it is gone"},
                "latest": {**_NOW, "description": "what `latest` is"},
                "changed": _flag("whether it is another image"),
                "latest-differs": _flag("whether `latest` is"),
            },
            {"locked": _text("the digest that the lock has")},
        )
    ],
    "dependents scan": [_ENTRY],
    "dependents add": [_object({"languages": _LISTED, "entries": _ENTRY})],
    "dependents graph": [_object({"graph": _text("the drawing")})],
    "dependents plan": [
        _object(
            {
                "changed": _many("the images that have changed"),
                "waves": _many("what is built after it, wave by wave", _many("a wave's", _object(_JOB))),
            }
        )
    ],
}


def definitions() -> dict[str, Any]:
    """Return the schema of every command's plan by the command's name; one without a plan has an empty object."""
    return {name: {"anyOf": [_object({}), *PLANS.get(name, ())]} for name in COMMANDS}


def dependents() -> Mapping[str, Any]:
    """Return the schema of dependents.json."""
    return {**_head("dependents", "Which images are made FROM which"), **_ENTRY}


def lock() -> Mapping[str, Any]:
    """Return the schema of the languages list's lock; other versions of ltf-ci may keep more in an entry."""
    keys = {
        "commit": {"type": "string", "pattern": "^[0-9a-f]{40}$", "description": "the commit that the tag names"},
        "image": _text("the image's name and tag"),
        "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$", "description": "the image's digest"},
        "display_name": _text("the manifest's display name"),
    }
    entry = _object(keys, {"traffic_light": _text("the colours that its start files gave")})
    entries = {"type": "object", "additionalProperties": {**entry, "additionalProperties": True}}
    return {**_head("lock", "What each release of the languages list was made of, by its line"), **entries}


def _head(name: str, title: str) -> dict[str, str]:
    address = f"https://raw.githubusercontent.com/cyber-dojo-tools/ltf-ci/v1/ltf_ci/{name}.schema.json"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": address, "title": title}


def by_command() -> list[dict[str, Any]]:
    """Return which of these an outcome has, by its command."""
    return [
        {
            "if": {"properties": {"command": {"const": name}}},
            "then": {"properties": {"plan": {"$ref": f"#/$defs/{name.replace(' ', '%20')}"}}},
        }
        for name in COMMANDS
    ]

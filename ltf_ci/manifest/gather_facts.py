"""Gathers the facts that a manifest's rules need: from the repository's files and from Ruby."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path, PurePosixPath

from ltf_ci.clients.named_file import named_file
from ltf_ci.errors import BadInput, MissingTool
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import manifest_paths
from ltf_ci.manifest.rules import files as manifest_files

_OF_LAMBDA = "rag-lambda-ruby"


def facts_of_only(directory: Path, manifest: Manifest, allow: Collection[str]) -> ManifestFacts:
    """Return the facts of a manifest that should be its repository's only one: with the paths of others."""
    facts = facts_of(directory, manifest, allow)
    if manifest_files.FURTHER in allow:
        return facts
    try:
        return facts._replace(further=tuple(path for path in manifest_paths(directory) if path != manifest.path))
    except BadInput:
        return facts._replace(further=None)


def facts_of(directory: Path, manifest: Manifest, allow: Collection[str]) -> ManifestFacts:
    """Return the files that a manifest names, and what Ruby reports of its regular expressions and its lambda."""
    folder = str(PurePosixPath(manifest.path).parent)
    files = {name: named_file(directory, folder, name) for name in manifest_files.named(manifest)}
    regexes = list(dict.fromkeys(value.text or "" for value in manifest_files.regexes(manifest)))
    named = None if _OF_LAMBDA in allow else files.get(manifest.string("rag_lambda") or "")
    sources = [named.text] if named and named.text is not None else []
    if not regexes and not sources:
        return ManifestFacts(files=files)
    from ltf_ci.clients import ruby  # `check` must not pay for it where there is nothing to ask

    try:
        of_regexes, of_sources = ruby.complaints(regexes, sources)
    except MissingTool as error:
        return ManifestFacts(files=files, unjudged=error.found)
    judged = dict(zip(regexes, of_regexes, strict=True))
    return ManifestFacts(files=files, regexes=judged, rag_lambda=next(iter(of_sources), None))

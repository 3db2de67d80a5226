"""An image's config and manifest with other labels, over the same layers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ltf_ci.errors import Refused
from ltf_ci.images.labels import ImageLabels, is_release_label
from ltf_ci.model.image import Digest, ImageName, is_commit
from ltf_ci.model.registry import StoredManifest, json_object
from ltf_ci.model.release_tag import ReleaseTag, is_release_tag


def refuse_other_version(tag: ReleaseTag, source: ImageName, labels: ImageLabels) -> None:
    """Raise Refused where the image that a start point is made of has another language version than the tag.

    An image's label says its version, else its own tag, where that is a release's.
    """
    of_tag = ReleaseTag.parse(source.tag) if is_release_tag(source.tag) and not is_commit(source.tag) else None
    there = labels.version or of_tag
    if there and there.version != tag.version:
        raise Refused(
            f"image-from is {source}, which has version {there.version}",
            expected=f"an image of version {tag.version}, as the tag {tag} has it",
            cure="name the image that has it in image-from, or tag with the version that is in the image",
        )


def relabelled_config(config: bytes, labels: ImageLabels) -> bytes:
    """Return an image's config with these labels in place of any that a release of ours has."""
    data = json_object(config, "the image's config")
    settings = dict(data.get("config") or {})
    kept = {name: value for name, value in (settings.get("Labels") or {}).items() if not is_release_label(name)}
    settings["Labels"] = dict(sorted({**kept, **labels.to_labels()}.items()))
    return _written({**data, "config": settings})


def with_config(manifest: bytes, digest: Digest, size: int) -> bytes:
    """Return a manifest with another config: its digest, and its size in bytes."""
    data = json_object(manifest, "the image's manifest")
    return _written({**data, "config": {**data["config"], "digest": str(digest), "size": size}})


def with_images(index: Mapping[str, Any], images: Iterable[tuple[Mapping[str, Any], StoredManifest]]) -> bytes:
    """Return an index over other images: each with the descriptor of the one that was there, and the new one."""
    entries = [{**was, "digest": str(made.digest), "size": len(made.content)} for was, made in images]
    return _written({**index, "manifests": entries})


def _written(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()

"""Has the image changed that a session began with, and is `latest`, which a fork switches to, another one?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ltf_ci.errors import Disagreement
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.images.session_image import SessionImage
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import LATEST, Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageChange:
    """What a session began with, and the images that its tag and `latest` name now: None where there is none.

    `locked` is the release's digest in the lock, where one was given and has it: it is believed first.
    """

    session: SessionImage
    now: TaggedImage | None
    latest: TaggedImage | None
    locked: Digest | None = None

    @property
    def is_overwritten(self) -> bool:
        """Whether the tag is another image than the lock has."""
        return self.now is not None and self.locked not in (None, self.now.digest)

    @property
    def changed(self) -> bool:
        """Whether the tag is not what it was; where that was not kept, whether `latest` is not the tag's image."""
        if self.now is None or self.is_overwritten:
            return True
        match self.session.began:
            case Digest() as digest:
                return self.now.digest != digest
            case Commit() as commit:
                return self.now.labels.revision != commit
            case None:
                return self.latest_differs

    @property
    def latest_differs(self) -> bool:
        """Whether `latest` is not the image that the tag is now."""
        return (self.latest and self.latest.digest) != (self.now and self.now.digest)

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        began = self.session.began
        return {
            "image": str(self.session.name),
            "began": {
                "digest": str(began) if isinstance(began, Digest) else None,
                "commit": str(began) if isinstance(began, Commit) else None,
            },
            "now": _data(self.now),
            "latest": _data(self.latest),
            "changed": self.changed,
            "latest-differs": self.latest_differs,
            **({"locked": str(self.locked)} if self.locked else {}),
        }


def difference(change: ImageChange) -> Disagreement | None:
    """Return what has changed; None where nothing has."""
    name, began = change.session.name, change.session.began
    if not change.changed:
        return None
    if change.now is None:
        return Disagreement(
            f"{name} is gone",
            expected=f"{began or 'the image'}, as when the session began",
            cure="begin a new session; find out who removed it",
        )
    if change.is_overwritten:
        return Disagreement(
            f"{name} was overwritten: it is {described(change.now)}",
            expected=f"{change.locked}, as the lock has it",
            cure="find out who pushed it, and release the next revision",
        )
    if began is None:
        latest = described(change.latest)
        return Disagreement(
            f"{name.tagged(LATEST)} is another image: {latest}",
            expected=f"{described(change.now)}, as {name}",
            cure="begin a new session to have it",
        )
    return Disagreement(
        f"{name} has changed: it is {described(change.now)}",
        expected=f"{began}, as when the session began",
        cure="begin a new session; or go on, knowing that it differs",
    )


def described(image: TaggedImage | None) -> str:
    """Return an image's digest, release and commit in words."""
    if image is None:
        return "not in the registry"
    labels = image.labels
    known = [f"release {labels.version}"] if labels.version else []
    known += [f"commit {labels.revision}"] if labels.revision else []
    return f"{image.digest} ({', '.join(known)})" if known else str(image.digest)


def _data(image: TaggedImage | None) -> dict[str, str | None] | None:
    if image is None:
        return None
    labels = image.labels
    return {
        "digest": str(image.digest),
        "commit": str(labels.revision) if labels.revision else None,
        "version": str(labels.version) if labels.version else None,
    }

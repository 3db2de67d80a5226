"""The image that a session began with, as a web server keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.errors import BadInput
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import LATEST, Digest, ImageName


@dataclass(frozen=True, slots=True)
class SessionImage:
    """An image's name with its tag, and the digest or commit that it had then, where one was kept."""

    name: ImageName
    began: Digest | Commit | None = None

    @classmethod
    def parse(cls, text: str) -> SessionImage:
        """Read `IMAGE[:TAG][@DIGEST|@COMMIT]`, or raise BadInput; without a tag it is `latest`."""
        written, at, began = text.partition("@")
        image = ImageName.parse(written)
        name = image if image.tag else image.tagged(LATEST)
        if at:
            return cls(name, Digest.parse(began) if ":" in began else Commit.parse(began))
        if name.tag == LATEST:
            raise BadInput(
                f"{name} does not name the image that a session began with",
                expected=f"a tag, or {name}@DIGEST, or {name}@COMMIT",
                cure="keep the image's digest, or its commit, with the session",
            )
        return cls(name)

    def __str__(self) -> str:
        return f"{self.name}@{self.began}" if self.began else str(self.name)

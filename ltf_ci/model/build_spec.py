"""How an image is built: its Dockerfile, its context and the options."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.model.image import Digest, ImageName


@dataclass(frozen=True, slots=True)
class Base:
    """An image that another one is made of, and its digest when it was resolved."""

    name: ImageName
    digest: Digest

    @property
    def pinned(self) -> str:
        """The name with the digest, which always means this very image."""
        return str(self.name._replace(digest=self.digest))


@dataclass(frozen=True, slots=True)
class ContextFile:
    """A file of a build's context: its path there, its mode (type and rights), the SHA-256 of its content."""

    path: str
    mode: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSpec:
    """All that a build depends on.

    `dockerfile` is the text that is built, its images pinned to digests: `bases` are all of them, and `base` is that of
    the last stage. `ignore` is the Dockerfile's own .dockerignore; where it has none, None, the context's counts.
    `completed_for` is the distribution of the packages that were added to a Dockerfile.base, and empty for a Dockerfile
    that is built as it is. `secrets` are in docker's own form, `id=NAME,env=VARIABLE` or `id=NAME,src=FILE`: a secret's
    value is never among these words.
    """

    dockerfile: str
    context: Path
    ignore: bytes | None = None
    completed_for: str = ""
    files: tuple[ContextFile, ...] = ()
    base: Base | None = None
    bases: tuple[Base, ...] = ()
    platforms: tuple[str, ...] = ()
    builder: str = ""
    build_args: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    no_cache: bool = False
    provenance: bool = False
    sbom: bool = False

    @property
    def by_buildx(self) -> bool:
        """Whether the result is an index, of several platforms or with attestations: buildx alone makes one."""
        return len(self.platforms) > 1 or self.provenance or self.sbom

    def is_plain_on(self, architecture: str) -> bool:
        """Whether the result is one plain image that a daemon of this architecture can run."""
        return not self.by_buildx and set(self.platforms) <= {f"linux/{architecture}"}

    @property
    def is_decided_by_inputs(self) -> bool:
        """Whether the inputs are all that decides what is built: no layer depends on a secret."""
        return not self.secrets

    @property
    def is_reproduced_by_inputs(self) -> bool:
        """Whether an earlier image of the same inputs can be used instead of a build.

        Not with `no_cache`, nor where a layer depends on a secret; and an attestation is about one image alone.
        """
        return self.is_decided_by_inputs and not (self.no_cache or self.provenance or self.sbom)

    @property
    def inputs(self) -> str:
        """The hash of all that decides what is built: Dockerfile with its bases, context, build args, platforms, kinds.

        Of a secret it is where it comes from.

        A file's mode counts as its type and whether it is executable: git keeps no more of it.
        """
        import hashlib  # slow to import; `check` needs none of it

        files = [[file.path, file.mode >> 12, bool(file.mode & 0o100), file.sha256] for file in self.files]
        build_args = {given.partition("=")[0]: given for given in self.build_args}  # the last of a name counts
        several = [sorted(build_args.values()), sorted(self.platforms), sorted(self.secrets)]
        inputs = [self.dockerfile, files, *several, self.provenance, self.sbom]
        return f"sha256:{hashlib.sha256(json.dumps(inputs).encode()).hexdigest()}"

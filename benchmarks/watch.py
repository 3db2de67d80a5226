"""`ltf-ci watch` of 80 images, and of a single one, where the registry is 50 ms away."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import repository
from benchmarks.measure import Run, environ_with_bytecode, interleaved, ltf_ci, measured
from embedded.base_image import push_image
from embedded.registry import running_registry
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.release_tag import ReleaseTag
from tests.support.proxy import Answered, Asked, Pass, Proxy, proxy_before

TIMES = 5
IMAGES, BASES = 80, 10
AWAY = 0.05  # seconds
TAG = "3.7.4-1"


@dataclass
class Fleet:
    """So many LTFs, each with a git repository, over some bases upstream."""

    folder: Path
    registry: Registry
    near: str
    far: Proxy
    environ: dict[str, str]

    def make(self, images: int) -> Path:
        """Push, tag and write down all of it; the files name the registry that is far away."""
        place = self.folder / f"fleet{images}"
        place.mkdir()
        bases = [self._push(f"f{images}/base{number}", "3.7.4", ImageLabels()) for number in range(min(images, BASES))]
        locked, entries = {}, {}
        for number in range(images):
            base, digest = bases[number % len(bases)]
            labels = ImageLabels(version=ReleaseTag.parse(TAG), base_name=str(base), base_digest=str(digest))
            image, made = self._push(f"f{images}/ltf{number}", TAG, labels)
            commit = _tagged(place / f"ltf{number}")
            said = LockEntry(commit, str(image), str(made), f"LTF{number} (3.7.4), test")
            locked[f"../ltf{number}?tag={TAG}"] = asdict(said)
            entry = {"from": str(base), "image_name": str(image), "test_framework": True}
            entries[f"ltf{number} (3.7.4)"] = entry
        return _written(place / "languages", locked, entries)

    def watch(self, directory: Path, *words: str) -> Run:
        """Watch; raise where anything is found that fails."""
        return measured([ltf_ci(), "watch", str(directory), "--allow-local", *words], self.environ)

    def requests(self, directory: Path, *words: str) -> int:
        """Count the requests of one more watch."""
        before = len(self.far.asked)
        self.watch(directory, *words)
        return len(self.far.asked) - before

    def _push(self, path: str, tag: str, labels: ImageLabels) -> tuple[ImageName, Digest]:
        near = ImageName.parse(f"{self.near}/{path}:{tag}")
        config = {"os": "linux", "config": {"Labels": labels.to_labels()}, "note": path}
        digest = push_image(self.registry, near, config, [path.encode()])
        manifest = self.registry.manifest(near)
        self.registry.put_manifest(near.tagged("latest"), manifest.content, manifest.media_type)
        return ImageName.parse(f"{self.far.host}/{path}:{tag}"), digest


def rows(folder: Path) -> list[list[str]]:
    """Measure, and return the table's rows."""
    with _fleet(folder) as fleet:
        one, many, cache = fleet.make(1), fleet.make(IMAGES), ("--cache", str(folder / "cache"))
        kinds = [
            ("a single image", one, ()),
            (f"{IMAGES} images", many, ()),
            (f"{IMAGES} images, their labels kept from the day before", many, cache),
        ]
        runs = interleaved(TIMES, *(lambda kind=kind: fleet.watch(*kind[1:2], *kind[2]) for kind in kinds))
        return [
            [
                f"{what}: {fleet.requests(directory, *words)} requests",
                f"{run.seconds:.2f} s",
                f"{run.megabytes:.0f} MB",
                f"{run.seconds / runs[0].seconds:.2f} x a single image" if directory is many else "",
            ]
            for (what, directory, words), run in zip(kinds, runs, strict=True)
        ]


def _away(asked: Asked, pass_on: Pass) -> Answered:
    time.sleep(AWAY)
    return pass_on(asked)


def _tagged(directory: Path) -> str:
    directory.mkdir()
    repository.git(directory, "init", "--quiet")
    repository.git(directory, "commit", "--quiet", "--allow-empty", "--message", TAG)
    repository.git(directory, "tag", TAG)
    head = (directory / ".git/HEAD").read_text().removeprefix("ref: ").strip()
    return (directory / ".git" / head).read_text().strip()


def _written(directory: Path, locked: object, entries: object) -> Path:
    directory.mkdir()
    (directory / "languages.lock.json").write_text(json.dumps(locked))
    (directory / "dependents.json").write_text(json.dumps(entries))
    (directory / "git_repo_urls.tagged").write_text("".join(f"{line}\n" for line in json.loads(json.dumps(locked))))
    return directory


@contextmanager
def _fleet(folder: Path) -> Iterator[Fleet]:
    (folder / "registry").mkdir()
    with running_registry(folder / "registry") as near, proxy_before(near, _away) as far:
        yield Fleet(folder, Registry(), near, far, environ_with_bytecode(folder))

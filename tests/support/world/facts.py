"""What is known of the real fleet: its image repositories, its start points, and what their upstream images have."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ltf_ci.model.image import ImageName
from tests.support import ROOT

IMAGE_OWNER, START_POINT_OWNER, LANGUAGES = (
    "cyber-dojo-languages",
    "cyber-dojo-start-points",
    "cyber-dojo/languages-start-points",
)
PROGRAMS: Mapping[str, Mapping[str, str]] = {  # what the programs of an image print, by the image's name
    "koalaman/shellcheck-alpine": {"bash": "GNU bash, version 5.3.3(1)-release (x86_64-alpine-linux-musl)"},
    "python:slim-bookworm": dict.fromkeys(("python", "python3"), "Python 3.14.3"),
    "ghcr.io/cyber-dojo-languages/ubuntu-build-essential-24-04": {
        "clang++": "Ubuntu clang version 18.1.3 (1ubuntu1)",
        "clang": "Ubuntu clang version 18.1.3 (1ubuntu1)",
    },
    "mcr.microsoft.com/dotnet/sdk": {"dotnet": "10.0.103"},
    "gcc:latest": dict.fromkeys(("c++", "g++", "gcc"), "g++ (GCC) 15.2.0"),
    "haskell:slim-bullseye": {
        "ghc": "The Glorious Glasgow Haskell Compilation System, version 9.10.3",
        "runhaskell": "runghc 9.10.3",
    },
    "bellsoft/liberica-openjdk-alpine-musl": {"javac": "javac 25.0.2"},
    "node:current-alpine": {"node": "v25.8.0"},
    "ghcr.io/cyber-dojo-languages/java-21": {"javac": "javac 21.0.5"},
    "cyberdojofoundation/zig": {"zig": "0.9.1"},
    "cyberdojofoundation/fsharp_nunit": {"dotnet": "15.2.0"},
    "cyberdojofoundation/swift_swordfish": {"swift": "Swift version 5.1.3 (swift-5.1.3-RELEASE)"},
    "ghcr.io/cyber-dojo-languages/typescript_node_jest": {"node": "v25.8.0"},
    "ghcr.io/cyber-dojo-languages/r_runit": {"R": "R version 4.3.3 (2024-02-29) -- Angel Food Cake"},
    "ghcr.io/cyber-dojo-languages/ruby_rspec": {"ruby": "ruby 4.0.1 (2026-01-13 revision e04267a14b) +PRISM"},
    "ghcr.io/cyber-dojo-languages/gcc_cgreen": {"gcc": "gcc (GCC) 15.2.0"},
    "cyberdojofoundation/go_testify": {"go": "go version go1.18.10 linux/amd64"},
    "ghcr.io/cyber-dojo-languages/kotlin_kotest": {"kotlinc": "info: kotlinc-jvm 2.0.21 (JRE 21.0.5+11)"},
}


def programs_of(image: str) -> Mapping[str, str]:
    """Return what the programs of an image print, by their names."""
    return next((said for name, said in PROGRAMS.items() if image == name or image.startswith(f"{name}:")), {})


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageFacts:
    """An image repository: `base` is its FROM, `committed` the FROM of a generated Dockerfile (empty: all of it is)."""

    name: str
    image_name: str
    base: str
    committed: str | None
    check_version: Mapping[str, str]

    @property
    def repository(self) -> str:
        return f"{IMAGE_OWNER}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class StartPointFacts:
    """A start point: `manifest` has the members that are as they really are."""

    name: str
    manifest: Mapping[str, Any]
    has_options: bool

    @property
    def repository(self) -> str:
        return f"{START_POINT_OWNER}/{self.name}"

    @property
    def image(self) -> ImageName:
        return ImageName.parse(self.manifest["image_name"])


@dataclass(frozen=True, kw_only=True)
class WorldFacts:
    """The repositories of a world."""

    images: tuple[ImageFacts, ...] = ()
    start_points: tuple[StartPointFacts, ...] = ()

    def only(self, images: Collection[str], start_points: Collection[str]) -> WorldFacts:
        """Return a smaller world, of repositories by their names."""
        return WorldFacts(
            images=tuple(each for each in self.images if each.name in images),
            start_points=tuple(each for each in self.start_points if each.name in start_points),
        )


def read_facts() -> WorldFacts:
    """Return the whole world: 20 image repositories and 20 start points."""
    data = json.loads((ROOT / "tests/data/world.json").read_text())
    return WorldFacts(
        images=tuple(map(_image, data["images"])), start_points=tuple(map(_start_point, data["start_points"]))
    )


def _image(row: Mapping[str, Any]) -> ImageFacts:
    return ImageFacts(
        name=row["name"],
        image_name=row["image_name"],
        base=row["from"],
        committed=row["committed"]["from"] if "committed" in row else None,
        check_version=row.get("check_version", {}),
    )


def _start_point(row: Mapping[str, Any]) -> StartPointFacts:
    manifest = {key: value for key, value in row.items() if key not in ("name", "options")}
    return StartPointFacts(name=row["name"], manifest=manifest, has_options="options" in row)

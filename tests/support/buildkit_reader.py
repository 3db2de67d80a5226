"""What BuildKit's own front end makes of Dockerfiles, beside what ltf-ci reads in them.

`python -m tests.support.buildkit_reader` prints how its own test data is read; bin/buildkit builds the program.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embedded.programs import built
from ltf_ci.clients.docker.dockerfile import Dockerfile
from ltf_ci.clients.docker.dockerfile_stages import SCRATCH
from ltf_ci.errors import LtfError
from ltf_ci.model.image import ImageName

AGREES, DISAGREES = "agrees", "disagrees"
PROGRAM = "dockerfile-froms"
MODULE = "github.com/moby/buildkit"
_RAW = re.compile(r"`([^`]*)`")
_FROM = re.compile(r"^\s*FROM\s", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """The images that registries are asked for, and the one that the last stage is made FROM; or why there are none."""

    images: frozenset[str] = frozenset()
    base: str = ""
    refusal: str = ""

    def compared(self, other: Reading) -> str:
        """Return whether ltf-ci's reading, this one, agrees with BuildKit's."""
        if self.refusal:
            return "both refuse" if other.refusal else "refused by ltf-ci"
        if other.refusal:
            return "refused by BuildKit"
        return AGREES if self == other else DISAGREES


def ours(text: str, build_args: Mapping[str, str]) -> Reading:
    """Return what ltf-ci reads in a Dockerfile."""
    try:
        found = Dockerfile.parse(text, "docker/Dockerfile", build_args)
        named = images_of(found.bases)
        return Reading(frozenset(map(full, named)), full(ImageName.parse(found.base)) if found.base else "")
    except LtfError as error:
        return Reading(refusal=str(error))


def buildkits(texts: Sequence[tuple[str, Mapping[str, str]]]) -> list[Reading]:
    """Return what BuildKit reads in each of many Dockerfiles, built with these arguments."""
    asked = json.dumps([{"text": text, "args": build_args} for text, build_args in texts])
    ended = subprocess.run([built(PROGRAM)], input=asked.encode(), capture_output=True, check=True)
    return [Reading(frozenset(each["images"] or ()), each["base"], each["error"]) for each in json.loads(ended.stdout)]


def own_test_data() -> Iterator[tuple[str, str]]:
    """Return the names and texts of the Dockerfiles in BuildKit's own tests, of the version that bin/buildkit names."""
    folder = module_folder() / "frontend/dockerfile"
    for file in sorted(folder.glob("parser/testfiles*/*/Dockerfile")):
        yield str(file.relative_to(folder)), file.read_bytes().decode()
    for file in sorted(folder.rglob("*_test.go")):
        for number, literal in enumerate(_RAW.findall(file.read_text())):
            if _FROM.search(literal):
                yield f"{file.relative_to(folder)} {number}", literal


def module_folder() -> Path:
    """Return where the Go module is, fetched where it is missing."""
    root = Path(__file__).parents[2]
    version = Path(built(PROGRAM) + ".version").read_text().split()[0]
    words = [str(root / "bin/go"), "mod", "download", "-json", f"{MODULE}@{version}"]
    return Path(json.loads(subprocess.run(words, capture_output=True, check=True).stdout)["Dir"])


def table(dockerfiles: Iterable[tuple[str, str]]) -> Counter[str]:
    """Return how many Dockerfiles are read alike, or not."""
    texts = [(text, dict[str, str]()) for _, text in dockerfiles]
    pairs = zip(texts, buildkits(texts), strict=True)
    return Counter(ours(*case).compared(theirs) for case, theirs in pairs)


def images_of(names: Iterable[str]) -> list[ImageName]:
    """Return the images that names are, but for `scratch`, which is none."""
    return [ImageName.parse(name) for name in names if name.lower() != SCRATCH]


def full(name: ImageName) -> str:
    """Return an image's name as BuildKit asks for it."""
    host, path = name.repository
    tag, digest = f":{name.tag}" if name.tag else "", f"@{name.digest}" if name.digest else ""
    return f"{host}/{path}{tag}{digest}" if tag or digest else f"{host}/{path}:{name.reference}"


if __name__ == "__main__":
    for how, count in table(own_test_data()).most_common():
        print(f"{count:5} {how}")

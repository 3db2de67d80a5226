"""Which image a FROM names, as BuildKit itself answers: the kinds of its own test data, and a few more."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from ltf_ci.clients.docker.dockerfile import Dockerfile, platform_args
from ltf_ci.errors import BadInput
from ltf_ci.model.image import ImageName

BACKTICK = "`"
NAMED = {
    "lower case": ("from a:1\n", "a:1"),
    "a platform of its own": ("FROM --platform=$BUILDPLATFORM a:1 AS x\n", "a:1"),
    "a stage for a platform": ("FROM a:1 AS for-amd64\nFROM b:1 AS for-arm64\nFROM for-$TARGETARCH\n", "a:1"),
    "all parts of a platform": (
        "FROM a:1 AS linux-amd64\nFROM ${TARGETOS}-${TARGETARCH}${TARGETVARIANT}\n",
        "a:1",
    ),
    "a platform's ARG, declared": ("ARG TARGETARCH\nFROM a:$TARGETARCH\n", "a:amd64"),
    "a platform's ARG with another value": ("ARG TARGETARCH=other\nFROM a:$TARGETARCH\n", "a:other"),
    "a build's platform": ("FROM a:${BUILDOS}-$BUILDARCH\n", "a:linux-amd64"),
    "an ARG that must be there": ("ARG V=1\nFROM a:${V:?missing}\n", "a:1"),
    "an ARG that must be declared": ("ARG V=1\nFROM a:${V?missing}\n", "a:1"),
    "a default": ("FROM a:${V:-1}\n", "a:1"),
    "a default in a default": ("ARG W=2\nFROM a:${V:-${W:-1}}\n", "a:2"),
    "a word for a value": ("ARG V=1\nFROM a:${V:+2}\n", "a:2"),
    "an ARG of an ARG": ("ARG V=1\nARG N=a:$V\nFROM $N\n", "a:1"),
    "two in one ARG": ("ARG N=a V=1\nFROM $N:$V\n", "a:1"),
    "an end that is cut off": ("ARG V=1-slim-x\nFROM a:${V%-*}\n", "a:1-slim"),
    "an end as long as it can be": ("ARG V=1-slim-x\nFROM a:${V%%-*}\n", "a:1"),
    "a beginning that is cut off": ("ARG V=v-1-2\nFROM a:${V#*-}\n", "a:1-2"),
    "a beginning as long as it can be": ("ARG V=v-1-2\nFROM a:${V##*-}\n", "a:2"),
    "a part that is replaced": ("ARG V=1-slim-slim\nFROM a:${V/-slim/}\n", "a:1-slim"),
    "all parts that are replaced": ("ARG V=1_2_3\nFROM a:${V//_/.}\n", "a:1.2.3"),
    "one letter, whatever it is": ("ARG V=v1\nFROM a:${V#?}\n", "a:1"),
    "a letter that is escaped": ("ARG V=1*2\nFROM a:${V/\\*/.}\n", "a:1.2"),
    "an empty ARG is there": ("ARG V=\nFROM a:1${V-2}\n", "a:1"),
    "the last stage's name": ("FROM a:$TARGETSTAGE AS Two\n", "a:two"),
    "a last stage without a name": ("FROM a:$TARGETSTAGE\n", "a:default"),
    "the word FROM over two lines": ("FRO\\\nM a:1\n", "a:1"),
    "the word ARG over two lines": ("AR\\\nG V=1\nFROM a:$V\n", "a:1"),
    "a comment at an instruction's end": ("ARG V=1 \\\n# why\n\n# how\n W=2\nFROM a:$V$W\n", "a:12"),
    "quotes in a name": ("FROM a:\"1\"'2'\n", "a:12"),
    "quotes": ("ARG N='a:1'\nFROM \"$N\"\n", "a:1"),
    "escape after syntax": (f"# syntax=docker/dockerfile:1\n# escape={BACKTICK}\nFROM {BACKTICK}\n a:1\n", "a:1"),
    "escape after check": (f"# check=skip=all\n# escape={BACKTICK}\nFROM {BACKTICK}\n a:1\n", "a:1"),
    "escape in capitals": (f"#   ESCAPE = {BACKTICK}\nFROM {BACKTICK}\n a:1\n", "a:1"),
    "escape after a comment is none": (f"# why\n# escape={BACKTICK}\nFROM \\\n a:1\n", "a:1"),
    "a comment within": ("FROM \\\n# why\n  a:1 \\\n  AS x\n", "a:1"),
    "a name over two lines": ("FROM al\\\npha:1\n", "alpha:1"),
    "an empty line within": ("FROM \\\n\n  a:1\n", "a:1"),
    "lines of Windows": ("FROM a:1\r\nRUN x\r\n", "a:1"),
    "a byte order mark": ("\ufeff# check=skip=all\nFROM a:1\n", "a:1"),
    "a here-document": ("FROM a:1\nRUN <<E\nFROM b:1\nE\n", "a:1"),
    "a stage of the same name": ("FROM a:1 AS a\nFROM a\n", "a:1"),
    "FROM in the middle of a RUN": ("FROM a:1\nRUN x \\\n  FROM b:1\n", "a:1"),
}
REFUSED = {  # by us with words: BuildKit takes some of them
    "a value that is missing": "ARG V\nFROM a:${V:?missing}\n",
    "an ARG without a value": "FROM a:1${V}\n",
    "a rule that there is not": "ARG V=1\nFROM a:${V^^}\n",
    "braces without an end": "ARG V=1\nFROM a:${V\n",
    "quotes without an end": "FROM 'a:1\n",
    "no image at all": "FROM\n",
}


@pytest.fixture(autouse=True)
def on_amd64(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.uname().machine != "x86_64":
        pytest.fail("these tests are written for amd64")


@pytest.mark.parametrize("case", NAMED)
def test_a_from_names_an_image(case: str) -> None:
    text, base = NAMED[case]
    assert Dockerfile.parse(text, "docker/Dockerfile", {}).base == base


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_known_is_refused(case: str) -> None:
    with pytest.raises(BadInput, match=r"names no image|cannot be read"):
        Dockerfile.parse(REFUSED[case], "docker/Dockerfile", {})


@pytest.mark.parametrize(
    ("platform", "name"), [("linux/arm64", "linux-arm64"), ("linux/arm/v7", "linux-armv7"), ("linux/386", "linux-386")]
)
def test_a_platform_is_that_of_the_build(platform: str, name: str) -> None:
    text = "FROM ${TARGETOS}-${TARGETARCH}${TARGETVARIANT}\n"
    assert Dockerfile.parse(text, "docker/Dockerfile", platform_args(platform)).base == name


@pytest.mark.parametrize("case", NAMED)
def test_pinning_touches_the_name_alone(case: str) -> None:
    text, base = NAMED[case]
    pinned = Dockerfile.parse(text, "docker/Dockerfile", {}).pinned({base: "p@sha256:1"})
    assert Dockerfile.parse(pinned, "docker/Dockerfile", {}).base == "p@sha256:1"
    before, pin, after = pinned.partition("p@sha256:1")
    assert (text.startswith(before), pin, text.endswith(after)) == (True, "p@sha256:1", True)
    name = text[len(before) : len(text) - len(after)]
    assert not re.search(r"\s", name.replace("\\\n", ""))


@pytest.mark.machine
def test_buildkit_says_the_same(builder: str, tmp_path: Path) -> None:
    known = {case: pair for case, pair in NAMED.items() if "# syntax" not in pair[0]}  # a front end to be pulled
    asked = {case: buildkits(builder, text, tmp_path) for case, (text, _) in known.items()}
    assert asked == {case: full(base) for case, (_, base) in known.items()}


def full(base: str) -> str:
    host, path = ImageName.parse(base).repository
    return f"{host}/{path}:{ImageName.parse(base).reference}"


def buildkits(builder: str, text: str, folder: Path) -> str:
    """Return the image that BuildKit asks a registry for: none has it, which it says."""
    words = ["docker", "buildx", "build", "--builder", builder, "--progress", "plain", "--file", "-", str(folder)]
    ended = subprocess.run(words, input=text.encode(), capture_output=True, check=False)
    found = re.findall(r"failed to resolve source metadata for (\S+?):? ", ended.stderr.decode())
    return found[-1].rstrip(":") if found else ended.stderr.decode()[-400:]

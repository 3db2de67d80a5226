"""A Dockerfile's stages: what each is made FROM, what it takes files from, and for which platform it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import dropwhile, islice, takewhile
from typing import NamedTuple

from ltf_ci.clients.docker.dockerfile_lines import SPACE, Instruction
from ltf_ci.clients.docker.dockerfile_words import UNKNOWN, filled
from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Place
from ltf_ci.model.platform import normalized

SCRATCH, NATIVE = "scratch", "native"
_OF_TARGET = r"\$(TARGETPLATFORM|\{TARGETPLATFORM\})"
_OF_BUILD = r"\$\{?BUILD(PLATFORM|ARCH)\b"
_NUMBER = re.compile(r"([+-]?)0*([0-9]{1,18})")
_SHOWN = 200  # characters of a line that cannot be read
_TAKES = {
    "COPY": re.compile(r"""--from=['"]?([^\s'"]+)"""),
    "RUN": re.compile(r"""--mount=(?:\S*?[,'"])?from=['"]?([^\s,'"]+)"""),
}
_WORD = r"[^\t\v\f\r ]+"
_FROM = re.compile(
    rf"{SPACE}*FROM{SPACE}+(?:(?:--platform=(?P<platform>{_WORD})|--{_WORD}){SPACE}+)*"
    rf"(?P<image>{_WORD})(?:{SPACE}+AS{SPACE}+(?P<name>{_WORD}))?{SPACE}*",
    re.IGNORECASE,
)
FORM = "FROM IMAGE, or FROM IMAGE AS NAME"


class Taken(NamedTuple):
    """What files are taken from, a stage or an image: its name, the instruction's first line from 0, and its place.

    `number` is that of a stage, which COPY may name it by: a mount's number is an image's name.
    """

    name: str
    line: int
    place: tuple[int, int]
    number: int | None = None


class Stage(NamedTuple):
    """A FROM instruction: its first and last line from 0, the image with its ARGs filled in, the stage's name.

    `place` is where the image's name begins and ends in the file; `user` is the stage's last USER, empty without.
    `platform` is that of `--platform`, and NATIVE where that is the builder's own, or not known. `taken` is what the
    stage takes files from, and `runs` says whether it has a RUN.
    """

    first: int
    last: int
    place: tuple[int, int]
    image: str
    name: str
    user: str = ""
    platform: str = ""
    taken: tuple[Taken, ...] = ()
    runs: bool = False


def instructions_of_stages(steps: Iterable[Instruction]) -> Iterator[list[Instruction]]:
    """Return each stage's instructions, its FROM first."""
    stage: list[Instruction] = []
    for step in dropwhile(lambda step: not begins_stage(step), steps):
        if begins_stage(step) and stage:
            yield stage
            stage = []
        stage.append(step)
    if stage:
        yield stage


def _taken(steps: Iterable[Instruction]) -> Iterator[Taken]:
    """Return what files are taken from, by the flags that an instruction begins with."""
    for step in steps:
        if takes := _TAKES.get(step.name):
            words = islice(re.finditer(r"\S+", step.text), 1, None)
            for flag in takewhile(lambda word: word[0].startswith("--"), words):
                if found := takes.match(step.text, flag.start(), flag.end()):
                    number = _number(found[1]) if step.name == "COPY" else None
                    yield Taken(found[1], step.first, step.span(*found.span(1)), number)


def _number(text: str) -> int | None:
    """Return a stage's number as BuildKit reads it, by Go's Atoi; None for what is a name to it."""
    found = _NUMBER.fullmatch(text)
    return int(f"{found[1]}{found[2]}") if found else None


def begins_stage(step: Instruction) -> bool:
    """Whether an instruction is a FROM."""
    return step.name == "FROM"


def stage_of(steps: Sequence[Instruction], path: str) -> Stage:
    """Return the stage of its instructions, ARGs not filled in; raise BadInput where its FROM cannot be read."""
    step, *rest = steps
    found = _FROM.fullmatch(step.text)
    if found is None:
        said = " ".join(step.text.split())[:_SHOWN]
        raise BadInput.at(Place(path, step.first + 1), f"{said!r} cannot be read", expected=FORM, cure="correct it")
    return Stage(
        step.first,
        step.last,
        step.span(*found.span("image")),
        found["image"],
        found["name"] or "",
        user=next((each.value for each in reversed(rest) if each.name == "USER"), ""),
        platform=found["platform"] or "",
        taken=tuple(_taken(rest)),
        runs=any(each.name == "RUN" for each in rest),
    )


def expect_taken(stages: Sequence[Stage], path: str) -> None:
    """Raise BadInput where files are taken from what docker refuses: a variable, the stage itself, or a later one."""
    names = [stage.name.lower() for stage in stages]
    for number, stage in enumerate(stages):
        for each in stage.taken:
            place, said = Place(path, each.line + 1), each.name[:_SHOWN]
            if "$" in each.name:
                raise BadInput.at(
                    place,
                    f"from={said} names no image: docker fills no ARG in there",
                    expected="a stage, or an image's whole name",
                    cure=f"write FROM {said} AS NAME above, and take the files from NAME",
                )
            is_no_stage = each.number is not None and each.number not in range(number)
            if is_no_stage or each.name.lower() in set(names[number:]) - set(names[:number]) - {""}:
                raise BadInput.at(
                    place,
                    f"from={said} is no stage before this one",
                    expected="an earlier stage, or an image",
                    cure="move that stage above this one, or correct the name",
                )


def with_values(stage: Stage, values: Mapping[str, str], escape: str, path: str) -> Stage:
    """Return a stage with its ARGs filled in; raise BadInput where its image is not known then."""
    image, platform = filled(stage.image, values, escape), filled(stage.platform, values, escape)
    if not image or UNKNOWN in image or "$" in image:
        raise BadInput.at(
            Place(path, stage.first + 1),
            f"FROM {stage.image[:_SHOWN]} names no image: not all of its ARGs have a value",
            expected="a default at each ARG that it takes, before the first FROM",
            cure="write ARG NAME=DEFAULT, or set `build-arg: NAME=VALUE`",
        )
    if re.fullmatch(_OF_TARGET, stage.platform):
        platform = ""
    elif re.search(_OF_BUILD, stage.platform) or UNKNOWN in platform:
        platform = NATIVE
    else:
        platform = normalized(platform) or platform
    return stage._replace(image=image, platform=platform)

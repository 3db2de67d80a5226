"""Which images a Dockerfile is made FROM, as BuildKit reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import dropwhile, takewhile
from typing import NamedTuple

from ltf_ci.clients.docker.dockerfile_lines import SPACE, Instruction, escape_of, instructions_of, lines_of
from ltf_ci.clients.docker.dockerfile_words import UNKNOWN, filled, split_words
from ltf_ci.clients.machine import architecture
from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Place
from ltf_ci.model.platform import normalized

SCRATCH, NATIVE = "scratch", "native"
_OF_TARGET = r"\$(TARGETPLATFORM|\{TARGETPLATFORM\})"
_OF_BUILD = r"\$\{?BUILD(PLATFORM|ARCH)\b"
_DEFAULT_TARGET = "default"
_SHOWN = 200  # characters of a line that cannot be read
_TAKES = {
    "COPY": re.compile(r"""(?<!\S)--from=['"]?([^\s'"]+)"""),
    "RUN": re.compile(r"""(?<!\S)--mount=(?:\S*?[,'"])?from=['"]?([^\s,'"]+)"""),
}
_WORD = r"[^\t\v\f\r ]+"
_FROM = re.compile(
    rf"{SPACE}*FROM{SPACE}+(?:(?:--platform=(?P<platform>{_WORD})|--{_WORD}){SPACE}+)*"
    rf"(?P<image>{_WORD})(?:{SPACE}+AS{SPACE}+(?P<name>{_WORD}))?{SPACE}*",
    re.IGNORECASE,
)
_FORM = "FROM IMAGE, or FROM IMAGE AS NAME"


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
    taken: tuple[str, ...] = ()
    runs: bool = False


class Dockerfile(NamedTuple):
    """A Dockerfile's text, and its stages."""

    text: str
    stages: tuple[Stage, ...]

    @classmethod
    def parse(cls, text: str, path: str, build_args: Mapping[str, str]) -> Dockerfile:
        """Read a Dockerfile, or raise BadInput where it has no FROM, or one whose image is not known."""
        try:
            return cls._parse(text, path, build_args)
        except BadInput as error:
            if error.place:
                raise
            raise BadInput.at(Place(path), error.found, expected=error.expected, cure=error.cure) from error

    @classmethod
    def _parse(cls, text: str, path: str, build_args: Mapping[str, str]) -> Dockerfile:
        steps, escape = tuple(instructions_of(text)), escape_of(text)
        named = tuple(_stage(of_stage, path) for of_stage in _of_stages(steps))
        if not named:
            raise BadInput.at(Place(path), "no line is FROM an image", expected=_FORM, cure="write one")
        values = _values(steps, build_args, named[-1].name, escape)
        return cls(text, tuple(_filled(stage, values, escape, path) for stage in named))

    @property
    def bases(self) -> tuple[str, ...]:
        """The images of other repositories that its stages are made FROM, each once."""
        return tuple(dict.fromkeys(stage.image for stage in self._on_images()))

    def _on_images(self) -> Iterator[Stage]:
        """Return the stages that are made FROM an image of another repository: a stage before it may have that name."""
        names = {SCRATCH}
        for stage in self.stages:
            if stage.image.lower() not in names:
                yield stage
            names.add(stage.name.lower())

    def line_of(self, base: str) -> int:
        """Return the line, from 1, of the first FROM that names a base; 0 where none does."""
        return next((stage.first + 1 for stage in self.stages if stage.image == base), 0)

    @property
    def base(self) -> str | None:
        """The image at the root of the last stage; None for `scratch`."""
        image = self._line[-1].image
        return None if image == SCRATCH else image

    @property
    def taken_images(self) -> tuple[str, ...]:
        """The images of other repositories that files are taken from: by COPY --from, or a mount's `from`."""
        names = {stage.name.lower() for stage in self.stages}
        taken = (name for stage in self.stages for name in stage.taken)
        return tuple(name for name in taken if not (name.isdigit() or name.lower() in names))

    @property
    def run_on(self) -> frozenset[str]:
        """The platforms that its RUNs are for, of the stages that are built; empty for the platform of the build.

        What is run on the builder's own platform is not among them.
        """
        return frozenset(self._platform(number) for number in self._built() if self.stages[number].runs) - {NATIVE}

    def _platform(self, number: int) -> str:
        """Return a stage's platform: that of the stage that it is made FROM, if it is one."""
        before = self._earlier(self.stages[number].image, number)
        return self.stages[number].platform if before is None else self._platform(before)

    def _built(self) -> frozenset[int]:
        """Return the stages that the last one needs, and itself."""
        found, open_ = set[int](), [len(self.stages) - 1]
        while open_:
            number = open_.pop()
            found.add(number)
            stage = self.stages[number]
            needed = [self._earlier(stage.image, number), *(self._named(name, number) for name in stage.taken)]
            open_ += [each for each in needed if each is not None and each not in found]
        return frozenset(found)

    def _named(self, name: str, number: int) -> int | None:
        """Return the stage that files are taken from, by its number or name; None where it is an image."""
        return int(name) if name.isdigit() and int(name) < number else self._earlier(name, number)

    def _earlier(self, name: str, number: int) -> int | None:
        names = [stage.name.lower() for stage in self.stages[:number]]
        return number - 1 - names[::-1].index(name.lower()) if name and name.lower() in names else None

    @property
    def copies_from_unpinned(self) -> bool:
        """Whether files are taken from an image that no digest names."""
        return any("@sha256:" not in name for name in self.taken_images)

    @property
    def user(self) -> str:
        """The user that the last stage begins as, where a stage that it is made FROM says so; else empty."""
        return next((stage.user for stage in self._line[1:] if stage.user), "")

    @property
    def _line(self) -> list[Stage]:
        """The last stage, the one that it is made FROM, and so on."""
        found = [self.stages[-1]]
        for stage in reversed(self.stages[:-1]):
            if stage.name.lower() == found[-1].image.lower():
                found.append(stage)
        return found

    def with_lines(self, added: str) -> Dockerfile:
        """Return the same with more lines right after the last FROM."""
        lines = lines_of(self.text)
        last = self.stages[-1].last
        lines[last : last + 1] = [lines[last].rstrip("\n") + "\n", added]
        return self._replace(text="".join(lines))

    def pinned(self, images: Mapping[str, str]) -> str:
        """Return the text with these images' names put in place of theirs; no other byte is touched."""
        text = self.text
        for stage in reversed(tuple(self._on_images())):
            if stage.image in images:
                start, end = stage.place
                text = text[:start] + images[stage.image] + text[end:]
        return text

    def renamed(self, images: Mapping[str, str]) -> str:
        """Return the text with these names in place of theirs, in FROM or in the ARG that it takes them of.

        No other byte is touched. Raise BadInput where a name is put together of parts.
        """
        before, lines = lines_of(self.text), lines_of(self.text)
        for stage in self._on_images():
            if stage.image in images:
                word = re.compile(rf"""(?<![^\s"'=]){re.escape(stage.image)}(?![^\s"'])""")
                for place in self._named_at(stage, word, before):
                    lines[place] = word.sub(images[stage.image], lines[place])
        return "".join(lines)

    def _named_at(self, stage: Stage, word: re.Pattern[str], lines: Sequence[str]) -> list[int]:
        """Return the lines that name a stage's image: of its FROM, else of the ARGs before the first one."""
        for places in (range(stage.first, stage.last + 1), range(self.stages[0].first)):
            if found := [place for place in places if not lines[place].startswith("#") and word.search(lines[place])]:
                return found
        raise BadInput(
            f"a FROM puts the name {stage.image} together of parts",
            expected="the whole name in FROM, or in the ARG that it is taken of",
            cure="write it there as a whole",
        )


def platform_args(platform: str) -> dict[str, str]:
    """Return the values that BuildKit gives FROM without an ARG, for a build for OS/ARCH or OS/ARCH/VARIANT."""
    system, _, rest = platform.partition("/")
    processor, _, variant = rest.partition("/")
    target = {"PLATFORM": platform, "OS": system, "ARCH": processor, "VARIANT": variant}
    machine = architecture()
    build = {"PLATFORM": f"linux/{machine}", "OS": "linux", "ARCH": machine, "VARIANT": ""}
    named = {"TARGET": target, "BUILD": build}
    return {f"{kind}{name}": value for kind, values in named.items() for name, value in values.items()}


def _of_stages(steps: Iterable[Instruction]) -> Iterator[list[Instruction]]:
    """Return each stage's instructions, its FROM first."""
    stage: list[Instruction] = []
    for step in dropwhile(lambda step: not _begins_stage(step), steps):
        if _begins_stage(step) and stage:
            yield stage
            stage = []
        stage.append(step)
    if stage:
        yield stage


def _taken(steps: Iterable[Instruction]) -> Iterator[str]:
    """Return what files are taken from, by the flags that an instruction begins with."""
    for step in steps:
        if takes := _TAKES.get(step.name):
            flags = takewhile(lambda word: word.startswith("--"), step.value.split())
            yield from takes.findall(" ".join(flags))


def _begins_stage(step: Instruction) -> bool:
    return step.name == "FROM"


def _stage(steps: Sequence[Instruction], path: str) -> Stage:
    step, *rest = steps
    found = _FROM.fullmatch(step.text)
    if found is None:
        said = " ".join(step.text.split())[:_SHOWN]
        raise BadInput.at(Place(path, step.first + 1), f"{said!r} cannot be read", expected=_FORM, cure="correct it")
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


def _filled(stage: Stage, values: Mapping[str, str], escape: str, path: str) -> Stage:
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


def _values(steps: Iterable[Instruction], build_args: Mapping[str, str], target: str, escape: str) -> Mapping[str, str]:
    """Return the values of the ARGs before the first FROM, each filled in with those before it."""
    here = {**platform_args(f"linux/{architecture()}"), "TARGETSTAGE": target.lower() or _DEFAULT_TARGET}
    values = {name: build_args.get(name, value) for name, value in here.items()}
    for step in takewhile(lambda step: not _begins_stage(step), steps):
        for word in split_words(step.value, escape) or ("",) if step.name == "ARG" else ():
            name, has_default, default = word.partition("=")
            if not name:
                raise BadInput(
                    "an ARG has no name", expected="ARG NAME or ARG NAME=DEFAULT", cure="name it, or remove the line"
                )
            if name in build_args:
                values[name] = build_args[name]  # docker fills nothing into it
            elif has_default:
                values[name] = filled(default, values, escape)
    return values

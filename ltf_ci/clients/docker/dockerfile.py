"""Which images a Dockerfile is made of, as BuildKit reads it: by FROM, and by what files are taken from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from ltf_ci.clients.docker.dockerfile_lines import Instruction, escape_of, instructions_of, lines_of
from ltf_ci.clients.docker.dockerfile_stages import (
    FORM,
    NATIVE,
    SCRATCH,
    Stage,
    Taken,
    begins_stage,
    expect_taken,
    instructions_of_stages,
    stage_of,
    with_values,
)
from ltf_ci.clients.docker.dockerfile_words import filled, split_words
from ltf_ci.clients.machine import architecture
from ltf_ci.errors import BadInput
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.finding import Place

_DEFAULT_TARGET = "default"


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
        named = tuple(stage_of(of_stage, path) for of_stage in instructions_of_stages(steps))
        if not named:
            raise BadInput.at(Place(path), "no line is FROM an image", expected=FORM, cure="write one")
        expect_taken(named, path)
        values = _values(steps, build_args, named[-1].name, escape)
        return cls(text, tuple(with_values(stage, values, escape, path) for stage in named))

    @property
    def bases(self) -> tuple[str, ...]:
        """The images of other repositories that it is made of, each once: those of FROM, then those of `lenders`."""
        return (*self._froms, *self.lenders)

    @property
    def lenders(self) -> tuple[str, ...]:
        """The images that no stage is made FROM, and files are taken from: by COPY --from, or a mount's `from`."""
        froms = self._froms
        return tuple(dict.fromkeys(each.name for each in self._taken_of_images() if each.name not in froms))

    @property
    def _froms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(stage.image for stage in self._on_images()))

    def _on_images(self) -> Iterator[Stage]:
        """Return the stages that are made FROM an image of another repository: a stage before it may have that name."""
        names = {SCRATCH}
        for stage in self.stages:
            if stage.image.lower() not in names:
                yield stage
            names.add(stage.name.lower())

    def _taken_of_images(self) -> Iterator[Taken]:
        """Return what is taken from an image of another repository: any stage may have the name, before it or after."""
        names = {SCRATCH, *(stage.name.lower() for stage in self.stages)}
        taken = (each for stage in self.stages for each in stage.taken)
        return (each for each in taken if not (each.number is not None or each.name.lower() in names))

    def line_of(self, base: str) -> int:
        """Return the line, from 1, of the first instruction that names a base; 0 where none does."""
        of_from = (stage.first for stage in self.stages if stage.image == base)
        of_taken = (each.line for each in self._taken_of_images() if each.name == base)
        return next((line + 1 for line in (*of_from, *of_taken)), 0)

    @property
    def base(self) -> str | None:
        """The image at the root of the last stage; None for `scratch`."""
        image = self._line[-1].image
        return None if image == SCRATCH else image

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
            needed = [self._earlier(stage.image, number), *(self._taken_at(each, number) for each in stage.taken)]
            open_ += [each for each in needed if each is not None and each not in found]
        return frozenset(found)

    def _taken_at(self, taken: Taken, number: int) -> int | None:
        """Return the stage that files are taken from, by its number or name; None where it is an image."""
        return self._earlier(taken.name, number) if taken.number is None else taken.number

    def _earlier(self, name: str, number: int) -> int | None:
        names = [stage.name.lower() for stage in self.stages[:number]]
        return number - 1 - names[::-1].index(name.lower()) if name and name.lower() in names else None

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
        named = [(stage.image, stage.place) for stage in self._on_images()]
        return self._edited([*named, *((each.name, each.place) for each in self._taken_of_images())], images)

    def _edited(self, named: Iterable[tuple[str, tuple[int, int]]], images: Mapping[str, str]) -> str:
        edits = (TextEdit(*place, images[name]) for name, place in named if name in images)
        return apply_edits(self.text, edits)

    def renamed(self, images: Mapping[str, str]) -> str:
        """Return the text with these names in place of theirs, in FROM or in the ARG that it takes them of.

        So it is done where files are taken from them. No other byte is touched. Raise BadInput where a name is put
        together of parts.
        """
        taken = [(each.name, each.place) for each in self._taken_of_images()]
        lines = lines_of(self._edited(taken, images))
        before = tuple(lines)
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
            f"a FROM builds the name {stage.image} from several parts",
            expected="the whole name in FROM, or in the ARG that it is taken from",
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


def _values(steps: Iterable[Instruction], build_args: Mapping[str, str], target: str, escape: str) -> Mapping[str, str]:
    """Return the values of the ARGs before the first FROM, each filled in with those before it."""
    here = {**platform_args(f"linux/{architecture()}"), "TARGETSTAGE": target.lower() or _DEFAULT_TARGET}
    values = {name: build_args.get(name, value) for name, value in here.items()}
    for step in takewhile(lambda step: not begins_stage(step), steps):
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

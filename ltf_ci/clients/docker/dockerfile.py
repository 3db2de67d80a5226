"""The one door to dockerfile-parse: which images a Dockerfile is made FROM."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from ltf_ci.clients.docker.dockerfile_lines import escape_of, lines_of, readable
from ltf_ci.clients.machine import architecture
from ltf_ci.errors import BadInput

SCRATCH = "scratch"
_UNKNOWN = "\0"  # in place of an ARG's value
_LONGEST = 4096  # characters: no image's name has them, and ARGs in ARGs can make any number
_TAKES = re.compile(r"""(?<!\S)--(?:from=|mount=\S*?\bfrom=)['"]?([^\s,'"]+)""", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:(?P<name>\w+)|\{(?P<braced>\w+)(?:(?P<rule>:?[-+?])(?P<word>[^{}$]*))?\})", re.ASCII)
Steps = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A FROM instruction: its first and last line from 0, its flags, the image with its ARGs filled in, its name.

    `user` is the stage's last USER, empty where it has none.
    """

    first: int
    last: int
    flags: tuple[str, ...]
    image: str
    name: str
    user: str

    def renamed(self, lines: Sequence[str], escape: str, image: str) -> str:
        """Return the instruction of these lines with another image; no other byte of it is touched."""
        text = "".join(lines[self.first : self.last + 1])
        continued = rf"{re.escape(escape)}[ \t\r]*\n(?:[ \t]*(?:#[^\n]*)?\n)*"
        word = rf"(?:{continued}|[^\s])+?(?=\s|{continued}\s|\Z)"
        found = re.match(rf"(?i)\s*FROM(?:\s|{continued})+(?:--{word}(?:\s|{continued})+)*(?P<image>{word})", text)
        if found is None:
            raise BadInput(f"a FROM cannot be read: {text[:200]!r}", expected="FROM IMAGE")
        return text[: found.start("image")] + image + text[found.end("image") :]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A Dockerfile's text, its stages, and what they take files from: by COPY --from, or a mount's `from`."""

    text: str
    stages: tuple[Stage, ...]
    taken: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, path: str, build_args: Mapping[str, str]) -> Dockerfile:
        """Read a Dockerfile, or raise BadInput where it has no FROM, or one whose image is not known."""
        from dockerfile_parse import DockerfileParser  # noqa: TID251 - this is the door

        steps = DockerfileParser(fileobj=io.BytesIO(readable(text).encode())).structure
        values = _values(steps, build_args)
        stages = tuple(map(_stage, filter(_begins_stage, steps), _users(steps)))
        stages = tuple(replace(stage, image=_filled(stage.image, values)) for stage in stages)
        if not stages or any(not stage.image or _UNKNOWN in stage.image for stage in stages):
            raise BadInput(
                f"{path} names no image to begin FROM",
                expected="FROM IMAGE in each stage",
                cure="write one; an ARG in it needs a default, or --build-arg",
            )
        return cls(text, stages, _taken(steps))

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
    def copies_from_unpinned(self) -> bool:
        """Whether files are taken from an image that is no stage, and that no digest names."""
        names = {stage.name.lower() for stage in self.stages}
        return any(not (name.isdigit() or name.lower() in names or "@sha256:" in name) for name in self.taken)

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
        return replace(self, text="".join(lines))

    def pinned(self, images: Mapping[str, str]) -> str:
        """Return the text with these images' names put in place of theirs."""
        lines, escape = lines_of(self.text), escape_of(self.text)
        for stage in reversed(tuple(self._on_images())):
            if stage.image in images:
                lines[stage.first : stage.last + 1] = [stage.renamed(lines, escape, images[stage.image])]
        return "".join(lines)

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


def _users(steps: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Return each stage's last USER."""
    user: str | None = None
    for step in steps:
        if step["instruction"] == "FROM":
            if user is not None:
                yield user
            user = ""
        elif step["instruction"] == "USER" and user is not None:
            user = str(step["value"]).strip()
    yield user or ""


def _taken(steps: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    taking = [str(step["value"]) for step in steps if step["instruction"] in ("COPY", "ADD", "RUN")]
    return tuple(name for value in taking for name in _TAKES.findall(value))


def _begins_stage(step: Mapping[str, object]) -> bool:
    return step["instruction"] == "FROM"


def _stage(step: Mapping[str, object], user: str) -> Stage:
    words = str(step["value"]).split()
    flags = tuple(word for word in words if word.startswith("--"))
    rest = [word for word in words if not word.startswith("--")]
    image = "".join(_words(rest[0])) if rest else ""
    name = rest[2] if len(rest) > 2 and rest[1].lower() == "as" else ""  # noqa: PLR2004 - IMAGE AS NAME
    return Stage(int(str(step["startline"])), int(str(step["endline"])), flags, image, name, user)


def _words(text: str) -> tuple[str, ...]:
    """Split a text into its words, without their quotes."""
    from dockerfile_parse.util import WordSplitter  # noqa: TID251 - this is the door

    return tuple(WordSplitter(text).split())


def _values(steps: Steps, build_args: Mapping[str, str]) -> Mapping[str, str]:
    """Return the values of the ARGs before the first FROM, each filled in with those before it."""
    here = platform_args(f"linux/{architecture()}")
    values = {name: build_args.get(name, value) for name, value in here.items()}
    for step in takewhile(lambda step: not _begins_stage(step), steps):
        for word in _words(str(step["value"])) or ("",) if step["instruction"] == "ARG" else ():
            name, has_default, default = word.partition("=")
            if not name:
                raise BadInput("an ARG has no name", expected="ARG NAME or ARG NAME=DEFAULT")
            if name in build_args:
                values[name] = build_args[name].replace("$", _UNKNOWN)  # docker fills nothing into it
            elif has_default:
                values[name] = _filled(default, values)
    return values


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Put the ARGs' values in, from the innermost braces on; `_UNKNOWN` is in it where one is not known."""

    def value(found: re.Match[str]) -> str:
        known = values.get(found["name"] or found["braced"], _UNKNOWN)
        rule, word = found["rule"] or "", found["word"] or ""
        is_there = _UNKNOWN not in known and bool(known or ":" not in rule)
        if rule.endswith("+"):
            return word if is_there else ""
        if rule.endswith("?"):
            return known if is_there else _UNKNOWN
        return known if is_there or not rule else word

    while len(text) <= _LONGEST and (filled := _VARIABLE.sub(value, text)) != text:
        text = filled
    return text.replace("$", _UNKNOWN) if len(text) <= _LONGEST else _UNKNOWN

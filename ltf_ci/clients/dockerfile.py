"""The one door to dockerfile-parse: which images a Dockerfile is made FROM."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ltf_ci.errors import BadInput

SCRATCH = "scratch"
_MAY_HAVE_HEREDOC = re.compile(r"\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s", re.IGNORECASE)
_TAKES = re.compile(r"""(?<!\S)--(?:from=|mount=\S*?\bfrom=)['"]?([^\s,'"]+)""", re.IGNORECASE)
_HEREDOC = re.compile(r"""<<-?["']?([A-Za-z_][A-Za-z0-9_]*)["']?""")


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

    def text(self, image: str) -> str:
        """Write the instruction with this image."""
        return " ".join(["FROM", *self.flags, image, *(["AS", self.name] if self.name else [])]) + "\n"


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

        parser = DockerfileParser(fileobj=io.BytesIO(without_heredocs(text).encode()), build_args=dict(build_args))
        lines = [step for step in parser.structure if step["instruction"] == "FROM"]
        try:
            images = parser.parent_images
        except (LookupError, ValueError) as error:  # what the library stumbles over: an ARG or ENV without a name, say
            raise BadInput(f"{path} cannot be read: {error}", expected="a Dockerfile that docker builds") from error
        if not lines or len(lines) != len(images) or not all(images):
            raise BadInput(
                f"{path} names no image to begin FROM",
                expected="FROM IMAGE in each stage",
                cure="write one; an ARG in it needs a default, or --build-arg",
            )
        users = _users(parser.structure)
        return cls(text, tuple(map(_stage, lines, images, users)), _taken(parser.structure))

    @property
    def bases(self) -> tuple[str, ...]:
        """The images of other repositories that its stages are made FROM, each once."""
        names: set[str] = {SCRATCH}
        found: dict[str, None] = {}
        for stage in self.stages:
            if stage.image.lower() not in names:
                found[stage.image] = None
            names.add(stage.name.lower())
        return tuple(found)

    @property
    def base(self) -> str | None:
        """The image at the root of the last stage; None for `scratch`."""
        image = self._line[-1].image
        return None if image == SCRATCH else image

    @property
    def takes_unpinned(self) -> bool:
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
        named = {stage.name.lower(): stage for stage in self.stages if stage.name}
        found = [self.stages[-1]]
        while (parent := named.pop(found[-1].image.lower(), None)) and parent.image != found[-1].image:
            found.append(parent)
        return found

    def with_lines(self, added: str) -> Dockerfile:
        """Give the same with more lines right after the last FROM."""
        lines = _lines(self.text)
        last = self.stages[-1].last
        lines[last : last + 1] = [lines[last].rstrip("\n") + "\n", added]
        return replace(self, text="".join(lines))

    def pinned(self, images: Mapping[str, str]) -> str:
        """Give the text with these images' names put in place of theirs."""
        lines = _lines(self.text)
        for stage in reversed(self.stages):
            if stage.image in images:
                lines[stage.first : stage.last + 1] = [stage.text(images[stage.image])]
        return "".join(lines)

    def renamed(self, images: Mapping[str, str]) -> str:
        """Give the text with these names in place of theirs, in FROM or in the ARG that it takes them of.

        No other byte is touched. Raise BadInput where a name is put together of parts.
        """
        before, lines = _lines(self.text), _lines(self.text)
        for stage in self.stages:
            if stage.image in images:
                word = re.compile(rf"""(?<![^\s"'=]){re.escape(stage.image)}(?![^\s"'])""")
                for place in self._named_at(stage, word, before):
                    lines[place] = word.sub(images[stage.image], lines[place])
        return "".join(lines)

    def _named_at(self, stage: Stage, word: re.Pattern[str], lines: Sequence[str]) -> list[int]:
        """Give the lines that name a stage's image: of its FROM, else of the ARGs before the first one."""
        for places in (range(stage.first, stage.last + 1), range(self.stages[0].first)):
            if found := [place for place in places if not lines[place].startswith("#") and word.search(lines[place])]:
                return found
        raise BadInput(
            f"a FROM puts the name {stage.image} together of parts",
            expected="the whole name in FROM, or in the ARG that it is taken of",
            cure="write it there as a whole",
        )


def _lines(text: str) -> list[str]:
    return list(io.StringIO(text, newline="\n"))  # as docker counts them: at line feeds alone


def _users(steps: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Give each stage's last USER."""
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


def _stage(step: Mapping[str, object], image: str, user: str) -> Stage:
    words = str(step["value"]).split()
    flags = tuple(word for word in words if word.startswith("--"))
    rest = [word for word in words if not word.startswith("--")]
    name = rest[2] if len(rest) > 2 and rest[1].lower() == "as" else ""  # noqa: PLR2004 - IMAGE AS NAME
    return Stage(int(str(step["startline"])), int(str(step["endline"])), flags, image, name, user)


def without_heredocs(text: str) -> str:
    """Give a Dockerfile with the lines of its here-documents empty: what stands there is no instruction."""
    lines, ends = [], list[str]()
    for line in text.splitlines(keepends=True):
        if ends:
            if line.strip() == ends[0]:
                del ends[0]
            lines.append("\n")
            continue
        ends = _HEREDOC.findall(line) if _MAY_HAVE_HEREDOC.match(line) else []
        lines.append(line)
    return "".join(lines)

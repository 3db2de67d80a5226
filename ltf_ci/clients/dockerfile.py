"""The one door to dockerfile-parse: which images a Dockerfile is made FROM."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ltf_ci.errors import BadInput

SCRATCH = "scratch"
_MAY_HAVE_HEREDOC = re.compile(r"\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s", re.IGNORECASE)
_HEREDOC = re.compile(r"""<<-?["']?([A-Za-z_][A-Za-z0-9_]*)["']?""")


@dataclass(frozen=True, slots=True)
class Stage:
    """A FROM instruction: its first and last line from 0, its flags, the image with its ARGs filled in, its name."""

    first: int
    last: int
    flags: tuple[str, ...]
    image: str
    name: str

    def text(self, image: str) -> str:
        """Write the instruction with this image."""
        return " ".join(["FROM", *self.flags, image, *(["AS", self.name] if self.name else [])]) + "\n"


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A Dockerfile's text and its stages."""

    text: str
    stages: tuple[Stage, ...]

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
        return cls(text, tuple(_stage(step, image) for step, image in zip(lines, images, strict=True)))

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
        named = {stage.name.lower(): stage for stage in self.stages if stage.name}
        image = self.stages[-1].image
        while image.lower() in named and named[image.lower()].image != image:
            image = named.pop(image.lower()).image
        return None if image == SCRATCH else image

    def pinned(self, images: Mapping[str, str]) -> str:
        """Give the text with these images' names put in place of theirs."""
        lines = list(io.StringIO(self.text, newline="\n"))  # as docker counts them: at line feeds alone
        for stage in reversed(self.stages):
            if stage.image in images:
                lines[stage.first : stage.last + 1] = [stage.text(images[stage.image])]
        return "".join(lines)


def _stage(step: Mapping[str, object], image: str) -> Stage:
    words = str(step["value"]).split()
    flags = tuple(word for word in words if word.startswith("--"))
    rest = [word for word in words if not word.startswith("--")]
    name = rest[2] if len(rest) > 2 and rest[1].lower() == "as" else ""  # noqa: PLR2004 - IMAGE AS NAME
    return Stage(int(str(step["startline"])), int(str(step["endline"])), flags, image, name)


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

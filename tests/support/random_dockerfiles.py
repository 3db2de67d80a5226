"""Random Dockerfiles in the shapes that people write, and in those that only a reader of the grammar would think of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

_NAMES = ("a", "b", "base", "python", "acme/lang", "ghcr.io/acme/lang", "localhost:5000/x", "index.docker.io/library/a")
_TAGS = ("", ":1", ":3.7.4-1", ":1-slim", "@sha256:" + "a" * 64)
_ARGS = ("V", "N", "TAG", "TARGETARCH", "BUILDPLATFORM", "TARGETVARIANT", "TARGETSTAGE", "V1", "_x")
_STAGES = ("build", "Build", "one", "b", "for-amd64", "scratch2")
_NUMBERS = ("0", "1", "00", "+0", "-1", "7", "0:1", "\N{SUPERSCRIPT TWO}")
_VALUES = (
    "",
    "1",
    "a",
    "1-slim",
    "3.7.4",
    "a:1",
    "'a:1'",
    '"1"',
    "a-1-a",
    "x$V",
    "${N}",
    "\\$V",
    '"$V-1"',
    "'$V'",
    "1\\-2",
)
_DEEPEST = 2  # variables in variables
_HERE = ("EOF", "'EOF'", '"E O F"', "-EOF", "E$V")


def random_dockerfile(random: Random) -> tuple[str, Mapping[str, str]]:
    """Return a Dockerfile, and the arguments that it is built with."""
    escape = random.choice("\\\\\\`")
    lines = [*_directives(random, escape), *_before(random)]
    for number in range(random.randint(1, 4)):
        lines += [_from(random, number), *(_step(random, escape) for _ in range(random.randint(0, 3)))]
    if _by_chance(random, 0.3):
        lines = [_continued(random, line, escape) for line in lines]
    end = "\r\n" if _by_chance(random, 0.1) else "\n"
    text = end.join("\n".join(lines).split("\n"))
    mark = random.choice(("", "", "", "\ufeff"))
    given = {
        name: random.choice(("", "1", "2", "a", "$V")) for name in random.sample(_ARGS, random.choice((0, 0, 0, 1, 2)))
    }
    return mark + text + random.choice((end, end, "", "\n\n")), given


def _by_chance(random: Random, share: float) -> bool:
    return random.random() < share


def _directives(random: Random, escape: str) -> list[str]:
    escapes = [f"# escape={escape}", f"#escape = {escape}", f"  #  ESCAPE={escape}  "]
    syntax = ["# syntax=docker/dockerfile:1", "#syntax = docker/dockerfile:1 more"]
    check = ["# check=skip=all", "# Check = error=true"]
    found = [random.choice(kind) for kind in (syntax, check) if _by_chance(random, 0.3)]
    if escape != "\\" or _by_chance(random, 0.2):
        found.append(random.choice(escapes))
    random.shuffle(found)
    if _by_chance(random, 0.1):
        found.insert(random.randint(0, len(found)), random.choice(("# a comment", "", "# other=1", "#")))
    return found


def _before(random: Random) -> list[str]:
    lines = []
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        words = [_argument(random) for _ in range(random.choice((1, 1, 1, 2)))]
        lines.append(f"{random.choice(('ARG', 'ARG', 'arg', ' ARG'))} {' '.join(words)}")
    return lines


def _argument(random: Random) -> str:
    name = random.choice(_ARGS)
    return (
        name
        if _by_chance(random, 0.2)
        else f"{name}={random.choice((random.choice(_VALUES), _image(random), _variable(random)))}"
    )


def _variable(random: Random, depth: int = 0) -> str:
    name = random.choice(_ARGS)
    word = (
        _variable(random, depth + 1)
        if depth < 2 and _by_chance(random, 0.3)
        else random.choice(("", "1", "a:1", "-slim", "*", "a b", "?"))
    )
    forms = [f"${name}", f"${{{name}}}", f"${{{name}:-{word}}}", f"${{{name}-{word}}}", f"${{{name}:+{word}}}"]
    forms += [f"${{{name}+{word}}}", f"${{{name}:?{word}}}", f"${{{name}?{word}}}", f"${{{name}#{word}}}"]
    forms += [f"${{{name}%{word}}}", f"${{{name}%%-*}}", f"${{{name}##*-}}", f"${{{name}/-/.}}", f"${{{name}//a/b}}"]
    return random.choice((*forms[:3], *forms))


def _image(random: Random) -> str:
    kinds: tuple[Callable[[], str], ...] = (
        lambda: random.choice(_NAMES) + random.choice(_TAGS),
        lambda: random.choice(_NAMES) + random.choice(_TAGS),
        lambda: f"{random.choice(_NAMES)}:{_variable(random)}",
        lambda: f"{random.choice(_NAMES)}:1{_variable(random)}",
        lambda: _variable(random),
        lambda: random.choice(_STAGES),
        lambda: "scratch",
        lambda: f'"{random.choice(_NAMES)}:1"',
        lambda: f"for-{_variable(random)}",
    )
    return random.choice(kinds)()


def _from(random: Random, number: int) -> str:
    word = random.choice(("FROM", "FROM", "from", "From", "\tFROM", "  from"))
    platform = random.choice(
        ("", "", "", "--platform=$BUILDPLATFORM ", "--platform=linux/arm64 ", "--platform=$TARGETPLATFORM  ")
    )
    name = random.choice(("", "", f" AS {random.choice(_STAGES)}", f" as s{number}", f"\tAs  S{number} "))
    return f"{word}{random.choice((' ', chr(9)))}{platform}{_image(random)}{name}"


def _step(random: Random, escape: str) -> str:
    here = random.choice(_HERE)
    end = here.strip("-'\"")
    body = random.choice(("FROM c:1", "RUN x", "#", "", f"x {escape}", "\tFROM d:1"))
    chosen = (
        "RUN x",
        "run echo FROM c:1",
        f"RUN x {escape}\n  FROM c:1",
        f"RUN x {escape}\n# FROM c:1\n  && y",
        f"RUN x {escape}\n\n  && y",
        f"RUN <<{here}\n{body}\n{end}",
        f"COPY <<{here} /x\n{body}\n{end}",
        f"RUN cat <<A <<-B\n{body}\nA\n{body}\n\tB",
        f"RUN echo '<<{end}'",
        "RUN x $((1 << 2))",
        f"ONBUILD RUN <<{here}\n{body}\n{end}",
        "ONBUILD RUN x",
        f"COPY --from={random.choice((*_STAGES, *_NAMES, *_NUMBERS))} /x /y",
        f"RUN --mount=type=bind,from={random.choice((*_STAGES, *_NAMES, *_NUMBERS))},target=/x y",
        "ENV V=9 TAG=8",
        "ARG V=7",
        "LABEL a=b",
        "# FROM c:1",
        "",
        "USER me",
        f'RUN ["x", "FROM c:1{escape * 2}"]',
        f"RUN x {escape * 2}",
        f"RUN x {escape}  ",
    )
    return random.choice(chosen)


def _continued(random: Random, line: str, escape: str) -> str:
    """Return an instruction over several lines: at a space of its first, or within a word."""
    if "\n" in line or line.lstrip().startswith("#") or not line[1:]:
        return line
    at = random.randint(1, len(line) - 1)
    between = random.choice(("", "", "# why\n", "   # FROM c:1\n", "\n", " \t\n"))
    return f"{line[:at]}{escape}{random.choice(('', '', ' ', chr(9)))}\n{between}{line[at:]}"

"""What a Dockerfile is made FROM."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.clients.docker.build import DockerBuild
from ltf_ci.clients.docker.dockerfile import Dockerfile
from ltf_ci.errors import BadInput
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.image import ImageName


@pytest.mark.parametrize(
    ("text", "bases", "base"),
    [
        ("FROM a/b:1\nRUN x\n", ("a/b:1",), "a/b:1"),
        ("from python:3.7.4-slim\n", ("python:3.7.4-slim",), "python:3.7.4-slim"),
        ("FROM scratch\nCOPY a b\n", (), None),
        ("ARG V=7\nFROM base:${V} AS one\nFROM other\nCOPY --from=one /x /x\n", ("base:7", "other"), "other"),
        ("FROM base:7 AS one\nRUN x\nFROM one as two\nFROM two\n", ("base:7",), "base:7"),
        ("FROM --platform=$BUILDPLATFORM base:7 AS one\nFROM scratch\n", ("base:7",), None),
        ("ARG B\nFROM $B\n", ("given:9",), "given:9"),
        ("# syntax=docker/dockerfile:1\nFROM \\\n  a/b:1 \\\n  AS x\n", ("a/b:1",), "a/b:1"),
        ("FROM a/b@sha256:" + "0" * 64, ("a/b@sha256:" + "0" * 64,), "a/b@sha256:" + "0" * 64),
        ('\ufefffrom "a/b:1"\r\nRUN x\r\n', ("a/b:1",), "a/b:1"),
        ("FROM a/b:1 \nFROM a/b:1\tas x \t\n", ("a/b:1",), "a/b:1"),
        ("# escape=`\nFROM a/b:1\nCOPY x c:\\\nFROM `\n  b:1\n", ("a/b:1", "b:1"), "b:1"),
        ("FROM a/b:1\nRUN echo \\\\\nFROM b:1\n", ("a/b:1", "b:1"), "b:1"),
        ("FROM a/b:1\nRUN x \\\n\n  from b\n", ("a/b:1",), "a/b:1"),
        ("FROM debian AS debian\nFROM debian AS Two\nFROM two\n", ("debian",), "debian"),
        ("FROM two AS one\nFROM b:1 AS two\nFROM one\n", ("two", "b:1"), "two"),  # a later stage is none
        ("FROM scratch\nCOPY --from=a/b:1 x x\n", ("a/b:1",), None),
        ("FROM a:1\nRUN --mount=from=b:1,target=/b x\nCOPY --from=a:1 x x\n", ("a:1", "b:1"), "a:1"),
    ],
)
def test_the_images_that_it_is_made_from(text: str, bases: tuple[str, ...], base: str | None) -> None:
    dockerfile = Dockerfile.parse(text, "docker/Dockerfile", {"B": "given:9"})
    assert dockerfile.bases == bases
    assert dockerfile.base == base


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("ARG V=3.7\nARG W=${V}-slim\nFROM python:$W\n", "python:3.7-slim"),
        ("ARG A=x B='y:1'\nFROM $A/${B}\n", "x/y:1"),
        ("ARG V=\nFROM python:3$V\n", "python:3"),
        ("ARG V\nFROM python:${V:-3.7}\n", "python:3.7"),
        ("ARG V=\nFROM python:${V:-3.7}\n", "python:3.7"),
        ("ARG V=\nFROM python:3${V-.7}\n", "python:3"),
        ("FROM python:${V-3.7}\n", "python:3.7"),
        ("ARG V=1\nFROM python${V:+:3.7}\n", "python:3.7"),
        ("FROM python${V+:3.7}\n", "python"),
        ("ARG A\nFROM ${A:-python:${B:-3.7}}\n", "python:3.7"),
        ("ARG A=python\nFROM ${A:-$B}\n", "python"),
        ("ARG V=1\nFROM a:$V AS one\nARG V=2\nFROM b:$V\n", "b:1"),
        ("ARG GIVEN=a:1\nARG GIVEN\nFROM $GIVEN\n", "given:9"),
    ],
)
def test_args_are_filled_in_as_docker_does_it(text: str, base: str) -> None:
    assert Dockerfile.parse(text, "docker/Dockerfile", {"GIVEN": "given:9"}).base == base


@pytest.mark.parametrize(
    "name", ["python:3-$NONE", "$GIVEN", "$LATER", "python:${ARG%-slim}$NONE", "$EVIL", "python:$", "$ENVIRONMENT"]
)
def test_a_name_of_which_a_part_is_not_known_is_refused(name: str) -> None:
    text = f"ARG EVIL\nARG ARG=3-slim\nFROM a\nARG LATER=1\nENV ENVIRONMENT=1\nFROM {name}\n"
    with pytest.raises(BadInput, match=r"docker/Dockerfile:6: FROM .* names no image: not all of its ARGs"):
        Dockerfile.parse(text, "docker/Dockerfile", {"GIVEN": "undeclared:1", "EVIL": "$EVIL$EVIL"})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("COPY a b", ""),
        ("COPY --from=one /x /x", ""),
        ("COPY --from=ONE /x /x", ""),
        ("COPY --from=0 /x /x", ""),
        ("COPY --from=00 /x /x", ""),
        ("COPY --from=+0 /x /x", ""),
        ("COPY --from=0:1 /x /x", "0:1"),
        ("COPY --from=1_0 /x /x", "1_0"),
        ("COPY --from=\N{SUPERSCRIPT TWO} /x /x", "\N{SUPERSCRIPT TWO}"),
        ("COPY --from=\N{ARABIC-INDIC DIGIT ZERO} /x /x", "\N{ARABIC-INDIC DIGIT ZERO}"),
        ("COPY --from=9999999999999999999 /x /x", "9999999999999999999"),  # no number that Go has
        ("RUN --mount=from=7,target=/c make", "7"),  # a mount names a stage by its name alone
        ("RUN --mount=from=0,target=/c make", "0"),
        ("COPY --from=scratch /x /x", ""),
        ("COPY x --from=other:1 /x", ""),
        ("COPY --from=base:1 /x /x", ""),
        ("COPY --chown=1:1 --from=other:1 /x /x", "other:1"),
        ("copy --from='other' /x /x", "other"),
        ("COPY --from=other:1@sha256:" + "0" * 64 + " /x /x", "other:1@sha256:" + "0" * 64),
        ("COPY \\\n  --from=other:1 /x /x", "other:1"),
        ("# COPY --from=other:1 /x /x", ""),
        ("RUN <<E\nCOPY --from=other:1 /x /x\nE", ""),
        ("RUN --mount=type=cache,target=/c make", ""),
        ("RUN --mount=type=bind,from=one,target=/c make", ""),
        ("RUN --network=none --mount=type=bind,target=/c,from=other make", "other"),
        ("RUN --mount=from=other,target=/c make", "other"),
        ("RUN --mount=type=cache,target=/c \\\n --mount=from=other:1,target=/d x\nCOPY --from=other:1 a b", "other:1"),
    ],
)
def test_an_image_that_lends_files_is_a_base_too(line: str, expected: str) -> None:
    text = f"FROM base:1 AS one\nRUN x\nFROM base:2\n{line}\n"
    dockerfile = Dockerfile.parse(text, "docker/Dockerfile", {})
    assert dockerfile.lenders == ((expected,) if expected else ())
    assert dockerfile.bases == ("base:1", "base:2", *dockerfile.lenders)
    if expected:
        assert dockerfile.line_of(expected) == 4
        assert dockerfile.pinned({expected: "a@D"}) == text.replace(expected, "a@D")
        assert dockerfile.renamed({expected: "a:2"}) == text.replace(expected, "a:2")


def test_a_stage_that_has_its_images_name_is_what_later_ones_are_made_from() -> None:
    dockerfile = Dockerfile.parse("FROM debian AS debian\nUSER me\nFROM Debian\nRUN x\n", "Dockerfile", {})
    assert (dockerfile.bases, dockerfile.user) == (("debian",), "me")
    assert dockerfile.pinned({"debian": "debian@sha256:1"}) == (
        "FROM debian@sha256:1 AS debian\nUSER me\nFROM Debian\nRUN x\n"
    )
    assert dockerfile.pinned({"Debian": "x"}) == dockerfile.renamed({"Debian": "x"}) == dockerfile.text


def test_pinned_images_keep_their_flags_and_names_and_no_other_line_is_touched() -> None:
    text = (
        "# syntax=x\nARG V=7\nFROM --platform=$BUILDPLATFORM base:${V} AS one\n"
        "RUN echo \\\n  FROM base:7\nFROM one\nFROM other:1\nCOPY --from=one /x /\n"
    )
    pinned = Dockerfile.parse(text, "docker/Dockerfile", {}).pinned({"base:7": "base:7@D1", "other:1": "other:1@D2"})
    assert pinned == text.replace("base:${V} AS one", "base:7@D1 AS one").replace("FROM other:1", "FROM other:1@D2")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "docker/Dockerfile: no line is FROM an image"),
        ("RUN x\n", "docker/Dockerfile: no line is FROM an image"),
        ("\x00", "docker/Dockerfile: no line is FROM an image"),
        ("ARG B\nFROM $B\n", r"docker/Dockerfile:2: FROM \$B names no image"),
        ("FROM\n", "docker/Dockerfile:1: 'FROM' cannot be read"),
        ("ARG T\nFROM a\nCOPY --from=$T x x\n", r"docker/Dockerfile:3: from=\$T names no image"),
        ("FROM a\nRUN --mount=from=${T},target=/x y\n", r"docker/Dockerfile:2: from=\${T} names no image"),
        ("FROM a\nCOPY --from=later x x\nFROM b AS Later\n", "docker/Dockerfile:2: from=later is no stage before"),
        ("FROM a AS one\nCOPY \\\n --from=one x x\n", "docker/Dockerfile:2: from=one is no stage before this one"),
        ("FROM a\nFROM b\nCOPY --from=1 x x\n", "docker/Dockerfile:3: from=1 is no stage before this one"),
        ("FROM a\nFROM b\nCOPY --from=-1 x x\n", "docker/Dockerfile:3: from=-1 is no stage before this one"),
        ("FROM a:1\nRUN x\nFROM b:1 # my base\n", "docker/Dockerfile:3: 'FROM b:1 # my base' cannot be read"),
        ("FROM a:1 b\n", "docker/Dockerfile:1: 'FROM a:1 b' cannot be read"),
        ("FROM a:1 AS\n", "docker/Dockerfile:1: 'FROM a:1 AS' cannot be read"),
        ("FROM a:1 AS b c\n", "docker/Dockerfile:1: 'FROM a:1 AS b c' cannot be read"),
        ("ARG\nFROM a\n", "docker/Dockerfile: an ARG has no name"),
        ("ARG =\nFROM ${X\n", "docker/Dockerfile: an ARG has no name"),
        ("FROM ${X\n", r"docker/Dockerfile: '\$\{X' cannot be read"),
        ("# escape=x\nFROM a\n", "docker/Dockerfile: its escape is 'x'"),
    ],
)
def test_without_an_image_it_is_refused_at_its_place(text: str, place: str) -> None:
    with pytest.raises(BadInput, match=f"^{place}") as refused:
        Dockerfile.parse(text, "docker/Dockerfile", {})
    assert refused.value.expected
    assert refused.value.cure


@pytest.mark.parametrize("mark", ["\u2028", "\f", "\x85", "\r"])
def test_lines_end_at_line_feeds_alone(mark: str) -> None:
    text = f"# a{mark}b\nFROM a:1\nRUN x\n"
    assert Dockerfile.parse(text, "Dockerfile", {}).pinned({"a:1": "a:2"}) == f"# a{mark}b\nFROM a:2\nRUN x\n"


def test_lines_of_a_here_document_are_no_instructions() -> None:
    copy, run = "COPY <<EOF /x.py\nfrom os import path\nEOF\n", "RUN <<-'ONE' cat\nFROM x\n\tONE\n"
    text = f"FROM alpine AS Builder\n{copy}{run}FROM builder\n"
    dockerfile = Dockerfile.parse(text, "Dockerfile", {})
    assert (dockerfile.bases, dockerfile.base) == (("alpine",), "alpine")
    assert dockerfile.pinned({"alpine": "alpine@x"}) == text.replace("FROM alpine", "FROM alpine@x")


@pytest.mark.timeout(30)  # they would be tried for years
@pytest.mark.parametrize("change", ["##*a*a*a*a*a*a*b", "%%b*a*a*a*a*a*a", "//*a*a*a*a*a*a*b/c", "/b*a*a*a*a*a*a*/c"])
def test_a_pattern_of_many_stars_is_tried_once(change: str) -> None:
    name = "a" * 3000
    text = f"ARG X={name}\nFROM ${{X{change}}}\n"
    assert Dockerfile.parse(text, "docker/Dockerfile", {}).bases == (name,)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ("#*b*c", "abcd"),
        ("##*b*c", "d"),
        ("%b*c*", "abca"),
        ("%%b*c*", "a"),
        ("/b*b*c/-", "a-d"),
        ("//b?/-", "a-a-d"),
        ("/b**c/-", "a-d"),
        ("#?", "bcabcd"),
    ],
)
def test_a_pattern_takes_as_much_as_it_can_or_as_little(change: str, left: str) -> None:
    text = f"ARG X=abcabcd\nFROM ${{X{change}}}\n"
    assert Dockerfile.parse(text, "docker/Dockerfile", {}).bases == (left,)


def test_args_that_make_more_of_each_other_than_a_name_has_are_refused() -> None:
    more = "".join(f"ARG A{number + 1}=$A{number}$A{number}\n" for number in range(60))
    nested = "${A0:+" * 20_000 + "x" + "}" * 20_000
    for name in ("$A60", nested):
        with pytest.raises(BadInput):
            Dockerfile.parse(f"ARG A0=a\n{more}FROM {name}\n", "docker/Dockerfile", {})


@pytest.mark.parametrize(
    "lines",
    [
        "RUN --network=none \\\n  # not yet\n  <<EOF\nfrom os import x\nEOF",
        "RUN <<END-OF-FILE\nFROM x\nEND-OF-FILE",
        "RUN <<EOF\n  EOF\nFROM x\nEOF",
        "RUN 3<<-EOF cat\r\nFROM x\r\n\t\tEOF\r",
        "RUN cat << EOF\nFROM x\nEOF",
        "onbuild run <<E\\'F\nFROM x\nE'F",
        "COPY <<b <<'a' /x/\nFROM x\na\nb\nFROM y\na",
        "RUN <<E\na\fb\nE",
        "RUN cat <<<word",
        "RUN echo $((1<<BITS)) $((1 << 2))",
        "RUN echo 'as <<EOF says' \"<<EOF\"",
        'RUN ["cat", "<<EOF"]',
        "CMD cat <<EOF",
        "RUN echo <<EOF",
    ],
)
def test_a_here_document_is_what_buildkit_takes_for_one(lines: str) -> None:
    text = f"FROM a:1\n{lines}\nFROM b:1\n"
    dockerfile = Dockerfile.parse(text, "Dockerfile", {})
    assert dockerfile.bases == ("a:1", "b:1")
    assert dockerfile.pinned({"b:1": "b:2"}) == f"FROM a:1\n{lines}\nFROM b:2\n"


@pytest.mark.machine
@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("ARG A=scr\nARG B=${A}atch\nFROM $B AS one\nFROM ${B}\n", ["scratch", "scratch"]),
        ("ARG A\nFROM ${A:-${B:-scratch}}\n", ["scratch"]),
        ("ARG A=1 B='scratch'\nFROM ${A:+$B}\n", ["scratch"]),
        ('# syntax-free\nFROM "scratch" AS One\nLABEL x=y \\\n\n  from=b\nFROM one\n', ["scratch", "one"]),
        ("# escape=`\r\nFROM scratch AS one\r\nWORKDIR c:\\\r\nFROM `\r\n # so\r\n one\r\n", ["scratch", "one"]),
        ("FROM scratch AS one\nRUN echo \\\\\nFROM scratch\n", ["scratch", "scratch"]),
        (
            "FROM scratch AS one\nRUN cat <<<word; echo $((1<<BITS)) '<<E' \"<<E\"\nFROM scratch\n",
            ["scratch", "scratch"],
        ),
    ],
)
@pytest.mark.usefixtures("docker_host")
def test_it_is_read_as_docker_builds_it(text: str, images: list[str], tmp_path: Path) -> None:
    read = Dockerfile.parse(text, "Dockerfile", {})
    assert [stage.image for stage in read.stages] == images
    (tmp_path / "x").touch()
    said: list[str] = []
    spec = BuildSpec(dockerfile=f"{text}COPY x x\n", context=tmp_path)
    DockerBuild(said.append, {}).build(spec, {}, ImageName.parse("read:1"))
    assert any("COPY x x" in line for line in said)


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("FROM a\nUSER node\n", ""),
        ("FROM a AS one\nUSER root\nUSER node:node\nFROM one\nUSER other\n", "node:node"),
        ("FROM a AS one\nUSER node\nFROM One AS two\nRUN x\nFROM two\n", "node"),
        ("FROM a AS one\nUSER node\nFROM a\n", ""),
        ("FROM a AS one\nRUN <<EOF\nUSER node\nEOF\nFROM one\n", ""),
        ("FROM a AS a\nUSER node\nFROM b\n", ""),
    ],
)
def test_the_user_that_the_last_stage_begins_as_is_that_of_the_stages_before_it(text: str, user: str) -> None:
    assert Dockerfile.parse(text, "Dockerfile", {}).user == user


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("FROM a\nRUN x\n", "FROM a\n"),
        ("FROM a", "FROM a\n"),
        (
            "FROM a AS one\nRUN x\nFROM \\\n  one\nCOPY <<EOF /x\nFROM b\nEOF\n",
            "FROM a AS one\nRUN x\nFROM \\\n  one\n",
        ),
    ],
)
def test_more_lines_stand_after_the_last_from(text: str, before: str) -> None:
    dockerfile = Dockerfile.parse(text, "Dockerfile", {}).with_lines("RUN more\n")
    assert dockerfile.text == f"{before}RUN more\n{text[len(before) :]}"
    assert f"{dockerfile.pinned({'a': 'a@D'})}\n".startswith("FROM a@D")
    assert Dockerfile.parse(dockerfile.text, "Dockerfile", {}).bases == ("a",)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("FROM a/b:1\nRUN echo a/b:1\n", "FROM a/b:1\n", "FROM a/b:2\n"),
        ("# a/b:1\r\nfrom   --platform=linux/arm64  a/b:1\tas  one\r\n", "a/b:1\t", "a/b:2\t"),
        ("FROM \\\n# a/b:1\n  a/b:1 \\\n  AS x\nCOPY a b\n", "  a/b:1 ", "  a/b:2 "),
        ("ARG B=a/b:1\nFROM $B\n", "=a/b:1", "=a/b:2"),
        ("ARG B='a/b:1'\nFROM ${B} AS one\nFROM ${B}\n", "'a/b:1'", "'a/b:2'"),
        ("FROM a/b:1 AS one\nFROM a/b:10\nFROM a/b:1\n", "a/b:1 AS", "a/b:2 AS"),
        ("FROM other\nCOPY --from=a/b:1 x x\nRUN echo a/b:1\n", "from=a/b:1", "from=a/b:2"),
        ("FROM a/b:1\nRUN --mount=from=a/b:1,target=a/b:1 x\n", "from=a/b:1", "from=a/b:2"),
    ],
)
def test_a_renamed_image_changes_no_other_byte(text: str, before: str, after: str) -> None:
    expected = text.replace(before, after).replace("FROM a/b:1\n", "FROM a/b:2\n")
    assert Dockerfile.parse(text, "Dockerfile", {}).renamed({"a/b:1": "a/b:2"}) == expected


def test_a_name_that_is_put_together_of_parts_is_not_guessed_at() -> None:
    with pytest.raises(BadInput, match="a/b:1"):
        Dockerfile.parse("ARG V=1\nFROM a/b:$V\n", "Dockerfile", {}).renamed({"a/b:1": "a/b:2"})

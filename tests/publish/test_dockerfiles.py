"""Which platforms a build must run programs of: those of its RUNs, in the stages that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.publish.dockerfiles import platforms_of_runs, read_dockerfile

ARM, S390 = "linux/arm64", "linux/s390x"
CROSS = "FROM --platform=$BUILDPLATFORM go AS made\nRUN make\nFROM scratch\nCOPY --from=made /x /\n"


@pytest.mark.parametrize(
    ("text", "platforms", "needed"),
    [
        ("FROM a\nRUN x\n", (), set()),
        ("FROM a\nCOPY x /\nWORKDIR /y\n", (ARM,), set()),
        ("FROM a\nRUN x\n", (ARM,), {ARM}),
        ("FROM a\nrun x\n", (ARM, "linux/amd64"), {ARM, "linux/amd64"}),
        ("FROM a\nRUN <<E\nRUN y\nE\n", (ARM,), {ARM}),
        ("FROM a\nCOPY <<E /x\nRUN y\nE\n", (ARM,), set()),
        ("FROM a\n# RUN x\n", (ARM,), set()),
        ("FROM a\nONBUILD RUN x\n", (ARM,), set()),
        (CROSS, (ARM,), set()),
        (CROSS.replace("$BUILDPLATFORM", "${BUILDPLATFORM}"), (ARM,), set()),
        (CROSS.replace("$BUILDPLATFORM", "linux/$BUILDARCH"), (ARM,), set()),
        (CROSS.replace("$BUILDPLATFORM", "$TARGETPLATFORM"), (ARM,), {ARM}),
        (CROSS.replace("$BUILDPLATFORM", "$TARGETPLATFORM"), (), set()),
        (CROSS.replace("$BUILDPLATFORM", "linux/$TARGETARCH"), (ARM,), {ARM}),
        (CROSS.replace("$BUILDPLATFORM", S390), (ARM,), {S390}),
        (CROSS.replace("$BUILDPLATFORM", S390), (), {S390}),
        (f"ARG P={S390}\n{CROSS.replace('$BUILDPLATFORM', '$P')}", (), {S390}),
        (f"ARG P\n{CROSS.replace('$BUILDPLATFORM', '$P')}", (ARM,), set()),  # nobody says which
        (CROSS.replace("--from=made", "--from=0").replace("$BUILDPLATFORM", S390), (), {S390}),
        (f"FROM --platform={S390} a AS unused\nRUN x\nFROM b\n", (ARM,), set()),
        ("FROM a AS one\nRUN x\nFROM one\nCOPY y /\n", (ARM,), {ARM}),
        (f"FROM --platform={S390} a AS one\nFROM one\nRUN x\n", (ARM,), {S390}),
        (f"FROM --platform={S390} a AS x\nRUN y\nFROM b\nRUN --mount=from=x,target=/z ls\n", (ARM,), {ARM, S390}),
        ("FROM a AS for-amd64\nRUN x\nFROM b AS for-arm64\nFROM for-$TARGETARCH\n", (ARM,), set()),
        ("FROM a AS for-arm64\nRUN x\nFROM b AS for-amd64\nFROM for-$TARGETARCH\n", (ARM,), {ARM}),
        ("FROM a AS a\nRUN x\nFROM a AS a\n", (ARM,), {ARM}),  # an earlier stage of the same name
    ],
)
def test_the_platforms_of_runs(text: str, platforms: tuple[str, ...], needed: set[str]) -> None:
    assert platforms_of_runs(BuildSpec(dockerfile=text, context=Path(), platforms=platforms)) == needed


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("dockerfile.base", "git mv docker/dockerfile.base docker/Dockerfile.base"),
        ("DOCKERFILE", "git mv docker/DOCKERFILE docker/Dockerfile"),
        ("Dockerfile.bas", "write one"),
        ("", "write one"),
    ],
)
def test_a_file_of_nearly_its_name_is_to_be_renamed(name: str, cure: str, tmp_path: Path) -> None:
    if name:
        (tmp_path / "docker").mkdir()
        (tmp_path / "docker" / name).write_text("FROM a\n")
    with pytest.raises(BadInput) as raised:
        read_dockerfile(tmp_path, {})
    assert raised.value.cure == f"{cure}, and commit it"

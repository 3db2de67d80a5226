"""What comes back from a container is read with suspicion: it may be anything."""

from __future__ import annotations

import gzip
import io
import tarfile
from datetime import UTC, datetime

import pytest

from ltf_ci.clients.docker import sandbox
from ltf_ci.model.container import LONGEST, ContainerResult, Printed
from tests.support.bombs import bomb


def answer(says: dict[str, str] | None = None, /, **files: bytes) -> bytes:
    """Pack files; the first one's header says this too."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for number, (name, content) in enumerate(files.items()):
            info = tarfile.TarInfo(name)
            info.size, info.pax_headers = len(content), {} if number else says or {}
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(raw.getvalue())


SPARSE = {"GNU.sparse.major": "0", "GNU.sparse.map": f"{10**15},1", "GNU.sparse.size": f"{10**15 + 1}"}


def ended(stdout: bytes, *, timed_out: bool = False) -> ContainerResult:
    return ContainerResult(
        stdout=stdout, stderr=b"tar: no\n", status=None if timed_out else 0, seconds=2, timed_out=timed_out
    )


def test_both_streams_and_the_status_are_read() -> None:
    ran = sandbox.start_files_run(ended(answer(stdout=b"a\xffb", stderr=b"c", status=b"3\n")))
    assert (ran.stdout, ran.stderr, ran.status, ran.fault) == (Printed("ab"), Printed("c"), 3, "")


@pytest.mark.parametrize("size", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_a_stream_is_cut_and_marked_so(size: int) -> None:
    ran = sandbox.start_files_run(ended(answer(stdout=b"x" * size, status=b"0")))
    assert (len(ran.stdout.text), ran.stdout.cut) == (min(size, LONGEST), size > LONGEST)


@pytest.mark.parametrize(
    "stdout",
    [
        b"",
        b"hello\n",
        answer()[:20],
        answer(stdout=b"a"),
        answer(status=b"none"),
        gzip.compress(b"not a tar"),
        bomb(96),
        answer(stdout=b"x" * 10**7, status=b"0"),
        answer(SPARSE, status=b"0", stdout=b""),
        answer({"size": "9" * 30}, stdout=b"", status=b"0"),
        answer(first=b"", second=b"", third=b"", status=b"0"),
    ],
    ids=[
        *("nothing", "text", "half", "no-status", "no-number", "no-tar", "bomb", "large"),
        *("sparse", "endless", "too-many"),
    ],
)
def test_what_is_no_answer_is_a_fault_in_the_containers_words(stdout: bytes) -> None:
    ran = sandbox.start_files_run(ended(stdout))
    assert ran.fault == "the container did not answer as it should: tar: no"


def test_start_files_are_packed_byte_for_byte_and_of_a_time_that_any_archive_can_have() -> None:
    texts = {"crlf.sh": "a\r\nb\r\n", "no-end.py": "é", "/sub/empty": "", "mac.txt": "a\rb"}
    with tarfile.open(fileobj=io.BytesIO(sandbox.packed(texts))) as tar:
        files = {member.name: file.read() for member in tar if (file := tar.extractfile(member))}
        assert {member.mtime for member in tar} == {datetime(1980, 1, 2, tzinfo=UTC).timestamp()}
    assert {name: files[f"sandbox/{name.lstrip('/')}"] for name in texts} == {k: v.encode() for k, v in texts.items()}


def test_one_whose_time_was_up_is_told_so() -> None:
    assert sandbox.start_files_run(ended(answer(status=b"0"), timed_out=True)).timed_out

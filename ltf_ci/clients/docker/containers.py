"""Containers for untrusted programs: limited in all that they could use up, and removed whatever happens."""

from __future__ import annotations

import io
import signal
import socket
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import current_thread, main_thread
from typing import Any

from ltf_ci.clients.docker import sandbox
from ltf_ci.clients.docker.daemon import Docker, translated_errors
from ltf_ci.errors import BadInput
from ltf_ci.model.container import GID, UID, ContainerResult, ContainerSpec, StartFilesRun
from ltf_ci.model.named_file import LARGEST_LAMBDA

_USER = f"{UID}:{GID}"
_MB, _GB = 1024**2, 1024**3
_TMPFS = {"/sandbox": f"exec,size=250M,uid={UID},gid={GID}", "/tmp": "exec,size=250M,mode=1777"}  # noqa: S108 - in there
_ULIMITS = {"core": 0, "fsize": 256 * _MB, "locks": 1024, "nofile": 1024, "nproc": 1024, "stack": 16 * _MB}
_DATA = {"data": 4 * _GB}
_MOST = 2 * _MB  # of what a container prints
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_NO_PROGRAM = "executable file not found", "no such file or directory"  # as `docker run` knows it, whatever runs it
_NOT_FOUND = 127  # the status of a shell, and of docker's own first process, then
_HEADER = 8  # bytes before each piece: the stream's number, and the piece's length


class Containers:
    """Runs programs in the images of the docker daemon."""

    def __init__(self, docker: Docker) -> None:
        self.docker = docker

    def run_start_files(self, spec: ContainerSpec, files: Mapping[str, str]) -> StartFilesRun:
        """Run start files as cyber-dojo's runner does."""
        return sandbox.start_files_run(self.run(spec, sandbox.START, sandbox.packed(files)))

    def probe(self, spec: ContainerSpec) -> ContainerResult:
        """Return a container's output: a line for each thing that cyber-dojo's runner needs and the image lacks."""
        return self.run(spec, sandbox.PROBE)

    def run(self, spec: ContainerSpec, words: Sequence[str], stdin: bytes = b"") -> ContainerResult:
        """Run a program until it ends or its time is up."""
        environment = {"CYBER_DOJO_IMAGE_NAME": spec.name, "CYBER_DOJO_ID": "ltfci0", "CYBER_DOJO_SANDBOX": "/sandbox"}
        more = {"user": _USER, "stdin_open": True, "environment": environment, "host_config": self._limits(spec)}
        with translated_errors(self.docker.endpoint), self._container(spec.image, words, **more) as container:
            began = time.monotonic()
            with self._attached(container, began + spec.seconds) as attached:
                if not self._started(container, words[0]):
                    return ContainerResult(stdout=b"", stderr=b"", status=_NOT_FOUND, seconds=0)
                attached.talk(stdin)
            seconds = time.monotonic() - began
            status = None if attached.stopped else int(self.docker.api.wait(container)["StatusCode"])
        stdout, stderr = (bytes(attached.printed[number]) for number in (1, 2))
        timed_out = attached.timed_out
        return ContainerResult(stdout=stdout, stderr=stderr, status=status, seconds=seconds, timed_out=timed_out)

    def _started(self, container: str, program: str) -> bool:
        """Start a container; return whether the image has its program: docker itself lacks what else is not found."""
        from docker.errors import APIError  # noqa: TID251 - this is the door

        try:
            self.docker.api.start(container)
        except APIError as error:
            if f'"{program}"' in str(error) and any(text in str(error) for text in _NO_PROGRAM):
                return False
            raise
        return True

    def file_of(self, image: str, path: str) -> str | None:
        """Return a text file of an image, without running anything in it; None where the image has none."""
        with translated_errors(self.docker.endpoint), self._container(image, ["bash"]) as container:
            raw, target = self._archive(container, path)
            if target:
                raw, _ = self._archive(container, target)
        return _only_file(raw, path) if raw else None

    def _archive(self, container: str, path: str) -> tuple[bytes, str]:
        """Return the tar archive of a file, and the path that a link has; both are empty where there is none."""
        from docker.errors import NotFound  # noqa: TID251 - this is the door

        try:
            pieces, about = self.docker.api.get_archive(container, path)
        except NotFound:
            return b"", ""
        raw = bytearray()
        for piece in pieces:
            raw += piece
            if len(raw) > LARGEST_LAMBDA + 20 * tarfile.BLOCKSIZE:
                raise BadInput(
                    f"{path} of the image has too many bytes",
                    expected=f"at most {LARGEST_LAMBDA}",
                    cure=f"look at what the Dockerfile copies to {path}",
                )
        return bytes(raw), about["linkTarget"]

    @contextmanager
    def _container(self, image: str, words: Sequence[str], **more: Any) -> Iterator[str]:
        """Yield the name of a new container, which is removed at the end of the block."""
        from docker.errors import NotFound  # noqa: TID251 - this is the door

        name = self.docker.new_name()
        try:
            with _uninterrupted():  # what the daemon is making cannot be removed yet
                self.docker.api.create_container(image, list(words), name=name, entrypoint="", **more)
            yield name
        finally:
            with _uninterrupted(), suppress(NotFound):
                self.docker.api.remove_container(name, force=True, v=True)

    def _limits(self, spec: ContainerSpec) -> Any:
        from docker.types import Ulimit  # noqa: TID251 - this is the door

        limits = _ULIMITS if spec.traces else {**_ULIMITS, **_DATA}
        return self.docker.api.create_host_config(
            network_mode="none",
            init=not spec.is_first,
            mem_limit="2g",
            pids_limit=128,
            security_opt=["no-new-privileges"],
            cap_add=["SYS_PTRACE"] if spec.traces else [],
            tmpfs=_TMPFS,
            ulimits=[Ulimit(name=name, soft=most, hard=most) for name, most in limits.items()],
        )

    @contextmanager
    def _attached(self, container: str, deadline: float) -> Iterator[_Attached]:
        wanted = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        stream: Any = self.docker.api.attach_socket(container, params=wanted)
        try:
            yield _Attached(getattr(stream, "_sock", stream), deadline)
        finally:
            stream._response.close()  # noqa: SLF001 - docker-py keeps it there, and closes it never
            stream.close()


class _Attached:
    """A container's standard streams: read up to a moment of the monotonic clock, and up to `_MOST` bytes."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self.printed = {0: bytearray(), 1: bytearray(), 2: bytearray()}
        self.timed_out = self.stopped = False

    def talk(self, stdin: bytes) -> None:
        """Send the standard input and keep the output, until the end, or until its time or its size is too much."""
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # it has ended, and read nothing
                self._wait()
                self._sock.sendall(stdin)
                self._sock.shutdown(socket.SHUT_WR)
            with suppress(EOFError, ConnectionResetError):
                self._read_output()
        except TimeoutError:
            self.timed_out = self.stopped = True

    def _read_output(self) -> None:
        while sum(map(len, self.printed.values())) < _MOST:
            header = self._read(_HEADER)
            left = int.from_bytes(header[4:], "big")
            while left and len(self.printed[header[0]]) < _MOST:
                piece = self._read(min(left, _MOST), whole=False)
                self.printed[header[0]] += piece
                left -= len(piece)
        self.stopped = True

    def _read(self, size: int, *, whole: bool = True) -> bytes:
        found = b""
        while len(found) < size and (whole or not found):
            self._wait()
            piece = self._sock.recv(size - len(found))
            if not piece:
                raise EOFError
            found += piece
        return found

    def _wait(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back what ends a run until the end of the block; only the main thread receives signals anyway."""
    if current_thread() is not main_thread():
        yield
        return
    came = list[int]()
    heeded = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]  # nohup ignores one
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


def _only_file(archive: bytes, path: str) -> str:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        first = tar.next()
        file = tar.extractfile(first) if first and first.isfile() else None
        if file is None:
            raise BadInput(
                f"{path} of the image is no file",
                expected="a regular file",
                cure=f"let the Dockerfile COPY a file to {path}",
            )
        return file.read().decode("utf-8", "replace")

"""The one door to other programs: a list of words, never a shell."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess  # noqa: TID251 - this is the door
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from errno import EACCES, ENOENT, ENOEXEC
from functools import partial
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, NamedTuple

from ltf_ci.clients.program_group import ProgramGroup, Running, signal_all
from ltf_ci.errors import LtfError, MachineFailed, MissingTool
from ltf_ci.model.access import CREDENTIALS

if TYPE_CHECKING:
    import socket

    from ltf_ci.clients.limits import Limits  # few programs have any

TIMED_OUT, TOO_LARGE = -9, -10  # the status of a program that was killed for it
RUNNER_TOKENS = ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_RUNTIME_TOKEN")  # GitHub's
_NOT_DUMPABLE = 4, 0  # PR_SET_DUMPABLE
_POLL = 0.5  # seconds
_CHUNK = 64 * 1024  # bytes


class Finished(NamedTuple):
    """A program that has ended: its exit status and what it printed."""

    status: int
    output: bytes
    errors: bytes

    @property
    def text(self) -> str:
        """Its standard output as text."""
        return self.output.decode("utf-8", "replace")

    @property
    def complaint(self) -> str:
        """Its standard error as text."""
        return self.errors.decode("utf-8", "replace").strip()


def run(  # noqa: PLR0913 - what a program is started with
    words: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    stdin: bytes = b"",
    more_env: Mapping[str, str] | None = None,
    seconds: float | None = None,
    bare: bool = False,
    limits: Limits | None = None,
    fds: Sequence[int] = (),
) -> Finished:
    """Run a program to its end, in our environment without our credentials, with `more_env`; or raise MissingTool.

    `bare` is for a program that runs other people's code: it gets nothing of our environment but PATH, and whatever it
    started is killed when it ends.

    A program that takes longer than `seconds` is killed: its status is then TIMED_OUT. One with `limits` is killed with
    all that it started (at a terminal: without), where it is beyond them: its status is then TIMED_OUT or TOO_LARGE.
    `fds` stay open in it.
    """
    env = {**_environment(bare=bare), **(more_env or {})}
    words = [*_holding(limits), *words] if limits else words
    apart = bare or current_thread() is not main_thread() or (limits is not None and not _has_terminal())
    group = ProgramGroup.current()
    start = partial(_started, words, cwd, env, fds, apart=apart)
    try:
        running = group.start(start) if apart else start()
    except OSError as error:
        raise _not_started(words, error) from error
    with running:
        try:
            return _within(limits, running) if limits else _to_its_end(running, stdin, seconds)
        except BaseException:  # Ctrl-C too: no program outlives the run
            running.kill()
            raise
        finally:
            group.discard(running)
            if apart and (bare or limits):
                signal_all(running, signal.SIGKILL)


def _has_terminal() -> bool:
    """Whether a person may be asked, by ssh for a passphrase: only a program of our own session could do that."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _holding(limits: Limits) -> Sequence[str | Path]:
    """Return the words before a program's own that hold its memory, and that of what it starts and does not lift it."""
    return [*programs("prlimit")[:1], f"--data={limits.memory}:"] if programs("prlimit") else []


def _to_its_end(running: Running, stdin: bytes, seconds: float | None) -> Finished:
    try:
        output, errors = running.communicate(stdin, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        running.kill()
        return Finished(TIMED_OUT, error.stdout or b"", error.stderr or b"")
    return Finished(running.returncode, output, errors)


def _within(limits: Limits, running: Running) -> Finished:
    """Read what a program prints until it ends, or is beyond its limits and killed."""
    end = time.monotonic() + limits.seconds
    read: dict[int, bytearray] = {}
    with selectors.DefaultSelector() as open_streams:
        for stream in (running.stdout, running.stderr):
            if stream:
                open_streams.register(stream, selectors.EVENT_READ)
                read[stream.fileno()] = bytearray()
        if running.stdin:
            running.stdin.close()
        status = None
        while open_streams.get_map() and status is None:
            for key, _ in open_streams.select(_POLL):
                read[key.fd] += (chunk := os.read(key.fd, _CHUNK))
                if not chunk:
                    open_streams.unregister(key.fileobj)
            is_too_large = sum(map(len, read.values())) > limits.output or limits.is_full()
            status = TOO_LARGE if is_too_large else TIMED_OUT if time.monotonic() > end else None
    if status is not None:
        signal_all(running, signal.SIGKILL)
        running.kill()  # one that shares our terminal is not the first of a session
    running.wait()
    output, errors = map(bytes, read.values())
    return Finished(running.returncode if status is None else status, output, errors)


def _started(
    words: Sequence[str | Path], cwd: Path | None, env: Mapping[str, str], fds: Sequence[int], *, apart: bool
) -> Running:
    return subprocess.Popen(
        [str(word) for word in words],
        cwd=cwd,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=fds,
        start_new_session=apart,  # has no terminal: else many ssh would ask for a password at once
    )


def stream(
    words: Sequence[str | Path],
    line: Callable[[str], None],
    *,
    stdin: bytes = b"",
    more_env: Mapping[str, str],
    keeps: Sequence[str] = (),
) -> int:
    """Run a program, call `line` with each line that it prints, and return its exit status; or raise MissingTool.

    `keeps` are those of GitHub's own tokens that it needs: else no program gets them.
    """
    from tempfile import TemporaryFile  # slow to import, and seldom needed

    with TemporaryFile() as source:  # a pipe could fill while the program's own output waits to be read
        source.write(stdin)
        source.seek(0)
        try:
            running = subprocess.Popen(
                [str(word) for word in words],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**_environment(bare=False, keeps=keeps), **more_env},
            )
        except OSError as error:
            raise _not_started(words, error) from error
        with running:
            try:
                for raw in _lines(running):
                    line(raw.decode("utf-8", "replace").rstrip())
            except BaseException:  # Ctrl-C too: no program outlives the run
                running.terminate()
                raise
    return running.returncode


def _lines(running: Running) -> Iterator[bytes]:
    """Return what a program prints, line by line; a line without an end in pieces."""
    output = running.stdout
    while output and (raw := output.readline(_CHUNK)):
        yield raw


def connected(words: Sequence[str | Path], connection: socket.socket) -> Running:
    """Start a program that reads from a connection and writes to it."""
    return subprocess.Popen(
        [str(word) for word in words],
        stdin=connection.fileno(),
        stdout=connection.fileno(),
        stderr=subprocess.DEVNULL,
        env=_environment(bare=False),
        start_new_session=True,  # Ctrl-C is for this run, which ends it
    )


def forget_credentials() -> None:
    """Take the credentials out of the environment, and keep this process's memory from others of the same user.

    The system keeps the environment that a process began with, and shows it to every process of that user; where Linux
    is told so, it shows it to root alone.
    """
    given = [name for name in CREDENTIALS if os.environ.pop(name, None)]  # noqa: TID251 - removed, not read
    if given and sys.platform == "linux":
        import ctypes  # slow to import, and not needed without a credential

        ctypes.CDLL(None).prctl(*_NOT_DUMPABLE, 0, 0, 0)


def _environment(*, bare: bool, keeps: Sequence[str] = ()) -> Mapping[str, str]:
    path = os.pathsep.join(os.get_exec_path())
    if bare:
        return {"PATH": path}
    ours = os.environ  # noqa: TID251 - passed on, not read
    secret = {*CREDENTIALS, *RUNNER_TOKENS} - set(keeps)
    return {name: ours[name] for name in ours if name not in secret}


def programs(name: str) -> tuple[Path, ...]:
    """Return the programs of this name on PATH, in its order, each once whatever links lead to it."""
    candidates = (Path(folder) / name for folder in os.get_exec_path() if folder)
    found: dict[Path, Path] = {}
    for program in candidates:
        if os.access(program, os.X_OK):
            found.setdefault(program.resolve(), program)
    return tuple(found.values())


def _not_started(words: Sequence[str | Path], error: OSError) -> LtfError:
    """Return what keeps a program from running: that it is missing, or else the machine's refusal."""
    if error.filename in (None, str(words[0])) and error.errno in (ENOENT, EACCES, ENOEXEC):
        return MissingTool(
            f"{words[0]} cannot be run: {error.strerror}", expected=f"{words[0]} on PATH", cure=f"install {words[0]}"
        )
    return MachineFailed(
        f"{words[0]} cannot be run in {error.filename}: {error.strerror}",
        expected="a folder that is there, and a machine that has room",
        cure="look at the folder, or make room; then run it again",
    )

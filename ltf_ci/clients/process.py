"""The one door to other programs: a list of words, never a shell."""

from __future__ import annotations

import os
import signal
import subprocess  # noqa: TID251 - this is the door
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, current_thread, main_thread
from typing import TypeAlias

from ltf_ci.errors import MissingTool
from ltf_ci.model.access import CREDENTIALS

Running: TypeAlias = "subprocess.Popen[bytes]"

TIMED_OUT = -9
_LAST_SECONDS = 2  # of a program that was told to end
_apart: set[Running] = set()
_starting, _ending = Lock(), Event()


@dataclass(frozen=True, slots=True)
class Finished:
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


def run(
    words: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    stdin: bytes = b"",
    more_env: Mapping[str, str] | None = None,
    seconds: float | None = None,
    bare: bool = False,
) -> Finished:
    """Run a program to its end, in our own environment, without our credentials, and `more_env`; or raise MissingTool.

    One that is `bare` gets nothing of our environment but PATH: what it runs is other people's, and what it leaves
    behind is killed.

    One that takes longer than `seconds` is killed: TIMED_OUT is then its status.
    """
    env = {**_environment(bare=bare), **(more_env or {})}
    apart = bare or current_thread() is not main_thread()
    try:
        running = _started_apart(words, cwd, env) if apart else _started(words, cwd, env)
    except OSError as error:
        raise _missing(words, error) from error
    with running:
        try:
            output, errors = running.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            running.kill()
            return Finished(TIMED_OUT, error.stdout or b"", error.stderr or b"")
        except BaseException:  # Ctrl-C too: what we started does not go on without us
            running.kill()
            raise
        finally:
            _apart.discard(running)
            if bare:
                _signal_all(running, signal.SIGKILL)
    return Finished(running.returncode, output, errors)


def end_all() -> None:
    """End what was started in other threads than the main one, which alone Ctrl-C reaches; none starts more."""
    with _starting:
        _ending.set()
    known = tuple(_apart)
    for running in known:
        _signal_all(running, signal.SIGTERM)
    for running in known:
        with suppress(subprocess.TimeoutExpired):
            running.wait(_LAST_SECONDS)


def _signal_all(running: Running, number: signal.Signals) -> None:
    """Send a signal to all that a program which was started apart has started, and to itself."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, number)


def _started(words: Sequence[str | Path], cwd: Path | None, env: Mapping[str, str], *, apart: bool = False) -> Running:
    return subprocess.Popen(
        [str(word) for word in words],
        cwd=cwd,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=apart,  # where ssh, too, can ask nobody for a password: many would at once
    )


def _started_apart(words: Sequence[str | Path], cwd: Path | None, env: Mapping[str, str]) -> Running:
    """Start a program that `end_all` ends, with all that it starts itself: git leaves its helpers alone."""
    with _starting:
        if _ending.is_set():
            raise KeyboardInterrupt
        running = _started(words, cwd, env, apart=True)
        _apart.add(running)
    return running


def stream(
    words: Sequence[str | Path], line: Callable[[str], None], *, stdin: bytes = b"", more_env: Mapping[str, str]
) -> int:
    """Run a program, hand on each line that it prints, and give its exit status; or raise MissingTool."""
    from tempfile import TemporaryFile  # slow to import, and seldom needed

    with TemporaryFile() as given:  # a pipe could fill while the program's own output waits to be read
        given.write(stdin)
        given.seek(0)
        try:
            running = subprocess.Popen(
                [str(word) for word in words],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**_environment(bare=False), **more_env},
            )
        except OSError as error:
            raise _missing(words, error) from error
        with running:
            try:
                for raw in running.stdout or ():
                    line(raw.decode("utf-8", "replace").rstrip())
            except BaseException:  # Ctrl-C too: what we started does not go on without us
                running.terminate()
                raise
    return running.returncode


def _environment(*, bare: bool) -> Mapping[str, str]:
    path = os.pathsep.join(os.get_exec_path())
    if bare:
        return {"PATH": path}
    ours = os.environ  # noqa: TID251 - handed on, not read
    return {name: ours[name] for name in ours if name not in CREDENTIALS}


def programs(name: str) -> tuple[Path, ...]:
    """Return the programs of this name on PATH, in its order; one that has several names there is given once."""
    there = (Path(folder) / name for folder in os.get_exec_path() if folder)
    found: dict[Path, Path] = {}
    for program in there:
        if os.access(program, os.X_OK):
            found.setdefault(program.resolve(), program)
    return tuple(found.values())


def _missing(words: Sequence[str | Path], error: OSError) -> MissingTool:
    return MissingTool(f"{words[0]} cannot be run: {error.strerror}", cure=f"install {words[0]}")

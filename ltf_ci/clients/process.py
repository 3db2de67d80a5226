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
_LAST_SECONDS = 2  # that a program has to end after SIGTERM
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
    """Run a program to its end, in our environment without our credentials, with `more_env`; or raise MissingTool.

    `bare` is for a program that runs other people's code: it gets nothing of our environment but PATH, and whatever it
    started is killed when it ends.

    A program that takes longer than `seconds` is killed: its status is then TIMED_OUT.
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
        except BaseException:  # Ctrl-C too: no program outlives the run
            running.kill()
            raise
        finally:
            _apart.discard(running)
            if bare:
                _signal_all(running, signal.SIGKILL)
    return Finished(running.returncode, output, errors)


def end_all() -> None:
    """End the programs that other threads started, which Ctrl-C does not reach; none starts more."""
    with _starting:
        _ending.set()
    known = tuple(_apart)
    for running in known:
        _signal_all(running, signal.SIGTERM)
    for running in known:
        with suppress(subprocess.TimeoutExpired):
            running.wait(_LAST_SECONDS)


def _signal_all(running: Running, number: signal.Signals) -> None:
    """Send a signal to a program that has a session of its own, and to all that it started."""
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
        start_new_session=apart,  # has no terminal: else many ssh would ask for a password at once
    )


def _started_apart(words: Sequence[str | Path], cwd: Path | None, env: Mapping[str, str]) -> Running:
    """Start a program that `end_all` ends with all that it starts itself: git does not end its own helpers."""
    with _starting:
        if _ending.is_set():
            raise KeyboardInterrupt
        running = _started(words, cwd, env, apart=True)
        _apart.add(running)
    return running


def stream(
    words: Sequence[str | Path], line: Callable[[str], None], *, stdin: bytes = b"", more_env: Mapping[str, str]
) -> int:
    """Run a program, call `line` with each line that it prints, and return its exit status; or raise MissingTool."""
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
                env={**_environment(bare=False), **more_env},
            )
        except OSError as error:
            raise _missing(words, error) from error
        with running:
            try:
                for raw in running.stdout or ():
                    line(raw.decode("utf-8", "replace").rstrip())
            except BaseException:  # Ctrl-C too: no program outlives the run
                running.terminate()
                raise
    return running.returncode


def _environment(*, bare: bool) -> Mapping[str, str]:
    path = os.pathsep.join(os.get_exec_path())
    if bare:
        return {"PATH": path}
    ours = os.environ  # noqa: TID251 - passed on, not read
    return {name: ours[name] for name in ours if name not in CREDENTIALS}


def programs(name: str) -> tuple[Path, ...]:
    """Return the programs of this name on PATH, in its order, each once whatever links lead to it."""
    candidates = (Path(folder) / name for folder in os.get_exec_path() if folder)
    found: dict[Path, Path] = {}
    for program in candidates:
        if os.access(program, os.X_OK):
            found.setdefault(program.resolve(), program)
    return tuple(found.values())


def _missing(words: Sequence[str | Path], error: OSError) -> MissingTool:
    return MissingTool(f"{words[0]} cannot be run: {error.strerror}", cure=f"install {words[0]}")

"""ltf-ci in processes of their own that begin with all modules imported: that is most of what a short run takes.

They are forked from a server, one for each worker of the tests, which has imported what a release needs.
A test of how the program itself is started starts it.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import chdir, suppress
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from signal import Signals
from subprocess import TimeoutExpired
from threading import Lock

from tests.support import ROOT

STREAMS = "stdout", "stderr"


class Program:
    """A run that was started; it is asked, ended and killed as a `subprocess.Popen`."""

    def __init__(self, *words: str, environ: Mapping[str, str]) -> None:
        """`environ` is added to our own."""
        self._printed = Path(tempfile.mkdtemp(prefix="ltf-"))
        told = ({**os.environ, **environ}, Path.cwd(), self._printed)
        self._process = _server().Process(target=_run, args=(words, *told), daemon=True)
        self._asking = Lock()
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    def poll(self) -> int | None:
        with self._asking:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code, or raise TimeoutExpired; several threads may wait."""
        with self._asking:
            self._process.join(timeout)
            code = self._process.exitcode
        if code is None:
            raise TimeoutExpired("ltf-ci", timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Return what was printed to standard output and to standard error, when it has ended."""
        self.wait(timeout)
        output, errors = ((self._printed / name).read_bytes() for name in STREAMS)
        shutil.rmtree(self._printed)
        return output, errors

    def send_signal(self, number: Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


@cache
def _server() -> ForkServerContext:
    with chdir(ROOT):  # its modules are found there
        forkserver.set_forkserver_preload(["tests.support.preloaded"])
        forkserver.ensure_running()
    return multiprocessing.get_context("forkserver")


def _run(words: tuple[str, ...], environ: Mapping[str, str], folder: Path, printed: Path) -> None:
    """Become the program, as the shell starts it."""
    from ltf_ci.__main__ import run

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["ltf-ci", *words]
    for number, name in enumerate(STREAMS, 1):
        os.dup2(os.open(printed / name, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    run()

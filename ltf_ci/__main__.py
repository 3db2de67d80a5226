"""The program: `ltf-ci`, or `python -m ltf_ci`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

_MACHINE_FAILED = 12  # as errors.MachineFailed has it, which may be what cannot be imported
_OF_A_HOOK = (  # but for its configuration, what `git rev-parse --local-env-vars` names
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE"),
    *("GIT_INTERNAL_SUPER_PREFIX", "GIT_SHALLOW_FILE", "GIT_QUARANTINE_PATH", "GIT_CONFIG"),
)


class _Interrupt:
    """A signal that ends the run as Ctrl-C does: a job that is cancelled leaves no file with a login behind."""

    def __init__(self) -> None:
        self.number = signal.SIGINT
        ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
        self._ends = [each for each in ends if signal.getsignal(each) is not signal.SIG_IGN]  # as nohup has it

    def set(self, handler: Callable[[int, FrameType | None], NoReturn] | signal.Handlers) -> None:
        """Have this happen from now on."""
        for each in self._ends:
            signal.signal(each, handler)

    def told(self, number: int, _frame: FrameType | None) -> NoReturn:
        """Raise it as Python does Ctrl-C."""
        self.number = signal.Signals(number)
        raise KeyboardInterrupt


def run() -> NoReturn:
    """Run one command; imports leave no garbage, so that the collector need not look for it, now or in the end."""
    interrupt = _Interrupt()
    interrupt.set(signal.SIG_DFL)  # nothing has begun that must end in order
    gc.disable()
    from ltf_ci.cli import INTERRUPTED, main

    gc.freeze()
    gc.enable()
    _have_streams()
    _forget_hook()
    try:
        interrupt.set(interrupt.told)
        code = _ended(main)
        sys.stdout.flush()
    except KeyboardInterrupt:  # another one, while the first was reported
        code = INTERRUPTED
    except BrokenPipeError:  # `| head` has seen enough
        code = 128 + signal.SIGPIPE
    except OSError as error:  # the disk is full, say
        with suppress(OSError):  # where it is standard error that takes no more, the code alone tells it
            sys.stderr.write(f"error: the outcome cannot be written: {error.strerror}\n")
        code = _MACHINE_FAILED
    code = 128 + interrupt.number if code == INTERRUPTED else code
    os._exit(code)  # what is left is memory alone, which the system takes back faster than Python would


def _ended(main: Callable[[], int]) -> int:
    """Return the exit code, also where argparse ends the program itself."""
    try:
        return main()
    except SystemExit as ended:
        sys.stderr.flush()
        return ended.code if isinstance(ended.code, int) else 0


def _have_streams() -> None:
    """Write somewhere, whatever was closed before; what a stream's encoding lacks is written as an escape."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or Path(os.devnull).open("w")  # noqa: SIM115 - open to the end
        stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, stream)


def _forget_hook() -> None:
    """Ask the repository of each folder, and not that of a git hook which has started us."""
    for name in _OF_A_HOOK:
        os.environ.pop(name, None)  # noqa: TID251 - removed, not read


if __name__ == "__main__":
    run()

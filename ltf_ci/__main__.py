"""The program: `ltf-ci`, or `python -m ltf_ci`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType
from typing import NoReturn


def run() -> NoReturn:
    """Run one command; imports leave no garbage, so that the collector need not look for it, now or in the end."""
    gc.disable()
    from ltf_ci.cli import main

    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        code = 128 + signal.SIGPIPE
    os._exit(code)  # what is left is memory alone, which the system takes back faster than Python would


def _interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    """End as by Ctrl-C: a job that is cancelled leaves no file with a login behind."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    run()

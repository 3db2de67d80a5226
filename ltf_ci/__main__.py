"""The program: `ltf-ci`, or `python -m ltf_ci`."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType
from typing import NoReturn


def run() -> int:
    """Run one command; imports leave no garbage, so that the collector need not look for it, now or in the end."""
    gc.disable()
    from ltf_ci.cli import main

    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGTERM, _interrupted)
    return main()


def _interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    """End as by Ctrl-C: a job that is cancelled leaves no file with a login behind."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(run())

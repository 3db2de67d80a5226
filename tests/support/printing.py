"""What a command printed."""

from __future__ import annotations

import pytest


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was printed since it was last asked: what was asked for, then what happened."""
    out, err = capsys.readouterr()
    return out + err

"""A check of the list that is ended before all have answered reports what it knows."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.repositories import LtfRepository


def test_a_check_that_is_ended_reports_what_is_known(ltf: LtfRepository, tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "GIT_ALLOW_PROTOCOL"}
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        listed = tmp_path / "list"
        listed.write_text(f"not a line at all\nhttps://{host}/a/b?tag=1-1\n")
        words = [sys.executable, "-m", "ltf_ci", "list", "check", str(listed)]
        running = subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        with running, server.accept()[0]:
            running.send_signal(signal.SIGTERM)
            said, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "[list-line]" in said
    assert "interrupted" in said

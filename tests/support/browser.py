"""A real browser without a window, driven by its own protocol over two pipes: no driver, no library between."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    *("--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-dev-shm-usage", "--hide-scrollbars"),
)
SECONDS = 60
_READ, _WRITE = 3, 4  # where Chromium has its pipes
_ABOVE = 10  # descriptors of ours that are in nobody's way


class Browser:
    """One page of it, and all that it told of the page."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._read = b""
        self._last = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._last, "method": method, "params": params, **session}
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._last:
            self.events.append(answer)
        assert "error" not in answer, (method, answer)
        found: dict[str, Any] = answer["result"]
        return found

    def open(self, file: Path) -> None:
        """Open a page, and wait until it is there."""
        self.events.clear()
        self.call("Page.navigate", url=file.as_uri())
        while "Page.loadEventFired" not in [event["method"] for event in self.events]:
            self.events.append(self._next())

    def of(self, expression: str) -> Any:
        """Return what a script's expression is."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def click(self, selector: str, number: int = 0) -> None:
        """Press the mouse's button in the middle of an element."""
        x, y = self.of(
            f"(() => {{ const found = document.querySelectorAll({selector!r})[{number}];"
            "found.scrollIntoView({block: 'center'}); const box = found.getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key, and let it go."""
        for kind in ("keyDown", "keyUp"):
            written = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **written)

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.call("Input.insertText", text=text)

    def look(self, *, width: int = 1280, height: int = 900, theme: str = "light", media: str = "") -> None:
        """Have a screen of this width, in this theme; or paper."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def picture(self, file: Path) -> None:
        """Keep what can be seen, the whole page."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(answer["data"]))

    @property
    def requests(self) -> list[str]:
        """What was asked for since the page was opened."""
        sent = [event["params"] for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return [each["request"]["url"] for each in sent]

    @property
    def complaints(self) -> list[dict[str, Any]]:
        """What the console says."""
        told = ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        return [event for event in self.events if event["method"] in told]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._answers], [], [], SECONDS)
            new = os.read(self._answers, 1 << 20) if ready else b""
            assert new, "the browser says nothing more"
            self._read += new
        raw, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        return message


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    """Start a browser whose profile is in this folder; end it with all that it started."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "bin/setup installs it"
    (read, commands), (answers, write) = _pipe(), _pipe()
    files = [(os.POSIX_SPAWN_DUP2, read, _READ), (os.POSIX_SPAWN_DUP2, write, _WRITE)]
    quiet = (os.POSIX_SPAWN_OPEN, 2, str(folder / "log"), os.O_WRONLY | os.O_CREAT, 0o600)
    words = [program, *FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    environ = {**os.environ, "HOME": str(folder)}
    started = os.posix_spawn(program, words, environ, file_actions=[*files, quiet], setpgroup=0)
    os.close(read)
    os.close(write)
    try:
        yield Browser(commands, answers)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started, signal.SIGKILL)
        os.waitpid(started, 0)
        os.close(commands)
        os.close(answers)


def _pipe() -> tuple[int, int]:
    """Make a pipe whose ends are in nobody's way."""
    read, write = os.pipe()
    ends = fcntl.fcntl(read, fcntl.F_DUPFD_CLOEXEC, _ABOVE), fcntl.fcntl(write, fcntl.F_DUPFD_CLOEXEC, _ABOVE)
    os.close(read)
    os.close(write)
    return ends


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running_browser(tmp_path_factory.mktemp("browser")) as found:
        yield found

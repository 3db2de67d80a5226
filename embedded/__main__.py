"""`python -m embedded`: the main job on an example repository; nothing of it stays, and nothing of yours is used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NoReturn

from embedded import example as examples
from embedded.daemon import answers, private_daemon
from embedded.demonstration import Demonstration, heading, say
from embedded.example import Example
from embedded.programs import program
from embedded.registry import PASSWORD, USERNAME, password_file, running_registry
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import LtfError
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.secret import Secret

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_GIT_CONFIG = "[user]\nname = A Maintainer\nemail = maintainer@example.org\n[init]\ndefaultBranch = main\n"


def main() -> int:
    """Show it; return 0 where all that was expected is so."""
    for number in _SIGNALS:
        signal.signal(number, _interrupted)
    try:
        return _demonstrated()
    except KeyboardInterrupt:
        return _complained("interrupted; all is cleaned up", 130)
    except subprocess.CalledProcessError as error:
        return _complained(f"{error.cmd!r} failed: {error.stderr}", 1)
    except (LtfError, OSError, RuntimeError) as error:
        return _complained(str(error), 1)


def _interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # what is being cleaned up is cleaned up to its end
    raise KeyboardInterrupt


def _expect_none() -> None:
    """Raise KeyboardInterrupt where one was lost: Python drops what comes while it tidies up, after an import say."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        raise KeyboardInterrupt


def _complained(text: str, code: int) -> int:
    print(f"demonstration: {text}", file=sys.__stderr__)  # an interrupt may leave sys.stderr as a command's
    return code


def _demonstrated() -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="ltf-demo-", ignore_cleanup_errors=True)))
        _own_environment(folder)
        daemon = stack.enter_context(_daemon(_made(folder / "docker")))
        place = _made(folder / "registry")
        host = stack.enter_context(running_registry(place, password_file(place)))
        stack.enter_context(_images_removed(host))
        example = Example(folder, host, examples.busybox_version())
        registry = Registry(credentials=lambda _: Credentials(USERNAME, Secret(PASSWORD)))
        examples.make(example, registry)
        _introduce(example, daemon)
        stack.enter_context(chdir(example.repository))
        demonstration = Demonstration(example, registry, _environ(host), _expect_none)
        demonstration.run()
        failures = demonstration.failures
        return _complained(f"this does not hold: {'; '.join(failures)}", 1) if failures else 0


def _own_environment(folder: Path) -> None:
    """Let no program that is started here see the person's own git, docker and home."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "LTF_CI_", "DOCKER_CONFIG"))]:
        del os.environ[name]
    home = _made(folder / "home")
    (home / "gitconfig").write_text(_GIT_CONFIG)
    os.environ |= {
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "DOCKER_CONFIG": str(_made(home / ".docker")),
    }


@contextmanager
def _daemon(folder: Path) -> Iterator[str]:
    """Let docker's programs use the daemon of this machine, or one of our own; say which."""
    host = os.environ.get("DOCKER_HOST", "")
    if host.startswith(("unix://", "")) and answers(host):
        yield "the daemon that runs on this machine"
        return
    if os.geteuid() != 0:
        raise RuntimeError(
            "no docker daemon answers, and only root can start one.\n"
            "what to do: start docker (sudo systemctl start docker) and be in the group docker, or run: sudo bin/demo"
        )
    with ExitStack() as stack:
        os.environ["DOCKER_HOST"] = _started(folder, stack)
        yield "a daemon of the demonstration's own"


def _started(folder: Path, stack: ExitStack) -> str:
    try:
        return stack.enter_context(private_daemon(folder))
    except RuntimeError as error:
        cure = "start docker on this machine, or run this where dockerd may mount (a container: --privileged)"
        raise RuntimeError(f"{error}\nwhat to do: {cure}") from error


@contextmanager
def _images_removed(host: str) -> Iterator[None]:
    """Remove the images of this registry from the daemon in the end."""
    docker = program("docker")
    try:
        yield
    finally:
        words = [docker, "image", "ls", "--quiet", "--no-trunc", "--filter", f"reference={host}/*/*"]
        found = subprocess.run(words, capture_output=True, text=True, check=False).stdout.split()
        if found:
            subprocess.run([docker, "image", "rm", "--force", *found], capture_output=True, check=False)


def _environ(host: str) -> Mapping[str, str]:
    return {
        "DOCKER_CONFIG": os.environ["DOCKER_CONFIG"],
        "LTF_CI_REGISTRY": host,
        "LTF_CI_REGISTRY_USERNAME": USERNAME,
        "LTF_CI_REGISTRY_PASSWORD": PASSWORD,
    }


def _introduce(example: Example, daemon: str) -> None:
    heading(f"ltf-ci releases an example: BusyBox ({example.version}), sh")
    say(f"docker      {daemon}")
    say(f"registry    {example.host}, with a password that is in LTF_CI_REGISTRY_PASSWORD")
    say(f"repository  {example.repository}, where the commands are typed")
    say(f"languages   {example.languages}, as the repository's .github/ltf-ci.yml says")
    say("Commits and digests are shown by their first twelve digits; all of it is removed in the end.")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())

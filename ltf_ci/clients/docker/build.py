"""Builds by BuildKit, through docker's own command: docker-py can only use the classic builder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import compress
from pathlib import Path

from ltf_ci.clients import process
from ltf_ci.clients.docker.build_cache import BuildCache
from ltf_ci.clients.docker.build_context import sent
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BuildFailed, MissingTool
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.finding import Place
from ltf_ci.model.image import Digest, ImageName

_BUILDX_ONLY = 23  # from this version on docker builds by BuildKit through the buildx plug-in alone
_LINES_OF_ERROR = 12
_PATIENCE = Patience(retries=2)
_TEMPORARY = ("blob unknown to registry", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout")
_CACHE_OF_GITHUB = "type=gha"
_OTHER_BUILDER = ("different driver", "not supported for the current", "not implemented for docker driver")
_ONE_OUTPUT = "multiple outputs"  # are not supported
_AT_LINE = re.compile(r"^\S*Dockerfile\S*:(\d+)$|parse error (?:on )?line (\d+)", re.MULTILINE)
_BEFORE_REASON = re.compile(
    r"^(?:ERROR: )?(?:failed to (?:build|solve(?: with frontend \S+)?|create LLB definition): )*"
)
_BOOTING = " > [internal] booting buildkit:"
_STARTED = "one that `docker buildx inspect --bootstrap` starts"
_OTHER = "see docker's messages in the log, then run it again, or name another one (BUILDX_BUILDER). Nothing was pushed"
_DRIVER = re.compile(r"^Driver:\s+(\S+)", re.MULTILINE)
_PLATFORMS = re.compile(r"^Platforms:\s+(.+)$", re.MULTILINE)
_NOT_EMULATED = "exec format error"


class DockerPrograms:
    """The docker commands on PATH, each asked once in a run what it builds by."""

    @cached_property
    def by_buildx(self) -> Path | None:
        """The first that has the buildx plug-in."""
        return self._first(_has_buildx)

    @cached_property
    def by_itself(self) -> Path | None:
        """The first that has BuildKit of its own."""
        return self._first(_has_buildkit)

    @cached_property
    def _all(self) -> tuple[Path, ...]:
        return process.programs("docker")

    def _first(self, has: Callable[[Path], bool]) -> Path | None:
        with ThreadPoolExecutor() as pool:
            return next(compress(self._all, pool.map(has, self._all)), None)


def is_about_bytes(line: str) -> bool:
    """Whether a line of BuildKit's names a digest alone, or how far the bytes of one are; no reader needs these."""
    return re.fullmatch(r"#\d+ (?:extracting )?sha256:[0-9a-f]{64}( .*)?", line) is not None


class DockerBuild:
    """Runs builds; each line that docker prints goes to `log`."""

    def __init__(
        self, log: Callable[[str], None], environment: Mapping[str, str], programs: DockerPrograms | None = None
    ) -> None:
        self._log = log
        self._environment = environment
        self._programs = programs or DockerPrograms()

    def program(self) -> tuple[Path, bool]:
        """Return the docker command that builds, and whether it has buildx; raise MissingTool where none can build."""
        return self._program(needs_buildx=False)

    def goes_to_daemon(self, spec: BuildSpec) -> bool:
        """Whether the daemon itself builds; an image of another builder would have to be loaded into it first."""
        if spec.by_buildx:
            return False
        program, buildx = self._program(needs_buildx=bool(spec.builder))
        if not buildx:
            return True
        return self._is_daemons(self._inspected(program, spec))

    def platforms_of_daemon(self, spec: BuildSpec) -> tuple[str, ...] | None:
        """Return the platforms whose programs a build can run, where docker's own driver builds and says so; else None.

        Another builder may emulate what it does not name: BuildKit's releases have QEMU with them.
        """
        program, buildx = self._program(needs_buildx=bool(spec.builder) or spec.by_buildx)
        inspected = self._inspected(program, spec) if buildx else ""
        named = _PLATFORMS.findall(inspected) if self._is_daemons(inspected) else []
        return tuple(each.strip().rstrip("*") for text in named for each in text.split(",")) or None

    def _inspected(self, program: Path, spec: BuildSpec) -> str:
        """Return what buildx says of the builder."""
        words: list[str | Path] = [program, "buildx", "inspect", *([spec.builder] if spec.builder else [])]
        return process.run(words, more_env=self._environment).text

    @staticmethod
    def _is_daemons(inspected: str) -> bool:
        driver = _DRIVER.search(inspected)
        return driver is None or driver[1] == "docker"

    def expect_builder(self, spec: BuildSpec) -> None:
        """Raise MissingTool where no docker command can build this, BuildFailed where there is no builder of its name.

        Nothing is started for that: a builder that does not run is started by the build.
        """
        program, buildx = self._program(needs_buildx=bool(spec.builder) or spec.by_buildx)
        if not (buildx and spec.builder):
            return
        ended = process.run([program, "buildx", "inspect", spec.builder], more_env=self._environment)
        if ended.status:
            raise BuildFailed(
                f"docker has no builder {spec.builder}: {ended.complaint[:300]}",
                expected="a builder that `docker buildx ls` shows",
                cure=f"docker buildx create --name {spec.builder} (on GitHub: docker/setup-buildx-action)",
            )

    def build(self, spec: BuildSpec, labels: Mapping[str, str], image: ImageName) -> None:
        """Build into the daemon, under this name."""
        program, buildx = self._program(needs_buildx=bool(spec.builder))
        words: list[str | Path] = (
            [program, "buildx", "build", "--load", *_builder(spec)] if buildx else [program, "build"]
        )
        self._run([*words, "--tag", str(image), *_words(spec, labels)], spec)

    def build_and_push(
        self,
        spec: BuildSpec,
        labels: Mapping[str, str],
        image: ImageName,
        cache: BuildCache,
        loaded: ImageName | None = None,
    ) -> Digest:
        """Build by buildx, push by digest without a tag, and return the digest of the manifest (or index).

        Where a name is given to be `loaded`, the daemon gets the same image under it at the same moment, if the builder
        can do both: BuildKit can from 0.13 on.
        """
        cache = BuildCache.NONE if spec.no_cache else cache
        try:
            return self._pushed(spec, labels, image, cache, loaded)
        except BuildFailed as error:
            if not (loaded and _ONE_OUTPUT in error.found):
                raise
            return self._pushed(spec, labels, image, cache, None)

    def _pushed(
        self,
        spec: BuildSpec,
        labels: Mapping[str, str],
        image: ImageName,
        cache: BuildCache,
        loaded: ImageName | None,
    ) -> Digest:
        with temporary_folder("build") as folder:
            metadata = folder / "metadata.json"
            words = [*self._buildx(spec), "--metadata-file", metadata, *outputs(image, loaded), *cache.reads(image)]
            words += [] if cache.has_layers_of_push else cache.writes(image)
            words += [f"--attest=type={kind}" for kind, wanted in _attestations(spec).items() if wanted]
            self._run_with_retries([*words, *_words(spec, labels)], spec)
            if cache.has_layers_of_push:
                self._keep(spec, image, cache)
            return Digest.parse(json.loads(metadata.read_bytes())["containerimage.digest"])

    def _keep(self, spec: BuildSpec, image: ImageName, cache: BuildCache) -> None:
        """Write a cache whose layers were just pushed: the builder has all of it built, and uploads none again."""
        words = [*self._buildx(spec), "--output", "type=cacheonly", *cache.writes(image)]
        try:
            self._run([*words, *_words(spec, {})], spec)
        except BuildFailed as error:
            self._log(f"the layers are not kept for the next build: {error.found}")

    def _buildx(self, spec: BuildSpec) -> list[str | Path]:
        program, _ = self._program(needs_buildx=True)
        return [program, "buildx", "build", *_builder(spec)]

    def _program(self, *, needs_buildx: bool) -> tuple[Path, bool]:
        """Return a docker command that has BuildKit, and whether it has it by the buildx plug-in."""
        if by_buildx := self._programs.by_buildx:
            return by_buildx, True
        if needs_buildx:
            expected = "buildx, for a builder, several platforms, provenance or SBOM"
            raise MissingTool("docker has no buildx here", expected=expected, cure=_CURE)
        if by_itself := self._programs.by_itself:
            return by_itself, False
        expected = "docker with buildx, or BuildKit in docker itself"
        if not process.programs("docker"):
            found = "docker is not installed: no program of that name is on PATH"
            raise MissingTool(found, expected=expected, cure=_INSTALL)
        raise MissingTool("no docker with BuildKit is on PATH", expected=expected, cure=_CURE)

    def _run_with_retries(self, words: Sequence[str | Path], spec: BuildSpec) -> None:
        """Run a build that pushes, and again after a temporary error of the registry: BuildKit builds it only once."""
        with_retries(lambda: self._run(words, spec), _PATIENCE)

    def _run(self, words: Sequence[str | Path], spec: BuildSpec) -> None:
        last: list[str] = []

        def line(text: str) -> None:
            if is_about_bytes(text):
                return
            self._log(text)
            last.append(text)
            del last[:-_LINES_OF_ERROR]

        env = {"DOCKER_BUILDKIT": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1", **self._environment}
        keeps = process.RUNNER_TOKENS[-1:] if any(_CACHE_OF_GITHUB in str(word) for word in words) else ()
        with temporary_folder("build") as folder:
            status = process.stream([*words, *sent(spec, folder)], line, more_env=env, keeps=keeps)
        if status != 0:
            errors = "\n".join(text for text in last if text.strip())
            raise _failed(spec, errors)


EMULATE = "have its platform emulated (docker/setup-qemu-action; at the desk: tonistiigi/binfmt --install all)"
_INSTALL = "install docker with its buildx plug-in, such as by `apt-get install docker.io docker-buildx`"
_CURE = "install docker's buildx plug-in (`apt-get install docker-buildx`; on GitHub: docker/setup-buildx-action)"


def outputs(image: ImageName, loaded: ImageName | None) -> list[str]:
    """Return what buildx makes of a build: what is pushed, and the very same, with its digest, for the daemon."""
    pushed = f"--output=type=image,name={image.untagged},push=true,push-by-digest=true,oci-mediatypes=true"
    return [pushed, *([f"--output=type=docker,name={loaded},oci-mediatypes=true"] if loaded else [])]


def _words(spec: BuildSpec, labels: Mapping[str, str]) -> list[str | Path]:
    several = {
        "--label": [f"{name}={value}" for name, value in labels.items()],
        "--build-arg": spec.build_args,
        "--secret": spec.secrets,
        "--platform": [",".join(spec.platforms)] if spec.platforms else [],
    }
    words = [word for flag, values in several.items() for value in values for word in (flag, value)]
    return ["--progress", "plain", *words, *(["--no-cache"] if spec.no_cache else [])]


def _builder(spec: BuildSpec) -> list[str]:
    return ["--builder", spec.builder] if spec.builder else []


def _attestations(spec: BuildSpec) -> dict[str, bool]:
    return {"provenance": spec.provenance, "sbom": spec.sbom}


def _has_buildx(program: Path) -> bool:
    return process.run([program, "buildx", "version"]).status == 0


def _has_buildkit(program: Path) -> bool:
    return _version(process.run([program, "--version"]).text) < _BUILDX_ONLY


def _version(text: str) -> int:
    major = text.removeprefix("Docker version ").partition(".")[0]
    return int(major) if major.isdigit() else _BUILDX_ONLY


def _failed(spec: BuildSpec, errors: str) -> BuildFailed:
    again_after = 0 if any(text in errors for text in _TEMPORARY) else None
    if _BOOTING in errors:
        reason = f"docker's builder could not be started: {_reason(errors)}"
        return BuildFailed(reason, expected=_STARTED, cure=_OTHER, again_after=again_after)
    return BuildFailed.at(_place(spec, errors), _why(errors), cure=_cure(errors), again_after=again_after)


def _place(spec: BuildSpec, errors: str) -> Place:
    """Return the line that docker names; without it where lines were added to the Dockerfile."""
    line = _AT_LINE.search(errors)
    path = f"{spec.context.name}/Dockerfile"
    return Place(path, int(line[1] or line[2])) if line and not spec.completed_for else Place(path)


def _why(errors: str) -> str:
    return f"docker build failed: {_reason(errors)}"


def _reason(errors: str) -> str:
    """Return what docker printed last, which is why it failed; all else is in the log."""
    return _BEFORE_REASON.sub("", errors.rpartition("\n")[2]) or "without a word"


def _cure(errors: str) -> str:
    if any(text in errors for text in _OTHER_BUILDER):
        return "name a builder that can do it by --builder (on GitHub: docker/setup-buildx-action)"
    if _NOT_EMULATED in errors:
        return f"{EMULATE}, or leave that platform out. Nothing was pushed"
    return "correct the Dockerfile; docker's messages are in the log. Nothing was pushed"

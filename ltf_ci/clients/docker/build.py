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
from ltf_ci.clients.docker.build_errors import OTHER_BUILDER, build_error
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BuildFailed, LtfError, MissingTool
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.image import Digest, ImageName

_BUILDX_ONLY = 23  # from this version on docker builds by BuildKit through the buildx plug-in alone
_LINES_OF_ERROR = 12
_PATIENCE = Patience(retries=2)
_CACHE_OF_GITHUB = "type=gha"
_NO_BUILDER = "no builder "
_NO_DAEMON = {"DOCKER_HOST": "", "DOCKER_CONTEXT": ""}  # docker's command does nothing at all where one is wrong
_OF_PODMAN = "buildah"  # what it calls its buildx
_ONE_OUTPUT = "multiple outputs"  # are not supported
_DRIVER = re.compile(r"^Driver:[ \t]+(\S+)", re.MULTILINE)
_PLATFORMS = re.compile(r"^Platforms:[ \t]+(.+)$", re.MULTILINE)
_HOLDS_INDEXES = "org.mobyproject.buildkit.worker.containerd."  # a label of the builder that containerd's store has


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
        self._known: dict[str, process.Finished] = {}

    def program(self) -> tuple[Path, bool]:
        """Return the docker command that builds, and whether it has buildx; raise MissingTool where none can build."""
        return self._program(needs_buildx=False)

    def goes_to_daemon(self, spec: BuildSpec) -> bool:
        """Whether the daemon itself builds; an image of another builder would have to be loaded into it first."""
        inspected = self._inspected(spec)
        return inspected is None or self._is_daemons(inspected.text)

    def platforms_of_daemon(self, spec: BuildSpec) -> tuple[str, ...] | None:
        """Return the platforms whose programs a build can run, where docker's own driver builds and says so; else None.

        Another builder may emulate what it does not name: BuildKit's releases have QEMU with them.
        """
        inspected = self._inspected(spec)
        named = _PLATFORMS.findall(inspected.text) if inspected and self._is_daemons(inspected.text) else []
        return tuple(each.strip().rstrip("*") for text in named for each in text.split(",")) or None

    def _inspected(self, spec: BuildSpec) -> process.Finished | None:
        """Return what buildx says of the builder; None where docker builds without buildx."""
        program, buildx = self._program(needs_buildx=_needs_buildx(spec))
        if buildx and spec.builder not in self._known:
            words: list[str | Path] = [program, "buildx", "inspect", *([spec.builder] if spec.builder else [])]
            self._known[spec.builder] = process.run(words, more_env=self._environment)
        return self._known.get(spec.builder)

    @staticmethod
    def _is_daemons(inspected: str) -> bool:
        driver = _DRIVER.search(inspected)
        return driver is None or driver[1] == "docker"

    def expect_builder(self, spec: BuildSpec) -> None:
        """Raise MissingTool where no docker command can build this, BuildFailed where the builder is none, or cannot.

        Nothing is started for that: a builder that does not run is started by the build.
        """
        inspected = self._inspected(spec)
        if inspected and inspected.status and (spec.builder or _NO_BUILDER in inspected.complaint):
            said = inspected.complaint[:300].removeprefix("ERROR: ")
            creates = f"docker buildx create --name {spec.builder} (on GitHub: docker/setup-buildx-action)"
            raise BuildFailed(
                f"docker has no builder {spec.builder}: {said}" if spec.builder else said,
                expected="a builder that `docker buildx ls` shows",
                cure=creates if spec.builder else "unset BUILDX_BUILDER, or name one of these",
            )
        driver = _DRIVER.search(inspected.text) if inspected and spec.by_buildx else None  # none: no daemon answers
        if driver and driver[1] == "docker" and _HOLDS_INDEXES not in driver.string:
            raise BuildFailed(
                "docker's own builder makes no image of several platforms here, and no attestation",
                expected="docker's containerd image store, as docker 29 has it, or another builder",
                cure=OTHER_BUILDER,
            )

    def build(self, spec: BuildSpec, labels: Mapping[str, str], image: ImageName) -> None:
        """Build into the daemon, under this name."""
        program, buildx = self._program(needs_buildx=_needs_buildx(spec))
        words: list[str | Path] = (
            [program, "buildx", "build", "--load", *_builder(spec)] if buildx else [program, "build"]
        )
        self._run([*words, "--tag", str(image), *_attestations(spec), *_words(spec, labels)], spec)

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
            self._run_with_retries([*words, *_attestations(spec), *_words(spec, labels)], spec)
            if cache.has_layers_of_push:
                self._keep(spec, image, cache)
            return Digest.parse(json.loads(metadata.read_bytes())["containerimage.digest"])

    def _keep(self, spec: BuildSpec, image: ImageName, cache: BuildCache) -> None:
        """Write a cache whose layers were just pushed: the builder has all of it built, and uploads none again."""
        words = [*self._buildx(spec), "--output", "type=cacheonly", *cache.writes(image)]
        try:
            self._run([*words, *_words(spec, {})], spec)
        except LtfError as error:
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
            raise build_error(spec, errors)


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


def _attestations(spec: BuildSpec) -> list[str]:
    kinds = {"provenance": spec.provenance, "sbom": spec.sbom}
    return [f"--attest=type={kind}" for kind, is_wanted in kinds.items() if is_wanted]


def _needs_buildx(spec: BuildSpec) -> bool:
    return bool(spec.builder) or spec.by_buildx


def _has_buildx(program: Path) -> bool:
    asked = process.run([program, "buildx", "version"], more_env=_NO_DAEMON)
    return asked.status == 0 and _OF_PODMAN not in asked.text


def _has_buildkit(program: Path) -> bool:
    return _version(process.run([program, "--version"], more_env=_NO_DAEMON).text) < _BUILDX_ONLY


def _version(text: str) -> int:
    major = text.removeprefix("Docker version ").partition(".")[0]
    return int(major) if major.isdigit() else _BUILDX_ONLY

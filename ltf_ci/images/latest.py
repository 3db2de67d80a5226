"""The image that a tag names in the registry, and `latest`, which is moved to the newest release."""

from __future__ import annotations

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import BadInput, LtfError, NotInRegistry, Refused, RegistryUnavailable
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.platforms import platforms_of
from ltf_ci.images.registry_reader import RegistryReader
from ltf_ci.images.rules import latest as rules
from ltf_ci.images.rules.latest import PASSED_OVER, LatestPolicy, LatestResult
from ltf_ci.images.rules.tags import Found, TaggedImage, alike, next_free, release_tags
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.model.image import LATEST, Digest, ImageName
from ltf_ci.model.registry import Absent, Present
from ltf_ci.model.release_tag import ReleaseTag

ROUNDS = 20  # far more than releases of one image run at the same moment


def image_under(registry: RegistryReader, image: ImageName, *, labelled: bool = True) -> Found:
    """Return the image that a name means; its labels, two calls more, are empty where none are asked for."""
    answer = registry.resolve(image)
    if not isinstance(answer, Present):
        return answer
    return TaggedImage(answer.digest, _labels(image, answer, registry) if labelled else ImageLabels())


def _labels(image: ImageName, found: Present, registry: RegistryReader) -> ImageLabels:
    return ImageLabels.from_labels(registry.labels(image.at(found.digest)))


def digest_now(image: ImageName, registry: RegistryReader) -> Digest:
    """Return the digest that an image's name has now; raise BadInput where no such image exists."""
    match registry.resolve(image):
        case Present(digest, _):
            return digest
        case Absent():
            raise _no_image(image, registry)


def _no_image(image: ImageName, registry: RegistryReader) -> BadInput:
    try:
        similar = alike(image.tag, registry.tags(image))
    except LtfError:  # the tags are for comparison alone
        similar = ()
    such = f"a tag that {image.registry} has, such as {', '.join(similar)}"
    return BadInput(
        f"{image} does not exist",
        expected=such if similar else "an image that exists",
        cure="check its name, and that it was pushed",
    ).of(image)


def move_latest(
    image: ImageName,
    tag: ReleaseTag,
    policy: LatestPolicy,
    registry: Registry,
    known: KnownReleases = NOTHING_LOCKED,
    *,
    dry_run: bool = False,
) -> LatestResult:
    """Let `latest` point at the newest release, and look again until nothing is left to do.

    It stays where it is while the release lacks a platform that it has, but where the policy is `always`. A dry run
    raises what keeps it from being moved, and leaves it.
    """
    if policy is LatestPolicy.NEVER:
        return LatestResult()
    if policy is LatestPolicy.ALWAYS:
        _pass_over_newer(image, tag, registry)
    for turn in range(ROUNDS):
        newest, digest, latest, is_due = _due(image, tag, registry, known)
        if not is_due:
            return LatestResult(points_at=newest, moved=turn > 0)
        lacks = frozenset() if policy is LatestPolicy.ALWAYS else _lacking(image, digest, latest, registry)
        if lacks:
            return LatestResult(points_at=newest, lacks=lacks)
        if dry_run:
            registry.expect_push(image)
            return LatestResult(points_at=newest, is_planned=True)
        _copy(image.at(digest), image.tagged(LATEST), registry)
    raise RegistryUnavailable(
        f"{image.tagged(LATEST)} was moved by another program right after this run",
        expected="no other program that moves it",
        cure="find out what else writes it, and run it again",
    )


def _lacking(image: ImageName, release: Digest, latest: Found, registry: Registry) -> frozenset[str]:
    """Return the platforms that `latest` is for, and a release is not."""
    if not isinstance(latest, TaggedImage):
        return frozenset()
    there, here = (platforms_of(image.at(digest), registry) for digest in (latest.digest, release))
    return frozenset(there) - frozenset(here)


def latest_due(
    image: ImageName, mine: ReleaseTag, registry: RegistryReader, known: KnownReleases = NOTHING_LOCKED
) -> tuple[ReleaseTag, bool]:
    """Return the newest release, and whether `latest` must be moved to it; `mine` is a release that exists."""
    newest, _, _, is_due = _due(image, mine, registry, known)
    return newest, is_due


def _due(
    image: ImageName, mine: ReleaseTag, registry: RegistryReader, known: KnownReleases
) -> tuple[ReleaseTag, Digest, Found, bool]:
    """Return the newest release and its digest, what `latest` is, and whether that must be moved."""
    tags = registry.tags(image)
    newest, digest = _newest(image, mine, tags, registry, known)
    latest = _latest(image, newest, digest, registry, known)
    return newest, digest, latest, rules.moves_latest(newest, digest, latest, tags)


def _newest(
    image: ImageName, mine: ReleaseTag, tags: tuple[str, ...], registry: RegistryReader, known: KnownReleases
) -> tuple[ReleaseTag, Digest]:
    """Return the newest release that `latest` may point at, and its digest; what is under its name may be none."""
    for tag in rules.candidates(mine, tags):
        found = registry.resolve(image.tagged(tag))
        if isinstance(found, Present) and (tag == mine or _is_release(image.tagged(tag), found, registry, known)):
            return tag, found.digest
    raise RegistryUnavailable(
        f"{image.tagged(mine)} does not exist any more",
        expected="the image that was pushed",
        cure="find out who removed it",
    )


def _is_release(image: ImageName, found: Present, registry: RegistryReader, known: KnownReleases) -> bool:
    labels = ImageLabels() if known.digest(image) else _labels(image, found, registry)
    return known.is_release(image, found.digest, labels)


def _latest(image: ImageName, tag: ReleaseTag, newest: Digest, registry: RegistryReader, known: KnownReleases) -> Found:
    """Return what `latest` is, with the release that its label names.

    That counts where the release is this very image, and where another image, which is no release, took its name. Of an
    image that was deleted some registries keep the tag, which nobody can pull by then: it is absent.
    """
    answer = registry.resolve(image.tagged(LATEST))
    if not isinstance(answer, Present):
        return answer
    if answer.digest == newest:
        return TaggedImage(newest, ImageLabels())
    try:
        labels = _labels(image, answer, registry)
    except NotInRegistry:
        return Absent()
    if labels.version is None:
        return TaggedImage(answer.digest, ImageLabels(version=_name_above(image, tag, answer.digest, registry, known)))
    name = image.tagged(labels.version)
    if known.digest(name):
        is_release = known.digest(name) == answer.digest
    else:
        named = registry.resolve(name)
        is_release = isinstance(named, Present) and (
            named.digest == answer.digest or not _is_release(name, named, registry, known)
        )
    return TaggedImage(answer.digest, labels if is_release else ImageLabels())


def _name_above(
    image: ImageName, tag: ReleaseTag, digest: Digest, registry: RegistryReader, known: KnownReleases
) -> ReleaseTag | None:
    """Return the name above a tag under which the unlabelled `latest` was released before there were labels."""
    for above in (each for each in release_tags(registry.tags(image)) if each > tag):
        found = registry.resolve(image.tagged(above))
        is_locked_otherwise = known.digest(image.tagged(above)) not in (None, digest)
        if isinstance(found, Present) and found.digest == digest and not is_locked_otherwise:
            return above
    return None


def _pass_over_newer(image: ImageName, mine: ReleaseTag, registry: Registry) -> None:
    tags = registry.tags(image)
    if f"{PASSED_OVER}{mine}" in tags:
        raise Refused(
            f"latest was moved below {mine} before, as the tag {image.tagged(f'{PASSED_OVER}{mine}')} records",
            expected="a release that was not passed over",
            cure=f"release the next revision: {next_free(mine, tags)} (`ltf-ci next`)",
        )
    for tag in rules.to_pass_over(mine, tags):
        _copy(image.tagged(tag), image.tagged(f"{PASSED_OVER}{tag}"), registry)


def _copy(source: ImageName, target: ImageName, registry: Registry) -> None:
    manifest = registry.manifest(source)
    registry.put_manifest(target, manifest.content, manifest.media_type)

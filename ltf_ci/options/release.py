"""The options of one repository's release: its manifest, its image, its pull request."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.model.build_cache import BuildCache
from ltf_ci.model.latest_policy import LatestPolicy
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.option import Kind, Option, late, many, switch

RELEASE = (
    Option(
        name="directory",
        help="the repository's folder",
        parse=Path,
        default=Path(),
        metavar="DIR",
        positional=True,
        in_settings=False,
    ),
    Option(
        name="tag",
        help="the git tag to check; without it the tag at HEAD",
        parse=ReleaseTag.parse,
        metavar="TAG",
        in_settings=False,
    ),
    Option(
        name="only",
        help="check this part alone: manifest (as cyber-dojo asks), or agreement (with git tag and README)",
        parse=late("manifest.check_part", "CheckPart.parse"),
        metavar="PART",
        in_settings=False,
    ),
    many(
        "allow",
        "let the manifest break this rule, which cyber-dojo itself does not hold (docs/manifest.md)",
        "RULE",
        late("manifest.rule_names", "allowed_rule"),
    ),
    Option(
        name="language-version",
        help="the first, or next, revision of this version",
        parse=LanguageVersion.parse,
        metavar="VERSION",
        in_settings=False,
    ),
    switch("push", "push the branch and the tag, both or neither", in_settings=False),
    switch("dry-run", "show the plan, and carry nothing out", in_settings=False),
    switch("update", "bring what `init` wrote up to date, and keep your edits", in_settings=False),
    Option(
        name="action",
        help="call ltf-ci by this reference: a fork, or a commit with its version, 'OWNER/REPO@SHA # v1.2.0'",
        parse=late("workflows.action_reference", "ActionReference.parse"),
        metavar="OWNER/REPO@REF",
        in_settings=False,
    ),
    Option(
        name="push-to",
        help="send the image to another registry, HOST or HOST/PREFIX: a mirror, a rehearsal",
        parse=late("model.image", "image_place"),
        default="",
        metavar="PLACE",
    ),
    Option(
        name="image-from",
        help="the image that a repository without docker/ releases under its own tag",
        default="",
        metavar="IMAGE",
    ),
    many(
        "platform",
        "build for this platform, linux/amd64 say; several make an index",
        "OS/ARCH",
        late("publish.options", "platform"),
    ),
    Option(name="builder", help="the buildx builder to use", default="", metavar="NAME"),
    many("build-arg", "a build argument of the Dockerfile", "NAME=VALUE", late("publish.options", "build_arg")),
    many(
        "secret",
        "a build secret, as docker writes it: id=NAME,env=VARIABLE",
        "SECRET",
        late("publish.options", "build_secret"),
    ),
    switch("no-cache", "build every layer anew: for security rebuilds"),
    switch("rebuild", "build also what the revision before was built of, whose layers would be reused"),
    Option(
        name="build-cache",
        help="where layers are kept from run to run: registry (as IMAGE:buildcache), gha (GitHub's cache) or none",
        parse=BuildCache.parse,
        default=BuildCache.REGISTRY,
        metavar="CACHE",
    ),
    switch("provenance", "attach BuildKit's provenance attestation"),
    switch("sbom", "attach an SBOM attestation"),
    Option(
        name="latest",
        help="auto moves `latest` only forward, always even backwards, never leaves it alone",
        parse=LatestPolicy.parse,
        default=LatestPolicy.AUTO,
        for_one_run=(LatestPolicy.ALWAYS,),
        metavar="POLICY",
    ),
    switch("test", "push only what gives red, amber and green, where a rag_lambda is there", default=True),
    Option(
        name="version-command",
        help="what prints the language's version in the image: `python3 --version`, say; it must be the tag's",
        default="",
        metavar="COMMAND",
    ),
    Option(
        name="image",
        help="the image to look into or test; without a name the manifest's, under the tag",
        bare="",
        metavar="IMAGE",
        in_settings=False,
    ),
    Option(
        name="languages",
        help="the repository with the languages list: OWNER/NAME at GitHub, a git URL, or a path",
        parse=late("model.repository_place", "LanguagesPlace.parse"),
        metavar="PLACE",
    ),
    Option(
        name="list",
        help="the languages list in it",
        parse=late("model.repository_place", "list_path"),
        default="git_repo_urls.tagged",
        metavar="FILE",
    ),
    Option(name="group", help="put this bump into the one pull request of this group", default="", metavar="NAME"),
    Option(
        name="release",
        help="a release to bump, instead of the folder's",
        kind=Kind.MANY,
        parse=late("languages.languages_list", "ListEntry.parse"),
        default=(),
        metavar="URL?tag=TAG",
        in_settings=False,
    ),
    many("label", "a label for a new pull request", "NAME"),
    many("reviewer", "who is asked to review a new pull request", "LOGIN"),
    switch("draft", "open a new pull request as a draft"),
    switch("auto-merge", "let a new pull request merge itself when its checks are green"),
)

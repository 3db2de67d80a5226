"""The options of languages lists, and of start points made of them."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.option import Kind, Option, late, switch

LISTS = (
    Option(
        name="file",
        help="the languages list",
        parse=Path,
        default=Path("git_repo_urls.tagged"),
        metavar="FILE",
        positional=True,
        in_settings=False,
    ),
    Option(
        name="files",
        help="the lists, of languages or custom start points",
        kind=Kind.MANY,
        parse=Path,
        default=(Path("git_repo_urls.tagged"),),
        metavar="FILE",
        positional=True,
        in_settings=False,
    ),
    switch(
        "lock",
        "hold the lock beside the list, where it is there, against what is true now",
        default=True,
        in_settings=False,
    ),
    switch("images", "ask the registries for the images", default=True, in_settings=False),
    switch("allow-local", "let the list name repositories on this machine too", in_settings=False),
    Option(
        name="cache",
        help="keep what was fetched in this folder: a second run fetches only what moved",
        parse=Path,
        metavar="DIR",
        in_settings=False,
    ),
    Option(
        name="with-latest",
        spelled="latest",
        help="name `:latest` of each image too",
        kind=Kind.SWITCH,
        default=False,
        in_settings=False,
    ),
    Option(
        name="session-image",
        help="the image of a session: IMAGE:TAG, and the digest or commit that it had then, where one was kept",
        parse=late("images.session_image", "SessionImage.parse"),
        metavar="IMAGE",
        positional=True,
        in_settings=False,
    ),
    switch(
        "with-labels",
        "tell commit and version too, where digests would do: two calls more for each image",
        in_settings=False,
    ),
    Option(
        name="image-name",
        help="the name of the start point's image",
        parse=late("model.image", "ImageName.parse"),
        metavar="NAME",
        positional=True,
        in_settings=False,
    ),
    Option(
        name="sources",
        spelled="languages",
        help="the repositories that it serves, as lines of a languages list are written; paths on this machine too",
        kind=Kind.MANY,
        several=True,
        default=(),
        metavar="URL?tag=TAG",
        in_settings=False,
    ),
    Option(
        name="list-file",
        spelled="list",
        help="the languages list that names them",
        parse=Path,
        metavar="FILE",
        in_settings=False,
    ),
    Option(
        name="base-image",
        spelled="base",
        help="build the image from this one, cyber-dojo's base of start points",
        parse=late("model.image", "ImageName.parse"),
        metavar="IMAGE",
        in_settings=False,
    ),
    Option(
        name="out",
        help="the folder to make; without it the last part of NAME, or none where an image is built",
        parse=Path,
        metavar="DIR",
        in_settings=False,
    ),
)

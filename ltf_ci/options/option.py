"""An option of a command, declared once: as a field of the command's Request.

    dry_run: bool = switch("show the plan, and carry nothing out")

is the flag `--dry-run`, the environment variable `LTF_CI_DRY_RUN`, the action's input and the settings' key `dry-run`.
The parser, the help, action.yml, the settings' schema and docs/reference.md are made from it. Options that several
commands take are fields of a class that their Requests inherit; its docstring is their heading in the help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from typing import NamedTuple, NoReturn, TypeVar, cast, dataclass_transform

from ltf_ci.errors import UsageError

T = TypeVar("T")
D = TypeVar("D")
E = TypeVar("E", bound=StrEnum)
_READ: dict[type, tuple[Option, ...]] = {}  # a class does not change: its options are read once


class Kind(StrEnum):
    """How an option is written."""

    TEXT = "text"
    SWITCH = "switch"  # given or not; `true` or `false` in the environment
    MANY = "many"  # may be given several times; a line each in the environment


class Option(NamedTuple):
    """One option. `parse` reads one word of it, or raises LtfError; its name and heading are those of its field."""

    about: str
    kind: Kind = Kind.TEXT
    parse: Callable[[str], object] = str
    default: object = None
    metavar: str = "TEXT"
    choices: tuple[str, ...] = ()
    once: tuple[str, ...] = ()  # choices that a repository may not settle for good
    bare: str | None = None  # its value where its flag is given without one; None where it needs one
    by_blanks: bool = False  # whether several are separated by blanks in the environment, instead of by lines
    several: bool = False  # whether several words may follow its flag
    positional: bool = False
    short: str = ""  # the letter of its short flag
    in_words: bool = True  # whether the command line has it; credentials are given by the environment alone
    in_settings: bool = False
    in_action: bool = True  # whether the action has it as an input, where a workflow's command takes it
    name: str = ""
    heading: str = ""

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return "LTF_CI_" + self.name.upper().replace("-", "_")

    @property
    def field(self) -> str:
        """The field's name in the Request."""
        return self.name.replace("-", "_")

    @property
    def default_text(self) -> str:
        """The default as people write it; empty where there is none."""
        if self.default in (None, "", ()):
            return ""
        if self.kind is Kind.SWITCH:
            return str(self.default).lower()
        return " ".join(map(str, self.default)) if type(self.default) is tuple else str(self.default)

    def read(self, text: str) -> object:
        """Read the option from the environment's text."""
        if self.kind is Kind.SWITCH:
            return _switch(self.name, text)
        if self.kind is Kind.MANY:
            words = text.split() if self.by_blanks else text.splitlines()
            return tuple(self.parse(word.strip()) for word in words if word.strip())
        return self.parse(text)


def value(  # noqa: PLR0913 - each is one fact of an option
    about: str,
    parse: Callable[[str], T],
    metavar: str,
    *,
    default: D,
    positional: bool = False,
    bare: str | None = None,
    in_settings: bool = False,
    in_action: bool | None = None,
) -> T | D:
    """Declare an option that takes a value."""
    option = Option(
        about=about,
        parse=parse,
        metavar=metavar,
        default=default,
        positional=positional,
        bare=bare,
        in_settings=in_settings,
        in_action=not in_settings if in_action is None else in_action,
    )
    return cast("T | D", option)


def variable(about: str, parse: Callable[[str], T], *, default: D, in_action: bool = True) -> T | D:
    """Declare an option that the environment alone has."""
    option = Option(about=about, parse=parse, default=default, in_words=False, in_action=in_action)
    return cast("T | D", option)


def switch(
    about: str, *, default: bool = False, in_settings: bool = False, in_action: bool = True, short: str = ""
) -> bool:
    """Declare an option that is given or not."""
    option = Option(
        about=about,
        kind=Kind.SWITCH,
        default=default,
        in_settings=in_settings,
        in_action=in_action and not in_settings,
        short=short,
    )
    return cast("bool", option)


def choice(  # noqa: PLR0913 - each is one fact of an option
    about: str,
    kind: type[E],
    *,
    default: D,
    once: Iterable[E] = (),
    positional: bool = False,
    in_settings: bool = False,
    in_action: bool = True,
) -> E | D:
    """Declare an option that takes one of a few words."""
    words = tuple(str(one) for one in kind)
    option = Option(
        about=about,
        parse=partial(_one_of, kind),
        default=default,
        metavar="|".join(words),
        choices=words,
        once=tuple(map(str, once)),
        positional=positional,
        in_settings=in_settings,
        in_action=in_action and not in_settings,
    )
    return cast("E | D", option)


def many(  # noqa: PLR0913 - each is one fact of an option
    about: str,
    parse: Callable[[str], T],
    metavar: str,
    *,
    default: tuple[T, ...] = (),
    choices: Iterable[str] = (),
    positional: bool = False,
    several: bool = False,
    by_blanks: bool = False,
    in_settings: bool = False,
) -> tuple[T, ...]:
    """Declare an option that may be given several times."""
    option = Option(
        about=about,
        kind=Kind.MANY,
        parse=parse,
        default=default,
        metavar=metavar,
        choices=(*choices,),
        positional=positional,
        several=several,
        by_blanks=by_blanks,
        in_settings=in_settings,
        in_action=not in_settings,
    )
    return cast("tuple[T, ...]", option)


class _Fields:
    """What `dataclasses` asks of a dataclass, made when it does: `replace` takes Options, as a type checker thinks."""

    def __get__(self, _options: Options | None, owner: type[Options]) -> Mapping[str, object]:
        from dataclasses import fields, make_dataclass  # slow to import

        made = make_dataclass("_", [option.field for option in options_of(owner)])
        return {each.name: each for each in fields(made)}


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Options:
    """The options that a class declares or inherits, and their values in one run, which do not change.

    It is no dataclass: of each of these Python compiles some methods whenever it is imported.
    """

    __dataclass_fields__ = _Fields()

    def __init__(self, **given: object) -> None:
        """Take values by their fields' names; the others are the defaults. Raise TypeError for what is no field."""
        defaults = {option.field: option.default for option in options_of(type(self))}
        if unknown := given.keys() - defaults.keys():
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        vars(self).update(defaults | given)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Raise UsageError where the values do not go together."""

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        raise AttributeError(f"{name} does not change")


def options_of(request: type) -> tuple[Option, ...]:
    """Return the options that a Request declares: its own first, then those of the classes that it inherits."""
    if request not in _READ:
        _READ[request] = _options_of(request)
    return _READ[request]


def _options_of(request: type) -> tuple[Option, ...]:
    found: dict[str, Option] = {}
    for owner in request.__mro__:
        heading = (owner.__doc__ or "").partition("\n")[0].rstrip(".")
        declared = {name: each for name, each in vars(owner).items() if isinstance(each, Option)}
        for name, option in declared.items():
            found.setdefault(name, option._replace(name=name.replace("_", "-"), heading=heading))
    return tuple(found.values())


def _one_of(kind: type[E], text: str) -> E:
    words = tuple(str(one) for one in kind)
    if text not in words:
        from ltf_ci.model.nearest import did_you_mean  # seldom needed

        expected = f"{', '.join(words[:-1])} or {words[-1]}"
        raise UsageError(f"{text[:80]!r} is none of its values", expected=expected, cure=did_you_mean(text, words))
    return kind(text)


def _switch(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise UsageError(f"{name} is {text!r}", expected="true or false")
    return text.lower() == "true"

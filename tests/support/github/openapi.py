"""Holds a REST request and its answer against GitHub's OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft4Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.support.github.schemas import openapi
from tests.support.github.site import Violation

URI = "urn:github-openapi"
NOT_LISTED = {401, 403, 404}  # GitHub gives them anywhere; the description names them at some operations alone
Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


def _unless_null(keyword: Keyword) -> Keyword:
    def check(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
        if not (instance is None and schema.get("nullable")):
            yield from keyword(validator, value, instance, schema) or ()

    return check


# OpenAPI 3.0 is JSON Schema's draft 4 with `nullable`
OpenApiValidator = validators.extend(  # type: ignore[no-untyped-call]
    Draft4Validator, {name: _unless_null(keyword) for name, keyword in Draft4Validator.VALIDATORS.items()}
)


@cache
def _registry() -> Registry[Any]:
    described: Registry[Any] = Registry().with_resource(URI, DRAFT4.create_resource(openapi()))
    return described


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        found: dict[str, Any] = _registry().resolver(URI).lookup(part["$ref"]).contents
        return found
    return part


def _pointer(*words: str) -> str:
    return f"{URI}#/" + "/".join(word.replace("~", "~0").replace("/", "~1") for word in words)


def _check(what: str, reference: str, instance: Any) -> None:
    validator = OpenApiValidator({"$ref": reference}, registry=_registry())
    found = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(instance)]
    if found:
        raise Violation(f"{what}: {'; '.join(found[:5])}")


@dataclass(frozen=True)
class Operation:
    """A method and a path template of the description."""

    method: str
    template: str

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def described(self) -> dict[str, Any]:
        found: dict[str, Any] = openapi()["paths"][self.template][self.method.lower()]
        return found

    def check_request(self, path: Mapping[str, str], query: Mapping[str, str], body: Any) -> None:
        self._check_parameters("path", path)
        self._check_parameters("query", query)
        described = self.described.get("requestBody")
        if body is not None and described is None:
            raise Violation(f"{self}: takes no body")
        if body is None and described and described.get("required"):
            raise Violation(f"{self}: needs a body")
        if body is not None:
            self._check_body(body)

    def check_answer(self, status: int, body: Any) -> None:
        described = self.described["responses"].get(str(status))
        if described is None and status in NOT_LISTED:
            _check(f"{self} {status}", _pointer("components", "schemas", "basic-error"), body)
        elif described is None:
            raise Violation(f"{self}: the answer {status} is not described")
        else:
            self._check_content(status, described, body)

    def _check_content(self, status: int, described: dict[str, Any], body: Any) -> None:
        reference = described.get("$ref")
        content = _resolved(described).get("content")
        if content is None:
            return
        here = ("paths", self.template, self.method.lower(), "responses", str(status))
        start = f"{URI}{reference}" if reference else _pointer(*here)
        _check(f"{self} {status}", f"{start}/content/application~1json/schema", body)

    def _check_parameters(self, place: str, given: Mapping[str, str]) -> None:
        described = [_resolved(parameter) for parameter in self.described.get("parameters", [])]
        known = {parameter["name"]: parameter["schema"] for parameter in described if parameter["in"] == place}
        if unknown := set(given) - set(known):
            raise Violation(f"{self}: unknown in its {place}: {sorted(unknown)}")
        for name, text in given.items():
            value = int(text) if known[name].get("type") == "integer" and text.isdecimal() else text
            found = [error.message for error in OpenApiValidator(known[name], registry=_registry()).iter_errors(value)]
            if found:
                raise Violation(f"{self}: {name} in its {place}: {found}")

    def _check_body(self, body: Any) -> None:
        here = ("paths", self.template, self.method.lower(), "requestBody", "content", "application/json", "schema")
        _check(f"{self} body", _pointer(*here), body)
        known = _registry().resolver().lookup(_pointer(*here)).contents.get("properties")
        if known is not None and (unknown := set(body) - set(known)):
            raise Violation(f"{self}: unknown in its body: {sorted(unknown)}")

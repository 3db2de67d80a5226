"""Executes GraphQL documents on GitHub's own schema."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSyntaxError,
    OperationType,
    execute,
    get_operation_ast,
    parse,
    validate,
)

from tests.support.github.hosted import Refused
from tests.support.github.mutations import Mutation
from tests.support.github.nodes import Query
from tests.support.github.schemas import graphql_schema
from tests.support.github.site import Site, Violation

NO_MATTER = {"followRenames"}  # nothing is ever renamed here


def graphql_answer(site: Site, html: str, asked: Any) -> dict[str, Any]:
    """Return GitHub's answer, or raise Violation."""
    if not isinstance(asked, Mapping) or not isinstance(asked.get("query"), str):
        raise Violation(f"GraphQL needs a query: {str(asked)[:200]}")
    document = _document(asked["query"])
    operation = get_operation_ast(document, asked.get("operationName"))
    is_mutation = operation is not None and operation.operation is OperationType.MUTATION
    result = execute(
        graphql_schema(),
        document,
        root_value=Mutation(site, html) if is_mutation else Query(site, html),
        variable_values=asked.get("variables") or {},
        operation_name=asked.get("operationName"),
        field_resolver=_field,
        type_resolver=lambda value, _info, _type: str(_value(value, "__typename", "type_name")),
    )
    return _formatted(result)


@cache
def _document(query: str) -> DocumentNode:
    """Return a query that fits the schema, or raise Violation."""
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        raise Violation(f"GraphQL: {error}") from error
    _raise(validate(graphql_schema(), document))
    return document


def _formatted(result: Any) -> dict[str, Any]:
    if not isinstance(result, ExecutionResult):
        raise Violation("GraphQL: the answer is not there yet")
    errors = result.errors or []
    _raise([error for error in errors if not isinstance(error.original_error, Refused)])
    answer: dict[str, Any] = {"data": result.data}
    return {**answer, "errors": [_error(error) for error in errors]} if errors else answer


def _error(error: GraphQLError) -> dict[str, Any]:
    kind = error.original_error.kind if isinstance(error.original_error, Refused) else None
    return {"type": kind, **error.formatted}


def _raise(errors: list[GraphQLError]) -> None:
    if errors:
        raise Violation("; ".join(f"GraphQL: {error}" for error in errors)[:2000])


def _field(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    name = _snake(info.field_name)
    if isinstance(source, Mutation):
        if not hasattr(source, name):
            raise Violation(f"not modelled by the stand-in: {info.field_name}")
        return source.run(info.field_name, name, arguments["input"])
    value = _value(source, info.field_name, name)
    return _called(value, info.field_name, arguments) if callable(value) else value


def _value(source: Any, key: str, name: str) -> Any:
    try:
        return source[key] if isinstance(source, Mapping) else getattr(source, name)
    except (KeyError, AttributeError) as error:
        raise Violation(f"not modelled by the stand-in: {key} of {source!r}"[:300]) from error


def _called(method: Any, name: str, arguments: Mapping[str, Any]) -> Any:
    given = {_snake(key): value for key, value in arguments.items() if key not in NO_MATTER}
    try:
        inspect.signature(method).bind(**given)
    except TypeError as error:
        raise Violation(f"not modelled by the stand-in: {name} with {sorted(given)}") from error
    return method(**given)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()

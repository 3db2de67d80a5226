"""GitHub's answers with one value less: each that its own schemas let be null, in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    get_operation_ast,
    is_list_type,
    is_non_null_type,
    parse,
)
from graphql.language import DocumentNode

from tests.support.github.rest import found
from tests.support.github.schemas import graphql_schema
from tests.support.github.site import Violation

Path: TypeAlias = tuple[str | int, ...]


def graphql_nulls(query: str, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the data with one value null that was none, and which that is."""
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation
    root = graphql_schema().get_root_type(operation.operation)
    for path in dict.fromkeys(_Places(document).of(operation.selection_set, root, data, ())):
        yield ".".join(map(str, path)), _without(data, path)


def rest_nulls(method: str, target: str, status: int, data: Any) -> Iterator[tuple[str, Any]]:
    """Yield the body with one value null that was none, and which that is."""
    operation, _, _ = found(method, target.partition("?")[0])
    for path in _every(data):
        changed = _without(data, path)
        with suppress(Violation):
            operation.check_answer(status, changed)
            yield ".".join(map(str, path)), changed


def _without(data: Any, path: Path) -> Any:
    changed = deepcopy(data)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = None
    return changed


def _every(data: Any) -> Iterator[Path]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        if value is not None:
            yield (step,)
            yield from ((step, *more) for more in _every(value))


class _Places:
    """Where a document's answer may have null by the schema."""

    def __init__(self, document: DocumentNode) -> None:
        every = document.definitions
        self._fragments = {each.name.value: each for each in every if isinstance(each, FragmentDefinitionNode)}

    def of(self, selections: SelectionSetNode, kind: Any, value: Any, path: Path) -> Iterator[Path]:
        for each in selections.selections:
            if isinstance(each, FieldNode):
                key = (each.alias or each.name).value
                if key in value:
                    here = kind.fields[each.name.value].type
                    yield from self._below(each.selection_set, here, value[key], (*path, key))
            else:
                condition, inner = self._fragment(each)
                yield from self.of(inner, graphql_schema().type_map[condition] if condition else kind, value, path)

    def _fragment(self, node: Any) -> tuple[str, SelectionSetNode]:
        found = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        assert isinstance(found, FragmentDefinitionNode | InlineFragmentNode)
        condition = found.type_condition
        return condition.name.value if condition else "", found.selection_set

    def _below(self, selections: SelectionSetNode | None, kind: Any, value: Any, path: Path) -> Iterator[Path]:
        if value is None:
            return
        if is_non_null_type(kind):
            kind = kind.of_type
        else:
            yield path
        if is_list_type(kind):
            for number, each in enumerate(value):
                yield from self._below(selections, kind.of_type, each, (*path, number))
        elif selections:
            yield from self.of(selections, get_named_type(kind), value, path)

"""The graph of images drawn: as an indented text, as mermaid, as dot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.image import ImageName

_DEEPEST = 40  # levels that are drawn by blanks
_PLAIN = re.compile(r"[^A-Za-z0-9 ._/:()+@-]")
COLOURS = {"green": "#c6efce", "red": "#ffc7ce", "amber": "#ffeb9c", "grey": "#e0e0e0"}


def text(graph: ImageGraph) -> str:
    """Indent what is made from an image below it; what was drawn already is not repeated, and ends in `…`."""
    return "".join(f"{line}\n" for line in _tree(graph))


def mermaid(graph: ImageGraph, colours: Mapping[str, str] | None = None) -> str:
    """Draw a flowchart, from bases to what is made from them; `colours` are names of COLOURS by key."""
    nodes, edges = _numbered(graph)
    lines = ["flowchart LR"]
    lines += [f'  n{number}["{mermaid_label(name)}"]' for name, number in nodes.items()]
    lines += [f"  n{base} --> n{above}" for base, above in edges]
    for colour, fill in COLOURS.items():
        named = [f"n{nodes[key]}" for key, given in (colours or {}).items() if given == colour and key in nodes]
        lines += [f"  classDef {colour} fill:{fill},color:#000", f"  class {','.join(named)} {colour}"] if named else []
    return "\n".join(lines) + "\n"


def dot(graph: ImageGraph) -> str:
    """Draw a digraph for graphviz."""
    nodes, edges = _numbered(graph)
    lines = ["digraph dependents {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f'  n{number} [label="{dot_label(name)}"];' for name, number in nodes.items()]
    lines += [f"  n{base} -> n{above};" for base, above in edges]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid_label(name: str) -> str:
    """Make a name plain for mermaid, whose escapes are `#CODE;`: no markup, no end of the label."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", name)


def dot_label(name: str) -> str:
    """Make a name plain within dot's quotes."""
    return name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _name(node: Dependent | ImageName) -> str:
    return node.key if isinstance(node, Dependent) else str(node)


def _numbered(graph: ImageGraph) -> tuple[dict[str, int], list[tuple[int, int]]]:
    """Return a number for each root and entry; a root that has an entry's name is distinguished by `FROM`."""
    roots = {root: f"FROM {root}" if str(root) in graph.numbers else str(root) for root in graph.roots}
    names = dict.fromkeys([*roots.values(), *(entry.key for entry in graph.entries)])
    nodes = {name: number for number, name in enumerate(names)}
    edges = [
        (nodes[roots[base] if isinstance(base, ImageName) else base.key], nodes[above.key])
        for base, above in graph.edges()
    ]
    return nodes, edges


def _tree(graph: ImageGraph) -> Iterator[str]:
    """Walk down from each root, and from each entry without a base, without recursion."""
    seen: set[int] = set()
    for root, numbers in graph.roots.items():
        yield str(root)
        yield from _below(graph, numbers, seen)
    for number, bases in enumerate(graph.bases):
        if number not in seen and not bases:
            yield from _below(graph, (number,), seen, depth=0)
    for number in range(len(graph.entries)):  # what is left is in a cycle, or above one
        if number not in seen:
            yield from _below(graph, (number,), seen, depth=0)


def _indent(depth: int) -> str:
    """Return the blanks before a name; far down its level in their place, for the blanks alone could be megabytes."""
    return "  " * depth if depth <= _DEEPEST else f"{'  ' * _DEEPEST}({depth}) "


def _below(graph: ImageGraph, numbers: Sequence[int], seen: set[int], depth: int = 1) -> Iterator[str]:
    waiting = [(number, depth) for number in reversed(numbers)]
    while waiting:
        number, depth = waiting.pop()
        again = number in seen and bool(graph.dependents[number])
        yield f"{_indent(depth)}{graph.entries[number].key}{' …' if again else ''}"
        if number not in seen:
            seen.add(number)
            waiting += [(above, depth + 1) for above in reversed(graph.dependents[number])]

"""Fields that share a place in the answer: validation compares each of them with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gridql.graph.refusals import too_much

MOST_PAIRS = 2_000
"""Pairs of fields of one response key at one place: sixty fields of one key make as many."""

MOST_FIELDS = 10_000
"""Fields at all places of a document, those of a fragment at each place that it is spread to."""


def overlapping(document: DocumentNode) -> list[GraphQLError]:
    """What is too much to be compared, before anything is; it takes time by the square.

    One walk: fields of one key are taken together, and so is what they select.
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    pairs = fields = 0
    places: list[list[SelectionSetNode]] = [
        [node.selection_set]
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while places:
        for same in _by_key(places.pop(), fragments).values():
            fields += len(same)
            pairs += len(same) * (len(same) - 1) // 2
            below = [node.selection_set for node in same if node.selection_set is not None]
            if below:
                places.append(below)
        if pairs > MOST_PAIRS:
            return [too_much("overlaps", pairs, MOST_PAIRS)]
        if fields > MOST_FIELDS:
            return [too_much("fields", fields, MOST_FIELDS)]
    return []


def _by_key(
    selections: Sequence[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> dict[str, list[FieldNode]]:
    """The fields of selections at one place; each fragment once, as it is compared once."""
    found: dict[str, list[FieldNode]] = {}
    seen: set[str] = set()
    left = list(selections)
    while left:
        for node in left.pop().selections:
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                left.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                name = node.name.value
                seen.add(name)
                if name in fragments:
                    left.append(fragments[name].selection_set)
    return found

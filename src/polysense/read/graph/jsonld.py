"""JSON-LD that can be read without the network."""

from __future__ import annotations

from typing import Any

from polysense.errors import TooLarge

MAX_DEPTH = 60
"""More deeply nested documents are hostile. Judged, not measured."""


def with_local_contexts(value: Any, depth: int = 0) -> Any:
    """JSON-LD with the contexts that are only named, and would be fetched, as plain vocabularies.

    >>> with_local_contexts({"@context": "https://schema.org", "name": "Ann"})
    {'@context': {'@vocab': 'https://schema.org/'}, 'name': 'Ann'}
    """
    if depth > MAX_DEPTH:
        raise TooLarge(f"JSON-LD nested more than {MAX_DEPTH} deep")
    if isinstance(value, list):
        return [with_local_contexts(v, depth + 1) for v in value]
    if not isinstance(value, dict):
        return value

    return {
        k: _vocabulary(v, depth) if k == "@context" else with_local_contexts(v, depth + 1)
        for k, v in value.items()
        if k != "@import"
    }


def _vocabulary(context: Any, depth: int) -> Any:
    if isinstance(context, str):
        return {"@vocab": context if context.endswith(("/", "#")) else f"{context}/"}
    if isinstance(context, list):
        return [_vocabulary(c, depth) for c in context]
    return with_local_contexts(context, depth + 1)

"""The rules that every kind of plug-in shares, each raising ContractError where it is broken."""

from __future__ import annotations

import json
import math
from typing import Any

from polysense.errors import PolysenseError
from polysense.types import Span


class ContractError(PolysenseError):
    """A plug-in breaks a rule of its protocol."""

    default_hint = "Read the protocol's docstring in polysense.protocols, change the plug-in, and run the check again."


def need(kept: bool, broken: str, hint: str = "") -> None:
    """Raise ContractError(broken, hint) unless a rule is kept."""
    if not kept:
        raise ContractError(broken, hint)


def name_of(plugin: object) -> str:
    """The name of the plug-in's class, for messages."""
    return type(plugin).__name__


def has_all(plugin: object, protocol: Any) -> None:
    """It has every attribute and method of its protocol; one inherited from there is no method of
    its own.
    """
    methods = {n: v for n, v in vars(protocol).items() if callable(v) and not n.startswith("_")}
    lacking = [n for n in protocol.__annotations__ if not hasattr(plugin, n)]
    lacking += [
        n
        for n, stub in methods.items()
        if not hasattr(plugin, n) or getattr(getattr(plugin, n), "__func__", None) is stub
    ]
    need(
        not lacking,
        f"{name_of(plugin)} lacks {', '.join(lacking)}",
        f"Subclass polysense.protocols.{protocol.__name__}.",
    )


def are_names(given: object, what: str, *, some: bool = True) -> None:
    """They are a frozenset of names, not empty where `some` are wanted."""
    fine = (
        isinstance(given, frozenset)
        and (bool(given) or not some)
        and all(isinstance(g, str) and g for g in given)
    )
    need(fine, f"{what} is {given!r}: a frozenset of names is wanted")


def is_share(cost: float, who: str) -> None:
    """It is within 0..1."""
    need(0 <= cost <= 1, f"{who}.cost is {cost}: one minus the measured quality, 0..1")


def is_json(meta: Any, what: str) -> None:
    """It holds JSON values only."""
    try:
        same = json.loads(json.dumps(dict(meta), allow_nan=False)) == dict(meta)
    except (TypeError, ValueError) as e:
        raise ContractError(
            f"{what} cannot be written as JSON: {e}",
            "Keep str, numbers, bool, None, and lists and dicts of them.",
        ) from e
    need(
        same,
        f"{what} is not the same after JSON",
        "Keep lists rather than tuples, and str as keys.",
    )


def is_place(span: Span, what: str) -> None:
    """Its numbers make sense, and it is the same after JSON. `what` must not name the span: one
    that is broken may not print.
    """
    need(isinstance(span, Span), f"{what} has a {type(span).__name__} for a span")
    try:
        _in_order(span, what)
        again = Span.from_dict(json.loads(json.dumps(span.to_dict())))
    except (TypeError, ValueError) as e:
        raise ContractError(
            f"{what}: {span!r} cannot be written as JSON: {e}",
            "Use tuples, and Python's own int, float and str.",
        ) from e
    need(
        again == span,
        f"{what}: {span!r} is not the same after JSON",
        "Use tuples, and Python's own int, float and str.",
    )


def _in_order(span: Span, what: str) -> None:
    need(span.page is None or span.page >= 1, f"{what} is on page {span.page}: pages count from 1")
    if span.box is not None:
        x0, y0, x1, y1 = span.box
        need(
            0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1,
            f"{what} has box {span.box}: x0 < x1 and y0 < y1, as fractions 0..1",
        )
    if span.seconds is not None:
        start, end = span.seconds
        need(
            0 <= start <= end < math.inf,
            f"{what} has seconds {span.seconds}: start, then end, from 0",
        )
    if span.lines is not None:
        first, last = span.lines
        need(1 <= first <= last, f"{what} has lines {span.lines}: first, then last, from 1")
    if span.chars is not None:
        start, end = span.chars
        need(0 <= start <= end, f"{what} has chars {span.chars}: start, then end, from 0")
    need(
        span.cells != "" and span.node != "",
        f"{what} has an empty cells or node",
        "Use None for what does not apply.",
    )

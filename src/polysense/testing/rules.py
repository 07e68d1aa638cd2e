"""The rules that every kind of plug-in shares, each raising ContractError where it is broken."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from polysense.errors import PolysenseError
from polysense.types import Span

T = TypeVar("T")

TOLERANCE = 1e-3
"""How far the components of a part's vector may lie apart from one call to the next: batching
changes the order of sums. Judged: a thousandth of a unit vector's length.
"""

LOCK_HINT = "Guard what is shared with a lock, loading at first use among it."


class ContractError(PolysenseError):
    """A plug-in breaks a rule of its protocol."""

    default_hint = (
        "Read the protocol's docstring in polysense.protocols, change the plug-in, and run the "
        "check again."
    )


def require(condition: bool, message: str, hint: str = "") -> None:
    """Raise ContractError(message, hint) unless the condition holds."""
    if not condition:
        raise ContractError(message, hint)


def class_name(plugin: object) -> str:
    """The name of the plug-in's class, for messages."""
    return type(plugin).__name__


def check_members(plugin: object, protocol: Any) -> None:
    """It has every member of its protocol; a method inherited from there is none of its own."""
    methods = {n: v for n, v in vars(protocol).items() if callable(v) and not n.startswith("_")}
    lacking = [n for n in protocol.__annotations__ if not hasattr(plugin, n)]
    lacking += [
        n
        for n, stub in methods.items()
        if not hasattr(plugin, n) or getattr(getattr(plugin, n), "__func__", None) is stub
    ]
    require(
        not lacking,
        f"{class_name(plugin)} lacks {', '.join(lacking)}",
        f"Subclass polysense.protocols.{protocol.__name__}.",
    )


def check_names(names: object, what: str, *, non_empty: bool = True) -> None:
    """They are a frozenset of names, at least one where `non_empty`."""
    is_valid = (
        isinstance(names, frozenset)
        and (bool(names) or not non_empty)
        and all(isinstance(g, str) and g for g in names)
    )
    require(is_valid, f"{what} is {names!r}: a frozenset of names is wanted")


def check_share(cost: float, plugin: str) -> None:
    """It is within 0..1."""
    require(0 <= cost <= 1, f"{plugin}.cost is {cost}: one minus the measured quality, 0..1")


def check_json(meta: Any, what: str) -> None:
    """It holds JSON values only."""
    try:
        same = json.loads(json.dumps(dict(meta), allow_nan=False)) == dict(meta)
    except (TypeError, ValueError) as e:
        raise ContractError(
            f"{what} cannot be written as JSON: {e}",
            "Keep str, numbers, bool, None, and lists and dicts of them.",
        ) from e
    require(
        same,
        f"{what} is not the same after JSON",
        "Keep lists rather than tuples, and str as keys.",
    )


def check_span(span: Span, what: str) -> None:
    """Its numbers make sense, and it is the same after JSON.

    `what` must not name the span: one that breaks the rules may not print.
    """
    require(isinstance(span, Span), f"{what} has a {type(span).__name__} for a span")
    try:
        _check_bounds(span, what)
        again = Span.from_dict(json.loads(json.dumps(span.to_dict())))
    except (TypeError, ValueError) as e:
        raise ContractError(
            f"{what}: {span!r} cannot be written as JSON: {e}",
            "Use tuples, and Python's own int, float and str.",
        ) from e
    require(
        again == span,
        f"{what}: {span!r} is not the same after JSON",
        "Use tuples, and Python's own int, float and str.",
    )


def _check_bounds(span: Span, what: str) -> None:
    require(
        span.page is None or span.page >= 1, f"{what} is on page {span.page}: pages count from 1"
    )
    if span.box is not None:
        x0, y0, x1, y1 = span.box
        require(
            0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1,
            f"{what} has box {span.box}: x0 < x1 and y0 < y1, as fractions 0..1",
        )
    if span.seconds is not None:
        start, end = span.seconds
        require(
            0 <= start <= end < math.inf,
            f"{what} has seconds {span.seconds}: start, then end, from 0",
        )
    if span.lines is not None:
        first, last = span.lines
        require(1 <= first <= last, f"{what} has lines {span.lines}: first, then last, from 1")
    if span.chars is not None:
        start, end = span.chars
        require(0 <= start <= end, f"{what} has chars {span.chars}: start, then end, from 0")
    require(
        span.cells != "" and span.node != "",
        f"{what} has an empty cells or node",
        "Use None for what does not apply.",
    )


def run_twice(make: Callable[[], T]) -> tuple[T, T]:
    """What two threads make that begin together: loading races at a plug-in's first use."""
    start = Barrier(2)

    def begin(_: int) -> T:
        start.wait()
        return make()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(begin, range(2))
    return first, second

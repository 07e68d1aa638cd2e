"""A retriever from its text, as `using` and the command line take it: the reverse of repr.

>>> from polysense.retrieve.algebra import bm25, by_asset, dense
>>> parse("bm25 % 9 + 2 * clip >> by_asset") == bm25 % 9 + 2 * dense("clip") >> by_asset()
True
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from polysense.errors import BadQuery
from polysense.retrieve.algebra import (
    Dense,
    Retriever,
    Stage,
    blend,
    bm25,
    dense,
    feedback,
    foreign,
    native,
)

MAX_CHARACTERS = 2_000
"""Characters that the text of a retriever may have; longer ones only exhaust the parser: judged."""


def parse(text: str) -> Retriever:
    """The retriever that a repr describes. Names are spaces; after >> they are stages. Raises
    BadQuery.
    """
    try:
        if len(text) > MAX_CHARACTERS:
            raise ValueError(len(text))
        return _retriever(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        excerpt = repr(text if len(text) <= 100 else text[:97] + "...")
        raise BadQuery(
            f"{excerpt} is no retriever",
            'Write it like "bm25 % 200 + 2 * minilm % 200 >> by_asset % 10".',
        ) from e


def chosen_retriever(using: str | Retriever) -> Retriever | None:
    """The retriever that is named, or is one already; None for ""."""
    return parse(using) if isinstance(using, str) and using else using or None


_CONSTRUCTORS: Mapping[str, Callable[[str], Retriever]] = {
    "dense": dense,
    "feedback": feedback,
    "foreign": foreign,
    "native": native,
}


def _retriever(node: ast.expr) -> Retriever:
    match node:
        case ast.Name(id="bm25"):
            return bm25
        case ast.Name(id=name):
            return Dense(name)
        case ast.Call(
            func=ast.Name(id=name), args=[ast.Constant(value=str() as argument)], keywords=[]
        ) if name in _CONSTRUCTORS:
            return _CONSTRUCTORS[name](argument)
        case ast.Call(func=ast.Name(id="blend"), args=[inner], keywords=[]):
            return blend(_retriever(inner))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _retriever(left) + _retriever(right)
        case ast.BinOp(
            left=ast.Constant(value=int() | float() as weight), op=ast.Mult(), right=right
        ) if not isinstance(weight, bool):
            return weight * _retriever(right)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return _retriever(left) % _integer(right)
        case ast.BinOp(left=left, op=ast.RShift(), right=right):
            return _retriever(left) >> _stage(right)
    raise ValueError(type(node).__name__)


def _stage(node: ast.expr) -> Stage:
    match node:
        case ast.Name(id=name):
            return Stage((name,))
        case ast.Call(
            func=ast.Name(id="stage" | "rerank"),
            args=[ast.Constant(value=str() as argument)],
            keywords=[],
        ):
            return Stage((argument,))
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return _stage(left) % _integer(right)
    raise ValueError(type(node).__name__)


def _integer(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            return number
    raise ValueError(type(node).__name__)

"""Code and its docstring, which is taken out of it."""

from __future__ import annotations

import ast
import textwrap

from polysense.train.data.pairs import Pair
from polysense.types import Chunk, Part

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def docstring_pair(chunk: Chunk) -> Pair | None:
    """The first definition of a chunk of Python and the first paragraph of its docstring; None
    where it has none, or nothing besides.

    >>> from polysense.types import Asset, Span
    >>> asset = Asset("a", "/a.py", "text/x-python", "code", 9)
    >>> text = 'def area(r):\\n    "Of a circle."\\n    return 3.14 * r * r'
    >>> pair = docstring_pair(Chunk(asset, Span(), "code", text=text))
    >>> pair.second.data, "circle" in pair.first.data
    ('Of a circle.', False)
    """
    try:
        tree = ast.parse(textwrap.dedent(chunk.text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = next((n for n in tree.body if isinstance(n, _DEFINITIONS)), None)
    words = ast.get_docstring(node) if node is not None else None
    if node is None or not words or len(node.body) < 2:
        return None
    node.body = node.body[1:]
    paragraph = " ".join(words.split("\n\n")[0].split())
    return Pair(Part("code", ast.unparse(node)), Part("text", paragraph), source=chunk.asset.id)

"""Jupyter notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from polysense.protocols import Parser
from polysense.read.document import prose
from polysense.read.document.html import blocks as html
from polysense.read.document.markdown import blocks as markdown
from polysense.read.document.notebook import cells
from polysense.read.document.notebook.cells import Cell
from polysense.read.document.prose import Block, Document, Heading, Line, Mention, Words
from polysense.read.file.references import cut_front
from polysense.types import Asset, Chunk, Link, Span

MAX_OUTPUT = 1 << 16
"""Characters of one output that are read; what goes on longer is a log."""

_SHOWN = "output:"
"""How a picture that is an output is mentioned."""
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STRING = re.compile(r"""(["'])([^"'\n]{3,80})\1""")


class NotebookParser(Parser):
    """Reads notebooks cell by cell: words, code with its language, outputs and plots. Lines count
    within a cell.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"application/x-ipynb+json"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, code, tables, pictures and links, each at "cell 3" or "cell 3 output 1". Raises
        TooLarge, Unreadable.
        """
        book = cells.read(asset.path or Path(asset.uri))
        above: list[Heading] = []
        title, near = book.title, ""
        for n, cell in enumerate(book.cells, 1):
            blocks = list(_blocks(cell, book.language))
            headings = [block for block in blocks if isinstance(block, Heading)]
            title = title or next((h.text for h in headings), "")
            document = Document([*above, *blocks], title)
            yield from prose.compose(asset, document, f"cell {n}", _attached(cell, n))
            above = _outline([*above, *headings])
            if cell.kind == "code":
                words = (
                    near,
                    *dict.fromkeys(
                        m[2]
                        for m in _STRING.finditer(cell.source[:4000])
                        if " " in m[2] or m[2].isalpha()
                    ),
                )
                for k, output in enumerate(cell.outputs, 1):
                    node = f"cell {n} output {k}"
                    shown = Document([*above, *_output(output, words)], title)
                    yield from prose.compose(asset, shown, node, {_SHOWN: Span(node=node)}.get)
            elif blocks:
                near = cut_front(
                    "\n".join(str(block) for block in blocks if isinstance(block, Words)),
                    prose.NEAR,
                )


def _blocks(cell: Cell, language: str) -> Iterator[Block]:
    if cell.kind == "markdown":
        yield from markdown.read(cell.source).blocks
    elif cell.kind == "heading":
        yield Heading(cell.level, " ".join(cell.source.split()), 1)
    elif cell.source.strip():
        yield Words(
            prose.plain(cell.source.rstrip()),
            "code" if cell.kind == "code" else "prose",
            language if cell.kind == "code" else "",
        )


def _outline(headings: Sequence[Heading]) -> list[Heading]:
    """The headings that stand above what follows them."""
    above: list[Heading] = []
    for heading in headings:
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(Heading(heading.level, heading.text, 0))
    return above


def _attached(cell: Cell, n: int) -> Any:
    """Where ![](attachment:plot.png) lies."""
    held = cell.attachments or {}

    def inner(ref: str) -> Span | None:
        name = ref.removeprefix("attachment:")
        return Span(node=f"cell {n} attachment {name}") if name != ref and name in held else None

    return inner


def _output(output: dict[str, Any], near: tuple[str, ...]) -> Iterator[Block]:
    """A picture where it shows one; the words of any other."""
    shown = cells.bundle(output)
    if any(cells.joined(shown.get(mime)) for mime in cells.PICTURES):
        yield Mention(_SHOWN, near, (1, 1))
        return
    if "<table" in (page := cells.joined(shown.get("text/html"))[: MAX_OUTPUT * 4]):
        yield from (block for block in html.read(page).blocks if isinstance(block, Words))
        return
    if said := cells.joined(shown.get("text/markdown")):
        yield from markdown.read(said[:MAX_OUTPUT]).blocks
        return
    said = cells.joined(output.get("text") or output.get("traceback") or shown.get("text/plain"))
    lines = [
        Line(line, n, n) for n, line in enumerate(_COLOUR.sub("", said[:MAX_OUTPUT]).split("\n"), 1)
    ]
    if any(line.text.strip() for line in lines):
        yield Words(lines, "code")

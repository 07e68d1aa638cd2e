"""Jupyter notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from polysense.protocols import Parser
from polysense.read.document import chunking
from polysense.read.document.blocks import (
    Block,
    Document,
    Heading,
    Mention,
    SourceLine,
    TextBlock,
    numbered_lines,
)
from polysense.read.document.html import blocks as html
from polysense.read.document.markdown import blocks as markdown
from polysense.read.document.notebook import cells
from polysense.read.document.notebook.cells import Cell
from polysense.read.file.references import last_words
from polysense.types import Asset, Chunk, Link, Span

MAX_OUTPUT = 1 << 16
"""Characters of one output that are read; what goes on longer is a log."""

_OUTPUT_REF = "output:"
"""How a picture that is an output is mentioned."""

_CODE_SEARCH_CHARS = 4000
"""Characters of a cell's code that are searched for the labels of its plots."""

_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STRING = re.compile(r"""(["'])([^"'\n]{3,80})\1""")


class NotebookParser(Parser):
    """Reads notebooks cell by cell: text, code with its language, outputs and plots.

    Lines count within a cell.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"application/x-ipynb+json"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, code, tables, pictures and links, each at "cell 3" or "cell 3 output 1".

        Raises TooLarge, Unreadable.
        """
        book = cells.read(asset.path or Path(asset.uri))
        open_headings: list[Heading] = []
        title, previous_words = book.title, ""
        for n, cell in enumerate(book.cells, 1):
            blocks = list(_cell_blocks(cell, book.language))
            headings = [block for block in blocks if isinstance(block, Heading)]
            title = title or next((h.text for h in headings), "")
            document = Document([*open_headings, *blocks], title)
            yield from chunking.chunk_document(
                asset, document, f"cell {n}", _attachment_locator(cell, n)
            )
            open_headings = _outline([*open_headings, *headings])
            if cell.kind == "code":
                descriptions = (previous_words, *_plot_labels(cell.source))
                for k, output in enumerate(cell.outputs, 1):
                    node = f"cell {n} output {k}"
                    output_blocks = _output_blocks(output, descriptions)
                    output_document = Document([*open_headings, *output_blocks], title)
                    yield from chunking.chunk_document(
                        asset, output_document, node, {_OUTPUT_REF: Span(node=node)}.get
                    )
            elif blocks:
                previous_words = last_words(
                    "\n".join(str(block) for block in blocks if isinstance(block, TextBlock)),
                    chunking.NEIGHBOUR_WORDS,
                )


def _plot_labels(code: str) -> list[str]:
    """The strings in code that are words: titles and labels of its plots, as a rule."""
    strings = (m[2] for m in _STRING.finditer(code[:_CODE_SEARCH_CHARS]))
    return list(dict.fromkeys(s for s in strings if " " in s or s.isalpha()))


def _cell_blocks(cell: Cell, language: str) -> Iterator[Block]:
    if cell.kind == "markdown":
        yield from markdown.read(cell.source).blocks
    elif cell.kind == "heading":
        yield Heading(cell.level, " ".join(cell.source.split()), 1)
    elif cell.source.strip():
        yield TextBlock(
            numbered_lines(cell.source.rstrip()),
            "code" if cell.kind == "code" else "prose",
            language if cell.kind == "code" else "",
        )


def _outline(headings: Sequence[Heading]) -> list[Heading]:
    """The headings that stand above what follows them."""
    open_headings: list[Heading] = []
    for heading in headings:
        while open_headings and open_headings[-1].level >= heading.level:
            open_headings.pop()
        open_headings.append(Heading(heading.level, heading.text, 0))
    return open_headings


def _attachment_locator(cell: Cell, n: int) -> Any:
    """Where ![](attachment:plot.png) lies."""
    attachments = cell.attachments or {}

    def locate_picture(ref: str) -> Span | None:
        name = ref.removeprefix("attachment:")
        return (
            Span(node=f"cell {n} attachment {name}")
            if name != ref and name in attachments
            else None
        )

    return locate_picture


def _output_blocks(output: dict[str, Any], descriptions: tuple[str, ...]) -> Iterator[Block]:
    """A picture where the output shows one; the words of any other."""
    data = cells.mime_bundle(output)
    if any(cells.join_text(data.get(mime)) for mime in cells.PICTURE_MIMES):
        yield Mention(_OUTPUT_REF, descriptions, (1, 1))
        return
    if "<table" in (page := cells.join_text(data.get("text/html"))[: MAX_OUTPUT * 4]):
        yield from (block for block in html.read(page).blocks if isinstance(block, TextBlock))
        return
    if text := cells.join_text(data.get("text/markdown")):
        yield from markdown.read(text[:MAX_OUTPUT]).blocks
        return
    text = cells.join_text(output.get("text") or output.get("traceback") or data.get("text/plain"))
    lines = [
        SourceLine(line, n, n)
        for n, line in enumerate(_TERMINAL_CODES.sub("", text[:MAX_OUTPUT]).split("\n"), 1)
    ]
    if any(line.text.strip() for line in lines):
        yield TextBlock(lines, "code")

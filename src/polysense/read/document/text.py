"""Plain text, and formats that are read as their text: JSON, XML, YAML, TOML, LaTeX."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document import prose
from polysense.read.document.prose import Block, Document, Heading, Mention, Words
from polysense.read.file import text
from polysense.types import Asset, Chunk, Link

WINDOW = 1 << 18
"""Characters read at a time, cut at a blank line where there is one."""

_TEX = frozenset({"application/x-tex", "text/x-tex"})
_LEVELS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph")
_BRACES = r"\{((?:[^{}]|\{[^{}]{0,200}\}){0,300})\}"
_COMMAND = re.compile(
    rf"\\(title|{'|'.join(_LEVELS)}|includegraphics|caption)\*?\s*(?:\[[^\]]{{0,200}}\])?\s*{_BRACES}"
)
_MARKUP = re.compile(r"\\[A-Za-z]+\*?|[{}$]")
_PICTURES = (".pdf", ".png", ".jpg", ".jpeg", ".svg", ".eps")


class TextParser(Parser):
    """Reads words as they stand: prose by paragraphs and sentences, data and markup by whole lines."""

    accepts: ClassVar[frozenset[str]] = (
        frozenset(
            {
                "text/plain",
                "text/x-log",
                "application/json",
                "application/xml",
                "text/xml",
                "application/yaml",
                "text/yaml",
                "application/toml",
            }
        )
        | _TEX
    )

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages with their lines, and links to files named in them. `chars` count in the decoded
        text. Raises TooLarge.
        """
        said = text.read(asset.path or Path(asset.uri))
        if asset.mime in _TEX:
            yield from prose.compose(asset, _tex(said, os.path.dirname(asset.uri)))
            return
        by_lines = asset.mime != "text/plain"
        for first, start, end in _windows(said):
            lines = prose.plain(said[start:end], first)
            yield from prose.compose(
                asset, Document([Words(lines, "code" if by_lines else "prose")]), begin=start
            )


def _windows(said: str) -> Iterator[tuple[int, int, int]]:
    """(number of its first line, start, end) of stretches of whole lines."""
    line, start = 1, 0
    while start < len(said):
        end = len(said)
        if start + WINDOW < end:
            stop = start + WINDOW
            cuts = (
                said.rfind("\n\n", start + WINDOW // 2, stop),
                said.rfind("\n", start, stop),
                said.find("\n", stop),
            )
            end = next((cut for cut in cuts if cut >= 0), end)
        yield line, start, end
        line += said.count("\n", start, end + 1)
        start = end + 1


def _tex(said: str, folder: str) -> Document:
    """Sections, paragraphs as they are written, pictures with their captions."""
    blocks: list[Block] = []
    title, at = "", 0
    number = text.Lines(said).of
    figures: list[tuple[int, str]] = []  # mentions that wait for a caption

    def words(until: int) -> None:
        if body := said[at:until].strip("\n"):
            start = said.index(body, at)
            blocks.append(Words(prose.plain(body, number(start, start)[0])))

    for m in _COMMAND.finditer(said):
        name, inside = m[1], " ".join(_MARKUP.sub(" ", m[2]).split())
        lines = number(m.start(), m.end())
        if name == "title":
            title = title or inside
        elif name in _LEVELS:
            words(m.start())
            figures.clear()
            blocks.append(Heading(_LEVELS.index(name) + 1, inside, lines[0]))
            at = m.end()
        elif name == "includegraphics":
            figures.append((len(blocks), m[2].strip()))
            blocks.append(
                Mention(_picture(folder, m[2].strip()), (), lines, m.start() - at, len(m[0]))
            )
        else:
            for n, _ in figures:
                old = blocks[n]
                if isinstance(old, Mention):
                    blocks[n] = Mention(old.ref, (inside,), old.lines, old.into, old.size)
            figures.clear()
    words(len(said))
    return Document(blocks, title)


def _picture(folder: str, name: str) -> str:
    """LaTeX leaves out the ending of a picture's name."""
    if os.path.splitext(name)[1].lower() in _PICTURES:
        return name
    return next(
        (
            name + ending
            for ending in _PICTURES
            if os.path.isfile(os.path.join(folder, name + ending))
        ),
        name + ".pdf",
    )

"""reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from polysense.errors import Unreadable
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
from polysense.read.file import text
from polysense.types import Asset, Chunk, Link

if TYPE_CHECKING:
    from docutils import nodes

MAX_CHARS = 4 << 20
"""docutils needs some ten seconds for this many; a longer file is read as plain text."""

_DOCUTILS_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 6,
    "warning_stream": False,
    "_disable_config": True,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "syntax_highlight": "none",
    "line_length_limit": MAX_CHARS,
}
_ROLE = re.compile(r":[A-Za-z][\w:+.-]{0,60}:`~?([^`<]*?)(?:\s*<[^`>]*>)?`")
_DIRECTIVE = re.compile(r"\.\.\s+(?:\|[^|\n]*\|\s+)?([\w:+.-]+)::[ \t]*(.*)")
_OPTION = re.compile(r"\s+:[\w-]+:.*")
_CODE_DIRECTIVES = re.compile(
    "code|code-block|sourcecode|highlight|ipython.*|plot|test(?:code|setup|output)"
    "|jupyter-execute|code-cell|parsed-literal"
)
_SILENT_NODES = frozenset(
    {"comment", "substitution_definition", "target", "pending", "meta", "colspec", "label"}
)
# docutils' own names for code in no language among them
_PLAIN_LANGUAGES = frozenset({"code", "text", "none", "default", "console-output", "output"})


_LINES_AFTER = 30
"""Lines after the one that docutils tells, where words are looked for: it often tells the first of
a list or table. Judged, not measured.
"""

_MIN_CODE_LINES = 13
"""A shorter stretch of preformatted lines in no language is read with the text around it. Judged,
not measured.
"""


class RestParser(Parser):
    """Reads reStructuredText: passages with their lines, tables, code, links to the files shown.

    Nothing is included from other files. Of directives and roles that only Sphinx knows, the words
    remain.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"text/x-rst"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, tables, code and links. Raises Unreadable where docutils cannot go on."""
        source = text.read_text(asset.path or Path(asset.uri))
        try:
            blocks = (
                list(_Reader(source).blocks())
                if len(source) <= MAX_CHARS
                else [TextBlock(numbered_lines(source))]
            )
        except Exception as e:  # docutils raises anything on hostile input
            raise Unreadable(f"{asset.name} is no readable reStructuredText: {e}") from e
        title = next((block.text for block in blocks if isinstance(block, Heading)), "")
        yield from chunking.chunk_document(asset, Document(blocks, title))


class _Reader:
    """Walks the tree of a document.

    docutils counts lines well, but not everywhere: each is looked for near where it says.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = source.split("\n")
        self._last_line = 1

    def blocks(self) -> Iterator[Block]:
        """The blocks in reading order."""
        from docutils.core import publish_doctree

        yield from self._child_blocks(
            publish_doctree(self._source, settings_overrides=_DOCUTILS_SETTINGS), 0
        )

    def _child_blocks(self, node: nodes.Element, depth: int) -> Iterator[Block]:
        for child in node.children:
            yield from self._node_blocks(child, depth)

    def _node_blocks(self, node: Any, depth: int) -> Iterator[Block]:
        kind = type(node).__name__
        if kind == "section":
            yield from self._child_blocks(node, depth + 1)
        elif kind == "title" and type(node.parent).__name__ == "section":
            title = " ".join(_words(node).split())
            yield Heading(depth, title, self._find_line(title, node))
            yield from self._mentions(node)
        elif kind in _SILENT_NODES:
            return
        elif kind in {"literal_block", "doctest_block"}:
            language_names = [
                name for name in node.get("classes", ()) if name not in _PLAIN_LANGUAGES
            ]
            language = (
                "python" if kind == "doctest_block" else language_names[0] if language_names else ""
            )
            yield from self._code_blocks(node.astext(), language, self._line(node))
        elif kind == "table":
            yield from self._table_blocks(node)
        elif kind == "figure":
            yield from self._figure_blocks(node)
        elif kind == "system_message":
            yield from self._directive_blocks(node)
        elif kind in {"image", "reference"}:
            yield from self._mentions(node)
            yield from self._paragraph_blocks(_words(node), node)
        elif kind == "field":
            yield from self._paragraph_blocks(f"{_words(node[0])}: {_words(node[1])}", node)
        elif not hasattr(node, "children") or all(
            type(c).__name__ == "Text" or _is_inline(c) for c in node.children
        ):
            yield from self._mentions(node)
            yield from self._paragraph_blocks(_words(node), node)
        else:
            yield from self._child_blocks(node, depth)

    def _line(self, node: Any) -> int:
        """The line that the node, or the nearest one above it, says it is on."""
        while node is not None and not isinstance(node.line, int):
            node = node.parent
        return max(self._last_line if node is None else int(node.line), 1)

    def _find_line(self, words: str, node: Any) -> int:
        """The line on which these words begin, near where the node says it is."""
        word, expected_line = next(iter(words.split()), ""), self._line(node)
        candidates: list[int] = [
            expected_line,
            *range(max(1, expected_line - 2), expected_line),
            *range(expected_line + 1, expected_line + _LINES_AFTER),
        ]
        for n in candidates:
            if 0 < n <= len(self._lines) and word in self._lines[n - 1]:
                self._last_line = n
                return n
        return min(max(expected_line, 1), len(self._lines))

    def _paragraph_blocks(self, words: str, node: Any) -> Iterator[Block]:
        """A paragraph keeps its line ends, save where the address of a link goes over one."""
        lines: list[SourceLine] = []
        number = self._find_line(words, node)
        for row in filter(None, (" ".join(row.split()) for row in words.split("\n"))):
            first_word = row.split()[0]
            number = next(
                (
                    n
                    for n, line in enumerate(self._lines[number - 1 : number + 5], number)
                    if first_word in line
                ),
                min(number, len(self._lines)),
            )
            lines.append(SourceLine(row, number, number))
            number += 1
        if lines:
            yield TextBlock(lines)

    def _code_blocks(self, code: str, language: str, expected_line: int) -> Iterator[Block]:
        """Code, which docutils says to be anywhere from its first line to its last."""
        rows = code.split("\n")
        search_start = max(self._last_line, expected_line - len(rows) - 2, 1)
        candidates = enumerate(self._lines[search_start - 1 : expected_line + 11], search_start)
        self._last_line = next(
            (n for n, line in candidates if line.strip() == rows[0].strip()), expected_line
        )
        if code.strip():
            lines = [
                line
                for line in numbered_lines(code, self._last_line)
                if line.last <= len(self._lines)
            ]
            yield TextBlock(
                lines, "code" if language or len(lines) >= _MIN_CODE_LINES else "prose", language
            )

    def _table_blocks(self, node: Any) -> Iterator[Block]:
        from docutils import nodes

        rows: list[SourceLine] = []
        caption = (
            " ".join(_words(title).split())
            if (title := next(iter(node.findall(nodes.title)), None))
            else ""
        )
        for row in node.findall(nodes.row):
            yield from self._mentions(row)
            cells = [" ".join(_words(entry).split()) for entry in row]
            first_paragraph = next(iter(row.findall(nodes.paragraph)), None)
            first = (
                self._find_line(_words(first_paragraph), first_paragraph)
                if first_paragraph is not None
                else self._last_line
            )
            height = max((_words(entry).count("\n") for entry in row), default=0)
            rows.append(SourceLine(" | ".join(cells), first, min(first + height, len(self._lines))))
        if caption:
            yield TextBlock([SourceLine(caption, self._line(node), self._line(node))])
        if rows:
            yield TextBlock(rows, "table", caption=caption)

    def _figure_blocks(self, node: Any) -> Iterator[Block]:
        from docutils import nodes

        captions = [
            " ".join(_words(child).split())
            for child in node.children
            if isinstance(child, nodes.caption | nodes.legend)
        ]
        yield from self._mentions(node, *captions)
        yield from self._paragraph_blocks(
            next((i.get("alt", "") for i in node.findall(nodes.image)), ""), node
        )
        for child in node.children:
            if isinstance(child, nodes.caption | nodes.legend):
                yield from self._node_blocks(child, 0)

    def _mentions(self, node: Any, *caption: str) -> Iterator[Mention]:
        from docutils import nodes

        for image in node.findall(nodes.image):
            line = self._line(image)
            yield Mention(
                image["uri"],
                (image.get("alt", ""), *caption),
                (line, line),
                0,
                len(" ".join(caption)),
            )
        for link in node.findall(nodes.reference):
            line = self._line(next(iter(link.findall(nodes.image)), link))
            label = " ".join(_words(link).split()) or next(
                (i.get("alt", "") for i in link.findall(nodes.image)), ""
            )
            if "." in (ref := link.get("refuri", "")).rsplit("/", 1)[-1] and not ref.endswith(
                (".html", ".htm")
            ):
                yield Mention(ref, (label, *caption), (line, line))

    def _directive_blocks(self, message: Any) -> Iterator[Block]:
        """The words of a directive that is unknown here or not allowed to act."""
        raw = next(
            (c.astext() for c in message.children if type(c).__name__ == "literal_block"), ""
        )
        if not raw:
            return
        head, *body = raw.rstrip().split("\n")
        directive = _DIRECTIVE.match(head.strip())
        first = message.get("line") or self._last_line
        if not directive:
            yield TextBlock(
                [
                    SourceLine(_ROLE.sub(r"\1", row).strip(), n, n)
                    for n, row in enumerate([head, *body], first)
                    if row.strip()
                ]
            )
            return
        name, argument = directive[1], directive[2].strip()
        body_lines = [
            SourceLine(row, n, n)
            for n, row in enumerate(body, first + 1)
            if not _OPTION.fullmatch(row)
        ]
        if _CODE_DIRECTIVES.fullmatch(name):
            yield from _code_directive(argument, body_lines)
            return
        body_lines = [row for row in body_lines if row.text.strip()]
        if name in {"image", "figure"} and argument:
            yield Mention(
                argument, tuple(row.text.strip() for row in body_lines), (first, first + len(body))
            )
        elif argument and name not in {"include", "raw", "literalinclude"}:
            body_lines = [SourceLine(argument, first, first), *body_lines]
        lines = [
            row._replace(text=" ".join(_ROLE.sub(r"\1", row.text).split())) for row in body_lines
        ]
        if lines:
            yield TextBlock(lines, "aside" if name in {"toctree", "autosummary"} else "prose")


def _code_directive(argument: str, lines: list[SourceLine]) -> Iterator[TextBlock]:
    """The code in a directive that docutils does not know, without its indentation."""
    is_language = re.fullmatch(r"[\w+#-]{1,20}", argument) and argument not in _PLAIN_LANGUAGES
    start = next((n for n, row in enumerate(lines) if row.text.strip()), len(lines))
    lines = lines[start:]
    indents = (len(row.text) - len(row.text.lstrip()) for row in lines if row.text.strip())
    indent = min(indents, default=0)
    if lines:
        code = [row._replace(text=row.text[indent:]) for row in lines]
        yield TextBlock(code, "code", argument if is_language else "python")


def _is_inline(node: Any) -> bool:
    from docutils import nodes

    return isinstance(node, nodes.Inline)


def _words(node: Any) -> str:
    """The words of a node; of Sphinx's roles, only what they show."""
    raw_words: str = node.astext()
    return _ROLE.sub(r"\1", raw_words)

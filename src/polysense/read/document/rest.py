"""reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document import prose
from polysense.read.document.prose import Block, Document, Heading, Line, Mention, Words
from polysense.read.file import text
from polysense.types import Asset, Chunk, Link

if TYPE_CHECKING:
    from docutils import nodes

MAX_CHARS = 4 << 20
"""docutils needs some ten seconds for this many; a longer file is read as plain text."""

_SETTINGS = {
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
_CODE = re.compile(
    "code|code-block|sourcecode|highlight|ipython.*|plot|test(?:code|setup|output)|jupyter-execute|code-cell|parsed-literal"
)
_PLAIN = frozenset({"code", "text", "none", "default", "console-output", "output"})


class RestParser(Parser):
    """Reads reStructuredText: passages with their lines, tables, code, and links to the files
    shown.

    Nothing is included from other files. Of directives and roles that only Sphinx knows, the words
    remain.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"text/x-rst"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, tables, code and links. Raises Unreadable where docutils cannot go on."""
        source = text.read(asset.path or Path(asset.uri))
        try:
            blocks = (
                list(_Reader(source).blocks())
                if len(source) <= MAX_CHARS
                else [Words(prose.plain(source))]
            )
        except Exception as e:  # docutils raises anything on hostile input
            raise Unreadable(f"{asset.name} is no readable reStructuredText: {e}") from e
        title = next((block.text for block in blocks if isinstance(block, Heading)), "")
        yield from prose.compose(asset, Document(blocks, title))


class _Reader:
    """Walks the tree of a document. docutils counts lines well, but not everywhere: each is looked
    for near where it says.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = source.split("\n")
        self._at = 1

    def blocks(self) -> Iterator[Block]:
        """The blocks in reading order."""
        from docutils.core import publish_doctree

        yield from self._children(publish_doctree(self._source, settings_overrides=_SETTINGS), 0)

    def _children(self, node: nodes.Element, depth: int) -> Iterator[Block]:
        for child in node.children:
            yield from self._block(child, depth)

    def _block(self, node: Any, depth: int) -> Iterator[Block]:
        kind = type(node).__name__
        if kind == "section":
            yield from self._children(node, depth + 1)
        elif kind == "title" and type(node.parent).__name__ == "section":
            said = " ".join(_words(node).split())
            yield Heading(depth, said, self._find(said, node))
            yield from self._mentions(node)
        elif kind in {
            "comment",
            "substitution_definition",
            "target",
            "pending",
            "meta",
            "colspec",
            "label",
        }:
            return
        elif kind in {"literal_block", "doctest_block"}:
            named = [name for name in node.get("classes", ()) if name not in _PLAIN]
            language = "python" if kind == "doctest_block" else named[0] if named else ""
            yield from self._code(node.astext(), language, self._line(node))
        elif kind == "table":
            yield from self._table(node)
        elif kind == "figure":
            yield from self._figure(node)
        elif kind == "system_message":
            yield from self._unknown(node)
        elif kind in {"image", "reference"}:
            yield from self._mentions(node)
            yield from self._paragraph(_words(node), node)
        elif kind == "field":
            yield from self._paragraph(f"{_words(node[0])}: {_words(node[1])}", node)
        elif not hasattr(node, "children") or all(
            type(c).__name__ == "Text" or _is_inline(c) for c in node.children
        ):
            yield from self._mentions(node)
            yield from self._paragraph(_words(node), node)
        else:
            yield from self._children(node, depth)

    def _line(self, node: Any) -> int:
        """The line that the node, or the nearest one above it, says it is on."""
        while node is not None and not isinstance(node.line, int):
            node = node.parent
        return max(self._at if node is None else int(node.line), 1)

    def _find(self, said: str, node: Any) -> int:
        """The line on which these words begin, near where the node says it is."""
        word, hint = next(iter(said.split()), ""), self._line(node)
        near: list[int] = [hint, *range(max(1, hint - 2), hint), *range(hint + 1, hint + 30)]
        for n in near:
            if 0 < n <= len(self._lines) and word in self._lines[n - 1]:
                self._at = n
                return n
        return min(max(hint, 1), len(self._lines))

    def _paragraph(self, said: str, node: Any) -> Iterator[Block]:
        """A paragraph keeps its line ends, save where the address of a link goes over one."""
        lines: list[Line] = []
        at = self._find(said, node)
        for row in filter(None, (" ".join(row.split()) for row in said.split("\n"))):
            begins = row.split()[0]
            at = next(
                (n for n, line in enumerate(self._lines[at - 1 : at + 5], at) if begins in line),
                min(at, len(self._lines)),
            )
            lines.append(Line(row, at, at))
            at += 1
        if lines:
            yield Words(lines)

    def _code(self, said: str, language: str, hint: int) -> Iterator[Block]:
        """Code, which docutils says to be anywhere from its first line to its last."""
        rows = said.split("\n")
        begin = max(self._at, hint - len(rows) - 2, 1)
        near = enumerate(self._lines[begin - 1 : hint + 11], begin)
        self._at = next((n for n, line in near if line.strip() == rows[0].strip()), hint)
        if said.strip():
            lines = [line for line in prose.plain(said, self._at) if line.last <= len(self._lines)]
            yield Words(lines, "code" if language or len(lines) > 12 else "prose", language)

    def _table(self, node: Any) -> Iterator[Block]:
        from docutils import nodes

        rows: list[Line] = []
        caption = (
            " ".join(_words(title).split())
            if (title := next(iter(node.findall(nodes.title)), None))
            else ""
        )
        for row in node.findall(nodes.row):
            yield from self._mentions(row)
            cells = [" ".join(_words(entry).split()) for entry in row]
            begins = next(iter(row.findall(nodes.paragraph)), None)
            first = self._find(_words(begins), begins) if begins is not None else self._at
            height = max((_words(entry).count("\n") for entry in row), default=0)
            rows.append(Line(" | ".join(cells), first, min(first + height, len(self._lines))))
        if caption:
            yield Words([Line(caption, self._line(node), self._line(node))])
        if rows:
            yield Words(rows, "table", caption=caption)

    def _figure(self, node: Any) -> Iterator[Block]:
        from docutils import nodes

        said = [
            " ".join(_words(child).split())
            for child in node.children
            if isinstance(child, nodes.caption | nodes.legend)
        ]
        yield from self._mentions(node, *said)
        yield from self._paragraph(
            next((i.get("alt", "") for i in node.findall(nodes.image)), ""), node
        )
        for child in node.children:
            if isinstance(child, nodes.caption | nodes.legend):
                yield from self._block(child, 0)

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
            said = " ".join(_words(link).split()) or next(
                (i.get("alt", "") for i in link.findall(nodes.image)), ""
            )
            if "." in (ref := link.get("refuri", "")).rsplit("/", 1)[-1] and not ref.endswith(
                (".html", ".htm")
            ):
                yield Mention(ref, (said, *caption), (line, line))

    def _unknown(self, message: Any) -> Iterator[Block]:
        """The words of a directive that is unknown here or not allowed to act."""
        raw = next(
            (c.astext() for c in message.children if type(c).__name__ == "literal_block"), ""
        )
        if not raw:
            return
        head, *body = raw.rstrip().split("\n")
        directive = _DIRECTIVE.match(head.strip())
        first = message.get("line") or self._at
        if not directive:
            yield Words(
                [
                    Line(_ROLE.sub(r"\1", row).strip(), n, n)
                    for n, row in enumerate([head, *body], first)
                    if row.strip()
                ]
            )
            return
        name, told = directive[1], directive[2].strip()
        kept = [
            Line(row, n, n) for n, row in enumerate(body, first + 1) if not _OPTION.fullmatch(row)
        ]
        if _CODE.fullmatch(name):
            language = (
                told if re.fullmatch(r"[\w+#-]{1,20}", told) and told not in _PLAIN else "python"
            )
            while kept and not kept[0].text.strip():
                kept.pop(0)
            indent = min(
                (len(row.text) - len(row.text.lstrip()) for row in kept if row.text.strip()),
                default=0,
            )
            yield from (
                [Words([row._replace(text=row.text[indent:]) for row in kept], "code", language)]
                if kept
                else []
            )
            return
        kept = [row for row in kept if row.text.strip()]
        if name in {"image", "figure"} and told:
            yield Mention(told, tuple(row.text.strip() for row in kept), (first, first + len(body)))
        elif told and name not in {"include", "raw", "literalinclude"}:
            kept = [Line(told, first, first), *kept]
        lines = [row._replace(text=" ".join(_ROLE.sub(r"\1", row.text).split())) for row in kept]
        if lines:
            yield Words(lines, "apart" if name in {"toctree", "autosummary"} else "prose")


def _is_inline(node: Any) -> bool:
    from docutils import nodes

    return isinstance(node, nodes.Inline)


def _words(node: Any) -> str:
    """The words of a node; of Sphinx's roles, only what they show."""
    said: str = node.astext()
    return _ROLE.sub(r"\1", said)

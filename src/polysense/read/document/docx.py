"""Word documents: passages under their headings, tables, pictures with their captions, notes,
headers and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.document.layout import CAPTION
from polysense.read.file.placed_passages import placed_passages
from polysense.types import Asset, Chunk, Link, Part, Span

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VML = "{urn:schemas-microsoft-com:vml}"
_UNSEEN = {_W + "del", _W + "moveFrom", _COMPATIBLE + "Fallback", _W + "pPr", _W + "rPr"}
_SPACE = {
    _W + "tab": "\t",
    _W + "br": "\n",
    _W + "cr": "\n",
    _W + "noBreakHyphen": "-",
    _W + "softHyphen": "",
}
_DRAWN = (".emf", ".wmf")
_TINY = 300_000  # English Metric Units: a third of an inch
# characters: what a merged cell says is told in each of its rows, unless it is long
_REPEATED = 100


@dataclass(slots=True)
class _Place:
    """Where in the document the reader is."""

    title: str
    headings: list[tuple[int, str]] = field(default_factory=list)
    paragraph: int = 0
    tables: int = 0
    chars: int = 0

    @property
    def path(self) -> str:
        return " > ".join([self.title, *(words for _, words in self.headings)])

    def enter(self, level: int, words: str) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        if words != self.title:
            self.headings.append((level, words[:120]))


class DocxParser(Parser):
    """Reads .docx: places are paragraphs and tables, counted from 1, since pages exist only once it
    is laid out.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
    )

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, TooLarge, Unreadable."""
        path = asset.path or Path(asset.uri)
        office.check(path)
        import docx

        try:
            document = docx.Document(str(path))
            body = document.element.body
        except Exception as e:
            raise Unreadable(f"{asset.name} is no readable Word document: {e}") from e
        try:
            yield from _Reader(asset, path, document).read(body)
        except (
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ) as e:  # what damaged XML leads python-docx to
            raise Unreadable(
                f"{asset.name} is damaged; what comes before the damage was read: {e}"
            ) from e


class _Reader:
    def __init__(self, asset: Asset, path: Path, document: Any) -> None:
        self._asset, self._path, self._document = asset, path, document
        self._levels = _heading_levels(document)
        self._seen: set[str] = set()
        self._held: list[tuple[str, Span]] = []
        self._bare = False
        self._place = _Place(_title(document, self._levels) or asset.name.rsplit(".", 1)[0])

    def read(self, body: Any) -> Iterator[Chunk | Link]:
        """The body, then what stands apart from it."""
        elements = list(_flow(body))
        for n, element in enumerate(elements):
            if element.tag == _W + "tbl":
                yield from self._flush()
                yield from self._table(element, elements, n)
            else:
                yield from self._paragraph(element, elements, n)
        yield from self._flush()
        yield from self._apart()

    def _paragraph(self, p: Any, elements: list[Any], n: int) -> Iterator[Chunk | Link]:
        self._place.paragraph += 1
        words = _words(p).strip()
        level = self._levels.get(_style(p), _outline_level(p))
        if level is not None and words:
            if not self._bare:  # headings without words of their own go with the next
                yield from self._flush()
            self._place.enter(level, " ".join(words.split()))
        if words:
            self._bare = level is not None and (self._bare or not self._held)
            self._held.append((words, Span(node=f"paragraph {self._place.paragraph}")))
        yield from self._pictures(elements, n)
        yield from self._links(p, words)

    def _flush(self) -> Iterator[Chunk]:
        """The paragraphs held, as passages."""
        if not self._held:
            return
        place = Span(chars=(self._place.chars, self._place.chars))
        for chunk in placed_passages(self._asset, self._held, place, self._place.path):
            first, last = (
                chunk.marks[0].span.node or "",
                (chunk.marks[-1].span.node or "").removeprefix("paragraph "),
            )
            node = (
                first
                if first.endswith(f" {last}")
                else f"{first.replace('paragraph', 'paragraphs')}-{last}"
            )
            yield chunk.with_(span=Span(node=node, chars=chunk.span.chars))
        self._place.chars += sum(len(words) + 2 for words, _ in self._held)
        self._held.clear()

    def _table(self, table: Any, elements: list[Any], n: int) -> Iterator[Chunk | Link]:
        self._place.tables += 1
        own = [tr for tr in table.iter(_W + "tr") if next(tr.iterancestors(_W + "tbl")) is table]
        rows: list[list[str]] = []
        for tr in own:
            rows.append(_cells(tr, rows[-1] if rows else []))
        beside = [
            _words(elements[i]).strip()
            for i in (n - 1, n + 1)
            if 0 <= i < len(elements) and elements[i].tag == _W + "p"
        ]
        caption = next((words for words in beside if CAPTION.match(words)), "")
        context = "\n".join(
            filter(
                None,
                (self._place.path, caption or " ".join(beside[0].split()[-40:] if beside else ())),
            )
        )
        yield from office.table(
            self._asset, rows, Span(node=f"table {self._place.tables}"), context
        )
        flow = [*elements[max(n - 1, 0) : n], *own, *elements[n + 1 : n + 2]]
        # what a picture's row says is near it, not all the table
        for i, tr in enumerate(own, min(n, 1)):
            near, at = ([tr], 0) if _words(tr).strip() else (flow, i)
            yield from self._pictures(near, at)
        for p in table.iter(_W + "p"):
            yield from self._links(p, _words(p))

    # pictures and links

    def _pictures(self, elements: list[Any], n: int) -> Iterator[Chunk | Link]:
        """The pictures in elements[n]."""
        pictures = [
            shown
            for shown in _visible(elements[n])
            if shown.tag in (_A + "blip", _VML + "imagedata")
        ]
        around = _around(elements, n) if pictures else []
        for shown in pictures:
            alt, small = _described(shown)
            relation = shown.get(_R + "embed") or shown.get(_R + "id") or shown.get(_R + "link")
            context = "\n".join(filter(None, (self._place.path, alt, *around)))
            name, outside = self._target(relation)
            if outside and (target := office.target(self._asset, outside)):
                yield Link(
                    target,
                    " ".join(context.split()[:60]),
                    Span(node=f"paragraph {self._place.paragraph}"),
                )
            elif name and name not in self._seen and not small:
                self._seen.add(name)
                span = Span(node=name)
                part = (
                    None
                    if name.lower().endswith(_DRAWN)
                    else Part("image", self._path, mime=self._asset.mime, span=span)
                )
                yield Chunk(self._asset, span, "image", part, "", context)

    def _target(self, relation: str | None) -> tuple[str, str]:
        """The member of the file that a relation leads to, or the reference to something outside
        it.
        """
        found = self._document.part.rels.get(relation)
        if found is None:
            return "", ""
        return (
            ("", found.target_ref)
            if found.is_external
            else (str(found.target_part.partname).lstrip("/"), "")
        )

    def _links(self, p: Any, words: str) -> Iterator[Link]:
        for link in p.iter(_W + "hyperlink"):
            _, outside = self._target(link.get(_R + "id"))
            target = office.target(self._asset, outside)
            if target:
                said = " ".join([self._place.path, _words(link), words]).split()
                yield Link(
                    target, " ".join(said[:60]), Span(node=f"paragraph {self._place.paragraph}")
                )

    # what stands apart

    def _apart(self) -> Iterator[Chunk]:
        """Footnotes, endnotes, comments, headers and footers."""
        for kind in ("footnotes", "endnotes", "comments", "header", "footer"):
            one, said = kind.removesuffix("s"), dict[str, Span]()
            shown = self._document.element.body.iter(f"{_W}{one}Reference")
            # ids are the program's own numbers
            order = {reference.get(_W + "id"): n for n, reference in enumerate(shown, 1)}
            for relation in self._document.part.rels.values():
                if relation.is_external or not (relation.reltype or "").endswith(f"/{kind}"):
                    continue
                for key, words in _apart(relation.target_part):
                    said.setdefault(words, Span(node=f"{one} {order.get(key, len(said) + 1)}"))
            yield from placed_passages(
                self._asset, list(said.items()), Span(node=kind), self._place.title
            )


def _title(document: Any, levels: dict[str, int]) -> str:
    said = office.title(document, "word document")
    if said:
        return said
    titles = (
        " ".join(_words(p).split())
        for p in document.element.body.iter(_W + "p")
        if levels.get(_style(p)) == 0
    )
    return next(filter(None, titles), "")[:200]


def _heading_levels(document: Any) -> dict[str, int]:
    """The levels, from 0, of the styles that are headings, by name or by descent from one that is."""
    try:
        styles = {s.style_id: s for s in document.styles if s.style_id}
    except (KeyError, ValueError, AttributeError):
        return {}
    levels: dict[str, int] = {}
    for name, style in styles.items():
        for _ in range(10):
            said = (style.name or "").lower()
            numbered = re.fullmatch(r"heading (\d)", said)
            level = (
                0
                if said == "title"
                else int(numbered[1])
                if numbered
                else _outline_level(style.element)
            )
            if level is not None:
                levels[name] = level
                break
            style = styles.get(getattr(getattr(style, "base_style", None), "style_id", ""))
            if style is None:
                break
    return levels


def _style(p: Any) -> str:
    found = p.find(f"{_W}pPr/{_W}pStyle")
    return str(found.get(_W + "val", "")) if found is not None else ""


def _outline_level(element: Any) -> int | None:
    found = element.find(f"{_W}pPr/{_W}outlineLvl")
    value = found.get(_W + "val", "") if found is not None else ""
    return int(value) + 1 if value.isdigit() and int(value) < 9 else None


def _flow(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, out of whatever holds them: content controls, accepted
    insertions.
    """
    for element in body:
        if element.tag in (_W + "p", _W + "tbl"):
            yield element
        elif isinstance(element.tag, str) and element.tag not in _UNSEEN:
            yield from _flow(element)


def _visible(element: Any) -> Iterator[Any]:
    """An element and all in it that is shown, in order."""
    yield element
    for inner in element:
        if isinstance(inner.tag, str) and inner.tag not in _UNSEEN:
            yield from _visible(inner)


def _words(element: Any) -> str:
    """What an element says; text boxes in it begin a line of their own."""
    said = []
    for shown in _visible(element):
        if shown.tag in (_W + "t", _MATH + "t"):
            said.append(shown.text or "")
        elif shown.tag == _W + "p" and shown is not element:
            said.append("\n")
        else:
            said.append(_SPACE.get(shown.tag, ""))
    return "".join(said)


def _cells(row: Any, above: list[str]) -> list[str]:
    """The words of a row's cells; one that spans several columns is followed by empty ones, one
    merged upwards says what is above.
    """
    before = row.find(f"{_W}trPr/{_W}gridBefore")
    found = [""] * _number(before, 0)
    for cell in row.iter(_W + "tc"):
        if next(cell.iterancestors(_W + "tr")) is not row:
            continue  # of a table within this one: its words are in the cell that holds it
        span, merged = cell.find(f"{_W}tcPr/{_W}gridSpan"), cell.find(f"{_W}tcPr/{_W}vMerge")
        if merged is not None and merged.get(_W + "val") != "restart":
            words = above[len(found)] if len(found) < len(above) else ""
            found.append(words if len(words) <= _REPEATED else "")
        else:
            found.append(" ".join(_words(cell).split()))
        found += [""] * (_number(span, 1) - 1)
    return found


def _number(element: Any, default: int) -> int:
    """How many columns an element speaks of, at most 100."""
    said = element.get(_W + "val", "") if element is not None else ""
    return min(int(said), 100) if said.isdecimal() else default


def _around(elements: list[Any], n: int) -> list[str]:
    """The caption of what elements[n] shows, and the words before, in and after it."""
    own, before, after = (
        _words(elements[i]).strip() if 0 <= i < len(elements) else "" for i in (n, n - 1, n + 1)
    )
    caption = next((words for words in (own, after, before) if CAPTION.match(words)), "")
    near = " ".join(words for words in (before, own, after) if words and words != caption).split()
    return [caption, " ".join(near[:60])]


def _described(picture: Any) -> tuple[str, bool]:
    """A picture's alt text, and whether it is so small that it only decorates."""
    holder = next(picture.iterancestors(_WP + "inline", _WP + "anchor"), None)
    if holder is None:
        return next(
            (str(s.get("alt") or "") for s in picture.iterancestors(_VML + "shape")), ""
        ), False
    about, extent = holder.find(_WP + "docPr"), holder.find(_WP + "extent")
    alt = (
        " ".join(filter(None, (about.get("title"), about.get("descr"))))
        if about is not None
        else ""
    )
    sides = [extent.get(k, "") for k in ("cx", "cy")] if extent is not None else []
    return alt, bool(sides) and all(s.isdigit() and int(s) < _TINY for s in sides)


def _apart(part: Any) -> Iterator[tuple[str, str]]:
    """Id and words of each note in a part, or all words of a header."""
    from lxml import etree

    safe = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(part.blob, safe)
    except etree.XMLSyntaxError:
        return
    notes = [
        n
        for kind in ("footnote", "endnote", "comment")
        for n in root.iter(_W + kind)
        if n.get(_W + "type") in (None, "normal")
    ]
    whole = [] if root.tag.endswith(("notes", "comments")) else [root]
    for element in notes or whole:
        words = _words(element).strip()
        if words:
            yield element.get(_W + "id", "") if notes else "", words

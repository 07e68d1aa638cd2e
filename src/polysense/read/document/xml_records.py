"""XML as what it says: a line for each record, with the names of its fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from polysense.read.document.blocks import Heading, TextBlock
from polysense.read.document.html import blocks as html
from polysense.read.file.text import count_words

_RECORD_WORDS = 80
"""Words up to which what lies deep within a record is told with it. Judged, not measured."""

_PROSE_WORDS = 8
"""Words from which a text needs no name before it: `<p>`, `<para>`. Judged, not measured."""

_LONG_TOKEN = re.compile(r"[!-~]{400,}")  # base64 and the like
_TOKEN_START = 60
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_MAX_ENTITY_CHARS = 1000
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,300}\?>")
_UNTOLD_ATTRIBUTES = frozenset({"schemaLocation", "noNamespaceSchemaLocation", "space"})


@dataclass(frozen=True, slots=True)
class XmlRecord:
    """What an element says, the lines where it stands, and the way to it: "channel/item[2]"."""

    text: str
    lines: tuple[int, int]
    path: str


def xml_records(raw: bytes, text: str) -> list[XmlRecord]:
    """The records of a file (raw, and as text) in order; comments are none, references are read.

    Raises ValueError where it is not well-formed.

    >>> xml_records(b"<a><b n='1'>x &amp; y</b><!-- c --></a>", "")[0]
    XmlRecord(text='b: x & y; n: 1.', lines=(1, 1), path='b')
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        # the encoding that it names is another than that which it is in
        try:
            root = etree.fromstring(_DECLARATION.sub("", text).encode(), parser)
        except (etree.XMLSyntaxError, ValueError) as e:
            raise ValueError(f"no well-formed XML: {e}") from e
    return list(_Reader(_entities(root)).records(root, "", is_one=False))


def _entities(root: Any) -> dict[str, str]:
    """What the file's own entities stand for, where that is words and no more entities."""
    dtd = root.getroottree().docinfo.internalDTD
    contents = ((e.name, e.content or "") for e in dtd.iterentities()) if dtd is not None else ()
    return {n: c for n, c in contents if len(c) <= _MAX_ENTITY_CHARS and "&" not in c}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads elements of a file with these entities."""

    entities: dict[str, str]

    def records(
        self, element: Any, path: str, *, is_one: bool = True, is_many: bool = False
    ) -> Iterator[XmlRecord]:
        """Those in an element: itself, if it may be one; else its own fields and those within.

        is_many: whether its neighbours have its name.
        """
        children = _children(element)
        if (
            not children
            or self._is_mixed(element)
            or (is_one and self._is_record(element, is_many))
        ):
            if facts := self._facts(element):
                yield XmlRecord(_sentence(facts), _lines(element), path or _name(element))
            return
        leaves = [c for c in children if not _children(c) or self._is_mixed(c)]
        counts = Counter(_name(c) for c in children)
        single = [c for c in leaves if counts[_name(c)] == 1 and len(leaves) < len(children)]
        facts = self._attributes(element) + [f for c in single for f in self._facts(c)]
        if facts:
            first = element.sourceline or 1
            lines = first, max([first, *(_lines(c)[1] for c in single)])
            text = _sentence([f"{_name(element)}: {facts[0]}", *facts[1:]])
            yield XmlRecord(text, lines, path or _name(element))
        merged_ids, numbers = {id(c) for c in single}, Counter[str]()
        for child in children:
            name = _name(child)
            numbers[name] += 1
            if id(child) not in merged_ids:
                step = f"{name}[{numbers[name]}]" if counts[name] > 1 else name
                inner = f"{path}/{step}" if path else step
                yield from self.records(child, inner, is_many=counts[name] > 1)

    def _is_record(self, element: Any, is_many: bool) -> bool:
        """Whether what is in an element belongs together: plain fields, or few words."""
        if all(not _children(c) or self._is_mixed(c) for c in _children(element)):
            return True
        size = 0
        for words in element.itertext() if is_many else ():
            size += count_words(words)
            if size > _RECORD_WORDS:
                break
        return is_many and size <= _RECORD_WORDS

    def _facts(self, element: Any) -> list[str]:
        """Its words after its name, its attributes, and the same of what is within."""
        name, facts = _name(element), self._attributes(element)
        if not _children(element) or self._is_mixed(element):
            if words := _plain(self._words(element)):
                return [words if _is_prose(words) else f"{name}: {words}", *facts]
            return [f"{name}: {facts[0]}", *facts[1:]] if facts else []
        for child in _children(element):
            facts += self._facts(child)
        return [f"{name}: {facts[0]}", *facts[1:]] if facts else []

    def _attributes(self, element: Any) -> list[str]:
        names = ((name.rsplit("}", 1)[-1], value) for name, value in element.attrib.items())
        return [
            f"{name}: {_plain(value)}"
            for name, value in names
            if value.strip() and name not in _UNTOLD_ATTRIBUTES
        ]

    def _is_mixed(self, element: Any) -> bool:
        """Whether words stand beside elements in it, as in a paragraph."""
        pieces = [element.text, *(child.tail for child in _children(element))]
        return any(piece and piece.strip() for piece in pieces)

    def _words(self, element: Any) -> str:
        parts = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str):
                parts.append(self._words(child))
            elif (name := getattr(child, "name", None)) is not None:  # an entity
                parts.append(self.entities.get(name, child.text or ""))
            parts.append(child.tail or "")
        return "".join(parts)


def _children(element: Any) -> list[Any]:
    return [child for child in element if isinstance(child.tag, str)]


def _name(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _lines(element: Any) -> tuple[int, int]:
    """The lines from an element's first to the last that it has words on."""
    first = last = element.sourceline or 1
    for inner in element.iter():
        words = (inner.text or "").rstrip() if isinstance(inner.tag, str) else ""
        last = max(last, (inner.sourceline or 1) + words.count("\n"))
    return first, last


def _plain(words: str) -> str:
    """Words on one line; a page in them without its markup, letters for bytes cut short."""
    if _MARKUP.search(words):
        blocks = html.read(words).blocks
        texts = [
            b.text if isinstance(b, Heading) else str(b)
            for b in blocks
            if isinstance(b, Heading | TextBlock)
        ]
        words = "\n".join(texts) or words
    return " ".join(_LONG_TOKEN.sub(lambda m: m[0][:_TOKEN_START] + "...", words).split())


def _is_prose(words: str) -> bool:
    return count_words(words) >= _PROSE_WORDS and words[-1:] in ".!?…。！？»”\"'"


def _sentence(facts: list[str]) -> str:
    text = "; ".join(facts)
    return text if text[-1:] in ".!?…。！？" else text + "."

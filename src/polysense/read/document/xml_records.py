"""XML as what it says: a line for each record, with the names of its fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.sax.saxutils import unescape

from polysense.read.document.blocks import Heading, TextBlock
from polysense.read.document.html import blocks as html
from polysense.read.file.text import PASSAGE_WORDS, count_words

COMMENT = "comment()"
"""What the path of a comment begins with."""

_RECORD_WORDS = 80
"""Words up to which what lies deep within a record is told with it. Judged, not measured."""

_PROSE_WORDS = 8
"""Words from which a text needs no name before it: `<p>`, `<para>`. Judged, not measured."""

_WORD_CHARS = 20
"""Characters for each word of a limit of words: of a longer text no more is counted."""

_LONG_TOKEN = re.compile(r"[!-~]{400,}")  # base64 and the like
_TOKEN_START = 60
_PAGE_TAG = (
    r"(?:a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|d[dlt]|del|div|em|figure"
    r"|figcaption|font|footer|h[1-6r]|head|header|html|i|iframe|img|ins|kbd|li|main|nav|ol|p|pre"
    r"|q|s|script|section|small|span|strike|strong|style|su[bp]|table|tbody|t[dhrt]|tfoot|thead"
    r"|title|u|ul|video)"
)
_ATTRIBUTES = r"(?:\s[^<>]{0,2000}=[^<>]{0,2000})?\s?/?>"
_MARKUP = re.compile(rf"</{_PAGE_TAG}\s?>|<(?:br|hr|img|p|div|li|td|tr){_ATTRIBUTES}", re.I)
_NO_MARKUP = re.compile(rf"<(?!/{_PAGE_TAG}\s?>|{_PAGE_TAG}{_ATTRIBUTES}|!--)", re.I)
"""What tells a page in a field, and what only looks like a tag in it: a type, a smaller number."""

_BREAKS = frozenset({"br", "lb", "pb", "cb", "newline", "linebreak", "tab"})
_BLOCKS = re.compile(
    "ab|blockquote|caption|cell|d[dlt]|div|entry|epigraph|example|figure|fn|footnote|formalpara"
    "|h[1-6r]|item|lg?|li|line|list|listitem|literallayout|note|ol|opener|p|para|pre"
    "|programlisting|quote|row|screen|section|simpara|sp|speaker|stage|step|table|tbody|t[dhr]"
    "|thead|tip|trailer|ul|verse|warning"
)
_CODE = re.compile("pre|programlisting|screen|literallayout|synopsis|eg|codeblock|verse")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_CODE_SIGNS = {"\n": "\x01", " ": "\x02", "\t": "\x03", "<": "\x04"}
"""What stays in code as it is: meanwhile signs stand for it that no XML can hold."""

_KEEP = str.maketrans(_CODE_SIGNS)
_GIVE_BACK = str.maketrans({sign: letter for letter, sign in _CODE_SIGNS.items()})
_MAX_ENTITY_CHARS = 1000
_OTHER_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[\w:#]")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,300}\?>")
_UNTOLD_ATTRIBUTES = frozenset({"schemaLocation", "noNamespaceSchemaLocation", "space"})


@dataclass(frozen=True, slots=True)
class XmlRecord:
    """What an element says, the lines where it stands, and the way to it: "channel/item[2]"."""

    text: str
    lines: tuple[int, int]
    path: str


def xml_records(raw: bytes, text: str) -> list[XmlRecord]:
    """The records of a file (raw, and as text) in order, and its comments; references are read.

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
    return list(_all_records(root))


def _all_records(root: Any) -> Iterator[XmlRecord]:
    reader = _Reader(_entities(root))
    for comment in reversed(list(root.itersiblings(preceding=True))):
        yield from reader.comments(comment)
    yield from reader.records(root, "", is_one=False)
    for comment in root.itersiblings():
        yield from reader.comments(comment)


def _entities(root: Any) -> dict[str, str]:
    """What the file's own entities stand for, where that is words and no more entities."""
    dtd = root.getroottree().docinfo.internalDTD
    contents = ((e.name, e.content or "") for e in dtd.iterentities()) if dtd is not None else ()
    return {
        name: unescape(content, {"&quot;": '"', "&apos;": "'"})
        for name, content in contents
        if len(content) <= _MAX_ENTITY_CHARS and not _OTHER_ENTITY.search(content)
    }


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads elements of a file with these entities."""

    entities: dict[str, str]
    comment_numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def records(
        self, element: Any, path: str, *, is_one: bool = True, is_many: bool = False
    ) -> Iterator[XmlRecord]:
        """Those in an element: itself, if it may be one; else its own fields and those within.

        is_many: whether its neighbours have its name.
        """
        children = _children(element)
        if _is_leaf(element) or (is_one and self._is_record(element, is_many)):
            yield XmlRecord(
                _sentence(self._facts(element)), _lines(element), path or _name(element)
            )
            yield from self.comments(element)
            return
        counts = Counter(_name(c) for c in children)
        single = self._single_fields(children, counts, is_one)
        facts = self._attributes(element) + [f for c in single for f in self._facts(c)]
        if facts:
            first = element.sourceline or 1
            lines = first, max([first, *(_lines(c)[1] for c in single)])
            text = _sentence([f"{_name(element)}: {facts[0]}", *facts[1:]])
            yield XmlRecord(text, lines, path or _name(element))
        merged_ids, numbers = {id(c) for c in single}, Counter[str]()
        for child in element:
            if not isinstance(child.tag, str) or id(child) in merged_ids:
                yield from self.comments(child)
                continue
            name = _name(child)
            numbers[name] += 1
            step = f"{name}[{numbers[name]}]" if counts[name] > 1 else name
            inner = f"{path}/{step}" if path else step
            yield from self.records(child, inner, is_many=counts[name] > 1)

    def comments(self, node: Any) -> Iterator[XmlRecord]:
        """Those in an element, or a comment itself; markup in one is told to be in one."""
        from lxml import etree

        for comment in node.iter(etree.Comment):
            words = " ".join(_cut_tokens(comment.text or "").split())
            if any(c.isalnum() for c in words):
                last = comment.sourceline or 1
                lines = max(1, last - (comment.text or "").count("\n")), last
                words = f"<!-- {words} -->" if "<" in words else words
                yield XmlRecord(words, lines, f"{COMMENT}[{next(self.comment_numbers)}]")

    def _single_fields(self, children: list[Any], counts: Counter[str], is_one: bool) -> list[Any]:
        """The short fields of which an element has one each, if all of them fit into a passage."""
        leaves = [c for c in children if _is_leaf(c)]
        if len(leaves) == len(children) and not is_one:
            return []
        sizes = [(c, _size(c, _RECORD_WORDS)) for c in leaves if counts[_name(c)] == 1]
        short = [(c, size) for c, size in sizes if size <= _RECORD_WORDS]
        return [c for c, _ in short] if sum(n for _, n in short) <= PASSAGE_WORDS else []

    def _is_record(self, element: Any, is_many: bool) -> bool:
        """Whether what is in an element belongs together: plain fields, or few words."""
        if all(_is_leaf(c) for c in _children(element)):
            return _size(element, PASSAGE_WORDS) <= PASSAGE_WORDS
        return is_many and _size(element, _RECORD_WORDS, names=False) <= _RECORD_WORDS

    def _facts(self, element: Any) -> list[str]:
        """Its words after its name, its attributes, and the same of what is within."""
        name, facts = _name(element), self._attributes(element)
        if _is_leaf(element):
            if words := _plain(self._words(element)):
                return [words if _is_prose(words) else f"{name}: {words}", *facts]
        else:
            for child in _children(element):
                facts += self._facts(child)
        return [f"{name}: {facts[0]}", *facts[1:]] if facts else [name]

    def _attributes(self, element: Any) -> list[str]:
        names = ((name.rsplit("}", 1)[-1], value) for name, value in element.attrib.items())
        return [
            f"{name}: {_plain(value)}"
            for name, value in names
            if value.strip() and name not in _UNTOLD_ATTRIBUTES
        ]

    def _words(self, element: Any) -> str:
        """All words in it, with a space where a line or a paragraph ends; code as it stands."""
        parts = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str):
                gap = " " if _is_apart(child) else ""
                parts += [gap, self._words(child), gap]
            elif (name := getattr(child, "name", None)) is not None:  # an entity
                parts.append(self.entities.get(name, child.text or ""))
            parts.append(child.tail or "")
        words = "".join(parts)
        is_code = bool(_CODE.fullmatch(_name(element).lower())) or element.get(_SPACE) == "preserve"
        return words.translate(_KEEP) if is_code else words


def _children(element: Any) -> list[Any]:
    return [child for child in element if isinstance(child.tag, str)]


def _name(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _is_leaf(element: Any) -> bool:
    """Whether it has no elements, or words stand beside them, as in a paragraph."""
    texts = [element.text]
    has_children = False
    for child in element:
        has_children = has_children or isinstance(child.tag, str)
        texts.append(child.tail)
        if getattr(child, "name", None) is not None:  # an entity
            texts.append(child.text)
    return not has_children or any(t and t.strip() for t in texts)


def _is_apart(element: Any) -> bool:
    """Whether an element among words parts those before it from those behind it."""
    name = _name(element).lower()
    return bool(_BLOCKS.fullmatch(name)) or (name in _BREAKS and element.get("break") != "no")


def _size(element: Any, limit: int, *, names: bool = True) -> int:
    """Words in an element and its attributes, with the names of fields or without: as many as
    there are up to the limit, else any number above it.
    """
    size = 0
    for inner in element.iter():
        texts = [inner.tail if inner is not element else None]
        if isinstance(inner.tag, str):
            texts += [inner.text, *inner.attrib.values()]
            is_empty = not len(inner) and not (inner.text or inner.attrib)
            size += 1 + len(inner.attrib) if names else is_empty
        size += sum(count_words(t[: limit * _WORD_CHARS]) for t in texts if t)
        if size > limit:
            break
    return size


def _lines(element: Any) -> tuple[int, int]:
    """The lines from an element's first to the last that it has words on."""
    return element.sourceline or 1, _last_line(element)


def _last_line(element: Any) -> int:
    last: int = (element.sourceline or 1) + (element.text or "").rstrip().count("\n")
    for child in element:
        last = max(last, _last_line(child) if isinstance(child.tag, str) else 0)
        last += (child.tail or "").rstrip().count("\n")
    return last


def _plain(words: str) -> str:
    """Words on one line, but for code; a page in them without its markup, letters for bytes cut
    short.
    """
    if _MARKUP.search(words):
        blocks = html.read(_NO_MARKUP.sub("&lt;", words)).blocks
        texts = [
            b.text if isinstance(b, Heading) else str(b)
            for b in blocks
            if isinstance(b, Heading | TextBlock)
        ]
        words = "\n".join(texts) or words
    return " ".join(_cut_tokens(words).split()).translate(_GIVE_BACK).strip()


def _cut_tokens(words: str) -> str:
    return _LONG_TOKEN.sub(lambda m: m[0][:_TOKEN_START] + "...", words)


def _is_prose(words: str) -> bool:
    return count_words(words) >= _PROSE_WORDS and words[-1:] in ".!?…。！？»”\"'"


def _sentence(facts: list[str]) -> str:
    text = "; ".join(facts)
    return text if text[-1:] in ".!?…。！？" or "\n" in facts[-1] else text + "."

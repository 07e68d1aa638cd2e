"""Records in prose as tables: sections that are alike, and lists whose lines are alike.

    ## Brun                          - Gull Head, 12 km
    A red mug, price 12.00 crowns.   - Mill Loop, 4 km

A record is named by its heading, or by what its line begins with; its fields are the quantities in
it ("price 12.00 crowns", "Length: 4.5 km") and what stands behind a label ("Made of: ash").
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path

from polysense.errors import PolysenseError
from polysense.protocols import Parser
from polysense.read.document.json_records import json_tables
from polysense.read.table import delimited
from polysense.read.table.frame import Frame
from polysense.types import Asset, Chunk, Span

# Bounds, judged, not measured.
FEWEST_RECORDS = 3
"""Fewer sections or lines are alike by chance."""

_MOST_BYTES = 2 << 20  # of a file that is read again for its records
_MOST_RECORDS, _MOST_FIELDS = 2000, 40
_COMMON_SHARE = 0.6  # of the records, that must have a field for them to be a table
_COLUMN_SHARE = 0.4  # of the records, that must have a field for it to be a column
_LONGEST_NAME, _LONGEST_BODY = 80, 600  # characters of a record's name, and of its words
_LONGEST_HAN_LABEL = 6  # ideographs of a field's name

_UNIT = (
    r"(?:(?:square|cubic) (?:kilo|centi)?met(?:er|re)s?|[Qq]uadratmetern?|mètres carrés"
    r"|metros cuadrados|(?:euro|crown|pound|dollar|franc|krone|minute|second|metre|meter|gram"
    r"|litre|liter|tonne"
    r"|kilometre|kilometer|mile|hour|day|week|year)s?|kronen|kroner"
    r"|Litern?|Metern?|Kilometern?|Gramm|Kilogramm|Tonnen?|Stunden?|Minuten?|Sekunden?|Tagen?|Wochen?"
    r"|Personen|mètres?|kilomètres?|litres?|heures?|jours?|personnes?|metros?|kilómetros?"
    r"|litros?|horas?|minutos?|días?|personas?"
    r"|[a-zA-Zµ°]{1,3}(?:/[a-zA-Z]{1,2})?[²³]?|[%€$£¥]|平方米|[元块米克吨秒年岁人个页座]|公里|千米|公斤|千克|分钟|小时)"
)
_QUANTITY = re.compile(
    r"(?P<sign>[$€£¥₹])?\s?(?<![\w.,])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?"
    r"|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
    rf"(?:\s?(?P<unit>{_UNIT})(?![A-Za-zäöüß]))?"
    r"|(?P<han>(?<=[\u3400-\u9fff：:])\d+(?:\.\d+)?)\s?(?P<han_unit>[\u3400-\u9fff]{1,2})?"
)
_LABEL = re.compile(r"([^\W\d][^:：\n]{0,40}?)\s*[:：]\s*(\S.*)")
_PIECES = re.compile(r"[;；。，\n]|,(?=\s)|\.(?=\s|$)")
_LIST_LINE = re.compile(
    r"\s*(?:[-*•]\s+|\d{1,3}[.)]\s+)?(?P<name>\w[^,:：，;–—|()（）]{0,80}?)\s*"
    r"(?:[,:：，;–—|(（]|\s-\s)\s*(?P<rest>\S.*)"
)
_PARAGRAPH = re.compile(r"\S.*(?:\n.*\S.*)*")
_BIBLIOGRAPHY = re.compile(
    r"(?i)(?:^|> )(?:references?|bibliography|works cited|further reading|literatur\w*|quellen"
    r"|bibliographie|références|bibliografía|referencias|参考文献|参考资料)\s*$"
)
_REFERENCE = re.compile(
    r"\s*(?:[-*•]\s+|\[?\d{1,3}[.)\]]\s+)?"
    r"(?:(?:[A-Z]\.\s?)+[^\W\d_][\w'’-]+,|[^\W\d_][\w'’-]+, [A-Z]\.).*"
    r"\b(?:1[5-9]|20)\d\d\b"
)
"""A work quoted: an author with initials, and a year."""
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")
_WITH_TEXT = "with has have had mit hat avec con tiene 有"
_WITH = frozenset(_WITH_TEXT.split())
_NO_LABEL_TEXT = (
    "a an the of is are was at for only about just it its now from to der die das ist le la les "
    "est el es un une una by and or in on von de"
)
_NO_LABEL = frozenset(_NO_LABEL_TEXT.split())


@dataclass(frozen=True, slots=True)
class _Record:
    name: str
    body: str
    span: Span


def record_tables(asset: Asset) -> tuple[Frame, ...]:
    """The tables that the records of a file make; none for files that are large, gone, or of a
    kind that is not read here.
    """
    path = asset.path or Path(asset.uri)
    if (
        asset.mime not in (*_PARSERS, _JSON)
        or not path.is_file()
        or path.stat().st_size > _MOST_BYTES
    ):
        return ()
    return _tables_of_file(asset.id, asset.mime, str(path), asset.uri)


@lru_cache(maxsize=64)
def _tables_of_file(asset_id: str, mime: str, path: str, uri: str) -> tuple[Frame, ...]:
    if mime == _JSON:
        try:
            return json_tables("".join(delimited.lines(Path(path))))
        except OSError:
            return ()
    asset = Asset(asset_id, uri, mime, "text", 0, path=Path(path))
    try:
        items = [i for i in _PARSERS[mime]().parse(asset) if isinstance(i, Chunk)]
    except (PolysenseError, OSError):
        return ()
    chunks = [c for c in items if c.modality == "text" and c.part is None]
    frames = (_frame(title, records) for title, records in _groups(chunks))
    return tuple(f for f in frames if f is not None)


def _groups(chunks: Sequence[Chunk]) -> Iterator[tuple[str, list[_Record]]]:
    """(what they stand under, records) of sections with one parent, and of lists."""
    sections: dict[str, dict[str, list[Chunk]]] = defaultdict(lambda: defaultdict(list))
    for chunk in chunks:
        parent, _, name = chunk.context.split("\n")[0].rpartition(" > ")
        if name and len(name) <= _LONGEST_NAME:
            sections[parent][name].append(chunk)
    for parent, parts_by_name in sections.items():
        yield (
            parent,
            [
                _Record(name, body, reduce(Span.union, (c.span for c in parts)))
                for name, parts in list(parts_by_name.items())[:_MOST_RECORDS]
                if (body := _body(name, parts)) and len(body) <= _LONGEST_BODY
            ],
        )
    for chunk in chunks:
        title = chunk.context.split("\n")[0]
        if not _BIBLIOGRAPHY.search(title):
            yield title, list(_lines(chunk))
            yield title, list(_paragraphs(chunk))


def _body(name: str, chunks: Iterable[Chunk]) -> str:
    """The words of a section without its headings."""
    lines = [line for c in chunks for line in c.text.split("\n") if line.strip()]
    headings = {part for c in chunks for part in c.context.split(" > ")} | {name}
    return "\n".join(line for line in lines if line.strip() not in headings)


def _lines(chunk: Chunk) -> Iterator[_Record]:
    """Lines that begin with a name; none where other lines stand between them."""
    offset, lines = 0, []
    for line in chunk.text.split("\n"):
        if line.strip():
            lines.append((line, offset))
        offset += len(line) + 1
    matches = [(_LIST_LINE.fullmatch(line), line, at) for line, at in lines]
    if sum(bool(_REFERENCE.match(line)) for line, _ in lines) > _COMMON_SHARE * len(lines):
        return  # works that are quoted
    if sum(m is not None and bool(_QUANTITY.search(m["rest"])) for m, _, _ in matches) < max(
        FEWEST_RECORDS, _COMMON_SHARE * len(lines)
    ):
        return
    for m, line, at in matches:
        if m is not None:
            yield _Record(m["name"].strip(), m["rest"], chunk.place(at, at + len(line)))


def _paragraphs(chunk: Chunk) -> Iterator[_Record]:
    """Paragraphs of a title and lines that are labels with values, where most are such."""
    paragraphs = list(_PARAGRAPH.finditer(chunk.text))
    records = []
    for m in paragraphs:
        name, *lines = m.group().split("\n")
        is_title = len(name) <= _LONGEST_NAME and not _LABEL.fullmatch(name.strip())
        if lines and is_title and all(_LABEL.fullmatch(line.strip()) for line in lines):
            body = "\n".join(lines)
            records.append(_Record(name.strip(), body, chunk.place(m.start(), m.end())))
    if len(records) >= max(FEWEST_RECORDS, _COMMON_SHARE * len(paragraphs)):
        yield from records


def _frame(title: str, records: Sequence[_Record]) -> Frame | None:
    """The records as a table, where they have a quantity or a label in common."""
    if len(records) < FEWEST_RECORDS:
        return None
    fields = [dict(_fields(r.body)) for r in records]
    counts = Counter(label for f in fields for label in f)
    least = _COLUMN_SHARE * len(records)
    labels = [n for n, times in counts.items() if times >= least][:_MOST_FIELDS]
    if not labels or max(counts.values()) < _COMMON_SHARE * len(records):
        return None
    columns, cells = [""], [[r.name for r in records]]
    for label in labels:
        units = {unit for f in fields if label in f for _, unit in [f[label]] if unit}
        unit = units.pop() if len(units) == 1 else ""
        columns.append(f"{label} ({unit})".strip() if unit else label)
        cells.append(
            ["" if label not in f else _cell(*f[label], has_one_unit=bool(unit)) for f in fields]
        )
    columns.append("")
    cells.append([" ".join(r.body.split()) for r in records])
    rows = tuple(zip(*cells, strict=True))
    return Frame(tuple(columns), rows, title=title, spans=tuple(r.span for r in records))


def _cell(value: str, unit: str, has_one_unit: bool) -> str:
    return value if has_one_unit or not unit else f"{value} {unit}"


def _fields(body: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """(label, (value, unit)) of what a record says; quantities first, then words with a label."""
    for piece in _PIECES.split(body):
        piece = piece.strip()
        labelled = _LABEL.fullmatch(piece)
        text = labelled[2] if labelled else piece
        quantity = _QUANTITY.search(text)
        if labelled and (quantity is None or quantity.start() > 2):
            yield _plain(labelled[1]), (text, "")
        elif quantity is not None:
            number = quantity["number"] or quantity["han"]
            unit = quantity["unit"] or quantity["han_unit"] or quantity["sign"] or ""
            label = (
                _plain(labelled[1])
                if labelled
                else _label_before(text[: quantity.start()])
                or _label_behind(text[quantity.end() :])
            )
            yield label or (unit and "value"), (number, unit)


def _plain(label: str) -> str:
    return " ".join(label.split()).lower()


def _label_before(text: str) -> str:
    """The words right before a number that name it: "price", "a height of" -> "height"."""
    if _HAN.search(text[-2:]):
        run = re.split(r"[^\u3400-\u9fff]", text.strip())[-1]
        return run if len(run) <= _LONGEST_HAN_LABEL else run[-2:]
    words = [w.lower() for w in _WORD.findall(text)]
    if words and words[-1] in _WITH:
        return ""  # a hotel with 14 rooms: what is counted stands behind
    while words and words[-1] in _NO_LABEL:
        words.pop()
    return words[-1] if words else ""


def _label_behind(text: str) -> str:
    """The word behind a quantity that says what it measures: "12 km long"."""
    m = re.match(r"\s*([^\W\d_]+)", text)
    return m[1].lower() if m and m[1].lower() not in _NO_LABEL else ""


def _markdown() -> Parser:
    from polysense.read.document.markdown.parser import MarkdownParser

    return MarkdownParser()


def _html() -> Parser:
    from polysense.read.document.html.parser import HtmlParser

    return HtmlParser()


def _docx() -> Parser:
    from polysense.read.document.docx import DocxParser

    return DocxParser()


def _odt() -> Parser:
    from polysense.read.document.odt import OdtParser

    return OdtParser()


def _text() -> Parser:
    from polysense.read.document.text import TextParser

    return TextParser()


def _rest() -> Parser:
    from polysense.read.document.rest import RestParser

    return RestParser()


_JSON = "application/json"

_PARSERS: dict[str, Callable[[], Parser]] = {
    "text/markdown": _markdown,
    "text/html": _html,
    "application/xhtml+xml": _html,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _docx,
    "application/vnd.oasis.opendocument.text": _odt,
    "text/plain": _text,
    "text/x-rst": _rest,
}
"""The readers of prose, by mime type: quick ones, for the file is read again at a question."""

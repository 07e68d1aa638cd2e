"""Rich Text Format: passages under headings, tables, notes; nothing hidden or struck out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from polysense.errors import TooLarge, Unreadable
from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.document.paragraphs import ParagraphFlow
from polysense.read.document.rtf_tokens import RtfToken, rtf_tokens
from polysense.read.file.placed_passages import placed_passages
from polysense.read.file.raised import raised_text
from polysense.types import Asset, Chunk, Span

MIME = "application/rtf"

MAX_BYTES = 256 << 20
"""A file larger than this is refused: pictures in it are text of twice their size."""

_MAX_DEPTH = 1000
_WORDS_BEFORE_TABLE = 40
_CODE_PAGES = {0: 1252, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
               177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250}  # fmt: skip
"""Of the character sets of fonts."""

_SKIPPED_TEXT = (
    "colortbl pict object fldinst listtable listoverridetable rsidtbl generator xmlnstbl themedata "
    "datastore latentstyles colorschememapping bkmkstart bkmkend filetbl revtbl pgdsctbl "
    "nonshppict atnid atnauthor atndate atnref listtext pntext pntxta pntxtb mmathPr "
    "wgrffmtfilter formfield xe tc sn sv"
)
_SKIPPED = frozenset(_SKIPPED_TEXT.split())
_OPTIONAL_TEXTS = frozenset({"shppict", "shptxt", "shpinst", "shp", "footnote", "annotation"})
_NOTES = {"footnote": "footnote", "annotation": "comment", "header": "header", "footer": "footer",
          "headerl": "header", "headerr": "header", "headerf": "header", "footerl": "footer",
          "footerr": "footer", "footerf": "footer"}  # fmt: skip
_LETTERS = {"tab": "\t", "line": "\n", "lquote": "\u2018", "rquote": "\u2019",
            "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022",
            "endash": "\u2013", "emdash": "\u2014",
            "emspace": " ", "enspace": " ", "qmspace": " ", "zwj": "", "zwnj": ""}  # fmt: skip
_PARAGRAPH_WORDS = frozenset({"pard", "s", "outlinelevel", "intbl"})
_HIDING = frozenset({"v", "strike", "striked", "deleted"})
_HEADING = re.compile(r"(?i)heading (\d)")


@dataclass(frozen=True, slots=True)
class _State:
    """What holds in a group. destination: where its words go; "" is the text itself."""

    destination: str = ""
    hiding: frozenset[str] = frozenset()
    is_raised: bool = False
    font: int = -1
    skips: int = 1  # bytes that stand for a letter behind its number


@dataclass(slots=True)
class _Paragraph:
    words: str
    level: int | None
    is_cell: bool = False
    ends_row: bool = False


@dataclass(slots=True)
class _Content:
    """What a file says, in order, and apart from it: notes by kind, its title."""

    paragraphs: list[_Paragraph] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""


class RtfParser(Parser):
    """Reads .rtf. Places are paragraphs and tables, counted from 1."""

    accepts: ClassVar[frozenset[str]] = frozenset({MIME})

    def parse(self, asset: Asset) -> Iterator[Chunk]:
        """See Parser. Raises TooLarge, Unreadable."""
        path = asset.path or Path(asset.uri)
        if (size := path.stat().st_size) > MAX_BYTES:
            raise TooLarge(
                f"{asset.name} holds {size >> 20} MiB; the limit for RTF is {MAX_BYTES >> 20} MiB"
            )
        content = _Reader(asset.name).read(path.read_bytes())
        flow = ParagraphFlow(asset, content.title or asset.name.rsplit(".", 1)[0])
        rows: list[list[str]] = [[]]
        tables, before = 0, ""
        for paragraph in [*content.paragraphs, _Paragraph("", None)]:
            if paragraph.is_cell:
                rows[-1].append(paragraph.words)
            if paragraph.ends_row:
                rows.append([])
            if paragraph.is_cell or paragraph.ends_row:
                continue
            if any(rows):
                yield from flow.flush()
                tables += 1
                words = " ".join(before.split()[-_WORDS_BEFORE_TABLE:])
                context = office.join_context(flow.path, words)
                place = Span(node=f"table {tables}")
                yield from office.table_chunks(asset, [r for r in rows if r], place, context)
                rows = [[]]
            yield from flow.add(paragraph.words, paragraph.level)
            before = paragraph.words or before
        yield from flow.flush()
        for kind, texts in content.notes.items():
            note_spans = [(t, Span(node=f"{kind} {n}")) for n, t in enumerate(texts, 1)]
            yield from placed_passages(asset, note_spans, Span(node=f"{kind}s"), flow.title)


class _Reader:
    """Reads the tokens of one file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._content = _Content()
        self._state, self._stack = _State(), list[_State]()
        self._text: dict[str, str] = {"": ""}  # by destination, what is not yet a paragraph
        self._code_page = "cp1252"
        self._font_encodings: dict[int, str] = {}
        self._levels: dict[int, int] = {}  # of styles
        self._style, self._in_table = -1, False  # of the paragraph
        self._level: int | None = None
        self._bytes, self._skip = b"", 0
        self._is_optional = False

    def read(self, source: bytes) -> _Content:
        """All that a file says. Raises Unreadable."""
        if not source.lstrip().startswith(b"{\\rtf"):
            raise Unreadable(f"{self._name} is no readable RTF file")
        for token in rtf_tokens(source.lstrip()):
            if token.kind == "bytes":
                self._add_bytes(token.raw)
                continue
            self._decode_bytes()
            if token.kind in ("open", "close"):
                self._skip = 0
            if token.kind == "open":
                if len(self._stack) >= _MAX_DEPTH:
                    raise Unreadable(f"{self._name} nests groups more than {_MAX_DEPTH} deep")
                self._stack.append(self._state)
            elif token.kind == "close":
                self._close()
            elif token.kind == "letters":
                self._say(token.word)
            else:
                self._control(token)
            self._is_optional = token.kind == "word" and token.word == "*"
        self._decode_bytes()
        self._state, self._in_table = _State(), False
        self._end_paragraph()
        return self._content

    def _control(self, token: RtfToken) -> None:
        word, number = token.word, token.number
        is_on = number != 0
        if word in _SKIPPED or (self._is_optional and word not in _OPTIONAL_TEXTS):
            self._go_to("skipped")
        elif word in ("fonttbl", "stylesheet", "info", "title"):
            self._go_to(word)
        elif word in _NOTES:
            self._go_to(_NOTES[word])
        elif word in _HIDING:
            hiding = self._state.hiding
            self._state = replace(self._state, hiding=hiding | {word} if is_on else hiding - {word})
        elif word in ("super", "sub", "nosupersub", "plain"):
            self._state = replace(self._state, is_raised=word == "super" and is_on)
            if word == "plain":
                self._state = replace(self._state, hiding=frozenset())
        elif word == "u":
            self._skip = 0
            self._say(chr((number or 0) % 65536))
            self._skip = self._state.skips
        elif word == "uc":
            self._state = replace(self._state, skips=max(number or 0, 0))
        elif word in _LETTERS:
            self._say(_LETTERS[word])
        else:
            self._set_font_or_paragraph(word, number)

    def _set_font_or_paragraph(self, word: str, number: int | None) -> None:
        if word in _PARAGRAPH_WORDS and self._state.destination in _NOTES.values():
            return  # of the note, not of the paragraph that it stands in
        if word == "ansicpg" and number:
            self._code_page = _codec(number)
        elif word in ("mac", "pc", "pca"):
            self._code_page = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word]
        elif word == "f":
            self._state = replace(self._state, font=number or 0)
        elif word == "fcharset" and self._state.destination == "fonttbl":
            if (page := _CODE_PAGES.get(number or 0)) and number:
                self._font_encodings[self._state.font] = _codec(page)
        elif word == "s":
            self._style = number or 0
        elif word == "outlinelevel" and number is not None and number < 9:
            if self._state.destination == "stylesheet":
                self._levels[self._style] = number + 1
            else:
                self._level = number + 1
        elif word == "pard":
            self._style, self._level, self._in_table = -1, None, False
        elif word == "intbl":
            self._in_table = True
        elif word in ("par", "sect", "page", "cell", "nestcell"):
            self._end_paragraph(is_cell=word in ("cell", "nestcell"))
        elif word in ("row", "nestrow") and not self._state.destination:
            self._content.paragraphs.append(_Paragraph("", None, ends_row=True))
            self._in_table = False

    def _go_to(self, destination: str) -> None:
        if self._state.destination != "skipped":
            self._state = replace(self._state, destination=destination)

    def _close(self) -> None:
        before = self._state
        self._state = self._stack.pop() if self._stack else _State()
        if before.destination == self._state.destination:
            if before.destination == "stylesheet":
                self._name_style()
            return
        words = _whole_characters(self._text.pop(before.destination, "")).strip()
        if before.destination == "title":
            self._content.title = " ".join(words.split())[: office.MAX_TITLE_CHARS]
        elif before.destination in _NOTES.values() and words:
            texts = self._content.notes.setdefault(before.destination, [])
            if words not in texts:
                texts.append(words)

    def _name_style(self) -> None:
        """A style of the sheet has ended: "heading 2;"."""
        name = self._text.pop("stylesheet", "").strip(" ;\n")
        if m := _HEADING.fullmatch(name):
            self._levels[self._style] = int(m[1])
        elif name.lower() == "title":
            self._levels[self._style] = 0
        self._style = -1

    def _add_bytes(self, raw: bytes) -> None:
        skipped = raw[self._skip :]
        self._skip = max(0, self._skip - len(raw))
        self._bytes += skipped

    def _decode_bytes(self) -> None:
        if self._bytes:
            encoding = self._font_encodings.get(self._state.font, self._code_page)
            text, self._bytes = self._bytes.decode(encoding, "replace"), b""
            self._say(text)

    def _say(self, text: str) -> None:
        state = self._state
        if state.destination in ("skipped", "fonttbl", "info") or state.hiding:
            return
        before = self._text.get(state.destination, "")
        if state.is_raised:
            text = raised_text(before, text)
        self._text[state.destination] = before + text

    def _end_paragraph(self, *, is_cell: bool = False) -> None:
        destination = self._state.destination
        words = self._text.pop(destination, "")
        words = _whole_characters(words)
        if destination:
            self._text[destination] = words + "\n"
        elif self._in_table and not is_cell:
            self._text[""] = words + "\n"  # a cell goes on
        else:
            level = self._levels.get(self._style) if self._level is None else self._level
            self._content.paragraphs.append(_Paragraph(words.strip(), level, is_cell))


def _whole_characters(text: str) -> str:
    """With characters that the file tells in two halves."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _codec(page: int) -> str:
    name = {65001: "utf-8", 10000: "mac_roman"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"

"""HTML and XHTML to blocks of `polysense.read.document.blocks`, every word with its line.

The tokenizer is the standard library's, which tells where each run of characters begins; tag soup
needs no tree here, since only the order of tags counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from polysense.errors import TooLarge
from polysense.read.document.blocks import Block, Document, Heading, Mention, SourceLine, TextBlock
from polysense.read.document.html import media
from polysense.read.document.html.hidden import Hider
from polysense.read.document.html.lists import Lists
from polysense.read.document.html.open_elements import Capture, Group
from polysense.read.document.html.tables import Cell, Table
from polysense.read.document.html.tags import is_block
from polysense.read.document.html.tokenizer import BoundedTokenizer
from polysense.read.file import encoding
from polysense.read.file import text as texts
from polysense.read.file.raised import raised_text
from polysense.read.file.references import is_file

_GROUP_TAGS = frozenset({"picture", "video", "audio", "object", "figure"})
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")
_LABEL_REFERENCES = re.compile(
    r"""aria-(?:labelledby|describedby)\s*=\s*(?:["']([^"'>]{1,200})|([^\s"'>]{1,200}))""", re.I
)
_HEADING = re.compile(r"h[1-6]")
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source|brush:)[-\s:]*([\w+#-]{1,20})")
_CHARSET_BYTES = 2048
"""Where a page names its encoding; HTML asks for the first 1024."""

_MAX_OPEN = 50
"""Elements open at once whose words are gathered; hostile pages never close them."""

_MAX_CAPTURE_CHARS = 2000
"""Characters gathered of one caption, label or link."""

_MAX_COLUMN_SPAN = 20
_MAX_SPAN_DIGITS = 3
"""A cell spans no more columns, nor rows by a longer number: a bound for hostile pages."""

_MAX_SHARED = 20
"""Things said of a <picture>, <video> or <figure> that each file in it takes over."""


def decode(raw: bytes) -> str:
    """The characters of a page, by the encoding that it names where that fits."""
    charset = _CHARSET.search(raw[:_CHARSET_BYTES])
    return encoding.decode(raw, charset[1].decode("ascii") if charset else "")


def read_file(path: Path) -> Document:
    """The page at `path`. Raises TooLarge above the limit for files of words."""
    size = path.stat().st_size
    if size > texts.MAX_BYTES:
        raise TooLarge(
            f"{path.name} holds {size >> 20} MiB of markup; "
            f"the limit is {texts.MAX_BYTES >> 20} MiB"
        )
    return read(decode(path.read_bytes()))


def read(markup: str, first_line: int = 1) -> Document:
    """The blocks of a page, or of a fragment that begins on line `first_line` of its source.

    >>> page = read("<title>Birds</title>\\n<p>An owl\\nat <b>night</b> <img alt=Hoo src=a.png>")
    >>> page.title, [str(b) for b in page.blocks if isinstance(b, TextBlock)]
    ('Birds', ['An owl\\nat night Hoo'])
    """
    reader = _Reader(markup, first_line)
    reader.read_all()
    return reader.document()


class _Reader(BoundedTokenizer):
    """Gathers characters with their lines until a block ends."""

    def __init__(self, markup: str, first_line: int) -> None:
        super().__init__(markup, first_line)
        self._title, self._lang, self._language = "", "", ""
        self._blocks: list[Block] = []
        # turn, line, characters; <br> begins a new turn
        self._buffer: list[tuple[int, int, str]] = []
        self._turn, self._paragraph_chars = 0, 0
        self._depths = dict.fromkeys(("script", "style", "pre", "nav", "title", "svg"), 0)
        self._heading = 0
        self._hider, self._lists = Hider(), Lists()
        self._raised: list[str] | None = None
        self._tables: list[Table | None] = []
        self._groups: list[Group] = []
        self._captures: list[Capture] = []
        self._label_ids = {
            name for m in _LABEL_REFERENCES.finditer(markup) for name in (m[1] or m[2]).split()
        }
        self._labels: dict[str, str] = {}

    def document(self) -> Document:
        """What was read, labels filled in, when all is read."""
        self._flush()
        while self._tables:
            self._end_table()
        while self._captures:
            self._end_capture(self._captures.pop())
        blocks = [
            replace(b, descriptions=tuple(map(self._resolve_label, b.descriptions)))
            if isinstance(b, Mention)
            else b
            for b in self._blocks
        ]
        return Document(blocks, self._title, {"lang": self._lang} if self._lang else {})

    def _resolve_label(self, description: str) -> str:
        if description.startswith(media.LABEL):
            return self._labels.get(description.removeprefix(media.LABEL), "")
        return description

    def handle_data(self, data: str) -> None:
        """Characters between tags."""
        if self._depths["script"] or self._depths["style"] or self._hider:
            return
        if self._raised is not None:
            self._raised.append(data)
            return
        first_line = self.line
        if self._lists.marker and (words := data.lstrip()):
            first_line += data.count("\n", 0, len(data) - len(words))
            data = words
            self._add_marker(first_line)
        for n, row in enumerate(data.split("\n"), first_line):
            if row or self._depths["pre"]:
                self._buffer.append((self._turn, n, row))
        if tidy := " ".join(data.split()):
            self._paragraph_chars += len(tidy) + 1
        for capture in self._captures:
            if capture.size < _MAX_CAPTURE_CHARS:
                capture.words.append(data)
                capture.size += len(data)

    def _add_marker(self, line: int) -> None:
        """The number of an item, before its first words; in menus it is not shown."""
        marker = self._lists.take()
        if not self._depths["nav"]:
            self._buffer.append((self._turn, line, marker))
            self._paragraph_chars += len(marker)

    def _take_lines(self) -> list[SourceLine]:
        """The lines gathered since the last block; white space collapsed, unless preformatted."""
        lines: list[SourceLine] = []
        last = (-1, -1)
        for turn, number, text in self._buffer:
            if (turn, number) == last:
                lines[-1] = SourceLine(lines[-1].text + text, number, number)
            else:
                lines.append(SourceLine(text, number, number))
            last = (turn, number)
        self._buffer.clear()
        self._paragraph_chars = 0
        if not self._depths["pre"]:
            return [
                line._replace(text=text) for line in lines if (text := " ".join(line.text.split()))
            ]
        while lines and not lines[-1].text.strip():
            lines.pop()
        full = (n for n, line in enumerate(lines) if line.text.strip())
        return lines[next(full, 0) :]

    def _end_raised(self) -> None:
        """Say what was raised as it is to be read behind the characters before it."""
        raised, self._raised = self._raised, None
        if text := raised_text(self._buffer[-1][2] if self._buffer else "", "".join(raised or ())):
            self.handle_data(text)

    def _flush(self) -> None:
        """End the paragraph."""
        self._end_raised()
        lines = self._take_lines()
        if not lines:
            return
        text = " ".join(line.text for line in lines)
        if self._depths["title"] and not self._depths["svg"]:
            self._title = self._title or text
        elif self._tables and (table := self._tables[-1]):
            table.add(lines)
        elif self._heading:
            self._blocks.append(Heading(self._heading, text, lines[0].first))
        elif self._depths["pre"]:
            self._blocks.append(TextBlock(lines, "code", self._language))
        else:
            self._blocks.append(TextBlock(lines, "aside" if self._depths["nav"] else "prose"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Blocks end the paragraph; media are mentioned; words in attributes are said."""
        attributes = {name: value or "" for name, value in attrs}
        if is_block(tag):
            self._flush()
        self._hider.start(tag, attributes)
        self._lists.start(tag, attributes, is_shown=not self._hider)
        if self._hider:
            return
        if tag == "sup":
            self._end_raised()
            self._raised = []
        self._turn += tag == "br"
        if tag in self._depths:
            self._depths[tag] += 1
        if tag in _GROUP_TAGS and len(self._groups) < _MAX_OPEN:
            title = attributes.get("title", "")
            descriptions = [title, *media.label_descriptions(attributes)]
            self._groups.append(Group(tag, len(self._blocks), descriptions))
        self._start_capture(tag, attributes)
        if tag in {"table", "tr", "td", "th"}:
            self._start_table(tag, attributes)
        elif _HEADING.fullmatch(tag):
            self._dissolve_table()
            self._heading = int(tag[1])
        elif tag == "html":
            self._lang = self._lang or attributes.get("lang", attributes.get("xml:lang", ""))[:20]
        elif (
            tag == "meta"
            and attributes.get("name", "").lower() == "description"
            and attributes.get("content", "").strip()
        ):
            summary = " ".join(attributes["content"].split())
            self._blocks.append(TextBlock([SourceLine(summary, self.line, self.line)], "aside"))
        elif tag in {"pre", "code"} and self._depths["pre"]:
            language_class = _LANGUAGE.search(attributes.get("class", ""))
            self._language = (
                language_class[1].lower()
                if language_class
                else self._language
                if tag == "code"
                else ""
            )
        self._mention_media(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag opened; end tags without a beginning end a paragraph at most."""
        was_hiding = bool(self._hider)
        self._hider.end(tag)
        self._lists.end(tag)
        if was_hiding and (self._hider or not is_block(tag)):
            return
        if tag == "sup":
            self._end_raised()
        if is_block(tag):
            self._flush()
        if self._depths.get(tag):
            self._depths[tag] -= 1
        if _HEADING.fullmatch(tag):
            self._heading = 0
        if tag == "table" and self._tables:
            self._end_table()
        if tag in _GROUP_TAGS:
            self._end_group(tag)
        for n in range(len(self._captures) - 1, -1, -1):
            if self._captures[n].tag == tag:
                self._end_capture(self._captures.pop(n))
                break

    def _start_table(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._dissolve_table()
            self._tables.append(Table())
        elif self._tables and (table := self._tables[-1]):
            if tag == "tr" or not table.rows:
                table.rows.append([])
            if tag != "tr":
                row_span, column_span = (
                    int(n)
                    if (n := attributes.get(name, "")).isdecimal() and len(n) <= _MAX_SPAN_DIGITS
                    else 1
                    for name in ("rowspan", "colspan")
                )
                table.rows[-1].append(
                    Cell(
                        self.line,
                        self.line,
                        max(1, row_span),
                        min(max(1, column_span), _MAX_COLUMN_SPAN),
                    )
                )

    def _dissolve_table(self) -> None:
        """A table that holds headings or tables lays out the page: its cells become paragraphs."""
        if self._tables and (table := self._tables[-1]):
            self._tables[-1] = None
            self._blocks += table.cell_blocks()

    def _end_table(self) -> None:
        if table := self._tables.pop():
            self._blocks += table.blocks()

    def _start_capture(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "a":
            for n, capture in enumerate(self._captures):
                if capture.tag == "a":  # links do not nest
                    self._end_capture(self._captures.pop(n))
                    break
        is_needed = (
            attributes.get("id") in self._label_ids
            or tag in {"figcaption", "caption"}
            or (tag == "a" and is_file(attributes.get("href", "")))
        )
        if is_needed and len(self._captures) < _MAX_OPEN:
            self._captures.append(Capture(tag, {**attributes, "": str(self.line)}))

    def _end_capture(self, capture: Capture) -> None:
        attributes, words = capture.attributes, " ".join("".join(capture.words).split())
        if attributes.get("id") in self._label_ids:
            self._labels.setdefault(attributes["id"], words)
        if capture.tag == "figcaption":
            for group in reversed(self._groups):
                if group.tag == "figure":
                    group.descriptions.append(words)
                    break
        elif (
            capture.tag == "caption"
            and self._tables
            and (table := self._tables[-1])
            and not table.caption
        ):
            table.caption = words
            self._blocks.append(TextBlock([SourceLine(words, int(attributes[""]), self.line)]))
            table.rows = [row for row in table.rows if row and row[0].line.text != words]
        elif capture.tag == "a":
            lines, offset = (
                (int(attributes[""]), self.line),
                max(0, self._paragraph_chars - len(words)),
            )
            self._blocks.append(
                Mention(
                    attributes["href"],
                    (words, attributes.get("title", "")),
                    lines,
                    offset,
                    len(words),
                )
            )

    def _mention_media(self, tag: str, attributes: dict[str, str]) -> None:
        """Mention the files that a tag shows, and say what stands in for them in their place."""
        lines = (self.line, self.line + (self.get_starttag_text() or "").count("\n"))
        descriptions = media.descriptions(attributes)
        text = media.stand_in_text(tag, attributes)
        mentions = [
            Mention(ref, descriptions, lines, self._paragraph_chars, len(text))
            for ref in media.media_refs(tag, attributes)
        ]
        if text:
            self.handle_data(f" {text} ")
        self._blocks += mentions

    def _end_group(self, tag: str) -> None:
        """Share what is said of one file of a <picture> or <video>, or in a figure's caption."""
        if tag not in {group.tag for group in self._groups}:
            return
        while (group := self._groups.pop()).tag != tag:
            pass
        members = [
            (n, b)
            for n, b in enumerate(self._blocks[group.first_block :], group.first_block)
            if isinstance(b, Mention)
        ]
        shared = (
            group.descriptions
            if tag == "figure"
            else [
                *group.descriptions,
                *(description for _, b in members for description in b.descriptions),
            ]
        )
        shared = list(dict.fromkeys(filter(None, shared)))[:_MAX_SHARED]
        # characters of the figure's own paragraphs from block `end` on
        rest, end = 0, len(self._blocks)
        for n, block in reversed(members):
            paragraphs = (
                b
                for b in self._blocks[n + 1 : end]
                if isinstance(b, TextBlock) and b.kind == "prose" and tag == "figure"
            )
            rest, end = rest + sum(len(str(b)) + 2 for b in paragraphs), n
            more = (description for description in shared if description not in block.descriptions)
            self._blocks[n] = replace(
                block,
                descriptions=(*block.descriptions, *more),
                size=max(block.size, rest - block.offset),
            )

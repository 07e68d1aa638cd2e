"""HTML and XHTML to blocks of `polysense.read.document.prose`, every word with its line in the
source.

The tokenizer is the standard library's, which tells where each run of characters begins; tag soup
needs no tree here, since only the order of tags counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from polysense.errors import TooLarge
from polysense.read.document.html.tables import Cell, Table
from polysense.read.document.prose import Block, Document, Heading, Line, Mention, Words
from polysense.read.file import text as texts
from polysense.read.file.references import is_file

_BREAKS = re.compile(
    "address|article|aside|audio|blockquote|body|button|caption|center|d[dlt]|details|dialog|dir|div|fieldset|figcaption|figure|footer|form|"
    "h[1-6r]|head|header|hgroup|html|iframe|label|legend|li|main|math|menu|nav|noscript|object|ol|optgroup|option|p|picture|pre|search|"
    "section|select|summary|svg|table|tbody|t[dhr]|template|textarea|tfoot|thead|title|ul|video"
)
_GROUPS = frozenset({"picture", "video", "audio", "object", "figure"})
_SHOWN = frozenset(
    {"text", "search", "email", "url", "tel", "number", "button", "submit", "reset", "image"}
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")
_LABELS = re.compile(
    r"""aria-(?:labelledby|describedby)\s*=\s*(?:["']([^"'>]{1,200})|([^\s"'>]{1,200}))""", re.I
)
_HEADING = re.compile(r"h[1-6]")
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source|brush:)[-\s:]*([\w+#-]{1,20})")
_OPEN = 50
"""Elements open at once whose words are gathered; hostile pages never close them."""

_SPARE = 1 << 20
"""Characters that may be looked at in vain beside each twice."""

_SHARED = 20
"""Things said of a <picture>, <video> or <figure> that each file in it takes over."""

_Attributes = dict[str, str]


def decode(raw: bytes) -> str:
    """The characters of a page, by the encoding that it names where that fits."""
    named = _CHARSET.search(raw[:2048])
    return texts.decode(raw, named[1].decode("ascii") if named else "")


def read_file(path: Path) -> Document:
    """The page at `path`. Raises TooLarge above the limit for files of words."""
    size = path.stat().st_size
    if size > texts.MAX_BYTES:
        raise TooLarge(
            f"{path.name} holds {size >> 20} MiB of markup; the limit is {texts.MAX_BYTES >> 20} MiB"
        )
    return read(decode(path.read_bytes()))


def read(markup: str, first: int = 1) -> Document:
    """The blocks of a page or a fragment, whose first line has the number `first` in its source.

    >>> page = read("<title>Birds</title><h1>Owls</h1>\\n<p>An owl\\nat <b>night</b> <img src=owl.png alt='An owl'>")
    >>> page.title, [str(b) for b in page.blocks if isinstance(b, Words)]
    ('Birds', ['An owl\\nat night An owl'])
    """
    reader = _Reader(markup, first)
    # no tag ends after it, and each "<" there would be looked at to the end
    end = markup.rfind(">") + 1
    reader.feed(markup[:end])
    reader.close()
    reader.handle_data(unescape(markup[end:]))
    return reader.document()


@dataclass(slots=True)
class _Group:
    """An open <picture>, <video>, <figure>: what is said of all files in it. The blocks from
    `begin` on belong to it.
    """

    tag: str
    begin: int
    said: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Capture:
    """An open element whose words say something elsewhere too: a caption, a label, a link."""

    tag: str
    attributes: _Attributes
    words: list[str] = field(default_factory=list)
    size: int = 0


class _Reader(HTMLParser):
    """Gathers characters with their lines until a block ends."""

    def __init__(self, markup: str, first: int) -> None:
        super().__init__(convert_charrefs=True)
        self._ahead = first - 1
        self._title, self._lang, self._language = "", "", ""
        self._blocks: list[Block] = []
        # turn, line, characters; <br> begins a new turn
        self._buffer: list[tuple[int, int, str]] = []
        self._turn, self._pending = 0, 0
        self._open = dict.fromkeys(("script", "style", "pre", "nav", "title", "svg"), 0)
        self._heading = 0
        self._patience = 2 * len(markup) + _SPARE
        self._tables: list[Table | None] = []
        self._groups: list[_Group] = []
        self._captures: list[_Capture] = []
        self._wanted = {name for m in _LABELS.finditer(markup) for name in (m[1] or m[2]).split()}
        self._labels: dict[str, str] = {}

    def document(self) -> Document:
        """What was read, labels filled in, when all is read."""
        self._flush()
        while self._tables:
            self._end_table()
        while self._captures:
            self._captured(self._captures.pop())
        blocks = [
            replace(b, said=tuple(map(self._label, b.said))) if isinstance(b, Mention) else b
            for b in self._blocks
        ]
        return Document(blocks, self._title, {"lang": self._lang} if self._lang else {})

    def _label(self, said: str) -> str:
        return self._labels.get(said[1:], "") if said.startswith("\0") else said

    # characters

    @property
    def _line(self) -> int:
        return self.getpos()[0] + self._ahead

    def handle_data(self, data: str) -> None:
        """Characters between tags."""
        if self._open["script"] or self._open["style"]:
            return
        for n, said in enumerate(data.split("\n")):
            if said or self._open["pre"]:
                self._buffer.append((self._turn, self._line + n, said))
        if tidy := " ".join(data.split()):
            self._pending += len(tidy) + 1
        for capture in self._captures:
            if capture.size < 2000:
                capture.words.append(data)
                capture.size += len(data)

    def unknown_decl(self, data: str) -> None:
        """CDATA is words in XHTML."""
        if data.startswith("CDATA["):
            self.handle_data(data[6:])

    def parse_starttag(self, i: int) -> int:
        """As the base class."""
        return self._patiently(super().parse_starttag, i)

    def parse_comment(self, i: int, report: bool = True) -> int:
        """As the base class."""
        return self._patiently(partial(super().parse_comment, report=report), i)

    def parse_html_declaration(self, i: int) -> int:
        """As browsers do, take any other <![...> for a comment; the base class gives up there."""
        if self.rawdata.startswith("<![", i) and not self.rawdata.startswith("<![CDATA[", i):
            return self.parse_bogus_comment(i)
        return self._patiently(super().parse_html_declaration, i)

    def _patiently(self, parse: Callable[[int], int], i: int) -> int:
        """What never ends costs a look at all that follows; after too many of these, "<" is a
        character like any other.
        """
        if self._patience < 0:
            self.handle_data("<")
            return i + 1
        end = parse(i)
        self._patience -= len(self.rawdata) - i if end < 0 else 0
        return end

    def _take(self) -> list[Line]:
        """The lines gathered since the last block; white space collapsed, unless preformatted."""
        lines: list[Line] = []
        last = (-1, -1)
        for turn, number, said in self._buffer:
            if (turn, number) == last:
                lines[-1] = Line(lines[-1].text + said, number, number)
            else:
                lines.append(Line(said, number, number))
            last = (turn, number)
        self._buffer.clear()
        self._pending = 0
        if not self._open["pre"]:
            return [
                line._replace(text=said) for line in lines if (said := " ".join(line.text.split()))
            ]
        while lines and not lines[-1].text.strip():
            lines.pop()
        full = (n for n, line in enumerate(lines) if line.text.strip())
        return lines[next(full, 0) :]

    def _flush(self) -> None:
        """End the paragraph."""
        lines = self._take()
        if not lines:
            return
        said = " ".join(line.text for line in lines)
        if self._open["title"] and not self._open["svg"]:
            self._title = self._title or said
        elif self._tables and (table := self._tables[-1]):
            table.add(lines)
        elif self._heading:
            self._blocks.append(Heading(self._heading, said, lines[0].first))
        elif self._open["pre"]:
            self._blocks.append(Words(lines, "code", self._language))
        else:
            self._blocks.append(Words(lines, "apart" if self._open["nav"] else "prose"))

    # tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Blocks end the paragraph; media are mentioned; words in attributes are said."""
        a = {name: value or "" for name, value in attrs}
        if _BREAKS.fullmatch(tag):
            self._flush()
        self._turn += tag == "br"
        if tag in self._open:
            self._open[tag] += 1
        if tag in _GROUPS and len(self._groups) < _OPEN:
            self._groups.append(
                _Group(tag, len(self._blocks), [a.get("title", ""), *self._named(a)])
            )
        self._capture(tag, a)
        if tag in {"table", "tr", "td", "th"}:
            self._row(tag, a)
        elif _HEADING.fullmatch(tag):
            self._loosen()
            self._heading = int(tag[1])
        elif tag == "html":
            self._lang = self._lang or a.get("lang", a.get("xml:lang", ""))[:20]
        elif (
            tag == "meta"
            and a.get("name", "").lower() == "description"
            and a.get("content", "").strip()
        ):
            self._blocks.append(
                Words([Line(" ".join(a["content"].split()), self._line, self._line)], "apart")
            )
        elif tag in {"pre", "code"} and self._open["pre"]:
            found = _LANGUAGE.search(a.get("class", ""))
            self._language = found[1].lower() if found else self._language if tag == "code" else ""
        self._media(tag, a)

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag opened; end tags without a beginning end a paragraph at most."""
        if _BREAKS.fullmatch(tag):
            self._flush()
        if self._open.get(tag):
            self._open[tag] -= 1
        if _HEADING.fullmatch(tag):
            self._heading = 0
        if tag == "table" and self._tables:
            self._end_table()
        if tag in _GROUPS:
            self._end_group(tag)
        for n in range(len(self._captures) - 1, -1, -1):
            if self._captures[n].tag == tag:
                self._captured(self._captures.pop(n))
                break

    def _row(self, tag: str, a: _Attributes) -> None:
        if tag == "table":
            self._loosen()
            self._tables.append(Table())
        elif self._tables and (table := self._tables[-1]):
            if tag == "tr" or not table.rows:
                table.rows.append([])
            if tag != "tr":
                down, across = (
                    int(n) if (n := a.get(name, "")).isdecimal() and len(n) < 4 else 1
                    for name in ("rowspan", "colspan")
                )
                table.rows[-1].append(
                    Cell(self._line, self._line, max(1, down), min(max(1, across), 20))
                )

    def _loosen(self) -> None:
        """A table that holds headings or tables lays out the page: its cells become paragraphs."""
        if self._tables and (table := self._tables[-1]):
            self._tables[-1] = None
            self._blocks += table.cells()

    def _end_table(self) -> None:
        if table := self._tables.pop():
            self._blocks += table.block()

    # what is said of files

    def _capture(self, tag: str, a: _Attributes) -> None:
        if tag == "a":
            for n, capture in enumerate(self._captures):
                if capture.tag == "a":  # links do not nest
                    self._captured(self._captures.pop(n))
                    break
        wanted = (
            a.get("id") in self._wanted
            or tag in {"figcaption", "caption"}
            or (tag == "a" and is_file(a.get("href", "")))
        )
        if wanted and len(self._captures) < _OPEN:
            self._captures.append(_Capture(tag, {**a, "": str(self._line)}))

    def _captured(self, capture: _Capture) -> None:
        a, words = capture.attributes, " ".join("".join(capture.words).split())
        if a.get("id") in self._wanted:
            self._labels.setdefault(a["id"], words)
        if capture.tag == "figcaption":
            for group in reversed(self._groups):
                if group.tag == "figure":
                    group.said.append(words)
                    break
        elif (
            capture.tag == "caption"
            and self._tables
            and (table := self._tables[-1])
            and not table.caption
        ):
            table.caption = words
            self._blocks.append(Words([Line(words, int(a[""]), self._line)]))
            table.rows = [row for row in table.rows if row and row[0].line.text != words]
        elif capture.tag == "a":
            lines, into = (int(a[""]), self._line), max(0, self._pending - len(words))
            self._blocks.append(
                Mention(a["href"], (words, a.get("title", "")), lines, into, len(words))
            )

    def _named(self, a: _Attributes) -> list[str]:
        ids = f"{a.get('aria-labelledby', '')} {a.get('aria-describedby', '')}".split()
        return [a.get("aria-label", ""), *(f"\0{name}" for name in ids)]

    def _media(self, tag: str, a: _Attributes) -> None:
        """Mention the files that a tag shows; words that stand in for a picture or a field are said
        in its place.
        """
        refs: list[str] = []
        if tag in {"img", "source", "video", "audio", "track", "embed", "iframe"} or (
            tag == "input" and a.get("type") == "image"
        ):
            refs = [
                a.get("src") or a.get("data-src", ""),
                *_candidates(a.get("srcset", "")),
                a.get("poster", ""),
            ]
        elif tag == "object":
            refs = [a.get("data", "")]
        elif tag == "image":
            refs = [a.get("href") or a.get("xlink:href", "")]
        lines = (self._line, self._line + (self.get_starttag_text() or "").count("\n"))
        said = (a.get("alt", ""), a.get("title", ""), a.get("label", ""), *self._named(a))
        mentions = [Mention(ref, said, lines, self._pending) for ref in dict.fromkeys(refs) if ref]
        shown = a.get("alt", "") if tag in {"img", "area", "input"} else ""
        if tag == "input" and a.get("type", "text").lower() in _SHOWN:
            shown = f"{shown} {a.get('value', '')} {a.get('placeholder', '')}"
        if shown := " ".join(shown.split()):
            self.handle_data(f" {shown} ")
        self._blocks += (replace(mention, size=len(shown)) for mention in mentions)

    def _end_group(self, tag: str) -> None:
        """What is said of one file of a <picture> or <video> is said of all; so is the caption of a
        figure.
        """
        if tag not in {group.tag for group in self._groups}:
            return
        while (group := self._groups.pop()).tag != tag:
            pass
        members = [
            (n, b)
            for n, b in enumerate(self._blocks[group.begin :], group.begin)
            if isinstance(b, Mention)
        ]
        shared = (
            group.said
            if tag == "figure"
            else [*group.said, *(said for _, b in members for said in b.said)]
        )
        shared = list(dict.fromkeys(filter(None, shared)))[:_SHARED]
        # characters of the figure's own paragraphs from block `end` on
        rest, end = 0, len(self._blocks)
        for n, block in reversed(members):
            inside = (
                b
                for b in self._blocks[n + 1 : end]
                if isinstance(b, Words) and b.kind == "prose" and tag == "figure"
            )
            rest, end = rest + sum(len(str(b)) + 2 for b in inside), n
            more = (said for said in shared if said not in block.said)
            self._blocks[n] = replace(
                block, said=(*block.said, *more), size=max(block.size, rest - block.into)
            )


def _candidates(srcset: str) -> Iterator[str]:
    """The addresses in a srcset: "a.jpg 480w, b.jpg 2x"."""
    for candidate in srcset[:4000].split(", "):
        if words := candidate.split():
            yield words[0].rstrip(",")

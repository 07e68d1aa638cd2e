"""Markdown to blocks of `polysense.read.document.prose`: CommonMark with tables, and what kramdown,
pandoc, Jekyll, MyST and Obsidian add to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from polysense.read.document.html import blocks as html
from polysense.read.document.prose import Block, Document, Heading, Line, Mention, Words
from polysense.read.file.references import is_file

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"^(title|lang|language)[ \t]*[:=][ \t]*(\S.*)$", re.M)
_LIQUID = re.compile(r"\{%.{0,2000}?%\}|\{\{.{0,500}?\}\}", re.S)
_LIQUID_LINK = re.compile(
    r"(?<=\]\()[ \t]*(?:\{\{[^{}\n]{0,200}\}\}|\{%-?[ \t]*link[ \t]([^%\n]{1,400})%\})"
)
_ATTRIBUTES = re.compile(r"\{:?[ \t\n]*([#.\w][^{}]{0,1000})\}")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w-]*)[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s}]+))""")
_WIKI = re.compile(r"!?\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{0,300}))?\]\]")
_FENCE = re.compile(r":{3,}+[ \t]*(?:\{[^{}]*\}|[\w \t.-]*+):*+[ \t]*")
_INFO = re.compile(r"\{?[.=]?([A-Za-z][\w+#-]*)")
_DIRECTIVE = re.compile(
    r"\{(figure|image|note|warning|tip|admonition|important|hint|attention|seealso)\}[ \t]*(.*)"
)
_OPTION = re.compile(r":(\w[\w-]*):[ \t]*(.*)")
_PLAIN = frozenset({"output", "text", "txt", "plain", "plaintext", "error", "warning", "none"})
_SHORT = 12
"""Lines: a shorter stretch of unnamed preformatted lines is read with the text around it."""


def read(source: str) -> Document:
    """The blocks of a document, lines counted from 1.

    >>> doc = read("# Birds\\n\\nAn *owl*\\nat night.\\n\\n![](owl.png){alt='An owl'}\\n")
    >>> [str(b) for b in doc.blocks if isinstance(b, Words)]
    ['An owl\\nat night.', 'An owl']
    """
    blocks: list[Block] = []
    front = _FRONT.match(source)
    fields = {m[1]: _unquoted(m[2]) for m in _FIELD.finditer(front[2])} if front else {}
    if front:
        lines = (Line(said, n, n) for n, said in enumerate(front[2].split("\n"), 2))
        kept = [line for line in lines if line.text.strip() and not _FIELD.match(line.text)]
        blocks += [Words(kept, "apart")] if kept else []
        source = "\n" * source.count("\n", 0, front.end()) + source[front.end() :]
    tokens = _parser().parse(
        _LIQUID_LINK.sub(lambda m: f"/{(m[1] or '').removesuffix('-').strip()}".rstrip("/"), source)
    )
    blocks += _blocks(tokens)
    lang = fields.get("lang") or fields.get("language", "")
    return Document(blocks, fields.get("title", ""), {"lang": lang} if lang else {})


def _unquoted(said: str) -> str:
    said = said.strip()
    return said[1:-1] if len(said) > 2 and said[0] in "'\"" and said[0] == said[-1] else said


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import backtick

    def backticks(state: StateInline, silent: bool) -> bool:
        """Code may go over the end of a line, which its token does not tell."""
        start = state.pos
        found = backtick(state, silent)
        if found and not silent and state.tokens and state.tokens[-1].type == "code_inline":
            state.tokens[-1].meta["lines"] = state.src.count("\n", start, state.pos)
        return found

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.inline.ruler.at("backticks", backticks)
    parser.inline.ruler.before("link", "wiki", _wiki)
    parser.inline.ruler.push("attributes", _attributes)
    return parser


def _wiki(state: StateInline, silent: bool) -> bool:
    """Obsidian's ![[picture.png|words]] and [[page]]."""
    m = _WIKI.match(state.src, state.pos) if state.src[state.pos] in "![" else None
    if m and not silent:
        token = state.push("wiki", "", 0)
        token.content, token.meta["ref"] = m[2] or m[1], m[1]
    state.pos = m.end() if m else state.pos
    return m is not None


def _attributes(state: StateInline, silent: bool) -> bool:
    """{alt='words'} after a picture, {#id .class} after anything, and Liquid's tags: none of them
    are words to read.
    """
    if state.src[state.pos] != "{":
        return False
    after = (
        not state.pending
        and state.tokens
        and state.tokens[-1].type in {"image", "link_close", "code_inline"}
    )
    m = _LIQUID.match(state.src, state.pos) or _ATTRIBUTES.match(state.src, state.pos)
    if not m or not (
        after
        or m[0][1] in "%{"
        or (m[0][1] in ":#." and state.src[m.end() : m.end() + 1] in ("", "\n"))
    ):
        return False
    if not silent:
        token = state.push("liquid" if m[0][1] in "%{" else "attributes", "", 0)
        token.content = m[0]
    state.pos = m.end()
    return True


def _pairs(said: str) -> dict[str, str]:
    return {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(said)}


class _Inline:
    """The words of a paragraph, its line ends kept, and the files it mentions."""

    def __init__(self, token: Token) -> None:
        self._first = token.map[0] + 1 if token.map else 1
        self._said: list[str] = []
        self._size = 0
        self._line = self._first
        self._last = ""
        self._mentions: list[Mention] = []
        self._links: list[tuple[str, str, int, int, int]] = []
        for child in token.children or []:
            self._child(child)

    def _say(self, words: str) -> None:
        self._said.append(words)
        self._size += len(words)

    def _down(self, lines: int) -> None:
        self._say("\n" * lines)
        self._line += lines

    def _mention(self, ref: str, *said: str, size: int = 0) -> None:
        self._mentions.append(Mention(ref, said, (self._line, self._line), self._size, size))

    def _child(self, token: Token) -> None:
        match token.type:
            case "text" | "code_inline":
                self._say(token.content)
            case "softbreak" | "hardbreak":
                self._down(1)
            case "image":
                self._image(
                    str(token.attrGet("src") or ""),
                    _label(token.children or []),
                    str(token.attrGet("title") or ""),
                )
            case "wiki" if is_file(token.meta["ref"]):
                self._image(token.meta["ref"], token.content, "")
            case "wiki":
                self._say(token.content)
            case "attributes" if self._last == "image":
                self._attributed(token.content)
            case "attributes":
                self._down(token.content.count("\n"))
            case "liquid":
                self._liquid(token.content)
                self._down(token.content.count("\n"))
            case "link_open":
                ref, title = str(token.attrGet("href") or ""), str(token.attrGet("title") or "")
                self._links.append((ref, title, self._size, len(self._said), self._line))
            case "link_close" if self._links:
                self._link(*self._links.pop())
            case "html_inline":
                self._markup(token.content)
                self._down(token.content.count("\n"))
        self._last = token.type
        self._down(token.meta.get("lines", 0))

    def _image(self, ref: str, alt: str, title: str) -> None:
        lines = (self._line, self._line + alt.count("\n"))
        self._mentions.append(Mention(ref, (alt, title), lines, self._size, len(alt)))
        self._say(alt)
        self._line = lines[1]

    def _attributed(self, said: str) -> None:
        """kramdown and pandoc tell an alternative text behind the picture; what stands in its
        brackets is then the caption.
        """
        pairs, before = _pairs(said), said.partition("alt")[0].count("\n")
        alt, last = (
            " ".join(pairs.get("alt", pairs.get("fig-alt", "")).split()),
            self._mentions.pop(),
        )
        self._down(before)
        if alt:
            self._say(f" {alt}")
        self._down(said.count("\n") - before)
        lines = (last.lines[0], self._line)
        self._mentions.append(
            Mention(last.ref, (alt, *last.said), lines, last.into, self._size - last.into)
        )

    def _liquid(self, tag: str) -> None:
        """Jekyll's {% include figure.html src="a.png" alt="words" caption="words" %}."""
        pairs = _pairs(tag)
        ref = next(
            (
                pairs[k]
                for k in ("src", "file", "url", "image_path", "image", "path")
                if is_file(pairs.get(k, ""))
            ),
            "",
        )
        if ref:
            said = " ".join(filter(None, (pairs.get("alt", ""), pairs.get("caption", ""))))
            self._mention(
                ref,
                pairs.get("alt", ""),
                pairs.get("caption", ""),
                pairs.get("title", ""),
                size=len(said),
            )
            self._say(" ".join(said.split()))

    def _link(self, ref: str, title: str, into: int, piece: int, line: int) -> None:
        if is_file(ref):
            said = "".join(self._said[piece:])
            self._mentions.append(Mention(ref, (said, title), (line, self._line), into, len(said)))

    def _markup(self, tag: str) -> None:
        for block in html.read(tag, self._line).blocks:
            if isinstance(block, Mention):
                self._mention(block.ref, *block.said, size=block.size)
            elif isinstance(block, Words):  # an alternative text
                self._say(str(block))

    def lines(self) -> list[Line]:
        """What is said, a line for each line of the source; marks of fenced divisions left out."""
        rows = enumerate("".join(self._said).split("\n"), self._first)
        return [
            Line(tidy, n, n)
            for n, said in rows
            if (tidy := " ".join(said.split())) and not _FENCE.fullmatch(tidy)
        ]

    def blocks(self) -> Iterator[Block]:
        """The mentions, then the paragraph that they stand in."""
        yield from self._mentions
        if lines := self.lines():
            yield Words(lines)


def _label(tokens: Sequence[Token]) -> str:
    """The words of inline tokens, line ends kept."""
    shown = (token for token in tokens if token.type != "html_inline")
    return "".join(
        _label(t.children) if t.children else "\n" if t.type.endswith("break") else t.content
        for t in shown
    )


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    """The blocks of a document's tokens."""
    rows: list[Line] = []
    cells: list[str] = []
    heading, in_table = 0, False
    for token in tokens:
        first = token.map[0] + 1 if token.map else 1
        match token.type:
            case "heading_open":
                heading = int(token.tag[1])
            case "heading_close":
                heading = 0
            case "table_open":
                rows, in_table = [], True
            case "tr_open":
                cells, row = [], first
            case "tr_close":
                rows.append(Line(" | ".join(cells), row, row))
            case "table_close":
                in_table = False
                yield Words(rows, "table")
            case "inline":
                inline = _Inline(token)
                said = " ".join(line.text for line in inline.lines())
                if in_table:
                    cells.append(said)
                    yield from (block for block in inline.blocks() if isinstance(block, Mention))
                elif heading:
                    yield from ([Heading(heading, said, first)] if said else [])
                    yield from (block for block in inline.blocks() if isinstance(block, Mention))
                else:
                    yield from inline.blocks()
            case "fence":
                yield from _fence(token.info.strip(), token.content, first)
            case "code_block":
                yield from _code(token.content, "", first)
            case "html_block":
                yield from html.read(token.content, first).blocks


def _fence(info: str, content: str, first: int) -> Iterator[Block]:
    """Fenced code; MyST's ```{figure} owl.png mentions a file, its other directives hold words."""
    directive = _DIRECTIVE.match(info)
    if not directive:
        named = _INFO.match(info)
        yield from _code(content, named[1].lower() if named else "", first + 1)
        return
    said = [
        Line(line.strip(), n, n)
        for n, line in enumerate(content.split("\n"), first + 1)
        if line.strip()
    ]
    options = {m[1]: m[2] for line in said if (m := _OPTION.fullmatch(line.text))}
    words = [line for line in said if not _OPTION.fullmatch(line.text)]
    caption = " ".join(line.text for line in words)
    if directive[1] in {"figure", "image"} and directive[2]:
        yield Mention(
            directive[2],
            (options.get("alt", ""), caption),
            (first, first + content.count("\n") + 1),
            0,
            len(caption),
        )
    elif directive[2]:
        words = [Line(directive[2], first, first), *words]
    if words:
        yield Words(words)


def _code(content: str, language: str, first: int) -> Iterator[Block]:
    """Code; what is in no language and short reads with the text around it."""
    lines = [Line(said, n, n) for n, said in enumerate(content.split("\n"), first)]
    while lines and not lines[-1].text.strip():
        lines.pop()
    while lines and not lines[0].text.strip():
        lines.pop(0)
    language = "" if language in _PLAIN else language
    if lines:
        yield Words(lines, "code" if language or len(lines) >= _SHORT else "prose", language)

"""Markdown to blocks of `polysense.read.document.blocks`.

CommonMark with tables, and what kramdown, pandoc, Jekyll, MyST and Obsidian add to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from polysense.read.document.blocks import Block, Document, Heading, Mention, SourceLine, TextBlock
from polysense.read.document.html import blocks as html
from polysense.read.document.markdown.visible import visible_tokens
from polysense.read.file.references import is_file

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FRONT_FIELD = re.compile(r"^(title|lang|language)[ \t]*[:=][ \t]*(\S.*)$", re.M)
_LIQUID = re.compile(r"\{%.{0,2000}?%\}|\{\{.{0,500}?\}\}", re.S)
_LIQUID_LINK = re.compile(
    r"(?<=\]\()[ \t]*(?:\{\{[^{}\n]{0,200}\}\}|\{%-?[ \t]*link[ \t]([^%\n]{1,400})%\})"
)
_ATTRIBUTES = re.compile(r"\{:?[ \t\n]*([#.\w][^{}]{0,1000})\}")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w-]*)[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s}]+))""")
_WIKI_LINK = re.compile(r"!?\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{0,300}))?\]\]")
_DIVISION_FENCE = re.compile(r":{3,}+[ \t]*(?:\{[^{}]*\}|[\w \t.-]*+):*+[ \t]*")
_FENCE_LANGUAGE = re.compile(r"\{?[.=]?([A-Za-z][\w+#-]*)")
_DIRECTIVE = re.compile(
    r"\{(figure|image|note|warning|tip|admonition|important|hint|attention|seealso)\}[ \t]*(.*)"
)
_OPTION = re.compile(r":(\w[\w-]*):[ \t]*(.*)")
_PLAIN_LANGUAGES = frozenset(
    {"output", "text", "txt", "plain", "plaintext", "error", "warning", "none"}
)
_MIN_CODE_LINES = 12
"""A shorter stretch of preformatted lines in no language is read with the text around it.

Judged, not measured.
"""


def read(source: str) -> Document:
    """The blocks of a document, lines counted from 1.

    >>> doc = read("# Birds\\n\\nAn *owl*\\nat night.\\n\\n![](owl.png){alt='An owl'}\\n")
    >>> [str(b) for b in doc.blocks if isinstance(b, TextBlock)]
    ['An owl\\nat night.', 'An owl']
    """
    blocks: list[Block] = []
    front_matter = _FRONT_MATTER.match(source)
    fields: dict[str, str] = {}
    if front_matter:
        fields = {m[1]: _unquote(m[2]) for m in _FRONT_FIELD.finditer(front_matter[2])}
        lines = (SourceLine(row, n, n) for n, row in enumerate(front_matter[2].split("\n"), 2))
        front_lines = [
            line for line in lines if line.text.strip() and not _FRONT_FIELD.match(line.text)
        ]
        blocks += [TextBlock(front_lines, "aside")] if front_lines else []
        source = "\n" * source.count("\n", 0, front_matter.end()) + source[front_matter.end() :]
    tokens = _parser().parse(
        _LIQUID_LINK.sub(lambda m: f"/{(m[1] or '').removesuffix('-').strip()}".rstrip("/"), source)
    )
    blocks += _blocks(tokens)
    lang = fields.get("lang") or fields.get("language", "")
    return Document(blocks, fields.get("title", ""), {"lang": lang} if lang else {})


def _unquote(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 2 and value[0] in "'\"" and value[0] == value[-1] else value


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import backtick

    def backticks(state: StateInline, silent: bool) -> bool:
        """Code may go over the end of a line, which its token does not tell."""
        start = state.pos
        is_code = backtick(state, silent)
        if is_code and not silent and state.tokens and state.tokens[-1].type == "code_inline":
            state.tokens[-1].meta["lines"] = state.src.count("\n", start, state.pos)
        return is_code

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.inline.ruler.at("backticks", backticks)
    parser.inline.ruler.before("link", "wiki", _wiki)
    parser.inline.ruler.push("attributes", _attributes)
    return parser


def _wiki(state: StateInline, silent: bool) -> bool:
    """Obsidian's ![[picture.png|words]] and [[page]]."""
    m = _WIKI_LINK.match(state.src, state.pos) if state.src[state.pos] in "![" else None
    if m and not silent:
        token = state.push("wiki", "", 0)
        token.content, token.meta["ref"] = m[2] or m[1], m[1]
    state.pos = m.end() if m else state.pos
    return m is not None


def _attributes(state: StateInline, silent: bool) -> bool:
    """{alt='words'} after a picture, {#id .class} after anything, and Liquid's tags.

    None of them are words to read.
    """
    if state.src[state.pos] != "{":
        return False
    follows_element = (
        not state.pending
        and state.tokens
        and state.tokens[-1].type in {"image", "link_close", "code_inline"}
    )
    m = _LIQUID.match(state.src, state.pos) or _ATTRIBUTES.match(state.src, state.pos)
    if not m or not (
        follows_element
        or m[0][1] in "%{"
        or (m[0][1] in ":#." and state.src[m.end() : m.end() + 1] in ("", "\n"))
    ):
        return False
    if not silent:
        token = state.push("liquid" if m[0][1] in "%{" else "attributes", "", 0)
        token.content = m[0]
    state.pos = m.end()
    return True


def _attribute_pairs(markup: str) -> dict[str, str]:
    """The names, in lower case, and values of attributes."""
    return {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(markup)}


class _Inline:
    """The words of a paragraph, its line ends kept, and the files it mentions."""

    def __init__(self, token: Token, marker: str = "") -> None:
        self._first = token.map[0] + 1 if token.map else 1
        self._parts: list[str] = []
        self._size = 0
        self._line = self._first
        self._last = ""
        self._mentions: list[Mention] = []
        self._links: list[tuple[str, str, int, int, int]] = []
        self._add_words(marker)  # of an item of a list
        for child in visible_tokens(token.children or []):
            self._add_token(child)

    def _add_words(self, words: str) -> None:
        self._parts.append(words)
        self._size += len(words)

    def _add_breaks(self, lines: int) -> None:
        self._add_words("\n" * lines)
        self._line += lines

    def _add_mention(self, ref: str, *descriptions: str, size: int = 0) -> None:
        self._mentions.append(
            Mention(ref, descriptions, (self._line, self._line), self._size, size)
        )

    def _add_token(self, token: Token) -> None:
        match token.type:
            case "text" | "code_inline":
                self._add_words(token.content)
            case "softbreak" | "hardbreak":
                self._add_breaks(1)
            case "image":
                self._add_image(
                    str(token.attrGet("src") or ""),
                    _inline_text(token.children or []),
                    str(token.attrGet("title") or ""),
                )
            case "wiki" if is_file(token.meta["ref"]):
                self._add_image(token.meta["ref"], token.content, "")
            case "wiki":
                self._add_words(token.content)
            case "attributes" if self._last == "image":
                self._apply_attributes(token.content)
            case "attributes":
                self._add_breaks(token.content.count("\n"))
            case "liquid":
                self._add_include(token.content)
                self._add_breaks(token.content.count("\n"))
            case "link_open":
                ref, title = str(token.attrGet("href") or ""), str(token.attrGet("title") or "")
                self._links.append((ref, title, self._size, len(self._parts), self._line))
            case "link_close" if self._links:
                self._end_link(*self._links.pop())
            case "html_inline":
                self._add_html(token.content)
                self._add_breaks(token.content.count("\n"))
        self._last = token.type
        self._add_breaks(token.meta.get("lines", 0))

    def _add_image(self, ref: str, alt: str, title: str) -> None:
        lines = (self._line, self._line + alt.count("\n"))
        self._mentions.append(Mention(ref, (alt, title), lines, self._size, len(alt)))
        self._add_words(alt)
        self._line = lines[1]

    def _apply_attributes(self, markup: str) -> None:
        """Add an alternative text that stands behind the picture, as in kramdown and pandoc.

        What stands in the picture's brackets is then the caption.
        """
        pairs = _attribute_pairs(markup)
        alt = " ".join(pairs.get("alt", pairs.get("fig-alt", "")).split())
        breaks_before = markup.partition("alt")[0].count("\n")
        picture = self._mentions.pop()
        self._add_breaks(breaks_before)
        if alt:
            self._add_words(f" {alt}")
        self._add_breaks(markup.count("\n") - breaks_before)
        self._mentions.append(
            replace(
                picture,
                descriptions=(alt, *picture.descriptions),
                lines=(picture.lines[0], self._line),
                size=self._size - picture.offset,
            )
        )

    def _add_include(self, tag: str) -> None:
        """Jekyll's {% include figure.html src="a.png" alt="words" caption="words" %}."""
        pairs = _attribute_pairs(tag)
        ref = next(
            (
                pairs[k]
                for k in ("src", "file", "url", "image_path", "image", "path")
                if is_file(pairs.get(k, ""))
            ),
            "",
        )
        if ref:
            words = " ".join(filter(None, (pairs.get("alt", ""), pairs.get("caption", ""))))
            descriptions = (pairs.get(k, "") for k in ("alt", "caption", "title"))
            self._add_mention(ref, *descriptions, size=len(words))
            self._add_words(" ".join(words.split()))

    def _end_link(self, ref: str, title: str, offset: int, first_part: int, line: int) -> None:
        if is_file(ref):
            words = "".join(self._parts[first_part:])
            self._mentions.append(
                Mention(ref, (words, title), (line, self._line), offset, len(words))
            )

    def _add_html(self, tag: str) -> None:
        for block in html.read(tag, self._line).blocks:
            if isinstance(block, Mention):
                self._add_mention(block.ref, *block.descriptions, size=block.size)
            elif isinstance(block, TextBlock):  # an alternative text
                self._add_words(str(block))

    def lines(self) -> list[SourceLine]:
        """What is said, a line for each line of the source; marks of fenced divisions left out."""
        rows = enumerate("".join(self._parts).split("\n"), self._first)
        return [
            SourceLine(text, n, n)
            for n, row in rows
            if (text := " ".join(row.split())) and not _DIVISION_FENCE.fullmatch(text)
        ]

    def blocks(self) -> Iterator[Block]:
        """The mentions, then the paragraph that they stand in."""
        yield from self._mentions
        if lines := self.lines():
            yield TextBlock(lines)


def _inline_text(tokens: Sequence[Token]) -> str:
    """The words of inline tokens, line ends kept."""
    visible = (token for token in tokens if token.type != "html_inline")
    return "".join(
        _inline_text(t.children) if t.children else "\n" if t.type.endswith("break") else t.content
        for t in visible
    )


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    """The blocks of a document's tokens."""
    rows: list[SourceLine] = []
    cells: list[str] = []
    heading, in_table = 0, False
    counters: list[int | None] = []  # of open lists; None of bullets
    marker = ""
    for token in tokens:
        first = token.map[0] + 1 if token.map else 1
        match token.type:
            case "ordered_list_open":
                counters.append(int(token.attrs.get("start", 1)))
            case "bullet_list_open":
                counters.append(None)
            case "ordered_list_close" | "bullet_list_close":
                counters.pop()
            case "list_item_open":
                number = counters[-1]
                marker = "" if number is None else f"{number}. "
                counters[-1] = None if number is None else number + 1
            case "heading_open":
                heading = int(token.tag[1])
            case "heading_close":
                heading = 0
            case "table_open":
                rows, in_table = [], True
            case "tr_open":
                cells, row = [], first
            case "tr_close":
                rows.append(SourceLine(" | ".join(cells), row, row))
            case "table_close":
                in_table = False
                yield TextBlock(rows, "table")
            case "inline":
                inline, marker = _Inline(token, marker), ""
                text = " ".join(line.text for line in inline.lines())
                if in_table:
                    cells.append(text)
                    yield from (block for block in inline.blocks() if isinstance(block, Mention))
                elif heading:
                    yield from ([Heading(heading, text, first)] if text else [])
                    yield from (block for block in inline.blocks() if isinstance(block, Mention))
                else:
                    yield from inline.blocks()
            case "fence":
                yield from _fence_blocks(token.info.strip(), token.content, first)
            case "code_block":
                yield from _code_blocks(token.content, "", first)
            case "html_block":
                yield from html.read(token.content, first).blocks


def _fence_blocks(info: str, content: str, first: int) -> Iterator[Block]:
    """Fenced code; MyST's ```{figure} owl.png mentions a file, its other directives hold words."""
    directive = _DIRECTIVE.match(info)
    if not directive:
        language = _FENCE_LANGUAGE.match(info)
        yield from _code_blocks(content, language[1].lower() if language else "", first + 1)
        return
    content_lines = [
        SourceLine(line.strip(), n, n)
        for n, line in enumerate(content.split("\n"), first + 1)
        if line.strip()
    ]
    options = {m[1]: m[2] for line in content_lines if (m := _OPTION.fullmatch(line.text))}
    words = [line for line in content_lines if not _OPTION.fullmatch(line.text)]
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
        words = [SourceLine(directive[2], first, first), *words]
    if words:
        yield TextBlock(words)


def _code_blocks(content: str, language: str, first: int) -> Iterator[Block]:
    """Code; what is in no language and short reads with the text around it."""
    lines = [SourceLine(row, n, n) for n, row in enumerate(content.split("\n"), first)]
    while lines and not lines[-1].text.strip():
        lines.pop()
    while lines and not lines[0].text.strip():
        lines.pop(0)
    language = "" if language in _PLAIN_LANGUAGES else language
    if lines:
        yield TextBlock(
            lines, "code" if language or len(lines) >= _MIN_CODE_LINES else "prose", language
        )

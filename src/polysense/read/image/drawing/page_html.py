"""A page's nested blocks as HTML with flex rows and columns."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from itertools import pairwise

from polysense.read.image.drawing.appearance import Block, hex_colour

_BULLET = re.compile(r"^[•·▪◦‣\-–*]\s+")
_CROSS_SVG = (
    '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
    '<path d="M0 0L100 100M100 0L0 100" '
    'stroke="currentColor" vector-effect="non-scaling-stroke"/></svg>'
)
_HELVETICA_WIDTHS = """
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556
556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778
722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222
500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584
"""
"""Helvetica's advance widths from space to tilde, in thousandths (Adobe Font Metrics)."""

MAX_HEADER_END, MIN_FOOTER_START, MIN_BAND_WIDTH = 0.25, 0.8, 0.6
"""Shares of a page above and below which a wide element is its header or footer, and the width
that it needs. Judged, not measured.
"""

MAX_LABEL_GAP = 2.5
"""Text nearer to a checkbox than this, in sizes of its letters, is its label. Judged, not
measured.
"""

ASCENT, LINE_BOX = 0.905, 1.117
"""Arial's ascent, and the height of a line's content, as shares of the size."""

LINE_HEIGHT = 1.25
"""The line height of the page; lines that differ by more than 0.03 of the size get their own."""

_FONT_FAMILIES = (
    (0.94, '"Times New Roman",Georgia,serif'),
    (1.07, "Arial,Helvetica,sans-serif"),
    (9.0, 'Verdana,"DejaVu Sans",sans-serif'),
)

_BASE_STYLE = """*{box-sizing:border-box;margin:0;padding:0}
body{line-height:1.25}
.row{display:flex;align-items:flex-start}
.column,.box,header,main,footer{display:flex;flex-direction:column;align-items:flex-start}
a{color:inherit;text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
button,input{font:inherit;color:inherit;background:none;border:0}
button{cursor:pointer;text-align:center}input::placeholder{color:inherit;opacity:1}
.picture{display:block;overflow:hidden;color:#888}.picture svg{display:block;width:100%;height:100%}
ul{list-style:disc inside}label{display:flex;align-items:center;white-space:nowrap}
"""


def to_html(page: Block, title: str = "") -> str:
    """The page as one HTML file without scripts."""
    writer = _Writer(page)
    body = writer.page()
    page_title = title or writer.title or "Page"
    rules = "".join(f".{name}{{{style}}}\n" for style, name in writer.classes.items())
    background = hex_colour(page.background or (255, 255, 255))
    body_style = (
        f"font-family:{_font_family(page)};background:{background};"
        f"max-width:{page.width:.0f}px;margin:0 auto"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(page_title)}</title>\n<style>\n{_BASE_STYLE}body{{{body_style}}}\n{rules}"
        f"</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _font_family(page: Block) -> str:
    """The family of typefaces, by how wide the text is: wider than Helvetica is Verdana."""
    widths = [int(v) for v in _HELVETICA_WIDTHS.split()]
    ratios: list[float] = []
    for b in page.descendants():
        if (
            b.kind in ("text", "heading")
            and b.size
            and len(b.lines) == 1
            and b.lines[0].isascii()
            and len(b.lines[0]) > 4
            and not b.bold
        ):
            ratios += len(b.lines[0]) * [
                b.width
                / b.size
                * 1000
                / sum(widths[ord(c) - 32] for c in b.lines[0] if " " <= c <= "~")
            ]
    ratio = sorted(ratios)[len(ratios) // 2] if ratios else 1.0
    return next(face for most, face in _FONT_FAMILIES if ratio < most)


class _Writer:
    """Writes blocks, and collects their styles: equal ones share a class."""

    def __init__(self, root: Block) -> None:
        self.root, self.classes, self.title = root, dict[str, str](), ""
        self.previous_text = ""
        self.headings = sorted(
            {round(h.size) for h in root.descendants() if h.kind == "heading"}, reverse=True
        )
        self.counts: dict[str, int] = {}

    def page(self) -> str:
        """Header, main and footer, one below the other."""
        items, width, height = self.root.children, self.root.width, self.root.height
        first, last = 0, len(items)
        if (
            len(items) > 1
            and items[0].width > MIN_BAND_WIDTH * width
            and items[0].box[3] < MAX_HEADER_END * height
        ):
            first = 1
        if (
            last - first > 1
            and items[-1].width > MIN_BAND_WIDTH * width
            and items[-1].box[1] > MIN_FOOTER_START * height
            and items[-1].kind in ("box", "row")
        ):
            last -= 1
        out, cursor = "", 0.0
        for tag, group in (
            ("header", items[:first]),
            ("main", items[first:last]),
            ("footer", items[last:]),
        ):
            if group:
                inside, end = self._column(group, self.root.box[0], self.root.width, cursor, 1)
                out += f"<{tag}>\n{inside}</{tag}>\n"
                cursor = end
        return out

    def _column(
        self, items: list[Block], left: float, width: float, cursor: float, depth: int
    ) -> tuple[str, float]:
        """Items one below the other from `cursor` down, and where they end."""
        out, is_in_list = "", False
        for b in items:
            up, height = _extent(b)
            place = {
                "margin-top": _px(max(0.0, b.box[1] - up - cursor)),
                "margin-left": _percent(b.box[0] - left, width),
            }
            bullet = b.kind == "text" and _BULLET.match(b.lines[0]) is not None
            if bullet != is_in_list:
                out += "  " * depth + ("<ul>\n" if bullet else "</ul>\n")
                is_in_list = bullet
            out += self._element(b, place, width, depth + bullet)
            cursor = max(cursor, b.box[1] - up) + height
        return out + ("  " * depth + "</ul>\n" if is_in_list else ""), cursor

    def _row(self, row: Block, depth: int) -> str:
        """Items beside each other."""
        out, cursor, i = "", row.box[0], 0
        menu = _menu_range(row, self.root)
        while i < len(row.children):
            block = row.children[i]
            up, _ = _extent(block)
            place = {
                "margin-left": _percent(block.box[0] - cursor, row.width),
                "margin-top": _px(max(0.0, block.box[1] - up - row.box[1])),
            }
            after = row.children[i + 1] if i + 1 < len(row.children) else None
            if menu and i == menu[0]:
                links = [replace(x, kind="link") for x in row.children[menu[0] : menu[1]]]
                group = Block(
                    "row",
                    (links[0].box[0], row.box[1], links[-1].box[2], row.box[3]),
                    children=links,
                )
                place["margin-top"] = "0"
                place["width"] = _percent(group.width, row.width)
                out += "  " * depth + f'<nav class="row {self._class("nav", place)}">\n'
                out += self._row(group, depth + 1) + "  " * depth + "</nav>\n"
                cursor, i = group.box[2], menu[1]
                continue
            if (
                block.kind in ("checkbox", "radio")
                and after
                and after.kind == "text"
                and after.box[0] - block.box[2] < MAX_LABEL_GAP * after.size
            ):
                out += self._labelled_choice(block, after, place, depth)
                cursor, i = after.box[2], i + 2
                continue
            out += self._element(block, place, row.width, depth, in_row=True)
            cursor, i = block.box[2], i + 1
        return out

    def _labelled_choice(
        self, block: Block, label: Block, place: dict[str, str], depth: int
    ) -> str:
        style = {
            **place,
            "gap": _px(label.box[0] - block.box[2]),
            "font-size": f"{label.size:.3g}px",
            "color": hex_colour(label.text_colour),
        }
        box = self._class(block.kind, {"width": _px(block.width), "height": _px(block.height)})
        control = f'<input type="{block.kind}" class="{box}">'
        label_class, text = self._class("choice", style), escape(" ".join(label.lines))
        return "  " * depth + f'<label class="{label_class}">{control} {text}</label>\n'

    def _element(
        self, block: Block, place: dict[str, str], width: float, depth: int, in_row: bool = False
    ) -> str:
        pad = "  " * depth
        if block.kind in ("text", "heading", "link"):
            self.previous_text = (
                " ".join(block.lines) if block.kind == "text" and len(block.lines) == 1 else ""
            )
            return pad + self._text_element(block, place, width, in_row) + "\n"
        style = {
            **place,
            "width": _percent(block.width, width),
            **({"flex": "none"} if in_row else {}),
            **_box_style(block),
        }
        if block.kind == "row":
            row_class = self._class("row", style)
            return f'{pad}<div class="row {row_class}">\n{self._row(block, depth + 1)}{pad}</div>\n'
        if block.kind == "column":
            inside, _ = self._column(
                block.children, block.box[0], block.width, block.box[1], depth + 1
            )
            return (
                f'{pad}<div class="column {self._class("column", style)}">\n{inside}{pad}</div>\n'
            )
        if block.kind == "box":
            style |= {"min-height": _px(block.height)}
            frame = 1.0 if block.border else 0.0
            inside, _ = self._column(
                block.children,
                block.box[0] + frame,
                block.width - 2 * frame,
                block.box[1] + frame,
                depth + 1,
            )
            if block.children:
                style["padding-top"] = "0.02px"  # so that the first margin stays inside
            return f'{pad}<div class="box {self._class("box", style)}">\n{inside}{pad}</div>\n'
        return pad + self._control(block, {**style, "height": _px(block.height)}) + "\n"

    def _control(self, block: Block, style: dict[str, str]) -> str:
        text = escape(" ".join(block.lines))
        if block.lines:
            style |= {
                "font-size": f"{block.size:.3g}px",
                "color": hex_colour(block.text_colour),
                **({"font-weight": "600"} if block.bold else {}),
            }
        if block.kind == "button":
            return f'<button type="button" class="{self._class("button", style)}">{text}</button>'
        if block.kind == "input":
            style["padding"] = "0 " + _px(min(16.0, 0.3 * block.height))
            words = f"{text} {self.previous_text}".lower().replace("e-mail", "email")
            input_type = next(
                (k for k in ("password", "email", "search") if k in words),
                "email" if "@" in text else "text",
            )
            label = escape(self.previous_text) or text or "Input"
            self.previous_text = ""
            return (
                f'<input type="{input_type}" class="{self._class("input", style)}" '
                f'placeholder="{text}" aria-label="{label}">'
            )
        if block.kind in ("checkbox", "radio"):
            kind = block.kind
            return f'<input type="{kind}" class="{self._class(kind, style)}" aria-label="{kind}">'
        return (
            f'<div role="img" aria-label="Picture" class="picture {self._class("picture", style)}">'
            f"{_CROSS_SVG}</div>"
        )

    def _text_element(self, block: Block, place: dict[str, str], width: float, in_row: bool) -> str:
        pitch = block.line_pitch
        style = {
            **place,
            "font-size": f"{block.size:.3g}px",
            "color": hex_colour(block.text_colour),
        }
        if abs(pitch - LINE_HEIGHT * block.size) > 0.03 * block.size:
            style["line-height"] = _px(pitch)
        if block.bold or block.kind == "heading":
            style["font-weight"] = "700" if block.bold else "500"
        if len(block.lines) > 1:
            style |= {
                "width": _percent(block.width + 0.6 * block.size, width),
                "text-align": block.align,
            }
        else:
            style["white-space"] = "nowrap"
        if in_row:
            style |= {"width": _percent(block.width, width), "flex": "none"}
        text = (
            "<br>".join(escape(s) for s in block.lines)
            if block.align == "center"
            else escape(" ".join(block.lines))
        )
        if block.kind == "link":
            return f'<a href="#" class="{self._class("link", style)}">{text}</a>'
        if block.kind == "heading":
            self.title = self.title or " ".join(block.lines)
            level = min(6, 1 + self.headings.index(round(block.size)))
            return f'<h{level} class="{self._class("heading", style)}">{text}</h{level}>'
        if _BULLET.match(block.lines[0]):
            return f'<li class="{self._class("item", style)}">{_BULLET.sub("", text)}</li>'
        return f'<p class="{self._class("text", style)}">{text}</p>'

    def _class(self, kind: str, style: dict[str, str]) -> str:
        """The class that stands for a style, a new one where it is the first with it."""
        declarations = ";".join(
            f"{k}:{v}" for k, v in style.items() if v not in ("0", "") or k == "padding"
        )
        if declarations not in self.classes:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.classes[declarations] = f"{kind}-{self.counts[kind]}"
        return self.classes[declarations]


def _menu_range(row: Block, root: Block) -> tuple[int, int] | None:
    """The part of a row near the top that is a menu: three or more short words of one size."""
    if row.box[1] > MAX_HEADER_END * root.height:
        return None
    is_short = [
        b.kind == "text" and len(b.lines) == 1 and len(b.lines[0].split()) < 4 for b in row.children
    ]
    end = next((i for i in range(len(is_short) - 1, -1, -1) if is_short[i]), -1) + 1
    first = end
    while (
        first > 0
        and is_short[first - 1]
        and abs(row.children[first - 1].size - row.children[end - 1].size)
        < 0.2 * row.children[end - 1].size
    ):
        first -= 1
    gaps = [b.box[0] - a.box[2] for a, b in pairwise(row.children[first:end])]
    if len(gaps) > 2 and gaps[0] > 2 * max(gaps[1:]):
        first += 1  # a name at the left, its menu at the right
    return (first, end) if end - first > 2 or (end - first == 2 and first > 0) else None


def _extent(b: Block) -> tuple[float, float]:
    """How far the HTML of a block begins above it, and its height.

    Lines of text are higher than their letters.
    """
    if b.kind not in ("text", "heading", "link"):
        return 0.0, b.height
    pitch = b.line_pitch
    letters = 0.73 if re.search(r"[^acegmnopqrsuvwxyz.,:;·…\s-]", b.lines[0]) else 0.53
    return (pitch - LINE_BOX * b.size) / 2 + (ASCENT - letters) * b.size, pitch * len(b.lines)


def _box_style(b: Block) -> dict[str, str]:
    """Background, border and corners, in CSS."""
    style = {}
    if b.background is not None and b.kind != "picture":
        style["background"] = hex_colour(b.background)
    if b.border is not None:
        style["border"] = f"1px solid {hex_colour(b.border)}"
    if b.radius > 1.5 and b.kind in ("box", "button", "input"):
        style["border-radius"] = _px(min(b.radius, b.height / 2))
    return style


def _px(v: float) -> str:
    return f"{round(v)}px" if round(v) else "0"


def _percent(v: float, of: float) -> str:
    share = round(100 * v / max(of, 1.0), 2)
    return f"{share:g}%" if share else "0"

"""A page's nested blocks as HTML with flex rows and columns, and as SVG."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

from polysense.read.image.drawing.appearance import Block, Colour

_BULLET = re.compile(r"^[•·▪◦‣\-–*]\s+")
_CROSS = (
    '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true"><path d="M0 0L100 100M100 0L0 100" '
    'stroke="currentColor" vector-effect="non-scaling-stroke"/></svg>'
)
_ADVANCE = """
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584
584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278
278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500
500 334 260 334 584
"""
"""Helvetica's advance widths from space to tilde, in thousandths (Adobe Font Metrics): wider print
is Verdana's kind, narrower Times'.
"""

_FACES = (
    (0.94, '"Times New Roman",Georgia,serif'),
    (1.07, "Arial,Helvetica,sans-serif"),
    (9.0, 'Verdana,"DejaVu Sans",sans-serif'),
)

_BASE = """*{box-sizing:border-box;margin:0;padding:0}
body{line-height:1.25}
.row{display:flex;align-items:flex-start}
.column,.box,header,main,footer{display:flex;flex-direction:column;align-items:flex-start}
a{color:inherit;text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
button,input{font:inherit;color:inherit;background:none;border:0}
button{cursor:pointer;text-align:center}input::placeholder{color:inherit;opacity:1}
.picture{display:block;overflow:hidden;color:#888}.picture svg{display:block;width:100%;height:100%}
ul{list-style:disc inside}label{display:flex;align-items:center;white-space:nowrap}
"""


def html(page: Block, title: str = "") -> str:
    """The page as one HTML file without scripts."""
    writer = _Writer(page)
    body = writer.page()
    named = title or writer.title or "Page"
    rules = "".join(f".{name}{{{style}}}\n" for style, name in writer.classes.items())
    ground = _hex(page.ground or (255, 255, 255))
    about = (
        f"font-family:{_face(page)};background:{ground};max-width:{page.wide:.0f}px;margin:0 auto"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(named)}</title>\n<style>\n{_BASE}body{{{about}}}\n{rules}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _face(page: Block) -> str:
    """The family of typefaces, by how wide the print is."""
    advances = [int(v) for v in _ADVANCE.split()]
    ratios: list[float] = []
    for b in _each(page):
        if (
            b.kind in ("text", "heading")
            and b.size
            and len(b.said) == 1
            and b.said[0].isascii()
            and len(b.said[0]) > 4
            and not b.bold
        ):
            ratios += len(b.said[0]) * [
                b.wide
                / b.size
                * 1000
                / sum(advances[ord(c) - 32] for c in b.said[0] if " " <= c <= "~")
            ]
    ratio = sorted(ratios)[len(ratios) // 2] if ratios else 1.0
    return next(face for most, face in _FACES if ratio < most)


class _Writer:
    """Writes blocks, and collects their styles: like ones share a class."""

    def __init__(self, page: Block) -> None:
        self.whole, self.classes, self.title = page, dict[str, str](), ""
        self.before = ""
        self.headings = sorted(
            {round(h.size) for h in _each(page) if h.kind == "heading"}, reverse=True
        )
        self.counts: dict[str, int] = {}

    def page(self) -> str:
        """Header, main and footer, one below the other."""
        items, tall = self.whole.inner, self.whole.high
        first, last = 0, len(items)
        if (
            len(items) > 1
            and items[0].wide > 0.6 * self.whole.wide
            and items[0].box[3] < 0.25 * tall
        ):
            first = 1
        if (
            last - first > 1
            and items[-1].wide > 0.6 * self.whole.wide
            and items[-1].box[1] > 0.8 * tall
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
                inside, end = self._stack(group, self.whole.box[0], self.whole.wide, cursor, 1)
                out += f"<{tag}>\n{inside}</{tag}>\n"
                cursor = end
        return out

    def _stack(
        self, items: list[Block], left: float, wide: float, cursor: float, depth: int
    ) -> tuple[str, float]:
        """Items one below the other from `cursor` down, and where they end."""
        out, listed = "", False
        for b in items:
            up, high = _extent(b)
            place = {
                "margin-top": _px(max(0.0, b.box[1] - up - cursor)),
                "margin-left": _share(b.box[0] - left, wide),
            }
            bullet = b.kind == "text" and _BULLET.match(b.said[0]) is not None
            if bullet != listed:
                out += "  " * depth + ("<ul>\n" if bullet else "</ul>\n")
                listed = bullet
            out += self._one(b, place, wide, depth + bullet)
            cursor = max(cursor, b.box[1] - up) + high
        return out + ("  " * depth + "</ul>\n" if listed else ""), cursor

    def _line(self, row: Block, depth: int) -> str:
        """Items beside each other."""
        out, cursor, i = "", row.box[0], 0
        menu = _menu(row, self.whole)
        while i < len(row.inner):
            b = row.inner[i]
            up, _ = _extent(b)
            place = {
                "margin-left": _share(b.box[0] - cursor, row.wide),
                "margin-top": _px(max(0.0, b.box[1] - up - row.box[1])),
            }
            after = row.inner[i + 1] if i + 1 < len(row.inner) else None
            if menu and i == menu[0]:
                links = [replace_kind(x, "link") for x in row.inner[menu[0] : menu[1]]]
                group = Block(
                    "row", (links[0].box[0], row.box[1], links[-1].box[2], row.box[3]), inner=links
                )
                place["margin-top"] = "0"
                out += (
                    "  " * depth
                    + f'<nav class="row {self._class("nav", {**place, "width": _share(group.wide, row.wide)})}">\n'
                )
                out += self._line(group, depth + 1) + "  " * depth + "</nav>\n"
                cursor, i = group.box[2], menu[1]
                continue
            if (
                b.kind in ("checkbox", "radio")
                and after
                and after.kind == "text"
                and after.box[0] - b.box[2] < 2.5 * after.size
            ):
                out += self._choice(b, after, place, depth)
                cursor, i = after.box[2], i + 2
                continue
            out += self._one(b, place, row.wide, depth, in_row=True)
            cursor, i = b.box[2], i + 1
        return out

    def _choice(self, b: Block, said: Block, place: dict[str, str], depth: int) -> str:
        style = {
            **place,
            "gap": _px(said.box[0] - b.box[2]),
            "font-size": f"{said.size:.3g}px",
            "color": _hex(said.ink),
        }
        box = self._class(b.kind, {"width": _px(b.wide), "height": _px(b.high)})
        control = f'<input type="{b.kind}" class="{box}">'
        return (
            "  " * depth
            + f'<label class="{self._class("choice", style)}">{control} {escape(" ".join(said.said))}</label>\n'
        )

    def _one(
        self, b: Block, place: dict[str, str], wide: float, depth: int, in_row: bool = False
    ) -> str:
        pad = "  " * depth
        if b.kind in ("text", "heading", "link"):
            self.before = " ".join(b.said) if b.kind == "text" and len(b.said) == 1 else ""
            return pad + self._words(b, place, wide, in_row) + "\n"
        look = {
            **place,
            "width": _share(b.wide, wide),
            **({"flex": "none"} if in_row else {}),
            **_look(b),
        }
        if b.kind == "row":
            return f'{pad}<div class="row {self._class("row", look)}">\n{self._line(b, depth + 1)}{pad}</div>\n'
        if b.kind == "column":
            inside, _ = self._stack(b.inner, b.box[0], b.wide, b.box[1], depth + 1)
            return f'{pad}<div class="column {self._class("column", look)}">\n{inside}{pad}</div>\n'
        if b.kind == "box":
            look |= {"min-height": _px(b.high)}
            frame = 1.0 if b.edge else 0.0
            inside, _ = self._stack(
                b.inner, b.box[0] + frame, b.wide - 2 * frame, b.box[1] + frame, depth + 1
            )
            if b.inner:
                look["padding-top"] = "0.02px"  # so that the first margin stays inside
            return f'{pad}<div class="box {self._class("box", look)}">\n{inside}{pad}</div>\n'
        return pad + self._control(b, {**look, "height": _px(b.high)}) + "\n"

    def _control(self, b: Block, look: dict[str, str]) -> str:
        said = escape(" ".join(b.said))
        if b.said:
            look |= {
                "font-size": f"{b.size:.3g}px",
                "color": _hex(b.ink),
                **({"font-weight": "600"} if b.bold else {}),
            }
        if b.kind == "button":
            return f'<button type="button" class="{self._class("button", look)}">{said}</button>'
        if b.kind == "input":
            look["padding"] = "0 " + _px(min(16.0, 0.3 * b.high))
            words = f"{said} {self.before}".lower().replace("e-mail", "email")
            sort = next(
                (k for k in ("password", "email", "search") if k in words),
                "email" if "@" in said else "text",
            )
            label = escape(self.before) or said or "Input"
            self.before = ""
            return f'<input type="{sort}" class="{self._class("input", look)}" placeholder="{said}" aria-label="{label}">'
        if b.kind in ("checkbox", "radio"):
            return (
                f'<input type="{b.kind}" class="{self._class(b.kind, look)}" aria-label="{b.kind}">'
            )
        return f'<div role="img" aria-label="Picture" class="picture {self._class("picture", look)}">{_CROSS}</div>'

    def _words(self, b: Block, place: dict[str, str], wide: float, in_row: bool) -> str:
        pitch = _pitch(b)
        style = {**place, "font-size": f"{b.size:.3g}px", "color": _hex(b.ink)}
        if abs(pitch - 1.25 * b.size) > 0.03 * b.size:
            style["line-height"] = _px(pitch)
        if b.bold or b.kind == "heading":
            style["font-weight"] = "700" if b.bold else "500"
        if len(b.said) > 1:
            style |= {"width": _share(b.wide + 0.6 * b.size, wide), "text-align": b.align}
        else:
            style["white-space"] = "nowrap"
        if in_row:
            style |= {"width": _share(b.wide, wide), "flex": "none"}
        said = (
            "<br>".join(escape(s) for s in b.said)
            if b.align == "center"
            else escape(" ".join(b.said))
        )
        if b.kind == "link":
            return f'<a href="#" class="{self._class("link", style)}">{said}</a>'
        if b.kind == "heading":
            self.title = self.title or " ".join(b.said)
            level = min(6, 1 + self.headings.index(round(b.size)))
            return f'<h{level} class="{self._class("heading", style)}">{said}</h{level}>'
        if _BULLET.match(b.said[0]):
            return f'<li class="{self._class("item", style)}">{_BULLET.sub("", said)}</li>'
        return f'<p class="{self._class("text", style)}">{said}</p>'

    def _class(self, kind: str, style: dict[str, str]) -> str:
        said = ";".join(
            f"{k}:{v}" for k, v in style.items() if v not in ("0", "") or k == "padding"
        )
        if said not in self.classes:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.classes[said] = f"{kind}-{self.counts[kind]}"
        return self.classes[said]


def replace_kind(b: Block, kind: str) -> Block:
    """The same block as another kind."""
    return Block(
        kind, b.box, b.said, b.ink, b.ground, b.edge, b.size, b.align, b.radius, b.bold, b.inner
    )


def _menu(row: Block, whole: Block) -> tuple[int, int] | None:
    """The stretch of a row near the top that is a menu: three or more short words of one size."""
    if row.box[1] > 0.25 * whole.high:
        return None
    short = [
        b.kind == "text" and len(b.said) == 1 and len(b.said[0].split()) < 4 for b in row.inner
    ]
    end = next((i for i in range(len(short) - 1, -1, -1) if short[i]), -1) + 1
    first = end
    while (
        first > 0
        and short[first - 1]
        and abs(row.inner[first - 1].size - row.inner[end - 1].size) < 0.2 * row.inner[end - 1].size
    ):
        first -= 1
    gaps = [b.box[0] - a.box[2] for a, b in pairwise(row.inner[first:end])]
    if len(gaps) > 2 and gaps[0] > 2 * max(gaps[1:]):
        first += 1  # a name at the left, its menu at the right
    return (first, end) if end - first > 2 or (end - first == 2 and first > 0) else None


def _pitch(b: Block) -> float:
    """From one line to the next."""
    if len(b.said) < 2:
        return 1.25 * b.size
    return max(b.size, (b.high - 0.8 * b.size) / (len(b.said) - 1))


def _extent(b: Block) -> tuple[float, float]:
    """How far what is written for a block begins above it, and its height: lines of print are
    higher than their letters.
    """
    if b.kind not in ("text", "heading", "link"):
        return 0.0, b.high
    pitch = _pitch(b)
    letters = 0.73 if re.search(r"[^acegmnopqrsuvwxyz.,:;·…\s-]", b.said[0]) else 0.53
    return (pitch - 1.117 * b.size) / 2 + (0.905 - letters) * b.size, pitch * len(b.said)


def _look(b: Block) -> dict[str, str]:
    style = {}
    if b.ground is not None and b.kind != "picture":
        style["background"] = _hex(b.ground)
    if b.edge is not None:
        style["border"] = f"1px solid {_hex(b.edge)}"
    if b.radius > 1.5 and b.kind in ("box", "button", "input"):
        style["border-radius"] = _px(min(b.radius, b.high / 2))
    return style


def _px(v: float) -> str:
    return f"{round(v)}px" if round(v) else "0"


def _share(v: float, of: float) -> str:
    share = round(100 * v / max(of, 1.0), 2)
    return f"{share:g}%" if share else "0"


def _hex(c: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*c)


def _each(block: Block) -> list[Block]:
    return [block, *(e for i in block.inner for e in _each(i))]


def svg(page: Block) -> str:
    """The page as a drawing."""
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {page.wide:.0f} {page.high:.0f}" font-family="system-ui,Arial,sans-serif">'
    ]
    out.append(
        f'  <rect width="100%" height="100%" fill="{_hex(page.ground or (255, 255, 255))}"/>'
    )
    for b in _each(page)[1:]:
        x, y = b.box[:2]
        if b.kind in ("box", "button", "input", "checkbox", "radio", "picture"):
            paint = f'fill="{_hex(b.ground) if b.ground else "none"}" stroke="{_hex(b.edge) if b.edge else "none"}"'
            corner = f' rx="{b.high / 2 if b.kind == "radio" else b.radius:.0f}"'
            out.append(
                f'  <rect x="{x:.0f}" y="{y:.0f}" width="{b.wide:.0f}" height="{b.high:.0f}"{corner} {paint}/>'
            )
            if b.kind == "picture":
                out.append(
                    f'  <path d="M{x:.0f} {y:.0f}l{b.wide:.0f} {b.high:.0f}m0 {-b.high:.0f}l{-b.wide:.0f} {b.high:.0f}" stroke="#888"/>'
                )
        for i, said in enumerate(b.said):
            centred = b.kind == "button" or b.align == "center"
            left = x + b.wide / 2 if centred else x + (8 if b.kind == "input" else 0)
            base = (
                y + b.high / 2 + 0.36 * b.size
                if b.kind in ("button", "input")
                else y + 0.75 * b.size + i * _pitch(b)
            )
            weight = ' font-weight="700"' if b.bold else ""
            anchor = ' text-anchor="middle"' if centred else ""
            out.append(
                f'  <text x="{left:.0f}" y="{base:.0f}" font-size="{b.size:.0f}"{weight}{anchor} fill="{_hex(b.ink)}">{escape(said)}</text>'
            )
    return "\n".join([*out, "</svg>"]) + "\n"

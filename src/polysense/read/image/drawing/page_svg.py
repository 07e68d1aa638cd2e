"""A page's blocks as SVG."""

from __future__ import annotations

from html import escape

from polysense.read.image.drawing.appearance import Block, hex_colour


def to_svg(page: Block) -> str:
    """The page as a drawing."""
    background = hex_colour(page.background or (255, 255, 255))
    elements = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {page.width:.0f} {page.height:.0f}" '
        'font-family="system-ui,Arial,sans-serif">',
        f'  <rect width="100%" height="100%" fill="{background}"/>',
    ]
    for block in page.descendants()[1:]:
        if block.kind in ("box", "button", "input", "checkbox", "radio", "picture"):
            elements.append(_rect(block))
        if block.kind == "picture":
            elements.append(_cross(block))
        elements += [_text(block, i) for i in range(len(block.lines))]
    return "\n".join([*elements, "</svg>"]) + "\n"


def _rect(block: Block) -> str:
    """The box of a block; a radio button is round."""
    x, y = block.box[:2]
    fill = hex_colour(block.background) if block.background else "none"
    stroke = hex_colour(block.border) if block.border else "none"
    radius = block.height / 2 if block.kind == "radio" else block.radius
    return (
        f'  <rect x="{x:.0f}" y="{y:.0f}" width="{block.width:.0f}" height="{block.height:.0f}" '
        f'rx="{radius:.0f}" fill="{fill}" stroke="{stroke}"/>'
    )


def _cross(block: Block) -> str:
    """Both diagonals: the sign of a picture."""
    x, y = block.box[:2]
    path = (
        f"M{x:.0f} {y:.0f}l{block.width:.0f} {block.height:.0f}"
        f"m0 {-block.height:.0f}l{-block.width:.0f} {block.height:.0f}"
    )
    return f'  <path d="{path}" stroke="#888"/>'


def _text(block: Block, i: int) -> str:
    """The line i of a block."""
    x, y = block.box[:2]
    is_centred = block.kind == "button" or block.align == "center"
    left = x + block.width / 2 if is_centred else x + (8 if block.kind == "input" else 0)
    baseline = (
        y + block.height / 2 + 0.36 * block.size
        if block.kind in ("button", "input")
        else y + 0.75 * block.size + i * block.line_pitch
    )
    weight = ' font-weight="700"' if block.bold else ""
    anchor = ' text-anchor="middle"' if is_centred else ""
    fill, text = hex_colour(block.text_colour), escape(block.lines[i])
    return (
        f'  <text x="{left:.0f}" y="{baseline:.0f}" font-size="{block.size:.0f}"{weight}{anchor} '
        f'fill="{fill}">{text}</text>'
    )

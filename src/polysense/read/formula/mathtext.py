"""Formulas drawn offline, in Computer Modern, by matplotlib's mathtext.

mathtext knows no macros, matrices or old forms (`a \\over b`), so formulas are rewritten for it
first: what only places or numbers things is left out, rows of an environment are drawn one below
the other, a command that it does not know is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.formula.latex import MAX_LENGTH, NUMBERING

DPI, POINTS = 150, 12.0

_MAX_DEPTH, _MAX_ROWS = 24, 12
"""Nested groups, and rows, of a formula that is drawn: limits on time."""

_MAX_UNKNOWN = 6
"""Formulas with as many unknown commands are not drawn."""

GlyphImage = NDArray[np.uint8]

_LOCK = Lock()
_IGNORED_NAMES = """
displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag small tiny
footnotesize large Large normalsize smallskip medskip bigskip hfill hline noindent protect strut
boldmath unboldmath allowbreak null relax mathstrut thinspace big Big bigg Bigg bigl Bigl biggl
Biggl bigr Bigr biggr Biggr bigm Bigm
"""
_IGNORED_WITH_ARGUMENT_NAMES = "label tag ref eqref cite vspace color hskip vskip"
_TEXT_COMMAND_NAMES = """
mbox hbox text textrm textbf textit textnormal textsf texttt textup mathop operatorname
"""
_IGNORED = frozenset(_IGNORED_NAMES.split())
_IGNORED_WITH_ARGUMENT = frozenset(_IGNORED_WITH_ARGUMENT_NAMES.split())
_TEXT_COMMANDS = frozenset(_TEXT_COMMAND_NAMES.split())
_SPACE = frozenset({"hspace", "mskip", "kern", "mkern"})
_SYNONYMS = {
    "sp": "^",
    "sb": "_",
    "stackrel": r"\overset",
    "tfrac": r"\frac",
    "cfrac": r"\dfrac",
    "dbinom": r"\binom",
    "lVert": r"\|",
    "rVert": r"\|",
    "lvert": "|",
    "rvert": "|",
    "vert": "|",
    "Vert": r"\|",
    "lbrace": r"\{",
    "rbrace": r"\}",
    "lbrack": "[",
    "rbrack": "]",
    "bm": r"\mathbf",
    "boldsymbol": r"\mathbf",
    "mit": r"\it",
    "sl": r"\it",
    "em": r"\it",
    "emph": r"\mathit",
    "dots": r"\ldots",
    "dotsc": r"\ldots",
    "dotsb": r"\cdots",
    "land": r"\wedge",
    "lor": r"\vee",
    "gets": r"\leftarrow",
    "iff": r"\Leftrightarrow",
    "implies": r"\Rightarrow",
    "lt": "<",
    "gt": ">",
    "bigtriangleup": r"\triangle",
    "underbar": r"\underline",
    "thickspace": r"\;",
    "medspace": r"\:",
    "negthinspace": r"\!",
    "enspace": r"\ ",
}
_TWO_ARGUMENTS = frozenset(("\\frac", "\\dfrac", "\\binom", "\\overset", "\\underset"))
_ONE_ARGUMENT_NAMES = "sqrt overline underline mathbf mathit mathrm mathcal mathbb mathfrak"
_ONE_ARGUMENT = frozenset(f"\\{name}" for name in _ONE_ARGUMENT_NAMES.split())


def draw(latex: str) -> GlyphImage | None:
    """A formula's image, 0 for white to 255 for black, (height, width), at POINTS and DPI.

    None where it cannot be drawn.
    """
    rows = [row for text in rewrite(latex)[:_MAX_ROWS] if (row := _draw_row(text)) is not None]
    if not rows:
        return None
    if len(rows) == 1:
        return rows[0]
    gap, width = DPI // 15, max(row.shape[1] for row in rows)
    image = np.zeros((sum(len(row) + gap for row in rows) - gap, width), np.uint8)
    top = 0
    for row in rows:
        image[top : top + len(row), : row.shape[1]] = row
        top += len(row) + gap
    return image


def _draw_row(latex: str) -> GlyphImage | None:
    """One row, without the commands that mathtext does not know."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    font = FontProperties(size=POINTS, math_fontfamily="cm")
    for _ in range(_MAX_UNKNOWN):
        try:
            with _LOCK:  # its parser is one object for all
                parsed = MathTextParser("agg").parse(f"${latex}$", dpi=DPI, prop=font)
            image = np.array(parsed.image, np.uint8)
            return image if image.any() else None
        except ValueError as e:
            unknown = re.search(r"Unknown symbol: (\\[A-Za-z]+)", str(e))
            if unknown is None:
                return None
            latex = re.sub(re.escape(unknown[1]) + r"(?![A-Za-z])", " ", latex)
        except (
            RecursionError,
            RuntimeError,
            OverflowError,
            MemoryError,
            TypeError,
            AttributeError,
            IndexError,
            KeyError,
        ):
            return None  # mathtext was not made for broken formulas
    return None


def rewrite(latex: str) -> list[str]:
    """A formula as mathtext reads it, one piece a row; none where it is too long or too deep.

    >>> rewrite(r"{a \\over b} + \\mbox{if } x \\label{one}")
    ['{\\\\dfrac{a}{b}}+{\\\\mathrm{if\\\\ }}x']
    """
    if len(latex) > MAX_LENGTH:
        return []
    plain = NUMBERING.sub("", latex)
    plain = re.sub(r"\\begin\{array\}\s*(?:\[\w\])?\s*\{[^{}]*\}", "{", plain)
    plain = re.sub(r"\\begin\{[^{}]*\}(?:\{\d+\})?", "{", plain)
    plain = re.sub(r"\\end\{[^{}]*\}", "}", plain)
    plain = re.sub(r"\\\\\s*\[-?[\d.]+\s*[a-z]{2}\]", r"\\\\ ", plain)
    plain = "".join(c for c in plain if (c.isprintable() and ord(c) < 0x2FFF) or c.isspace())
    try:
        tree = _parse_groups(_tokenise(plain))
    except ValueError:
        return []
    rows = _split_rows(tree)
    return [text for row in rows if (text := _write_group(row, 0)).strip()]


def _tokenise(latex: str) -> list[str]:
    return re.findall(r"\\[A-Za-z]+\*?|\\.|\s+|.", latex, re.S)


def _parse_groups(tokens: Sequence[str]) -> list[Any]:
    """Groups as lists. Raises ValueError where they do not close, or lie too deep."""
    stack: list[list[Any]] = [[]]
    for token in tokens:
        if token == "{":
            stack.append([])
            if len(stack) > _MAX_DEPTH:
                raise ValueError("too deep")
        elif token == "}":
            if len(stack) == 1:
                raise ValueError("closed twice")
            group = stack.pop()
            stack[-1].append(group)
        else:
            stack[-1].append(token)
    if len(stack) != 1:
        raise ValueError("not closed")
    return stack[0]


def _split_rows(tree: list[Any]) -> list[list[Any]]:
    """The rows of a formula that is one environment; else the formula."""
    content = [n for n in tree if not (isinstance(n, str) and (n.isspace() or n in (",", ".")))]
    inner = content[0] if len(content) == 1 and isinstance(content[0], list) else tree
    rows: list[list[Any]] = [[]]
    for node in inner:
        if node == "\\\\":
            rows.append([])
        else:
            rows[-1].append(node)
    return rows


def _write_group(nodes: Sequence[Any], depth: int) -> str:
    """A group's inside.

    depth counts fractions and scripts: the outermost fractions stand in full size, as in display
    style.
    """
    for over, command in (("\\over", "\\frac"), ("\\atop", "\\binom"), ("\\choose", "\\binom")):
        if over in nodes:
            position = list(nodes).index(over)
            return _write_group(
                [command, list(nodes[:position]), list(nodes[position + 1 :])], depth
            )
    nodes = _match_delimiters([n for n in nodes if not (isinstance(n, str) and n.isspace())])
    out: list[str] = []
    i = 0
    while i < len(nodes):
        i, text = _write_node(nodes, i, depth)
        out.append(text)
    return _join_spaced(out)


def _join_spaced(pieces: Sequence[str]) -> str:
    """Strings joined, with a space where a command would run into the letter after it."""
    out = ""
    for piece in pieces:
        if piece and out and re.search(r"\\[A-Za-z]+$", out) and piece[0].isalpha():
            out += " "
        out += piece
    return out


def _match_delimiters(nodes: list[Any]) -> list[Any]:
    """Without \\left, \\right and their empty delimiters, where not each has its other."""
    if nodes.count("\\left") == nodes.count("\\right"):
        return nodes
    result = []
    for before, node in zip(["", *nodes], nodes, strict=False):
        if node not in ("\\left", "\\right") and not (
            node == "." and before in ("\\left", "\\right")
        ):
            result.append(node)
    return result


def _write_node(nodes: Sequence[Any], i: int, depth: int) -> tuple[int, str]:
    """What the node at i becomes, with its arguments, and where the next begins."""
    node = nodes[i]
    if isinstance(node, list):
        inner = _write_group(node, depth)
        return i + 1, f"{{{inner}}}" if inner.strip() else ""
    if node in ("_", "^"):
        j, (argument,) = _write_arguments(nodes, i + 1, 1, depth + 1)
        return j, f"{node}{{{argument}}}"
    if not node.startswith("\\"):
        return i + 1, {"~": r"\ ", "&": r"\ ", "%": r"\%", "#": "", "$": "", "*": r"\ast "}.get(
            node, node
        )
    name = node[1:].rstrip("*")
    if name in _IGNORED or node == "\\\\":
        return i + 1, "" if name in _IGNORED else r"\ "
    if name in _IGNORED_WITH_ARGUMENT or name in _SPACE:
        has_argument = i + 1 < len(nodes) and isinstance(nodes[i + 1], list)
        width = _write_space(nodes[i + 1]) if name in _SPACE and has_argument else ""
        return i + 1 + has_argument, width
    if name in _TEXT_COMMANDS:
        return _write_text(nodes, i + 1, depth)
    node = _SYNONYMS.get(name, node if node[-1] != "*" or len(node) == 2 else node[:-1])
    if node in _TWO_ARGUMENTS:
        j, (a, b) = _write_arguments(nodes, i + 1, 2, depth + 1)
        command = r"\dfrac" if node == r"\frac" and depth == 0 else node
        return j, f"{command}{{{a}}}{{{b}}}"
    if node in _ONE_ARGUMENT:
        j, root = _root_index(nodes, i + 1) if node == "\\sqrt" else (i + 1, "")
        j, (a,) = _write_arguments(nodes, j, 1, depth)
        return j, f"{node}{root}{{{a}}}"
    return i + 1, node


def _root_index(nodes: Sequence[Any], i: int) -> tuple[int, str]:
    """The index of a root in square brackets, if it has one."""
    if i < len(nodes) and nodes[i] == "[" and "]" in nodes[i:]:
        end = list(nodes).index("]", i)
        return end + 1, f"[{_write_group(nodes[i + 1 : end], 2)}]"
    return i, ""


def _write_arguments(nodes: Sequence[Any], i: int, count: int, depth: int) -> tuple[int, list[str]]:
    """The next arguments, each a group or a node; a space where one is missing or empty."""
    arguments = []
    for _ in range(count):
        if i >= len(nodes):
            argument = ""
        elif isinstance(nodes[i], list):
            argument, i = _write_group(nodes[i], depth), i + 1
        else:
            i, argument = _write_node(nodes, i, depth)
        arguments.append(argument if argument.strip() else r"\ ")
    return i, arguments


def _write_text(nodes: Sequence[Any], i: int, depth: int) -> tuple[int, str]:
    """Upright words; formulas inside them as they are."""
    if i >= len(nodes):
        return i, ""
    inner = nodes[i] if isinstance(nodes[i], list) else [nodes[i]]
    pieces: list[list[Any]] = [[]]
    for node in inner:
        if node == "$":
            pieces.append([])
        else:
            pieces[-1].append(node)
    result = ""
    for n, piece in enumerate(pieces):
        if n % 2:
            result += _write_group(piece, depth + 1)
        elif upright := "".join(
            r"\ " if isinstance(p, str) and p.isspace() else _write_group([p], depth) for p in piece
        ):
            result += f"\\mathrm{{{upright}}}"
    return i + 1, f"{{{result}}}" if result.strip() else ""


def _write_space(nodes: Sequence[Any]) -> str:
    """A length as mathtext's space, in ems."""
    m = re.match(
        r"\s*(-?\d*\.?\d+)\s*(em|ex|pt|cm|mm|in|mu)",
        "".join(n for n in nodes if isinstance(n, str)),
    )
    if not m:
        return r"\ "
    ems = (
        float(m[1])
        * {"em": 1.0, "ex": 0.45, "pt": 0.083, "cm": 2.4, "mm": 0.24, "in": 6.0, "mu": 0.056}[m[2]]
    )
    return f"\\hspace{{{min(max(ems, -2.0), 12.0):.2f}}}"

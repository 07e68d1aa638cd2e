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

from polysense.read.formula.latex import LONGEST, NUMBERED

DPI, POINTS = 150, 12.0

_DEPTH, _PASSES, _ROWS = 24, 6, 12

Ink = NDArray[np.uint8]

_lock = Lock()
_NOTHING = """displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag small tiny footnotesize large Large
normalsize smallskip medskip bigskip hfill hline noindent protect strut boldmath unboldmath allowbreak null relax mathstrut thinspace
big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm"""
_ABOUT = "label tag ref eqref cite vspace color hskip vskip"
_UPRIGHT = "mbox hbox text textrm textbf textit textnormal textsf texttt textup mathop operatorname"
_DROPPED, _ARGUMENT, _WORDED = (frozenset(said.split()) for said in (_NOTHING, _ABOUT, _UPRIGHT))
_SPACE = frozenset({"hspace", "mskip", "kern", "mkern"})
_SAME = {
    "sp": "^", "sb": "_", "stackrel": r"\overset", "tfrac": r"\frac", "cfrac": r"\dfrac", "dbinom": r"\binom", "lVert": r"\|",
    "rVert": r"\|", "lvert": "|", "rvert": "|", "vert": "|", "Vert": r"\|", "lbrace": r"\{", "rbrace": r"\}", "lbrack": "[",
    "rbrack": "]", "bm": r"\mathbf", "boldsymbol": r"\mathbf", "mit": r"\it", "sl": r"\it", "em": r"\it", "emph": r"\mathit",
    "dots": r"\ldots", "dotsc": r"\ldots", "dotsb": r"\cdots", "land": r"\wedge", "lor": r"\vee", "gets": r"\leftarrow",
    "iff": r"\Leftrightarrow", "implies": r"\Rightarrow", "lt": "<", "gt": ">", "bigtriangleup": r"\triangle", "underbar": r"\underline",
    "thickspace": r"\;", "medspace": r"\:", "negthinspace": r"\!", "enspace": r"\ ",
}  # fmt: skip
_PAIRS = frozenset(("\\frac", "\\dfrac", "\\binom", "\\overset", "\\underset"))
_SINGLES = frozenset(
    (
        "\\sqrt",
        "\\overline",
        "\\underline",
        "\\mathbf",
        "\\mathit",
        "\\mathrm",
        "\\mathcal",
        "\\mathbb",
        "\\mathfrak",
    )
)


def draw(latex: str) -> Ink | None:
    """How a formula looks: 0 for white to 255 for black, (height, width), at 12 points and DPI;
    None where it cannot be drawn.
    """
    rows = [ink for said in rewritten(latex)[:_ROWS] if (ink := _drawn(said)) is not None]
    if not rows:
        return None
    if len(rows) == 1:
        return rows[0]
    gap, width = DPI // 15, max(row.shape[1] for row in rows)
    whole = np.zeros((sum(len(row) + gap for row in rows) - gap, width), np.uint8)
    at = 0
    for row in rows:
        whole[at : at + len(row), : row.shape[1]] = row
        at += len(row) + gap
    return whole


def _drawn(said: str) -> Ink | None:
    """One row; without the commands that are not known."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    font = FontProperties(size=POINTS, math_fontfamily="cm")
    for _ in range(_PASSES):
        try:
            with _lock:  # its parser is one object for all
                found = MathTextParser("agg").parse(f"${said}$", dpi=DPI, prop=font)
            ink = np.array(found.image, np.uint8)
            return ink if ink.any() else None
        except ValueError as e:
            unknown = re.search(r"Unknown symbol: (\\[A-Za-z]+)", str(e))
            if unknown is None:
                return None
            said = re.sub(re.escape(unknown[1]) + r"(?![A-Za-z])", " ", said)
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
            return None  # it was not made for what people do not write
    return None


def rewritten(latex: str) -> list[str]:
    """A formula as mathtext reads it, one piece a row; none where it is too long or too deep.

    >>> rewritten(r"{a \\over b} + \\mbox{if } x \\label{one}")
    ['{\\\\dfrac{a}{b}}+{\\\\mathrm{if\\\\ }}x']
    """
    if len(latex) > LONGEST:
        return []
    plain = NUMBERED.sub("", latex)
    plain = re.sub(r"\\begin\{array\}\s*(?:\[\w\])?\s*\{[^{}]*\}", "{", plain)
    plain = re.sub(r"\\begin\{[^{}]*\}(?:\{\d+\})?", "{", plain)
    plain = re.sub(r"\\end\{[^{}]*\}", "}", plain)
    plain = re.sub(r"\\\\\s*\[-?[\d.]+\s*[a-z]{2}\]", r"\\\\ ", plain)
    plain = "".join(c for c in plain if (c.isprintable() and ord(c) < 0x2FFF) or c.isspace())
    try:
        tree = _tree(_tokens(plain))
    except ValueError:
        return []
    rows = _rows(tree)
    return [said for row in rows if (said := _said(row, 0)).strip()]


def _tokens(latex: str) -> list[str]:
    return re.findall(r"\\[A-Za-z]+\*?|\\.|\s+|.", latex, re.S)


def _tree(tokens: Sequence[str]) -> list[Any]:
    """Groups as lists. Raises ValueError where they do not close, or lie too deep."""
    stack: list[list[Any]] = [[]]
    for token in tokens:
        if token == "{":
            stack.append([])
            if len(stack) > _DEPTH:
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


def _rows(tree: list[Any]) -> list[list[Any]]:
    """The rows of a formula that is one environment; else the formula."""
    held = [n for n in tree if not (isinstance(n, str) and (n.isspace() or n in (",", ".")))]
    inner = held[0] if len(held) == 1 and isinstance(held[0], list) else tree
    rows: list[list[Any]] = [[]]
    for node in inner:
        if node == "\\\\":
            rows.append([])
        else:
            rows[-1].append(node)
    return rows


def _said(nodes: Sequence[Any], depth: int) -> str:
    """A group's inside. depth counts fractions and scripts: the outermost fractions stand in full
    size, as in display style.
    """
    for over, made in (("\\over", "\\frac"), ("\\atop", "\\binom"), ("\\choose", "\\binom")):
        if over in nodes:
            at = list(nodes).index(over)
            return _said([made, list(nodes[:at]), list(nodes[at + 1 :])], depth)
    nodes = _matched([n for n in nodes if not (isinstance(n, str) and n.isspace())])
    out: list[str] = []
    i = 0
    while i < len(nodes):
        i, said = _node(nodes, i, depth)
        out.append(said)
    return _spaced(out)


def _spaced(pieces: Sequence[str]) -> str:
    """Joined, with a space where a command would run into the letter after it."""
    out = ""
    for piece in pieces:
        if piece and out and re.search(r"\\[A-Za-z]+$", out) and piece[0].isalpha():
            out += " "
        out += piece
    return out


def _matched(nodes: list[Any]) -> list[Any]:
    """Without \\left and \\right where not each has its other, nor the sign that stands for no
    delimiter.
    """
    if nodes.count("\\left") == nodes.count("\\right"):
        return nodes
    kept = []
    for before, node in zip(["", *nodes], nodes, strict=False):
        if node not in ("\\left", "\\right") and not (
            node == "." and before in ("\\left", "\\right")
        ):
            kept.append(node)
    return kept


def _node(nodes: Sequence[Any], i: int, depth: int) -> tuple[int, str]:
    """What the node at i becomes, with its arguments, and where the next begins."""
    node = nodes[i]
    if isinstance(node, list):
        inner = _said(node, depth)
        return i + 1, f"{{{inner}}}" if inner.strip() else ""
    if node in ("_", "^"):
        j, (said,) = _arguments(nodes, i + 1, 1, depth + 1)
        return j, f"{node}{{{said}}}"
    if not node.startswith("\\"):
        return i + 1, {"~": r"\ ", "&": r"\ ", "%": r"\%", "#": "", "$": "", "*": r"\ast "}.get(
            node, node
        )
    name = node[1:].rstrip("*")
    if name in _DROPPED or node == "\\\\":
        return i + 1, "" if name in _DROPPED else r"\ "
    if name in _ARGUMENT or name in _SPACE:
        braced = i + 1 < len(nodes) and isinstance(nodes[i + 1], list)
        return i + 1 + braced, _width(nodes[i + 1]) if name in _SPACE and braced else ""
    if name in _WORDED:
        return _worded(nodes, i + 1, depth)
    node = _SAME.get(name, node if node[-1] != "*" or len(node) == 2 else node[:-1])
    if node in _PAIRS:
        j, (a, b) = _arguments(nodes, i + 1, 2, depth + 1)
        drawn = r"\dfrac" if node == r"\frac" and depth == 0 else node
        return j, f"{drawn}{{{a}}}{{{b}}}"
    if node in _SINGLES:
        j, root = _root(nodes, i + 1) if node == "\\sqrt" else (i + 1, "")
        j, (a,) = _arguments(nodes, j, 1, depth)
        return j, f"{node}{root}{{{a}}}"
    return i + 1, node


def _root(nodes: Sequence[Any], i: int) -> tuple[int, str]:
    if i < len(nodes) and nodes[i] == "[" and "]" in nodes[i:]:
        end = list(nodes).index("]", i)
        return end + 1, f"[{_said(nodes[i + 1 : end], 2)}]"
    return i, ""


def _arguments(nodes: Sequence[Any], i: int, count: int, depth: int) -> tuple[int, list[str]]:
    """Each a group or the next node; a space where one is missing or empty."""
    found = []
    for _ in range(count):
        if i >= len(nodes):
            said = ""
        elif isinstance(nodes[i], list):
            said, i = _said(nodes[i], depth), i + 1
        else:
            i, said = _node(nodes, i, depth)
        found.append(said if said.strip() else r"\ ")
    return i, found


def _worded(nodes: Sequence[Any], i: int, depth: int) -> tuple[int, str]:
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
    made = ""
    for n, piece in enumerate(pieces):
        if n % 2:
            made += _said(piece, depth + 1)
        elif said := "".join(
            r"\ " if isinstance(p, str) and p.isspace() else _said([p], depth) for p in piece
        ):
            made += f"\\mathrm{{{said}}}"
    return i + 1, f"{{{made}}}" if made.strip() else ""


def _width(nodes: Sequence[Any]) -> str:
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

"""Mathematics written in LaTeX: where it stands in words, and how it looks, drawn by matplotlib's mathtext in Computer Modern.

mathtext knows no macros, matrices or old forms (`a \\over b`), so formulas are rewritten for it first: what only places or numbers things is
left out, rows of an environment are drawn one below the other, a command that it does not know is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

LONGEST = 1500
"""Characters of a formula: a longer one is none, or takes too long to draw."""

MOST = 60
"""Formulas found in one stretch of words."""

DPI, POINTS = 150, 12.0

_DEPTH, _PASSES, _ROWS = 24, 6, 12
_ENVIRONMENTS = "equation|align|alignat|aligned|gather|gathered|multline|eqnarray|displaymath|math|split|flalign"
_DELIMITED = re.compile(
    rf"\\begin\{{({_ENVIRONMENTS})(\*?)\}}(?P<env>.{{1,{LONGEST}}}?)\\end\{{\1\2\}}"
    rf"|(?<![\\$])\$\$(?P<display>[^$]{{1,{LONGEST}}})\$\$"
    rf"|\\\[(?P<brackets>.{{1,{LONGEST}}}?)\\\]|\\\((?P<round>.{{1,{LONGEST}}}?)\\\)"
    rf"|(?<![\\$\w])\$(?![\s$])(?P<inline>(?:[^$\\\n]|\\.){{1,300}}?)(?<![\s\\])\$(?![\d$])",
    re.S,
)
_MATHS = re.compile(r"\\[A-Za-z]{2,}|[_^]\s*(?:\{|\\?\w)")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.S)
_BARE = re.compile(r"[^\n]{3,}")
_WORDS = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{4,}(?![A-Za-z}])")
_PROSE = re.compile(
    r"\\(?:section|subsection|chapter|item|documentclass|usepackage|includegraphics|caption|newcommand|def|maketitle)\b|https?://"
)
NUMBERED = re.compile(r"\\(?:label|tag|ref|eqref|cite)\s*\{[^{}]*\}|\\(?:nonumber|notag)\b|^\s*%+|(?<!\\)%[^\n]*")
"""What numbers a formula, and comments; one that begins with the sign of a comment was written in several lines."""


@dataclass(frozen=True, slots=True)
class Formula:
    """text[start:end] of the words is this LaTeX, its delimiters taken off."""

    latex: str
    start: int
    end: int


def formulas(words: str, most: int = MOST) -> list[Formula]:
    """The formulas in words, in order, at most `most`: between delimiters ($, \\[, environments), else lines and values that are one.

    >>> [f.latex for f in formulas(r"By $E = mc^2$ and \\\\[a_1 < b\\\\] we pay $5 or $6.")]
    ['E = mc^2', 'a_1 < b']
    """
    found = []
    for m in _DELIMITED.finditer(words):
        name = m.lastgroup or ""
        said, start = m[name], m.start(name)
        kept = said.strip()
        begin = start + len(said) - len(said.lstrip())
        if worth(kept, 1 if name == "inline" else 0):
            found.append(Formula(kept, begin, begin + len(kept)))
        if len(found) == most:
            return found
    return found or list(islice(_bare(words), most))


def worth(latex: str, least: int = 0) -> bool:
    """Whether it is more than a letter or a number: enough to be told from others by how it looks."""
    plain = NUMBERED.sub("", latex)
    return len(re.sub(r"[\s{}$\\]", "", plain)) >= (4 if least else 3) and balanced(plain) and not _PROSE.search(plain)


def balanced(latex: str) -> bool:
    """Whether its braces are."""
    depth = 0
    for m in re.finditer(r"\\.|[{}]", latex, re.S):
        depth += (m[0] == "{") - (m[0] == "}")
        if depth < 0:
            return False
    return depth == 0


def _bare(words: str) -> Iterator[Formula]:
    """Lines, and values after a column's name or a semicolon, that are LaTeX and hardly words."""
    for line in _BARE.finditer(words):
        if "\\" not in line[0] or len(line[0]) > 4 * LONGEST:
            continue
        for a, b in _values(line[0]):
            said = line[0][a:b]
            if formal(said):
                yield Formula(said, line.start() + a, line.start() + b)


def formal(said: str) -> bool:
    """Whether words without delimiters are a formula: commands or scripts, balanced braces, few words in between."""
    if len(said) > LONGEST or not (worth(said) and _MATHS.search(said)):
        return False
    bare = re.sub(r"\\[A-Za-z]+|\\(?:mbox|text\w*|mathrm|hbox|label)\s*\{[^{}]*\}", " ", said)
    marks = len(_MATHS.findall(said))
    return len(_WORDS.findall(bare)) <= max(1, marks // 3)


def _values(line: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what stands between "; " in a line, without a column's name before it; brackets that are open hold it together."""
    begin = 0
    for stop in [*(m.start() for m in re.finditer(r"(?<!\\); ", line)), len(line)]:
        if stop < len(line) and _open(line[begin:stop]):
            continue
        name = re.match(r"\s*(?:[^\\{}$^=:]{1,40}: )?\s*", line[begin:stop])
        yield begin + (name.end() if name else 0), begin + len(line[begin:stop].rstrip())
        begin = stop + 2


def _open(said: str) -> bool:
    """Whether a bracket waits for its other."""
    return any(said.count(a) > said.count(b) for a, b in ("{}", "()", "[]"))


# -- drawing ---------------------------------------------------------------------------------------------------------------------------

Ink = NDArray[np.uint8]
Node: TypeAlias = "str | list[Any]"

_lock = Lock()
_DROPPED = frozenset(
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag small tiny footnotesize large Large normalsize "
    "smallskip medskip bigskip hfill hline noindent protect strut boldmath unboldmath allowbreak null relax left. right. big Big bigg Bigg "
    "bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm mathstrut rm. thinspace".split()
)
_ARGUMENT = frozenset("label tag ref eqref cite vspace color hskip vskip".split())
_SPACE = frozenset("hspace mskip kern mkern".split())
_WORDED = frozenset("mbox hbox text textrm textbf textit textnormal textsf texttt textup mathop operatorname".split())
_SAME = {
    "sp": "^", "sb": "_", "stackrel": r"\overset", "tfrac": r"\frac", "cfrac": r"\dfrac", "dbinom": r"\binom", "lVert": r"\|",
    "rVert": r"\|", "lvert": "|", "rvert": "|", "vert": "|", "Vert": r"\|", "lbrace": r"\{", "rbrace": r"\}", "lbrack": "[",
    "rbrack": "]", "bm": r"\mathbf", "boldsymbol": r"\mathbf", "mit": r"\it", "sl": r"\it", "em": r"\it", "emph": r"\mathit",
    "dots": r"\ldots", "dotsc": r"\ldots", "dotsb": r"\cdots", "land": r"\wedge", "lor": r"\vee", "gets": r"\leftarrow",
    "iff": r"\Leftrightarrow", "implies": r"\Rightarrow", "lt": "<", "gt": ">", "bigtriangleup": r"\triangle", "underbar": r"\underline",
    "thickspace": r"\;", "medspace": r"\:", "negthinspace": r"\!", "enspace": r"\ ",
}  # fmt: skip
_PAIRS = frozenset(("\\frac", "\\dfrac", "\\binom", "\\overset", "\\underset"))
_SINGLES = frozenset(("\\sqrt", "\\overline", "\\underline", "\\mathbf", "\\mathit", "\\mathrm", "\\mathcal", "\\mathbb", "\\mathfrak"))


def draw(latex: str) -> Ink | None:
    """How a formula looks: 0 for white to 255 for black, (height, width), at 12 points and DPI; None where it cannot be drawn."""
    rows = [ink for said in mathtext(latex)[:_ROWS] if (ink := _drawn(said)) is not None]
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
        except (RecursionError, RuntimeError, OverflowError, MemoryError, TypeError, AttributeError, IndexError, KeyError):
            return None  # it was not made for what people do not write
    return None


def mathtext(latex: str) -> list[str]:
    """A formula as mathtext reads it, one piece a row; none where it is too long or too deep.

    >>> mathtext(r"{a \\over b} + \\mbox{if } x \\label{one}")
    ['{\\\\dfrac{a}{b}}+\\\\mathrm{if\\\\ }x']
    """
    if len(latex) > LONGEST:
        return []
    plain = NUMBERED.sub("", latex)
    plain = re.sub(r"\\begin\{array\}\s*(?:\[\w\])?\s*\{[^{}]*\}", "{", plain)
    plain = re.sub(r"\\begin\{[^{}]*\}(?:\{\d+\})?", "{", plain)
    plain = re.sub(r"\\end\{[^{}]*\}", "}", plain)
    plain = "".join(c for c in plain if c.isprintable() and ord(c) < 0x2FFF or c.isspace())
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
    """A group's inside. depth counts fractions and scripts: the outermost fractions stand in full size, as in display style."""
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
    """Without \\left and \\right where not each has its other, nor the sign that stands for no delimiter."""
    if nodes.count("\\left") == nodes.count("\\right"):
        return nodes
    kept = []
    for before, node in zip(["", *nodes], nodes, strict=False):
        if node not in ("\\left", "\\right") and not (node == "." and before in ("\\left", "\\right")):
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
        return i + 1, {"~": r"\ ", "&": r"\ ", "%": r"\%", "#": "", "$": "", "*": r"\ast "}.get(node, node)
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
        elif said := "".join(r"\ " if isinstance(p, str) and p.isspace() else _said([p], depth) for p in piece):
            made += f"\\mathrm{{{said}}}"
    return i + 1, f"{{{made}}}" if made.strip() else ""


def _width(nodes: Sequence[Any]) -> str:
    """A length as mathtext's space, in ems."""
    m = re.match(r"\s*(-?\d*\.?\d+)\s*(em|ex|pt|cm|mm|in|mu)", "".join(n for n in nodes if isinstance(n, str)))
    if not m:
        return r"\ "
    ems = float(m[1]) * {"em": 1.0, "ex": 0.45, "pt": 0.083, "cm": 2.4, "mm": 0.24, "in": 6.0, "mu": 0.056}[m[2]]
    return f"\\hspace{{{min(max(ems, -2.0), 12.0):.2f}}}"

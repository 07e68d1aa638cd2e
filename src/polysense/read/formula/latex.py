"""Mathematics written in LaTeX: where it stands in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

LONGEST = 1500
"""Characters of a formula: a longer one is none, or takes too long to draw."""

MOST = 60
"""Formulas found in one stretch of words."""

_ENVIRONMENTS = "equation|align|alignat|aligned|gather|gathered|multline|eqnarray|displaymath|math|split|flalign"
_DELIMITED = re.compile(
    rf"\\begin\{{({_ENVIRONMENTS})(\*?)\}}(?P<env>.{{1,{LONGEST}}}?)\\end\{{\1\2\}}"
    rf"|(?<![\\$])\$\$(?P<display>[^$]{{1,{LONGEST}}})\$\$"
    rf"|(?<!\\)\\\[(?P<brackets>.{{1,{LONGEST}}}?)\\\]|\\\((?P<round>.{{1,{LONGEST}}}?)\\\)"
    rf"|(?<![\\$\w])\$(?![\s$])(?P<inline>(?:[^$\\\n]|\\.){{1,300}}?)(?<![\s\\])\$(?![\d$])",
    re.S,
)
_MATHS = re.compile(r"\\[A-Za-z]{2,}|[_^]\s*(?:\{|\\?\w)")
_SURELY = re.compile(
    r"[\^=]|_\{|\\(?:frac|sqrt|sum|int|prod|over|cal|left|partial|nabla|infty|mathcal|mathrm|mathbf|hat|bar|tilde|vec|alpha|beta|gamma|delta"
    r"|theta|lambda|mu|nu|pi|rho|sigma|phi|psi|omega|Gamma|Delta|Phi|Psi|Omega|to|le|ge|leq|geq|in|times|cdot|pm|sim|approx|equiv)(?![A-Za-z])"
)
_PATH = re.compile(r"\s*(?:[A-Za-z]:\\|\\\\)\w")
_BARE = re.compile(r"[^\n]{3,}")
_WORDS = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{4,}(?![A-Za-z}])")
_PROSE = re.compile(
    r"\\(?:section|subsection|chapter|item|documentclass|usepackage|includegraphics|caption|newcommand|def|maketitle)\b|https?://"
)
NUMBERED = re.compile(
    r"\\(?:label|tag|ref|eqref|cite)\s*\{[^{}]*\}|\\(?:nonumber|notag)\b|^\s*%+|(?<!\\)%[^\n]*"
)
"""What numbers a formula, and comments; one that begins with the sign of a comment was written in
several lines.
"""


@dataclass(frozen=True, slots=True)
class Formula:
    """text[start:end] of the words is this LaTeX, its delimiters taken off."""

    latex: str
    start: int
    end: int


def formulas(words: str, most: int = MOST) -> list[Formula]:
    """The formulas in words, in order, at most `most`: between delimiters ($, \\[, environments),
    else lines and values that are one.

    >>> [f.latex for f in formulas(r"By $E = mc^2$ and \\[a_1 < b\\] we pay $5 or $6.")]
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
    return (
        len(re.sub(r"[\s{}$\\]", "", plain)) >= (4 if least else 3)
        and balanced(plain)
        and not _PROSE.search(plain)
    )


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
    """Whether words without delimiters are a formula: commands or scripts, balanced braces, few
    words in between.
    """
    if (
        len(said) > LONGEST
        or _PATH.match(said)
        or not (worth(said) and _MATHS.search(said) and _SURELY.search(said))
    ):
        return False
    bare = re.sub(r"\\[A-Za-z]+|\\(?:mbox|text\w*|mathrm|hbox|label)\s*\{[^{}]*\}", " ", said)
    marks = len(_MATHS.findall(said))
    return len(_WORDS.findall(bare)) <= max(1, marks // 3)


def _values(line: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what stands between "; " in a line, without a column's name before it;
    brackets that are open hold it together.
    """
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

"""Mathematics written in LaTeX: where it stands in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MAX_LENGTH = 1500
"""Characters of a formula: a longer one is none, or takes too long to draw."""

MAX_INLINE_LENGTH = 300
"""Characters between single dollars."""

MIN_CHARACTERS, MIN_INLINE_CHARACTERS = 3, 4
"""Characters that a formula has, spaces, braces and dollars aside: fewer tell nothing."""

MARKS_PER_WORD = 3
"""Commands or scripts for each long word that a formula without delimiters may have. Judged, not
measured.
"""

MAX_FORMULAS = 60
"""Formulas found in one stretch of words."""

_ENVIRONMENTS = (
    "equation|align|alignat|aligned|gather|gathered|multline|eqnarray|displaymath|math|split"
    "|flalign"
)
_DELIMITED = re.compile(
    rf"\\begin\{{({_ENVIRONMENTS})(\*?)\}}(?P<env>.{{1,{MAX_LENGTH}}}?)\\end\{{\1\2\}}"
    rf"|(?<![\\$])\$\$(?P<display>[^$]{{1,{MAX_LENGTH}}})\$\$"
    rf"|(?<!\\)\\\[(?P<brackets>.{{1,{MAX_LENGTH}}}?)\\\]|\\\((?P<round>.{{1,{MAX_LENGTH}}}?)\\\)"
    rf"|(?<![\\$\w])\$(?![\s$])(?P<inline>(?:[^$\\\n]|\\.){{1,{MAX_INLINE_LENGTH}}}?)(?<![\s\\])\$(?![\d$])",
    re.S,
)
_MATH_MARK = re.compile(r"\\[A-Za-z]{2,}|[_^]\s*(?:\{|\\?\w)")
_CERTAIN_MATH = re.compile(
    r"[\^=]|_\{|\\(?:frac|sqrt|sum|int|prod|over|cal|left|partial|nabla|infty"
    r"|mathcal|mathrm|mathbf|hat|bar|tilde|vec|alpha|beta|gamma|delta"
    r"|theta|lambda|mu|nu|pi|rho|sigma|phi|psi|omega|Gamma|Delta|Phi|Psi|Omega"
    r"|to|le|ge|leq|geq|in|times|cdot|pm|sim|approx|equiv)(?![A-Za-z])"
)
_WINDOWS_PATH = re.compile(r"\s*(?:[A-Za-z]:\\|\\\\)\w")
_LINE = re.compile(r"[^\n]{3,}")
_LONG_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{4,}(?![A-Za-z}])")
_DOCUMENT_MARKUP = re.compile(
    r"\\(?:section|subsection|chapter|item|documentclass|usepackage|includegraphics|caption"
    r"|newcommand|def|maketitle)\b|https?://"
)
NUMBERING = re.compile(
    r"\\(?:label|tag|ref|eqref|cite)\s*\{[^{}]*\}|\\(?:nonumber|notag)\b|^\s*%+|(?<!\\)%[^\n]*"
)
"""What numbers a formula, and comments.

A formula that begins with the sign of a comment was written in several lines.
"""


@dataclass(frozen=True, slots=True)
class Formula:
    """text[start:end] of the words is this LaTeX, its delimiters taken off."""

    latex: str
    start: int
    end: int


def find_formulas(words: str, limit: int = MAX_FORMULAS) -> list[Formula]:
    """The formulas in words, in order, at most `limit`.

    Those between delimiters ($, \\[, environments), else lines and values that are one.

    >>> words = r"By $E = mc^2$ and \\[a_1 < b\\] we pay $5 or $6."
    >>> [f.latex for f in find_formulas(words)]
    ['E = mc^2', 'a_1 < b']
    """
    matches = []
    for m in _DELIMITED.finditer(words):
        name = m.lastgroup or ""
        body, start = m[name], m.start(name)
        latex = body.strip()
        position = start + len(body) - len(body.lstrip())
        if is_distinctive(latex, is_inline=name == "inline"):
            matches.append(Formula(latex, position, position + len(latex)))
        if len(matches) == limit:
            return matches
    return matches or list(islice(_undelimited_formulas(words), limit))


def is_distinctive(latex: str, is_inline: bool = False) -> bool:
    """Whether it is more than a letter or a number, so that it can be found by how it looks."""
    plain = NUMBERING.sub("", latex)
    min_characters = MIN_INLINE_CHARACTERS if is_inline else MIN_CHARACTERS
    return (
        len(re.sub(r"[\s{}$\\]", "", plain)) >= min_characters
        and is_balanced(plain)
        and not _DOCUMENT_MARKUP.search(plain)
    )


def is_balanced(latex: str) -> bool:
    """Whether its braces are."""
    depth = 0
    for m in re.finditer(r"\\.|[{}]", latex, re.S):
        depth += (m[0] == "{") - (m[0] == "}")
        if depth < 0:
            return False
    return depth == 0


def _undelimited_formulas(words: str) -> Iterator[Formula]:
    """Lines, and values after a column's name or a semicolon, that are LaTeX and hardly words."""
    for line in _LINE.finditer(words):
        if "\\" not in line[0] or len(line[0]) > 4 * MAX_LENGTH:
            continue
        for a, b in _value_ranges(line[0]):
            value = line[0][a:b]
            if is_formula(value):
                yield Formula(value, line.start() + a, line.start() + b)


def is_formula(text: str) -> bool:
    """Whether text without delimiters is a formula: commands or scripts, and few words."""
    if (
        len(text) > MAX_LENGTH
        or _WINDOWS_PATH.match(text)
        or not (is_distinctive(text) and _MATH_MARK.search(text) and _CERTAIN_MATH.search(text))
    ):
        return False
    remainder = re.sub(r"\\[A-Za-z]+|\\(?:mbox|text\w*|mathrm|hbox|label)\s*\{[^{}]*\}", " ", text)
    mark_count = len(_MATH_MARK.findall(text))
    return len(_LONG_WORD.findall(remainder)) <= max(1, mark_count // MARKS_PER_WORD)


def _value_ranges(line: str) -> Iterator[tuple[int, int]]:
    """(start, end) of the values between "; " in a line, without a column's name before each.

    A "; " within brackets does not divide.
    """
    begin = 0
    for stop in [*(m.start() for m in re.finditer(r"(?<!\\); ", line)), len(line)]:
        if stop < len(line) and _has_open_bracket(line[begin:stop]):
            continue
        name = re.match(r"\s*(?:[^\\{}$^=:]{1,40}: )?\s*", line[begin:stop])
        yield begin + (name.end() if name else 0), begin + len(line[begin:stop].rstrip())
        begin = stop + 2


def _has_open_bracket(text: str) -> bool:
    """Whether a bracket waits for its other."""
    return any(text.count(a) > text.count(b) for a, b in ("{}", "()", "[]"))

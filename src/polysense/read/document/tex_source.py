"""LaTeX without what is not set in print: comments, and letters that are written as commands."""

from __future__ import annotations

import re
from unicodedata import normalize

_TOKEN = re.compile(
    r"(?P<text>\\begin\{(?P<env>verbatim\*?|lstlisting|minted|Verbatim|alltt)\}"
    r".*?(?:\\end\{(?P=env)\}|\Z)"
    r"|\\verb\*?(?P<mark>[^\w\s*])[^\n]{0,2000}?(?P=mark)"
    r"|\\lstinline(?:\[[^\]\n]{0,200}\])?(?P<bar>[^\w\s*{[])[^\n]{0,2000}?(?P=bar)"
    r"|\\mintinline(?:\[[^\]\n]{0,200}\])?\{[^{}\n]{0,100}\}"
    r"(?:(?P<sign>[^\w\s*{])[^\n]{0,2000}?(?P=sign)|\{[^{}\n]{0,2000}\})"
    r"|\\lstinline(?:\[[^\]\n]{0,200}\])?\{[^{}\n]{0,2000}\}"
    r"|\\(?:url|href|path|nolinkurl)\s*\{[^{}\n]{0,2000}\}"
    r"|\\\\)"
    r"|(?P<comment>\\begin\{comment\}.*?(?:\\end\{comment\}|\Z)"
    r"|\\iffalse\b.*?(?:\\fi\b|\Z)"
    r"|(?P<end>\\end\{document\}).*\Z"
    r"|%[^\n]*)"
    r"|(?P<escape>\\.)",
    re.S,
)
"""What stays as it is: code, addresses, line breaks; what is not set: comments, and what follows
the document.
"""

_COMBINING = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å",
    "AA": "Å", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "th": "þ",
}  # fmt: skip
_ACCENT = re.compile(
    r"\{?\\(?:(?P<sign>[\"'`^~=.])\s?|(?P<command>[uvHckrdb])(?=\{|\s))"
    r"(?:\{\s?\\?(?P<braced>[A-Za-z])\s?\}|\s?\\?(?P<bare>[A-Za-z])(?![A-Za-z]*\{))(?P<close>\})?"
)
_LETTER = re.compile(
    rf"\\({'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?:\{{\}}|(?![A-Za-z])\s?)"
)
_SIGN = re.compile(r"\\([%&#_$])")


def printed_source(source: str, *, has_comments: bool = True) -> str:
    """A source without comments, its letters and signs as they are printed; each line stays the
    line that it was. A list of references (BibTeX) has no comments: a per cent sign is one. Those
    of a package are what it says.

    >>> printed_source("M\\\\\\"unster: 5\\\\% of it % TODO\\n\\\\v{S}koda")
    'Münster: 5% of it \\nŠkoda'
    """
    if not has_comments:
        return _printed(source)
    parts: list[str] = []
    start = 0
    for m in _TOKEN.finditer(source):
        if m["escape"]:
            continue
        text = m["text"] or (m["end"] or "") + "\n" * m[0].count("\n")
        parts += [_printed(source[start : m.start()]), text]
        start = m.end()
    return "".join([*parts, _printed(source[start:])])


def _printed(source: str) -> str:
    """Letters and signs as they are printed, for the commands that stand for them."""
    source = _ACCENT.sub(_accented, source)
    source = _LETTER.sub(lambda m: _LETTERS[m[1]] + "\n" * m[0].count("\n"), source)
    return _SIGN.sub(r"\1", source)


def _accented(m: re.Match[str]) -> str:
    letter, mark = m["braced"] or m["bare"], _COMBINING[m["sign"] or m["command"]]
    opening, closing = m[0].startswith("{"), m["close"] is not None
    letter = normalize("NFC", letter + mark) + "\n" * m[0].count("\n")
    if opening == closing:
        return letter
    return "{" + letter if opening else letter + "}"

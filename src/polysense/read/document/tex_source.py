"""LaTeX without what is not set in print: comments, and letters that are written as commands."""

from __future__ import annotations

import re
from unicodedata import normalize

_UNSET = re.compile(
    r"(?P<text>\\begin\{(?P<env>verbatim\*?|lstlisting|minted|Verbatim)\}.*?(?:\\end\{(?P=env)\}|\Z)"
    r"|\\verb\*?(?P<mark>[^\w\s*])[^\n]*?(?P=mark)"
    r"|\\(?:url|href|path|nolinkurl)\s*\{[^{}\n]{0,2000}\})"
    r"|\\begin\{comment\}.*?(?:\\end\{comment\}|\Z)"
    r"|\\iffalse\b.*?(?:\\fi\b|\Z)"
    r"|(?P<end>\\end\{document\}).*\Z"
    r"|(?P<escape>\\.)"
    r"|%[^\n]*",
    re.S,
)
"""Verbatim text and addresses, which are kept; blocks of comments; what follows the document."""

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
    line that it was. A list of references (BibTeX) has no comments: a per cent sign is one.

    >>> printed_source("M\\\\\\"unster: 5\\\\% of it % TODO\\n\\\\v{S}koda")
    'Münster: 5% of it \\nŠkoda'
    """
    if has_comments:
        source = _UNSET.sub(_without_comment, source)
    source = _ACCENT.sub(_accented, source)
    source = _LETTER.sub(lambda m: _LETTERS[m[1]] + "\n" * m[0].count("\n"), source)
    return _SIGN.sub(r"\1", source)


def _without_comment(m: re.Match[str]) -> str:
    text: str = m["text"] or m["escape"] or ""
    return text or (m["end"] or "") + "\n" * m[0].count("\n")


def _accented(m: re.Match[str]) -> str:
    letter, mark = m["braced"] or m["bare"], _COMBINING[m["sign"] or m["command"]]
    opening, closing = m[0].startswith("{"), m["close"] is not None
    letter = normalize("NFC", letter + mark) + "\n" * m[0].count("\n")
    if opening == closing:
        return letter
    return "{" + letter if opening else letter + "}"

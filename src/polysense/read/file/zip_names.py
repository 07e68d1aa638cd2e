"""The names of the members of a zip, in their letters.

APPNOTE.TXT 4.4.4: a flag says that a name is UTF-8. Without it, it is in whatever encoding the
system of its writer had, and Python reads it in that of the first PCs.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from itertools import pairwise
from unicodedata import name as letter_name

from polysense.read.file.encoding import guess_encoding

_IS_UTF8 = 0x800
_IDEOGRAPHIC = ("gb18030", "cp932", "big5", "cp949")
_PC, _WESTERN = "cp437", frozenset({"cp850", "cp852", "cp1252", "mac_roman"})
"""What Python took a name for, and encodings in which it would be Western words too: the PC's."""

_CYRILLIC = "cp866"
_WORD = re.compile(r"[^\W\d_]+")
_NO_WORD = re.compile(r"[^\x00-\x7f]{3}")
_MAX_BEYOND = 2 / 3
"""Of the letters of a Western word those beyond ASCII: "été". Judged, not measured."""


def named_members(infos: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by name; of the same name, the last counts."""
    files = [info for info in infos if not info.filename.endswith("/")]
    encoding = _encoding([info for info in files if not info.flag_bits & _IS_UTF8])
    return {_name(info, encoding): info for info in files}


def _encoding(infos: Iterable[zipfile.ZipInfo]) -> str:
    """The encoding of names that tell none: one for all, for one system wrote them."""
    names = [info.filename for info in infos if not info.filename.isascii()]
    try:
        raw = "\n".join(names).encode(_PC)
    except UnicodeEncodeError:  # named by a program of Python's
        return _PC
    if _is_western(raw):
        return _PC
    encoding = guess_encoding(raw)
    if not _is_of_letters(raw, encoding):  # of two or three letters the bytes tell little
        if _is_cyrillic(raw):
            return _CYRILLIC
        encoding = next((e for e in _IDEOGRAPHIC if _is_of_ideographs(raw, e)), encoding)
    return _PC if encoding in _WESTERN else encoding


def _is_western(raw: bytes) -> bool:
    """Whether names are words of Latin letters as they are: most of each word's letters ASCII."""
    text = raw.decode(_PC)
    words = [w for w in _WORD.findall(text) if not w.isascii()]
    return (
        all(c.isascii() or letter_name(c, "").startswith("LATIN ") for c in text)
        and all(sum(c > "\x7f" for c in w) <= max(1, _MAX_BEYOND * len(w)) for w in words)
        and not any(_NO_WORD.search(w) or _has_late_capital(w) for w in words)
    )


def _is_cyrillic(raw: bytes) -> bool:
    """Whether names are words of Cyrillic letters, and not all in capitals."""
    try:
        text = raw.decode(_CYRILLIC)
    except UnicodeError:
        return False
    words = [w for w in _WORD.findall(text) if not w.isascii()]
    return (
        all(c.isascii() or letter_name(c, "").startswith("CYRILLIC ") for c in text)
        and not any(c.isascii() for w in words for c in w)
        and not any(_has_late_capital(w) for w in words)
        and any(c.islower() for w in words for c in w)
    )


def _has_late_capital(word: str) -> bool:
    return any(a.islower() and b.isupper() and b > "\x7f" for a, b in pairwise(word))


def _is_of_ideographs(raw: bytes, encoding: str) -> bool:
    """Whether what names hold beyond ASCII are ideographs, with no Latin letter beside them."""
    if not _is_of_letters(raw, encoding):
        return False
    words = [w for w in _WORD.findall(raw.decode(encoding)) if not w.isascii()]
    return all(c >= "\u2e80" for w in words for c in w)


def _is_of_letters(raw: bytes, encoding: str) -> bool:
    """Whether what names hold beyond ASCII are letters: people put few signs into them."""
    try:
        return all(c.isascii() or c.isalpha() for c in raw.decode(encoding))
    except UnicodeError:
        return False


def _name(info: zipfile.ZipInfo, encoding: str) -> str:
    if info.flag_bits & _IS_UTF8 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode(_PC).decode(encoding)
    except UnicodeError:
        return info.filename

"""Which encoding words are in, and the words.

UTF-8 where the bytes are, or nearly are: one damaged byte costs one letter. Else the encoding in
which the bytes read most like words: letters of one alphabet, capitals where words begin, common
ideographs. Where two read alike, the language that the words would be decides.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from unicodedata import category, combining

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NO_CHARSET = re.compile(r"punycode|idna|.*unicode.escape|undefined")
"""Codecs that no document is in: escapes are no characters, and punycode takes for ever."""

_MANY_BYTES = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\))"
)
"""What a program tells a terminal (ECMA-48): colours, its title; not what it says."""

_OVERSTRUCK = re.compile(r"[^\n\b]\x08")
"""A letter that a printer strikes over: bold and underlined words of manuals."""

_WIDE_SAMPLE, _MIN_ZEROS, _MIN_BLOCKS = 1 << 12, 0.05, 0.9
"""Words of two bytes a letter without a mark: bytes looked at; of their letters the share that is
spaces, digits or Latin, whose upper byte is zero, and the share that is in the two commonest blocks
of 256. Text in one byte a letter has no zeros, but for a stray one. Judged, not measured."""

_NOT_PRINTED = frozenset({"Cc", "Cn", "Co", "Cs"})
_WHITE_SPACE = dict.fromkeys(map(ord, "\t\n\f\r"), " ")
"""Categories of what no text holds, but for white space: binary numbers read as letters soon do."""

_MIN_PAIRS = 3
"""Letters of a text from which it is one: of fewer, zeros tell nothing."""

MAX_DAMAGE = 1 / 3
"""Bytes that are no UTF-8, for each character of several bytes that is, up to which a text is
damaged UTF-8. Words in another encoding are such characters by chance: of 8,724 paragraphs and
questions of XQuAD in 12 legacy encodings one has .5, all others .75 and more."""

_SAMPLE_BYTES, _BEFORE_BYTES = 1 << 14, 64
"""Bytes that are read in each encoding, and how many of them may stand before the first that is
beyond ASCII, on its line."""


def decode(raw: bytes, charset: str = "") -> str:
    """Words in the encoding that the document names where that fits, else in whatever they are.

    Never fails: what cannot be decoded becomes U+FFFD. Newlines become \\n.

    >>> decode("naïve 中文".encode("utf-16")), decode(b"na\\xefve", "latin-1")
    ('naïve 中文', 'naïve')
    >>> decode("Lübeck, 3,50 €".encode("cp1252")), decode("Маяк стоит".encode("koi8_r"))
    ('Lübeck, 3,50 €', 'Маяк стоит')
    """
    bom_charset = bom_encoding(raw)
    if charset and not bom_charset:
        try:
            codec = codecs.lookup(charset).name
            # wide words hold zeros
            if not _NO_CHARSET.match(codec) and (
                b"\0" in raw or not codec.startswith(("utf-16", "utf-32"))
            ):
                decoded = raw.decode(codec)
                decoded.encode()  # UTF-7 can hold half a character
                return _newlines(decoded)
        except (LookupError, ValueError):
            pass
    if bom_charset:
        return _newlines(raw.decode(bom_charset, "replace"))
    return _newlines(raw.decode(wide_encoding(raw) or guess_encoding(raw), "replace"))


def wide_encoding(raw: bytes) -> str:
    """The encoding of words of two bytes a letter without a mark, as Windows writes them; else "".

    >>> wide_encoding("The key".encode("utf-16-le")), wide_encoding(b"The key")
    ('utf-16-le', '')
    """
    head = raw[:_WIDE_SAMPLE]
    pairs = len(head) // 2
    for encoding, uppers, lowers in (
        ("utf-16-le", head[1::2], head[: 2 * pairs : 2]),
        ("utf-16-be", head[: 2 * pairs : 2], head[1::2]),
    ):
        if (
            pairs >= _MIN_PAIRS
            and uppers.count(0) >= _MIN_ZEROS * pairs
            and sum(n for _, n in Counter(uppers).most_common(2)) >= _MIN_BLOCKS * pairs
            and 0 not in lowers
        ):
            text = head[: 2 * pairs].decode(encoding, "replace")
            letters = text[:-1].translate(_WHITE_SPACE)
            return encoding if not _NOT_PRINTED.intersection(map(category, letters)) else ""
    return ""


def _newlines(text: str) -> str:
    if "\x1b" in text:
        text = _TERMINAL.sub("", text)
    if "\b" in text:
        text = _OVERSTRUCK.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "�")


def bom_encoding(raw: bytes) -> str:
    """The encoding that a byte order mark names; "" where there is none."""
    return next((encoding for bom, encoding in _BYTE_ORDER_MARKS if raw.startswith(bom)), "")


def guess_encoding(raw: bytes, *, is_cut: bool = False) -> str:
    """The encoding of words without a mark that tells it, by what their bytes would say in it. Of
    the first bytes of a file (`is_cut`) the last may be half a character.

    >>> guess_encoding(b"plain"), guess_encoding("ni\\xf1o".encode("latin-1"))
    ('utf-8', 'cp1252')
    """
    try:
        raw.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as e:
        if is_cut and e.reason == "unexpected end of data":
            return "utf-8"
    characters = len(_MANY_BYTES.findall(raw))
    others = len(_HIGH_BYTE.findall(_MANY_BYTES.sub(b"", raw)))
    if others <= MAX_DAMAGE * characters:
        return "utf-8"
    first = _HIGH_BYTE.search(raw)
    at = first.start() if first else 0
    start = max(raw.rfind(b"\n", 0, at) + 1, at - _BEFORE_BYTES)
    return _legacy_encoding(raw[start : start + _SAMPLE_BYTES])


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """Encodings of one alphabet. `letters` are those beyond ASCII, `rare` those of them that few of
    its languages have, `vowels` those that words cannot do without ("" is any), languages the codes
    of what is written so; with `latin` letters stand among those of ASCII.
    """

    encodings: tuple[str, ...]
    letters: re.Pattern[str]
    rare: str = ""
    languages: Collection[str] = ()
    vowels: str = ""
    latin: bool = False


def _alphabet(
    encodings: str,
    letters: str,
    languages: str = "",
    *,
    rare: str = "",
    vowels: str = "",
    latin: bool = False,
) -> _Alphabet:
    return _Alphabet(
        tuple(encodings.split()),
        re.compile(f"[{letters}{rare}]", re.IGNORECASE),
        rare,
        frozenset(languages.split()),
        vowels,
        latin,
    )


# in the order in which they are taken where several read alike
_ALPHABETS = (
    _alphabet(
        "cp1252 mac_roman cp850",
        "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßœªº",
        "en fr de es pt it nl sv da no fi is ca",
        latin=True,
    ),
    _alphabet(
        "cp1250 iso8859_2 cp852",
        "áâăäąćčçďđéęëěíîĺľłńňóôőöŕřśšşťţúůűüýźžżß",
        "pl cs sk hu sl hr ro bs sq",
        latin=True,
    ),
    _alphabet("cp1254", "âçëğıîöşûüİ", "tr az", latin=True),
    _alphabet("cp1257", "āäąčćēęėģīįķļłņñõöōóšśūüųžźż", "lt lv et", latin=True),
    _alphabet(
        "cp1251 koi8_r koi8_u cp866 iso8859_5 mac_cyrillic",
        "а-яёђѓєѕіїјљњћќўџґ",
        "ru uk bg sr mk be",
        rare="ђѓѕјљњќћўџґ",
        vowels="аеёиоуыэюяіїє",
    ),
    _alphabet("cp1255", "א-ת", "he yi"),
    _alphabet("cp1253 iso8859_7", "α-ωάέήίόύώς", "el", rare="ϊϋΐΰ", vowels="αεηιουωάέήίόύώϊϋΐΰ"),
    _alphabet("cp1256", "\u0621-\u0652پچژگکیے", "ar fa ur"),
)
_THAI = _alphabet("cp874", "\u0e01-\u0e4e", "th", rare="ฆฌฎฏฐฑฒณฬฯ", vowels="ะัาำิีึืุูเแโใไๅ็่้๊๋์")
_MIN_VOWELS, _MAX_VOWELS = 0.25, 0.7
"""Vowels among the letters of words. Russian has .43, Greek .53; Hebrew read as Russian .05."""

_IDEOGRAPHIC = ("cp932", "euc_jp", "cp949", "gb18030", "big5")
_KANA, _HANGUL = re.compile("[\u3041-\u30fa]"), re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u4e00-\u9fff]")
_WIDE_PUNCTUATION = re.compile("[\u3000-\u301f\uff00-\uff5e·—…“”‘’ー々]")
_MAX_UNDECODED = 0.02
"""Of what is beyond ASCII, what an encoding may be unable to read, beside one character: damage."""

_MIN_KANA, _MIN_HANGUL = 0.2, 0.95
"""Of what is beyond ASCII and no punctuation: the share that is kana in Japanese, Hangul in Korean.
Chinese in Korea's encoding has a third of its characters beyond the Hangul."""

_TYPOGRAPHY = frozenset("€„“”‚‘’«»‹›–—…·•°§±²³µ¶¿¡®©™½¼¾×£¥†№ªº\xa0")
_WORDS = frozenset("àáâéèêíóôöøåæúªº")
"""Letters beyond ASCII that are words, or stand for some."""
_RARE_SCORE = 0.5
"""What a letter counts that few languages of its alphabet have, or a capital behind one."""
_FEW = 0.05
"""A difference of plausibility that says nothing."""


def _legacy_encoding(raw: bytes) -> str:
    """The encoding in which bytes read most like words, of several the most common one."""
    scores = {e: _plausibility(raw, e, a) for a in _ALPHABETS for e in a.encodings}
    scores |= {e: _ideographs_plausibility(raw, e) for e in _IDEOGRAPHIC}
    scores |= {e: _plausibility(raw, e, _THAI) for e in _THAI.encodings}
    best = max(scores.values())
    if best <= 0:
        return "cp1252"
    readings = {e: raw.decode(e, "replace") for e in scores if scores[e] >= best - _FEW}
    if len(set(readings.values())) > 1 and (encoding := _by_language(readings)):
        return encoding
    return next(iter(readings))


def _by_language(readings: Mapping[str, str]) -> str:
    """Of encodings of Latin letters the first in which the text is of its languages; "" where it
    cannot be told.
    """
    from polysense.read.language.detect import detect_language

    return next(
        (
            encoding
            for alphabet in _ALPHABETS
            if alphabet.latin
            for encoding in alphabet.encodings
            if encoding in readings and detect_language(readings[encoding]) in alphabet.languages
        ),
        "",
    )


def _plausibility(raw: bytes, encoding: str, alphabet: _Alphabet) -> float:
    """-1..1: how much what is beyond ASCII is letters where letters stand, or typography."""
    text = raw.decode(encoding, "replace")
    score, size, vowels, letters = 0.0, 0, 0, 0
    for at, character in enumerate(text):
        if character < "\x80":
            continue
        size += 1
        before, behind = text[at - 1 : at], text[at + 1 : at + 2]
        if alphabet.letters.match(character):
            letters += 1
            vowels += character.lower() in alphabet.vowels
            score += _letter_score(character, before, behind, alphabet)
        elif character in _TYPOGRAPHY:
            # within a word there is none but an apostrophe, between two a dash
            amid = before.isalpha() and behind.isalpha() and character not in "’·–—"
            score += -1 if amid else 1
        else:
            score -= 1
    if alphabet.vowels and letters > 3 and not _MIN_VOWELS <= vowels / letters <= _MAX_VOWELS:
        return -1.0
    return score / size if size else 0.0


def _letter_score(letter: str, before: str, behind: str, alphabet: _Alphabet) -> float:
    """-1 where a letter may not stand between its neighbours: no capital in a small word, no small
    letter before a capital, no mark where no letter is, no digit beside it; in other scripts no
    Latin letter; in Latin no third letter in a row beyond ASCII, and few letters alone.
    """
    amid = before.isalpha() and behind.islower()
    if letter.isupper() and (before.islower() or amid):
        return -1
    if (letter.islower() and behind.isupper()) or (combining(letter) and not before.isalpha()):
        return -1
    if not alphabet.latin:
        if any(c.isascii() and c.isalpha() for c in (before, behind)):
            return -1
        is_shouted = letter.isupper() and before.isupper()
        return _RARE_SCORE if letter.lower() in alphabet.rare or is_shouted else 1
    is_alone = not before.isalpha() and not behind.isalpha()
    if before.isdigit() or behind.isdigit() or (is_alone and letter.lower() not in _WORDS):
        return -1
    return 1 - 2 * (_is_beyond_ascii(before) and _is_beyond_ascii(behind))


def _is_beyond_ascii(letter: str) -> bool:
    return letter >= "\x80" and letter.isalpha()


def _ideographs_plausibility(raw: bytes, encoding: str) -> float:
    """-1..1: how much what is beyond ASCII is common characters of the encoding's language."""
    text = raw.decode(encoding, "replace")
    beyond = [c for c in text if c >= "\x80" and not _WIDE_PUNCTUATION.match(c)]
    if not beyond:
        return 0.0
    if beyond.count("\ufffd") > 1 + _MAX_UNDECODED * len(beyond):
        return -1.0
    kana = sum(bool(_KANA.match(c)) for c in beyond) / len(beyond)
    hangul = sum(bool(_HANGUL.match(c)) for c in beyond) / len(beyond)
    if encoding in ("cp932", "euc_jp"):
        common = kana + sum(_is_common(c, "euc_jp", 0xCF) for c in beyond) / len(beyond)
        return common if kana >= _MIN_KANA else 0.5 * common - 0.5
    if encoding == "cp949":
        # Chinese of a few characters may be all Hangul by chance
        return hangul if hangul >= _MIN_HANGUL and len(beyond) > 8 else hangul - 1
    row = 0xD7 if encoding == "gb18030" else 0xC6
    codec = "gb2312" if encoding == "gb18030" else "big5"
    common = sum(_is_common(c, codec, row) for c in beyond) / len(beyond)
    return 2 * common - 1 - 2 * kana - 2 * hangul - _FEW / 2


def _is_common(character: str, codec: str, last_row: int) -> bool:
    """Whether an ideograph stands in the rows of a national standard that hold the common ones."""
    if not _HAN.match(character):
        return False
    try:
        return character.encode(codec)[0] <= last_row
    except UnicodeEncodeError:
        return False

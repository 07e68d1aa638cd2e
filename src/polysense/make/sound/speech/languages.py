"""Which language to speak words in: by script, then by function words; text of several scripts
falls into runs.
"""

from __future__ import annotations

import re

from polysense.read.language.function_words import SCRIPTS, function_words, japanese

VOICES = {
    "en": "en-us", "zh": "cmn", "de": "de", "fr": "fr", "es": "es", "it": "it", "pt": "pt", "nl": "nl", "pl": "pl", "sv": "sv", "tr": "tr",
    "ru": "ru", "uk": "uk", "el": "el", "ar": "ar", "fa": "fa", "he": "he", "hi": "hi", "ko": "ko",
}  # fmt: skip
"""Languages spoken, and espeak-ng's voice of each. Its Japanese and Thai name letters instead of
reading words: they are left out.
"""

_LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff"
_SCRIPT = re.compile(
    "|".join(f"(?P<{code}>[{letters}]+)" for code, letters in {**SCRIPTS, "latin": _LATIN}.items())
)
_MARKS = {
    "de": "äöüß",
    "fr": "àâçèêëîïôœùû",
    "es": "ñ¿¡áíóú",
    "pt": "ãõçáâê",
    "pl": "ąćęłńśźż",
    "sv": "åäö",
    "tr": "ğışç",
    "it": "àèìòù",
}


def latin(text: str, else_: str = "en") -> str:
    """The language of words in Latin letters; `else_` where it cannot be told.

    >>> latin("Wo ist das Boot?"), latin("¿Dónde está la llave?"), latin("M8 bolt")
    ('de', 'es', 'en')
    """
    text = text.lower()
    found = function_words(text)
    for code, marks in _MARKS.items():
        found[code] += (
            min(2, sum(text.count(mark) for mark in marks)) if code in found or not found else 0
        )
    best = found.most_common(1)
    return else_ if not best or not best[0][1] or best[0][1] == found[else_] else best[0][0]


def runs(sentence: str, latin_: str = "en", ideographs: str = "zh") -> list[tuple[str, str]]:
    """(language, words) of stretches in one script; what has none, as digits and stops, goes with
    what stands before it.

    >>> runs("潮汐表见 handbook, 第4页")
    [('zh', '潮汐表见'), ('en', 'handbook,'), ('zh', '第4页')]
    """
    found: list[tuple[str, int]] = []
    for m in _SCRIPT.finditer(sentence):
        language = _language(m.lastgroup or "", latin_, ideographs, sentence)
        if not found or found[-1][0] != language:
            found.append((language, m.start() if found else 0))
    if not found:
        return [(latin_, sentence.strip())] if re.search(r"\d", sentence) else []
    ends = [*(start for _, start in found[1:]), len(sentence)]
    return [
        (language, sentence[start:end].strip())
        for (language, start), end in zip(found, ends, strict=True)
    ]


def _language(script: str, latin_: str, ideographs: str, sentence: str) -> str:
    if script == "latin":
        return latin_
    if script == "zh":
        return ideographs
    if script == "ru" and re.search(r"[іїєґІЇЄҐ]", sentence):
        return "uk"
    if script == "ar" and re.search(r"[پچژگ]", sentence):
        return "fa"
    return script


def ideographs(text: str) -> str:
    """What Chinese characters are read as: Japanese where kana stand among them."""
    kana, others = (len(re.findall(f"[{SCRIPTS[code]}]", text)) for code in ("ja", "zh"))
    return "ja" if japanese(kana, others) else "zh"

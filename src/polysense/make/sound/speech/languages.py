"""Which language to speak words in: by script, then by function words."""

from __future__ import annotations

import re

from polysense.read.language.function_words import SCRIPTS, count_function_words, is_japanese

VOICES = {
    "en": "en-us",
    "zh": "cmn",
    **{code: code for code in ("de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr")},
    **{code: code for code in ("ru", "uk", "el", "ar", "fa", "he", "hi", "ko")},
}
"""Languages spoken, and espeak-ng's voice of each.

Its Japanese and Thai spell out letters instead of reading words: they are left out.
"""

_LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff"
_SCRIPT = re.compile(
    "|".join(f"(?P<{code}>[{letters}]+)" for code, letters in {**SCRIPTS, "latin": _LATIN}.items())
)
_ACCENTED_LETTERS = {
    "de": "äöüß",
    "fr": "àâçèêëîïôœùû",
    "es": "ñ¿¡áíóú",
    "pt": "ãõçáâê",
    "pl": "ąćęłńśźż",
    "sv": "åäö",
    "tr": "ğışç",
    "it": "àèìòù",
}


def latin_language(text: str, default: str = "en") -> str:
    """The language of words in Latin letters; `default` where it cannot be told.

    >>> latin_language("Wo ist das Boot?"), latin_language("M8 bolt")
    ('de', 'en')
    """
    text = text.lower()
    counts = count_function_words(text)
    for code, letters in _ACCENTED_LETTERS.items():
        counts[code] += (
            min(2, sum(text.count(letter) for letter in letters))
            if code in counts or not counts
            else 0
        )
    best = counts.most_common(1)
    return default if not best or not best[0][1] or best[0][1] == counts[default] else best[0][0]


def script_runs(
    sentence: str, latin_code: str = "en", ideograph_code: str = "zh"
) -> list[tuple[str, str]]:
    """(language, words) of stretches in one script.

    What has no script, as digits and stops, goes with what stands before it.

    >>> script_runs("潮汐表见 handbook, 第4页")
    [('zh', '潮汐表见'), ('en', 'handbook,'), ('zh', '第4页')]
    """
    starts: list[tuple[str, int]] = []
    for m in _SCRIPT.finditer(sentence):
        language = _script_language(m.lastgroup or "", latin_code, ideograph_code, sentence)
        if not starts or starts[-1][0] != language:
            starts.append((language, m.start() if starts else 0))
    if not starts:
        return [(latin_code, sentence.strip())] if re.search(r"\d", sentence) else []
    ends = [*(start for _, start in starts[1:]), len(sentence)]
    return [
        (language, sentence[start:end].strip())
        for (language, start), end in zip(starts, ends, strict=True)
    ]


def _script_language(script: str, latin_code: str, ideograph_code: str, sentence: str) -> str:
    if script == "latin":
        return latin_code
    if script == "zh":
        return ideograph_code
    if script == "ru" and re.search(r"[іїєґІЇЄҐ]", sentence):
        return "uk"
    if script == "ar" and re.search(r"[پچژگ]", sentence):
        return "fa"
    return script


def ideograph_language(text: str) -> str:
    """What Chinese characters are read as: Japanese where kana stand among them."""
    kana, others = (len(re.findall(f"[{SCRIPTS[code]}]", text)) for code in ("ja", "zh"))
    return "ja" if is_japanese(kana, others) else "zh"

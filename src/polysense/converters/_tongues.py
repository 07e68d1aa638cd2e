"""Which language to speak words in: by script, then by function words; text of several scripts falls into runs.

Function words after Grefenstette, "Comparing two language identification schemes" (1995).
"""

from __future__ import annotations

import re
from collections import Counter

VOICES = {
    "en": "en-us", "zh": "cmn", "de": "de", "fr": "fr", "es": "es", "it": "it", "pt": "pt", "nl": "nl", "pl": "pl", "sv": "sv", "tr": "tr",
    "ru": "ru", "uk": "uk", "el": "el", "ar": "ar", "fa": "fa", "he": "he", "hi": "hi", "ko": "ko",
}  # fmt: skip
"""Languages spoken, and espeak-ng's voice of each. Its Japanese and Thai name letters instead of reading words: they are left out."""

_SCRIPTS = {
    "ja": "\u3040-\u30ff",
    "zh": "\u2e80-\u2fdf\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "ko": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "ru": "\u0400-\u052f",
    "ar": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "he": "\u0590-\u05ff",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
    "": "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff",
}
_SCRIPT = re.compile("|".join(f"(?P<{code or 'latin'}>[{letters}]+)" for code, letters in _SCRIPTS.items()))
_WORDS = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the of and to in is that it was for on are as with his they at be this from have or had by but what some we can which how "
        "when who where why does did about into has not you your their would there could should between",
        "es": "el los las del y en un una es por con para se al lo como más pero sus este sí porque esta entre cuando muy sin sobre "
        "también qué cuál dónde son era",
        "fr": "le les des du et est que qui dans pour pas sur au avec ce il elle sont plus par ne aux cette ou mais nous vous "
        "leur où quand était",
        "de": "der die das und den von zu mit ist des im für auf nicht ein eine einer als auch dass sie nach wird bei um sind noch wie "
        "einem über wenn war haben nur oder aber vor zur wo wann ich",
        "it": "il gli di che e una è per con non si da al della dei sono come più ma nel nella anche questo quale quando dove",
        "pt": "o os da do em um uma é com não no na dos das ao mais como mas foi ele ela seu sua quando onde são que para",
        "nl": "de het een van dat op te zijn met voor niet aan er om ook als bij maar door wordt uit naar heeft wat wie waar",
        "pl": "w i z na się nie jest to że do jak po ale przez od za dla czy był są oraz tym jego",
        "sv": "och att det som en på är av för med den till inte har om ett de var jag han men sig från",
        "tr": "ve bir bu da için ile olarak daha çok gibi ne kadar olan değil mi sonra en her",
    }.items()
}
_MARKS = {"de": "äöüß", "fr": "àâçèêëîïôœùû", "es": "ñ¿¡áíóú", "pt": "ãõçáâê", "pl": "ąćęłńśźż", "sv": "åäö", "tr": "ğışç", "it": "àèìòù"}
_TOKEN = re.compile(r"[^\W\d_]+")


def latin(text: str, else_: str = "en") -> str:
    """The language of words in Latin letters; `else_` where it cannot be told.

    >>> latin("Wo ist das Boot?"), latin("¿Dónde está la llave?"), latin("M8 bolt")
    ('de', 'es', 'en')
    """
    text = text.lower()
    found: Counter[str] = Counter()
    for token in _TOKEN.findall(text):
        found.update(code for code, words in _WORDS.items() if token in words)
    for code, marks in _MARKS.items():
        found[code] += min(2, sum(text.count(mark) for mark in marks)) if code in found or not found else 0
    best = found.most_common(1)
    return else_ if not best or not best[0][1] or best[0][1] == found[else_] else best[0][0]


def runs(sentence: str, latin_: str = "en", ideographs: str = "zh") -> list[tuple[str, str]]:
    """(language, words) of stretches in one script; what has none, as digits and stops, goes with what stands before it.

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
    return [(language, sentence[start:end].strip()) for (language, start), end in zip(found, ends, strict=True)]


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
    kana = len(re.findall(f"[{_SCRIPTS['ja']}]", text))
    return "ja" if kana and kana * 12 > len(re.findall(f"[{_SCRIPTS['zh']}]", text)) else "zh"

"""Which language words are in: by script, then by function words. Enough to know which models can read them.

A model would take longer to load than a whole query takes. Function words after Grefenstette, "Comparing two language
identification schemes" (1995).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_FUNCTION = {
    "en": "the of and to in is that it was for on are as with his they at be this from have or had by but what some we can out were which "
    "how when who where why does did do about into has not an a i you your my me there their would could should between show find",
    "es": "el la los las de del que y en un una es por con para se no su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin "
    "sobre también qué cuál cuándo dónde quién cómo cuántos fue son era",
    "fr": "le la les des du de et en un une est que qui dans pour pas sur au avec ce il elle sont plus par ne se aux cette ou mais nous vous leur "
    "quel quelle où quand comment pourquoi était été",
    "de": "der die das und in den von zu mit ist des im für auf nicht ein eine einer als auch es an werden aus er hat dass sie nach wird bei um am "
    "sind noch wie einem über so zum war haben nur oder aber vor zur bis was wer wann welche welcher wo warum wurde",
    "it": "il lo la gli le di che e un una è per con non si da al del della dei sono come più ma nel nella anche questo quale quando dove chi era",
    "pt": "o a os as de do da que e em um uma é por com para não se no na dos das ao mais como mas foi ele ela seu sua quando onde quem qual são",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als bij maar door wordt uit naar heeft wat wie waar wanneer",
}
_WORDS = {lang: frozenset(words.split()) for lang, words in _FUNCTION.items()}
_TOKEN = re.compile(r"[^\W\d_]+")


def language(text: str) -> str:
    """ISO 639-1 code of the words in text, or "" where it cannot be told. Latin script without function words counts as English.

    >>> [language(t) for t in ("where is the receipt", "1953年的收据在哪里", "¿dónde está el recibo?", "M8 hex standoff", "42")]
    ['en', 'zh', 'es', 'en', '']
    """
    text = unicodedata.normalize("NFKC", text[:4000])
    letters = sum(c.isalpha() for c in text)
    if not letters:
        return ""
    counts = {lang: len(pattern.findall(text)) for lang, pattern in _SCRIPTS}
    if counts["ja"] and counts["ja"] * 12 > counts["zh"]:
        counts["ja"] += counts["zh"]
    lang, most = max(counts.items(), key=lambda item: item[1])
    wide = lang in ("zh", "ja", "ko")
    if most * (5 if wide else 2) > letters:  # an ideograph says as much as several letters
        return lang
    found = Counter(code for token in _TOKEN.findall(text.lower()) for code, words in _WORDS.items() if token in words)
    if not found:
        return "en"
    ranked = found.most_common()
    return "en" if found["en"] == ranked[0][1] else ranked[0][0]

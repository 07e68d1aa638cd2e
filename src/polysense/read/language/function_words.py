"""Scripts, and the function words by which languages in Latin letters are told apart.

One table for who reads words and who speaks them. Function words after Grefenstette, "Comparing two
language identification schemes" (1995).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

SCRIPTS: Mapping[str, str] = {
    "ja": "\u3040-\u30ff",
    "zh": "\u2e80-\u2fdf\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "ko": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "ru": "\u0400-\u052f",
    "ar": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "he": "\u0590-\u05ff",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
}
"""The letters that stand for one language, as they stand in brackets of a pattern.

Kana alone are Japanese, ideographs Chinese too.
"""

_WORD_LISTS = {
    "en": "the of and to in is that it was for on are as with his they at be this from have or "
    "had by but what some we can out were which how when who where why does did do about "
    "into has not an a i you your my me there their would could should between show find",
    "es": "el la los las de del que y en un una es por con para se no su al lo como más pero sus "
    "le ya o este sí porque esta entre cuando muy sin sobre también qué cuál cuándo dónde "
    "quién cómo cuántos fue son era",
    "fr": "le la les des du de et en un une est que qui dans pour pas sur au avec ce il elle sont "
    "plus par ne se aux cette ou mais nous vous leur quel quelle où quand comment pourquoi "
    "était été",
    "de": "der die das und in den von zu mit ist des im für auf nicht ein eine einer als auch es "
    "an werden aus er hat dass sie nach wird bei um am sind noch wie einem über so zum war "
    "haben nur oder aber vor zur bis was wer wann welche welcher wo warum wurde ich wenn",
    "it": "il lo la gli le di che e un una è per con non si da al del della dei sono come più ma "
    "nel nella anche questo quale quando dove chi era",
    "pt": "o a os as de do da que e em um uma é por com para não se no na dos das ao mais como "
    "mas foi ele ela seu sua quando onde quem qual são",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als bij maar door "
    "wordt uit naar heeft wat wie waar wanneer",
    "pl": "ale był czy dla do i jak jego jest na nie od oraz po przez się są to tym w z za że",
    "sv": "att av de den det en ett från för han har inte jag med men och om på sig som till var "
    "är",
    "tr": "bir bu da daha değil en gibi her ile için kadar mi ne olan olarak sonra ve çok",
}
_FUNCTION_WORDS = {code: frozenset(words.split()) for code, words in _WORD_LISTS.items()}
_MAX_IDEOGRAPHS_PER_KANA = 12
"""More than these, and the kana are a quotation in Chinese. Judged, not measured."""

_TOKEN = re.compile(r"[^\W\d_]+")


def count_function_words(text: str) -> Counter[str]:
    """How many words of a text are function words of each language in Latin letters.

    >>> count_function_words("Wo ist das Boot?")["de"]
    3
    """
    return Counter(
        code
        for token in _TOKEN.findall(text.lower())
        for code, words in _FUNCTION_WORDS.items()
        if token in words
    )


def is_japanese(kana: int, ideographs: int) -> bool:
    """Whether so many ideographs among so many kana are read as Japanese."""
    return kana > 0 and kana * _MAX_IDEOGRAPHS_PER_KANA > ideographs

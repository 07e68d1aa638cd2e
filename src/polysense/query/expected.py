"""Which modality a question expects its answer to be found in, by the nouns and verbs it asks with.

"Which function rounds the fee?" asks for code, whatever else speaks of fees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from polysense.types import Modality

NOUNS: Mapping[Modality, str] = {
    "code": (
        "function method class struct interface module macro index trigger procedure endpoint "
        "handler hook decorator constant variable enum trait "
        "funktion methode klasse modul konstante "
        "fonction méthode classe fonctions función método clase módulo funzione metodo "
    )
}
"""What is asked for by name ("which function ..."), by the modality that holds such things; in
English, German, French, Spanish, Italian. Extend it for another language or modality.
"""

CHINESE_NOUNS: Mapping[Modality, str] = {
    "code": "函数|函數|方法|类|類别|模块|模組|索引|接口|变量|變量"
}

VERBS: Mapping[Modality, str] = {
    "code": (
        "handled implemented defined declared computed calculated parsed validated called raised "
        "thrown caught initialised initialized configured logged retried cached serialised "
        "serialized deserialised encoded decoded escaped rounded instantiated overridden "
        "implementiert definiert berechnet behandelt aufgerufen deklariert "
        "implémenté implémentée défini définie calculé calculée géré gérée "
        "implementado implementada definido definida calculado calculada"
    )
}
"""What one asks the place of ("where is ... handled")."""

_WHICH = r"(?:which|what|welche[rsnm]?|quell?e?s?|qué|cuál|quale|che)"
_ADJECTIVE = r"(?!(?:is|are|was|were|do|does|did|the|ist|sind|est|es|è)\b)\w+"
_WHERE = r"(?:where|in\s+which\s+(?:file|module|place)|wo|où|dónde|dove)"


def expected_modalities(words: str) -> frozenset[Modality]:
    """Modalities in which an answer is to be looked for first; none for most questions.

    >>> sorted(expected_modalities("Where is the backoff between retries handled?"))
    ['code']
    >>> expected_modalities("Where is the bell?")
    frozenset()
    """
    text = " ".join(words.lower().split())
    modalities = {m for m in NOUNS if _asks_for_noun(text, m) or _asks_for_place(text, m)}
    return frozenset(modalities)


def _asks_for_noun(text: str, modality: Modality) -> bool:
    nouns = "|".join(NOUNS[modality].split())
    is_latin = re.search(rf"\b{_WHICH}\s+(?:{_ADJECTIVE}\s+){{0,2}}?(?:{nouns})\b", text)
    chinese = CHINESE_NOUNS.get(modality, "")
    is_chinese = chinese and re.search(
        rf"(?:哪个|哪個|哪一个|什么|哪些).{{0,4}}(?:{chinese})", text
    )
    return bool(is_latin or is_chinese)


def _asks_for_place(text: str, modality: Modality) -> bool:
    verbs = "|".join(VERBS.get(modality, "").split())
    is_latin = re.search(rf"\b{_WHERE}\b.{{0,200}}\b(?:{verbs})\b", text)
    is_chinese = modality == "code" and re.search(
        r"(?:在哪里|在哪裡|在哪).{0,8}(?:实现|實現|处理|處理|定义|定義|计算|計算)", text
    )
    return bool(is_latin or is_chinese)

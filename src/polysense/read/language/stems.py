"""The stem of a word, by its language: forms of one word have one stem.

Snowball's algorithms (https://snowballstem.org).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Protocol, cast

from polysense.read.language.folding import strip_accents
from polysense.read.language.spelling import american

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nl": "dutch", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip
"""ISO 639-1 code -> Snowball's name of the algorithm."""

_SCRIPT_STEMMERS = {
    "\u0370-\u03ff\u1f00-\u1fff": "el",
    "\u0400-\u052f": "ru",
    "\u0530-\u058f": "hy",
    "\u0600-\u06ff\u0750-\u077f": "ar",
    "\u0900-\u097f": "hi",
    "\u0b80-\u0bff": "ta",
}
_SCRIPT_PATTERN = re.compile(
    "|".join(f"(?P<{code}>[{letters}])" for letters, code in _SCRIPT_STEMMERS.items())
)
LATIN_STEMMERS = tuple(sorted({*STEMMERS} - {*_SCRIPT_STEMMERS.values()}))
"""Languages in Latin letters that have a stemmer."""

_MAX_LENGTH = 40
"""Letters of a word, at most, that is stemmed: longer ones are no words."""

MAX_CACHED = 1 << 16
"""Words of a language whose stems are kept: the vocabulary of a thousand chunks is a fifth."""

_F_PLURAL = re.compile(
    r"(?:(\w*(?:kni|wi))|(\w*(?:wol|shel|hal|cal|thie|loa|scar|hoo|shea|dwar|whar|sel)|el))ves"
)
"""knives, wolves, and compounds of them. Not leaves and lives, which are verbs as often."""

_MEN = re.compile(r"\w{2,}men")
_NO_PLURAL_TEXT = (
    "specimen regimen abdomen dolmen stamen acumen ramen semen lumen foramen cyclamen bitumen "
    "albumen examen cerumen yemen bremen turkmen"
)
_NO_PLURAL_OF_MAN = frozenset(_NO_PLURAL_TEXT.split())

_IRREGULAR_TEXT = (
    "man:men woman:women child:children foot:feet tooth:teeth goose:geese mouse:mice louse:lice "
    "ox:oxen matrix:matrices vertex:vertices index:indices appendix:appendices "
    "hypothesis:hypotheses thesis:theses crisis:crises phenomenon:phenomena criterion:criteria "
    "bacterium:bacteria analyse:analysis "
    "write:wrote,written build:built sell:sold buy:bought bring:brought teach:taught catch:caught "
    "think:thought seek:sought fight:fought keep:kept sleep:slept sweep:swept weep:wept "
    "creep:crept kneel:knelt deal:dealt mean:meant send:sent spend:spent lend:lent lose:lost "
    "sing:sang,sung ring:rang drink:drank,drunk begin:began,begun swim:swam,swum run:ran come:came "
    "become:became give:gave,given take:took,taken shake:shook,shaken drive:drove,driven "
    "ride:rode,ridden rise:risen arise:arose,arisen speak:spoken break:broke,broken "
    "wake:woke,woken steal:stolen freeze:froze,frozen choose:chose,chosen weave:wove,woven "
    "know:knew,known grow:grew,grown throw:threw,thrown blow:blew,blown fly:flew,flown "
    "draw:drew,drawn show:shown wear:wore,worn tear:tore,torn swear:swore,sworn eat:ate,eaten "
    "fall:fallen get:got,gotten forget:forgot,forgotten hide:hid,hidden bite:bitten go:went,gone "
    "see:seen hear:heard hold:held tell:told stand:stood understand:understood pay:paid say:said "
    "make:made bleed:bled breed:bred meet:met find:found win:won spin:spun dig:dug hang:hung "
    "strike:struck stick:stuck swing:swung cling:clung fling:flung sink:sank,sunk "
    "shrink:shrank,shrunk spring:sprang,sprung slide:slid flee:fled shine:shone beat:beaten "
    "forbid:forbade,forbidden overcome:overcame withdraw:withdrew,withdrawn "
    "undertake:undertook,undertaken burn:burnt learn:learnt spoil:spoilt dream:dreamt"
)
_IRREGULAR = {
    form: base
    for base, forms in (entry.split(":") for entry in _IRREGULAR_TEXT.split())
    for form in forms.split(",")
}
"""English forms that no rule makes -> the word. Without those that are nouns as well (saw, left,
felt, rose, spoke, shot, led).
"""


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...


@cache
def _stemmer(language: str) -> _Stemmer:
    from Stemmer import Stemmer

    return cast(_Stemmer, Stemmer(STEMMERS[language]))  # a call holds the interpreter's lock


def stem(word: str, language: str = "") -> str:
    """The stem of a word in lower case, without accents.

    The script decides where it has one stemmer; in Latin letters the language does, "" is English.
    A language without a stemmer leaves words as they are.

    >>> stem("cities"), stem("city"), stem("knives"), stem("knife"), stem("Mühlen".lower(), "de")
    ('citi', 'citi', 'knife', 'knife', 'muhl')
    >>> stem("organ"), stem("organisation"), stem("organization")
    ('organ', 'organiz', 'organiz')
    """
    return stems(language)[word]


@cache
def stems(language: str = "") -> Mapping[str, str]:
    """Word -> stem, for many words of a language; as `stem`, kept for those that came before.

    >>> list(map(stems().__getitem__, ["wolves", "stopped"]))
    ['wolf', 'stop']
    """
    return _Stems(language)


class _Stems(dict[str, str]):
    """Word -> stem, filled as words come."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= MAX_CACHED:
            self.clear()
        self[word] = stemmed = _stem(word, self._language)
        return stemmed


def _stem(word: str, language: str) -> str:
    if not 3 <= len(word) <= _MAX_LENGTH or (word.isascii() and not word.isalpha()):
        return strip_accents(word)
    by_script = _SCRIPT_PATTERN.match(word)
    if by_script:
        script_language = by_script.lastgroup or ""
        return strip_accents(_stemmer(script_language).stemWord(word))
    if language in ("", "en"):
        return _english_stem(strip_accents(word))
    if language in STEMMERS and language in LATIN_STEMMERS:
        return strip_accents(_stemmer(language).stemWord(word))
    return strip_accents(word)


def _english_stem(word: str) -> str:
    if not word.isascii():  # Thai, Georgian: no English word
        return word
    stemmed = _stemmer("en").stemWord(_regular(american(word)))
    # organis(e), organiz(e)
    return f"{stemmed[:-1]}z" if stemmed.endswith("is") and len(stemmed) > 5 else stemmed


def _regular(word: str) -> str:
    """The word of an irregular English form; any other as it is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ves") and (m := _F_PLURAL.fullmatch(word)):
        return f"{m[1]}fe" if m[1] else f"{m[2]}f"
    if word.endswith("men") and _MEN.fullmatch(word) and word not in _NO_PLURAL_OF_MAN:
        return f"{word[:-3]}man"
    return word

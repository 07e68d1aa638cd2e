"""Whether a name in a sentence stands against one that its evidence, in another language, has.

Names differ between languages (London, Londres; Germany, Alemania), so that one that the evidence
lacks tells nothing. One of two words that stand together tells more: where the evidence has Tamsin
Orrock, and Tamsin Vell in no form, a sentence on Tamsin Vell is on somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from itertools import pairwise

from polysense.generate.citations.names import (
    MIN_NAME,
    is_german_name,
    is_same_name,
    without_marks,
)
from polysense.read.language.folding import fold
from polysense.read.language.values import NOUNS_IN_CAPITALS

MIN_LIKENESS = 0.7
"""From which likeness of their letters on, 0..1, two words may be one name in two languages. On the
even paragraphs of XQuAD, English, German and Spanish sentences beside each other's paragraphs, .6,
.7 and .8 each strike 1 of 626 true sentences; with another name .17, .24 and .24 of 434 are caught.
"""

_RUN = re.compile(r"[A-ZÀ-ÞŒ][\w'’]+(?:\s[A-ZÀ-ÞŒ][\w'’]+)+")
_WORD = re.compile(r"[^\W\d_]+")
_FORM_TEXT = """
henry heinrich enrique henri enrico, louis ludwig luis luigi lewis, william wilhelm guillermo
guillaume, john johannes johann juan jean giovanni, charles karl carlos carl, james jakob jaime
jacques santiago, george georg jorge georges, peter pedro pierre petrus, paul pablo, philip
philipp felipe philippe, frederick friedrich federico frederic, francis franz francisco francois,
joseph josef jose, edward eduard eduardo edouard, mary maria marie, elizabeth elisabeth isabel,
catherine katharina catalina, stephen stephan esteban etienne, matthew matthaus mateo matthieu,
michael miguel michel, luke lukas lucas, mark markus marcos marc, andrew andreas andres andre,
anthony antonius antonio antoine, eugene eugen eugenio, lawrence lorenz lorenzo laurent, gregory
gregor gregorio, alexander alejandro alexandre, ann anna ana anne, margaret margarete margarita
marguerite, benedict benedikt benito benoit, robert roberto, richard ricardo
"""
_FORMS = tuple(frozenset(group.split()) for group in _FORM_TEXT.split(","))
"""Names of rulers and saints that languages have each in their own form."""

_COMMON_TEXT = """
colonel oberst coronel general major mayor captain hauptmann capitan capitaine sergeant lieutenant
leutnant king konig rey roi queen konigin reina reine prince prinz principe duke herzog duque duc
count graf conde comte emperor kaiser emperador empereur pope papst papa pape saint sankt san
santa sir lord lady president prasident presidente minister ministro ministre bishop bischof
obispo eveque doctor doktor professor profesor herr frau senor senora monsieur madame river fluss
rio fleuve riviere lake see lago lac mount berg monte mont island insel isla ile street strasse
calle rue road avenue platz plaza place square bridge brucke puente pont church kirche iglesia
eglise school schule escuela ecole university universitat universidad universite college museum
museo musee market markt mercado marche company gesellschaft compania division abteilung block
bloque bloc council rat consejo conseil court gericht tribunal corte hurricane hurrikan huracan
storm sturm tormenta war krieg guerra guerre battle schlacht batalla bataille north nord norte
south sud sur east ost este west oeste ouest new neu nueva nuevo nouveau nouvelle great gross gran
grand upper lower downtown centro zentrum
"""
_COMMON = frozenset(_COMMON_TEXT.split())
"""Titles, and what names of places end in, each language in its own word."""


def conflicting_names(sentence: str, source: str, language: str = "") -> Iterator[str]:
    """The names of a sentence whose neighbour stands in a text beside another name, and that stand
    there in no form themselves. language is the sentence's; both are of Latin script.

    >>> source = "Tamsin Orrock drew the map of London for Ann Dale."
    >>> list(conflicting_names("Tamsin Vell dibujó el mapa de Londres para Ana Dale.", source))
    ['Vell is not in the evidence, which has Tamsin Orrock']
    """
    sentence, source = (without_marks(t) for t in (sentence, source))
    words = frozenset(_WORD.findall(fold(source)))
    behind, before = {}, {}
    for first, second in _pairs(source):
        behind[fold(first)] = before[fold(second)] = f"{first} {second}"
    for first, second in _pairs(sentence):
        head, tail = fold(first), fold(second)
        name, other = (second, behind.get(head)) if head in behind else (first, before.get(tail))
        is_noun = language in NOUNS_IN_CAPITALS and not is_german_name(name, sentence)
        if other and not is_noun and not _may_stand(fold(name), words):
            yield f"{name} is not in the evidence, which has {other}"


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Words with capitals that stand side by side."""
    for m in _RUN.finditer(text):
        run = m.group().split()
        yield from pairwise(run)


def _may_stand(name: str, words: AbstractSet[str]) -> bool:
    """Whether a name may be one of the words, as another language has it."""
    if len(name) < MIN_NAME or name in words or name in _COMMON:
        return True
    if any(name in forms and forms & words for forms in _FORMS):
        return True
    return any(
        w[:MIN_NAME] == name[:MIN_NAME]
        or is_same_name(name, w)
        or SequenceMatcher(None, name, w).ratio() >= MIN_LIKENESS
        for w in words
    )

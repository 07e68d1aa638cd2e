"""Whether a sentence says only what the evidence that it cites says, in whatever words.

Not by another model, but by what can be told: every number with its unit, every date, name and code
must stand in the evidence in some form, what is denied there must be denied here, and most of the
words must be the evidence's own. It catches what language models get wrong most, and it is the same
on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from polysense.generate.citations.amounts import Amounts, unknown_amounts, without_amounts
from polysense.generate.citations.denials import wrong_denials
from polysense.generate.citations.foreign_names import conflicting_names
from polysense.generate.citations.names import unknown_codes, unknown_names
from polysense.read.language.analysis import terms
from polysense.read.language.detect import detect_language
from polysense.read.language.questions import content_terms
from polysense.read.language.units import unit_of
from polysense.read.language.values import has_unspaced_script

MIN_WORDS_KNOWN = 0.5
"""The share of a sentence's words that its evidence, or the question, must have; the rest may be
other words for the same. Judged.
"""

SHORT_SENTENCE = 2
"""Words from which on some may be others: of "Marta is a spy", which
has no amount to be checked, each must be there. Judged.
"""

MIN_PREFIX = 5
"""Letters with which two words begin that may be forms of one: construct, construction. Judged."""

Nearness = Callable[[str, str], float | None]
"""(sentence, evidence) -> how near the one is to what of the other is nearest, by an encoder's
calibration. None where no encoder reads both.
"""

MIN_TRANSLATION = 0.3
"""The nearness from which a sentence may be a translation of what its evidence says. By USE, of
sentences of XQuAD in Chinese and German beside the English paragraph, none of 232 that say the same
is under it (the 5th percentile is 1.2), and of those beside another article .01 and .04 are over.
"""

SURE_LANGUAGE = 10
"""Words from which on a sentence is in the language that it is taken for. Of 1,204 true ones of
XQuAD in English, German and Spanish, each beside the paragraph in another of these, 53 are struck
by 6, 8 and 10, 57 by 14, and 164 where no length is enough.
"""

AMOUNT_WEIGHT = 0.5
"""What a number that the evidence has counts for among the words that it has. Judged: by itself it
makes no sentence known.
"""

_LIGHT_TEXT = (
    "about around approximately roughly nearly almost some over more than under less fewer least "
    "circa may might must shall upon onto also both just make made take come came go get give use "
    "people person number amount total year include become say "
    "receive reach previous earlier later can any time area height depth length width weight size "
    "price distance altitude "
    "etwa rund ungefähr knapp über mehr als fast auch man machen kommen kam kamen geben gab liegen "
    "betragen beträgt sein leute anzahl jahr davor danach "
    "fläche höhe tiefe länge breite gewicht größe preis entfernung "
    "unos unas aproximadamente casi más menos también hacer tener haber año "
    "environ presque plus moins aussi faire "
    "约 大 共 该 其 为 以 于 由 从 到 及 并 且 个 年 人 之 这 那 也 都 就 要 将 对 上 下 中 等 则"
)
_LIGHT = frozenset(
    t for w in _LIGHT_TEXT.split() for code in ("", "de", "es") for t in terms(w, code)
)
"""Words that say little in any sentence, so that it needs no evidence for them."""

_CITATION = re.compile(r"\s*\[(\d+(?:\s*[,;]\s*\d+)*)\]")


def citations(sentence: str) -> tuple[str, tuple[int, ...]]:
    """A sentence without its [n], and the numbers in them.

    >>> citations("The tower is 23 m tall [1, 3].")
    ('The tower is 23 m tall.', (1, 3))
    """
    numbers = (int(n) for m in _CITATION.finditer(sentence) for n in re.findall(r"\d+", m[1]))
    return _CITATION.sub("", sentence).strip(), tuple(dict.fromkeys(numbers))


def faults(
    sentence: str,
    evidence: str,
    question: str = "",
    language: str = "",
    *,
    asks_whether: bool = False,
    nearness: Nearness | None = None,
    is_perceived: bool = False,
) -> tuple[str, ...]:
    """What a sentence says and its evidence does not, in words; nothing where all is borne out.

    evidence is all that the cited places say, headings and names of files too; question is what was
    asked, whose words and numbers a sentence may repeat, but for the numbers of one that
    `asks_whether` they are right. language is the evidence's. Of a sentence in another one only
    numbers, units and codes are compared, names that stand against another, and its nearness in
    meaning, where an encoder reads both. Where the writer perceived the thing itself,
    `is_perceived`, it may tell what no words say, but nothing against them: neither its words nor
    its meaning need be the evidence's.

    >>> faults("It is 32 m tall.", "The tower is 23 metres tall.")
    ('32 is not in the evidence',)
    >>> faults("It is 23 feet tall.", "The tower is 23 metres tall.")
    ('23 is in metre in the evidence, not in foot',)
    >>> faults("It is twenty-three metres tall.", "The tower is 23 m tall.")
    ()
    """
    source = f"{evidence}\n{question}"
    own = Amounts(sentence, detect_language(sentence))
    amounts = Amounts(evidence if asks_whether else source, language)
    is_long = len(terms(sentence)) >= SURE_LANGUAGE  # a short one is taken for another's
    is_foreign = is_translation(own.language, evidence, language) and (
        is_long or any(_unknown_words(sentence, evidence, language, own))
    )
    problems = [
        *unknown_amounts(sentence, amounts, own.language),
        *unknown_codes(sentence, source, is_foreign),
    ]
    if is_foreign:
        if has_unspaced_script(sentence):  # it copies names in Latin letters
            problems += unknown_names(sentence, source, own.language)
        elif not has_unspaced_script(source):
            problems += conflicting_names(sentence, source, own.language)
        near = nearness(sentence, evidence) if nearness and not is_perceived else None
        if near is not None and near < MIN_TRANSLATION:
            problems.append("its meaning is far from the evidence's")
    else:
        problems += unknown_names(sentence, source, language or own.language)
        problems += wrong_denials(sentence, evidence, language)
        problems += [] if is_perceived else _unknown_words(sentence, source, language, own)
    return tuple(dict.fromkeys(problems))


def is_translation(own_language: str, evidence: str, language: str = "") -> bool:
    """Whether a sentence of a language is in another one than its evidence, as far as can be told.

    >>> is_translation("zh", "The tower is 23 metres tall, and it was built by the council.")
    True
    """
    other = language or detect_language(evidence)
    return bool(own_language and other) and own_language != other


def _unknown_words(sentence: str, source: str, language: str, amounts: Amounts) -> Iterator[str]:
    words = without_amounts(sentence, amounts.language)
    own = {t for t in content_terms(words, language) if t.isalpha() and not unit_of(t)} - _LIGHT
    if not own:
        return
    others = set(terms(source, language))
    count = sum(t in others or _has_form(t, others) for t in own)
    weight = AMOUNT_WEIGHT * len(amounts.quantities)
    is_short = len(own) <= SHORT_SENTENCE and count < len(own) and not weight
    if is_short or count + weight < MIN_WORDS_KNOWN * (len(own) + weight):
        yield f"only {count / len(own):.0%} of its words are in the evidence"


def _has_form(word: str, others: AbstractSet[str]) -> bool:
    """Whether one of other words begins as a word does, or holds it: a form, or a compound."""
    if len(word) < MIN_PREFIX:
        return len(word) == MIN_PREFIX - 1 and any(o.endswith(word) for o in others)
    return any(o.startswith(word[:MIN_PREFIX]) or o.endswith(word) for o in others)

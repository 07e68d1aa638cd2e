"""Whether a sentence says only what the evidence that it cites says.

Not by another model, but by what can be told: every number with its unit, every name and code must
stand in the evidence, what is denied there must be denied here, and most of the words must be the
evidence's own. It catches what language models get wrong most, and it is the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from polysense.read.file.text import sentences
from polysense.read.language.analysis import terms
from polysense.read.language.folding import fold
from polysense.read.language.questions import content_terms
from polysense.read.language.units import leading_unit, unit_of
from polysense.read.language.values import names_in

MIN_WORDS_KNOWN = 0.5
"""The share of a sentence's words that its evidence, or the question, must have; the rest may be
other words for the same. Judged.
"""

_CITATION = re.compile(r"\s*\[(\d+(?:\s*[,;]\s*\d+)*)\]")
_NUMBER = re.compile(
    r"(?P<sign>[$€£¥￥])?\s?(?<![A-Za-z\d_.])(?P<number>\d+(?:[.,'’\u00a0\u202f]\d+)*)"
    r"(?:(?:\s|-|\u00a0|\u202f)?(?P<unit>%|°[CF]?|[^\W\d_]+))?"
)
_THOUSANDS = re.compile(r"(?<=\d)[,'’\u00a0\u202f](?=\d{3}(?!\d))")
_NUMBER_NAMES_TEXT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS_TEXT = "twenty thirty forty fifty sixty seventy eighty ninety"
_NAMES_OF_NUMBERS, _NAMES_OF_TENS = _NUMBER_NAMES_TEXT.split(), _TENS_TEXT.split()
_VALUE_OF_WORD = {w: n for n, w in enumerate(_NAMES_OF_NUMBERS)} | {
    w: 10 * n for n, w in enumerate(_NAMES_OF_TENS, 2)
}
_TENS, _ONES, _SMALL = map("|".join, (_NAMES_OF_TENS, _NAMES_OF_NUMBERS[1:10], _NAMES_OF_NUMBERS))
_NUMBER_WORDS = re.compile(
    rf"\b(?:(?P<tens>{_TENS})(?:[ -](?P<ones>{_ONES}))?|(?P<small>{_SMALL}))\b", re.I
)
_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|nowhere|without|cannot|\w+n['’]t|fails?\s+to"
    r"|nicht|kein\w*|nie|niemals|niemand|nichts|ohne|jamais|aucun\w*|sans|rien|nunca|jamás|sin"
    r"|ningun\w*|ningún|nadie|nada)\b|\bne\b|\bn['’](?=[aeiouéê])"
    r"|(?<!no)(?<!\w)no\s+(?=[a-záéíóú]+\b)"
    r"|不(?![同仅過过只但断久足得料])|没有?|沒有?|未(?![来來])|无(?![线数论疑])|無(?![線數論疑])|並非|并非|禁止|从不",
    re.I,
)
_CLAUSE_END = re.compile(
    r"[,;:—–()，；：（）]|\s-\s|\b(?:but|while|whereas|although|aber|mais|pero)\b|但是?|而"
)
_CODE = re.compile(r"\b(?=[\w/-]*\d)(?=[\w/-]*[A-Za-z])[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*\b")


class Quantity(NamedTuple):
    """A number as it is compared ("1234.5"), and its unit ("" where it has none that is known)."""

    number: str
    unit: str


def citations(sentence: str) -> tuple[str, tuple[int, ...]]:
    """A sentence without its [n], and the numbers in them.

    >>> citations("The tower is 23 m tall [1, 3].")
    ('The tower is 23 m tall.', (1, 3))
    """
    numbers = (int(n) for m in _CITATION.finditer(sentence) for n in re.findall(r"\d+", m[1]))
    return _CITATION.sub("", sentence).strip(), tuple(dict.fromkeys(numbers))


def faults(sentence: str, evidence: str, question: str = "", language: str = "") -> tuple[str, ...]:
    """What a sentence says and its evidence does not, in words; nothing where all is borne out.

    evidence is all that the cited places say, headings and names of files too; question is what was
    asked, whose words a sentence may repeat. language is the evidence's.

    >>> faults("It is 32 m tall.", "The tower is 23 metres tall.")
    ('32 is not in the evidence',)
    >>> faults("It is 23 feet tall.", "The tower is 23 metres tall.")
    ('23 is in metre in the evidence, not in foot',)
    """
    return tuple(
        dict.fromkeys(
            (
                *_wrong_quantities(sentence, evidence),
                *_unknown_names(sentence, f"{evidence}\n{question}"),
                *_wrong_negation(sentence, evidence),
                *_unknown_words(sentence, f"{evidence}\n{question}", language),
            )
        )
    )


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers of a text with their units, in order; number words of English too.

    >>> list(quantities("It cost $1,250.50 for twenty-three days"))
    [Quantity(number='1250.5', unit='dollar'), Quantity(number='23', unit='day')]
    """
    text = _THOUSANDS.sub("", text)
    for m in _NUMBER.finditer(text):
        unit = unit_of(m["sign"] or "") or unit_of(m["unit"] or "") or leading_unit(m["unit"] or "")
        yield Quantity(_plain_number(m["number"]), unit)
    for m in _NUMBER_WORDS.finditer(text):
        value = _VALUE_OF_WORD[(m["tens"] or m["small"]).lower()]
        value += _VALUE_OF_WORD[m["ones"].lower()] if m["ones"] else 0
        word = re.match(r"[\s-]+([^\W\d_]+)", text[m.end() :])
        yield Quantity(str(value), unit_of(word[1]) if word else "")


def _plain_number(number: str) -> str:
    number = number.replace(",", ".").rstrip(".")
    return number.rstrip("0").rstrip(".") if number.count(".") == 1 else number


def _wrong_quantities(sentence: str, evidence: str) -> Iterator[str]:
    units_of: dict[str, set[str]] = {}
    for q in quantities(evidence):
        units_of.setdefault(q.number, set()).add(q.unit)
    for q in quantities(sentence):
        units = units_of.get(q.number)
        if units is None:
            if q.number != "1":  # "one" counts nothing as often as something
                yield f"{q.number} is not in the evidence"
        elif q.unit and q.unit not in units and (others := sorted(units - {""})):
            yield f"{q.number} is in {' and '.join(others)} in the evidence, not in {q.unit}"


def _unknown_names(sentence: str, source: str) -> Iterator[str]:
    folded = fold(source)
    stems = set(terms(source))
    for code in _CODE.findall(sentence):
        if not re.search(rf"(?<!\w){re.escape(fold(code))}(?!\w)", folded) and not unit_of(
            code.lstrip("0123456789")
        ):
            yield f"{code} is not in the evidence"
    for name in names_in(sentence):
        if not set(terms(name)) <= stems and fold(name) not in folded:
            yield f"{name} is not in the evidence"


def _wrong_negation(sentence: str, evidence: str) -> Iterator[str]:
    """A denial of what the evidence says, or the other way round: in the clauses that have most of
    its words.
    """
    best = _nearest(sentence, (evidence[a:b] for a, b in sentences(evidence)))
    if not best:
        return
    if is_negative(sentence) and not is_negative(best):
        yield "the evidence does not deny it"
    elif not is_negative(sentence):
        clauses = [c for c in _CLAUSE_END.split(sentence) if c.strip()]
        others = [c for c in _CLAUSE_END.split(best) if c.strip()]
        if any(is_negative(_nearest(c, others)) for c in clauses):
            yield "the evidence denies it"


def is_negative(text: str) -> bool:
    """Whether a text denies something.

    >>> is_negative("It isn't open."), is_negative("不同的店"), is_negative("店没开")
    (True, False, True)
    """
    return _NEGATION.search(text) is not None


def _nearest(text: str, others: Iterable[str]) -> str:
    """Of other texts the one with most of a text's words; "" where none has any."""
    words = set(terms(text))
    shares = [(len(words & set(terms(o))) / (len(terms(o)) + 8), o) for o in others]
    share, best = max(shares, default=(0.0, ""), key=lambda s: s[0])
    return best if share else ""


def _unknown_words(sentence: str, source: str, language: str) -> Iterator[str]:
    own = {t for t in content_terms(sentence, language) if t.isalpha() and not unit_of(t)}
    if not own:
        return
    share = len(own & set(terms(source, language))) / len(own)
    if share < MIN_WORDS_KNOWN:
        yield f"only {share:.0%} of its words are in the evidence"

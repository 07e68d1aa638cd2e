"""What a question names and its answer must be about: codes, numbers, years, quoted words, names.

Rules by form, for any script; names only where small and capital letters tell them (German writes
every noun with a capital, Chinese none).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.question import Constraint
from polysense.read.language.dates import MONTH_NAMES
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.values import CALENDAR, unit_kind

_CODE = re.compile(
    r"(?<![A-Za-z0-9_.-])(?=[A-Za-z0-9_/-]*\d)(?=[A-Za-z0-9_/-]*[A-Za-z])"
    r"[A-Za-z0-9][A-Za-z0-9_]*(?:[-/][A-Za-z0-9_]+)*(?![A-Za-z0-9_-])"
    r"|(?<![\w])[^\W\d_]+_\w+|\b[a-z]+[A-Z]\w*(?=\()"
)
"""Letters and digits in one word: E15, M8x20, INV-2031-07; and names of code: find_path."""

_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|er|ère|e|º|ª|ème)|\d+-\w{3,}", re.I)
_UNITED = re.compile(r"(\d+(?:[.,]\d+)*)([^\W\d_]{1,4})")
_NUMBER = re.compile(r"(?<![A-Za-z\d_.,:/-])\d+(?:[.,:/\u2013-]\d+)*(?![A-Za-z\d_]|['’]s)")
_YEAR = re.compile(r"(?:1[1-9]|20|21)\d\d")
_ERA = re.compile(r"\s*(?:世[纪紀]|年代|[届屆])")
"""What makes an ordinal of the number before it, as "th" and "s" do in "20th" and "1980s"."""

_CALLED_BY_NUMBER = re.compile(
    r"(?:error|code|no|nr|number|room|page|model|line|part|article|section|chapter|seite|fehler"
    r"|nummer|zimmer|raum|erreur|page|chambre|número|página|habitación)\W*$",
    re.I,
)
_NOUN_BEFORE = re.compile(r"\b([^\W\d_]{3,})\s+$")
_FUNCTION_WORDS = frozenset().union(*(FUNCTION_WORDS[c] for c in ("en", "de", "fr", "es")))
_AMOUNT_TEXT = (
    "around past until till worth half over plus minus times nearly almost roughly aged equals "
    "exactly only gegen etwa rund circa ungefähr fast vers environ presque hacia casi unos unas"
)
_NO_NOUNS = _FUNCTION_WORDS | frozenset(_AMOUNT_TEXT.split()) | frozenset().union(*MONTH_NAMES)
"""What stands before a day, an hour or an amount, and is not called by it."""

_VERB_BEFORE = re.compile(
    r"\b(?:(?:who|wer|qui|quién(?:es)?|what|was|que|qué)\s+"
    r"|(?:which|how\s+many|welche[rsmn]?|wie\s*viele|quel(?:le)?s?|combien\s+de?|qué|cuánt[oa]s)\s+\w+\s+"
    r"|(?:did|does|do|can|could|will|would|should|must|may)\s+(?:(?:the|an?|my|this|that)\s+)?\w+\s+)"
    r"[^\W\d_]+\s+$",
    re.I,
)
"""A verb whose object or subject a number is: who ate 3."""
_JOINED_NOUN = re.compile(r"-[^\W\d_]{3,}")
_BEHIND_NAME = re.compile(r"[a-z,]\s+(?:[A-Z][a-z]+\s+){2,}$")
_BOUND = re.compile(
    r"(?:\b(?:more|less|fewer|higher|lower|larger|smaller|longer|shorter|older|younger|greater|cheaper"
    r"|mehr|weniger|größer|kleiner|länger|älter|plus|moins|más|menos)\s+(?:\w+\s+)?(?:than|als|de|que)"
    r"|\b(?:over|under|above|below|at\s+least|at\s+most|up\s+to|after|before|since|until|between"
    r"|exceeding|über|unter|mindestens|höchstens|nach|vor|seit|bis|ab|après|avant|depuis|dès|después\s+de"
    r"|antes\s+de|desde|hasta|sobre|bajo)|超过|高于|低于|大于|小于|多于|少于|不到|至少|至多|以上|之后|之前)"
    r"\s*(?:the\s+)?(?:year\s+)?[$€£¥]?\s*$",
    re.I,
)
"""What makes a bound of the number behind it."""

_QUOTE = re.compile(r"[\"“„«「『《]([^\"“”„«»「」『』《》]{2,80})[\"”“»」』》]")
_CAPITALISED = re.compile(
    r"(?<![\w'’-])(?:[^\W\d_]\.){2,}|(?<![\w'’.-])[^\W\d_][^\W\d_]*(?:[-'’][^\W\d_]+)*"
)
_IDEOGRAPHIC = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SPACE = re.compile(r"[ \t]+")
_NOUNS_IN_CAPITALS = frozenset({"de"})

MIN_DIGITS = 2
"""Digits from which on a number must be met; a single one is as often said in words, or counts what
is asked for. Judged, not measured.
"""

MAX_CAPITALISED = 0.6
"""Share of words in capitals from which on a question is a title, and capitals say nothing."""


def constraints(text: str, language: str = "") -> tuple[Constraint, ...]:
    """The constraints of a question's typed words, in order of their kinds.

    >>> [str(c) for c in constraints("What was the net income of Birch Mill in 2023?")]
    ['2023', 'Birch Mill']
    >>> [c.kind for c in constraints("Which crane jammed at 10:40 with code E-15?")]
    ['code', 'number']
    """
    result: list[Constraint] = []
    rest = text
    for m in _QUOTE.finditer(text):
        result.append(Constraint("quote", m[1].strip()))
        rest = rest.replace(m.group(), " ")
    for m in [*_CODE.finditer(rest)]:
        word = m.group()
        if (
            _ORDINAL.match(word)
            or _IDEOGRAPHIC.search(word)
            or ((united := _UNITED.fullmatch(word)) and unit_kind(united[2]))
        ):
            continue
        result.append(Constraint("code", word))
        rest = rest.replace(word, " ")
    for m in _NUMBER.finditer(rest):
        if _BEHIND_NAME.search(rest[: m.start()]):
            continue  # part of a name: Super Bowl 50
        if _BOUND.search(rest[: m.start()]):
            continue  # a limit, not a fact to be found
        if _ERA.match(rest, m.end()):
            continue
        if noun := _JOINED_NOUN.match(rest, m.end()):
            if sum(c.isdigit() for c in m.group()) >= MIN_DIGITS:
                result.append(Constraint("name", m.group() + noun.group()))
            continue  # part of what a thing is called: a 96-well plate
        is_called = _is_called(rest, m)
        if _YEAR.fullmatch(m.group()) and not is_called:
            result.append(Constraint("year", m.group()))
        elif is_called or sum(c.isdigit() for c in m.group()) >= MIN_DIGITS:
            result.append(Constraint("number", m.group()))
    result += (Constraint("name", n) for n in _names(rest, language))
    return tuple(dict.fromkeys(result))


def _is_called(text: str, number: re.Match[str]) -> bool:
    """Whether a number is what something is called by: room 5, and the plot 5 that ends a question.

    >>> [str(c) for c in constraints("Who has plot 5?")], constraints("Who has 5 plots?")
    (['5'], ())
    """
    if _CALLED_BY_NUMBER.search(text[: number.start()]):
        return True
    noun = _NOUN_BEFORE.search(text[: number.start()])
    is_last = re.fullmatch(r"\W*", text[number.end() :]) is not None
    if not is_last or noun is None or noun[1].lower() in _NO_NOUNS:
        return False
    return _VERB_BEFORE.search(text[: number.start()]) is None


def _names(text: str, language: str) -> Iterator[str]:
    """Runs of words in capitals that no sentence begins with."""
    words = list(_CAPITALISED.finditer(text))
    capitals = [m.group()[0].isupper() for m in words]
    if not any(capitals) or language in _NOUNS_IN_CAPITALS:
        return
    if len(words) > 3 and sum(capitals) > MAX_CAPITALISED * len(words):
        return
    function_words = FUNCTION_WORDS.get(language or "en", frozenset()) | FUNCTION_WORDS["en"]
    run: list[re.Match[str]] = []
    for i, m in enumerate(words):
        is_name = capitals[i] and m.group().lower() not in function_words | CALENDAR
        if is_name and _begins_sentence(text, m.start()):
            # a name at the head is told by another behind it
            is_name = i + 1 < len(words) and capitals[i + 1] and _adjoin(text, m, words[i + 1])
        if run and not (is_name and _adjoin(text, run[-1], m)):
            yield _name(text, run)
            run = []
        if is_name:
            run.append(m)
    if run:
        yield _name(text, run)


def _name(text: str, run: list[re.Match[str]]) -> str:
    return re.sub(r"['’]s$|-[a-z]+$", "", text[run[0].start() : run[-1].end()])


def _adjoin(text: str, a: re.Match[str], b: re.Match[str]) -> bool:
    return _SPACE.fullmatch(text[a.end() : b.start()]) is not None


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\"'“‘«([¿¡")
    return not before or before[-1] in ".!?:。！？"

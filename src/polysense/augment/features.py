"""What tells whether a passage answers a question, as numbers: words, order, meaning, kind."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from polysense.augment.passages import Excerpt
from polysense.augment.who import may_tell_who
from polysense.question import AnswerKind
from polysense.read.language.analysis import terms
from polysense.read.language.values import (
    has_calendar_date,
    has_clock,
    has_cost,
    has_date,
    has_frequency,
    has_number,
    has_unit_of,
    has_unspaced_script,
    has_year,
    names_in,
    without_words,
)

MAX_NEW_TERMS = 40
"""New terms beyond which a passage is long, whatever it says."""

MAX_DEFINED_TERMS = 8
"""Terms before the verb of a definition; judged."""

_NAME_RUN = re.compile(r"(?:[A-ZÀ-Þ][\w'’-]+\s+)+([A-ZÀ-Þ][\w'’-]+)")
_ASKED_FOR = re.compile(r"\b(?:which|what|who\s+(?:is|was|are|were)\s+(?:the|a|an))\s+(\w+)", re.I)
_FIRST_WORD = re.compile(r"\W*([^\W\d_]+)")
_ROLE = re.compile(
    r"\b(?!(?:or|for|nor|after|over|under|her|their|other|never|ever|however|whether|rather|either|water"
    r"|number|order|later|further|together|matter|under|letter|paper|door|floor|former|latter)s?\b)"
    r"(?:\w{2,}(?:er|or|ist|man|men|ess|eur|ian|ant|ent|nic|cian|rin|euse|ora)s?|people|persons?|king|queen|council|company"
    r"|family|firm|guild|brothers?|sisters?|team|army|government|monks?|nuns?|smiths?|cooks?|\w+smith)\b",
    re.I,
)
"""Who does it by what they are: keeper, baker, council; lenient, for it only keeps a passage from
being left out.
"""

_NO_PERSON_TEXT = (
    "the a an this that these those there it its in on at by for from to with when if as le la les "
    "el los las"
)
_NO_PERSONS = frozenset(_NO_PERSON_TEXT.split())
"""Words with a capital at the head of a sentence that are no name, nor stand for one."""

_HAN_PERSON = re.compile(
    "[王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范石姚谭廖邹熊陆郝孔白崔康毛邱秦史顾侯邵孟龙万段雷钱汤尹黎易武乔贺赖龚阮][\u4e00-\u9fff]{1,2}"
    "|欧阳|司马|上官|诸葛|·|[A-Z][a-z]+|[\u4e00-\u9fff](?:人|员|者|师|家|长|生|王|帝|官|工|匠|队|公司|部|会|组|院|军|党|族|女|夫|母|父|兄"
    "|弟|妹|姐|团|局|厂|社|厅)"
    "|政府|银行|大学|学校|机关|机构|(?<![理自缘])由(?![于此来衷])(?![^，。；]{1,12}[组构制做造而]成)[\u4e00-\u9fff]{2}"
)
"""A surname with a given name, a foreign name, who somebody is, or by whom it is done; 3 of 93
right answers of CMRC and XQuAD are without.
"""

_HAN_NO_NAMES = re.compile(
    "[片阶手时]段|段落|[价金花]钱|历史|责任|任[何务]|[提最]高|高[度兴]|马上|石[头油]|白[天色]|[每上下一]周|周[末围]|黄[色金]"
    "|谁[^，。；,;]*|程[序度]|[过工课日流]程|曾经|健康|[如为]何|何[时处]|其余|范围|森林|万元"
    "|社[会区]|[客餐大]厅|[格结布]局|局[部面势限]"
)
"""Common words with a surname in them, 片段 is no Mr Duan, and clauses of whoever it may be."""
_HAN_PREDICATE = re.compile("([\u3400-\u9fff]{2})[了过的]?[吗嗎][?？]?$")
_HAN_FRAME = re.compile(
    "^(?:请问)?(?:在?.{1,6}?[里上中内]|在)|可以|可不可以|能不能|能否|[能在里上中内的是会请]"
)
"""Where it is asked of, and that it is asked of a yes or a no."""

MIN_SHARED = 3
"""Ideographs beside predicate and place from which on a question is met in other words; judged."""

_TWO_CAPITALS = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]+ [A-ZÄÖÜ][a-zäöüß]+")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_ASKS = re.compile(
    r"[?？]\W*$"
    # how long it takes is what everybody asks: a question in other words
    r"|\b(?:ask(?:s|ed)?|wonder(?:s|ed)?|want(?:s|ed)?\s+to\s+know|would\s+like\s+to\s+know)\s+"
    r"(?:\w+\s+){0,2}?(?:how|when|who|what|why|where|which|whether|if)\b"
    r"|^\W*(?:how|when|who|what|why|where|which|whether)\b(?!.{0,80}[?]).{0,120}\b(?:(?:is|are|was|were)"
    r"\s+(?:\w+\s+){0,3}?(?:questions?|matter|asked?|told|unknown|known|said|curious|something)"
    r"|asks?|asked|depends?|is\s+told|remains)\b"
    r"|\bfrag(?:t|en|ten|te)\s+(?:\w+\s+){0,3}?,?\s*(?:wie|wann|wer|was|warum|wo|ob)\b"
    r"|\bdemand(?:e|ent|ait)\s+(?:\w+\s+){0,3}?(?:comment|quand|qui|où|pourquoi|combien|si)\b"
    r"|\bpregunta[n]?\s+(?:\w+\s+){0,3}?(?:cómo|cuándo|quién|dónde|cuánto|si)\b"
    # questions that are told as examples
    r"|\bquestions?\s*,?\s+(?:such\s+as|like|as|e\.g\.|for\s+example)\W+"
    r"(?:how|when|who|what|why|where|which|whether|is|are|do|does|can)\b"
    r"|[“\"「『][^”\"」』]{0,40}(?:谁|哪|什么|多少|几|怎|为何|吗)[^”\"」』]{0,40}[”\"」』]"
    r"(?:[和、或及与]?[“\"「『][^”\"」』]*[”\"」』])*(?:这样|那样|之类|此类|这类|一类|等等?)?的?(?:问题|提问|疑问)"
    r"|(?:很多|许多|不少|常有|经常有|总有)?(?:人|大家|游客|顾客|观众|读者)(?:常|都|总|经常)?(?:问|关心|想知道|好奇)",
    re.I,
)
_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")
_ASKS_DATE = re.compile(
    r"\b(?:what|which|welche[smnr]?|quelle?|qué|cuál)\b.{0,16}\b(?:dates?|days?|datum|tage?|jours?"
    r"|fechas?|días?)\b|日期|哪一?[天日]",
    re.I,
)
"""What asks for a day of the calendar, where "when" may as well be told by another event."""
_REASON = re.compile(
    r"\b(?:(?:cause|reason)s?\s+(?:is|was|were|are|for)|because|since|due\s+to|owing\s+to|so\s+that"
    r"|in\s+order\s+to|therefore|as\s+a\s+result|caused|weil|da|denn|wegen|damit|parce\s+que|car|afin"
    r"|à\s+cause|porque|debido|para\s+que|ya\s+que)\b|因为|由于|为了|以便|导致|所以|原因",
    re.I,
)
_DEFINES = re.compile(
    r"\b(?:is|are|was|were|means|refers|denotes|called|ist|sind|bedeutet|heißt|est|sont|signifie"
    r"|désigne|es|son|significa)\b|是|指|即|意思",
    re.I,
)


class Features(NamedTuple):
    """One passage beside one question; each about 0..1.

    coverage is the share of the question's terms, by rarity, that it has, context that which only
    stands around it; missing the rarity of the rarest that is nowhere, of the rarest possible;
    nearness that in meaning (0 where unknown); order the share of neighbouring terms in order; fit
    1 where it has a value of the kind expected, -1 where it has none, 0 where that is not told;
    rank the logarithm of its hit's; new that of its further terms; asks whether it is a question.
    """

    coverage: float
    context: float
    missing: float
    nearness: float
    order: float
    fit: float
    rank: float
    new: float
    asks: float


def asks_something(text: str) -> bool:
    """Whether a passage asks, or tells what is asked, instead of saying something."""
    return _ASKS.search(text) is not None


def term_coverage(
    own_terms: AbstractSet[str], context_terms: AbstractSet[str], weights: Mapping[str, float]
) -> tuple[float, float, float]:
    """(coverage, context, missing) of Features."""
    total = max(sum(weights.values()), 1e-9)
    own = sum(w for t, w in weights.items() if t in own_terms)
    around = sum(w for t, w in weights.items() if t not in own_terms and t in context_terms)
    absent = [w for t, w in weights.items() if t not in own_terms and t not in context_terms]
    return (
        own / total,
        around / total,
        max(absent, default=0.0) / max(weights.values(), default=1.0),
    )


def order_share(question_terms: Sequence[str], passage_terms: Sequence[str]) -> float:
    """The share of the question's neighbouring terms that follow each other in the passage."""
    pairs = list(pairwise(question_terms))
    if not pairs:
        return 0.0
    positions: dict[str, list[int]] = {}
    for i, t in enumerate(passage_terms):
        positions.setdefault(t, []).append(i)
    in_order = sum(
        any(0 < j - i <= 3 for i in positions.get(a, ()) for j in positions.get(b, ()))
        for a, b in pairs
    )
    return in_order / len(pairs)


_LIST_MARK = re.compile(r"^\s*\d{1,3}(?:\.\d{1,3})*[.)]\s+")
"""The number of an item in a list, which is no amount of anything."""

_NAMING_NUMBER = re.compile(  # an address begins where no word goes on: else quadratic
    r"\b(?:https?://|www\.)\S+|(?<![\w.-])\w[\w.-]*\.[a-z]{2,6}/\S+|\b[^\W\d_]\w*_\w+|\b\w+_[^\W\d_]\w*"
    r"|\b(?:v|version\s)\d+(?:\.\d+)+\b"
    r"|\b(?:CC0|CC[ -]BY(?:-(?:NC|ND|SA))*|[AL]?GPL|MPL|EPL|EUPL|Apache)[ -]v?\d\.\d\b"
    r"|\b\d\.\d\s+(?:International|Unported|Generic|Universal)\b",
    re.I,
)
"""Addresses, identifiers, and versions, of which those of licences stand behind names and before
the words that Creative Commons has for places: "CC BY-NC 4.0", "4.0 International".
"""


def kind_fit(kind: AnswerKind, text: str, question: str, language: str) -> float:
    """1 where a text has a value of the kind that a question expects, -1 where it has none that
    could be, 0 where the kind is not told by form. What the question says itself is no answer.

    Of right answers to 1,500 questions of XQuAD, SQuAD 2.0 and CMRC 10 get -1: 4 of 433 in English,
    2 of 577 in Chinese, 1 of 237 in German, 3 of 245 in Spanish.
    """
    rest = without_words(text, question)
    match kind:
        case "amount":
            return 1.0 if has_number(_without_naming_numbers(rest)) else -1.0
        case "money" | "duration" | "length" | "mass" | "extent":
            return _quantity_fit(kind, text, _without_naming_numbers(rest))
        case "frequency":
            return 1.0 if has_frequency(rest) else -1.0
        case "year":
            return 1.0 if has_year(rest) else 0.0 if has_date(rest) else -1.0
        case "date":
            names_one = has_calendar_date if _ASKS_DATE.search(question) else has_date
            return 1.0 if names_one(rest) else -1.0
        case "clock":
            return 1.0 if has_clock(rest) else 0.0 if has_number(rest) else -1.0
        case "person":
            return _person_fit(text, question, language)
        case "reason":
            return 1.0 if _REASON.search(text) else 0.0
        case "yes-no":  # in Chinese what is asked of the thing stands last
            return 0.0 if _may_tell_whether(text, question.strip()) else -1.0
        case "definition":
            return 1.0 if _defines(text, question) else 0.0
        case _:
            return 0.0


def _without_naming_numbers(text: str) -> str:
    return _NAMING_NUMBER.sub(" ", _LIST_MARK.sub("", text))


def _quantity_fit(kind: str, text: str, rest: str) -> float:
    """A number with a unit of the kind; a number alone may be one where that is not the custom."""
    units = ("length", "duration") if kind == "extent" else (kind,)
    if kind == "money" and has_unit_of("money", rest):  # a sign needs no number, "free" has none
        return 1.0
    if not has_number(rest):
        return -1.0
    if any(has_unit_of(u, text) for u in units):
        return 1.0
    if has_unspaced_script(text) and not _DIGITS.search(rest):
        return -1.0
    return 0.0 if kind != "money" or has_cost(text) else -1.0


def _person_fit(text: str, question: str, language: str) -> float:
    own_terms = set(terms(question))
    target = _ASKED_FOR.search(question)  # "Which baker": a Tom Baker may be one
    words = question.replace(target[1], "") if target else question
    nouns = {t for w in words.split() if w[:1].islower() for t in terms(w)}
    names = [n for n in names_in(_without_things(text, nouns)) if not set(terms(n)) <= own_terms]
    if language in ("en", "fr", "es", "it", "pt", "nl"):
        if names:
            return 1.0
        first = _FIRST_WORD.match(text)
        begins = (
            first is not None
            and first[1][0].isupper()
            and first[1].lower() not in _NO_PERSONS
            and not set(terms(first[1])) <= own_terms
        )
        if begins or _ROLE.search(without_words(text, question)):
            return 0.0
        return 0.0 if may_tell_who(text, question, language) else -1.0
    if language == "zh":
        is_somebody = _HAN_PERSON.search(_HAN_NO_NAMES.sub(" ", text)) is not None
        return 0.0 if is_somebody or may_tell_who(text, question, language) else -1.0
    # where every noun has a capital, two in a row are a name
    return 1.0 if language == "de" and _TWO_CAPITALS.search(text) else 0.0


def _may_tell_whether(text: str, question: str) -> bool:
    """Whether a text has the predicate of a Chinese question, or all else that is asked; True of a
    question in another script.
    """
    predicate = _HAN_PREDICATE.search(question)
    if predicate is None or set(predicate[1]) & set(text):
        return True
    head = _HAN_FRAME.sub("", question[: predicate.start()])
    others = {c for c in head if _IDEOGRAPH.match(c)}
    return len(others) >= MIN_SHARED and others <= set(text)


def _without_things(text: str, nouns: AbstractSet[str]) -> str:
    """Without names that end in one of these nouns: where a mill is asked about, Tide Mill is no
    person.
    """
    return _NAME_RUN.sub(lambda m: "" if nouns & {*terms(m[1])} else m.group(), text)


def _defines(text: str, question: str) -> bool:
    """Whether a text begins with the thing asked about, and says what it is."""
    own_terms = {t for t in terms(question) if len(t) > 1 or _IDEOGRAPH.match(t)}
    m = _DEFINES.search(text)
    if m is None:
        return False
    head = terms(text[: m.start()])
    return bool(own_terms & set(head)) and len(head) <= MAX_DEFINED_TERMS


def features(
    excerpt: Excerpt,
    passage_terms: Sequence[str],
    context_terms: AbstractSet[str],
    question: str,
    question_terms: Sequence[str],
    weights: Mapping[str, float],
    fit: float,
    nearness: float | None,
) -> Features:
    """The features of a passage."""
    coverage, context, missing = term_coverage(set(passage_terms), context_terms, weights)
    new_terms = len(set(passage_terms) - set(question_terms) - set(terms(question)))
    return Features(
        coverage,
        context,
        missing,
        0.0 if nearness is None else min(max(nearness, -1.0), 2.0),
        order_share(question_terms, passage_terms),
        fit,
        math.log1p(excerpt.rank),
        math.log1p(min(new_terms, MAX_NEW_TERMS)),
        1.0 if asks_something(excerpt.text) else 0.0,
    )

"""What words name: people and places, dates, quantities, identifiers, headings, terms, by how they
are written. No model, any language.

Names by capitals after Mikheev, "Periods, capitalized words, etc." (Computational Linguistics 28,
2002): a capital at the beginning of a sentence says nothing unless the word has one elsewhere too.
Chinese terms are the longest runs of characters that several texts share.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from polysense.read.file.text import sentences
from polysense.read.language.analysis import terms
from polysense.read.language.function_words import REQUEST_WORDS

# The limits are judged, not measured.
MAX_CHARS = 6000
"""Characters read of one text."""

MIN_NAME_CHARS, MAX_NAME_CHARS = 3, 60
MAX_ACRONYM_CHARS = 6
"""A single word in capitals up to here is a name (NASA); a longer one is shouting."""

MAX_SHARED_TERMS, MAX_SHARED_WORDS, MAX_SHARED_RUNS = 60, 40, 25
MAX_HAN_CHARS = 8
"""Characters of a Chinese term."""

MAX_HAN_TEXTS = 12
"""Texts that are compared for Chinese terms: each with each takes long."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_MONTHS = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b"
    rf"|\b{_DAY} (?:{_MONTHS})\.?,? \d{{4}}\b|\b(?:{_MONTHS})\.? {_DAY}, \d{{4}}\b"
    rf"|\b{_DAY} (?:{_MONTHS})\b|\b(?:{_MONTHS}) \d{{4}}\b"
    r"|\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日"
    r"|\b(?:1[5-9]|20)\d\d\b(?!\s?(?:kg|km|m|mm|cm|g|%)|\s[a-z]{3,}s\b)"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
)
_UNITS = (
    "km/h|kg|km|cm|mm|nm|m²|m³|m|g|mg|t|tons?|tonnes?|litres?|l|ml|°[CF]|K|Hz|kHz|MHz|GHz|kW|MW"
    "|kWh|W|V|A|bar|Pa|MB|GB|TB|KiB|MiB|GiB|px|dpi|"
    "metres?|meters?|feet|ft|inch(?:es)?|miles?|knots?|pounds?|ounces?|oz|lb|percent|per cent"
    "|dollars?|euros?|yuan|seconds?|minutes?|hours?|days?|weeks?|months?|years?"
)
_AMOUNT = r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_QUANTITY = re.compile(
    rf"[$€£¥₹]\s?(?:{_AMOUNT})|(?<![\w.])(?:{_AMOUNT})\s?(?:%|(?:{_UNITS})(?![\w/]))"
    rf"|(?:{_AMOUNT})\s?(?:元|米|公里|千克|公斤|克|年|岁|小时|分钟|秒|天|个月|度|吨|升)"
)
_IDENTIFIER = re.compile(
    r"\b(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w+)*\(\)"
    r"|[a-z]+(?:[A-Z][a-z0-9]+)+|(?:[A-Z][a-z0-9]+){2,}|[A-Za-z]\w*_\w+|[A-Z]{1,4}-?\d[\w-]*|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|[\w-]+\.(?:py|js|rs|md|pdf|csv|tsv|json|xlsx|docx|txt|png|jpg|wav|mp3|mp4|glb|html|yaml"
    r"|toml))\b(?:\(\))?"
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]*"
_NAME = re.compile(
    rf"{_CAPITAL}(?:[ \t]+(?:(?:of|the|de|la|le|van|von|der|del|di|du|and)[ \t]+){{0,2}}"
    rf"{_CAPITAL})*"
)
_LINE_WRAP = re.compile(r"(?<=[^\n]{50})\n(?=[^\W\d])")
_QUOTATION = re.compile(r"《([^《》]{1,30})》|「([^「」]{2,20})」|“([^“”]{2,40})”")
_HAN_STOP_CHARACTERS = set(
    "的了是在和有也就都而及与或被把这那其它他她我你们个之为于以从到不很上下中时后前所对等着过会能要"
    "说什么谁哪怎多少吗呢吧啊一"
)
_FUNCTION_WORD_LIST = (
    "the this that these those there here it he she they we i you his her its their our my your "
    "in on at by for from to of and but or if when where what which who how why is are was were "
    "be as an a no not yes all some any each every after before since while then thus so also "
    "may might can could will would shall should must do does did has have had page figure table "
    "chapter section part column row file one two three first second"
)
_FUNCTION_WORDS = frozenset(_FUNCTION_WORD_LIST.split())


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named in a text: its kind, how it is written, and in which sentence (from 0)."""

    kind: str
    text: str
    sentence: int = 0

    @property
    def key(self) -> str:
        """The same for all ways of writing it."""
        plain = re.sub(r"[\s_,]+", " ", self.text.removesuffix("()")).strip(" .").casefold()
        return plain.removeprefix("the ") or plain


def mentions(texts: Sequence[str]) -> list[list[Mention]]:
    """What each text names, in order; a word is a name where any text has it like one."""
    clipped_texts = [_LINE_WRAP.sub(" ", t[:MAX_CHARS]) for t in texts]
    sentences_of_texts = [[t[a:b] for a, b in sentences(t)] for t in clipped_texts]
    all_sentences = [s for text_sentences in sentences_of_texts for s in text_sentences]
    capitals = Counter(w for s in all_sentences for w in _capitals_inside(s))
    lowercase = Counter(w for t in clipped_texts for w in re.findall(r"\b[a-zà-ÿ][\w’'-]+", t))
    common_terms = shared_terms(clipped_texts)
    return [
        [
            m
            for n, s in enumerate(text_sentences)
            for m in _sentence_mentions(s, n, capitals, lowercase, common_terms)
        ]
        for text_sentences in sentences_of_texts
    ]


def _capitals_inside(sentence: str) -> Iterator[str]:
    """Capitalised words that do not begin the sentence."""
    for m in re.finditer(_CAPITAL, sentence):
        if sentence[: m.start()].strip(" \t\"'“‘(-•*#[0123456789.)"):
            yield m[0]


def _sentence_mentions(
    sentence: str,
    number: int,
    capitals: Counter[str],
    lowercase: Counter[str],
    common_terms: Sequence[str],
) -> Iterator[Mention]:
    occupied = [False] * len(sentence)

    def claim(a: int, b: int) -> bool:
        if any(occupied[a:b]):
            return False
        occupied[a:b] = [True] * (b - a)
        return True

    for kind, pattern in (("identifier", _IDENTIFIER), ("date", _DATE), ("quantity", _QUANTITY)):
        for m in pattern.finditer(sentence):
            if claim(*m.span()):
                yield Mention(kind, m[0].strip(), number)
    for m in _QUOTATION.finditer(sentence):
        if claim(*m.span()):
            yield Mention("name", next(g for g in m.groups() if g).strip(), number)
    for m in _NAME.finditer(sentence):
        name = _trim_name(m[0], capitals, lowercase)
        if name and claim(*m.span()):
            yield Mention("name", name, number)
    for term in common_terms:
        for start, end in _places_of_term(term, sentence.casefold()):
            if claim(start, end):
                yield Mention("term", term, number)
                break


def _places_of_term(term: str, folded: str) -> Iterator[tuple[int, int]]:
    """Where a term stands as a word of its own; Chinese has no spaces to tell that by."""
    start = folded.find(term.casefold())
    while start >= 0:
        end = start + len(term)
        is_inside_word = folded[start - 1 : start].isalnum() or folded[end : end + 1].isalnum()
        if term[0] >= "\u2e80" or not is_inside_word:
            yield start, end
        start = folded.find(term.casefold(), start + 1)


def _trim_name(name: str, capitals: Counter[str], lowercase: Counter[str]) -> str:
    """A name without the small words around it; "" where only its place in the sentence gave it a
    capital.
    """
    words = name.split()
    while words and (
        words[0].casefold() in _FUNCTION_WORDS
        or (len(words) > 1 and not capitals[words[0]] and lowercase[words[0].casefold()] > 0)
    ):
        words.pop(0)
    while words and words[-1].casefold() in _FUNCTION_WORDS:
        words.pop()
    if not words or len("".join(words)) < MIN_NAME_CHARS:
        return ""
    trimmed_name = re.sub(r"[’']s$", "", " ".join(words))
    first = words[0]
    is_acronym = first.isupper() and len(first) <= MAX_ACRONYM_CHARS
    # a single word must have its capital elsewhere too, and more often than not
    is_single = len(words) == 1 and not is_acronym
    if is_single and (not capitals[first] or lowercase[first.casefold()] > capitals[first]):
        return ""
    return trimmed_name if len(trimmed_name) <= MAX_NAME_CHARS else ""


def shared_terms(texts: Sequence[str]) -> list[str]:
    """Words, and runs of Chinese characters, that two texts or more have: the longest first."""
    text_counts = Counter[str]()
    spelling: dict[str, str] = {}
    for text in texts:
        words_by_stem: dict[str, str] = {}
        for w in re.findall(r"\b[^\W\d_]{4,}\b", text):
            stem = terms(w)
            if (
                stem
                and w.casefold() not in REQUEST_WORDS
                and w.casefold() not in _FUNCTION_WORDS
                and not re.match(f"[{_HAN}]", w)
            ):
                words_by_stem.setdefault(stem[0], w.lower())
        text_counts.update(words_by_stem.keys())
        for key, w in words_by_stem.items():
            spelling[key] = min(spelling.get(key, w), w, key=lambda x: (len(x), x))
    most_common = sorted(text_counts.items(), key=lambda i: (-i[1], -len(i[0]), i[0]))
    words = [spelling[stem] for stem, count in most_common if count > 1][:MAX_SHARED_WORDS]
    terms_of_all = {*words, *_shared_han_runs(texts)}
    return sorted(terms_of_all, key=lambda w: (-len(w), w))[:MAX_SHARED_TERMS]


def _shared_han_runs(texts: Sequence[str]) -> list[str]:
    """The longest runs of characters that two texts have, none of which cuts another's words."""
    grams = [_han_grams(t) for t in texts]
    common = Counter(
        g
        for a, b in combinations(range(len(grams)), 2)
        if b < MAX_HAN_TEXTS
        for g in grams[a] & grams[b]
    )
    candidates = [
        g
        for g in common
        if not (_HAN_STOP_CHARACTERS & {g[0], g[-1]}) and g.strip("二三四五六七八九十百千万两半")
    ]
    longest: list[str] = []
    for g in sorted(candidates, key=lambda g: (-len(g), -common[g], g)):
        is_part = any(g in k and common[g] <= common[k] for k in longest)
        if not is_part and not any(_cuts_into(g, k) for k in longest):
            longest.append(g)
    return longest[:MAX_SHARED_RUNS]


def _han_grams(text: str) -> set[str]:
    """All runs of two characters or more."""
    return {
        run[i : i + n]
        for run in set(re.findall(f"[{_HAN}]{{2,}}", text))
        for n in range(2, MAX_HAN_CHARS + 1)
        for i in range(len(run) - n + 1)
    }


def _cuts_into(a: str, b: str) -> bool:
    """Whether two runs are pieces of one another's edges, so that one of them is cut in the middle
    of a word.
    """
    return any(a[:i] == b[-i:] or a[-i:] == b[:i] for i in range(1, min(len(a), len(b))))

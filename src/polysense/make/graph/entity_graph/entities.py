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
from polysense.read.language.analysis import STOP, terms

MOST_CHARS = 6000
"""Characters read of one text."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_MONTHS = "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b{_DAY} (?:{_MONTHS})\.?,? \d{{4}}\b|\b(?:{_MONTHS})\.? {_DAY}, \d{{4}}\b"
    rf"|\b{_DAY} (?:{_MONTHS})\b|\b(?:{_MONTHS}) \d{{4}}\b|\d{{4}}年(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?|\d{{1,2}}月\d{{1,2}}日"
    r"|\b(?:1[5-9]|20)\d\d\b(?!\s?(?:kg|km|m|mm|cm|g|%)|\s[a-z]{3,}s\b)|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
)
_UNITS = (
    "km/h|kg|km|cm|mm|nm|m²|m³|m|g|mg|t|tons?|tonnes?|litres?|l|ml|°[CF]|K|Hz|kHz|MHz|GHz|kW|MW|kWh|W|V|A|bar|Pa|MB|GB|TB|KiB|MiB|GiB|px|dpi|"
    "metres?|meters?|feet|ft|inch(?:es)?|miles?|knots?|pounds?|ounces?|oz|lb|percent|per cent|dollars?|euros?|yuan|"
    "seconds?|minutes?|hours?|days?|weeks?|months?|years?"
)
_AMOUNT = r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_QUANTITY = re.compile(
    rf"[$€£¥₹]\s?(?:{_AMOUNT})|(?<![\w.])(?:{_AMOUNT})\s?(?:%|(?:{_UNITS})(?![\w/]))|(?:{_AMOUNT})\s?(?:元|米|公里|千克|公斤|克|年|岁|小时|分钟|秒|天|个月|度|吨|升)"
)
_IDENTIFIER = re.compile(
    r"\b(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w+)*\(\)|[a-z]+(?:[A-Z][a-z0-9]+)+|(?:[A-Z][a-z0-9]+){2,}|[A-Za-z]\w*_\w+|[A-Z]{1,4}-?\d[\w-]*|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|[\w-]+\.(?:py|js|rs|md|pdf|csv|tsv|json|xlsx|docx|txt|png|jpg|wav|mp3|mp4|glb|html|yaml|toml))\b(?:\(\))?"
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]*"
_NAME = re.compile(
    rf"{_CAPITAL}(?:[ \t]+(?:(?:of|the|de|la|le|van|von|der|del|di|du|and)[ \t]+){{0,2}}{_CAPITAL})*"
)
_WRAPPED = re.compile(r"(?<=[^\n]{50})\n(?=[^\W\d])")
_QUOTED = re.compile(r"《([^《》]{1,30})》|「([^「」]{2,20})」|“([^“”]{2,40})”")
_STOP_HAN = set(
    "的了是在和有也就都而及与或被把这那其它他她我你们个之为于以从到不很上下中时后前所对等着过会能要说什么谁哪怎多少吗呢吧啊一"
)
_SMALL = (
    "the this that these those there here it he she they we i you his her its their our my your in on at by for from to of and but or if "
    "when where what which who how why is are was were be as an a no not yes all some any each every after before since while then thus so "
    "also may might can could will would shall should must do does did has have had page figure table chapter section part column row file "
    "one two three first second"
)
_WEAK = frozenset(_SMALL.split())


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named in a text: its kind, how it is written there, and in which sentence (from 0)."""

    kind: str
    said: str
    sentence: int = 0

    @property
    def key(self) -> str:
        """The same for all ways of writing it."""
        plain = re.sub(r"[\s_,]+", " ", self.said.removesuffix("()")).strip(" .").casefold()
        return plain.removeprefix("the ") or plain


def mentions(texts: Sequence[str]) -> list[list[Mention]]:
    """What each text names, in order; a word is a name in one where it is written like one in any."""
    cut = [_WRAPPED.sub(" ", t[:MOST_CHARS]) for t in texts]
    split = [[t[a:b] for a, b in sentences(t)] for t in cut]
    inside = Counter(w for said in split for s in said for w in _words_inside(s))
    lower = Counter(w for t in cut for w in re.findall(r"\b[a-zà-ÿ][\w’'-]+", t))
    shared = shared_terms(cut)
    return [
        [m for n, s in enumerate(said) for m in _in_sentence(s, n, inside, lower, shared)]
        for said in split
    ]


def _words_inside(sentence: str) -> Iterator[str]:
    """Capitalised words that do not begin the sentence."""
    for m in re.finditer(_CAPITAL, sentence):
        if sentence[: m.start()].strip(" \t\"'“‘(-•*#[0123456789.)"):
            yield m[0]


def _in_sentence(
    sentence: str, n: int, inside: Counter[str], lower: Counter[str], shared: Sequence[str]
) -> Iterator[Mention]:
    taken = [False] * len(sentence)

    def free(a: int, b: int) -> bool:
        if any(taken[a:b]):
            return False
        taken[a:b] = [True] * (b - a)
        return True

    for kind, pattern in (("identifier", _IDENTIFIER), ("date", _DATE), ("quantity", _QUANTITY)):
        for m in pattern.finditer(sentence):
            if free(*m.span()):
                yield Mention(kind, m[0].strip(), n)
    for m in _QUOTED.finditer(sentence):
        if free(*m.span()):
            yield Mention("name", next(g for g in m.groups() if g).strip(), n)
    for m in _NAME.finditer(sentence):
        name = _trimmed(m[0], inside, lower)
        if name and free(*m.span()):
            yield Mention("name", name, n)
    low = sentence.casefold()
    for term in shared:
        at = low.find(term.casefold())
        while at >= 0:
            whole = term[0] >= "\u2e80" or not (
                low[at - 1 : at].isalnum() or low[at + len(term) : at + len(term) + 1].isalnum()
            )
            if whole and free(at, at + len(term)):
                yield Mention("term", term, n)
                break
            at = low.find(term.casefold(), at + 1)


def _trimmed(name: str, inside: Counter[str], lower: Counter[str]) -> str:
    """A name without the small words around it; "" where only its place in the sentence gave it a
    capital.
    """
    words = name.split()
    while words and (
        words[0].casefold() in _WEAK
        or (len(words) > 1 and not inside[words[0]] and lower[words[0].casefold()] > 0)
    ):
        words.pop(0)
    while words and words[-1].casefold() in _WEAK:
        words.pop()
    if not words or len("".join(words)) < 3:
        return ""
    joined = re.sub(r"[’']s$", "", " ".join(words))
    alone = len(words) == 1 and not (words[0].isupper() and len(words[0]) < 7)
    if alone and (not inside[words[0]] or lower[words[0].casefold()] > inside[words[0]]):
        return ""
    return joined if len(joined) <= 60 else ""


def shared_terms(texts: Sequence[str]) -> list[str]:
    """Words, and runs of Chinese characters, that two texts or more have: the longest first, at
    most 60.
    """
    plain = Counter[str]()
    written: dict[str, str] = {}
    for text in texts:
        found: dict[str, str] = {}
        for w in re.findall(r"\b[^\W\d_]{4,}\b", text):
            stem = terms(w)
            if (
                stem
                and stem[0] not in STOP
                and w.casefold() not in _WEAK
                and not re.match(f"[{_HAN}]", w)
            ):
                found.setdefault(stem[0], w.lower())
        plain.update(found.keys())
        for one, w in found.items():
            written[one] = min(written.get(one, w), w, key=lambda x: (len(x), x))
    words = [
        written[s]
        for s, n in sorted(plain.items(), key=lambda i: (-i[1], -len(i[0]), i[0]))
        if n > 1
    ][:40]
    return sorted({*words, *_han(texts)}, key=lambda w: (-len(w), w))[:60]


def _han(texts: Sequence[str]) -> list[str]:
    runs = [set(re.findall(f"[{_HAN}]{{2,}}", t)) for t in texts]
    grams = [
        {r[i : i + n] for r in held for n in range(2, 9) for i in range(len(r) - n + 1)}
        for held in runs
    ]
    common = Counter(
        g for a, b in combinations(range(len(grams)), 2) if b < 12 for g in grams[a] & grams[b]
    )
    found = [
        g
        for g in common
        if not (_STOP_HAN & {g[0], g[-1]}) and g.strip("二三四五六七八九十百千万两半")
    ]
    longest: list[str] = []
    for g in sorted(found, key=lambda g: (-len(g), -common[g], g)):
        if not any(g in k and common[g] <= common[k] for k in longest) and not any(
            _crosses(g, k) for k in longest
        ):
            longest.append(g)
    return longest[:25]


def _crosses(a: str, b: str) -> bool:
    """Whether two runs are pieces of one another's edges, so that one of them is cut in the middle
    of a word.
    """
    return any(a[:i] == b[-i:] or a[-i:] == b[:i] for i in range(1, min(len(a), len(b))))

"""The pages and sections that a question names as the place to look in.

"On page 12" and "summarise chapter 3" name one; "delete the last page", "PP 20" and "Chapter 11
bankruptcy" do not. A place stands behind a word that leads into it or lets it speak, and no noun
follows that makes another name of it. What is doubtful names none: then everything is searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from polysense.question import Pages
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.numbers import HAN_NUMERALS, han_number

ARTICLE = r"(?:\b(?:the|der|die|das|dem|den|des|le|la|les|el|los|las)\s+|\bl['’]\s?)?"
"""A definite article of the languages that places are named in, or none."""

TELLS = (
    r"(?:talks?|speaks?|tells?|deals?|says?|mentions?|contains?|describes?|explains?|discuss(?:es)?"
    r"|covers?|shows?|gives?|states?|lists?|defines?|requires?|recommends?|reads?|begins?|starts?|ends?"
    r"|happens?|erwähn(?:t|en)|enth(?:ält|alten)|handel[nt]n?|beschreib(?:t|en)|zeig(?:t|en)|steht"
    r"|erklär(?:t|en)|parle(?:nt)?|mentionne(?:nt)?|contient|contiennent|traite(?:nt)?|montre(?:nt)?|dit"
    r"|explique(?:nt)?|hablan?|mencionan?|contienen?|tratan?|muestran?|explican?|dicen?)"
)
"""Verbs of what a text does, as they follow its name or stand before it."""

_HAN_NUMBER = f"(?:\\d{{1,5}}|[{''.join(sorted(HAN_NUMERALS))}]{{1,6}})"
_LEAD = (
    r"(?:\b(?P<lead>on|at|from|of|in|within|inside|under|about|by|per|see|according\s+to|auf|von|aus"
    r"|unter|laut|im|zum|zur|siehe|über|gemäß|sur|à|du|de|dans|selon|voir|en|según|del?|al|ver)\s+)?"
)
_ORDERS_TEXT = (
    "summarise summarize read explain describe translate quote compare show me us open outline "
    "list does do did zeige zeig mir lies erkläre beschreibe übersetze vergleiche lautet lauten "
    "montre moi lis explique décris traduis compare résume résumez muestra muéstrame lee explica "
    "describe traduce compara resume"
)
_LETS_SPEAK = re.compile(rf"\b(?:{'|'.join(_ORDERS_TEXT.split())}|{TELLS})\s*$", re.I)
_IS_ABOUT = re.compile(r"\b(?:is|are|what['’]s)\s*$", re.I)
_BEGINS = re.compile(r"(?:^|[.?!:;,(\[{—–-])\s*$")
_NO_NOUN_FOLLOWS = re.compile(
    rf"\s*(?:$|[^\w\s]|(?:{TELLS}|"
    + "|".join(sorted(frozenset().union(*(FUNCTION_WORDS[c] for c in ("en", "de", "fr", "es")))))
    + r")\b)",
    re.I,
)
_ASKS_HOW = re.compile(
    r"\W*(?:how\s+(?:do|does|can|could|should|to|would)|can\s+(?:i|we|you|one)|wie\s+(?!viel|hoch|lang"
    r"|gro)|kann|comment|puis-je|cómo|puedo)\b",
    re.I,
)
_HAN_ASKS_HOW = re.compile("怎么|怎麼|怎样|怎樣|如何")
_HAN_LEADS_IN = re.compile(
    r"(?:^|[在的》”\"、，,和与與及请問问结結括看读讀]|\.[A-Za-z0-9]{2,5})\s*$"
)
_HAN_SPEAKS = re.compile(r"\s*[的上里裡中讲講说說写寫谈談有提是内內]")

_RANGE = r"\d{1,5}(?:\s*(?:-|–|to|bis|à|a|hasta)\s*\d{1,5})?\b"
_NEXT = r"(?:\s*(?:,|&|\b(?:and|und|et|y)\b)\s*)"
_PLURALS = r"(?:pages|slides|seiten|folien|diapositives|páginas|págs|diapositivas)"
_PAGE = re.compile(
    rf"{_LEAD}{ARTICLE}(?:\b{_PLURALS}\b\.?\s*(?P<many>{_RANGE}(?:{_NEXT}{_RANGE})*)"
    r"|\b(?P<word>page|slide|seite|folie|diapositive|página|pág|diapositiva)\b\.?\s*"
    rf"(?P<one>{_RANGE})"
    rf"|(?<![\w.])(?P<short>(?-i:p|pp|S))\.\s?(?P<some>{_RANGE}(?:{_NEXT}{_RANGE})*)"
    r"|\b(?P<end>first|last|erste[nrs]?|letzte[nrs]?|première|dernière|primera|última)"
    r"\s+(?:page|slide|seite|folie|diapositive|página|diapositiva)\b(?!-))",
    re.I,
)
_HAN_RANGE = rf"{_HAN_NUMBER}(?:\s*[-–~到至]\s*第?{_HAN_NUMBER})?"
_HAN_PAGE = re.compile(
    rf"在?(?:第\s*(?P<han>{_HAN_RANGE}(?:\s*[、,，和与與及]\s*第?\s*{_HAN_RANGE})*)\s*[页頁]"
    r"|(?:最后|最後)一[页頁])(?![面码碼眉脚腳])(?:上|里|裡|中)?"
)
_SECTION_NOUN = (
    r"(?:section|chapter|appendix|abschnitt|kapitel|anhang|chapitre|annexe|sección|capítulo|apartado"
    r"|anexo)"
)
_SECTION = re.compile(
    rf"{_LEAD}{ARTICLE}(?:\b{_SECTION_NOUN}\s+|§\s*)(?P<number>(?:\d+|(?-i:[A-Z])(?!\w)"
    r"|[a-z](?=\s*(?:$|[?.!,;:)]))|[b-z](?=\s+(?:of|in|von|de|du|del|dans|en|about|say)\b))"
    r"(?:\.\d+)*)(?!\w)"
    rf"|{_LEAD.replace('lead', 'also')}{ARTICLE}\b{_SECTION_NOUN}"
    r"(?:\s+(?:on|about|called|titled|über|sur|sobre))?\s+[\"“„«'](?P<title>[^\"”“»']{2,80})[\"”“»']",
    re.I,
)
_HAN_SECTION = re.compile(
    rf"在?(?:第?\s*(?P<dotted>\d+(?:\.\d+)+)\s*|第\s*(?P<han>{_HAN_NUMBER})\s*)"
    r"(?:章节|章節|[章节節])(?:里|裡|中)?"
)
_HAN_NO_NOUN_FOLLOWS = re.compile(
    r"\s*(?:$|[^\w\s]|[的里裡中内內上讲講说說写寫介绍紹谈談提有是在关關主叫标標和与與及到至对對包怎如什哪为為])"
)
"""What follows 第一章 where it is a chapter: 第一章程 are articles, 第一节课 is a lesson."""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """Where a question's text names a place, with the words that lead into it: the pages, or the
    section as its heading begins. is_han where it is named in Chinese.
    """

    start: int
    end: int
    pages: Pages = ()
    section: str = ""
    is_han: bool = False


def named_places(text: str) -> list[NamedPlace]:
    """The places that a question names, as they come.

    >>> [(p.pages, p.section) for p in named_places("What is on pages 3 and 5, and in chapter 2?")]
    [(((3, 3), (5, 5)), ''), ((), '2')]
    >>> named_places("How do I delete the last page?"), named_places("Is Chapter 11 bankruptcy?")
    ([], [])
    """
    places = [
        *(_page(m) for m in _PAGE.finditer(text) if _is_page(text, m)),
        *(_section(m) for m in _SECTION.finditer(text) if _is_section(text, m)),
        *(_han_page(m) for m in _HAN_PAGE.finditer(text) if _is_han_page(text, m)),
        *(
            NamedPlace(*m.span(), section=m["dotted"] or str(_number(m["han"])), is_han=True)
            for m in _HAN_SECTION.finditer(text)
            if m["dotted"] or _HAN_NO_NOUN_FOLLOWS.match(text, m.end())
        ),
    ]
    return sorted(places, key=lambda p: p.start)


def _is_page(text: str, m: re.Match[str]) -> bool:
    leads = m["lead"] is not None or _is_introduced(text, m)
    if m["end"]:
        return leads and _NO_NOUN_FOLLOWS.match(text, m.end()) is not None
    if m["short"]:  # after initials it is another one
        return m["lead"] is not None or not re.search(r"[^\s(\[,;:]\s*$", text[: m.start()])
    return leads or not _ASKS_HOW.match(text)


def _is_section(text: str, m: re.Match[str]) -> bool:
    number = m["number"] or ""
    if m["title"] or "." in number:
        return True
    leads = m["lead"] is not None or _is_introduced(text, m)
    return leads and _NO_NOUN_FOLLOWS.match(text, m.end()) is not None


def _is_introduced(text: str, m: re.Match[str]) -> bool:
    """Whether what stands before a place lets it speak, or nothing does."""
    before = text[: m.start()]
    is_subject = _IS_ABOUT.search(before) and re.match(r"\s+about\b", text[m.end() :], re.I)
    return bool(is_subject or _BEGINS.search(before) or _LETS_SPEAK.search(before))


def _is_han_page(text: str, m: re.Match[str]) -> bool:
    """The last page must be spoken of; a page with a number is one unless how to do something to it
    is asked.
    """
    if m["han"] and not _HAN_ASKS_HOW.search(text):
        return True
    is_inside = m.group().startswith("在") or m.group()[-1] in "上里裡中"
    speaks = _HAN_SPEAKS.match(text, m.end()) is not None
    leads = _HAN_LEADS_IN.search(text[: m.start()]) is not None
    return is_inside or speaks or leads


def _page(m: re.Match[str]) -> NamedPlace:
    if m["end"]:
        is_first = m["end"].lower().startswith(("first", "erste", "prem", "prim"))
        return NamedPlace(*m.span(), ((1, 1),) if is_first else ((-1, -1),))
    numbers = m["many"] or m["one"] or m["some"]
    return NamedPlace(*m.span(), _ranges(re.split(_NEXT, numbers, flags=re.I)))


def _han_page(m: re.Match[str]) -> NamedPlace:
    pages = _ranges(re.split("[、,，和与與及]", m["han"])) if m["han"] else ((-1, -1),)
    return NamedPlace(*m.span(), pages, is_han=True)


def _ranges(items: Sequence[str]) -> Pages:
    """The pages of each item: "7", "3-5", "三到五"."""
    number = re.compile(_HAN_NUMBER)
    ranges = []
    for item in items:
        first, *rest = (_number(n) for n in number.findall(item))
        ranges.append((first, max(first, *rest) if rest else first))
    return tuple(ranges)


def _section(m: re.Match[str]) -> NamedPlace:
    return NamedPlace(*m.span(), section=str(m["number"] or m["title"]))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else han_number(text)

"""The numbers that Word shows before paragraphs (WordprocessingML 17.9), put into their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from polysense.read.document.list_numbers import numeral
from polysense.read.document.word_xml import W, element_text, style_id

_KINDS = {
    "decimal": "1", "decimalZero": "1", "ordinal": "1", "lowerLetter": "a", "upperLetter": "A",
    "lowerRoman": "i", "upperRoman": "I", "chineseCounting": "一", "chineseCountingThousand": "一",
    "taiwaneseCounting": "一", "taiwaneseCountingThousand": "一", "japaneseCounting": "一",
    "ideographDigital": "一", "decimalFullWidth": "1",
}  # fmt: skip
"""The numbers of Word as those of pages; what is no number is a bullet, or nothing."""

_LEVELS = 9
_MAX_STYLE_DEPTH = 10
_MAX_MARKER_CHARS = 40
_PLACE = re.compile(r"%([1-9])")
_NUMBER = re.compile(r"\d{1,6}")


@dataclass(slots=True)
class _Level:
    """How the paragraphs of a level are numbered; restart is the level that begins them anew."""

    kind: str
    text: str
    start: int = 1
    restart: int | None = None
    is_decimal: bool = False
    style: str = ""


@dataclass(slots=True)
class _List:
    """A list: its levels, and the numbers that they have come to; those of one kind share them."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class _Numbering:
    """The lists that a document defines, and the styles that belong to them."""

    def __init__(self, numbering: Any, styles: Mapping[str, Any]) -> None:
        self._styles = styles
        definitions = {
            e.get(W + "abstractNumId", ""): e for e in numbering.iterchildren(W + "abstractNum")
        }
        abstract = {
            key: _List(dict(self._levels(self._definition(e, definitions, numbering))))
            for key, e in definitions.items()
        }
        self._lists: dict[str, _List] = {}
        self._starts: dict[str, dict[int, int]] = {}
        for num in numbering.iterchildren(W + "num"):
            key, whole = num.get(W + "numId", ""), abstract.get(_value(num, "abstractNumId"))
            if whole is None:
                continue
            own_levels = dict(whole.levels)
            starts: dict[int, int] = {}
            for override in num.iterchildren(W + "lvlOverride"):
                own_levels |= self._levels(override)
                if _NUMBER.fullmatch(start := _value(override, "startOverride")):
                    starts[_whole(override.get(W + "ilvl"))] = int(start)
            self._lists[key] = _List(own_levels, whole.counts)
            self._starts[key] = starts

    def marker(self, membership: tuple[str, int]) -> str:
        """What is shown before a paragraph, which is counted; "" before others."""
        key, level_number = membership
        whole = self._lists.get(key)
        level = whole.levels.get(level_number) if whole else None
        if whole is None or level is None:
            return ""
        counts, starts = whole.counts, self._starts[key]
        if level_number in starts:
            counts[level_number] = starts.pop(level_number) - 1
        counts[level_number] = counts.get(level_number, level.start - 1) + 1
        for deeper, other in whole.levels.items():
            restart = deeper if other.restart is None else other.restart
            if deeper > level_number and level_number < restart:
                counts.pop(deeper, None)
        return _marker_text(whole, level)

    def membership(self, p: Any) -> tuple[str, int]:
        """(list, level) of a paragraph by itself, else by its style."""
        own = p.find(f"{W}pPr/{W}numPr")
        key = _value(own, "numId") if own is not None else ""
        if key:
            return key, _whole(_value(own, "ilvl"))
        name = style_id(p)
        for _ in range(_MAX_STYLE_DEPTH):
            style = self._styles.get(name)
            if style is None:
                break
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None and (key := _value(properties, "numId")):
                levels = self._lists[key].levels if key in self._lists else {}
                own_level = next((n for n, lvl in levels.items() if lvl.style == name), None)
                level = _whole(_value(properties, "ilvl")) if own_level is None else own_level
                return key, level if own is None else _whole(_value(own, "ilvl"))
            name = _value(style, "basedOn")
        return "", 0

    def _definition(self, e: Any, definitions: Mapping[str, Any], numbering: Any) -> Any:
        """The definition that one refers to by a style, else the same."""
        link = self._styles.get(_value(e, "numStyleLink"))
        properties = link.find(f"{W}pPr/{W}numPr") if link is not None else None
        key = _value(properties, "numId") if properties is not None else ""
        for num in numbering.iterchildren(W + "num"):
            if key and num.get(W + "numId") == key:
                return definitions.get(_value(num, "abstractNumId"), e)
        return e

    @staticmethod
    def _levels(holder: Any) -> Iterator[tuple[int, _Level]]:
        for e in holder.iterchildren(W + "lvl"):
            start, restart = _value(e, "start"), _value(e, "lvlRestart")
            yield (
                _whole(e.get(W + "ilvl")),
                _Level(
                    _KINDS.get(_value(e, "numFmt") or "decimal", ""),
                    _value(e, "lvlText"),
                    int(start) if _NUMBER.fullmatch(start) else 0,
                    int(restart) if _NUMBER.fullmatch(restart) else None,
                    e.find(W + "isLgl") is not None,
                    _value(e, "pStyle"),
                ),
            )


def number_paragraphs(document: Any) -> None:
    """Put before the words of each paragraph of the body the number that Word shows there."""
    relations = document.part.rels.values()
    parts = (r.target_part for r in relations if _is_numbering(r))
    numbering_root = getattr(next(parts, None), "element", None)
    if numbering_root is None:
        return
    try:
        styles = {e.get(W + "styleId", ""): e for e in document.styles.element.iter(W + "style")}
    except (KeyError, ValueError, AttributeError):
        styles = {}
    numbering = _Numbering(numbering_root, styles)
    for p in document.element.body.iter(W + "p"):
        membership = numbering.membership(p)
        if not membership[0]:
            continue
        is_said = bool(element_text(p).strip())
        if not is_said and p.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            continue
        if (marker := numbering.marker(membership)) and is_said:
            run = p.makeelement(W + "r")
            text = run.makeelement(W + "t")
            text.text = f"{marker} "
            run.append(text)
            p.insert(1 if p.find(W + "pPr") is not None else 0, run)


def _is_numbering(relation: Any) -> bool:
    return not relation.is_external and (relation.reltype or "").endswith("/numbering")


def _marker_text(whole: _List, level: _Level) -> str:
    """The text of a level with its numbers; "" of bullets."""
    if not level.kind or not _PLACE.search(level.text):
        return ""

    def number_of(match: re.Match[str]) -> str:
        n = int(match[1]) - 1
        other = whole.levels.get(n)
        if other is None:
            return ""
        kind = "1" if level.is_decimal else other.kind or "1"
        return numeral(whole.counts.get(n, other.start), kind)

    return " ".join(_PLACE.sub(number_of, level.text).split())[:_MAX_MARKER_CHARS]


def _value(element: Any, name: str) -> str:
    child = element.find(W + name)
    return "" if child is None else str(child.get(W + "val", ""))


def _whole(text: str | None) -> int:
    return min(int(text), _LEVELS - 1) if text and _NUMBER.fullmatch(text) else 0

"""Which of the columns that a question names it denies: "paid, but not voted"."""

from __future__ import annotations

import re
from collections.abc import Collection

from polysense.make.table.question.normalise import tokenize
from polysense.make.table.question.reading import Mention, Reading

_NEGATION_TEXT = "not didn hasn haven isn aren don doesn never nicht kein keine keinen pas 没 未 不"
_NEGATIONS = frozenset(_NEGATION_TEXT.split())
_JOINING_TEXT = (
    "but and although though while whereas aber und sondern obwohl mais et pero y sino 但 且 而 却"
)
_JOINING = frozenset(_JOINING_TEXT.split())
"""Words over which no negation reaches, nor over a comma."""
_ALTERNATIVES = frozenset(["or", "nor", "oder", "noch", "ou", "ni", "o", "或"])
"""Words over which it does: "not paid or voted"."""
_COMMA = re.compile(r"[,;，；、](?!\d)")


def negations(r: Reading, columns: Collection[int]) -> dict[int, set[int]]:
    """Where the mentions of these columns begin that are denied -> the words that deny them.

    A negation denies what is named next in its part of the sentence, else what was named last
    there: "wer bezahlt nicht".
    """
    result: dict[int, set[int]] = {}
    parts = _parts(r)
    choices = [m for m in r.mentions if m.kind.startswith("column") and set(columns) & {*m.columns}]
    for i, t in enumerate(r.tokens):
        if t.raw not in _NEGATIONS:
            continue
        at = {i, i + 1} if [t.raw for t in r.tokens[i + 1 : i + 2]] == ["t"] else {i}
        before = [m for m in choices if m.positions.stop <= i]
        behind = [m for m in choices if m.positions.start > i]
        near = [m for m in behind if parts[m.positions.start] == parts[i]]
        near = (
            _with_alternatives(r, near)
            or [m for m in before if parts[m.positions.start] == parts[i]][-1:]
        )
        if not near and len(choices) == 1:
            near = choices
        for m in near:
            result.setdefault(m.positions.start, set()).update(at)
    return result


def _with_alternatives(r: Reading, mentions: list[Mention]) -> list[Mention]:
    """The first of these mentions, with those that "or" joins to it."""
    result = mentions[:1]
    for m in mentions[1:]:
        between = r.tokens[result[-1].positions.stop : m.positions.start]
        if _ALTERNATIVES.isdisjoint(t.raw for t in between):
            break
        result.append(m)
    return result


def _parts(r: Reading) -> list[int]:
    """The number of the part of the sentence that each word stands in."""
    starts, count = set(), 0
    for piece in _COMMA.split(r.text):
        count += len(tokenize(piece))
        starts.add(count)
    if count != len(r.tokens):
        starts = set()  # a number was cut, or the end of a long question
    starts |= {i for i, t in enumerate(r.tokens) if t.raw in _JOINING}
    return [sum(start <= i for start in starts) for i in range(len(r.tokens))]

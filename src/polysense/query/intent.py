"""What a question wants done: one fact, a list, a comparison, the steps of something.

By its interrogative and a few verbs, in tables of words for each language. It decides how much is
said: one sentence for a fact, several for a list.
"""

from __future__ import annotations

import re

from polysense.question import AnswerKind, Intent

_COMPARISON = re.compile(
    r"\b(?:compare|comparison|versus|vs\.?|differ(?:s|ence|ences)?\s+between|vergleich\w*"
    r"|unterschied\w*|compar(?:e[zr]?|ons|aison|a|ar|ación)|différence\w*|diferencia\w*)\b"
    r"|\bwhich\b.{1,60}\b(?:\w+er|more|less|fewer)\b.{1,80}\bor\b|比较|比較|区别|區別|对比|相比|哪个更|哪個更"
    r"|[，,]\s*(?:哪|谁|誰).{0,8}(?:更|比较)",
    re.I,
)
_LIST = re.compile(
    r"^\W*(?:please\s+)?(?:list|name|enumerate|give\s+me\s+all|show\s+me\s+all|nenne|liste|zähle|cite[zr]?"
    r"|énumère\w*|enumera|nombra)\b"
    r"|\b(?:which|what)\s+(?:\w+\s+){0,2}?(?!is\b|was\b|does\b|has\b)(?:\w{2,}[^s\W]s|men|women|people|children)\s+"
    r"(?:are|were|do|did|have|had|can|could|may|must|should|cost|\w+)\b"
    r"|\bwhat\s+(?:are|were)\b|\bwelche\b|\bquels\b|\bquelles\b|\bcuáles\b|\ball\s+(?:the|of)\b"
    r"|哪些|列出|都有(?:什么|哪)|哪几|有什么",
    re.I,
)
_HOW_TO = re.compile(
    r"^\W*(?:how\s+(?:do|can|should|must|could|to|am)\b|what\s+should\s+(?:i|we)\b|wie\s+(?:kann|muss|soll)\b"
    r"|comment\s+(?:faire|puis|peut|dois)|cómo\s+(?:se|puedo|debo|hago))|怎么|怎樣|怎样|如何|怎麼",
    re.I,
)
_OPEN = re.compile(
    r"\b(?:what\s+is\s+(?:known|said|written|told)|tell\s+me\s+(?:about|of|more)|what\s+about|describe"
    r"|summari[sz]e|explain|overview|everything|anything)\b|介绍|概述|总结|描述",
    re.I,
)


def intent(words: str, kind: AnswerKind) -> Intent:
    """What a question wants; "topic" of words that ask nothing, and of open questions.

    >>> intent("Which mugs cost under 20 euros?", ""), intent("How tall is it?", "length")
    ('list', 'fact')
    >>> intent("Compare the Heron and the Plover.", ""), intent("door handle", "")
    ('comparison', 'topic')
    """
    text = " ".join(words.split())
    if _COMPARISON.search(text):
        return "comparison"
    if _OPEN.search(text):
        return "topic"
    if _HOW_TO.search(text) and kind in ("manner", "", "yes-no"):
        return "how-to"
    if kind in ("", "definition", "place", "person", "date") and _LIST.search(text):
        return "list"
    if kind == "definition":
        return "definition"
    if kind or re.search(r"[?？]|\b(?:which|what|whose)\b|哪|什么|什麼", text, re.I):
        return "fact"
    return "topic"

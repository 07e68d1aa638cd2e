"""Which file "it" is: the one asked for or named before, where a question is about a file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from polysense.question import Exchange

_NAME = r"[^\s:/\\][^:\n/\\]{0,80}?\.[A-Za-z][A-Za-z0-9]{1,4}"
_ANSWERED = re.compile(rf"\W*(?P<file>{_NAME})(?=[:,]\s|\s(?:has|hat|a|tiene)\s|有)")
_NAMES = re.compile(r"(?<![\w.-])[\w][\w.+()-]*\.[A-Za-z][A-Za-z0-9]{1,4}(?![A-Za-z0-9])")

_ASKS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:summari[sz]e|in(?:side)? (?:it|there)|(?:is|was) it about|does it (?:say|contain"
        r"|cover|mention|tell|end|begin|start)|wrote it|it (?:written|called|from)|(?:lines|pages"
        r"|rows|columns|sheets|slides|words|mails|messages|sections|chapters|tables)"
        r" (?:does|has|are in|do) )",
        re.I,
    ),
    "de": re.compile(
        r"\b(?:darin|fasse? (?:sie|es|ihn)|(?:zeilen|seiten|spalten|blätter|folien|wörter) hat)\b",
        re.I,
    ),
    "fr": re.compile(r"\b(?:dedans|parle-t-il|dit-il|contient-il|(?:pages|lignes) a-t-il)", re.I),
    "es": re.compile(r"\bresúmelo\b", re.I),
    "zh": re.compile(
        "[它].{0,6}(?:行|页|頁|列|工作表|讲|講|写|寫|内容|內容|提到)|(?:总结|概括)(?:一下)?它"
    ),
}
"""What is asked of a file, and not of a thing that it tells of."""

_PRONOUNS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "en": (re.compile(r"\b(?:in there|it)\b", re.I), "{}"),
    "de": (re.compile(r"\b(?:darin|sie|es|ihn|er)\b", re.I), "{}"),
    "fr": (re.compile(r"\bdedans\b|-t-il\b|-il\b", re.I), " {}"),
    "es": (re.compile(r"(?<=resúme)lo\b", re.I), " {}"),
    "zh": (re.compile("它"), "{}"),
}
_WITH_IN = re.compile(r"(?i)\b(?:darin|dedans|in there)\b")
_IN = {"de": "in", "fr": "dans", "en": "in"}


def about_file(words: str, before: Exchange, language: str) -> str:
    """The question with the file that was spoken of in the place of its pronoun; "" where it is not
    about a file, or none was named.

    >>> before = Exchange("Which file mentions the puffin?", "a.md: The puffin nests here.")
    >>> about_file("What does it say about the cliff?", before, "en")
    'What does a.md say about the cliff?'
    >>> about_file("How tall is it?", before, "en")
    ''
    """
    asks, pronoun = _ASKS.get(language), _PRONOUNS.get(language)
    file = _file(before)
    if not file or asks is None or pronoun is None or not asks.search(words):
        return ""
    pattern, form = pronoun
    m = _WITH_IN.search(words) or pattern.search(words)
    if m is None:
        return ""
    name = form.format(file)
    if _WITH_IN.fullmatch(m.group()):
        name = f"{_IN[language]} {file}"
    return words[: m.start()] + name + words[m.end() :]


def _file(before: Exchange) -> str:
    """The file that was asked for, or that the question names; "" for none."""
    if m := _ANSWERED.match(before.answer):
        return m["file"]
    m = _NAMES.search(before.question)
    return m.group() if m else ""

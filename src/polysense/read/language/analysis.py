"""Words as they are indexed and compared, alike in every store and language, code and prose."""

from __future__ import annotations

import re
from functools import lru_cache

_UNSPACED_SCRIPT = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]+"
)
_NUMBER = re.compile(r"(?<!\d)\d++(?:[.,:/-]\d++)+")
_WORD = re.compile(r"\d+(?:[.,:/-]\d+)+|[^\W_]+")
_ENDINGS = ("ing", "ies", "ied", "ed", "es", "s", "e", "ly", "y")
"""English endings that are cut off, the first that fits.

A known weakness: "run" and "running", "city" and "cities" stay apart.
"""

_MIN_UNSPACED_PHRASE = 4
"""Characters without spaces between them that count as a phrase. Judged, not measured."""

_MIN_STEM = 4
"""Letters that must remain before an ending, so that "bed" and "bus" stay. Judged, not measured."""

_CAMEL_BOUNDARY = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
    r"|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9]{4,40}")

_ENGLISH = (
    "a an the of in on at to for from by with and or is are was were be been do does did what "
    "which who whom whose when where why how that this these those it its as there have has had "
    "can could will would should many much any some i you he she we they my your me us about "
    "tell handle handled handl define defined defin implement implemented locate located locat "
    "explain explained describe described describ mention mentioned show look looks like "
)
_CHINESE = (
    "的 了 是 在 和 有 什 么 什么 谁 哪 里 哪里 多少 吗 呢 个 "
    "被 与 为 何 时 何时 怎 样 怎样 怎么 哪个 哪些 谁的 为什 哪位 如何 年 元 "
)
STOP_WORDS = frozenset([*_ENGLISH.split(), *_CHINESE.split()])
"""Words that ask rather than tell; those of code search ("define", "implement") among them."""

_INTERROGATIVES = re.compile(
    "什么时候|为什么|什么|哪里|哪些|哪个|哪位|哪一|多少|怎么样|怎么|怎样|何时|如何|谁|吗|呢"
)


def analyse(text: str) -> str:
    """Text as an index of words should see it.

    Scripts without spaces as single characters and pairs, identifiers also by their parts, numbers
    with points also whole. Pairs after Nie, Gao, Zhang & Zhou, "On the use of words and n-grams
    for Chinese information retrieval" (IRAL 2000).

    >>> analyse("1953年的收据 getHTTPResponse")
    '1953 年 的 收 据 年的 的收 收据  getHTTPResponse get HTTP Response'
    >>> analyse("total 74.90")
    'total 74.90 n74x90'
    """
    whole = " ".join("n" + re.sub(r"\D", "x", n) for n in dict.fromkeys(_NUMBER.findall(text)))
    parts = split_identifiers(text)
    characters = _UNSPACED_SCRIPT.sub(
        lambda m: f" {' '.join(_characters_and_pairs(m.group()))} ", text
    )
    return " ".join(s for s in (characters, parts, whole) if s)


def _characters_and_pairs(run: str) -> list[str]:
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]


def split_identifiers(text: str) -> str:
    """The parts of camelCase and letter-digit words, which a tokenizer would keep whole.

    >>> split_identifiers("def getHTTPResponse(): M8x20")
    'get HTTP Response'
    """
    identifiers = dict.fromkeys(
        t
        for t in _IDENTIFIER.findall(text)
        if not t.islower() and not t.isdigit() and not t[1:].islower()
    )
    part_lists = (_CAMEL_BOUNDARY.sub(" ", t).split() for t in identifiers)
    return " ".join(p for parts in part_lists if len(parts) > 1 for p in parts if len(p) > 1)


def keywords(question: str) -> str:
    """A question without the words that only ask; all of it where nothing else is left.

    >>> keywords("where is the receipt?"), keywords("who are you")
    ('receipt', 'who are you')
    """
    words = [t for t in _WORD.findall(_cut_interrogatives(question)) if t.lower() not in STOP_WORDS]
    return " ".join(words) or question


def _cut_interrogatives(text: str) -> str:
    """Interrogatives cut out of scripts without spaces; runs stay together, for their pairs."""
    return _UNSPACED_SCRIPT.sub(lambda m: _INTERROGATIVES.sub(" ", m.group()), text)


def terms(text: str) -> list[str]:
    """Words as they are compared: lower case, without common English endings; single ideographs.

    >>> terms("Running 收据 2")
    ['runn', '收', '据', '2']
    """
    return [
        _stem(t)
        for t in _WORD.findall(
            _UNSPACED_SCRIPT.sub(lambda m: f" {' '.join(m.group())} ", text.lower())
        )
    ]


def contains_phrase(question: str, text: str) -> bool:
    """Whether the text says the question word for word, two words at least.

    >>> contains_phrase("How are you?", "Tell me, how are you today")
    True
    >>> contains_phrase("How are you?", "How old are you?")
    False
    """
    words = _WORD.findall(question.lower())
    unspaced_run = _UNSPACED_SCRIPT.search(question)
    if len(words) < 2 and not (unspaced_run and len(unspaced_run.group()) >= _MIN_UNSPACED_PHRASE):
        return False
    lower_text = text.lower()
    if not all(w in lower_text for w in words):  # cheap, and false for most texts
        return False
    return f" {' '.join(words)} " in f" {' '.join(_WORD.findall(lower_text))} " or bool(
        unspaced_run and question.strip() in text
    )


def content_terms(question: str) -> list[str]:
    """The distinct terms of a question that carry it; all of them where none do."""
    distinct_terms = list(dict.fromkeys(terms(question)))
    return [t for t in distinct_terms if t not in STOP_WORDS] or distinct_terms


@lru_cache(maxsize=1 << 16)
def _stem(token: str) -> str:
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= _MIN_STEM:
            return token[: -len(ending)]
    return token

"""Words as they are compared and indexed: one analysis for every store, every language, code and
prose.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WIDE = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]+"
)
_NUMBER = re.compile(r"(?<!\d)\d++(?:[.,:/-]\d++)+")
_WORD = re.compile(r"\d+(?:[.,:/-]\d+)+|[^\W_]+")
_ENDINGS = ("ing", "ies", "ied", "ed", "es", "s", "e", "ly", "y")
_CAMEL = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9]{4,40}")

_ENGLISH = (
    "a an the of in on at to for from by with and or is are was were be been do does did what which who whom whose when where why "
    "how that this these those it its as there have has had can could will would should many much any some i you he she we they my "
    "your me us about tell handle handled handl define defined defin implement implemented locate located locat explain explained "
    "describe described describ mention mentioned show look looks like "
)
_CHINESE = "的 了 是 在 和 有 什 么 什么 谁 哪 里 哪里 多少 吗 呢 个 被 与 为 何 时 何时 怎 样 怎样 怎么 哪个 哪些 谁的 为什 哪位 如何 年 元 "
STOP = frozenset([*_ENGLISH.split(), *_CHINESE.split()])
"""Words that ask rather than tell."""


def analyse(text: str) -> str:
    """Text as an index of words should see it: scripts without spaces as single characters and
    pairs, identifiers also by their parts, numbers with points also whole.

    Pairs after Nie, Gao, Zhang & Zhou, "On the use of words and n-grams for Chinese information
    retrieval" (IRAL 2000).

    >>> analyse("1953年的收据 getHTTPResponse")
    '1953 年 的 收 据 年的 的收 收据  getHTTPResponse get HTTP Response'
    >>> analyse("total 74.90")
    'total 74.90 n74x90'
    """
    whole = " ".join("n" + re.sub(r"\D", "x", n) for n in dict.fromkeys(_NUMBER.findall(text)))
    parts = split_identifiers(text)
    said = _WIDE.sub(lambda m: f" {' '.join(_grams(m.group()))} ", text)
    return " ".join(s for s in (said, parts, whole) if s)


def _grams(run: str) -> list[str]:
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]


def split_identifiers(text: str) -> str:
    """The parts of the camelCase and letter-digit words in text, which a tokenizer would keep
    whole.

    >>> split_identifiers("def getHTTPResponse(): M8x20")
    'get HTTP Response'
    """
    found = dict.fromkeys(
        t
        for t in _IDENTIFIER.findall(text)
        if not t.islower() and not t.isdigit() and not t[1:].islower()
    )
    split = (_CAMEL.sub(" ", t).split() for t in found)
    return " ".join(p for parts in split if len(parts) > 1 for p in parts if len(p) > 1)


def keywords(question: str) -> str:
    """A question without the words that only ask; all of it where nothing else is left.

    >>> keywords("where is the receipt?"), keywords("who are you")
    ('receipt', 'who are you')
    """
    said = [t for t in _WORD.findall(_spaced(question)) if t.lower() not in STOP]
    return " ".join(said) or question


def _spaced(text: str) -> str:
    """Interrogatives cut out of scripts without spaces; runs stay together, for their pairs."""
    return _WIDE.sub(lambda m: _ASKING.sub(" ", m.group()), text)


_ASKING = re.compile(
    "什么时候|为什么|什么|哪里|哪些|哪个|哪位|哪一|多少|怎么样|怎么|怎样|何时|如何|谁|吗|呢"
)


def terms(text: str) -> list[str]:
    """Words as they are compared: lower case, without common English endings; single ideographs.

    >>> terms("Running 收据 2")
    ['runn', '收', '据', '2']
    """
    return [
        _stem(t)
        for t in _WORD.findall(_WIDE.sub(lambda m: f" {' '.join(m.group())} ", text.lower()))
    ]


def phrase(question: str, text: str) -> bool:
    """Whether the text says the question word for word, two words at least.

    >>> phrase("How are you?", "Tell me, how are you today"), phrase("How are you?", "How old are you?")
    (True, False)
    """
    said = _WORD.findall(question.lower())
    spaced = _WIDE.search(question)
    if len(said) < 2 and not (spaced and len(spaced.group()) > 3):
        return False
    low = text.lower()
    if not all(w in low for w in said):  # most texts are told apart so
        return False
    return f" {' '.join(said)} " in f" {' '.join(_WORD.findall(low))} " or bool(
        spaced and question.strip() in text
    )


def content(question: str) -> list[str]:
    """The distinct terms of a question that carry it; all of them where none do."""
    said = list(dict.fromkeys(terms(question)))
    return [t for t in said if t not in STOP] or said


@lru_cache(maxsize=1 << 16)
def _stem(token: str) -> str:
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= 4:
            return token[: -len(ending)]
    return token

"""Words as they are indexed and compared, alike in every store and language, code and prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from polysense.read.language.detect import detect_query_language
from polysense.read.language.folding import fold, fold_case, normalise_unicode
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.stems import LATIN_STEMMERS, MAX_CACHED, stem, stems

_UNSPACED_SCRIPT = re.compile(
    r"[\u0e00-\u0e7f\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]+"
)
_NUMBER = re.compile(r"(?<!\d)\d++(?:[.,:/-]\d++)+")
_NO_DIGIT = re.compile(r"\D")
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # marks are no letters to re
_WORD = re.compile(rf"\d+(?:[.,:/-]\d+)+|(?:[^\W_]|[{_INDIC}])+")
_INDEX_WORD = re.compile(rf"[\w{_INDIC}]+")
_TAGGED_WORD = re.compile(r"[^\W\d_]{3,}")

_MIN_UNSPACED_PHRASE = 4
"""Characters without spaces between them that count as a phrase. Judged, not measured."""

_CAMEL_BOUNDARY = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
    r"|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9]{4,40}")

_TAGGED_LANGUAGES = tuple(code for code in LATIN_STEMMERS if code != "en")
"""Languages in Latin letters other than English: their stems stand in an index behind the code of
the language, so that Spanish "planes" finds "plan" and English "planes" does not.
"""


def analyse(text: str, language: str = "") -> str:
    """Text as an index of words should see it; `language` is the text's ("" where not known).

    Every word folded and stemmed by the rules of its script, English ones for Latin letters, so
    that the same word is the same in every language; beside it, in a language of Latin letters that
    is not English, its stem by the rules of that language, with the language in front. Scripts
    without spaces as single characters and pairs, identifiers also by their parts, numbers with
    points also whole. Pairs after Nie, Gao, Zhang & Zhou, "On the use of words and n-grams for
    Chinese information retrieval" (IRAL 2000).

    >>> analyse("1953年的收據 getHTTPResponse")
    '1953 gethttprespons 年 的 收 据 年的 的收 收据 get http respons'
    >>> analyse("total 74.90"), analyse("Mühlen", "de")
    ('total 74 90 n74x90', 'muhlen de0muhl')
    """
    return _analyse(text, (language,) if language in _TAGGED_LANGUAGES else ())


def analyse_query(text: str, language: str = "") -> str:
    """A question as an index of words should be asked it: what `analyse` writes for its words.

    Where its language is not known (neither given nor told by the words), the stems of all.

    >>> analyse_query("where are the knives of the old kitchen")
    'where are the knife of the old kitchen'
    >>> "fr0moulin" in analyse_query("moulins").split()
    True
    """
    language = language or detect_query_language(text)
    if language:
        return analyse(text, language)
    return _analyse(text, _TAGGED_LANGUAGES)


def _analyse(text: str, tagged_languages: Iterable[str]) -> str:
    text = normalise_unicode(text)
    spaced, runs = text.replace("_", " "), []
    if not text.isascii() and (runs := _UNSPACED_SCRIPT.findall(spaced)):
        spaced = _UNSPACED_SCRIPT.sub(" ", spaced)
    words = _INDEX_WORD.findall(spaced)
    result = list(map(_plain_forms.__getitem__, words))
    for run in runs:
        result += _characters_and_pairs(run)
    result += filter(None, map(_identifier_parts.__getitem__, dict.fromkeys(words)))
    result += [f"n{_NO_DIGIT.sub('x', n)}" for n in dict.fromkeys(_NUMBER.findall(text))]
    for code in tagged_languages:
        result += filter(None, map(_tagged_forms(code).__getitem__, words))
    return " ".join(result)


class _Forms(dict[str, str]):
    """Word as it stands in a text -> what an index has of it, "" for nothing; filled as words come:
    most of a text is words that came before.
    """

    def __init__(self, form: Callable[[str], str]) -> None:
        self._form = form

    def __missing__(self, word: str) -> str:
        if len(self) >= MAX_CACHED:
            self.clear()
        self[word] = form = self._form(word)
        return form


def _plain_form(word: str) -> str:
    return stem(fold_case(word))


def _parts_form(word: str) -> str:
    return " ".join(map(_plain_form, split_identifiers(word).split()))


_plain_forms, _identifier_parts = _Forms(_plain_form), _Forms(_parts_form)


@cache
def _tagged_forms(language: str) -> _Forms:
    function_words = FUNCTION_WORDS.get(language, frozenset())

    def tagged_form(word: str) -> str:
        word = fold_case(word)
        is_tagged = _TAGGED_WORD.fullmatch(word) and word not in function_words
        return f"{language}0{stem(word, language)}" if is_tagged else ""

    return _Forms(tagged_form)


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


def terms(text: str, language: str = "") -> list[str]:
    """Words as they are compared: folded, stemmed, in order; single ideographs.

    Both sides of a comparison want the same language, whatever they are in: that of the question,
    or of the text. "" is English rules for Latin letters; other scripts decide by themselves.

    >>> terms("Running 收據 2"), terms("Die Mühlen", "de")
    (['run', '收', '据', '2'], ['die', 'muhl'])
    """
    text = fold_case(text)
    if not text.isascii():
        text = _UNSPACED_SCRIPT.sub(lambda m: f" {' '.join(m.group())} ", text)
    return list(map(stems(language).__getitem__, _WORD.findall(text)))


def contains_words(phrase: str, text: str) -> bool:
    """Whether a text has these words side by side, each whole.

    >>> contains_words("E-15", "Error E 15: no water"), contains_words("E15", "E150")
    (True, False)
    """
    words, folded_text = _WORD.findall(fold(phrase)), fold(text)
    if not words or not all(w in folded_text for w in words):  # cheap, and false for most texts
        return False
    if _UNSPACED_SCRIPT.search("".join(words)):
        return fold(phrase).strip() in folded_text
    return f" {' '.join(words)} " in f" {' '.join(_WORD.findall(folded_text))} "


def contains_phrase(question: str, text: str) -> bool:
    """Whether the text says the question word for word, two words at least.

    >>> contains_phrase("How are you?", "Tell me, how are you today")
    True
    >>> contains_phrase("How are you?", "How old are you?")
    False
    """
    folded_question = fold(question)
    words = _WORD.findall(folded_question)
    unspaced_run = _UNSPACED_SCRIPT.search(folded_question)
    if len(words) < 2 and not (unspaced_run and len(unspaced_run.group()) >= _MIN_UNSPACED_PHRASE):
        return False
    folded_text = fold(text)
    if not all(w in folded_text for w in words):  # cheap, and false for most texts
        return False
    return f" {' '.join(words)} " in f" {' '.join(_WORD.findall(folded_text))} " or bool(
        unspaced_run and folded_question.strip() in folded_text
    )

"""Where questions name things, without a parser: articles and capitals, and what ends a noun."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.stems import stem
from polysense.rewriters.history.grammars import GRAMMARS

CAPITAL = r"[A-ZÀ-ÞŒ]"
_LINKS = r"(?:of\s+the|of|the|de\s+la|del|de|da|do|der|den|van|von|du|la|le|&)"
NAME = re.compile(
    rf"(?<![\w'’])(?:{CAPITAL}|\d+[A-Z])[\w'’&-]*(?:\.(?=\s{CAPITAL}))?"
    rf"(?:\s+(?:{_LINKS}\s+)?(?:{CAPITAL}[\w'’&-]*|\d+\b))*"
)
_WHEN = "today|now|then|yesterday|tomorrow|currently|still|yet|exactly"
_ADVERB_TEXT = "first last ever finally originally again once initially officially actually"
_ADVERBS = frozenset(_ADVERB_TEXT.split())
_DO_TEXT = "do does did can could will would shall should may might must"
_DO = frozenset(_DO_TEXT.split())
_LABEL_TEXT = (
    "error|code|version|chapter|section|article|step|platform|room|flight|bus|line|route|gate|rule"
    "|exercise|question|season|episode|ward|phase|unit|pump|alarm|fault"
)
_LABEL = re.compile(rf"\b(?:{_LABEL_TEXT})\s+\d[\w.-]*(?<!\.)")
"""A thing by its number: error 41."""
_BARE_PARTICIPLES = frozenset(["born", "put", "set", "cut", "hit", "shut", "left", "led", "lit"])


class NounPhrases:
    """The things named in a question in a language of `grammars`; aux is its auxiliary, or "".
    evidence is text that may name them too, as an answer does: what follows a name there belongs to
    it, as in "Velmaric fever".

    >>> text = "did the old keeper live in Moss"
    >>> [text[a:b] for a, b in NounPhrases("en", "did").spans(text, 3)]
    ['the old keeper', 'Moss']
    """

    def __init__(self, language: str, aux: str, evidence: str = "") -> None:
        self.language, self.aux, self.grammar = language, aux, GRAMMARS[language]
        self._evidence = evidence.lower()

    def spans(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        """Where things are named: an article and what follows it, or capitals."""
        g = self.grammar
        at, is_first = start, True
        pattern = re.compile(rf"\b(?:{g.determiners})\s+(?=\w)", re.I)
        while True:
            article, name = pattern.search(text, at), NAME.search(text, at)
            label = _LABEL.search(text, at) if self.language == "en" else None
            candidates = (m for m in (article, name, label) if m)
            first = min(candidates, key=lambda m: m.start(), default=None)
            if first is None:
                return
            end = first.end()
            if first is article:
                end = self.end_of_noun(text, first.end(), is_first)
                title = NAME.match(text, end + 1) if text[end : end + 1] == " " else None
                end = title.end() if title and self.language == "en" else end
            if first is name and not is_name(first.group()):
                at = first.end()
                continue
            if first is name:
                end = self._end_of_name(text, first.start(), end, is_first)
            if end > first.start():
                is_first = False
                yield first.start(), end
            at = max(end, first.end())

    def _end_of_name(self, text: str, start: int, end: int, is_subject: bool) -> int:
        """Where a name ends that a noun follows, Ember bread, if the evidence has it so too; the
        verb behind the subject is none of it.
        """
        if self.language != "en":
            return end
        run: list[re.Match[str]] = []
        for m in re.finditer(r"\s+([a-z][a-z-]+)(?!\w)", text[end:]):
            if m.start() != (run[-1].end() if run else 0) or m[1] in FUNCTION_WORDS["en"]:
                break
            run.append(m)
        if is_subject and self.aux.lower() in _DO:
            run = run[:-1]
        for m in reversed(run):
            phrase = text[start : end + m.end()].lower()
            if re.search(rf"\b{re.escape(phrase)}\b", self._evidence):
                return end + m.end()
        return end

    def end_of_noun(self, text: str, start: int, is_subject: bool = True) -> int:
        """Where a noun ends behind its article: before a preposition, a word that says when, or, of
        the subject, the verb.
        """
        words = list(re.finditer(r"[\w'’-]+", text[start:]))
        function_words = FUNCTION_WORDS[self.language]
        count = 0
        for w in words:
            gap = text[start + (words[count - 1].end() if count else 0) : start + w.start()]
            ends = re.fullmatch(rf"{self.grammar.prepositions}|{_WHEN}", w.group(), re.I)
            if w.group().lower() in function_words or ends or (count and gap.strip()):
                break
            if count and w.group().lower() in _ADVERBS:
                break  # the tower first lit
            count += 1
            if self.language == "de" and w.group()[:1].isupper():
                break
            if self.language in ("fr", "es"):
                break
        may_end_in_verb = self.language == "en" and count > 1 and is_subject
        if may_end_in_verb and self._is_verb(words[count - 1].group()):
            count -= 1
        return start + (words[count - 1].end() if count else 0)

    def _is_verb(self, word: str) -> bool:
        """Whether the last word behind an article may be the verb: of "did the keeper live"."""
        word = word.lower()
        if self.aux.lower() in _DO:
            return True
        is_irregular = not word.startswith(stem(word).rstrip("eiy"))
        return word.endswith("ed") or word in _BARE_PARTICIPLES or is_irregular


def is_plural(thing: str) -> bool:
    """Whether a thing is several, by its ending: the jugs, the jugs of Eldby."""
    words = re.split(r"\s+of\s+", thing)[0].split()
    last = words[-1].lower() if words else ""
    return (last.endswith("s") and not last.endswith(("ss", "us", "is"))) or last in _PLURALS


_PLURALS = frozenset(("people", "men", "women", "children", "feet", "teeth", "mice", "geese"))


def is_name(words: str) -> bool:
    """Whether capitals make a name of words: not I'm, Okay, Really, Once I."""
    parts = [w.lower().partition("'")[0].partition("’")[0] for w in words.split()]
    return not all(w in _NO_NAMES or w in FUNCTION_WORDS["en"] for w in parts) and not (
        _NO_NAMES & set(parts)
    )


_NO_NAME_TEXT = "i will okay ok really wow yes no well once tell can could would let also thanks"
_NO_NAMES = frozenset(_NO_NAME_TEXT.split())

"""The question in the other languages that the library is written in, by the language model.

It is searched for beside the question's own words: full text, and encoders that read one language,
find nothing in another without it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from polysense.errors import ModelFailed
from polysense.messages import Message
from polysense.model_reply import json_reply, object_schema, read_prompt
from polysense.protocols import LanguageModel, Rewriter, Store
from polysense.question import Exchange, Question, Rewrite, SearchText
from polysense.read.language.detect import detect_query_language
from polysense.read.language.folding import fold
from polysense.read.language.function_words import FUNCTION_WORDS, SCRIPTS
from polysense.read.language.questions import keywords
from polysense.rewriters.model_request import (
    HINT_PROMPT,
    MAX_QUESTION_CHARACTERS,
    MAX_QUESTION_TOKENS,
    words_alone,
)
from polysense.rewriters.new_facts import new_numbers

MIN_SHARE, MAX_LANGUAGES = 0.1, 3
"""Of the chunks in the language that most are in, the share from which another is one of the
library's, and how many the question is put in at most; judged.
"""

_CODES = tuple(sorted({*FUNCTION_WORDS, *SCRIPTS}))


class Translation(Rewriter):
    """Searches also for the question in the other languages of the library, as the language model
    translates it; nothing where the library has only the question's.

    prompt is a file with other instructions than the package's own.
    """

    is_addition = True

    def __init__(self, *, language_model: LanguageModel, prompt: str = "") -> None:
        self.language_model, self.prompt = language_model, prompt
        self._lock = threading.Lock()
        self._languages: WeakKeyDictionary[Store, tuple[int, tuple[str, ...]]] = WeakKeyDictionary()

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        words = words_alone(question)
        own = question.language or detect_query_language(words)
        languages = [c for c in self._languages_of(store) if c != own][:MAX_LANGUAGES]
        if not words or not languages or (not own and _has_words(store, words)):
            return None  # what the library has the words of is in a language of its
        answer = json_reply(
            self.language_model,
            [
                Message.of(
                    "system", read_prompt("polysense.rewriters", "translation", self.prompt)
                ),
                Message.of("user", f"Languages: {', '.join(languages)}\nQuestion: {words}"),
            ],
            _schema(languages),
            MAX_QUESTION_TOKENS * len(languages),
        )
        by_language = {
            q["language"]: " ".join(q["words"].split()) for q in answer.value["questions"]
        }
        if not by_language:
            return None
        texts = tuple(
            SearchText(text, language=language)
            for language, text in by_language.items()
            if _is_translation(text, language, words)
        )
        if not texts:
            raise ModelFailed(f"{self.language_model.name} translated nothing", HINT_PROMPT)
        codes = ", ".join(t.language for t in texts)
        return Rewrite(f"searches also in {codes}", search_texts=texts, usage=answer.usage)

    def _languages_of(self, store: Store) -> tuple[str, ...]:
        """The languages that a library is written in, most of it first; counted again when its size
        has changed.
        """
        size = store.count()
        with self._lock:
            count, languages = self._languages.get(store, (-1, ()))
            if count != size:
                counts = {c: store.count(f"lang = '{c}'") for c in _CODES}
                least = MIN_SHARE * max(counts.values())
                in_order = sorted(counts, key=lambda c: -counts[c])
                languages = tuple(c for c in in_order if counts[c] and counts[c] >= least)
                self._languages[store] = (size, languages)
            return languages


def _has_words(store: Store, words: str) -> bool:
    return "bm25" in store.capabilities and bool(store.lexical(keywords(words), 1))


def _schema(languages: Sequence[str]) -> dict[str, object]:
    language = {"type": "string", "enum": list(languages)}
    item = object_schema({"language": language, "words": {"type": "string"}})
    return object_schema({"questions": {"type": "array", "items": item}})


def _is_translation(text: str, language: str, words: str) -> bool:
    """Whether a text can be the question in that language: not another's, no further numbers."""
    return (
        0 < len(text) <= MAX_QUESTION_CHARACTERS
        and fold(text) != fold(words)
        and detect_query_language(text) in ("", language)
        and not new_numbers(text, words)
    )

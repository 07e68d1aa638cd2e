"""Misspelt words of a question, read as the words of the library that they are an edit away from.

A word is changed only where no document has it (the index is asked), no English dictionary either,
and the library has one that it may be a slip of: a letter left out, doubled, exchanged for another
or for its neighbour (Damerau, "A technique for computer detection and correction of spelling
errors", CACM 1964). Numbers, codes, capitals and quoted words are names, and are left as they are:
a near miss of a name is another name.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from weakref import WeakKeyDictionary

from polysense.protocols import Rewriter, Store
from polysense.question import Exchange, Question, Rewrite
from polysense.read.language.edits import edits
from polysense.read.language.english_words import is_english
from polysense.read.language.function_words import FUNCTION_WORDS

MIN_LETTERS, MIN_LETTERS_FOR_TWO = 5, 9
"""Letters of a word that is read otherwise, by one edit and by two: short words have neighbours by
chance. Judged on worked examples.
"""

MAX_CHUNKS = 20_000
"""Chunks whose words are candidates; of a larger library, so many of them. Reading the words of
1,400 abstracts takes 0.1 s, once, when the first word is missing."""

_WORD = re.compile(r"(?<![\w\"“„«'’.@/:-])[^\W\d_]+(?![\w\"”“»@/:-]|\.\w)")
_LIBRARY_WORD = re.compile(r"[^\W\d_]{4,}")
_SPACED_SCRIPT = re.compile(r"[a-zß-öø-ÿœάέήίόύώα-ωа-яёіїєґ]+")
_ALL_FUNCTION_WORDS = frozenset().union(*FUNCTION_WORDS.values())


class Spelling(Rewriter):
    """Reads words that no document and no dictionary has as those of the library that are one edit
    from them (two, of long words), and says so.

    >>> from polysense.stores.memory import Memory
    >>> from polysense.types import Asset, Chunk, Part, Span
    >>> store = Memory()
    >>> asset = Asset("0" * 32, "/a.txt", "text/plain", "text", 1)
    >>> store.add([Chunk(asset, Span(lines=(1, 1)), "text", text="The lighthouse is white.")])
    >>> words = Part("text", "How old is the lighthuose?")
    >>> rewrite = Spelling().rewrite(Question((words,), ((words,),)), (), store)
    >>> rewrite.why, rewrite.words
    ("read 'lighthuose' as 'lighthouse'", 'How old is the lighthouse?')
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._vocabularies: WeakKeyDictionary[Store, tuple[int, Mapping[str, int]]] = (
            WeakKeyDictionary()
        )

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        words = question.query_text
        matches = [m for m in _WORD.finditer(words) if _may_be_misspelt(m.group())]
        if not matches or "bm25" not in store.capabilities:
            return None
        unknown = sorted(w for w in {m.group() for m in matches} if not is_english(w))
        readings: dict[str, str] = {}
        for word in unknown:
            if store.lexical(word, 1):
                continue
            if reading := _nearest(word, self._vocabulary(store)):
                readings[word] = reading
        if not readings:
            return None
        why = "read " + ", ".join(f"{old!r} as {new!r}" for old, new in readings.items())
        new_words = _WORD.sub(lambda m: readings.get(m.group(), m.group()), words)
        return Rewrite(why, new_words)

    def _vocabulary(self, store: Store) -> Mapping[str, int]:
        """Words of the library -> in how many places they stand; counted again when its size has
        changed.
        """
        size = store.count()
        with self._lock:
            count, vocabulary = self._vocabularies.get(store, (-1, {}))
            if count != size:
                counts = Counter[str]()
                for row in islice(store.scan(columns=["text", "context"]), MAX_CHUNKS):
                    text = f"{row['text']} {row['context']}".lower()
                    counts.update(set(_LIBRARY_WORD.findall(text)))
                vocabulary = counts
                self._vocabularies[store] = (size, vocabulary)
            return vocabulary


def _may_be_misspelt(word: str) -> bool:
    """Whether a word is in small letters, long enough, and none that only joins others."""
    return (
        len(word) >= MIN_LETTERS
        and _SPACED_SCRIPT.fullmatch(word) is not None
        and word not in _ALL_FUNCTION_WORDS
    )


def _nearest(word: str, vocabulary: Mapping[str, int]) -> str:
    """The word of the vocabulary that fewest edits lead to, of several the most frequent; ""
    without any. The first letter is seldom wrong: it stays.
    """
    if word in vocabulary:
        return ""
    allowed = 2 if len(word) >= MIN_LETTERS_FOR_TWO else 1
    candidates = (
        (distance, -count, w)
        for w, count in vocabulary.items()
        if w[0] == word[0]
        and abs(len(w) - len(word)) <= allowed
        and (distance := edits(word, w, allowed)) <= allowed
    )
    return min(candidates, default=(0, 0, ""))[2]

"""Which language words are in: by script, then by function words.

Enough to know which models can read them: a model would take longer to load than a whole query.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from polysense.read.language.function_words import SCRIPTS, count_function_words, is_japanese

_CONFUSED_WITH_ENGLISH = frozenset({"pl", "sv", "tr"})
"""Their short words are English too ("men", "till", "her"): never told for a question of three
words. The cost, measured: no Turkish paragraph of 120 is recognised.
"""

_SAMPLE_CHARS = 4000
"""Characters looked at: about a page, enough for function words to show. Judged, not measured."""

_IDEOGRAPHIC = frozenset({"zh", "ja", "ko"})
_LETTERS_PER_IDEOGRAPH = 5
"""An ideograph says as much as several letters: a fifth of the letters is a majority of the words.
Judged, not measured.
"""

_SCRIPT_PATTERNS = {lang: re.compile(f"[{letters}]") for lang, letters in SCRIPTS.items()}


def detect_language(text: str) -> str:
    """ISO 639-1 code of the words in text, or "" where it cannot be told.

    Latin script without function words counts as English.

    >>> [detect_language(t) for t in ("where is the receipt", "1953年的收据在哪里", "42")]
    ['en', 'zh', '']
    >>> [detect_language(t) for t in ("¿dónde está el recibo?", "M8 hex standoff")]
    ['es', 'en']
    """
    text = unicodedata.normalize("NFKC", text[:_SAMPLE_CHARS])
    letters = sum(c.isalpha() for c in text)
    if not letters:
        return ""
    counts = {lang: len(pattern.findall(text)) for lang, pattern in _SCRIPT_PATTERNS.items()}
    if is_japanese(counts["ja"], counts["zh"]):
        counts["ja"] += counts["zh"]
    lang, letter_count = max(counts.items(), key=lambda item: item[1])
    is_ideographic = lang in _IDEOGRAPHIC
    if letter_count * (_LETTERS_PER_IDEOGRAPH if is_ideographic else 2) > letters:
        return lang
    word_counts = Counter(
        {
            lang: n
            for lang, n in count_function_words(text).items()
            if lang not in _CONFUSED_WITH_ENGLISH
        }
    )
    if not word_counts:
        return "en"
    ranked = word_counts.most_common()
    return "en" if word_counts["en"] == ranked[0][1] else ranked[0][0]

"""Which language words are in: by script, then by function words. Enough to know which models can
read them.

A model would take longer to load than a whole query takes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from polysense.read.language.function_words import SCRIPTS, function_words, japanese

_LIKE_ENGLISH = frozenset({"pl", "sv", "tr"})
"""Their short words are English too ("men", "till", "her"): in a question of three words they would
be wrong more often than right.
"""

_SCRIPTS = {lang: re.compile(f"[{letters}]") for lang, letters in SCRIPTS.items()}


def language(text: str) -> str:
    """ISO 639-1 code of the words in text, or "" where it cannot be told. Latin script without
    function words counts as English.

    >>> [language(t) for t in ("where is the receipt", "1953年的收据在哪里", "¿dónde está el recibo?", "M8 hex standoff", "42")]
    ['en', 'zh', 'es', 'en', '']
    """
    text = unicodedata.normalize("NFKC", text[:4000])
    letters = sum(c.isalpha() for c in text)
    if not letters:
        return ""
    counts = {lang: len(pattern.findall(text)) for lang, pattern in _SCRIPTS.items()}
    if japanese(counts["ja"], counts["zh"]):
        counts["ja"] += counts["zh"]
    lang, most = max(counts.items(), key=lambda item: item[1])
    wide = lang in ("zh", "ja", "ko")
    if most * (5 if wide else 2) > letters:  # an ideograph says as much as several letters
        return lang
    found = Counter(
        {lang: n for lang, n in function_words(text).items() if lang not in _LIKE_ENGLISH}
    )
    if not found:
        return "en"
    ranked = found.most_common()
    return "en" if found["en"] == ranked[0][1] else ranked[0][0]

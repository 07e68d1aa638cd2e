"""Which language words are in: by script, then by function words, then by a model.

Two functions. A document is told as rightly as can be; a question is told at once, without a model,
or not at all: whoever asks in two words is not judged by them.
"""

from __future__ import annotations

import re
import threading
from functools import cache, lru_cache
from typing import Any

from polysense.read.language.folding import normalise_unicode
from polysense.read.language.function_words import SCRIPTS, count_function_words, is_japanese

_SAMPLE_CHARS = 1000
"""Characters looked at: a paragraph."""

_IDEOGRAPHIC = frozenset({"zh", "ja", "ko"})
_LETTERS_PER_IDEOGRAPH = 5
"""An ideograph says as much as several letters: a fifth of the letters is a majority of the words.
Judged, not measured.
"""

_SCRIPT_PATTERNS = {code: re.compile(f"[{letters}]") for code, letters in SCRIPTS.items()}

_LANGUAGES_OF_SCRIPT = {
    "ru": frozenset(["ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt", "ba"]),
    "ar": frozenset(["ar", "fa", "ur", "ps", "ug", "ku"]),
    "hi": frozenset(["hi", "mr", "ne", "sa"]),
    "he": frozenset(("he", "yi")),
}
"""Scripts that several languages are written in, by the code that stands for the script."""

_LETTERS_OF_LANGUAGE = (
    ("ru", "uk", re.compile("[іїєґІЇЄҐ]")),
    ("ar", "ur", re.compile("[ٹڈڑےں]")),
    ("ar", "fa", re.compile("[پچژگ]")),
)
"""Letters that only another language of a script has: enough for a question."""

MIN_QUERY_WORDS = 6
"""Words from which on a question's language is told by them: of 26 queries of one to three words in
22 languages a table of function words was right about 11, two models about 17.
"""

_MIN_QUERY_FUNCTION_WORDS = 2
"""Function words, at least, of a question in a language other than English, which must also have
more of them than of any other language. Measured with `_LETTERS` and MIN_QUERY_WORDS on 8,890
English questions and docstrings (SQuAD 2.0, XQuAD, WikiTableQuestions, TAT-QA, networkx): 6
told in another language; of XQuAD's German and Spanish questions .96 and .94 are told rightly, the
others undecided. Two more than of any other, in place of one: 0; .84 and .75.
"""

_MIN_LETTERS = 20
"""Letters, at least, of which a model is asked."""

_MIN_CONFIDENCE, _MIN_CONFIDENCE_BESIDE_PROSE = 0.5, 0.8
"""The model's probability from which on it is believed, of prose and of what is not (code, names,
tables of numbers).

Told rightly, of paragraphs (XQuAD; four messages of Django's translations together; manual pages of
Debian, those of them that are translated):

    tr 1.00 of 262   ro 1.00 of 116   vi 1.00 of 80    pl 1.00 of 237   sv  .99 of 173
    de 1.00 of 244   es 1.00 of 253   ru 1.00 of 250   ar 1.00 of 217   zh 1.00 of 223
    en 1.00 of 120   fr 1.00 of 284   it 1.00 of 238   nl 1.00 of 268   pt 1.00 of 242
    da  .99 of 260   no  .98 of 138   cs 1.00 of 209   uk 1.00 of 150

Of single messages, from 25 characters on, .72 (es) to .99 (ru), nearly all others undecided; wrong
were, of 150 each, none in ten languages, 1 in de and es, 6 in nl, and 6 to 11 in da, no and cs,
which have near neighbours. Of 184 pieces of Python (networkx) 149 are told en, 35 undecided.
"""

_MIN_PROSE = 0.5
"""The share of plain words among what stands between spaces that makes a text prose. Judged."""

_MIN_ENGLISH, _ENGLISH_LEAD = 0.25, 2.0
"""The share of function words that makes a text English, and how many times those of any other
language it must be, so that no model is loaded for it."""

_PLAIN_WORD = re.compile(r"[\"'(\[“‘«„]*[^\W\d_]+(?:['’-][^\W\d_]+)*[.,;:!?)\]\"'”’»…]*")
_LETTERS = re.compile(r"[^\W\d_]+")


def detect_language(text: str, min_confidence: float = 0.0) -> str:
    """ISO 639-1 code of the language of a document's text, or "" where it cannot be told.

    By script where the script decides; else by function words, if it is plainly English; else by a
    model, which the first such text loads (a second or two), and which must be as sure as its words
    need, or min_confidence, 0..1.

    >>> [detect_language(t) for t in ("1953年的收据在哪里", "42", "ISO 9001")]
    ['zh', '', '']
    >>> detect_language("Adanın ortasında eski bir değirmen vardır, çocuklar onun yanında oynar.")
    'tr'
    """
    text = normalise_unicode(text[:_SAMPLE_CHARS])
    script = _script(text)
    if script is None or (script and script not in _LANGUAGES_OF_SCRIPT):
        return script or ""
    words = _LETTERS.findall(text)
    letters = sum(map(len, words))
    if not script and _is_plainly_english(text, len(words)):
        return "en"
    if letters >= _MIN_LETTERS:
        language, confidence = _most_probable(text, script)
        is_prose = bool(script) or _prose_share(text) >= _MIN_PROSE
        least = _MIN_CONFIDENCE if is_prose else _MIN_CONFIDENCE_BESIDE_PROSE
        if confidence >= max(least, min_confidence):
            return language
    return _letters_language(script, text) if script else ""


@lru_cache(maxsize=1 << 10)
def detect_query_language(text: str) -> str:
    """ISO 639-1 code of the language of a question, or "" where it is not decided.

    By script always; in Latin letters by function words, of a question of MIN_QUERY_WORDS words and
    more. "" is no language in particular: every model may be asked.

    >>> [detect_query_language(t) for t in ("收据在哪里", "door handle", "last will")]
    ['zh', '', '']
    >>> detect_query_language("Wo ist der Beleg, und wer hat ihn gelesen?")
    'de'
    """
    text = normalise_unicode(text[:_SAMPLE_CHARS])
    script = _script(text)
    if script is None or script:
        return _letters_language(script, text) if script else ""
    if len(_LETTERS.findall(text)) < MIN_QUERY_WORDS:
        return ""
    ranked = count_function_words(text).most_common(2)
    if not ranked:
        return ""
    (language, count), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0
    least = 1 if language == "en" else _MIN_QUERY_FUNCTION_WORDS
    return language if count > second and count >= least else ""


def _script(text: str) -> str | None:
    """The code of SCRIPTS that most of the words are written in; "" is Latin or any other letters,
    None no letters at all.
    """
    letters = sum(c.isalpha() for c in text)
    if not letters:
        return None
    if text.isascii():
        return ""
    counts = {code: len(pattern.findall(text)) for code, pattern in _SCRIPT_PATTERNS.items()}
    if is_japanese(counts["ja"], counts["zh"]):
        counts["ja"] += counts["zh"]
    code, count = max(counts.items(), key=lambda item: item[1])
    weight = _LETTERS_PER_IDEOGRAPH if code in _IDEOGRAPHIC else 2
    return code if count * weight > letters else ""


def _letters_language(script: str, text: str) -> str:
    """The language of a script, as far as letters tell it."""
    for code, language, letters in _LETTERS_OF_LANGUAGE:
        if code == script and letters.search(text):
            return language
    return script


def _is_plainly_english(text: str, word_count: int) -> bool:
    counts = count_function_words(text)
    english = counts.pop("en", 0)
    others = max(counts.values(), default=0)
    return english >= max(_MIN_ENGLISH * word_count, 2) and english >= _ENGLISH_LEAD * others


def _prose_share(text: str) -> float:
    """The share of plain words among what stands between spaces."""
    pieces = text.split()
    return sum(_PLAIN_WORD.fullmatch(p) is not None for p in pieces) / max(len(pieces), 1)


_MODEL_LOCK = threading.Lock()


@cache
def _model() -> Any:
    from py3langid import langid

    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    model.set_languages([code for code in model.labels if len(code) == 2 and code != "nn"])
    return model


def _most_probable(text: str, script: str) -> tuple[str, float]:
    """The likeliest language of a text, of those that are written in its script."""
    with _MODEL_LOCK:
        ranked = _model().rank(text)
    allowed = _LANGUAGES_OF_SCRIPT.get(script)
    of_script = [(code, p) for code, p in ranked if allowed is None or code in allowed]
    total = sum(p for _, p in of_script)
    language, probability = of_script[0]
    return language, probability / total if total else 0.0

"""What is said where nothing supports an answer, in the question's language: what is missing."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from polysense.read.file.text import count_words
from polysense.read.language.detect import detect_language
from polysense.read.language.function_words import count_function_words
from polysense.registry import Kit
from polysense.types import Evidence


@dataclass(frozen=True, slots=True)
class _Phrases:
    nothing: str
    about: str
    instead: str
    nearest: str
    not_made: str
    languages: str
    uncertain: str
    names: Mapping[str, str]


_ENGLISH = _Phrases(
    "The library holds nothing that answers this.",
    "Nothing in the library says this about {}.",
    "There is {}.",
    "The nearest is {} [1].",
    "Nothing found can be made {}.",
    "The files here are in {theirs}: a question in {own} cannot be matched with them. "
    "Ask in {theirs}, or configure a text encoder that reads both.",
    "The files here are in {theirs}, and the question in {own}: the nearest in meaning is "
    "{place} [1]; see whether it answers.",
    {"en": "English", "zh": "Chinese", "de": "German", "fr": "French", "es": "Spanish",
     "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "ru": "Russian", "ja": "Japanese",
     "ko": "Korean", "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish",
     "el": "Greek", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "he": "Hebrew",
     "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "lt": "Lithuanian",
     "lv": "Latvian", "no": "Norwegian", "pl": "Polish", "ro": "Romanian", "sk": "Slovak",
     "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
     "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese"},
)  # fmt: skip
_PHRASES: Mapping[str, _Phrases] = {
    "en": _ENGLISH,
    "de": _Phrases(
        "In der Bibliothek steht nichts, was das beantwortet.",
        "In der Bibliothek steht das nicht über {}.",
        "Es gibt {}.",
        "Am nächsten kommt {} [1].",
        "Aus dem Gefundenen lässt sich kein {} machen.",
        "Die Dateien hier sind auf {theirs}: eine Frage auf {own} kann damit nicht verglichen "
        "werden. Frag auf {theirs}, oder richte einen Textencoder ein, der beide Sprachen liest.",
        "Die Dateien hier sind auf {theirs}, die Frage auf {own}: dem Sinn nach am nächsten "
        "kommt {place} [1]; sieh nach, ob es die Antwort ist.",
        {"en": "Englisch", "zh": "Chinesisch", "de": "Deutsch", "fr": "Französisch",
         "es": "Spanisch", "it": "Italienisch", "ru": "Russisch", "ja": "Japanisch"},
    ),
    "fr": _Phrases(
        "La bibliothèque ne contient rien qui réponde à cela.",
        "Rien dans la bibliothèque ne dit cela de {}.",
        "Il y a {}.",
        "Le plus proche est {} [1].",
        "De ce qui a été trouvé, on ne peut faire {}.",
        "Les fichiers sont en {theirs} : une question en {own} ne peut pas être rapprochée d'eux. "
        "Posez-la en {theirs}, ou configurez un encodeur qui lit les deux langues.",
        "Les fichiers sont en {theirs}, la question en {own} : le plus proche par le sens est "
        "{place} [1] ; voyez s'il répond.",
        {"en": "anglais", "zh": "chinois", "de": "allemand", "fr": "français", "es": "espagnol",
         "it": "italien", "ru": "russe", "ja": "japonais"},
    ),
    "es": _Phrases(
        "En la biblioteca no hay nada que responda a esto.",
        "Nada en la biblioteca dice esto de {}.",
        "Hay {}.",
        "Lo más cercano es {} [1].",
        "Con lo encontrado no se puede hacer {}.",
        "Los archivos están en {theirs}: una pregunta en {own} no se puede comparar con ellos. "
        "Pregunte en {theirs}, o configure un codificador que lea ambos idiomas.",
        "Los archivos están en {theirs}, la pregunta en {own}: lo más cercano en sentido es "
        "{place} [1]; vea si responde.",
        {"en": "inglés", "zh": "chino", "de": "alemán", "fr": "francés", "es": "español",
         "it": "italiano", "ru": "ruso", "ja": "japonés"},
    ),
    "zh": _Phrases(
        "资料库里没有能回答这个问题的内容。",
        "资料库里没有关于{}的这项内容。",
        "有的是：{}。",
        "最接近的是{} [1]。",
        "找到的内容不能做成{}。",
        "这里的文件是{theirs}的，{own}的问题无法与它们匹配。请用{theirs}提问，或配置能读两种语言的文本编码器。",
        "这里的文件是{theirs}的，问题是{own}的：意思最接近的是{place} [1]，"
        "请看它是否回答了问题。",
        {"en": "英文", "zh": "中文", "de": "德文", "fr": "法文", "es": "西班牙文", "it": "意大利文",
         "ru": "俄文", "ja": "日文"},
    ),
}  # fmt: skip

NOT_FOUND = _ENGLISH.nothing

MIN_WORDS_UNREAD = 4
"""Words of a question in Latin letters from which on a model may tell its language, once nothing
has answered it; judged.
"""

SURE = 0.8
"""How sure a model must be of the language of a question that nothing here reads; judged."""

_SCRIPT_NAMES = (
    "LATIN GREEK CYRILLIC ARABIC HEBREW DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU "
    "KANNADA MALAYALAM SINHALA THAI LAO TIBETAN MYANMAR KHMER GEORGIAN ARMENIAN ETHIOPIC MONGOLIAN "
    "HANGUL HIRAGANA KATAKANA CJK"
)
_SCRIPTS = frozenset(_SCRIPT_NAMES.split())
"""Scripts, by the first word of what Unicode calls their letters."""


def refusal(
    language: str, missing: Sequence[str], instead: Sequence[str], nearest: Evidence | None
) -> str:
    """That nothing answers: what it is missing about, what there is instead, what is nearest.

    >>> refusal("en", ["E15"], ["E12", "E14"], None)
    'Nothing in the library says this about E15. There is E12, E14.'
    """
    p = _PHRASES.get(language, _ENGLISH)
    comma = "、" if language == "zh" else ", "
    sentences = [p.about.format(comma.join(missing)) if missing else p.nothing]
    if instead:
        sentences.append(p.instead.format(comma.join(instead)))
    if nearest is not None:
        sentences.append(p.nearest.format(f"{nearest.hit.chunk.asset.label}, {nearest.span}"))
    return ("" if language == "zh" else " ").join(sentences)


def other_language(own: str, theirs: str) -> str:
    """That the files are in another language than the question.

    >>> other_language("en", "zh").partition(":")[0]
    'The files here are in Chinese'
    """
    p = _PHRASES.get(own, _ENGLISH)
    names = {own: own, theirs: theirs, **_ENGLISH.names, **p.names}
    return p.languages.format(own=names[own], theirs=names[theirs])


def unread_language(words: str, kit: Kit) -> str:
    """The code of the language of a question, or the name of its script, where nothing here reads
    it; "" where it is read, or cannot be told. A word of a language that is read tells nothing.
    """
    if any(kit.text_encoder(code) for code in +count_function_words(words)):
        return ""
    script = _script(words)
    language = detect_language(words, SURE)
    if script in ("", "LATIN"):  # in Latin stand the names of plants and animals too
        is_short = count_words(words) < MIN_WORDS_UNREAD
        language = "" if is_short or language == "la" or not script else language
    else:
        language = language or script.title()
    return language if language and kit.text_encoder(language) is None else ""


def _script(words: str) -> str:
    """The name of the script that most letters are of; "" of a letter alone, as in a formula, and
    of signs that only look like letters.

    >>> _script("Πού είναι ο Lund;"), _script("β-carotene"), _script("µ")
    ('GREEK', 'LATIN', '')
    """
    names = [unicodedata.name(c, "").partition(" ")[0] for c in words if c.isalpha()]
    (script, count), *_ = Counter(names).most_common(1) or [("", 0)]
    return script if script in _SCRIPTS and (count > 1 or script == "CJK") else ""


def nearest_in_another_language(own: str, theirs: str, place: str) -> str:
    """That what lies nearest in meaning is in another language than the question, and where it is:
    across languages nearness tells which passage is best, not whether it answers.

    >>> nearest_in_another_language("en", "zh", "mill.md, L3").rpartition(": ")[2]
    'the nearest in meaning is mill.md, L3 [1]; see whether it answers.'
    """
    p = _PHRASES.get(own, _ENGLISH)
    names = {own: own, theirs: theirs, **_ENGLISH.names, **p.names}
    return p.uncertain.format(own=names[own], theirs=names[theirs], place=place)


def language_names() -> dict[str, frozenset[str]]:
    """What languages are called, in small letters, by their codes.

    >>> "deutsch" in language_names()["de"]
    True
    """
    names = [item for phrases in _PHRASES.values() for item in phrases.names.items()]
    return {c: frozenset(n.lower() for code, n in names if code == c) for c, _ in names}


def cannot_be_made(language: str, targets: Sequence[str]) -> str:
    """That what was found cannot be given in these modalities."""
    return _PHRASES.get(language, _ENGLISH).not_made.format(" or ".join(targets))

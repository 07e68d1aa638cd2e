"""Answers about files that a question names and that nothing can be read from: one that is there
and could not be read, with why and what helps, and one that is not there at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import PurePath
from typing import NamedTuple

from polysense.generate.place import composed_answer, language_of
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.uris import folded_uri
from polysense.protocols import Store
from polysense.query.file_question import file_question
from polysense.query.named_places import ARTICLE
from polysense.query.reference import asks_which_file
from polysense.query.scope import file_in, scope
from polysense.question import Question
from polysense.read.file.endings import usual_endings
from polysense.read.file.text_types import CODE_TYPES
from polysense.read.language.analysis import terms
from polysense.registry import Kit
from polysense.results import Answer, Failure
from polysense.retrieve.narrow import is_usual_ending, named_assets, shorter_names

MAX_PASSAGES = 50
"""Passages that are looked into for the name of a file that is not here; judged."""

MAX_ALIKE = 3
"""Files that are told to have a name much like one that is not here; judged."""

_UNREADABLE: Mapping[str, str] = {
    "en": "{} could not be read: {}. {}",
    "de": "{} konnte nicht gelesen werden: {}. {}",
    "fr": "{} n'a pas pu être lu : {}. {}",
    "es": "{} no se pudo leer: {}. {}",
    "zh": "{}无法读取：{}。{}",
}
_MISSING: Mapping[str, str] = {
    "en": "There is no file called {} here.",
    "de": "Eine Datei namens {} gibt es hier nicht.",
    "fr": "Il n'y a pas de fichier nommé {} ici.",
    "es": "Aquí no hay ningún archivo llamado {}.",
    "zh": "这里没有名为{}的文件。",
}
_ALIKE: Mapping[str, str] = {
    "en": " There is {}.",
    "de": " Es gibt {}.",
    "fr": " Il y a {}.",
    "es": " Hay {}.",
    "zh": "有的是：{}。",
}
_BEFORE = (
    r"\b(?:in|from|within|inside|according\s+to|does|summari[sz]e|laut|aus|im|dans|selon|según|en)"
)
_FILE_NOUN = r"(?:file|document|datei|dokument|fichier|archivo|documento)"
_ACCORDING = re.compile(r"\b(?:according\s+to|laut|selon|según)\b", re.I)
"""What may stand before a name that is only half remembered."""

_MAKES = re.compile(
    r"^\W*(?:please\s+)?(?:how\s+(?:(?:do|can|could|should|would|must)\s+(?:i|we|you|one)|to)\s+)?"
    r"(?:create|make|write|save|store|export|put|generate|record|enter|add)\b"
    r"|^\W*(?:wie\s+)?(?:erstelle|schreibe?|speichere?|erzeuge|exportiere|trage?)\b"
    r"|^\W*wie\s+(?:kann|soll|muss)\s+(?:ich|man|wir)\b.*\b(?:erstellen|schreiben|speichern|erzeugen"
    r"|exportieren|eintragen)\b"
    r"|^\W*comment\s+(?:(?:puis-je|peut-on|dois-je)\s+)?(?:créer|écrire|enregistrer|sauvegarder"
    r"|exporter|générer)\b"
    r"|^\W*cómo\s+(?:(?:puedo|se\s+puede|debo)\s+)?(?:crear|crea|creo|escribir|escribo|guardar|guardo"
    r"|exportar|exporto|generar)\b"
    r"|(?:怎么|怎样|如何).{0,6}(?:创建|新建|保存|写入|导出|生成)",
    re.I,
)
"""What a file is yet to be made by: it need not be there."""


class Absence(NamedTuple):
    """A file that a question names and that is not there, or could not be read.

    is_certain is whether nothing else can be meant, so that no search is needed; is_lost whether
    the answer is asked for out of a file that could not be read.
    """

    answer: Answer
    is_certain: bool
    is_lost: bool


def absent_file(
    question: Question, store: Store, catalogue: Catalogue, kit: Kit, where: str
) -> Absence | None:
    """The file which a question names and which could not be read, or is not there; None where it
    is there, where none is named, and where passages name one that is not there.

    where is the condition of the search, as it is compiled.
    """
    words = question.query_text
    if len(question.query) > 1 or not words or asks_which_file(words):
        return None
    own = scope(words)
    if own.aim == "which":
        return None
    request = file_question(words)
    place = own.file or (request.file if request else "")
    name = place or file_in(words)
    failure = _failure_of(name, words, catalogue)
    if failure is None and not _is_file_name(name, catalogue, kit):
        return None
    if name and named_assets(name, store, catalogue):
        return None
    is_new = _MAKES.search(words) is not None
    is_place = bool(place) and not is_new
    if failure is None:
        if is_new or _is_mentioned(name, store, where):
            return None
        is_certain = is_place and not _ACCORDING.search(words)
        text = _missing(question, name, catalogue)
    else:
        if PurePath(name).suffix:
            is_certain = bool(place) or not (is_new or _is_mentioned(name, store, where))
        else:
            is_certain = _is_marked(failure, words, is_place)
        text = _unread(question, failure)
    answer = replace(composed_answer(question, text, ()), answered=False, warnings=())
    return Absence(answer, is_certain, is_place and failure is not None)


def lost_parts(question: Question, store: Store, catalogue: Catalogue) -> tuple[str, ...]:
    """What could not be read of the files that a question names, with what helps."""
    name = file_in(question.query_text)
    assets = named_assets(name, store, catalogue) if name else []
    failures = (*catalogue.partial_failures(), *catalogue.unread_failures()) if assets else ()
    uris = {a.uri for a in assets}
    return tuple(f"{_file_name(f.uri)}: {f.error}. {f.hint}" for f in failures if f.uri in uris)


def missing_file(question: Question, name: str) -> str:
    """That there is no file of that name, in the question's language."""
    return _phrase(_MISSING, question).format(name)


def _missing(question: Question, name: str, catalogue: Catalogue) -> str:
    """That there is none, and which files have a name much like it."""
    by_name = {a.name.casefold(): a.name for a in catalogue.assets()}
    stem = PurePath(name).stem.casefold()
    same = [n for key, n in sorted(by_name.items()) if PurePath(key).stem == stem]
    close = same or [by_name[n] for n in get_close_matches(name.casefold(), by_name, MAX_ALIKE)]
    comma = "、" if language_of(question) == "zh" else ", "
    alike = _phrase(_ALIKE, question).format(comma.join(close[:MAX_ALIKE])) if close else ""
    return missing_file(question, name) + alike


def _unread(question: Question, failure: Failure) -> str:
    name = _file_name(failure.uri)
    reason = failure.error.removeprefix(f"{name} ").removeprefix("is ").rstrip(" .。")
    return _phrase(_UNREADABLE, question).format(name, reason, failure.hint).rstrip()


def _phrase(phrases: Mapping[str, str], question: Question) -> str:
    return phrases.get(language_of(question), phrases["en"])


def _failure_of(name: str, words: str, catalogue: Catalogue) -> Failure | None:
    """The file that could not be read and has this name, with its ending or without; without a
    name, the one whose name without its ending is called a file's by the words around it.
    """
    failures = [f for _, _, f in catalogue.failures().values()]
    if not failures:
        return None
    by_name = {folded_uri(_file_name(f.uri)): f for f in reversed(failures)}
    for shorter in shorter_names(name) if name else ():
        if failure := by_name.get(folded_uri(shorter.rpartition("/")[2])):
            return failure
    if PurePath(name).suffix:
        return None
    return next((f for f in failures if _is_called(f, name, words, catalogue)), None)


def _is_called(failure: Failure, name: str, words: str, catalogue: Catalogue) -> bool:
    """Whether a question may call a file by its name without the ending, and no other has it."""
    stem, plain_stem = _stems(failure)
    spelling = words.casefold()
    is_spelt = any(s.casefold() in spelling for s in (stem, plain_stem))
    if not is_spelt or not set(terms(plain_stem)) or _has_asset(stem, catalogue):
        return False  # of thousands that could not be read, most are not even spelt out
    if (name and set(terms(name)) == set(terms(plain_stem))) or _is_marked(failure, words, False):
        return True
    is_word = re.fullmatch(r"[^\W\d_]+", stem) is not None and stem.isascii()
    if is_word or not re.search(r"[^\W\d_]", stem):  # "in costs", "in 2024" need not be of a file
        return False
    either = _either(failure)
    pattern = rf"{_BEFORE}\s+{ARTICLE}(?:{either})(?![\w.])"
    return re.search(f"{pattern}|(?:{either})(?:里|中|上|[说讲写提])", words, re.I) is not None


def _is_marked(failure: Failure, words: str, is_place: bool) -> bool:
    """Whether a question calls a file's name without its ending a file's, or quotes it as a place.

    The name alone may be a town, a year or any other thing that other files tell of.
    """
    either = _either(failure)
    quote = rf"[\"“„«'《](?:{either})[\"”“»'》]"
    before = "" if is_place else rf"{_BEFORE}\s+{ARTICLE}"
    return (
        re.search(
            rf"\b{_FILE_NOUN}\s+[\"“„«'《]?(?:{either})(?![\w.])|{before}{quote}|{quote}(?:里|中)"
            rf"|(?<!\w)(?:{either})[\"”“»'》]?[\s-](?:file|datei)\b|(?:{either})》?(?:这个)?(?:文件|文档)",
            words,
            re.I,
        )
        is not None
    )


def _stems(failure: Failure) -> tuple[str, str]:
    """A file's name without its ending, as it is and with spaces for its hyphens."""
    stem = PurePath(_file_name(failure.uri)).stem
    return stem, re.sub(r"[_-]+", " ", stem)


def _either(failure: Failure) -> str:
    return "|".join(map(re.escape, dict.fromkeys(_stems(failure))))


def _has_asset(stem: str, catalogue: Catalogue) -> bool:
    key = folded_uri(stem)
    assets = catalogue.assets_named(stem, MAX_PASSAGES)
    return any(PurePath(folded_uri(a.name)).stem == key for a in assets)


def _file_name(uri: str) -> str:
    """The last part of a place, whichever way its system parts folders."""
    return re.split(r"[/\\]", uri)[-1]


def _is_file_name(name: str, catalogue: Catalogue, kit: Kit) -> bool:
    """Whether a name can only be a file's: it ends as files here do, or as files that can be read
    here do which are no code, for Node.js is no file.
    """
    if not PurePath(name).suffix:
        return False
    return is_usual_ending(name, catalogue) or name.lower().endswith(tuple(_endings(kit.parsers)))


def _endings(types: Iterable[str]) -> set[str]:
    """The endings of all of these types, but of those of code."""
    return {e for t in types if t not in CODE_TYPES for e in usual_endings(t)}


def _is_mentioned(name: str, store: Store, where: str) -> bool:
    """Whether a passage has the name of a file in it."""
    if "bm25" not in store.capabilities:
        return True
    last = name.split()[-1].casefold()
    matches = store.lexical(name.replace('"', " "), MAX_PASSAGES, where)
    return any(last in c.words.casefold() for c in store.get([m.id for m in matches]).values())

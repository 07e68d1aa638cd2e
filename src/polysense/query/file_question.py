"""Questions about files themselves: how many lines, sheets or mails one has, what is in a cell, how
many files mention a thing.

Tables of words for English, German, French, Spanish and Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from polysense.query.scope import file_in, named_before, named_behind

Fact = Literal["lines", "rows", "sheets", "columns", "mails", "files", "mentions", "cell"]

_NOUNS: Mapping[Fact, str] = {
    "lines": r"lines(?: of (?:text|code))?",
    "rows": r"rows|records|entries|zeilen|lignes|filas|líneas|datensätze|行",
    "sheets": r"(?:work)?sheets|(?:tabellen|arbeits)?blätter|feuilles|hojas|(?:个|張|张)?工作表",
    "columns": r"columns|spalten|colonnes|columnas|列",
    "mails": r"(?:e-?)?mails|messages|nachrichten|courriels|correos|(?:封|个)?(?:邮件|郵件)",
    "files": r"files|documents|dateien|dokumente|fichiers|archivos|documentos|(?:个|個|份)?文件",
}
_HOW_MANY = r"(?:how many|wie ?viele|combien de|cuánt[oa]s|多少|几|幾)"
_COUNTS: Mapping[Fact, re.Pattern[str]] = {
    fact: re.compile(rf"{_HOW_MANY}\s*(?:{nouns})(?![a-zäöüß])", re.I)
    for fact, nouns in _NOUNS.items()
}
_MENTIONS = re.compile(
    r"^\W*how many (?:of the |of my )?(?:files|documents)(?: (?:is|are))?\s+(?:that )?"
    r"(?:mentions?|contains?|talks? about|speaks? of|names?|says?|discuss(?:es)?)\s+(?P<en>.+?)\W*$"
    r"|^\W*in how many (?:files|documents) (?:is|are|does|do)\s+(?P<in>.+?)\s+"
    r"(?:mentioned|named|discussed|occur|appear|found)\W*$"
    r"|^\W*(?:in )?wie ?vielen? (?:dateien|dokumente[n]?) (?:erwähnen|enthalten|nennen"
    r"|handeln von|(?:wird|werden|steht|kommt))\s+(?P<de>.+?)(?:\s+(?:erwähnt|genannt|vor))?\W*$"
    r"|^\W*combien de (?:fichiers|documents) (?:mentionnent|contiennent|parlent d[e']u?)\s*"
    r"(?P<fr>.+?)\W*$"
    r"|^\W*cuántos (?:archivos|documentos) (?:mencionan|contienen|hablan de)\s+(?P<es>.+?)\W*$"
    r"|^\W*(?:有)?(?:多少|几|幾)(?:个|個|份)?文件(?:提到|提及|包含|讲到)了?(?P<zh>.+?)\W*$",
    re.I,
)
_CELL = re.compile(
    r"(?:\b(?:cell|zelle|cellule|celda)|单元格)\s*(?:(?P<sheet>[\w-]+)!)?(?P<cell>[A-Z]{1,3}\d{1,6})\b",
    re.I,
)
_LIBRARY = re.compile(
    r"\b(?:library|collection|here|bibliothek|sammlung|hier|bibliothèque|ici|biblioteca|aquí)\b"
    r"|资料库|这里|庫|库",
    re.I,
)
_IS_HAD = re.compile(
    r"^\W*(?:has|have|does|do|are(?: there)?|is|in|hat|haben|sind|gibt es|a-t-il|a|ont|y a-t-il"
    r"|compte|tiene|tienen|hay|en|有|$)(?![a-zäöü])",
    re.I,
)
"""What stands between what is counted and what has it: anything else asks of a thing, no file."""
_THERE = re.compile(r"^\W*(?:are|is|gibt|y a)\s*(?:there|es|-t-il)?\s*\W*$", re.I)
_ARTICLE = re.compile(
    r"^(?:the|this|my|der|die|das|dem|den|des|le|la|les|el|los|las|l['’])\s*|^file\s+", re.I
)


class FileQuestion(NamedTuple):
    """What is asked of which file; detail is the cell's address, or what is mentioned."""

    fact: Fact
    file: str = ""
    detail: str = ""
    sheet: str = ""


def file_question(words: str) -> FileQuestion | None:
    """What a question asks of a file itself; None of any other.

    >>> file_question("How many lines has log.txt?")
    FileQuestion(fact='lines', file='log.txt', detail='', sheet='')
    >>> file_question("How many files mention puffins?").detail
    'puffins'
    >>> file_question("Was steht in Zelle D4 der Haushaltsliste?")
    FileQuestion(fact='cell', file='Haushaltsliste', detail='D4', sheet='')
    >>> file_question("How many columns support the roof?")
    """
    text = " ".join(words.split())
    if m := _MENTIONS.match(text):
        return FileQuestion("mentions", detail=_without_article(next(filter(None, m.groups()))))
    if m := _CELL.search(text):
        file = file_in(text[: m.start()] + text[m.end() :]) or named_behind(text[m.end() :])
        return FileQuestion("cell", _bare(file), m["cell"].upper(), m["sheet"] or "")
    for fact, pattern in _COUNTS.items():
        if m := pattern.search(text):
            rest = text[m.end() :]
            if fact == "files" and (_LIBRARY.search(rest) or _THERE.match(rest)):
                return FileQuestion("files")
            is_had = _IS_HAD.match(rest) or (not rest.strip(" ?？") and m.start() > 0)
            file = file_in(text) or _bare(named_behind(rest)) or named_before(text[: m.start()])
            return FileQuestion(fact, file) if file and is_had else None
    return None


def _bare(name: str) -> str:
    return _without_article(
        re.sub(r"^(?:of|in|from|von|aus|de|du|del|dans|en)\s+", "", name.strip(), flags=re.I)
    )


def _without_article(text: str) -> str:
    return _ARTICLE.sub("", text.strip()).strip(" \"'“”«»")

"""Answers about files themselves: how many lines, rows, sheets or mails one has, what is in a cell,
how many files mention a thing. Counted in the file and in the store, never searched for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from polysense.errors import PolysenseError
from polysense.generate.absent_file import missing_file
from polysense.generate.place import composed_answer, language_of
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.inventory import chunks_of_asset
from polysense.protocols import Store
from polysense.query.file_question import Fact, FileQuestion, file_question
from polysense.question import Question
from polysense.read.file.text import read_text
from polysense.read.language.analysis import terms
from polysense.read.table import delimited
from polysense.read.table.cells import column_index
from polysense.read.table.frame import Frame, frame
from polysense.read.table.workbook import sheets
from polysense.results import Answer
from polysense.retrieve.filters import all_of, among
from polysense.retrieve.narrow import is_usual_ending, members_of, named_assets
from polysense.retrieve.search import MAX_RESULTS
from polysense.retrieve.whole_tables import WholeTables
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

_ANYWHERE = Span()

MAX_NAMED = 8
"""Files, sheets and tables that are named one by one; judged."""

_HAS: Mapping[str, str] = {
    "en": "{} has {} {}.",
    "de": "{} hat {} {}.",
    "fr": "{} a {} {}.",
    "es": "{} tiene {} {}.",
    "zh": "{}有{}{}。",
}
_MENTION: Mapping[str, str] = {
    "en": "{} files mention {}{}",
    "de": "{} Dateien erwähnen {}{}",
    "fr": "{} fichiers mentionnent {}{}",
    "es": "{} archivos mencionan {}{}",
    "zh": "{}个文件提到{}{}",
}
_EMPTY: Mapping[str, str] = {
    "en": "{}, {}: the cell is empty.",
    "de": "{}, {}: die Zelle ist leer.",
    "fr": "{}, {} : la cellule est vide.",
    "es": "{}, {}: la celda está vacía.",
    "zh": "{}的{}是空的。",
}
_LIBRARY: Mapping[str, str] = {
    "en": "The library",
    "de": "Die Bibliothek",
    "fr": "La bibliothèque",
    "es": "La biblioteca",
    "zh": "资料库",
}
_NOUNS: Mapping[str, Mapping[Fact, tuple[str, str]]] = {
    "en": {
        "lines": ("line", "lines"),
        "rows": ("row below its header", "rows below its header"),
        "sheets": ("sheet", "sheets"),
        "columns": ("column", "columns"),
        "mails": ("mail", "mails"),
        "files": ("file", "files"),
    },
    "de": {
        "lines": ("Zeile", "Zeilen"),
        "rows": ("Zeile unter dem Tabellenkopf", "Zeilen unter dem Tabellenkopf"),
        "sheets": ("Blatt", "Blätter"),
        "columns": ("Spalte", "Spalten"),
        "mails": ("Nachricht", "Nachrichten"),
        "files": ("Datei", "Dateien"),
    },
    "fr": {
        "lines": ("ligne", "lignes"),
        "rows": ("ligne sous l'en-tête", "lignes sous l'en-tête"),
        "sheets": ("feuille", "feuilles"),
        "columns": ("colonne", "colonnes"),
        "mails": ("courriel", "courriels"),
        "files": ("fichier", "fichiers"),
    },
    "es": {
        "lines": ("línea", "líneas"),
        "rows": ("fila bajo el encabezado", "filas bajo el encabezado"),
        "sheets": ("hoja", "hojas"),
        "columns": ("columna", "columnas"),
        "mails": ("correo", "correos"),
        "files": ("archivo", "archivos"),
    },
    "zh": {
        "lines": ("行", "行"),
        "rows": ("行（不含表头）", "行（不含表头）"),
        "sheets": ("个工作表", "个工作表"),
        "columns": ("列", "列"),
        "mails": ("封邮件", "封邮件"),
        "files": ("个文件", "个文件"),
    },
}


def tell_file_facts(
    question: Question, store: Store, catalogue: Catalogue, where: str
) -> Answer | None:
    """What a question asks of files themselves, counted; None of any other question, and where the
    file that it names is not one file here, or is not at hand.

    where is the condition of the search, as it is compiled.
    """
    request = file_question(question.query_text)
    if request is None or len(question.query) > 1:
        return None
    counting = _Counting(question, store, catalogue, where)
    try:
        return counting.answer(request)
    except (PolysenseError, OSError, ValueError):
        return None


class _Counting:
    """One question about files."""

    def __init__(self, question: Question, store: Store, catalogue: Catalogue, where: str) -> None:
        self._question, self._store, self._catalogue = question, store, catalogue
        self._where = where
        language = language_of(question)
        self._language = language if language in _HAS else "en"

    def answer(self, request: FileQuestion) -> Answer | None:
        if request.fact == "mentions":
            return self._mentions(request.detail)
        if request.fact == "files" and not request.file:
            number = len({r["asset"] for r in self._store.scan(self._where, ["asset"])})
            return self._say(self._has(_LIBRARY[self._language], "files", number), ())
        if request.fact in ("mails", "files"):
            return self._members(request)
        assets = named_assets(request.file, self._store, self._catalogue)
        if not assets and is_usual_ending(request.file, self._catalogue):
            text = missing_file(self._question, request.file)
            return replace(composed_answer(self._question, text, ()), answered=False)
        if len(assets) != 1:
            return None
        chunks = self._chunks(assets[0])
        if request.fact == "cell":
            return self._cell(assets[0], request, chunks)
        fact, counts = request.fact, self._counts(request.fact, assets[0], chunks)
        if not counts and fact == "rows":
            fact, counts = "lines", _lines(assets[0], chunks)
        if not counts or not chunks:
            return None
        return self._say(self._counted(assets[0].name, fact, counts), chunks[:1])

    def _chunks(self, asset: Asset) -> list[Chunk]:
        """Those of a file that the search may see, in reading order."""
        own = all_of(self._where, among("asset", [asset.id]))
        ids = {row["id"] for row in self._store.scan(own, ["id"])}
        return [c for c in chunks_of_asset(self._store, asset.id) if c.id in ids]

    def _counted(self, name: str, fact: Fact, counts: Mapping[str, int]) -> str:
        """Sheets are named beside their number, of several tables each is told."""
        if fact == "sheets":
            return f"{self._has(name, fact, len(counts))[:-1]}: {', '.join(counts)}."
        if len(counts) == 1:
            return self._has(name, fact, next(iter(counts.values())))
        first = list(counts.items())[:MAX_NAMED]
        return " ".join(self._has(f"{name}, {table}", fact, n) for table, n in first)

    def _has(self, name: str, fact: Fact, number: int) -> str:
        noun = _NOUNS[self._language][fact][number != 1]
        return _HAS[self._language].format(name, number, noun)

    def _counts(self, fact: Fact, asset: Asset, chunks: Sequence[Chunk]) -> dict[str, int]:
        """How many there are, of each sheet or table that has some."""
        if fact == "lines":
            return _lines(asset, chunks)
        if fact == "sheets":
            return _sheets(asset)
        return {
            name: len(table.rows if fact == "rows" else table.columns)
            for name, table in self._tables(chunks)
        }

    def _tables(self, chunks: Sequence[Chunk]) -> Iterator[tuple[str, Frame]]:
        """The tables of a file, each once, by sheet, place or number; none that is cut."""
        whole = WholeTables(self._store)
        visited: list[Frame] = []
        for chunk in chunks:
            is_table = chunk.modality == "table" and chunk.meta.get("role") != "description"
            table = frame(whole.with_table(chunk)) if is_table else None
            if table is None or table.cut or table in visited:
                continue
            visited.append(table)
            yield table.sheet or str(chunk.span), table

    def _cell(self, asset: Asset, request: FileQuestion, chunks: Sequence[Chunk]) -> Answer | None:
        tables = [c for c in chunks if c.modality == "table"]
        if not tables:
            return None
        cells = list(self._cells(asset, request, tables))
        if not cells:
            text = _EMPTY[self._language].format(asset.name, request.detail)
            return self._say(text, tables[:1])
        text = "; ".join(f"{place}: {value}" for place, value in cells)
        return self._say(f"{asset.name}, {text}", tables[:1], Span(cells=cells[0][0]))

    def _cells(
        self, asset: Asset, request: FileQuestion, tables: Sequence[Chunk]
    ) -> Iterator[tuple[str, str]]:
        """(address, value) of the cell, on each sheet that has something there."""
        letters = request.detail.rstrip("0123456789")
        column, row = column_index(letters), int(request.detail[len(letters) :])
        if asset.path is not None and asset.mime in sheets.READERS:
            for name, rows in sheets.sheets(asset.path, request.sheet):
                values = next((cells for n, cells in rows if n == row), [])
                if column < len(values) and values[column]:
                    yield f"{name}!{request.detail}", values[column]
            return
        if asset.path is not None and asset.mime in ("text/csv", "text/tab-separated-values"):
            records = delimited.read(asset.path, tabs=asset.mime.endswith("values"))
            values = next((cells for n, (_, cells) in enumerate(records, 1) if n == row), [])
            if column < len(values) and values[column]:
                yield request.detail, values[column].strip()
            return
        for _, table in self._tables(tables):
            for places, cells in zip(table.cells, table.rows, strict=True):
                pairs = zip(places, cells, strict=True)
                yield from ((p, c) for p, c in pairs if p == request.detail and c)

    def _members(self, request: FileQuestion) -> Answer | None:
        """How many mails, or files, lie in a mailbox or an archive."""
        members = members_of(request.file, self._catalogue)
        if request.fact == "mails":
            members = [a for a in members if a.mime == "message/rfc822"]
        if self._where:
            visible = {r["asset"] for r in self._store.scan(self._where, ["asset"])}
            members = [a for a in members if a.id in visible]
        if not members:
            return None
        chunks = self._chunks(members[0])[:1]
        return self._say(self._has(request.file, request.fact, len(members)), chunks)

    def _mentions(self, thing: str) -> Answer | None:
        """The files whose words have all the words of a thing in one passage."""
        target = set(terms(thing))
        if not target or "bm25" not in self._store.capabilities:
            return None
        matches = self._store.lexical(thing.replace('"', " "), MAX_RESULTS, self._where)
        chunks = self._store.get([m.id for m in matches])
        first: dict[str, Chunk] = {}
        for match in matches:
            chunk = chunks.get(match.id)
            if chunk and target <= set(terms(chunk.words)) | set(terms(chunk.asset.name)):
                first.setdefault(chunk.asset.id, chunk)
        if not first or len(matches) == MAX_RESULTS:
            return None  # of very many there may be more: a number would be wrong
        mention = sorted(first.values(), key=lambda c: c.asset.name)[:MAX_NAMED]
        names = ", ".join(f"{c.asset.label} [{n}]" for n, c in enumerate(mention, 1))
        rest = ", …" if len(first) > len(mention) else "."
        text = _MENTION[self._language].format(len(first), thing, f": {names}{rest}")
        return composed_answer(self._question, text, _evidence(mention))

    def _say(self, text: str, chunks: Sequence[Chunk], span: Span = _ANYWHERE) -> Answer:
        citation = f"{text} [1]" if chunks else text
        return composed_answer(self._question, citation, _evidence(chunks, span))


def _evidence(chunks: Sequence[Chunk], span: Span = _ANYWHERE) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(n, Hit(c, 1.0), Part("text", c.text), span or c.span, 1.0)
        for n, c in enumerate(chunks, 1)
    )


def _lines(asset: Asset, chunks: Sequence[Chunk]) -> dict[str, int]:
    """Of a file of words; none of one whose lines are not those of print."""
    is_text = any(c.span.lines for c in chunks) or asset.mime.startswith("text/")
    if asset.path is None or not asset.path.is_file() or not is_text:
        return {}
    return {"": len(read_text(asset.path).splitlines())}


def _sheets(asset: Asset) -> dict[str, int]:
    if asset.path is None or asset.mime not in sheets.READERS:
        return {}
    return {name: len(rows) for name, rows in sheets.sheets(asset.path)}

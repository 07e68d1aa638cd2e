"""What each word of a question is to a table: a column, a cell, a year, an operation, or nothing.

    reading = Reading(frame, "How many seats does the Heron have?")
    reading.mentions     "how many" (a word), "seats" (a column), "Heron" (a cell)
    reading.unexplained  the words that carry meaning and that neither table nor language explains

Longer mentions go before shorter ones; of equal ones, cells before columns before words of the
lexicon before parts of headers, words of the table's title, which say nothing, and parts of cells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from polysense.make.table.question import lexicon
from polysense.make.table.question.normalise import (
    AMOUNT_HEADS,
    CJK,
    NUMBERS,
    PLURAL_ENDINGS,
    Token,
    changes_question,
    han_numeral,
    may_be_name,
    month_number,
    split_compounds,
    tokenize,
)
from polysense.make.table.question.profile import BRACKETS, TableProfile
from polysense.read.language.function_words import FUNCTION_WORDS, REQUEST_WORDS
from polysense.read.language.numbers import han_number
from polysense.read.language.questions import question_language
from polysense.read.table.frame import Frame
from polysense.read.table.quantity import value

MOST_CHARACTERS = 600
"""Characters of a question that are read."""

# Bounds, judged, not measured.
_LONGEST_MENTION = 12  # words
_MOST_CELLS = 60_000  # different cells that are compared with the question
_LONGEST_CELL, _LONGEST_TEXT = 120, 400  # characters of a cell to be quoted in full, in part
_SHORTEST_PART = 3  # letters of a word that is a part of a cell
_SHORT_HEADER = 3  # ideographs of a header of which the first alone is said
_LONGEST_CONTEXT = 40  # words of titles that explain

YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)")
_ONE_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_YEARS_JOINED = re.compile(r"((?:1[5-9]|20|21)\d\d)[-/]((?:1[5-9]|20|21)\d\d)")
_NUMBER = re.compile(r"\d[\d.,]*")
_PRIORITY = ("cell", "column", "number", "month", "phrase", "column_part", "context", "cell_part")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a question that mean something.

    kind: cell and cell_part (of `columns[0]`, values are its cells; others have such ones), column
    and column_part (one of `columns`), number, phrase (one of `entries`), context.
    """

    kind: str
    positions: range
    columns: tuple[int, ...] = ()
    values: tuple[str, ...] = ()
    entries: tuple[lexicon.Entry, ...] = ()

    @property
    def is_verb(self) -> bool:
        """Whether it only says that somebody has an amount: "took", "scored"."""
        return bool(self.entries) and all(e.meaning == "verb" for e in self.entries)

    @property
    def is_stock(self) -> bool:
        """Whether it says that there is none, or some, to be had: "out of stock"."""
        return self.means("word", "sold_out") or self.means("word", "in_stock")

    def means(self, kind: str, meaning: str = "") -> bool:
        """Whether its phrase may have that meaning; any of the kind where none is named."""
        return any(e.kind == kind and meaning in ("", e.meaning) for e in self.entries)


class Reading(TableProfile):
    """A question put to a table. `context` are titles, names and headings that the table has."""

    def __init__(
        self,
        frame: Frame,
        text: str,
        kinds: Sequence[str] | None = None,
        context: Sequence[str] = (),
    ) -> None:
        super().__init__(frame, kinds)
        for i in [i for i in self.measures if i not in self.periods and self.is_identifier(i)]:
            self.kinds[i] = "text"
            self.measures.remove(i)
        cells = [
            c for i in range(len(self.kinds)) if i not in self.measures for c in frame.column(i)
        ]
        text = split_compounds(text, frame.columns, cells)
        self.text = text
        self.tokens = tokenize(text[:MOST_CHARACTERS])
        self.language = question_language(text)
        self._function_words = REQUEST_WORDS | FUNCTION_WORDS.get(self.language or "en", set())
        self._context = {
            t.stem
            for words in context
            for t in tokenize(words.replace("_", " "))[:_LONGEST_CONTEXT]
            if t.raw not in REQUEST_WORDS
        }
        self._title = " ".join(context).replace("_", " ")
        self._context_words = {t.raw for t in tokenize(self._title)}
        self.mentions = self._choose()

    @cached_property
    def unexplained(self) -> tuple[str, ...]:
        """The words that carry meaning and are no mention."""
        return self.words_without(())

    def words_without(self, positions: Collection[int]) -> tuple[str, ...]:
        """The words that carry meaning, are no mention, and do not stand at these positions."""
        explained = {*positions, *(i for m in self.mentions for i in m.positions)}
        return tuple(
            t.raw
            for i, t in enumerate(self.tokens)
            if i not in explained and (not self.is_function_word(t) or changes_question(t))
        )

    def is_function_word(self, token: Token) -> bool:
        """Whether a word only holds others together."""
        return token.raw in self._function_words

    @cached_property
    def named_columns(self) -> frozenset[int]:
        """The columns that mentions name, in full or in part."""
        mentions = (m for m in self.mentions if m.kind.startswith("column"))
        return frozenset(c for m in mentions for c in m.columns)

    @cached_property
    def periods(self) -> dict[int, int]:
        """The year of each column that is headed by one."""
        years = {i: YEAR.findall(name) for i, name in enumerate(self.frame.columns)}
        return {i: int(texts[0]) for i, texts in years.items() if len(set(texts)) == 1}

    @cached_property
    def label_column(self) -> int | None:
        """The column whose cells name the rows."""
        for i, kind in enumerate(self.kinds):
            cells = [c for c in self.frame.column(i) if c]
            if kind == "text" and cells and len(set(cells)) == len(cells):
                return i
        key = self.key_column()
        if key is not None:
            return key
        others = [i for i, k in enumerate(self.kinds) if k in ("date", "text")]
        return others[0] if others else None

    def _choose(self) -> list[Mention]:
        """The mentions that are taken: longer ones first, none over another."""
        candidates = sorted(
            self._candidates(),
            key=lambda m: (
                -sum(not self.is_function_word(self.tokens[i]) for i in m.positions),
                _PRIORITY.index("column_part" if m.is_verb else "cell" if m.is_stock else m.kind),
                m.is_verb,
                -len(m.positions),
                m.positions.start,
            ),
        )
        free = set(range(len(self.tokens)))
        result: list[Mention] = []
        for m in candidates:
            if free.issuperset(m.positions):
                free.difference_update(m.positions)
                result.append(m)
        return sorted(result, key=lambda m: m.positions.start)

    def _candidates(self) -> Iterator[Mention]:
        headers = self._header_index()
        cells = self._cell_index()
        for at in self._spans():
            key = self._key(self.tokens[i] for i in at)
            degree = len(at) == 1 and any(
                e.kind in ("superlative", "comparative") and e.size == 1
                for e in lexicon.entries_at(self.tokens, at.start)
            )
            for column_key, columns in headers.items():
                if key == column_key or (not degree and _same_words(key, column_key)):
                    yield Mention("column", at, tuple(columns))
            if key in cells and may_be_name(self.tokens[at[0]].raw, self.text):
                for column, values in cells[key].items():
                    others = (c for c in cells[key] if c != column)
                    yield Mention("cell", at, (column, *others), tuple(values))
            behind = self.tokens[at.stop : at.stop + 1]
            if behind and self.is_function_word(behind[0]):  # a small word that is part of a name
                longer = range(at.start, at.stop + 1)
                name = tuple(self.tokens[i].stem for i in longer)
                for column, values in cells.get(name, {}).items():
                    yield Mention("cell", longer, (column,), tuple(values))
            yield from self._parts(at, key)
        for i, t in enumerate(self.tokens):
            entries = lexicon.entries_at(self.tokens, i)
            for size in dict.fromkeys(e.size for e in entries):
                same = tuple(e for e in entries if e.size == size)
                yield Mention("phrase", range(i, i + size), entries=same)
            if _YEARS_JOINED.fullmatch(t.raw) or _NUMBER.fullmatch(t.raw):
                yield Mention("number", range(i, i + 1), values=(t.raw,))
            elif t.raw in NUMBERS:
                yield Mention("number", range(i, i + 1), values=(NUMBERS[t.raw],))
            elif numeral := han_numeral(self.tokens, i):
                number = str(han_number("".join(self.tokens[n].raw for n in numeral)))
                yield Mention("number", numeral, values=(number,))
            if self._day_column is not None and (month := month_number(self.tokens, i)):
                yield Mention("month", range(i, i + 1), (self._day_column,), (str(month),))
            if self._says_context(t) and not self.is_function_word(t):
                yield Mention("context", range(i, i + 1))

    def title_names(self, words: Collection[str]) -> bool:
        """Whether a title has one of these words."""
        return any(w in self._title if CJK.match(w) else w in self._context_words for w in words)

    def is_in_title(self, token: Token) -> bool:
        """Whether a title of the table, its file or its sheet has a word."""
        return token.stem in self._context

    def _says_context(self, token: Token) -> bool:
        """Whether a title has a word, or a German compound of it: "Weg", "Wanderwege"."""
        if self.is_in_title(token):
            return True
        ends = tuple(token.raw + ending for ending in PLURAL_ENDINGS)
        return (
            self.language == "de"
            and len(token.raw) >= _SHORTEST_PART
            and any(w.endswith(ends) for w in self._context_words)
        )

    @cached_property
    def _day_column(self) -> int | None:
        """The one column of days."""
        columns = [i for i in range(len(self.kinds)) if self.days(i)]
        return columns[0] if len(columns) == 1 else None

    def _spans(self) -> Iterator[range]:
        """Runs of words that begin and end with one that carries meaning."""
        content = [i for i, t in enumerate(self.tokens) if not self.is_function_word(t)]
        for first in content:
            for last in content:
                if first <= last < first + _LONGEST_MENTION:
                    yield range(first, last + 1)

    def _key(self, tokens: Iterator[Token] | Sequence[Token]) -> tuple[str, ...]:
        """Words as they are compared, without those that only hold others together."""
        return tuple(t.stem for t in tokens if not self.is_function_word(t) or changes_question(t))

    def _cell_key(self, cell: str) -> tuple[str, ...]:
        """A cell's words as they are compared; capitals make a name of a small word: "Pylon I"."""
        return tuple(
            t.stem
            for t in tokenize(cell)
            if not self.is_function_word(t)
            or changes_question(t)
            or re.search(rf"(?<=\s){re.escape(t.raw.upper())}(?!\w)", cell)
        )

    def _header_index(self) -> dict[tuple[str, ...], list[int]]:
        index: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for i, name in enumerate(self.frame.columns):
            for text in {BRACKETS.sub(" ", name) or name, name}:
                if key := self._key(tokenize(text)):
                    index[key].append(i)
        return {key: sorted(set(columns)) for key, columns in index.items()}

    def _cell_index(self) -> dict[tuple[str, ...], dict[int, list[str]]]:
        """Columns and cells by the words that they say; of columns of numbers, if they are few."""
        index: dict[tuple[str, ...], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        cells_left = _MOST_CELLS
        for i, kind in enumerate(self.kinds):
            if kind == "empty" or cells_left <= 0 or i in self.periods:
                continue
            if kind in ("number", "integer") and not self._names_rows(i):
                continue
            for cell in dict.fromkeys(self.frame.column(i)):
                cells_left -= 1
                if 0 < len(cell) <= _LONGEST_CELL:
                    for text in {cell, BRACKETS.sub(" ", cell)}:
                        key = self._cell_key(text)
                        if 0 < len(key) <= _LONGEST_MENTION and cell not in index[key][i]:
                            index[key][i].append(cell)
        return index

    def _names_rows(self, column: int) -> bool:
        """Whether the numbers of a column name the rows, as codes and running numbers do."""
        cells = self.frame.column(column)
        return column == 0 and len(set(cells)) == len(cells) and not self.frame.unit(column)

    @cached_property
    def _texts(self) -> dict[int, list[tuple[str, str]]]:
        """The cells of columns of words, each with the words that it says."""
        return {
            i: [
                (cell, f" {' '.join(self._cell_key(cell[:_LONGEST_TEXT]))} ")
                for cell in dict.fromkeys(self.frame.column(i))
                if cell
            ]
            for i, kind in enumerate(self.kinds)
            if kind in ("text", "date")
        }

    def _parts(self, at: range, key: tuple[str, ...]) -> Iterator[Mention]:
        """Columns and cells of which these words say a part."""
        ideographs = sum(bool(CJK.match(w)) for w in key)
        if ideographs not in (0, len(key)):
            return
        part = f" {' '.join(key)} "
        if not ideographs and (len(part) - 2 < _SHORTEST_PART or part.strip().isdigit()):
            return
        names = {i: self._key(tokenize(n)) for i, n in enumerate(self.frame.columns)}
        columns = tuple(
            i
            for i, name in names.items()
            if (ideographs != 1 and part in f" {' '.join(name)} ")
            or (ideographs == 1 and len(name) <= _SHORT_HEADER and name[:1] == key)
            or (self.language == "de" and len(key) == 1 and self._is_compound_of(at, name))
        )
        heads = tuple(i for i in names if names[i][-1:] == key and i == self.label_column)
        if ideographs == 1 and heads:
            columns = heads  # the last ideograph says what it is: 店 is 门店, not 店长
        changes = any(changes_question(self.tokens[i]) for i in at)
        if columns and not (changes and len(key) == 1):
            yield Mention("column_part", at, columns)
        if ideographs == 1 or changes:
            return
        matches = {
            i: tuple(cell for cell, words in texts if part in words)
            for i, texts in self._texts.items()
        }
        rows = {
            i: {n for n, c in enumerate(self.frame.column(i)) if c in cells}
            for i, cells in ((i, set(cells)) for i, cells in matches.items() if cells)
        }
        best = max(rows, key=lambda i: len(rows[i]), default=None)
        if best is not None and all(r <= rows[best] for r in rows.values()):
            yield Mention("cell_part", at, (best,), matches[best])

    def _is_compound_of(self, at: range, name: Sequence[str]) -> bool:
        """Whether a German word is a column's and one for amounts: "Stromverbrauch"."""
        word = self.tokens[at.start].raw
        first = next(iter(name), "")
        return (
            len(first) >= _SHORTEST_PART
            and word.startswith(first)
            and word[len(first) :].removeprefix("s").removeprefix("en") in AMOUNT_HEADS
        )

    def asks_meaning(self, mention: Mention) -> bool:
        """Whether "mean" is asked of a thing, at the end: "What does E14 mean?"."""
        return (
            mention.means("attribute", "meaning")
            and mention.positions.stop == len(self.tokens)
            and any(t.raw in ("does", "do", "did") for t in self.tokens)
        )

    def tokens_of(self, mention: Mention) -> list[Token]:
        """The words of a mention."""
        return self.tokens[mention.positions.start : mention.positions.stop]

    def number_of(self, mention: Mention) -> float | None:
        """The number that a mention says."""
        return value(mention.values[0]) if mention.kind == "number" else None

    def year_of(self, mention: Mention) -> int | None:
        """The year that a mention says: a bare one, or a cell that is one."""
        text = mention.values[0] if mention.values else ""
        return int(text) if _ONE_YEAR.fullmatch(text) else None


def _same_words(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two runs of words are the same, in any order if they are letters."""
    if len(a) != len(b):
        return False
    if any(CJK.match(w) for w in b):
        return tuple(a) == tuple(b)
    return all(any(_same_stem(x, y) for x in a) for y in b) and all(
        any(_same_stem(x, y) for y in b) for x in a
    )


def _same_stem(a: str, b: str) -> bool:
    return a == b or (
        min(len(a), len(b)) >= 4
        and a.isalpha()
        and (a.startswith(b) or b.startswith(a))
        and abs(len(a) - len(b)) <= 2
    )

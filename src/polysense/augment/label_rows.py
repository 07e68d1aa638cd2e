"""Rows of print in a picture: a label at the left, what belongs to it at the right, as on receipts
and forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import NamedTuple

from polysense.augment.letter_parts import MAX_LABEL
from polysense.make.table.form.amounts import total
from polysense.make.table.form.labels import MOST_LINES
from polysense.make.table.form.line import Line
from polysense.question import AnswerKind, Question
from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms
from polysense.types import Chunk

_PAPER_TEXT = (
    "receipt receipts invoice bill slip ticket voucher badge form card label sticker letter note "
    "certificate leaflet poster sign "
    "quittung rechnung beleg kassenbon bon ausweis formular karte etikett zettel bescheinigung "
    "fahrkarte plakat schild "
    "facture reçu ticket addition bon formulaire carte étiquette attestation affiche "
    "factura recibo boleto tarjeta formulario etiqueta certificado cartel"
)
_MEDIUM_TEXT = (
    "scan photo photograph screenshot recording foto aufnahme photo enregistrement grabación"
)
MEDIA = frozenset(_MEDIUM_TEXT.split())
"""What a picture or a recording may be called that nowhere says so itself."""

PAPERS = frozenset(_PAPER_TEXT.split()) | MEDIA
"""The same of a picture with rows of labels and values."""

TOTAL = (
    "total sum altogether summe gesamtbetrag gesamt insgesamt endbetrag betrag montant somme "
    "importe suma totale importo totaal 合计 合計 总计 總計 总额 總額 总价 總價"
)
"""What a question may call what is to be paid, whichever words the slip has for it."""

_SPENDS = re.compile(
    r"\b(?:pay|paid|pays|spen[dt]s?|bezahl(?:t|en|te)|ausgegeben|payé|payer|dépensé|pag(?:ó|ado|aron)"
    r"|gast(?:ó|ado|aron))\b|花了|付了",
    re.I,
)

_DEALINGS = (
    "pay paid cost costs spend spent give given gave get got back receive charge charged buy "
    "bought bezahlt zahlen kostet kosten gekostet gegeben gab gibt zurück bekommen gekauft "
    "payé coûte coûté donné rendu reçu achète acheté "
    "pagado pagó cuesta costó dado devuelto recibido compró"
)
"""What is done with a slip, of which a row says no more than its label and its value."""

_AMOUNTS: frozenset[AnswerKind] = frozenset(("amount", "money"))
_BY_FORM: frozenset[AnswerKind] = frozenset(
    ("duration", "length", "extent", "mass", "frequency", "year", "date", "clock")
)
_OF_TOTALS: frozenset[AnswerKind] = frozenset(("", "definition", "yes-no", "amount", "money"))
"""Kinds of answers that a total may be, or that do not tell: "what is the total" asks as "what is
an owl" does.
"""

_OF_ROWS = (_BY_FORM | _AMOUNTS | {""}) - {"length", "extent", "mass"}
"""Kinds of answers that rows under a heading may be: hours, days, prices."""

_LINE = re.compile(
    r"(?P<label>[^\W\d_][^\d:：\n]*?)\s*(?:[:：]\s*|\s+)(?=[^\W\d_]{0,3}[\s$€£¥₹]*\d)"
)


class Row(NamedTuple):
    """A row of print: its label, where what belongs to it begins in its chunk, and whether it says
    what is to be paid.
    """

    label: str
    value: int
    is_total: bool = False


def rows(chunk: Chunk, offsets: Sequence[tuple[int, int]]) -> dict[int, Row]:
    """The rows with a label among pieces (start, end) of a chunk, by their index: of a picture,
    whose lines have places; a row is one line, or several beside each other.
    """
    if chunk.modality == "text" or not any(m.span.box for m in chunk.marks):
        return {}
    by_index: dict[int, Row] = {}
    for i, (start, end) in enumerate(offsets):
        pieces = [m for m in chunk.marks if start <= m.start and m.end <= end]
        if len(pieces) > 1:
            label, value = chunk.text[pieces[0].start : pieces[0].end], pieces[1].start
        elif (m := _LINE.match(chunk.text[start:end])) and (i or ":" in m[0] or "：" in m[0]):
            label, value = m["label"], start + m.end()  # a first line is what the slip is called
        else:
            continue
        if len(label) <= MAX_LABEL:
            by_index[i] = Row(label.rstrip(" :："), value)
    return _with_total(chunk, offsets, by_index)


def _with_total(
    chunk: Chunk, offsets: Sequence[tuple[int, int]], by_index: dict[int, Row]
) -> dict[int, Row]:
    """The rows, with a mark at that of the total, as `make.table.form` tells it of receipts."""
    lines = [Line(chunk.text[m.start : m.end], m.span) for m in chunk.marks[:MOST_LINES]]
    field = total(lines) if by_index else None
    marks = [m for m in chunk.marks if field and m.span == field.span]
    return {
        i: row._replace(
            is_total=any(offsets[i][0] <= m.start and m.end <= offsets[i][1] for m in marks)
        )
        for i, row in by_index.items()
    }


def row_terms(row: Row, language: str) -> AbstractSet[str]:
    """What a question may call a row, the paper that it is on or what is done with it, beside the
    row's own words.
    """
    names = f"{_DEALINGS} {TOTAL}" if row.is_total else _DEALINGS
    return set(terms(names, language)) | _paper_terms(language)


def value_fit(kind: AnswerKind, value: str, fit: float) -> float:
    """How well what stands beside the label that is asked for fits the kind of answer, -1..1: the
    label says what it is, so an amount needs no currency, and a name no form; a date needs its own.

    >>> value_fit("money", "16.00", -1.0), value_fit("money", "paid", -1.0)
    (1.0, -1.0)
    >>> value_fit("date", "16.00", -1.0)
    -1.0
    >>> value_fit("person", "P. Amadi", -1.0)
    1.0
    """
    has_digit = any(c.isdigit() for c in value)
    if kind in _AMOUNTS:
        return max(fit, 1.0 if has_digit else -1.0)
    if kind in _BY_FORM:
        return fit
    if kind == "person":
        return max(fit, -1.0 if has_digit else 1.0)
    return max(fit, 0.0)


class RowRequest:
    """Which rows of slips a question wants: those that it names, and where it only wants to know
    what was paid, the total.
    """

    def __init__(self, question: Question, words: str, language: str) -> None:
        self._words, self._language, self._kind = words, language, question.kind
        self._names = [c.text for c in question.constraints if c.kind == "name"]
        may_be_total = question.kind in _OF_TOTALS
        self._names_total = may_be_total and names_total(words, language)
        self._spends = may_be_total and _SPENDS.search(words) is not None
        self._slips: AbstractSet[int] = frozenset()  # ranks of those with a row that is named
        self._slips_with_row: AbstractSet[int] = frozenset()
        self._forms: AbstractSet[int] = frozenset()

    def look_at(self, ranked_rows: Iterable[tuple[int, Row | None]]) -> None:
        """All rows there are, each with the rank of its hit."""
        rows = [(rank, row) for rank, row in ranked_rows if row]
        self._forms = {rank for rank, _ in rows}
        self._slips = {rank for rank, row in rows if self._names_label(row)}
        self._slips_with_row = {rank for rank, row in rows if self.wants(row, rank)}

    def wants(self, row: Row, rank: int) -> bool:
        """Whether a row is what the question wants of the slip that is the hit of that rank."""
        wants_total = self._names_total or (self._spends and rank not in self._slips)
        return (row.is_total and wants_total) or self._names_label(row)

    def names_unsaid(self, chunk: Chunk, rank: int) -> AbstractSet[str]:
        """What the chunk of a hit may be called, in small letters, that it need not say itself."""
        return PAPERS if rank in self._forms else MEDIA if chunk.part is not None else frozenset()

    def is_told_above(self, rank: int, slip_terms: AbstractSet[str]) -> bool:
        """Whether a question asks for what all the rows of a slip tell, which has these terms: what
        is more than a name stands above them ("opening hours"), and none of them is meant alone.
        """
        own = {t for t in content_terms(self._words, self._language) if t.isalpha()}
        is_more = bool(own - set(terms(" ".join(self._names), self._language)))
        is_meant_alone = rank in self._slips_with_row
        return is_more and own <= slip_terms and self._kind in _OF_ROWS and not is_meant_alone

    def _names_label(self, row: Row) -> bool:
        return names_label(row.label, self._words, self._language, self._names)


def names_total(question: str, language: str) -> bool:
    """Whether a question names what is to be paid in all.

    >>> names_total("What is the sum of the bill?", "en"), names_total("How old is it?", "en")
    (True, False)
    """
    words = [w for w in TOTAL.split() if w.isascii()]
    is_named = not set(terms(" ".join(words), language)).isdisjoint(terms(question, language))
    return is_named or any(w in question for w in TOTAL.split() if not w.isascii())


def names_label(label: str, question: str, language: str, names: Sequence[str] = ()) -> bool:
    """Whether a question has every word of a label, beside those of the names in it: who asks for
    the total of the Old Mill's receipt asks for no row that begins with "Old Mill".

    >>> names_label("Valid until", "Until when is the pass valid?", "en")
    True
    >>> names_label("Subtotal", "What is the total of the receipt?", "en")
    False
    >>> names_label("Receipt no.", "What is the total of the receipt?", "en")
    False
    """
    own = {t for t in content_terms(label, language) if t.isalpha()}
    return (
        bool(own - _paper_terms(language))
        and own <= set(terms(question, language))
        and not any(own <= set(terms(name, language)) for name in names)
    )


@cache
def _paper_terms(language: str) -> AbstractSet[str]:
    return set(terms(" ".join(PAPERS), language))

"""Words of a question and cells of a table as they are compared: stems, numbers, days.

The lists of words follow the questions of the development tables (WikiTableQuestions, TAT-QA), of
which benchmarks/bench_table_questions.py measures another half; they are English.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from polysense.read.language.analysis import terms
from polysense.read.language.dates import MONTH_NAMES
from polysense.read.language.function_words import REQUEST_WORDS
from polysense.read.language.numbers import HAN_NUMERALS, SMALL_NUMBERS
from polysense.read.table.quantity import strip_footnote_marks, value

YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = rf"(?:{'|'.join(MONTHS)})[a-z]{{0,6}}\.?"
"""How a month is called, as a pattern for words in lower case."""

_AMOUNT_HEAD_TEXT = (
    "verbrauch verbrauchs umsatz umsatzes menge mengen zahl anzahl preis preise kosten wert werte "
    "stand bestand produktion ernte absatz verkauf verkäufe einnahmen ausgaben erlös gewinn "
    "nutzung bedarf aufkommen leistung erzeugung note noten ertrag"
)
AMOUNT_HEADS = frozenset(_AMOUNT_HEAD_TEXT.split())
"""German words for amounts, of which compounds are made."""
_NO_COUNTERS = frozenset("号共起些月年样般直定")
"""Ideographs behind a numeral that make it no number of things: "一共", "三号", "五月"."""
PLURAL_ENDINGS = ("", "e", "en", "n", "er", "s")
NUMBERS = {w: str(n) for n, w in enumerate(SMALL_NUMBERS[1:13], 1)}
"""Numbers as words, and in digits."""
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LONGEST_DAY = 40  # characters of a cell that is one day
_TOKEN = re.compile(r"\d+(?:[.,:/-]\d+)+|[^\W_]+|%")
_EMPTY_CELL = re.compile(r"[\s$€£%().*–—−-]+|n\.?/?a\.?|nil|none|not applicable", re.I)
_BRACKETED = re.compile(r"([$€£])?\s*\(\s*([\d.,]+)\s*\)\s*(%)?")
_DAY = re.compile(
    r"(?P<y1>\d{4})[-/.年](?P<m1>\d{1,2})[-/.月](?P<d1>\d{1,2})日?(?:[T ]\d\d?:\d\d.*)?"
    r"|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4})"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?[ -](?P<m3>{MONTH})[ ,-]+(?P<y3>\d{{4}})"
    rf"|(?P<m4>{MONTH}) (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y4>\d{{4}})",
    re.I,
)
_IRREGULAR = {
    "people": "person", "sell": "sale", "earn": "earning", "spend": "spending", "weigh": "weight",
    "die": "death", "ext": "extens", "tel": "telephon", "qty": "quantiti", "dept": "depart",
}  # fmt: skip


def _stem(raw: str) -> str:
    """A word of a question or a cell as it is compared."""
    stem = (terms(raw) or [raw])[0]
    if len(stem) > 3 and stem.endswith("s") and not stem.endswith("ss"):
        stem = stem[:-1]
    return _IRREGULAR.get(raw, _IRREGULAR.get(stem, stem))


_FILLER_TEXT = (
    "amount number overall table list chart record entry row column item name person time value "
    "listed show shown give given tell find please according also each all out up than then if we "
    "just data info information has get take occur happen call named appear include hold make "
    "recorded reported respective respectively during within over entire whole there here one "
    "ones play compete participate come locate live win achieve receive earn score finish sale "
    "sell buy spend pay"
)
FILLER = frozenset({*_FILLER_TEXT.split(), *map(_stem, _FILLER_TEXT.split())})
"""Words that say little in a question, whether a table has them or not."""

_CHANGING_TEXT = (
    "between consecutive row same different other else except besides aside excluding both either "
    "neither without never only not before after previous next follow following preceding prior "
    "until above below directly immediately right combined per percentage percent ratio "
    "difference more less fewer most least first last earliest latest longest shortest highest "
    "lowest largest smallest top bottom best worst greater higher lower larger smaller longer "
    "shorter older younger change increase decrease growth average mean middle median total sum "
    "since ago if would nearest closest second third fourth fifth max maximum min minimum "
    "additional once twice tie tied often"
)
_CHANGING_WORDS = frozenset({*_CHANGING_TEXT.split(), *map(_stem, _CHANGING_TEXT.split())})
"""Words that no plan may pass over: they change what is asked."""
SUPERLATIVE = re.compile(r"\w{2,}(?:est|iest)|us")
TOTAL = re.compile(
    r"(?:grand |sub|overall )?totals?\b.{0,20}|sum|all|career(?: totals?)?|overall|average|mean"
    r"|(?:gesamt|zwischen|end)?summen?\b.{0,20}|(?:ins)?gesamt|gesamt(?:betrag|kosten|preis|wert|zahl)"
    r"|durchschnitt|mittelwert|somme|sous-total|moyenne|suma|promedio"
    r"|合计|总计|总和|总额|共计|小计|平均",
    re.I,
)
"""How a row is called that sums up others."""
SUM = re.compile(
    r"(?:grand |overall )?totals?\b.{0,20}|sum|(?:gesamt|end)?summe\b.{0,20}|(?:ins)?gesamt"
    r"|gesamt(?:betrag|kosten|preis|wert|zahl)|somme|suma|合计|总计|总和|总额|共计",
    re.I,
)
"""How the row is called that has the sum of all others: no mean, and no part's."""
SUM_OR_NAME = re.compile(r"total|sum|somme|suma", re.I)
"""What may be called so without being a sum: a river, a town, a firm."""
PLACE_OF_SUM = re.compile(r"somme|suma", re.I)
"""Those that are names as often."""
_OF_ALL = re.compile(r"\b(gesamt)([a-zäöüß]{4,})", re.I)
_SHORTEST_REST = 3  # letters that name a column
_AMOUNTS_OF_ALL = tuple(
    f"{head}{ending}"
    for head in (*AMOUNT_HEADS, "betrag", "summe", "fläche", "länge", "dauer", "gewicht", "zeit",
                 "strecke", "budget", "volumen", "einwohner", "bevölkerung", "betrags")
    for ending in PLURAL_ENDINGS
)  # fmt: skip


def split_compounds(words: str, names: Collection[str], cells: Collection[str] = ()) -> str:
    """The words with "gesamt" apart from what it is the whole of, an amount or one of these names;
    save in a name, and in what cells say.

    >>> split_compounds("die Gesamtkosten", []), split_compounds("die Gesamtnote", ["Gesamtnote"])
    ('die Gesamt kosten', 'die Gesamtnote')
    >>> split_compounds("welche sind Gesamtschulen", ["Art"], ["Gesamtschule"])
    'welche sind Gesamtschulen'
    """
    headers = " ".join(names).lower()
    cell_words = {w for c in cells if "gesamt" in c.lower() for w in re.findall(r"\w+", c.lower())}

    def apart(match: re.Match[str]) -> str:
        word, rest = match.group().lower(), match[2].lower()
        forms = {word + e for e in PLURAL_ENDINGS} | {word.removesuffix(e) for e in PLURAL_ENDINGS}
        is_amount = rest.endswith(_AMOUNTS_OF_ALL) or any(
            re.search(rf"\b{re.escape(stem)}", headers)
            for e in PLURAL_ENDINGS
            if len(stem := rest.removesuffix(e)) >= _SHORTEST_REST
        )
        is_whole = word in headers or cell_words & forms or not is_amount
        return match.group() if is_whole else f"{match[1]} {match[2]}"

    return _OF_ALL.sub(apart, words)


def may_be_name(word: str, text: str) -> bool:
    """Whether a word of a text may name a row; one for sums does where it is the name of a place.

    >>> may_be_name("somme", "How long is the Somme?"), may_be_name("somme", "Quelle est la somme?")
    (True, False)
    """
    if not TOTAL.fullmatch(word):
        return True
    is_written_so = re.search(rf"(?<=\w\W){word.capitalize()}\b", text) is not None
    return PLACE_OF_SUM.fullmatch(word) is not None and is_written_so


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the question as it stands there, and as it is compared."""

    raw: str
    stem: str


def tokenize(words: str) -> list[Token]:
    """The words of a question or a cell.

    >>> [t.stem for t in tokenize("How many Countries won 1,234?")]
    ['how', 'mani', 'countri', 'win', '1,234']
    """
    result = []
    plain = words.lower().replace("'s ", " ").replace("’s ", " ")
    for raw in _TOKEN.findall(CJK.sub(lambda m: f" {m.group()} ", plain)):
        result.append(Token(raw, _stem(raw)))
    return result


def han_numeral(tokens: Sequence[Token], start: int) -> range | None:
    """The ideographs of a number that has a unit or a counter behind it, from a word on."""
    stop = start
    while stop < len(tokens) and tokens[stop].raw in HAN_NUMERALS:
        stop += 1
    before = tokens[start - 1].raw if start else ""
    behind = tokens[stop].raw if stop < len(tokens) else ""
    is_number = CJK.match(behind) and behind not in _NO_COUNTERS
    if stop == start or not is_number or before in HAN_NUMERALS or before in ("第", "哪"):
        return None
    return range(start, stop)


def month_number(tokens: Sequence[Token], at: int) -> int:
    """The month that a word names in English, German, French or Spanish; 0 where it names none.

    "may" does so only behind a preposition.
    """
    word, before = tokens[at].raw, tokens[at - 1].raw if at else ""
    if word == "may" and before not in ("in", "of", "for", "during", "from", "by", "since"):
        return 0
    return next((n for n, names in enumerate(MONTH_NAMES, 1) if word in names), 0)


def changes_question(token: Token) -> bool:
    """Whether a word changes what is asked, so that it cannot be passed over."""
    return (
        token.stem in _CHANGING_WORDS
        or token.raw in _CHANGING_WORDS
        or SUPERLATIVE.fullmatch(token.raw) is not None
    )


def carries_meaning(token: Token, strict: bool = False) -> bool:
    """Whether a word carries what is asked; `strict`: numbers and words like "total" do as well."""
    return token.raw not in REQUEST_WORDS and (
        strict or (token.stem not in FILLER and token.raw not in FILLER)
    )


def parse_day(cell: str) -> dt.date | None:
    """The day that a cell says without doubt: ISO 8601, month as a word, or day.month.year.

    >>> parse_day("2024-03-05"), parse_day("5 March 2024"), parse_day("03/05/2024")
    (datetime.date(2024, 3, 5), datetime.date(2024, 3, 5), None)
    """
    m = _DAY.fullmatch(cell.strip()) if len(cell) < _LONGEST_DAY else None
    if not m:
        return None
    year, month, number = next((m[f"y{k}"], m[f"m{k}"], m[f"d{k}"]) for k in "1234" if m[f"y{k}"])
    try:
        return dt.date(
            int(year),
            int(month) if month.isdigit() else 1 + MONTHS.index(month[:3].lower()),
            int(number),
        )
    except ValueError:
        return None


def clean_cell(cell: str) -> str:
    """A cell without dashes for nothing and footnote marks; "$(9.8)" as "($9.8)"."""
    if not cell or (cell.isalpha() and cell.lower() not in ("nil", "na")):
        return cell
    if _EMPTY_CELL.fullmatch(cell):
        return ""
    if (unmarked := strip_footnote_marks(cell)) != cell and value(unmarked) is not None:
        return unmarked
    m = _BRACKETED.fullmatch(cell)
    return f"({m[1] or ''}{m[2]}{m[3] or ''})" if m else cell

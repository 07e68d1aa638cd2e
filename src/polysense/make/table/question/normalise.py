"""Words of a question and cells of a table as they are compared: stems, numbers, days; and which
words may be passed over.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from polysense.read.language.analysis import STOP, terms
from polysense.read.table.quantity import unmarked, value

YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = rf"(?:{'|'.join(MONTHS)})[a-z]{{0,6}}\.?"
"""How a month is called, as a pattern for words in lower case."""

_NAMES = "one two three four five six seven eight nine ten eleven twelve"
NUMBERS = {w: str(n) for n, w in enumerate(_NAMES.split(), 1)}
"""Numbers as words, and in digits."""
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TOKEN = re.compile(r"\d+(?:[.,:/-]\d+)+|[^\W_]+|%")
_NOTHING = re.compile(r"[\s$€£%().*–—−-]+|n\.?/?a\.?|nil|none|not applicable", re.I)
_BRACKETED = re.compile(r"([$€£])?\s*\(\s*([\d.,]+)\s*\)\s*(%)?")
_DAY = re.compile(
    r"(?P<y1>\d{4})[-/.年](?P<m1>\d{1,2})[-/.月](?P<d1>\d{1,2})日?(?:[T ]\d\d?:\d\d.*)?"
    r"|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4})"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?[ -](?P<m3>{MONTH})[ ,-]+(?P<y3>\d{{4}})"
    rf"|(?P<m4>{MONTH}) (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y4>\d{{4}})",
    re.I,
)
_IRREGULAR = {
    "won": "win", "winn": "win", "men": "man", "women": "woman", "people": "person", "ran": "run", "lost": "lose", "los": "lose",
    "sold": "sale", "sell": "sale", "earn": "earning", "spent": "spending", "built": "build", "weigh": "weight", "died": "death",
}  # fmt: skip
_FILLER_WORDS = (
    "amount number overall table list chart record entry row column item name person time value listed show shown give given tell find "
    "please according also each all out up than then if we just data info information ha get got get took take occur happen call named "
    "appear included include held hold made make recorded reported respective respectively during within over entire whole there here one "
    "ones play compete participat come locat live win achiev receiv earn score scor finish sale sold sell buy bought spend spent pay paid"
)
FILLER = frozenset(_FILLER_WORDS.split())
"""Words that say little in a question, whether a table has them or not."""

_HARD_WORDS = (
    "between consecutive row same different other else except besides aside excluding both either neither without never only not before "
    "after previou next follow following preceding prior until above below directly immediately right combined per percentage percent "
    "ratio difference more less fewer most least first last earliest latest longest shortest highest lowest largest smallest top bottom "
    "best worst greater higher lower larger smaller longer shorter older younger change increase decrease growth average mean middle "
    "median total sum since ago if would nearest closest second third fourth fifth max maximum min minimum additional once twice tie tied "
    "often"
)
_HARD = frozenset(_HARD_WORDS.split())
SUPERLATIVE = re.compile(r"\w{2,}(?:est|iest)|us")
TOTAL = re.compile(
    r"(?:grand |sub|overall )?totals?\b.{0,20}|sum|all|career(?: totals?)?|overall|average|mean|合计|总计|总和|平均",
    re.I,
)
"""How a row is called that sums up others."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the question as it stands there, and as it is compared."""

    raw: str
    stem: str


def tokens(words: str) -> list[Token]:
    """The words of a question or a cell.

    >>> [t.stem for t in tokens("How many Countries won 1,234?")]
    ['how', 'many', 'countr', 'win', '1,234']
    """
    found = []
    for raw in _TOKEN.findall(
        WIDE.sub(lambda m: f" {m.group()} ", words.lower().replace("'s ", " ").replace("’s ", " "))
    ):
        stem = (terms(raw) or [raw])[0]
        stem = (
            stem[:-1] if len(stem) > 3 and stem.endswith("s") and not stem.endswith("ss") else stem
        )
        found.append(Token(raw, _IRREGULAR.get(raw, _IRREGULAR.get(stem, stem))))
    return found


def changes(token: Token) -> bool:
    """Whether a word changes what is asked, so that it cannot be passed over."""
    return token.stem in _HARD or token.raw in _HARD or SUPERLATIVE.fullmatch(token.raw) is not None


def tells(token: Token, strict: bool = False) -> bool:
    """Whether a word carries what is asked; `strict`: numbers and words like "total" do as well."""
    return token.raw not in STOP and (
        strict or (token.stem not in FILLER and token.raw not in FILLER)
    )


def day(cell: str) -> dt.date | None:
    """The day that a cell says without doubt: ISO 8601, its month as a word, or day.month.year with
    points.

    >>> day("2024-03-05"), day("5 March 2024"), day("03/05/2024")
    (datetime.date(2024, 3, 5), datetime.date(2024, 3, 5), None)
    """
    m = _DAY.fullmatch(cell.strip()) if len(cell) < 40 else None
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


def plain(cell: str) -> str:
    """A cell without what is no part of its value: dashes for nothing, footnote marks; "$(9.8)" as
    "($9.8)".
    """
    if not cell or (cell.isalpha() and cell.lower() not in ("nil", "na")):
        return cell
    if _NOTHING.fullmatch(cell):
        return ""
    if (shown := unmarked(cell)) != cell and value(shown) is not None:
        return shown
    m = _BRACKETED.fullmatch(cell)
    return f"({m[1] or ''}{m[2]}{m[3] or ''})" if m else cell

"""Whether words hold a value: the one comparison behind every figure about answers.

It is fair to a way of writing and strict about what is said: case, spaces, thousands separators,
signs of currency, kinds of dashes and quotes do not count; a number never matches inside of a
longer one, nor a short word inside of a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

Answers = Sequence[Sequence[str]]
"""Right answers: any one of them will do, and all values of one must be there."""

SHORT_WORD = 3
"""Letters up to which a word that ends a value must end there: "no" is not in "north", "Handschuh"
is in "Handschuhen". Judged, not measured.
"""

CITATION = re.compile(r"\[\d+\]")
"""The [n] of a piece of evidence."""

_THOUSANDS = re.compile(r"(?<=\d)[,'\u2019\u00a0\u2009\u202f ](?=\d{3}(?!\d))")
_CURRENCY = re.compile(r"[$€£¥₽₹]\s*")
_DASH = re.compile("[\u2010-\u2015\u2212]")
_QUOTE = re.compile("[\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a`´\"']")
_MARKUP = re.compile(r"\*\*|__")
_TOKEN = re.compile(
    r"\d+(?:\.\d+)*|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]+|[^\w\s]|_"
)
_SPACED_LETTER = r"[^\W\d_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"


def plain(text: str) -> str:
    """Text as it is compared.

    >>> plain("It cost  $ 1,452.40 [2], “net”.")
    'it cost 1452.40 , net.'
    """
    text = _THOUSANDS.sub("", CITATION.sub(" ", text))
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _MARKUP.sub("", _QUOTE.sub("", _DASH.sub("-", _CURRENCY.sub("", text))))
    return " ".join(text.split())


def holds_value(text: str, value: str) -> bool:
    """Whether the text says the value; no value at all is never said.

    >>> holds_value("They sold 1,452 boats in 2019.", "1452"), holds_value("In 14520", "1452")
    (True, False)
    >>> holds_value("共三十二块叶片", "三十二 块"), holds_value("12g of salt", "12 g")
    (True, True)
    """
    pattern = _pattern(value)
    return pattern is not None and pattern.search(plain(text)) is not None


def holds_answer(text: str, answers: Answers) -> bool:
    """Whether the text says all values of any of the answers.

    >>> holds_answer("Greece, Turkey and Malta", [["Turkey", "Greece"], ["nowhere"]])
    True
    """
    return any(bool(values) and all(holds_value(text, v) for v in values) for values in answers)


@lru_cache(maxsize=1 << 14)
def _pattern(value: str) -> re.Pattern[str] | None:
    """What finds a value in plain text; None where the value is empty."""
    tokens = _TOKEN.findall(plain(value).rstrip("."))
    if not tokens:
        return None
    start, end = "", ""
    if tokens[0][0].isdigit():
        start = r"(?<!\d)(?<!\d[.,])"
    elif re.fullmatch(f"{_SPACED_LETTER}+", tokens[0]):
        start = f"(?<!{_SPACED_LETTER})"
    if tokens[-1][-1].isdigit():
        end = r"0*(?!\d|[.,]\d)" if "." in tokens[-1] else r"(?:\.0+)?(?!\d|[.,]\d)"
    elif re.fullmatch(f"{_SPACED_LETTER}{{1,{SHORT_WORD}}}", tokens[-1]):
        end = f"(?!{_SPACED_LETTER})"
    return re.compile(start + r"\s?".join(map(re.escape, tokens)) + end)

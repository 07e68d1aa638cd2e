"""What a text denies: negations of English, German, Spanish, French and Chinese, and words that say
the opposite of others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from polysense.read.language.folding import fold
from polysense.read.language.stems import stem

_NEGATION = re.compile(
    r"\b(?:not(?!\s+(?:only|just|merely|least)\b)|never(?!-)|no one|no(?!\.?\s?\d)(?!\s+doubt\b)"
    r"|none|nobody|nothing|neither|nor|nowhere|without|cannot|\w+n['’]t|fail(?:s|ed)?\s+to|lacks?|lacked|lacking"
    r"|nicht(?!\s+nur\b)|kein\w*|nie|niemals|niemand\w*|nichts|ohne|weder"
    r"|jamais|aucun\w*|sans|rien|nunca|jamás|sin(?!\s+embargo\b)|ningun\w*|ningún|nadie|nada|tampoco)\b"
    r"|\bne\b|\bn['’](?=[aeiouéê])|(?<!no)(?<!\w)no\s+(?!s[óo]lo\b|solamente\b)(?=[a-záéíóú]+\b)"
    r"|不(?![同仅過过只但断久足得料光止])|没有?|沒有?|未(?![来來])|无(?![线数论疑])|無(?![線數論疑])|並非|并非|禁止|从不",
    re.I,
)
_NOT_ONLY = re.compile(
    r"\bno\s+s[óo]lo\b|\bno\s+solamente\b|\bnon\s+seulement\b|\bne\s+\w+\s+que\b", re.I
)
_IMPLICIT = re.compile(
    r"\b(?:closed?s?|forbid\w*|forbade|prohibit\w*|bann(?:ed|s)|impossible|unable|absent|absence"
    r"|exclud\w*|refus\w*|reject\w*|den(?:y|ies|ied)|except|unlike|hardly|barely|rarely|seldom"
    r"|rather than|instead of|few|little|devoid|missing|ceas\w*|stop\w*|prevent\w*|avoid\w*|only"
    r"|un(?!der|til|less|i|ter|d\b)\w{4,}|in(?:ability|capable|dependent|sufficient)\w*"
    r"|geschlossen|verboten|unmöglich|fehl\w*|verhinder\w*|außer|kaum|selten|cerrad\w*|prohibid\w*"
    r"|imposible|excepto|salvo|apenas|fermée?s?|interdite?s?|sauf)\b"
    r"|关闭|关门|停业|闭馆|缺乏|缺少|拒绝|除了|以外|之外|避免|防止|很少|罕见|非|难以|反对|失去|停止|否认|免",
    re.I,
)
"""Words that deny in themselves: "closed" is said of what does not open."""
_CLAUSE_END = re.compile(
    r"(?<!\d)[,，](?!\d)|(?<=\d), |[;:—–()；：（）、]|\s-\s"
    r"|\b(?:but|while|whereas|although|and|aber|während|und|mais|et|pero|y|sino)\b|但是?|而"
)
_OPPOSITES_TEXT = """
open:closed,close,shut allowed:forbidden,prohibited,banned permitted:forbidden,prohibited,banned
possible:impossible increase:decrease,decline,reduce,fall rise:fall,decrease,decline,drop
grow:shrink,decline,decrease rose:fall,fell,sank,drop,decline
fell:rise,rose,grow,increase highest:lowest largest:smallest longest:shortest most:least,fewest
best:worst oldest:youngest,newest fastest:slowest heaviest:lightest first:last early:late
north:south northern:southern east:west eastern:western left:right maximum:minimum begin:end
start:end male:female accept:reject,refuse hot:cold wet:dry public:private
offen:geschlossen geöffnet:geschlossen erlaubt:verboten größte:kleinste älteste:jüngste
norden:süden osten:westen nördlich:südlich östlich:westlich abierto:cerrado permitido:prohibido
norte:sur este:oeste primero:último
"""
_PAIRS = [
    (stem(fold(word)), stem(fold(other)))
    for entry in _OPPOSITES_TEXT.split()
    for word, _, others in [entry.partition(":")]
    for other in others.split(",")
]
OPPOSITES: Mapping[str, frozenset[str]] = {
    w: frozenset(o for pair in _PAIRS if w in pair for o in pair if o != w)
    for w in dict.fromkeys(w for pair in _PAIRS for w in pair)
}
"""Stem -> the stems of words that say the opposite, of one thing at one time. No comparatives: what
is larger than another leaves that one smaller.
"""


def is_negative(text: str) -> bool:
    """Whether a text denies something.

    >>> is_negative("It isn't open."), is_negative("不同的店"), is_negative("店没开")
    (True, False, True)
    >>> is_negative("not only the tower"), is_negative("Gate no. 5")
    (False, False)
    """
    return any(not _NOT_ONLY.match(text, m.start()) for m in _NEGATION.finditer(text))


def implicit_denials(text: str) -> frozenset[str]:
    """The words of a text that deny without a "not".

    >>> sorted(implicit_denials("It is closed, and unfinished."))
    ['closed', 'unfinished']
    """
    return frozenset(m.group().lower() for m in _IMPLICIT.finditer(text))


def opposite_in(words: AbstractSet[str], others: AbstractSet[str]) -> tuple[str, str] | None:
    """A word, by its stem, that says the opposite of one of others, and that one; both alone.

    >>> opposite_in({"tower", "open"}, {"tower", "close"})
    ('open', 'close')
    """
    for word in sorted(words - others):
        for other in sorted(OPPOSITES.get(word, frozenset()) & others):
            if other not in words:
                return word, other
    return None


def clauses(text: str) -> list[str]:
    """A sentence cut where what is denied may end.

    >>> clauses("It was drawn in 1887, but it does not open on Mondays.")
    ['It was drawn in 1887', 'it does not open on Mondays.']
    """
    return [c.strip() for c in _CLAUSE_END.split(text) if c and c.strip()]


def denied_words(text: str) -> list[str]:
    """What of each denial of a text is denied: what stands behind it, as far as a clause goes, or
    before it, where nothing does.

    >>> denied_words("it does not open on Mondays"), denied_words("Montags öffnet er nicht")
    (['open on Mondays'], ['Montags öffnet er '])
    """
    return [
        text[m.end() :].strip(" .!?。！？") or text[: m.start()] for m in _NEGATION.finditer(text)
    ]


def without_negation(text: str) -> str:
    """A text without the words that deny, that what it speaks of may be compared.

    >>> without_negation("it does not open").split()
    ['it', 'does', 'open']
    """
    return _NEGATION.sub(" ", text)

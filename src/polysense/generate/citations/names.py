"""Whether the names and codes of a sentence stand in its evidence, in some form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.read.language.analysis import terms
from polysense.read.language.dates import clocks, dates
from polysense.read.language.folding import fold
from polysense.read.language.numbers import scale_of
from polysense.read.language.quantities import quantities
from polysense.read.language.units import unit_of
from polysense.read.language.values import NOUNS_IN_CAPITALS, has_unspaced_script, names_in

_NAME_ENDING_TEXT = (
    "s n an ian ns ans ians ish es e er ers en ens ese ic ics i y a 's is ien iens ienne isch "
    "ische ischen ischer isches o os ano anos és ais aise ay egian"
)
_NAME_ENDINGS = frozenset(("", *_NAME_ENDING_TEXT.split()))
"""Of forms of one name, in five languages."""

MIN_NAME = 4
"""Letters that forms of a name share at least, and of either what may be its ending: Broncos,
Bronco's; Norway, Norwegian. Judged.
"""

_CODE = re.compile(
    r"\b(?=[\w/-]*\d)(?=[\w/-]*[A-Za-z])[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*\b|\b\d+(?:\.\d+){2,}\b"
)
_GERMAN_DETERMINERS_TEXT = (
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner "
    "dieser diese dieses diesen diesem jener jene jenes jeder jede jedes jeden jedem sein seine "
    "seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres mein meine unser unsere unserer "
    "alle allen aller beide beiden viele vielen mehrere einige einigen manche welche welcher im am "
    "zum zur beim vom ins ans aufs solche solchen andere anderen anderer etwas mehr weniger"
)
_GERMAN_DETERMINERS = frozenset(_GERMAN_DETERMINERS_TEXT.split())
_GERMAN_ADJECTIVE = re.compile(r"[a-zäöüß]{3,}(?:e|en|er|es|em)")
_GERMAN_NOUN = re.compile(
    r"(?:.*(?:ung|heit|keit|schaft|tum|nis|tion|sion|tät|ismus|chen|lein|ling|ment|anz|enz|ik|ie|ur"
    r"|or|ist|är|eur|age)(?:en|e|s|es|er|n|se|sen)?|.*(?:en|ern|eln|e))",
    re.I,
)
"""How German nouns end that are no names, and plurals."""

_FOREIGN = re.compile(
    r".*[aioyu]|.*(?:[àáâéèêëíîóôúùçñãåøăāīūđ]|ou|oo|ee|wh|[aeo]y|gh|ow|aw|ew).*|c[aoer].*", re.I
)
"""How German nouns are not spelled, but for a few."""

_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_WORD_IN_CODE = re.compile(r"[a-z]{2}")
_RUN = re.compile(r"[^\W\d_]+|\d+|[./]")
_EDGE_OF_HAN = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff])(?=[A-Za-z])|(?<=[A-Za-z])(?=[\u3040-\u30ff\u3400-\u9fff])"
)
_LATIN_NAME = re.compile(r"\b[A-Z][A-Za-z]+")
_CAPITAL = re.compile(r"\b[A-Z]")
_WORD = re.compile(r"[^\W\d_]+")


def unknown_codes(sentence: str, source: str, is_foreign: bool = False) -> Iterator[str]:
    """The codes and versions of a sentence that do not stand in a text; of one in another language
    those without a word in them, which would be the language's own: oxygen-18, 1970ern.

    >>> list(unknown_codes("E-17 on the 3rd, 2.4.1 in the 1880s", "Error E-17; release 2.4.2"))
    ['2.4.1 is not in the evidence']
    """
    folded = fold(source)
    spans = [
        *((q.start, q.end) for q in quantities(sentence)),
        *((d.start, d.end) for d in dates(sentence)),
        *((c.start, c.end) for c in clocks(sentence)),
    ]
    for m in _CODE.finditer(sentence):
        code = m.group()
        is_amount = any(a <= m.start() and m.end() <= b for a, b in spans)
        if is_foreign and _WORD_IN_CODE.search(code):
            continue
        if is_amount or unit_of(code.lstrip("0123456789")):
            continue
        joint = r"[-\s]?".join(map(re.escape, _RUN.findall(fold(code))))
        if not re.search(rf"(?<![^\W_]){joint}(?![^\W_])", folded):
            yield f"{code} is not in the evidence"


def unknown_names(sentence: str, source: str, language: str = "") -> Iterator[str]:
    """The names of a sentence that stand in no form in a text.

    >>> source = "Tamsin Orrock of the United States drew it for the FBI."
    >>> list(unknown_names("It was Jonas Orrock's, of the USA.", source))
    ['Jonas is not in the evidence']
    """
    sentence, source = (without_marks(t) for t in (sentence, source))
    folded, stems = fold(source), set(terms(source))
    words = set(_WORD.findall(folded))
    initials = "".join(w[0] for w in _WORD.findall(source) if w[0].isupper())
    is_han = has_unspaced_script(sentence)  # there capitals are those of names alone
    for name in _LATIN_NAME.findall(sentence) if is_han else names_in(sentence):
        if language in NOUNS_IN_CAPITALS and not is_german_name(name, sentence):
            continue
        if (
            len(name) == 1
            or unit_of(name)
            or scale_of(name) > 1
            or set(terms(name)) <= stems
            or any(is_same_name(fold(name), w) for w in words)
        ):
            continue
        if has_unspaced_script(source) and fold(name) in folded:
            continue
        if name.isupper() and len(name) > 1 and name in initials:
            continue
        if _is_spelled_out(name, sentence, source):
            continue
        yield f"{name} is not in the evidence"


def without_marks(text: str) -> str:
    """U.S. and USA as US; Latin letters apart from the ideographs beside them."""
    text = re.sub(r"\bUSA\b", "US", _INITIALS.sub(lambda m: m[0].replace(".", ""), text))
    return _EDGE_OF_HAN.sub(" ", text)


def is_same_name(name: str, word: str) -> bool:
    """Whether two begin alike and end as forms of one name do: Italy, Italian; not Austria,
    Australia.
    """
    pairs = enumerate(zip(name, word, strict=False))
    size = next((n for n, (a, b) in pairs if a != b), min(len(name), len(word)))
    starts = range(MIN_NAME, size + 1)
    return any(name[n:] in _NAME_ENDINGS and word[n:] in _NAME_ENDINGS for n in starts)


def _is_spelled_out(name: str, sentence: str, source: str) -> bool:
    """Whether a name is a word of one that the text has by its initials alone."""
    run = re.search(
        rf"(?:[A-Z]\w+ (?:of |the |and )?)*\b{re.escape(name)}\b(?: (?:of |the |and )?[A-Z]\w+)*",
        sentence,
    )
    initials = "".join(_CAPITAL.findall(run.group())) if run else ""
    return len(initials) > 1 and re.search(rf"\b{initials}\b", source) is not None


def is_german_name(word: str, sentence: str) -> bool:
    """Whether a noun is more likely a name: in capitals, spelled as German is not, behind another
    word with a capital, or without an article, an adjective or an ending of other nouns. Of the
    nouns in XQuAD's German paragraphs .76 of the 1,190 that are names in the English ones too, and
    .18 of the 3,536 others, of which about half are names that English spells otherwise.

    >>> is_german_name("Orrock", "Er wurde von Orrock erbaut."), is_german_name("Turm", "im Turm")
    (True, False)
    """
    if (len(word) > 1 and word.isupper()) or _FOREIGN.fullmatch(word):
        return True
    if _GERMAN_NOUN.fullmatch(word):
        return False
    m = re.search(rf"(?:(?P<before>[^\W\d_]+)[ -])?\b{re.escape(word)}\b", sentence)
    before = (m["before"] or "") if m else ""
    if before[:1].isupper() and before.lower() not in _GERMAN_DETERMINERS:
        return True
    return before.lower() not in _GERMAN_DETERMINERS and not _GERMAN_ADJECTIVE.fullmatch(before)

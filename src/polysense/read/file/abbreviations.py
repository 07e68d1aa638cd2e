"""Full stops that end a word and no sentence: abbreviations, initials, ordinals, markers of lists.

What a stop means is told by the word before it and the one after it, as in Kiss & Strunk,
"Unsupervised multilingual sentence boundary detection" (Computational Linguistics 32, 2006), but
with words that are listed instead of counted: a passage is too short to count in. The lists come
from knowledge of the languages; they are judged, not measured.
"""

from __future__ import annotations

import re

WINDOW = 40
"""Characters before and after a stop by which it is judged: more than any listed word has."""

MAX_UNLISTED = 5
"""Letters of a word in no list that a small letter after its stop makes an abbreviation: "mfg.
date". After a longer one a sentence begins with a small letter, such as one on `numpy`; judged.
"""


def _forms(*lists: str) -> frozenset[str]:
    """The words as they are listed, and with a capital where they are listed without."""
    words = [word for words in lists for word in words.split()]
    return frozenset({*words, *(word[:1].upper() + word[1:] for word in words)})


# Without their last stop; inner stops stand, inner spaces do not: "z. B." is "z.B".

TITLES = _forms(
    # forms of address
    "Mr Ms Mrs Mx Dr Prof Rev Hon Capt Gen Col Lt Sgt Gov Sen Rep Pres Supt Messrs Mt Hr Hrn Fr",
    "Frl Dipl-Ing Dipl Ing Mag M MM Mme Mmes Mlle Mgr Sra Srta Sres Dra Ud Uds Dña Exmo Exma",
    "sig sigg Dott Avv Arch Geom dhr mevr drs Inż Bc акад проф им ул гл",
    # words that explain
    "e.g i.e viz cf z.B z.b d.h d.i p.ex p.ej ej p.es c.-à-d bijv d.w.z f.eks t.ex dvs np tzn",
    "m.in např tj tzv örn esim т.е т.к напр π.χ δηλ",
)
"""What follows belongs to them, whatever it is."""

LEADING = _forms(
    "vs v s approx incl excl esp resp fig figs eqn eqs vol vols chap sect pp ed eds trans",
    "ca lt Fa dept mfg attn ref refs u.a v.a s.o s.u o.g i.d.R i.A i.V bzw bspw vgl evtl ggf inkl",
    "exkl zzgl abzgl sog geb gest Hrsg Abb Tab Nr Nrn Bd Bde Kap Abs Mio Mrd Jh afb blz",
    "hfst nr o.a m.b.t env éd coll trad réf tél av apr boul aprox máx mín núm núms pág págs lám",
    "teléf Avda séc obs pag pagg sez tav bl.a s.k kl jf rys poz rozdz godz tel obr kap",
    "č ср рис табл стр см тыс вул βλ σελ κεφ εικ πίν αρ",
)
"""What follows belongs to them, but not a word that begins sentences: "fig" may be the fruit."""

BEFORE_NUMBERS = _forms(
    "no nos num p pg ch sec secs eq ex art arts par tab pl cols col max min est ver rev n r s f",
    "c d l lit ext pos zif ziff rn op pt pts ok Rz S м г п т с ст ч л д кв оф jan feb mar apr",
    "jun jul aug sep sept oct nov dec okt dez ene abr ago dic janv févr avr juil déc gen mag",
    "giu lug set ott mind para cap",
)
"""A number that follows belongs to them; before anything else they are words, units or initials."""

CLOSING = _forms(
    "etc al a.m p.m usw u.s.w u.ä o.ä u.Ä o.Ä u.dgl ecc enz e.d osv o.s.v m.m m.fl mfl itd itp",
    "atd apod vb т.д т.п др Jr Esq Bros seq ibid κ.λπ κ.ά",
)
"""They may stand last: a sentence begins after them with a capital."""

NAMES = _forms(
    "Inc Ltd Co Corp Assn Univ Cía Cia Ltda Cie Lda Sr St Ste Str Ave Av Blvd Rd Sq e.V v.Chr",
    "n.Chr a.C d.C av.J.-C apr.J.-C S.A S.L S.p.A S.r.l s.r.o a.s z.o.o EE.UU",
)
"""They may stand last or before more of a name ("Inc. Sales Office"): only a word that begins
sentences tells that one does.
"""

STARTERS = frozenset(
    word.capitalize()
    for line in (
        # English
        "the a an this that these those it its he his she her they their we our you your i my",
        "there here in on at by for from with to of as if when while after before since but and",
        "or so yet not no all both each many most some such what who which where why how then",
        "thus however",
        # German, Dutch, Scandinavian, Polish
        "der die das ein eine er sie es wir ihr ich im am an auf bei mit nach seit von zu für aus",
        "und oder aber wenn als dann dies diese dieser hier dort sein seine man de het een hij",
        "zij wij dit dat deze maar na met voor van och men det den ett han hon på om när to ten",
        "ta jest ale gdy",
        # French, Spanish, Portuguese, Italian
        "le la les un une des il elle ils elles nous vous ce cette ces dans pour par avec sur",
        "mais et ou si quand puis el los las uno una en con por para su sus este esta estos pero",
        "y cuando después hay se o os as um uma em com seu sua ele ela eles mas quando depois lo",
        "gli nel nella di da per ma questo questa dopo",
        # Russian
        "он она они это в на и но если когда после с по для не",
    )
    for word in line.split()
)
"""Words that begin sentences and no names: articles, pronouns, prepositions, conjunctions."""

BEFORE_ORDINALS = frozenset(
    word
    for line in (
        "am im der die das dem den des vom zum zur",
        "bis ab seit jeder jede jedes einem einer",
    )
    for word in line.split()
)
"""German words after which a number with a stop is an ordinal: "im 19. Jahrhundert"."""

_ABBREVIATIONS = TITLES | LEADING | BEFORE_NUMBERS | CLOSING | NAMES
_BEGINNINGS = frozenset(
    word[:at] for word in _ABBREVIATIONS for at, letter in enumerate(word) if letter == "."
)
"""What stands before an inner stop of a listed word."""

_LAST_WORDS = re.compile(
    r"(?<![^\W_])(?:[^\W\d_]{1,4}\.[ \u00a0]?-?){0,3}[^\W\d_]+(?:-[^\W\d_]+)?$"
)
_LAST_NUMBER = re.compile(r"(?<![^\W_])(?:\d{1,3}|[IVXLC]+)$")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,2}")
_UNIT = re.compile(r"(?!p)[^\W\d_]|mins?|secs?|hrs?|std|sek", re.I)
_NEXT_PIECE = re.compile(r"-?([^\W\d_]{1,4})\.")
_FOLLOWING_NUMBER = re.compile(r"[#§№°]?\s?(?:\d|[A-Z][-./]?\d|[IVXLC]{2,}\b)")
_PLAIN_WORD = re.compile(r"[^\W\d_]+(?=[\s,;:)]|$)")
_MARKER = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivx]{1,4}|[IVX]{1,4})")
_OPENERS = " \t\n\u00a0\"'“‘„«([{"


def ends_sentence(text: str, sentence: int, stop: int, end: int) -> bool:
    """Whether the one full stop at `stop`, with the quotes and brackets that close after it until
    `end`, ends the sentence that begins at `sentence`.

    >>> text = "See Fig. 3 of Norrel Inc. The end."
    >>> [ends_sentence(text, 0, at, at + 1) for at, c in enumerate(text) if c == "."]
    [False, True, True]
    """
    after = text[end : end + WINDOW]
    following = after.lstrip(_OPENERS)
    if not following or "\n\n" in after[: len(after) - len(following)]:
        return True
    before = text[max(sentence, stop - WINDOW) : stop]
    if stop - sentence <= WINDOW and (not before.strip() or _MARKER.fullmatch(before)):
        return False  # "1. Wash", "b. Rinse": what it marks follows
    if number := _LAST_NUMBER.search(before):
        if _is_ordinal(before[: number.start()], following):
            return False
        if number[0].isdigit():
            return not _goes_on(following, text[sentence : sentence + WINDOW])
    words = _LAST_WORDS.search(before)
    if words is None:
        return True
    word = _listed_word(words[0])
    amount = before[: len(before) - len(word)].rstrip()[-1:].isdigit()
    if not (amount and _UNIT.fullmatch(word)):
        if _is_inside(words[0], following):
            return False
        if (verdict := _verdict(word, following)) is not None:
            return verdict
    return len(word) > MAX_UNLISTED or not _goes_on(following, text[sentence : sentence + WINDOW])


def _verdict(word: str, following: str) -> bool | None:
    """Whether a sentence ends after a word; None where no rule knows the word."""
    opener = re.match(r"[^\W\d_]+", following)
    begins = opener is not None and opener[0] in STARTERS
    if word in TITLES:
        return False
    if word in LEADING:
        return begins and following[1:2].isalpha()  # "Fig. A" is a name
    if word in BEFORE_NUMBERS and _FOLLOWING_NUMBER.match(following):
        return False
    if word in CLOSING:
        return not (following[0].islower() or following[0].isdigit())
    has_capitals = len(word) == 1 or _ACRONYM.fullmatch(word)
    if word in NAMES or word.endswith("str") or (has_capitals and not word.islower()):
        return begins
    return None


def _listed_word(words: str) -> str:
    """The longest end of some words, each with a stop, that is listed or an acronym; else the last.

    >>> _listed_word("usw. z. B"), _listed_word("U.S"), _listed_word("Yes. No")
    ('z.B', 'U.S', 'No')
    """
    pieces = [words[m.end() :] for m in re.finditer(r"\.[ \u00a0]?", words)]
    for ending in (words, *pieces):
        abbreviation = re.sub(r"[ \u00a0]", "", ending)
        if abbreviation in _ABBREVIATIONS or _ACRONYM.fullmatch(ending):
            return abbreviation
    return re.split(r"\W", words)[-1]


def _is_inside(words: str, following: str) -> bool:
    """Whether the stop stands inside an abbreviation that is written with spaces: "z. B."."""
    piece = _NEXT_PIECE.match(following)
    if piece is None:
        return False
    abbreviation = re.sub(r"[ \u00a0]", "", words)
    ends = [abbreviation, *(abbreviation[m.end() :] for m in re.finditer(r"\.", abbreviation))]
    return any(f"{start}.{piece[0][:-1]}" in _ABBREVIATIONS | _BEGINNINGS for start in ends)


def _is_ordinal(prefix: str, following: str) -> bool:
    """Whether a number with a stop counts what follows, or is a part of a date: "3. 10. 2031"."""
    previous = prefix.split()[-1:] or [""]
    if following[0].isdigit() and re.fullmatch(r"\d{1,2}\.", previous[0]):
        return True
    opener = _PLAIN_WORD.match(following)
    return previous[0].lower() in BEFORE_ORDINALS and not (opener and opener[0] in STARTERS)


def _goes_on(following: str, sentence: str) -> bool:
    """Whether a small letter says that the sentence goes on, where it began with a capital."""
    first = re.search(r"[^\W_]", sentence)
    return (
        following[0].islower()
        and bool(_PLAIN_WORD.match(following))
        and first is not None
        and not first[0].islower()
    )

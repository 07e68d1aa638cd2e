"""What stands on several lines and is one thing: a label above its value, who signs a letter, whom
it goes to, an address; and what the head of a mail says of its people.

By the form of the lines; the words of letters are in tables for English, German, French, Spanish
and Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms
from polysense.read.language.values import has_calendar_date

MAX_LABEL, MAX_LABEL_WORDS = 40, 5
"""Characters and words of a label at most; judged."""

MAX_VALUE, MAX_VALUE_WORDS = 160, 4
"""Characters of what stands below a label that a question names, and words of a value that tells
itself by its form; judged.
"""

MAX_SIGNATURE_LINES = 2
"""Lines below "Yours sincerely" that say who signs: a name, and an office. Judged."""

MAX_ADDRESS_LINES, MAX_ADDRESS_LINE = 6, 60
"""Lines of an address, and characters of each; judged."""

_CLOSING = re.compile(
    r"\W*(?:(?:yours|sincerely|faithfully|truly|respectfully|cordially|best|kind|warm|warmest"
    r"|kindest|many|with|regards|wishes|thanks|and)[ ,]*){1,5}\W*"
    r"|\W*(?:mit )?(?:freundlich|viel|best|herzlich|lieb|schön)(?:e[nm]?)? gr(?:ü|ue)(?:ß|ss)en?\W*"
    r"|\W*hochachtungsvoll\W*|\W*(?:bien )?(?:cordialement|sincèrement|amicalement|à vous)\W*"
    r"|\W*(?:veuillez|je vous prie d[e']).{0,80}(?:salutations|sentiments).{0,40}"
    r"|\W*(?:le saluda )?atentamente\W*"
    r"|\W*(?:con )?(?:un )?(?:cordial )?(?:saludos?|abrazo)(?: cordial(?:es)?)?\W*"
    r"|\W*(?:此致|敬礼|敬上|谨上|顺祝商祺|顺颂商祺|祝好)\W*",
    re.I,
)
_CLOSING_WORD = re.compile(r"(?i)yours|sincerely|faithfully|regards|wishes|respectfully|cordially")
_SALUTATION = re.compile(
    r"\W*(?:(?:dear|hello|hi|sehr geehrte[rs]?|liebe[rs]?|hallo|guten tag|chère?s?|bonjour"
    r"|estimad[oa]s?|querid[oa]s?|hola)\s+(?P<name>[^\n,:!]{2,60})[,:!]?"
    r"|(?:尊敬的|亲爱的)(?P<han>[^\n，：,:]{1,20})[，：,:]?)\s*",
    re.I,
)
_HEAD = re.compile(
    r"(?:(?P<sender>from|von|absender|de|expéditeur|remitente|发件人)"
    r"|(?P<recipient>to|an|empfänger|à|destinataire|para|destinatario|收件人)"
    r"|(?P<date>date|sent|datum|gesendet|envoyé|fecha|enviado|日期|发送时间)"
    r"|(?P<subject>subject|betreff|objet|asunto|主题))\s*[:：]\s*(?=\S)",
    re.I,
)
SENDER = (
    "signed signs sign wrote written writes sent sends sender author from unterschrieben "
    "unterzeichnet schrieb geschrieben gesendet schickte geschickt Absender Verfasser signé écrit "
    "envoyé expéditeur auteur firmó firmado escribió envió remitente autor"
)
"""What a question may call it that somebody signs a letter, or is the sender of a mail."""
RECIPIENT = (
    "addressed recipient addressee received gerichtet adressiert Empfänger adressé destinataire "
    "dirigida dirigido destinatario"
)
ADDRESS = "address adresse Anschrift dirección located 地址"
DATE = "date dated sent written Datum gesendet geschrieben fecha envoyé écrit enviado 日期"
SUBJECT = "subject Betreff objet asunto 主题"
_HEAD_SAYS = {"sender": SENDER, "recipient": RECIPIENT, "date": DATE, "subject": SUBJECT}
LETTER = (
    "letter mail email message note Brief Nachricht lettre courriel message carta correo mensaje 信"
)
"""What a question may call what these are parts of."""

_HOUSE = re.compile(r"(?:\b\d+\s?[a-z]?,?\s+[^\W\d_]|[^\W\d_]{3,}\.?\s+\d+\s?[a-z]?\b)", re.I)
_POSTCODE = re.compile(r"\b\d{4,6}(?:-\d{3,4})?\b|\b[A-Z]{1,2}\d[A-Z\d]?\s+\d[A-Z]{2}\b")
_STOP = re.compile(r"[.!?。！？;,:：]\W*$")
_WORD, _LETTER, _DIGIT = (re.compile(r) for r in (r"[^\W\d_]+", r"[^\W\d_]", r"\d"))
_AMOUNT = re.compile(
    r"[-−(]?\s*(?:[^\W\d_]{0,3}\s?[$€£¥₹]|[A-Z]{3})?\s*\d[\d.,' \u202f]*"
    r"(?:\s?(?:%|[$€£¥₹]|[^\W\d_²³/]{1,4}[²³]?))?\)?"
)
_REFERENCE = re.compile(r"#?[A-Z]{0,6}[-/ ]?[A-Z\d./-]*\d[A-Z\d./-]*|\+?[\d()][\d ()/-]{5,}")


class LetterPart(NamedTuple):
    """Pieces first..last are one thing; what is said of it begins `skip` characters into piece
    `answer`. says are words for what it is, which its own words need not have.
    """

    first: int
    last: int
    answer: int
    skip: int = 0
    says: str = ""


def letter_parts(
    pieces: Sequence[str], gaps: Sequence[str], question: str, language: str
) -> list[LetterPart]:
    """What of a text's pieces (lines, sentences) is one thing with others. gaps[i] is what stands
    between piece i and the next.

    >>> lines = ["Due date", "2 April 2024", "Kind regards,", "Mara Lind"]
    >>> [(p.first, p.last, p.answer) for p in letter_parts(lines, ["\\n"] * 4, "", "en")]
    [(0, 1, 1), (2, 3, 3)]
    """
    request = set(terms(question, language))
    addresses = _addresses(pieces, gaps)
    within = {n for p in addresses for n in range(p.first, p.last + 1)}
    parts: list[LetterPart] = []
    for i, piece in enumerate(pieces):
        following = pieces[i + 1] if i + 1 < len(pieces) else ""
        if part := _person(pieces, i):
            parts.append(part)
        elif following and i not in within and is_label(piece) and not _closes(following):
            is_near = "\n\n" not in gaps[i] or all("\n\n" in g for g in gaps[:-1])
            if is_near and (
                _is_value(following) or _is_asked_for(piece, following, request, language)
            ):
                parts.append(LetterPart(i, i + 1, i + 1))
    if any(p.says in (SENDER, RECIPIENT) for p in parts):  # a letter, and no list
        used = {n for p in parts for n in range(p.first, p.last + 1)}
        days = (i for i, p in enumerate(pieces) if i not in used and _is_day(p))
        parts += (LetterPart(i, i, i, says=DATE) for i in days)
    return parts + addresses


def is_label(piece: str) -> bool:
    """Whether a line may be a label: some words without a number or a stop."""
    text = piece.strip()
    return (
        0 < len(text) <= MAX_LABEL
        and len(text.split()) <= MAX_LABEL_WORDS
        and _LETTER.match(text) is not None
        and not _DIGIT.search(text)
        and not _STOP.search(text)
    )


def names_part(name: str, question: str, language: str, is_any: bool) -> bool:
    """Whether a question has the words of a label side by side, or any of the words for a part.

    >>> names_part("Due date", "What is the due date of the invoice?", "en", is_any=False)
    True
    >>> names_part("Invoice date", "What is the due date of the invoice?", "en", is_any=False)
    False
    """
    own, request = terms(name, language), terms(question, language)
    if name == ADDRESS:  # whom it is addressed to asks for none
        return not {*name.lower().split()}.isdisjoint(_WORD.findall(question.lower()))
    if is_any:
        return not {*own}.isdisjoint(request)
    n = len(own)
    return n > 0 and any(request[i : i + n] == own for i in range(len(request) - n + 1))


def _is_value(piece: str) -> bool:
    """Whether a line is a value by its form: an amount, a date, a number or a code."""
    text = piece.strip()
    if not _DIGIT.search(text) or len(text.split()) > MAX_VALUE_WORDS:
        return False
    return bool(
        _AMOUNT.fullmatch(text)
        or _REFERENCE.fullmatch(text)
        or (has_calendar_date(text) and not _STOP.search(text))
    )


def _is_day(piece: str) -> bool:
    """Whether a line is a day of the calendar, with the town before it at most."""
    return has_calendar_date(piece) and len(piece.split()) <= MAX_LABEL_WORDS


def _is_asked_for(piece: str, following: str, request: AbstractSet[str], language: str) -> bool:
    """Whether a line says nothing but what the question does, and what follows it may be its
    value.
    """
    own = content_terms(piece, language)
    return (
        bool(own)
        and set(own) <= request
        and len(following) <= MAX_VALUE
        and not set(content_terms(following, language)) <= request
        and not following.lstrip().startswith("#")
    )


def _closes(piece: str) -> bool:
    m = _CLOSING.fullmatch(piece.strip())
    # "many thanks" may thank for something, "best" be a heading
    return m is not None and (
        not piece.isascii() or " " in piece.strip() or bool(_CLOSING_WORD.search(piece))
    )


def _person(pieces: Sequence[str], i: int) -> LetterPart | None:
    """Who signs, whom it goes to, and the people in the head of a mail."""
    piece = pieces[i]
    if m := _HEAD.match(piece):
        kind = m.lastgroup or ""
        return LetterPart(i, i, i, m.end(), _HEAD_SAYS[kind])
    if (m := _SALUTATION.fullmatch(piece)) and len(piece.split()) <= MAX_LABEL_WORDS:
        start = m.start("name") if m["name"] else m.start("han")
        return LetterPart(i, i, i, start, RECIPIENT)
    if _closes(piece):
        last = i
        while (
            last + 1 < len(pieces) and last - i < MAX_SIGNATURE_LINES and is_label(pieces[last + 1])
        ):
            last += 1
        return LetterPart(i, last, i + 1, says=SENDER) if last > i else None
    return None


def _addresses(pieces: Sequence[str], gaps: Sequence[str]) -> list[LetterPart]:
    """Blocks of short lines with a house and a postcode."""
    parts: list[LetterPart] = []
    first = 0
    for i in range(len(pieces)):
        is_last = i + 1 == len(pieces) or "\n\n" in gaps[i]
        if not is_last:
            continue
        block = [p.strip() for p in pieces[first : i + 1]]
        is_short = 2 <= len(block) <= MAX_ADDRESS_LINES and max(map(len, block)) <= MAX_ADDRESS_LINE
        has_place = _POSTCODE.search(block[-1]) and any(_HOUSE.search(p) for p in block[:-1])
        is_named = not _DIGIT.search(block[0]) and not any(map(_is_value, block[:-1]))
        if is_short and has_place and is_named:
            parts.append(LetterPart(first, i, first, says=ADDRESS))
        first = i + 1
    return parts

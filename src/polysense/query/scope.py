"""How much a question asks for, and of which file, page or section: by the words that name a place.

"What is on page 12 of the handbook?" asks for a page, "summarise handbook.pdf" for a file, "which
file mentions puffins?" for the file and not for what it says; most ask for a passage, wherever it
is. Whether there is such a file is for `polysense.retrieve.narrow` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from polysense.query.named_places import ARTICLE, TELLS, NamedPlace, named_places
from polysense.query.reference import asks_which_file
from polysense.question import Aim, Scope
from polysense.read.language.function_words import FUNCTION_WORDS

_HAN = "\u3400-\u9fff"
_FILE_NAME = r"(?<![\w.+-])[^\W_][\w.+()-]*\.(?!\d)[A-Za-z0-9]{2,5}(?![A-Za-z0-9])"
_FUNCTION_WORD = "|".join(
    sorted(frozenset().union(*(FUNCTION_WORDS[code] for code in ("en", "de", "fr", "es"))))
)
_LONG_NAME = rf"(?:(?!(?:{_FUNCTION_WORD})\b)[^\W_][\w+()&'’-]*\s+){{0,6}}{_FILE_NAME}"
"""A file name with spaces: with the words before it, as far back as a function word."""

FILE_WORD = r"(?:(?:file|document|datei|dokument|fichier|archivo|documento)\s+)?"
"""What a file may be called before its name."""
_FILE = re.compile(
    rf"\b(?:in|from|within|inside|of|does|do|did|laut|aus|von|dans|de|du|del|selon|según|en)\s+{ARTICLE}"
    rf"{FILE_WORD}(?P<name>{_LONG_NAME})"
    rf"|(?P<last>{_FILE_NAME})",
    re.I,
)
_WHOLE_FILE = re.compile(rf"{ARTICLE}{FILE_WORD}(?P<name>{_LONG_NAME})", re.I)
_QUOTED_FILE = re.compile(r"[\"“„«'《](?P<file>[^\"”“»'《》]{1,80}\.[A-Za-z0-9]{2,5})[\"”“»'》]")
_IN_FILE = re.compile(
    rf"\b(?:in|from|within|inside|according\s+to|laut|aus|dans|selon|según|en)\s+{ARTICLE}"
    rf"{FILE_WORD}(?P<file>{_LONG_NAME})"
    rf"|\b(?:does|do|did)\s+(?P<says>{_LONG_NAME})(?=\s+(?:say|tell|mention|explain|state|give)s?\b)"
    rf"|(?P<han>{_FILE_NAME})(?=里|中|上|的)",
    re.I,
)
_OF_NAMED = re.compile(
    r"^\s*(?:of|in|from|von|aus|in|im|de|du|dans|en|del)\s+"
    r"(?:(?:the|this|der|die|das|dem|den|des|le|la|les|el|los|las)\s+|l['’])?"
    r"(?P<name>[^\s?.,;:!][^?,;:!]{1,60}?)\s*(?=[?.,;:!]|$|\s(?:say|about|über|sur|sobre)\b)",
    re.I,
)
_TITLE = re.compile(r"《(?P<name>[^《》]{1,40})》的?")
_HAN_OWNER = re.compile(rf"(?P<name>[{_HAN}]{{2,12}}?)的?\s*$")
_ASKS_FIRST = re.compile("^(?:请问|请|在|介绍(?:一下)?|告诉我|总结(?:一下)?|概括(?:一下)?)+")
"""What stands before a name in Chinese, without a space."""


_CONTENTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"^\W*what(?:'s|’s|\s+is|\s+are)\s+(?P<name>.+?)\s+(?:all\s+)?about\W*$",
        r"^\W*what\s+does\s+(?P<name>.+?)\s+(?:say|deal\s+with|talk\s+about)\W*$"
        r"|^\W*what\s+does\s+(?P<holder>.+?)\s+(?:contain|cover|include)\W*$",
        r"^\W*(?:please\s+)?(?:can\s+you\s+|could\s+you\s+)?summari[sz]e\s+(?P<name>.+?)\W*$",
        r"\b(?:summary|overview|outline|gist)\s+of\s+(?P<name>.+?)\W*$",
        r"^\W*what(?:'s|’s|\s+is|\s+are)\s+(?:in|inside|the\s+(?:contents?|topic|subject|gist"
        r"|main\s+points?)\s+of)\s+(?P<name>.+?)\W*$",
        r"^\W*worum\s+geht(?:\s+es|['’]?s)\s+in\s+(?P<name>.+?)\W*$",
        r"^\W*wovon\s+handelt\s+(?P<name>.+?)\W*$|^\W*was\s+steht\s+in\s+(?P<also>.+?)\W*$",
        r"^\W*fass(?:e|en\s+sie)?\s+(?P<name>.+?)\s+zusammen\W*$",
        r"\b(?:zusammenfassung|überblick)\s+(?:von|über|zu)\s+(?P<name>.+?)\W*$",
        r"^\W*de\s+quoi\s+(?:parle|traite)\s+(?P<name>.+?)\W*$|^\W*résume[zr]?\s+(?P<also>.+?)\W*$",
        r"\brésumé\s+d(?:e|u)\s+(?P<name>.+?)\W*$|^\W*que\s+dit\s+(?P<also>.+?)\W*$"
        r"|^\W*que\s+contient\s+(?P<holder>.+?)\W*$",
        r"^\W*de\s+qué\s+(?:trata|habla)\s+(?P<name>.+?)\W*$|^\W*resum[ae]\s+(?P<also>.+?)\W*$",
        r"\bresumen\s+del?\s+(?P<name>.+?)\W*$|^\W*qué\s+dice\s+(?P<also>.+?)\W*$"
        r"|^\W*qué\s+contiene\s+(?P<holder>.+?)\W*$",
        r"^(?P<name>.+?)(?:主要)?(?:是)?(?:在)?[讲講说說写寫谈談](?:的是|了|的)?(?:些)?(?:什么|什麼|啥)\W*$",
        r"^(?P<name>.+?)(?:主要)?是?关于什么的?\W*$"
        r"|^(?P<also>.+?)的?(?:主要)?[内內]容(?:是什么|有哪些)\W*$",
        r"(?:总结|總結|概括|摘要)(?:一下)?(?P<name>.+?)(?:的[内內]容)?\W*$",
    )
)
"""What asks for the whole of something; "holder" is what may hold other things than words: what a
warranty covers and a soup contains is not all that a file of that name says.
"""

_FILE_NOUN = (
    r"(?:files?|documents?|pdfs?|reports?|manuals?|books?|papers?|letters?|spreadsheets?"
    r"|presentations?|notes?|dateien|datei|dokumente?|berichte?|handbuch|fichiers?|rapports?"
    r"|archivos?|ficheros?|documentos?|informes?|libros?)"
)
_WHICH = r"(?:which|what|welche[rsmn]?|quell?e?s?|qué|cuál(?:es)?)"
_WHICH_FILE = re.compile(
    rf"\b(?:in|dans|en)\s+{_WHICH}\s+(?:of\s+(?:the|my|these)\s+)?{_FILE_NOUN}\b"
    rf"|\b{_WHICH}\s+(?:of\s+(?:the|my|these)\s+)?{_FILE_NOUN}\s+(?:(?:that\s+)?(?:{TELLS}"
    r"|(?:is|are)(?=\s+about\b))\b)\s*(?:(?:about|with|of|von|über|de|sobre)\s+)?"
    r"|在?哪一?[个個份篇些本](?:文件|文档|文檔|资料|報告|报告|书|書)(?:里|中)?"
    r"(?:[提讲講说說谈談写寫](?:到|及|了)*)?",
    re.I,
)
_WHICH_PAGE = re.compile(
    r"\b(?:on|at)?\s*(?:which|what)\s+(?:page|slide)\b(?=\s*(?:[^\w\s]|$|\s"
    rf"(?:{TELLS}|{'|'.join(sorted(FUNCTION_WORDS['en']))})\b))"
    r"|\b(?:auf|à|sur|en)?\s*(?:welche[rsmn]?|quelle|qué)\s+(?:seite|folie|page|diapositive|página"
    r"|diapositiva)\b|在?(?:第几|第幾|哪一?)[页頁](?![面码碼眉脚腳])",
    re.I,
)
_HOW_MANY_PAGES = re.compile(
    r"\bhow\s+many\s+(?:pages|slides)\b|\bwie\s*viele\s+(?:seiten|folien)\b"
    r"|\bcombien\s+de\s+(?:pages|diapositives)\b|\bcuántas\s+(?:páginas|diapositivas)\b"
    r"|(?:多少|(?<![第哪])[几幾])\s*[页頁]",
    re.I,
)
_THIS_FILE = re.compile(
    rf"^(?:(?:this|the|my|dieses?|diesem|das|die|der|ce|cet|le|este|el)\s+)?{_FILE_NOUN}$|^l['’]?"
    rf"(?:archive|ouvrage)$|^(?:这|這|本)(?:个|個|份|篇|本)?(?:文件|文档|文檔|资料|报告|書|书)$",
    re.I,
)
_NAMES_FILE = re.compile(
    rf"\b(?:{_FILE_NOUN}|handbooks?|guides?|brochures?|articles?|chapters?|minutes|memos?|essays?"
    r"|transcripts?)$",
    re.I,
)
_FRAME_TEXT = (
    "please say says said contain contains cover covers describe describes read show tell give "
    "summarise summarize summary overview content contents written stand stands text there stated "
    "main points gist outline bitte steht stehen zeige lies sagt inhalt zusammenfassung fasse "
    "zusammen dit montre lis contient contenu résume résumé écrit muestra lee dice contiene "
    "contenido resume resumen escrito hay whole entire ganze toute toda s"
)
_FRAME = frozenset(_FRAME_TEXT.split()) | frozenset().union(
    *(FUNCTION_WORDS[code] for code in ("en", "de", "fr", "es"))
)
_HAN_FRAME = re.compile(
    "请问|请|告诉我|给我|看看|一下|总结|總結|概括|主要|内容|內容|什么|什麼|哪些|[讲講说說写寫谈談有的是了些在上里中呢吗嗎它和与與及、]"
)
_WORD = re.compile(r"[^\W_]+")


def scope(words: str) -> Scope:
    """The scope of a question's typed words.

    >>> print(scope("What is on page 12 of manual.pdf?"))
    the contents of page 12 of manual.pdf
    >>> print(scope("manual.pdf第十二页讲什么？"), scope("Summarise handbook.pdf"), sep="; ")
    the contents of page 12 of manual.pdf; the contents of handbook.pdf
    >>> print(scope("Which file mentions puffins?"), scope("How tall is the tower?"), sep="; ")
    which file; any passage
    """
    text = " ".join(words.split())
    if not text or asks_which_file(text):
        return Scope()
    if m := _HOW_MANY_PAGES.search(text):
        file = file_in(text) or named_behind(text[m.end() :]) or named_before(text[: m.start()])
        return Scope("file", "length", file, reason=m.group())
    if m := _WHICH_FILE.search(text):
        return Scope("file", "which", rest=_without(text, [m]), reason=m.group().strip())
    if (m := _WHICH_PAGE.search(text)) and _is_asked_for(m):
        file, rest = file_in(text), _without(text, [m])
        rest = re.sub(_of_file_pattern(file), " ", rest, flags=re.I) if file else rest
        return Scope("page", "which", file, rest=_asked_of(rest), reason=m.group().strip())
    if places := named_places(text):
        return _of_place(text, places)
    return _of_file(text)


def _of_place(text: str, places: Sequence[NamedPlace]) -> Scope:
    """The scope of a question that names pages or a section."""
    file, start, end = file_in(text), places[0].start, max(p.end for p in places)
    before, after = text[:start], text[end:]
    if file:
        before, after = (
            re.sub(_of_file_pattern(file), " ", t, flags=re.I) for t in (before, after)
        )
    elif title := _TITLE.search(before):
        file, before = title["name"], before[: title.start()] + before[title.end() :]
    elif m := _OF_NAMED.match(after):
        file, after = m["name"], after[m.end("name") :]
    elif places[0].is_han:
        owner = _HAN_OWNER.search(_ASKS_FIRST.sub("", before))
        if owner:
            file, before = owner["name"], ""
    between = "".join(text[a.end : b.start] for a, b in pairwise(places))
    rest = " ".join(f"{before} {between} {after}".split())
    pages = tuple(r for p in places for r in p.pages)
    aim: Aim = "passage" if _has_content(rest) else "contents"
    return Scope(
        "page" if pages else "section",
        aim,
        file,
        pages,
        next((p.section for p in places if p.section), ""),
        _asked_of(rest) if aim == "passage" else "",
        text[start:end].strip(),
    )


def _of_file(text: str) -> Scope:
    """The scope of a question that may name a file, but no place in it."""
    for pattern in _CONTENTS:
        if m := pattern.search(text):
            groups = m.groupdict("")
            is_holder, phrases = bool(groups.get("holder")), groups.values()
            name = next(filter(None, phrases), "").strip(" \"'“”«»《》")
            whole = _WHOLE_FILE.fullmatch(name)
            file = whole["name"] if whole else file_in(name)
            others = re.sub(_of_file_pattern(file), " ", name, flags=re.I)
            if file and (whole or not _has_content(others)):
                return Scope("file", "contents", file, reason=m.group().strip())
            if not file and _THIS_FILE.match(name):
                return Scope("file", "contents", reason=m.group().strip())
            described = re.sub(ARTICLE, "", name, count=1, flags=re.I)
            is_named = described != name or "《" in text or re.match(f"[{_HAN}]", name)
            if not file and is_named and (not is_holder or _NAMES_FILE.search(name)):
                return Scope("file", "contents", described, reason=m.group().strip())
    if m := _IN_FILE.search(text):
        file = next(filter(None, m.groups()))
        rest = _without(text, [m] if m["file"] else [])
        rest = re.sub(_of_file_pattern(file), " ", rest, flags=re.I)
        if _has_content(rest):
            return Scope("passage", "passage", file, rest=_asked_of(rest), reason=m.group())
    return Scope()


def file_in(text: str) -> str:
    """The first file name in a text; "" without one."""
    if m := _QUOTED_FILE.search(text):
        return m["file"]
    m = _FILE.search(text)
    return _ASKS_FIRST.sub("", m["name"] or m["last"]) if m else ""


def _of_file_pattern(file: str) -> str:
    return (
        rf"(?:\b(?:of|in|from|von|aus|de|du|del|dans|en|according\s+to|laut|selon|según)\s+)?{ARTICLE}"
        rf"[\"“„«'《]?{re.escape(file)}[\"”“»'》]?(?:里|中|上|的)*"
    )


def named_behind(text: str) -> str:
    """What a count of pages is of: "... pages has the handbook"."""
    m = re.match(
        r"\s*(?:(?:has|have|are|does|there|in|is|long|hat|haben|a|ont|compte|y|dans|tiene|tienen|hay|en)"
        r"\s+)*(?:the|this|der|die|das|dem|le|la|el)?\s*(?P<name>[^?.!,]{2,60}?)\s*(?:have|has)?\s*[?.!]*$",
        text,
        re.I,
    )
    return m["name"] if m else ""


def named_before(text: str) -> str:
    """The same in Chinese, where what it is of comes first."""
    title = _TITLE.search(text)
    name = title["name"] if title else _ASKS_FIRST.sub("", text).strip()
    return re.sub(r"(?:一?共|总共|有|的)+$", "", name)


def _is_asked_for(m: re.Match[str]) -> bool:
    """Whether a page is what is asked for: at the head, or anywhere in Chinese."""
    return m.start() == 0 or re.match(r"[^\x00-\u2fff]", m.group().lstrip("在")) is not None


def _asked_of(text: str) -> str:
    """What is asked of a place, without the verbs that stood around its name."""
    rest = re.sub(
        r"\b(?:does|do|did)\s+(?:say|tell|mention|explain|state)(?:\s+about)?\b", "", text
    )
    return " ".join(rest.split()).strip(" ,;:")


def _without(text: str, matches: Iterable[re.Match[str]]) -> str:
    for m in matches:
        text = f"{text[: m.start()]} {text[m.end() :]}"
    return " ".join(text.split())


def _has_content(text: str) -> bool:
    """Whether words ask for anything beside what stands in a place."""
    rest = _HAN_FRAME.sub(" ", text) if re.search(f"[{_HAN}]", text) else text
    return any(w.lower() not in _FRAME for w in _WORD.findall(rest))

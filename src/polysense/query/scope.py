"""How much a question asks for, and of which file, page or section: by the words that name a place.

"What is on page 12 of the handbook?" asks for a page, "summarise handbook.pdf" for a file, "which
file mentions puffins?" for the file and not for what it says; most ask for a passage, wherever it
is. Whether there is such a file is for `polysense.retrieve.scope` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from polysense.query.reference import asks_which_file
from polysense.question import Aim, Scope
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.numbers import HAN_NUMERALS, han_number

_HAN = "\u3400-\u9fff"
_HAN_NUMBER = f"(?:\\d{{1,5}}|[{''.join(sorted(HAN_NUMERALS))}]{{1,6}})"
_IN = (
    r"(?:\b(?:on|at|from|of|in|within|inside|under|according\s+to|auf|von|aus|unter|laut|im|sur|à|de"
    r"|dans|selon|en|según|del?)\s+)?"
)
_ARTICLE = r"(?:\b(?:the|der|die|das|dem|den|des|le|la|les|el|los|las)\s+)?"

_PAGE = re.compile(
    rf"{_IN}{_ARTICLE}\b(?:(?:pages?|pp|slides?|seiten?|folien?|diapositives?|páginas?|págs?"
    r"|diapositivas?)\b|p\.(?=\s?\d)|S\.(?=\s?\d))\.?\s*(?P<first>\d{1,5})\b"
    r"(?:\s*(?:-|–|to|bis|à|a|hasta)\s*(?P<last>\d{1,5})\b)?"
    rf"|{_IN}{_ARTICLE}\b(?P<end>first|last|erste[nrs]?|letzte[nrs]?|première|dernière|primera"
    r"|última)\s+(?:page|slide|seite|folie|diapositive|página|diapositiva)\b"
    rf"|在?第\s*(?P<han>{_HAN_NUMBER})\s*(?:[-–~到至]\s*第?(?P<han_last>{_HAN_NUMBER})\s*)?"
    r"[页頁](?:上|里|中)?|在?(?:最后|最後)一[页頁](?P<han_end>)(?:上|里|中)?",
    re.I,
)
_SECTION = re.compile(
    rf"{_IN}{_ARTICLE}(?:\b(?:section|chapter|appendix|abschnitt|kapitel|anhang|chapitre|annexe"
    r"|sección|capítulo|apartado|anexo)|§)\s*(?P<number>(?:\d+|[A-Z](?![\w]))(?:\.\d+)*)(?!\w)"
    rf"|{_IN}{_ARTICLE}\b(?:section|chapter|abschnitt|kapitel|chapitre|sección|capítulo)"
    r"(?:\s+(?:on|about|called|titled|über|sur|sobre))?\s+[\"“„«'](?P<title>[^\"”“»']{2,80})[\"”“»']"
    rf"|在?第?\s*(?P<dotted>\d+(?:\.\d+)+)\s*(?:章节|[章节節])|在?第\s*(?P<han>{_HAN_NUMBER})\s*"
    r"(?P<unit>章节|[章节節])(?:里|中)?",
    re.I,
)
_FILE_NAME = r"(?<![\w.+-])[^\W_][\w.+()-]*\.(?!\d)[A-Za-z0-9]{2,5}(?![A-Za-z0-9])"
_FILE = re.compile(_FILE_NAME, re.I)
_QUOTED_FILE = re.compile(r"[\"“„«'《](?P<file>[^\"”“»'《》]{1,80}\.[A-Za-z0-9]{2,5})[\"”“»'》]")
_IN_FILE = re.compile(
    rf"\b(?:in|from|within|inside|according\s+to|laut|aus|dans|selon|según|en)\s+{_ARTICLE}"
    rf"(?:(?:file|document|datei|dokument|fichier|archivo|documento)\s+)?(?P<file>{_FILE_NAME})"
    rf"|\b(?:does|do|did)\s+(?P<says>{_FILE_NAME})(?=\s+(?:say|tell|mention|explain|state|give)s?\b)"
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
        r"^\W*what\s+does\s+(?P<name>.+?)\s+(?:say|contain|cover|deal\s+with|talk\s+about)\W*$",
        r"^\W*(?:please\s+)?(?:can\s+you\s+|could\s+you\s+)?summari[sz]e\s+(?P<name>.+?)\W*$",
        r"\b(?:summary|overview|outline|gist)\s+of\s+(?P<name>.+?)\W*$",
        r"^\W*what(?:'s|’s|\s+is|\s+are)\s+(?:in|inside|the\s+(?:contents?|topic|subject|gist"
        r"|main\s+points?)\s+of)\s+(?P<name>.+?)\W*$",
        r"^\W*worum\s+geht(?:\s+es|['’]?s)\s+in\s+(?P<name>.+?)\W*$",
        r"^\W*wovon\s+handelt\s+(?P<name>.+?)\W*$|^\W*was\s+steht\s+in\s+(?P<also>.+?)\W*$",
        r"^\W*fass(?:e|en\s+sie)?\s+(?P<name>.+?)\s+zusammen\W*$",
        r"\b(?:zusammenfassung|überblick)\s+(?:von|über|zu)\s+(?P<name>.+?)\W*$",
        r"^\W*de\s+quoi\s+(?:parle|traite)\s+(?P<name>.+?)\W*$|^\W*résume[zr]?\s+(?P<also>.+?)\W*$",
        r"\brésumé\s+d(?:e|u)\s+(?P<name>.+?)\W*$|^\W*que\s+(?:contient|dit)\s+(?P<also>.+?)\W*$",
        r"^\W*de\s+qué\s+(?:trata|habla)\s+(?P<name>.+?)\W*$|^\W*resum[ae]\s+(?P<also>.+?)\W*$",
        r"\bresumen\s+del?\s+(?P<name>.+?)\W*$|^\W*qué\s+(?:contiene|dice)\s+(?P<also>.+?)\W*$",
        r"^(?P<name>.+?)(?:主要)?(?:是)?(?:在)?[讲講说說写寫谈談](?:的是|了|的)?(?:些)?(?:什么|什麼|啥)\W*$",
        r"^(?P<name>.+?)(?:主要)?是?关于什么的?\W*$"
        r"|^(?P<also>.+?)的?(?:主要)?[内內]容(?:是什么|有哪些)\W*$",
        r"(?:总结|總結|概括|摘要)(?:一下)?(?P<name>.+?)(?:的[内內]容)?\W*$",
    )
)
"""What asks for the whole of something."""

_FILE_NOUN = (
    r"(?:files?|documents?|pdfs?|reports?|manuals?|books?|papers?|letters?|spreadsheets?"
    r"|presentations?|notes?|dateien|datei|dokumente?|berichte?|handbuch|fichiers?|rapports?"
    r"|archivos?|ficheros?|documentos?|informes?|libros?)"
)
_WHICH = r"(?:which|what|welche[rsmn]?|quell?e?s?|qué|cuál(?:es)?)"
_WHICH_FILE = re.compile(
    rf"\b(?:in|dans|en)\s+{_WHICH}\s+(?:of\s+(?:the|my|these)\s+)?{_FILE_NOUN}\b"
    rf"|\b{_WHICH}\s+(?:of\s+(?:the|my|these)\s+)?{_FILE_NOUN}\s+(?:(?:that\s+)?(?:talks?|speaks?"
    r"|tells?|(?:is|are)(?=\s+about\b)|deals?|says?|mentions?|contains?|describes?|explains?"
    r"|discuss(?:es)?|covers?|erwähn(?:t|en)|enth(?:ält|alten)|handel[nt]n?|beschreib(?:t|en)"
    r"|parle(?:nt)?|mentionne(?:nt)?|contient|contiennent|traite(?:nt)?|hablan?|mencionan?|contienen?|tratan?)"
    r"\b)\s*(?:(?:about|with|of|von|über|de|sobre)\s+)?"
    r"|在?哪一?[个個份篇些本](?:文件|文档|文檔|资料|報告|报告|书|書)(?:里|中)?"
    r"(?:[提讲講说說谈談写寫](?:到|及|了)*)?",
    re.I,
)
_WHICH_PAGE = re.compile(
    r"\b(?:on|auf|à|sur|en)?\s*(?:which|what|welche[rsmn]?|quelle|qué)\s+"
    r"(?:page|slide|seite|folie|diapositive|página|diapositiva)\b|在?(?:第几|第幾|哪一?)[页頁]",
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
    "请问|请|告诉我|给我|看看|一下|总结|總結|概括|主要|内容|內容|什么|什麼|哪些|[讲講说說写寫谈談有的是了些在上里中呢吗嗎它]"
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
    page, section = _PAGE.search(text), _SECTION.search(text)
    if page or section:
        return _of_place(text, page, section)
    return _of_file(text)


def _of_place(text: str, page: re.Match[str] | None, section: re.Match[str] | None) -> Scope:
    """The scope of a question that names a page or a section."""
    places = [m for m in (page, section) if m]
    rest, file = text, file_in(text)
    start, end = min(m.start() for m in places), max(m.end() for m in places)
    before, after = text[:start], text[end:]
    if file:
        before, after = (
            re.sub(_of_file_pattern(file), " ", t, flags=re.I) for t in (before, after)
        )
    elif title := _TITLE.search(before):
        file, before = title["name"], before[: title.start()] + before[title.end() :]
    elif m := _OF_NAMED.match(after):
        file, after = m["name"], after[m.end("name") :]
    elif (page and page["han"]) or (section and (section["han"] or section["dotted"])):
        owner = _HAN_OWNER.search(_ASKS_FIRST.sub("", before))
        if owner:
            file, before = owner["name"], ""
    between = "".join(text[a.end() : b.start()] for a, b in _pairs(places))
    rest = " ".join(f"{before} {between} {after}".split())
    aim: Aim = "passage" if _has_content(rest) else "contents"
    return Scope(
        "page" if page else "section",
        aim,
        file,
        _pages(page) if page else None,
        _section(section) if section else "",
        _asked_of(rest) if aim == "passage" else "",
        text[start:end].strip(),
    )


def _of_file(text: str) -> Scope:
    """The scope of a question that may name a file, but no place in it."""
    for pattern in _CONTENTS:
        if m := pattern.search(text):
            groups = m.groupdict()
            name = (groups["name"] or groups.get("also") or "").strip(" \"'“”«»《》")
            file = file_in(name)
            if file and not _has_content(re.sub(_of_file_pattern(file), " ", name, flags=re.I)):
                return Scope("file", "contents", file, reason=m.group().strip())
            if not file and _THIS_FILE.match(name):
                return Scope("file", "contents", reason=m.group().strip())
            described = re.sub(_ARTICLE, "", name, count=1, flags=re.I)
            is_named = described != name or "《" in text or re.match(f"[{_HAN}]", name)
            if not file and is_named:
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
    return _ASKS_FIRST.sub("", m.group()) if m else ""


def _of_file_pattern(file: str) -> str:
    return (
        rf"(?:\b(?:of|in|from|von|aus|de|du|del|dans|en|according\s+to|laut|selon|según)\s+)?{_ARTICLE}"
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


def _pairs(places: list[re.Match[str]]) -> Iterable[tuple[re.Match[str], re.Match[str]]]:
    ordered = sorted(places, key=lambda m: m.start())
    return pairwise(ordered)


def _pages(m: re.Match[str]) -> tuple[int, int]:
    """The first page and the last that are named, from 1; -1 is a file's last page."""
    if m["end"]:
        is_first = m["end"].lower().startswith(("first", "erste", "prem", "prim"))
        return (1, 1) if is_first else (-1, -1)
    if m["han_end"] is not None:
        return -1, -1
    first, last = m["first"] or m["han"], m["last"] or m["han_last"]
    start = _number(first)
    return start, max(start, _number(last)) if last else start


def _section(m: re.Match[str]) -> str:
    """The section as a heading begins: its number, or the words of its title."""
    if m["han"]:
        return str(_number(m["han"]))
    return str(m["number"] or m["title"] or m["dotted"])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else han_number(text)


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

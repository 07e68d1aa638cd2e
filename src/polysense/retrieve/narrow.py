"""A search held to the file, the pages or the section that its question names, where they exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from polysense.ingest.catalogue import Catalogue
from polysense.ingest.inventory import chunks_of_asset
from polysense.ingest.uris import folded_uri
from polysense.protocols import Store
from polysense.question import Pages, Question, Scope
from polysense.read.language.analysis import terms
from polysense.read.language.numbers import HAN_NUMERALS, han_number
from polysense.retrieve.context import Search
from polysense.retrieve.filters import all_of, among
from polysense.types import Asset, Chunk

MAX_FILES = 5
"""Files that a name may fit: one that fits more names none. Judged."""

MAX_LOOKED_AT = 500
"""Files and passages that are looked into for a name that is no file name; judged."""

_ENDING = re.compile(r"\.[A-Za-z0-9]{2,5}$")
_LEADING_HAN = re.compile("^[\u3400-\u9fff]")
_NUMBERED = re.compile(
    r"\s*(?:(?:section|chapter|appendix|abschnitt|kapitel|anhang|chapitre|annexe|sección|capítulo"
    rf"|apartado|anexo|part)\s+|§\s*|第\s*)?(?P<number>[\dA-Z]+(?:\.\d+)*|[{''.join(HAN_NUMERALS)}]+(?=\s*[章节節]))",
    re.I,
)


def narrow_to_scope(search: Search, catalogue: Catalogue) -> Search:
    """The search within what its question names, asked by what it asks of that; the same search
    where it names no place, or none that is here.

    `wider` of what it gives is the search of everything, where words may have been taken for a
    place that are none.
    """
    scope = search.question.scope
    if scope.is_anywhere:
        return search
    if scope.aim == "which" and not scope.file:
        return _within(search, "", scope)
    assets = named_assets(scope.file, search.store, catalogue) if scope.file else []
    if scope.file and not assets:
        is_meant = bool(scope.pages or scope.section) or is_usual_ending(scope.file, catalogue)
        return _anywhere(search, f"there is no file {scope.file!r} here" if is_meant else "")
    if not scope.file and not scope.pages and not scope.section:
        assets = _only_asset(catalogue)
    condition = among("asset", [a.id for a in assets])
    if scope.section:
        ids = _ids_of_section(scope, assets, search)
        if not ids:
            is_told = bool(assets) or scope.aim == "contents"
            return _anywhere(search, f"there is no {scope.place} here" if is_told else "")
        condition = among("id", ids)
    names = [a.name for a in assets] if len(assets) <= MAX_FILES else [scope.file]
    if scope.pages and assets and not _has_pages(search, condition):
        warning = f"{', '.join(names)} has no pages"
        question = replace(search.question, warnings=(*search.question.warnings, warning))
        nothing = all_of(condition, "page IS NOT NULL")
        return _within(
            replace(search, question=question), nothing, replace(scope, file=", ".join(names))
        )
    if scope.pages:
        pages, owners = _existing_pages(search, condition, scope.pages)
        if not owners and (not assets or scope.aim != "contents"):
            return _without_page(search, scope, assets)
        names = names or owners
        scope = replace(scope, pages=pages)
        condition = all_of(condition, _on_pages(pages))
    elif not names and not scope.section:
        return _within(search, "", scope)
    is_clear = bool(assets) or len(names) == 1
    narrow = _within(search, condition, replace(scope, file=", ".join(names) if is_clear else ""))
    if scope.aim != "passage" or (assets and _ENDING.search(scope.file)):
        return narrow
    reason = f"nothing in {narrow.question.scope.place or scope.place} answers this"
    return replace(narrow, wider=_anywhere(search, reason))


def is_usual_ending(name: str, catalogue: Catalogue) -> bool:
    """Whether files here end so: Node.js and ASP.NET are no files where there is no such file."""
    m = _ENDING.search(name)
    return m is not None and bool(catalogue.assets_named(m.group(), 1))


def _without_page(search: Search, scope: Scope, assets: Sequence[Asset]) -> Search:
    """The search where nothing has the page that is named: in the file that is named, or in all."""
    if not assets:
        return _anywhere(search, f"no file here has {replace(scope, section='').place}")
    name = ", ".join(a.name for a in assets)
    page = replace(scope, file="", section="").place
    warning = f"{name} has no {page}: all of it is searched"
    question = replace(search.question, warnings=(*search.question.warnings, warning))
    whole = Scope("passage", "passage", name, rest=scope.rest, reason=scope.reason)
    condition = among("asset", [a.id for a in assets])
    return _within(replace(search, question=question), condition, whole)


def named_assets(name: str, store: Store, catalogue: Catalogue) -> list[Asset]:
    """The files that a name in a question stands for: by their file names, with ending or without,
    else by their titles; none where it may be any of many.
    """
    if _ENDING.search(name):
        shorter = (assets for n in shorter_names(name) if (assets := _by_file_name(n, catalogue)))
        return next(shorter, [])[:MAX_FILES] or members_of(name, catalogue)
    name_terms = set(terms(name))
    words = max(re.findall(r"[^\W_]+", name), key=len, default="")
    if not name_terms or not words:
        return []
    by_name = [
        a
        for a in catalogue.assets_named(words, MAX_LOOKED_AT)
        if name_terms <= set(terms(re.sub(r"[_-]+", " ", PurePath(a.name).stem)))
    ]
    if by_name:
        return by_name if len(by_name) <= MAX_FILES else []
    if "bm25" not in store.capabilities:
        return []
    chunks = store.get([m.id for m in store.lexical(name, MAX_LOOKED_AT)]).values()
    by_title = {c.asset.id: c.asset for c in chunks if name_terms <= set(terms(_title(c)))}
    return list(by_title.values()) if len(by_title) <= MAX_FILES else []


def shorter_names(name: str) -> Iterator[str]:
    """A file name as it was read, and without the words that may only stand before it, with a space
    or, in Chinese, without one.
    """
    yield name
    words = name.split()
    yield from (" ".join(words[n:]) for n in range(1, len(words)))
    last = words[-1] if words else ""
    while _LEADING_HAN.match(last):
        last = last[1:]
        yield last


def members_of(name: str, catalogue: Catalogue) -> list[Asset]:
    """What lies in the mailbox, the archive or the mail of that file name."""
    inside = "/" + name.replace("\\", "/").casefold() + "!/"
    return [
        a
        for a in catalogue.assets_named(f"{PurePath(name).name}!/", MAX_LOOKED_AT)
        if inside in f"/{a.uri.casefold()}".replace("\\", "/")
    ]


def _by_file_name(name: str, catalogue: Catalogue) -> list[Asset]:
    end = "/" + folded_uri(name.replace("\\", "/"))
    return [
        a
        for a in catalogue.assets_named(PurePath(name).name, MAX_LOOKED_AT)
        if f"/{folded_uri(a.uri)}".replace("\\", "/").endswith(end)
    ]


def _title(chunk: Chunk) -> str:
    return str(chunk.meta.get("title") or chunk.context.split("\n")[0].split(" > ")[0])


def _only_asset(catalogue: Catalogue) -> list[Asset]:
    """The asset of a library that has one; none of any other."""
    return catalogue.assets() if catalogue.counts()["assets"] == 1 else []


def _ids_of_section(scope: Scope, assets: Sequence[Asset], search: Search) -> list[str]:
    """The chunks that stand under a heading of that number or title."""
    chunks: Iterable[Chunk]
    if assets:
        chunks = [c for a in assets for c in chunks_of_asset(search.store, a.id)]
    elif "bm25" in search.store.capabilities:
        matches = search.store.lexical(scope.section, MAX_LOOKED_AT, search.where)
        chunks = search.store.get([m.id for m in matches]).values()
    else:
        return []
    return [
        c.id
        for c in chunks
        if any(is_section(h, scope.section) for h in c.context.split("\n")[0].split(" > "))
    ]


def is_section(heading: str, section: str) -> bool:
    """Whether a heading is that of a section, by its number or its title, or of a part of it.

    >>> is_section("3.2.1 Noise", "3.2"), is_section("第三章 安全", "3"), is_section("30 days", "3")
    (True, True, False)
    >>> is_section("Lamp oil", "lamp oil")
    True
    """
    m = _NUMBERED.match(heading)
    if m and re.fullmatch(r"[\dA-Za-z]+(?:\.\d+)*", section):
        number = m["number"]
        own = str(han_number(number)) if number[0] in HAN_NUMERALS else number
        if own.casefold() == section.casefold() or own.startswith(f"{section}."):
            return True
    return " ".join(heading.casefold().split()).endswith(section.casefold()) and len(section) > 1


def _has_pages(search: Search, condition: str) -> bool:
    rows = search.store.scan(all_of(search.where, condition), ["page"])
    return any(r["page"] is not None for r in rows)


def _existing_pages(search: Search, condition: str, pages: Pages) -> tuple[Pages, list[str]]:
    """The pages that are asked for, the last page's number known, and the names of the files that
    have one of them.
    """
    rows = [
        r
        for r in search.store.scan(all_of(search.where, condition), ["name", "page"])
        if r["page"] is not None
    ]
    last = max((int(r["page"]) for r in rows), default=0)
    ranges = tuple((last, last) if first < 0 else (first, end) for first, end in pages)
    owners = {r["name"] for r in rows if any(a <= r["page"] <= b for a, b in ranges)}
    return ranges, sorted(owners)


def _on_pages(pages: Pages) -> str:
    """The condition that holds on these pages."""
    ranges = " OR ".join(f"page >= {first} AND page <= {last}" for first, last in pages)
    return f"({ranges})"


def _within(search: Search, condition: str, scope: Scope) -> Search:
    """The search under a further condition, asked by what the question asks of the place."""
    question = replace(search.question, scope=scope)
    if scope.rest:
        question = _asked_by(question, scope.rest)
    return replace(search, question=question, where=all_of(search.where, condition))


def _asked_by(question: Question, words: str) -> Question:
    """The question with other words put to encoders, held to no name that is not among them."""
    pieces = tuple(tuple(replace(p, data=words) for p in own[:1]) for own in question.pieces[:1])
    constraints = tuple(c for c in question.constraints if c.text in words)
    return replace(question, pieces=pieces, constraints=constraints)


def _anywhere(search: Search, reason: str) -> Search:
    """The search as it would be had the question named no place; a reader is told why, if there is
    a reason.
    """
    question = search.question
    warnings = (f"{reason}: everything is searched",) if reason else ()
    question = replace(question, scope=Scope(), warnings=(*question.warnings, *warnings))
    return replace(search, question=question)

"""An answer as people see it: its words with numbers to click, the things that were made, each
saying what it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from polysense.make.file.export import ending
from polysense.read.file.archive import local
from polysense.results import Answer, AnswerPart
from polysense.serve import serializers
from polysense.serve.page import places
from polysense.serve.page.html import button, link, tag
from polysense.serve.page.places import Place
from polysense.serve.page.session import Visit
from polysense.types import Evidence, Hit, Part, Span

_CITED = re.compile(r"\[(\d{1,3})\]")

Look = Callable[[Hit, Span, str], object]


def words(said: str, evidence: Mapping[int, Evidence], look: Look) -> None:
    """Paragraphs, in which [n] leads to evidence n."""
    for line in said.split("\n"):
        if line.strip():
            with tag("p"):
                at = 0
                for m in _CITED.finditer(line):
                    if m.start() > at:
                        tag("span", "", line[at : m.start()])
                    _cite(int(m[1]), evidence.get(int(m[1])), look)
                    at = m.end()
                if at < len(line):
                    tag("span", "", line[at:])


def _cite(n: int, e: Evidence | None, look: Look) -> None:
    if e is None:
        tag("span", "cite", str(n))
        return
    where = f"{e.hit.chunk.asset.name}, {e.span}"
    button(
        "cite",
        str(n),
        lambda: look(e.hit, e.span, quote(e)),
        {"title": where, "aria-label": f"[{n}] {where}", "data-n": str(n)},
    )


def quote(e: Evidence) -> str:
    """The words of evidence that answer."""
    return e.part.data if e.part.modality == "text" and isinstance(e.part.data, str) else ""


def whole(visit: Visit, answer: Answer, look: Look) -> None:
    """All of an answer."""
    evidence = {e.n: e for e in answer.evidence}
    wanted = [p for p in answer.parts if p.part.modality == answer.route.wanted]
    # originals beside words are in the evidence
    beside = [p for p in answer.parts if p.part.modality == "text" and p not in wanted]
    for p in (*wanted, *beside):
        _part(visit, answer, p, evidence, look)
    for warning in answer.warnings:
        tag("p", "note", warning)


def _part(
    visit: Visit, answer: Answer, p: AnswerPart, evidence: Mapping[int, Evidence], look: Look
) -> None:
    if p.part.modality == "text" and isinstance(p.part.data, str):
        with tag("div", "said", props={"data-answered": "yes" if answer.answered else "no"}):
            words(p.part.data, evidence, look)
        return
    place = made(visit, p)
    with tag("figure", "made", props={"data-modality": p.part.modality}):
        places.show(place)
        with tag("figcaption"):
            tag("span", "", visit.say(p.origin))
            if cited := [evidence[n] for n in p.part.meta.get("evidence", ()) if n in evidence]:
                with tag("span"):
                    tag("span", "", visit.say("from"))
                    for e in cited:
                        _cite(e.n, e, look)
            if place.content:
                link(
                    "link",
                    visit.say("Download"),
                    f"{place.content}?download=true",
                    {"download": place.name},
                )


def made(visit: Visit, p: AnswerPart) -> Place:
    """What was made for an answer, or the library's own thing, as something to be shown."""
    part = p.part
    if isinstance(part.data, Path):
        return _original(visit, part)
    raw = serializers.part(visit.held, AnswerPart(_file(part), p.origin))
    path = visit.held.library.cache / "answers" / raw["url"].rpartition("/")[2]
    return Place(
        visit.held, visit.say, part.name or path.name, part.mime or "text/plain", raw["url"], path
    )


def _file(part: Part) -> Part:
    """Words and code as a file, so that they can be saved like the rest."""
    return (
        part
        if isinstance(part.data, bytes)
        else replace(
            part,
            data=str(part.data).encode("utf-8", "replace"),
            name=part.name or f"answer{ending(part)}",
        )
    )


def _original(visit: Visit, part: Part) -> Place:
    known = visit.held.library.catalogue.known().get(str(part.data))
    asset = visit.held.library.catalogue.asset(known[2]) if known and known[2] else None
    content = serializers.links(visit.held.name, asset.id, "")["content"] if asset else ""
    chunks = visit.held.library.chunks(asset.id) if asset else []
    chunk = next((c for c in chunks if c.span == part.span), chunks[0] if chunks else None)
    mime = asset.mime if asset else part.mime
    return Place(
        visit.held,
        visit.say,
        part.name or Path(part.data).name,
        mime,
        content,
        Path(part.data),
        part.span,
        "",
        asset,
        chunk,
    )


def place(visit: Visit, hit: Hit, span: Span, quoted: str) -> Place:
    """A place of the library, as something to be shown."""
    asset = hit.chunk.asset
    path = asset.path if asset.path is not None and asset.path.is_file() else None
    if path is None and "!/" in asset.uri:
        path = local(asset.uri, visit.held.library.cache)
    content = serializers.links(visit.held.name, asset.id, "")["content"]
    return Place(
        visit.held, visit.say, asset.name, asset.mime, content, path, span, quoted, asset, hit.chunk
    )

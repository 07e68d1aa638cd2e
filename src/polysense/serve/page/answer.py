"""An answer as people see it: its text with numbers to click, and media with their sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from polysense.make.file.export import ending
from polysense.read.file.archive import local_path
from polysense.results import Answer, AnswerPart
from polysense.serve import serializers
from polysense.serve.page import places
from polysense.serve.page.html import button, link, tag
from polysense.serve.page.places import Place
from polysense.serve.page.session import Session
from polysense.types import Evidence, Hit, Part, Span

_CITATION = re.compile(r"\[(\d{1,3})\]")

OpenPlace = Callable[[Hit, Span, str], object]


def show_text(text: str, evidence: Mapping[int, Evidence], open_place: OpenPlace) -> None:
    """Paragraphs, in which [n] leads to evidence n."""
    for line in text.split("\n"):
        if line.strip():
            with tag("p"):
                start = 0
                for m in _CITATION.finditer(line):
                    if m.start() > start:
                        tag("span", "", line[start : m.start()])
                    _citation_button(int(m[1]), evidence.get(int(m[1])), open_place)
                    start = m.end()
                if start < len(line):
                    tag("span", "", line[start:])


def _citation_button(n: int, e: Evidence | None, open_place: OpenPlace) -> None:
    if e is None:
        tag("span", "cite", str(n))
        return
    label = f"{e.hit.chunk.asset.label}, {e.span}"
    button(
        "cite",
        str(n),
        lambda: open_place(e.hit, e.span, evidence_quote(e)),
        {"title": label, "aria-label": f"[{n}] {label}", "data-n": str(n)},
    )


def evidence_quote(e: Evidence) -> str:
    """The words of evidence that answer."""
    return e.part.data if e.part.modality == "text" and isinstance(e.part.data, str) else ""


def show_answer(session: Session, answer: Answer, open_place: OpenPlace) -> None:
    """All of an answer."""
    evidence = {e.n: e for e in answer.evidence}
    requested = [p for p in answer.parts if p.part.modality == answer.route.wanted]
    # originals beside words are in the evidence
    texts = [p for p in answer.parts if p.part.modality == "text" and p not in requested]
    for p in (*requested, *texts):
        _show_part(session, answer, p, evidence, open_place)
    for warning in answer.warnings:
        tag("p", "note", session.entry.message(warning))


def _show_part(
    session: Session,
    answer: Answer,
    answer_part: AnswerPart,
    evidence: Mapping[int, Evidence],
    open_place: OpenPlace,
) -> None:
    part = answer_part.part
    if part.modality == "text" and isinstance(part.data, str):
        with tag("div", "said", props={"data-answered": "yes" if answer.answered else "no"}):
            show_text(part.data, evidence, open_place)
        return
    place = part_place(session, answer_part)
    with tag("figure", "made", props={"data-modality": part.modality}):
        places.show(place)
        with tag("figcaption"):
            tag("span", "", session.translate(answer_part.origin))
            numbers = part.meta.get("evidence", ())
            if citations := [evidence[n] for n in numbers if n in evidence]:
                with tag("span"):
                    tag("span", "", session.translate("from"))
                    for e in citations:
                        _citation_button(e.n, e, open_place)
            if place.content:
                link(
                    "link",
                    session.translate("Download"),
                    f"{place.content}?download=true",
                    {"download": place.name},
                )


def part_place(session: Session, answer_part: AnswerPart) -> Place:
    """What was made for an answer, or the library's own thing, as something to be shown."""
    part = answer_part.part
    if isinstance(part.data, Path):
        return _original_place(session, part)
    fields = serializers.part_json(session.entry, AnswerPart(_as_file(part), answer_part.origin))
    path = session.entry.library.cache / "answers" / fields["url"].rpartition("/")[2]
    return Place(
        session.entry,
        session.translate,
        part.name or path.name,
        part.mime or "text/plain",
        fields["url"],
        path,
    )


def _as_file(part: Part) -> Part:
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


def _original_place(session: Session, part: Part) -> Place:
    record = session.entry.library.catalogue.place_states().get(str(part.data))
    asset = session.entry.library.catalogue.asset(record[2]) if record and record[2] else None
    content = serializers.links(session.entry.name, asset.id, "")["content"] if asset else ""
    chunks = session.entry.library.chunks(asset.id) if asset else []
    chunk = next((c for c in chunks if c.span == part.span), chunks[0] if chunks else None)
    mime = asset.mime if asset else part.mime
    return Place(
        session.entry,
        session.translate,
        part.name or Path(part.data).name,
        mime,
        content,
        Path(part.data),
        part.span,
        "",
        asset,
        chunk,
    )


def hit_place(session: Session, hit: Hit, span: Span, quote: str) -> Place:
    """A place of the library, as something to be shown."""
    asset = hit.chunk.asset
    path = asset.path if asset.path is not None and asset.path.is_file() else None
    if path is None and "!/" in asset.uri:
        path = local_path(asset.uri, session.entry.library.cache)
    content = serializers.links(session.entry.name, asset.id, "")["content"]
    return Place(
        session.entry,
        session.translate,
        asset.name,
        asset.mime,
        content,
        path,
        span,
        quote,
        asset,
        hit.chunk,
    )

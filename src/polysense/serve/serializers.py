"""Values of the library as the API shows them: the JSON of `polysense.render`, with links to look
at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from polysense import render
from polysense.errors import NotFound
from polysense.make.file.export import ending
from polysense.results import Answer, AnswerPart
from polysense.serve.jobs import Job
from polysense.serve.library_pool import Held
from polysense.types import Asset, Evidence, Hit, Part, Ranking, Span


def links(library: str, asset: str, chunk: str, span: Span | None = None) -> dict[str, str]:
    """Paths on this server to a file, to a picture of the place, to the place on the page."""
    base = f"/api/libraries/{library}"
    query = {
        "library": library,
        "asset": asset,
        **({"chunk": chunk} if chunk else {}),
        **_where(span),
    }
    picture = f"{base}/chunks/{quote(chunk)}/picture" if chunk else f"{base}/assets/{asset}/picture"
    return {
        "content": f"{base}/assets/{asset}/content",
        "picture": picture,
        "page": f"/?{urlencode(query)}",
    }


def _where(span: Span | None) -> dict[str, str]:
    import json

    return {"span": json.dumps(span.to_dict(), separators=(",", ":"))} if span else {}


def hit(library: str, found: Hit, rank: int) -> dict[str, Any]:
    """As `search --json`, with links."""
    return {"also": [], **render.hit_json(found, rank)} | {
        "links": links(library, found.chunk.asset.id, found.chunk.id, found.place)
    }


def ranking(library: str, query: Iterable[Part], found: Ranking) -> dict[str, Any]:
    """As `search --json`, with links."""
    raw = render.ranking_json((), found)
    hits = [hit(library, h, n) for n, h in enumerate(found, 1)]
    return raw | {"query": [_asked(p) for p in query], "hits": hits}


def _asked(part: Part) -> dict[str, Any]:
    return {
        "modality": part.modality,
        "text": part.data if isinstance(part.data, str) else "",
        "name": part.name,
    }


def evidence(library: str, e: Evidence) -> dict[str, Any]:
    """As `ask --json`, with links; of a file that came with the question there is nothing to link
    to.
    """
    return {"also": [], **render.evidence_json(e)} | {
        "links": links(library, e.hit.chunk.asset.id, e.hit.chunk.id, e.span)
    }


def answer(held: Held, given: Answer) -> dict[str, Any]:
    """As `ask --json`; what was made is kept in the library's cache, and linked."""
    raw = render.answer_json(given)
    return raw | {
        "answer": [part(held, p) for p in given.parts],
        "evidence": [evidence(held.name, e) for e in given.evidence],
    }


def part(held: Held, made: AnswerPart) -> dict[str, Any]:
    """One part of an answer."""
    p = made.part
    shown: dict[str, Any] = {
        "modality": p.modality,
        "origin": made.origin,
        "mime": p.mime,
        "name": p.name,
    }
    if isinstance(p.data, str):
        shown["text"] = p.data
    else:
        shown["url"] = _kept(held, p) if isinstance(p.data, bytes) else _original(held, p)
    return shown | {
        "span": p.span.to_dict() if p.span else {},
        "evidence": list(p.meta.get("evidence", ())),
    }


def made(held: Held, name: str) -> Path:
    """A thing that was made for an answer, under the name that the answer told. Raises NotFound: it
    may be gone when the cache was full.
    """
    path = held.library.cache / "answers" / name
    if not re.fullmatch(r"[0-9a-f]{8,128}\.[a-z0-9]{1,8}", name) or not path.is_file():
        raise NotFound(f"there is no {name}", "Ask again.")
    return path


def _kept(held: Held, p: Part) -> str:
    name = p.id + ending(p)
    path = held.library.cache / "answers" / name
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{name}.{os.getpid()}")
        assert isinstance(p.data, bytes)
        new.write_bytes(p.data)
        os.replace(new, path)
    return f"/api/libraries/{held.name}/answers/{name}"


def _original(held: Held, p: Part) -> str:
    """The library's own file that a part is of."""
    known = held.library.catalogue.known().get(str(p.data)) if isinstance(p.data, Path) else None
    return links(held.name, known[2], "")["content"] if known and known[2] else ""


def asset(library: str, a: Asset) -> dict[str, Any]:
    """As `list --json`, with links."""
    raw = {
        "asset": a.id,
        "uri": a.uri,
        "name": a.name,
        "folder": a.folder,
        "mime": a.mime,
        "modality": a.modality,
        "size": a.size,
    }
    return raw | {"meta": dict(a.meta), "links": links(library, a.id, "")}


def job(j: Job) -> dict[str, Any]:
    """A job."""
    from dataclasses import asdict

    return asdict(j)

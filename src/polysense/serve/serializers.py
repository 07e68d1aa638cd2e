"""Values of the library as the API shows them: the JSON of `polysense.render`, with links."""

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
from polysense.serve.library_pool import PoolEntry
from polysense.types import Asset, Evidence, Hit, Part, Ranking, Span


def links(library: str, asset: str, chunk: str, span: Span | None = None) -> dict[str, str]:
    """Paths on this server to a file, to a picture of the place, to the place on the page."""
    base = f"/api/libraries/{library}"
    query = {
        "library": library,
        "asset": asset,
        **({"chunk": chunk} if chunk else {}),
        **_span_query(span),
    }
    picture = f"{base}/chunks/{quote(chunk)}/picture" if chunk else f"{base}/assets/{asset}/picture"
    return {
        "content": f"{base}/assets/{asset}/content",
        "picture": picture,
        "page": f"/?{urlencode(query)}",
    }


def _span_query(span: Span | None) -> dict[str, str]:
    import json

    return {"span": json.dumps(span.to_dict(), separators=(",", ":"))} if span else {}


def hit_json(entry: PoolEntry, hit: Hit, rank: int) -> dict[str, Any]:
    """As `search --json`, with links."""
    return {**render.hit_json(hit, rank)} | {
        "uri": entry.uri(hit.uri),
        "also": [entry.uri(uri) for uri in hit.also],
        "links": links(entry.name, hit.chunk.asset.id, hit.chunk.id, hit.place),
    }


def ranking_json(entry: PoolEntry, query: Iterable[Part], ranking: Ranking) -> dict[str, Any]:
    """As `search --json`, with links."""
    raw = render.ranking_json((), ranking)
    return raw | {
        "query": [_query_part_json(p) for p in query],
        "hits": [hit_json(entry, h, n) for n, h in enumerate(ranking, 1)],
        "warnings": [entry.message(w) for w in ranking.warnings],
    }


def _query_part_json(part: Part) -> dict[str, Any]:
    return {
        "modality": part.modality,
        "text": part.data if isinstance(part.data, str) else "",
        "name": part.name,
    }


def evidence_json(entry: PoolEntry, e: Evidence) -> dict[str, Any]:
    """As `ask --json`, with links; a file that came with the question has none to lead to."""
    return {**render.evidence_json(e)} | {
        "uri": entry.uri(e.hit.uri),
        "also": [entry.uri(uri) for uri in e.hit.also],
        "links": links(entry.name, e.hit.chunk.asset.id, e.hit.chunk.id, e.span),
    }


def answer_json(entry: PoolEntry, answer: Answer) -> dict[str, Any]:
    """As `ask --json`; what was made is kept in the library's cache, and linked."""
    raw = render.answer_json(answer)
    return raw | {
        "answer": [part_json(entry, p) for p in answer.parts],
        "evidence": [evidence_json(entry, e) for e in answer.evidence],
        "rewrites": [entry.message(r) for r in answer.rewrites],
        "warnings": [entry.message(w) for w in answer.warnings],
    }


def part_json(entry: PoolEntry, part: AnswerPart) -> dict[str, Any]:
    """One part of an answer."""
    p = part.part
    fields: dict[str, Any] = {
        "modality": p.modality,
        "origin": part.origin,
        "mime": p.mime,
        "name": p.name,
    }
    if isinstance(p.data, str):
        fields["text"] = p.data
    else:
        fields["url"] = (
            _save_part(entry, p) if isinstance(p.data, bytes) else _original_url(entry, p)
        )
    return fields | {
        "span": p.span.to_dict() if p.span else {},
        "evidence": list(p.meta.get("evidence", ())),
        "values": dict(p.meta.get("values", {})),
    }


def answer_file(entry: PoolEntry, name: str) -> Path:
    """A thing that was made for an answer, by the name that the answer gave it.

    Raises NotFound: it may be gone when the cache was full.
    """
    path = entry.library.cache / "answers" / name
    if not re.fullmatch(r"[0-9a-f]{8,128}\.[a-z0-9]{1,8}", name) or not path.is_file():
        raise NotFound(f"there is no {name}", "Ask again.")
    return path


def _save_part(entry: PoolEntry, p: Part) -> str:
    name = p.id + ending(p)
    path = entry.library.cache / "answers" / name
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{name}.{os.getpid()}")
        assert isinstance(p.data, bytes)
        temporary.write_bytes(p.data)
        os.replace(temporary, path)
    return f"/api/libraries/{entry.name}/answers/{name}"


def _original_url(entry: PoolEntry, p: Part) -> str:
    """The library's own file that a part is of."""
    record = (
        entry.library.catalogue.place_states().get(str(p.data))
        if isinstance(p.data, Path)
        else None
    )
    return links(entry.name, record[2], "")["content"] if record and record[2] else ""


def asset_json(entry: PoolEntry, a: Asset) -> dict[str, Any]:
    """As `list --json`, with links."""
    raw = {
        "asset": a.id,
        "uri": entry.uri(a.uri),
        "name": a.name,
        "folder": a.folder,
        "mime": a.mime,
        "modality": a.modality,
        "size": a.size,
    }
    return raw | {"meta": dict(a.meta), "links": links(entry.name, a.id, "")}


def failure_json(entry: PoolEntry, uri: str, error: str, hint: str) -> dict[str, str]:
    """A file that could not be read."""
    return {
        "uri": entry.uri(uri),
        "error": entry.message(error),
        "hint": entry.hint(hint),
    }


def job_json(entry: PoolEntry, j: Job) -> dict[str, Any]:
    """A job."""
    from dataclasses import asdict

    result = dict(j.result)
    if "failed" in result:
        result["failed"] = [failure_json(entry, **f) for f in result["failed"]]
    if "skipped" in result:
        result["skipped"] = [{**s, "uri": entry.uri(s["uri"])} for s in result["skipped"]]
    return asdict(j) | {
        "arguments": [entry.message(argument) for argument in j.arguments],
        "detail": entry.message(j.detail),
        "result": result,
        "error": entry.message(j.error),
        "hint": entry.hint(j.hint),
    }

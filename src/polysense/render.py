"""Values as JSON (the contract of --json and of the HTTP API) and as lines for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from polysense.results import Answer, AnswerPart, IndexReport
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Query, Ranking

_DATA_URI = re.compile(r"(?P<head>\bdata:[\w.+/;=-]*;base64,)(?P<data>[\w+/=-]{200,})")
"""What nobody reads in a terminal: files in code of more than two lines of base64. Judged."""


def part_json(part: Part) -> dict[str, Any]:
    """Words as text, files by path."""
    raw: dict[str, Any] = {"modality": part.modality}
    if isinstance(part.data, str) and part.modality in ("text", "code"):
        raw["text"] = part.data
    elif isinstance(part.data, str | Path):
        raw["path"] = str(part.data)
        if part.span:
            raw["span"] = part.span.to_dict()
    return raw


def hit_json(hit: Hit, rank: int) -> dict[str, Any]:
    """One hit."""
    chunk, place = hit.chunk, hit.place
    raw = {
        "rank": rank,
        "score": round(hit.score, 6),
        "modality": hit.modality,
        "uri": hit.uri,
        "asset": chunk.asset.id,
        "chunk": chunk.id,
        "span": place.to_dict(),
        "place": str(place),
        "text": chunk.text,
        "context": chunk.context,
        "why": [{"space": w.space, "rank": w.rank, "score": round(w.score, 4)} for w in hit.why],
    }
    return raw | ({"also": list(hit.also)} if hit.also else {})


def ranking_json(query: Query, ranking: Ranking) -> dict[str, Any]:
    """What `search --json` prints."""
    return {
        "query": [part_json(p) for p in query],
        "hits": [hit_json(h, n) for n, h in enumerate(ranking, 1)],
        "timings_ms": dict(ranking.timings),
        "rewrites": list(ranking.rewrites),
        "warnings": list(ranking.warnings),
    }


def evidence_json(e: Evidence) -> dict[str, Any]:
    """A hit with its number and the place cited."""
    raw = hit_json(e.hit, e.n)
    del raw["rank"]
    return {
        "n": e.n,
        **raw,
        "span": e.span.to_dict(),
        "place": str(e.span),
        "quote": str(e.part.data) if e.part.modality == "text" else "",
    }


def answer_json(
    answer: Answer, paths: Mapping[int, Path] = MappingProxyType({}), explain: bool = False
) -> dict[str, Any]:
    """What `ask --json` prints; paths tell by number which parts went to which file. `explain` adds
    the passages that the answer was chosen from.
    """
    candidates = {"candidates": [asdict(c) for c in answer.candidates]} if explain else {}
    files = {n: {"path": str(path.absolute())} for n, path in paths.items()}
    return {
        "answer": [
            {
                "origin": p.origin,
                **part_json(p.part),
                **files.get(n, {}),
                **_evidence_numbers(p.part),
                **_generation(p),
            }
            for n, p in enumerate(answer.parts)
        ],
        "evidence": [evidence_json(e) for e in answer.evidence],
        "answered": answer.answered,
        "missing": list(answer.missing),
        "confidence": round(answer.confidence, 4),
        "route": [
            {"from": s.source, "to": s.target, "plugin": s.plugin, "kind": s.kind}
            for s in answer.route.steps
        ],
        "timings_ms": dict(answer.timings),
        "rewrites": list(answer.rewrites),
        "warnings": list(answer.warnings),
        "usage": asdict(answer.usage),
        **candidates,
    }


def report_json(report: IndexReport) -> dict[str, Any]:
    """What `index --json` prints."""
    return {
        "indexed": report.indexed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "skipped": [{"uri": s.uri, "reason": s.reason} for s in report.skipped],
        "failed": [{"uri": f.uri, "error": f.error, "hint": f.hint} for f in report.failed],
        "chunks": dict(report.chunks),
        "seconds": report.seconds,
    }


def asset_json(asset: Asset) -> dict[str, Any]:
    """One asset."""
    return {
        "asset": asset.id,
        "uri": asset.uri,
        "mime": asset.mime,
        "modality": asset.modality,
        "size": asset.size,
        **asset.meta,
    }


def chunk_json(chunk: Chunk) -> dict[str, Any]:
    """One chunk, whole."""
    raw = {
        "chunk": chunk.id,
        "modality": chunk.modality,
        "span": chunk.span.to_dict(),
        "place": str(chunk.span),
    }
    return raw | {"text": chunk.text, "context": chunk.context, "meta": dict(chunk.meta)}


def shorten(text: str, width: int = 96) -> str:
    """On one line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 2].rsplit(" ", 1)[0] + " …"


def display_path(uri: str) -> str:
    """A path as short as it can be typed from here."""
    try:
        return str(Path(uri).relative_to(Path.cwd()))
    except ValueError:
        return uri


def ranking_text(ranking: Ranking, explain: bool = False) -> Iterable[str]:
    """Lines for people."""
    for n, hit in enumerate(ranking, 1):
        yield f"{n:2}. {display_path(hit.uri)}  {hit.place}  [{hit.modality}]"
        words = shorten(hit.chunk.text or hit.chunk.context)
        if words:
            yield f"    {words}"
        if explain:
            ranks = ", ".join(f"{w.space} #{w.rank} ({w.score:.3f})" for w in hit.why)
            yield f"    score {hit.score:.5f}: {ranks}"
    if not len(ranking):
        yield "Nothing found."


def _generation(p: AnswerPart) -> dict[str, Any]:
    """By which model a part was made, and how; nothing of what none has made."""
    keys = ("model", "seed", "steps", "conditions")
    how = {k: p.part.meta[k] for k in keys if k in p.part.meta}
    return {"generation": how} if p.origin == "generated" and "seed" in how else {}


def _evidence_numbers(part: Part) -> dict[str, Any]:
    """The numbers of the evidence in a thing that was made."""
    return {"evidence": list(part.meta["evidence"])} if "evidence" in part.meta else {}


def answer_text(answer: Answer, paths: Mapping[int, Path] = MappingProxyType({})) -> Iterable[str]:
    """Lines for people: words and code as they are, save files that stand in code as base64, whose
    size is told; the rest by the file that it was written to.
    """
    for n, p in enumerate(answer.parts):
        if p.part.modality == "text" or (
            p.part.modality == "code" and n not in paths and isinstance(p.part.data, str)
        ):
            text = str(p.part.data).rstrip("\n")
            yield from _without_data(text) if p.part.modality == "code" else (text,)
        elif n in paths:
            yield f"{p.part.modality}: {display_path(str(paths[n].absolute()))}"
    yield from sources_text(answer)


def _without_data(code: str) -> Iterable[str]:
    """Code with the size of each long data URI in the place of its base64, and a line that says
    so.
    """
    short_code, count = _DATA_URI.subn(
        lambda m: f"{m['head']}({len(m['data']) * 3 / 4 / 1000:.1f} kB)", code
    )
    yield short_code
    if count:
        files = "1 file is" if count == 1 else f"{count} files are"
        yield f"\n({files} not shown in it: `polysense ask -o FILE` writes the whole.)"


def sources_text(answer: Answer) -> Iterable[str]:
    """The numbered evidence, for people."""
    if answer.evidence:
        yield ""
    for e in answer.evidence:
        yield f"[{e.n}] {display_path(e.hit.uri)}, {e.span}"

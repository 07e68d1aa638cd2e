"""The JSON contract: keys that programs rely on, and lines that people read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense.render import (
    answer_json,
    answer_text,
    asset_json,
    chunk_json,
    display_path,
    part_json,
    ranking_json,
    ranking_text,
    report_json,
    shorten,
)
from polysense.results import Answer, AnswerPart, Failure, IndexReport, Skip
from polysense.types import (
    Asset,
    Chunk,
    Evidence,
    Hit,
    Part,
    Ranking,
    Route,
    ScoreExplanation,
    Span,
    Step,
)

ASSET = Asset("0" * 32, "/shelf/book.pdf", "application/pdf", "text", 10, {"title": "Tides"})
FIGURE = Span(page=3, box=(0.1, 0.2, 0.5, 0.4))
CHUNK = Chunk(
    ASSET,
    FIGURE,
    "image",
    Part("image", Path("/shelf/book.pdf"), span=FIGURE),
    "the moon",
    "Tides > Moon",
    meta={"n": 1},
)
HIT = Hit(CHUNK, 0.0321456789, (ScoreExplanation("clip", 2, 0.71239),))
HIT_KEYS = {
    "rank",
    "score",
    "modality",
    "uri",
    "asset",
    "chunk",
    "span",
    "place",
    "text",
    "context",
    "why",
}


def test_search() -> None:
    """Every key of the contract, as JSON."""
    raw = json.loads(
        json.dumps(
            ranking_json(
                (Part("text", "moon"),),
                Ranking((HIT,), {"encode": 1.2, "search": 4.0, "total": 7.9}, ("w",)),
            )
        )
    )
    assert raw.keys() == {"query", "hits", "timings_ms", "rewrites", "warnings"}
    assert raw["query"] == [{"modality": "text", "text": "moon"}]
    assert raw["hits"][0].keys() == HIT_KEYS
    assert raw["hits"][0] | {"asset": 0, "chunk": 0} == {
        "rank": 1, "score": 0.032146, "modality": "image", "uri": "/shelf/book.pdf", "asset": 0,
        "chunk": 0,
        "span": {"page": 3, "box": [0.1, 0.2, 0.5, 0.4]}, "place": "p. 3", "text": "the moon",
        "context": "Tides > Moon",
        "why": [{"space": "clip", "rank": 2, "score": 0.7124}],
    }  # fmt: skip
    assert raw["timings_ms"].keys() == {"encode", "search", "total"}


def test_other_places_are_told_where_there_are() -> None:
    """`also` only where the same content lies elsewhere; a narrower span is the place."""
    hits = ranking_json((), Ranking((Hit(CHUNK, 1.0, also=("/copy.pdf",), span=Span(page=4)),)))[
        "hits"
    ][0]
    assert (hits["also"], hits["place"]) == (["/copy.pdf"], "p. 4")


def test_ask() -> None:
    """Answer, evidence, route; parts that are files by path."""
    parts = (
        AnswerPart(Part("text", "So. [1]"), "retrieved"),
        AnswerPart(Part("image", Path("/a.png")), "retrieved"),
    )
    evidence = (Evidence(1, HIT, Part("text", "the moon"), FIGURE),)
    answer = Answer(
        parts,
        evidence,
        True,
        Route(("text",), "text", (Step("text", "text", "extractive"),)),
        {"answer": 1.0},
    )
    raw = json.loads(json.dumps(answer_json(answer)))
    assert raw.keys() == {
        "answer", "evidence", "answered", "missing", "confidence", "route", "timings_ms", "rewrites",
        "warnings", "usage"
    }  # fmt: skip
    assert raw["usage"] == {"input_tokens": 0, "output_tokens": 0}
    assert raw["answer"] == [
        {"origin": "retrieved", "modality": "text", "text": "So. [1]"},
        {"origin": "retrieved", "modality": "image", "path": "/a.png"},
    ]
    assert raw["evidence"][0].keys() == HIT_KEYS - {"rank"} | {"n", "quote"}
    assert (raw["evidence"][0]["n"], raw["evidence"][0]["quote"]) == (1, "the moon")
    assert raw["route"] == [
        {"from": "text", "to": "text", "plugin": "extractive", "kind": "native"}
    ]
    assert list(answer_text(answer)) == ["So. [1]", "", "[1] /shelf/book.pdf, p. 3"]


def test_files_in_code_are_told_by_their_size() -> None:
    """Nobody reads a picture as base64; the code that is short, and the answer itself, stay whole."""
    page = (
        '<img src="data:image/jpeg;base64,'
        + "A" * 4000
        + '">\n<img src="data:image/gif;base64,R0">'
    )
    part = AnswerPart(Part("code", page, mime="text/html", name="answer.html"), "composed")
    route = Route(("text",), "code", (Step("text", "code", "webpage"),))
    answer = Answer((part,), (), True, route, {"answer": 1.0})
    code, note = answer_text(answer)
    assert code.splitlines() == [
        '<img src="data:image/jpeg;base64,(3.0 kB)">',
        '<img src="data:image/gif;base64,R0">',
    ]
    assert "1 file is not shown" in note
    assert "-o FILE" in note
    assert json.loads(json.dumps(answer_json(answer)))["answer"][0]["text"] == page


def test_index() -> None:
    """The fields of the report."""
    raw = json.loads(
        json.dumps(
            report_json(
                IndexReport(
                    1,
                    2,
                    3,
                    (Skip("/a", "hidden"),),
                    (Failure("/b", "broken", "mend it"),),
                    {"text": 4},
                    0.5,
                )
            )
        )
    )
    assert raw == {
        "indexed": 1, "unchanged": 2, "removed": 3, "skipped": [{"uri": "/a", "reason": "hidden"}],
        "failed": [{"uri": "/b", "error": "broken", "hint": "mend it"}], "chunks": {"text": 4},
        "seconds": 0.5,
    }  # fmt: skip


def test_assets_chunks_and_parts() -> None:
    """Pixels and bytes never land in JSON."""
    assert asset_json(ASSET) == {
        "asset": "0" * 32,
        "uri": ASSET.uri,
        "mime": ASSET.mime,
        "modality": "text",
        "size": 10,
        "title": "Tides",
    }
    assert chunk_json(CHUNK)["meta"] == {"n": 1}
    assert part_json(Part("image", b"pixels")) == {"modality": "image"}
    assert part_json(CHUNK.part or Part("text", "")) == {
        "modality": "image",
        "path": "/shelf/book.pdf",
        "span": FIGURE.to_dict(),
    }


def test_lines_for_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path as short as it can be typed; reasons where asked for; something where there is
    nothing.
    """
    monkeypatch.chdir(tmp_path)
    assert (display_path(str(tmp_path / "a.txt")), display_path("/b.txt")) == ("a.txt", "/b.txt")
    assert list(ranking_text(Ranking((HIT,)))) == [
        " 1. /shelf/book.pdf  p. 3  [image]",
        "    the moon",
    ]
    assert (
        list(ranking_text(Ranking((HIT,)), explain=True))[-1]
        == "    score 0.03215: clip #2 (0.712)"
    )
    assert list(ranking_text(Ranking())) == ["Nothing found."]
    assert shorten("a\n b  c") == "a b c"
    assert shorten("word " * 50, 20) == "word word word …"

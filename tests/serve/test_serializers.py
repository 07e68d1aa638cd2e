"""Values as the API shows them: what the command line prints, with links that lead there."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from polysense import render
from polysense.results import AnswerPart
from polysense.serve import serializers
from polysense.serve.context import Context
from polysense.types import Part, Span


def test_links_lead_there(client: TestClient, context: Context) -> None:
    """Each of a hit's: the file, a picture of the place; and the page's address tells the place."""
    entry = context.pool.get("main")
    (hit, *_) = entry.library.search("moon")
    raw = serializers.hit_json(entry, hit, 1)
    assert {k: v for k, v in raw.items() if k not in ("links", "also")} == render.hit_json(hit, 1)
    assert client.get(raw["links"]["content"]).content == b"High water follows the moon by an hour."
    # words have no picture with this small kit
    assert client.get(raw["links"]["picture"]).status_code in (200, 404)
    parameters = parse_qs(urlsplit(raw["links"]["page"]).query)
    assert parameters["library"] == ["main"]
    assert parameters["asset"] == [hit.chunk.asset.id]
    assert Span.from_dict(json.loads(parameters["span"][0])) == hit.place


def test_links_hold_whatever_ids_hold() -> None:
    """Nothing of an id gets out of its place in the address."""
    links = serializers.links("main", "ab12", "x/../y?z#", Span(node='"&library=other'))
    assert links["picture"].startswith("/api/libraries/main/chunks/x")
    assert urlsplit(links["picture"]).query == ""
    assert parse_qs(urlsplit(links["page"]).query)["library"] == ["main"]


@pytest.mark.parametrize(
    ("part", "ending"),
    [
        (Part("image", b"\x89PNG\r\n\x1a\n", "image/png"), ".png"),
        (Part("audio", b"RIFF", "audio/wav"), ".wav"),
    ],
)
def test_what_was_made_is_kept_and_linked(
    client: TestClient, context: Context, part: Part, ending: str
) -> None:
    """Once, under a name that nobody guesses."""
    entry = context.pool.get("main")
    before = set(entry.library.cache.glob("answers/*"))
    raw = serializers.part_json(entry, AnswerPart(part, "composed"))
    assert raw["url"].endswith(ending)
    assert "text" not in raw
    assert client.get(raw["url"]).content == part.data
    assert serializers.part_json(entry, AnswerPart(part, "composed"))["url"] == raw["url"]
    assert len(set(entry.library.cache.glob("answers/*")) - before) == 1


def test_parts_of_the_librarys_files_are_linked(
    client: TestClient, context: Context, files: Path
) -> None:
    """An original is not copied; a file that the library does not hold is not linked at all."""
    entry = context.pool.get("main")
    raw = serializers.part_json(
        entry,
        AnswerPart(
            Part("image", files / "red.png", "image/png", "red.png", Span(box=(0, 0, 1, 1))),
            "retrieved",
        ),
    )
    assert client.get(raw["url"]).content == (files / "red.png").read_bytes()
    assert raw["span"] == {"box": [0, 0, 1, 1]}
    assert (
        serializers.part_json(entry, AnswerPart(Part("text", Path("/etc/passwd")), "retrieved"))[
            "url"
        ]
        == ""
    )
    words = serializers.part_json(
        entry, AnswerPart(Part("text", "High water. [1]", meta={"evidence": (1, 2)}), "composed")
    )
    assert (words["text"], words["evidence"]) == ("High water. [1]", [1, 2])


def test_answers_are_the_command_lines(context: Context) -> None:
    """The same fields, with links beside them."""
    entry = context.pool.get("main")
    answer = entry.library.ask("what does high water follow?")
    raw, printed = serializers.answer_json(entry, answer), render.answer_json(answer)
    assert set(raw) == set(printed)
    assert [p["text"] for p in raw["answer"]] == [p["text"] for p in printed["answer"]]
    assert [
        {k: v for k, v in e.items() if k not in ("links", "also")} for e in raw["evidence"]
    ] == printed["evidence"]

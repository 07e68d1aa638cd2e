"""Whatever the evidence is, a table can list it: one true row for each piece."""

from __future__ import annotations

import csv
import io

from polysense.make.table.inventory import Inventory
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, ScoreExplanation, Span


def list_evidence(*evidence: Evidence) -> list[dict[str, str]]:
    [part] = Inventory().generate((Part("image", b"x"),), evidence)
    return list(csv.DictReader(io.StringIO(part.data.decode())))


def test_contract() -> None:
    """It takes words too."""
    assert len(check_generator(Inventory())) == 1


def test_a_row_says_what_is_known() -> None:
    """Kind, type, size, caption before words, how alike, where; commas and line ends stay in their
    cell.
    """
    asset = Asset("1", "/kb/ferry, old.jpg", "image/jpeg", "image", 1234)
    chunk = Chunk(
        asset,
        Span(box=(0, 0, 0.5, 1)),
        "image",
        Part("image", b"x"),
        "HARBOUR",
        'The "ferry",\nat noon',
    )
    e = Evidence(
        3,
        Hit(chunk, 1.0, (ScoreExplanation("bm25", 1, 9.0), ScoreExplanation("photo", 1, 0.934))),
        Part("image", b"x"),
        chunk.span,
    )
    assert list_evidence(e) == [
        {
            "n": "3", "kind": "image", "type": "image/jpeg", "bytes": "1234",
            "says": 'The "ferry", at noon', "alike": "0.93",
            "source": "ferry, old.jpg", "place": "x 0-50 %, y 0-100 %",
        }
    ]  # fmt: skip


def test_quoted_words_come_first_and_are_cut() -> None:
    """What answers is told rather than the caption; a page of it is no cell."""
    chunk = Chunk(
        Asset("1", "/kb/a.txt", "text/plain", "text", 9),
        Span(lines=(1, 1)),
        "text",
        None,
        "all of it",
        "a heading",
    )
    assert list_evidence(Evidence(1, Hit(chunk, 1.0), Part("text", "noon " * 90), chunk.span))[0][
        "says"
    ].endswith("noon …")
    assert (
        list_evidence(
            Evidence(1, Hit(chunk, 1.0), Part("text", "High water at noon."), chunk.span)
        )[0]["says"]
        == "High water at noon."
    )

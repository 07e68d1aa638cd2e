"""Pages are valid HTML that holds what the evidence says and shows, and neither runs nor fetches
anything.
"""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import html5lib
import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from polysense.make.code.webpage import WebPage
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Query, Span


def evidence_of(
    n: int,
    modality: Modality,
    name: str,
    words: str,
    part: Part | None = None,
    path: Path | None = None,
    mime: str = "",
) -> Evidence:
    chunk = Chunk(
        Asset(f"{n}", f"/kb/{name}", mime, modality, 1, path=path),
        Span(lines=(n, n)),
        modality,
        part,
        words,
    )
    return Evidence(n, Hit(chunk, 1.0), part or Part("text", words), chunk.span)


def page(evidence: list[Evidence], question: str = "What is told?") -> BeautifulSoup:
    query: Query = (Part("text", question),)
    (part,) = WebPage().generate(query, evidence)
    assert part.mime == "text/html"
    html5lib.HTMLParser(strict=True).parse(str(part.data))
    assert part.meta["evidence"] == [e.n for e in evidence]
    return BeautifulSoup(str(part.data), "lxml")


def test_quotes_have_their_sources() -> None:
    """Each piece is quoted, cites its number, and the number leads to its source and back."""
    soup = page(
        [
            evidence_of(1, "text", "tides.md", "High water is at noon."),
            evidence_of(2, "text", "mill.md", "The wheel turns."),
        ]
    )
    assert [q.get_text() for q in soup.select("blockquote")] == [
        "High water is at noon.",
        "The wheel turns.",
    ]
    assert [a.get_text() for a in soup.select(".source a")] == ["[1]", "[2]"]
    for link in soup.select("a[href^='#']"):
        assert soup.select(str(link["href"])), link
    assert "tides.md, L1" in soup.select_one("footer li").get_text()  # type: ignore[union-attr]


def test_nothing_runs_and_nothing_is_fetched() -> None:
    """Markup in a question, a name or a quotation is text; the page forbids all but its own style
    and pictures.
    """
    bad = '"><script>alert(1)</script><img src=x onerror=alert(1)>\x00\x0b\ud800'
    soup = page([evidence_of(1, "text", "a<b>.md", bad), evidence_of(2, "code", "x.py", bad)], bad)
    assert not soup.select("script, img, link, iframe")
    assert "default-src 'none'" in str(soup.select_one("meta[http-equiv]"))
    assert "<script>alert(1)</script>" in soup.select("blockquote")[0].get_text()


def test_pictures_lie_inside(tmp_path: Path) -> None:
    """A picture comes as data, reduced, with words for those who do not see it."""
    Image.new("RGB", (3000, 1500), (200, 30, 30)).save(tmp_path / "red.png")
    soup = page(
        [
            evidence_of(
                1,
                "image",
                "red.png",
                "A red board",
                Part("image", tmp_path / "red.png"),
                tmp_path / "red.png",
            )
        ]
    )
    (picture,) = soup.select("figure img")
    assert picture["alt"] == "A red board"
    with Image.open(io.BytesIO(base64.b64decode(str(picture["src"]).split(",")[1]))) as inside:
        assert inside.size == (720, 360)
        assert np.allclose(
            np.asarray(inside.convert("RGB")).mean(axis=(0, 1)), (200, 30, 30), atol=4
        )


def test_tables_are_tables(tmp_path: Path) -> None:
    """Rows that are asked for, headers as headers."""
    path = tmp_path / "a.csv"
    path.write_text("Month,Income\nMay,10\nJune,20\nJuly,30\n")
    soup = page(
        [
            evidence_of(
                1, "table", "a.csv", "", Part("table", path, mime="text/csv"), path, "text/csv"
            )
        ],
        "income in June",
    )
    assert [th.get_text() for th in soup.select("th[scope=col]")] == ["Month", "Income"]
    assert [td.get_text() for td in soup.select("td")] == ["June", "20"]


@pytest.mark.parametrize("words", ["مرحبا بالعالم", "潮汐磨坊每天磨面。", "word " * 5000, "a\n\nb"])
def test_any_words(words: str) -> None:
    """Right-to-left and Chinese words keep their direction to the reader; long ones are cut at a
    word.
    """
    soup = page([evidence_of(1, "text", "a.md", words)])
    assert soup.select("blockquote p[dir=auto]")
    assert len(soup.get_text()) < 3000


def test_evidence_that_shows_nothing_is_left_out(tmp_path: Path) -> None:
    """A picture that is gone and says nothing makes no page; one that has words is quoted."""
    missing = evidence_of(1, "image", "gone.png", "", Part("image", tmp_path / "gone.png"))
    assert list(WebPage().generate((), [missing])) == []
    assert list(WebPage().generate((), [])) == []
    soup = page(
        [evidence_of(1, "image", "gone.png", "FERRY", Part("image", tmp_path / "gone.png"))]
    )
    assert soup.select("blockquote")[0].get_text() == "FERRY"


def test_the_contract() -> None:
    """What every generator promises."""
    check_generator(WebPage())


def test_a_passage_has_its_picture_once() -> None:
    """Beside the first passage that it stands with; the page is called by what it is about."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    picture = Part("image", out.getvalue(), "image/png", "apples.png")
    pieces = [
        replace(evidence_of(n, "text", "tart.md", words), attachments=(picture,))
        for n, words in enumerate(["Peel the apples.", "Slice them."], 1)
    ]
    soup = page(pieces, "Make a web page of the apple tart")
    (image,) = soup.select("img")
    assert (image["alt"], image.find_parent("article")["id"]) == ("apples.png", "evidence-1")  # type: ignore[index]
    assert soup.select_one("h1").get_text() == "Apple tart"  # type: ignore[union-attr]

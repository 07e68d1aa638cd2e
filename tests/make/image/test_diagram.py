"""Diagrams of graphs, opened by Pillow."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from polysense.make.image.diagram import MAX_NODES, Diagram
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

ACCENT = (0xE8, 0x59, 0x0C)


def evidence(path: Path, triples: list[list[str]], cite: int | None = 0) -> Evidence:
    path.write_text(
        "subject\trelation\tobject\n" + "".join("\t".join(t) + "\n" for t in triples), "utf-8"
    )
    asset = Asset("0", str(path), "text/x-triples", "graph", 1, path=path)
    if cite is None:
        return Evidence(
            1,
            Hit(Chunk(asset, Span(), "graph", Part("graph", path)), 1.0),
            Part("graph", path),
            Span(),
        )
    s, r, o = triples[cite]
    chunk = Chunk(
        asset,
        Span(lines=(cite + 2, cite + 2), node=s),
        "graph",
        text=f"{s} {r} {o}.",
        meta={"triples": [[s, r, o]]},
    )
    return Evidence(1, Hit(chunk, 1.0), Part("text", chunk.text), chunk.span)


def open_png(part: Part) -> Image.Image:
    with Image.open(io.BytesIO(part.data)) as image:
        assert image.format == "PNG"
        assert 900 <= image.width <= 1600
        return image.convert("RGB")


PEOPLE = [
    ["Ann", "knows", "Ben"],
    ["Ben", "lives in", "Oslo"],
    ["Cy", "lives in", "Oslo"],
    ["Dee", "owns", "boat"],
]


def test_contract_and_the_same_bytes(tmp_path: Path) -> None:
    """Layout begins where it always begins, so the picture is the same each time."""
    e = evidence(tmp_path / "a.tsv", PEOPLE)
    [part] = check_generator(Diagram(), [e])
    [again] = Diagram().generate((Part("text", "whom does Ann know?"),), [e])
    assert part.data == again.data


def test_what_lies_around_the_answer(tmp_path: Path) -> None:
    """Two links away and no further; the cited statement is told and stands out in colour."""
    [part] = Diagram().generate((Part("text", "q"),), [evidence(tmp_path / "a.tsv", PEOPLE)])
    assert set(part.meta["nodes"]) == {"Ann", "Ben", "Oslo", "Cy"}
    assert part.meta["cited"] == [["Ann", "knows", "Ben"]]
    counted = {c: n for n, c in open_png(part).getcolors(1 << 24)}
    assert counted.get(ACCENT, 0) > 3000


@pytest.mark.slow
def test_boxes_do_not_touch(tmp_path: Path) -> None:
    """Words are read again from the picture: nothing lies over them."""
    import logging

    import numpy as np
    import pytest

    rapidocr = pytest.importorskip("rapidocr")
    logging.disable(logging.INFO)
    ocr = rapidocr.RapidOCR(params={"Global.log_level": "error"})
    logging.disable(logging.NOTSET)
    names = [
        "lighthouse",
        "tide mill",
        "harbour office",
        "fog bell",
        "water wheel",
        "keeper",
        "ferry",
        "puffin bank",
    ]
    star = [["island", "has", n] for n in names]
    [part] = Diagram().generate((Part("text", "q"),), [evidence(tmp_path / "a.tsv", star)])
    text = " ".join(ocr(np.asarray(open_png(part))).txts).replace(" ", "").lower()
    assert all(n.replace(" ", "") in text for n in names)


def test_own_file_and_other_scripts(tmp_path: Path) -> None:
    """The question's own graph: about its busiest thing. Chinese is drawn; what has no typeface is
    left to others.
    """
    [part] = Diagram().generate(
        (Part("text", ""),),
        [evidence(tmp_path / "a.tsv", [*PEOPLE, ["Ben", "sails", "boat"]], None)],
    )
    assert "Ben" in part.meta["nodes"]
    [part] = Diagram().generate(
        (Part("text", ""),), [evidence(tmp_path / "b.tsv", [["小明", "认识", "李雷"]])]
    )
    assert part.meta["nodes"] == ["小明", "李雷"]
    assert (
        list(
            Diagram().generate(
                (Part("text", ""),), [evidence(tmp_path / "c.tsv", [["राम", "जानता", "श्याम"]])]
            )
        )
        == []
    )


def test_hostile_graphs(tmp_path: Path) -> None:
    """A hub of thousands, a clique, long names and a thing linked only to itself: bounded."""
    began = time.process_time()
    hub = [["hub", f"r{i}", f"n{i}"] for i in range(5000)]
    clique = [[f"c{i}", "to", f"c{j}"] for i in range(30) for j in range(30) if i != j]
    for triples in (hub, clique, [["a" * 5000, "b" * 5000, "c" * 5000]]):
        for part in Diagram().generate(
            (Part("text", ""),), [evidence(tmp_path / "a.tsv", triples)]
        ):
            assert open_png(part).height < 4000
            assert len(part.meta["nodes"]) <= MAX_NODES
    assert (
        list(
            Diagram().generate(
                (Part("text", ""),), [evidence(tmp_path / "a.tsv", [["a", "is", "a"]])]
            )
        )
        == []
    )
    assert time.process_time() - began < 30

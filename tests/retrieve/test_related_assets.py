"""What belongs together is found by how people keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense import Library, kit
from polysense.retrieve.related_assets import (
    FOLDER_NOTE,
    MENTION,
    NAME_VARIANT,
    SAME_NAME,
    normalise_scores,
    sidecar_assets,
    sidecar_hits,
)
from polysense.types import Asset, Chunk, Hit, Ranking, ScoreExplanation, Span

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0f01f0005010180fe2e3d3e0000000049454e44ae426082"
)


@pytest.fixture
def kb(tmp_path: Path) -> Library:
    """boat.txt and boat.csv share a name; page.md shows mill.csv; alone/ holds one thing and notes
    on it; data/ many things.
    """
    (tmp_path / "boat.txt").write_text("The ferry leaves at noon and carries forty people.")
    (tmp_path / "Boat.csv").write_text("day,people\nMonday,40\nTuesday,31\n")
    (tmp_path / "page.md").write_text(
        "# Mill\n\nThe wheel turns. See [the figures](data/mill.csv).\n"
    )
    (tmp_path / "data").mkdir()
    for name in ("mill", "tides", "bells", "crew", "coal", "post", "eggs", "rope", "oil"):
        (tmp_path / "data" / f"{name}.csv").write_text(
            f"{name},count\n{name} one,1\n{name} two,2\n"
        )
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "notes.txt").write_text(
        "Measured on the first of May, with the long rope."
    )
    (tmp_path / "alone" / "measured.csv").write_text("depth,time\n4,noon\n5,one\n")
    (tmp_path / "alone" / "measured-again.csv").write_text("depth,time\n4,two\n5,three\n")
    library = Library(
        tmp_path / "kb",
        kit=kit(encoders=["-minilm", "-conse", "-photo", "-shape", "-sound", "-speaker"]),
    )
    library.index(tmp_path)
    return library


def sidecars_of(kb: Library, name: str, modality: str) -> dict[str, float]:
    asset = next(a for a in kb.assets() if a.name == name)
    names = {a.id: a.name for a in kb.assets()}
    return {
        names[id]: confidence
        for id, confidence in sidecar_assets(kb.catalogue, asset, modality).items()
    }


def test_partners(kb: Library) -> None:
    """One name (whatever its case), a mention in either direction, a folder of its own; a crowd
    says nothing.
    """
    assert sidecars_of(kb, "boat.txt", "table") == {"Boat.csv": SAME_NAME}
    assert sidecars_of(kb, "page.md", "table") == {"mill.csv": MENTION}
    assert sidecars_of(kb, "mill.csv", "text") == {"page.md": MENTION}
    assert sidecars_of(kb, "notes.txt", "table") == {
        "measured.csv": FOLDER_NOTE,
        "measured-again.csv": FOLDER_NOTE,
    }
    assert sidecars_of(kb, "measured.csv", "table") == {"measured-again.csv": NAME_VARIANT}
    assert sidecars_of(kb, "tides.csv", "text") == {}
    assert sidecars_of(kb, "page.md", "text") == {}
    kb.close()


def test_counterparts_are_hits(kb: Library) -> None:
    """The partner's chunk, scored by how good the hit was and how surely they belong together, and
    why.
    """
    [words] = kb.chunks(next(a.id for a in kb.assets() if a.name == "boat.txt"))
    [hit] = sidecar_hits(kb.catalogue, kb.store, [Hit(words, 0.5)], "table", "Tuesday")
    assert (hit.uri.rsplit("/", 1)[1], hit.score, hit.why[0].space) == (
        "Boat.csv",
        0.45,
        "with boat.txt",
    )
    assert hit.span.cells == "A3:B3"
    kb.close()


def test_strengths_compare_searches() -> None:
    """Each score against the best of the wide search, whatever the best of the narrow one is, or
    against a sure match; half is a quarter.
    """
    chunk = Chunk(Asset("1", "/a.txt", "", "text", 1), Span(lines=(1, 1)), "text", text="a")
    wide = Ranking(
        (Hit(chunk, 1.0, (ScoreExplanation("bm25", 1, 8.0), ScoreExplanation("photo", 1, 0.7))),)
    )
    hits = [
        Hit(chunk, 1.0, why)
        for why in (
            (ScoreExplanation("bm25", 1, 4.0),),
            (ScoreExplanation("bm25", 9, 2.0), ScoreExplanation("photo", 1, 0.7)),
            (ScoreExplanation("photo", 1, 0.6),),
        )
    ]
    assert [round(h.score, 3) for h in normalise_scores(wide, hits, kit())] == [0.25, 1.0, 0.25]


def test_words_count_for_nothing_beside_likeness() -> None:
    """A picture asks for what looks like it: what is somewhat like it is worth little, words in
    common nothing.
    """
    chunk = Chunk(Asset("1", "/a.txt", "", "text", 1), Span(lines=(1, 1)), "text", text="a")
    wide = Ranking((Hit(chunk, 1.0, (ScoreExplanation("bm25", 1, 8.0),)),))
    hits = [
        Hit(chunk, 1.0, (ScoreExplanation(space, 1, score),))
        for space, score in (("bm25", 8.0), ("minilm", 0.9), ("photo", 0.56), ("photo", 0.9))
    ]
    assert [round(h.score, 2) for h in normalise_scores(wide, hits, kit(), likeness_only=True)] == [
        0.0,
        0.0,
        0.1,
        1.0,
    ]


def test_a_folders_note_weighs_more_than_what_is_hardly_related() -> None:
    """The table that a note is about is given before a drawn one, and after one of its own name."""
    assert 0.5 < FOLDER_NOTE < SAME_NAME

"""A picture and words at once: like this, but red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from polysense import Library, part
from polysense.generate.evidence import gather
from polysense.query.understand import understand
from polysense.registry import kit
from polysense.retrieve.composed import SURE_AGREEMENT, agreement_of, composed_words
from polysense.types import Hit

COLOURS = {"red": "#c4241e", "green": "#2a8a3c", "yellow": "#e2bd24"}


def draw(path: Path, shape: str, colour: str, size: int) -> None:
    """A kite, a flag or a bell in one colour."""
    image = Image.new("RGB", (240, 240), "#f6f4ee")
    pen, fill, s = ImageDraw.Draw(image), COLOURS[colour], size
    if shape == "kite":
        pen.polygon(
            [(120, 120 - s), (120 + s * 0.7, 110), (120, 120 + s), (120 - s * 0.7, 110)], fill
        )
        pen.line([(120, 120 + s), (150, 235)], "#444444", 3)
    elif shape == "flag":
        pen.rectangle([70, 30, 78, 220], "#555555")
        pen.rectangle([78, 40, 78 + 1.3 * s, 40 + s], fill)
    else:
        pen.pieslice([120 - s, 60, 120 + s, 60 + 2 * s], 180, 360, fill)
        pen.rectangle([120 - s, 60 + s, 120 + s, 75 + s], fill)
        pen.ellipse([108, 78 + s, 132, 102 + s], "#444444")
    image.save(path)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two of each, and words on some of them that say their kind or colour."""
    root = tmp_path_factory.mktemp("composed")
    files = root / "files"
    files.mkdir()
    lines = ["# Stock", ""]
    for shape in ("kite", "flag", "bell"):
        for colour in COLOURS:
            for n, size in enumerate((70, 80)):
                draw(files / f"{shape}-{colour}-{n}.png", shape, colour, size)
            lines += [f"![A {colour} {shape}]({shape}-{colour}-0.png)", ""]
    (files / "stock.md").write_text("\n".join(lines))
    library = Library(root / "kb", kit=kit(converters=["-ocr", "-whisper_tiny"]))
    library.index(files)
    return library


def names(library: Library, words: str, name: str, k: int = 2) -> list[str]:
    root = next(Path(a.uri).parent for a in library.catalogue.assets() if a.name == name)
    hits = library.search(words, part(root / name), k=k, exclude_self=True)
    return sorted(h.chunk.asset.name for h in hits)


@pytest.mark.parametrize("words", ["like this but red", "in red", "像这个，但是红色的"])
def test_likeness_and_words_both_hold(library: Library, words: str) -> None:
    """Described or not; what is only red or only alike comes after, and so do pages."""
    assert names(library, words, "kite-green-0.png") == ["kite-red-0.png", "kite-red-1.png"]


def test_an_answer_needs_both(library: Library) -> None:
    """What there is none of is said to be missing, though much is alike."""
    root = next(Path(a.uri).parent for a in library.catalogue.assets() if a.name == "stock.md")
    flag = part(root / "flag-green-1.png")
    answer = library.ask("like this but yellow", flag)
    cited_files = {e.hit.chunk.asset.name for e in answer.evidence}
    assert answer.answered
    assert cited_files == {"flag-yellow-0.png", "flag-yellow-1.png"}
    assert not library.ask("like this but purple", flag).answered


def test_which_words_ask_for_both(library: Library) -> None:
    """Not a question about the file, nor words alone, nor words of other things."""
    root = next(Path(a.uri).parent for a in library.catalogue.assets() if a.name == "stock.md")
    flag = part(root / "flag-green-1.png")
    for words, rest in (("the same in red", "in red"), ("red", "red"), ("What is red here?", "")):
        assert composed_words(understand([words, flag], library.kit), library.kit) == rest
    asks = ("Is there something like this?", "Do you have anything similar?")
    asks += ("What plant looks like this?", "How do I repair a lamp like this?")
    asks += ("Turn it into a table with the same columns",)
    others = [[words, flag] for words in asks]
    for query in (["like this but red"], ["a red boat on a lake", flag], *others):
        assert not composed_words(understand(query, library.kit), library.kit)


def test_how_far_both_hold_is_told_beside_the_score(library: Library) -> None:
    """A hit is evidence by that, whatever scale its score has."""
    root = next(Path(a.uri).parent for a in library.catalogue.assets() if a.name == "stock.md")
    flag = part(root / "flag-green-1.png")
    question = understand(["like this but red", flag], library.kit)
    hits = library.search("like this but red", flag, k=12, exclude_self=True).hits

    def files_cited(hits: Sequence[Hit]) -> set[str]:
        evidence = gather(question, hits, library.kit).evidence
        return {e.hit.chunk.asset.name for e in evidence}

    right = {"flag-red-0.png", "flag-red-1.png"}
    assert files_cited(hits) == right
    assert files_cited([replace(h, score=9.0) for h in hits]) == right  # as of BM25 or a reranker
    least = min(agreement_of(h) or 0.0 for h in hits if h.chunk.asset.name in right)
    most = max(agreement_of(h) or 0.0 for h in hits if h.chunk.asset.name not in right)
    assert most < SURE_AGREEMENT < least


def test_a_space_that_is_named_alone_is_no_agreement(library: Library) -> None:
    """BM25 scores high what only has the word."""
    root = next(Path(a.uri).parent for a in library.catalogue.assets() if a.name == "stock.md")
    flag = part(root / "flag-green-1.png")
    question = understand(["like this but red", flag], library.kit)
    hits = library.search("like this but red", flag, using="bm25").hits
    assert hits
    assert max(h.score for h in hits) > SURE_AGREEMENT
    evidence = gather(question, hits, library.kit).evidence
    assert not [e for e in evidence if e.part.modality == "image"]  # only what words say of them


def test_what_there_is_no_kind_of_is_not_cited(library: Library, tmp_path: Path) -> None:
    """The best of what is not alike is not alike."""
    image = Image.new("RGB", (240, 240), "#f6f4ee")
    pen = ImageDraw.Draw(image)
    for n in range(12):
        pen.ellipse([20 * n, 10 + 17 * n, 20 * n + 14, 24 + 17 * n], outline="#2a8a3c", width=3)
        pen.line([20 * n, 235, 235 - 20 * n, 5], "#2a8a3c", 2)
    image.save(tmp_path / "net.png")
    assert not library.ask("like this but red", part(tmp_path / "net.png")).answered

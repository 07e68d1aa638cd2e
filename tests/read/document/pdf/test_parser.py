"""PDF: what is found on pages, and where."""

from __future__ import annotations

import contextlib
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polysense.errors import Encrypted, Unreadable
from polysense.read.document.pdf.decode import render
from polysense.read.document.pdf.parser import PdfParser
from polysense.types import Asset, Chunk, Link


def asset(path: Path) -> Asset:
    return Asset(
        id="0" * 32,
        uri=str(path),
        mime="application/pdf",
        modality="text",
        size=path.stat().st_size,
        path=path,
    )


def words(text: str, x: float, y: float, size: float = 10) -> str:
    """A line at x, y points from the bottom left."""
    return f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET\n"


def make(path: Path, *pages: str, extra: str = "", annotations: str = "") -> Asset:
    """A PDF of 400 x 500 points a page; /I is a noisy picture of 60 x 40 pixels."""
    noise = zlib.compress(
        np.random.default_rng(1).integers(0, 255, (40, 60, 3), dtype=np.uint8).tobytes()
    )
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    picture = (
        b"<</Type/XObject/Subtype/Image/Width 60/Height 40"
        b"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
    )
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        4: picture + b"/Length %d>>stream\n" % len(noise) + noise + b"\nendstream",
    }
    for n, body in enumerate(pages):
        resources = "<</Font<</F 3 0 R>>/XObject<</I 4 0 R>>>>"
        page = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 500]/Resources{resources}"
            f"/Contents {11 + 2 * n} 0 R/Annots[{annotations}]{extra}>>"
        )
        objects[10 + 2 * n] = page.encode()
        objects[11 + 2 * n] = (
            b"<</Length %d>>stream\n" % len(body.encode("latin-1"))
            + body.encode("latin-1")
            + b"\nendstream"
        )
    data = (
        b"%PDF-1.4\n"
        + b"".join(b"%d 0 obj\n" % n + o + b"\nendobj\n" for n, o in objects.items())
        + b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    path.write_bytes(data)
    return asset(path)


def read(a: Asset) -> list[Chunk]:
    return [c for c in PdfParser().parse(a) if isinstance(c, Chunk)]


def ink(a: Asset, page: int, box: tuple[float, float, float, float]) -> float:
    """The share of dark pixels in a box."""
    assert a.path is not None
    return float((render(a.path, page, box) < 128).mean())


def body(top: int, lines: int = 8) -> str:
    return "".join(
        words(f"This is line number {n} of some plain running text here,", 40, top - 14 * n)
        for n in range(lines)
    )


def test_passages_under_headings(tmp_path: Path) -> None:
    """A large line is a heading; the words below have it as context, with a box for each line."""
    parts = words("First part", 40, 400, 15) + body(380) + words("Second", 40, 220, 15) + body(200)
    a = make(tmp_path / "a.pdf", words("The whole title", 40, 450, 24) + parts)
    first, second = read(a)
    assert first.context == "The whole title > First part"
    assert second.context == "The whole title > Second"
    assert first.text.startswith("The whole title\n\nFirst part\n\nThis is line number 0 of")
    at = first.text.index("number 3")
    place = first.place(at, at + 8)
    assert place.page == 1
    assert place.box is not None
    assert place.box[1] * 500 == pytest.approx(500 - 380 + 42 - 8, abs=4)
    assert ink(a, 1, place.box) > 0.03


@pytest.mark.parametrize(
    "extra",
    [
        "/Rotate 90",
        "/Rotate 180",
        "/Rotate 270",
        "/CropBox[30 20 380 470]",
        "/Rotate 90/CropBox[30 20 380 470]",
    ],
)
def test_boxes_on_rotated_and_cropped_pages(tmp_path: Path, extra: str) -> None:
    """Every line's box holds the ink of that line, and nothing is beside it."""
    a = make(tmp_path / "a.pdf", words("Hello there, box", 100, 300, 12), extra=extra)
    (chunk,) = read(a)
    (mark,) = chunk.marks
    assert chunk.text == "Hello there, box"
    assert mark.span.box is not None
    x0, y0, x1, y1 = mark.span.box
    inside = ink(a, 1, mark.span.box) * (x1 - x0) * (y1 - y0)
    assert inside == pytest.approx(ink(a, 1, (0.0, 0.0, 1.0, 1.0)), rel=0.2)


def test_figures_have_captions(tmp_path: Path) -> None:
    """A picture comes with its caption and the sentence that mentions it; a tiny one and a
    repetition do not come.
    """
    picture = "q 120 0 0 80 100 300 cm /I Do Q q 8 0 0 6 10 10 cm /I Do Q\n"
    text = body(200, 4) + words("As Figure 2 shows, noise is grey.", 40, 120)
    a = make(
        tmp_path / "a.pdf",
        picture + words("Figure 2: Pure noise.", 100, 285) + text,
        picture + body(200),
    )
    images = [c for c in read(a) if c.modality == "image"]
    assert len(images) == 1
    assert images[0].span.box == (0.25, 0.24, 0.55, 0.4)
    assert images[0].part is not None
    assert (images[0].part.mime, images[0].part.span) == ("application/pdf", images[0].span)
    assert images[0].context.splitlines()[1] == "Figure 2: Pure noise."
    assert "As Figure 2 shows, noise is grey." in images[0].context


def test_drawings_are_figures_with_their_labels(tmp_path: Path) -> None:
    """Paths that lie together are an image; the words in it are its own, not the page's."""
    bars = "".join(f"0.2 0.4 0.8 rg {100 + 30 * n} 250 20 {20 + 15 * n} re f\n" for n in range(6))
    a = make(
        tmp_path / "a.pdf",
        bars + words("steep", 150, 340) + "90 240 m 300 240 l 300 355 l 90 355 l s\n" + body(200),
    )
    text, image = read(a)
    assert (image.modality, image.text) == ("image", "steep")
    assert "steep" not in text.text


def test_tables(tmp_path: Path) -> None:
    """A ruled table is a table with a box for each row."""
    rules = "".join(f"40 {y} m 340 {y} l S\n" for y in (400, 380, 360, 340)) + "".join(
        f"{x} 340 m {x} 400 l S\n" for x in (40, 140, 340)
    )
    cells = [("Name", "Colour"), ("Apple", "red"), ("Plum", "blue")]
    cell_text = "".join(
        words(v, 45 + 100 * i, 385 - 20 * n)
        for n, row in enumerate(cells)
        for i, v in enumerate(row)
    )
    a = make(tmp_path / "a.pdf", rules + cell_text + body(300))
    text, table = read(a)
    assert table.modality == "table"
    assert table.text == "Name | Colour\nName: Apple; Colour: red\nName: Plum; Colour: blue"
    assert table.span.box == (0.1, 0.2, 0.85, 0.32)
    assert "Apple" not in text.text
    at = table.text.index("Plum")
    box = table.place(at, at + 4).box
    assert box is not None
    assert 0.28 <= box[1] < box[3] <= 0.32


def test_scans_are_images(tmp_path: Path) -> None:
    """A page without words is a picture as a whole."""
    path = tmp_path / "scan.pdf"
    Image.effect_noise((300, 400), 50).convert("RGB").save(path)
    (chunk,) = read(asset(path))
    assert (chunk.modality, chunk.span.page, chunk.span.box, chunk.text) == (
        "image",
        1,
        (0.0, 0.0, 1.0, 1.0),
        "",
    )
    assert chunk.part is not None
    assert chunk.part.span == chunk.span


def test_page_numbers_and_running_heads(tmp_path: Path) -> None:
    """They are not words of the text, except the head's first time."""
    a = make(
        tmp_path / "a.pdf",
        *(words("A running head", 40, 480) + body(400) + words(str(n), 200, 15) for n in (1, 2, 3)),
    )
    texts = [c.text for c in read(a)]
    assert ["A running head" in s for s in texts] == [True, False, False]
    assert all(s.endswith("running text here,") for s in texts)


def test_comments_form_values_and_links(tmp_path: Path) -> None:
    """What annotations say is found, and so are files that they lead to."""
    notes = "<</Type/Annot/Subtype/Text/Rect[100 100 120 120]/Contents(Is this so?)>>"
    links = "".join(
        f"<</Type/Annot/Subtype/Link/Rect[40 290 80 310]/A<</S/URI/URI({u})>>>>"
        for u in ("clips/one%20two.mp4", "https://x.org/a.mp4")
    )
    a = make(tmp_path / "a.pdf", words("Watch", 40, 300), annotations=notes + links)
    items = list(PdfParser().parse(a))
    (link,) = [f for f in items if isinstance(f, Link)]
    assert link.target == str(tmp_path / "clips/one two.mp4")
    assert link.words == "a Watch"
    note = next(f for f in items if isinstance(f, Chunk) and f.span.node == "notes")
    assert (note.text, note.span.box) == ("Is this so?", (0.25, 0.76, 0.3, 0.8))


def test_broken_pages_are_named_and_the_others_kept(tmp_path: Path) -> None:
    """One missing page costs only itself."""
    a = make(
        tmp_path / "a.pdf", words("one", 40, 400), words("two", 40, 400), words("three", 40, 400)
    )
    assert a.path is not None
    a.path.write_bytes(
        a.path.read_bytes()
        .replace(b"12 0 obj\n<</Type/Page/", b"12 0 obj\n<</Type/Gape/")
        .replace(b"12 0 R 14", b"99 0 R 14")
    )
    items: list[Chunk | Link] = []
    with pytest.raises(
        Unreadable, match=r"^a\.pdf: 1 of its pages are broken and were left out: 2$"
    ):
        items.extend(PdfParser().parse(a))
    assert [c.text for c in items if isinstance(c, Chunk)] == ["one", "three"]


def test_no_pdf(tmp_path: Path) -> None:
    """What is none is refused by name."""
    path = tmp_path / "x.pdf"
    path.write_bytes(b"hello")
    with pytest.raises(Unreadable, match=r"x\.pdf"):
        read(asset(path))


def test_real_files(data: Path) -> None:
    """Files of some thirty producers: all are read, ids are distinct, boxes lie on the page, marks
    in the text.
    """
    for path in sorted((data / "pdf-samples").rglob("*.pdf")):
        if path.name in ("GeoTopo-komprimiert.pdf", "unreadablemetadata.pdf"):
            continue
        if "password" in path.name:
            with pytest.raises(Encrypted):
                read(asset(path))
            continue
        chunks = read(asset(path))
        assert chunks, path.name
        assert len({c.id for c in chunks}) == len(chunks), path.name
        for c in chunks:
            for span in (c.span, *(m.span for m in c.marks)):
                assert span.page
                assert span.box
                assert 0 <= span.box[0] <= span.box[2] <= 1
                assert 0 <= span.box[1] <= span.box[3] <= 1
            assert all(0 <= m.start < m.end <= len(c.text) for m in c.marks), path.name


def test_hostile_files(data: Path) -> None:
    """Broken files are read or refused, and never anything else."""
    for path in (data / "broken-files").glob("*.pdf"):
        with contextlib.suppress(Unreadable):
            list(PdfParser().parse(asset(path)))


def test_two_columns(data: Path) -> None:
    """A real page of two columns is read one after the other, with hyphens joined."""
    first = read(asset(data / "pdf-samples/026-latex-multicolumn/multicolumn.pdf"))
    text = " ".join(c.text for c in first if c.span.page == 1)
    assert (
        text.index("consectetuer adipiscing elit. Ut purus")
        < text.index("Nulla malesuada")
        < text.index("Quisque ullamcorper placerat")
    )


@pytest.mark.parametrize("last", ["C", "42"])
def test_a_short_last_line_of_the_only_page_is_read(tmp_path: Path, last: str) -> None:
    """It is a page's number only in the margin, where numbers stand; a letter too, where there are
    so many pages.
    """
    body = words("Answers to the test", 50, 400) + words("A", 50, 300) + words(last, 50, 200)
    texts = [
        c.text for c in PdfParser().parse(make(tmp_path / "a.pdf", body)) if isinstance(c, Chunk)
    ]
    assert "\n".join(texts).endswith(last)
    pages = [words("Tides rise.", 50, 300) + words(foot, 200, 20) for foot in ("ii", "C")]
    chunks = PdfParser().parse(make(tmp_path / "b.pdf", *pages))
    assert ["ii" in c.text for c in chunks if isinstance(c, Chunk)] == [False, False]
    chunks = PdfParser().parse(make(tmp_path / "b.pdf", *pages))
    assert ["C" in c.text for c in chunks if isinstance(c, Chunk)] == [False, True]
    pages = [words("Tides rise.", 50, 300) + words(foot, 200, 20) for foot in ("xxi", "xxii")]
    chunks = PdfParser().parse(make(tmp_path / "c.pdf", *pages))
    assert ["xxi" in c.text for c in chunks if isinstance(c, Chunk)] == [False, False]

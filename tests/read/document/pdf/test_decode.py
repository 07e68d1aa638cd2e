"""Pixels of PDF pages: the right place, the right way up, at a bounded size."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from PIL import Image

from polysense.errors import Encrypted, Unreadable
from polysense.read.document.pdf.decode import PdfDocument, page_count, render


def quarters(
    path: Path, rotate: int = 0, crop: tuple[int, int, int, int] = (0, 0, 200, 100)
) -> Path:
    """A page of 200 x 100 points: red top left, green top right, blue bottom left, white bottom
    right.
    """
    body = b"1 0 0 rg 0 50 100 50 re f 0 1 0 rg 100 50 100 50 re f 0 0 1 rg 0 0 100 50 re f"
    box = " ".join(map(str, crop))
    page = (
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]"
        f"/CropBox[{box}]/Rotate {rotate}/Contents 4 0 R>>"
    )
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        f"<</Length {len(body)}>>stream\n{body.decode()}\nendstream",
    ]
    text = (
        "%PDF-1.4\n"
        + "".join(f"{n} 0 obj\n{o}\nendobj\n" for n, o in enumerate(objects, 1))
        + "trailer<</Root 1 0 R>>\n%%EOF"
    )
    path.write_bytes(text.encode())
    return path


def corner(pixels: np.ndarray) -> tuple[int, ...]:
    return tuple(int(v) for v in pixels[len(pixels) // 4, pixels.shape[1] // 4])


def test_whole_page(tmp_path: Path) -> None:
    """A page as large as asked for, in RGB."""
    pixels = render(quarters(tmp_path / "a.pdf"), 1, longest=400)
    assert (pixels.shape, pixels.dtype) == ((200, 400, 3), np.uint8)
    assert corner(pixels) == (255, 0, 0)


def test_resolution_is_bounded(tmp_path: Path) -> None:
    """A small piece is not blown up beyond 300 dpi."""
    pixels = render(quarters(tmp_path / "a.pdf"), 1, (0.0, 0.0, 0.24, 0.12))
    assert pixels.shape[:2] == (50, 200)


@pytest.mark.parametrize(
    ("box", "color"),
    [
        ((0.5, 0, 1, 0.5), (0, 255, 0)),
        ((0, 0.5, 0.5, 1), (0, 0, 255)),
        ((0.6, 0.6, 0.9, 0.9), (255, 255, 255)),
    ],
)
def test_a_box_shows_what_is_there(
    tmp_path: Path, box: tuple[float, float, float, float], color: tuple[int, ...]
) -> None:
    """Boxes count from the top left."""
    pixels = render(quarters(tmp_path / "a.pdf"), 1, box, 100)
    assert (pixels == np.array(color)).all()


@pytest.mark.parametrize(
    ("rotate", "color"), [(90, (0, 0, 255)), (180, (255, 255, 255)), (270, (0, 255, 0))]
)
def test_rotation_is_honoured(tmp_path: Path, rotate: int, color: tuple[int, ...]) -> None:
    """Top left is that of the page as displayed."""
    pixels = render(quarters(tmp_path / "a.pdf", rotate), 1, (0, 0, 0.5, 0.5), 100)
    assert corner(pixels) == color


def test_the_crop_box_is_the_page(tmp_path: Path) -> None:
    """What is cropped away does not count."""
    pixels = render(quarters(tmp_path / "a.pdf", crop=(100, 0, 200, 100)), 1, longest=100)
    assert pixels.shape == (100, 100, 3)
    assert corner(pixels) == (0, 255, 0)


def test_a_box_without_extent_still_gives_a_pixel(tmp_path: Path) -> None:
    """A degenerate box fails nowhere."""
    for box in ((0.5, 0.5, 0.5, 0.5), (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 1.0, 0.0)):
        assert render(quarters(tmp_path / "a.pdf"), 1, box).size > 0


def test_page_count_and_missing_pages(tmp_path: Path) -> None:
    """A page that does not exist is told by name."""
    path = tmp_path / "two.pdf"
    Image.new("RGB", (20, 20)).save(path, save_all=True, append_images=[Image.new("RGB", (20, 20))])
    assert page_count(path) == 2
    with pytest.raises(Unreadable, match=r"two\.pdf has no page 3"):
        render(path, 3)


def test_a_page_as_a_file_of_its_own(tmp_path: Path) -> None:
    """For readers that do not tell pages: it shows what the page shows."""
    path = tmp_path / "two.pdf"
    red, blue = (Image.new("RGB", (20, 20), color) for color in ("red", "blue"))
    red.save(path, save_all=True, append_images=[blue])
    with PdfDocument(path) as pdf:
        (tmp_path / "one.pdf").write_bytes(pdf.extract_page(2))
        with pytest.raises(Unreadable, match="has no page 3"):
            pdf.extract_page(3)
    assert page_count(tmp_path / "one.pdf") == 1
    assert corner(render(tmp_path / "one.pdf", 1))[2] > 200


def test_broken_files(tmp_path: Path) -> None:
    """What is no PDF is refused by name."""
    path = tmp_path / "no.pdf"
    path.write_bytes(b"%PDF-1.4 and nothing more")
    with pytest.raises(Unreadable, match=r"no\.pdf"):
        page_count(path)


def test_passwords(data: Path) -> None:
    """A password is told from damage; an empty one opens."""
    with pytest.raises(Encrypted):
        page_count(data / "broken-files/r3-user-password.pdf")
    assert page_count(data / "broken-files/r2-empty-password.pdf") == 1


def test_threads_take_turns(tmp_path: Path) -> None:
    """PDFium crashes when it is called from two threads at once."""
    path = quarters(tmp_path / "a.pdf")
    corners: list[tuple[int, ...]] = []
    threads = [
        Thread(
            target=lambda: corners.extend(corner(render(path, 1, longest=60)) for _ in range(20))
        )
        for _ in range(4)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert corners == [(255, 0, 0)] * 80


def test_outline_and_title(data: Path) -> None:
    """Bookmarks come with depth and page."""
    with PdfDocument(data / "pdf-samples/006-pdflatex-outline/pdflatex-outline.pdf") as pdf:
        outline = pdf.outline()
    assert outline[0] == (0, "Foo", 2)

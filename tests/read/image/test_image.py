"""Pictures as chunks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from polysense.errors import PolysenseError, Unreadable
from polysense.read.file.mime import sniff
from polysense.read.image.decode import pixels
from polysense.read.image.image import ImageParser
from polysense.types import Asset, Chunk, Span


def parse(path: Path, **settings: int) -> list[Chunk]:
    mime = sniff(path)
    assert mime in ImageParser.accepts
    asset = Asset(
        id="0" * 32, uri=str(path), mime=mime, modality="image", size=path.stat().st_size, path=path
    )
    chunks = [c for c in ImageParser(**settings).parse(asset) if isinstance(c, Chunk)]
    assert len({c.id for c in chunks}) == len(chunks)
    return chunks


def test_a_photo(tmp_path: Path) -> None:
    """One chunk: the whole file, with its description as context and its facts as meta."""
    block = Image.Exif()
    block[0x010E], block[0x0110] = "A red bicycle", "D40"
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=block)
    (chunk,) = parse(tmp_path / "a.jpg")
    assert (chunk.modality, chunk.span, chunk.text, chunk.context) == (
        "image",
        Span(box=(0, 0, 1, 1)),
        "",
        "A red bicycle",
    )
    assert chunk.meta == {
        "description": "A red bicycle",
        "camera": "D40",
        "width": 40,
        "height": 20,
    }
    assert chunk.part is not None
    assert pixels(chunk.part).shape == (20, 40, 3)


def test_pages_of_a_scan(tmp_path: Path) -> None:
    """Each page of a TIFF is a chunk that shows that page; a thumbnail among them is none."""
    sheets = [Image.new("L", (30, 40), 255) for _ in range(3)]
    for n, sheet in enumerate(sheets):
        ImageDraw.Draw(sheet).rectangle((0, 0, 29, 10 * (n + 1)), fill=0)
    sheets[0].save(tmp_path / "a.tiff", save_all=True, append_images=sheets[1:])
    chunks = parse(tmp_path / "a.tiff")
    assert [c.span.page for c in chunks] == [1, 2, 3]
    assert [int((pixels(c.part)[:, 0, 0] == 0).sum()) for c in chunks if c.part] == [11, 21, 31]
    assert len(parse(tmp_path / "a.tiff", pages=2)) == 2


def test_moments_of_an_animation(tmp_path: Path) -> None:
    """A few frames spread over it."""
    frames = [Image.new("L", (8, 8), i * 2) for i in range(100)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert [c.span.page for c in parse(tmp_path / "a.gif")] == [1, 26, 51, 76]


def test_a_drawing(tmp_path: Path) -> None:
    """Its letters are its text, so that nobody has to recognise them; its title is about it."""
    elements = '<title>Flow</title><text y="9">Start</text><rect width="5" height="5"/>'
    (tmp_path / "a.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{elements}</svg>')
    (chunk,) = parse(tmp_path / "a.svg")
    assert (chunk.context, chunk.text) == ("Flow", "Start")
    assert chunk.part is not None
    assert max(pixels(chunk.part, 100).shape) == 100


def test_what_cannot_be_decoded_is_an_error(tmp_path: Path) -> None:
    """A picture that nobody could show is not indexed as one."""
    Image.effect_noise((60, 60), 90).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:300])
    with pytest.raises(Unreadable, match=r"b\.png"):
        parse(tmp_path / "b.png")


def test_a_picture_cut_short_is_read_and_named(tmp_path: Path) -> None:
    """What is there of it can be found; what is not is no secret."""
    Image.effect_noise((60, 60), 90).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:2500])
    path = tmp_path / "b.png"
    asset = Asset("0" * 32, str(path), "image/png", "image", path.stat().st_size, path=path)
    items = ImageParser().parse(asset)
    assert isinstance(next(items), Chunk)
    with pytest.raises(Unreadable, match=r"b\.png is cut short"):
        next(items)


@pytest.mark.filterwarnings("ignore")
def test_real_pictures(data: Path) -> None:
    """A course's figures all parse, and broken files raise our errors only."""
    paths = [
        p
        for p in sorted((data / "mixed-web-course").rglob("*"))
        if p.suffix in (".png", ".jpg", ".svg", ".gif", ".ico")
    ]
    assert all(parse(p) for p in paths[::7])
    for path in sorted((data / "broken-files").iterdir()):
        if sniff(path) in ImageParser.accepts:
            with suppress(PolysenseError):
                parse(path)

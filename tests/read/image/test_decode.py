"""Pixels out of everything that can be seen, and nothing out of what is hostile."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from polysense.errors import NotFound, PolysenseError, TooLarge, Unreadable, Unsupported
from polysense.read.image import decode, raster
from polysense.types import Part, Span

# 64 x 32, left half red, right half blue, to be turned clockwise by a quarter
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAA"
    "AAAAAEEAAgAAAAACLQABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAA"
    "AADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAho"
    "MCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAAC"
    "AAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAG1tZGF0AAAAPSgBr1jm9Oq//+Vrv/6j"
    "/IfJ//9f/0q9V+4xE/6eBVpa/3P0fRXdlA5uGcMnVNrcJetN1Xo0zzWlNDNHn0QAAAAGRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAA="
)


def halves(mode: str = "RGB") -> Image.Image:
    """64 x 32: red on the left, blue on the right."""
    image = Image.new("RGB", (64, 32), (200, 30, 30))
    image.paste((30, 30, 200), (32, 0, 64, 32))
    return image.convert(mode)


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def decode_pixels(data: bytes | Path, longest: int | None = None, **span: object) -> np.ndarray:
    return decode.pixels(Part("image", data, span=Span(**span)), longest)  # type: ignore[arg-type]


def near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 25)


@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "ICO", "JPEG2000", "PPM"]
)
def test_every_common_format(kind: str, tmp_path: Path) -> None:
    """A path and its bytes give the same right pixels, and `size` agrees without decoding."""
    raw = encode(halves(), kind)
    path = tmp_path / "picture"
    path.write_bytes(raw)
    picture = decode_pixels(path)
    assert picture.dtype == np.uint8
    assert near(picture[5, 5], (200, 30, 30))
    assert near(picture[5, -6], (30, 30, 200))
    assert (picture == decode_pixels(raw)).all()
    assert decode.size(Part("image", path)) == (picture.shape[1], picture.shape[0])


def test_heic_is_read_and_upright() -> None:
    """Phones' own format."""
    picture = decode_pixels(HEIC)
    assert picture.shape == (64, 32, 3)
    assert near(picture[5, 5], (200, 30, 30))
    assert near(picture[-5, 5], (30, 30, 200))
    assert decode.size(Part("image", HEIC)) == (32, 64)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LA", "RGBA", "I", "F", "I;16"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    """White stays white, black black, whatever the depth and colour space."""
    image = Image.new("L", (20, 10), 255)
    image.paste(0, (10, 0, 20, 10))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    elif mode in ("I", "F"):
        image = Image.fromarray(
            np.asarray(image).astype(np.int32 if mode == "I" else np.float32)
            * (257 if mode == "I" else 1)
        )
    else:
        image = (
            image.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else image.convert(mode)
        )
    picture = decode_pixels(encode(image, "TIFF"))
    assert picture.shape == (10, 20, 3)
    assert near(picture[5, 4], (255, 255, 255))
    assert near(picture[5, 15], (0, 0, 0))


def test_twelve_bits_are_not_black() -> None:
    """Cameras and microscopes keep 12 bits in 16: they are shown by their own range."""
    picture = decode_pixels(encode(Image.fromarray(np.full((4, 4), 4095, np.uint16)), "PNG"))
    assert picture.min() == 255


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_transparent_is_white(kind: str) -> None:
    """What is transparent shows the page behind, not black."""
    picture = decode_pixels(encode(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), kind))
    assert picture.min() == 255


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, "left"), (3, "right"), (6, "left"), (8, "right")]
)
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
def test_exif_orientation(orientation: int, corner: str, kind: str) -> None:
    """Photos stand upright, also small ones, and `size` knows."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    raw = encode(halves(), kind, exif=exif)
    picture = decode_pixels(raw)
    assert picture.shape == ((64, 32, 3) if orientation >= 5 else (32, 64, 3))
    assert decode.size(Part("image", raw)) == (picture.shape[1], picture.shape[0])
    assert near(picture[3, 3], (200, 30, 30) if corner == "left" else (30, 30, 200))
    assert near(decode_pixels(raw, 16)[1, 1], (200, 30, 30) if corner == "left" else (30, 30, 200))


def test_box_and_longest() -> None:
    """The box is cut out of the upright picture first; nothing is enlarged."""
    raw = encode(halves().resize((1280, 640)), "JPEG")
    right = decode_pixels(raw, 100, box=(0.5, 0.0, 1.0, 1.0))
    assert right.shape == (100, 100, 3)
    assert near(right[50, 50], (30, 30, 200))
    assert decode_pixels(raw, 5000).shape == (640, 1280, 3)
    assert decode_pixels(raw, box=(0.999, 0.999, 0.9995, 0.9995)).shape == (1, 2, 3)
    assert decode.size(Part("image", raw, span=Span(box=(0.5, 0.0, 1.0, 1.0)))) == (640, 640)


def test_pages(tmp_path: Path) -> None:
    """page picks a page of a TIFF, a frame of an animation; one that is not there is an error, not
    the first.
    """
    for kind in ("TIFF", "GIF"):
        raw = encode(
            Image.new("RGB", (9, 9), "red"),
            kind,
            save_all=True,
            append_images=[Image.new("RGB", (9, 9), "blue")],
        )
        assert near(decode_pixels(raw)[4, 4], (255, 0, 0))
        assert near(decode_pixels(raw, page=2)[4, 4], (0, 0, 255))
        with pytest.raises(Unreadable, match="no page 3"):
            decode_pixels(raw, page=3)


def test_arrays() -> None:
    """Arrays of any sensible kind; grey, with alpha, and floats 0..1."""
    assert (
        decode.pixels(Part("image", np.full((4, 6), 7, np.uint8))).tolist()
        == np.full((4, 6, 3), 7).tolist()
    )
    assert decode.pixels(Part("image", np.ones((4, 6, 3), np.float32))).min() == 255
    assert decode.pixels(Part("image", np.zeros((4, 6, 4), np.uint8))).min() == 255
    with pytest.raises(Unreadable, match="no picture"):
        decode.pixels(Part("image", np.zeros((2, 2, 5), np.uint8)))


def test_png_round_trip() -> None:
    """`png` loses nothing."""
    noise = np.random.default_rng(0).integers(0, 255, (17, 23, 3)).astype(np.uint8)
    assert (decode_pixels(decode.png(noise)) == noise).all()


def test_drawing_is_drawn_at_the_asked_size() -> None:
    """A drawing has no pixels of its own."""
    raw = b'<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><rect width="1" height="1" fill="red"/></svg>'
    picture = decode_pixels(raw, 200)
    assert picture.shape == (100, 200, 3)
    assert near(picture[50, 50], (255, 0, 0))
    assert near(picture[50, 150], (255, 255, 255))
    assert decode.size(Part("image", raw)) == (1024, 512)


def test_member_of_a_container(tmp_path: Path) -> None:
    """A picture inside a docx, pptx or epub."""
    path = tmp_path / "slides.pptx"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("ppt/media/image1.png", encode(halves(), "PNG"))
    part = Part(
        "image",
        path,
        mime="application/zip",
        span=Span(node="ppt/media/image1.png", box=(0.5, 0, 1, 1)),
    )
    assert near(decode.pixels(part)[3, 3], (30, 30, 200))
    assert decode.size(part) == (32, 32)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_bombs_are_refused_before_they_are_decoded() -> None:
    """A header that claims four thousand million pixels."""
    header = struct.pack(">IIBBBBB", 65000, 65000, 8, 2, 0, 0, 0)
    with pytest.raises(TooLarge, match="65000 x 65000"):
        decode_pixels(
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
            + chunk(b"IEND", b"")
        )


def test_a_panorama_of_a_few_lines_is_decoded_small() -> None:
    """Its shorter side would have less than a pixel: JPEG's reader divides by it."""
    strip = Image.new("RGB", (4000, 8), (200, 30, 30))
    small = decode_pixels(encode(strip, "JPEG"), longest=64)
    assert small.shape == (1, 64, 3)
    assert near(small[0, 32], (200, 30, 30))


def test_large_jpeg_is_decoded_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit a JPEG is read at a fraction of its size; other formats are refused."""
    monkeypatch.setattr(raster, "MAX_PIXELS", 1000)
    assert max(decode_pixels(encode(halves(), "JPEG")).shape) == 32
    with pytest.raises(TooLarge):
        decode_pixels(encode(halves(), "PNG"))


@pytest.mark.parametrize(
    "how", [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("TIFF", {}), ("BMP", {})]
)
def test_cut_off_pictures(how: tuple[str, dict[str, object]]) -> None:
    """Most of a picture is a picture; a tenth of one is not, unless it is a rough view of the
    whole.
    """
    noise = Image.fromarray(
        np.random.default_rng(0).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    )
    raw = encode(noise, how[0], **how[1])
    picture = decode_pixels(raw[: len(raw) * 8 // 10])
    assert picture.shape == (200, 200, 3)
    decoded_rows = slice(150, 200) if how[0] == "BMP" else slice(0, 50)
    assert np.abs(picture[decoded_rows].astype(int) - np.asarray(noise)[decoded_rows]).mean() < 90
    if not how[1]:
        with pytest.raises(Unreadable):
            decode_pixels(raw[: len(raw) // 10])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("ground", ["white", (240, 240, 235)])
def test_pictures_short_of_their_last_bytes_say_so(kind: str, ground: Any) -> None:
    """Blank ground is part of a picture, however little of a file it takes; a whole one is whole."""
    sheet = Image.new("RGB", (300, 200), ground)
    sheet.paste(Image.effect_noise((300, 80), 90).convert("RGB"), (0, 100))
    sheet.paste("black", (20, 20, 260, 60))
    raw = encode(sheet, kind)
    assert decode.damage(Part("image", raw)) == ""
    part = Part("image", raw[: len(raw) * 9 // 10])
    assert "cut short" in decode.damage(part)
    picture = decode.pixels(part)
    assert picture[40, 100].max() < 60
    assert picture[80, 100].min() > 200


def test_what_is_no_picture() -> None:
    """Words, nothing, another file, a missing file: each with its own error, naming the file."""
    with pytest.raises(NotFound, match=r"gone\.png"):
        decode_pixels(Path("/nowhere/gone.png"))
    for raw in (b"", b"hello"):
        with pytest.raises(Unsupported):
            decode_pixels(raw)
    with pytest.raises(Unsupported):
        decode.pixels(Part("text", "words"))
    with pytest.raises(Unreadable):
        decode_pixels(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)


@pytest.mark.filterwarnings("ignore")
def test_broken_files_raise_our_errors_only(data: Path) -> None:
    """Real hostile files neither crash nor leak a library's exception."""
    readable = 0
    for path in sorted((data / "broken-files").iterdir()):
        with suppress(PolysenseError):
            readable += decode.pixels(Part("image", path), 64).ndim == 3
    assert readable >= 8


def test_page_of_a_pdf(data: Path) -> None:
    """A region of a page, at the size asked."""
    path = data / "broken-files" / "unencrypted.pdf"
    part = Part("image", path, mime="application/pdf", span=Span(page=1, box=(0.0, 0.0, 1.0, 0.5)))
    picture = decode.pixels(part, 300)
    assert max(picture.shape) <= 301
    assert picture.shape[1] > picture.shape[0]


def test_frame_of_a_video(data: Path) -> None:
    """A keyframe reference; the clip shows a grey, then a red, then a green field."""
    path = data / "video-clips" / "counter.mp4"
    spans = [Span(seconds=(t, t), box=(0, 0, 0.5, 0.5)) for t in (0.5, 1.0, 2.5)]
    frames = [decode.pixels(Part("image", path, mime="video/mp4", span=span), 90) for span in spans]
    assert [f.shape for f in frames] == [(51, 90, 3)] * 3
    assert [int(f[20, 20].argmax()) for f in frames[1:]] == [0, 1]

"""Files of pixels: told by their first bytes, bounded, decoded as far as they go, and upright."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import NotFound, TooLarge, Unreadable, Unsupported
from polysense.read.file.magic import is_targa
from polysense.types import Span

MAX_PIXELS = 89_000_000
"""A picture with more is refused undecoded: 89 Mpx are 270 MB, and Pillow warns above."""

MAX_JPEG_PIXELS = 350_000_000
"""JPEG may have more, as it can be decoded at a fraction of its size: above MAX_PIXELS at half or
less.
"""

MIN_DECODED_SHARE = 0.2
"""A broken picture is taken where this share of its height, or of its bytes, is there. Judged, not
measured: what is taken is told as broken.
"""

DAMAGE = "polysense damage"
"""The key in a PIL image's `info` under which `decode` leaves what is wrong with a picture."""

_JPEG_FILLING = 128
"""What a JPEG decoder puts where bytes are missing, in every channel."""

_MIN_WEBP_FILLING = 1 << 16
"""Zeros that are put at the end of a WebP file that is cut short, at least: bits of a small picture
of any content. Judged.
"""


@contextmanager
def open_image(data: Path | bytes, name: str = "") -> Iterator[Any]:
    """The PIL image of a file, its pixels not read yet; None where it is no raster picture.

    Raises NotFound, TooLarge.
    """
    name = name or (data.name if isinstance(data, Path) else "a picture")
    with open_file(data, name) as file:
        yield _open_by_signature(file, name)


@contextmanager
def open_file(data: Path | bytes, name: str) -> Iterator[IO[bytes]]:
    """The bytes to read from. Raises NotFound, Unreadable."""
    try:
        file: IO[bytes] = data.open("rb") if isinstance(data, Path) else io.BytesIO(data)
    except FileNotFoundError as e:
        raise NotFound(f"{name} is not there") from e
    except OSError as e:
        raise Unreadable(f"{name} cannot be opened: {e.strerror}") from e
    with file:
        yield file


def decode(file: IO[bytes], name: str, span: Span, longest: int | None) -> Any:
    """The PIL image of a page, decoded and upright; of a file that is cut short what is there.

    Then `info[DAMAGE]` says how much that is. Raises TooLarge, Unreadable, Unsupported.
    """
    from PIL import Image, ImageOps

    image = _open_page(file, name, span, longest)
    damage = image.info.get(DAMAGE, "")
    try:
        image.load()
    except (MemoryError, Image.DecompressionBombError) as e:
        raise TooLarge(f"{name} is too large a picture: {e}") from e
    except Exception as e:  # decoders of broken pictures raise anything
        image, share = _decode_broken(image, file, name, span, longest)
        if share < MIN_DECODED_SHARE:
            raise Unreadable(
                f"{name} is a broken picture: {e or type(e).__name__}",
                "Export or copy the picture again.",
            ) from e
        damage = damage or _damage(share)
    try:
        image = ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001, S110 - a broken EXIF block is no reason to lose the picture
        pass
    image.info[DAMAGE] = damage
    return image


def _damage(share: float) -> str:
    return f"cut short: read as far as it goes, about {min(99, round(100 * share))} % of it"


def _decode_broken(
    image: Any, file: IO[bytes], name: str, span: Span, longest: int | None
) -> tuple[Any, float]:
    """What of a broken picture can be decoded, and which share of its height that is."""
    filling = 0
    if image.format == "JPEG":  # with an end, its decoder fills in what is missing
        file.seek(0)
        image = _open_page(io.BytesIO(file.read() + b"\xff\xd9"), name, span, longest)
        filling = _JPEG_FILLING
    else:
        image.tile = []  # so that what has been decoded stands
    try:
        image.load()
        return image, _decoded_share(np.asarray(image), filling)
    except Exception:  # noqa: BLE001 - decoders of broken pictures raise anything
        return image, 0.0


def _open_page(file: IO[bytes], name: str, span: Span, longest: int | None) -> Any:
    """Opened at its page; a JPEG set to be decoded no larger than needed."""
    image = _open_by_signature(file, name)
    if image is None:
        raise Unsupported(f"{name} is no picture that can be read here")
    if span.page and span.page > 1:
        try:
            image.seek(span.page - 1)
        except EOFError as e:
            raise Unreadable(f"{name} has no page {span.page}") from e
        _check_size(image, name)
    if image.format == "JPEG":
        scale = 1.0
        if longest:
            x0, y0, x1, y1 = span.box or (0, 0, 1, 1)
            scale = min(1.0, longest / max(1.0, (x1 - x0) * image.width, (y1 - y0) * image.height))
        if image.width * image.height > MAX_PIXELS:
            scale = min(scale, 0.5)
        if scale <= 0.5:
            width, height = (max(1, int(side * scale)) for side in image.size)
            image.draft(image.mode, (width, height))
    return image


def _open_by_signature(file: IO[bytes], name: str) -> Any:
    """As Image.open, of formats that need no other program, with our bound on pixels.

    None where it is none of them.
    """
    from PIL import (
        AvifImagePlugin,
        BmpImagePlugin,
        DdsImagePlugin,
        GifImagePlugin,
        IcnsImagePlugin,
        IcoImagePlugin,
        Image,
        Jpeg2KImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        PpmImagePlugin,
        PsdImagePlugin,
        TgaImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    formats: tuple[tuple[Any, Callable[[bytes], bool]], ...] = (
        (JpegImagePlugin.JpegImageFile, lambda h: h.startswith(b"\xff\xd8\xff")),
        (PngImagePlugin.PngImageFile, lambda h: h.startswith(b"\x89PNG")),
        (GifImagePlugin.GifImageFile, lambda h: h.startswith((b"GIF87a", b"GIF89a"))),
        (WebPImagePlugin.WebPImageFile, _is_webp),
        (
            TiffImagePlugin.TiffImageFile,
            lambda h: h[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
        ),
        (BmpImagePlugin.BmpImageFile, lambda h: h.startswith(b"BM")),
        (AvifImagePlugin.AvifImageFile, lambda h: h[4:8] == b"ftyp" and b"avi" in h[8:32]),
        (
            _heif_reader(),
            lambda h: h[4:8] == b"ftyp" and h[8:11] in (b"hei", b"hev", b"mif", b"msf"),
        ),
        (IcoImagePlugin.IcoImageFile, lambda h: h.startswith(b"\0\0\1\0")),
        (
            Jpeg2KImagePlugin.Jpeg2KImageFile,
            lambda h: h.startswith((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  ")),
        ),
        (PsdImagePlugin.PsdImageFile, lambda h: h.startswith(b"8BPS")),
        (
            PpmImagePlugin.PpmImageFile,
            lambda h: h[:1] == b"P" and h[1:2] in b"123456fy" and h[2:3].isspace(),
        ),
        (IcnsImagePlugin.IcnsImageFile, lambda h: h.startswith(b"icns")),
        (DdsImagePlugin.DdsImageFile, lambda h: h.startswith(b"DDS |\0\0\0")),
        (TgaImagePlugin.TgaImageFile, is_targa),
    )
    file.seek(0)
    head = file.read(32)
    for reader, accepts in formats:
        if not accepts(head):
            continue
        file.seek(0)
        content, share = _complete_webp(file, head)
        try:
            image = reader(content)
        except Image.DecompressionBombError as e:
            raise TooLarge(f"{name} is too large a picture: {e}") from e
        except Exception as e:  # headers of broken pictures raise anything
            raise Unreadable(f"{name} is no readable picture: {e or type(e).__name__}") from e
        _check_size(image, name)
        if share < 1:
            image.info[DAMAGE] = _damage(share)
        return image
    return None


def _complete_webp(file: IO[bytes], head: bytes) -> tuple[IO[bytes], float]:
    """A WebP file with zeros for the bytes that it lacks, and the share of it that is there.

    Its decoder refuses one that is shorter than it says, but decodes a lossy one that says nothing.
    """
    if not _is_webp(head):
        return file, 1.0
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    share = size / (int.from_bytes(head[4:8], "little") + 8)
    if share >= 1 or share < MIN_DECODED_SHARE:
        return file, 1.0
    raw = bytearray(file.read())
    chunk = 12  # the last one begun; each is four letters, its size, and bytes up to an even number
    while (after := chunk + 8 + _size(raw, chunk + 4) + _size(raw, chunk + 4) % 2) + 8 <= size:
        chunk = after
    # what is made up may need more bytes than what is lost
    raw += bytes(max(_MIN_WEBP_FILLING, size) + size % 2)
    for at, end in ((4, 8), (chunk + 4, chunk + 8)):
        raw[at : at + 4] = (len(raw) - end).to_bytes(4, "little")
    return io.BytesIO(bytes(raw)), share


def _size(raw: bytearray, at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "little")


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _heif_reader() -> Any:
    from pi_heif.as_plugin import HeifImageFile

    return HeifImageFile


def _check_size(image: Any, name: str) -> None:
    limit = MAX_JPEG_PIXELS if image.format == "JPEG" else MAX_PIXELS
    if image.width * image.height > limit:
        raise TooLarge(
            f"{name} is {image.width} x {image.height} pixels; "
            f"the limit is {limit // 1_000_000} million"
        )


def _decoded_share(array: NDArray[Any], filling: int) -> float:
    """The share of the height that is decoded: whole rows of the filling are not.

    They are at the bottom, of a BMP at the top.
    """
    rows = array.reshape(array.shape[0], -1)
    decoded = np.flatnonzero((rows != filling).any(axis=1))
    return float(decoded[-1] - decoded[0] + 1) / len(rows) if len(decoded) else 0.0

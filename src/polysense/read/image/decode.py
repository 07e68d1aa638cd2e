"""Any Part that can be seen -> pixels: files, pages, frames of a video, members of a container."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import NotFound, PolysenseError, TooLarge, Unreadable, Unsupported
from polysense.read.image import svg
from polysense.read.image.embedded import member_bytes
from polysense.types import Box, Part, Span

Pixels = NDArray[np.uint8]

MAX_PIXELS = 89_000_000
"""A picture with more is refused undecoded: 89 Mpx are 270 MB, and Pillow warns above."""

MAX_JPEG_PIXELS = 350_000_000
"""JPEG may have more, as it can be decoded at a fraction of its size: above MAX_PIXELS at half or
less.
"""

MAX_BYTES = 512 << 20
"""A member of a container with more is refused."""

_MIN_DECODED_SHARE = 0.5
"""A broken picture is taken where this share of its height is decoded. Judged, not measured."""

_PDF_SIDE = 1600
"""Pixels along the longer side of a PDF page, where nothing else is asked."""


def pixels(part: Part, longest: int | None = None) -> Pixels:
    """RGB uint8 (height, width, 3) of what `part` shows: upright, on white, cut to span.box.

    Its longer side is at most `longest`; drawings and PDF pages are drawn at that size. Raises
    NotFound, Unsupported, TooLarge, Unreadable.

    >>> left_half = Span(box=(0, 0, 0.5, 1))
    >>> pixels(Part("image", np.zeros((40, 80, 3), np.uint8), span=left_half), longest=20).shape
    (20, 20, 3)
    """
    name = _display_name(part)
    try:
        image, box = _load_image(part, longest)
        image = _crop(_to_rgb(image), box)
        if longest and max(image.size) > longest:
            scale = longest / max(image.size)
            image = image.resize(
                (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
                reducing_gap=2.0,
            )
        return np.array(_flatten_on_white(image))
    except PolysenseError:
        raise
    except MemoryError as e:
        raise TooLarge(f"{name} needs more memory than there is") from e
    except Exception as e:  # decoders of broken pictures raise anything
        raise Unreadable(f"{name} is no readable picture: {e}") from e


def size(part: Part) -> tuple[int, int]:
    """(width, height) of `pixels(part)`, from the header alone where a picture file has one.

    Raises as `pixels` does.
    """
    span = part.span
    if isinstance(part.data, (Path, bytes)) and not (span.page or span.node or span.seconds):
        with open_image(part.data, _display_name(part)) as image:
            if image is not None and image.width * image.height <= MAX_PIXELS:
                width, height = image.size
                # TIFF's reader has turned it already
                if image.format != "TIFF" and _exif_orientation(image) >= 5:
                    width, height = height, width
                x0, y0, x1, y1 = _pixel_box(width, height, span.box)
                return x1 - x0, y1 - y0
    shape = pixels(part).shape
    return shape[1], shape[0]


def png(array: Pixels) -> bytes:
    """The pixels as a PNG file.

    >>> png(np.zeros((2, 2, 3), np.uint8))[:4]
    b'\\x89PNG'
    """
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG", compress_level=3)
    return out.getvalue()


@contextmanager
def open_image(data: Path | bytes, name: str = "") -> Iterator[Any]:
    """The PIL image of a file, its pixels not read yet; None where it is no raster picture.

    Raises NotFound, TooLarge.
    """
    name = name or (data.name if isinstance(data, Path) else "a picture")
    with _open_file(data, name) as file:
        yield _open_by_signature(file, name)


def _display_name(part: Part) -> str:
    return part.name or (
        part.data.name
        if isinstance(part.data, Path)
        else f"a picture ({part.mime})"
        if part.mime
        else "a picture"
    )


@contextmanager
def _open_file(data: Path | bytes, name: str) -> Iterator[IO[bytes]]:
    try:
        file: IO[bytes] = data.open("rb") if isinstance(data, Path) else io.BytesIO(data)
    except FileNotFoundError as e:
        raise NotFound(f"{name} is not there") from e
    except OSError as e:
        raise Unreadable(f"{name} cannot be opened: {e.strerror}") from e
    with file:
        yield file


def _load_image(part: Part, longest: int | None) -> tuple[Any, Box | None]:
    """A PIL image and what is still to be cut out of it."""
    from PIL import Image

    data, span, name = part.data, part.span, _display_name(part)
    if isinstance(data, np.ndarray):
        return Image.fromarray(_to_uint8(data, name)), span.box
    if not isinstance(data, (Path, bytes)):
        raise Unsupported(f"{name} holds words, not a picture")
    if span.node is not None:
        with _as_path(data) as path:
            inner = member_bytes(path, span.node, MAX_BYTES)
        return _load_image(
            replace(part, data=inner, mime="", name=f"{name}!{span.node}", span=Span(box=span.box)),
            longest,
        )
    if part.mime.startswith("video/") or (span.seconds and not part.mime):
        from polysense.read.film import decode

        return Image.fromarray(
            decode.frame(data, span.seconds[0] if span.seconds else 0.0)
        ), span.box
    with _open_file(data, name) as file:
        head = file.read(4096)
        if part.mime == "application/pdf" or head.startswith(b"%PDF-"):
            from polysense.read.document.pdf import decode as pdf

            with _as_path(data) as path:
                return Image.fromarray(
                    pdf.render(path, span.page or 1, span.box, longest or _PDF_SIDE)
                ), None
        if part.mime == "image/svg+xml" or svg.is_drawing(head):
            png_bytes = svg.render(head + file.read(svg.MAX_BYTES), longest, name)
            return Image.open(io.BytesIO(png_bytes)), span.box
        return _decode_raster(file, name, span, longest), span.box


@contextmanager
def _as_path(data: Path | bytes) -> Iterator[Path]:
    if isinstance(data, Path):
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="polysense-") as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        yield path


def _decode_raster(file: IO[bytes], name: str, span: Span, longest: int | None) -> Any:
    """Decoded and upright; of a broken file what is decoded, where it is most of the picture."""
    from PIL import Image, ImageOps

    image = _open_page(file, name, span, longest)
    try:
        image.load()
    except (MemoryError, Image.DecompressionBombError) as e:
        raise TooLarge(f"{name} is too large a picture: {e}") from e
    except Exception as e:  # decoders of broken pictures raise anything
        if image.format == "JPEG":  # with an end, its decoder fills in what is missing
            file.seek(0)
            image = _open_page(io.BytesIO(file.read() + b"\xff\xd9"), name, span, longest)
        else:
            image.tile = []  # so that what has been decoded stands
        try:
            image.load()
            share = _decoded_share(np.asarray(image))
        except Exception:  # noqa: BLE001 - as above
            share = 0.0
        if share < _MIN_DECODED_SHARE:
            raise Unreadable(f"{name} is a broken picture: {e}") from e
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - a broken EXIF block is no reason to lose the picture
        return image


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
            image.draft(image.mode, (int(image.width * scale), int(image.height * scale)))
    return image


def _open_by_signature(file: IO[bytes], name: str) -> Any:
    """As Image.open, of formats that need no other program, with our bound on pixels.

    None where it is none of them.
    """
    from PIL import (
        AvifImagePlugin,
        BmpImagePlugin,
        GifImagePlugin,
        IcnsImagePlugin,
        IcoImagePlugin,
        Image,
        Jpeg2KImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        PpmImagePlugin,
        PsdImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    formats: tuple[tuple[Any, Callable[[bytes], bool]], ...] = (
        (JpegImagePlugin.JpegImageFile, lambda h: h.startswith(b"\xff\xd8\xff")),
        (PngImagePlugin.PngImageFile, lambda h: h.startswith(b"\x89PNG")),
        (GifImagePlugin.GifImageFile, lambda h: h.startswith((b"GIF87a", b"GIF89a"))),
        (WebPImagePlugin.WebPImageFile, lambda h: h[:4] == b"RIFF" and h[8:12] == b"WEBP"),
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
    )
    file.seek(0)
    head = file.read(32)
    for reader, accepts in formats:
        if not accepts(head):
            continue
        file.seek(0)
        try:
            image = reader(file)
        except Image.DecompressionBombError as e:
            raise TooLarge(f"{name} is too large a picture: {e}") from e
        except Exception as e:  # headers of broken pictures raise anything
            raise Unreadable(f"{name} is no readable picture: {e or type(e).__name__}") from e
        _check_size(image, name)
        return image
    return None


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


def _exif_orientation(image: Any) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001 - a broken EXIF block says nothing
        return 1


def _decoded_share(array: NDArray[Any]) -> float:
    """The share of the height that is decoded: rows of one colour at the bottom are filling.

    Of a BMP, at the top.
    """
    rows = array.reshape(array.shape[0], array.shape[1], -1)
    varied = np.flatnonzero((rows != rows[:, :1]).any(axis=(1, 2)))
    return float(varied[-1] - varied[0] + 1) / len(rows) if len(varied) else 0.0


def _to_uint8(array: NDArray[Any], name: str) -> Pixels:
    if (
        array.ndim not in (2, 3)
        or 0 in array.shape
        or (array.ndim == 3 and array.shape[2] not in (1, 3, 4))
    ):
        raise Unreadable(
            f"{name}: an array of shape {array.shape} is no picture; give (height, width, 3)"
        )
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    return np.ascontiguousarray(array if array.dtype == np.uint8 else _scale_to_uint8(array))


def _scale_to_uint8(array: NDArray[Any]) -> Pixels:
    """Deeper values to 0..255, by the least usual range that holds them, else by their own.

    The usual ranges are those of 1, 8, 12 and 16 bits.
    """
    values = np.nan_to_num(np.asarray(array, np.float32), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 65535:
        low, high = 0.0, next(float(top) for top in (1, 255, 4095, 65535) if high <= top)
    values = (values - low) * (255 / max(high - low, 1e-9))
    return np.asarray(values + 0.5, np.uint8)


def _to_rgb(image: Any) -> Any:
    """As RGB, or RGBA where some of it is transparent."""
    from PIL import Image

    if image.mode in ("RGB", "RGBA"):
        return (
            image.convert("RGBA") if image.mode == "RGB" and image.has_transparency_data else image
        )
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_scale_to_uint8(np.asarray(image)))
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _flatten_on_white(image: Any) -> Any:
    from PIL import Image

    if image.mode == "RGB":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _pixel_box(width: int, height: int, box: Box | None) -> tuple[int, int, int, int]:
    """Whole pixels around `box`, at least one each way."""
    x0, y0, x1, y1 = box or (0.0, 0.0, 1.0, 1.0)
    left, top = min(max(int(x0 * width), 0), width - 1), min(max(int(y0 * height), 0), height - 1)
    right, bottom = (
        min(max(-int(-x1 * width // 1), left + 1), width),
        min(max(-int(-y1 * height // 1), top + 1), height),
    )
    return left, top, right, bottom


def _crop(image: Any, box: Box | None) -> Any:
    width, height = image.size
    pixel_box = _pixel_box(width, height, box)
    return image if pixel_box == (0, 0, width, height) else image.crop(pixel_box)

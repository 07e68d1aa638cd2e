"""Any Part that can be seen -> pixels: files, pages, frames of a video, members of a container."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import PolysenseError, TooLarge, Unreadable, Unsupported
from polysense.read.image import grounds, raster, svg
from polysense.read.image.dicom import pixels as dicom
from polysense.read.image.embedded import member_bytes
from polysense.read.image.raster import MAX_PIXELS, open_file, open_image
from polysense.types import Box, Part, Span

Pixels = NDArray[np.uint8]

MAX_BYTES = 512 << 20
"""A member of a container with more is refused."""

_PROOF_SIDE = 64
"""Pixels along the longer side to which a picture is decoded at least, to see that it can be."""

_PDF_SIDE = 1600
"""Pixels along the longer side of a PDF page, where nothing else is asked."""


def pixels(part: Part, longest: int | None = None) -> Pixels:
    """RGB uint8 (height, width, 3) of what `part` shows: upright, cut to span.box.

    On white, or where what is not clear is light on a dark ground. Its longer side is at most
    `longest`; drawings and PDF pages are drawn at that size. Raises NotFound, Unsupported,
    TooLarge, Unreadable.

    >>> left_half = Span(box=(0, 0, 0.5, 1))
    >>> pixels(Part("image", np.zeros((40, 80, 3), np.uint8), span=left_half), longest=20).shape
    (20, 20, 3)
    """
    return pixels_on_grounds(part, longest)[0]


def pixels_on_grounds(part: Part, longest: int | None = None) -> list[Pixels]:
    """`pixels`, and again on a dark ground where there are light and dark things on a clear one.

    Raises as `pixels` does.
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
        return [np.array(flat) for flat in grounds.flatten(image)]
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
    is_file = isinstance(part.data, (Path, bytes))
    is_whole = is_file and not (span.page or span.node or span.seconds)
    if is_whole and not _is_dicom(part):
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


def damage(part: Part) -> str:
    """What is missing of a picture file that is cut short; "" where nothing is.

    Raises as `pixels` does.
    """
    image, _ = _load_image(part, _PROOF_SIDE)
    return str(image.info.get(raster.DAMAGE, ""))


def png(array: Pixels) -> bytes:
    """The pixels as a PNG file.

    >>> png(np.zeros((2, 2, 3), np.uint8))[:4]
    b'\\x89PNG'
    """
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG", compress_level=3)
    return out.getvalue()


def _display_name(part: Part) -> str:
    return part.name or (
        part.data.name
        if isinstance(part.data, Path)
        else f"a picture ({part.mime})"
        if part.mime
        else "a picture"
    )


def _is_dicom(part: Part) -> bool:
    """Whether a file is DICOM, which may begin as TIFF does."""
    with open_file(part.data, _display_name(part)) as file:
        return dicom.is_dicom(file.read(4096))


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
    with open_file(data, name) as file:
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
        if dicom.is_dicom(head):
            return Image.fromarray(dicom.decode(file, name, span.page)), span.box
        return raster.decode(file, name, span, longest), span.box


@contextmanager
def _as_path(data: Path | bytes) -> Iterator[Path]:
    if isinstance(data, Path):
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="polysense-") as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        yield path


def _exif_orientation(image: Any) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001 - a broken EXIF block says nothing
        return 1


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

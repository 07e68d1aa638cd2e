"""The pictures in a DICOM file as a radiologist's screen shows them (PS3.3, C.11; PS3.4, N.2)."""

from __future__ import annotations

from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import NotFound, TooLarge, Unreadable, Unsupported
from polysense.read.image.dicom import header
from polysense.read.image.dicom.deflated import inflated
from polysense.read.image.raster import MAX_PIXELS

_MAGIC_AT, _MAGIC = 128, b"DICM"

_TAILS = (0.1, 99.9)
"""Percent of the pixels that are darker than black, and no brighter than white, where a file tells
no window. Judged.
"""


def is_dicom(head: bytes) -> bool:
    """Whether a file that begins so is DICOM."""
    return head[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] == _MAGIC


def decode(file: IO[bytes], name: str, page: int | None) -> NDArray[np.uint8]:
    """One picture, uint8 (height, width) or (height, width, 3): the first, or that of a number.

    Windowed as the file says, else by what is in it. Raises NotFound, TooLarge, Unreadable,
    Unsupported, MissingDependency.
    """
    pydicom = header.library()
    try:
        with header.quiet():
            file = inflated(file, name)
            dataset = pydicom.dcmread(file, stop_before_pixels=True)
            number = _frame_number(dataset, name, page)
            file.seek(0)
            values = _read_values(file, number, name)
            return _grey_or_colour(values, dataset, number)
    except (NotFound, TooLarge, Unreadable):
        raise
    except MemoryError as e:
        raise TooLarge(f"{name} needs more memory than there is") from e
    except Exception as e:  # decoders of broken files raise anything
        reason = " ".join(str(e).split())[:300]
        raise Unreadable(f"{name} is no readable DICOM picture: {reason}") from e


def _frame_number(dataset: Any, name: str, page: int | None) -> int:
    """The index of the picture that is asked for. Raises NotFound, TooLarge, Unsupported."""
    frames, (width, height) = header.count_frames(dataset), header.size(dataset)
    if not frames:
        raise Unsupported(f"{name} holds no picture")
    if width * height > MAX_PIXELS:
        limit = MAX_PIXELS // 1_000_000
        raise TooLarge(f"{name} is {width} x {height} pixels; the limit is {limit} million")
    if page and page > frames:
        raise NotFound(f"{name} has no picture {page}")
    return (page or 1) - 1


def _read_values(source: Any, number: int, name: str) -> NDArray[Any]:
    from pydicom.pixels import pixel_array

    try:
        return np.asarray(pixel_array(source, index=number))
    except RuntimeError as e:
        reason = " ".join(str(e).split())[:300]
        hint = "Convert it to an uncompressed DICOM file, or export the picture."
        raise Unsupported(f"{name} is packed in a way that is not read here: {reason}", hint) from e


def _grey_or_colour(values: NDArray[Any], dataset: Any, number: int) -> NDArray[np.uint8]:
    from pydicom.pixels import apply_color_lut

    kind = str(dataset.get("PhotometricInterpretation", ""))
    if kind == "PALETTE COLOR":
        values = apply_color_lut(values, dataset)
    if values.ndim == 3:
        depth = 8 * values.dtype.itemsize
        bits = depth if kind == "PALETTE COLOR" else int(dataset.get("BitsStored", depth))
        return values if bits == 8 else _scale(values, 0, (1 << bits) - 1)
    padding = _find_padding(values, dataset)
    grey = _apply_window(values, _transform(dataset, number), dataset, padding)
    grey = np.asarray(255 - grey if kind == "MONOCHROME1" else grey, np.uint8)
    if padding is not None:
        grey[padding] = 0
    return grey


def _transform(dataset: Any, number: int) -> dict[str, Any]:
    """Slope, intercept, window and its function for one picture: of a file with many they lie in
    groups (PS3.3, C.7.6.16).
    """
    keywords = ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth", "VOILUTFunction")
    groups = [*dataset.get("SharedFunctionalGroupsSequence", [])]
    own = dataset.get("PerFrameFunctionalGroupsSequence", [])
    groups += own[number : number + 1]
    sources = [dataset]
    for group in groups:
        for keyword in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
            sources += group.get(keyword, [])
    return {k: _first(s.get(k)) for s in sources for k in keywords if s.get(k) is not None}


def _first(value: Any) -> Any:
    return value[0] if hasattr(value, "append") and len(value) else value


def _apply_window(
    values: NDArray[Any],
    transform: dict[str, Any],
    dataset: Any,
    padding: NDArray[np.bool_] | None,
) -> NDArray[np.uint8]:
    """Grey values from 0 to 255 through the window, or the table, that the file tells."""
    from pydicom.pixels import apply_modality_lut, apply_voi_lut

    if "ModalityLUTSequence" in dataset:
        values = apply_modality_lut(values, dataset)
    elif "RescaleSlope" in transform:
        slope, intercept = (
            float(transform.get(k, 0)) for k in ("RescaleSlope", "RescaleIntercept")
        )
        values = values.astype(np.float32) * slope + intercept
    centre, width = transform.get("WindowCenter"), transform.get("WindowWidth")
    if dataset.get("VOILUTSequence"):
        table = np.asarray(apply_voi_lut(values, dataset), np.float32)
        grey = _scale(table, float(table.min()), float(table.max()))
    elif centre is not None and width is not None and float(width) > 0:
        function = str(transform.get("VOILUTFunction", "LINEAR"))
        grey = _window(np.asarray(values, np.float32), float(centre), float(width), function)
    else:
        real = values if padding is None or padding.all() else values[~padding]
        low, high = np.percentile(real, _TAILS) if real.size else (0, 1)
        grey = _scale(values, float(low), float(high))
    return grey


def _window(
    values: NDArray[np.float32], centre: float, width: float, function: str
) -> NDArray[np.uint8]:
    """PS3.3, C.11.2.1.2 and C.11.2.1.3."""
    if function == "SIGMOID":
        shares = 1 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -80, 80)))
        return _scale(shares, 0, 1)
    if function == "LINEAR" and width > 1:
        centre, width = centre - 0.5, width - 1
    return _scale(values, centre - width / 2, centre + width / 2)


def _find_padding(values: NDArray[Any], dataset: Any) -> NDArray[np.bool_] | None:
    """Where there is no picture: pixels of one value, or between two (PS3.3, C.7.5.1.1.2)."""
    value = dataset.get("PixelPaddingValue")
    if not isinstance(value, int):
        return None
    limit = dataset.get("PixelPaddingRangeLimit")
    low, high = sorted((value, limit if isinstance(limit, int) else value))
    return np.asarray((values >= low) & (values <= high))


def _scale(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    shares = (np.asarray(values, np.float32) - low) / max(high - low, 1e-9)
    return np.asarray(np.clip(shares, 0, 1) * 255 + 0.5, np.uint8)

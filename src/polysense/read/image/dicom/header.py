"""The header of a DICOM file (PS3.3): what it tells of the picture, and what of the people."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polysense.errors import MissingDependency, TooLarge, Unreadable
from polysense.read.image.dicom.deflated import inflated

INSTALL = "python -m pip install 'polysense[dicom]'"

_FIELDS: Mapping[str, str] = {
    "Modality": "modality",
    "BodyPartExamined": "body part",
    "Laterality": "laterality",
    "ViewPosition": "view",
    "Manufacturer": "manufacturer",
    "ManufacturerModelName": "device",
    "SliceThickness": "slice thickness in mm",
    "PixelSpacing": "pixel spacing in mm",
    "MagneticFieldStrength": "magnetic field in T",
    "KVP": "tube voltage in kV",
    "PatientPosition": "position",
}
"""What identifies nobody: codes and measures, none of it free text."""

_PERSONAL_FIELDS: Mapping[str, str] = {
    "StudyDescription": "study",
    "SeriesDescription": "series",
    "ProtocolName": "protocol",
    "ContrastBolusAgent": "contrast agent",
    "PatientName": "patient",
    "PatientID": "patient id",
    "PatientBirthDate": "birth date",
    "PatientSex": "sex",
    "PatientAge": "age",
    "AccessionNumber": "accession number",
    "InstitutionName": "institution",
    "ReferringPhysicianName": "referring physician",
    "PerformingPhysicianName": "performing physician",
    "OperatorsName": "operator",
    "StudyDate": "study date",
    "StudyTime": "study time",
}
"""What identifies somebody, or is free text, which may (PS3.15, table E.1-1): told only where that
is asked for.
"""

_NAMES = ("PatientName", "PatientID", "ReferringPhysicianName", "PerformingPhysicianName")

_MODALITIES: Mapping[str, str] = {
    "AU": "audio", "BMD": "bone densitometry", "CR": "X-ray, computed radiography",
    "CT": "computed tomography", "DX": "X-ray, digital radiography", "ECG": "electrocardiogram",
    "ES": "endoscopy", "GM": "general microscopy", "IO": "intra-oral X-ray",
    "IVUS": "intravascular ultrasound",
    "MG": "mammography", "MR": "magnetic resonance", "NM": "nuclear medicine",
    "OCT": "optical coherence tomography", "OP": "ophthalmic photography", "OT": "other",
    "PT": "positron emission tomography", "PX": "panoramic X-ray", "RF": "fluoroscopy",
    "RTDOSE": "radiotherapy dose", "RTIMAGE": "radiotherapy image", "RTPLAN": "radiotherapy plan",
    "RTSTRUCT": "radiotherapy structures", "SEG": "segmentation", "SM": "slide microscopy",
    "SR": "structured report", "US": "ultrasound", "XA": "X-ray angiography",
    "XC": "photograph",
}  # fmt: skip
"""What the codes of modalities mean (PS3.3, C.7.3.1.1.1)."""

_MODALITIES_WITH_WORDS = frozenset({"DOC", "ES", "GM", "IVUS", "OP", "OT", "SM", "US", "XC"})
"""Devices of these write names and dates into the picture itself, or photograph who it is of."""

_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
"""The classes of pictures of screens and of paper begin so."""

_MAX_CHARS = 200
"""Characters of a value that are facts."""

_LEAST_NAME = 3
"""Letters of a part of a name from which it is looked for in values."""


def library() -> Any:
    """pydicom. Raises MissingDependency."""
    try:
        import pydicom
    except ModuleNotFoundError as e:
        raise MissingDependency("what reads DICOM is not installed", INSTALL) from e
    return pydicom


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings about values that are not as they should be: many devices write such."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read_header(path: Path, name: str) -> Any:
    """The dataset of a file without its pixels. Raises TooLarge, Unreadable, MissingDependency."""
    pydicom = library()
    try:
        with quiet(), path.open("rb") as file:
            return pydicom.dcmread(inflated(file, name), stop_before_pixels=True)
    except TooLarge:
        raise
    except Exception as e:
        raise Unreadable(f"{name} is no readable DICOM file: {type(e).__name__} {e}") from e


def fields(dataset: Any, *, is_personal: bool = False) -> dict[str, str]:
    """What a header tells, by name; of people only where is_personal.

    Of the date the year alone. A value with a part of somebody's name is left out.
    """
    facts = {label: _text(dataset, keyword) for keyword, label in _FIELDS.items()}
    code = facts["modality"]
    if code in _MODALITIES:
        facts["modality"] = f"{_MODALITIES[code]} ({code})"
    facts["kind"] = _kind(dataset)
    facts["year"] = _text(dataset, "StudyDate")[:4]
    if is_personal:
        facts |= {label: _text(dataset, keyword) for keyword, label in _PERSONAL_FIELDS.items()}
    else:
        names = set(_name_parts(dataset))
        facts = {k: v for k, v in facts.items() if not names & set(_parts(v))}
    return {label: value for label, value in facts.items() if value}


def may_show_names(dataset: Any) -> bool:
    """Whether the picture itself may identify somebody: by words burnt in, or by a face.

    Where the file does not say that it has no such words, its kind decides.
    """
    if _text(dataset, "RecognizableVisualFeatures").upper() == "YES":
        return True
    if burnt := _text(dataset, "BurnedInAnnotation").upper():
        return burnt != "NO"
    is_captured = _text(dataset, "SOPClassUID").startswith(_SECONDARY_CAPTURE)
    return is_captured or _text(dataset, "Modality").upper() in _MODALITIES_WITH_WORDS


def count_frames(dataset: Any) -> int:
    """How many pictures it holds; 0 where it is of another kind."""
    if not (_number(dataset, "Rows") and _number(dataset, "Columns")):
        return 0
    return max(1, _number(dataset, "NumberOfFrames"))


def size(dataset: Any) -> tuple[int, int]:
    """(width, height) of its pictures in pixels."""
    return _number(dataset, "Columns"), _number(dataset, "Rows")


def _kind(dataset: Any) -> str:
    """What its class is called, "CT Image Storage"."""
    try:
        with quiet():
            name = str(dataset.SOPClassUID.name)
    except Exception:  # noqa: BLE001 - values are looked at first when they are asked for
        return ""
    return name if not name[:1].isdigit() else ""


def _number(dataset: Any, keyword: str) -> int:
    try:
        with quiet():
            return int(dataset.get(keyword, 0) or 0)
    except Exception:  # noqa: BLE001 - as above
        return 0


def _text(dataset: Any, keyword: str) -> str:
    try:
        with quiet():
            value = dataset.get(keyword, "")
    except Exception:  # noqa: BLE001 - as above
        return ""
    values = value if isinstance(value, (list, tuple)) or _is_multiple(value) else [value]
    words = " x ".join(str(v) for v in values if v is not None)
    return " ".join(words.replace("^", " ").replace("\0", " ").split())[:_MAX_CHARS]


def _is_multiple(value: Any) -> bool:
    return not isinstance(value, (str, bytes)) and hasattr(value, "append")


def _name_parts(dataset: Any) -> Iterator[str]:
    for keyword in _NAMES:
        yield from _parts(_text(dataset, keyword))


def _parts(text: str) -> Iterator[str]:
    return (w.casefold() for w in re.findall(r"\w+", text) if len(w) >= _LEAST_NAME)

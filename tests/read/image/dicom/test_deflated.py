"""DICOM files that are packed as a whole, and what they may unpack to."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pydicom", reason="needs the extra dicom")

import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import DeflatedExplicitVRLittleEndian

from polysense.errors import TooLarge, Unreadable
from polysense.read.image.dicom import deflated
from polysense.read.image.dicom.header import read_header
from polysense.read.image.dicom.pixels import decode


def real(name: str) -> Path:
    return Path(str(get_testdata_file(name)))


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A scan that is packed as a whole."""
    dataset = pydicom.dcmread(real("MR_small.dcm"))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(tmp_path / "packed.dcm")
    return tmp_path / "packed.dcm"


def test_it_is_the_same_picture(packed: Path) -> None:
    """As the file that is not packed, and with the same header."""
    assert read_header(packed, packed.name).Modality == "MR"
    with packed.open("rb") as one, real("MR_small.dcm").open("rb") as other:
        assert np.array_equal(decode(one, "a", None), decode(other, "b", None))


def test_what_unpacks_to_far_more_is_refused(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is unpacked: by the header, and by each picture."""
    monkeypatch.setattr(deflated, "MAX_BYTES", 1 << 20)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    plain = real("MR_small.dcm").read_bytes()
    body = packer.compress(plain[132:] + bytes(1 << 22)) + packer.flush()
    dataset = pydicom.dcmread(packed)
    start = packed.read_bytes()[: 132 + 12 + dataset.file_meta.FileMetaInformationGroupLength]
    packed.write_bytes(start + body)
    with pytest.raises(TooLarge, match=r"packed\.dcm unpacks to more than 1 MiB"):
        read_header(packed, packed.name)
    with packed.open("rb") as file, pytest.raises(TooLarge):
        decode(file, packed.name, None)
    packed.write_bytes(start + b"\xff" * 100)
    with pytest.raises(Unreadable, match=r"packed\.dcm"):
        read_header(packed, packed.name)

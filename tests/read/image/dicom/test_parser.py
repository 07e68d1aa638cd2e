"""DICOM, as scanners and other programs wrote it: files that come with pydicom."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pydicom", reason="needs the extra dicom")

import pydicom
from pydicom.data import get_testdata_file

from polysense.errors import Unreadable, Unsupported
from polysense.library import Library
from polysense.read.file.magic import DICOM
from polysense.read.file.mime import modality_of, sniff
from polysense.read.image.decode import pixels, size
from polysense.read.image.dicom.parser import DicomParser
from polysense.registry import Kit
from polysense.testing import check_parser
from polysense.types import Asset, Chunk


def real(name: str) -> Path:
    return Path(str(get_testdata_file(name)))


def asset_of(path: Path) -> Asset:
    assert sniff(path) == DICOM
    return Asset("0" * 32, str(path), DICOM, modality_of(DICOM), 1, path=path)


def read(path: Path, **options: bool | int) -> list[Chunk]:
    return check_parser(DicomParser(**options), asset_of(path))


def test_a_picture_with_what_identifies_nobody() -> None:
    """The kind, what was looked at and by what; of the date the year; no name, no place."""
    [chunk] = read(real("examples_overlay.dcm"))
    assert chunk.modality == "image"
    lines = dict(line.split(": ", 1) for line in chunk.context.split("\n"))
    assert lines["modality"] == "magnetic resonance (MR)"
    assert lines["body part"] == "ABDOMEN"
    assert lines["manufacturer"] == "SIEMENS"
    assert chunk.part is not None
    picture = pixels(chunk.part)
    assert picture.shape[:2] == (300, 484)
    assert size(chunk.part) == (484, 300)
    assert picture.std() > 30


PEOPLE = {
    "PatientName": "Moltke^Astrid",
    "PatientID": "AB-771-C",
    "PatientBirthDate": "19610203",
    "AccessionNumber": "ACC0042",
    "InstitutionName": "Harbour Clinic",
    "ReferringPhysicianName": "Quist^Bo",
    "StudyDate": "20190704",
}


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A scan with somebody's names in it, also in a description."""
    dataset = pydicom.dcmread(real("CT_small.dcm"))
    for keyword, value in PEOPLE.items():
        setattr(dataset, keyword, value)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.StudyDescription = "Quist Harbour Clinic 2019-07-04 Doe 19610203 ACC0042"
    dataset.SeriesDescription = "Knee of Li Bo"
    dataset.ProtocolName = "Mueller_Hans_Knie"
    dataset.ContrastBolusAgent = "\u738b\u5c0f\u660e"
    dataset.StationName = "QUIST-ROOM-2"
    dataset.BodyPartExamined = "CHEST"
    dataset.save_as(tmp_path / "scan.dcm")
    return tmp_path / "scan.dcm"


def test_who_it_is_of_is_told_only_when_asked_for(scan: Path) -> None:
    """Neither in the words nor in the meta; nor what somebody wrote freely, which may name
    somebody.
    """
    [chunk] = read(scan)
    words = f"{chunk.words} {dict(chunk.meta)}"
    names = ("Moltke", "Astrid", "771", "1961", "ACC0042", "Harbour", "Quist", "0704", "QUIST",
             "07-04", "Doe", "Li Bo", "Mueller", "Hans", "\u738b")  # fmt: skip
    assert not [name for name in names if name in words]
    assert "body part: CHEST" in words
    assert "year: 2019" in words
    [chunk] = read(scan, identity=True)
    for line in ("patient: Moltke Astrid", "birth date: 19610203", "institution: Harbour Clinic"):
        assert line in chunk.context
    for line in ("series: Knee of Li Bo", "protocol: Mueller_Hans_Knie"):
        assert line in chunk.context
    assert "QUIST-ROOM-2" not in f"{chunk.words} {dict(chunk.meta)}"


@pytest.mark.parametrize(
    "values",
    [
        {"BurnedInAnnotation": "YES"},
        {"BurnedInAnnotation": "UNKNOWN"},
        {"RecognizableVisualFeatures": "YES", "BurnedInAnnotation": "NO"},
        {"Modality": "US"},
        {"Modality": "ES"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4"},
    ],
)
def test_names_that_may_be_burnt_in(scan: Path, values: dict[str, str]) -> None:
    """Such a picture is left out, which is told with the line that reads it."""
    dataset = pydicom.dcmread(scan)
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    dataset.save_as(scan)
    with pytest.raises(Unreadable, match=r"scan\.dcm") as raises:
        list(DicomParser().parse(asset_of(scan)))
    assert "dicom:identity=true" in raises.value.hint
    assert len(read(scan, identity=True)) == 1


def test_a_picture_that_says_it_has_no_names(scan: Path) -> None:
    """Is read, of whatever kind it is."""
    dataset = pydicom.dcmread(scan)
    dataset.Modality, dataset.BurnedInAnnotation = "US", "NO"
    dataset.save_as(scan)
    assert len(read(scan)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "MR_small.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm",
    ],
)  # fmt: skip
def test_one_picture_in_any_packing(name: str) -> None:
    """It is the same picture, in the window that the file tells."""
    [first], [other] = read(real("MR_small.dcm")), read(real(name))
    assert first.part is not None
    assert other.part is not None
    assert np.array_equal(pixels(first.part), pixels(other.part))


def test_colours_of_every_kind() -> None:
    """Numbers of a palette, two ways of colour, and lossless JPEG."""
    for name in (
        "examples_palette.dcm",
        "SC_rgb_jpeg_gdcm.dcm",
        "SC_ybr_full_422_uncompressed.dcm",
    ):
        [chunk] = read(real(name), identity=True)
        assert chunk.part is not None
        assert pixels(chunk.part).std(axis=2).max() > 50
    [chunk] = read(real("SC_rgb_rle.dcm"), identity=True)
    assert chunk.part is not None
    assert pixels(chunk.part)[5, 5].tolist() == [255, 0, 0]


def test_some_of_many_pictures() -> None:
    """Spread over the film, each with its number."""
    chunks = read(real("examples_ybr_color.dcm"), frames=3, identity=True)
    assert [c.span.page for c in chunks] == [1, 11, 21]
    first, last = (c.part for c in (chunks[0], chunks[-1]))
    assert first is not None
    assert last is not None
    assert not np.array_equal(pixels(first), pixels(last))


def test_a_window(tmp_path: Path) -> None:
    """What lies outside is black or white; a picture where black is white is turned."""
    dataset = pydicom.dcmread(real("CT_small.dcm"))
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    dataset.save_as(tmp_path / "a.dcm")
    values = dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)
    [chunk] = read(tmp_path / "a.dcm")
    assert chunk.part is not None
    picture = pixels(chunk.part)[..., 0]
    assert (picture[values < -165] == 0).all()
    assert (picture[values > 245] == 255).all()
    middle = picture[abs(values - 40) <= 2]
    assert abs(int(middle.mean()) - 128) <= 2
    dataset.PhotometricInterpretation = "MONOCHROME1"
    dataset.save_as(tmp_path / "b.dcm")
    [chunk] = read(tmp_path / "b.dcm")
    assert chunk.part is not None
    assert np.array_equal(pixels(chunk.part)[..., 0], 255 - picture)


@pytest.mark.parametrize("kind", ["MONOCHROME1", "MONOCHROME2"])
def test_where_there_is_no_picture_it_is_black(tmp_path: Path, kind: str) -> None:
    """Also where black is white, and where padding is a range of values."""
    dataset = pydicom.dcmread(real("CT_small.dcm"))
    dataset.PhotometricInterpretation = kind
    values = dataset.pixel_array.copy()
    values[:20], values[20:40] = 2000, 2003
    dataset.PixelData = values.tobytes()
    dataset.add_new("PixelPaddingValue", "SS", 2000)
    dataset.add_new("PixelPaddingRangeLimit", "SS", 2003)
    dataset.save_as(tmp_path / "a.dcm")
    [chunk] = read(tmp_path / "a.dcm")
    assert chunk.part is not None
    assert (pixels(chunk.part)[:40] == 0).all()


def test_a_file_without_a_picture() -> None:
    """Its header is what is told of it."""
    [chunk] = read(real("reportsi.dcm"))
    assert chunk.text.startswith("modality: structured report (SR)")
    assert chunk.part is None


def test_it_is_found_and_cited(scan: Path, tmp_path: Path, bare: Kit) -> None:
    """By its kind and what was looked at."""
    with Library(tmp_path / "kb", kit=bare) as kb:
        assert not kb.index(scan).failed
        [hit, *_] = kb.search("computed tomography chest")
        assert hit.modality == "image"
        assert hit.chunk.asset.name == "scan.dcm"
        assert not kb.search('"Moltke"')


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm"])
def test_every_stage_reads_what_also_begins_as_tiff(name: str, tmp_path: Path) -> None:
    """With each encoder and converter of the offline profile: nothing fails, and the picture has
    the vectors of a picture.
    """
    (tmp_path / "scan.dcm").write_bytes(real(name).read_bytes())
    with Library(tmp_path / "kb") as kb:
        assert kb.index(tmp_path / "scan.dcm").failed == ()
        [chunk] = kb.chunks(kb.assets()[0].id)
        assert chunk.part is not None
        assert size(chunk.part) == pixels(chunk.part).shape[1::-1]
        assert {"photo", "colour"} <= {
            s.name for s in kb.kit.spaces if kb.store.vectors(s, [chunk.id])
        }


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    """Damaged, and packed in a way that nothing here knows."""
    path = tmp_path / "cut.dcm"
    path.write_bytes(real("CT_small.dcm").read_bytes()[:9000])
    with pytest.raises(Unreadable, match=r"cut\.dcm"):
        list(DicomParser().parse(asset_of(path)))
    with pytest.raises(Unsupported, match=r"JPGExtended\.dcm is packed"):
        list(DicomParser(identity=True).parse(asset_of(real("JPGExtended.dcm"))))

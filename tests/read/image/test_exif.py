"""What pictures say about themselves."""

from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin

from polysense.read.image import exif, raster

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Bergen">
 <dc:title><rdf:Alt><rdf:li xml:lang="x-default">The pier</rdf:li></rdf:Alt></dc:title>
 <dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>dusk</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"""


def stored_metadata(image: Image.Image, kind: str, **options: object) -> dict[str, object]:
    out = io.BytesIO()
    image.save(out, kind, **options)
    with raster.open_image(out.getvalue()) as stored:
        return dict(exif.read_metadata(stored))


def test_exif_block() -> None:
    """Camera, date, place and description, in words and numbers that can be filtered on."""
    block = Image.Exif()
    block[0x010F], block[0x0110], block[0x010E] = "NIKON", "NIKON D40", "Naive art"
    block.get_ifd(0x8769)[0x9003] = "2019:07:04 12:30:00"
    block.get_ifd(0x8825).update({1: "S", 2: (33.0, 51.0, 36.0), 3: "E", 4: (151.0, 12.0, 0.0)})
    assert stored_metadata(Image.new("RGB", (4, 4)), "JPEG", exif=block) == {
        "camera": "NIKON D40",
        "description": "Naive art",
        "date": "2019-07-04T12:30:00",
        "latitude": -33.86,
        "longitude": 151.2,
    }


def test_xmp_and_its_words() -> None:
    """Title, keywords and town, as words about the picture."""
    metadata = stored_metadata(Image.new("RGB", (4, 4)), "JPEG", xmp=XMP)
    assert metadata == {"title": "The pier", "keywords": ["sea", "dusk"], "city": "Bergen"}
    assert exif.metadata_text(metadata) == "The pier. sea, dusk. Bergen"


def test_png_text() -> None:
    """PNG's own words."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "A chart")
    info.add_text("Software", "Matplotlib")
    assert stored_metadata(Image.new("RGB", (4, 4)), "PNG", pnginfo=info) == {"title": "A chart"}


@pytest.mark.parametrize(
    "junk", ["OLYMPUS DIGITAL CAMERA", "Created with GIMP", '{"shape": [5, 3]}', "0000", "\x02"]
)
def test_junk_is_no_description(junk: str) -> None:
    """What cameras and programs write there says nothing about the picture."""
    block = Image.Exif()
    block[0x010E] = junk
    assert stored_metadata(Image.new("RGB", (4, 4)), "JPEG", exif=block) == {}


@pytest.mark.filterwarnings("ignore")
def test_broken_blocks_are_left_out() -> None:
    """Rubbish where EXIF and XMP should be."""
    assert (
        stored_metadata(
            Image.new("RGB", (4, 4)), "JPEG", exif=b"Exif\0\0MM\0*\0\0\xff\xff", xmp=b"<x:xmpmeta"
        )
        == {}
    )

"""The endings of names that go with a type of file: which files are those of a mime type."""

from __future__ import annotations

from functools import cache
from mimetypes import MimeTypes
from pathlib import PurePosixPath

from polysense.modalities import modality_of_ending
from polysense.read.file import magic, mime, openapi
from polysense.types import Modality

_STANDARD = MimeTypes(filenames=())
"""Python's own table, and no file of the system's: the same answer on every machine."""

_USUAL_ENDINGS = {
    "image/jpeg": "jpg",
    "image/vnd.adobe.photoshop": "psd",
    "image/vnd.ms-dds": "dds",
    "application/vnd.apple.pages": "pages",
    "application/vnd.apple.numbers": "numbers",
    "application/vnd.apple.keynote": "key",
    "image/x-portable-anymap": "pnm",
    "image/x-icon": "ico",
    "image/vnd.microsoft.icon": "ico",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/basic": "au",
    "audio/vnd.wave": "wav",
    "audio/x-nist": "sph",
    "audio/x-matroska": "mka",
    "audio/x-ms-wma": "wma",
    "video/3gpp": "3gp",
    "video/3gpp2": "3g2",
    "video/mp2t": "ts",
    "video/mpeg": "mpg",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/x-matroska": "mkv",
    "video/x-ms-asf": "asf",
    "video/x-ms-wmv": "wmv",
    "video/x-msvideo": "avi",
    "model/gltf-binary": "glb",
    "application/vnd.apache.parquet": "parquet",
    "application/epub+zip": "epub",
    "application/rdf+xml": "rdf",
    "text/x-log": "log",
    "text/x-tex": "tex",
    "text/x-triples": "",
    openapi.OPENAPI: "",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text-template": "ott",
    "application/vnd.oasis.opendocument.presentation-template": "otp",
    "application/vnd.oasis.opendocument.spreadsheet-template": "ots",
    magic.DOCX: "docx",
    magic.PPTX: "pptx",
    magic.XLSX: "xlsx",
    magic.XLS: "xls",
    magic.MSG: "msg",
    magic.TNEF: "tnef",
    magic.DICOM: "dcm",
}
"""Of types whose subtype is not their ending; of text and code, `polysense.read.file.mime` knows
them.
"""


_SUCCESSORS = {
    magic.DOC: ".docx",
    magic.PPT: ".pptx",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": ".xlsx",
    "image/vnd.adobe.photoshop": ".png",
    "application/postscript": ".pdf",
}
"""What the programs that write a type save too, and what is read here."""


def successor(mime_type: str) -> str:
    """The ending of a type that is read, as which the program of one that is not saves it; "" where
    nobody knows.

    >>> successor("application/msword")
    '.docx'
    """
    return _SUCCESSORS.get(mime_type, "")


def usual_endings(mime_type: str) -> tuple[str, ...]:
    """The endings of a type that a table of formats shows, the most usual first.

    >>> usual_endings("image/jpeg"), usual_endings("audio/x-flac"), usual_endings("text/x-go")
    (('.jpg',), ('.flac',), ('.go',))
    """
    by_text = tuple(f".{e}" for e, m in mime.MIME_BY_ENDING.items() if m == mime_type)
    ending = _USUAL_ENDINGS.get(mime_type, mime_type.rpartition("/")[2].removeprefix("x-"))
    return by_text or ((f".{ending}",) if ending else ())


@cache
def all_endings(mime_type: str) -> frozenset[str]:
    """Every ending that files of a type are known to have.

    >>> sorted(all_endings("application/pdf")), ".jpeg" in all_endings("image/jpeg")
    (['.pdf'], True)
    """
    return frozenset((*usual_endings(mime_type), *_STANDARD.guess_all_extensions(mime_type)))


def modality_of_file(name: str, mime_type: str) -> Modality:
    """The modality of a file of this name and type: its type's, save where a package declares a
    modality of its own for such endings, which nothing here knows.

    >>> modality_of_file("/a/roof.png", "image/png"), modality_of_file("a.bin", mime.UNKNOWN)
    ('image', '')
    """
    ending = PurePosixPath(name.lower()).suffix
    is_known = mime.mime_of_ending(ending) or _STANDARD.guess_type(f"x{ending}")[0]
    return (not is_known and modality_of_ending(ending)) or mime.modality_of(mime_type)

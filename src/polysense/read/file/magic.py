"""What a binary file is: by its magic bytes and, for containers, by what their headers list."""

from __future__ import annotations

import bz2
import lzma
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from polysense.read.file.text_types import mime_of_ending

_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, PPTX, XLSX = (
    f"{_OFFICE}{kind}"
    for kind in ("wordprocessingml.document", "presentationml.presentation", "spreadsheetml.sheet")
)
DOC, PPT, XLS, MSG = (
    f"application/{kind}"
    for kind in ("msword", "vnd.ms-powerpoint", "vnd.ms-excel", "vnd.ms-outlook")
)
TNEF = "application/vnd.ms-tnef"
DICOM = "application/dicom"

_OLE_STREAMS = (
    ("__substg1.0_", MSG),
    ("WordDocument", DOC),
    ("PowerPoint Document", PPT),
    ("Workbook", XLS),
    ("Book", XLS),
)
"""How the streams of an OLE container begin, and of which type it is then."""

# Pieces of a container that are looked at on one level, and how many of them are opened: a hostile
# file may claim millions. Judged, not measured.
_MAX_STEPS = 4096
_MAX_NESTED = 64

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (128, b"DICM", DICOM),  # before TIFF, which it may be at the same time
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II+\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AIFF", "audio/aiff"),
    (8, b"AIFC", "audio/aiff"),
    (0, b"fLaC", "audio/flac"),
    (0, b"NIST_1A\n", "audio/x-nist"),
    (0, b".snd\0", "audio/basic"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"caff\0\1", "audio/x-caf"),
    (0, b"glTF", "model/gltf-binary"),
    (0, b"ply\nformat ", "model/ply"),
    (0, b"ply\r\nformat ", "model/ply"),
    (0, b"PAR1", "application/vnd.apache.parquet"),
    (0, b"PARE", "application/vnd.apache.parquet"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\0\0\0\x0cjP  ", "image/jp2"),
    (0, b"DDS |\0\0\0", "image/vnd.ms-dds"),
    (0, b"WARC/1.", "application/warc"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"\0\0\x01\xb3", "video/mpeg"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "video/x-ms-asf"),
    (0, b"7z\xbc\xaf'\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x78\x9f\x3e\x22", TNEF),
    (0, b"%!PS", "application/postscript"),
)
_ANYMAP = re.compile(rb"P[1-6](?:\s|#[^\n]*\n)*+\d{1,9}\s++\d{1,9}\s")
_PACKED_ANYMAP = re.compile(rb"P([56])\n(?:\s|#[^\n]*\n)*+(\d{1,9})\s++(\d{1,9})\s++(\d{1,5})\s")
"""The heads of portable anymaps, and of those of bytes: some text begins so too."""

_ANYMAP_ENDINGS = ("pnm", "ppm", "pgm", "pbm")
_IWORK_BY_ENDING = {"pages": "pages", "numbers": "numbers", "key": "keynote"}
_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}
# A form type at byte 8 counts inside these only.
_FORM_FAMILIES = {8: (b"RIFF", b"RIFX", b"RF64", b"FORM")}

_COMPRESSED: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "application/gzip": (b"\x1f\x8b\x08", lambda raw: zlib.decompressobj(31).decompress(raw, 1024)),
    "application/x-bzip2": (b"BZh", lambda raw: bz2.BZ2Decompressor().decompress(raw, 1024)),
    "application/x-xz": (
        b"\xfd7zXZ\0",
        lambda raw: lzma.LZMADecompressor(memlimit=1 << 27).decompress(raw, 1024),
    ),
}


def sniff_binary(f: BinaryIO, head: bytes, size: int, ending: str) -> str:
    """The mime type of a file that begins with `head`; "" where the bytes tell nothing.

    ending is the name's, without its dot.
    """
    for at, magic, mime in _MAGIC:
        if head.startswith(magic, at) and (
            at not in _FORM_FAMILIES or head[:4] in _FORM_FAMILIES[at]
        ):
            return mime
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _sniff_zip(f, head, size, ending)
    for mime, (magic, unpack) in _COMPRESSED.items():
        if head.startswith(magic):
            try:
                return "application/x-tar" if _is_tar(unpack(head)) else mime
            except (zlib.error, OSError, lzma.LZMAError, EOFError):
                return mime
    if _is_tar(head):
        return "application/x-tar"
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"pnot"):
        return _sniff_isobmff(f, head, size, ending)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _sniff_ebml(f, head, size)
    if head.startswith(b"OggS"):
        return (
            "video/ogg"
            if re.search(rb"\x80theora|\x01video\0|BBCD\0|\x4fVP80", head[:8192])
            else "audio/ogg"
        )
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _sniff_ole(f, head, size, ending)
    if other_mime := _sniff_audio(head) or _sniff_plain_binary(head, size):
        return other_mime
    if _is_anymap(head, size, ending):
        return "image/x-portable-anymap"
    if is_targa(head) and (ending == "tga" or _ends_as_targa(f, size)):
        return "image/x-tga"
    # a PDF may begin with up to 1 KiB of anything else; so may an archive of PDFs, which is why its
    # own signature comes first
    return (
        "application/pdf" if b"%PDF-" in head[:1024] and (ending == "pdf" or b"\0" in head) else ""
    )


def _is_anymap(head: bytes, size: int, ending: str) -> bool:
    """Whether it is one by its name, or by holding the bytes of as many pixels as it says."""
    if ending in _ANYMAP_ENDINGS:
        return _ANYMAP.match(head) is not None
    m = _PACKED_ANYMAP.match(head)
    if m is None or mime_of_ending(ending).startswith("text/"):
        return False
    kind, width, height, top = (int(value) for value in m.groups())
    pixel_bytes = (3 if kind == 6 else 1) * (2 if top > 255 else 1)
    return 0 < top < 1 << 16 and 0 < width * height * pixel_bytes <= size - m.end()


def _sniff_plain_binary(head: bytes, size: int) -> str:
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return "image/bmp"
    if (
        head.startswith((b"\0\0\x01\0", b"\0\0\x02\0"))
        and 0 < int.from_bytes(head[4:6], "little") < 256
        and head[9:10] in (b"\0", b"\xff")
    ):
        return "image/x-icon"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "video/mp2t"
    if size >= 84 and size == 84 + 50 * int.from_bytes(head[80:84], "little"):
        return "model/stl"
    return ""


def is_targa(head: bytes) -> bool:
    """Whether a file may be a Truevision TGA picture: its header has no magic bytes, and little
    that is free (TGA 2.0, section 3).
    """
    if len(head) < 18:
        return False
    has_map, kind, depth, pixel_bits = head[1], head[2], head[7], head[16]
    size = head[12:14] != b"\0\0" and head[14:16] != b"\0\0"
    is_mapped = kind in (1, 9) and has_map == 1 and depth in (15, 16, 24, 32) and pixel_bits == 8
    is_plain = kind in (2, 3, 10, 11) and has_map in (0, 1)
    return size and (is_mapped or (is_plain and pixel_bits in (8, 15, 16, 24, 32)))


def _ends_as_targa(f: BinaryIO, size: int) -> bool:
    f.seek(max(0, size - 26))
    return f.read(26).endswith(b"TRUEVISION-XFILE.\0")


def _sniff_audio(head: bytes) -> str:
    offset = 0
    if head.startswith(b"ID3"):
        offset = 10 + sum((b & 127) << 7 * i for i, b in enumerate(reversed(head[6:10])))
        if offset + 4 > len(head):
            return "audio/mpeg"
        if head.startswith(b"fLaC", offset):
            return "audio/flac"
    frame_header = int.from_bytes(head[offset : offset + 4], "big")
    if frame_header >> 20 != 0xFFF and frame_header >> 21 != 0x7FF:
        return "audio/mpeg" if offset else ""
    if frame_header >> 17 & 3 == 0:  # no MPEG layer: ADTS, which tells the frame's length
        length = int.from_bytes(head[offset + 3 : offset + 6], "big") >> 5 & 0x1FFF
        return (
            "audio/aac"
            if length > 7 and head.startswith(head[offset : offset + 1], offset + length)
            else ""
        )
    is_valid_header = (
        frame_header >> 17 & 3 != 3
        and frame_header >> 19 & 3 != 1
        and frame_header >> 12 & 15 != 15
        and frame_header >> 10 & 3 != 3
    )
    return (
        "audio/mpeg"
        if is_valid_header and head.find(head[offset : offset + 2], offset + 4, offset + 3000) > 0
        else ""
    )


def _is_tar(head: bytes) -> bool:
    checksum = head[148:156].strip(b" \0")
    if len(head) < 512 or not head[0] or not re.fullmatch(rb"[0-7]{1,8}", checksum):
        return False
    # the header's checksum, its own field as spaces
    return int(checksum, 8) == sum(head[:148]) + 256 + sum(head[156:512])


def _sniff_zip(f: BinaryIO, head: bytes, size: int, ending: str) -> str:
    # EPUB and OpenDocument: the first member, stored, names the type
    if head[30:38] == b"mimetype":
        offset = 38 + int.from_bytes(head[28:30], "little")
        if stored_type := re.match(
            rb"application/[\w.+-]+?(?=PK|\s|$)", head[offset : offset + 100]
        ):
            return stored_type.group().decode()
    names = list(_zip_names(f, size))
    if "[Content_Types].xml" in names:
        for folder, mime in (("word/", DOCX), ("ppt/", PPTX), ("xl/", XLSX)):
            if any(n.startswith(folder) for n in names):
                return (
                    "application/vnd.ms-excel.sheet.binary.macroenabled.12"
                    if "xl/workbook.bin" in names
                    else mime
                )
    if "META-INF/container.xml" in names and any(n.endswith(".opf") for n in names):
        return "application/epub+zip"
    if ending in _IWORK_BY_ENDING and any(n.startswith(("Index", "index")) for n in names):
        return f"application/vnd.apple.{_IWORK_BY_ENDING[ending]}"
    return "model/3mf" if "3D/3dmodel.model" in names else "application/zip"


def zip_directory(f: BinaryIO, size: int) -> tuple[int, int]:
    """(length, offset) of a zip's list of members; (0, 0) where there is none.

    APPNOTE.TXT 4.3.14 and 4.3.16.
    """
    f.seek(max(0, size - 65557))
    tail = f.read(65557)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 20:
        return 0, 0
    length, offset = struct.unpack("<II", tail[end + 12 : end + 20])
    wide = tail.rfind(b"PK\x06\x06", 0, end)
    if 0xFFFFFFFF in (length, offset) and 0 <= wide <= len(tail) - 56:
        length, offset = struct.unpack("<QQ", tail[wide + 40 : wide + 56])
    return length, offset


def _zip_names(f: BinaryIO, size: int) -> Iterator[str]:
    """Names in the first MiB of the list of members (4.3.12)."""
    length, offset = zip_directory(f, size)
    f.seek(min(offset, size))
    raw, at = f.read(min(length, 1 << 20)), 0
    while raw.startswith(b"PK\x01\x02", at) and len(raw) >= at + 46:
        name, extra, comment = struct.unpack("<HHH", raw[at + 28 : at + 34])
        yield raw[at + 46 : at + 46 + name].decode("utf-8", "replace").replace("\\", "/")
        at += 46 + name + extra + comment


def _sniff_ole(f: BinaryIO, head: bytes, size: int, ending: str) -> str:
    """Old Office files; a password turns a new one into such a container ([MS-OFFCRYPTO] 2.3)."""
    sector, at = 1 << int.from_bytes(head[30:32], "little") % 16, head[48:52]
    f.seek(min(size, (int.from_bytes(at, "little") + 1) * sector))
    directory = f.read(4096)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        return {"pptx": PPTX, "xlsx": XLSX}.get(ending, DOCX)
    by_ending = {"xls": XLS, "ppt": PPT, "msg": MSG}.get(ending, DOC)
    own_names = list(_root_names(directory))
    types = [mime for start, mime in _OLE_STREAMS if any(n.startswith(start) for n in own_names)]
    if not types:  # the list of entries goes on elsewhere
        types = [mime for name, mime in _OLE_STREAMS if name.encode("utf-16-le") in directory]
    return by_ending if by_ending in types or not types else types[0]


def _root_names(directory: bytes) -> Iterator[str]:
    """The names of what lies in the root of an OLE container ([MS-CFB] 2.6.1): what is embedded
    lies in storages of its own.
    """
    waiting, entries = [int.from_bytes(directory[76:80], "little")], len(directory) // 128
    visited = set[int]()
    while waiting:
        number = waiting.pop()
        if number >= entries or number in visited:
            continue
        visited.add(number)
        entry = directory[128 * number : 128 * (number + 1)]
        yield entry[:64].decode("utf-16-le", "replace").split("\0")[0]
        waiting += [int.from_bytes(entry[at : at + 4], "little") for at in (68, 72)]


ContainerWalk = Callable[[BinaryIO, int, int], Iterator[tuple[bytes, int, int]]]


def _nested_spans(
    walk: ContainerWalk, f: BinaryIO, size: int, path: tuple[bytes, ...]
) -> list[tuple[int, int]]:
    """(start, end) of what lies at `path`, a kind a level, in a container of nested pieces."""
    spans = [(0, size)]
    for kind in path:
        spans = [
            (a, b)
            for start, end in spans[:_MAX_NESTED]
            for k, a, b in walk(f, start, end)
            if k == kind
        ]
    return spans


def _isobmff_boxes(f: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """ISO/IEC 14496-12 boxes: (type, start and end of what they hold)."""
    for _ in range(_MAX_STEPS):
        f.seek(start)
        raw = f.read(16)
        if start + 8 > end or len(raw) < 8:
            return
        size, body = int.from_bytes(raw[:4], "big"), start + 8
        if size == 1:
            size, body = int.from_bytes(raw[8:16], "big"), start + 16
        size = size or end - start
        if size < body - start:
            return
        yield raw[4:8], body, min(start + size, end)
        start += size


def _sniff_isobmff(f: BinaryIO, head: bytes, size: int, ending: str) -> str:
    brand, brands = head[8:12], head[8 : min(int.from_bytes(head[:4], "big"), 256)]
    if head[4:8] == b"ftyp":
        if b"avif" in brands or b"avis" in brands:
            return "image/avif"
        if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"):
            return "image/heic"
        if brand in (b"M4A ", b"M4B ", b"M4P "):
            return "audio/mp4"
    tracks = set()
    for at, _ in _nested_spans(_isobmff_boxes, f, size, (b"moov", b"trak", b"mdia", b"hdlr")):
        f.seek(at + 8)
        tracks.add(f.read(4))
    if b"vide" not in tracks and (b"soun" in tracks or ending in ("m4a", "m4b")):
        return "audio/mp4"
    return "video/mp4" if head[4:8] == b"ftyp" and brand != b"qt  " else "video/quicktime"


def _ebml_elements(f: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """EBML elements (RFC 8794): (id, start and end of what they hold)."""
    for _ in range(_MAX_STEPS):
        f.seek(start)
        raw = f.read(12)
        n = 9 - raw[0].bit_length() if raw else 9
        m = 9 - raw[n].bit_length() if n <= 4 and len(raw) > n else 9
        if start >= end or m > 8 or len(raw) < n + m:
            return
        size = int.from_bytes(raw[n : n + m], "big") & ((1 << 7 * m) - 1)
        body = start + n + m
        stop = end if size == (1 << 7 * m) - 1 else min(body + size, end)
        yield raw[:n], body, stop
        start = stop


def _sniff_ebml(f: BinaryIO, head: bytes, size: int) -> str:
    track_types = set()
    for at, _ in _nested_spans(
        _ebml_elements, f, size, (b"\x18S\x80g", b"\x16T\xaek", b"\xae", b"\x83")
    ):
        f.seek(at)
        track_types.add(f.read(1))
    family = "audio" if b"\x02" in track_types and b"\x01" not in track_types else "video"
    return f"{family}/webm" if b"webm" in head[:64] else f"{family}/x-matroska"

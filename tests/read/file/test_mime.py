"""What a file is, whatever it is called."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import struct
import tarfile
import time
import wave
import zipfile
from pathlib import Path

import pytest

from polysense.read.file.mime import UNKNOWN, modality_of, sniff

from .compound_file import compound_file


def sniff_written(tmp_path: Path, name: str, content: bytes | str) -> str:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return sniff(path)


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def mp4(brand: bytes, *handlers: bytes) -> bytes:
    tracks = b"".join(
        box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + h + bytes(12)))) for h in handlers
    )
    return box(b"ftyp", brand + bytes(4)) + box(b"mdat", bytes(100_000)) + box(b"moov", tracks)


def element(ident: bytes, body: bytes) -> bytes:
    return ident + bytes([0x08]) + len(body).to_bytes(4, "big") + body


def webm(doctype: bytes, *tracks: int) -> bytes:
    entries = b"".join(element(b"\xae", element(b"\x83", bytes([t]))) for t in tracks)
    return element(b"\x1aE\xdf\xa3", element(b"B\x82", doctype)) + element(
        b"\x18S\x80g", element(b"\x16T\xaek", entries)
    )


def zip_bytes(content: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as z:
        for name, body in content.items():
            z.writestr(name, body)
    return raw.getvalue()


def office(part: str) -> bytes:
    return zip_bytes({"[Content_Types].xml": b"", part: b""})


def tar_bytes(name: str = "a", body: bytes = b"") -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as t:
        info = tarfile.TarInfo(name)
        info.size = len(body)
        t.addfile(info, io.BytesIO(body))
    return raw.getvalue()


def wav() -> bytes:
    raw = io.BytesIO()
    with wave.open(raw, "wb") as w:
        w.setparams((1, 2, 8000, 0, "NONE", ""))
        w.writeframes(bytes(100))
    return raw.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
BINARY = [
    ("photo.jpg", b"\x89PNG\r\n\x1a\n" + bytes(20), "image/png"),
    ("notes.txt", b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    ("a.bin", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    ("a.wav", b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
    ("a", wav(), "audio/wav"),
    ("a.mp4", mp4(b"isom", b"soun"), "audio/mp4"),
    ("a.m4a", mp4(b"isom", b"soun", b"vide"), "video/mp4"),
    ("a.x", mp4(b"M4A ", b"soun"), "audio/mp4"),
    ("a.x", mp4(b"qt  ", b"vide"), "video/quicktime"),
    ("a.x", mp4(b"heic"), "image/heic"),
    ("a.x", box(b"ftyp", b"mif1\0\0\0\0avif"), "image/avif"),
    ("a.webm", webm(b"webm", 1, 2), "video/webm"),
    ("a.webm", webm(b"webm", 2), "audio/webm"),
    ("a.mka", webm(b"matroska", 1), "video/x-matroska"),
    ("a.ogv", b"OggS\0\x02" + bytes(22) + b"\x01vorbis", "audio/ogg"),
    ("a.ogg", b"OggS\0\x02" + bytes(22) + b"\x80theora", "video/ogg"),
    (
        "a.txt",
        b"ID3\x03\0\0\0\0\0\0" + b"\xff\xfb\x90\0" + bytes(413) + b"\xff\xfb\x90\0",
        "audio/mpeg",
    ),
    ("a.x", b"FORM\0\0\0\0AIFF", "audio/aiff"),
    ("a.x", b"glTF\x02\0\0\0", "model/gltf-binary"),
    ("a.x", bytes(80) + b"\1\0\0\0" + bytes(50), "model/stl"),
    ("a.x", office("word/document.xml"), OFFICE + "wordprocessingml.document"),
    ("a.zip", office("ppt/presentation.xml"), OFFICE + "presentationml.presentation"),
    ("a.docx", office("xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
    ("a.zip", zip_bytes({"mimetype": b"application/epub+zip", "x": b""}), "application/epub+zip"),
    (
        "a.odt",
        zip_bytes({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "application/vnd.oasis.opendocument.text",
    ),
    ("a.docx", zip_bytes({"readme.txt": b"word/"}), "application/zip"),
    ("a.zip", zip_bytes({"a.pdf": b"%PDF-1.7\n%\xe2\xe3"}), "application/zip"),
    ("a.tar", tar_bytes("a.pdf", b"%PDF-1.7\n%\xe2\xe3"), "application/x-tar"),
    ("a.x", bytes(128) + b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    ("a.x", b"\1" + bytes(127) + b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    ("a.x", tar_bytes(), "application/x-tar"),
    ("a.gz", gzip.compress(tar_bytes()), "application/x-tar"),
    ("a.x", bz2.compress(tar_bytes()), "application/x-tar"),
    ("a.tar.gz", gzip.compress(b"words"), "application/gzip"),
    ("a.csv", b"PAR1" + bytes(20), "application/vnd.apache.parquet"),
    ("a.txt", b"", UNKNOWN),
    ("a.txt", bytes(range(256)), UNKNOWN),
    ("a.py", b"\x7fELF\x02\x01\x01" + bytes(60), UNKNOWN),
]
WORDS = [
    ("a.txt", "Just words.", "text/plain"),
    ("a.jpg", "Just words.", "text/plain"),
    ("README", "Just words.", "text/plain"),
    ("a.md", "# Title", "text/markdown"),
    ("a.md", "<p align=center>", "text/markdown"),
    ("a.txt", "<!DOCTYPE html><html>", "text/html"),
    ("a.html", "<p>piece", "text/html"),
    ("a.html", '<?xml version="1.0"?><!-- x --><html xmlns="x">', "application/xhtml+xml"),
    ("a.xml", '<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg>', "image/svg+xml"),
    ("a", '<svg xmlns="x"/>', "image/svg+xml"),
    ("a.xml", "<?xml version='1.0'?><graphml>", "application/graphml+xml"),
    ("a.xml", "<note/>", "application/xml"),
    ("a.txt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHi", "text/vtt"),
    ("a.txt", "1\n00:00:00,000 --> 00:00:01,000\nHi", "application/x-subrip"),
    ("mail", "From: a@b.c\nTo: d@e.f\nSubject: Hi\nDate: today\n\nBody", "message/rfc822"),
    ("a.txt", "From: London\nNote: a letter\n", "text/plain"),
    ("a.json", json.dumps({"cells": [], "nbformat": 4}), "application/x-ipynb+json"),
    ("a.json", json.dumps({"asset": {"version": "2.0"}, "scenes": []}), "model/gltf+json"),
    ("a.json", json.dumps({"@context": "https://schema.org", "name": "x"}), "application/ld+json"),
    ("a.json", json.dumps({"a": 1}), "application/json"),
    ("a.json", '{"a": 1}\n{"a": 2}\n', "application/x-ndjson"),
    ("a", '{\n "a": 1\n}', "application/json"),
    ("a.txt", "[12] a footnote", "text/plain"),
    ("a.yaml", "a: 1", "application/yaml"),
    ("a.toml", "a = 1", "application/toml"),
    ("a", "\\documentclass{article}", "application/x-tex"),
    ("a.txt", "ply\nformat ascii 1.0\n", "model/ply"),
    ("a.txt", "OFF\n8 6 12\n", "model/off"),
    ("a.txt", "solid x\n facet normal 0 0 1\n", "model/stl"),
    ("a.txt", "# x\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "model/obj"),
    ("a.csv", "a,b\n1,2\n", "text/csv"),
    ("a.tsv", "head\trelation\ttail\nA\tknows\tB\n", "text/x-triples"),
    ("a.csv", "subject,predicate,object\nA,knows,B\n", "text/x-triples"),
    ("a.csv", "from,to,weight\nA,B,1\n", "text/csv"),
    ("a.txt", "@prefix ex: <http://e.org/> .\nex:a ex:b ex:c .", "text/turtle"),
    ("a.txt", '<http://a> <http://b> "c"@en .\n', "application/n-triples"),
    ("a.py", "import os", "text/x-python"),
    ("a.h", "int f(void);", "text/x-c"),
    ("a.h", "namespace x {\n}", "text/x-c++"),
    ("a.m", "x = 1;", "text/x-matlab"),
    ("a.m", "#import <x.h>", "text/x-source"),
    ("a.zig", "const x = 1;", "text/x-source"),
    ("a.php", "<!DOCTYPE html><?php", "text/x-php"),
    ("run", "#!/usr/bin/env python3\n", "text/x-python"),
    ("Dockerfile", "FROM x", "text/x-dockerfile"),
    ("Dockerfile.dev", "FROM x", "text/x-dockerfile"),
    ("CMakeLists.txt", "project(x)", "text/x-cmake"),
    ("Makefile", "all:", "text/x-makefile"),
    ("a.ts", "let x: number", "text/x-typescript"),
    ("a.mmd", "graph TD", "text/x-mermaid"),
]


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    BINARY + WORDS,
    ids=[f"{n}-{i}" for i, (n, _, _) in enumerate(BINARY + WORDS)],
)
def test_by_content(tmp_path: Path, name: str, content: bytes | str, mime: str) -> None:
    """Bytes decide; the name decides only between kinds of text."""
    assert sniff_written(tmp_path, name, content) == mime


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-32", "latin-1", "shift-jis", "gb18030"]
)
def test_words_in_any_encoding_are_words(tmp_path: Path, encoding: str) -> None:
    """Old and wide encodings are text, not binary."""
    text = "Größe" if encoding == "latin-1" else "日本語の文章です。"
    assert sniff_written(tmp_path, "a.txt", (text * 20).encode(encoding)) == "text/plain"


def test_a_locked_office_file_keeps_its_type(tmp_path: Path) -> None:
    """So that its own parser can say that it needs a password."""
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    head[30:32], head[48:52] = (9).to_bytes(2, "little"), (1).to_bytes(4, "little")
    content = bytes(head) + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(480)
    assert sniff_written(tmp_path, "a.xlsx", content) == OFFICE + "spreadsheetml.sheet"
    assert sniff_written(tmp_path, "a.xls", bytes(head)) == "application/vnd.ms-excel"


HOSTILE = [
    b"<?a?>" * 13000,
    b"<!--" * 16000,
    b'"' * 65000,
    b"PK\x03\x04" + b"PK\x05\x06" * 9000,
    b"\x1aE\xdf\xa3" + b"\x80" * 65000,
]
HOSTILE += [b"1" + b"\n" * 65000, b"\n" * 65000]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_beginnings_cost_nothing(tmp_path: Path, hostile: bytes) -> None:
    """No pattern or walk takes long on what was made to slow it."""
    began = time.process_time()
    for name in ("a", "a.json", "a.xml", "a.h"):
        assert sniff_written(tmp_path, name, hostile)
    assert time.process_time() - began < 5


def test_every_type_has_its_modality() -> None:
    """The nine families are told apart; archives have none."""
    expected = {
        "text/html": "text",
        "image/png": "image",
        "audio/aac": "audio",
        "video/mp4": "video",
        "model/stl": "3d",
        "text/css": "code",
    }
    expected |= {
        OFFICE + "spreadsheetml.sheet": "table",
        "text/x-triples": "graph",
        "application/zip": "",
        UNKNOWN: "",
    }
    assert {mime: modality_of(mime) for mime in expected} == expected


def test_real_files_are_what_they_are_called(data: Path) -> None:
    """Extensions of honest collections agree with the content."""
    endings = {
        "png": "image/png",
        "mp4": "video/mp4",
        "wav": "audio/wav",
        "glb": "model/gltf-binary",
        "html": "text/html",
    }
    for ending, mime in endings.items():
        for folder in ("mixed-web-course", "shapes-kaykit", "audio-digits"):
            for path in sorted((data / folder).rglob(f"*.{ending}"))[:40]:
                assert sniff(path) == mime, path


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("a.ppm", b"P6 # by hand\n3 2 255\n" + bytes(18), "image/x-portable-anymap"),
        ("a", b"P5\n3 2\n255\n" + bytes(6), "image/x-portable-anymap"),
        ("a.pbm", b"P1\n2 2\n0 1\n1 0\n", "image/x-portable-anymap"),
        ("a.txt", b"P6 12 30 places are left\n", "text/plain"),
        ("notes.txt", b"P5\n10 20 30 notes", "text/plain"),
        ("notes", b"P5\n10 20 30 notes", "text/plain"),
        ("notes.txt", b"P5\n1 2 3 notes of it all", "text/plain"),
        ("a.csv", b"P6\n2023 2024\nbudget,1\n", "text/csv"),
    ],
)
def test_portable_anymaps(tmp_path: Path, name: str, content: bytes, mime: str) -> None:
    """With and without comments and endings; words that begin so are words."""
    assert sniff_written(tmp_path, name, content) == mime


@pytest.mark.parametrize(
    ("streams", "mime"),
    [
        (["__properties_version1.0", "__substg1.0_0037001F"], "application/vnd.ms-outlook"),
        (["Workbook"], "application/vnd.ms-excel"),
        (["Book"], "application/vnd.ms-excel"),
        (["PowerPoint Document"], "application/vnd.ms-powerpoint"),
        (["WordDocument", "Workbook"], "application/msword"),
        (["Something"], "application/msword"),
    ],
)
def test_old_office_files_by_what_is_in_them(tmp_path: Path, streams: list[str], mime: str) -> None:
    """Whatever they are called; where nothing tells, by the ending."""
    content = compound_file(dict.fromkeys(streams, b"x"))
    assert sniff_written(tmp_path, "attachment.dat", content) == mime
    if streams == ["Something"]:
        assert sniff_written(tmp_path, "a.msg", content) == "application/vnd.ms-outlook"


@pytest.mark.parametrize(
    ("ending", "stream", "inner"),
    [
        ("xls", "Workbook", "WordDocument"),
        ("xls", "Workbook", "__substg1.0_0037001F"),
        ("doc", "WordDocument", "Workbook"),
        ("ppt", "PowerPoint Document", "WordDocument"),
    ],
)
def test_old_office_files_with_another_in_them(
    tmp_path: Path, ending: str, stream: str, inner: str
) -> None:
    """What is embedded lies in a storage of its own and decides nothing, whatever the name."""
    mimes = {"xls": "vnd.ms-excel", "doc": "msword", "ppt": "vnd.ms-powerpoint"}
    content = compound_file({stream: b"x", "MBD00012345": {inner: b"y"}})
    for name in (f"a.{ending}", "a.dat"):
        assert sniff_written(tmp_path, name, content) == f"application/{mimes[ending]}"


def test_a_scan_that_is_a_tiff_too(tmp_path: Path) -> None:
    """The 128 bytes before DICOM's sign may be another format's."""
    content = b"II*\0" + bytes(124) + b"DICM" + bytes(300)
    assert sniff_written(tmp_path, "a.tif", content) == "application/dicom"
    assert modality_of("application/dicom") == "image"


@pytest.mark.parametrize(
    ("name", "head", "mime"),
    [
        ("note.html", "<tt>make</tt>", "text/html"),
        ("a", '<tt xmlns="http://www.w3.org/ns/ttml">', "application/ttml+xml"),
        ("a.xml", '<tt xmlns="http://www.w3.org/2006/10/ttaf1">', "application/ttml+xml"),
        ("a.ttml", "<tt>", "application/ttml+xml"),
    ],
)
def test_a_page_in_typewriter_letters_is_no_subtitles(
    tmp_path: Path, name: str, head: str, mime: str
) -> None:
    """The name of the file, or of the markup, tells."""
    (tmp_path / name).write_text(head)
    assert sniff(tmp_path / name) == mime

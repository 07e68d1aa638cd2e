"""Office files with the names of the strict standard."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from polysense.read.document.docx import DocxParser
from polysense.read.file.mime import sniff
from polysense.read.file.strict_office import open_office_file
from polysense.read.table.workbook.parser import WorkbookParser
from polysense.types import Asset, Chunk


def strict_copy(source: Path, target: Path) -> Asset:
    """As the office programs save it in the strict form."""
    usual = re.compile(rb"http://schemas\.openxmlformats\.org/(\w+)/2006/([A-Za-z/]+)")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if "Content_Types" not in name and "docProps" not in name:
                data = usual.sub(
                    lambda m: (
                        m[0]
                        if m[1] == b"package"
                        else b"http://purl.oclc.org/ooxml/" + m[1] + b"/" + m[2]
                    ),
                    data,
                )
            new.writestr(name, data)
    mime = sniff(target)
    return Asset("0" * 32, str(target), mime, "text", target.stat().st_size, path=target)


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_it_is_read_like_any_other(tmp_path: Path, kind: str) -> None:
    """Words and cells."""
    usual = tmp_path / f"usual.{kind}"
    if kind == "docx":
        document = docx.Document()
        document.add_paragraph("The mast is 31 m high.")
        document.save(str(usual))
    else:
        book = openpyxl.Workbook()
        book.active.append(["The mast is 31 m high."])
        book.save(usual)
    asset = strict_copy(usual, tmp_path / f"strict.{kind}")
    parser = DocxParser() if kind == "docx" else WorkbookParser()
    texts = [c.text for c in parser.parse(asset) if isinstance(c, Chunk)]
    assert texts[-1:] == ["The mast is 31 m high."]


def test_damaged_relations_are_left_to_the_reader(tmp_path: Path) -> None:
    """What names the parts of the file cannot be unpacked: no error of the zip reader's own."""
    path = tmp_path / "cut.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("_rels/.rels", "x" * 4000)
    raw = bytearray(path.read_bytes())
    raw[45:60] = b"\xff" * 15
    path.write_bytes(bytes(raw))
    with open_office_file(path) as file:
        assert file.read() == bytes(raw)

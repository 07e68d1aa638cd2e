"""Files attached to PDFs."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from polysense.errors import Unreadable
from polysense.read.file.archive import extract, members
from polysense.read.file.pdf_attachments import has_attachments


def make_pdf(path: Path, files: dict[str, bytes]) -> None:
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(200, 200)
    for name, data in files.items():
        pdf.new_attachment(name).set_data(data)
    pdf.save(path)
    pdf.close()


def test_attached_files_are_members(tmp_path: Path) -> None:
    """Each by its name, with its bytes."""
    path = tmp_path / "a.pdf"
    make_pdf(path, {"Größe.csv": b"a,b\n1,2\n", "note.txt": b"The rudder is in the barn."})
    assert sorted(m.name for m in members(path)) == ["Größe.csv", "note.txt"]
    extract(path, "note.txt", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"The rudder is in the barn."


def test_a_pdf_without_files_is_not_opened(tmp_path: Path) -> None:
    """Most have none: that is told by a look at the bytes."""
    make_pdf(tmp_path / "a.pdf", {})
    assert not has_attachments(tmp_path / "a.pdf")
    assert list(members(tmp_path / "a.pdf")) == []
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4\n/EmbeddedFile rubbish")
    with pytest.raises(Unreadable):
        list(members(tmp_path / "b.pdf"))

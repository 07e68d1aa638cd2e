"""Files attached to PDFs."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from polysense.errors import TooLarge, Unreadable
from polysense.read.file import pdf_attachments as pdf_attachments_module
from polysense.read.file.archive import Limits, extract, local_path, members
from polysense.read.file.pdf_attachments import has_attachments, pdf_attachments


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


def test_what_unpacks_to_too_much_stays_there(tmp_path: Path) -> None:
    """Sizes are told before bytes are taken, and what is left fits."""
    path = tmp_path / "a.pdf"
    make_pdf(path, {"big.txt": b"x" * 900, "small.txt": b"y" * 90})
    files = pdf_attachments(path, 9, 100)
    (big, small) = (next(files), next(files))
    assert (big.size, small.size) == (900, 90)
    with small.open() as f:
        assert f.read() == b"y" * 90
    with pytest.raises(TooLarge, match="far more"):
        big.open()
    assert [m.reason for m in members(path, Limits(member=100))] == [
        "holds 900 bytes; the limit is 100",
        "",
    ]
    with pytest.raises(TooLarge):
        list(members(path, Limits(members=1)))


def test_a_crash_of_the_reader_takes_nothing_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in a process of its own, as what hangs does."""
    path = tmp_path / "a.pdf"
    make_pdf(path, {"a.txt": b"x"})
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(TooLarge, match="crashed"):
        list(members(path))


def test_many_files_are_unpacked_in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one name, too: not one opening of the PDF for each."""
    path = tmp_path / "a.pdf"
    make_pdf(path, {f"{n}/n.txt": str(n).encode() for n in range(30)})
    monkeypatch.setattr("polysense.read.file.archive._SMALL_BYTES", 0)
    calls = []
    original = pdf_attachments_module._in_process
    monkeypatch.setattr(
        pdf_attachments_module, "_in_process", lambda *a: calls.append(a) or original(*a)
    )
    uris = [f"{path}!/{m.name}" for m in members(path, Limits(ratio=10**6))]
    contents = {local_path(u, tmp_path / "cache", Limits(ratio=10**6)).read_bytes() for u in uris}
    assert len(contents) == 30
    assert len(calls) == 3

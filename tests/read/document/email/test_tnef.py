"""winmail.dat: alone, attached to a mail, and in a box of mails."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from polysense.library import Library
from polysense.read.document.email.tnef import TnefParser
from polysense.read.file.archive import local_path, members
from polysense.read.file.mime import sniff
from polysense.registry import Kit
from polysense.testing import check_parser
from polysense.types import Asset

from ...file.test_tnef import OFFER, attribute, properties, tnef

TNEF = "application/vnd.ms-tnef"
MAIL = (
    b"From: ole@brandt.example\nSubject: Offer\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee below.\n'
    b"--b\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n"
    b'Content-Disposition: attachment; filename="winmail.dat"\n\n'
    + base64.encodebytes(OFFER)
    + b"--b--\n"
)


def test_a_message_is_read_as_any_mail(tmp_path: Path) -> None:
    """Head, words, and what is attached by name and as a file in it."""
    path = tmp_path / "winmail.dat"
    path.write_bytes(OFFER)
    assert sniff(path) == TNEF
    asset = Asset("0" * 32, str(path), TNEF, "text", path.stat().st_size, path=path)
    chunks = check_parser(TnefParser(), asset)
    by_place = {str(c.span): c for c in chunks}
    assert by_place["L1-3, head"].text.startswith("Subject: Angebot für den Kran\nFrom: Ole")
    assert by_place["L1-2, body"].text == "The crane costs 48,200 euros.\nIt comes in March."
    assert any("terms.txt (text/plain)" in c.text for c in chunks)
    assert [m.name for m in members(path)] == ["terms.txt", "hull.bin"]
    terms = local_path(f"{path}!/terms.txt", tmp_path / "cache")
    assert terms.read_bytes() == b"Payment within thirty days.\n"


@pytest.mark.parametrize(
    ("name", "raw", "label"),
    [
        ("winmail.dat", OFFER, "winmail.dat"),
        ("offer.eml", MAIL, "offer.eml > winmail.dat"),
        ("box.mbox", b"From x@y.example Wed Feb  7 09:30:00 2024\n" + MAIL,
         "box.mbox > 00001 Offer.eml > winmail.dat"),
    ],
)  # fmt: skip
def test_it_is_asked_and_cited(
    tmp_path: Path, bare: Kit, name: str, raw: bytes, label: str
) -> None:
    """Its words, and those of the file attached to it."""
    (tmp_path / name).write_bytes(raw)
    with Library(tmp_path / "kb", kit=bare) as kb:
        assert [f.uri.rpartition("/")[2] for f in kb.index(tmp_path / name).failed] == ["hull.bin"]
        answer = kb.ask("What does the crane cost?")
        assert "48,200" in answer.text
        assert answer.evidence[0].hit.chunk.asset.label == label
        answer = kb.ask("Within how many days is payment due?")
        assert answer.evidence[0].hit.chunk.asset.label == f"{label} > terms.txt"


def test_a_body_of_rich_text_alone_is_a_file_in_the_message(tmp_path: Path) -> None:
    """It is unpacked, and read as any attached file is."""
    rich = rb"{\rtf1\ansi The mast is of spruce.}"
    packed = b"\0\0\0\0" + len(rich).to_bytes(4, "little") + b"MELA\0\0\0\0" + rich
    path = tmp_path / "winmail.dat"
    path.write_bytes(tnef(attribute(1, 0x69003, properties({(0x1009, 0x0102): packed}))))
    assert [m.name for m in members(path)] == ["message.rtf"]
    assert local_path(f"{path}!/message.rtf", tmp_path / "cache").read_bytes() == rich

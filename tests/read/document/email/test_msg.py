"""Messages that Outlook has saved, written here after [MS-OXMSG]."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("oxmsg", reason="needs the extra msg")

from polysense.errors import TooLarge, Unreadable
from polysense.library import Library
from polysense.read.document.email.msg import OutlookParser
from polysense.read.file.archive import local_path, members
from polysense.read.file.mime import sniff
from polysense.read.image.decode import pixels, png
from polysense.registry import Kit
from polysense.testing import check_parser
from polysense.types import Asset, Chunk

from ...file.compound_file import (
    attached_file,
    attached_message,
    compound_file,
    outlook_message,
    properties,
)

MSG = "application/vnd.ms-outlook"
PICTURE = png(np.full((8, 12, 3), (200, 30, 30), np.uint8))
PAGE = b'<p>The crane lifts <b>twelve</b> tonnes.</p><img src="cid:crane@x" alt="The red crane">'
OFFER = outlook_message(
    "Offer for the crane",
    "Dear Ingrid,\r\n\r\nThe crane costs 48,200 euros and comes in March.\r\n",
    sender=("Ole Brandt", "ole@brandt.example"),
    to=[("Ingrid Voss", "ingrid@voss.example")],
    html=PAGE,
    sent=datetime(2024, 2, 7, 9, 30, tzinfo=UTC),
    attached=[
        attached_file("crane.png", PICTURE, "image/png", "crane@x"),
        attached_file("terms.txt", b"Payment within thirty days. " * 400, "text/plain"),
        attached_message(
            outlook_message("Old crane", "The old crane rusts.", sender=("Per Dahl", ""), is_inner=True,
                            attached=[attached_file("rust.csv", b"part,rust\nhook,much\n")])
        ),
    ],
)  # fmt: skip


def read(path: Path) -> list[Chunk]:
    assert sniff(path) == MSG
    asset = Asset("0" * 32, str(path), MSG, "text", path.stat().st_size, path=path)
    return check_parser(OutlookParser(), asset)


@pytest.fixture
def offer(tmp_path: Path) -> Path:
    path = tmp_path / "offer.msg"
    path.write_bytes(compound_file(OFFER))
    return path


def test_a_message_is_read_as_any_mail(offer: Path) -> None:
    """Head, the page with its picture, what is attached by name, and the message in it."""
    chunks = read(offer)
    by_place = {str(c.span): c for c in chunks}
    head = by_place["L1-4, head"]
    assert head.text.split("\n") == [
        "Subject: Offer for the crane",
        "From: Ole Brandt <ole@brandt.example>",
        "To: Ingrid Voss <ingrid@voss.example>",
        "Date: Wed, 07 Feb 2024 09:30:00 +0000",
    ]
    assert head.meta["title"] == "Offer for the crane"
    assert head.meta["from"] == "Ole Brandt <ole@brandt.example>"
    assert by_place["L1, body"].text.startswith("The crane lifts twelve tonnes.")
    assert any("terms.txt (text/plain)" in c.text for c in chunks)
    [rust] = [c for c in chunks if "rusts" in c.text]
    assert "Old crane" in rust.context
    [picture] = [c for c in chunks if c.modality == "image"]
    assert picture.part is not None
    assert pixels(picture.part).shape == (8, 12, 3)


def test_what_is_attached_is_a_file_in_it(offer: Path, tmp_path: Path) -> None:
    """Also what the message in it has; a picture that the page shows is none."""
    assert [m.name for m in members(offer)] == ["terms.txt", "rust.csv"]
    terms = local_path(f"{offer}!/terms.txt", tmp_path / "cache")
    assert terms.read_bytes().startswith(b"Payment within thirty days.")


def test_it_is_asked_and_cited(offer: Path, tmp_path: Path, bare: Kit) -> None:
    """Through the library, what is attached too."""
    with Library(tmp_path / "kb", kit=bare) as kb:
        report = kb.index(offer)
        assert not report.failed
        answer = kb.ask("How many tonnes does the crane lift?")
        assert "twelve" in answer.text
        assert answer.evidence[0].hit.chunk.asset.name == "offer.msg"
        answer = kb.ask("Within how many days is payment due?")
        assert answer.evidence[0].hit.chunk.asset.label == "offer.msg > terms.txt"


@pytest.mark.parametrize("codepage", [0, 1251])
def test_words_in_an_old_code_page(tmp_path: Path, codepage: int) -> None:
    """The message tells which."""
    tree = outlook_message("Счёт", "Оплата до пятницы.", codepage=codepage)
    (tmp_path / "a.msg").write_bytes(compound_file(tree))
    assert [c.text for c in read(tmp_path / "a.msg")] == ["Subject: Счёт", "Оплата до пятницы."]


def test_what_is_damaged_says_so(offer: Path) -> None:
    """Cut short, or claiming more than it holds."""
    raw = bytearray(offer.read_bytes())
    offer.write_bytes(raw[:1500])
    asset = Asset("0" * 32, str(offer), MSG, "text", 1, path=offer)
    with pytest.raises(Unreadable, match=r"offer\.msg"):
        list(OutlookParser().parse(asset))
    raw[44:48] = (1 << 30).to_bytes(4, "little")
    offer.write_bytes(raw)
    with pytest.raises(TooLarge, match=r"offer\.msg claims"):
        list(OutlookParser().parse(asset))


def test_streams_that_share_their_bytes(tmp_path: Path) -> None:
    """A small file that would unpack to a large one is refused before it is."""
    tree = {f"__substg1.0_{n:08X}": b"x" * 5000 for n in range(40)}
    raw = bytearray(compound_file(tree | {"__properties_version1.0": bytes(32)}))
    size = (5000).to_bytes(8, "little")
    while (at := bytes(raw).find(size)) >= 0:
        raw[at : at + 8] = (2_000_000).to_bytes(8, "little")
    (tmp_path / "a.msg").write_bytes(raw)
    asset = Asset("0" * 32, str(tmp_path / "a.msg"), MSG, "text", 1, path=tmp_path / "a.msg")
    with pytest.raises(TooLarge, match="far more than its size"):
        list(OutlookParser().parse(asset))


def test_a_body_of_rich_text_alone_is_a_file_in_the_message(tmp_path: Path) -> None:
    """It is unpacked, and read as any attached file is."""
    rich = rb"{\rtf1\ansi The mast is of spruce.}"
    packed = b"\0\0\0\0" + len(rich).to_bytes(4, "little") + b"MELA\0\0\0\0" + rich
    path = tmp_path / "rich.msg"
    path.write_bytes(compound_file(properties({0x0037: "Mast", 0x1009: packed}, 32)))
    assert any("message.rtf" in c.text for c in read(path))
    assert [m.name for m in members(path)] == ["message.rtf"]
    cache = tmp_path / "cache"
    assert local_path(f"{path}!/message.rtf", cache).read_bytes() == rich

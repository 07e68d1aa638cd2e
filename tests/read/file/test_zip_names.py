"""Names of members as their writers saw them."""

from __future__ import annotations

import io
import zipfile

import pytest

from polysense.read.file.zip_names import named_members


def zip_with(names: list[bytes]) -> zipfile.ZipFile:
    """A zip whose names are these bytes, without a word of their encoding."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as z:
        for n, name in enumerate(names):
            z.writestr(f"{n}" * len(name), "x")
    raw = stream.getvalue()
    for n, name in enumerate(names):
        raw = raw.replace(f"{n}".encode() * len(name), name)
    return zipfile.ZipFile(io.BytesIO(raw))


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (["报告和合同.txt", "会议记录.doc"], "gbk"),
        (["报告.txt"], "gbk"),
        (["Отчёт за март.txt", "Договор.doc"], "cp866"),
        (["議事録と見積もり.txt", "プラン.doc"], "cp932"),
        (["Größe.txt", "Müller Söhne.doc"], "cp437"),
        (["Über uns.txt", "señal.doc"], "utf-8"),
        (["Größe.txt"], "cp850"),
        (["Fußböden.txt"], "cp437"),
        (["Öl.txt"], "cp437"),
        (["été à Orléans.txt"], "cp850"),
        (["да.txt"], "cp866"),
        (["报告v2.txt"], "gbk"),
        (["報告.txt"], "big5"),
    ],
)
def test_names_without_an_encoding(names: list[str], encoding: str) -> None:
    """All are in that in which they read like words."""
    with zip_with([name.encode(encoding) for name in names]) as container:
        assert list(named_members(container.infolist())) == names


def test_names_that_tell_it() -> None:
    """They stay, and folders are no files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as z:
        z.writestr("报告/", "")
        z.writestr("报告/Größe.txt", "x")
    with zipfile.ZipFile(stream) as container:
        assert list(named_members(container.infolist())) == ["报告/Größe.txt"]


def test_a_name_of_no_letters() -> None:
    """A damaged directory tells of it; it is a member all the same."""
    nameless = zipfile.ZipInfo()
    nameless.filename = ""
    assert list(named_members([nameless])) == [""]

"""Messages kept as properties: what their numbers mean."""

from __future__ import annotations

import codecs

import pytest

from polysense.read.file.mapi import encoding_of


@pytest.mark.parametrize(
    ("page", "encoding"),
    [
        (50220, "iso2022_jp"), (50221, "iso2022_jp"), (50222, "iso2022_jp"), (51949, "euc_kr"),
        (51932, "euc_jp"), (20932, "euc_jp"), (28605, "iso8859-15"), (28592, "iso8859-2"),
        (28599, "iso8859-9"), (1252, "cp1252"), (65001, "utf-8"), (20866, "koi8-r"),
    ],
)  # fmt: skip
def test_code_pages(page: int, encoding: str) -> None:
    """Each as Python calls it."""
    assert encoding_of(page) == encoding
    assert codecs.lookup(encoding)

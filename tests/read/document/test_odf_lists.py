"""The numbers of lists in OpenDocument texts, as odfpy writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polysense.read.document.odt import OdtParser
from polysense.read.file.mime import sniff
from polysense.types import Asset, Chunk

odf = pytest.importorskip("odf.opendocument")


def numbered_text() -> Any:
    from odf.text import ListLevelStyleBullet, ListLevelStyleNumber, ListStyle

    document = odf.OpenDocumentText()
    style = ListStyle(name="L1")
    style.addElement(ListLevelStyleNumber(level=1, numformat="1", numsuffix=".", startvalue=2))
    style.addElement(ListLevelStyleNumber(level=2, numformat="1", displaylevels=2))
    document.automaticstyles.addElement(style)
    bullets = ListStyle(name="L2")
    bullets.addElement(ListLevelStyleBullet(level=1, bulletchar="•"))
    document.automaticstyles.addElement(bullets)
    return document


def add_list(parent: Any, style: str, items: list[Any], **attributes: Any) -> None:
    """A list of words, or of words and the list below them."""
    from odf.text import List, ListItem, P

    element = List(**({"stylename": style} if style else {}), **attributes)
    for words in items:
        entry = ListItem(**({"startvalue": 7} if words == "seven" else {}))
        if isinstance(words, list):
            entry.addElement(P(text=words[0]))
            entry.addElement(P(text="more"))
            add_list(entry, "", words[1:])
        else:
            entry.addElement(P(text=words))
        element.addElement(entry)
    parent.addElement(element)


def read(document: Any, path: Path) -> list[str]:
    document.save(str(path))
    asset = Asset("0" * 32, str(path), sniff(path), "text", 1, path=path)
    chunks = [c for c in OdtParser().parse(asset) if isinstance(c, Chunk)]
    return [line for c in chunks for line in c.text.split("\n") if line]


def test_numbers_stand_before_the_words(tmp_path: Path) -> None:
    """With those of the levels above where they are shown; what has bullets has none."""
    document = numbered_text()
    add_list(document.text, "L1", ["stop", ["close", "tank", "pump"], "seven", "lift"])
    add_list(document.text, "L2", ["red", "green"])
    assert read(document, tmp_path / "a.odt") == [
        "2. stop", "3. close", "more", "3.1 tank", "3.2 pump", "7. seven", "8. lift", "red",
        "green",
    ]  # fmt: skip


def test_lists_that_go_on(tmp_path: Path) -> None:
    """Behind other words, where they say so."""
    document = numbered_text()
    add_list(document.text, "L1", ["a", "b"])
    add_list(document.text, "L1", ["c"], continuenumbering="true")
    add_list(document.text, "L1", ["d"])
    assert read(document, tmp_path / "a.odt") == ["2. a", "3. b", "4. c", "2. d"]

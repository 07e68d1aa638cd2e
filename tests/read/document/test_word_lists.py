"""The numbers of Word's lists, with definitions written here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from polysense.library import Library
from polysense.read.document.docx import DocxParser
from polysense.registry import Kit
from polysense.types import Asset, Chunk


def level(number: int, text: str, kind: str = "decimal", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def define(document: Any, key: int, levels: str, override: str = "") -> None:
    """A list of these levels, and one number of it."""
    root = document.part.numbering_part.element
    names = nsdecls("w")
    root.insert(
        0, parse_xml(f'<w:abstractNum {names} w:abstractNumId="{key}">{levels}</w:abstractNum>')
    )
    number(document, key, key, override)


def number(document: Any, key: int, list_key: int, override: str = "") -> None:
    document.part.numbering_part.element.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{key}"><w:abstractNumId w:val="{list_key}"/>{override}</w:num>')
    )  # fmt: skip


def item(holder: Any, words: str, key: int, depth: int = 0) -> None:
    p = holder.add_paragraph(words)
    p._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{key}"/></w:numPr>')
    )  # fmt: skip


def read(document: Any, path: Path) -> list[Chunk]:
    document.save(str(path))
    asset = Asset("0" * 32, str(path), next(iter(DocxParser.accepts)), "text", 1, path=path)
    return [c for c in DocxParser().parse(asset) if isinstance(c, Chunk)]


def lines(chunk: Chunk) -> list[str]:
    return [line for line in chunk.text.split("\n") if line]


def test_levels_and_bullets(tmp_path: Path) -> None:
    """ "2.1" within 2, anew within 3; letters; bullets and what has no number stay as they are."""
    document = docx.Document()
    define(document, 71, level(0, "%1.") + level(1, "%1.%2") + level(2, "(%3)", "lowerLetter"))
    define(document, 72, level(0, "•", "bullet"))
    steps = (
        ("Stop", 0),
        ("Close", 0),
        ("tank", 1),
        ("pump", 1),
        ("left", 2),
        ("Lift", 0),
        ("seal", 1),
    )
    for words, depth in steps:
        item(document, words, 71, depth)
    item(document, "red", 72)
    item(document, "plain", 0)
    [chunk] = read(document, tmp_path / "a.docx")
    assert lines(chunk) == [
        "1. Stop", "2. Close", "2.1 tank", "2.2 pump", "(a) left", "3. Lift", "3.1 seal", "red",
        "plain",
    ]  # fmt: skip


def test_where_numbers_begin(tmp_path: Path) -> None:
    """A list goes on behind other words; a number that says so begins it anew; the empty count."""
    document = docx.Document()
    define(document, 71, level(0, "Step %1:"))
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    number(document, 73, 71, start)
    for words, key in (("a", 71), ("", 71), ("b", 71), ("c", 73), ("d", 73)):
        item(document, words, key)
    [chunk] = read(document, tmp_path / "a.docx")
    assert lines(chunk) == ["Step 1: a", "Step 3: b", "Step 5: c", "Step 6: d"]


def test_styles_headings_and_tables(tmp_path: Path) -> None:
    """A style may number its paragraphs; headings and cells are numbered too."""
    document = docx.Document()
    define(document, 71, level(0, "%1"))
    item(document, "Pump", 71)
    document.paragraphs[0].style = document.styles["Heading 1"]
    document.add_paragraph("Stop", style="List Number")
    document.add_paragraph("Lift", style="List Number")
    cell = document.add_table(1, 1).cell(0, 0)
    item(cell, "Seal", 71)
    text, table = read(document, tmp_path / "a.docx")
    assert text.context == "a > 1 Pump"
    assert lines(text) == ["1 Pump", "1. Stop", "2. Lift"]
    assert "2 Seal" in table.text


@pytest.mark.parametrize("kind", ["odd", "none"])
def test_other_numbers(tmp_path: Path, kind: str) -> None:
    """What is no number is nothing."""
    document = docx.Document()
    define(document, 71, level(0, "%1.", kind))
    item(document, "Stop", 71)
    [chunk] = read(document, tmp_path / "a.docx")
    assert chunk.text == "Stop"


def test_a_step_is_said_with_its_number(tmp_path: Path, bare: Kit) -> None:
    """So that "repeat step 2" can be followed."""
    document = docx.Document()
    document.add_heading("Changing the pump", 1)
    for words in ("Switch off the power.", "Close the valve of the tank.", "Lift the pump out."):
        document.add_paragraph(words, style="List Number")
    document.save(str(tmp_path / "a.docx"))
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(tmp_path / "a.docx")
        answer = kb.ask("Which valve do I close?")
    assert "2. Close the valve of the tank." in answer.text

"""The XML of Word documents."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import docx
from lxml import etree

from polysense.read.document import word_xml
from polysense.read.document.word_xml import W

NAMESPACE = f'xmlns:w="{W[1:-1]}"'


def element(xml: str) -> Any:
    return etree.fromstring(f"<w:body {NAMESPACE}>{xml}</w:body>")


DELETION = '<w:trPr><w:del w:id="1"/></w:trPr>'


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_text_without_what_is_hidden() -> None:
    """Tabs, breaks and text boxes keep words apart; deletions are not words."""
    (p,) = element(
        "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>"
        f"<w:del><w:r><w:t>gone</w:t></w:r></w:del>{paragraph('boxed')}</w:p>"
    )
    assert word_xml.element_text(p) == "a\tb\nc\nboxed"


def run(text: str, properties: str) -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def test_hidden_struck_and_raised_runs() -> None:
    """What is hidden or struck out is no word, reading aids are none, a raised digit is apart."""
    raised, unstruck = '<w:vertAlign w:val="superscript"/>', '<w:strike w:val="0"/>'
    (p,) = element(
        f"<w:p>{run('gone', '<w:vanish/>')}{run('40', '<w:strike/>')}{run('41', '<w:dstrike/>')}"
        f"{run('55 a ton, 10', unstruck)}{run('6', raised)}"
        f"{run(' grams, in 1887', '')}{run('3', raised)}"
        f"<w:r><w:ruby><w:rt>{run('とう', '')}</w:rt><w:rubyBase>{run('灯', '')}</w:rubyBase>"
        "</w:ruby></w:r></w:p>"
    )
    assert word_xml.element_text(p) == "55 a ton, 10^6 grams, in 1887灯"


def test_elements_out_of_whatever_holds_them() -> None:
    """Content controls and accepted insertions."""
    body = element(
        f"<w:sdt><w:sdtContent>{paragraph('a')}</w:sdtContent></w:sdt>"
        f"<w:ins>{paragraph('b')}</w:ins><w:del>{paragraph('c')}</w:del><w:tbl/>"
    )
    tags = [e.tag.removeprefix(W) for e in word_xml.body_elements(body)]
    assert tags == ["p", "p", "tbl"]


def test_cells_that_span_columns_or_are_merged_upwards() -> None:
    """Each row has a text for every column; long ones are not repeated."""
    merged = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph('')}</w:tc>"
    wide = f"<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{paragraph('wide')}</w:tc>"
    (row,) = element(f"<w:tr>{merged}{wide}{merged}</w:tr>")
    assert word_xml.row_cells(row, ["North", "", "", "x" * 101]) == ["North", "wide", "", ""]


def test_headings_by_name_descent_and_outline() -> None:
    """The title's level is 0."""
    document = docx.Document()
    own = document.styles.add_style("My heading", 1)
    own.base_style = document.styles["Heading 2"]
    levels = word_xml.heading_levels(document)
    assert (levels["Title"], levels["Heading1"], levels["Myheading"]) == (0, 1, 2)
    assert "Normal" not in levels
    (p,) = element("<w:p><w:pPr><w:pStyle w:val='X'/><w:outlineLvl w:val='1'/></w:pPr></w:p>")
    assert (word_xml.style_id(p), word_xml.outline_level(p)) == ("X", 2)


def test_notes_of_a_part() -> None:
    """Without those that only draw a line; broken XML holds none."""
    xml = (
        f"<w:footnotes {NAMESPACE}><w:footnote w:id='0' w:type='separator'>{paragraph('-')}"
        f"</w:footnote><w:footnote w:id='2'>{paragraph('Sic.')}</w:footnote></w:footnotes>"
    )
    assert list(word_xml.note_texts(SimpleNamespace(blob=xml.encode()))) == [("2", "Sic.")]
    assert list(word_xml.note_texts(SimpleNamespace(blob=b"<a"))) == []


def test_the_surroundings_of_a_picture() -> None:
    """Its caption first, wherever it stands."""
    body = element("".join(map(paragraph, ("Before.", "In it.", "Figure 1: Rain"))))
    assert word_xml.picture_surroundings(list(body), 1) == ["Figure 1: Rain", "Before. In it."]


def test_white_words() -> None:
    """On the white page nobody reads them; on a ground of their own everybody does."""
    white, dark = '<w:color w:val="FFFFFF"/>', '<w:shd w:fill="000080"/>'
    p, shaded, table = element(
        f"<w:p>{run('seen ', '')}{run('ghost', white)}{run('sign', white + dark)}</w:p>"
        f"<w:p><w:pPr>{dark}</w:pPr>{run('bar', white)}</w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('head', white)}</w:p></w:tc></w:tr></w:tbl>"
    )
    texts = [word_xml.element_text(e).strip() for e in (p, shaded, table)]
    assert texts == ["seen sign", "bar", "head"]


def test_white_words_on_a_picture() -> None:
    """On a cover they are the title."""
    white = run("Harbour plan", '<w:color w:val="FFFFFF"/>')
    body = element(
        f"<w:p><w:r><w:drawing/></w:r></w:p><w:p/><w:p>{white}</w:p>"
        + "<w:p/>" * 30
        + f"<w:p>{white}</w:p>"
    )
    texts = [word_xml.element_text(p).strip() for p in body]
    assert (texts[2], texts[-1]) == ("Harbour plan", "")


def test_deleted_rows() -> None:
    """A tracked change has taken them out."""
    row, deleted_row = (
        f"<w:tr>{mark}<w:tc>{paragraph('x')}</w:tc></w:tr>" for mark in ("", DELETION)
    )
    (table,) = element(f"<w:tbl>{row}{deleted_row}</w:tbl>")
    assert [word_xml.is_deleted_row(r) for r in table] == [False, True]
    assert word_xml.element_text(table).split() == ["x"]


def test_formulas_keep_powers_and_fractions() -> None:
    """No digit of a power becomes one of the number before it."""
    base, power = (f"<m:{n}><m:r><m:t>{t}</m:t></m:r></m:{n}>" for n, t in (("e", "c"), ("sup", 2)))
    part = "<m:{0}><m:r><m:t>{1}</m:t></m:r></m:{0}>"
    (p,) = element(
        f'<w:p><m:oMath xmlns:m="{word_xml.MATH[1:-1]}"><m:sSup>{base}{power}</m:sSup>'
        "<m:r><m:t> + </m:t></m:r>"
        f"<m:f>{part.format('num', 1)}{part.format('den', 3)}</m:f></m:oMath></w:p>"
    )
    assert word_xml.element_text(p) == "c^2 + 1/3"
